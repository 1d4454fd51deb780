"""``frontal.json``: the facts of results from the front or from behind, and the way back from such a folder.

Joints are in ``pose.csv``; all else that the numbers are made of is here, beside the numbers themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from analyzer.arrays import Number
from analyzer.config import Config
from analyzer.data.analysis import Provenance
from analyzer.data.capture import CameraMotion, Picture, PoseTrack, VideoInfo
from analyzer.data.notes import Note
from analyzer.data.view import View
from analyzer.errors import ResultsError
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Found, Frontal, Stance
from analyzer.outputs import documents, door, pictures_file, whereabouts

FILE: Final = "frontal.json"
"""Name of the file."""
SCHEMA: Final = 2
"""Version of its form; raised when that changes."""
SOMEWHERE: Final = "the front or from behind"
"""Said of a folder whose file cannot be read."""
_AGAIN: Final = "Analyse the clip again."


@dataclass(frozen=True)
class Document:
    """What ``frontal.json`` holds; ``camera`` is None where it stood still."""

    schema: int
    name: str
    provenance: Provenance
    config: Config
    video: VideoInfo | None
    pose: documents.Joints
    camera: CameraMotion | None
    view: View
    slow_motion: float
    beside_deg: Number
    beside_sd_deg: Number
    leg_length_m: Number
    leg_length_sd_m: Number
    shoulder_width: Number
    stances: tuple[Stance, ...]
    found: tuple[Found, ...]
    notes: tuple[Note, ...]
    tracking_notes: tuple[Note, ...]


@dataclass(frozen=True)
class Saved:
    """What a folder gives back: enough to do everything after the pose again."""

    document: Document
    pose: PoseTrack
    camera: CameraMotion
    pictures: Mapping[int, Picture]


@cache
def _form() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


def to_json(run: Frontal) -> str:
    """Return what is known of a run besides its joints as strict JSON; files by their names alone."""
    found = Document(
        schema=SCHEMA,
        name=run.name,
        provenance=run.provenance,
        config=documents.told(run.config),
        video=run.video and replace(run.video, path=Path(run.video.path.name)),
        pose=documents.Joints.of(run.pose),
        camera=run.camera if run.camera.moving else None,
        view=run.view,
        slow_motion=run.slow_motion,
        beside_deg=run.beside_deg,
        beside_sd_deg=run.beside_sd_deg,
        leg_length_m=run.leg_length_m,
        leg_length_sd_m=run.leg_length_sd_m,
        shoulder_width=run.shoulder_width,
        stances=run.stances,
        found=run.found,
        notes=run.notes,
        tracking_notes=run.tracking_notes,
    )
    return _form().dump_json(found, indent=1).decode("utf-8") + "\n"


def load(directory: Path) -> Saved:
    """Read a folder of results back.

    Raises
    ------
    ResultsError
        ``frontal.json`` is missing, damaged or of another version, or the folder's files contradict each
        other.
    PoseFileError
        ``pose.csv`` cannot be read.
    """
    documents.recover(directory)
    door.check_files(directory, (FILE, "pose.csv", pictures_file.FILE))
    found = document(directory)
    if found.video is not None:
        found = replace(found, video=whereabouts.found(found.video, directory))
    pose, camera = documents.joints(directory, FILE, found.pose, found.camera, found.video, _AGAIN)
    return Saved(found, pose, camera, pictures_file.read(directory / pictures_file.FILE))


def document(directory: Path) -> Document:
    """Read what is known of a run without its joints, for pages over many runs.

    Raises
    ------
    ResultsError
        ``frontal.json`` is missing, damaged or of another version.
    """
    door.check_files(directory, (FILE,))
    name = f"{FILE} in {directory}"
    try:
        text = (directory / FILE).read_text(encoding="utf-8")
    except OSError as error:
        raise ResultsError(
            f"{name} is damaged.", f"It cannot be read: {error.strerror or error}.", _AGAIN
        ) from None
    except UnicodeDecodeError as error:
        raise ResultsError(f"{name} is damaged.", f"It is not JSON: {error}.", _AGAIN) from None
    found = documents.parsed(text, _form(), (SCHEMA,), name, _AGAIN)
    door.check_clip(found, FILE)
    unknown = next((one.metric for one in found.found if one.metric not in MEASURES), None)
    if unknown is None and not found.view.shows_lane:
        return found
    why = f"There is no measure {unknown!r}." if unknown else "Its view is one from the side."
    raise ResultsError(f"{name} is damaged.", why, _AGAIN)


def document_of(directory: Path) -> Document | None:
    """Return what the results in a folder say of themselves; None where that cannot be told."""
    try:
        return document(directory)
    except ResultsError:
        return None


def where(directory: Path) -> str | None:
    """Return from where the clip of a folder of results was filmed; None where it is none of such a view."""
    path = directory / FILE
    try:
        if not path.is_file():
            return None
    except OSError:  # a name that no folder can have: told of where results are read
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
