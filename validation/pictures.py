"""Bland-Altman pictures: the errors of one metric against its true value."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
import pandas as pd

from validation.numbers import RATES, name_and_unit, numbers, steady

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

PICTURED: Final = (
    "contact_time", "flight_time", "step_length", "step_speed", "peak_thigh_speed", "thigh_switch_time",
    "arm_leg_phase", "trunk_lean_mean", "knee_flexion_touchdown",
)  # fmt: skip
_NEAR, _FAR, _LINE = "#0b5394", "#e07b00", "#444444"


def bland_altman(rows: pd.DataFrame, metric: str, path: Path) -> bool:
    """Draw one panel a frame rate; False where there is nothing to draw.

    The scale follows the bulk of the errors: an arrow at the edge, with its value, is one beyond it.
    """
    label, factor, unit = name_and_unit(metric)
    parts = {fps: steady(rows, fps) for fps in RATES}
    parts = {fps: p[p["metric"] == metric] for fps, p in parts.items()}
    parts = {fps: p for fps, p in parts.items() if len(p) > 2}
    if not parts:
        return False
    said = [numbers(p, factor) for p in parts.values()]
    reach = max(max(abs(s.median) + 5 * s.robust_sd, abs(s.bias) + 0.8 * s.sd) for s in said)
    with mpl.rc_context({"svg.hashsalt": "accuracy", "font.size": 9}):
        figure, axes = plt.subplots(
            1, len(parts), figsize=(3.0 * len(parts) + 0.6, 3.0), sharey=True, squeeze=False,
            layout="constrained",
        )  # fmt: skip
        for axis, (fps, part) in zip(axes[0], parts.items(), strict=True):
            _panel(axis, part, factor, reach)
            axis.set_title(f"{fps:g} fps", fontsize=9)
            axis.set_xlabel(f"true value{', ' + unit if unit else ''}")
        axes[0, 0].set_ylabel(f"found - true{', ' + unit if unit else ''}")
        axes[0, 0].set_ylim(-1.08 * reach, 1.08 * reach)
        figure.suptitle(label, fontsize=10)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return True


def _panel(axis: Axes, part: pd.DataFrame, factor: float, reach: float) -> None:
    error = factor * (part["value"] - part["truth"]).to_numpy()
    truth = factor * part["truth"].to_numpy()
    near = (part["near"] != "far").to_numpy()
    inside = np.abs(error) <= reach
    for mine, colour, marker in ((near, _NEAR, "o"), (~near, _FAR, "s")):
        axis.plot(truth[mine & inside], error[mine & inside], marker, ms=4.5, color=colour, alpha=0.85, mew=0)
        for x, y in zip(truth[mine & ~inside], error[mine & ~inside], strict=True):
            edge = np.sign(y) * reach
            axis.plot(x, edge, "^" if y > 0 else "v", ms=6, color=colour)
            axis.annotate(
                f"{y:.0f}" if abs(y) >= 10 else f"{y:.1f}", (x, edge), xytext=(5, -3),
                textcoords="offset points", fontsize=7, color=colour,
            )  # fmt: skip
    said = numbers(part, factor)
    axis.axhline(0, color="#bbbbbb", lw=0.8)
    for level, style in ((said.bias, "-"), (said.low, ":"), (said.high, ":")):
        axis.axhline(level, ls=style, color=_LINE, lw=1)
    axis.margins(x=0.08)
