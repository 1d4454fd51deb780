"""What a folder of results cannot make again, because its clip is elsewhere, and says so."""

from __future__ import annotations

from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.outputs.report import page


def notes(analysis: Analysis) -> list[Note]:
    """Return a note of the pictures that only the clip could give; none where nothing lacks."""
    info = analysis.video
    if info is None or info.path.is_file():
        return []
    lacking = page.shown_frames(analysis).missing()
    if not lacking:
        return []
    return [
        Note(
            "info",
            "clip_not_found",
            f"{info.path.name} was not found, and {len(lacking)} pictures that these results ask for are not "
            "in their folder: the kinogram is as it was, other pictures are left out.",
            "Put the clip beside the folder, or into it, and make the report again.",
            counts={"pictures": len(lacking)},
        )
    ]
