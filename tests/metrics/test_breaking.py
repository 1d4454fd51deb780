"""A single step that breaks the row: found, flagged, left out of the mean, and nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from observed import observed, of, true

from analyzer.arrays import Array
from analyzer.data.results import Measurement
from analyzer.metrics import METRICS
from analyzer.metrics.breaking import BREAKS, breaks, row_lost
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


def elsewhere(uneven: Run, feet: Sequence[int], by: float) -> Measurement:
    """Measure the run with some of its eleven feet seen so many metres further ahead."""
    run = observed(true(uneven), 0)
    moved = [replace(s, foot=(s.foot[0] + by * (i in feet), s.foot[1])) for i, s in enumerate(run.steps)]
    return measure(replace(run, steps=tuple(moved)), 24)


def none_given(result: Measurement) -> bool:
    names = ("step_length", "relative_step_length", "step_speed")
    return not any(np.isfinite([v.value for v in of(result, name)]).any() for name in names)


@pytest.mark.parametrize("by", [0.7, -0.7])
@pytest.mark.parametrize("feet", [(3, 7), (3, 8)])
def test_a_row_of_which_four_steps_are_told_is_none(uneven: Run, feet: tuple[int, ...], by: float) -> None:
    """Two feet amid right ones: each makes a step long and one short."""
    result = elsewhere(uneven, feet, by)
    assert none_given(result)
    for name in ("step_length", "relative_step_length", "step_speed"):
        assert "out of row" in next(s for s in result.summaries if s.metric == name).note
    assert all(BREAKS not in v.flags for v in result.values)
    assert "step length" in next(n for n in result.notes if n.code == "withheld_no_row").message


@pytest.mark.xfail(strict=True, reason="Two steps of three are wrong, and three of ten are told.")
@pytest.mark.parametrize("feet", [(1, 4, 7, 10), (2, 5, 8)])
def test_a_row_that_every_third_foot_leaves_is_none(uneven: Run, feet: tuple[int, ...]) -> None:
    assert none_given(elsewhere(uneven, feet, 0.7))


@pytest.mark.parametrize(
    ("steps", "broken", "lost"), [(19, 4, True), (20, 4, False), (21, 5, True), (5, 3, False), (10, 4, True)]
)
def test_a_row_is_lost_from_four_steps_and_over_a_fifth(steps: int, broken: int, lost: bool) -> None:
    value: Array = np.append(np.full(steps, 2.0), np.nan)
    assert row_lost(value, np.arange(steps + 1) < broken) == lost
    assert not row_lost(np.append(np.full(4, np.nan), value), np.arange(steps + 5) < 4)  # which are not given


def test_speed_and_length_of_a_step_are_flagged_together(uneven: Run) -> None:
    result = elsewhere(uneven, [4], 0.3)
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
    clean = next(s for s in elsewhere(uneven, [], 0.0).summaries if s.metric == "step_length")
    # One foot was seen most of a metre too far ahead: the step to it is long, that from it short.
    at = 4
    result = elsewhere(uneven, [at], 0.8)
    row = next(s for s in result.summaries if s.metric == "step_length")
    flagged = [i for i, v in enumerate(of(result, "step_length")) if BREAKS in v.flags]
    assert flagged == [at - 1, at]
    assert all(np.isfinite(of(result, "step_length")[i].value) for i in flagged)
    assert row.n == clean.n - 2
    assert row.mean == pytest.approx(clean.mean, rel=0.03)
    note = next(n for n in result.notes if n.code == BREAKS)
    assert note.counts == {"steps": 2}
    assert METRICS["step_length"].label.lower() in note.message
