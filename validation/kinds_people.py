"""People who do not run, as files of joints: a fast walk, marching on the spot, squats.

Angles of the joints are given, as gait laboratories draw them, and the body is put where its lower foot
stands still: another model than the stick people of the tests, who are made of paths of feet.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from scipy.interpolate import PchipInterpolator

from analyzer.data.capture import PoseTrack
from analyzer.pose.files import pose_csv
from validation.sprinter import Array
from validation.truth import JOINTS

Angles = dict[str, Array]
"""Degrees by part and side: ``thigh`` and ``arm`` forward, ``knee`` and ``elbow`` bent, ``foot`` toes up."""
THIGH_M, SHANK_M, TRUNK_M, UPPER_ARM_M, FOREARM_M, HEAD_M = 0.43, 0.42, 0.51, 0.29, 0.26, 0.24
_FOOT: Final = {"heel": (-0.055, -0.065), "foot_index": (0.15, -0.075)}
"""From the ankle along and across the sole, m."""
_HIP = np.array([(0, 32), (0.15, 24), (0.35, 2), (0.52, -15), (0.60, -8), (0.75, 24), (0.87, 37), (1, 32)])
_KNEE = np.array(
    [(0, 6), (0.13, 22), (0.38, 6), (0.50, 12), (0.60, 40), (0.71, 66), (0.86, 32), (0.96, 5), (1, 6)]
)
_FOOT_UP = np.array(
    [(0, 22), (0.09, 0), (0.38, -2), (0.50, -28), (0.61, -62), (0.78, -12), (0.9, 14), (1, 22)]
)
"""Fast walk, share of a stride from touchdown and degrees: about the curves of textbooks (Winter 1991; not
read again). The foot's angle is that of its sole from the ground, toes up."""


def walk(time: Array, stride_s: float) -> Angles:
    """Walk: both feet down for part of a step."""
    out: Angles = {"lean": np.full(len(time), 3.0)}
    for side, late in (("left", 0.0), ("right", 0.5)):
        share = (time / stride_s + late) % 1
        thigh, knee, foot = (_round(curve)(share) for curve in (_HIP, _KNEE, _FOOT_UP))
        swing = 24 * np.sin(2 * np.pi * (share - 0.30))
        out |= _side(side, thigh, knee, foot, swing, 35 + 0.4 * swing)
    return out


def march(time: Array, step_s: float, lift_deg: float) -> Angles:
    """March on the spot: a knee is lifted and put down, then the other."""
    out: Angles = {"lean": 2 + 0 * time}
    for side, late in (("left", 0.0), ("right", 1.0)):
        share = ((time / step_s + late) % 2) / 0.94
        up = np.where(share < 1, np.sin(np.pi * np.clip(share, 0, 1) ** 0.85) ** 1.5, 0.0)
        thigh = lift_deg * up + 3 * (1 - up)
        out |= _side(side, thigh, 6 + 0.95 * lift_deg * up, -25 * up, -30 * up + 12, 75 + 10 * up)
    return out


def squat(time: Array, seconds: float) -> Angles:
    """Squat with the arms held out, a little rest at the top."""
    down = np.clip(1.25 * np.sin(np.pi * time / seconds) ** 2 - 0.05, 0, 1)
    out: Angles = {"lean": 4 + 34 * down}
    for side in ("left", "right"):
        out |= _side(side, 92 * down, 8 + 112 * down, 0 * down, 15 + 65 * down, 15 + 0 * down)
    return out


def _side(side: str, thigh: Array, knee: Array, foot: Array, arm: Array, elbow: Array) -> Angles:
    names = ("thigh", "knee", "foot", "arm", "elbow")
    return {f"{side}_{n}": v for n, v in zip(names, (thigh, knee, foot, arm, elbow), strict=True)}


def _round(knots: Array) -> PchipInterpolator:
    return PchipInterpolator(
        np.concatenate([knots[:-1, 0] - 1, knots[:-1, 0], knots[:, 0] + 1]),
        np.concatenate([knots[:-1, 1], knots[:-1, 1], knots[:, 1]]),
    )


def standing(angle: Angles) -> dict[str, Array]:
    """Return joints (n, 2) m, x forward and y up, of a body whose lower foot stands still on the ground."""

    def way(length: float, degrees: Array) -> Array:
        """Go down from hanging, forward positive."""
        a = np.radians(degrees)
        return length * np.column_stack([np.sin(a), -np.cos(a)])

    n = len(angle["lean"])
    out: dict[str, Array] = {}
    shoulder = -way(TRUNK_M, -angle["lean"])
    for side in ("left", "right"):
        thigh, knee = angle[f"{side}_thigh"], angle[f"{side}_knee"]
        out[f"{side}_hip"] = np.zeros((n, 2))
        out[f"{side}_knee"] = way(THIGH_M, thigh)
        out[f"{side}_ankle"] = out[f"{side}_knee"] + way(SHANK_M, thigh - knee)
        up = np.radians(angle[f"{side}_foot"])
        for part, (along, down) in _FOOT.items():
            turned = np.column_stack([
                along * np.cos(up) - down * np.sin(up), along * np.sin(up) + down * np.cos(up)
            ])  # fmt: skip
            out[f"{side}_{part}"] = out[f"{side}_ankle"] + turned
        out[f"{side}_shoulder"] = shoulder
        arm = angle[f"{side}_arm"]
        out[f"{side}_elbow"] = shoulder + way(UPPER_ARM_M, arm)
        fore = arm + angle[f"{side}_elbow"]
        out[f"{side}_wrist"] = out[f"{side}_elbow"] + way(FOREARM_M, fore)
        for part, more in (("index", 6), ("pinky", -6)):
            out[f"{side}_{part}"] = out[f"{side}_wrist"] + way(0.09, fore + more)
        out[f"{side}_ear"] = shoulder - way(HEAD_M, -angle["lean"])
    out["nose"] = out["left_ear"] + np.array([0.10, -0.02])
    ends = np.stack([out[f"{side}_{part}"] for side in ("left", "right") for part in _FOOT])
    lower = np.argmin(ends[..., 1], axis=0)
    steady = np.arange(1, n)
    moved = ends[lower[:-1], steady, 0] - ends[lower[:-1], steady - 1, 0]
    body = np.column_stack([-np.concatenate([[0.0], np.cumsum(moved)]), -ends[..., 1].min(axis=0)])
    return {name: at + body for name, at in out.items()}


def write(
    path: Path,
    how: Callable[[Array], Angles],
    seconds: float,
    seed: int,
    fps: float = 60.0,
    rise: Callable[[Array], Array] | None = None,
) -> Path:
    """Write joints as a tracker gives them: 300 px tall, with 8 mm of noise that lasts 20 ms.

    ``rise`` says how far the whole body is off the ground, m.
    """
    fine = np.arange(0, seconds, 1 / (8 * fps))
    joint = standing(how(fine))
    if rise is not None:
        up = np.column_stack([0 * fine, rise(fine)])
        joint = {name: at + up for name, at in joint.items()}
    xy = np.stack([joint[name][::8] for name in JOINTS], axis=1)
    rng = np.random.default_rng([seed, 8])
    noise = rng.standard_normal(xy.shape)
    keep = float(np.exp(-1 / (fps * 0.02)))
    for i in range(1, len(noise)):
        noise[i] = keep * noise[i - 1] + np.sqrt(1 - keep**2) * noise[i]
    metre = 165.0
    x0 = 960 - metre * xy[..., 0].mean()
    pixels = np.array([x0, 700.0]) + metre * np.array([1, -1]) * (xy + 0.008 * noise)
    box = np.column_stack([pixels.mean(axis=1), np.full(len(xy), 460.0)])
    track = PoseTrack(
        fine[::8], pixels, np.ones(xy.shape[:2]), JOINTS, box, 1920, 1080, source="drawn"
    )  # fmt: skip
    return pose_csv.write_pose(track, path)
