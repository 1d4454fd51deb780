"""Truth made by hand for the metrics that rest on the momenta of the body's parts."""

from __future__ import annotations

from dataclasses import replace
from math import nan, pi

import numpy as np
import pytest
from cosines import value

from analyzer.arrays import Array
from analyzer.body.skeleton import Side
from analyzer.metrics.momentum import Momenta
from analyzer.metrics.run import Run


def crafted(run: Run, momenta: Momenta) -> Run:
    """Return the run with these momenta instead of its own."""
    run = replace(run)
    vars(run)["momenta"] = momenta
    return run


def test_shares_of_the_lift(regular: Run) -> None:
    """All right contacts: upward velocity from -0.6 to 0.6 m/s, parted 10 : 6 : 4 : 80."""
    t = regular.motion.time
    starts = np.array([s.touchdown_s for s in regular.steps])
    index = np.clip(np.searchsorted(starts, t, side="right") - 1, 0, None)
    rise = np.clip((t - starts[index]) / 0.1, 0, 1) * 1.2 - 0.6
    odd = index % 2 == 0  # right stands

    def up(share: Array | float) -> Array:
        return np.column_stack([0 * t, share * rise])

    leg: dict[Side, Array] = {
        "left": up(np.where(odd, 0.10, 0.30)),
        "right": up(np.where(odd, 0.30, 0.10)),
    }
    arm: dict[Side, Array] = {"left": up(0.02), "right": up(0.04)}
    momenta = Momenta(leg, arm, up(0.04), up(0.50), up(1.0))
    run = crafted(regular, momenta)
    assert value(run, "swing_lift_share") == pytest.approx(10, abs=0.01)
    assert value(run, "arm_lift_share") == pytest.approx(6, abs=0.01)
    assert value(run, "push_trunk_lift_share") == pytest.approx(84, abs=0.01)
    assert value(run, "single_leg_push") == pytest.approx(80, abs=0.01)
    assert value(run, "whole_body_support") == pytest.approx(20, abs=0.01)
    assert value(run, "trunk_lift_share") == pytest.approx(4, abs=0.01)
    assert value(run, "swing_share") == pytest.approx(10, abs=0.01)
    assert value(run, "arm_share") == pytest.approx(6, abs=0.01)
    assert value(run, "push_trunk_share") == pytest.approx(84, abs=0.01)


def test_contacts_are_pooled_and_a_body_without_arms_has_no_account(regular: Run) -> None:
    """One contact gains 1.2 m/s, all of it by the arms, ten others 0.4 m/s without them."""
    t = regular.motion.time
    starts = np.array([s.touchdown_s for s in regular.steps])
    index = np.clip(np.searchsorted(starts, t, side="right") - 1, 0, None)
    part = np.clip((t - starts[index]) / 0.1, 0, 1)

    def up(gain: Array) -> Array:
        return np.column_stack([0 * t, gain * part])

    strong = index == 3
    zero = up(0 * t)
    arms, hips = up(np.where(strong, 1.2, 0)), up(np.where(strong, 0, 0.4))
    momenta = Momenta({"left": zero, "right": zero}, {"left": arms, "right": zero}, zero, hips, arms + hips)
    run = crafted(regular, momenta)
    share = 100 * 1.2 / (1.2 + 10 * 0.4)
    assert value(run, "arm_share") == pytest.approx(share, abs=0.01)
    assert value(run, "single_leg_push") == pytest.approx(100 - share, abs=0.01)
    assert value(run, "arm_lift_share", 3) == pytest.approx(100, abs=0.01)
    armless = crafted(regular, replace(momenta, whole=False))
    for metric in ("arm_share", "single_leg_push", "trunk_lift_share", "push_trunk_lift_share"):
        assert np.isnan(value(armless, metric))


def fore_aft(run: Run, left: Array, right: Array, arm_left: Array, arm_right: Array) -> Run:
    def flat(x: Array) -> Array:
        return np.column_stack([x, 0 * x])

    zero = flat(0 * left)
    leg: dict[Side, Array] = {"left": flat(left), "right": flat(right)}
    arm: dict[Side, Array] = {"left": flat(arm_left), "right": flat(arm_right)}
    return crafted(run, Momenta(leg, arm, zero, zero, zero))


def test_momenta_fore_and_aft(regular: Run) -> None:
    t, step = regular.motion.time, regular.steps[4]
    one = np.ones_like(t)
    run = fore_aft(regular, 0.5 * one, -0.6 * one, 0.1 * one, -0.05 * one)
    assert value(run, "push_swing_balance") == pytest.approx(0.5 / 0.6)
    assert value(run, "arm_cancellation") == pytest.approx(1 - 0.05 / 0.15)
    # Arms that turn in contact: 0.4 and 0.04 of the larger momentum are left, half of the time each, so the
    # mean of the ratios would be another number.
    half = t < (step.touchdown_s + step.toe_off_s) / 2
    large, small = np.where(half, 0.1, 0.01), -np.where(half, 0.06, 0.0096)
    assert value(fore_aft(regular, one, one, large, small), "arm_cancellation") == pytest.approx(
        1 - (0.04 + 0.0004) / (0.16 + 0.0196), abs=0.02
    )
    # The swing leg's momentum peaks 8 ms after the push leg's.
    left = 0.5 * np.cos(2 * pi * (t - step.touchdown_s - 0.005) / 0.5)
    right = -0.6 * np.cos(2 * pi * (t - step.touchdown_s + 0.003) / 0.5)
    assert value(fore_aft(regular, left, right, one, one), "push_swing_lag") == pytest.approx(0.008, abs=4e-4)
    # 0.50 m/s at touchdown, 0.48 at mid-stance, 0.40 at toe-off.
    middle = step.touchdown_s + 0.35 / 8
    handed = np.interp(t, [step.touchdown_s, middle, step.toe_off_s], [0.50, 0.48, 0.40])
    run = fore_aft(regular, handed, -one, one, one)
    assert value(run, "swing_transfer") == pytest.approx(0.08, abs=2e-3)
    assert value(run, "swing_gain") == pytest.approx(-0.02, abs=2e-3)


def test_turning_about_the_vertical(regular: Run) -> None:
    t = regular.motion.time
    swing = np.sin(2 * pi * (t - 0.3) / 0.5)
    # Legs: 0.05 x 1.0, arms 0.105 x 0.2 against them.
    run = fore_aft(regular, 0.5 * swing, -0.5 * swing, -0.1 * swing, 0.1 * swing)
    assert value(run, "axis_ratio") == pytest.approx(0.105 * 0.2 / 0.05, abs=1e-3)
    assert value(run, "axis_cancellation") == pytest.approx(0.105 * 0.2 / 0.05, abs=1e-3)


def test_turning_about_the_vertical_is_that_of_the_strides_after_a_push_out_of_blocks(regular: Run) -> None:
    swing = np.linspace(1.0, 2.0, len(regular.motion.time)) * np.sin(4 * pi * regular.motion.time)
    block, *rest = regular.steps
    pushed = (replace(block, touchdown_s=nan, touchdown_sd_s=nan, foot=(nan, nan)), *rest)
    after, out, short = (
        value(
            fore_aft(replace(regular, steps=tuple(s)), 0.5 * swing, -0.5 * swing, -swing, swing), "axis_ratio"
        )
        for s in (rest, pushed, pushed[:3])
    )
    assert out == after
    assert np.isfinite(after)
    assert np.isnan(short)
