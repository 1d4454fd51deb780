"""The chapter of the Sprint Mechanics Assessment Score: proposals, answers, the sum of a whole side."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan

from analyzer.body.skeleton import SIDES, Side
from analyzer.data.analysis import Analysis
from analyzer.metrics import METRICS
from analyzer.metrics.smas import (
    ITEMS,
    POINTS,
    SEM,
    SOURCE,
    Proposal,
    Scored,
    benchmark,
    measured_by,
    points,
)
from analyzer.metrics.smas_scope import HINDERED, hindered
from analyzer.metrics.wording import number
from analyzer.outputs import pages, smas_sheet
from analyzer.outputs.frame_numbers import numbered
from analyzer.outputs.report.sources import short
from analyzer.outputs.smas_file import WORDS


@dataclass(frozen=True)
class Cell:
    """An item of one side in words; ``time_s`` is NaN where its moment is not seen."""

    side: Side
    proposal: Proposal
    why: str
    told: str
    beside: str
    time_s: float
    frame: int | None
    answer: str


def chapter(analysis: Analysis) -> str:
    """Return the chapter as markup."""
    rows, why = smas_sheet.sheet(analysis), hindered(analysis)
    told = []
    for item in ITEMS:
        cells = [_cell(analysis, row) for row in rows if row.item is item]
        whys = {cell.why for cell in cells}
        same = whys.pop() if len(whys) == 1 and not why else ""
        told.append((item, measured_by(item), same, cells))
    return pages.part(
        "outputs.report",
        "smas.html.j2",
        words=_words(analysis, why),
        rows=told,
        hindered=HINDERED[why] if why else "",
        given=any(row.proposal not in (Proposal.UNSEEN, Proposal.NONE) for row in rows),
        answered=bool(analysis.answers),
        source=short(SOURCE),
        points=POINTS,
        sides=SIDES,
    )


def _words(analysis: Analysis, why: str) -> str:
    """Return the sum of each side that a person has answered whole, and that others have no score yet."""
    if why and not analysis.answers:
        return f"No score, and nothing is proposed: {HINDERED[why]}."
    if not analysis.answers:
        return "No score yet: a person has to answer the twelve features of a side."
    told = []
    for side in SIDES:
        n, total = points(analysis.answers, side)
        if n == POINTS:
            told.append(f"{side} {total} ± {SEM} of {POINTS}: {benchmark(total)}")
        else:
            told.append(f"{side} no score yet, {n} of its {POINTS} features answered")
    words = "; ".join(told)
    return f"{words[0].upper()}{words[1:]}."


def _beside(analysis: Analysis, row: Scored) -> str:
    """Return the metric that stands beside an item's own number, of the same foot; else nothing."""
    found = analysis.summary(row.item.beside)
    mean = nan if found is None else found.left_mean if row.side == "left" else found.right_mean
    if not isfinite(mean):
        return ""
    metric = METRICS[row.item.beside]
    return f"{metric.label[0].lower()}{metric.label[1:]} {number(metric, mean)}"


def _cell(analysis: Analysis, row: Scored) -> Cell:
    told = ""
    if row.limit is not None and isfinite(row.value):
        told = number(row.limit.of, row.value, row.se) + row.limit.counted
    return Cell(
        row.side,
        row.proposal,
        smas_sheet.reason(row, analysis.pose.fps),
        told,
        _beside(analysis, row),
        row.time_s,
        numbered(analysis, row.time_s),
        "" if row.answer is None else WORDS[row.answer],
    )
