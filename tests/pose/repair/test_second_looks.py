"""Second looks: which frames are doubted, and what is taken instead."""

from __future__ import annotations

import numpy as np
import pytest
from striding import LEG, STATURE, exchange, off, runner

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.pose.repair import second_looks


def collapsed(xy: Array, frames: list[int]) -> Array:
    """Both legs read as something short between them."""
    out = xy.copy()
    hips = (xy[:, BLAZEPOSE.index("left_hip")] + xy[:, BLAZEPOSE.index("right_hip")]) / 2
    for joint in LEG[1:]:
        for side in ("left", "right"):
            k = BLAZEPOSE.index(f"{side}_{joint}")
            out[frames, k] = hips[frames] + 0.55 * (xy[frames, k] - hips[frames])
    return out


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_misread_frames_are_doubted_and_few_others(fps: float) -> None:
    time, xy = runner(fps)
    wrong = [12, 25, 40]
    found = second_looks.doubtful(
        time, collapsed(xy, wrong), np.full(len(xy), STATURE), second_looks.MOST["best"]
    )
    assert found[wrong].all()
    assert found.mean() <= second_looks.MOST["best"] + 0.02


def test_exchanged_sides_are_no_reason_to_doubt() -> None:
    time, xy = runner(120)
    stature = np.full(len(xy), STATURE)
    before = second_looks.doubtful(time, xy, stature, 0.25)
    assert np.array_equal(second_looks.doubtful(time, exchange(xy, [30, 31, 70], LEG), stature, 0.25), before)


def test_the_look_that_fits_is_taken_whichever_way_round() -> None:
    time, xy = runner(60)
    read, sure = collapsed(xy, [25]), np.full(xy.shape[:2], 0.5)
    worse, right = (collapsed(xy, [25])[25] + 9, exchange(xy, [25], LEG)[25])
    ones = np.ones(33)
    second_looks.better(time, read, sure, np.full(len(xy), STATURE), {25: [(worse, ones), (right, ones)]})
    knee = BLAZEPOSE.index("left_knee")
    assert np.array_equal(read[25, knee], xy[25, BLAZEPOSE.index("right_knee")])
    assert sure[25, knee] == 1
    rest = np.arange(len(xy)) != 25
    assert off(read, xy)[rest].max() == 0


def test_what_fits_is_kept() -> None:
    time, xy = runner(60)
    read, sure = xy.copy(), np.full(xy.shape[:2], 0.5)
    other = (collapsed(xy, [25])[25], np.ones(33))
    second_looks.better(time, read, sure, np.full(len(xy), STATURE), {25: [other], 0: [other], 26: []})
    assert np.array_equal(read, xy)


def test_nobody_in_view_is_not_doubted() -> None:
    time, xy = runner(60)
    stature = np.full(len(xy), np.nan)
    assert not second_looks.doubtful(time, np.full_like(xy, np.nan), stature, 0.25).any()


def test_what_most_looks_agree_on_is_taken_whichever_way_round() -> None:
    _, xy = runner(30)
    stature = np.full(len(xy), STATURE)
    read, sure = collapsed(xy, [12]), np.full(xy.shape[:2], 0.5)
    rng = np.random.default_rng(3)
    right = [xy[12] + rng.normal(0, 1, (33, 2)), exchange(xy, [12], LEG)[12] + rng.normal(0, 1, (33, 2))]
    looks = [(look, np.ones(33)) for look in (*right, xy[12], collapsed(xy, [12])[12] - 40)]
    second_looks.agreed(read, sure, stature, {12: looks})
    knees = [BLAZEPOSE.index(f"{side}_knee") for side in ("left", "right")]
    assert min(np.abs(read[12, knees] - xy[12, way]).max() for way in (knees, knees[::-1])) < 5
    assert (sure[12, knees] == 1).all()
    rest = np.arange(len(xy)) != 12
    assert off(read, xy)[rest].max() == 0


def test_the_first_look_stays_where_all_agree() -> None:
    _, xy = runner(30)
    read, sure = xy.copy(), np.full(xy.shape[:2], 0.5)
    second_looks.agreed(
        read, sure, np.full(len(xy), STATURE), {12: [(xy[12].copy(), np.ones(33))] * 3, 13: []}
    )
    assert np.array_equal(read, xy)
    assert (sure == 0.5).all()


def test_readings_judged_at_once_are_judged_as_each_alone() -> None:
    rng = np.random.default_rng(2)
    around = np.cumsum(rng.normal(0, 0.1, (3, 2, 3, 2)), axis=0)
    readings = around[1] + rng.normal(0, 0.1, (5, 2, 3, 2))
    readings[2, 0, 1] = np.nan
    time = np.array([0.0, 0.008, 0.017])
    alone = [second_looks._misfit(time, around[:1], one[None], around[2:])[0] for one in readings]
    np.testing.assert_array_equal(second_looks._each_misfit(time, around, readings), alone)
    assert np.ptp(alone) > 0
