"""Legs that a few frames have the wrong way round: set right where the frames around tell it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coming import Comer, measured
from running import Runner

from analyzer.data.capture import PoseTrack
from analyzer.frontal import mixed_legs

LEG = ("hip", "knee", "ankle", "heel", "foot_index")


def seen(where: str = "front", fps: float = 60.0, seed: int = 3) -> PoseTrack:
    return Comer(runner=Runner(steps=14)).seen(where, noise_m=0.006, fps=fps, seed=seed)


def mixed(pose: PoseTrack, frames: np.ndarray, parts: tuple[str, ...] = LEG) -> PoseTrack:
    """Return joints whose legs are exchanged in some frames."""
    xy = pose.xy.copy()
    for part in parts:
        pair = [pose.names.index(f"{side}_{part}") for side in ("left", "right")]
        xy[np.ix_(frames, pair)] = pose.xy[np.ix_(frames, pair[::-1])]
    return replace(pose, xy=xy)


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
@pytest.mark.parametrize("where", ["front", "rear"])
def test_legs_marked_right_stay_as_they_are(where: str, fps: float) -> None:
    pose = seen(where, fps)
    found = mixed_legs.set_right(pose)
    assert found.track is pose
    assert not found.frames.any()


@pytest.mark.parametrize("length", [1, 2])
@pytest.mark.parametrize("parts", [LEG, LEG[1:], LEG[2:], ("hip",)])
def test_mixed_frames_are_set_right_and_no_others(parts: tuple[str, ...], length: int) -> None:
    pose = seen()
    starts = np.arange(6, len(pose.time) - 6, 12)
    frames = np.unique(np.concatenate([starts + k for k in range(length)]))
    found = mixed_legs.set_right(mixed(pose, frames, parts))
    assert not np.delete(found.frames, frames).any()
    assert found.frames[frames].mean() > 0.9
    right = np.abs(found.track.xy - pose.xy).max(axis=(1, 2)) == 0
    wrong = len(frames) / len(right)
    assert 1 - right.mean() < 0.5 * wrong  # knees that pass each other are as good either way


def test_the_numbers_are_those_of_legs_marked_right() -> None:
    pose = seen()
    starts = np.arange(5, len(pose.time) - 5, 9)
    frames = np.concatenate([starts, starts + 1])  # as they were, nobody ran
    clean, found = measured(pose), measured(mixed(pose, frames, LEG[1:]))
    for one, other in zip(clean.found, found.found, strict=True):
        assert other.mean == pytest.approx(one.mean, abs=one.se_within), (one.metric, one.side)
    (note,) = [note for note in found.notes if note.code == "legs_mixed"]
    assert note.counts["frames"] == pytest.approx(len(frames), abs=3)
    assert "legs_mixed" not in [note.code for note in clean.notes]


def test_a_whole_stretch_the_other_way_round_is_no_slip() -> None:
    pose = seen()
    for start in range(40, 120, 20):
        frames = np.arange(start, start + mixed_legs.LONGEST + 5)
        found = mixed_legs.set_right(mixed(pose, frames)).frames
        assert not found[frames[2:-2]].any()
        assert found.sum() <= 2  # at its edges a frame may go to either side


def test_joints_that_are_not_seen_tell_nothing_and_hinder_nothing() -> None:
    pose = seen()
    frames = np.array([30])
    heels = [pose.names.index(f"{side}_heel") for side in ("left", "right")]
    blind = mixed(pose, frames)
    xy = blind.xy.copy()
    xy[:, heels] = np.nan
    assert mixed_legs.set_right(replace(blind, xy=xy)).frames.nonzero()[0].tolist() == [30]
    gone = xy.copy()
    gone[28:33] = np.nan
    assert not mixed_legs.set_right(replace(blind, xy=gone)).frames.any()
    assert not mixed_legs.set_right(replace(blind, xy=np.full_like(xy, np.nan))).frames.any()
