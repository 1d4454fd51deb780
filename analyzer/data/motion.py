"""The athlete in metres: what every number of a run is measured on.

Axes: x forward, in the running direction, y up from the ground. Signs of angles, such as that of trunk lean
(positive = the shoulders ahead of the hips), are in the docstring of ``Motion`` and made in
``motion/angles.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from analyzer.arrays import Array, ReadOnly
from analyzer.body.skeleton import JOINTS, Sex, Side
from analyzer.data.notes import Note
from analyzer.data.view import View
from analyzer.signals.filters import frame_rate
from analyzer.signals.geometry import midpoint


@dataclass(frozen=True, kw_only=True)
class Motion(ReadOnly):
    """The athlete in metres, x forward and y up from the ground, with the running direction as +x.

    time : (n,) s, capture clock
    raw : (n, k, 2) m, outliers out, gaps NaN, unfiltered: what events are fitted to
    position : (n, k, 2) m, short gaps bridged, zero-lag low-passed
    angles : name -> (n,) deg, unwrapped. Segments: ``trunk`` from vertical, forward lean positive; for each
        side ``<side>_thigh`` and ``_upper_arm`` from hanging, knee or elbow in front positive; ``_forearm``
        from hanging, wrist in front positive; ``_shank`` from vertical, knee ahead of the ankle positive;
        ``_foot`` from horizontal, heel above the toe positive. Joints: ``_hip``, ``_knee``, ``_elbow``,
        ``_shoulder``, flexion positive, 0 = straight (hanging for the shoulder); ``_ankle``, dorsiflexion
        positive, 0 = the foot at right angles to the shank
    rates : name -> (n,) deg/s, the same names
    com, com_velocity : (n, 2) m and m/s, 14 segments (de Leva 1996)
    noise_sd : (k,) m, random error of one raw landmark in one frame
    offset_sd : (k,) m, systematic error of the landmark against the joint centre, on rendered bodies
    body_sd : (k,) m, how much further off a joint may lie in real people, the same in all clips of an athlete
    leg_length : m, hip to ground standing, from the segments or the stature
    near_side : the side of the body towards the camera
    view_angle_deg : (n,) deg, between the camera's view of the athlete and square to the lane, signed like a
        view into the image's right half; NaN = unknown
    view_angle_sd_deg : its standard error, the same error throughout the run
    stretch_sd : what that makes of lengths, as a fraction, in x and in y: one of them is what the scale is by
    growth_sd, even_at_m : 1/m and m, as of ``Calibration``
    ground_sd : (n,) m, standard error of the ground's place where the camera moves; None = it is still
    view : from where the body is seen: side, oblique, front or rear
    view_ends : the same where the run begins and ends; None where the two do not differ beyond their errors
    belt_mps : speed of a treadmill's belt, whose way since time 0 is in x; 0 = the ground stands still
    belt_sd_mps : its standard error where it was taken from the feet
    plumb_sd_deg : standard error of the vertical, deg: camera roll, and image rows read one after another
    toe_is : where ``foot_index`` lies: at the "tip" of the shoe as landmark networks put it, or over the
        "ball" of the foot as marker sets do
    notes : what was left out or repaired on the way

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
    view_angle_deg: Array
    body_sd: Array = field(default_factory=lambda: np.zeros(len(JOINTS)))
    toe_is: Literal["tip", "ball"] = "tip"
    view_angle_sd_deg: float = 0.0
    stretch_sd: tuple[float, float] = (0.0, 0.0)
    growth_sd: float = 0.0
    even_at_m: float = 0.0
    view: View = field(default_factory=View)
    view_ends: tuple[View, View] | None = None
    belt_mps: float = 0.0
    belt_sd_mps: float = 0.0
    plumb_sd_deg: float = 0.0
    ground_sd: Array | None = None
    notes: tuple[Note, ...] = field(default=(), repr=False, compare=False)

    def joint(self, name: str) -> Array:
        """Return the (n, 2) m filtered path of one joint."""
        return self.position[:, JOINTS.index(name)]

    def middle(self, part: str) -> Array:
        """Return the (n, 2) m filtered path of the midpoint of a left and a right joint, such as "hip"."""
        return midpoint(self.joint(f"left_{part}"), self.joint(f"right_{part}"))

    def raw_joint(self, name: str) -> Array:
        """Return the (n, 2) m unfiltered path of one joint."""
        return self.raw[:, JOINTS.index(name)]

    def from_even(self, x: Array, time: Array) -> Array:
        """Return how far from ``even_at_m`` a place ``x`` m lay before the camera, m, at ``time`` s."""
        return x - self.belt_mps * time - self.even_at_m

    @property
    def fps(self) -> float:
        """Median frame rate of the capture clock."""
        return frame_rate(self.time)

    def at(self, series: Array, t: float) -> Any:
        """Interpolate a (n,) or (n, 2) series at ``t`` seconds; NaN outside the clip."""
        if not self.time[0] <= t <= self.time[-1]:
            return np.nan if series.ndim == 1 else np.full(series.shape[1], np.nan)
        if series.ndim == 1:
            return float(np.interp(t, self.time, series))
        return np.array([np.interp(t, self.time, column) for column in series.T])
