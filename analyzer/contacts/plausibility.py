"""Contacts held against what running bodies can do and against what was in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side
from analyzer.contacts import stances
from analyzer.contacts.forefoot_fit import Foot
from analyzer.contacts.regularity import widened
from analyzer.data.motion import Motion
from analyzer.data.steps import Step, in_a_row
from analyzer.errors import NotRunningError
from analyzer.joints import body_size

# Contact time in step times: 0.45 in a sprint, up to 0.75 in a slow jog, more than 1 in a walk.
WALKING: Final = 0.88
MAYBE_WALKING: Final = 0.76
TYPICAL_STEP_S: Final = 0.25
# The same of sprinters at top speed, 0.09 s of 0.21; what lies below the shorter was not seen whole.
TOP_SPEED: Final = 0.42
TOO_SHORT: Final = 0.32


def doubted(steps: Sequence[Step], step_s: float) -> tuple[Step, ...]:
    """Widen the errors of contacts that are shorter than any runner's: part of them was missed.

    Which end was missed is not known, so each gets what the contact lacks of a sprinter's at top speed.
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


def refuse_walking(feet: dict[Side, Foot], speed: Array) -> None:
    """Raise for somebody who walks or stands; independent of the clock, so slow motion may run."""
    advice = "Choose a clip, or with --from and --to a part of it, in which the athlete runs."
    top = np.nanquantile(np.abs(speed), 0.9) if np.isfinite(speed).any() else np.nan
    if not np.isfinite(top):
        return
    with np.errstate(invalid="ignore"):
        moving = np.abs(speed) > 0.5 * top
    down = []
    for foot in feet.values():
        with np.errstate(invalid="ignore"):
            down.append((foot.speed < 0.5 * np.abs(speed)) & moving)
    both = float(np.mean((down[0] & down[1])[moving])) if moving.any() else 0.0
    either = float(np.mean((down[0] | down[1])[moving])) if moving.any() else 0.0
    if both > 0.12 and either > 0.85:
        raise NotRunningError(
            "The athlete seems to walk, not run.",
            f"Both feet are on the ground together in {both:.0%} of the time; a runner never has both down.",
            advice,
        )


def check(motion: Motion, steps: Sequence[Step], step_time: float) -> None:
    """Hold the events against what running bodies can do."""
    advice = "Choose a clip, or with --from and --to a part of it, in which the athlete runs."
    flights = np.array([b.touchdown_s - a.toe_off_s for a, b in in_a_row(steps)])
    seen = flights[np.isfinite(flights)]
    if len(seen) >= 2 and np.median(seen) < -0.02 * step_time:
        raise NotRunningError(
            "The athlete seems to walk, not run.",
            f"A foot lands {-np.median(seen) * 1000:.0f} ms before the other one leaves the ground.",
            advice,
        )
    touchdown = np.array([s.touchdown_s for s in steps])
    toe_off = np.array([s.toe_off_s for s in steps])
    contact = (toe_off - touchdown)[np.isfinite(toe_off - touchdown)]
    if len(contact) >= 3:
        share = float(np.median(contact)) / step_time
        # Walkers vault over the leg they stand on, runners sink onto it.
        vaults = stances.bounce(motion, (touchdown + toe_off) / 2).at_middle > 0
        if share > WALKING or (share > MAYBE_WALKING and vaults):
            raise NotRunningError(
                "The athlete seems to walk, not run.",
                f"Each foot is on the ground for {share:.0%} of a step"
                + (", and the body is highest over it." if vaults else "."),
                advice,
            )
