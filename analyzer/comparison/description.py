"""A comparison in words: what stands beyond the error, in lines for a terminal."""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.comparison import map_change
from analyzer.comparison.repeatability import DAMPED
from analyzer.comparison.results import Basis, Change, Comparison, SideSplit
from analyzer.comparison.speed_trend_words import describe_growth
from analyzer.metrics.registry import METRICS, Quantity
from analyzer.metrics.wording import between, interval, more_or_less, number, sized

BRACKETS: Final = (
    "In brackets: between which two values a difference lies, and the smallest that could have been told."
)
"""What the brackets behind a difference are."""
HIDDEN: Final = (
    f"A change of posture or of timing within a step may be seen too small by up to {100 * DAMPED:.0f} %, "
    "because a pose network draws every movement towards the usual one: there the range reaches further away "
    "from zero. Speed, step length, step time and what is made of them rest on scale and clock: there "
    "it is the plain 95 % interval."
)
"""Why some ranges reach further on one side."""
HIDDEN_ACROSS: Final = (
    f"A change of posture may be seen too small by up to {100 * DAMPED:.0f} %, because a pose network draws "
    "every movement towards the usual one: there the range reaches further away from zero. Step frequency "
    "and step times rest on the clock: there it is the plain 95 % interval."
)
"""The same of a view from the front or from behind."""
BEYOND: Final[dict[Basis, str]] = {
    "clip error": "by more than the errors of these clips explain. Runs of one athlete differ from each "
    "other anyway; by how much is not known here, because no run was repeated",
    "runs": "by more than the repeated runs differ among themselves",
    "baseline": "by more than the baseline's runs differ among themselves",
}
"""What so many numbers differ by."""
ERRORS: Final[dict[bool, str]] = {
    True: "The ± here is smaller than in each run's own report: it leaves out what these clips get wrong "
    "alike (the scale, where the landmarks sit on the joints), which does not change between them.",
    False: "These clips were not filmed in the same way, so that the ± here holds everything that each of "
    "them may get wrong, as in its own report.",
}
"""Why the errors are what they are, by ``Comparison.alike``."""
SMALLEST: Final[dict[Basis, str]] = {
    "clip error": "by the clips' errors alone, no run was repeated",
    "runs": "by how far the repeated runs differ",
    "baseline": "by how far the baseline's runs differ",
}
"""What the smallest change that can be told rests on."""


def describe(found: Comparison) -> list[str]:
    """Return what stands beyond the error, in lines for a terminal."""
    lines = [f"{note.level}: {note.message} {note.advice}".rstrip() for note in found.notes]
    for name in found.names[1:]:
        lines.append(f"{name} against {found.names[0]}:")
        rows = [c for c in found.changes if c.run == name]
        lines += [
            f"  On the system map: {said}"
            for said in map_change.sentences(map_change.of_changes(rows, across=found.across))
        ]
        bases = {c.basis for c in rows}
        alone = len(bases) > 1
        if len(bases) == 1:
            beyond = sum(c.told for c in rows)
            lines.append(f"  {beyond} of {len(rows)} numbers differ {BEYOND[bases.pop()]}.")
        shown = [*(c for c in rows if c.key), *(c for c in rows if not c.key and c.told)]
        lines += [f"  {_told(c, found.quantities[c.metric], with_basis=alone)}" for c in shown]
        quiet = sum(not c.told for c in rows)
        lines.append(f"  {quiet} of {len(rows)} numbers show no difference beyond their error.")
    if found.changes:
        lines += [ERRORS[found.alike], BRACKETS, hidden(found)]
    if found.sides:
        lines.append("Left minus right, parted from near minus far by the two directions:")
        lines += [f"  {_parted(s)}" for s in found.sides if s.key or s.side_verdict != "not established"]
        quiet = sum(s.side_verdict == "not established" for s in found.sides)
        lines.append(f"  {quiet} of {len(found.sides)} show no difference of the athlete's own.")
    moving = [trend for trend in found.trends if trend.verdict != "not established"]
    if found.trends:
        lines.append("With step speed, over all runs:")
    lines += [
        f"  {t.label} {t.verdict} by {number(METRICS[t.metric], abs(t.slope))} for each m/s "
        f"(95 % interval {sized(METRICS[t.metric], t.ci_low, t.ci_high)}; {t.steps} steps, {t.runs} runs)"
        for t in moving
    ]
    if found.trends:
        quiet = len(found.trends) - len(moving)
        lines.append(
            f"  {quiet} of {len(found.trends)} metrics show no course with speed beyond their error."
        )
    if np.isfinite(found.growth.value):
        lines.append(f"  {describe_growth(found.growth)}")
    return lines


def hidden(found: Comparison) -> str:
    """Return why some ranges reach further on one side, by what the view shows."""
    return HIDDEN_ACROSS if found.across else HIDDEN


def _told(c: Change, metric: Quantity, *, with_basis: bool) -> str:
    values = f"{number(metric, c.first_mean, c.first_se)} to {number(metric, c.mean, c.mean_se)}"
    return (
        f"{c.label}: {values}, {more_or_less(metric, c.difference)} "
        f"({between(metric, c.ci_low, c.ci_high)}; told from {number(metric, c.smallest_change)} on"
        f"{f', {SMALLEST[c.basis]}' if with_basis else ''}): {c.verdict}"
    )


def _parted(s: SideSplit) -> str:
    metric = METRICS[s.metric]
    parts = [
        f"{number(metric, value)} (95 % interval {interval(metric, low, high)}) {whose}"
        + (": not established" if verdict == "not established" else "")
        for value, low, high, verdict, whose in (
            (s.side, s.side_low, s.side_high, s.side_verdict, "the athlete's own"),
            (s.view, s.view_low, s.view_high, s.view_verdict, "near minus far"),
        )
    ]
    return f"{s.label}: " + "; ".join(parts)
