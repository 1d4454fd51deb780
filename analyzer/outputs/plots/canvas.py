"""What every chart shares: colours, style, axes, legend, and what is said where nothing can be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes

from analyzer.arrays import Array
from analyzer.body.skeleton import Side
from analyzer.metrics.registry import Metric
from analyzer.metrics.wording import shown
from analyzer.outputs import curves
from analyzer.outputs.colours import FAINT, INK

SIZE_IN: Final = (4.8, 3.2)
"""Figure size."""
STYLE: Final[dict[Any, Any]] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 1.6,
}
"""Matplotlib's settings under which every chart is drawn."""
LINE: Final[dict[Side, Any]] = {"left": "-", "right": (0, (4, 1.6))}
"""A side's curves where colours are not seen."""
DOT: Final[dict[Side | None, str]] = {"left": "o", "right": "s", None: "o"}
"""A side's dots, likewise."""


def held(ax: Axes, series: Sequence[Array]) -> None:
    """Cut a chart over time where a few values lie far outside all others (``curves.held``), and say so."""
    range_ = curves.held(series)
    if range_ is None or not range_.cut:
        return
    margin = 0.05 * (range_.high - range_.low)
    ax.set_ylim(range_.low - margin, range_.high + margin)
    ax.text(
        0.01, 0.98, range_.cut, transform=ax.transAxes, ha="left", va="top", fontsize=8, color=INK,
    )  # fmt: skip


def axis_label(metric: Metric) -> str:
    """Return the label and unit of a metric's axis."""
    symbol = shown(metric)[1]
    return f"{metric.label} ({symbol})" if symbol else metric.label


def axes(ax: Axes | None) -> Axes:
    """Return the axes given, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt  # only here: a notebook shows it, the report makes its own figures

    # The figure first: it may switch a notebook's backend on, which a style's end must not undo.
    figure = plt.figure(figsize=SIZE_IN, layout="constrained")
    with mpl.rc_context(STYLE):
        return figure.subplots()


def finish(ax: Axes, drawn: bool) -> Axes:
    """Return the axes; where nothing was drawn they say so."""
    if not drawn:
        ax.text(
            0.5, 0.5, "this clip cannot show it", transform=ax.transAxes, ha="center", va="center",
            color=FAINT,
        )  # fmt: skip
        ax.set_xticks([])
        ax.set_yticks([])
    return ax


def legend(ax: Axes) -> None:
    """Put the legend above the chart, where it never covers anything."""
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        ax.legend(
            handles, labels, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(labels), borderaxespad=0.2,
            handlelength=2.0, columnspacing=1.2,
        )  # fmt: skip
