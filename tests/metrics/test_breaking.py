"""A single step that breaks the row: found, flagged, left out of the mean, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from observed import observed, of, true

from analyzer.arrays import Array
from analyzer.metrics import METRICS
from analyzer.metrics.breaking import BREAKS, breaks
from analyzer.metrics.measure import measure
from analyzer.metrics.run import Run
from validation.gait import START


def found(*values: float, sd: float = 0.1) -> list[int]:
    value: Array = np.array(values, dtype=float)
    return list(np.flatnonzero(breaks(np.arange(len(value)), value, np.full(len(value), sd))))


def test_a_step_above_or_below_both_neighbours_breaks_the_row() -> None:
    assert found(4.1, 5.0, 5.8, 7.4, 6.2, 6.5) == [3]
    assert found(8.1, 8.0, 8.1, 6.4, 8.0, 8.1) == [3]


def test_a_step_far_off_breaks_the_row_and_its_neighbours_do_not() -> None:
    row = (8.3, 8.4, 8.5, 4.3, 8.3, 5.3, 8.5, 4.2, 8.6, 8.5, 8.7)  # every second foot seen too far back
    assert found(*row, sd=0.5) == [3, 5, 7]
    assert found(8.3, 7.9, np.nan, np.nan, 3.8, 8.4, 8.0, 7.9, sd=0.6) == [
        4
    ]  # beside steps that were not seen


def test_the_published_start_breaks_no_row() -> None:
    speed = np.interp(np.arange(1, 13), START[:, 0], START[:, 1])
    for sd in (0.02, 0.3):
        assert found(*speed, sd=sd) == []


def test_a_row_that_many_feet_leave_is_none(uneven: Run) -> None:
    run = observed(true(uneven), 0)
    jumps = [replace(s, foot=(s.foot[0] + 0.7 * (i % 4 == 3), s.foot[1])) for i, s in enumerate(run.steps)]
    result = measure(replace(run, steps=tuple(jumps)), 24)
    for name in ("step_length", "relative_step_length", "step_speed"):
        assert not np.isfinite([v.value for v in of(result, name)]).any()
        assert "out of row" in next(s for s in result.summaries if s.metric == name).note
    assert all(BREAKS not in v.flags for v in result.values)
    assert "step length" in next(n for n in result.notes if n.code == "withheld_no_row").message


def test_speed_and_length_of_a_step_are_flagged_together(uneven: Run) -> None:
    run = observed(true(uneven), 0)
    x, y = run.steps[4].foot
    moved = replace(run.steps[4], foot=(x + 0.3, y))
    result = measure(replace(run, steps=(*run.steps[:4], moved, *run.steps[5:])), 24)
    flagged = [
        {v.step for v in of(result, name) if BREAKS in v.flags and np.isfinite(v.value)}
        for name in ("step_length", "relative_step_length", "step_speed")
    ]
    assert flagged[0]
    assert flagged[0] == flagged[1] == flagged[2]


@pytest.mark.parametrize(
    "row",
    [
        (3.8, 5.0, 5.9, 6.6, 7.1, 7.5),  # an acceleration from its first step
        (9.0, 8.9, 9.1, 9.0, 8.8, 9.0),  # a steady run
        (1.6, 1.9, 1.6, 1.9, 1.6, 1.9),  # a limp
        (5.0, 5.1, 5.0, 5.1, 5.0, 7.0),  # nothing follows the last
        (5.0, 7.0, 5.0),  # too few to be a row
    ],
)
def test_what_breaks_no_row(row: tuple[float, ...]) -> None:
    assert found(*row) == []


def test_an_error_that_holds_the_step_lets_it_pass() -> None:
    row = (8.0, 8.0, 8.1, 9.6, 8.0, 8.1)
    assert found(*row, sd=0.2) == [3]
    assert found(*row, sd=0.7) == []


def test_a_gap_is_no_neighbour() -> None:
    assert found(8.0, 8.0, np.nan, 9.6, 8.0, 8.1, 8.0) == []


def test_a_misplaced_foot_is_flagged_and_has_no_part_in_the_mean(uneven: Run) -> None:
    run = observed(true(uneven), 0)
    clean = next(s for s in measure(run, 24).summaries if s.metric == "step_length")
    # One foot was seen most of a metre too far ahead: the step to it is long, that from it short.
    at = 4
    x, y = run.steps[at].foot
    moved = replace(run.steps[at], foot=(x + 0.8, y))
    result = measure(replace(run, steps=(*run.steps[:at], moved, *run.steps[at + 1 :])), 24)
    row = next(s for s in result.summaries if s.metric == "step_length")
    flagged = [i for i, v in enumerate(of(result, "step_length")) if BREAKS in v.flags]
    assert flagged == [at - 1, at]
    assert all(np.isfinite(of(result, "step_length")[i].value) for i in flagged)
    assert row.n == clean.n - 2
    assert row.mean == pytest.approx(clean.mean, rel=0.03)
    note = next(n for n in result.notes if n.code == BREAKS)
    assert note.counts == {"steps": 2}
    assert METRICS["step_length"].label.lower() in note.message
