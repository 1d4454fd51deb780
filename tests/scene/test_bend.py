"""A run on a bend: found by the body's size and the feet together, and measured along the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import NAMES, Runner
from views import HALF_WIDTH

from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.joints import body_size
from analyzer.motion import kinematics
from analyzer.scene.bend import Bend, straightened
from analyzer.scene.calibration import calibrate
from analyzer.scene.passes import chosen
from analyzer.scene.view_angle import FIELD_OF_VIEW
from analyzer.signals.geometry import mapped

WIDTH, HEIGHT, DISTANCE_M, EYE_M = 1920, 1080, 14.0, 1.25
FOCAL = FIELD_OF_VIEW * WIDTH
CONFIG = Config.build(height_m=1.80)
RUNNER = Runner(steps=7)


def filmed(radius_m: float, noise_m: float = 0.004) -> tuple[PoseTrack, np.ndarray]:
    """Return a run round a bend before a still camera, and the angle at which it is seen, deg."""
    time = np.arange(0, RUNNER.duration, 1 / 120)
    joints = RUNNER.joints(time)
    start = RUNNER.speed * RUNNER.duration / 2
    rng = np.random.default_rng(3)
    paths = []
    for name in NAMES:
        side, _, part = name.partition("_")
        aside = HALF_WIDTH.get(part, 0.09) * (1 if side == "left" else -1)
        forward, up = (joints[name] + noise_m * rng.standard_normal((len(time), 2))).T
        turned = (forward - start) / radius_m
        x, away = (radius_m - aside) * np.sin(turned), radius_m - (radius_m - aside) * np.cos(turned)
        depth = DISTANCE_M + away
        paths.append(np.stack([WIDTH / 2 + FOCAL * x / depth, 600 - FOCAL * (up - EYE_M) / depth], axis=-1))
    xy = np.stack(paths, axis=1)
    middle = (RUNNER.speed * time - start) / radius_m
    away = DISTANCE_M + radius_m * (1 - np.cos(middle))
    angle = np.degrees(np.arctan2(radius_m * np.sin(middle), away) + middle)
    box = np.full((len(time), 3), 300.0)
    return PoseTrack(time, xy, np.ones(xy.shape[:2]), NAMES, box, WIDTH, HEIGHT, "test"), angle


def strides_m(pose: PoseTrack, camera: CameraMotion) -> np.ndarray:
    """Return the lengths of the strides between the places of each foot in the middle of its stands, m."""
    scale = calibrate(pose, camera, chosen(pose, camera, CONFIG), CONFIG)
    metres = scale.apply(camera.apply(pose.xy))
    places = []
    for side, down, off in RUNNER.contacts():
        stands = (pose.time > down + 0.02) & (pose.time < off - 0.02)
        places.append(np.median(metres[stands, NAMES.index(f"{side}_foot_index"), 0]))
    return np.subtract(places[2:], places[:-2])


@pytest.mark.parametrize("radius_m", [36.5, -36.5])
def test_strides_on_a_bend_are_as_long_as_they_are_along_it(radius_m: float) -> None:
    pose, angle = filmed(radius_m)
    plain = CameraMotion.static(len(pose.time))
    run = chosen(pose, plain, CONFIG)
    camera = straightened(pose, plain, run)
    assert camera.bend is not None
    assert camera.as_filmed is plain
    bent, straight = strides_m(pose, plain), strides_m(pose, camera)
    assert np.ptp(bent) / np.median(bent) > 0.05
    for foot in (straight[::2], straight[1::2]):  # the outer one is nearer to the camera, and goes further
        assert foot / foot.mean() == pytest.approx(1, abs=0.006)
    radius = camera.bend.radius_px * calibrate(pose, camera, run, CONFIG).metres_per_pixel
    assert radius == pytest.approx(36.5, abs=3 * camera.bend.radius_sd * 36.5)
    motion = kinematics.motion(pose, camera, run, calibrate(pose, camera, run, CONFIG), CONFIG)
    inside = np.isfinite(motion.raw[:, 0, 0])
    assert motion.view_angle_deg[inside] == pytest.approx(angle[inside], abs=4)


def test_a_straight_lane_is_left_as_it_is() -> None:
    pose, _ = filmed(1e6)
    camera = CameraMotion.static(len(pose.time))
    assert straightened(pose, camera, chosen(pose, camera, CONFIG)) is camera


def test_a_body_that_seems_to_grow_over_level_ground_is_not_on_a_bend() -> None:
    pose, _ = filmed(1e6)
    camera = CameraMotion.static(len(pose.time))
    feet = pose.xy[..., 1].max(axis=1)[:, None]
    share = np.linspace(-1, 1, len(pose.time))[:, None] ** 2
    smaller = pose.xy.copy()
    smaller[..., 1] = feet - (1 - 0.06 * share) * (feet - pose.xy[..., 1])
    grown = replace(pose, xy=smaller)
    assert straightened(grown, camera, chosen(grown, camera, CONFIG)) is camera


def test_what_is_laid_onto_a_straight_way_keeps_its_length_and_height() -> None:
    bend = Bend(angle=0.2, curvature=0.4)
    u = np.array([-0.4, 0.0, 0.3])
    depth, way, heading = bend.at(u)
    # The ends of a rod 1.2 high that stands at the body's place, and of one along the way.
    along = 0.05
    x, z = u * depth + along * np.cos(heading), depth + along * np.sin(heading)
    image = 1000 * np.stack([np.stack([x / z, 0 * z], -1), np.stack([u, -0.1 / depth], -1)], axis=1)
    flat = mapped(bend.onto_way(u, 1000.0)[:, None], image) / 1000
    assert flat[:, 0, 0] == pytest.approx(way + along, abs=1e-9)
    assert flat[:, 1] == pytest.approx(np.column_stack([way, np.full(3, -0.1)]), abs=1e-9)


def test_a_frame_whose_body_is_one_point_tells_nothing_of_a_bend() -> None:
    pose, _ = filmed(300.0)
    xy = pose.xy.copy()
    xy[20:24] = (700.0, 500.0)
    points = replace(pose, xy=xy)
    assert np.isnan(body_size.size(points, xy)[20:24]).all()
    camera = CameraMotion.static(len(xy))
    assert np.isfinite(calibrate(points, camera, chosen(points, camera, CONFIG), CONFIG).relative_sd)


def test_a_ray_that_turns_away_from_a_straight_way_never_meets_it() -> None:
    depth, way, _ = Bend(np.pi / 4, 0.0).at(np.array([2.0, 0.0]))
    assert np.isnan([depth[0], way[0]]).all()
    assert depth[1] == pytest.approx(1.0)


def test_no_bend_changes_no_pixel() -> None:
    maps = Bend(angle=0.3, curvature=1e-12).straight(np.array([-0.3, 0.2]), 900.0)
    assert maps / maps[:, 2:, 2:] == pytest.approx(np.tile(np.eye(3), (2, 1, 1)), abs=1e-9)


def test_from_where_a_run_is_seen_at_its_ends_is_told_if_it_differs() -> None:
    pose, angle = filmed(1e6)
    camera = CameraMotion.static(len(pose.time))
    run = chosen(pose, camera, CONFIG)
    scale = calibrate(pose, camera, run, CONFIG)
    ends = kinematics.motion(pose, camera, run, scale, CONFIG).view_ends
    assert ends is not None
    first, last = ends
    # An athlete who runs to the right is seen from the front at first.
    assert first.angle_deg == pytest.approx(-angle[run.run.start], abs=2 * first.angle_sd_deg)
    assert last.angle_deg < -20 < 20 < first.angle_deg
    far = replace(pose, xy=pose.xy - pose.middle("hip")[:, None] * [1, 0])
    assert kinematics.motion(far, camera, run, scale, CONFIG).view_ends is None
