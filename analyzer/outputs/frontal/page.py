"""The report of a run from the front or from behind: one self-contained HTML page, two sides of paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.data.notes import Note
from analyzer.frontal.measures import MEASURES, Measure, Of
from analyzer.frontal.results import Frontal
from analyzer.metrics.wording import NOTHING, UNSEEN
from analyzer.outputs import faces, pages, svg
from analyzer.outputs.frontal import charts, pictures, sentences, wording
from analyzer.outputs.frontal.pictures import Tile
from analyzer.outputs.frontal.wording import NEITHER, given, number, parts, symbol
from analyzer.outputs.report.facts import SLOWER, provenance
from analyzer.outputs.who import HEADS_HIDDEN, who
from analyzer.video.kept_stills import KeptStills

OVERLAY: Final = "overlay.mp4"
"""The annotated video, looked for beside the page."""
_ORDER: Final = {"limit": 0, "warning": 1, "info": 2}
"""Order of the notes, the worst first."""


@dataclass(frozen=True)
class Card:
    """A number of the first screen, ready to print; ``more`` are its sides, or why it is not given."""

    label: str
    value: str
    error: str
    unit: str
    more: list[str]


@dataclass(frozen=True)
class Row:
    """A measure in the table, ready to print; ``cm`` are lengths in centimetres, empty where unknown."""

    measure: Measure
    label: str
    both: str
    left: str
    right: str
    cm: dict[Of, str]
    differ: bool
    n: int


def build(run: Frontal, path: Path, tiles: Sequence[Tile] | None = None) -> Path:
    """Write the report as one HTML file that asks for nothing else but the video beside it.

    Parameters
    ----------
    run : Frontal
    path : path
    tiles : sequence of Tile, optional
        The strip as ``pictures.tiles`` returns it; otherwise it is drawn here.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    if tiles is None:
        tiles = pictures.tiles(run, shown_frames(run))
    html = pages.filled(
        "outputs.frontal",
        sheet=svg.css(),
        who=who(run),
        filmed=wording.filmed(run),
        counted=wording.counted(run),
        corrected=wording.corrected(run),
        not_shown=wording.not_shown(),
        neither=NEITHER,
        heads_hidden=HEADS_HIDDEN if run.config.blur_faces else "",
        cards=[_card(run, measure) for measure in wording.headline(run)],
        tiles=tiles,
        filmed_tiles=any(tile.filmed for tile in tiles),
        parts=[part._replace(text=_whole(part.text)) for part in sentences.parts(run)],
        pelvis=any(given(f) for f in run.found if f.metric == "pelvis_drop"),
        charts=charts.charts(run),
        rows=(rows := list(_rows(run))),
        differ=any(row.differ for row in rows),
        missing=wording.missing(run),
        notes=_notes(run),
        infos=[note for note in run.notes if note.level == "info"],
        facts=_facts(run),
        measures=MEASURES.values(),
        provenance=provenance(run),
        video=OVERLAY if path.with_name(OVERLAY).is_file() else "",
        clock_known=run.slow_motion == 1,
    )
    return pages.write(html, path)


def shown_frames(run: Frontal) -> KeptStills:
    """Return the frames of the clip that the page shows, kept or decoded from now on."""
    return faces.stills(run, pictures.wanted(run))


def _whole(text: str) -> str:
    """Return a text whose numbers are not broken between two lines."""
    return text.replace(" ± ", "\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}").replace(" %", "\N{NO-BREAK SPACE}%")


def _card(run: Frontal, measure: Measure) -> Card:
    found = run.get(measure.name)
    value, error = parts(measure, found.mean, found.se)
    if value == NOTHING:
        return Card(measure.label, NOTHING, "", "", [found.note or UNSEEN])
    sides = [
        f"{side} {number(run, measure.name, side, unit=False)}"
        for side in ("left", "right")
        if measure.sided and given(run.get(measure.name, side))
    ]
    return Card(
        measure.label,
        value,
        error,
        symbol(measure),
        [*filter(None, (measure.share_of, wording.in_cm(run, measure.name), *sides))],
    )


def _rows(run: Frontal) -> Iterator[Row]:
    """Yield the measures of which there is any number."""
    for measure in MEASURES.values():
        found = wording.each(run, measure.name)
        if not any(map(given, found)):
            continue
        left, right = (number(run, measure.name, s) if measure.sided else "" for s in ("left", "right"))
        yield Row(
            measure,
            measure.label,
            number(run, measure.name),
            left,
            right,
            {side: wording.in_cm(run, measure.name, side) for side in measure.sides},
            measure.sided and wording.apart(run, measure.name),
            max(one.n for one in found),
        )


def _notes(run: Frontal) -> list[Note]:
    """Return limits and warnings, the worst first, each once."""
    told = [note for note in run.notes if note.level != "info"]
    return sorted({(n.code, n.message): n for n in told}.values(), key=lambda note: _ORDER[note.level])


def _facts(run: Frontal) -> list[tuple[str, str]]:
    """Return what was filmed and how it was read, in a few words each."""
    info, pose = run.video, run.pose
    found = []
    if info is not None:
        slow = f", {info.slow_motion:.3g} times slower in the file" if info.slow_motion > SLOWER else ""
        found.append(("Filmed", f"{info.width} × {info.height}, {info.capture_fps:.4g} frames/s{slow}"))
    else:
        found.append(("Joints from a file", f"{pose.source}, {pose.fps:.4g} frames/s"))
    if run.slow_motion != 1:
        found.append(("Clock", "slow motion by a factor that is not known: times are those of the file"))
    found.append(("Camera", "moved, followed by the background" if run.camera.moving else "still"))
    found.append(("Stances", wording.counted(run)))
    errors = [s.time_sd_s for s in run.stances if np.isfinite(s.time_sd_s)]
    if errors:
        of = " of the file" if run.slow_motion != 1 else ""
        found.append(("Their middles timed to", f"± {1000 * float(np.median(errors)):.0f} ms{of}"))
    return found


def in_words(run: Frontal) -> dict[str, Any]:
    """Return what a page over many runs shows of this one: from where it was filmed, and its numbers."""
    return {
        "view": wording.filmed(run),
        "numbers": [
            [wording.named(measure), number(run, measure.name, unit=False)]
            for measure in wording.headline(run)
            if given(run.get(measure.name))
        ],
    }
