"""Left and right, exchanged on purpose in a runner whose legs are known."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.data import Array
from analyzer.pose import sides
from analyzer.skeleton import BLAZEPOSE

STATURE = 300.0
LEG = ("hip", "knee", "ankle", "heel", "foot_index")
ARM = ("elbow", "wrist", "pinky", "index", "thumb")


def runner(fps: float, seconds: float = 1.6, noise: float = 0.008) -> tuple[Array, Array]:
    """A stride of 2.2 Hz: time and (n, 33, 2) px landmarks."""
    time = np.arange(round(seconds * fps)) / fps
    rng = np.random.default_rng(2)
    xy = np.zeros((len(time), 33, 2))
    for side, phase in (("left", 0.0), ("right", np.pi)):
        turn = 2 * np.pi * 2.2 * time + phase
        thigh = np.radians(15 + 45 * np.sin(turn))
        shank = thigh - np.radians(55 - 50 * np.cos(turn - 2.4))
        hip = np.zeros((len(time), 2))
        knee = hip + 0.23 * np.column_stack([np.sin(thigh), np.cos(thigh)])
        ankle = knee + 0.25 * np.column_stack([np.sin(shank), np.cos(shank)])
        foot = ankle + 0.12 * np.column_stack([np.cos(shank), -np.sin(shank)])
        shoulder = np.tile([0.0, -0.29], (len(time), 1))
        upper = np.radians(-45 * np.sin(turn))
        elbow = shoulder + 0.17 * np.column_stack([np.sin(upper), np.cos(upper)])
        wrist = elbow + 0.15 * np.column_stack([np.sin(upper + 1.5), np.cos(upper + 1.5)])
        places = {"hip": hip, "knee": knee, "ankle": ankle, "heel": ankle, "foot_index": foot}
        places |= {"shoulder": shoulder, "elbow": elbow}
        places |= dict.fromkeys(("wrist", "pinky", "index", "thumb"), wrist)
        for joint, place in places.items():
            xy[:, BLAZEPOSE.index(f"{side}_{joint}")] = place
    xy += rng.normal(0, noise, xy.shape)
    return time, xy * STATURE + (500 + 900 * time)[:, None, None] * np.array([1.0, 0.0])


def exchange(xy: Array, frames: list[int], joints: tuple[str, ...]) -> Array:
    out = xy.copy()
    for joint in joints:
        a, b = BLAZEPOSE.index(f"left_{joint}"), BLAZEPOSE.index(f"right_{joint}")
        out[frames, a], out[frames, b] = xy[frames, b], xy[frames, a]
    return out


def repair(time: Array, xy: Array) -> sides.Repair:
    return sides.repair(time, xy, np.ones(xy.shape[:2]), np.full(len(xy), STATURE))


def off(a: Array, b: Array) -> Array:
    return np.asarray(np.nanmax(np.hypot(*np.moveaxis(a - b, -1, 0)), axis=1) / STATURE)


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
    fixed = sides.repair(time, exchange(xy, [60], LEG), sure, np.full(len(xy), STATURE))
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
    fixed = sides.repair(time, holed, np.ones(xy.shape[:2]), stature)
    assert np.isnan(fixed.xy[40:60]).all()
    assert np.flatnonzero(fixed.legs).tolist() == [90, 91]
    nobody = sides.repair(time, np.full_like(xy, np.nan), np.zeros(xy.shape[:2]), np.full(len(xy), np.nan))
    assert np.isnan(nobody.xy).all()
