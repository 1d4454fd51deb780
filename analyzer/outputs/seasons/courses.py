"""One number over the runs of an athlete: each with its error, on the scatter of the athlete's own runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite, nan, sqrt
from typing import Final

import numpy as np

from analyzer.metrics.wording import number, shown, written
from analyzer.outputs.seasons.gather import Kept
from analyzer.outputs.svg import Drawing, Scale, roomy

WIDE: Final = 300.0
"""Width of a chart, units."""
HIGH: Final = 150.0
"""Its height."""
FEWEST: Final = 2
"""Runs of which a course is drawn."""
APART: Final = 46.0
"""Room that a date takes, units."""


@dataclass(frozen=True)
class Course:
    """A number over the runs, ready to print.

    ``scatter`` says by how much runs differ and what that was told from; empty for single runs.
    """

    label: str
    relationship: str
    last: str
    scatter: str
    svg: str


def course(runs: Sequence[Kept], metric: str) -> Course | None:
    """Return a metric over an athlete's runs in order; None where fewer than two give it."""
    has = [run for run in runs if metric in run.facts.means]
    if len(has) < FEWEST:
        return None
    what = has[0].facts.quantities[metric]
    sd, freedom, same_day = scatter(has, metric)
    told = ""
    if freedom:
        how = "on one day" if same_day else "over all runs, real changes included"
        _, error, unit = written(what, 0.0, sd)
        told = (
            f"Runs differ by {error} {unit}".rstrip()
            + f" {how} ({freedom} repeat{'' if freedom == 1 else 's'})."
        )
    return Course(
        what.full_label,
        what.relationship.value,
        number(what, *has[-1].facts.means[metric]),
        told,
        _chart(has, metric, sd),
    )


def scatter(runs: Sequence[Kept], metric: str) -> tuple[float, int, bool]:
    """Return what runs of an athlete differ by: sd, degrees of freedom, whether from runs of one day alone.

    Runs that gain speed and steady ones are apart. Runs of one day differ by no change of the athlete, so
    they tell where there are any.
    """
    days: dict[tuple[date | None, bool], list[float]] = defaultdict(list)
    kinds: dict[bool, list[float]] = defaultdict(list)
    for run in runs:
        value = run.facts.means[metric][0]
        kinds[run.facts.gains].append(value)
        if run.facts.day is not None:
            days[run.facts.day, run.facts.gains].append(value)
    for groups, same_day in ((list(days.values()), True), (list(kinds.values()), False)):
        freedom = sum(len(group) - 1 for group in groups)
        if freedom > 0:
            squares = sum(float(np.var(group)) * len(group) for group in groups)
            return sqrt(squares / freedom), freedom, same_day
    return nan, 0, False


def _chart(runs: Sequence[Kept], metric: str, sd: float) -> str:
    what = runs[0].facts.quantities[metric]
    factor, unit, _ = shown(what)
    value = factor * np.array([run.facts.means[metric][0] for run in runs])
    error = np.nan_to_num(factor * np.array([run.facts.means[metric][1] for run in runs]))
    place = _places(runs)
    d = Drawing(WIDE, HIGH, f"{what.full_label} over {len(runs)} runs")
    x = Scale(*roomy(place, 0.06), 40, WIDE - 8)
    middle = float(np.median(value))
    ends = np.concatenate([value - error, value + error, [middle]])
    y = Scale(*roomy(ends, 0.1), HIGH - 26, 12)
    if isfinite(sd):
        high, low = (min(max(y(middle + k * factor * sd), y.stop), y.start) for k in (1, -1))
        d.rect(x.start, high, x.stop - x.start, low - high, "band")
    d.line(x.start, y(middle), x.stop, y(middle), "zero dotted")
    d.line(x.start, y.start, x.stop, y.start, "axis")
    for tick in y.ticks(3):
        d.line(x.start - 3, y(tick), x.start, y(tick), "axis")
        d.text(x.start - 5, y(tick) + 3.5, f"{tick:g}".replace("-", "−"), "small end soft")
    d.text(0, 9, unit, "small soft")
    for at, v, e, run in zip(place, value, error, runs, strict=True):
        d.line(x(at), y(v - e), x(at), y(v + e), "")
        d.circle(x(at), y(v), 3.2, "open" if run.facts.gains else "")
    last = -APART
    for at, run in sorted(zip(place, runs, strict=True), key=lambda pair: pair[0]):
        if x(at) - last >= APART:
            last = x(at)
            words = f"{run.facts.day:%d.%m.%y}" if run.facts.day else f"{at:g}"
            d.text(x(at), y.start + 14, words, "small mid soft")
    return d.svg()


def _places(runs: Sequence[Kept]) -> list[float]:
    """Return where runs stand: by their days, those of one day a little apart; by number without all days."""
    days = [run.facts.day for run in runs]
    if any(day is None for day in days):
        return [float(i + 1) for i in range(len(runs))]
    known = [day.toordinal() for day in days if day is not None]
    width = max(known[-1] - known[0], 1) * 0.02
    found: list[float] = []
    for i, day in enumerate(known):
        found.append(day + width * known[:i].count(day))
    return found
