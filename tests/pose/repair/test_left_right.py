"""Left and right, exchanged on purpose in a runner whose legs are known."""

from __future__ import annotations

import numpy as np
import pytest
from striding import ARM, LEG, STATURE, exchange, off, runner

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.pose.repair import left_right


def repair(time: Array, xy: Array) -> left_right.Repair:
    return left_right.repair(time, xy, np.ones(xy.shape[:2]), np.full(len(xy), STATURE))


@pytest.mark.parametrize("fps", [60.0, 120.0, 240.0])
def test_right_sides_are_left_alone(fps: float) -> None:
    time, xy = runner(fps)
    fixed = repair(time, xy)
    assert not fixed.legs.any()
    assert not fixed.arms.any()
    assert np.isfinite(fixed.xy).mean() > 0.999


@pytest.mark.parametrize("fps", [60.0, 120.0, 240.0])
def test_exchanged_legs_are_put_right(fps: float) -> None:
    time, xy = runner(fps)
    wrong = [30, 31, 55, 56, 57, 58, 80]
    fixed = repair(time, exchange(xy, wrong, LEG))
    assert np.flatnonzero(fixed.legs).tolist() == wrong
    assert off(fixed.xy, xy).max() < 0.05  # hips lie on each other
    assert not fixed.arms.any()


def test_half_a_leg_is_put_right() -> None:
    time, xy = runner(120)
    fixed = repair(time, exchange(xy, [40, 41, 100], ("ankle", "heel", "foot_index")))
    assert off(fixed.xy, xy).max() < 0.01


def test_arms_are_put_right_apart_from_legs() -> None:
    time, xy = runner(120)
    wrong = exchange(exchange(xy, [50, 51], ARM), [90, 91, 92], LEG)
    fixed = repair(time, wrong)
    assert np.flatnonzero(fixed.arms).tolist() == [50, 51]
    assert np.flatnonzero(fixed.legs).tolist() == [90, 91, 92]


def test_confidence_goes_with_the_joint() -> None:
    time, xy = runner(120)
    sure = np.ones(xy.shape[:2])
    sure[60, BLAZEPOSE.index("left_ankle")] = 0.2
    fixed = left_right.repair(time, exchange(xy, [60], LEG), sure, np.full(len(xy), STATURE))
    assert fixed.confidence[60, BLAZEPOSE.index("right_ankle")] == 0.2


def test_limbs_between_both_legs_are_left_out_and_do_not_exchange_the_rest() -> None:
    time, xy = runner(60)
    torn = xy.copy()
    for joint in LEG:
        a, b = BLAZEPOSE.index(f"left_{joint}"), BLAZEPOSE.index(f"right_{joint}")
        apart = np.hypot(*(xy[:, a] - xy[:, b]).T)
        frame = int(np.argmax(apart[20:80])) + 20 if joint == "ankle" else None
        if frame is not None:
            break
    for joint in LEG:
        a, b = BLAZEPOSE.index(f"left_{joint}"), BLAZEPOSE.index(f"right_{joint}")
        torn[frame, a] = torn[frame, b] = (xy[frame, a] + xy[frame, b]) / 2
    fixed = repair(time, torn)
    assert np.isnan(fixed.xy[frame, BLAZEPOSE.index("left_ankle")]).all()
    assert fixed.confidence[frame, BLAZEPOSE.index("left_ankle")] == 0
    rest = np.arange(len(time)) != frame
    assert off(fixed.xy, xy)[rest].max() < 0.01


def test_gaps_do_no_harm() -> None:
    time, xy = runner(120)
    holed = exchange(xy, [90, 91], LEG)
    holed[40:60] = np.nan
    stature = np.full(len(xy), STATURE)
    stature[40:60] = np.nan
    fixed = left_right.repair(time, holed, np.ones(xy.shape[:2]), stature)
    assert np.isnan(fixed.xy[40:60]).all()
    assert np.flatnonzero(fixed.legs).tolist() == [90, 91]
    nobody = left_right.repair(
        time, np.full_like(xy, np.nan), np.zeros(xy.shape[:2]), np.full(len(xy), np.nan)
    )
    assert np.isnan(nobody.xy).all()
