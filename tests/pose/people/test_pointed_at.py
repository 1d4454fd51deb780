"""Whoever is pointed at is found where the search saw nobody, and followed both ways."""

from __future__ import annotations

import numpy as np
import pytest
from places import SAMPLE

from analyzer.arrays import Array
from analyzer.config import Config
from analyzer.errors import NoAthleteError
from analyzer.pose import track
from analyzer.pose.networks import weights
from analyzer.pose.networks.blazepose import LandmarkNet
from analyzer.pose.people.pointed_at import seek
from analyzer.video import reader

pytestmark = pytest.mark.model


def runner(frame: int) -> Array:
    """Where a look at the whole picture's middle band finds the runner's hips."""
    info = reader.probe(SAMPLE)
    config = Config(start_s=info.time[frame] - 0.15, stop_s=info.time[frame] + 0.15)
    pose = track.track(info, config).pose
    return np.asarray((pose.joint("left_hip") + pose.joint("right_hip"))[frame] / 2)


def test_who_is_pointed_at_is_followed_both_ways() -> None:
    info, net = reader.probe(SAMPLE), LandmarkNet(weights.model_path())
    frame = len(info.time) // 2
    at = runner(frame)
    found = seek(info, net, (at[0] + 15, at[1] - 20), frame, (0, len(info.time)))
    assert found is not None
    frames = [s.frame for s in found.sightings]
    assert frames == sorted(set(frames))
    assert min(frames) < frame - 0.3 * info.capture_fps
    assert max(frames) > frame + 0.3 * info.capture_fps
    seen = next(s for s in found.sightings if s.frame == frame)
    assert np.hypot(seen.x - at[0], seen.y - at[1]) < 0.03 * seen.stature
    x = np.array([s.x for s in found.sightings])
    assert np.ptp(x) > 3 * seen.stature  # the same runner all the way
    people = track._sought([], info, net, (at[0], at[1], float(info.time[frame])), (0, len(info.time)))
    assert len(people) == 1
    assert track._pointed_at(people, info, (at[0], at[1], float(info.time[frame]))) is people[0]


def test_nobody_is_made_up_where_nobody_is() -> None:
    info, net = reader.probe(SAMPLE), LandmarkNet(weights.model_path())
    corner = (40.0, 40.0, 0.0)
    assert seek(info, net, corner[:2], 0, (0, len(info.time))) is None
    with pytest.raises(NoAthleteError, match="40, 40"):
        track._pointed_at(track._sought([], info, net, corner, (0, len(info.time))), info, corner)
