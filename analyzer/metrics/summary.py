"""One metric over the run: its mean, its scatter, and whether left and right differ.

The error of a mean is parted into what all steps share, which no number of steps makes smaller, and what
differs from step to step (``split``).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.data.results import Summary
from analyzer.metrics.references import Phase, fitting
from analyzer.metrics.registry import Metric, Reference
from analyzer.metrics.run import Run
from analyzer.metrics.sides import CHANCE, DIFFER, ONE_VIEW, beyond_chance, told
from analyzer.metrics.uncertainty.replicates import OF_A_BODY
from analyzer.metrics.uncertainty.standard_error import ENOUGH_COPIES, Remeasured, evaluate
from analyzer.signals import student_t

ACCELERATING_MPS2: Final = 0.7
"""A run that gains more speed than this, m/s², is compared with accelerating sprinters, one that loses more
with nobody, others with those at maximum speed."""
STEADY: Final = "maximum speed"
"""Phase of a run that does neither."""
EXPECTED_AS: Final = 3.0
"""Steps that the expected error of a single step counts for beside the scatter that was seen."""
SCATTERS: Final = frozenset({"step_time_variability", "lean_unevenness"})
"""Scatters from step to step over the run: level, trend and side take three of the values."""
NORMAL_95: Final = 1.96
"""Half the width of a 95 % interval, in standard errors that are known outright (normal distribution)."""
UPPER_95: Final = 0.975
"""Upper end of a 95 % interval, as a quantile."""
FEWEST_SIDED: Final = 5
"""Values from which on left and right are compared: level, trend and side take three of them."""
FEWEST_COPIES: Final = 12
"""Perturbed copies from which on they tell what the clip's errors do to each side; with fewer, the scatter of
the steps alone makes the interval."""
FEWEST_STRIDES: Final = 5
"""Steps from which on a run's value is measured stride by stride as well, to see how strides differ."""
UNVERIFIED: Final = " (unverified)"
"""Stands in ``summary.csv`` behind the source of a published range that was not read there."""


@dataclass(frozen=True)
class Difference:
    """Left minus right with the trend over the steps removed, and its 95 % confidence interval.

    ``se`` is its standard error, ``freedom`` the degrees of freedom that stands on.
    """

    value: float = nan
    low: float = nan
    high: float = nan
    se: float = nan
    freedom: float = nan


def summarise(metric: Metric, run: Run, value: Array, sd: Array, again: Remeasured, own_sd: float) -> Summary:
    """Return the row of ``summary.csv`` of one metric.

    Parameters
    ----------
    metric : Metric
    run : Run
    value : (s,)
        Gated values, one a step or a single one.
    sd : (s,)
        Their standard errors, in the unit of the metric.
    again : Remeasured
        The metric measured again within the run's errors.
    own_sd : float
        What of ``sd`` no perturbed copy of the run shows.
    """
    seen = np.isfinite(value)
    n = int(seen.sum())
    mean = float(value[seen].mean()) if n else nan
    left, right, apart = nan, nan, Difference()
    if metric.per_step:
        scatter = float(value[seen].std(ddof=1)) if n > 1 else nan
        error = mean_se(value, sd, again, own_sd)
        within = _within_se(value, again)
        if metric.side != "none":
            sides = np.array([metric.swing_side(step) for step in run.steps])
            left, right = (
                float(value[seen & (sides == side)].mean()) if (seen & (sides == side)).any() else nan
                for side in SIDES
            )
            numbers = np.array([step.number for step in run.steps], dtype=float)
            apart = difference(value, numbers, sides == "left", again.perturbed)
    else:
        strides = sampling(metric, run)
        scatter, error = nan, float(np.sqrt(sd[0] ** 2 + strides))
        # The fit of a start is this run's own; how a peak of a step is read is the same in every clip.
        within = float(np.sqrt(_within_body(again.perturbed)[0] + strides + own_sd**2))
    reference = None
    if n:
        reference = fitting(metric.name, *pace(run), run.motion.sex)
    return Summary(
        metric=metric.name,
        label=metric.label,
        relationship=metric.relationship.value,
        unit=metric.unit.symbol,
        n=n,
        mean=mean,
        sd=scatter,
        mean_se=error,
        left_mean=left,
        right_mean=right,
        difference=apart.value,
        difference_ci_low=apart.low,
        difference_ci_high=apart.high,
        evidence=metric.evidence.value,
        reference_low=reference.low if reference else nan,
        reference_high=reference.high if reference else nan,
        reference_source=_source(reference) if reference else "",
        note=_note(metric, n, apart, reference is not None),
        reference_group=reference.population if reference else "",
        reference_verified=reference.verified if reference else True,
        mean_se_within=min(within, error) if n else nan,
    )


def _source(reference: Reference) -> str:
    """Return whom a published range is of and where it stands, in words."""
    return f"{reference.population}, {reference.source}" + ("" if reference.verified else UNVERIFIED)


def mean_se(value: Array, sd: Array, again: Remeasured, own_sd: float) -> float:
    """Standard error of the mean: that of these very steps, and how the athlete's steps scatter.

    ``own_sd`` is shared by all steps and is in each ``sd`` already.
    """
    seen = np.isfinite(value)
    n = int(seen.sum())
    if n == 0:
        return nan
    if n == 1:
        return float(sd[seen][0])
    shared, random = split(value, again.perturbed)
    steps = max(shared + random / n, 0.0) + _of_athlete(value, again.perturbed) / n
    return float(np.sqrt(steps + again.flattened(value) ** 2 + own_sd**2))


def _of_athlete(value: Array, perturbed: Array) -> float:
    """Return how the athlete's steps differ, as a variance: their scatter beyond what the clip's errors make.

    Errors of the body are left out of those: they are as if drawn once for all steps, so that where they are
    smaller than stated a scatter that is the athlete's would pass for theirs.
    """
    seen = np.isfinite(value)
    found = perturbed[:, seen]
    count = np.maximum(np.isfinite(found).sum(axis=1, keepdims=True), 1)
    by_step = _within_body(found - np.nan_to_num(found).sum(axis=1, keepdims=True) / count)
    by_step = by_step[np.isfinite(by_step)]
    n = int(seen.sum())
    made = float(by_step.mean()) * n / (n - 1) if len(by_step) else 0.0
    return max(float(value[seen].var(ddof=1)) - made, 0.0)


def _within_body(perturbed: Array) -> Array:
    """Return the variance of each column of (c, s) values between copies of one body; NaN where none has
    both.

    Copies of one body follow each other, two at a time.
    """
    pairs = perturbed[: len(perturbed) // OF_A_BODY * OF_A_BODY].reshape(-1, OF_A_BODY, perturbed.shape[1])
    apart = pairs[:, 0] - pairs[:, 1]
    known = np.isfinite(apart).any(axis=0)
    out = np.full(perturbed.shape[1], nan)
    out[known] = np.nanmean(apart[:, known] ** 2, axis=0) / 2
    return out


def _within_se(value: Array, again: Remeasured) -> float:
    """Standard error of the mean against other means of the same athlete, seen from the same side."""
    seen = np.isfinite(value)
    n = int(seen.sum())
    if n == 0:
        return nan
    found = again.perturbed[:, seen]
    if n == 1:
        return float(np.sqrt(_within_body(found)[0]))
    usable = np.isfinite(found).mean(axis=0) >= ENOUGH_COPIES
    if not usable.any():
        return nan
    with_all = np.isfinite(found[:, usable]).all(axis=1)
    means = np.where(with_all, np.nan_to_num(found[:, usable]).mean(axis=1), nan)
    steps = float(np.nan_to_num(_within_body(means[:, None])[0]))
    return float(np.sqrt(steps + _of_athlete(value, again.perturbed) / n))


def sampling(metric: Metric, run: Run) -> float:
    """Variance of a run's value because the athlete happened to run these strides and not others.

    From the same metric stride by stride; a scatter is itself known only as well as its number of steps
    allows; 0 for another metric that a single stride cannot give.
    """
    if metric.name in SCATTERS:
        value = float(evaluate(metric, run)[0])
        return value**2 / (2 * max(len(run.steps) - 4, 1)) if np.isfinite(value) else 0.0
    if metric.per_step or metric.min_steps > 3 or len(run.steps) < FEWEST_STRIDES:
        return 0.0
    single = np.array([evaluate(metric, stride)[0] for stride in run.strides])
    seen = single[np.isfinite(single)]
    return float(seen.var(ddof=1)) / len(seen) if len(seen) > 1 else 0.0


def split(value: Array, perturbed: Array) -> tuple[float, float]:
    """Split the error variance into what all steps of the run share and what differs between them.

    Parameters
    ----------
    value : (s,)
    perturbed : (c, s)
        The same on each perturbed copy.

    Returns
    -------
    shared, random : float
        What the variance of the mean has beyond that of so many independent steps, and the variance of a
        single step about the mean. The first is negative where the steps' errors cancel in their mean, as
        those of both feet in depth do.
    """
    found = perturbed[:, np.isfinite(value)]
    steady = np.isfinite(found).mean(axis=0) >= ENOUGH_COPIES
    found, base = found[:, steady], value[np.isfinite(value)][steady]
    found = found[np.isfinite(found).any(axis=1)]
    n = found.shape[1]
    if n < 2:
        return 0.0, 0.0
    means = np.nanmean(found, axis=1)
    inside = found - means[:, None] - (base - base.mean())
    random = float(np.nanmean(inside**2) * n / (n - 1))
    shift = float(means.mean() - base.mean())
    shared = float(means.var(ddof=1)) + max(0.0, shift**2 - float(means.var()) / len(means))
    return shared - random / n, random


def weighed(scatter: float, freedom: float, expected: float) -> tuple[float, float]:
    """Return the variance of single steps and its degrees of freedom, from their scatter and expectation.

    The scatter of a few steps is itself uncertain, and the error expected of them may be too large or too
    small: the expectation counts like a few more steps.

    Parameters
    ----------
    scatter : float
        Variance from step to step that was seen.
    freedom : float
        Degrees of freedom that it stands on.
    expected : float
        Variance of a single step that the perturbed copies show.
    """
    whole = freedom + EXPECTED_AS
    return (freedom * scatter + EXPECTED_AS * expected) / whole, whole


def difference(
    value: Array, number: Array, is_left: Array, perturbed: Array, *, both: bool = False
) -> Difference:
    """Return left minus right after the trend over the steps is taken out (Exell 2012 in spirit).

    Left and right steps are never run at the same speed in an acceleration, so the trend goes first.
    The interval holds the scatter of the steps and what the clip's errors do to each side as a whole.

    Parameters
    ----------
    value : (s,)
        One value a step; two a side and five in all are needed.
    number : (s,)
        Numbers of the steps.
    is_left : (s,) of bool
        Whether the left side did it.
    perturbed : (c, s)
        The values on each perturbed copy.
    both : bool
        Weigh scatter and expected error of the steps; else the larger counts.
    """
    seen = np.isfinite(value)
    left = np.asarray(is_left, dtype=bool)
    if seen.sum() < FEWEST_SIDED or min((seen & left).sum(), (seen & ~left).sum()) < 2:
        return Difference()
    x = number[seen] - number[seen].mean()
    design = np.column_stack([np.ones_like(x), x, np.where(left[seen], 0.5, -0.5)])
    inverse = np.linalg.inv(design.T @ design)
    solve = inverse @ design.T
    fit = solve @ value[seen]
    residual = value[seen] - design @ fit
    freedom = len(x) - 3
    spread = float(residual @ residual) / freedom
    usable = perturbed[:, seen][np.isfinite(perturbed[:, seen]).all(axis=1)]
    systematic = 0.0
    known = float(freedom)
    if len(usable) >= FEWEST_COPIES:
        deltas = (usable - value[seen]) @ solve[2]
        random = float(np.mean((usable - value[seen] - (usable - value[seen]) @ solve.T @ design.T) ** 2))
        random *= len(x) / freedom
        systematic = max(0.0, float(deltas.var(ddof=1)) - random * inverse[2, 2])
        if both:
            spread, known = weighed(spread, freedom, random)
        elif random > spread:  # the clip's own errors are known better than the scatter of a few steps
            spread, known = random, float(len(usable))
    apart = spread * inverse[2, 2]
    half = float(np.sqrt(student_t.ppf(UPPER_95, known) ** 2 * apart + NORMAL_95**2 * systematic))
    variance = apart + systematic
    return Difference(
        float(fit[2]),
        float(fit[2]) - half,
        float(fit[2]) + half,
        float(np.sqrt(variance)),
        known * (variance / apart) ** 2 if apart > 0 else inf,
    )


def pace(run: Run) -> tuple[float, Phase]:
    """Mean speed, m/s (NaN without scale or clock), and whether the athlete is gaining or losing speed.

    Between the landings that were seen: a push out of blocks has none, and a clip may begin in a contact. A
    belt keeps its speed: what steps seem to gain on it is their error.
    """
    if not run.scaled or run.slow_motion != 1:
        return nan, STEADY
    landed = [step for step in run.steps if isfinite(step.touchdown_s)]
    if len(landed) < 2:
        return nan, STEADY
    first, middle, last = landed[0], landed[len(landed) // 2], landed[-1]
    duration = last.touchdown_s - first.touchdown_s
    if not duration > 0:
        return nan, STEADY
    speed = (run.foot_x(last) - run.foot_x(first)) / duration
    if len(landed) < 4:
        return speed, STEADY
    if run.belt:
        return speed, STEADY
    early = (run.foot_x(middle) - run.foot_x(first)) / (middle.touchdown_s - first.touchdown_s)
    late = (run.foot_x(last) - run.foot_x(middle)) / (last.touchdown_s - middle.touchdown_s)
    gain = (late - early) / (duration / 2)
    if gain < -ACCELERATING_MPS2:
        return speed, "slowing"
    return speed, "acceleration" if gain > ACCELERATING_MPS2 else STEADY


def _note(metric: Metric, n: int, apart: Difference, has_reference: bool) -> str:
    notes = []
    if n == 0:
        return ""  # the reason is known where its flags are, in ``measure``
    if not has_reference:
        notes.append("Own baseline only.")
    if metric.per_step and metric.side != "none":
        if np.isfinite(apart.value):
            half = (apart.high - apart.low) / 2
            if told(metric.relationship, apart.low, apart.high):
                text = DIFFER
            elif beyond_chance(apart.low, apart.high):
                text = ONE_VIEW
            elif apart.low > 0 or apart.high < 0:
                text = CHANCE
            else:
                text = (
                    "No left-right difference beyond what this clip can resolve"
                    f" (±{half:.{metric.decimals}f} {metric.unit.symbol}".rstrip()
                    + ")."
                )
            notes.append(text)
        else:
            notes.append("Too few steps to compare left and right.")
    return " ".join(notes)
