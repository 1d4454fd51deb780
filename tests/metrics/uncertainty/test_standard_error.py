"""From a metric measured again to its standard error."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.metrics import METRICS
from analyzer.metrics.measure import measure
from analyzer.metrics.run import SWING, SWING_ORDER, Run
from analyzer.metrics.uncertainty.standard_error import KINK, Remeasured, evaluate, refiltered, standard_error
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
    time, angle = uneven.motion.time, again.motion.angles["right_thigh"]
    for passes in (1, 2):
        smooth = angle
        for _ in range(passes):
            smooth = filters.low_pass(time, smooth, SWING / uneven.step_time, SWING_ORDER)
        rate = replace(again, passes=passes).swing_rates["right_thigh"]
        np.testing.assert_allclose(rate, filters.derivative(time, smooth))


def lost(change: list[float], gain: float = 0.8) -> Remeasured:
    """Ten values of 5, from which a second filtering takes so much."""
    return Remeasured(np.full((2, len(change)), 5.2), 5 + np.array(change), gain)


def test_what_the_filter_took_off_is_given_back() -> None:
    value, again = lost([-0.8, -0.82, -0.78]).restored(np.full(3, 5.0))
    assert value == pytest.approx(6.0, abs=0.01)
    assert again.perturbed == pytest.approx(6.2, abs=0.01)
    assert again.flattened(value) == pytest.approx(0.6, abs=0.02)


def test_a_loss_that_scatters_is_not_given_back() -> None:
    value, again = lost([0.9, -1.0, 0.4, -0.38]).restored(np.full(4, 5.0))
    assert value == pytest.approx(5.0, abs=0.02)
    assert again.flattened(value) < 0.1
    alone, again = lost([-0.8]).restored(np.full(1, 5.0))
    assert 5 < alone[0] < 6
    assert again.flattened(alone) > 0.4


def test_of_a_kink_as_much_is_given_back_as_people_lose_and_a_drawn_body_s_loss_is_in_the_error() -> None:
    change = [-0.45, -0.46, -0.44]
    value, again = lost(change, KINK).restored(np.full(3, 5.0))
    assert value == pytest.approx(6.0, abs=0.01)
    assert again.flattened(value) == pytest.approx(0.45 / KINK - 1, abs=0.05)


def test_where_nothing_was_taken_nothing_is_given(uneven: Run) -> None:
    value, again = Remeasured(np.full((2, 3), 5.0), np.full(3, 5.0)).restored(np.full(3, 5.0))
    assert (value == 5).all()
    assert again.flattened(value) == 0


@pytest.mark.parametrize("name", ["peak_scissor_speed", "knee_flexion_toe_off"])
def test_a_flattened_number_is_told_as_restored(uneven: Run, name: str) -> None:
    metric = METRICS[name]
    assert metric.restored
    bare = evaluate(metric, uneven)
    told = np.array([v.value for v in measure(uneven, 4).values if v.metric == name])
    seen = np.isfinite(told)
    expected, _ = Remeasured(bare[None], evaluate(metric, refiltered(uneven)), metric.gain).restored(bare)
    np.testing.assert_allclose(told[seen], expected[seen])


def test_what_noise_takes_off_a_ceiling_is_within_the_error() -> None:
    copied = np.random.default_rng(0).normal(0.83, 0.01, (200, 1))
    value = np.array([0.9])  # what is missing from 1 grew from 0.1 to 0.17 with a second helping of noise
    bare = standard_error(value, Remeasured(copied, value))[0]
    assert standard_error(value, Remeasured(copied, value), ceiling=True)[0] == pytest.approx(0.1, rel=0.05)
    assert bare == pytest.approx(0.07, rel=0.05)
