"""Feet that push a body off from rest, as out of blocks: they leave the ground without having landed.

The stride's phase gives the leg that pushes a half turn of its own, so it comes as a contact. But it stood
there all the time: what a coarse contact takes for its touchdown is no landing, and begins no step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from math import isfinite, nan
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import Side, other
from analyzer.contacts.event import NOT_TIMED, Event
from analyzer.contacts.filtered_paths import FootPath
from analyzer.contacts.forefoot_fit import ForefootFit
from analyzer.contacts.stances import CoarseStance
from analyzer.data.motion import Motion
from analyzer.data.steps import Step

BEFORE: Final = (0.25, 1.0)
"""How long before its landing a foot is looked at, step times: in a run it swings then, behind its place."""
BEGINNING: Final = (-0.25, 1.0)
"""The same of a contact that by its error may have begun before the clip: the body is slow from then on."""
COMES_FROM: Final = 0.3
"""It is behind it by more than this, leg lengths; in runs by 1 and more, and a foot that stands by none."""
SLOW: Final = 0.5
"""Only a body slower than this share of its usual speed is being pushed off."""
FEWEST: Final = 3
"""Frames that must show the body before the landing."""
REARMOST: Final = 0.2
"""Where such a foot stood: this quantile of its places in the step before the other one lands."""
AWAY: Final = 0.2
"""Further forward of it than this, leg lengths, it has left; ``ForefootFit`` times it from there."""
AT_REST: Final = (1.5, 2.5)
"""How long before the first landing of a start the body is at rest or begins to move, step times."""
STOOD: Final = 0.6
"""So long before that it is taken to have stood, step times."""


def without_landing(
    steps: Sequence[Step], feet: Mapping[Side, FootPath], motion: Motion, speed: Array, step_s: float
) -> list[Step]:
    """Take touchdown and place from the first contacts of a run whose foot was not seen to come and land.

    Parameters
    ----------
    steps : sequence of Step
        In order of time.
    feet : mapping of side to FootPath
    motion : Motion
    speed : (n,) m/s
        Running speed.
    step_s : float
        Step time, s.

    Returns
    -------
    list of Step
        Those contacts with their toe-off alone; the others as they were.
    """
    out = list(steps)
    for i, step in enumerate(out):
        if not isfinite(step.touchdown_s):
            continue
        early = step.touchdown_s - 2 * step.touchdown_sd_s < motion.time[0]
        before = _before(motion, step.touchdown_s, BEGINNING if early else BEFORE, step_s)
        if not (_slow(speed, before) and isfinite(step.toe_off_s)) or _comes(step, feet, motion, before):
            break
        out[i] = replace(step, touchdown_s=nan, touchdown_sd_s=nan, foot=(nan, nan))
        landing = out[i + 1].touchdown_s if i + 1 < len(out) and out[i + 1].side != step.side else nan
        left = _leaves(feet[step.side], motion, landing, speed, step_s)
        if isfinite(left.time_s):
            out[i] = replace(out[i], toe_off_s=left.time_s, toe_off_sd_s=left.sd_s)
    return _left_once(out)


def _left_once(steps: Sequence[Step]) -> list[Step]:
    """Leave out what a foot did before it pushed off: one that has not landed leaves the ground once."""
    begun = list(takewhile(lambda step: not isfinite(step.touchdown_s), steps))
    last = {step.side: step.number for step in begun if pushes(step)}
    return [s for s in begun if s.number >= last.get(s.side, s.number)] + list(steps[len(begun) :])


def with_push(
    steps: Sequence[Step], feet: Mapping[Side, FootPath], motion: Motion, speed: Array, step_s: float
) -> list[Step]:
    """Put the push before the first landing where the stride gave none a half turn, and the foot was seen.

    Parameters are those of ``without_landing``.
    """
    first = next(iter(steps), None)
    if first is None or pushes(first) or not isfinite(first.touchdown_s):
        return list(steps)
    before = _before(motion, first.touchdown_s, AT_REST, step_s)
    foot = feet[other(first.side)]
    there = foot.toe[before, 0]
    there = there[np.isfinite(there)]
    if not _slow(speed, before) or len(there) < FEWEST:
        return list(steps)
    left = _leaves(foot, motion, first.touchdown_s, speed, step_s, float(np.median(there)))
    if not isfinite(left.time_s) or left.time_s > first.touchdown_s:
        return list(steps)
    push = Step(first.number, foot.side, nan, nan, left.time_s, left.sd_s, left.source)
    return [push, *(replace(step, number=step.number + 1) for step in steps)]


def pushes(step: Step) -> bool:
    """Tell whether a contact is one of those."""
    return not isfinite(step.touchdown_s) and not isfinite(step.foot[0])


def _before(motion: Motion, landing_s: float, steps: tuple[float, float], step_s: float) -> Bools:
    """Tell which frames, (n,), lie from so many to so many step times before a landing."""
    since = landing_s - motion.time
    return np.asarray((since >= steps[0] * step_s) & (since <= steps[1] * step_s))


def _slow(speed: Array, before: Bools) -> bool:
    """Tell whether enough of these frames show a body that is far slower than usual."""
    known = np.isfinite(speed)
    then = np.abs(speed[before & known])
    return len(then) >= FEWEST and bool(np.median(then) < SLOW * np.median(np.abs(speed[known])))


def _leaves(
    foot: FootPath, motion: Motion, landing_s: float, speed: Array, step_s: float, rested: float = nan
) -> Event:
    """Time the toe-off of a foot that stood until about half a step before the other one lands.

    ``rested``: where it stood earlier, m, if that is known; then it must have stood there to the last.
    """
    seen = np.isfinite(foot.toe[:, 0])
    near = np.flatnonzero(seen & (motion.time >= landing_s - step_s) & (motion.time <= landing_s))
    if not len(near):
        return NOT_TIMED
    forward = foot.toe[near, 0]
    stood = float(np.quantile(forward, REARMOST))
    if abs(stood - rested) > AWAY * motion.leg_length:
        return NOT_TIMED
    last = int(near[np.flatnonzero(forward < stood + AWAY * motion.leg_length)[-1]])
    first = min(int(np.searchsorted(motion.time, motion.time[last] - STOOD * step_s)), last)
    stance = CoarseStance(foot.side, first, (first + last) // 2, last + 1)
    return ForefootFit(motion, foot, stance, float(speed[stance.middle]), step_s).toe_off()


def _comes(step: Step, feet: Mapping[Side, FootPath], motion: Motion, before: Bools) -> bool:
    """Tell whether the raw foot is seen behind its place before the contact.

    Raw, by medians: landmarks of a crouched body jump to its hands, and a filter spreads that.
    """
    forward = feet[step.side].toe[:, 0]
    during = (motion.time >= step.touchdown_s) & (motion.time <= step.toe_off_s)
    stands, came = (forward[part & np.isfinite(forward)] for part in (during, before))
    if not len(stands) or not len(came):
        return False
    return bool(np.median(stands) - np.median(came) > COMES_FROM * motion.leg_length)
