"""The tables and files of a run: CSV with a data dictionary, and ``analysis.json`` to come back from.

A folder of results is written whole or not at all: everything goes into a temporary folder beside it
and is moved into place at the end.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analyzer import kinogram, marks, overlay, report
from analyzer.columns import COLUMN_FIELDS, dictionary, step_metrics
from analyzer.config import Config
from analyzer.data import CameraMotion, Note, PoseTrack, Progress, Step, Summary, VideoInfo
from analyzer.errors import OutputError, PoseFileError
from analyzer.pose.files import columns as pose_columns
from analyzer.pose.files import read_pose, write_pose
from analyzer.skeleton import JOINTS

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

REPORT: Final = "report.html"
SCHEMA: Final = 1
"""Version of ``analysis.json``; raised when an older file can no longer be read."""
EVENT_COLUMNS: Final = ("side", "touchdown_s", "toe_off_s")


def steps_table(analysis: Analysis) -> pd.DataFrame:
    """Return one row a step: events, then every per-step metric and its standard error.

    Empty (NaN) where a number cannot be supported.
    """
    rows = []
    found = {(v.metric, v.step): v for v in analysis.values}
    for step in analysis.steps:
        row: dict[str, Any] = {
            "step": step.number,
            "side": step.side,
            "touchdown_s": step.touchdown_s,
            "touchdown_sd_s": step.touchdown_sd_s,
            "toe_off_s": step.toe_off_s,
            "toe_off_sd_s": step.toe_off_sd_s,
            "event_source": step.source,
        }
        for metric in step_metrics():
            value = found.get((metric.name, step.number))
            row[metric.column] = value.value if value else math.nan
            row[metric.sd_column] = value.sd if value else math.nan
        rows.append(row)
    return pd.DataFrame(rows, columns=list(_step_columns()))


def summary_table(analysis: Analysis) -> pd.DataFrame:
    """Return one row a metric: mean, scatter, error of the mean, left against right, reference."""
    return pd.DataFrame(
        [asdict(row) for row in analysis.summaries], columns=[field.name for field in fields(Summary)]
    )


def series_table(analysis: Analysis) -> pd.DataFrame:
    """Return the time series: angles, centre of mass and joints, and the foot on the ground.

    Positions are empty when the clip has no scale: a nominal metre must not pass for a real one.
    ``stance_side`` is empty in flight.
    """
    motion = analysis.motion
    columns: dict[str, Any] = {"time_s": motion.time}
    columns |= {f"{name}_deg": angle for name, angle in motion.angles.items()}
    scale = 1.0 if analysis.calibration.scaled else math.nan
    for name, path in [("com", motion.com), *((joint, motion.joint(joint)) for joint in JOINTS)]:
        columns[f"{name}_x_m"] = path[:, 0] * scale
        columns[f"{name}_y_m"] = path[:, 1] * scale
    columns["speed_mps"] = analysis.speed.speed * scale
    columns["speed_sd_mps"] = analysis.speed.sd * scale
    stance = np.full(len(motion.time), "", dtype=object)
    for step in analysis.steps:
        stance[(motion.time >= step.touchdown_s) & (motion.time <= step.toe_off_s)] = step.side
    columns["stance_side"] = stance
    return pd.DataFrame(columns)


def events_table(analysis: Analysis) -> pd.DataFrame:
    """Return the events a coach may edit: side, touchdown, toe-off."""
    rows = [(s.side, s.touchdown_s, s.toe_off_s) for s in analysis.steps]
    return pd.DataFrame(rows, columns=list(EVENT_COLUMNS))


def splits_table(analysis: Analysis) -> pd.DataFrame:
    """Return when the centre of mass passed the places asked for."""
    rows = [(s.metres, s.time_s, s.sd_s) for s in analysis.splits]
    return pd.DataFrame(rows, columns=["metres", "time_s", "time_sd_s"])


def columns_table(analysis: Analysis) -> pd.DataFrame:
    """Return the data dictionary: every column of every file, with definition, unit, sign, evidence."""
    rows = dictionary(
        tuple(analysis.motion.angles), pose_columns(analysis.pose.names), [f.name for f in fields(Summary)]
    )
    return pd.DataFrame(rows, columns=list(COLUMN_FIELDS))


def claim(directory: Path, *, force: bool = False) -> None:
    """Refuse a folder that results cannot go into, before minutes are spent on making them.

    Raises
    ------
    OutputError
        The folder holds something already and ``force`` is false, or it cannot be written.
    """
    if directory.exists() and not directory.is_dir():
        raise OutputError(f"{directory} is a file, not a folder.", "", "Choose another --out.")
    if directory.is_dir() and not force and any(directory.iterdir()):
        raise OutputError(
            f"{directory} is not empty.",
            "It may hold earlier results, possibly with a coach's corrections.",
            "Choose another folder with --out, or overwrite with --force.",
        )
    there = next(folder for folder in (directory, *directory.absolute().parents) if folder.exists())
    if not os.access(there, os.W_OK):
        raise OutputError(
            f"The results cannot be written to {directory}.",
            f"{there} cannot be written.",
            "Check the permissions, or choose another folder with --out.",
        )


def save(
    analysis: Analysis,
    directory: Path,
    *,
    force: bool = False,
    draw_overlay: bool = True,
    progress: Progress | None = None,
) -> Path:
    """Write every result of a run and return the report's path.

    Without ``draw_overlay`` an annotated video of the same clip that is there already stays as it is.

    Raises
    ------
    OutputError
        The folder holds something already and ``force`` is false, or it cannot be written; then
        nothing in it has changed.
    """
    with _folder(directory, force) as work:
        tables = {
            "steps": steps_table,
            "summary": summary_table,
            "series": series_table,
            "events": events_table,
            "columns": columns_table,
        }
        if analysis.splits:
            tables["splits"] = splits_table
        if analysis.calibration.scaled and not analysis.camera.moving:
            marks.write(
                analysis.calibration, analysis.pose.width, analysis.pose.height, work / "calibration.toml"
            )
        for name, table in tables.items():
            digits = "%.6f" if name == "events" else "%.7g"
            table(analysis).to_csv(work / f"{name}.csv", index=False, float_format=digits)
        if not any(step.source == "edited" for step in analysis.steps):
            shutil.copy(work / "events.csv", work / "events_detected.csv")
        write_pose(analysis.pose, work / "pose.csv")
        text = json.dumps(_document(analysis), indent=1, allow_nan=False, ensure_ascii=False)
        (work / "analysis.json").write_text(text + "\n", encoding="utf-8")
        kinogram.draw(analysis, work / "kinogram.png")
        if analysis.config.overlay and draw_overlay:
            overlay.write(analysis, work / "overlay.mp4", progress)
        report.build(analysis, work / REPORT)
        if not _same_video(analysis, directory):
            (directory / "overlay.mp4").unlink(missing_ok=True)
    return directory / REPORT


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    try:
        table.to_csv(path, index=False, float_format="%.7g")
    except OSError as error:
        raise OutputError(f"Cannot write {path}.", f"{error.strerror or error}.", "Check the path.") from None


@dataclass(frozen=True)
class Saved:
    """What a folder of results gives back: enough to do everything after the pose again.

    ``notes`` are those made before and while following the athlete; later stages make theirs anew.
    ``edited`` are the rows of ``events.csv`` when a coach has changed it, else None.
    """

    name: str
    video: VideoInfo | None
    pose: PoseTrack
    camera: CameraMotion
    config: Config
    notes: tuple[Note, ...]
    steps: tuple[Step, ...]
    edited: list[dict[str, Any]] | None
    provenance: dict[str, Any]


def load(directory: Path) -> Saved:
    """Read a folder of results back.

    Raises
    ------
    PoseFileError
        A file is missing, or is not what ``save`` writes.
    """
    try:
        document = json.loads((directory / "analysis.json").read_text(encoding="utf-8"))
        if document["schema"] != SCHEMA:
            raise PoseFileError(
                f"{directory} was written by another version.",
                f"analysis.json has schema {document['schema']}, this version reads {SCHEMA}.",
                "Analyse the video again.",
            )
        pose = read_pose(directory / "pose.csv")
        steps = tuple(
            Step(**{**row, "foot": tuple(_number(x) for x in row["foot"])} | _times(row))
            for row in document["steps"]
        )
        kept = document["pose"]
        return Saved(
            name=document["name"],
            video=_video(document["video"]),
            pose=replace(
                pose, **{name: kept[name] for name in ("width", "height", "source", "model_sha256")}
            ),
            camera=_camera(document["camera"], len(pose.time)),
            config=Config(**document["config"]),
            notes=tuple(
                Note(**note)
                for note in document["notes"]
                if note["code"] in document["provenance"].get("tracking_notes", ())
            ),
            steps=steps,
            edited=_edited(directory / "events.csv", steps),
            provenance=document["provenance"],
        )
    except OSError as error:
        raise PoseFileError(
            f"{directory} does not hold the results of an analysis.",
            f"{Path(error.filename).name if error.filename else directory.name}: {error.strerror}.",
            "Give the folder that sprint-analyzer analyze wrote.",
        ) from None
    except (KeyError, TypeError, ValueError) as error:
        raise PoseFileError(
            f"The results in {directory} cannot be read back.",
            f"analysis.json or events.csv: {error}.",
            "Correct events.csv, or copy events_detected.csv over it; else analyse the video again.",
        ) from None


def _step_columns() -> Iterator[str]:
    yield from ("step", "side", "touchdown_s", "touchdown_sd_s", "toe_off_s", "toe_off_sd_s", "event_source")
    for metric in step_metrics():
        yield metric.column
        yield metric.sd_column


def _document(analysis: Analysis) -> dict[str, Any]:
    """Everything in plain JSON types; NaN becomes null, which every reader understands."""
    pose, camera = analysis.pose, analysis.camera
    document = {
        "schema": SCHEMA,
        "name": analysis.name,
        "provenance": analysis.provenance,
        "config": analysis.config.model_dump(mode="json"),
        "video": asdict(analysis.video) if analysis.video else None,
        "pose": {
            "width": pose.width,
            "height": pose.height,
            "source": pose.source,
            "model_sha256": pose.model_sha256,
        },
        "camera": asdict(camera) if camera.moving else {"moving": False},
        "calibration": asdict(analysis.calibration),
        "body": {
            "leg_length_m": analysis.motion.leg_length,
            "near_side": analysis.motion.near_side,
            "sex": analysis.motion.sex,
        },
        "steps": [asdict(step) for step in analysis.steps],
        "values": [asdict(value) for value in analysis.values],
        "summaries": [asdict(row) for row in analysis.summaries],
        "notes": [asdict(note) for note in analysis.notes],
    }
    plain: dict[str, Any] = _plain(document)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _times(row: dict[str, Any]) -> dict[str, float]:
    return {k: _number(row[k]) for k in ("touchdown_s", "touchdown_sd_s", "toe_off_s", "toe_off_sd_s")}


def _video(row: dict[str, Any] | None) -> VideoInfo | None:
    if row is None:
        return None
    return VideoInfo(**{**row, "path": Path(row["path"]), "time": np.array(row["time"], dtype=float)})


def _camera(row: dict[str, Any], n: int) -> CameraMotion:
    if not row["moving"]:
        return CameraMotion.static(n)
    sd = np.array([_number(x) for x in row["sd_px"]])
    return CameraMotion(np.array(row["to_reference"], dtype=float), sd, moving=True)


def _edited(path: Path, steps: tuple[Step, ...]) -> list[dict[str, Any]] | None:
    """Return the rows of ``events.csv`` if they no longer say what ``steps`` say."""
    # A spreadsheet in much of Europe saves semicolons and decimal commas.
    european = ";" in path.read_text(encoding="utf-8-sig").partition("\n")[0]
    table = pd.read_csv(
        path, sep=";" if european else ",", decimal="," if european else ".", encoding="utf-8-sig"
    )
    missing = set(EVENT_COLUMNS) - set(table.columns)
    if missing:
        raise ValueError(f"events.csv lacks the column {', '.join(sorted(missing))}")
    rows: list[dict[str, Any]] = [
        {"side": str(side).strip(), "touchdown_s": float(down), "toe_off_s": float(off)}
        for side, down, off in table[list(EVENT_COLUMNS)].itertuples(index=False)
    ]
    detected = [(s.side, s.touchdown_s, s.toe_off_s) for s in steps]
    same = len(rows) == len(detected) and all(
        row["side"] == side
        and np.allclose([row["touchdown_s"], row["toe_off_s"]], [down, off], 0, 2e-6, True)
        for row, (side, down, off) in zip(rows, detected, strict=True)
    )
    return None if same and not any(s.source == "edited" for s in steps) else rows


def _same_video(analysis: Analysis, directory: Path) -> bool:
    """Tell whether an overlay already in ``directory`` shows this analysis's video."""
    try:
        old = json.loads((directory / "analysis.json").read_text(encoding="utf-8"))["video"]
    except (OSError, ValueError, KeyError):
        return False
    return bool(analysis.video and old and old["sha256"] == analysis.video.sha256)


@contextmanager
def _folder(directory: Path, force: bool) -> Iterator[Path]:
    """Give a temporary folder whose files are moved to ``directory`` when all went well."""
    directory = directory.absolute()
    claim(directory, force=force)
    work = None
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
        work.chmod(0o755)
        yield work
        if directory.is_dir():
            if not os.access(directory, os.W_OK):
                raise PermissionError(13, "Permission denied", str(directory))
            for file in sorted(work.iterdir()):
                file.replace(directory / file.name)
        else:
            work.replace(directory)
    except OSError as error:
        raise OutputError(
            f"The results cannot be written to {directory}.",
            f"{error.strerror or error}.",
            "Check the permissions and the free space, or choose another folder with --out.",
        ) from None
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)
