from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.data.analysis import Analysis
from analyzer.data.results import Summary
from analyzer.metrics import beyond_people


def _times(analysis: Analysis, factor: float) -> list[Summary]:
    """Return the hand-made runner's summary with every length so many times longer."""
    lengths = ("step_speed", "step_length")
    return [
        replace(r, mean=r.mean * factor, mean_se=r.mean_se * factor) if r.metric in lengths else r
        for r in analysis.summaries
        if r.metric in (*lengths, "step_frequency")
    ]


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.3])
def test_people_are_left_alone(analysis: Analysis, factor: float) -> None:
    assert beyond_people.check(_times(analysis, factor), "points", 0.01) == []


@pytest.mark.parametrize(
    ("method", "cause"), [("points", "two points"), ("height", "height"), ("marks", "marks")]
)
def test_a_wrong_length_is_named(analysis: Analysis, method: str, cause: str) -> None:
    (note,) = beyond_people.check(_times(analysis, 1.9), method, 0.02)
    assert note.level == "limit"
    assert cause in note.message
    assert "capture rate" not in note.message


def test_a_wrong_rate_is_named(analysis: Analysis) -> None:
    rows = [
        replace(r, mean=r.mean * 2) if r.metric in ("step_speed", "step_frequency") else r
        for r in _times(analysis, 1.0)
    ]
    (note,) = beyond_people.check(rows, "height", 0.02)
    assert "capture rate" in note.message


def test_a_scale_that_may_be_off_by_much_is_given_the_benefit(analysis: Analysis) -> None:
    assert beyond_people.check(_times(analysis, 1.6), "height", 0.2) == []
