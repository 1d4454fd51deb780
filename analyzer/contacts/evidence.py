"""What is seen of a body that tells whether it runs: contacts, bounce, knees, travel, arms, clock.

Of a view that does not show what happens along the lane, travel, knees and arms are left out. ``activity``
weighs what is collected here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, pi, sqrt
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES
from analyzer.contacts import filtered_paths, slow_motion
from analyzer.contacts.bounce import bounce
from analyzer.contacts.filtered_paths import FootPath
from analyzer.contacts.stances import CORE
from analyzer.contacts.tempo import TYPICAL_STEP_S
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.joints import stride_phase
from analyzer.signals import filters

MIDDLE: Final = 1.45
"""Phase of the stride, rad, in the middle of stance: the middle of ``stances.CORE``."""
RISE: Final = (0.05, 0.95)
"""Which of a foot's heights are its lowest and its highest: all but one frame in ten, of misread ones."""
MOSTLY: Final = 0.7
"""Share of the middles of stance in which the foot that is to stand must be the lower one, else the phase is
no stride's: 0.92 and more in seven filmed runs, 0.79 out of the blocks, 0.43 to 0.67 of people who hop."""
FEWEST: Final = 12
"""Frames that must show arms and thighs before they are held against each other."""
STILL_DEG: Final = 3.0
"""Scatter of angles, deg, below which nothing swings but noise."""


@dataclass(frozen=True)
class Evidence:
    """What is seen of a body that tells what it does; NaN = not seen, or not visible in this view.

    share : contact time, step times
    share_error : its standard error
    bounce : how much higher than on average the body is in mid-stance, leg lengths
    bounce_error : its standard error
    knee : most knee flexion in the middle of stance, deg
    travel : how far the body passes over the lower foot in a step, leg lengths
    way : how far the body goes over the ground in a step, leg lengths; not told from a camera that follows
    alternation : share of the legs' movement in which they go against each other, 0 to 1
    lift : how far a toe rises, leg lengths: over the ground, or against the hips where that is less
    rise : how far it rises over the ground, leg lengths
    arms : correlation of the arms' swing with that of the thighs, -1 to 1
    gravity : logarithm of how many times slower than life the body falls and rises
    gravity_error : its standard error
    rhythm : logarithm of how many times slower than life the steps are
    """

    share: float = nan
    share_error: float = 0.0
    bounce: float = nan
    bounce_error: float = 0.0
    knee: float = nan
    travel: float = nan
    way: float = nan
    alternation: float = nan
    lift: float = nan
    rise: float = nan
    arms: float = nan
    gravity: float = nan
    gravity_error: float = 0.0
    rhythm: float = nan


def collect(motion: Motion, turning: stride_phase.Cycle, steps: Sequence[Step]) -> Evidence:
    """Collect what tells the activity.

    Parameters
    ----------
    motion : Motion
    turning : stride_phase.Cycle
        The phase of the stride, followed through the clip.
    steps : sequence of Step
        The contacts as far as they were found; may be empty.
    """
    clear = turning.explained > stride_phase.CLEAR
    step_s = turning.step_s if clear else TYPICAL_STEP_S
    feet = [filtered_paths.foot_path(motion, side, step_s) for side in SIDES]
    size = stride_phase.leg_length(motion.time, motion.raw_joint)
    hips = filtered_paths.hips(motion, filtered_paths.FOOT_CUTOFF / step_s)
    along = motion.view.shows_lane
    rise, drawn_up = _rise(feet, np.zeros(2), size), _rise(feet, hips, size)
    # A camera's motion that was not taken out whole lifts the ground, a body that goes down lifts the feet.
    out = {"alternation": _alternation(motion, hips), "rise": rise, "lift": float(np.fmin(rise, drawn_up))}
    if along:
        out["travel"] = _travel(feet, hips, size, motion.time) * step_s
        out["way"] = _way(motion, hips, size) * step_s
        out["arms"] = _arms(motion)
    stances = _stances(turning, feet) if clear else []
    # Of somebody who hops twice on each foot the phase is none of a stride: its "stance" is any moment, and
    # so are the contacts that were looked for by it.
    strides = sum(int(s.under.sum()) for s in stances) > MOSTLY * sum(int(s.middle.sum()) for s in stances)
    if strides:
        middles = _middles(motion, turning)
        beat = bounce(motion, middles)
        out["bounce"], out["bounce_error"] = (v / motion.leg_length for v in (beat.at_middle, beat.error))
        if along:
            out["knee"] = _knee(motion, stances)
    share, error = _share(steps, step_s)
    if np.isfinite(share) and strides:
        out["share"], out["share_error"] = share, error
    out |= _clock(motion, steps, step_s, share)
    return Evidence(**out)


def _travel(feet: Sequence[FootPath], hips: Array, size: Array, time: Array) -> float:
    """Return how fast the body passes over the lower foot, leg lengths a second; it need not stand."""
    ways = [foot.smooth_toe - hips for foot in feet]
    with np.errstate(invalid="ignore"):
        first = (ways[0][:, 1] < ways[1][:, 1])[:, None]
        speed = np.where(first, *(filters.derivative(time, way) for way in ways))[:, 0] / size
    return -_median(speed)


def _way(motion: Motion, hips: Array, size: Array) -> float:
    """Return how fast the body goes over the ground as far as it is known, leg lengths a second."""
    return _median(filters.derivative(motion.time, hips)[:, 0] / size)


def _alternation(motion: Motion, hips: Array) -> float:
    """Return the share of the legs' movement about the hips in which they go against each other."""
    against, together = 0.0, 0.0
    for part in ("knee", "ankle"):
        left, right = (motion.joint(f"{side}_{part}") - hips for side in SIDES)
        seen = np.isfinite(left + right).all(axis=1)
        if seen.any():
            against += float(np.var((left - right)[seen], axis=0).sum())
            together += float(np.var((left + right)[seen], axis=0).sum())
    return against / (against + together) if against + together > 0 else nan


def _rise(feet: Sequence[FootPath], origin: Array, size: Array) -> float:
    """Return how far a toe rises against a moving origin, leg lengths."""
    out: list[float] = []
    for foot in feet:
        height = (foot.smooth_toe - origin)[:, 1] / size
        height = height[np.isfinite(height)]
        if len(height):
            out.append(float(np.ptp(np.quantile(height, RISE))))
    return float(np.mean(out)) if out else nan


def _arms(motion: Motion) -> float:
    """Return the correlation of the upper arms' swing with that of the thighs, both left minus right.

    0 of arms that are held still.
    """
    arms, thighs = (
        motion.angles[f"left_{part}"] - motion.angles[f"right_{part}"] for part in ("upper_arm", "thigh")
    )
    seen = np.isfinite(arms) & np.isfinite(thighs)
    if seen.sum() < FEWEST or np.std(thighs[seen]) < STILL_DEG:
        return nan
    if np.std(arms[seen]) < STILL_DEG:
        return 0.0
    return float(np.corrcoef(arms[seen], thighs[seen])[0, 1])


def _middles(motion: Motion, turning: stride_phase.Cycle) -> Array:
    """Return when each foot is in the middle of its stance by the stride's phase, s."""
    known = np.isfinite(turning.phase)
    phase = turning.phase[known]
    halves = np.arange(np.ceil((phase[0] - MIDDLE) / pi), np.floor((phase[-1] - MIDDLE) / pi) + 1)
    return np.asarray(np.interp(halves * pi + MIDDLE, phase, motion.time[known]))


class Stance(NamedTuple):
    """The middle of a stance by the stride's phase: whose, its frames, and those with that foot lower."""

    side: int
    middle: Bools
    under: Bools


def _stances(turning: stride_phase.Cycle, feet: Sequence[FootPath]) -> list[Stance]:
    known = turning.phase[np.isfinite(turning.phase)]
    with np.errstate(invalid="ignore"):
        over = feet[1].smooth_toe[:, 1] - feet[0].smooth_toe[:, 1]
    out = []
    for half in range(int(known[0] // pi) - 1, int(known[-1] // pi) + 1):
        turn = turning.phase - half * pi
        with np.errstate(invalid="ignore"):
            middle = (turn >= CORE[0]) & (turn <= CORE[1]) & np.isfinite(over)
            out.append(Stance(half % 2, middle, middle & (over < 0 if half % 2 else over > 0)))
    return out


def _knee(motion: Motion, stances: Sequence[Stance]) -> float:
    """Return the most knee flexion in the middle of stance, deg, the median over the stances."""
    most = []
    for stance in stances:
        flexion = motion.angles[f"{SIDES[stance.side]}_knee"][stance.under]
        if np.isfinite(flexion).any():
            most.append(float(np.nanmax(flexion)))
    return _median(np.array(most))


def _share(steps: Sequence[Step], step_s: float) -> tuple[float, float]:
    """Return contact time in step times, the median over the contacts, and its standard error."""
    share = np.array([s.toe_off_s - s.touchdown_s for s in steps]) / step_s
    known = np.isfinite(share)
    if not known.any():
        return nan, 0.0
    sd = np.array([np.hypot(s.touchdown_sd_s, s.toe_off_sd_s) for s in steps])[known] / step_s
    return float(np.median(share[known])), float(np.median(sd) / sqrt(known.sum()))


def _clock(motion: Motion, steps: Sequence[Step], step_s: float, share: float) -> dict[str, float]:
    """Return what the steps' rhythm and the body's fall tell of the clock."""
    if len(steps) < 2:
        return {}
    told = slow_motion.looks(motion, steps, step_s, share)
    return {"rhythm": told.rhythm, "gravity": told.fall, "gravity_error": told.fall_sd}


def _median(values: Array) -> float:
    values = values[np.isfinite(values)]
    return float(np.median(values)) if len(values) else nan
