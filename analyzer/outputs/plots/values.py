"""Charts of the numbers: step by step, against speed, part against part, left against right."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analyzer.body.skeleton import SIDES, Side
from analyzer.comparison.baseline import GROUP
from analyzer.data.analysis import Analysis
from analyzer.data.results import Value
from analyzer.metrics import METRICS
from analyzer.metrics.sides import told
from analyzer.metrics.wording import shown
from analyzer.outputs.colours import BAND, COLOUR, FAINT, INK, PALE
from analyzer.outputs.plots.canvas import DOT, axes, axis_label, finish, legend

A_COURSE: Final = 4
"""Points below which a chart against speed would suggest a course that nobody can see."""
_MILLISECONDS: Final = 1000.0
"""Of a second."""
LABEL_WIDTH: Final = 22
"""Letters of a label beyond which it is broken into two lines: a third of a chart's width."""


def per_step(analysis: Analysis, metric: str, ax: Axes | None = None) -> Axes:
    """Draw one metric step by step with its standard errors, and the reference band if there is one.

    Parameters
    ----------
    analysis : Analysis
    metric : str
        Name of the metric.
    ax : Axes, optional
        Where to draw; else in a figure of its own.
    """
    ax = axes(ax)
    facts = METRICS[metric]
    factor = shown(facts)[0]
    values = [v for v in analysis.values if v.metric == metric and v.step is not None and _is(v)]
    _reference(analysis, metric, ax, factor)
    ax.plot([v.step or 0 for v in values], [factor * v.value for v in values], color=FAINT, lw=1, zorder=2)
    for side in (*SIDES, None):
        _dots(ax, [(v.step or 0, v) for v in values if v.side == side], factor, side)
    legend(ax)
    ax.set_xlabel("Step")
    ax.set_ylabel(axis_label(facts))
    _steps_along(analysis, ax)
    return finish(ax, bool(values))


def step_speed(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw the speed of each step; the step frequency where the clip has no scale."""
    scaled = any(v.metric == "step_speed" and _is(v) for v in analysis.values)
    return per_step(analysis, "step_speed" if scaled else "step_frequency", ax)


def contact_and_flight(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw contact and flight of each step as bars with standard errors, in the colour of the side."""
    ax = axes(ax)
    drawn = False
    for metric, shift, colours, name in (
        ("contact_time", -0.2, COLOUR, "contact"),
        ("flight_time", 0.2, PALE, "flight"),
    ):
        for side in SIDES:
            values = [
                v
                for v in analysis.values
                if v.metric == metric and v.side == side and v.step is not None and _is(v)
            ]
            if values:
                drawn = True
                ax.bar(
                    [(v.step or 0) + shift for v in values],
                    [_MILLISECONDS * v.value for v in values],
                    0.38,
                    yerr=[_MILLISECONDS * v.sd for v in values],
                    color=colours[side],
                    ecolor=INK,
                    error_kw={"lw": 1},
                    capsize=2,
                    label=f"{side} {name}",
                )
    ax.set_xlabel("Step")
    ax.set_ylabel("Time (ms)")
    _steps_along(analysis, ax)
    legend(ax)
    return finish(ax, drawn)


def against_speed(analysis: Analysis, metric: str, ax: Axes | None = None) -> Axes:
    """Draw a metric against the speed of the same step, with both standard errors.

    Parameters
    ----------
    analysis : Analysis
    metric : str
        Name of the metric.
    ax : Axes, optional
        Where to draw; else in a figure of its own.
    """
    ax = axes(ax)
    facts = METRICS[metric]
    factor = shown(facts)[0]
    speeds = {v.step: v for v in analysis.values if v.metric == "step_speed" and _is(v)}
    values = [v for v in analysis.values if v.metric == metric and v.step in speeds and _is(v)]
    for side in (*SIDES, None):
        pairs = [(speeds[v.step], v) for v in values if v.side == side]
        if pairs:
            ax.errorbar(
                [x.value for x, _ in pairs],
                [factor * y.value for _, y in pairs],
                [factor * y.sd for _, y in pairs],
                [x.sd for x, _ in pairs],
                fmt=DOT[side],
                color=COLOUR[side] if side else INK,
                ms=5,
                lw=0.8,
                label=side,
            )
    ax.set_xlabel(axis_label(METRICS["step_speed"]))
    ax.set_ylabel(axis_label(facts))
    legend(ax)
    return finish(ax, len(values) >= A_COURSE)


def shares(analysis: Analysis, metrics: tuple[str, ...], ax: Axes | None = None) -> Axes:
    """Draw the means of metrics of one unit as bars with the errors of the means.

    Parameters
    ----------
    analysis : Analysis
    metrics : tuple of str
        Names of the metrics, the first drawn darkest.
    ax : Axes, optional
        Where to draw; else in a figure of its own.
    """
    ax = axes(ax)
    rows = [r for name in metrics if (r := analysis.summary(name)) is not None and np.isfinite(r.mean)]
    factor = shown(METRICS[rows[0].metric])[0] if rows else 1.0
    for i, row in enumerate(rows):
        ax.barh(
            i,
            factor * row.mean,
            xerr=factor * row.mean_se if np.isfinite(row.mean_se) else None,
            color=INK if i == 0 else FAINT,
            height=0.6,
            error_kw={"lw": 1, "ecolor": COLOUR["right"]},
            capsize=3,
        )
    ax.set_yticks(range(len(rows)), [_wrapped(row.label) for row in rows])
    ax.invert_yaxis()
    ax.axvline(0, color=FAINT, lw=0.8)
    if rows:
        ax.set_xlabel(shown(METRICS[rows[0].metric])[1])
    return finish(ax, bool(rows))


def differences(analysis: Analysis, metrics: tuple[str, ...], ax: Axes | None = None) -> Axes:
    """Draw left minus right with 95 % confidence intervals, as a share of the mean.

    Parameters
    ----------
    analysis : Analysis
    metrics : tuple of str
        Names of the metrics.
    ax : Axes, optional
        Where to draw; else in a figure of its own.
    """
    ax = axes(ax)
    rows = [
        row
        for name in metrics
        if (row := analysis.summary(name)) is not None
        and np.isfinite([row.difference, row.difference_ci_low, row.difference_ci_high]).all()
        and row.mean != 0
    ]
    for i, row in enumerate(rows):
        middle, low, high = (
            100 * x / abs(row.mean) for x in (row.difference, row.difference_ci_low, row.difference_ci_high)
        )
        clear = told(METRICS[row.metric].relationship, row.difference_ci_low, row.difference_ci_high)
        colour = COLOUR["left" if middle > 0 else "right"] if clear else FAINT
        ax.plot([low, high], [i, i], color=colour, lw=2, solid_capstyle="butt")
        ax.plot(middle, i, "o", color=colour, ms=6)
    ax.axvline(0, color=INK, lw=0.8)
    ax.set_yticks(range(len(rows)), [_wrapped(row.label) for row in rows])
    ax.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    ax.set_xlabel("← right more   (% of the mean)   left more →")
    if rows:
        reach = max(abs(x) for x in ax.get_xlim())
        ax.set_xlim(-reach, reach)
    return finish(ax, len(rows) > 1)


def _steps_along(analysis: Analysis, ax: Axes) -> None:
    """Whole steps along the axis, all of them, so that charts of one run can be laid side by side."""
    numbers = [s.number for s in analysis.steps]
    if numbers:
        ax.set_xlim(min(numbers) - 0.5, max(numbers) + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def _reference(analysis: Analysis, metric: str, ax: Axes, factor: float) -> None:
    row = analysis.summary(metric)
    if row is not None and np.isfinite([row.reference_low, row.reference_high]).all():
        label = "published range" if row.reference_verified else "unverified range"
        ax.axhspan(
            factor * row.reference_low, factor * row.reference_high, color=BAND, lw=0, zorder=0,
            label="range of own runs" if row.reference_group == GROUP else label,
        )  # fmt: skip


def _dots(ax: Axes, points: list[tuple[int, Value]], factor: float, side: Side | None) -> None:
    if points:
        ax.errorbar(
            [x for x, _ in points],
            [factor * v.value for _, v in points],
            [factor * v.sd for _, v in points],
            fmt=DOT[side],
            color=COLOUR[side] if side else INK,
            ms=5,
            lw=1,
            capsize=2,
            label=side,
            zorder=3,
        )


def _is(value: Value) -> bool:
    return bool(np.isfinite(value.value))


def _wrapped(label: str) -> str:
    """Break a long label into two lines near its middle."""
    if len(label) <= LABEL_WIDTH:
        return label
    spaces = [i for i, c in enumerate(label) if c == " "]
    if not spaces:
        return label
    cut = min(spaces, key=lambda i: abs(i - len(label) / 2))
    return f"{label[:cut]}\n{label[cut + 1 :]}"
