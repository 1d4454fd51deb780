"""Contacts held against what running bodies can do and against what was in sight.

Decides which contact is too short to be whole, and which event lies where nothing was seen that could tell
it; who runs at all is for ``activity`` to say. The bounds are the constants below. How many steps a second
are plausible is bounded elsewhere: no rhythm above ``joints.stride_phase.FASTEST_STEPS_HZ`` is looked for,
and the frequencies that people have at each step length are ``slow_motion.FREQUENCY_BY_STEP``, against which
a clip's clock is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import JOINTS, SIDES
from analyzer.contacts.event import widened
from analyzer.contacts.tempo import step_time_of
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.joints import body_size

TOP_SPEED: Final = 0.42
"""Contact time of sprinters at top speed, step times: 0.09 s of 0.21."""
TOO_SHORT: Final = 0.32
"""A contact shorter than this, step times, was not seen whole."""
LEG: Final = ("hip", "knee", "ankle", "heel", "foot_index")
"""Joints of a leg: any of them is something seen of it."""
NOBODY: Final = 0.5
"""Step times without any joint of a leg, inside of which no event is given: the stride is the legs' own, and
over more than half a step it would be a guess."""
NOBODY_FRAMES: Final = 3.0
"""But frame intervals at least: single frames are lost by every tracker."""


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
    """Leave out events where nothing was seen that could tell them.

    What was timed by the foot lies between the first and the last frame that shows it; what the stride alone
    tells lies where legs were seen, with no gap of ``NOBODY`` around. A contact of which neither event is
    left is none, nor is one that ends before it begins: across a gap in the clock, and which of its events is
    wrong nothing tells. What a person edited stays.
    """
    part = body_size.stands_on(JOINTS, motion.raw)
    legs = [JOINTS.index(f"{side}_{joint}") for side in SIDES for joint in LEG]
    seen: Bools = np.isfinite(motion.raw[:, legs].sum(axis=2))
    anybody = motion.time[np.asarray(seen.any(axis=1))]
    longest = max(NOBODY * step_time_of(steps), NOBODY_FRAMES / motion.fps)
    out = []
    for step in steps:
        if step.source == "edited":
            out.append(step)
            continue
        foot = motion.time[np.isfinite(motion.raw_joint(f"{step.side}_{part}")).all(axis=1)]
        by_foot = step.source != "threshold" and len(foot) > 0
        begins, ends = (foot[0], foot[-1]) if by_foot else (-np.inf, np.inf)
        if step.touchdown_s < begins or not _surrounded(step.touchdown_s, anybody, longest):
            step = replace(step, touchdown_s=nan, touchdown_sd_s=nan)
        if step.toe_off_s > ends or not _surrounded(step.toe_off_s, anybody, longest):
            step = replace(step, toe_off_s=nan, toe_off_sd_s=nan)
        if np.isfinite([step.touchdown_s, step.toe_off_s]).any() and not step.toe_off_s <= step.touchdown_s:
            out.append(step)
    return tuple(out)


def _surrounded(at: float, seen: Array, longest: float) -> bool:
    """Tell whether a time, s, lies between two of (m,) times no further apart than ``longest``."""
    after = int(np.searchsorted(seen, at))
    if after < len(seen) and seen[after] == at:
        return True
    return 0 < after < len(seen) and bool(seen[after] - seen[after - 1] <= longest)
