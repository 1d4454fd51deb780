"""Balance and continuity: rise and fall within a step, and whether sides, and push and swing, match."""

from __future__ import annotations

from itertools import dropwhile
from math import atan, degrees, isnan, nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import other
from analyzer.data.steps import Step
from analyzer.metrics.definitions.steps import step_length
from analyzer.metrics.definitions.timing import side_and_trend
from analyzer.metrics.elementwise import either, seen, total
from analyzer.metrics.lookup import once_a_run
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import FLAT, Run

WHOLE_STRIDE: Final = 3
"""Landings from the first to the last of one."""
FITTED: Final = 3
"""Numbers that level, trend and side take of a row of steps."""
BEFORE_TOUCHDOWN: Final = 0.45
"""How long before touchdown the peaks of the legs' momenta are looked for, step times. Both come about
touchdown; a whole step earlier the legs have changed roles."""
FLAT_PEAKS_SD: Final = 0.12
"""Error of the time between two flat peaks by the way they are read, step times; half of it is there on true
joints."""


@Metric(
    label="Vertical oscillation",
    unit=Unit.METRE,
    relationship=Relationship.BALANCE,
    sign="Always positive.",
    positive=True,
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Coh2018",),
    needs=("scale",),
    decimals=3,
    max_sd=0.03,
)
def vertical_oscillation(run: Run, step: Step) -> float:
    """Highest minus lowest height of the centre of mass from one touchdown to the next."""
    return run.spread(run.motion.com[:, 1], step.touchdown_s, run.touchdown(step, 1))


def _symmetry_angle(run: Run, values: Array) -> float:
    """Symmetry angle (Zifchock 2008) of the trend-free side means, percent, positive = left larger."""
    fitted = side_and_trend(run, values)
    if fitted is None:
        return nan
    level, _, difference = fitted[0]
    left, right = level + difference / 2, level - difference / 2
    return 100 * (degrees(atan(left / right)) - 45) / 90


def _symmetry_sd(run: Run, values: Array) -> float:
    """Standard error of it for the scatter from step to step, percent; 0 where no step is left to tell it.

    A small difference d of two sides of size x turns the angle by d / 2 x.
    """
    fitted = side_and_trend(run, values)
    if fitted is None or len(fitted[1]) <= FITTED:
        return 0.0
    (level, _, _), residual = fitted
    spread = float(residual @ residual) / (len(residual) - FITTED)
    return 100 * degrees(np.sqrt(4 * spread / len(residual)) / (2 * abs(level))) / 90


def _contacts(run: Run) -> Array:
    return np.array([s.toe_off_s - s.touchdown_s for s in run.steps])


@Metric(
    label="Contact time symmetry",
    unit=Unit.PERCENT,
    relationship=Relationship.BALANCE,
    sign="0 is symmetric, positive when left contacts are longer.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Zifchock2008", "Exell2012"),
    min_steps=5,
    max_sd=5,
    own_sd=lambda run: _symmetry_sd(run, _contacts(run)),
)
def contact_symmetry(run: Run) -> float:
    """Symmetry angle of contact time between left and right, trend removed. One view: see the far side."""
    return _symmetry_angle(run, _contacts(run))


@Metric(
    label="Step length symmetry",
    unit=Unit.PERCENT,
    relationship=Relationship.BALANCE,
    sign="0 is symmetric, positive when steps from the left foot are longer.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Zifchock2008", "Exell2012"),
    needs=("static",),
    min_steps=5,
    max_sd=5,
    own_sd=lambda run: _symmetry_sd(run, run.each_step(step_length)),
    damped=False,
)
def step_length_symmetry(run: Run) -> float:
    """Symmetry angle of step length between left and right, trend removed."""
    return _symmetry_angle(run, run.each_step(step_length))


def _fore_aft(run: Run, step: Step) -> tuple[Array, Array]:
    """Forward momentum of swing and stance leg about the hips in contact, for each unit of mass."""
    start, stop = step.touchdown_s, step.toe_off_s
    swing = run.between(run.momenta.leg[other(step.side)][:, 0], start, stop)
    stance = run.between(run.momenta.leg[step.side][:, 0], start, stop)
    return swing, stance


@Metric(
    label="Swing leg against push leg",
    unit=Unit.RATIO,
    relationship=Relationship.BALANCE,
    sign="1 when the swing leg's forward momentum equals the push leg's backward momentum.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Hinrichs1987",),
    side="none",
    decimals=2,
    max_sd=0.3,
)
def push_swing_balance(run: Run, step: Step) -> float:
    """Fore-aft momentum of the swing leg over that of the push leg, both about the hips, over contact."""
    swing, stance = _fore_aft(run, step)
    there = np.logical_and(seen(swing) > 0, seen(stance) > 0)
    return either(there, np.divide(total(np.abs(swing)), total(np.abs(stance))), nan)


@Metric(
    label="Swing leg peak after push leg peak",
    unit=Unit.SECOND,
    relationship=Relationship.BALANCE,
    sign="Positive when the swing leg's momentum peaks after the push leg's.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Hinrichs1987",),
    side="none",
    decimals=3,
    max_sd=0.04,
    own_sd=lambda run: FLAT_PEAKS_SD * run.step_time,
)
def push_swing_lag(run: Run, step: Step) -> float:
    """Time between the peaks of forward swing-leg and backward push-leg momentum around touchdown."""
    start, stop = step.touchdown_s - BEFORE_TOUCHDOWN * run.step_time, step.toe_off_s
    swing, _ = run.peak(run.momenta.leg[other(step.side)][:, 0], start, stop, inner=True, reach=FLAT)
    push, _ = run.peak(-run.momenta.leg[step.side][:, 0], start, stop, inner=True, reach=FLAT)
    return swing - push


@once_a_run
def _about_vertical(run: Run) -> tuple[Array, Array] | None:
    """Angular momentum of legs and arms about the vertical over whole strides, assumed widths."""
    stature = run.motion.leg_length / LEG_OF_STATURE
    legs, arms = (side["left"][:, 0] - side["right"][:, 0] for side in (run.momenta.leg, run.momenta.arm))
    # A push out of blocks has no touchdown, and a clip may begin in a contact.
    times = list(dropwhile(isnan, (step.touchdown_s for step in run.steps)))
    if len(times) < WHOLE_STRIDE:
        return None
    start, stop = times[0], times[len(times) - 1 - (len(times) - 1) % 2]
    h_legs = run.between(-run.widths[0] * stature * legs, start, stop)
    h_arms = run.between(-run.widths[1] * stature * arms, start, stop)
    return (h_legs, h_arms) if seen(h_legs) and seen(h_arms) else None


@Metric(
    label="Turning balanced by the arms, estimated",
    unit=Unit.RATIO,
    relationship=Relationship.BALANCE,
    sign="1 when the arms cancel the legs' turning about the vertical, 0 when they do not.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987",),
    min_steps=3,
    decimals=2,
    max_sd=0.3,
)
def axis_cancellation(run: Run) -> float:
    """1 - spread(legs + arms) / spread(legs) of angular momentum about the vertical axis.

    Estimated with assumed hip and shoulder widths (5 and 10.5 % of stature from the midline); the
    trunk's own turning, which no single view measures, is left out.
    """
    found = _about_vertical(run)
    return float(1 - (found[0] + found[1]).std() / found[0].std()) if found else nan


@Metric(
    label="Arms against legs about the vertical, estimated",
    unit=Unit.RATIO,
    relationship=Relationship.BALANCE,
    sign="1 when the arms' swing of angular momentum is as large as the legs'.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987",),
    min_steps=3,
    decimals=2,
    max_sd=0.3,
)
def axis_ratio(run: Run) -> float:
    """Range of the arms' angular momentum about the vertical divided by the legs', assumed widths."""
    found = _about_vertical(run)
    return float(np.ptp(found[1]) / np.ptp(found[0])) if found else nan
