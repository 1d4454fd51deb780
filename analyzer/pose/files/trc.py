"""TRC: joints in pixels as Sports2D writes them, or places in space of motion capture and Pose2Sim."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.limits import MOST_FPS, MOST_SECONDS
from analyzer.errors import PoseFileError
from analyzer.pose.files import markers
from analyzer.pose.files.joints import Joints, from_names, lines, number

_TALLEST_M: Final = 4.0
"""A flat body taller than this is not in metres but in pixels, whatever the header says."""
_LONG_CLOCK: Final = 0.02
"""By how much a Time column may be longer than the header's rate has it, as a share.

Sports2D spreads its times so that the last frame falls on the clip's end: one frame too long over the whole
clip, 1 in 179 for one of 1.5 s at 120 frames a second.
"""
_EVEN: Final = 0.01
"""Steps of a clock that differ less than this, as a share, are even."""


def read(path: Path) -> Joints:
    """Read a TRC file: two-dimensional in pixels or metres, or markers in space.

    Raises
    ------
    PoseFileError
        It is not complete, in no unit that is known, or lacks what is needed.
    """
    rows = [line.split("\t") for line in lines(path)]
    try:
        facts = dict(zip((c.strip() for c in rows[1]), (c.strip() for c in rows[2]), strict=False))
        rate, unit = float(facts["DataRate"]), facts.get("Units", "").lower()
        header = rows[3]
    except (IndexError, KeyError, ValueError):
        raise PoseFileError(
            f"{path.name} is not a TRC file.", "Its header is not complete.", "Export it again."
        ) from None
    names = {i: header[i].strip() for i in range(2, len(header)) if header[i].strip()}
    data = [r for r in rows[4:] if r and re.fullmatch(r"\s*\d+\s*", r[0])]
    if not data or not names:
        raise PoseFileError(
            f"{path.name} holds no motion.", "It has no rows with a frame's number.", "Export it again."
        )
    points = {
        name: np.array([[number(r[k]) if k < len(r) else math.nan for k in range(i, i + 3)] for r in data])
        for i, name in names.items()
    }
    time = _clock(np.array([number(r[1]) if len(r) > 1 else math.nan for r in data]), rate)
    named_px = unit == "px" or any("_px_" in name.lower() for name in (path.name, rows[0][-1]))
    if named_px or (markers.flat(points) and _height(points) * markers.METRES.get(unit, 1.0) > _TALLEST_M):
        return from_names(path, time, {name: p[:, :2] for name, p in points.items()}, {}, "TRC")
    return markers.from_the_side(path, time, points, unit, "TRC")


def _clock(time: Array, rate: float) -> Array:
    """Return the times (n,) s, put right by the header's rate where they lack or are a little too long."""
    if not np.isfinite(time).all() and rate > 0:
        return np.asarray(np.arange(len(time)) / rate)
    if not np.isfinite(time).all() or not float(time.max()) - float(time.min()) <= MOST_SECONDS:
        return time  # no clock: the door says what is wrong with it
    if not 0 < rate <= MOST_FPS:
        return time
    steps = np.diff(time) * rate
    even = len(steps) > 0 and bool((np.abs(steps - np.median(steps)) < _EVEN).all())
    if even and 1.0 < np.median(steps) <= 1.0 + _LONG_CLOCK:
        return np.asarray(time / np.median(steps))
    return time


def _height(points: dict[str, Array]) -> float:
    """Return how far the points of a frame are apart in their second coordinate, median; 0 without any."""
    y = np.stack([place[:, 1] for place in points.values()], axis=1)
    seen = y[np.isfinite(y).any(axis=1)]
    return float(np.median(np.nanmax(seen, axis=1) - np.nanmin(seen, axis=1))) if len(seen) else 0.0
