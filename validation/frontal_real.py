"""Measured runners as a camera in front of them or behind them sees their markers; contacts by force plates.

The marker sets are those of ``validation.measured``, with what lies across the lane. Knees of the treadmill's
and the sprint's runners are not marked: two links between hip and ankle, in the leg's plane.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.interpolate import CubicSpline

from analyzer.data.capture import PoseTrack
from validation import measured
from validation.frontal_truth import Course
from validation.sprinter import Array

DISTANCE_M: Final = 30.0
"""From the camera to the runner in the middle of the trial, m."""
EYE_M: Final = 1.25
"""Height of the camera, m."""
FOCAL_PX: Final = 6000.0
"""A runner of 1.8 m is 360 px tall."""
NOISE_M: Final = 0.008
"""Landmark noise, m..."""
MEMORY_S: Final = 0.012
"""...and how long an error lasts, s."""


def course(name: str) -> Course:
    """Return a trial's joints in metres, x forward, y to the left, z up, and its contacts."""
    run = measured.trial(name)
    if name == "jog_full_body":
        table = np.genfromtxt(
            measured.DATA / "jog_full_body/JA1Gait21_landmarks.csv", delimiter=",", names=True
        )
        joint = {
            f"{side}_{part}": np.column_stack([table[f"{side}_{part}_{axis}"] for axis in "xyz"])
            for side in ("left", "right")
            for part in measured.JOINTS
        }
    else:
        file = measured.DATA / ("sprint_6_6mps/maxSprint.trc" if name.startswith("sprint") else f"{name}.trc")
        joint = _joints(measured._markers(file, axes=3)[1])
    turned = {n: np.column_stack([v[:, 0], -v[:, 2], v[:, 1]]) for n, v in joint.items()}
    whole = np.all([np.isfinite(v).all(axis=1) for v in turned.values()], axis=0)
    turned = {n: v[whole] for n, v in turned.items()}
    for side in ("left", "right"):
        if f"{side}_wrist" in turned:
            wrist, elbow = turned[f"{side}_wrist"], turned[f"{side}_elbow"]
            turned[f"{side}_hand"] = wrist + 0.36 * (wrist - elbow)
    leg = float(np.median([_leg(turned, side) for side in ("left", "right")]))
    return Course(run.time[whole], turned, run.contacts, leg)


def _leg(joint: dict[str, Array], side: str) -> float:
    """Return the standing leg length: thigh and shank, and the ankle's height over the ground."""
    hip, knee, ankle = (joint[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
    chain = np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1)
    return float(np.median(chain)) * 0.974 / 0.884


def _joints(m: dict[str, Array]) -> dict[str, Array]:
    out = {}
    for side, s in (("left", "L"), ("right", "R")):
        hip = (m[f"{s}ASI"] + m[f"{s}PSI"]) / 2 - np.array([0.0, 0.09, 0.0])
        heel, toe = m[f"{s}CAL"], m[f"{s}TOE"] if f"{s}TOE" in m else m[f"{s}MT1"]
        ankle = heel + np.array([0.03, 0.05, 0.0])
        reach = np.linalg.norm((ankle - hip)[:, :2], axis=1)
        link = float(np.nanmax(reach)) / 2 + 0.002
        along = (ankle - hip)[:, :2] / reach[:, None]
        bend = np.sqrt(link**2 - (reach / 2) ** 2)
        knee = (hip + ankle) / 2 + np.column_stack([-bend * along[:, 1], bend * along[:, 0], 0 * bend])
        out |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle, f"{side}_heel": heel}
        out |= {f"{side}_foot_index": toe, f"{side}_shoulder": m[f"{s}ACR"] - [0.0, 0.04, 0.0]}
        elbow = [m[n] for n in (f"{s}LEL", f"{s}MEL") if n in m]
        wrist = [m[n] for n in (f"{s}FAradius", f"{s}FAulna") if n in m]
        if elbow and wrist:
            out |= {f"{side}_elbow": np.mean(elbow, axis=0), f"{side}_wrist": np.mean(wrist, axis=0)}
    return out


def track(
    run: Course, where: str, fps: float, seed: int, noise_m: float = NOISE_M
) -> tuple[PoseTrack, float]:
    """Return the joints in the picture of a camera, with noise, and the time of its first frame."""
    rng = np.random.default_rng(seed)
    first = float(run.time[0] + rng.uniform(0, 1 / fps))
    clock = np.arange(first, run.time[-1], 1 / fps)
    names = tuple(n for n in run.joint if not n.endswith("_hand"))
    points = np.stack([CubicSpline(run.time, run.joint[n])(clock) for n in names], axis=1)
    keep = np.exp(-1 / (fps * MEMORY_S))
    shake = rng.normal(0, 1, points.shape)
    for k in range(1, len(shake)):
        shake[k] = keep * shake[k - 1] + np.sqrt(1 - keep**2) * shake[k]
    points = points + noise_m * shake
    middle = float(np.median(points[..., 0]))
    toward = 1.0 if where == "front" else -1.0
    depth = DISTANCE_M - toward * (points[..., 0] - middle)
    x = 640 + FOCAL_PX * toward * (points[..., 1] - float(np.median(points[..., 1]))) / depth
    y = 360 - FOCAL_PX * (points[..., 2] - EYE_M) / depth
    xy = np.stack([x, y], axis=-1)
    box = np.full((len(clock), 3), 400.0)
    found = PoseTrack(clock - first, xy, np.ones(xy.shape[:2]), names, box, 1280, 720, "markers")
    return found, first
