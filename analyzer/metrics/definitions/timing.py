"""Timing between steps: early, late, even."""

from __future__ import annotations

from math import exp, nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import other
from analyzer.data.steps import Step
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run

CROSS_REACH: Final = 0.4
"""How far from touchdown the thighs may cross, step times on either side: they cross once a step."""
AHEAD_BEFORE: Final = 0.6
"""How long before touchdown the foot may be furthest ahead of the hips, step times."""
SHARP: Final = 0.4
"""``Metric.gain`` of the foot's furthest place, where it turns back sharply; measured on true joints."""
FEWEST_TIMES: Final = 6
"""Step times that their variability stands on: level, trend and side take three of them."""


def thighs_cross(run: Run, step: Step) -> float:
    """Time at which the swing thigh overtakes the landing thigh nearest to touchdown, s."""
    half, now = CROSS_REACH * run.step_time, step.touchdown_s
    gap = run.motion.angles[f"{other(step.side)}_thigh"] - run.motion.angles[f"{step.side}_thigh"]
    return run.crossing(gap, now - half, now + half, now)


@Metric(
    label="Thigh switch",
    unit=Unit.SECOND,
    relationship=Relationship.TIMING,
    sign="Positive when the thighs cross after touchdown (late), negative before it.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Bayne2020",),
    side="swing",
    decimals=3,
    max_sd=0.03,
)
def thigh_switch_time(run: Run, step: Step) -> float:
    """Time at which the swing thigh passes the landing thigh, minus touchdown."""
    return thighs_cross(run, step) - step.touchdown_s


@Metric(
    label="Thigh switch, share of step",
    unit=Unit.PERCENT,
    relationship=Relationship.TIMING,
    sign="Positive when the thighs cross after touchdown (late), negative before it.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Bayne2020",),
    side="swing",
    max_sd=12,
)
def thigh_switch_share(run: Run, step: Step) -> float:
    """Thigh switch time as a share of the step time."""
    return 100 * thigh_switch_time(run, step) / (run.touchdown(step, 1) - step.touchdown_s)


@Metric(
    label="Retraction window",
    unit=Unit.SECOND,
    relationship=Relationship.TIMING,
    sign="Positive when the foot is already moving back under the hip before it lands.",
    min_fps=200,
    evidence=Evidence.MEASURED,
    citations=("Clark2020",),
    decimals=3,
    max_sd=0.03,
    gain=SHARP,
)
def retraction_window(run: Run, step: Step) -> float:
    """Touchdown minus the time at which the foot is furthest ahead of the hips."""
    ahead = (
        run.motion.joint(f"{step.side}_foot_index")[:, 0]
        - (run.motion.joint("left_hip")[:, 0] + run.motion.joint("right_hip")[:, 0]) / 2
    )
    t, _ = run.peak(ahead, step.touchdown_s - AHEAD_BEFORE * run.step_time, step.touchdown_s, inner=True)
    return step.touchdown_s - t


def side_and_trend(run: Run, values: Array) -> tuple[Array, Array] | None:
    """Fit level, trend over the steps and left-right difference; None with too few or one-sided steps.

    Returns
    -------
    coefficients : (3,)
        Level, trend for each step, left minus right.
    residual : (m,)
    """
    seen = np.isfinite(values)
    number = np.array([s.number for s in run.steps], dtype=float)[seen]
    left = np.array([0.5 if s.side == "left" else -0.5 for s in run.steps])[seen]
    if len(number) < 4 or np.ptp(left) == 0:
        return None
    design = np.column_stack([np.ones_like(number), number - number.mean(), left])
    fit = np.linalg.lstsq(design, values[seen], rcond=None)[0]
    return fit, values[seen] - design @ fit


def _step_times(run: Run) -> Array:
    return np.array([run.touchdown(s, 1) - s.touchdown_s for s in run.steps])


@Metric(
    label="Left to right step time",
    unit=Unit.RATIO,
    relationship=Relationship.TIMING,
    sign="Above 1 when steps from the left to the right foot take longer.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Exell2012",),
    min_steps=5,
    decimals=3,
    max_sd=0.1,
    damped=False,
)
def step_time_ratio(run: Run) -> float:
    """Step time after a left contact divided by that after a right one, with the trend removed."""
    times = _step_times(run)
    fitted = side_and_trend(run, np.log(np.where(times > 0, times, np.nan)))
    return exp(fitted[0][2]) if fitted else nan


@Metric(
    label="Step time variability",
    unit=Unit.PERCENT,
    relationship=Relationship.TIMING,
    sign="Always positive; 0 is perfectly regular.",
    positive=True,
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Exell2012", "Girard2016"),
    min_steps=7,
    max_sd=3,
    damped=False,
)
def step_time_variability(run: Run) -> float:
    """Scatter of step time, as a share of its mean, after trend and left-right difference are removed.

    The scatter that the timing errors of the camera alone would give is taken out; where nothing is
    left it is below what the clip can show.
    """
    times = _step_times(run)
    fitted = side_and_trend(run, times)
    if fitted is None or len(fitted[1]) < FEWEST_TIMES:
        return nan
    scatter = float(fitted[1] @ fitted[1]) / (len(fitted[1]) - 3)
    sds = np.array([s.touchdown_sd_s for s in run.steps])
    blur = 2 * float(np.nanmean(sds**2))
    own = scatter - blur
    return 100 * float(np.sqrt(own)) / float(fitted[0][0]) if own > 0 else nan
