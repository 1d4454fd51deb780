"""The two-mass model by hand: its impulse, its limits, and what a landing says."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from analyzer.metrics.two_mass import BODY_PEAK, HALF_MISFIT, MISFIT, PEAK_MISFIT, Push, landing, push

SPRINT = push(contact_s=0.1, flight_s=0.13, fall_mps=2.4, stop_s=0.02, gravity=9.81)
"""An ankle that falls at 2.4 m/s and stops within 20 ms, in a step of 0.23 s."""


def test_the_impulse_is_the_weight_over_contact_and_flight() -> None:
    t = np.linspace(-0.05, 0.15, 200001)
    assert SPRINT.impulse == pytest.approx(0.23, abs=1e-15)
    assert SPRINT.until(SPRINT.contact_s) == pytest.approx(0.23, abs=1e-15)
    assert np.trapezoid(SPRINT.force(t), t) == pytest.approx(0.23, abs=1e-6)
    assert not SPRINT.force(t)[(t < 0) | (t > 0.1)].any()


def test_the_impulse_so_far_is_the_area_under_the_curve() -> None:
    for until in (0.01, 0.02, 0.035, 0.047, 0.08):
        t = np.linspace(0, until, 20001)
        assert SPRINT.until(until) == pytest.approx(np.trapezoid(SPRINT.force(t), t), abs=1e-8)


def test_the_limb_takes_its_fall_and_its_own_weight() -> None:
    # 0.08 of the body loses 2.4 m/s in 20 ms, and the pulse lasts twice as long.
    assert SPRINT.limb_impulse == pytest.approx(0.08 * (2.4 / 9.81 + 0.02) * 2)
    # Its highest force is twice its mean, when the ankle stops; the rest of the body adds its own there.
    rest = 0.23 - SPRINT.limb_impulse
    body = rest / 0.1 * (1 + np.cos(pi * (0.02 - 0.047) / 0.047))
    found = SPRINT.force(np.array([0.02]))[0]
    assert found == pytest.approx(2 * SPRINT.limb_impulse / 0.04 + body)


def test_without_a_limb_it_is_one_raised_cosine() -> None:
    alone = Push(contact_s=0.1, impulse=0.23)
    time, size = alone.peak
    assert time == pytest.approx(BODY_PEAK * 0.1, abs=2e-5)
    assert size == pytest.approx(2 * 0.23 / 0.1, abs=1e-5)
    # A half bell has the area of its length times half its height.
    assert alone.until(BODY_PEAK * 0.1) == pytest.approx(BODY_PEAK * 0.23)


def test_a_faster_fall_pushes_earlier_and_harder_early() -> None:
    soft, hard = (push(0.1, 0.13, fall, 0.02, 9.81) for fall in (1.0, 3.0))
    assert hard.until(0.05) > soft.until(0.05) > 0.5 * 0.23
    assert hard.force(np.array([0.02]))[0] > soft.force(np.array([0.02]))[0]
    assert hard.peak[0] < soft.peak[0]


def test_twice_as_slow_on_a_quarter_of_gravity_is_the_same_push() -> None:
    slow = push(0.2, 0.26, 1.2, 0.04, 9.81 / 4)
    assert slow.peak == pytest.approx((2 * SPRINT.peak[0], SPRINT.peak[1]))
    assert slow.until(0.1) == pytest.approx(2 * SPRINT.until(0.05))


def test_a_fall_as_long_as_half_of_contact_or_longer_ends_with_contact() -> None:
    late = push(0.1, 0.13, 1.0, 0.08, 9.81)
    assert late.stop_s == 0.05
    assert late.until(0.1) == pytest.approx(0.23)


def test_the_misfits_follow_from_the_published_r2() -> None:
    t = np.linspace(0, 1, 10001)
    bell = 1 - np.cos(2 * pi * t)  # mean 1
    off = np.sqrt(2) * MISFIT * np.sin(2 * pi * t)
    assert 1 - (off**2).mean() / bell.var() == pytest.approx(0.95, abs=1e-3)
    assert 0.5 - t[np.argmax(bell + off)] == pytest.approx(PEAK_MISFIT, abs=1e-3)
    half = off / np.sqrt(2)  # of its power
    assert np.trapezoid(np.where(t < 0.5, half, 0), t) == pytest.approx(HALF_MISFIT, abs=1e-4)


def fall(t: np.ndarray) -> np.ndarray:
    """An ankle that falls at 2 m/s until it lands at 0.3 s and is stopped evenly within 25 ms."""
    after = np.clip(t - 0.3, 0, 0.025)
    return np.asarray(0.5 - 2 * np.minimum(t - 0.3, 0) - 2 * after + 40 * after**2)


def test_a_landing_read_from_the_ankle() -> None:
    time = np.arange(600) / 1000
    found = landing(time, fall(time) + np.maximum(time - 0.325, 0), 0.3, 0.36)
    assert found == pytest.approx((2.0, 0.025), abs=0.03)


def test_a_landing_that_nothing_is_known_of() -> None:
    time = np.arange(600) / 1000
    assert np.isnan(landing(time, -fall(time), 0.3, 0.36)).all()
    hidden = np.where((time > 0.29) & (time < 0.34), np.nan, fall(time))
    assert np.isnan(landing(time, hidden, 0.3, 0.36)).all()
    assert np.isnan(landing(time, fall(time), np.nan, 0.36)).all()
    # Still falling when it must have ended.
    assert landing(time, -time, 0.3, 0.36) == pytest.approx((1.0, 0.06))
