"""The body's rise and fall with the steps: tells runners from walkers, and gravity's clock."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.data.motion import Motion

FEWEST_CONTACTS: Final = 3
"""Times of mid-stance that are needed: two whole waves."""
FEWEST_FRAMES: Final = 8
"""Frames that are needed for the five unknowns of the fit."""


class Bounce(NamedTuple):
    """First harmonic of the body's height over the steps, m, and how much of it is noise.

    ``at_middle`` is how much higher than on average the body is in mid-stance: negative in running,
    positive in walking.
    """

    at_middle: float
    amplitude: float
    error: float


def bounce(motion: Motion, middles: Array) -> Bounce:
    """Fit the body's height with a wave of one period from mid-stance to mid-stance, and a parabola.

    Parameters
    ----------
    motion : Motion
    middles : (k,) s
        Times of mid-stance, one for each step; NaN = unknown.

    Returns
    -------
    Bounce
        NaN when fewer than three times are known or the body was hardly seen.
    """
    nothing = Bounce(*[float("nan")] * 3)
    known = np.flatnonzero(np.isfinite(middles))
    if len(known) < FEWEST_CONTACTS:
        return nothing
    height = motion.com[:, 1]
    if not np.isfinite(height).any():
        height = (motion.joint("left_hip") + motion.joint("right_hip"))[:, 1] / 2
    inside = (motion.time >= middles[known[0]]) & (motion.time <= middles[known[-1]]) & np.isfinite(height)
    if inside.sum() < FEWEST_FRAMES:
        return nothing
    phase = 2 * np.pi * np.interp(motion.time[inside], middles[known], known.astype(float))
    drift = np.linspace(-1, 1, int(inside.sum()))
    design = np.column_stack([np.cos(phase), np.sin(phase), np.vander(drift, 3)])
    fit, *_ = np.linalg.lstsq(design, height[inside], rcond=None)
    residual = height[inside] - design @ fit
    return Bounce(
        float(fit[0]), float(np.hypot(fit[0], fit[1])), float(np.std(residual) * np.sqrt(2 / len(known)))
    )
