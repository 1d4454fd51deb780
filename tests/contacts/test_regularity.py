from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.contacts.regularity import settle, together
from analyzer.data.steps import Step

STEP = 0.22


def run(n: int = 10, differ: float = 0.0, drift: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return numbers, which are left, and true (n, 2) times of a regular run."""
    number = np.arange(n, dtype=float)
    left = number % 2 == 0
    contact = 0.1 + np.where(left, differ / 2, -differ / 2) + drift * number
    touchdown = 0.3 + STEP * number
    return number, left, np.column_stack([touchdown, touchdown + contact])


@settings(max_examples=30)
@given(differ=st.floats(-0.008, 0.008), drift=st.floats(-0.002, 0.002), seed=st.integers(0, 99))
def test_noise_shrinks_and_what_is_regular_stays(differ: float, drift: float, seed: int) -> None:
    """Over twenty runs: a single one may be unlucky in what its errors have in common."""
    number, left, true = run(differ=differ, drift=drift)
    noise = 0.008 * np.random.default_rng(seed).standard_normal((20, *true.shape))
    found = [settle(number, left, true + one, np.full(true.shape, 0.008), STEP) for one in noise]
    error = np.array([got - true for got, _ in found])
    sd = np.array([each for _, each in found])
    assert error.std() < 0.75 * noise.std()
    assert np.median(sd) < 0.75 * 0.008
    assert sd.max() < 1.2 * 0.008  # an event far from where the others want it counts less
    assert np.mean(np.abs(error) < 2 * sd) > 0.9


def test_sure_events_stay_where_they_are() -> None:
    number, left, true = run(differ=0.004)
    true[4, 1] += 0.02  # a stumble
    got, _ = settle(number, left, true, np.full(true.shape, 0.0008), STEP)
    assert np.abs(got - true).max() < 0.0015


def test_an_unsure_event_moves_to_where_the_others_say() -> None:
    number, left, true = run()
    seen = true.copy()
    seen[5, 1] += 0.03
    sd = np.full(true.shape, 0.002)
    sd[5, 1] = 0.03
    got, error = settle(number, left, seen, sd, STEP)
    assert got[5, 1] == pytest.approx(true[5, 1], abs=0.005)
    assert error[5, 1] < 0.01


def test_a_real_difference_of_the_sides_is_not_hidden() -> None:
    number, left, true = run(6, differ=0.012)
    got, _ = settle(number, left, true, np.full(true.shape, 0.008), STEP)
    contact = got[:, 1] - got[:, 0]
    assert 0.7 * 0.012 < contact[left].mean() - contact[~left].mean() < 0.012


def test_order_of_the_sides_does_not_matter() -> None:
    number, left, true = run(differ=0.006)
    noisy = true + 0.004 * np.random.default_rng(2).standard_normal(true.shape)
    sd = np.full(true.shape, 0.004)
    one, _ = settle(number, left, noisy, sd, STEP)
    other, _ = settle(number, ~left, noisy, sd, STEP)
    assert np.allclose(one, other, atol=1e-9)


def test_what_was_not_timed_stays_unknown_and_few_contacts_stay_as_they_are() -> None:
    number, left, true = run()
    true[[0, 3], 1] = np.nan
    got, sd = settle(number, left, true, np.full(true.shape, 0.005), STEP)
    assert np.array_equal(np.isnan(got), np.isnan(true))
    assert np.isfinite(sd).all()
    same, _ = settle(number[:3], left[:3], true[:3], np.full((3, 2), 0.005), STEP)
    assert np.array_equal(same, true[:3], equal_nan=True)


def test_steps_keep_everything_else_and_a_missed_contact_counts() -> None:
    _, left, true = run(9)
    rng = np.random.default_rng(1)
    steps = [
        Step(i + 1, "left" if left[i] else "right", a, 0.009, b, 0.009, "fit", (2.0 * i, 0.0))
        for i, (a, b) in enumerate(true + 0.006 * rng.standard_normal(true.shape))
        if i != 4
    ]
    got = together(steps, STEP, "tip")
    assert [(s.number, s.side, s.source, s.foot) for s in got] == [
        (s.number, s.side, s.source, s.foot) for s in steps
    ]
    kept = np.delete(true, 4, axis=0)
    before = np.array([(s.touchdown_s, s.toe_off_s) for s in steps]) - kept
    after = np.array([(s.touchdown_s, s.toe_off_s) for s in got]) - kept
    assert np.std(after) < np.std(before)
    assert all(0.003 < s.touchdown_sd_s <= 0.009 for s in got)


def test_a_wrong_last_event_does_not_bend_the_run() -> None:
    number, left, true = run(7)
    rng = np.random.default_rng(3)
    seen = true + 0.004 * rng.standard_normal(true.shape)
    sd = np.full(true.shape, 0.007)
    seen[-1, 1], sd[-1, 1] = true[-1, 1] - 0.047, 0.018
    got, _ = settle(number, left, seen, sd, STEP)
    assert np.abs(got - true)[:-1].max() < 0.008
    assert abs(got[-1, 1] - true[-1, 1]) < 0.02


def test_an_event_that_all_others_contradict_owns_up() -> None:
    """So that a picture of the shoe, which knows better, is believed."""
    _, left, true = run(6)
    steps = [
        Step(i + 1, "left" if left[i] else "right", a, 0.007, b, 0.007, "fit", (0.0, 0.0))
        for i, (a, b) in enumerate(true)
    ]
    late = replace(steps[0], touchdown_s=steps[0].touchdown_s + 0.045)
    got = together([late, *steps[1:]], STEP, "tip")
    off = got[0].touchdown_s - true[0, 0]
    assert off > 0.02
    assert 0.3 * off < got[0].touchdown_sd_s < off
    assert all(s.touchdown_sd_s <= 0.007 for s in got[1:])


def test_a_start_keeps_its_long_first_contacts() -> None:
    number, left, true = run(6)
    contact = np.array([0.195, 0.168, 0.152, 0.140, 0.133, 0.126])
    true[:, 1] = true[:, 0] + contact
    got, _ = settle(number, left, true, np.full(true.shape, 0.005), STEP)
    assert np.abs(np.diff(got, axis=1)[:, 0] - contact).max() < 0.008
