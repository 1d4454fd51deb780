"""What the charts of the movement show of a run: from when to when, which frames, which strides."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side
from analyzer.data.analysis import Analysis
from analyzer.data.steps import Step, in_a_row
from analyzer.metrics.wording import signed

MOST_NUMBERS: Final = 14
"""Steps beyond which numbers written into a chart would run into each other."""
EDGE: Final = 0.015
"""Share of the image's width at its edges in which a joint counts as cut off: about a wrist's width of an
athlete who fills a quarter of it."""
BEFORE_S: Final = 0.1
"""Seconds shown of a run before its first event: about a flight, so that a curve is seen to come."""
AFTER_S: Final = 0.15
"""Seconds shown after its last event."""
BEYOND: Final = 0.75
"""How far a curve may leave the range of nine tenths of its values before it is cut there, in that range."""


def clock_known(analysis: Analysis) -> bool:
    """Tell whether the clip's seconds are seconds: not in slow motion by an unknown factor."""
    return analysis.slow_motion == 1


class Held(NamedTuple):
    """Where curves are cut, in their unit, and what is said of it; no words where they are not."""

    low: float
    high: float
    cut: str


def held(curves: Sequence[Array]) -> Held | None:
    """Let a few values far outside all others not flatten a chart; None where nothing is seen."""
    seen = np.concatenate([np.ravel(curve) for curve in curves]) if curves else np.empty(0)
    seen = seen[np.isfinite(seen)]
    if not len(seen):
        return None
    low, high = np.percentile(seen, (5, 95))
    room = BEYOND * max(high - low, 1e-9)
    bottom, top = float(max(low - room, seen.min())), float(min(high + room, seen.max()))
    if bottom > seen.min() or top < seen.max():
        ends = f"{signed(float(seen.min()), 0)} to {signed(float(seen.max()), 0)}"
        return Held(bottom, top, f"cut: goes from {ends}")
    return Held(bottom, top, "")


def span(analysis: Analysis) -> tuple[float, float]:
    """Return from just before the first event to just after the last, s, inside the clip."""
    times = [t for s in analysis.steps for t in (s.touchdown_s, s.toe_off_s) if np.isfinite(t)]
    first, last = float(analysis.motion.time[0]), float(analysis.motion.time[-1])
    if not times:
        return first, last
    return max(first, min(times) - BEFORE_S), min(last, max(times) + AFTER_S)


def whole(analysis: Analysis, series: Array) -> Array:
    """Leave out the moments in which trunk or thighs reach the image's edge.

    There the body is cut off, the tracker crowds the joints inside the image, and every angle bends.
    """
    pose = analysis.pose
    body = [f"{side}_{part}" for side in SIDES for part in ("shoulder", "hip", "knee")]
    names = [name for name in body if name in pose.names]
    if not names or not pose.width or len(pose.time) != len(series):
        return series
    x = np.stack([pose.joint(name)[:, 0] for name in names])
    with np.errstate(invalid="ignore"):
        cut = (x < EDGE * pose.width) | (x > (1 - EDGE) * pose.width)
    return np.where(cut.any(axis=0), np.nan, series)


def strides(analysis: Analysis, side: Side) -> list[tuple[Step, float, float]]:
    """Return the strides that begin with a side's contacts: the contact, touchdown and the next one, s."""
    found = []
    pairs = in_a_row(analysis.steps)
    for (this, between), (same, following) in pairwise(pairs):
        if this.side == side and between is same:
            found.append((this, this.touchdown_s, following.touchdown_s))
    return [s for s in found if np.isfinite(s[1]) and np.isfinite(s[2])]


def rise_and_fall(analysis: Analysis) -> tuple[Array, str]:
    """Return the height of the centre of mass about its mean in the time shown, (n,), and its unit."""
    start, stop = span(analysis)
    time = analysis.motion.time
    path = whole(analysis, analysis.motion.com[:, 1])[(time >= start) & (time <= stop)]
    if analysis.calibration.scaled:
        return 100 * (path - mean(path)), "cm"
    return 100 * (path - mean(path)) / analysis.motion.leg_length, "% of leg length"


def mean(path: Array) -> float:
    """Return the mean of what is seen; NaN where nothing is."""
    return float(np.nanmean(path)) if np.isfinite(path).any() else float("nan")
