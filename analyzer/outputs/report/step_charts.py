"""Small charts of single numbers: step by step, and left against right."""

from __future__ import annotations

from math import isfinite, nan
from typing import Final

import numpy as np

from analyzer.comparison.baseline import GROUP
from analyzer.comparison.from_to import steady
from analyzer.data.analysis import Analysis
from analyzer.metrics import METRICS
from analyzer.metrics.breaking import BREAKS, in_row
from analyzer.metrics.references import of_step
from analyzer.metrics.registry import Reference
from analyzer.metrics.sides import told
from analyzer.metrics.wording import shown
from analyzer.outputs.svg import Drawing, Scale, axes, roomy

WIDE, TALL = 380.0, 170.0
"""Size of a chart step by step, units."""
FEWEST: Final = 2
"""Steps below which there is nothing to see."""
ROW: Final = 26.0
"""Height of a row of the chart of the sides."""
SIDED: Final = ("contact_time", "flight_time", "step_time", "step_length", "step_speed", "duty_factor")
"""What is drawn of left against right: sizes of the family that is compared, so that a share of the mean says
something."""
REFERENCE: Final = "band"
"""Class of a published range behind the values."""


def per_step(analysis: Analysis, name: str) -> str:
    """Return one metric step by step with its standard errors and the range that fits; empty for too few."""
    metric = METRICS[name]
    factor, unit, _ = shown(metric)
    values = [v for v in analysis.values if v.metric == name and v.step is not None and isfinite(v.value)]
    if len(values) < FEWEST:
        return ""
    d = Drawing(WIDE, TALL, f"{metric.label}, step by step")
    ends = [factor * (v.value + k * v.sd) for v in values for k in (-1, 1)]
    row = analysis.summary(name)
    band = row is not None and isfinite(row.reference_low) and isfinite(row.reference_high)
    if row is not None and band:
        ends += [factor * row.reference_low, factor * row.reference_high]
    steps = {} if band else _of_steps(analysis, name)
    ends += [factor * end for r in steps.values() for end in (r.low, r.high)]
    numbers = [s.number for s in analysis.steps]
    x = Scale(min(numbers) - 0.5, max(numbers) + 0.5, 36, WIDE - 6)
    y = Scale(*roomy(ends), TALL - 32, 24)
    if row is not None and band:
        high = y(factor * row.reference_high)
        d.rect(x.start, high, x.stop - x.start, y(factor * row.reference_low) - high, REFERENCE)
        own = row.reference_group == GROUP
        d.text(x.stop, 14, "grey: own runs" if own else _published(row.reference_verified), "small soft end")
    for number, of in steps.items():
        top = y(factor * of.high)
        d.rect(x(number - 0.5), top, x(number + 0.5) - x(number - 0.5), y(factor * of.low) - top, REFERENCE)
    if steps:
        sure = all(of.verified for of in steps.values())
        d.text(x.stop, 14, _published(sure, " for steps at their speeds"), "small soft end")
    axes(d, x, y, "step", f"{metric.label}{f' ({unit})' if unit else ''}", whole=True)
    at = x.of(np.array([v.step for v in values], dtype=float))
    d.raw('<g class="thin">')
    d.curve(at, y.of(factor * np.array([v.value for v in values])), "zero")
    d.raw("</g>")
    for v, place in zip(values, at, strict=True):
        side = v.side or ""
        low, high = (y(factor * (v.value + k * v.sd)) for k in (-1, 1))
        d.line(float(place), low, float(place), high, side)
        d.circle(float(place), y(factor * v.value), 3.2, "open" if BREAKS in v.flags else side)
    return d.svg()


def _published(verified: bool, of: str = "") -> str:
    return f"grey: published{of}{'' if verified else ', unverified'}"


def _of_steps(analysis: Analysis, name: str) -> dict[int, Reference]:
    """Return the published ranges of single steps of a start, each for the step that is run at its speed."""
    if steady(analysis):
        return {}
    speeds = {v.step: v.value for v in in_row(analysis.values, "step_speed")}
    return {
        v.step: of
        for v in analysis.values
        if v.metric == name
        and v.step is not None
        and isfinite(v.value)
        and (of := of_step(name, speeds.get(v.step, nan), analysis.motion.sex)) is not None
    }


def sides(analysis: Analysis) -> str:
    """Return left minus right of what is compared, with 95 % intervals as shares of the mean; empty for
    none.
    """
    rows = [
        row
        for name in SIDED
        if (row := analysis.summary(name)) is not None
        and isfinite(row.difference_ci_low)
        and isfinite(row.mean)
    ]
    if len(rows) < FEWEST:
        return ""
    shares = [
        [100 * v / row.mean for v in (row.difference, row.difference_ci_low, row.difference_ci_high)]
        for row in rows
    ]
    reach = 1.1 * max(abs(end) for share in shares for end in share)
    d = Drawing(WIDE, ROW * len(rows) + 40, "Left minus right, shares of the mean")
    x = Scale(-reach, reach, 150, WIDE - 6)
    d.line(x(0), 4, x(0), ROW * len(rows) + 4, "zero")
    for i, (row, (middle, low, high)) in enumerate(zip(rows, shares, strict=True)):
        y = ROW * (i + 0.5) + 4
        clear = told(METRICS[row.metric].relationship, row.difference_ci_low, row.difference_ci_high)
        side = "left" if middle > 0 else "right"
        d.text(0, y + 4, row.label, "small bold" if clear else "small")
        d.line(x(low), y, x(high), y, side if clear else "")
        d.circle(x(middle), y, 3.2, side if clear else "open")
    bottom = ROW * len(rows) + 18
    for tick in x.ticks():
        d.text(x(tick), bottom, f"{abs(tick):g} %", "small soft mid")
    d.text(x(-reach), bottom + 14, "← right more", "small soft")
    d.text(x(reach), bottom + 14, "left more →", "small soft end")
    return d.svg()
