"""The arms, as far as the side view shows them: they also rotate about the body, which it does not."""

from __future__ import annotations

from math import nan
from typing import Final

import numpy as np

from analyzer.data.steps import Step
from analyzer.metrics.elementwise import either, mean
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run

DWELL: Final = 0.25
"""An arm slower than this share of its own top speed over the stride hesitates. Chosen, not measured."""
FINE: Final = 400
"""Samples of a stride in which the time of hesitation is counted: to 1/400 of the stride."""


def _stride(run: Run, step: Step) -> tuple[float, float]:
    """Return start and end of the stride that begins with a contact, s."""
    return step.touchdown_s, run.touchdown(step, 2)


@Metric(
    label="Shoulder range",
    unit=Unit.DEGREE,
    relationship=Relationship.ARMS,
    sign="Always positive.",
    positive=True,
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Lockie2014",),
    needs=("near_side",),
    max_sd=20,
)
def shoulder_range(run: Run, step: Step) -> float:
    """Largest minus smallest angle between upper arm and trunk over one stride, arm of the stance side."""
    return run.spread(run.motion.angles[f"{step.side}_shoulder"], *_stride(run, step))


@Metric(
    label="Peak arm speed forward",
    unit=Unit.DEGREE_PER_SECOND,
    relationship=Relationship.ARMS,
    sign="Positive when the elbow moves forward.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Macadam2018",),
    needs=("near_side",),
    decimals=0,
    max_sd=200,
)
def peak_arm_speed_forward(run: Run, step: Step) -> float:
    """Largest forward angular velocity of the upper arm over one stride, arm of the stance side."""
    return run.peak(run.motion.rates[f"{step.side}_upper_arm"], *_stride(run, step))[1]


@Metric(
    label="Peak arm speed backward",
    unit=Unit.DEGREE_PER_SECOND,
    relationship=Relationship.ARMS,
    sign="Positive when the elbow moves backward.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Macadam2018",),
    needs=("near_side",),
    decimals=0,
    max_sd=200,
)
def peak_arm_speed_backward(run: Run, step: Step) -> float:
    """Largest backward angular velocity of the upper arm over one stride, arm of the stance side."""
    return run.peak(-run.motion.rates[f"{step.side}_upper_arm"], *_stride(run, step))[1]


def _elbow(run: Run, step: Step, end: int) -> float:
    """Return the elbow's angle where the upper arm is furthest forward (1) or back (-1), deg."""
    arm = run.motion.angles[f"{step.side}_upper_arm"]
    t, _ = run.peak(end * arm, *_stride(run, step))
    return run.angle(f"{step.side}_elbow", t)


@Metric(
    label="Elbow flexion in front",
    unit=Unit.DEGREE,
    relationship=Relationship.ARMS,
    sign="0 is straight, positive is bent. Apparent: the forearm also crosses the body.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Lockie2014",),
    needs=("near_side", "on_axis"),
    max_sd=20,
)
def elbow_flexion_front(run: Run, step: Step) -> float:
    """Apparent elbow angle when the upper arm is furthest forward."""
    return _elbow(run, step, 1)


@Metric(
    label="Elbow flexion behind",
    unit=Unit.DEGREE,
    relationship=Relationship.ARMS,
    sign="0 is straight, positive is bent. Apparent: the forearm also crosses the body.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Lockie2014",),
    needs=("near_side",),
    max_sd=20,
)
def elbow_flexion_rear(run: Run, step: Step) -> float:
    """Apparent elbow angle when the upper arm is furthest back."""
    return _elbow(run, step, -1)


@Metric(
    label="Elbow range",
    unit=Unit.DEGREE,
    relationship=Relationship.ARMS,
    sign="Always positive. Apparent: the forearm also crosses the body.",
    positive=True,
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Lockie2014",),
    needs=("near_side",),
    max_sd=25,
)
def elbow_range(run: Run, step: Step) -> float:
    """Largest minus smallest apparent elbow angle over one stride, arm of the stance side."""
    return run.spread(run.motion.angles[f"{step.side}_elbow"], *_stride(run, step))


@Metric(
    label="Arm dwell at the turning points",
    unit=Unit.SECOND,
    relationship=Relationship.ARMS,
    sign="Always positive; shorter means the arm turns without waiting.",
    positive=True,
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Mann1986",),
    needs=("near_side",),
    decimals=3,
    max_sd=0.03,
)
def arm_dwell(run: Run, step: Step) -> float:
    """Time an upper arm spends at each turning point below a quarter of its own top speed, mean of both."""
    start, stop = _stride(run, step)
    speed = np.abs(run.sampled(run.motion.rates[f"{step.side}_upper_arm"], start, stop, FINE))
    top = speed.max(axis=0)  # NaN where one is
    return either(np.isfinite(top), np.mean(speed < DWELL * top, axis=0) * (stop - start) / 2, nan)


@Metric(
    label="Fore-aft cancellation of the arms",
    unit=Unit.RATIO,
    relationship=Relationship.ARMS,
    sign="1 when the arms' forward and backward momenta cancel, 0 when both move the same way.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Otsuka2016", "Hinrichs1987"),
    needs=("on_axis",),
    decimals=2,
    max_sd=0.25,
    ceiling=True,
)
def arm_cancellation(run: Run, step: Step) -> float:
    """1 - mean of |left + right| over mean of |left| + |right| in contact, momenta relative to the shoulders.

    The ratio of the means, not the mean of the ratios, which would count the moments at which both arms turn
    as much as those at which they are fastest.
    """
    left, right = (
        run.between(run.momenta.arm[side][:, 0], step.touchdown_s, step.toe_off_s)
        for side in ("left", "right")
    )
    return 1 - mean(np.abs(left + right)) / mean(np.abs(left) + np.abs(right))
