"""Joints from a file put to the frames of their video."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import motion_capture
import numpy as np
import pytest

from analyzer.body.skeleton import COCO17
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.capture import PoseTrack, VideoInfo
from analyzer.errors import PoseFileError
from analyzer.pose.files import with_video
from analyzer.pose.files.pose_csv import write_pose


def cut_to(pose: PoseTrack, rows: slice) -> PoseTrack:
    parts = {name: getattr(pose, name)[rows] for name in ("time", "xy", "confidence", "box")}
    return replace(pose, **parts)


def alphapose(pose: PoseTrack, path: Path, frames: range) -> Path:
    def numbers(i: int) -> list[float]:
        return [float(v) for name in COCO17 for v in (*joint(name, i), 0.9)]

    def joint(name: str, i: int) -> np.ndarray:
        return pose.joint(name)[i] if name in pose.names else np.array([1.0, 1.0])

    path.write_text(json.dumps([{"image_id": f"{i}.jpg", "keypoints": numbers(i)} for i in frames]))
    return path


@pytest.fixture
def info(filmed: Analysis) -> VideoInfo:
    assert filmed.video is not None
    return filmed.video


def test_a_row_for_every_frame(filmed: Analysis, info: VideoInfo, tmp_path: Path) -> None:
    path = alphapose(filmed.pose, tmp_path / "joints.json", range(len(info.time)))
    followed = with_video.track(path, info, Config())
    pose, camera, notes = followed.pose, followed.camera, followed.notes
    np.testing.assert_array_equal(pose.time, info.time)
    np.testing.assert_allclose(pose.joint("left_knee"), filmed.pose.joint("left_knee"))
    assert (pose.width, pose.height) == (info.width, info.height)
    assert np.isnan(pose.joint("left_heel")).all()
    # The picture holds a line and a dot: nothing to tie the camera to.
    assert len(camera.sd_px) == len(info.time)
    assert [note.code for note in notes] == ["camera_untied"]


def test_rows_with_a_clock_find_their_frames(filmed: Analysis, info: VideoInfo, tmp_path: Path) -> None:
    path = write_pose(cut_to(filmed.pose, slice(12, -5)), tmp_path / "pose.csv")
    pose, *_ = with_video.track(path, info, Config())
    knee = pose.joint("left_knee")
    assert np.isnan(knee[:12]).all()
    assert np.isnan(knee[-5:]).all()
    np.testing.assert_allclose(knee[12:-5], filmed.pose.joint("left_knee")[12:-5], atol=1e-3)


def test_rows_without_a_clock_must_be_as_many_as_frames(
    filmed: Analysis, info: VideoInfo, tmp_path: Path
) -> None:
    path = alphapose(filmed.pose, tmp_path / "joints.json", range(3, len(info.time)))
    with pytest.raises(PoseFileError, match="does not fit"):
        with_video.track(path, info, Config())


def test_joints_of_a_larger_picture_are_refused(filmed: Analysis, info: VideoInfo, tmp_path: Path) -> None:
    large = replace(filmed.pose, xy=filmed.pose.xy * 4)
    with pytest.raises(PoseFileError, match="was not read from"):
        with_video.track(write_pose(large, tmp_path / "pose.csv"), info, Config())


def test_only_the_part_asked_for(filmed: Analysis, info: VideoInfo, tmp_path: Path) -> None:
    path = write_pose(filmed.pose, tmp_path / "pose.csv")
    start, stop = float(info.time[20]), float(info.time[60])
    pose, *_ = with_video.track(path, info, Config(start_s=start, stop_s=stop))
    seen = np.flatnonzero(np.isfinite(pose.joint("left_hip")[:, 0]))
    assert (seen[0], seen[-1]) == (20, 59)


def test_places_in_space_are_of_no_picture(filmed: Analysis, info: VideoInfo, tmp_path: Path) -> None:
    time, points = motion_capture.markers()
    with pytest.raises(PoseFileError, match="places in space"):
        with_video.track(motion_capture.trc(tmp_path / "run.trc", time, points), info, Config())
