"""Joints of a track by name, and the camera's steady pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import Runner

from analyzer.data.capture import CameraMotion

POSE = Runner().pose(60)


def test_a_joint_is_taken_from_the_track_or_from_other_positions_of_it() -> None:
    knee = POSE.names.index("left_knee")
    assert np.array_equal(POSE.joint("left_knee"), POSE.xy[:, knee])
    assert np.array_equal(POSE.joint("left_knee", 2 * POSE.xy[5:9]), 2 * POSE.xy[5:9, knee])
    assert np.isnan(POSE.joint("nose", POSE.xy[5:9])).all()
    assert POSE.joint("nose", POSE.xy[5:9]).shape == (4, 2)


def test_the_middle_of_a_pair_needs_both_or_will_do_with_one() -> None:
    xy = POSE.xy.copy()
    left, right = (POSE.names.index(f"{side}_hip") for side in ("left", "right"))
    xy[:, left], xy[:, right] = [100.0, 50.0], [110.0, 56.0]
    xy[3, left] = np.nan
    pose = replace(POSE, xy=xy)
    assert pose.middle("hip")[0] == pytest.approx([105, 53])
    assert np.isnan(pose.middle("hip")[3]).all()
    assert pose.middle("hip", one_will_do=True)[3] == pytest.approx([110, 56])


@pytest.mark.parametrize(
    ("source", "kind"),
    [("blazepose", "network"), ("markers", "markers"), ("rtmpose", "tracker"), ("DeepLabCut", "tracker")],
)
def test_a_source_tells_what_its_joints_are(source: str, kind: str) -> None:
    assert replace(POSE, source=source).kind == kind


def test_a_camera_s_pixels_are_those_of_the_reference_frame() -> None:
    maps = np.tile(np.eye(3), (2, 1, 1))
    maps[1, 0, 2] = 30.0
    steady = CameraMotion(maps, np.zeros(2), moving=True).apply(np.full((2, 4, 2), 10.0))
    assert steady[0] == pytest.approx(np.full((4, 2), 10.0))
    assert steady[1] == pytest.approx(np.tile([40.0, 10.0], (4, 1)))
