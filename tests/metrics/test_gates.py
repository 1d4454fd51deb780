"""What leaves a number saying nothing."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from analyzer.data.results import Summary
from analyzer.metrics import METRICS, gates
from analyzer.metrics.run import Run


def test_steps_need_not_average_away_how_a_number_is_read() -> None:
    lag = METRICS["push_swing_lag"]
    row = Summary(**{f.name: np.nan for f in fields(Summary)} | {"n": 9, "mean": 0.0, "mean_se": 0.031})
    assert not gates.mean_told(lag, row)
    assert gates.mean_told(lag, row, 0.0276)  # of 0.23 s a step
    assert not gates.mean_told(lag, replace(row, mean_se=0.035), 0.0276)
    assert not gates.mean_told(lag, replace(row, mean_se=0.041), 0.041)


def test_an_error_as_large_as_a_duration_leaves_nothing_but_a_lag_may_be_zero() -> None:
    dwell, lag = METRICS["arm_dwell"], METRICS["push_swing_lag"]
    value, sd = np.array([0.018, 0.030, np.nan]), np.array([0.025, 0.010, np.nan])
    assert gates.unsure(dwell, value, sd).tolist() == [True, False, False]
    assert not gates.unsure(lag, np.array([0.002]), np.array([0.010])).any()
    row = Summary(**{f.name: np.nan for f in fields(Summary)} | {"n": 4, "mean": 0.012, "mean_se": 0.013})
    assert not gates.mean_told(dwell, row)
    assert gates.mean_told(dwell, replace(row, mean=0.03))


def test_of_legs_read_on_somebody_else_times_of_contacts_stand(uneven: Run) -> None:
    misread = replace(uneven, legs_misread=True)
    given = {name for name, metric in METRICS.items() if not gates.closed(metric, misread)}
    assert {"contact_time", "step_frequency", "trunk_lean_mean"} <= given
    assert given.isdisjoint({"knee_flexion_touchdown", "step_length", "scissor_angle_toe_off", "arm_leg_lag"})


def test_a_clock_that_goes_too_fast_is_no_slow_motion(uneven: Run) -> None:
    fast, slow = (
        {gates.closed(metric, replace(uneven, slow_motion=factor)) for metric in METRICS.values()} - {""}
        for factor in (0.8, 1.5)
    )
    assert "fast" in fast
    assert "clock" not in fast
    assert "clock" in slow
    assert "fast" not in slow
