"""Curves over the stride, the runs on top of each other: each run's mean and how far its strides scatter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side
from analyzer.data.analysis import Analysis
from analyzer.outputs.side_by_side.film import strides
from analyzer.outputs.svg import Drawing, Scale, axes, roomy

JOINTS: Final = {
    "thigh": "Thigh, knee ahead positive",
    "knee": "Knee, bent positive",
    "ankle": "Ankle, toes up positive",
    "upper_arm": "Upper arm, elbow ahead positive",
    "elbow": "Elbow, bent positive",
}
"""What is drawn of each side, and how it is read."""
TRUNK: Final = "Trunk, lean forward positive"
"""What is drawn of the whole body."""
SHARE: Final = np.linspace(0, 1, 101)
"""The stride, from touchdown to the same foot's next."""
WIDE: Final = 300.0
"""Width of a chart, units."""
HIGH: Final = 190.0
"""Its height."""
FEWEST: Final = 2
"""Strides that a scatter takes."""


@dataclass(frozen=True)
class Curve:
    """A run's curve over the stride: (101,) mean and scatter (NaN for one stride), and its toe-off."""

    mean: Array
    sd: Array
    toe_off: float
    strides: int


@dataclass(frozen=True)
class Chart:
    """A chart, ready to stand in the page."""

    title: str
    side: str
    svg: str


def curve(analysis: Analysis, name: str, side: Side) -> Curve | None:
    """Return an angle over the strides of a foot; None without one in which it was seen throughout."""
    motion = analysis.motion
    rows, offs = [], []
    for this, _, following in strides(analysis, side):
        length = following.touchdown_s - this.touchdown_s
        row = np.interp(this.touchdown_s + SHARE * length, motion.time, motion.angles[name])
        if np.isfinite(row).all():
            rows.append(row)
            offs.append((this.toe_off_s - this.touchdown_s) / length)
    if not rows:
        return None
    # An unwrapped angle may have gone round once: strides are laid on the first of them.
    turns = [round((float(row.mean()) - float(rows[0].mean())) / 360) for row in rows]
    return over_stride([row - 360 * turn for row, turn in zip(rows, turns, strict=True)], offs)


def over_stride(rows: Sequence[Array], offs: Sequence[float] = ()) -> Curve | None:
    """Return a curve from strides, (101,) each, and the shares of them at which the foot left the ground."""
    if not rows:
        return None
    found = np.array(rows)
    sd = found.std(axis=0, ddof=1) if len(found) >= FEWEST else np.full(len(SHARE), np.nan)
    seen = [off for off in offs if isfinite(off)]
    return Curve(found.mean(axis=0), sd, float(np.mean(seen)) if seen else float("nan"), len(found))


def charts(runs: Sequence[Analysis]) -> list[Chart]:
    """Return the charts of what at least two runs show."""
    found = [
        _chart(runs, title, f"{side}_{joint}", side) for joint, title in JOINTS.items() for side in SIDES
    ]
    found.append(_chart(runs, TRUNK, "trunk", runs[0].motion.near_side))
    return [chart for chart in found if chart is not None]


def _chart(runs: Sequence[Analysis], title: str, name: str, side: Side) -> Chart | None:
    curves = [curve(run, name, side) for run in runs]
    said = "" if name == "trunk" else side
    return together(curves, title, said, f"stride (%), from touchdown {side}", "°")


def together(curves: Sequence[Curve | None], title: str, side: str, x_name: str, unit: str) -> Chart | None:
    """Draw the runs' curves on top of each other; None where fewer than two runs have one.

    Parameters
    ----------
    curves : sequence of Curve or None
        One of each run.
    title, side : str
        What it is of.
    x_name, unit : str
        Said of the axes.
    """
    seen = [c for c in curves if c is not None]
    if len(seen) < min(2, len(curves)):
        return None
    ends = [c.mean + k * np.nan_to_num(c.sd) for c in seen for k in (-1, 1)]
    d = Drawing(WIDE, HIGH, f"{title}, {side or 'both'}, over the stride")
    x, y = Scale(0, 100, 36, WIDE - 6), Scale(*roomy(np.concatenate(ends)), HIGH - 34, 18)
    place = x.of(100 * SHARE)
    axes(d, x, y, x_name, unit)
    if y.low < 0 < y.high:
        d.line(x.start, y(0), x.stop, y(0), "zero dotted")
    for k, c in enumerate(curves):
        if c is not None and np.isfinite(c.sd).all():
            d.area(place, y.of(c.mean - c.sd), y.of(c.mean + c.sd), f"fill{k}")
    for k, c in enumerate(curves):
        if c is None:
            continue
        d.curve(place, y.of(c.mean), f"run{k}")
        if isfinite(c.toe_off):
            d.line(x(100 * c.toe_off), y.start, x(100 * c.toe_off), y.start - 9, f"run{k}")
    return Chart(title, side, d.svg())
