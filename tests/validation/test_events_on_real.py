"""Scores of contacts against readings, with labels and steps made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.data.steps import Step
from validation import events_on_real

TIME = np.arange(60) / 30
LEFT, RIGHT = (
    [("left", "touchdown", 10), ("left", "toe_off", 15)],
    [("right", "touchdown", 20), ("right", "toe_off", 26)],
)
READ = [*LEFT, *RIGHT]


def step(number: int, side: str, touchdown: float, toe_off: float, sd: float) -> Step:
    """Return a step whose events and error are given in frames."""
    return Step(number, side, touchdown / 30, sd / 30, toe_off / 30, sd / 30, "fit", (0.0, 0.0))  # type: ignore[arg-type]


def test_errors_are_held_to_what_a_reading_itself_is_uncertain_by() -> None:
    steps = [step(1, "left", 9.5, 16.5, 0.2), step(2, "right", 20.5, 25.5, 0.9)]
    row = events_on_real.score("clip", {"a": READ, "b": READ}, steps, TIME)
    assert (row.found, row.right_side, row.extra) == (2, 2, 0)
    assert sorted(row.touchdown) == pytest.approx([0.0, 1.0])
    assert sorted(row.toe_off) == pytest.approx([0.0, 2.0])
    assert max(row.toe_off_z) == pytest.approx(2.0 / np.hypot(0.2, events_on_real.READ_SD))
    assert "| 100, 50 |" in row.text()
    assert row.text().count("|") == events_on_real.HEAD.splitlines()[0].count("|")
    row.problem = "NotRunningError"
    assert row.text().count("|") == events_on_real.HEAD.splitlines()[0].count("|")
