"""``analysis.json``: everything in plain types, and the way back from a folder."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack, VideoInfo
from analyzer.data.notes import Note
from analyzer.data.steps import Step
from analyzer.errors import PoseFileError
from analyzer.outputs.tables import EVENT_COLUMNS
from analyzer.pose.files.pose_csv import read_pose

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis
SCHEMA: Final = 1
"""Version of ``analysis.json``; raised when an older file can no longer be read."""


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
                Note(**note | {"metrics": tuple(note.get("metrics", ()))})
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


def to_plain(analysis: Analysis) -> dict[str, Any]:
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
        "calibration": {k: v for k, v in asdict(analysis.calibration).items() if k != "notes"},
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
