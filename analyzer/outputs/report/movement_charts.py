"""The report's charts of the movement: angles over the stride and over time, the centre of mass, the rhythm.

What they show is what the charts for notebooks show (``outputs.plots.movement``), drawn for a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES, other
from analyzer.data.analysis import Analysis
from analyzer.data.steps import in_a_row
from analyzer.outputs import curves
from analyzer.outputs.curves import clock_known
from analyzer.outputs.svg import Drawing, Scale, along, axes, roomy

WIDE, TALL = 380.0, 220.0
"""Size of a chart, units."""
LEFT, RIGHT, TOP, BOTTOM = 36.0, WIDE - 6, 26.0, TALL - 32
"""Where its axes are."""
MOST_POINTS: Final = 1200
"""Points of a curve, at most: three in each unit."""
SHARE: Final = np.linspace(0, 1, 101)
"""Where in a stride its curves are read."""
TICKS: Final = (8, 7)
"""Ticks along both axes, at most about so many."""
BAR: Final = 4.0
"""Height of the bars below a stride, units."""


@dataclass(frozen=True)
class Drawn:
    """A chart as SVG.

    ``time`` is empty, or for a chart over time: start and end in seconds, then left, right, top and
    bottom of the axes in the SVG's own units, for the player's cursor.
    """

    svg: str
    caption: str
    time: tuple[float, ...] = ()


def knee(analysis: Analysis, caption: str) -> Drawn | None:
    """Draw the knees over the stride: every stride pale, the mean bold, the contacts as bars below."""
    time, lowest = analysis.motion.time, BOTTOM - 2 * BAR - 4
    strides = {side: found for side in SIDES if (found := curves.strides(analysis, side))}
    angles = {
        side: np.array(
            [np.interp(a + SHARE * (b - a), time, analysis.motion.angles[f"{side}_knee"]) for _, a, b in some]
        )
        for side, some in strides.items()
    }
    if not any(np.isfinite(some).any() for some in angles.values()):
        return None
    d = Drawing(WIDE, TALL, caption)
    x, y = Scale(0, 100, LEFT, RIGHT), Scale(*roomy(np.concatenate([*angles.values()])), lowest, TOP)
    axes(
        d, x, y.down_to(BOTTOM), "% of the stride, from touchdown of that foot", "knee angle (°)", most=TICKS
    )
    at = x.of(100 * SHARE)
    for side, some in angles.items():
        for one in some:
            d.curve(at, y.of(one), f"{side} pale")
    for i, (side, some) in enumerate(angles.items()):
        d.curve(at, y.of(np.mean(some, axis=0)), side)
        contact = curves.mean(np.array([(s.toe_off_s - a) / (b - a) for s, a, b in strides[side]]))
        if np.isfinite(contact):
            d.rect(x.start, lowest + 3 + i * (BAR + 1), x(100 * contact) - x.start, BAR, f"{side} bar")
    _legend(d)
    return Drawn(d.svg(), caption)


def thighs(analysis: Analysis, caption: str) -> Drawn | None:
    """Draw both thighs over time, the scissors of the run."""
    return _pair(analysis, "thigh", "thigh angle (°), forward positive", caption)


def arms(analysis: Analysis, caption: str) -> Drawn | None:
    """Draw both upper arms over time."""
    return _pair(analysis, "upper_arm", "upper-arm angle (°), forward positive", caption)


def trunk_lean(analysis: Analysis, caption: str) -> Drawn | None:
    """Draw the trunk's lean over time."""
    lean = curves.whole(analysis, analysis.motion.angles["trunk"])[_shown(analysis)]
    return _over_time(analysis, {"course": lean}, "trunk lean (°), forward positive", caption)


def centre_of_mass(analysis: Analysis, caption: str) -> Drawn | None:
    """Draw the rise and fall of the centre of mass."""
    path, unit = curves.rise_and_fall(analysis)
    return _over_time(
        analysis, {"course": path}, f"centre of mass about its mean ({unit})", caption, cut=False
    )


def arm_leg(analysis: Analysis, caption: str) -> Drawn | None:
    """Draw each arm against the opposite thigh, coloured by the arm; dots are touchdowns of that leg."""
    motion, use = analysis.motion, _shown(analysis)
    pairs = {
        side: (
            motion.angles[f"{other(side)}_thigh"],
            curves.whole(analysis, motion.angles[f"{side}_upper_arm"]),
        )
        for side in SIDES
    }
    seen = {side: (leg[use], arm[use]) for side, (leg, arm) in pairs.items()}
    if not any(np.isfinite(leg + arm).any() for leg, arm in seen.values()):
        return None
    d = Drawing(WIDE, TALL, caption)
    x = Scale(*roomy(np.concatenate([leg for leg, _ in seen.values()]), 0.05), LEFT, RIGHT)
    y = Scale(*roomy(np.concatenate([arm for _, arm in seen.values()]), 0.05), BOTTOM, TOP)
    axes(d, x, y, "thigh (°), forward positive", "opposite upper arm (°)", most=TICKS)
    for side, (leg, arm) in seen.items():
        d.curve(x.of(_thin(leg)), y.of(_thin(arm)), f"{side} fine")
    for side, (leg, arm) in pairs.items():
        for step in analysis.steps:
            place = motion.at(leg, step.touchdown_s), motion.at(arm, step.touchdown_s)
            if step.side == other(side) and np.isfinite(place).all():
                d.circle(x(float(place[0])), y(float(place[1])), 3, side)
    _legend(d, " arm", 52)
    return Drawn(d.svg(), caption)


def rhythm(analysis: Analysis, caption: str) -> Drawn | None:
    """Draw when each foot is on the ground, with the time between touchdowns."""
    times = [(s.side, s.touchdown_s, s.toe_off_s) for s in analysis.steps]
    if not any(np.isfinite(off - down) for _, down, off in times):
        return None
    rows, bottom = {"left": 36.0, "right": 84.0}, 112.0
    d = Drawing(WIDE, bottom + 32, caption)
    x = _time(analysis)
    for side, middle in rows.items():
        d.text(0, middle + 4, side, f"small bold {side}")
    for side, down, off in times:
        if np.isfinite(off - down):
            d.rect(x(down), rows[side] - 12, x(off) - x(down), 24, f"{side} bar")
    if clock_known(analysis) and len(times) <= curves.MOST_NUMBERS:
        d.text(x.start, 14, "ms from touchdown to touchdown", "small soft")
        for this, following in in_a_row(analysis.steps):
            gap = following.touchdown_s - this.touchdown_s
            if np.isfinite(gap):
                d.text(x(this.touchdown_s + gap / 2), 64, f"{1000 * gap:.0f}", "small mid")
    along(d, x, bottom, _clock(analysis), TICKS[0])
    return Drawn(d.svg(), caption, (x.low, x.high, x.start, x.stop, 20.0, bottom))


def _pair(analysis: Analysis, part: str, name: str, caption: str) -> Drawn | None:
    use = _shown(analysis)
    angles: dict[str, Array] = {
        side: curves.whole(analysis, analysis.motion.angles[f"{side}_{part}"])[use] for side in SIDES
    }
    return _over_time(analysis, angles, name, caption)


def _over_time(
    analysis: Analysis, series: dict[str, Array], name: str, caption: str, *, cut: bool = True
) -> Drawn | None:
    """Draw series, by the class of their curve, over the time shown; contacts are shaded."""
    held = curves.held([*series.values()])
    if held is None:
        return None
    d = Drawing(WIDE, TALL, caption)
    ends = (held.low, held.high) if cut else np.concatenate([*series.values()])
    x, y = _time(analysis), Scale(*roomy(ends, 0.05), BOTTOM, TOP)
    for step in analysis.steps:
        if np.isfinite(step.toe_off_s - step.touchdown_s):
            start, stop = x(step.touchdown_s), x(step.toe_off_s)
            d.rect(start, TOP, stop - start, BOTTOM - TOP, f"{step.side}band")
    axes(d, x, y, _clock(analysis), name, most=TICKS)
    at = x.of(_thin(analysis.motion.time[_shown(analysis)]))
    for kind, values in series.items():
        inside = np.where((values >= y.low) & (values <= y.high), values, np.nan)
        d.curve(at, y.of(_thin(inside)), kind)
    if cut and held.cut:
        d.text(x.start + 3, TOP + 10, held.cut, "small")
    if set(series) == set(SIDES):
        _legend(d)
    return Drawn(d.svg(), caption, (x.low, x.high, x.start, x.stop, TOP, BOTTOM))


def _legend(d: Drawing, more: str = "", wide: float = 26) -> None:
    """Name the curves of both sides above the chart, ``wide`` units each, with a piece of each."""
    for side, end in zip(SIDES, (RIGHT - wide - 36, RIGHT), strict=True):
        d.text(end, 12, f"{side}{more}", f"small end {side}")
        d.curve(np.array([end - wide - 20, end - wide - 2]), np.array([8.5, 8.5]), side)


def _shown(analysis: Analysis) -> Bools:
    """Tell which frames lie in the time shown."""
    start, stop = curves.span(analysis)
    return (analysis.motion.time >= start) & (analysis.motion.time <= stop)


def _time(analysis: Analysis) -> Scale:
    return Scale(*curves.span(analysis), LEFT, RIGHT)


def _clock(analysis: Analysis) -> str:
    return "time (s)" if clock_known(analysis) else "time of the file (s), slower than life"


def _thin(series: Array) -> Array:
    """Leave out values that no eye could tell apart."""
    return series[:: 1 + len(series) // MOST_POINTS]
