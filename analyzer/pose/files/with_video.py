"""Joints from a file beside their video, whose picture times contacts and shows how the camera moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, Followed, PoseTrack, VideoInfo
from analyzer.data.notes import Progress
from analyzer.errors import PoseFileError
from analyzer.pose.files import pose_csv
from analyzer.video import reader
from analyzer.video.camera_motion import Background

COUNT_FRAMES: Final = ("OpenPose", "AlphaPose", "DeepLabCut", "SLEAP")
"""Kinds of files that have no clock: only a row for every frame says which is which."""
_OUTSIDE: Final = 0.02
"""Share of the joints beyond the picture's edge, above which they are of another picture."""


def track(path: Path, info: VideoInfo, config: Config, progress: Progress | None = None) -> Followed:
    """Read joints and put them to the frames of their video.

    Parameters
    ----------
    path : Path
        File or folder of joints, as ``pose_csv.read_pose`` reads them.
    info : VideoInfo
    config : Config
        ``start_s`` and ``stop_s`` leave out what lies before and after.
    progress : callable, optional

    Raises
    ------
    PoseFileError
        The file cannot be read, or does not belong to this video.
    """
    read = pose_csv.read_pose(path, info.capture_fps)
    if read.in_space:
        raise PoseFileError(
            f"{path.name} was not read from {info.path.name}.",
            "It holds places in space, in metres, not in the picture.",
            "Give it without the video.",
        )
    rows = _rows(path, read, info)
    first, last = info.between(config.start_s, config.stop_s)
    wanted = (rows >= first) & (rows < last)
    n = len(info.time)

    def placed(values: Array, empty: float) -> Array:
        out = np.full((n, *values.shape[1:]), empty)
        out[rows[wanted]] = values[wanted]
        return out

    xy = placed(read.xy, np.nan)
    seen = xy[np.isfinite(xy).all(axis=-1)]
    beyond = ((seen < 0) | (seen > (info.width, info.height))).any(axis=1)
    if len(seen) and beyond.mean() > _OUTSIDE:
        raise PoseFileError(
            f"{path.name} was not read from {info.path.name}.",
            f"{beyond.mean():.0%} of its joints lie outside {info.width} x {info.height} pixels.",
            "Give the video that the joints were read from, at its full size.",
        )
    pose = replace(
        read,
        time=np.array(info.time),
        xy=xy,
        confidence=placed(read.confidence, 0.0),
        box=placed(read.box, np.nan),
        width=info.width,
        height=info.height,
    )
    from analyzer.pose.track import untied  # only here: with it all that follows an athlete is imported

    camera = _camera(pose, info, progress)
    there = np.isfinite(pose.box[:, 0])
    return Followed(pose, camera, tuple(untied(camera, there)))


def _rows(path: Path, read: PoseTrack, info: VideoInfo) -> NDArray[np.intp]:
    """Return which frame of the video each row of the file is."""
    n = len(info.time)
    if len(read.time) == n:
        return np.arange(n)
    if read.source not in COUNT_FRAMES:
        apart = np.abs(read.time[:, None] - np.asarray(info.time))
        nearest: NDArray[np.intp] = apart.argmin(axis=1)
        if apart.min(axis=1).max() < 0.5 / info.capture_fps and (np.diff(nearest) > 0).all():
            return nearest
    raise PoseFileError(
        f"{path.name} does not fit {info.path.name}.",
        f"It has {len(read.time)} rows, the video {n} frames.",
        "Export the joints of every frame, or leave the video out.",
    )


def _camera(pose: PoseTrack, info: VideoInfo, progress: Progress | None) -> CameraMotion:
    n = len(info.time)
    boxes = [box[None] if np.isfinite(box).all() else None for box in pose.box]
    background = Background(info.width, info.height, info.capture_fps)
    for frame in reader.shown(info):
        background.add(frame.index, frame, boxes[frame.index])
        if progress and frame.index % 10 == 0:
            progress("find", frame.index, n)
    seen = np.flatnonzero(np.isfinite(pose.box[:, 0]))
    return background.motion(n, int(seen[len(seen) // 2]) if len(seen) else n // 2, boxes)
