"""From stances to the run's numbers: means of both sides and of each, with their errors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side, other
from analyzer.frontal.errors import Known
from analyzer.frontal.measures import Measure, Of
from analyzer.frontal.results import Found, Stance
from analyzer.metrics.registry import Relationship
from analyzer.signals.robust import MAD_TO_SD

FEWEST_SCATTER: Final = 3
"""Stances whose scatter is told."""
ODD: Final = 4.0
"""Scatters, or usual errors, from the median from which a stance's number is an outlier."""
STEP_SD: Final = 0.03
"""Usual error of a step's time, as a share of it."""
SWINGS: Final = ("knee_lift", "arm_leg_lag")
"""Measures that a stance tells of the leg that swings."""


def of(measure: Measure, stances: Sequence[Stance], known: Known) -> list[Found]:
    """Return what a run gives of a measure: of both sides, and of each where it is sided.

    Parameters
    ----------
    measure : Measure
    stances : sequence of Stance
        In order of time.
    known : Known
        What is known of the measure's errors.
    """
    if measure.name == "step_rate":
        return [_rate(stances, known)]
    if measure.name == "step_time_difference":
        return [_difference(stances, known)]
    if not measure.sided:
        seen = [s.values[measure.name] for s in stances if measure.name in s.values]
        return [_one(measure, "both", seen, known)]
    sides, numbers = [], []
    for side in SIDES:
        stands = other(side) if measure.name in SWINGS else side
        seen = [s.values[measure.name] for s in stances if s.side == stands and measure.name in s.values]
        sides.append(_one(measure, side, seen, known))
        numbers.append(seen)
    left, right = sides
    return [_both(measure, known, left, right, _pooled(numbers, known)), left, right]


def _one(measure: Measure, side: Of, seen: Sequence[float], known: Known) -> Found:
    if not seen:
        return Found(measure.name, side, note=_unseen(measure))
    kept = _kept(np.array(seen), known.within)
    n, scatter = len(kept), float("nan")
    if n >= FEWEST_SCATTER:
        scatter = float(np.std(kept, ddof=1))
    within = float(np.hypot(_or(scatter, known) / np.sqrt(n), known.within))
    se = float(np.hypot(within, known.both if side == "both" else known.between))
    return Found(measure.name, side, float(np.mean(kept)), se, within, scatter, n)


def _or(scatter: float, known: Known) -> float:
    """Return the scatter, and of too few stances what it usually is at most."""
    return scatter if np.isfinite(scatter) else 2 * known.within


def _kept(seen: Array, usual: float) -> Array:
    """Return the values that are no outliers: a stance in which a joint was misread says nothing."""
    apart = np.abs(seen - np.median(seen))
    return np.asarray(seen[apart <= ODD * max(MAD_TO_SD * float(np.median(apart)), usual)])


def _pooled(sides: Sequence[Sequence[float]], known: Known) -> float:
    """Return the scatter about each side's own mean; NaN of fewer than three stances."""
    kept = [_kept(np.array(seen), known.within) for seen in sides if seen]
    n, off = sum(map(len, kept)), [one - one.mean() for one in kept]
    if n < FEWEST_SCATTER:
        return float("nan")
    return float(np.sqrt(np.sum(np.square(np.concatenate(off))) / (n - len(kept))))


def _both(measure: Measure, known: Known, left: Found, right: Found, scatter: float) -> Found:
    if not (left.n and right.n):
        return Found(measure.name, "both", note=left.note or right.note)
    within = float(np.hypot(left.se_within, right.se_within)) / 2
    se = float(np.hypot(within, known.both))
    n = left.n + right.n
    return Found(measure.name, "both", (left.mean + right.mean) / 2, se, within, scatter, n)


def _unseen(measure: Measure) -> str:
    if measure.relationship is Relationship.ARMS or measure.name == "arm_leg_lag":
        return "Shoulder and hand were not seen over a whole stride."
    return "The joints it rests on were not seen around any stance."


def _rate(stances: Sequence[Stance], known: Known) -> Found:
    when, number = np.array([s.time_s for s in stances]), _numbers(stances)
    line = np.polyfit(number, when, 1)
    step = float(line[0])
    residual = float(np.sqrt(np.sum((when - np.polyval(line, number)) ** 2) / max(len(when) - 2, 1)))
    # What all stances share of their errors moves no step. Few stances may lie on a line by chance.
    spread = float(np.sqrt(np.sum((number - number.mean()) ** 2)))
    error = max(residual, STEP_SD * step / 2) / spread
    rate = 1 / step
    steps = 1 / np.diff(when)[np.diff(number) == 1]
    scatter = float(np.std(steps, ddof=1)) if len(steps) >= FEWEST_SCATTER else float("nan")
    within = float(np.hypot(error * rate**2, known.within))
    return Found("step_rate", "both", rate, float(np.hypot(within, known.both)), within, scatter, len(steps))


def _numbers(stances: Sequence[Stance]) -> Array:
    """Return which step of the alternation each stance is: one that was not seen leaves its number out."""
    usual = float(np.median(np.diff([s.time_s for s in stances])))
    out = [0]
    for a, b in pairwise(stances):
        steps = max(1, round((b.time_s - a.time_s) / usual))
        out.append(out[-1] + (steps if steps % 2 == (a.side != b.side) else steps + 1))
    return np.array(out, dtype=float)


def _difference(stances: Sequence[Stance], known: Known) -> Found:
    name, number = "step_time_difference", _numbers(stances)
    steps: dict[Side, list[float]] = {side: [] for side in SIDES}
    for i in np.flatnonzero(np.diff(number) == 1).tolist():
        steps[stances[i].side].append(stances[i + 1].time_s - stances[i].time_s)
    if not all(steps.values()):
        return Found(name, "both", note="No steps to both sides were seen.")
    usual = STEP_SD * float(np.median(np.concatenate([steps[side] for side in SIDES])))
    steps = {side: _kept(np.array(steps[side]), usual).tolist() for side in SIDES}
    left, right = (float(np.mean(steps[side])) for side in SIDES)
    mean = (left + right) / 2
    # One stance told too late makes one step longer and the next shorter: pairs of steps are what counts.
    pairs = min(len(steps["left"]), len(steps["right"]))
    off = [d - left for d in steps["left"]] + [d - right for d in steps["right"]]
    scatter = float("nan")
    if len(off) > FEWEST_SCATTER:
        scatter = 100 / mean * float(np.sqrt(2 * np.sum(np.square(off)) / (len(off) - 2)))
    within = float(np.hypot(_or(scatter, known) / np.sqrt(pairs), known.within))
    se = float(np.hypot(within, known.both))
    told = scatter if pairs >= FEWEST_SCATTER else float("nan")
    return Found(name, "both", 100 * (left - right) / mean, se, within, told, pairs)
