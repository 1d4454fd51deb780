from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import LEG, PIXELS, Runner, there_and_back

from analyzer import toml_file
from analyzer.arrays import Array
from analyzer.config import Config
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack
from analyzer.errors import ConfigError, NoAthleteError, OutputError
from analyzer.joints import body_size
from analyzer.motion import kinematics
from analyzer.outputs import scale_files
from analyzer.scene.calibration import calibrate
from analyzer.scene.ground import BELT_SD, belt_speed
from analyzer.scene.passes import chosen
from analyzer.scene.view_angle import FIELD_OF_VIEW, SET_UP_DEG


def calibrated(pose: PoseTrack, **settings_: object) -> tuple[Calibration, list[str]]:
    camera, config = CameraMotion.static(len(pose.time)), Config.build(**settings_)
    run = chosen(pose, camera, config)
    calibration = calibrate(pose, camera, run, config, scale_files.known(config))
    return calibration, [n.code for n in (*run.notes, *calibration.notes)]


def turned(pose: PoseTrack, degrees: float) -> PoseTrack:
    """The same athlete in a picture rolled clockwise."""
    a = np.radians(degrees)
    return replace(pose, xy=pose.xy @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]))


def test_two_points() -> None:
    calibration, notes = calibrated(Runner().pose(120), scale=(100, 400, 100 + 5 * PIXELS, 400, 5.0))
    assert calibration.metres_per_pixel == pytest.approx(1 / PIXELS)
    assert (calibration.method, calibration.scaled, calibration.direction) == ("points", True, 1)
    assert 0.009 < calibration.relative_sd < 0.02
    assert notes == []


def test_ground_is_at_zero_and_up_is_up() -> None:
    pose = Runner().pose(240)
    calibration, _ = calibrated(pose, scale=(0, 0, PIXELS, 0, 1.0))
    toe = calibration.apply(pose.joint("left_foot_index"))[:, 1]
    assert np.quantile(toe, 0.1) == pytest.approx(0, abs=0.02)
    assert toe.max() > 0.3
    assert calibration.apply(pose.joint("left_hip"))[:, 1].min() > 0.8


def test_scale_from_points_too_close_is_refused() -> None:
    with pytest.raises(ConfigError, match="10 px apart"):
        calibrated(Runner().pose(120), scale=(100, 400, 110, 400, 5.0))


def with_head(pose: PoseTrack, above_m: float) -> PoseTrack:
    """The stick runner with ears so far above the shoulders."""
    shoulder = (pose.joint("left_shoulder") + pose.joint("right_shoulder")) / 2
    ear = (shoulder - [0.0, above_m * PIXELS])[:, None]
    sure = np.ones((len(ear), 2))
    return replace(
        pose,
        xy=np.concatenate([pose.xy, ear, ear], axis=1),
        confidence=np.concatenate([pose.confidence, sure], axis=1),
        names=(*pose.names, "left_ear", "right_ear"),
    )


def test_leg_length_and_height_by_the_legs_alone() -> None:
    pose = Runner().pose(120)
    from_leg, quiet = calibrated(pose, leg_length_m=LEG)
    from_height, notes = calibrated(pose, height_m=1.80, sex="male")
    assert from_leg.metres_per_pixel * PIXELS == pytest.approx(1, abs=0.08)
    assert from_height.metres_per_pixel * PIXELS == pytest.approx(1, abs=0.05)
    assert from_leg.relative_sd < from_height.relative_sd
    assert (quiet, notes) == ([], ["scale_legs"])
    assert calibrated(pose, height_m=1.80)[0].relative_sd > from_height.relative_sd


def test_height_by_the_whole_body_does_not_ask_for_the_sex() -> None:
    """Ankle to ear is known better than the legs, and a misplaced hip or shoulder hardly matters."""
    runner = with_head(Runner().pose(120), 0.19)
    chain = body_size.spans(runner, runner.xy).chain / PIXELS
    height = chain / body_size.EAR_TO_ANKLE
    scale, notes = calibrated(runner, height_m=height)
    assert scale.metres_per_pixel * PIXELS == pytest.approx(1, abs=1e-6)
    assert scale.relative_sd < 0.02
    assert notes == []
    assert calibrated(runner, height_m=height, sex="female")[0].metres_per_pixel == scale.metres_per_pixel
    xy = runner.xy.copy()
    xy[:, [runner.names.index(f"{side}_shoulder") for side in ("left", "right")], 1] -= 0.03 * PIXELS
    moved, _ = calibrated(replace(runner, xy=xy), height_m=height)
    assert moved.metres_per_pixel == pytest.approx(scale.metres_per_pixel, rel=0.005)


def test_a_head_out_of_the_picture_is_not_measured() -> None:
    runner = with_head(Runner().pose(120), 0.19)
    xy = runner.xy.copy()
    xy[10:, -2:] = np.nan
    scale, notes = calibrated(replace(runner, xy=xy), height_m=1.80)
    assert notes == ["scale_legs"]
    assert scale.relative_sd > 0.03
    guessed = with_head(Runner().pose(120), 0.08)
    assert calibrated(guessed, height_m=1.80)[1] == ["scale_legs"]


def test_without_any_length_metres_are_nominal_and_said_so() -> None:
    calibration, notes = calibrated(Runner().pose(120))
    assert not calibration.scaled
    assert notes == ["no_scale"]


@pytest.mark.parametrize("leftward", [False, True])
def test_direction_and_forward_is_positive(leftward: bool) -> None:
    pose = Runner().pose(120, leftward=leftward)
    calibration, _ = calibrated(pose, scale=(0, 0, PIXELS, 0, 1.0))
    assert calibration.direction == (-1 if leftward else 1)
    hip = calibration.apply(pose.joint("left_hip"))[:, 0]
    assert hip[-1] - hip[0] == pytest.approx(9.0 * (pose.time[-1] - pose.time[0]), rel=0.01)


@settings(max_examples=8)
@given(roll=st.floats(-2.5, 2.5))
def test_camera_roll_is_taken_out(roll: float) -> None:
    pose = turned(Runner(steps=10).pose(120), roll)
    calibration, _ = calibrated(pose, scale=(0, 0, PIXELS, 0, 1.0))
    toes = [calibration.apply(pose.joint(f"{s}_foot_index")) for s in ("left", "right")]
    both = np.concatenate(toes)
    low = both[:, 1] < np.quantile(both[:, 1], 0.3)
    slope = np.degrees(np.arctan(np.polyfit(both[low, 0], both[low, 1], 1)[0]))
    assert abs(slope) < 0.6
    assert calibration.roll_deg == pytest.approx(roll, abs=0.6)


def marks_file(folder: Path, x_px: list[float], metres: list[float]) -> Path:
    file = folder / "marks.csv"
    rows = [f"{x:.1f},500,{m}" for x, m in zip(x_px, metres, strict=True)]
    file.write_text("\n".join(["x_px,y_px,metres", *rows]), encoding="utf-8")
    return file


def askew(pose: PoseTrack, xy: Array, degrees: float) -> Array:
    """Points of a square picture, seen from the same place, 1.4 m up, by a camera that is turned away."""
    focal, centre = FIELD_OF_VIEW * pose.width, np.array([pose.width / 2, 500 - 1.4 * PIXELS])
    a = np.radians(degrees)
    rays = np.concatenate([(xy - centre) / focal, np.ones_like(xy[..., :1])], axis=-1)
    rays = rays @ np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]]).T
    return np.asarray(centre + focal * rays[..., :2] / rays[..., 2:])


def seen_askew(pose: PoseTrack, degrees: float) -> PoseTrack:
    return replace(pose, xy=askew(pose, pose.xy, degrees))


def drift(pose: PoseTrack, **settings_: object) -> float:
    """Speed of the hips at the end of the run against that at its beginning."""
    x = calibrated(pose, **settings_)[0].apply(pose.joint("left_hip"))[:, 0]
    third = len(x) // 3
    first, last = (np.polyfit(pose.time[i], x[i], 1)[0] for i in (slice(third), slice(-third, None)))
    return float(last / first - 1)


def test_marks_take_out_perspective(tmp_path: Path) -> None:
    """A camera not square to the lane: pixels per metre change along the picture."""
    pose = Runner().pose(120)
    metres = np.array([0.0, 2.0, 4.0, 6.0, 8.0])
    marks = askew(pose, np.column_stack([100 + PIXELS * metres, np.full(5, 500.0)]), 9.0)
    file = tmp_path / "marks.csv"
    rows = [f"{x},{y},{m}" for (x, y), m in zip(marks, metres, strict=True)]
    file.write_text("\n".join(["x_px,y_px,metres", *rows]), encoding="utf-8")
    calibration, _ = calibrated(seen_askew(pose, 9.0), marks=file)
    got = calibration.apply(marks)[:, 0]
    assert np.diff(got) == pytest.approx(np.full(4, 2.0), abs=0.01)
    assert calibration.method == "marks"
    assert calibration.relative_sd < 0.01
    # The lens is not known, and a stick's shoulders are as narrow as seen square.
    assert abs(calibration.view_angle_deg) == pytest.approx(9.0, abs=calibration.view_angle_sd_deg)
    assert calibration.view_angle_sd_deg < 4


def test_two_marks_are_a_scale_with_a_zero(tmp_path: Path) -> None:
    file = marks_file(tmp_path, [100, 100 + 10 * PIXELS], [0, 10])
    calibration, _ = calibrated(Runner().pose(120), marks=file)
    got = calibration.apply(np.array([[100.0, 500.0], [100 + 5 * PIXELS, 500.0]]))[:, 0]
    assert got == pytest.approx([0, 5], abs=0.01)
    # How lengths grow along the lane the body's size alone tells; half-way between the marks they are right.
    assert calibration.even_at_m == pytest.approx(5, abs=0.1)
    assert 0.0005 < calibration.growth_sd < 0.005


def test_marks_that_contradict_are_refused(tmp_path: Path) -> None:
    file = marks_file(tmp_path, [100, 500, 900], [0, 10, 5])
    with pytest.raises(ConfigError, match="contradict"):
        calibrated(Runner().pose(120), marks=file)


@pytest.mark.parametrize("text", ["x_px,metres\n1,2\n", "x_px,y_px,metres\n1,2,3\n", "nonsense"])
def test_marks_that_cannot_be_read_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "marks.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="marks"):
        calibrated(Runner().pose(120), marks=file)


def test_marks_nearer_than_the_athlete_are_corrected(tmp_path: Path) -> None:
    """The pixels of a metre at the marks are more than at the athlete, by distance."""
    camera_m, distance_m, nearer_m = 1.4, 10.0, 1.0
    focal = PIXELS * distance_m
    ground = 496.0  # where the stick runner's toes stand, drawn 2 cm above the ground
    horizon = ground + 4 - focal * camera_m / distance_m
    y = horizon + focal * camera_m / (distance_m - nearer_m)
    apart = focal * 5.0 / (distance_m - nearer_m)
    file = tmp_path / "marks.csv"
    file.write_text(f"x_px,y_px,metres\n100,{y},0\n{100 + apart},{y},5\n", encoding="utf-8")
    calibration, notes = calibrated(Runner().pose(120), marks=file)
    assert notes == ["marks_aside"]
    assert calibration.metres_per_pixel * PIXELS == pytest.approx(1.0, abs=0.02)
    assert calibration.relative_sd > 0.03


@pytest.mark.parametrize("leftward", [False, True])
def test_a_calibration_serves_the_next_clip_of_the_camera(tmp_path: Path, leftward: bool) -> None:
    pose = Runner().pose(120)
    made, _ = calibrated(pose, scale=(100, 400, 100 + 5 * PIXELS, 400, 5.0))
    file = tmp_path / "calibration.toml"
    scale_files.write_calibration(made, pose.width, pose.height, file)
    next_pose = Runner(speed=9.0).pose(120, leftward=leftward)
    used, notes = calibrated(next_pose, calibration=file)
    assert notes == []
    assert used.metres_per_pixel == pytest.approx(made.metres_per_pixel)
    assert used.relative_sd > made.relative_sd
    assert used.growth_sd == made.growth_sd > 0
    assert used.even_at_m == pytest.approx(-made.even_at_m if leftward else made.even_at_m)
    hip = used.apply(next_pose.joint("left_hip"))[:, 0]
    assert hip[-1] - hip[0] == pytest.approx(9.0 * (pose.time[-1] - pose.time[0]), rel=0.01)


def test_a_calibration_of_another_picture_is_refused(tmp_path: Path) -> None:
    pose = Runner().pose(120)
    made, _ = calibrated(pose, scale=(100, 400, 100 + 5 * PIXELS, 400, 5.0))
    file = tmp_path / "calibration.toml"
    scale_files.write_calibration(made, 640, 480, file)
    with pytest.raises(ConfigError, match="640x480"):
        calibrated(pose, calibration=file)
    file.write_text("width = 3", encoding="utf-8")
    with pytest.raises(ConfigError, match="Cannot read the calibration"):
        calibrated(pose, calibration=file)
    with pytest.raises(OutputError):
        scale_files.write_calibration(made, 640, 480, tmp_path / "no such folder" / "calibration.toml")


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        (r"homography = .*", "homography = [[0.0, 0, 0], [0, 0, 0], [0, 0, 0]]", "maps no picture to a lane"),
        (r"homography = .*", "homography = [[0.01, 0, 0], [0.01, 0, 0], [0, 0, 1]]", "maps no picture"),
        (r"homography = .*", "homography = [[1e300, 0, 0], [0, 1e300, 0], [0, 0, 1]]", "not 3 x 3 numbers"),
        (r"relative_sd = .*?\n", "relative_sd = 1e308\n", "relative_sd is 1e\\+308"),
        (r"relative_sd = .*?\n", "relative_sd = -0.1\n", "relative_sd is -0.1"),
        (r"roll_deg = .*?\n", "roll_deg = 1e300\n", "turned by 1e\\+300"),
        (r"off_square_deg = .*?\n", "off_square_deg = 120.0\n", "turned by"),
        (r"width = .*?\n", "width = " + "9" * 5000 + "\n", "line of more than 4,000"),
        (r"width = .*?\n", "width = " + "[\n" * 100_000, "nested without end"),
    ],
)
def test_a_calibration_that_no_analysis_made_is_refused(
    written: str, instead: str, says: str, tmp_path: Path
) -> None:
    made, _ = calibrated(Runner().pose(120), scale=(100, 400, 100 + 5 * PIXELS, 400, 5.0))
    file = tmp_path / "calibration.toml"
    scale_files.write_calibration(made, 640, 480, file)
    text = re.sub(written, instead, file.read_text(encoding="utf-8"), count=1, flags=re.DOTALL)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        scale_files.read_calibration(file)


def test_a_pipe_is_no_calibration_and_no_configuration(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(ConfigError, match="not a file"):
        scale_files.read_calibration(tmp_path / "pipe.toml")
    with pytest.raises(ConfigError, match="not a file"):
        Config.build(tmp_path / "pipe.toml")


def test_what_is_no_file_or_too_large_is_not_called_bad_toml(tmp_path: Path) -> None:
    with (tmp_path / "large.toml").open("wb") as file:
        file.truncate(toml_file.MOST_BYTES + 1)
    for path, why in ((tmp_path, "It is not a file."), (tmp_path / "large.toml", "up to 20 can be read.")):
        with pytest.raises(ConfigError, match=f"^Cannot read the configuration .*{why} Check the path.$"):
            Config.build(path)


@pytest.mark.parametrize(
    ("at", "metres", "says"),
    [
        ((100, 900), (0, 5000), r"A pixel would be 6\.\d+ m long"),
        ((100, 900), (0, 1e200), r"A pixel would be 1\.\d+e\+197 m long"),
        ((100, 900), (0, 1e-200), r"A pixel would be 1\.\d+e-203 m long"),
        ((-1e300, 1e300), (0, 5), "One lies 1e\\+300 px from the corner"),
        ((100, 1e9), (0, 5), "One lies 1e\\+09 px from the corner"),
    ],
)
def test_a_scale_by_which_nobody_could_be_seen_is_refused(
    at: tuple[float, float], metres: tuple[float, float], says: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=says):
        calibrated(Runner().pose(120), marks=marks_file(tmp_path, at, metres))
    with pytest.raises(ConfigError, match=says):
        calibrated(Runner().pose(120), scale=(at[0], 400, at[1], 400, metres[1]))


def test_two_points_across_the_lane_are_doubted() -> None:
    _, notes = calibrated(Runner().pose(120), scale=(300, 380, 330, 460, 1.22))
    assert notes == ["points_across"]
    _, notes = calibrated(Runner().pose(120), scale=(300, 420, 900, 400, 3.0))
    assert notes == []


def test_painted_distances_have_names() -> None:
    config = Config.build(scale=(0, 0, 244, 0, "lane"))
    assert config.scale == (0, 0, 244, 0, 1.22)
    assert Config.build(scale=[0, 0, 100, 0, "2.5"]).scale == (0, 0, 100, 0, 2.5)
    with pytest.raises(ConfigError, match="110mh-gap"):
        Config.build(scale=(0, 0, 244, 0, "hurdle"))


BOTH = there_and_back(Runner(steps=8).pose(120), Runner(steps=6).pose(120, leftward=True))
STILL = CameraMotion.static(len(BOTH.time))


@pytest.mark.parametrize(
    ("settings_", "number", "direction"),
    [({}, 1, 1), ({"pass_number": 1}, 1, 1), ({"pass_number": 2}, 2, -1), ({"direction": "left"}, 2, -1)],
)
def test_each_pass_is_calibrated_alone(settings_: dict[str, Any], number: int, direction: int) -> None:
    config = Config.build(scale=(100, 400, 100 + 5 * PIXELS, 400, 5.0), **settings_)
    run = chosen(BOTH, STILL, config)
    assert (run.number, run.alone) == (number, False)
    (note,) = run.notes
    assert note.code == "several_passes"
    assert f"of pass {number} alone" in note.message
    calibration = calibrate(BOTH, STILL, run, config)
    assert calibration.direction == direction
    assert calibration.notes == ()
    motion = kinematics.motion(BOTH, STILL, run, calibration, config)
    hip = motion.joint("left_hip")[:, 0]
    time, hip = motion.time[np.isfinite(hip)], hip[np.isfinite(hip)]
    assert hip[-1] - hip[0] == pytest.approx(9.0 * (time[-1] - time[0]), rel=0.02)
    assert motion.near_side == ("right" if direction == 1 else "left")


def test_marks_know_who_runs_against_them(tmp_path: Path) -> None:
    file = marks_file(tmp_path, [100, 100 + 10 * PIXELS], [0, 10])
    for number, lane in ((1, 1), (2, -1)):
        config = Config.build(marks=file, pass_number=number)
        found = calibrate(BOTH, STILL, chosen(BOTH, STILL, config), config, scale_files.known(config))
        assert found.lane == lane
        scale_files.write_calibration(found, BOTH.width, BOTH.height, tmp_path / "calibration.toml")
        other = Config.build(calibration=tmp_path / "calibration.toml", pass_number=3 - number)
        assert (
            calibrate(BOTH, STILL, chosen(BOTH, STILL, other), other, scale_files.known(other)).lane == -lane
        )


def test_nobody() -> None:
    pose = Runner().pose(60)
    with pytest.raises(NoAthleteError):
        calibrated(replace(pose, xy=np.full_like(pose.xy, np.nan)))


@pytest.mark.parametrize("degrees", [-18.0, 5.0, 12.0])
def test_a_picture_askew_to_the_lane_is_made_square(degrees: float, tmp_path: Path) -> None:
    """Seen at an angle, lengths at one end of the run look larger than at the other."""
    pose = Runner().pose(120, noise_m=0.004)
    seen = seen_askew(pose, degrees)
    ends = askew(pose, np.array([[200.0, 500.0], [200 + 5 * PIXELS, 500.0]]), degrees)
    by_marks = tmp_path / "marks.csv"
    rows = [f"{x},{y},{m}" for (x, y), m in zip(ends, (0, 5), strict=True)]
    by_marks.write_text("\n".join(["x_px,y_px,metres", *rows]), encoding="utf-8")
    for known in ({"height_m": 1.8}, {"scale": (*ends.ravel(), 5.0)}, {"marks": by_marks}):
        assert abs(drift(seen, **known)) < 0.05
    found, _ = calibrated(seen, height_m=1.8)
    assert found.view_angle_deg == pytest.approx(degrees, abs=3 * found.view_angle_sd_deg)
    assert abs(found.roll_deg) < 0.5  # the ground rises in the picture, but nothing leans


def test_an_athlete_who_stays_shows_no_growth() -> None:
    pose = Runner().pose(120)
    still = replace(pose, xy=pose.xy - (pose.joint("left_hip") - pose.joint("left_hip")[0])[:, None] * [1, 0])
    found, _ = calibrated(still, height_m=1.8)
    assert abs(found.view_angle_deg) < 0.5
    # Left are the habit of setting up square and the body's shape, which says square, too.
    assert SET_UP_DEG / 2 < found.view_angle_sd_deg < SET_UP_DEG


@pytest.mark.parametrize(("speed", "fps"), [(3.0, 30.0), (6.0, 120.0), (9.0, 240.0)])
def test_a_belt_is_as_fast_as_feet_in_the_middle_of_their_stand(speed: float, fps: float) -> None:
    pose = Runner(speed=speed).pose(fps, noise_m=0.005)
    xy = pose.xy.copy()
    xy[..., 0] -= PIXELS * speed * pose.time[:, None]
    found, _ = calibrated(replace(pose, xy=xy), scale=(0, 0, PIXELS, 0, 1.0), direction="right")
    assert found.treadmill_mps == pytest.approx(speed, abs=2 * found.treadmill_sd_mps)
    assert found.treadmill_sd_mps == pytest.approx(BELT_SD * found.treadmill_mps)


def test_a_belt_whose_speed_was_given_has_no_error_from_the_feet() -> None:
    found, _ = calibrated(Runner(speed=5.0).pose(120), treadmill_mps=5.0, direction="right")
    assert (found.treadmill_mps, found.treadmill_sd_mps) == (5.0, 0.0)


def test_feet_seen_in_single_frames_tell_no_belt() -> None:
    """No line goes through one place: no speed, and no warning of NumPy."""
    pose = Runner(speed=4.0).pose(30)
    xy = pose.xy.copy()
    xy[..., 0] -= PIXELS * 4.0 * pose.time[:, None]
    metres = xy * [1.0, -1.0] / PIXELS
    for frames in (4, 12):
        seen = metres.copy()
        seen[np.arange(len(xy)) % frames != 0] = np.nan
        assert belt_speed(pose, seen, np.ones(len(xy), bool)) == 0
