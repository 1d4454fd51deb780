"""A runner's limbs whose sides are known, in pixels, and ways to spoil them."""

from __future__ import annotations

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE

STATURE = 300.0
LEG = ("hip", "knee", "ankle", "heel", "foot_index")
ARM = ("elbow", "wrist", "pinky", "index", "thumb")


def runner(fps: float, seconds: float = 1.6, noise: float = 0.008) -> tuple[Array, Array]:
    """A stride of 2.2 Hz: time and (n, 33, 2) px landmarks."""
    time = np.arange(round(seconds * fps)) / fps
    rng = np.random.default_rng(2)
    xy = np.zeros((len(time), 33, 2))
    for side, phase in (("left", 0.0), ("right", np.pi)):
        turn = 2 * np.pi * 2.2 * time + phase
        thigh = np.radians(15 + 45 * np.sin(turn))
        shank = thigh - np.radians(55 - 50 * np.cos(turn - 2.4))
        hip = np.zeros((len(time), 2))
        knee = hip + 0.23 * np.column_stack([np.sin(thigh), np.cos(thigh)])
        ankle = knee + 0.25 * np.column_stack([np.sin(shank), np.cos(shank)])
        foot = ankle + 0.12 * np.column_stack([np.cos(shank), -np.sin(shank)])
        shoulder = np.tile([0.0, -0.29], (len(time), 1))
        upper = np.radians(-45 * np.sin(turn))
        elbow = shoulder + 0.17 * np.column_stack([np.sin(upper), np.cos(upper)])
        wrist = elbow + 0.15 * np.column_stack([np.sin(upper + 1.5), np.cos(upper + 1.5)])
        places = {"hip": hip, "knee": knee, "ankle": ankle, "heel": ankle, "foot_index": foot}
        places |= {"shoulder": shoulder, "elbow": elbow}
        places |= dict.fromkeys(("wrist", "pinky", "index", "thumb"), wrist)
        for joint, place in places.items():
            xy[:, BLAZEPOSE.index(f"{side}_{joint}")] = place
    xy += rng.normal(0, noise, xy.shape)
    return time, xy * STATURE + (500 + 900 * time)[:, None, None] * np.array([1.0, 0.0])


def exchange(xy: Array, frames: list[int], joints: tuple[str, ...]) -> Array:
    out = xy.copy()
    for joint in joints:
        a, b = BLAZEPOSE.index(f"left_{joint}"), BLAZEPOSE.index(f"right_{joint}")
        out[frames, a], out[frames, b] = xy[frames, b], xy[frames, a]
    return out


def off(a: Array, b: Array) -> Array:
    return np.asarray(np.nanmax(np.hypot(*np.moveaxis(a - b, -1, 0)), axis=1) / STATURE)
