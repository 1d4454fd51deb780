"""From a metric measured again to its standard error."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.standard_error import KINK, Remeasured, refiltered, standard_error
from analyzer.signals import filters


def test_a_low_pass_takes_less_the_second_time_of_a_kink_than_of_a_peak() -> None:
    time = np.arange(0, 2, 1 / 240)

    def again(series: Array) -> float:
        once = filters.low_pass(time, series, 12.0)
        first, second = (
            abs(b - a)[len(time) // 2]
            for a, b in ((series, once), (once, filters.low_pass(time, once, 12.0)))
        )
        return float(second / first)

    assert again(np.abs(time - time[len(time) // 2])) == pytest.approx(KINK, abs=0.07)
    assert again(np.cos(2 * np.pi * 10 * (time - time[len(time) // 2]))) == pytest.approx(0.8, abs=0.07)


def test_filtered_once_more_the_swing_is_smoothed_once_more(uneven: Run) -> None:
    again = refiltered(uneven)
    assert (uneven.passes, again.passes) == (1, 2)
    peaks = [np.nanmax(run.swing_rates["right_thigh"]) for run in (uneven, replace(again, passes=1), again)]
    assert peaks[0] - peaks[1] < 0.5 * (peaks[0] - peaks[2])


def test_what_noise_takes_off_a_ceiling_is_within_the_error() -> None:
    copied = np.random.default_rng(0).normal(0.83, 0.01, (200, 1))
    value = np.array([0.9])  # what is missing from 1 grew from 0.1 to 0.17 with a second helping of noise
    bare = standard_error(value, Remeasured(copied, value))[0]
    assert standard_error(value, Remeasured(copied, value), ceiling=True)[0] == pytest.approx(0.1, rel=0.05)
    assert bare == pytest.approx(0.07, rel=0.05)
