"""Paths of hips and feet, filtered in proportion to the step time, with the noise of the raw ones."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side
from analyzer.data.motion import Motion
from analyzer.joints import body_size
from analyzer.signals import filters, noise

FOOT_CUTOFF: Final = 3.6
"""Low-pass of the foot, in step frequencies (15 Hz at 4.2 steps a second).

Lower and a landing is smeared, higher and jitter makes a standing foot seem to move.
"""
BODY_CUTOFF: Final = 0.36
"""Low-pass of the running speed, in step frequencies: what speed does within a step is left out."""
LONGEST_GAP: Final = 0.16
"""Gaps of a foot's landmarks up to this many step times are bridged before filtering.

A longer one may hold a whole touchdown. No measurement is on record.
"""
LEAST_NOISE: Final = 0.002
"""Landmarks are noisy by at least this many leg lengths, about 2 mm.

Of drawn, noiseless paths too, so that no frame is believed without end.
"""


class FootPath(NamedTuple):
    """One foot's landmarks through the clip.

    toe, heel : (n, 2) m, raw; of a body without feet the toe's path is the ankle's
    smooth_toe, smooth_heel : (n, 2) m, filtered
    speed : (n,) m/s, of the filtered toe
    sd : m, standard deviation of the raw paths
    memory : correlation of their errors from frame to frame
    """

    side: Side
    toe: Array
    heel: Array
    smooth_toe: Array
    smooth_heel: Array
    speed: Array
    sd: float
    memory: float

    @property
    def thinning(self) -> float:
        """Share of the frames that tell something new: correlated noise carries less than its number."""
        return (1 - self.memory) / (1 + self.memory)


def foot_path(motion: Motion, side: Side, step_s: float) -> FootPath:
    """Return one foot's paths, filtered in proportion to the step time, and its noise.

    Parameters
    ----------
    motion : Motion
    side : {"left", "right"}
    step_s : float
        Step time, s.

    Returns
    -------
    FootPath
        Where no foot was marked the toe's path is the ankle's.
    """
    part = body_size.stands_on(JOINTS, motion.raw)
    toe, heel = motion.raw_joint(f"{side}_{part}"), motion.raw_joint(f"{side}_heel")
    both = np.column_stack([toe, heel])
    cut = FOOT_CUTOFF / step_s
    bridged = filters.bridge(motion.time, both, LONGEST_GAP * step_s)
    smooth = filters.low_pass(motion.time, bridged, cut)
    speed = np.hypot(*filters.derivative(motion.time, smooth[:, :2]).T)
    sd, memory = noise.noise(motion.time, both, cut)
    seen = np.isfinite(sd)
    size = float(np.sqrt(np.mean(sd[seen] ** 2))) if seen.any() else float("nan")
    return FootPath(
        side,
        toe,
        heel,
        smooth[:, :2],
        smooth[:, 2:],
        speed,
        max(size, LEAST_NOISE * motion.leg_length),
        float(np.mean(memory[seen])) if seen.any() else 0.0,
    )


def hips(motion: Motion, cutoff_hz: float) -> Array:
    """Return the low-passed (n, 2) path of the middle of the hips, or of the one that was seen, m."""
    left, right = motion.joint("left_hip"), motion.joint("right_hip")
    both = (left + right) / 2
    path = np.where(np.isfinite(both), both, np.where(np.isfinite(left), left, right))
    return filters.low_pass(motion.time, path, cutoff_hz)
