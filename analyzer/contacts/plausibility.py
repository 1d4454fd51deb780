"""Contacts held against what running bodies can do and against what was in sight.

Decides whose contact is too short to be whole, and which event lies outside what was seen of the foot; who
runs at all is for ``activity`` to say. The bounds are the constants below. How many steps a second are
plausible is bounded twice: no rhythm above ``joints.stride_phase.FASTEST_STEPS_HZ`` is looked for, and the
frequencies that people have at each step length are ``slow_motion.FREQUENCY_BY_STEP``, against which a clip's
clock is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import nan
from typing import Final

import numpy as np

from analyzer.body.skeleton import JOINTS
from analyzer.contacts.event import widened
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.joints import body_size

TOP_SPEED: Final = 0.42
"""Contact time of sprinters at top speed, step times: 0.09 s of 0.21."""
TOO_SHORT: Final = 0.32
"""A contact shorter than this, step times, was not seen whole."""


def doubted(steps: Sequence[Step], step_s: float) -> tuple[Step, ...]:
    """Widen the errors of contacts that are shorter than any runner's: part of them was missed.

    Which end was missed is not known, so each gets what the contact lacks of a sprinter's at top speed.
    ``step_s`` is the step time, s.
    """
    out = []
    for step in steps:
        share = (step.toe_off_s - step.touchdown_s) / step_s
        if share < TOO_SHORT:
            lacks = (TOP_SPEED - share) * step_s / np.sqrt(2)
            step = widened(step, (lacks, lacks))
        out.append(step)
    return tuple(out)


def in_sight(steps: Sequence[Step], motion: Motion) -> tuple[Step, ...]:
    """Leave out events before the foot was first seen or after it was last: nothing tells when they were.

    Those told by the stride alone are kept; they never were the foot's.
    """
    out = []
    part = body_size.stands_on(JOINTS, motion.raw)
    for step in steps:
        seen = motion.time[np.isfinite(motion.raw_joint(f"{step.side}_{part}")).all(axis=1)]
        if len(seen) and step.source not in ("threshold", "edited"):
            if step.touchdown_s < seen[0]:
                step = replace(step, touchdown_s=nan, touchdown_sd_s=nan)
            if step.toe_off_s > seen[-1]:
                step = replace(step, toe_off_s=nan, toe_off_sd_s=nan)
        out.append(step)
    return tuple(out)
