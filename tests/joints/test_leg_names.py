"""Legs that a tracker mixed up, on runners whose legs are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import runner
from running import Runner
from views import seen_at

from analyzer.data.capture import PoseTrack
from analyzer.joints import leg_names


def tangled(pose: PoseTrack, mixed: np.ndarray) -> PoseTrack:
    """Return the track with the legs exchanged in some frames."""
    xy = pose.xy.copy()
    for part in leg_names.CHAIN:
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
    mended = leg_names.untangle(tangled(true, mixed))
    np.testing.assert_array_equal(mended.xy, true.xy)
    assert [note.code for note in mended.notes] == ["legs_exchanged"]


def test_legs_mixed_up_at_random_get_their_names_back() -> None:
    true = Runner(steps=10).pose(60, noise_m=0.02)
    mixed = np.random.default_rng(3).random(len(true.time)) < 0.3
    mended = leg_names.untangle(tangled(true, mixed))
    wrong = np.any(mended.xy != true.xy, axis=(1, 2))
    assert wrong.mean() < 0.03


@pytest.mark.parametrize("slow", [1.0, 10.0])
def test_a_right_track_is_left_alone(slow: float) -> None:
    pose = Runner().pose(120, noise_m=0.01, slow=slow)
    mended = leg_names.untangle(pose)
    assert mended is pose
    assert mended.notes == ()


def test_somebody_who_stands_keeps_the_legs_as_they_are() -> None:
    pose = Runner().pose(60)
    still = np.repeat(pose.xy[:1], len(pose.time), axis=0)
    still = still + np.random.default_rng(1).normal(0, 0.5, still.shape)
    stands = replace(pose, xy=still)
    assert leg_names.untangle(stands) is stands


def test_frames_without_legs_stay_empty() -> None:
    pose = Runner().pose(60, noise_m=0.005)
    xy = pose.xy.copy()
    xy[40:52] = np.nan
    mended = leg_names.untangle(replace(pose, xy=xy))
    np.testing.assert_array_equal(np.isnan(mended.xy), np.isnan(xy))


@pytest.mark.parametrize("angle", [80.0, -80.0])
@pytest.mark.parametrize("mixed_up", [0.0, 0.3])
def test_no_leg_is_renamed_from_the_front_or_from_behind(angle: float, mixed_up: float) -> None:
    pose = seen_at(angle)
    pose = tangled(pose, np.random.default_rng(3).random(len(pose.time)) < mixed_up)
    assert leg_names.untangle(pose) is pose


def test_legs_named_wrongly_throughout_are_told_by_the_arms() -> None:
    true = runner.pose_track()
    mended = leg_names.untangle(tangled(true, np.ones(len(true.time), dtype=bool)))
    assert np.mean(np.any(mended.xy != true.xy, axis=(1, 2))) < 0.03


def test_a_rhythm_alone_renames_no_leg_throughout() -> None:
    """Arms that hang, of a body whose width does not show: nothing tells which leg is which."""
    pose = Runner(steps=10).pose(60, noise_m=0.0)
    xy = pose.xy.copy()
    for part in ("elbow", "wrist"):
        for side in ("left", "right"):
            xy[:, pose.names.index(f"{side}_{part}")] = pose.joint(f"{side}_shoulder")
    xy += np.random.default_rng(2).normal(0, 1.5, xy.shape)
    for still in (replace(pose, xy=xy), tangled(replace(pose, xy=xy), np.ones(len(xy), dtype=bool))):
        renamed = leg_names.untangle(still)
        assert np.mean(np.any(renamed.xy != still.xy, axis=(1, 2))) < 0.05


def test_chest_and_arms_vote_for_legs_that_face_and_swing_as_they_do() -> None:
    true = seen_at(40)
    every = np.ones(len(true.time), dtype=bool)
    assert leg_names._chest(true, every) == -1
    assert leg_names._chest(tangled(true, every), every) == 1
    assert leg_names._chest(seen_at(0), every) == 0
    swings = runner.pose_track()
    every = np.ones(len(swings.time), dtype=bool)
    toward = np.ones(len(swings.time))
    assert leg_names._arms(swings, every, toward) == -1
    assert leg_names._arms(tangled(swings, every), every, toward) == 1


def test_votes_that_contradict_each_other_rename_no_leg(monkeypatch: pytest.MonkeyPatch) -> None:
    pose = tangled(runner.pose_track(), np.ones(len(runner.pose_track().time), dtype=bool))
    assert leg_names.untangle(pose) is not pose
    monkeypatch.setattr(leg_names, "_chest", lambda *_: -1)
    assert leg_names.untangle(pose) is pose
