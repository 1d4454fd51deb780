"""What another clip of the same athlete from the same place can show: change from run to run.

Much of a number's error is the same in every such clip and drops out of the comparison: where a landmark
sits on the joint, the scale, the contact model's misfit. What is left decides the smallest change and
the smallest left-right difference that the clips can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Final, Literal

import numpy as np
from scipy.stats import t as student

from analyzer.metrics.errors import COPIES, Repeats, copies, evaluate, standard_error
from analyzer.metrics.spec import METRICS, Metric, Run
from analyzer.metrics.summary import difference, sampling, split

CERTAINTY: Final = 0.95


@dataclass(frozen=True)
class Repeat:
    """One metric of one run with the errors that differ from clip to clip.

    mean, mean_se : mean over the steps (or the run's value) and its standard error
    difference, difference_se : left minus right without the trend, and its standard error
    steps : values behind the mean, strides behind a run's value
    smallest_change : smallest difference of two such runs' means that stands beyond error (95 %)
    smallest_difference : the same for left minus right within the run
    """

    metric: str
    mean: float
    mean_se: float
    difference: float
    difference_se: float
    steps: int

    @property
    def smallest_change(self) -> float:
        """1.96 sqrt(2) standard errors: the smallest detectable change."""
        return 1.96 * 2**0.5 * self.mean_se

    @property
    def smallest_difference(self) -> float:
        """1.96 standard errors of left minus right: the smallest detectable asymmetry."""
        return 1.96 * self.difference_se


def repeats(run: Run, names: tuple[str, ...] = (), count: int = COPIES) -> dict[str, Repeat]:
    """Return each metric (or those named) with its errors from clip to clip."""
    others = copies(run, count, alike=False)
    return {name: _repeat(METRICS[name], run, others) for name in names or tuple(METRICS)}


def _repeat(metric: Metric, run: Run, others: list[Run]) -> Repeat:
    value = evaluate(metric, run)
    found = Repeats(np.array([evaluate(metric, other) for other in others]), value)
    seen = np.isfinite(value)
    if not seen.any():
        return Repeat(metric.name, nan, nan, nan, nan, 0)
    if not metric.per_step:
        own = float(standard_error(value, found)[0])
        between = sampling(metric, run)
        strides = (len(run.steps) - 1) // 2 if between > 0 else 1
        se = float(np.sqrt(own**2 + between))
        return Repeat(metric.name, float(value[0]), se, nan, nan, strides)
    n = int(seen.sum())
    if n == 1:
        se = float(standard_error(value, found)[seen][0])
        return Repeat(metric.name, float(value[seen][0]), se, nan, nan, 1)
    shared, random = split(value, found.copied)
    variance = max(float(value[seen].var(ddof=1)), random) / n + shared
    left = np.array([metric.swing_side(step) == "left" for step in run.steps])
    number = np.array([step.number for step in run.steps], dtype=float)
    sides = difference(value, number, left, found.copied)
    half = (sides.high - sides.low) / 2
    freedom = max(n - 3, 1)
    return Repeat(
        metric.name,
        float(value[seen].mean()),
        float(np.sqrt(variance)),
        sides.value if metric.side != "none" else nan,
        half / float(student.ppf(0.975, freedom)) if metric.side != "none" else nan,
        n,
    )


def changed(
    first: Repeat, second: Repeat, of: Literal["mean", "difference"] = "mean"
) -> Literal["higher", "lower", "not established"]:
    """Tell whether a metric's mean, or its left-right difference, changed beyond the error (95 %)."""
    a, b = (getattr(r, of) for r in (first, second))
    se = float(np.hypot(*(getattr(r, f"{of}_se") for r in (first, second))))
    # Few steps: their scatter is itself not well known (Welch, with equal shares).
    freedom = max(first.steps + second.steps - (2 if of == "mean" else 6), 1)
    limit = float(student.ppf((1 + CERTAINTY) / 2, freedom)) if first.steps > 1 else 1.96
    if not np.isfinite(se) or not abs(b - a) > limit * se:
        return "not established"
    return "higher" if b > a else "lower"
