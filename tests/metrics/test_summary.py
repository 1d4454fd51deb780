"""Means over the run and their errors; left against right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from observed import of

from analyzer.body.skeleton import JOINTS
from analyzer.data.results import Measurement
from analyzer.metrics import METRICS
from analyzer.metrics.measure import measure
from analyzer.metrics.run import Run
from analyzer.metrics.summary import difference, mean_se, pace
from analyzer.metrics.uncertainty.standard_error import Remeasured


def test_how_a_number_is_read_stays_in_the_error_of_its_mean(found: Measurement, uneven: Run) -> None:
    metric = METRICS["push_swing_lag"]
    assert metric.own_sd is not None
    row = next(s for s in found.summaries if s.metric == metric.name)
    assert row.mean_se > metric.own_sd(uneven)


def test_a_clip_slowed_by_an_unknown_factor_is_held_against_no_speed_s_range(seen: Run) -> None:
    speed, _ = pace(seen)
    assert np.isfinite(speed)
    slowed = replace(seen, slow_motion=2.0)
    assert np.isnan(pace(slowed)[0])
    told, slow = ({row.metric: row for row in measure(run, 4).summaries} for run in (seen, slowed))
    held = {name for name, row in told.items() if row.reference_source}
    assert held & {name for name, row in slow.items() if row.n}
    assert not any(row.reference_source for row in slow.values())


def test_speed_is_that_between_the_landings_whatever_stands_before_the_first(seen: Run) -> None:
    first, *rest = seen.steps
    block = replace(first, touchdown_s=np.nan, touchdown_sd_s=np.nan, foot=(np.nan, np.nan))
    # Each step is longer than the one before: a start.
    gained = [0.1 * i**2 for i in range(len(rest))]
    quicker = [replace(s, foot=(s.foot[0] + w, s.foot[1])) for s, w in zip(rest, gained, strict=True)]
    speed, phase = pace(replace(seen, steps=(block, *quicker)))
    assert (speed, phase) == pace(replace(seen, steps=tuple(quicker)))
    assert np.isfinite(speed)
    assert phase == "acceleration"


def test_the_mean_of_a_single_step_is_as_sure_as_the_step(seen: Run) -> None:
    # The other foot's toe-off and the next touchdown are there, and one value.
    one = replace(seen, steps=seen.steps[4:6])
    result = measure(one, 24)
    row = next(s for s in result.summaries if s.metric == "peak_thigh_speed_timing")
    (sd,) = (v.sd for v in of(result, row.metric) if np.isfinite(v.value))
    assert row.mean_se == pytest.approx(sd)


def test_what_errs_alike_in_all_steps_stays_in_the_mean(found: Measurement) -> None:
    speed = next(s for s in found.summaries if s.metric == "step_speed")
    assert speed.mean_se > 0.02 * speed.mean  # the scale's 3 % does not average out
    contact = next(s for s in found.summaries if s.metric == "contact_time")
    assert 0.0018 < contact.mean_se < 0.0042


def test_steps_that_just_enough_copies_give_have_their_error_in_the_mean() -> None:
    """Three of four copies of each of two steps, as many as a step's own error asks for."""
    value = np.array([110.0, 112.0])
    copies = value + 10 * np.random.default_rng(3).standard_normal((48, 2))
    copies[:12, 0] = copies[-12:, 1] = np.nan
    assert mean_se(value, np.full(2, 10.0), Remeasured(copies, value), 0.0) > 5


def test_errors_that_cancel_in_the_mean_are_not_in_it() -> None:
    """What is too long on one side of the picture is too short on the other."""
    value = np.full(4, 2.0)
    size = 0.1 * np.random.default_rng(0).standard_normal(48)[:, None]
    odd, alike = (Remeasured(value + size * way, value) for way in ([-1.5, -0.5, 0.5, 1.5], np.ones(4)))
    sd = np.full(4, 0.1)
    assert mean_se(value, sd, odd, 0.0) < 0.01
    # What the steps of the athlete differ by beside that is his, and counts for his mean.
    uneven = np.array([2.3, 1.7, 2.3, 1.7])
    his = Remeasured(uneven + 0.01 * size * [-1.5, -0.5, 0.5, 1.5], uneven)
    assert mean_se(uneven, sd, his, 0.0) == pytest.approx(float(np.std(uneven, ddof=1)) / 2, rel=0.02)
    assert mean_se(value, sd, alike, 0.0) == pytest.approx(float(np.std(size, ddof=1)), rel=0.05)


def test_what_is_wrong_in_every_clip_of_an_athlete_does_not_count_against_his_own_numbers(seen: Run) -> None:
    wide = replace(seen, motion=replace(seen.motion, body_sd=np.full(len(JOINTS), 0.03)))
    usual, wider = ({s.metric: s for s in measure(run, 24).summaries} for run in (seen, wide))
    for name in ("trunk_lean_mean", "thigh_angle_touchdown", "knee_flexion_touchdown"):
        assert wider[name].mean_se > 1.3 * usual[name].mean_se
        assert wider[name].mean_se_within < 0.6 * wider[name].mean_se
        assert wider[name].mean_se_within == pytest.approx(usual[name].mean_se_within, rel=0.5)
    for row in usual.values():
        assert (row.n == 0) == np.isnan(row.mean_se_within)
        assert not row.mean_se_within > row.mean_se
    speed = usual["step_speed"]
    assert speed.mean_se_within > 0.02 * speed.mean  # another clip has another scale


def difference_of(left: float, right: float, trend: float, noise: float, seed: int = 0) -> tuple[float, ...]:
    draw = np.random.default_rng(seed)
    number = np.arange(12.0)
    is_left = np.arange(12) % 2 == 0
    x = np.where(is_left, left, right) + trend * number + noise * draw.standard_normal(12)
    again = x + noise * draw.standard_normal((48, 12))
    found = difference(x, number, is_left, again)
    return found.value, found.low, found.high


def test_a_trend_is_no_asymmetry() -> None:
    value, low, high = difference_of(10, 10, 1.0, 0.01)
    assert value == pytest.approx(0, abs=0.03)
    assert low < 0 < high


def test_a_real_difference_is_found_and_its_interval_holds() -> None:
    results = np.array([difference_of(11, 10, 0.3, 0.3, seed) for seed in range(200)])
    assert np.mean((results[:, 1] <= 1) & (results[:, 2] >= 1)) > 0.93
    none = np.array([difference_of(10, 10, 0.3, 0.3, seed) for seed in range(200)])
    assert np.mean((none[:, 1] > 0) | (none[:, 2] < 0)) < 0.07


def test_an_error_of_one_whole_side_widens_the_interval() -> None:
    draw = np.random.default_rng(0)
    number, is_left = np.arange(12.0), np.arange(12) % 2 == 0
    x = np.where(is_left, 11.0, 10.0) + 0.01 * draw.standard_normal(12)
    own = 0.01 * draw.standard_normal((48, 12))
    side = draw.standard_normal((48, 1)) * is_left
    assert difference(x, number, is_left, x + own).low > 0.9
    assert difference(x, number, is_left, x + own + side).low < -0.5


def test_too_few_on_one_side_gives_no_difference() -> None:
    x = np.array([1.0, np.nan, 1.1, np.nan, 1.2, 1.0])
    found = difference(x, np.arange(6.0), np.arange(6) % 2 == 0, np.tile(x, (10, 1)))
    assert np.isnan([found.value, found.low, found.high]).all()
