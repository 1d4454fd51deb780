"""TRC in pixels as Sports2D writes it."""

from __future__ import annotations

from pathlib import Path

import motion_capture
import numpy as np
import pytest
import runner

from analyzer.errors import PoseFileError
from analyzer.pose.files.pose_csv import read_pose

NAMES = {
    "hip": "Hip", "knee": "Knee", "ankle": "Ankle", "heel": "Heel", "foot_index": "BigToe",
    "shoulder": "Shoulder", "elbow": "Elbow", "wrist": "Wrist",
}  # fmt: skip
TIME = 0.05 + np.arange(150) / 120.0


def sports2d(factor: float = 100.0) -> dict[str, np.ndarray]:
    found = {}
    for name, path in runner.joints(TIME).items():
        side, _, part = name.partition("_")
        if part in NAMES:
            place = path * [factor, -factor] + [0.5 * factor, 4 * factor]
            found[side[0].upper() + NAMES[part]] = np.column_stack([place, np.zeros(len(TIME))])
    return found


@pytest.mark.parametrize("name", ["run_Sports2D_px_person00.trc", "renamed.trc"])
def test_pixels_by_its_name_or_by_the_size_of_the_body_whatever_the_unit(tmp_path: Path, name: str) -> None:
    points = sports2d()
    points["LAnkle"][3:6, :2] = np.nan
    pose = read_pose(motion_capture.trc(tmp_path / name, TIME, points, "m"))
    assert np.flatnonzero(np.isnan(pose.joint("left_ankle")[:, 0])).tolist() == [3, 4, 5]
    np.testing.assert_allclose(pose.joint("right_knee"), points["RKnee"][:, :2], atol=1e-3)
    assert (pose.source, pose.kind) == ("TRC", "tracker")


@pytest.mark.parametrize(("too_long", "rate"), [(180 / 179, 120.0), (1.0, 120.0), (1.05, 120 / 1.05)])
def test_a_clock_that_is_a_little_too_long_goes_by_the_rate(
    tmp_path: Path, too_long: float, rate: float
) -> None:
    """Sports2D spreads its times to the clip's end; a clock that is further off has its reasons."""
    file = motion_capture.trc(tmp_path / "a_px_.trc", TIME, sports2d(), "m", long_clock=too_long)
    assert read_pose(file).fps == pytest.approx(rate, rel=1e-5)


def test_flat_in_metres_knows_its_scale(tmp_path: Path) -> None:
    points = {name: p * [1, -1, 1] for name, p in sports2d(1.0).items()}
    pose = read_pose(motion_capture.trc(tmp_path / "run_m_person00.trc", TIME, points, "m"))
    assert (pose.source, pose.kind, pose.in_space) == ("TRC in metres", "tracker", True)
    thigh = np.hypot(*(pose.joint("left_hip") - pose.joint("left_knee")).T)
    np.testing.assert_allclose(thigh * 0.004, runner.THIGH, atol=1e-3)
    assert np.nanmedian(pose.joint("left_ankle")[:, 1] - pose.joint("left_hip")[:, 1]) > 0


def test_without_rows(tmp_path: Path) -> None:
    file = motion_capture.trc(tmp_path / "a.trc", TIME, sports2d(), "px")
    file.write_text("\n".join(file.read_text().splitlines()[:5]))
    with pytest.raises(PoseFileError, match="no motion"):
        read_pose(file)
