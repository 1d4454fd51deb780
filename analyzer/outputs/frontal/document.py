"""``frontal.json``: the facts of results from the front or from behind, and how such a folder is known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from analyzer.config import Config
from analyzer.data.analysis import Provenance
from analyzer.data.capture import VideoInfo
from analyzer.data.notes import Note
from analyzer.data.view import View
from analyzer.errors import ResultsError
from analyzer.frontal.results import Found, Frontal, Stance
from analyzer.outputs import analysis_json, door

FILE: Final = "frontal.json"
"""Name of the file."""
SCHEMA: Final = 1
"""Version of its form; raised when that changes."""
SOMEWHERE: Final = "the front or from behind"
"""Said of a folder whose file cannot be read."""
NOT_HERE: Final = ("gates", "export")
"""What a report can be asked for and has no use in such a view."""


@dataclass(frozen=True)
class Document:
    """What ``frontal.json`` holds."""

    schema: int
    name: str
    provenance: Provenance
    config: Config
    video: VideoInfo | None
    view: View
    slow_motion: float
    beside_deg: float
    beside_sd_deg: float
    stances: tuple[Stance, ...]
    found: tuple[Found, ...]
    notes: tuple[Note, ...]


@cache
def _form() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


def to_json(run: Frontal) -> str:
    """Return what is known of a run besides its joints as strict JSON; files by their names alone."""
    found = Document(
        schema=SCHEMA,
        name=run.name,
        provenance=run.provenance,
        config=analysis_json.told(run.config),
        video=run.video and replace(run.video, path=Path(run.video.path.name)),
        view=run.view,
        slow_motion=run.slow_motion,
        beside_deg=run.beside_deg,
        beside_sd_deg=run.beside_sd_deg,
        stances=run.stances,
        found=run.found,
        notes=run.notes,
    )
    return _form().dump_json(found, indent=1).decode("utf-8") + "\n"


def where(directory: Path) -> str | None:
    """Return from where the clip of a folder of results was filmed; None where it is none of such a view."""
    path = directory / FILE
    if not path.is_file():
        return None
    try:
        door.check_files(directory, (FILE,))
        angle = json.loads(path.read_text(encoding="utf-8"))["view"]["angle_deg"]
        view = View(float(angle))
    except (OSError, ValueError, TypeError, KeyError, RecursionError, ResultsError):
        return SOMEWHERE
    return SOMEWHERE if view.shows_lane else view.where


def refused(directory: Path) -> ResultsError | None:
    """Return why a folder cannot be read as a run seen from the side, if it is of another view."""
    seen = where(directory)
    if seen is None:
        return None
    return ResultsError(
        f"{directory} holds what a view from {seen} shows.",
        "Contact times, step lengths and speed, which are asked for here, cannot be seen from there.",
        "Its own numbers are in report.html and frontal.csv; film from the side for the others.",
    )


def not_rebuilt(directory: Path, asked: Iterable[str]) -> ResultsError | None:
    """Return why a folder is not made anew from its joints, if it is of such a view.

    Parameters
    ----------
    directory : Path
    asked : names
        Settings that were asked for: a new analysis has most of them, too.
    """
    seen = where(directory)
    if seen is None:
        return None
    again = tuple(name for name in asked if name not in NOT_HERE)
    with_these = " with the same options" if again else ""
    return ResultsError(
        f"{directory} holds what a view from {seen} shows.",
        "Such a folder is made from its clip, and nothing in it has changed: report.html, frontal.csv and "
        "its pictures are as they were.",
        f"Run analyze on the clip again{with_these}, into the same folder and in its place.",
        settings=(*again, "directory", "force"),
    )
