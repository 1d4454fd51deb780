"""Joints by whatever name a tracker gives them, in our order and the right way up."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.errors import PoseFileError
from analyzer.pose.files import guard

_PARTS: Final = {
    "nose": "nose", "eye": "eye", "ear": "ear", "shoulder": "shoulder", "elbow": "elbow",
    "wrist": "wrist", "pinky": "pinky", "index": "index", "thumb": "thumb", "hip": "hip", "knee": "knee",
    "ankle": "ankle", "heel": "heel", "calc": "heel", "bigtoe": "foot_index", "toe": "foot_index",
    "footindex": "foot_index", "foottip": "foot_index",
}  # fmt: skip


@dataclass(frozen=True)
class Joints:
    """What was read: ``time`` (n,) s, ``xy`` (n, 33, 2) px y down, ``confidence`` (n, 33), kind of file."""

    time: Array
    xy: Array
    confidence: Array
    source: str


def joint(name: str) -> str | None:
    """Return BlazePose's name of a joint as another tracker spells it; None if there is none.

    ``LBigToe``, ``left_big_toe``, ``Left Toe`` and ``toe.L`` are all ``left_foot_index``.
    """
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    words = re.sub(r"^([LR])(?=[A-Z][a-z])", r"\1 ", words)
    tokens = re.split(r"[^A-Za-z]+", words.lower())
    sides = {"l": "left", "left": "left", "r": "right", "right": "right"}
    side = next((sides[t] for t in tokens if t in sides), None)
    part = _PARTS.get("".join(t for t in tokens if t not in sides))
    if part is None or (side is None) != (part == "nose"):
        return None
    found = part if side is None else f"{side}_{part}"
    return found if found in BLAZEPOSE else None


def from_names(
    path: Path, time: Array, points: dict[str, Array], sure: dict[str, Array], source: str
) -> Joints:
    """Put named joints into BlazePose's order, and upright: y down, the head above the feet."""
    n = len(time)
    xy, confidence = np.full((n, len(BLAZEPOSE), 2), np.nan), np.zeros((n, len(BLAZEPOSE)))
    for name, path_of in points.items():
        known = joint(name)
        if known is None:
            continue
        k = BLAZEPOSE.index(known)
        whole = np.isfinite(path_of[:, 0]) & np.isfinite(path_of[:, 1])
        xy[:, k] = np.where(whole[:, None], path_of, np.nan)
        confidence[:, k] = np.nan_to_num(sure[name], nan=0.0) if name in sure else 1.0
    seen = np.isfinite(xy[..., 1])
    if not any(joint(name) for name in points):
        raise PoseFileError(
            f"{path.name} has no joint that is known here.",
            f"Its joints begin with {', '.join(list(points)[:4])}.",
            "Name them as left_hip, LHip or Left Hip.",
        )
    if not seen.any():
        raise PoseFileError(f"{path.name} holds no position of any joint.", "", "Export it again.")
    guard.check_places(path, xy)
    low = [k for k, name in enumerate(BLAZEPOSE) if name.endswith(("ankle", "heel", "foot_index", "knee"))]
    high = [k for k, name in enumerate(BLAZEPOSE) if name.endswith(("shoulder", "ear", "nose", "hip"))]
    if seen[:, low].any() and seen[:, high].any():
        upside_down = np.nanmedian(xy[:, low, 1]) < np.nanmedian(xy[:, high, 1])
        if upside_down:
            xy[..., 1] = np.nanmax(xy[..., 1]) + np.nanmin(xy[..., 1]) - xy[..., 1]
    return Joints(time, xy, np.clip(confidence, 0, 1), source)


def lines(path: Path) -> list[str]:
    """Return the lines of a text file."""
    return guard.content(path).decode("utf-8-sig", errors="replace").splitlines()


def number(cell: str) -> float:
    """Return what a cell holds; NaN if it is no number."""
    try:
        return float(cell)
    except ValueError:
        return math.nan
