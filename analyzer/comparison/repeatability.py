"""What another clip of the same athlete from the same place can show: change from run to run.

Much of a number's error is the same in every such clip and drops out of the comparison: where a landmark
sits on the joint, the scale, the contact model's misfit. What remains decides the smallest change and
the smallest left-right difference that the clips can tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.analysis import Analysis
from analyzer.data.results import Summary, Value
from analyzer.metrics import gates
from analyzer.metrics.measure import measured_again
from analyzer.metrics.registry import METRICS, Metric, Quantity
from analyzer.metrics.run import Run
from analyzer.metrics.summary import EXPECTED_AS, NORMAL_95, difference, sampling, split, weighed
from analyzer.metrics.uncertainty.replicates import COPIES
from analyzer.metrics.uncertainty.standard_error import Remeasured, standard_error
from analyzer.signals import student_t

CERTAINTY: Final = 0.95
"""Of every interval."""
MANY: Final = 1e6
"""Degrees of freedom of what is known outright."""
Of = Literal["mean", "left minus right"]
"""What of a metric is compared."""
Verdict = Literal["higher", "lower", "not established"]
"""Whether an interval leaves out zero, and on which side."""
FEWEST_RUNS: Final = 4
"""Runs from which on what differs from run to run is estimated: with fewer it would rest on a single
difference."""
DAMPED: Final = 0.3
"""Share of a change by which it may be larger than it is seen: a network draws every movement towards the
usual one, and seldom beyond it.

On twenty pairs of rendered clips of two bodies changes of arm phase, thigh switch, trunk, arm range and
contact time are seen at 0.69 to 1.04 of their size. An interval that allows for it is no 95 % interval. It is
allowed for where a pose gives the number (``Metric.damped``), not where the clock or the scale does: nothing
draws a speed or a step's time towards the usual one.
"""


@dataclass(frozen=True)
class Scatter:
    """By how much runs of one athlete at one speed differ in a metric, on ``freedom`` degrees of freedom.

    sd : standard deviation of a run's mean, the clip's own error included, in the metric's unit
    """

    sd: float = nan
    freedom: float = 0.0


@dataclass(frozen=True)
class Repeat:
    """One metric of one run with the errors that differ from clip to clip.

    mean, mean_se : mean over the steps (or the run's value) and its standard error
    difference, difference_se : left minus right without the trend, and its standard error
    mean_freedom, difference_freedom : degrees of freedom that the errors stand on
    """

    metric: str
    mean: float
    mean_se: float
    difference: float = nan
    difference_se: float = nan
    mean_freedom: float = MANY
    difference_freedom: float = MANY

    @property
    def smallest_change(self) -> float:
        """1.96 sqrt(2) standard errors: the smallest detectable change."""
        return NORMAL_95 * 2**0.5 * self.mean_se

    @property
    def smallest_difference(self) -> float:
        """1.96 standard errors of left minus right: the smallest detectable asymmetry."""
        return NORMAL_95 * self.difference_se

    def figure(self, of: Of) -> tuple[float, float, float]:
        """Return the mean or the difference, its standard error and its degrees of freedom."""
        if of == "mean":
            return self.mean, self.mean_se, self.mean_freedom
        return self.difference, self.difference_se, self.difference_freedom


@dataclass(frozen=True)
class Shift:
    """A later group of runs minus an earlier one, and between which values it lies.

    before, after : mean of each group; before_se, after_se : their standard errors
    low, high : the 95 % interval; where a pose gives the number, its end away from zero is further out by
        what may be hidden of a change
    p : chance of a shift this large where there is none
    smallest : the smallest shift that could have been told
    repeated : whether the errors hold what the athlete's own runs differ by, from run to run
    """

    before: float = nan
    before_se: float = nan
    after: float = nan
    after_se: float = nan
    value: float = nan
    low: float = nan
    high: float = nan
    p: float = nan
    smallest: float = nan
    repeated: bool = False

    @property
    def verdict(self) -> Verdict:
        """Whether the interval leaves out zero, and on which side."""
        return "higher" if self.low > 0 else "lower" if self.high < 0 else "not established"


def of_analysis(analysis: Analysis, *, systematic: bool) -> dict[str, Repeat]:
    """Return every metric that an analysed run gives with its errors, as :func:`of_measured` does."""
    run = Run.of(analysis)
    return of_measured(run, analysis.values, analysis.summaries, systematic=systematic)


def of_measured(
    run: Run,
    values: Sequence[Value],
    summaries: Sequence[Summary],
    names: Collection[str] = METRICS,
    *,
    systematic: bool = False,
) -> dict[str, Repeat]:
    """Return what a measured run gives of some metrics with its errors, as :func:`repeats` does.

    Of the steps that the run's own mean is of, where it gives one.
    """
    given = [name for name in held(values, summaries) if name in names]
    steps: dict[str, list[bool]] = {row.metric: [] for row in summaries if np.isfinite(row.mean)}
    for value in values:
        if value.metric in steps:
            steps[value.metric].append(value.in_mean)
    masks = {name: np.array(some) for name, some in steps.items()}
    return repeats(run, given, systematic=systematic, steps=masks) if given else {}


def held(values: Sequence[Value], summaries: Sequence[Summary]) -> list[str]:
    """Return the metrics of a run that are held against other runs: all that it gives.

    And a range or scatter that was no larger than noise alone would make: one that grew out of that has
    changed.
    """
    small = {v.metric for v in values if "floor" in v.flags}
    return [
        row.metric
        for row in summaries
        if row.metric in METRICS and (np.isfinite(row.mean) or row.metric in small)
    ]


def shared(known: Sequence[Mapping[str, Repeat]], summaries: Iterable[Summary]) -> list[str]:
    """Return the metrics by which runs are held against each other: those of all, in the dictionary's order.

    What is no larger than noise is held against what is, not against its like: of some run in ``summaries``
    a metric has a mean.
    """
    given = {row.metric for row in summaries if np.isfinite(row.mean)}
    return [name for name in METRICS if name in given and all(name in run for run in known)]


def repeats(
    run: Run,
    names: Sequence[str] = (),
    count: int = COPIES,
    *,
    systematic: bool = False,
    steps: Mapping[str, Bools] = MappingProxyType({}),
) -> dict[str, Repeat]:
    """Return metrics with their errors from clip to clip.

    Parameters
    ----------
    run : Run
    names : sequence of str
        Metrics that are wanted; all of them by default.
    count : int
        Perturbed copies that the errors rest on.
    systematic : bool
        Whether the errors that every clip from the same place shares count as well: for runs that were not
        filmed in the same way.
    steps : mapping of str to (s,) of bool
        Which steps a metric's mean is of; of a metric that is not in it, those that were seen well enough.

    Returns
    -------
    dict of str to Repeat
        By metric.
    """
    wanted = [METRICS[name] for name in names or METRICS]
    shown = [metric for metric in wanted if not gates.closed(metric, run)]
    again = measured_again(run, shown, count, systematic=systematic)
    found = {metric.name: Repeat(metric.name, nan, nan) for metric in wanted}
    for metric in shown:
        mask = steps[metric.name] if metric.name in steps else _seen_well(metric, run)
        found[metric.name] = _repeat(metric, run, *again[metric.name], mask, systematic=systematic)
    return found


def _seen_well(metric: Metric, run: Run) -> Bools:
    if not metric.per_step:
        return np.ones(1, dtype=bool)
    return np.array([gates.WITHHOLDING.isdisjoint(gates.flags(metric, run, step)) for step in run.steps])


def _repeat(
    metric: Metric, run: Run, value: Array, again: Remeasured, counts: Bools, *, systematic: bool
) -> Repeat:
    if metric.restored and np.isfinite(value).any():  # the same number as is told of the run alone
        value, again = again.restored(value)
    value = np.where(counts, value, nan)
    # What the low-pass took is alike in every clip, and so is what is left of it.
    again = Remeasured(again.perturbed, value)
    seen = np.isfinite(value)
    n = int(seen.sum())
    if n == 0:
        return Repeat(metric.name, nan, nan)
    # How a peak is read is the same in every clip, the fit of a start is this run's own.
    wanted = systematic or not metric.per_step
    read = metric.own_sd(run) ** 2 if wanted and metric.own_sd else 0.0
    if n == 1:
        own = float(standard_error(value, again)[seen][0]) ** 2
        between = 0.0 if metric.per_step else sampling(metric, run)
        strides = max((len(run.steps) - 1) // 2, 2)
        return Repeat(
            metric.name,
            float(value[seen][0]),
            float(np.sqrt(own + between + read)),
            mean_freedom=freedom_of_sum([(own, len(again.perturbed)), (between, strides - 1), (read, MANY)]),
        )
    shared, random = split(value, again.perturbed)
    shared = max(shared, 0.0)
    scatter = float(value[seen].var(ddof=1))
    own, known = weighed(scatter, n - 1, random)
    mean, se = float(value[seen].mean()), float(np.sqrt(own / n + shared + read))
    freedom = freedom_of_sum([(own / n, known), (shared, len(again.perturbed)), (read, MANY)])
    if metric.side == "none":
        return Repeat(metric.name, mean, se, mean_freedom=freedom)
    sides = _difference(metric, run, value, again.perturbed)
    return Repeat(metric.name, mean, se, *sides[:2], freedom, sides[2])


def _difference(metric: Metric, run: Run, value: Array, perturbed: Array) -> tuple[float, float, float]:
    left = np.array([metric.swing_side(step) == "left" for step in run.steps])
    number = np.array([step.number for step in run.steps], dtype=float)
    sides = difference(value, number, left, perturbed, both=True)
    return sides.value, sides.se, sides.freedom


def freedom_of_sum(parts: Sequence[tuple[float, float]]) -> float:
    """Return the degrees of freedom of a sum of variances, given each with its own (Satterthwaite 1946)."""
    whole = sum(variance for variance, _ in parts)
    share = sum(variance**2 / freedom for variance, freedom in parts)
    return float(min(whole**2 / share, MANY)) if share > 0 else MANY


def shift(
    before: Sequence[Repeat],
    after: Sequence[Repeat],
    of: Of = "mean",
    own: Scatter | None = None,
    quantities: Mapping[str, Quantity] = METRICS,
) -> Shift:
    """Return how far a metric's mean, or its left-right difference, moved from one group to the other.

    Where a pose gives the number, the interval reaches further away from zero than towards it: such a change
    is seen rather too small.
    Every run counts the same. With two or more runs in each group, what the runs of a group differ by is
    the error, and so it is with the athlete's ``own`` scatter, known from other runs; but never less than the
    clips' own errors. With fewer runs only those are known, and ``repeated`` is false.

    Parameters
    ----------
    before, after : sequence of Repeat
        One metric of each run of the two groups.
    of : Of
        Its mean, or its left minus right.
    own : Scatter, optional
        What earlier runs of the athlete differ by from run to run.
    quantities : mapping of str to Quantity
        What the runs' view shows.

    Returns
    -------
    Shift
        NaN where a group has no value.
    """
    groups = [[f for r in group if np.isfinite(f := r.figure(of)).all()] for group in (before, after)]
    groups = [[f for f in group if f[1] > 0] for group in groups]
    if not all(groups):
        return Shift()
    means = [float(np.mean([value for value, _, _ in group])) for group in groups]
    clip = float(np.mean([se**2 for group in groups for _, se, _ in group]))
    seen = _between(groups, means, own)
    extra = max(0.0, seen.sd**2 - clip) if seen.freedom else 0.0
    parts = [[(se**2 / len(group) ** 2, freedom) for _, se, freedom in group] for group in groups]
    errors = [
        float(np.sqrt(sum(v for v, _ in part) + extra / len(group)))
        for part, group in zip(parts, groups, strict=True)
    ]
    se = float(np.hypot(errors[0], errors[1]))
    freedom = freedom_of_sum([*parts[0], *parts[1]])
    if seen.freedom:
        # Few runs that happen to differ by less than their own errors do not say that they always do.
        freedom = min(freedom, seen.freedom + (0 if extra else EXPECTED_AS))
    value = means[1] - means[0]
    reach = float(student_t.ppf((1 + CERTAINTY) / 2, freedom)) * se
    metric = quantities.get(before[0].metric)
    hidden = 0.0 if metric is not None and not metric.damped else DAMPED
    far = float(np.hypot(reach, hidden * value))
    low, high = (reach, far) if value > 0 else (far, reach)
    return Shift(
        before=means[0],
        before_se=errors[0],
        after=means[1],
        after_se=errors[1],
        value=value,
        low=value - low,
        high=value + high,
        p=float(2 * student_t.sf(abs(value) / se, freedom)),
        smallest=reach,
        repeated=seen.freedom > 0,
    )


def _between(
    groups: Sequence[Sequence[tuple[float, float, float]]], means: Sequence[float], own: Scatter | None
) -> Scatter:
    """Return what runs differ by, from these groups and from earlier runs, each by its degrees of freedom."""
    squares, freedom = 0.0, 0.0
    if min(map(len, groups)) > 1:
        squares = sum(
            (value - mean) ** 2 for group, mean in zip(groups, means, strict=True) for value, _, _ in group
        )
        freedom = float(sum(map(len, groups)) - 2)
    if own is not None and own.freedom > 0:
        squares += own.freedom * own.sd**2
        freedom += own.freedom
    return Scatter(float(np.sqrt(squares / freedom)), freedom) if freedom else Scatter()
