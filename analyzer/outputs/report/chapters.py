"""The chapters of the report, one a relationship: which numbers each shows, which it lacks and why."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from analyzer.comparison.findings import well_known
from analyzer.data.analysis import Analysis
from analyzer.data.results import Summary
from analyzer.metrics import METRICS
from analyzer.metrics.measure import ONLY_MEAN, SOME_MEAN
from analyzer.metrics.registry import Metric, Relationship
from analyzer.metrics.sides import BOTH_SEEN, beyond_chance, told
from analyzer.metrics.wording import NOTHING, interval, number
from analyzer.outputs.report import step_charts
from analyzer.outputs.report.answers import answer
from analyzer.outputs.report.movement_charts import Drawn
from analyzer.outputs.report.sections import LEADS, PUSH, PUSH_PARTS, Section, chart
from analyzer.outputs.report.withheld import by_reason, reason

_OBVIOUS: Final = re.compile(
    r"(?i), always positive(?=\.)|^always positive[;.] ?(also )?|^positive in the running direction\.$"
)
"""What of a metric's sign goes without saying."""
SWINGS: Final = "Left and right are the leg that swings."
"""Said of a number that is counted to the leg in the air."""
GROUND: Final = "Left and right are the foot on the ground."
"""Said of a part of a push; on a phone its columns have no heading."""


@dataclass(frozen=True)
class Row:
    """A metric in a chapter's table, ready to print; ``reads`` is how its size or sign is read."""

    metric: Metric
    reads: str
    value: str
    left: str
    right: str
    reference: str
    source: str
    unsure: str
    note: str
    apart: str
    differ: bool


@dataclass(frozen=True)
class Part:
    """A chapter, ready to print; ``answer`` is empty where this clip tells nothing of it, ``why`` says
    why. ``given`` tells whether it has a single number.
    """

    section: Section
    title: str
    answer: str
    why: str
    lead: list[Row]
    rest: list[Row]
    withheld: list[tuple[str, list[str]]]
    steps: list[str]
    charts: list[Drawn]
    aslant: str
    given: bool


def _rows(analysis: Analysis, names: Iterable[str]) -> list[Row]:
    return [_row(row) for name in names if (row := analysis.summary(name)) is not None]


def account(analysis: Analysis) -> list[Row]:
    """Return the rows of the account, each share once: of all contacts, and beside it of each foot's.

    A share contact by contact has a row of its own only where there is none over all of them.
    """
    of_feet = {of: row for part, of in PUSH_PARTS.items() if (row := analysis.summary(part)) is not None}
    rows = []
    for name in PUSH:
        row, feet = analysis.summary(name), of_feet.get(name)
        if row is not None and not math.isfinite(row.mean) and feet is not None and math.isfinite(feet.mean):
            row = None
        if row is None:
            rows += [] if feet is None else [_row(feet, by_ground=True)]
            continue
        told = _row(row)
        if feet is not None:
            beside = _row(feet, by_ground=True)
            told = replace(
                told,
                left=beside.left,
                right=beside.right,
                apart=beside.apart,
                differ=beside.differ,
                note=f"{GROUND} {told.note}".strip(),
            )
        rows.append(told)
    return rows


def part(analysis: Analysis, section: Section, push: Sequence[Row]) -> Part:
    """Return a chapter; ``push`` is the account, which stands in one of them."""
    # A metric may be shown first in the chapter of another relationship: contact with the push leg.
    lead = _rows(analysis, section.lead)
    rest = [_row(row) for row in analysis.summaries if _belongs(row, section)]
    drawn = [chart(analysis, what) for what in section.charts]
    steps = [step_charts.per_step(analysis, name) for name in section.steps]
    said = answer(analysis, section.relationship)
    own = push if section.relationship is Relationship.SYSTEM else ()
    return Part(
        section,
        section.relationship.value,
        said,
        "" if said else reason(analysis, section.asked),
        [row for row in lead if row.value != NOTHING],
        [row for row in rest if row.value != NOTHING],
        by_reason(analysis, [row.metric.name for row in (*lead, *rest) if row.value == NOTHING]),
        [c for c in steps if c],
        [c for c in drawn if c is not None],
        _aslant(analysis, [row.metric.name for row in (*lead, *rest)]),
        any(row.value != NOTHING for row in (*lead, *rest, *own)),
    )


def _aslant(analysis: Analysis, names: Iterable[str]) -> str:
    """Name what differs between left and right beyond chance where one view shows only one side well."""
    found = []
    for name in dict.fromkeys(names):
        row, metric = analysis.summary(name), METRICS[name]
        if row is None or metric.relationship in BOTH_SEEN:
            continue
        if beyond_chance(row.difference_ci_low, row.difference_ci_high):
            sides = f"left {number(metric, row.left_mean)}, right {number(metric, row.right_mean)}"
            found.append(f"{metric.label[0].lower()}{metric.label[1:]} ({sides})")
    return "; ".join(found)


def _belongs(row: Summary, section: Section) -> bool:
    own = row.relationship == section.relationship.value
    return own and row.metric not in LEADS and row.metric not in (*PUSH, *PUSH_PARTS)


def untold(parts: Sequence[Part]) -> list[tuple[str, str]]:
    """Return for each reason the chapters that tell nothing because of it, said once for all of them."""
    whys: dict[str, list[str]] = {}
    for part in parts:
        if not part.answer:
            whys.setdefault(part.why, []).append(part.title[0].lower() + part.title[1:])
    return [(why, ", ".join(titles)) for why, titles in whys.items()]


def _row(row: Summary, *, by_ground: bool = False) -> Row:
    """Return a row; ``by_ground`` counts what is of a swinging leg to the foot on the ground."""
    metric = METRICS[row.metric]
    swings = metric.side == "swing"
    if by_ground and swings:
        row = replace(
            row,
            left_mean=row.right_mean,
            right_mean=row.left_mean,
            difference_ci_low=-row.difference_ci_high,
            difference_ci_high=-row.difference_ci_low,
        )
    low, high = row.difference_ci_low, row.difference_ci_high
    resolved = interval(metric, low, high)
    notes = []
    if by_ground or (swings and metric.relationship is not Relationship.SWING_LEG):
        notes.append(GROUND if by_ground else SWINGS)
    if row.only_mean:
        notes.append(SOME_MEAN if row.note.startswith(SOME_MEAN) else ONLY_MEAN)
    return Row(
        metric,
        _OBVIOUS.sub("", metric.sign),
        number(metric, row.mean, row.mean_se),
        number(metric, row.left_mean, unit=False),
        number(metric, row.right_mean, unit=False),
        interval(metric, row.reference_low, row.reference_high),
        row.reference_source,
        _unsure(row),
        " ".join(notes),
        f"Left minus right, 95 %: {resolved}" if resolved else "Too few steps to compare left and right",
        told(metric.relationship, low, high),
    )


def _unsure(row: Summary) -> str:
    """Return in a word why nothing is concluded from a range; empty where something is."""
    if not math.isfinite(row.reference_low) or well_known(row):
        return ""
    return "unsure" if row.reference_verified else "unverified"
