"""The nouns that travel through the pipeline: frozen dataclasses over read-only NumPy arrays.

Units are metres, seconds and degrees unless a name says otherwise; ``px`` coordinates are those of
the upright frame, y down. NaN means "not seen" or "cannot be supported", never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from analyzer.skeleton import JOINTS, Sex, Side

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]
"""Called with the stage's name, how much is done and how much there is, in frames."""


class _ReadOnly:
    """Arrays handed to the dataclass are locked, so no stage can change another's input."""

    def __post_init__(self) -> None:
        for f in fields(self):  # type: ignore[arg-type]
            value = getattr(self, f.name)
            members = value.values() if isinstance(value, dict) else (value,)
            for member in members:
                if isinstance(member, np.ndarray):
                    member.setflags(write=False)


@dataclass(frozen=True)
class Note:
    """Something the user must know: a limit, a repair, a decision that was taken.

    ``level`` is "info", "warning" (a number is less sure) or "limit" (a number is withheld);
    ``code`` is a stable snake_case name; ``advice`` says what to do, and may be empty.
    """

    level: Literal["info", "warning", "limit"]
    code: str
    message: str
    advice: str = ""


@dataclass(frozen=True)
class VideoInfo(_ReadOnly):
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
class PoseTrack(_ReadOnly):
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
class CameraMotion(_ReadOnly):
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


def mapped(homography: Array, xy: Array) -> Array:
    """Map (..., 2) points by homographies (..., 3, 3)."""
    out = (homography @ np.concatenate([xy, np.ones_like(xy[..., :1])], axis=-1)[..., None])[..., 0]
    return np.asarray(out[..., :2] / out[..., 2:])


@dataclass(frozen=True)
class Calibration(_ReadOnly):
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


@dataclass(frozen=True)
class Motion(_ReadOnly):
    """The athlete in metres, x forward and y up from the ground, with the running direction as +x.

    time : (n,) s, capture clock
    raw : (n, k, 2) m, outliers out, gaps NaN, unfiltered: what events are fitted to
    position : (n, k, 2) m, short gaps bridged, zero-lag low-passed
    angles : name -> (n,) deg, unwrapped. ``trunk``, and for each side ``<side>_thigh``, ``_shank``,
        ``_foot``, ``_upper_arm``, ``_forearm`` (segments), ``_hip``, ``_knee``, ``_ankle``,
        ``_shoulder``, ``_elbow`` (joints); zeros and signs in DESIGN §5
    rates : name -> (n,) deg/s, the same names
    com, com_velocity : (n, 2) m and m/s, 14 segments (de Leva 1996)
    noise_sd : (k,) m, random error of one raw landmark in one frame
    offset_sd : (k,) m, systematic error of the landmark against the joint centre
    leg_length : m, hip to ground standing, from the segments or the stature
    near_side : the side of the body towards the camera
    off_axis_deg : (n,) deg, viewing angle from perpendicular at the athlete; NaN = unknown
    off_axis_sd_deg : its standard error, alike for the whole run
    ground_sd : (n,) m, standard error of the ground's place where the camera moves; None = it is still
    plumb_sd_deg : how far an upright line may seem to lean: roll, and rows read one after another
    toe_is : where ``foot_index`` lies: at the "tip" of the shoe as landmark networks put it, or over the
        "ball" of the foot as marker sets do

    Joints are in the order of ``skeleton.JOINTS``.
    """

    time: Array
    raw: Array
    position: Array
    angles: dict[str, Array]
    rates: dict[str, Array]
    com: Array
    com_velocity: Array
    noise_sd: Array
    offset_sd: Array
    leg_length: float
    near_side: Side
    sex: Sex
    off_axis_deg: Array
    toe_is: Literal["tip", "ball"] = "tip"
    off_axis_sd_deg: float = 0.0
    plumb_sd_deg: float = 0.0
    ground_sd: Array | None = None

    def joint(self, name: str) -> Array:
        """Return the (n, 2) m filtered path of one joint."""
        return self.position[:, JOINTS.index(name)]

    def raw_joint(self, name: str) -> Array:
        """Return the (n, 2) m unfiltered path of one joint."""
        return self.raw[:, JOINTS.index(name)]

    @property
    def fps(self) -> float:
        """Median frame rate of the capture clock."""
        return float(1.0 / np.median(np.diff(self.time)))

    def at(self, series: Array, t: float) -> Any:
        """Interpolate a (n,) or (n, 2) series at ``t`` seconds; NaN outside the clip."""
        if not self.time[0] <= t <= self.time[-1]:
            return np.nan if series.ndim == 1 else np.full(series.shape[1], np.nan)
        if series.ndim == 1:
            return float(np.interp(t, self.time, series))
        return np.array([np.interp(t, self.time, column) for column in series.T])


@dataclass(frozen=True)
class Step:
    """One ground contact and what follows it until the other foot lands.

    Step ``i`` runs from its own touchdown to the touchdown of step ``i + 1``; a contact that was missed
    leaves its number out. A time is NaN when the
    event lies outside the clip. ``source`` is "fit" (piecewise contact fit), "flow" (forefoot
    image), "ankle" (a body without feet), "threshold" (fallback), "edited" (by the coach). ``foot`` (2,) is
    the place of the planted forefoot in metres.
    """

    number: int
    side: Side
    touchdown_s: float
    touchdown_sd_s: float
    toe_off_s: float
    toe_off_sd_s: float
    source: str
    foot: tuple[float, float] = (float("nan"), float("nan"))


def in_a_row(steps: Sequence[Step]) -> list[tuple[Step, Step]]:
    """Return the pairs of contacts that follow each other, the feet in turn and none missed between."""
    return [(a, b) for a, b in pairwise(steps) if b.number == a.number + 1 and b.side != a.side]


@dataclass(frozen=True)
class Value:
    """One number with its standard error; ``step`` is None for a number of the whole run."""

    metric: str
    step: int | None
    side: Side | None
    value: float
    sd: float
    flags: tuple[str, ...] = ()


UNVERIFIED: Final = " (unverified)"
"""Stands behind the source of a published range that was not read there."""


@dataclass(frozen=True)
class Summary:
    """One metric over the run: a row of ``summary.csv``.

    ``sd`` is the scatter from step to step, ``mean_se`` the standard error of the mean including
    systematic errors, ``difference`` is left minus right with its 95 % confidence interval.
    """

    metric: str
    label: str
    relationship: str
    unit: str
    n: int
    mean: float
    sd: float
    mean_se: float
    left_mean: float
    right_mean: float
    difference: float
    difference_ci_low: float
    difference_ci_high: float
    evidence: str
    reference_low: float
    reference_high: float
    reference_source: str
    note: str

    @property
    def reference_verified(self) -> bool:
        """Whether the published range was read in its source; true where there is none."""
        return not self.reference_source.endswith(UNVERIFIED)


@dataclass(frozen=True)
class Measurement:
    """Everything the metrics say about one run."""

    values: tuple[Value, ...]
    summaries: tuple[Summary, ...]
    notes: tuple[Note, ...] = field(default=())
