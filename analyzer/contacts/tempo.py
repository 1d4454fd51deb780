"""How fast somebody steps and runs: what every time and length of a contact is measured in.

Step times make contacts of slow motion and of slow cameras look alike; only ``real_step_s`` and ``slowness``
ask whether the clip's seconds are real ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.contacts import filtered_paths
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.joints import stride_phase
from analyzer.signals import filters

TYPICAL_STEP_S: Final = 0.25
"""Step time that is taken where nothing tells it, s: four steps a second, as in a fast run."""
SPRINT_STEP_S: Final = 0.23
"""Step time of a sprinter, s: what a step of unknown slow motion is taken for in real time."""
SLOWEST_STEP_S: Final = 0.42
"""Slower steps than these, s, are a sprint in slow motion; the slowest jog measured took 0.38.

Larger and a sprint played at half its speed would get the foot of a jogger; smaller and a slow jog that of a
sprinter.
"""
CLEAR_RHYTHM: Final = 0.25
"""Share of the legs' scissoring that one frequency must explain to be the rhythm.

No measurement is on record; of drawn runners more than 0.6 is explained, with a third of the frames' legs
exchanged more than this.
"""
PACE_WITHIN_S: Final = 0.3
"""How far around a contact the running speed is looked at, s: about a step before and after."""
LEAST_PACE_MPS: Final = 0.1
"""Slower than this nobody runs, m/s: keeps what is divided by the pace finite."""
UNKNOWN_PACE_MPS: Final = 5.0
"""Taken where the body's speed was never seen, m/s: between a jog and a sprint."""


class ExpectedMotion(NamedTuple):
    """How a foot moves along one axis beside an event, and how that differs between feet.

    Speeds in running speeds, accelerations in running speeds a step time.
    """

    speed: float
    speed_sd: float
    acceleration: float
    acceleration_sd: float


def real_step_s(step_s: float) -> float:
    """Return the step time where the clip's seconds are real ones, s; 0, quicker than any, in slow motion.

    The foot's models run from a sprint to a jog over step time; slow motion gets the sprinter's end.
    """
    return step_s if step_s < SLOWEST_STEP_S else 0.0


def slowness(step_s: float) -> float:
    """Return how many times slower than life the clip is, as far as it matters to a landing."""
    return 1.0 if step_s < SLOWEST_STEP_S else step_s / SPRINT_STEP_S


def rhythm(motion: Motion) -> tuple[float, float]:
    """Return the step time, s, and the share of the legs' scissoring that this rhythm explains.

    From how far the legs are apart, which does not care which leg is called left; see
    ``stride_phase.rhythm``.
    """
    gaps = [
        (motion.raw_joint(f"left_{part}") - motion.raw_joint(f"right_{part}"))[:, 0]
        for part in ("knee", "ankle")
    ]
    return stride_phase.rhythm(motion.time, np.stack(gaps, axis=1) / motion.leg_length)


def running_speed(motion: Motion, step_s: float) -> Array:
    """Return the (n,) forward speed of the hips over about a step, m/s; NaN where unseen."""
    path = filtered_paths.hips(motion, filtered_paths.BODY_CUTOFF / step_s)
    return filters.derivative(motion.time, path[:, 0])


def step_time_of(steps: Sequence[Step]) -> float:
    """Return the usual time from touchdown to touchdown, s."""
    touchdown = np.array([s.touchdown_s for s in steps])
    number = np.array([s.number for s in steps], dtype=float)
    apart = np.diff(touchdown) / np.diff(number) if len(steps) > 1 else np.array([])
    apart = apart[np.isfinite(apart)]
    if len(apart):
        return float(np.median(apart))
    down = np.array([s.toe_off_s - s.touchdown_s for s in steps])
    down = down[np.isfinite(down)]
    # A sprinter is on the ground for about half of a step.
    return 2 * float(np.median(down)) if len(down) else TYPICAL_STEP_S


def pace_of(motion: Motion, step: Step) -> float:
    """Return the running speed around a step, m/s, always positive."""
    near = (motion.time > np.nanmin([step.touchdown_s, step.toe_off_s]) - PACE_WITHIN_S) & (
        motion.time < np.nanmax([step.touchdown_s, step.toe_off_s]) + PACE_WITHIN_S
    )
    speed = np.abs(motion.com_velocity[:, 0])
    for part in (speed[near], speed):
        if np.isfinite(part).any():
            return max(float(np.nanmedian(part)), LEAST_PACE_MPS)
    return UNKNOWN_PACE_MPS
