"""The report's charts of the movement: every number drawn lies where the axes say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analyzer.data.analysis import Analysis
from analyzer.outputs import curves
from analyzer.outputs.report import movement_charts as charts
from analyzer.outputs.report.movement_charts import Drawn

CHARTS: dict[str, Callable[[Analysis, str], Drawn | None]] = {
    "knee": charts.knee,
    "thighs": charts.thighs,
    "arms": charts.arms,
    "trunk": charts.trunk_lean,
    "centre of mass": charts.centre_of_mass,
    "arm and leg": charts.arm_leg,
    "rhythm": charts.rhythm,
}


def lines(svg: str, kind: str) -> list[np.ndarray]:
    """The curves of a class, (m, 2) in the SVG's units."""
    found = re.findall(rf'<polyline points="([^"]+)" class="{kind}"/>', svg)
    return [np.array([point.split(",") for point in text.split()], float) for text in found]


def level(svg: str, y: float) -> float:
    """The value at a height, by the ticks of the axis at the left."""
    ticks = re.findall(r'y="([\d.]+)" class="small end soft">([−\d.]+)<', svg)
    at = np.array([(float(place) - 3.5, float(value.replace("−", "-"))) for place, value in ticks])
    slope, start = np.polyfit(at[:, 0], at[:, 1], 1)
    return float(start + slope * y)


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_named_and_has_no_style_of_its_own(name: str, analysis: Analysis) -> None:
    drawn = CHARTS[name](analysis, 'What "it" shows')
    assert drawn is not None
    assert 'aria-label="What &quot;it&quot; shows"' in drawn.svg
    assert "nan" not in drawn.svg
    assert "style=" not in drawn.svg


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_is_drawn_of_what_is_not_seen(name: str, bare: Analysis) -> None:
    nothing = np.full(len(bare.motion.time), np.nan)
    motion = replace(
        bare.motion,
        angles=dict.fromkeys(bare.motion.angles, nothing),
        com=np.stack([nothing, nothing], axis=1),
    )
    assert CHARTS[name](replace(bare, motion=motion, steps=()), "") is None


def test_a_curve_over_time_lies_where_the_axes_say(analysis: Analysis) -> None:
    drawn = charts.trunk_lean(analysis, "")
    assert drawn is not None
    t0, t1, left, right, top, bottom = drawn.time
    (line,) = lines(drawn.svg, "course")
    time = t0 + (line[:, 0] - left) / (right - left) * (t1 - t0)
    lean = np.interp(time, analysis.motion.time, analysis.motion.angles["trunk"])
    told = [level(drawn.svg, y) for y in line[:, 1]]
    unit = abs(level(drawn.svg, top) - level(drawn.svg, bottom)) / (bottom - top)
    np.testing.assert_allclose(told, lean, atol=0.6 * unit)
    assert (t0, t1) == curves.span(analysis)


def test_contacts_are_shaded_in_the_colour_of_the_foot(analysis: Analysis) -> None:
    drawn = charts.thighs(analysis, "")
    assert drawn is not None
    t0, t1, left, right, *_ = drawn.time
    for side in ("left", "right"):
        found = re.findall(
            rf'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" [^>]*class="{side}band"', drawn.svg
        )
        steps = [s for s in analysis.steps if s.side == side and np.isfinite(s.toe_off_s - s.touchdown_s)]
        assert len(found) == len(steps)
        for (x, wide), step in zip(found, steps, strict=True):
            assert t0 + (float(x) - left) / (right - left) * (t1 - t0) == pytest.approx(
                step.touchdown_s, abs=1e-3
            )
            length = step.toe_off_s - step.touchdown_s
            assert float(wide) / (right - left) * (t1 - t0) == pytest.approx(length, abs=1e-3)


def test_a_value_far_outside_is_cut_and_told(analysis: Analysis) -> None:
    angles = dict(analysis.motion.angles)
    start, stop = curves.span(analysis)
    middle = int(np.argmin(np.abs(analysis.motion.time - (start + stop) / 2)))
    trunk = angles["trunk"].copy()
    trunk[middle] = 900.0
    run = replace(analysis, motion=replace(analysis.motion, angles=angles | {"trunk": trunk}))
    drawn = charts.trunk_lean(run, "")
    assert drawn is not None
    assert "to 900" in drawn.svg
    assert len(lines(drawn.svg, "course")) == 2  # parted where it is cut
    assert all(line[:, 1].min() >= charts.TOP for line in lines(drawn.svg, "course"))


def test_gaps_in_the_rhythm_are_told_in_milliseconds_unless_they_are_too_many(analysis: Analysis) -> None:
    drawn = charts.rhythm(analysis, "")
    assert drawn is not None
    times = [step.touchdown_s for step in analysis.steps]
    gaps = {f"{1000 * gap:.0f}" for gap in np.diff(times)}
    assert gaps & set(re.findall(r'class="small mid">(\d+)<', drawn.svg))
    unknown = charts.rhythm(replace(analysis, slow_motion=2.0), "")
    assert unknown is not None
    assert 'class="small mid">' not in unknown.svg
    assert "slower than life" in unknown.svg


def test_a_long_run_has_no_more_points_than_an_eye_can_tell() -> None:
    assert len(charts._thin(np.arange(10_000.0))) <= charts.MOST_POINTS
    assert len(charts._thin(np.arange(900.0))) == 900
