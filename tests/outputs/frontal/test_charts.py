"""The charts over time: each curve that was seen, the stances marked with their side's letter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from frontal_runs import made, stances

from analyzer.outputs.frontal import charts


def test_there_is_a_chart_of_trunk_hands_and_feet() -> None:
    found = charts.charts(made())
    assert len(found) == 3
    for chart, lines in zip(found, (2, 2, 2), strict=True):
        assert chart.svg.count("<polyline") == lines
        assert chart.svg.count(">L<") == sum(s.side == "left" for s in made().stances)


def test_a_curve_that_was_not_seen_is_left_out() -> None:
    run = made()
    unseen = {name: np.full_like(y, np.nan) for name, y in run.curves.items() if "hand" in name}
    found = charts.charts(replace(run, curves={**run.curves, **unseen}))
    assert len(found) == 2
    assert charts.charts(replace(run, curves={})) == []


def test_a_curve_whose_number_is_not_given_is_not_drawn() -> None:
    """Hips that do not tell how far the pelvis drops do not tell its tilt at a moment, either."""
    trunk, *_ = charts.charts(made(without=("pelvis_drop",)))
    assert trunk.svg.count("<polyline") == 1
    assert "elvis" not in trunk.svg + trunk.caption
    assert len(charts.charts(made(without=("hand_across",)))) == 2


def test_a_wild_value_does_not_flatten_a_curve() -> None:
    run = made()
    wild = run.curves["left_foot"].copy()
    wild[30] = 400.0
    (_, _, plain), (_, _, spoilt) = (
        charts.charts(replace(run, curves={**run.curves, "left_foot": y}))
        for y in (run.curves["left_foot"], wild)
    )

    def span(svg: str) -> float:
        points = svg.split('<polyline points="')[1].split('"')[0].split()
        heights = [float(point.split(",")[1]) for point in points]
        return max(heights) - min(heights)

    assert span(spoilt.svg) > 0.8 * span(plain.svg)


@pytest.mark.parametrize("n", [30, 31])
def test_of_a_long_run_the_middle_is_shown(n: int) -> None:
    time = np.arange(0, n * 0.23 + 0.4, 1 / 60)
    many = stances(time)
    run = made(time=time, stances=many, curves={"trunk_lean": np.sin(time)})
    (chart,) = charts.charts(run)
    assert chart.svg.count(">L<") + chart.svg.count(">R<") == charts.MOST_STANCES
