"""``analysis.json``: the facts of a run that no other file of its folder holds, and the way back.

Joints are in ``pose.csv`` and angles in ``series.csv``; everything else that an ``Analysis`` knows is a field
of ``Document``, written and checked by its types. The same types read it back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

from analyzer import spreadsheet
from analyzer.arrays import Number
from analyzer.body.skeleton import Sex, Side
from analyzer.config import Config
from analyzer.contacts.edited import same
from analyzer.data.analysis import Analysis, OtherPass, Provenance
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack, VideoInfo
from analyzer.data.notes import Note
from analyzer.data.results import Split, Summary, Value
from analyzer.data.steps import Step, Trace
from analyzer.errors import ResultsError
from analyzer.outputs.tables import EVENT_COLUMNS
from analyzer.pose.files.pose_csv import read_pose

FILE: Final = "analysis.json"
"""Name of the file."""
SCHEMA: Final = 2
"""Version of ``analysis.json``; raised when an older file can no longer be read."""


@dataclass(frozen=True)
class Joints:
    """What is known of the joints beside ``pose.csv``: frame size in px, and what marked them."""

    width: int
    height: int
    source: str
    model_sha256: str


@dataclass(frozen=True)
class Body:
    """The athlete's body as it was measured or stated."""

    leg_length_m: Number
    near_side: Side
    sex: Sex


@dataclass(frozen=True)
class Document:
    """What ``analysis.json`` holds; ``camera`` is None where it stood still."""

    schema: Literal[2]
    name: str
    provenance: Provenance
    config: Config
    video: VideoInfo | None
    pose: Joints
    camera: CameraMotion | None
    calibration: Calibration
    body: Body
    steps: tuple[Step, ...]
    values: tuple[Value, ...]
    summaries: tuple[Summary, ...]
    splits: tuple[Split, ...]
    notes: tuple[Note, ...]
    tracking_notes: tuple[Note, ...]
    other_passes: tuple[OtherPass, ...]
    shoe_traces: tuple[Trace, ...]


@dataclass(frozen=True)
class Saved:
    """What a folder of results gives back: enough to do everything after the pose again.

    ``edited`` are the rows of ``events.csv`` when a coach has changed it, else None.
    """

    document: Document
    pose: PoseTrack
    camera: CameraMotion
    edited: list[dict[str, Any]] | None


@cache
def _form() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


def of(analysis: Analysis) -> Document:
    """Return what ``analysis.json`` holds of an analysis."""
    pose, motion = analysis.pose, analysis.motion
    return Document(
        schema=SCHEMA,
        name=analysis.name,
        provenance=analysis.provenance,
        config=analysis.config,
        video=analysis.video,
        pose=Joints(pose.width, pose.height, pose.source, pose.model_sha256),
        camera=analysis.camera if analysis.camera.moving else None,
        calibration=replace(analysis.calibration, notes=()),  # they are among the notes of the run
        body=Body(motion.leg_length, motion.near_side, motion.sex),
        steps=analysis.steps,
        values=analysis.values,
        summaries=analysis.summaries,
        splits=analysis.splits,
        notes=analysis.notes,
        tracking_notes=analysis.tracking_notes,
        other_passes=analysis.other_passes,
        shoe_traces=analysis.shoe_traces,
    )


def to_json(document: Document) -> str:
    """Return a document as strict JSON: NaN is null, which every reader understands."""
    return _form().dump_json(document, indent=1).decode("utf-8") + "\n"


def from_json(text: str) -> Document:
    """Return the document that ``to_json`` was given.

    Raises
    ------
    ResultsError
        It is of another version, or damaged.
    """
    try:
        plain = json.loads(text)
        version = plain.get("schema") if isinstance(plain, dict) else None
        if version != SCHEMA:
            raise ResultsError(
                f"{FILE} was written by another version, or is another file.",
                f"Its schema is {version}, this version reads {SCHEMA}.",
                "Analyse the video again.",
            )
        return _form().validate_python(plain)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        why = f"{where}: {first['msg']}."
    except (ValueError, RecursionError) as error:
        why = f"It is not JSON: {error}."
    raise ResultsError(f"{FILE} is damaged.", why, "Analyse the video again.")


def load(directory: Path) -> Saved:
    """Read a folder of results back.

    Raises
    ------
    ResultsError
        ``analysis.json`` is missing, damaged or of another version, or the folder's files contradict each
        other.
    PoseFileError
        ``pose.csv`` cannot be read.
    """
    document = from_json(_read(directory))
    pose = read_pose(directory / "pose.csv")
    kept = document.pose
    camera = document.camera or CameraMotion.static(len(pose.time))
    frames = {len(camera.sd_px)} | ({len(document.video.time)} if document.video else set())
    if frames != {len(pose.time)}:
        raise ResultsError(
            f"The files in {directory} are not of one analysis.",
            f"pose.csv has {len(pose.time)} rows, {FILE} is of {max(frames)} frames.",
            "Analyse the video again.",
        )
    return Saved(
        document,
        replace(
            pose,
            width=kept.width,
            height=kept.height,
            source=kept.source,
            model_sha256=kept.model_sha256,
        ),
        camera,
        _edited(directory / "events.csv", document.steps),
    )


def video_of(directory: Path) -> VideoInfo | None:
    """Return which video the results in a folder are of; None where that cannot be told."""
    try:
        return from_json(_read(directory)).video
    except ResultsError:
        return None


def _read(directory: Path) -> str:
    try:
        return (directory / FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a text file"
        raise ResultsError(
            f"{directory} does not hold the results of an analysis.",
            f"{FILE}: {why}.",
            "Give the folder that an analysis wrote.",
        ) from None


def _edited(path: Path, steps: tuple[Step, ...]) -> list[dict[str, Any]] | None:
    """Return the rows of ``events.csv`` if they no longer say what ``steps`` say."""
    table = spreadsheet.read(path, EVENT_COLUMNS, refused=ResultsError)
    rows: list[dict[str, Any]] = [
        {
            "line": row.line,
            "side": row.cells["side"],
            "touchdown_s": table.number(row, "touchdown_s"),
            "toe_off_s": table.number(row, "toe_off_s"),
        }
        for row in table.rows
    ]
    unchanged = len(rows) == len(steps) and all(
        same(step, row["side"], row["touchdown_s"], row["toe_off_s"])
        for row, step in zip(rows, steps, strict=True)
    )
    return None if unchanged and not any(s.source == "edited" for s in steps) else rows
