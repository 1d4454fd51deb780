"""Markers in space, written by code and seen from the side."""

from __future__ import annotations

import csv
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import motion_capture
import numpy as np
import pytest
import runner

from analyzer import pipeline
from analyzer.data.capture import SPACE_PX_M, PoseTrack
from analyzer.errors import PoseFileError
from analyzer.pose.files.pose_csv import read_pose, write_pose
from validation import measured


def check_seen_from_the_side(pose: PoseTrack) -> None:
    """The runner's own joints, wherever the picture begins."""
    true = runner.joints(pose.time)
    for name in ("left_knee", "right_foot_index", "left_wrist", "right_shoulder"):
        apart = (pose.joint(name) - pose.joint("left_hip")) * SPACE_PX_M * [1, -1]
        np.testing.assert_allclose(apart, true[name] - true["left_hip"], atol=0.002)


@pytest.mark.parametrize("unit", ["mm", "m"])
@pytest.mark.parametrize("axes", motion_capture.AXES)
@pytest.mark.parametrize("belt", [False, True])
def test_trc_in_space_whatever_its_axes(tmp_path: Path, axes: str, unit: str, belt: bool) -> None:
    time, points = motion_capture.markers(axes, belt=belt)
    pose = read_pose(motion_capture.trc(tmp_path / "run.trc", time, points, unit))
    np.testing.assert_allclose(pose.time, time, atol=1e-6)
    check_seen_from_the_side(pose)
    gone = np.ptp(pose.joint("left_hip")[:, 0]) * SPACE_PX_M
    assert gone == pytest.approx(0 if belt else runner.SPEED * time[-1], abs=0.01)
    assert (pose.source, pose.kind, pose.in_space) == ("TRC markers", "markers", True)


def test_c3d(tmp_path: Path) -> None:
    time, points = motion_capture.markers("z up, runs against y")
    points["LKNE"][5:9] = np.nan
    pose = read_pose(
        motion_capture.write_c3d(tmp_path / "run.c3d", {f"Anna:{k}": v for k, v in points.items()})
    )
    np.testing.assert_allclose(pose.time, time)
    assert np.flatnonzero(np.isnan(pose.joint("left_knee")[:, 0])).tolist() == [5, 6, 7, 8]
    pose = replace(pose, xy=np.delete(pose.xy, slice(5, 9), 0), time=np.delete(pose.time, slice(5, 9)))
    check_seen_from_the_side(pose)
    assert (pose.source, pose.kind) == ("C3D markers", "markers")


def test_c3d_without_its_reader_and_one_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.c3d").write_bytes(b"\x02\x50" + bytes(600))
    with pytest.raises(PoseFileError, match="not a C3D file"):
        read_pose(tmp_path / "a.c3d")
    monkeypatch.setitem(sys.modules, "c3d", None)
    with pytest.raises(PoseFileError, match=r"sprint-analyzer\[c3d\].*TRC"):
        read_pose(tmp_path / "a.c3d")


def test_joints_are_means_of_the_markers_about_them(tmp_path: Path) -> None:
    time, points = motion_capture.markers()
    plain = read_pose(motion_capture.trc(tmp_path / "plain.trc", time, points))
    for side in "LR":
        hip, knee = points.pop(f"{side}HJC"), points.pop(f"{side}KNE")
        up, front, out = np.diag([0.09, 0.1, 0.05])[:, [1, 0, 2]]
        points |= {f"{side}ASI": hip + up + front, f"{side}PSI": hip + up - front}
        points |= {f"{side}LFC": knee + out, f"{side}MFC": knee - out}
    pose = read_pose(motion_capture.trc(tmp_path / "whole.trc", time, points))
    for name in ("left_hip", "right_knee"):
        apart = [p.joint(name) - p.joint("left_ankle") for p in (pose, plain)]
        np.testing.assert_allclose(*apart, atol=0.05)  # px


@pytest.mark.parametrize("belt", [False, True])
def test_markers_without_feet_still_run_forward(tmp_path: Path, belt: bool) -> None:
    time, points = motion_capture.markers("z up, runs against y", belt=belt)
    bare = {name: p for name, p in points.items() if name[1:] not in ("HEE", "TOE")}
    pose = read_pose(motion_capture.trc(tmp_path / "a.trc", time, bare))
    ahead = (pose.joint("left_knee") - pose.joint("left_hip"))[:, 0] * SPACE_PX_M
    true = runner.joints(time)
    np.testing.assert_allclose(ahead, (true["left_knee"] - true["left_hip"])[:, 0], atol=0.002)


def test_nothing_seen_is_said_so(tmp_path: Path) -> None:
    time, points = motion_capture.markers()
    empty = {name: np.full_like(p, np.nan) for name, p in points.items()}
    with pytest.raises(PoseFileError, match="no position of any joint"):
        read_pose(motion_capture.trc(tmp_path / "a.trc", time, empty))


def test_what_is_lacking_is_named(tmp_path: Path) -> None:
    time, points = motion_capture.markers()
    with pytest.raises(PoseFileError, match="no unit that is known"):
        read_pose(motion_capture.trc(tmp_path / "a.trc", time, points, "furlongs"))
    del points["LKNE"]
    with pytest.raises(PoseFileError, match="left_knee"):
        read_pose(motion_capture.trc(tmp_path / "a.trc", time, points))
    apart = {name: np.where(np.arange(len(time))[:, None] < 9, p, np.nan) for name, p in points.items()}
    apart["LKNE"] = apart["RKNE"]
    apart["LANK"] = np.where(np.isnan(apart["LANK"]), 1.0, np.nan)
    with pytest.raises(PoseFileError, match="nobody whole"):
        read_pose(motion_capture.trc(tmp_path / "a.trc", time, apart))


def test_contacts_metres_and_view_of_markers(tmp_path: Path) -> None:
    """A file in metres knows its scale, and a laboratory's room is square to the run."""
    time, points = motion_capture.markers("z up, runs askew")
    file = motion_capture.trc(tmp_path / "run.trc", time, points)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = pipeline.analyze(pose=file, overlay=False)
    assert run.calibration.method == "file"
    assert run.summary("step_speed").mean == pytest.approx(runner.SPEED, rel=0.01)
    shown = write_pose(replace(run.pose, source="markers"), tmp_path / "in_a_picture.csv")
    known = pipeline.analyze(pose=shown, scale=(0, 0, 1000, 0, 1000 * SPACE_PX_M), overlay=False)
    assert known.motion.toe_is == "ball"
    assert run.summary("contact_time").mean == pytest.approx(known.summary("contact_time").mean, abs=0.003)
    assert run.motion.toe_is == "ball"
    assert np.abs(run.motion.view_angle_deg).max() < 1e-3
    assert {note.code for note in run.notes}.isdisjoint({"off_axis", "no_scale", "rolling_shutter"})
    again = read_pose(write_pose(run.pose, tmp_path / "pose.csv"))
    assert (again.source, again.in_space) == ("TRC markers", True)


def as_trc(trial: measured.Trial, folder: Path) -> tuple[Path, float, dict[str, Any]]:
    """Write a trial in mm, at its own rate; return the file, when it begins, settings."""
    points = {joint: np.column_stack([xy, np.full(len(xy), 0.1)]) for joint, xy in trial.joints.items()}
    return motion_capture.trc(folder / "run.trc", trial.time, points), 0.0, {}


def as_csv(trial: measured.Trial, folder: Path) -> tuple[Path, float, dict[str, Any]]:
    """The same in pixels, in a file that does not say what its joints are."""
    track, shift = measured.pose(trial, 240.0, 0.0, 0)
    known = (0.0, 0.0, 1000.0, 0.0, 1000 * measured.METRES_PER_PIXEL)
    file = write_pose(replace(track, source=""), folder / "run.csv")
    return file, float(shift[0]), {"scale": known, "direction": "right"}


@pytest.mark.skipif(not measured.DATA.is_dir(), reason="measured motion is not here")
@pytest.mark.parametrize("written", [as_trc, as_csv])
def test_contacts_of_measured_runners_are_those_of_the_plates(tmp_path: Path, written: Any) -> None:
    """The sprint and two runs at 5 m/s that nothing was tuned on, without noise."""
    errors = measured.Errors([], [], [], [], [])
    for name in ("sprint_6_6mps", "runners_2_to_5mps/subject02/Run_5", "runners_2_to_5mps/subject08/Run_5"):
        trial = measured.trial(name)
        file, late, settings = written(trial, tmp_path)
        run = pipeline.analyze(pose=file, treadmill_mps=trial.belt_mps or None, overlay=False, **settings)
        measured.compare(trial, run.steps, late, float(run.pose.time[-1]), errors)
    assert errors.missed == 0
    assert len(errors.contact) > 20
    assert abs(np.mean(errors.contact)) < 3
    assert np.std(errors.contact) < 5


def test_a_network_in_space_is_no_marker_set(tmp_path: Path) -> None:
    """Names of a network and a shoe that stretches: Pose2Sim's points of several cameras."""
    time, points = motion_capture.markers()
    rng = np.random.default_rng(1)
    names = {"HJC": "Hip", "KNE": "Knee", "ANK": "Ankle", "HEE": "Heel", "TOE": "BigToe", "SJC": "Shoulder"}
    net = {
        f"{k[0]}{names[k[1:]]}": p + rng.normal(0, 0.02, p.shape) for k, p in points.items() if k[1:] in names
    }
    net |= {"Nose": net["LShoulder"] + [0, 0.2, 0], "Neck": net["LShoulder"] + [0, 0.05, 0]}
    pose = read_pose(motion_capture.trc(tmp_path / "a.trc", time, net, "m"))
    assert (pose.source, pose.kind, pose.in_space) == ("TRC in metres", "tracker", True)


def pixels(path: Path, noise_m: float, tracker: str | None = None) -> Path:
    """Write a CSV of the runner in pixels, with a tracker's column if it is named."""
    time = np.arange(300) / 200.0
    rng = np.random.default_rng(2)
    found = {
        name: p * [100, -100] + [50, 400] + rng.normal(0, 100 * noise_m, p.shape)
        for name, p in runner.joints(time).items()
        if name.partition("_")[2] in motion_capture.SHORT
    }
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        named = [] if tracker is None else ["tracker"]
        rows.writerow(["time_s", *(f"{name}_{axis}_px" for name in found for axis in "xy"), *named])
        for i, t in enumerate(time):
            cells = [f"{v:.3f}" for p in found.values() for v in p[i]]
            rows.writerow([t, *cells, *([] if tracker is None else [tracker])])
    return path


@pytest.mark.parametrize(
    ("noise_m", "tracker", "kind"),
    [
        (0.001, None, "markers"),
        (0.003, None, "markers"),
        (0.02, None, "tracker"),
        (0.02, "markers", "markers"),
        (0.001, "somebody", "tracker"),
        (0.001, "blazepose", "network"),
    ],
)
def test_a_csv_is_of_markers_where_the_shoe_is_stiff_or_it_says_so(
    tmp_path: Path, noise_m: float, tracker: str | None, kind: str
) -> None:
    pose = read_pose(pixels(tmp_path / "a.csv", noise_m, tracker))
    assert pose.kind == kind
    assert read_pose(write_pose(pose, tmp_path / "again.csv")).kind == kind
