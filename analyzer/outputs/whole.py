"""What a folder of results cannot make again, because its clip is elsewhere, and says so."""

from __future__ import annotations

from analyzer.data.capture import VideoInfo
from analyzer.data.notes import Note
from analyzer.video.kept_stills import KeptStills


def notes(info: VideoInfo | None, stills: KeptStills) -> list[Note]:
    """Return a note of the pictures that only the clip could give; none where nothing lacks.

    Parameters
    ----------
    info : VideoInfo or None
    stills : KeptStills
        The frames that the report shows.
    """
    if info is None or info.path.is_file():
        return []
    lacking = stills.missing()
    if not lacking:
        return []
    return [
        Note(
            "info",
            "clip_not_found",
            f"{info.path.name} was not found, and {len(lacking)} pictures that these results ask for are not "
            "in their folder: they are as they were, or left out.",
            "Put the clip beside the folder, or into it, and make the report again.",
            counts={"pictures": len(lacking)},
        )
    ]
