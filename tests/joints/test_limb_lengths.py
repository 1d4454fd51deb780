"""Legs that are read longer than legs are, and what is not said of them then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import Runner

from analyzer.data.capture import PoseTrack
from analyzer.errors import ContentError
from analyzer.joints import limb_lengths

ALL = slice(None)


def track(**changes: float) -> PoseTrack:
    return Runner(**changes).pose(120, noise_m=0.01)


def read_on_another(pose: PoseTrack, share: float, away_px: float) -> PoseTrack:
    """Mark a foot and its shank's end in a share of the frames where somebody else's is."""
    xy = pose.xy.copy()
    frames = np.random.default_rng(4).random(len(xy)) < share
    for name in ("left_ankle", "left_heel", "left_foot_index"):
        xy[frames, pose.names.index(name), 0] += away_px
    return replace(pose, xy=xy)


@pytest.mark.parametrize("aslant", [1.0, 0.7, 0.5])
@pytest.mark.parametrize("zoom", [0.0, 1.0])
def test_no_leg_is_too_long_however_it_is_seen(aslant: float, zoom: float) -> None:
    pose = track()
    grows = np.exp(zoom * (pose.time - pose.time[0]))[:, None, None]
    seen = replace(pose, xy=pose.xy * np.array([aslant, 1.0]) * grows)
    assert limb_lengths.told(seen, ALL, accept=False) == []


def test_feet_of_somebody_beside_make_legs_too_long() -> None:
    (note,) = limb_lengths.told(read_on_another(track(), 0.15, 250.0), ALL, accept=False)
    assert note.level == "limit"
    assert note.code == limb_lengths.CODE


def test_a_frame_or_two_are_chance() -> None:
    assert limb_lengths.told(read_on_another(track(), 0.01, 250.0), ALL, accept=False) == []


def test_nobody_in_view_is_no_fault_of_the_legs() -> None:
    pose = track()
    assert limb_lengths.told(replace(pose, xy=np.full_like(pose.xy, np.nan)), ALL, accept=False) == []


def test_legs_that_are_mostly_somebody_else_s_are_refused_unless_somebody_insists() -> None:
    mixed = read_on_another(track(), 0.45, 250.0)
    with pytest.raises(ContentError, match="cannot be told from somebody else's") as told:
        limb_lengths.told(mixed, ALL, accept=False)
    assert "accept" in told.value.settings
    (note,) = limb_lengths.told(mixed, ALL, accept=True)
    assert note.code == limb_lengths.CODE
