from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import LEG, PIXELS, Runner

from analyzer.data.capture import PoseTrack
from analyzer.joints.body_size import spans
from analyzer.joints.landmark_bias import ANKLE_DOWN, HEAVY_ANKLE_DOWN, KNEE_OUT, centred


def bent(toe_ahead: int) -> PoseTrack:
    """A hanging thigh and a shank at right angles behind it in every frame, marked by BlazePose; y down."""
    names = tuple(f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle"))
    leg = [[50.0, 100.0], [50.0, 200.0], [50.0 - 100 * toe_ahead, 200.0]]
    xy = np.tile(leg * 2, (5, 1, 1))
    return PoseTrack(
        np.arange(5) / 120, xy, np.ones((5, 6)), names, np.ones((5, 3)), 100 + toe_ahead, 400, "blazepose"
    )


@pytest.mark.parametrize("direction", [1, -1])
def test_knees_go_out_of_the_bend_and_the_hidden_one_further(direction: int) -> None:
    pose = bent(direction)
    moved = centred(pose, pose.xy, direction) - pose.xy  # type: ignore[arg-type]
    near, far = ("right", "left") if direction == 1 else ("left", "right")
    one, other = (moved[0, pose.names.index(f"{side}_knee")] for side in (near, far))
    # Along the thigh and against the shank by the same: on the bend's bisector.
    assert one == pytest.approx(one[1] * np.array([direction, 1]))
    assert one[1] > 0
    assert other == pytest.approx(one * KNEE_OUT["far"] / KNEE_OUT["near"])
    ankle = moved[0, pose.names.index(f"{near}_ankle")]
    assert ankle[0] * direction < 0
    assert ankle[1] == pytest.approx(0)
    assert not moved[0, pose.names.index(f"{near}_hip")].any()


def test_a_straight_knee_stays() -> None:
    pose = bent(1)
    xy = pose.xy.copy()
    xy[:, [2, 5]] = [50, 300]
    moved = centred(pose, xy, 1) - xy
    assert moved[:, [1, 4]] == pytest.approx(0)


def test_shifts_are_a_few_centimetres_and_turn_with_the_picture() -> None:
    pose = replace(Runner().pose(120), source="blazepose")
    moved = centred(pose, pose.xy, 1) - pose.xy
    size = np.linalg.norm(moved, axis=2) / PIXELS
    knee = size[:, pose.names.index("left_knee")]
    # Half a centimetre of a nearly straight leg, 2 of a folded and hidden one.
    assert 0.002 * LEG < knee.min() < 0.008 * LEG
    assert 0.015 * LEG < knee.max() < 2 * KNEE_OUT["far"] * 1.1 * LEG
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


def test_a_shift_belongs_to_one_network() -> None:
    pose = replace(Runner().pose(120), source="blazepose")
    heavy, unknown = (replace(pose, source=f"blazepose{name}") for name in (" heavy", ", other weights"))
    assert heavy.kind == unknown.kind == "network"
    moved, larger = (centred(p, p.xy, 1) - p.xy for p in (pose, heavy))
    place = pose.names.index("left_ankle")
    ratio = np.linalg.norm(larger[:, place], axis=1) / np.linalg.norm(moved[:, place], axis=1)
    assert ratio == pytest.approx(HEAVY_ANKLE_DOWN["far"] / ANKLE_DOWN["far"])
    assert centred(unknown, unknown.xy, 1) is unknown.xy
