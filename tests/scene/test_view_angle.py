"""The camera's angle to the lane and its focal length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import LEG, NAMES, Runner
from views import HALF_WIDTH

from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
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


def test_without_shoulders_the_sign_of_the_view_is_not_told() -> None:
    keep = [i for i, name in enumerate(POSE.names) if "shoulder" not in name]
    names = tuple(POSE.names[i] for i in keep)
    legs = replace(POSE, xy=POSE.xy[:, keep], confidence=POSE.confidence[:, keep], names=names)
    camera, config = CameraMotion.static(len(legs.time)), Config.build(leg_length_m=0.95)
    found = calibrate(legs, camera, chosen(legs, camera, config), config)
    # The habit of setting up square is left, and legs that seem no shorter than they are.
    assert found.view_angle_deg == pytest.approx(0, abs=0.5)
    assert SET_UP_DEG < found.view_angle_sd_deg < 2 * SET_UP_DEG


def oblique(degrees: float, zoom: float) -> PoseTrack:
    """Return a runner seen at an angle by a camera of ``zoom`` usual focal lengths, as large by any."""
    runner = Runner(steps=8)
    time = np.arange(0, runner.duration, 1 / 120)
    flat, angle = runner.joints(time), np.radians(degrees)
    width, focal = 1920, zoom * FIELD_OF_VIEW * 1920
    away = focal / 150  # m: 150 px a metre in the middle
    rng = np.random.default_rng(0)
    paths = []
    for name in NAMES:
        side, _, part = name.partition("_")
        left = HALF_WIDTH.get(part, 0.09) * (1 if side == "left" else -1)
        ahead, up = (flat[name] + 0.008 * rng.standard_normal(flat[name].shape)).T
        ahead = ahead - runner.speed * runner.duration / 2
        deep = away + ahead * np.sin(angle) + left * np.cos(angle)
        across = ahead * np.cos(angle) - left * np.sin(angle)
        paths.append(np.column_stack([width / 2 + focal * across / deep, 540 - focal * (up - 1.0) / deep]))
    xy = np.stack(paths, axis=1)
    box = np.full((len(time), 3), 300.0)
    return PoseTrack(time, xy, np.ones(xy.shape[:2]), NAMES, box, width, 1080, "test")


@pytest.mark.parametrize("zoom", [1.0, 2.5])
@pytest.mark.parametrize("degrees", [30.0, -45.0])
def test_an_angle_is_told_whatever_the_lens(degrees: float, zoom: float) -> None:
    pose = oblique(degrees, zoom)
    camera, config = CameraMotion.static(len(pose.time)), Config.build(leg_length_m=LEG)
    found = calibrate(pose, camera, chosen(pose, camera, config), config)
    assert found.view_angle_deg == pytest.approx(degrees, abs=2 * found.view_angle_sd_deg)
    assert found.view_angle_sd_deg < 8
    hips = found.apply(pose.middle("hip"))[:, 0]
    speed = float(np.polyfit(pose.time, hips, 1)[0])
    assert speed == pytest.approx(Runner().speed, rel=2 * found.relative_sd)
    assert found.relative_sd > found.stretch_sd > 0.02


def test_the_error_of_the_angle_is_the_heights_where_lengths_along_the_lane_are_known() -> None:
    pose = oblique(45.0, 2.5)
    camera = CameraMotion.static(len(pose.time))
    by_leg, by_points = (
        calibrate(pose, camera, chosen(pose, camera, config), config)
        for config in (Config.build(leg_length_m=LEG), Config.build(scale=(900, 600, 1020, 600, 1.0)))
    )
    assert by_leg.stretch_sd == by_points.stretch_sd
    assert not by_leg.along_lane
    assert by_points.along_lane
    assert by_points.relative_sd < by_leg.relative_sd
