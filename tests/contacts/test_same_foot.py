"""Steps of one foot laid over each other: hand-made paths whose lags are known."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.body.skeleton import Side
from analyzer.contacts import same_foot
from analyzer.contacts.event import SHARED_SD
from analyzer.contacts.filtered_paths import FootPath
from analyzer.contacts.same_foot import Lags, PathScale, lags, pooled
from analyzer.data.steps import Step

STEP = 0.33
AROUND = (-0.04, 0.03)
NOISE_M = 0.008
SCALE = PathScale(NOISE_M**-2, 0.0015, 0.0015, 0.013)


def foot(lands: np.ndarray, noise_m: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return times and heights (n, 2) of toe and heel that come down and stand at given times, with noise."""
    time = np.arange(0.0, lands[-1] + 0.5, 1 / 240)
    since = time - lands[np.argmin(np.abs(time[:, None] - lands), axis=1)]
    toe = 0.03 + 0.05 * np.logaddexp(0, -since / 0.025)
    heel = 0.05 + 8 * np.minimum(0.0, since) ** 2
    heights = np.column_stack([toe, heel])
    return time, heights + np.random.default_rng(seed).normal(0, noise_m, heights.shape)


def landings(n: int = 7, seed: int = 1) -> np.ndarray:
    return 0.5 + 2 * STEP * np.arange(n) + np.random.default_rng(seed).normal(0, 0.008, n)


def test_lags_are_how_much_later_each_path_comes() -> None:
    true = landings()
    asked = true + np.random.default_rng(2).normal(0, 0.004, len(true))
    found = lags(*foot(true), asked, AROUND, SCALE)
    assert found.time_s - found.time_s.mean() == pytest.approx(true - true.mean(), abs=0.0005)
    assert found.time_s.mean() == pytest.approx(asked.mean())


@pytest.mark.parametrize(("noise_m", "most"), [(0.004, 1.2), (0.008, 1.3)])
def test_lags_err_as_they_say(noise_m: float, most: float) -> None:
    """But for the slopes, which noise makes steeper."""
    true = landings()
    scale = PathScale(noise_m**-2, 0.0, 0.0015, 0.013)
    z = []
    for seed in range(20):
        found = lags(*foot(true, noise_m, seed), true, AROUND, scale)
        apart = found.time_s - true
        z.append((apart - apart.mean()) / found.sd_s)
        assert found.sd_s.max() < 0.003
    assert 0.8 < np.std(z) < most


def test_a_step_that_is_not_like_the_others_says_less_and_an_unseen_one_nothing() -> None:
    true = landings()
    time, heights = foot(true, 0.002)
    heights[np.abs(time - true[3]) < 0.1, 0] += 0.04 * np.sin(150 * time[np.abs(time - true[3]) < 0.1])
    heights[np.abs(time - true[5]) < 0.1] = np.nan
    found = lags(time, heights, true, AROUND, SCALE._replace(information=0.002**-2))
    assert found.sd_s[3] > 3 * np.median(found.sd_s[[0, 1, 2, 4, 6]])
    assert not np.isfinite(found.sd_s[5])


@pytest.mark.parametrize("seen", [1, 0])
def test_one_step_has_nothing_to_be_like(seen: int) -> None:
    true = landings()
    events = np.where(np.arange(len(true)) < seen, true, np.nan)
    assert np.isnan(lags(*foot(true), events, AROUND, SCALE).time_s).all()


def test_few_frames_tell_no_curve() -> None:
    true = landings(2)
    time, heights = foot(true)
    assert np.isnan(lags(time[::8], heights[::8], true, AROUND, SCALE).time_s).all()


def test_events_of_equal_lags_share_their_errors_and_keep_their_mean() -> None:
    lag = Lags(np.arange(9.0), np.full(9, 1e-6))
    noise = np.random.default_rng(0).normal(0, 0.006, 9)
    time, sd = pooled(lag.time_s + 0.02 + noise, np.full(9, 0.006), lag)
    assert time - lag.time_s == pytest.approx(0.02 + noise.mean(), abs=1e-5)
    assert sd == pytest.approx(0.006 / 3, rel=0.01)


def test_lags_that_are_not_known_leave_an_event_alone() -> None:
    events, sd = np.array([1.0, 2.01, 3.0]), np.full(3, 0.005)
    lag = Lags(np.array([1.0, 2.0, np.nan]), np.array([0.001, 0.001, np.nan]))
    time, error = pooled(events, sd, lag)
    assert time[2] == 3.0
    assert error[2] == 0.005
    assert time[:2] == pytest.approx([1.005, 2.005], abs=0.0005)
    vague = lag._replace(sd_s=np.full(3, 10.0))
    assert pooled(events, sd, vague)[0] == pytest.approx(events)


def test_touchdowns_come_nearer_to_the_truth_but_not_nearer_than_what_all_contacts_share() -> None:
    true = landings()
    before, after = [], []
    for seed in range(5):
        time, heights = foot(true, NOISE_M, seed)
        guess = true + np.random.default_rng(seed).normal(0, 0.006, len(true))
        steps = [Step(2 * i, "left", t, 0.008, t + 0.2, 0.008, "fit", (0, 0)) for i, t in enumerate(guess)]
        paths = [np.column_stack([np.zeros(len(time)), h]) for h in heights.T]
        path = FootPath("left", *paths, *paths, np.zeros(len(time)), NOISE_M, 0.0)
        feet: dict[Side, FootPath] = {"left": path}
        got = same_foot.together(steps, feet, time, STEP, 0.95)
        assert all(SHARED_SD["ball"][0] * STEP < s.touchdown_sd_s < 0.007 for s in got)
        before.append(guess - true)
        after.append([s.touchdown_s for s in got] - true)
    assert np.std(after) < 0.6 * np.std(before)
