"""What leaves a number saying nothing."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from analyzer.data.results import Summary
from analyzer.metrics import METRICS, gates


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
