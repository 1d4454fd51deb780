"""``analysis.json``: the facts of a run that no other file of its folder holds, and the way back.

Joints are in ``pose.csv`` and angles in ``series.csv``; everything else that an ``Analysis`` knows is a field
of ``Document``, written and checked by its types. The same types read it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from analyzer import spreadsheet
from analyzer.arrays import Number
from analyzer.body.skeleton import Sex, Side
from analyzer.config import Config
from analyzer.contacts.from_table import SAME_S, edits, side_of
from analyzer.data.analysis import Analysis, OtherPass, Provenance
from analyzer.data.capture import Calibration, CameraMotion, Picture, PoseTrack, VideoInfo
from analyzer.data.notes import Note
from analyzer.data.results import Answer, Gate, OfFoot, Split, Stretch, Summary, Value
from analyzer.data.steps import EditCounts, Step, Trace
from analyzer.errors import ResultsError
from analyzer.outputs import documents, door, gates_file, pictures_file, scale_files, smas_file, whereabouts
from analyzer.outputs.frontal import document as frontal_document
from analyzer.outputs.tables import EVENT_COLUMNS

FILE: Final = "analysis.json"
"""Name of the file."""
SCHEMA: Final = 3
"""Version of ``analysis.json``; raised when its form changes."""
READ: Final = (2, 3)
"""Versions that are read; 2 knows neither the contacts as they were detected nor the clip's size."""
_AGAIN: Final = "Analyse the video again."

_GIVEN: Final = (scale_files.MARKS, scale_files.GIVEN, gates_file.FILE)
"""Files that the settings name and the folder carries."""
_OTHERS: Final = (
    "pose.csv", "events.csv", "events_detected.csv", smas_file.FILE, pictures_file.FILE, *_GIVEN,
)  # fmt: skip
"""Files that are read beside it."""
_DIGITS: Final = 2
"""Decimals from which on a time that was rounded is still that of the contact: 5 ms at most."""
_HALVES: Final = 1.001
"""A five in the next decimal is rounded up or down."""


@dataclass(frozen=True)
class Body:
    """The athlete's body as it was measured or stated."""

    leg_length_m: Number
    near_side: Side
    sex: Sex


@dataclass(frozen=True)
class Document:
    """What ``analysis.json`` holds; ``camera`` is None where it stood still."""

    schema: Literal[2, 3]
    name: str
    provenance: Provenance
    config: Config
    video: VideoInfo | None
    pose: documents.Joints
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
    detected: tuple[Step, ...] = ()
    gates: tuple[Gate, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    score: tuple[OfFoot, ...] = ()
    slow_motion: float = 1.0
    ground_known: bool = True


@dataclass(frozen=True)
class Saved:
    """What a folder of results gives back: enough to do everything after the pose again.

    ``edited`` are the rows of ``events.csv`` when a coach has changed it, else None; times in it that differ
    by no more than ``within_s`` from those detected are the same. ``pictures`` and ``answers`` are those of
    the ``Analysis``.
    """

    document: Document
    pose: PoseTrack
    camera: CameraMotion
    edited: list[dict[str, Any]] | None
    within_s: float = SAME_S
    pictures: dict[int, Picture] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()


@cache
def _form() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


def of(analysis: Analysis) -> Document:
    """Return what ``analysis.json`` holds of an analysis."""
    motion = analysis.motion
    return Document(
        schema=SCHEMA,
        name=analysis.name,
        provenance=analysis.provenance,
        config=documents.told(analysis.config),
        video=analysis.video and replace(analysis.video, path=Path(analysis.video.path.name)),
        pose=documents.Joints.of(analysis.pose),
        camera=analysis.camera.as_filmed if analysis.camera.moving else None,
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
        detected=analysis.detected,
        gates=analysis.gates,
        stretches=analysis.stretches,
        score=analysis.score,
        slow_motion=analysis.slow_motion,
        ground_known=analysis.ground_known,
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
    document = documents.parsed(text, _form(), READ, FILE, _AGAIN)
    door.check_document(document, FILE)
    return document


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
    documents.recover(directory)
    door.check_files(directory, (FILE, *_OTHERS))
    document = from_json(_read(directory))
    document = replace(document, other_passes=door.links(document.other_passes))
    if document.video is not None:
        document = replace(document, video=whereabouts.found(document.video, directory))
    document = replace(document, detected=_detected(document))
    rows, within_s = _contacts(directory / "events.csv")
    kept = document.pose, document.camera, document.video
    pose, camera = documents.joints(directory, FILE, *kept, _AGAIN)
    return Saved(
        document,
        pose,
        camera,
        rows if _changed(rows, document.detected, within_s) else None,
        within_s,
        pictures_file.read(directory / pictures_file.FILE),
        smas_file.read(directory / smas_file.FILE),
    )


def document(directory: Path) -> Document:
    """Read what is known of a run without its joints, for pages over many runs.

    Raises
    ------
    ResultsError
        ``analysis.json`` is missing, damaged or of another version.
    """
    door.check_files(directory, (FILE,))
    return from_json(_read(directory))


def says(path: Path, steps: tuple[Step, ...]) -> bool:
    """Tell whether a table of contacts holds these, in whatever form."""
    try:
        rows, within_s = _contacts(path)
    except ResultsError:
        return False
    return not _changed(rows, steps, within_s)


def corrected(directory: Path, before: Document | None) -> bool:
    """Tell whether a coach has corrected the contacts of a folder whose ``analysis.json`` holds this.

    Where it is gone or damaged, what is not as ``events_detected.csv`` has it may be a coach's.
    """
    try:
        door.check_files(directory, ("events.csv",))
    except ResultsError:
        return False
    events, found = directory / "events.csv", directory / "events_detected.csv"
    if not events.is_file():
        return False
    if before is not None:
        return not says(events, _detected(before))
    try:
        door.check_files(directory, (found.name,))
    except ResultsError:
        return True
    return not found.is_file() or found.read_bytes() != events.read_bytes()


def _detected(document: Document) -> tuple[Step, ...]:
    """Return the contacts as they were detected; an older version's results have those left of them."""
    return document.detected or tuple(step for step in document.steps if step.source != "edited")


def video_of(directory: Path) -> VideoInfo | None:
    """Return which video the results in a folder are of; None where that cannot be told."""
    found = document_of(directory)
    return None if found is None else found.video


def document_of(directory: Path) -> Document | None:
    """Return what the results in a folder say of themselves; None where that cannot be told."""
    try:
        return document(directory)
    except ResultsError:
        return None


def _read(directory: Path) -> str:
    try:
        return (directory / FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a text file"
        raise frontal_document.refused(directory) or ResultsError(
            f"{directory} does not hold the results of an analysis.",
            f"{FILE}: {why}.",
            "Give the folder that an analysis wrote.",
        ) from None


def _contacts(path: Path) -> tuple[list[dict[str, Any]], float]:
    """Return the rows of ``events.csv``, and how far its times may be from those they were, s.

    A spreadsheet may save no more decimals than it shows: then all times are rounded to the same.
    """
    table = spreadsheet.read(path, EVENT_COLUMNS, refused=ResultsError)
    times = EVENT_COLUMNS[1:]
    rows: list[dict[str, Any]] = [
        {"line": row.line, "side": row.cells["side"], **{name: table.number(row, name) for name in times}}
        for row in table.rows
    ]
    digits = max(spreadsheet.decimals(row.cells[name]) for row in table.rows for name in times)
    return rows, max(SAME_S, 0.5 * 10.0**-digits * _HALVES) if digits >= _DIGITS else SAME_S


def _changed(rows: list[dict[str, Any]], detected: tuple[Step, ...], within_s: float) -> bool:
    """Tell whether rows of ``events.csv`` are not the contacts as they were detected, in whatever order."""
    contacts = []
    for row in rows:
        side = side_of(row["side"])
        if side is None:
            return True
        contacts.append((side, row["touchdown_s"], row["toe_off_s"]))
    return edits(contacts, detected, within_s) != EditCounts()
