"""Highest points and crossings between the samples."""

from __future__ import annotations

import numpy as np

from analyzer.arrays import Array


def peak(time: Array, x: Array, start_s: float, stop_s: float, reach_s: float = 0.02) -> tuple[float, float]:
    """Return ``(time, value)`` of the highest point of ``x`` (n,) between two times.

    A parabola through the samples within ``reach_s`` of the highest one (at least three) places the
    peak between frames, and averages noise that a raw maximum would pick up as signal. NaN when
    nothing was seen; the sample itself when it is the first or last of the window.
    """
    inside = np.flatnonzero((time >= start_s) & (time <= stop_s) & np.isfinite(x))
    if len(inside) == 0:
        return float("nan"), float("nan")
    top = int(inside[np.argmax(x[inside])])
    near = np.flatnonzero(np.isfinite(x) & (np.abs(time - time[top]) <= reach_s))
    if len(near) < 3:
        near = np.arange(max(top - 1, 0), min(top + 2, len(x)))
        near = near[np.isfinite(x[near])]
    if top in (inside[0], inside[-1]) or len(near) < 3:
        return float(time[top]), float(x[top])
    c2, c1, c0 = np.polyfit(time[near] - time[top], x[near], 2)
    if c2 >= 0:
        return float(time[top]), float(x[top])
    shift = float(np.clip(-c1 / (2 * c2), -reach_s, reach_s))
    return float(time[top] + shift), float(c0 + c1 * shift + c2 * shift**2)


def crossings(time: Array, x: Array, level: float = 0.0) -> Array:
    """Return the times at which ``x`` (n,) crosses ``level``, by linear interpolation."""
    y = x - level
    with np.errstate(invalid="ignore"):
        at = np.flatnonzero((y[:-1] <= 0) & (y[1:] > 0) | (y[:-1] >= 0) & (y[1:] < 0))
    return np.asarray(time[at] + (time[at + 1] - time[at]) * y[at] / (y[at] - y[at + 1]))
