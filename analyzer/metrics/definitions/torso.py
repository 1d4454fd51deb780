"""The torso connects both sides: its lean, and how still it stays under force."""

from __future__ import annotations

from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.steps import Step
from analyzer.metrics.elementwise import either, mean, seen, total
from analyzer.metrics.lookup import once_a_run
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run

FEWEST_RESPONSES: Final = 8
"""Contacts that the trunk's response stands on: one is told to 15 ms at best."""
FEWEST_LEANS: Final = 6
"""Leans of steps that their unevenness stands on: the course takes three of them."""
DECAYS: Final = (2.0, 4.0, 8.0, 16.0, 64.0)
"""Steps after which the lean of a start has faded to 1/e: the best is taken; the last is nearly a line."""
FEWEST_FRAMES: Final = 5
"""Samples of a contact that a correlation stands on."""


@Metric(
    label="Trunk lean at touchdown",
    unit=Unit.DEGREE,
    relationship=Relationship.TORSO,
    sign="From vertical, positive is forward.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Nagahara2018",),
    max_sd=8,
)
def trunk_lean_touchdown(run: Run, step: Step) -> float:
    """Angle of the line from mid-hip to mid-shoulder at touchdown."""
    return run.angle("trunk", step.touchdown_s)


@Metric(
    label="Trunk lean at toe-off",
    unit=Unit.DEGREE,
    relationship=Relationship.TORSO,
    sign="From vertical, positive is forward.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Nagahara2018", "Kugler2010"),
    max_sd=8,
    moment="toe_off",
)
def trunk_lean_toe_off(run: Run, step: Step) -> float:
    """Angle of the line from mid-hip to mid-shoulder at toe-off."""
    return run.angle("trunk", step.toe_off_s)


@Metric(
    label="Mean trunk lean",
    unit=Unit.DEGREE,
    relationship=Relationship.TORSO,
    sign="From vertical, positive is forward.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Nagahara2018",),
    max_sd=8,
)
def trunk_lean_mean(run: Run, step: Step) -> float:
    """Mean trunk angle from one touchdown to the next."""
    return run.mean(run.motion.angles["trunk"], step.touchdown_s, run.touchdown(step, 1))


@Metric(
    label="Trunk excursion in contact",
    unit=Unit.DEGREE,
    relationship=Relationship.TORSO,
    sign="Always positive; smaller is stiller.",
    positive=True,
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Nagahara2018",),
    needs=("on_axis",),
    max_sd=4,
    floor=True,
)
def trunk_excursion(run: Run, step: Step) -> float:
    """Largest minus smallest trunk angle from touchdown to toe-off. Near the noise: read the mean."""
    return run.spread(run.motion.angles["trunk"], step.touchdown_s, step.toe_off_s)


def _response(run: Run, step: Step) -> float:
    """Time of the trunk's fastest forward pitch in a contact, after the body passed over the foot, s."""
    return run.peak(run.motion.rates["trunk"], step.touchdown_s, step.toe_off_s)[0] - run.mid_stance(step)


@Metric(
    label="Trunk response after mid-stance",
    unit=Unit.SECOND,
    relationship=Relationship.TORSO,
    sign="Positive when the trunk pitches forward fastest after the body has passed the foot.",
    min_fps=200,
    evidence=Evidence.INTERPRETATION,
    citations=("Nagahara2018",),
    min_steps=FEWEST_RESPONSES,
    decimals=3,
    max_sd=0.03,
)
def trunk_response(run: Run) -> float:
    """Mean time of the trunk's fastest forward pitch in contact, after the body passed over the foot."""
    times = run.each_step(_response)
    known = times[np.isfinite(times)]
    return float(known.mean()) if len(known) >= FEWEST_RESPONSES else nan


@Metric(
    label="Unevenness of the lean from step to step",
    unit=Unit.DEGREE,
    relationship=Relationship.TORSO,
    sign="Always positive; 0 is a smooth course.",
    positive=True,
    min_fps=50,
    evidence=Evidence.DERIVED,
    citations=("Ettema2016",),
    min_steps=7,
    max_sd=3,
    floor=True,
)
def lean_unevenness(run: Run) -> float:
    """Scatter of each step's mean lean around a smooth exponential course over the steps (RMS)."""
    lean = run.each_step(trunk_lean_mean)
    number = np.array([step.number for step in run.steps], dtype=float)
    known = np.isfinite(lean)
    return _residual(number[known] - number[0], lean[known])


def _residual(x: Array, y: Array) -> float:
    """Return the RMS of what an exponential course over ``x`` leaves of ``y``; NaN for too few."""
    if len(x) < FEWEST_LEANS:
        return nan
    best = np.inf
    for decay in DECAYS:
        design = np.column_stack([np.ones_like(x), np.exp(-x / decay)])
        residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
        best = min(best, float(residual @ residual))
    return float(np.sqrt(best / (len(x) - 3)))


@once_a_run
def _ends(run: Run) -> tuple[Array, Array]:
    """Return the paths of mid-shoulder and mid-hip, (n, 2) m each."""
    joint = run.motion.joint
    return (
        (joint("left_shoulder") + joint("right_shoulder")) / 2,
        (joint("left_hip") + joint("right_hip")) / 2,
    )


@Metric(
    label="Hips and shoulders rise together",
    unit=Unit.RATIO,
    relationship=Relationship.TORSO,
    sign="1 when they rise and fall as one, 0 when unrelated.",
    min_fps=50,
    evidence=Evidence.DERIVED,
    citations=("Nagahara2018",),
    decimals=2,
    max_sd=0.3,
)
def hip_shoulder_coherence(run: Run, step: Step) -> float:
    """Correlation of hip and shoulder height from touchdown to toe-off."""
    shoulders, hips = (run.between(e[:, 1], step.touchdown_s, step.toe_off_s) for e in _ends(run))
    s, h = shoulders - mean(shoulders), hips - mean(hips)
    size = np.sqrt(total(s * s) * total(h * h))
    there = np.logical_and(seen(s * h) >= FEWEST_FRAMES, size > 0)
    return either(there, np.divide(total(s * h), size), nan)
