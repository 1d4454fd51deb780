from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import Runner

from analyzer.data.capture import PoseTrack
from analyzer.joints import stride_phase


def tangled(pose: PoseTrack, mixed: np.ndarray) -> PoseTrack:
    """Return the track with the legs exchanged in some frames."""
    xy = pose.xy.copy()
    for part in stride_phase.CHAIN:
        left, right = (pose.names.index(f"{side}_{part}") for side in ("left", "right"))
        xy[mixed, left], xy[mixed, right] = pose.xy[mixed, right], pose.xy[mixed, left]
    return replace(pose, xy=xy)


def passing(pose: PoseTrack) -> np.ndarray:
    """Return the frames in which the ankles are close together along the lane."""
    gap = pose.joint("left_ankle")[:, 0] - pose.joint("right_ankle")[:, 0]
    return np.abs(gap) < 0.25 * np.abs(gap).max()


@pytest.mark.parametrize("fps", [30.0, 60.0, 240.0])
@pytest.mark.parametrize("leftward", [False, True])
def test_legs_mixed_up_where_they_pass_get_their_names_back(fps: float, leftward: bool) -> None:
    true = Runner(steps=8).pose(fps, noise_m=0.01, leftward=leftward)
    mixed = passing(true)
    assert mixed.mean() > 0.1
    mended = stride_phase.untangle(tangled(true, mixed))
    np.testing.assert_array_equal(mended.xy, true.xy)
    assert [note.code for note in mended.notes] == ["legs_exchanged"]


def test_legs_mixed_up_at_random_get_their_names_back() -> None:
    true = Runner(steps=10).pose(60, noise_m=0.02)
    mixed = np.random.default_rng(3).random(len(true.time)) < 0.3
    mended = stride_phase.untangle(tangled(true, mixed))
    wrong = np.any(mended.xy != true.xy, axis=(1, 2))
    assert wrong.mean() < 0.03


@pytest.mark.parametrize("slow", [1.0, 10.0])
def test_a_right_track_is_left_alone(slow: float) -> None:
    pose = Runner().pose(120, noise_m=0.01, slow=slow)
    mended = stride_phase.untangle(pose)
    assert mended is pose
    assert mended.notes == ()


def test_the_stride_turns_half_a_turn_a_step() -> None:
    runner = Runner(steps=8)
    pose = runner.pose(120)
    found = stride_phase.cycle(pose.time, lambda name: pose.joint(name) * [1, -1])
    assert found.explained > 0.9
    assert found.step_s == pytest.approx(runner.step_s, rel=0.05)
    for side, touchdown, toe_off in runner.contacts():
        phase = np.interp((touchdown + toe_off) / 2, pose.time, found.phase)
        turned = (phase - (0 if side == "left" else np.pi) + np.pi) % (2 * np.pi) - np.pi
        assert 0.3 < turned < 2.4


def test_somebody_who_stands_keeps_the_legs_as_they_are() -> None:
    pose = Runner().pose(60)
    still = np.repeat(pose.xy[:1], len(pose.time), axis=0)
    still = still + np.random.default_rng(1).normal(0, 0.5, still.shape)
    stands = replace(pose, xy=still)
    assert stride_phase.untangle(stands) is stands


def test_frames_without_legs_stay_empty() -> None:
    pose = Runner().pose(60, noise_m=0.005)
    xy = pose.xy.copy()
    xy[40:52] = np.nan
    mended = stride_phase.untangle(replace(pose, xy=xy))
    np.testing.assert_array_equal(np.isnan(mended.xy), np.isnan(xy))


def test_the_rhythm_is_the_steps_where_an_oblique_view_makes_one_half_of_the_stride_wider() -> None:
    time = np.arange(0, 3, 1 / 30)
    apart = 0.75 * np.cos(np.pi * time / 0.21) + 0.25  # a step each 0.21 s, the legs never seen as wide again
    step_s, _ = stride_phase.rhythm(time, np.stack([apart, apart], axis=1))
    assert step_s == pytest.approx(0.21, rel=0.03)
