"""Continuity under rising speed: whether a relationship shifts or scatters more, the faster the step.

Within one acceleration, speed, step number and lean change together and cannot be told apart; several runs
at different speeds can. Four runs or more enter with run as a random effect, fewer with a level each.
Nothing is said with fewer than eight steps, nor of speeds that differ too little for their errors; of the
scatter of all relationships together only where several were seen, over wide speeds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import nan
from typing import Any, Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.data.results import Value
from analyzer.metrics.breaking import in_row
from analyzer.metrics.registry import METRICS, Relationship
from analyzer.metrics.summary import UPPER_95
from analyzer.signals import student_t

REPRESENTS: Final[dict[Relationship, str]] = {
    Relationship.PUSH_LEG: "push_angle",
    Relationship.SWING_LEG: "swing_thigh_touchdown",
    Relationship.ARMS: "shoulder_range",
    Relationship.TORSO: "trunk_lean_mean",
    Relationship.TIMING: "thigh_switch_time",
    Relationship.BALANCE: "push_swing_balance",
    Relationship.SYSTEM: "arm_leg_phase",
}
"""The metric by which each relationship is followed over the steps."""
EVENNESS: Final = (
    "thigh_angle_toe_off",
    "peak_thigh_flexion",
    "swing_thigh_touchdown",
    "arm_leg_phase",
    "trunk_lean_mean",
    "contact_time",
    "step_time",
    "step_length",
    "push_swing_balance",
)
"""The metrics whose scatter is pooled, of every relationship those that are measured finely against how much
steps differ: where scatter is mostly the measurement's, its growth with speed is hidden."""
RELATIVE: Final = frozenset({"contact_time", "step_time", "step_length"})
"""Of these the share by which steps differ is followed: what gets shorter or longer with speed scatters less
or more by that alone."""
FEWEST: Final = 8
"""Steps without which no course with speed is told."""
SPEED_RANGE_MPS: Final = 0.4
"""Within a smaller range of speed no course with speed can be told."""
CLEAR_RANGE: Final = 4.0
"""Nor within fewer standard errors of it than these: those of the slowest and the fastest smoothed speed.

Steps of one speed show as much in one of a hundred clips of twelve steps."""
SCATTER_RANGE_MPS: Final = 1.0
"""Range of speed that the growth of scatter needs: a scatter is known far less well than a mean."""
SCATTER_STEPS: Final = 12
"""Steps that it needs."""
SEVERAL: Final = 3
"""Relationships that must have been seen for something to be said of all together."""
LARGEST_GROWTH: Final = 1.0
"""Growth for each m/s from which on it is not given: who would double the scatter with every m/s would have
ten times as much over a run's speeds, and an interval that goes so far tells nothing."""
SMOOTH: Final = (3, 6)
"""Steps with a speed from which on their course is a line, and from which on a parabola."""
LEAST_FREE: Final = 0.05
"""Least share of a step's residual that counts as left free by the fit (1 minus its leverage): a residual is
divided by it, and that of a step which rules the fit is next to nothing."""
LARGEST_RATE: Final = 3.0
"""Bound on the growth of scatter that is looked for: natural logarithm for each m/s, up or down."""
LARGEST_LOG_RATIO: Final = 9.0
"""Bound on the variance of the runs' levels against that of a step, natural logarithm, up or down."""
SPENT: Final = 4
"""Numbers that each metric has spent before its scatter is looked at: level, slope, side and scatter."""
MIXED: Final = 4
"""Runs from which on the level of a run is a random effect."""
WHOLE_RUNS: Final = 8
"""Runs from which on what all steps of one run have in common shows in how the runs differ."""


@dataclass(frozen=True)
class Slope:
    """A change for each m/s with its 95 % interval; ``p``: chance of it where there is none."""

    value: float = nan
    low: float = nan
    high: float = nan
    p: float = nan

    @property
    def established(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Course:
    """How one metric goes with step speed.

    level : change of the metric for each m/s, in its unit
    scatter : relative growth of its scatter for each m/s (0.3 = 30 % more)
    leaves_mps : speed at which it leaves its own baseline (its mean over the slower half of the steps) for
        two steps in a row; NaN when it does not, or when its level does not clearly change with speed
    leaves_step : number of the first of these steps, None when there is none
    """

    metric: str
    steps: int
    runs: int
    speed_low_mps: float
    speed_high_mps: float
    level: Slope
    scatter: Slope
    leaves_mps: float = nan
    leaves_step: int | None = None


def courses(runs: Sequence[Sequence[Value]], names: Sequence[str] = ()) -> tuple[Course, ...]:
    """Return the course of each relationship's metric (or those named) over one or several runs.

    Parameters
    ----------
    runs : sequence of sequences of Value
        The values of each run of one athlete.
    names : sequence of str
        Metrics that are wanted.
    """
    return tuple(_course(name, _points(runs, name)) for name in names or REPRESENTS.values())


def pooled_scatter(
    runs: Sequence[Sequence[Value]], names: Sequence[str] = EVENNESS, *, several: int = SEVERAL
) -> Slope:
    """Return how the scatter of all relationships together grows with step speed, relative for each m/s.

    One metric's scatter over a dozen steps says little; together they say whether the movement as a
    whole is held less evenly the faster it gets.

    Parameters
    ----------
    runs : sequence of sequences of Value
        The values of each run of one athlete.
    names : sequence of str
        Metrics that are pooled.
    several : int
        So many relationships must have been seen.

    Returns
    -------
    Slope
        NaN where steps, speeds or relationships are too few, from two or three runs (each was filmed in its
        own way, and scatters by that alone), or where it is not known to within a doubling.
    """
    every = {
        name: _in_shares(points, name)
        for name in names
        if _enough(points := _points(runs, name), scatter=True)
    }
    seen = {METRICS[name].relationship for name in every}
    among = {number for points in every.values() for number in points.run}
    if len(seen) < several or 1 < len(among) < MIXED:
        return Slope()
    growth = _growth(list(every.values()))
    return growth if growth.high < LARGEST_GROWTH else Slope()


@dataclass(frozen=True)
class _Points:
    """One metric over the steps of all runs, (n,) each.

    speed, speed_sd : m/s, smooth over the steps of a run, and its standard error
    value : in the metric's unit
    left : 1 for the left side, else 0
    run, step : numbers of the run and of the step in it
    """

    speed: Array
    speed_sd: Array
    value: Array
    left: Array
    run: Array
    step: Array


def _points(runs: Sequence[Sequence[Value]], name: str) -> _Points:
    rows = []
    for number, values in enumerate(runs):
        speed = _smooth_speed(values)
        rows += [
            (*speed[v.step], v.value, float(v.side == "left"), number, v.step)
            for v in in_row(values, name)
            if v.step in speed
        ]
    table = np.array(rows, dtype=float).reshape(-1, 6)
    return _Points(*table.T)


def _smooth_speed(values: Sequence[Value]) -> dict[int, tuple[float, float]]:
    """Return each step's speed and standard error, by its number, from a smooth course over the steps, m/s.

    A single step's speed is off by 0.2 m/s and shares its error with the step's other numbers.
    """
    found = [(v.step, v.value) for v in in_row(values, "step_speed")]
    line, parabola = SMOOTH
    if len(found) < line:
        return {}
    step, speed = np.array(found, dtype=float).T
    degree = 2 if len(found) >= parabola else 1
    x = (step - step.mean()) / max(np.ptp(step), 1)
    course = np.polyfit(x, speed, degree)
    powers = np.vander(x, degree + 1)
    residual = speed - powers @ course
    scatter = float(np.sqrt(residual @ residual / max(len(x) - degree - 1, 1)))
    inverse = np.linalg.pinv(powers.T @ powers)
    every = {v.step for v in values if v.step is not None}
    reach = (step.min() - 1, step.max() + 1)  # the last step has no length of its own
    out = {}
    for k in every:
        if reach[0] <= k <= reach[1]:
            at = ((k - step.mean()) / max(np.ptp(step), 1)) ** np.arange(degree, -1, -1)
            out[k] = float(at @ course), scatter * float(np.sqrt(at @ inverse @ at))
    return out


def _in_shares(points: _Points, name: str) -> _Points:
    """Return a size as its logarithm, whose differences are shares (``RELATIVE``); all else as it is."""
    shares = name in RELATIVE and bool(np.all(points.value > 0))
    return replace(points, value=np.log(points.value)) if shares else points


def _enough(points: _Points, *, scatter: bool = False) -> bool:
    """Tell whether steps are enough, and speeds different enough, for a course, or for that of scatter."""
    steps, wide = (SCATTER_STEPS, SCATTER_RANGE_MPS) if scatter else (FEWEST, SPEED_RANGE_MPS)
    if len(points.speed) < steps:
        return False
    ends = points.speed_sd[[np.argmin(points.speed), np.argmax(points.speed)]]
    return bool(np.ptp(points.speed) >= max(wide, CLEAR_RANGE * float(np.hypot(*ends))))


def _design(points: _Points) -> Array:
    """Return speed, side and a level for each run: what a run has throughout is no effect of speed."""
    levels = [(points.run == number).astype(float) for number in np.unique(points.run)]
    return np.column_stack([*_slopes(points), *levels])


def _slopes(points: _Points) -> list[Array]:
    """Return speed and, where both sides have two steps, side: about their means."""
    columns = [points.speed - points.speed.mean()]
    if 1 < points.left.sum() < len(points.left) - 1:
        columns.append(points.left - points.left.mean())
    return columns


def _residual(points: _Points) -> Array:
    """Return the residuals from speed, side and the runs' levels, over the root of 1 minus their leverage."""
    design = _design(points)
    fit = np.linalg.lstsq(design, points.value, rcond=None)[0]
    hat = np.einsum("ij,ij->i", design @ np.linalg.pinv(design.T @ design), design)
    return np.asarray((points.value - design @ fit) / np.sqrt(np.maximum(1 - hat, LEAST_FREE)))


class _Levelled(NamedTuple):
    """A linear model without the runs' levels: ``design`` (n, m), ``value`` (n,), degrees of freedom."""

    design: Array
    value: Array
    freedom: float


def _mixed(points: _Points) -> _Levelled | None:
    """Take out run as a random effect: a share of each run's mean, by restricted maximum likelihood.

    With fewer than :data:`MIXED` runs the whole mean goes: so few levels cannot tell how levels scatter. None
    where the speeds then differ too little.
    """
    numbers, of = np.unique(points.run, return_inverse=True)
    count = np.bincount(of).astype(float)
    design = np.column_stack([*_slopes(points), np.ones(len(of))])
    table = np.column_stack([design, points.value])
    means = np.array([np.bincount(of, column) / count for column in table.T]).T
    inner = table[:, 0] - means[of, 0]
    if len(numbers) < MIXED:
        if np.ptp(inner) < SPEED_RANGE_MPS:
            return None
        fixed = _design(points)
        return _Levelled(fixed, points.value, float(max(len(of) - fixed.shape[1], 1)))

    def apart(ratio: float) -> Array:
        return np.asarray(table - (1 - (1 + count * ratio) ** -0.5)[of, None] * means[of])

    def misfit(log_ratio: float) -> float:
        ratio = float(np.exp(log_ratio))
        x, y = np.split(apart(ratio), [design.shape[1]], axis=1)
        residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        freedom = len(of) - design.shape[1]
        spread = freedom * float(np.log(max(float((residual**2).sum()), 1e-300)))  # of a perfect fit, too
        levels = float(np.log1p(count * ratio).sum())
        return float(spread + levels + np.linalg.slogdet(x.T @ x)[1])

    from scipy.optimize import minimize_scalar  # only where runs are compared: it takes a quarter of a second

    ratio = float(
        np.exp(minimize_scalar(misfit, bounds=(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO), method="bounded").x)
    )
    # Speed differs within runs and between them, and of the latter there are only a few.
    weight = count / (1 + count * ratio)
    middle = float(weight @ means[:, 0] / weight.sum())
    within, between = float(inner @ inner), float(weight @ (means[:, 0] - middle) ** 2)
    inside = max(len(of) - len(numbers) - design.shape[1] + 1, 1)
    share = within / (within + between)
    freedom = 1 / (share**2 / inside + (1 - share) ** 2 / (len(numbers) - 2))
    changed = apart(ratio)
    return _Levelled(changed[:, :-1], changed[:, -1], freedom)


def _course(name: str, points: _Points) -> Course:
    n, runs = len(points.speed), len(np.unique(points.run))
    low, high = (float(points.speed.min()), float(points.speed.max())) if n else (nan, nan)
    mixed = _mixed(points) if _enough(points) else None
    if mixed is None:
        return Course(name, n, runs, low, high, Slope(), Slope())
    design, value, freedom = mixed
    inverse = np.linalg.pinv(design.T @ design)
    fit = inverse @ design.T @ value
    # Scatter may grow with speed: a sandwich estimate (HC3) stays right then.
    hat = np.einsum("ij,ij->i", design @ inverse, design)
    weighted = design * ((value - design @ fit) / np.maximum(1 - hat, LEAST_FREE))[:, None]
    se = float(np.sqrt((inverse @ (weighted.T @ weighted) @ inverse)[0, 0]))
    reach = float(student_t.ppf(UPPER_95, freedom)) * se
    p = float(2 * student_t.sf(abs(fit[0]) / se, freedom)) if se > 0 else nan
    level = Slope(float(fit[0]), float(fit[0]) - reach, float(fit[0]) + reach, p)
    scatter = _growth([_in_shares(points, name)])
    # What does not clearly change with speed has not left anything.
    left = runs == 1 and level.established
    leaves_mps, leaves_step = _leaves(points) if left else (nan, None)
    return Course(name, n, runs, low, high, level, scatter, leaves_mps, leaves_step)


def _growth(metrics: Sequence[_Points]) -> Slope:
    """Return the relative growth of scatter for each m/s, one rate for several metrics.

    Each metric has a level of scatter of its own. Maximum likelihood for normal residuals, which needs 2.5
    times fewer steps than a line through logarithms; the interval by a sandwich estimate, which forgives
    residuals that are not quite normal, and takes the metrics of one step for one observation, because a
    long step is long in several of them; with :data:`WHOLE_RUNS` each run for one, if that is wider.
    """
    parts = [(p.speed - p.speed.mean(), residual, p) for p in metrics if np.any(residual := _residual(p))]
    if not parts:
        return Slope()

    def misfit(rate: float) -> float:
        return sum(len(x) / 2 * float(np.log(np.mean(r**2 * np.exp(-2 * rate * x)))) for x, r, _ in parts)

    from scipy.optimize import minimize_scalar  # as above

    rate = float(minimize_scalar(misfit, bounds=(-LARGEST_RATE, LARGEST_RATE), method="bounded").x)
    of_step: Counter[tuple[float, float]] = Counter()
    of_run: Counter[float] = Counter()
    curvature = 0.0
    for x, r, points in parts:
        size = r**2 * np.exp(-2 * rate * x)
        z2 = size / size.mean()
        curvature += 2 * float((x**2) @ z2)
        for run, step, score in zip(points.run, points.step, x * (z2 - 1), strict=True):
            of_step[run, step] += score
            of_run[run] += score
    # With few steps the sandwich comes out small; a normal scatter would have this variance.
    total = sum(len(x) for x, _, _ in parts)
    spent = np.sqrt(total / max(total - SPENT * len(parts), 1))
    reach = spent * _reach(of_step, len(of_step) - SPENT, curvature)
    if (runs := len(of_run)) >= WHOLE_RUNS:
        # Level and growth of the scatter have been fitted to them.
        reach = max(reach, np.sqrt(runs / (runs - 2)) * _reach(of_run, runs - 2, curvature))
    return Slope(*(float(np.expm1(b)) for b in (rate, rate - reach, rate + reach)))


def _reach(scores: Counter[Any], freedom: int, curvature: float) -> float:
    se = np.sqrt(max(sum(score**2 for score in scores.values()), curvature)) / curvature
    return float(student_t.ppf(UPPER_95, max(freedom, 1)) * se)


def _leaves(points: _Points) -> tuple[float, int | None]:
    """Speed and step at which the metric leaves its baseline for two steps in a row, the same way."""
    order = np.argsort(points.speed, kind="stable")
    half = len(order) // 2
    base, later = order[:half], np.sort(order[half:])
    # Sides may sit at different levels; each is told from its own. What has no side has one level.
    side_mean = {s: points.value[base][points.left[base] == s] for s in np.unique(points.left)}
    if min(len(v) for v in side_mean.values()) < 2:
        return nan, None
    level = np.array([side_mean[s].mean() for s in points.left])
    residual = points.value[base] - level[base]
    sd = float(np.sqrt(residual @ residual / max(half - 2, 1)))
    limit = float(student_t.ppf(UPPER_95, max(half - 2, 1))) * sd * np.sqrt(1 + 2 / half)
    away = points.value - level
    for a, b in pairwise(later):
        together = points.step[b] == points.step[a] + 1 and away[a] * away[b] > 0
        if together and min(abs(away[a]), abs(away[b])) > limit:
            return float(points.speed[a]), int(points.step[a])
    return nan, None
