"""An athlete's, or a squad's, own ranges by speed, from earlier results; they count before published ones.

A range is of runs of one kind (steady, or gaining speed) at nearly one speed; of runs from the front, or from
behind, which show no speed, it is of all of them. Where it is given it holds 95
of 100 further runs, if they are like those before; with fewer than ``FEWEST_RUNS`` runs it is not given, nor
is what runs differ by beyond the clips' own errors (the random effect), because so few cannot tell it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import hypot, isfinite, nan, sqrt
from typing import TYPE_CHECKING, Final, Literal, Protocol, runtime_checkable

import numpy as np

from analyzer.comparison.across import quantities
from analyzer.comparison.repeatability import CERTAINTY, FEWEST_RUNS, Scatter
from analyzer.data.analysis import Dated, day_of, refuse_across
from analyzer.metrics.breaking import in_row
from analyzer.metrics.registry import Quantity
from analyzer.metrics.summary import ACCELERATING_MPS2
from analyzer.signals import student_t

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis
    from analyzer.data.results import Summary, Value
    from analyzer.data.steps import Step
    from analyzer.data.view import View
    from analyzer.frontal.results import Found

Viewed = Literal["side", "front", "rear"]
"""From where runs are filmed, as far as their numbers are others."""
SPAN_MPS: Final = 1.0
"""Runs whose speeds lie within this, m/s, are of one speed: a choice; published ranges are no narrower."""
BESIDE_MPS: Final = 0.25
"""How far beside the runs of a range a run may lie that is held against it, m/s: a quarter of a range."""
FEWEST_STEPS: Final = 4
"""Steps with a speed from which on it is told whether a run gains speed."""
GROUP: Final = "own baseline"
"""Name of the group that a range from a baseline is of, in a summary's ``reference_group``."""


class Measured(Dated, Protocol):
    """What is looked at of a run: an ``Analysis``, or what ``analysis.json`` holds of one."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Ground contacts."""

    @property
    def values(self) -> tuple[Value, ...]:
        """What was measured, step by step."""

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """What was measured, over the run."""


@runtime_checkable
class MeasuredAcross(Dated, Protocol):
    """The same of a view from the front or from behind: a ``Frontal``, or what ``frontal.json`` holds."""

    @property
    def view(self) -> View:
        """From where it is filmed."""

    @property
    def found(self) -> tuple[Found, ...]:
        """What was measured."""


@dataclass(frozen=True)
class OneRun:
    """What a baseline, or a season, keeps of a run.

    speed : mean speed of its steps, m/s; NaN without a scale
    gains : whether it gains speed
    means : mean and standard error of each metric that it gave
    view : from where it is filmed
    """

    athlete: str
    day: date | None
    speed: float
    gains: bool
    means: dict[str, tuple[float, float]] = field(repr=False)
    view: Viewed = "side"

    @property
    def quantities(self) -> Mapping[str, Quantity]:
        """What its view shows, by the names that its means have."""
        return of_view(self.view)


def of_view(view: Viewed) -> Mapping[str, Quantity]:
    """Return what a view shows, by name."""
    return quantities(across=view != "side")


FROM: Final[dict[Viewed, str]] = {"side": "", "front": "from the front", "rear": "from behind"}
"""Said of a view that is not from the side."""


@dataclass(frozen=True)
class Range:
    """One metric over runs of one kind at nearly one speed.

    athlete : whose; empty for all athletes together
    speed_low, speed_high : of these runs, m/s; NaN where no speed is known
    median : of the runs' means
    scatter : standard deviation from run to run, each athlete's from his own mean; NaN for single runs
    freedom : degrees of freedom that it stands on
    between : what of it is beyond the clips' own errors, a random effect; NaN with fewer than ``FEWEST_RUNS``
    low, high : where 95 of 100 further runs lie; NaN likewise
    view : from where these runs are filmed
    """

    metric: str
    athlete: str
    gains: bool
    speed_low: float
    speed_high: float
    runs: int
    athletes: int
    median: float
    scatter: float = nan
    freedom: int = 0
    between: float = nan
    low: float = nan
    high: float = nan
    view: Viewed = "side"

    def fits(self, speed: float, gains: bool, view: Viewed = "side") -> bool:
        """Tell whether a run is one of these by its view, kind and speed."""
        if (gains, view) != (self.gains, self.view):
            return False
        if not isfinite(self.speed_low):
            return not isfinite(speed)
        return self.speed_low - BESIDE_MPS <= speed <= self.speed_high + BESIDE_MPS

    @property
    def whose(self) -> str:
        """Whose runs they are, how many and how fast, in words."""
        runs = f"{self.runs} run{'' if self.runs == 1 else 's'}"
        who = f"{self.athlete}'s own {runs}" if self.athlete else f"{runs} of {self.athletes} athletes"
        if self.athletes == 1 and not self.athlete:
            who = f"the athlete's own {runs}"
        if self.view != "side":
            return f"{who} {FROM[self.view]}"
        if not isfinite(self.speed_low):
            return who
        speeds = dict.fromkeys(f"{speed:.1f}" for speed in (self.speed_low, self.speed_high))
        return f"{who} at {'–'.join(speeds)} m/s"


@dataclass(frozen=True)
class Baseline:
    """All ranges; those of a named athlete count before those of all."""

    ranges: tuple[Range, ...]

    def fitting(
        self, metric: str, athlete: str, speed: float, gains: bool, view: Viewed = "side"
    ) -> Range | None:
        """Return the range that a run is held against; None where there is none.

        A run that names nobody is held against the only athlete of a baseline.
        """
        names = {r.athlete for r in self.ranges}
        if not athlete and len(names) == 1:
            (athlete,) = names
        fits = [
            r
            for r in self.ranges
            if r.metric == metric and r.athlete in ("", athlete) and r.fits(speed, gains, view)
        ]
        # The athlete's own runs first, where there are enough of them; then the speed that is nearest.
        return min(
            fits,
            key=lambda r: (
                not isfinite(r.low),
                r.athlete != athlete,
                abs((r.speed_low + r.speed_high) / 2 - speed) if isfinite(speed) else 0.0,
            ),
            default=None,
        )

    def scatter(self, metric: str, runs: Sequence[Measured | MeasuredAcross]) -> Scatter | None:
        """Return what runs like these differ by from run to run; None where that is not known."""
        found = [run_facts(run) for run in runs]
        ranges = [self.fitting(metric, one.athlete, one.speed, one.gains, one.view) for one in found]
        known = [r for r in ranges if r is not None and r.freedom > 0]
        if len(known) < len(runs):
            return None
        widest = max(known, key=lambda r: r.scatter)
        return Scatter(widest.scatter, float(widest.freedom))


def run_facts(run: Measured | MeasuredAcross) -> OneRun:
    """Return what is kept of a run."""
    if isinstance(run, MeasuredAcross):
        return _across(run)
    means = {
        row.metric: (row.mean, row.mean_se)
        for row in run.summaries
        if row.metric in of_view("side") and isfinite(row.mean)
    }
    speed = means.get("step_speed", (nan, nan))[0]
    return OneRun(run.config.athlete_name or "", day_of(run), speed, _gains(run), means)


def _across(run: MeasuredAcross) -> OneRun:
    """Return what is kept of a run from the front or from behind."""
    means = {f.metric: (f.mean, f.se) for f in run.found if f.side == "both" and isfinite(f.mean)}
    view: Viewed = "front" if run.view.kind == "front" else "rear"
    return OneRun(run.config.athlete_name or "", day_of(run), nan, False, means, view)


def make(runs: Sequence[OneRun]) -> Baseline:
    """Return the ranges of each named athlete, and of all together where there are several."""
    views = dict.fromkeys(run.view for run in runs)
    return Baseline(
        tuple(row for view in views for row in _ranges([run for run in runs if run.view == view]))
    )


def _ranges(runs: Sequence[OneRun]) -> list[Range]:
    """Return the ranges of runs of one view."""
    names = sorted({run.athlete for run in runs if run.athlete})
    whose = [(name, [run for run in runs if run.athlete == name]) for name in names]
    if len(names) != 1 or any(not run.athlete for run in runs):
        whose.append(("", list(runs)))
    found = []
    for name, own in whose:
        for group in _alike(own):
            metrics = [m for m in runs[0].quantities if any(m in run.means for run in group)]
            found += [_range(m, name, [run for run in group if m in run.means]) for m in metrics]
    # All together are no squad where all are of one, who has these ranges by name already.
    alone = len(names) > 0
    return [r for r in found if r.athlete or r.athletes > 1 or not alone]


def applied(run: Analysis, baseline: Baseline) -> Analysis:
    """Return a run whose numbers are held against the baseline's ranges, before any published one.

    Raises
    ------
    ViewError
        If it is filmed from the front or from behind: its report holds no number against a range.
    """
    refuse_across([run])
    one = run_facts(run)

    def held(row: Summary) -> Summary:
        own = baseline.fitting(row.metric, one.athlete, one.speed, one.gains)
        if own is None or not isfinite(own.low) or not isfinite(row.mean):
            return row
        return replace(
            row,
            reference_low=own.low,
            reference_high=own.high,
            reference_source=own.whose,
            reference_group=GROUP,
            reference_verified=True,
        )

    return replace(run, summaries=tuple(held(row) for row in run.summaries))


def _gains(run: Measured) -> bool:
    """Tell whether a run gains speed: the slope of its steps' speeds over time."""
    when = {step.number: step.touchdown_s for step in run.steps}
    points = [
        (when[v.step], v.value)
        for v in in_row(run.values, "step_speed")
        if v.step in when and isfinite(when[v.step])
    ]
    if len(points) < FEWEST_STEPS:
        return False
    time, speed = np.array(points, dtype=float).T
    return bool(np.ptp(time) > 0 and np.polyfit(time, speed, 1)[0] > ACCELERATING_MPS2)


def _alike(runs: Sequence[OneRun]) -> list[list[OneRun]]:
    """Part runs into groups of one kind and nearly one speed."""
    groups: list[list[OneRun]] = []
    for gains in (False, True):
        kind = [run for run in runs if run.gains == gains]
        unknown = [run for run in kind if not isfinite(run.speed)]
        if unknown:
            groups.append(unknown)
        group: list[OneRun] = []
        for run in sorted((run for run in kind if isfinite(run.speed)), key=lambda run: run.speed):
            if group and run.speed - group[0].speed > SPAN_MPS:
                groups.append(group)
                group = []
            group.append(run)
        if group:
            groups.append(group)
    return groups


def _range(metric: str, athlete: str, runs: Sequence[OneRun]) -> Range:
    value = np.array([run.means[metric][0] for run in runs])
    error = np.array([run.means[metric][1] for run in runs])
    names = np.array([run.athlete for run in runs])
    speed = [run.speed for run in runs]
    squares = sum(
        float(((own := value[names == name]) - own.mean()) @ (own - own.mean())) for name in set(names)
    )
    freedom = len(value) - len(set(names))
    scatter = sqrt(squares / freedom) if freedom else nan
    found = Range(
        metric,
        athlete,
        runs[0].gains,
        min(speed),
        max(speed),
        len(runs),
        len(set(names)),
        float(np.median(value)),
        scatter,
        freedom,
        view=runs[0].view,
    )
    if len(runs) < FEWEST_RUNS:
        return found
    known = error[np.isfinite(error)]
    clip = float((known**2).mean()) if len(known) else 0.0
    # The median of a few runs is itself off, and by a little more than their mean.
    whole = float(value.std(ddof=1))
    reach = (
        float(student_t.ppf((1 + CERTAINTY) / 2, len(runs) - 1))
        * whole
        * hypot(1, sqrt(np.pi / 2 / len(runs)))
    )
    return replace(
        found,
        between=sqrt(max(0.0, scatter**2 - clip)) if freedom >= FEWEST_RUNS - 1 else nan,
        low=found.median - reach,
        high=found.median + reach,
    )
