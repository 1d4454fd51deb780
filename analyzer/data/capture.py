"""What was filmed: the video and its clock, the joints in pixels, the camera's motion, the scale.

Pixels have x to the right and y down, with the origin in the image's upper left corner; the axes of all
stages are in ``docs/architecture.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analyzer.arrays import Array, ReadOnly
from analyzer.body.skeleton import SIDES
from analyzer.data.notes import Note
from analyzer.signals.filters import frame_rate
from analyzer.signals.geometry import mapped, midpoint, midpoint_or_seen

Kind = Literal["network", "markers", "tracker"]
"""What a joint of a track is: a landmark of our pose network, a marker on skin and shoe, or what another
tracker takes for the joint."""
KINDS: Final[dict[str, Kind]] = {
    "blazepose": "network",
    "blazepose heavy": "network",
    "blazepose, other weights": "network",
    "markers": "markers",
    "TRC markers": "markers",
    "C3D markers": "markers",
}
"""Kinds of the sources that are known; every other source is a "tracker".

Landmarks of our networks are shifted to the joints (``joints.landmark_bias``, ``joints.shoulder_bias``), each
by what was measured of it, other weights not at all;
markers stay where they are and have neither a rolling shutter nor a slow drift of the head and the shoulders.
"""

IN_SPACE: Final = ("TRC markers", "C3D markers", "TRC in metres", "C3D in metres")
"""Sources whose places were given in metres, not in a picture, and are drawn as a camera square to the run
would see them from far away."""
SPACE_PX_M: Final = 0.004
"""Metres for each pixel of such a picture: a runner is 450 px tall."""


@dataclass(frozen=True)
class VideoInfo(ReadOnly):
    """A video file and its clock.

    ``time`` (n,) is the capture time of each frame in seconds from the first frame, from the
    presentation time stamps; ``capture_fps`` is the camera's rate and ``playback_fps`` the file's
    (they differ in slow motion). Width and height are those of the upright frame. ``keys`` are the indices
    of frames that can be decoded without others; empty, and ``size_bytes`` 0, in results of an older version.

    ``turned`` quarters against the clock make the picture upright beyond what the file says. ``pictures``
    (n,) are the numbers of the file's frames that show a picture of their own, where each is shown
    ``shown`` times on average; None = all do. ``recorded`` is the day of which the file says that it was
    filmed; None where it does not.
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
    turned: int = 0
    shown: float = 1.0
    pictures: Array | None = None
    size_bytes: int = 0
    keys: tuple[int, ...] = ()
    recorded: date | None = None

    @property
    def slow_motion(self) -> float:
        """How many times slower than life the file plays; 1 is real time."""
        return self.capture_fps / self.playback_fps

    @property
    def file_s(self) -> Array:
        """When a player shows each frame, (n,) s: the clock that times are asked for and told on."""
        return self.time * self.slow_motion

    def between(self, start_s: float, stop_s: float | None) -> tuple[int, int]:
        """Return the frames in ``start_s <= file_s < stop_s``: the first, and one past the last."""
        file_s, slack = self.file_s, 1e-6  # a time that went through another clock and back
        last = len(file_s) if stop_s is None else int(np.searchsorted(file_s, stop_s - slack))
        return int(np.searchsorted(file_s, start_s - slack)), last


def renumbered(keys: Iterable[int], pictures: ArrayLike | None) -> tuple[int, ...]:
    """Return which pictures, given as numbers of a file's frames, are ``keys``; None = every frame is one."""
    found = np.array(tuple(keys), np.int64)
    return tuple(map(int, found if pictures is None else np.flatnonzero(np.isin(pictures, found))))


class Picture(NamedTuple):
    """What results keep of a frame: a part of it as JPEG, its first and last column and row in the frame, px.

    The last are exclusive. The JPEG may be smaller than the part.
    """

    part: tuple[int, int, int, int]
    jpeg: bytes


@dataclass(frozen=True)
class PoseTrack(ReadOnly):
    """The athlete's joints in upright frame pixels: the saved hand-over between video and numbers.

    time : (n,) s, capture clock
    xy : (n, k, 2) px, y down; NaN = not seen
    confidence : (n, k) in 0..1
    names : k joint names, in the order of the columns
    box : (n, 3) px, centre x, centre y and side of the crop that was looked at; NaN = athlete absent
    width, height : px, of the upright frame
    source : who marked the joints: "blazepose" or another of ``KINDS``, "rtmpose", or another tracker's name
    notes : what was repaired while the joints were given their names
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
    notes: tuple[Note, ...] = field(default=(), repr=False, compare=False)

    @property
    def kind(self) -> Kind:
        """What a joint of this track is: a landmark of our network, a marker, or another tracker's joint."""
        return KINDS.get(self.source, "tracker")

    @property
    def in_space(self) -> bool:
        """Whether the places were given in metres: a pixel is ``SPACE_PX_M`` and the view is square."""
        return self.source in IN_SPACE

    def joint(self, name: str, xy: Array | None = None) -> Array:
        """Return the (n, 2) path of one joint; NaN throughout for one that the tracker does not give.

        Parameters
        ----------
        name : str
        xy : (n, k, 2), optional
            Other positions of the same joints, in any unit: the path is taken from these.
        """
        points = self.xy if xy is None else xy
        if name not in self.names:
            return np.full((len(points), 2), np.nan)
        return points[:, self.names.index(name)]

    def middle(self, part: str, xy: Array | None = None, *, one_will_do: bool = False) -> Array:
        """Return the (n, 2) midpoint of a left and a right joint; NaN where one was not seen.

        Parameters
        ----------
        part : str
            Name of the joint without its side: "hip".
        xy : (n, k, 2), optional
            Other positions of the same joints, in any unit.
        one_will_do : bool
            Where one of the two was not seen, the other stands for their midpoint.
        """
        left, right = (self.joint(f"{side}_{part}", xy) for side in SIDES)
        return midpoint_or_seen(left, right) if one_will_do else midpoint(left, right)

    @property
    def fps(self) -> float:
        """Median frame rate of the capture clock."""
        return frame_rate(self.time)


@dataclass(frozen=True)
class CameraMotion(ReadOnly):
    """How the camera moved, from the background.

    ``to_reference`` (n, 3, 3) maps a frame's pixels to the reference frame's; ``sd_px`` (n,) is the
    standard deviation of that mapping in pixels (NaN = the background gave no hold). The reference frame is
    one of the clip; nothing stands still in it but the background.
    """

    to_reference: Array
    sd_px: Array
    moving: bool

    @classmethod
    def static(cls, n: int) -> CameraMotion:
        """Return the motion of a camera on a tripod over ``n`` frames."""
        return cls(np.tile(np.eye(3), (n, 1, 1)), np.zeros(n), moving=False)

    def apply(self, xy: Array) -> Array:
        """Map (n, k, 2) px of the frames to (n, k, 2) px of the reference frame."""
        return mapped(self.to_reference[:, None], xy)

    @property
    def bend(self) -> Bent | None:
        """What a bend adds that the reference frame shows as if it were straight; None = it shows none."""
        return None

    @property
    def as_filmed(self) -> CameraMotion:
        """The motion by the background."""
        return self if self.bend is None else self.bend.filmed


@dataclass(frozen=True)
class Bent(ReadOnly):
    """What a run on a bend is seen like, where the reference frame shows it as if it were straight.

    filmed : the camera's motion by the background
    turned_deg : (n,) deg
        How much further than on the straight way the view of the athlete is turned, signed like it.
    turned_sd_deg : what the error of the bend makes of the view angle over the run, deg
    lengths_sd : and of lengths along the way, as a fraction
    radius_px, radius_sd : the bend's radius, pixels of the reference frame, and its error as a fraction
    """

    filmed: CameraMotion
    turned_deg: Array
    turned_sd_deg: float
    lengths_sd: float
    radius_px: float
    radius_sd: float


@dataclass(frozen=True)
class Straightened(CameraMotion):
    """A camera whose reference frame shows a run on a bend as if it were straight."""

    bent: Bent

    @property
    def bend(self) -> Bent | None:
        """What the bend adds."""
        return self.bent


@dataclass(frozen=True, kw_only=True)
class Calibration(ReadOnly):
    """From reference-frame pixels to metres in the athlete's plane.

    homography : (3, 3)
        Maps (x, y, 1) px to metres, x positive in the running direction and y up from the ground.
    direction : 1 or -1
        The athlete runs to the right or to the left in the image.
    method : what gave the scale: "marks", "points", "file" (joints in metres), "leg length", "height",
        "nominal", "gates", or one of these "and gates"
    scaled : bool
        Whether a length is known. Without one the metres are nominal (leg length 0.92 m): angles, times and
        ratios of lengths hold, metres must not be reported.
    relative_sd : standard error of a length along the lane at ``even_at_m``, as a fraction of it
    growth_sd : standard error of how lengths along the lane grow with each metre along it, 1/m: of the view's
        perspective. One error for the whole way, of one sign before ``even_at_m`` and of the other behind it;
        heights have half of it
    even_at_m : where along the lane lengths have none of that, m: in the middle of what gave the scale
    roll_deg : how far the ground falls to the right in the image, deg
    treadmill_mps : speed of the belt, m/s; 0 = the ground stands still
    treadmill_sd_mps : its standard error beside that of the scale; 0 where it was given
    lane : 1 or -1
        -1 where the metres of the marks fall in the running direction: the athlete runs against them.
    view_angle_deg : deg
        Between the camera's view at the middle of the reference image and square to the lane; positive like a
        view into the image's right half.
    view_angle_sd_deg : its standard error, deg
    stretch_sd : what that makes of lengths along the lane against upright ones, as a fraction
    notes : how the scale was found and what it lacks
    """

    homography: Array
    direction: Literal[1, -1]
    method: str
    scaled: bool
    relative_sd: float
    roll_deg: float = 0.0
    treadmill_mps: float = 0.0
    treadmill_sd_mps: float = 0.0
    lane: Literal[1, -1] = 1
    view_angle_deg: float = 0.0
    view_angle_sd_deg: float = 0.0
    stretch_sd: float = 0.0
    growth_sd: float = 0.0
    even_at_m: float = 0.0
    notes: tuple[Note, ...] = field(default=(), repr=False, compare=False)

    @property
    def along_lane(self) -> bool:
        """Whether the scale is by something along the lane, not by an upright body."""
        return self.method in ("marks", "points", "gates") or self.method.endswith("and gates")

    def apply(self, xy: Array) -> Array:
        """Map (..., 2) reference-frame pixels to (..., 2) metres."""
        return mapped(self.homography, xy)

    @property
    def metres_per_pixel(self) -> float:
        """Length of one pixel at the middle of the calibrated plane, in metres."""
        return float(np.hypot(self.homography[0, 0], self.homography[1, 0]) / abs(self.homography[2, 2]))


class Followed(NamedTuple):
    """Whoever was followed through a clip: his joints, how the camera moved, and what there is to say.

    ``info`` is the clip as it was understood: the right way up, each picture once. None = as it was given.
    """

    pose: PoseTrack
    camera: CameraMotion
    notes: tuple[Note, ...]
    info: VideoInfo | None = None
