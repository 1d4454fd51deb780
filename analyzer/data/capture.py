"""What was filmed: the video and its clock, the joints in pixels, the camera's motion, the scale."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from analyzer.arrays import Array, ReadOnly
from analyzer.signals.geometry import mapped


@dataclass(frozen=True)
class VideoInfo(ReadOnly):
    """A video file and its clock.

    ``time`` (n,) is the capture time of each frame in seconds from the first frame, from the
    presentation time stamps; ``capture_fps`` is the camera's rate and ``playback_fps`` the file's
    (they differ in slow motion). Width and height are those of the upright frame.
    """

    path: Path
    width: int
    height: int
    rotation_deg: int
    time: Array
    capture_fps: float
    playback_fps: float
    is_vfr: bool
    sha256: str
    codec: str = ""

    @property
    def slow_motion(self) -> float:
        """How many times slower than life the file plays; 1 is real time."""
        return self.capture_fps / self.playback_fps


@dataclass(frozen=True)
class PoseTrack(ReadOnly):
    """The athlete's joints in upright frame pixels: the saved hand-over between video and numbers.

    time : (n,) s, capture clock
    xy : (n, k, 2) px, y down; NaN = not seen
    confidence : (n, k) in 0..1
    names : k joint names, in the order of the columns
    box : (n, 3) px, centre x, centre y and side of the crop that was looked at; NaN = athlete absent
    """

    time: Array
    xy: Array
    confidence: Array
    names: tuple[str, ...]
    box: Array
    width: int
    height: int
    source: str
    model_sha256: str = ""

    def joint(self, name: str) -> Array:
        """Return the (n, 2) px path of one joint."""
        return self.xy[:, self.names.index(name)]

    @property
    def fps(self) -> float:
        """Median frame rate of the capture clock."""
        return float(1.0 / np.median(np.diff(self.time)))


@dataclass(frozen=True)
class CameraMotion(ReadOnly):
    """How the camera moved, from the background.

    ``to_reference`` (n, 3, 3) maps a frame's pixels to the reference frame's; ``sd_px`` (n,) is the
    standard deviation of that mapping in pixels (NaN = the background gave no hold).
    """

    to_reference: Array
    sd_px: Array
    moving: bool

    @classmethod
    def static(cls, n: int) -> CameraMotion:
        """Return the motion of a camera on a tripod over ``n`` frames."""
        return cls(np.tile(np.eye(3), (n, 1, 1)), np.zeros(n), moving=False)


@dataclass(frozen=True)
class Calibration(ReadOnly):
    """From reference-frame pixels to metres in the athlete's plane.

    ``homography`` (3, 3) maps (x, y, 1) px to metres with x positive in the running direction and y
    up from the ground; ``relative_sd`` is the standard error of any length as a fraction of it.
    Without a scale (``scaled`` false) the metres are nominal (leg length 0.92 m): angles, times and
    ratios of lengths hold, metres must not be reported. ``lane`` is -1 where the metres of the marks
    fall in the running direction: the athlete runs against them. ``off_square_deg`` is the angle between
    the view at the middle of the reference picture and square to the lane, with the sign of a view into
    the picture's right half.
    """

    homography: Array
    direction: Literal[1, -1]
    method: str
    scaled: bool
    relative_sd: float
    roll_deg: float = 0.0
    treadmill_mps: float = 0.0
    lane: Literal[1, -1] = 1
    off_square_deg: float = 0.0
    off_square_sd_deg: float = 0.0

    def apply(self, xy: Array) -> Array:
        """Map (..., 2) reference-frame pixels to (..., 2) metres."""
        return mapped(self.homography, xy)

    @property
    def metres_per_pixel(self) -> float:
        """Length of one pixel at the middle of the calibrated plane, in metres."""
        return float(np.hypot(self.homography[0, 0], self.homography[1, 0]) / abs(self.homography[2, 2]))
