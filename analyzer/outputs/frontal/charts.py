"""What such a view shows over time: the lean of trunk and pelvis, hands and feet about the midline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES
from analyzer.frontal import errors
from analyzer.frontal.results import Frontal, Stance
from analyzer.outputs.frontal.wording import given
from analyzer.outputs.svg import Drawing, Scale, axes, roomy, spread

WIDE, TALL = 380.0, 186.0
"""Size of a chart, units."""
MOST_STANCES: Final = 12
"""Stances that a chart shows, those in the middle of the run: more, and its waves are too steep to read."""
MOSTLY: Final = (0.5, 99.5)
"""Percentiles that an axis goes by: a few wild values must not flatten a curve."""
ROOM: Final = 0.08
"""Room that an axis leaves around them, a share of what lies between."""
APART: Final = 11.0
"""Between the words at the ends of two curves, units."""
NARROWEST: Final = 3.0
"""Width of the mark of a stance at least, units."""
PERCENT: Final = 100.0
"""Of a leg length."""
FEWEST: Final = 3
"""Moments below which there is nothing to see."""


class Chart(NamedTuple):
    """A chart as SVG, and the words under it."""

    svg: str
    caption: str


class _Line(NamedTuple):
    """A curve of the run: its name, the class it is drawn in, the words at its end.

    ``needs`` is the measure made of it: where that is not given, neither is its curve to be trusted.
    """

    curve: str
    kind: str
    words: str
    needs: str


_TRUNK: Final = _Line("trunk_lean", "thick", "trunk", "trunk_side_lean")
_SWAY: Final = "trunk_sway"
"""The measure whose curve is that of the trunk."""
_PELVIS: Final = _Line("pelvis_tilt", "dashed", "pelvis", "pelvis_drop")


def charts(run: Frontal) -> list[Chart]:
    """Return the charts of a run, those whose curves were seen."""
    found = [_of_trunk(run)]
    for part, plural, middle, needs, true in (
        ("hand", "Hands", "shoulders", "hand_across", "for a hand furthest across"),
        ("foot", "Feet", "hips", "foot_from_midline", "for a foot that stands"),
    ):
        lines = tuple(_Line(f"{side}_{part}", side, side, needs) for side in SIDES)
        caption = (
            f"{plural} from the middle of the {middle}, which is 0; up is the athlete’s left. Where "
            f"a line passes 0, the {part} is on the other side. Right is dashed."
        )
        if math.isfinite(run.beside_deg):
            caption += f" Corrected for the camera’s place, as it is {true}."
        found.append(_over_time(run, lines, "aside (% of leg length)", caption, PERCENT))
    return [chart for chart in found if chart is not None]


def _of_trunk(run: Frontal) -> Chart | None:
    """Draw the lean of the trunk, and the tilt of the pelvis where that is known."""
    caption, name = "Trunk: up is a lean to the athlete’s left.", "lean (°)"
    if _told(run, _PELVIS):
        caption = (
            "Trunk (thick): up is a lean to the athlete’s left. Pelvis (dashed): up is the left hip higher."
        )
        name = "lean and tilt (°)"
    if errors.known(_SWAY, run.pose.kind, run.view).gain != 1:
        caption += (
            " As it was seen: from behind it sways more than it seems to, which its number makes up for."
        )
    return _over_time(run, (_TRUNK, _PELVIS), name, caption, 1.0)


def _told(run: Frontal, line: _Line) -> bool:
    """Tell whether what a curve shows is given, of any side."""
    return line.curve in run.curves and any(given(f) for f in run.found if f.metric == line.needs)


def _over_time(
    run: Frontal, lines: Sequence[_Line], y_name: str, caption: str, factor: float
) -> Chart | None:
    """Draw curves over time, the stances marked; None where nothing was seen of them."""
    stances, inside = _shown(run)
    time = run.time[inside]
    drawn = [(line, factor * run.curves[line.curve][inside]) for line in lines if _told(run, line)]
    drawn = [(line, values) for line, values in drawn if np.isfinite(values).sum() >= FEWEST]
    if not drawn:
        return None
    low, high = _ends([values for _, values in drawn])
    d = Drawing(WIDE, TALL, caption)
    x = Scale(float(time[0]), float(time[-1]), 36, WIDE - 44)
    y = Scale(low, high, TALL - 32, 34)
    for stance in stances:
        _mark(d, x, y, stance)
    if low < 0 < high:
        d.line(x.start, y(0), x.stop, y(0), "zero")
    axes(d, x, y, "s", "")
    d.text(0, 12, y_name, "small soft")
    ends = []
    for line, values in drawn:
        within = np.where((values >= low) & (values <= high), values, np.nan)
        d.curve(x.of(time), y.of(within), line.kind)
        ends.append(y(float(within[np.isfinite(within)][-1])))
    for (line, _), place in zip(drawn, spread(ends, APART), strict=True):
        words = f"small {line.kind}" if line.kind in ("left", "right") else "small"
        d.text(x.stop + 4, place + 3.5, line.words, words)
    return Chart(d.svg(), caption)


def _shown(run: Frontal) -> tuple[list[Stance], Bools]:
    """Return the stances in the middle of the run, and which frames lie about them, (n,) bool."""
    spare = max(0, len(run.stances) - MOST_STANCES)
    first = spare // 2
    some = list(run.stances[first : first + MOST_STANCES])
    if not spare:
        return some, np.ones(len(run.time), dtype=bool)
    step = (some[-1].time_s - some[0].time_s) / (len(some) - 1)
    inside = (run.time >= some[0].time_s - step / 2) & (run.time <= some[-1].time_s + step / 2)
    return some, inside


def _ends(values: Sequence[Array]) -> tuple[float, float]:
    """Return the ends of an axis for curves, zero inside."""
    every = np.concatenate(values)
    low, high = np.nanpercentile(every, MOSTLY)
    return roomy([min(float(low), 0.0), max(float(high), 0.0)], ROOM)


def _mark(d: Drawing, x: Scale, y: Scale, stance: Stance) -> None:
    """Shade the middle of a stance as wide as its time is unsure, its side's letter above it."""
    sd = stance.time_sd_s if np.isfinite(stance.time_sd_s) else 0.0
    reach = max(NARROWEST, x(stance.time_s + sd) - x(stance.time_s - sd))
    d.rect(x(stance.time_s) - reach / 2, y.stop, reach, y.start - y.stop, f"{stance.side}band")
    d.text(x(stance.time_s), y.stop - 2, stance.side[0].upper(), f"small mid {stance.side}")
