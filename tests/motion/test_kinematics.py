from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import runner
from hypothesis import given
from hypothesis import strategies as st
from running import PIXELS, Runner

from analyzer.body.skeleton import JOINTS
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.data.motion import Motion
from analyzer.motion import angles as angles_of_joints
from analyzer.motion import centre_of_mass, kinematics
from analyzer.scene.calibration import calibrate
from analyzer.scene.passes import chosen

CONFIG = Config(scale=(0.0, 0.0, 10 * PIXELS, 0.0, 10.0))


def moving(pose: PoseTrack, config: Config = CONFIG) -> Motion:
    camera = CameraMotion.static(len(pose.time))
    run = chosen(pose, camera, config)
    return kinematics.motion(pose, camera, run, calibrate(pose, camera, run, config), config)


def body(**places: tuple[float, float]) -> np.ndarray:
    """Return one frame (1, k, 2) of an upright body facing +x, with some joints elsewhere."""
    at = dict.fromkeys(JOINTS, (0.0, 1.6))
    for side in ("left", "right"):
        at |= {
            f"{side}_shoulder": (0.0, 1.4),
            f"{side}_elbow": (0.0, 1.1),
            f"{side}_wrist": (0.0, 0.85),
            f"{side}_pinky": (0.0, 0.76),
            f"{side}_index": (0.0, 0.76),
            f"{side}_hip": (0.0, 0.9),
            f"{side}_knee": (0.0, 0.5),
            f"{side}_ankle": (0.0, 0.08),
            f"{side}_heel": (-0.05, 0.03),
            f"{side}_foot_index": (0.15, 0.03),
        }
    at |= places
    return np.array([[at[name] for name in JOINTS]])


def angle(name: str, **places: tuple[float, float]) -> float:
    return float(angles_of_joints.joint_angles(body(**places))[name][0])


def test_standing_is_zero_everywhere() -> None:
    angles = angles_of_joints.joint_angles(body())
    assert {name: round(float(a[0]), 9) for name, a in angles.items()} == dict.fromkeys(angles, 0.0)


@pytest.mark.parametrize(
    ("name", "places", "degrees"),
    [
        ("trunk", {"left_shoulder": (0.5, 1.4), "right_shoulder": (0.5, 1.4)}, 45.0),
        ("left_thigh", {"left_knee": (0.4, 0.9)}, 90.0),
        ("left_thigh", {"left_knee": (-0.4, 0.5)}, -45.0),
        ("right_shank", {"right_ankle": (-0.42, 0.5)}, 90.0),
        ("right_knee", {"right_ankle": (-0.42, 0.5)}, 90.0),
        ("left_knee", {"left_knee": (0.4, 0.9), "left_ankle": (0.4, 0.48)}, 90.0),
        ("left_foot", {"left_heel": (0.0, 0.2), "left_foot_index": (0.2, 0.0)}, 45.0),
        ("left_ankle", {"left_heel": (-0.05, 0.0), "left_foot_index": (0.15, 0.2)}, 45.0),
        ("left_hip", {"left_knee": (0.4, 0.9)}, 90.0),
        ("left_elbow", {"left_wrist": (0.25, 1.1)}, 90.0),
        ("left_upper_arm", {"left_elbow": (0.3, 1.4), "left_wrist": (0.55, 1.4)}, 90.0),
        ("left_shoulder", {"left_elbow": (-0.3, 1.4), "left_wrist": (-0.55, 1.4)}, -90.0),
    ],
)
def test_zeros_and_signs(name: str, places: dict[str, tuple[float, float]], degrees: float) -> None:
    assert angle(name, **places) == pytest.approx(degrees)


@pytest.mark.parametrize(
    ("joint", "places"),
    [
        ("elbow", {"right_wrist": (-0.2, 1.0)}),
        ("knee", {"right_ankle": (0.25, 0.17)}),
        ("knee", {"right_ankle": (0.0, 0.9)}),
    ],
)
def test_a_joint_bent_as_none_can_be_is_not_told(joint: str, places: dict[str, tuple[float, float]]) -> None:
    angles = angles_of_joints.joint_angles(np.concatenate([body(), body(**places), body()]))
    assert np.isfinite(angles[f"right_{joint}"]).tolist() == [True, False, True]
    assert np.isfinite(angles["right_thigh"]).all()
    assert np.isfinite(angles[f"left_{joint}"]).all()


def test_angles_are_unwrapped_over_time() -> None:
    turn = np.radians(np.linspace(0, 250, 60))
    frames = np.concatenate([body(left_knee=(0.4 * np.sin(a), 0.9 - 0.4 * np.cos(a))) for a in turn])
    thigh = angles_of_joints.joint_angles(frames)["left_thigh"]
    assert np.abs(np.diff(thigh)).max() < 10
    assert np.ptp(thigh) == pytest.approx(250)


@given(dx=st.floats(-50, 50), dy=st.floats(-5, 5), size=st.floats(0.5, 2))
def test_centre_of_mass_moves_and_grows_with_the_body(dx: float, dy: float, size: float) -> None:
    here = centre_of_mass.centre_of_mass(body(), "male")
    there = centre_of_mass.centre_of_mass(size * body() + np.array([dx, dy]), "male")
    assert there == pytest.approx(size * here + np.array([dx, dy]))


def test_centre_of_mass_of_a_standing_body_is_just_above_the_hips() -> None:
    for sex in ("male", "female", "unspecified"):
        x, y = centre_of_mass.centre_of_mass(body(), sex)[0]  # type: ignore[arg-type]
        assert abs(x) < 0.01
        assert 0.9 < y < 1.02


def test_an_arm_never_seen_is_left_out_but_a_leg_is_not() -> None:
    frames = np.repeat(body(), 3, axis=0)
    arm, leg = frames.copy(), frames.copy()
    for name in ("elbow", "wrist", "pinky", "index"):
        arm[:, JOINTS.index(f"left_{name}")] = np.nan
    leg[:, JOINTS.index("left_knee")] = np.nan
    assert np.isfinite(centre_of_mass.centre_of_mass(arm, "male")).all()
    assert np.isnan(centre_of_mass.centre_of_mass(leg, "male")).all()


def test_runner_in_metres_and_in_free_fall() -> None:
    runner = Runner(speed=9.0)
    motion = moving(runner.pose(240))
    assert np.median(motion.com_velocity[:, 0]) == pytest.approx(9.0, abs=0.1)
    hips = motion.joint("left_hip")[:, 1]
    touchdown, toe_off = runner.contacts()[4][1], runner.contacts()[3][2]
    inside = (motion.time > toe_off) & (motion.time < touchdown)
    curve = np.polyfit(motion.time[inside], hips[inside], 2)[0]
    assert 2 * curve == pytest.approx(-9.81, rel=0.35)  # the 12 Hz low-pass takes some
    assert motion.leg_length == pytest.approx(0.92, abs=0.08)


def test_mirrored_run_has_the_same_angles() -> None:
    runner = Runner()
    there, back = moving(runner.pose(120)), moving(runner.pose(120, leftward=True))
    assert (there.near_side, back.near_side) == ("right", "left")
    for name, values in there.angles.items():
        assert np.nanmax(np.abs(values - back.angles[name])) < 1e-6, name
    assert back.com_velocity[20:-20, 0].min() > 8


def test_a_jump_of_one_joint_is_set_aside() -> None:
    pose = Runner().pose(240)
    xy = pose.xy.copy()
    k = pose.names.index("left_knee")
    xy[100, k] += 80  # 0.4 m
    bad = PoseTrack(pose.time, xy, pose.confidence, pose.names, pose.box, pose.width, pose.height, "test")
    motion, clean = moving(bad), moving(pose)
    assert np.isnan(motion.raw_joint("left_knee")[100]).all()
    assert np.abs(motion.joint("left_knee") - clean.joint("left_knee")).max() < 0.02


def test_noise_of_the_landmarks_is_told() -> None:
    motion = moving(Runner().pose(240, noise_m=0.01))
    assert np.median(motion.noise_sd[np.isfinite(motion.noise_sd)]) == pytest.approx(0.01, rel=0.25)


def test_belt_speed_makes_a_treadmill_runner_run() -> None:
    runner = Runner(speed=6.0)
    pose = runner.pose(120)
    xy = pose.xy.copy()
    xy[..., 0] -= PIXELS * 6.0 * pose.time[:, None]
    on_belt = PoseTrack(pose.time, xy, pose.confidence, pose.names, pose.box, 600, 600, "test")
    config = CONFIG.model_copy(update={"treadmill_mps": 6.0, "direction": "right"})
    motion = moving(on_belt, config)
    assert np.median(motion.com_velocity[:, 0]) == pytest.approx(6.0, abs=0.1)


def test_the_bend_of_a_knee_within_a_contact_is_kept() -> None:
    """Sixteen degrees and back within a tenth of a second, as in a sprinter's stance: two are lost."""
    time = np.arange(0, 1, 1 / 240)
    bend = np.radians(16) * np.maximum(1 - np.abs(time - 0.5) / 0.05, 0)
    frames = np.concatenate([body(left_knee=(0.41 * np.tan(a / 2), 0.5)) for a in bend])
    smooth = kinematics.smooth(time, frames)
    flexion = angles_of_joints.joint_angles(smooth)["left_knee"]
    assert flexion.max() == pytest.approx(14.0, abs=0.4)


def test_the_noise_of_a_knee_is_taken_out() -> None:
    time = np.arange(0, 2, 1 / 240)
    shaken = body() + 0.01 * np.random.default_rng(1).standard_normal((len(time), len(JOINTS), 2))
    knee = kinematics.smooth(time, shaken)[:, JOINTS.index("left_knee")]
    assert 0.002 < np.std(knee[20:-20], axis=0).max() < 0.0042


def test_a_hand_that_is_not_marked_is_put_a_palm_beyond_the_wrist() -> None:
    """Eight to ten centimetres to the knuckles, with a forearm of 26 to 27."""
    motion = moving(Runner().pose(240))
    for side in ("left", "right"):
        elbow, wrist, knuckle = (motion.raw_joint(f"{side}_{part}") for part in ("elbow", "wrist", "index"))
        forearm, palm = wrist - elbow, knuckle - wrist
        share = np.linalg.norm(palm, axis=1) / np.linalg.norm(forearm, axis=1)
        assert share.min() > 0.08 / 0.27
        assert share.max() < 0.10 / 0.26
        assert (palm * forearm).sum(axis=1).min() > 0  # on, not back


def test_hands_of_a_file_that_leaves_them_empty_are_put_there_too_and_an_arm_that_lacks_is_named() -> None:
    pose = runner.pose_track(noise_px=0.0)
    xy = pose.xy.copy()
    for name in ("left_pinky", "left_index", "right_pinky", "right_index"):
        xy[:, pose.names.index(name)] = np.nan
    handless = moving(replace(pose, xy=xy))
    wrist, elbow, hand = (handless.joint(f"left_{part}") for part in ("wrist", "elbow", "index"))
    there = np.linalg.norm(hand - wrist, axis=1) / np.linalg.norm(wrist - elbow, axis=1)
    assert np.median(there) == pytest.approx(kinematics.HAND_OF_FOREARM, abs=0.02)
    assert "arm_unseen" not in {note.code for note in handless.notes}
    xy = xy.copy()
    xy[:, pose.names.index("right_wrist")] = np.nan
    (note,) = (note for note in moving(replace(pose, xy=xy)).notes if note.code == "arm_unseen")
    assert note.message.startswith("The right arm is not seen")
    xy = xy.copy()
    xy[:, pose.names.index("left_elbow")] = np.nan
    (note,) = (note for note in moving(replace(pose, xy=xy)).notes if note.code == "arm_unseen")
    assert note.message.startswith("Neither arm is seen")


def test_joints_of_a_network_that_was_not_measured_are_less_sure_and_a_note_says_why() -> None:
    pose = replace(Runner().pose(120), source="blazepose")
    known, heavy, unknown = (
        moving(replace(pose, source=f"blazepose{name}")) for name in ("", " heavy", ", other weights")
    )
    codes = [[note.code for note in found.notes] for found in (known, heavy, unknown)]
    assert [("network_unknown" in found) for found in codes] == [False, False, True]
    for name in ("left_knee", "right_ankle", "left_shoulder"):
        place = JOINTS.index(name)
        assert unknown.offset_sd[place] > 1.5 * known.offset_sd[place]
    toe = JOINTS.index("left_foot_index")
    assert unknown.offset_sd[toe] == pytest.approx(known.offset_sd[toe], rel=0.05)


def test_the_angles_come_in_the_order_of_the_columns_of_series_csv() -> None:
    parts = ("thigh", "shank", "foot", "upper_arm", "forearm")
    segments = [f"{side}_{part}" for side in ("left", "right") for part in parts]
    assert list(angles_of_joints.joint_angles(body()))[:11] == ["trunk", *segments]


def test_a_turn_beyond_half_a_circle_goes_on_through_a_gap() -> None:
    frames = np.repeat(body(), 40, axis=0)
    turned = np.radians(np.linspace(-60, 260, 40))
    elbow, wrist = (JOINTS.index(f"left_{part}") for part in ("elbow", "wrist"))
    frames[:, wrist] = frames[:, elbow] + 0.2 * np.column_stack([np.sin(turned), -np.cos(turned)])
    frames[20:24, wrist] = np.nan
    found = angles_of_joints.joint_angles(frames)["left_forearm"]
    seen = np.isfinite(found)
    assert seen.sum() == 36
    np.testing.assert_allclose(found[seen], np.linspace(-60, 260, 40)[seen], atol=1e-9)
