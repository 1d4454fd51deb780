"""Contacts held against what running bodies can do and against what was in sight.

Decides who walks or stands and is refused, whose contact is too short to be whole, and which event lies
outside what was seen of the foot. The bounds are the constants below. How many steps a second are plausible
is bounded twice: no rhythm above ``joints.stride_phase.FASTEST_STEPS_HZ`` is looked for, and the frequencies
that people have at each step length are ``slow_motion.FREQUENCY_BY_STEP``, against which a clip's clock is
held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side
from analyzer.contacts.bounce import bounce
from analyzer.contacts.event import widened
from analyzer.contacts.filtered_paths import FootPath
from analyzer.data.motion import Motion
from analyzer.data.steps import Step, in_a_row
from analyzer.errors import NotRunningError
from analyzer.joints import body_size

WALKING: Final = 0.88
"""Contact times above this are a walk's, step times: 0.45 in a sprint, up to 0.75 in a slow jog, more than 1
in a walk."""
MAYBE_WALKING: Final = 0.76
"""Above this they are one's whose body is highest in mid-stance, step times: a slow jogger's sinks."""
OVERLAP: Final = 0.02
"""Both feet on the ground for longer than this, step times, is a walk: less is the events' error."""
TOP_SPEED: Final = 0.42
"""Contact time of sprinters at top speed, step times: 0.09 s of 0.21."""
TOO_SHORT: Final = 0.32
"""A contact shorter than this, step times, was not seen whole."""
DOWN: Final = 0.5
"""A foot slower than this share of the running speed may be on the ground."""
MOVING: Final = 0.5
"""Frames count in which the athlete has this share of a fast moment's speed, ``FAST_QUANTILE``."""
FAST_QUANTILE: Final = 0.9
"""Which of all speeds is a fast moment's: nearly the highest, so that one wild value does not rule."""
BOTH_DOWN: Final = 0.12
"""Share of the time both feet may be down; a runner never has both down, jitter makes some."""
EITHER_DOWN: Final = 0.85
"""And one at least: above both shares somebody walks. One
foot of a runner is down for 0.45 (sprint) to 0.75 (jog) of it."""
FEWEST_CONTACTS: Final = 3
"""Whole contacts whose median tells a walk."""
FEWEST_FLIGHTS: Final = 2
"""Flights whose median tells a walk."""
ADVICE: Final = "Choose a clip, or with start and end a part of it, in which the athlete runs."
"""What somebody is told whose clip shows no running."""


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


def refuse_walking(feet: Mapping[Side, FootPath], speed: Array) -> None:
    """Raise for somebody who walks or stands; independent of the clock, so slow motion may run.

    Parameters
    ----------
    feet : mapping of side to FootPath
    speed : (n,) m/s
        Of the hips, over about a step; NaN = unseen.

    Raises
    ------
    NotRunningError
        If both feet are down at once for too long.
    """
    top = np.nanquantile(np.abs(speed), FAST_QUANTILE) if np.isfinite(speed).any() else np.nan
    if not np.isfinite(top):
        return
    with np.errstate(invalid="ignore"):
        moving = np.abs(speed) > MOVING * top
    down = []
    for foot in feet.values():
        with np.errstate(invalid="ignore"):
            down.append((foot.speed < DOWN * np.abs(speed)) & moving)
    both = float(np.mean((down[0] & down[1])[moving])) if moving.any() else 0.0
    either = float(np.mean((down[0] | down[1])[moving])) if moving.any() else 0.0
    if both > BOTH_DOWN and either > EITHER_DOWN:
        raise NotRunningError(
            "The athlete seems to walk, not run.",
            f"Both feet are on the ground together in {both:.0%} of the time; a runner never has both down.",
            ADVICE,
        )


def check(motion: Motion, steps: Sequence[Step], step_time: float) -> None:
    """Hold the events against what running bodies can do.

    Parameters
    ----------
    motion : Motion
    steps : sequence of Step
    step_time : float
        Step time, s.

    Raises
    ------
    NotRunningError
        If a foot lands before the other one leaves, or stands for longer than a runner's.
    """
    flights = np.array([b.touchdown_s - a.toe_off_s for a, b in in_a_row(steps)])
    seen = flights[np.isfinite(flights)]
    if len(seen) >= FEWEST_FLIGHTS and np.median(seen) < -OVERLAP * step_time:
        raise NotRunningError(
            "The athlete seems to walk, not run.",
            f"A foot lands {-np.median(seen) * 1000:.0f} ms before the other one leaves the ground.",
            ADVICE,
        )
    touchdown = np.array([s.touchdown_s for s in steps])
    toe_off = np.array([s.toe_off_s for s in steps])
    contact = (toe_off - touchdown)[np.isfinite(toe_off - touchdown)]
    if len(contact) >= FEWEST_CONTACTS:
        share = float(np.median(contact)) / step_time
        # Walkers vault over the leg they stand on, runners sink onto it.
        vaults = bounce(motion, (touchdown + toe_off) / 2).at_middle > 0
        if share > WALKING or (share > MAYBE_WALKING and vaults):
            raise NotRunningError(
                "The athlete seems to walk, not run.",
                f"Each foot is on the ground for {share:.0%} of a step"
                + (", and the body is highest over it." if vaults else "."),
                ADVICE,
            )
