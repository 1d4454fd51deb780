"""What the page is told of a clip, or of a folder of results."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.config import KNOWN_M, Config
from analyzer.contacts.from_table import side_of
from analyzer.data.capture import VideoInfo
from analyzer.data.steps import Step
from analyzer.errors import AnalyzerError
from analyzer.metrics import HEADLINE, METRICS
from analyzer.metrics.smas import ITEMS
from analyzer.metrics.wording import number
from analyzer.outputs import scale_files, smas_file
from analyzer.outputs.analysis_json import Saved
from analyzer.outputs.colours import ON_VIDEO, TEXT, TEXT_AT_NIGHT
from analyzer.outputs.folder import REPORT
from analyzer.review.wanted import SETTINGS

_LIMBS: Final = (
    ("shoulder", "elbow"), ("elbow", "wrist"), ("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"),
    ("ankle", "heel"), ("heel", "foot_index"), ("ankle", "foot_index"),
)  # fmt: skip
"""Joints that a line is drawn between, on each side."""


def colours() -> dict[str, Any]:
    """Return the colours of the sides: on the page by day and at night, and on filmed images."""
    shades = {f"{side}-day": TEXT[side] for side in SIDES} | {f"{s}-night": TEXT_AT_NIGHT[s] for s in SIDES}
    return {"colours": shades, "on_video": {side: f"rgb{ON_VIDEO[side]}" for side in SIDES}}


def of_clip(info: VideoInfo, folder: Path) -> dict[str, Any]:
    """Return what the page shows of a clip that was not analysed yet."""
    return {
        "kind": "clip",
        "name": info.path.stem,
        "folder": str(folder),
        "video": _video(info, shown=True),
        "times": _times(info.time),
        "settings": dict.fromkeys(SETTINGS) | {"capture_fps": round(info.capture_fps, 3)},
        "scale": {"kind": "body", "points": [], "metres": None},
        "known": KNOWN_M,
    }


def of_results(saved: Saved, folder: Path, *, shown: bool) -> dict[str, Any]:
    """Return what the page shows of a folder of results.

    Parameters
    ----------
    saved : Saved
    folder : Path
    shown : bool
        Whether there are pictures of it.
    """
    document, pose = saved.document, saved.pose
    config, found = document.config, document.calibration
    settings = config.model_dump(mode="json", include=set(SETTINGS))
    rate = document.video.capture_fps if document.video is not None else pose.fps
    summaries = {row.metric: row for row in document.summaries}
    return {
        "kind": "results",
        "name": document.name,
        "folder": str(folder),
        "video": (
            _video(document.video, shown=shown)
            if document.video is not None
            else {"file": None, "shown": False, "width": pose.width, "height": pose.height, "slow": 1.0}
        ),
        "times": _times(pose.time),
        "settings": settings | {"capture_fps": round(rate, 3)},
        "scale": _scale(config, folder),
        "scaled": {"method": found.method if found.scaled else None, "relative_sd": found.relative_sd},
        "known": KNOWN_M,
        "report": (folder / REPORT).is_file(),
        "moving": document.camera is not None,
        "joints": list(pose.names),
        "bones": _bones(pose.names),
        "contacts": _contacts(document.detected) if saved.edited is None else _rows(saved.edited),
        "found": _contacts(document.detected),
        "sheet": _sheet(saved, folder),
        "headline": [
            {"label": summaries[name].label, "value": number(METRICS[name], row.mean, row.mean_se)}
            for name in HEADLINE
            if (row := summaries.get(name)) is not None and row.n
        ],
        "warnings": [
            f"{note.message} {note.advice}".strip()
            for note in document.notes
            if note.level == "warning" and not note.metrics
        ],
        "passes": [{"name": other.name, "report": other.report} for other in document.other_passes],
    }


def joints(saved: Saved) -> bytes:
    """Return the joints, (n, k, 2) px, and the crop of each frame, (n, 3) px, as little-endian floats."""
    pose = saved.pose
    return b"".join(np.ascontiguousarray(a, "<f4").tobytes() for a in (pose.xy, pose.box))


def camera(saved: Saved) -> bytes:
    """Return the (n, 3, 3) matrices from each frame to the reference frame as little-endian doubles."""
    return np.ascontiguousarray(saved.camera.to_reference, "<f8").tobytes()


def _video(info: VideoInfo, *, shown: bool) -> dict[str, Any]:
    return {
        "file": info.path.name,
        "shown": shown,
        "width": info.width,
        "height": info.height,
        "slow": info.slow_motion,
    }


def _times(time: Array) -> list[float]:
    return [round(t, 6) for t in time.tolist()]


def _bones(names: tuple[str, ...]) -> list[list[Any]]:
    """Return lines as numbers of two joints and a side; "" is the trunk's."""
    lines: list[tuple[str, str, str]] = [
        (side, f"{side}_{a}", f"{side}_{b}") for side in SIDES for a, b in _LIMBS
    ]
    lines += [("", f"left_{part}", f"right_{part}") for part in ("shoulder", "hip")]
    return [[names.index(a), names.index(b), side] for side, a, b in lines if a in names and b in names]


def _contacts(steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [_contact(step.side, step.touchdown_s, step.toe_off_s) for step in steps]


def _rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of ``events.csv`` that a person wrote; the sides as the rest of the program spells them."""
    found = []
    for row in rows:
        side = side_of(row["side"])
        if side is not None:
            found.append(_contact(side, row["touchdown_s"], row["toe_off_s"]))
    return found


def _sheet(saved: Saved, folder: Path) -> list[dict[str, Any]]:
    """Return the sheet of the S-MAS row by row, with what was answered; empty where there is none."""
    said = {(answer.item, answer.side): answer.yes for answer in saved.answers}
    rows = {(row["item"], row["side"]): row for row in smas_file.told(folder / smas_file.FILE)}
    return [
        {
            "item": item.number,
            "name": item.name,
            "seen": item.seen,
            "side": side,
            "proposal": row.get("proposal", ""),
            "reason": row.get("reason", ""),
            "frame": int(row["frame"]) if row.get("frame", "").isdecimal() else None,
            "yes": said.get((item.number, side)),
        }
        for item in ITEMS
        for side in SIDES
        for row in (rows.get((str(item.number), side), {}),)
    ]


def _contact(side: str, touchdown_s: float, toe_off_s: float) -> dict[str, Any]:
    return {"side": side, "touchdown_s": _known(touchdown_s), "toe_off_s": _known(toe_off_s)}


def _known(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _scale(config: Config, folder: Path) -> dict[str, Any]:
    """Return what the metres come from; points are px of the reference frame."""
    config = scale_files.kept(config, folder)
    if config.calibration is not None:
        return {"kind": "calibration", "points": [], "metres": None}
    if config.marks is not None:
        try:
            rows = scale_files.read_marks(config.marks).tolist()
        except AnalyzerError:
            rows = []
        return {
            "kind": "marks",
            "points": [{"x": x, "y": y, "metres": m} for x, y, m in rows],
            "metres": None,
        }
    if config.scale is not None:
        x1, y1, x2, y2, metres = config.scale
        ends = [{"x": x1, "y": y1, "metres": 0.0}, {"x": x2, "y": y2, "metres": 0.0}]
        return {"kind": "points", "points": ends, "metres": metres}
    return {"kind": "body", "points": [], "metres": None}
