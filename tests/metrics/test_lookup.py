from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np
import pytest

from analyzer.data.steps import Step
from analyzer.metrics.lookup import Clock, once_a_run, once_a_step
from analyzer.metrics.run import Run


def test_a_value_is_numpys_to_the_last_bit() -> None:
    draw = np.random.default_rng(1)
    time = np.cumsum(draw.uniform(0.001, 0.01, 400))
    series = draw.standard_normal(400)
    series[[20, 21, 40, 60, 399]] = nan
    series[[80, 81]] = np.inf
    clock = Clock(time)
    moments = [*draw.uniform(time[0], time[-1], 5000), *time]
    found = [clock.value(series, float(t)) for t in moments]
    np.testing.assert_array_equal(found, [np.interp(t, time, series) for t in moments])


@pytest.mark.parametrize("t", [-1.0, 0.0, 0.05, 0.1, 0.2, 0.3, nan])
def test_frames_are_found_as_numpy_finds_them(t: float) -> None:
    time = np.array([0.0, 0.1, 0.2])
    clock = Clock(time)
    assert clock.first_at(t) == np.searchsorted(time, t)
    if t == t:
        assert clock.first_after(t) == np.searchsorted(time, t, side="right")


def test_what_was_worked_out_is_not_worked_out_again(regular: Run) -> None:
    calls = []

    @once_a_step
    def of_step(run: Run, step: Step, count: int = 0) -> float:
        calls.append(step)
        return step.touchdown_s + count

    @once_a_run
    def of_run(run: Run, side: str) -> str:
        calls.append(side)
        return side

    run = replace(regular)  # with no memory yet
    first, second = run.steps[:2]
    moved = replace(first, touchdown_s=first.touchdown_s + 0.01)
    asked = [(first, 0), (first, 0), (second, 0), (first, 1), (moved, 0)]
    assert [of_step(run, s, n) for s, n in asked] == [s.touchdown_s + n for s, n in asked]
    assert calls == [first, second, first, moved]
    calls.clear()
    assert [of_run(run, "left"), of_run(run, "left"), of_run(run, "right")] == ["left", "left", "right"]
    assert of_run(replace(regular), "left") == "left"
    assert calls == ["left", "right", "left"]
