"""The body as a camera in front or behind sees it: joints in leg lengths, the athlete's left positive.

An athlete who comes nearer grows in the picture, so the unit is the body's own: trunk and the longer leg
together, smoothed over two strides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, SIDES, Side
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.data.view import View
from analyzer.motion.kinematics import HAND_OF_FOREARM
from analyzer.signals import filters
from analyzer.signals.geometry import distance, midpoint
from analyzer.signals.robust import MAD_TO_SD, huber_weights

LEG_OF_SIZE: Final = 0.765
"""Standing leg length over trunk and longer leg together, as they are seen on average over a stride.

0.755 to 0.81 of drawn bodies, 0.725 to 0.786 by the markers of six measured runners.
"""
JUMP: Final = 0.05
"""Share of the body's size: a smaller deviation of a joint from its neighbours' curve is no outlier."""
STRIDES: Final = 2.0
"""Strides over which the size is smoothed: legs that swing make it beat once a step."""
TURNED: Final = 0.25
"""Share of its usual width in the picture under which a pelvis is misread: the network took one leg for the
other. Such a frame says nothing of the legs; nothing is exchanged in it."""
LEG: Final = ("hip", "knee", "ankle", "heel", "foot_index")
"""The joints of a leg."""
WHOLE: Final = 0.75
"""Quantile of a thigh's or shank's length in the picture, in trunks, that is its whole length: so it is seen
while the leg stands, and foreshortened in the rest of the time."""
STRETCHED: Final = 1.2
"""Length over that from which a knee is misread: nothing looks longer than it is. Loose shorts hide a knee
that comes forward, and it is put at the hip."""
_ROUNDS: Final = 5
"""Rounds of fitting and weighting anew."""


@dataclass(frozen=True)
class Body:
    """Joints in leg lengths about the middle of the hips, x to the athlete's left and y up.

    time : (n,) s
    joints : (n, 23, 2) leg lengths, in the order of ``skeleton.JOINTS``; NaN = not seen
    hips : (n, 2) leg lengths
        The middle of the hips on its way through the picture, the camera's motion taken out.
    size : (n,) px
        Leg length in the picture.
    """

    time: Array
    joints: Array
    hips: Array
    size: Array

    def joint(self, name: str) -> Array:
        """Return the (n, 2) path of a joint about the middle of the hips, leg lengths."""
        return self.joints[:, JOINTS.index(name)]

    def middle(self, part: str) -> Array:
        """Return the (n, 2) path of the middle of a pair of joints."""
        return midpoint(self.joint(f"left_{part}"), self.joint(f"right_{part}"))

    def foot(self, side: Side) -> Array:
        """Return (n, 2) where a foot is: its ankle."""
        return self.joint(f"{side}_ankle")

    def hand(self, side: Side) -> Array:
        """Return (n, 2) where a hand is: between the knuckles, or beyond the wrist where these lack."""
        knuckles = midpoint(self.joint(f"{side}_index"), self.joint(f"{side}_pinky"))
        wrist, elbow = self.joint(f"{side}_wrist"), self.joint(f"{side}_elbow")
        beyond = wrist + HAND_OF_FOREARM * (wrist - elbow)
        return np.where(np.isfinite(knuckles), knuckles, beyond)

    def rolled(self) -> Array:
        """Return (n,) the lean of the trunk to the athlete's left, deg."""
        way = self.middle("shoulder")
        return np.asarray(np.degrees(np.arctan2(way[:, 0], way[:, 1])))

    def tilt(self) -> Array:
        """Return (n,) how much higher the left hip is than the right one, deg."""
        way = self.joint("left_hip") - self.joint("right_hip")
        return np.asarray(np.degrees(np.arctan2(way[:, 1], way[:, 0])))


def body(track: PoseTrack, camera: CameraMotion, view: View, part: slice, stride_s: float | None) -> Body:
    """Return the body of a stretch of frames.

    Parameters
    ----------
    track : PoseTrack
    camera : CameraMotion
    view : View
        From the front or from behind.
    part : slice
        The frames of the run.
    stride_s : float, optional
        A stride's time, s; None while it is not known.
    """
    time = track.time[part]
    left = 1.0 if view.angle_deg > 0 else -1.0
    xy = np.stack([track.joint(name)[part] for name in JOINTS], axis=1)
    rough = float(np.nanmedian(_size(xy)))
    jumps = filters.outliers(xy.reshape(len(xy), -1), floor=JUMP * rough).reshape(xy.shape)
    xy = np.where(np.any(jumps, axis=2)[..., None], np.nan, xy)
    middle = midpoint(xy[:, JOINTS.index("left_hip")], xy[:, JOINTS.index("right_hip")])
    xy = _without_turned(xy, left)
    size = LEG_OF_SIZE * _smooth(time, _size(xy), stride_s)
    xy = _without_stretched(xy)
    about = _levelled(xy - middle[:, None], camera, part) * np.array([left, -1.0])
    steady = camera.apply(track.xy)[part] if camera.moving else track.xy[part]
    hips = track.middle("hip", steady) * np.array([left, -1.0])
    hips = hips - np.nanmean(hips, axis=0)
    return Body(time, about / size[:, None, None], hips / size[:, None], size)


def _without_turned(xy: Array, left: float) -> Array:
    """Return (n, 23, 2) joints without the legs of frames in which the pelvis is the other way round."""
    wide = left * (xy[:, JOINTS.index("left_hip")] - xy[:, JOINTS.index("right_hip")])[:, 0]
    if not np.isfinite(wide).any():
        return xy
    with np.errstate(invalid="ignore"):
        turned = wide < TURNED * float(np.nanmedian(wide))
    out = xy.copy()
    for index in (JOINTS.index(f"{side}_{part}") for side in SIDES for part in LEG):
        out[turned, index] = np.nan
    return out


def _without_stretched(xy: Array) -> Array:
    """Return (n, 23, 2) joints without the knees of legs that look longer than they are."""

    def at(name: str) -> Array:
        return xy[:, JOINTS.index(name)]

    trunk = _trunk(xy)
    pairs = (("hip", "knee"), ("knee", "ankle"))
    shares = np.stack([[distance(at(f"{s}_{a}"), at(f"{s}_{b}")) / trunk for a, b in pairs] for s in SIDES])
    out = xy.copy()
    for k in range(2):
        usual = shares[:, k][np.isfinite(shares[:, k])]
        if not len(usual):
            continue
        with np.errstate(invalid="ignore"):
            misread = shares[:, k] > STRETCHED * float(np.quantile(usual, WHOLE))
        for side, frames in zip(SIDES, misread, strict=True):
            out[frames, JOINTS.index(f"{side}_knee")] = np.nan
    return out


def _levelled(xy: Array, camera: CameraMotion, part: slice) -> Array:
    """Turn (n, k, 2) ways in the picture back by the camera's own roll, as far as it is known."""
    if not camera.moving:
        return xy
    maps = camera.to_reference[part]
    roll = np.arctan2(maps[:, 1, 0], maps[:, 0, 0])
    known = np.isfinite(camera.sd_px[part]) & np.isfinite(roll)
    if not known.any():
        return xy
    roll = np.where(known, roll - np.median(roll[known]), 0.0)
    c, s = np.cos(roll)[:, None], np.sin(roll)[:, None]
    return np.stack([c * xy[..., 0] - s * xy[..., 1], s * xy[..., 0] + c * xy[..., 1]], axis=-1)


def _trunk(xy: Array) -> Array:
    """Return (n,) lengths of the trunk, in the unit of ``xy``."""
    pairs = ((JOINTS.index(f"left_{part}"), JOINTS.index(f"right_{part}")) for part in ("shoulder", "hip"))
    return distance(*(midpoint(xy[:, left], xy[:, right]) for left, right in pairs))


def _size(xy: Array) -> Array:
    """Return (n,) lengths of the trunk and the longer leg together, in the unit of ``xy``."""

    def at(name: str) -> Array:
        return xy[:, JOINTS.index(name)]

    legs = [
        distance(at(f"{s}_hip"), at(f"{s}_knee")) + distance(at(f"{s}_knee"), at(f"{s}_ankle")) for s in SIDES
    ]
    # Of one leg alone nobody knows whether it is the longer one.
    both = np.maximum(*legs)
    return _trunk(xy) + (both if np.isfinite(both).any() else np.fmax(*legs))


def _smooth(time: Array, size: Array, stride_s: float | None) -> Array:
    """Return the size (n,) without what the stride adds: a curve through all frames, or local lines."""
    log = np.log(size)
    known = np.isfinite(log)
    if not known.any():
        return np.full(len(time), np.nan)
    if stride_s is None:
        where = (time - time.mean()) / max(float(np.ptp(time)), 1e-9)
        return np.asarray(np.exp(_robust(np.vander(where, 3), log, known.astype(float))[0]))
    out = np.empty(len(time))
    for i, now in enumerate(time):
        apart = (time - now) / stride_s
        weight = np.where(known & (np.abs(apart) < STRIDES / 2), np.cos(np.pi * apart / STRIDES) ** 2, 0.0)
        if (weight > 0).sum() < 4:
            out[i] = np.nan
            continue
        near = weight > 0
        _, coefficients = _robust(np.vander(apart[near], 2), log[near], weight[near])
        out[i] = coefficients[-1]
    there = np.isfinite(out)
    return np.asarray(np.exp(np.interp(time, time[there], out[there])))


def _robust(basis: Array, y: Array, weight: Array) -> tuple[Array, Array]:
    """Fit by weighted least squares in which wild values lose their say; return the curve and its terms."""
    y = np.where(weight > 0, y, 0.0)
    own = weight
    for _ in range(_ROUNDS):
        root = np.sqrt(own)
        terms = np.linalg.lstsq(basis * root[:, None], y * root, rcond=None)[0]
        residual = np.abs(y - basis @ terms)
        usual = max(MAD_TO_SD * float(np.median(residual[weight > 0])), 1e-9)
        own = weight * huber_weights(residual / usual)
    return np.asarray(basis @ terms), np.asarray(terms, np.float64)
