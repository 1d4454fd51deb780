from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import LEG, PIXELS, Runner

from analyzer.data import PoseTrack
from analyzer.landmarks import KNEE_DOWN, KNEE_FORWARD, centred, spans


def standing(toe_ahead: int) -> PoseTrack:
    """A leg hanging straight down in every frame, marked by BlazePose; y down."""
    names = tuple(f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle"))
    xy = np.tile([[50.0, 100.0], [50.0, 200.0], [50.0, 300.0]] * 2, (5, 1, 1))
    return PoseTrack(
        np.arange(5) / 120, xy, np.ones((5, 6)), names, np.ones((5, 3)), 100 + toe_ahead, 400, "blazepose"
    )


@pytest.mark.parametrize("direction", [1, -1])
def test_knees_go_down_and_to_the_front_and_the_hidden_one_further(direction: int) -> None:
    pose = standing(direction)
    moved = centred(pose, pose.xy, direction) - pose.xy  # type: ignore[arg-type]
    near, far = ("right", "left") if direction == 1 else ("left", "right")
    one, other = (moved[0, pose.names.index(f"{side}_knee")] for side in (near, far))
    assert one[1] > 0
    assert one[1] == pytest.approx(other[1])
    assert one[0] / one[1] == pytest.approx(direction * KNEE_FORWARD["near"] / KNEE_DOWN)
    assert other[0] * direction > one[0] * direction > 0
    ankle = moved[0, pose.names.index(f"{near}_ankle")]
    assert ankle[0] == pytest.approx(0)
    assert ankle[1] > 0
    assert not moved[0, pose.names.index(f"{near}_hip")].any()


def test_shifts_are_a_few_centimetres_and_turn_with_the_picture() -> None:
    pose = replace(Runner().pose(120), source="blazepose")
    moved = centred(pose, pose.xy, 1) - pose.xy
    size = np.linalg.norm(moved, axis=2) / PIXELS
    assert 0.005 * LEG < size[:, pose.names.index("left_knee")].max() < 0.02 * LEG
    turn = np.array([[0.8, 0.6], [-0.6, 0.8]])
    turned = centred(pose, pose.xy @ turn, 1) - pose.xy @ turn
    assert turned == pytest.approx(moved @ turn, abs=1e-9)


def test_other_trackers_are_believed() -> None:
    pose = Runner().pose(120)
    assert centred(pose, pose.xy, 1) is pose.xy
    network = replace(pose, source="blazepose")
    assert spans(network, pose.xy).leg > spans(pose, pose.xy).leg


def test_unseen_joints_stay_unseen_and_make_no_others_so() -> None:
    pose = replace(Runner().pose(120), source="blazepose")
    xy = pose.xy.copy()
    xy[20:30, pose.names.index("left_hip")] = np.nan
    moved = centred(pose, xy, 1)
    assert np.isnan(moved[20:30, pose.names.index("left_hip")]).all()
    assert (moved[20:30, pose.names.index("left_knee")] == xy[20:30, pose.names.index("left_knee")]).all()
    assert np.isnan(centred(pose, np.full_like(xy, np.nan), 1)).all()
