"""The camera's angle to the lane and its focal length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import Runner

from analyzer.config import Config
from analyzer.data.capture import CameraMotion
from analyzer.motion.kinematics import READOUT_S, row_lean_deg
from analyzer.scene.calibration import calibrate
from analyzer.scene.passes import chosen
from analyzer.scene.view_angle import FIELD_OF_VIEW, SET_UP_DEG, focal_px

POSE = Runner(steps=4).pose(120)


def panned(focal: float, degrees: float) -> CameraMotion:
    """A camera that turns evenly by so much, mapped onto its first picture."""
    middle = np.array([[focal, 0, POSE.width / 2], [0, focal, POSE.height / 2], [0, 0, 1]])
    maps = []
    for a in np.radians(np.linspace(0, degrees, len(POSE.time))):
        turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
        maps.append(middle @ turn @ np.linalg.inv(middle))
    return CameraMotion(np.array(maps), np.zeros(len(maps)), moving=True)


@pytest.mark.parametrize("zoom", [0.8, 1.6])
def test_a_camera_that_turns_shows_its_focal_length(zoom: float) -> None:
    focal = zoom * POSE.width
    assert focal_px(POSE, panned(focal, 25)) == pytest.approx(focal, rel=0.001)
    assert focal_px(POSE, panned(focal, -25)) == pytest.approx(focal, rel=0.001)


def test_a_still_or_shaken_camera_has_the_usual_focal_length() -> None:
    usual = FIELD_OF_VIEW * max(POSE.width, POSE.height)
    assert focal_px(POSE, CameraMotion.static(len(POSE.time))) == usual
    assert focal_px(POSE, panned(2 * POSE.width, 0.5)) == usual


def test_rows_read_later_see_the_athlete_further_on() -> None:
    speed_px = np.median(np.abs(np.diff(POSE.joint("left_hip")[:, 0]))) * 120
    lean = np.degrees(np.arctan(speed_px * READOUT_S / POSE.height))
    assert row_lean_deg(POSE) == pytest.approx(lean, rel=0.05)
    assert row_lean_deg(replace(POSE, source="markers")) == 0
    followed = replace(POSE, xy=POSE.xy - POSE.joint("left_hip")[:, None] * [1, 0])
    assert row_lean_deg(followed) < 0.2


def test_a_tracker_without_shoulders_says_nothing_of_the_view() -> None:
    keep = [i for i, name in enumerate(POSE.names) if "shoulder" not in name]
    names = tuple(POSE.names[i] for i in keep)
    legs = replace(POSE, xy=POSE.xy[:, keep], confidence=POSE.confidence[:, keep], names=names)
    camera, config = CameraMotion.static(len(legs.time)), Config.build(leg_length_m=0.95)
    found = calibrate(legs, camera, chosen(legs, camera, config), config)
    assert found.view_angle_deg == 0
    assert found.view_angle_sd_deg == pytest.approx(SET_UP_DEG, rel=0.05)
