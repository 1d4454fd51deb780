"""How a pose network overdoes the turn of the shoulders, and how that is taken back.

The shoulders turn against the hips, a few degrees to either side, once a stride. BlazePose sees the near
shoulder about where it is, and puts the hidden one on the other side of the chest too far round: what it
marks between them is one and a half times what is there. The middle of the shoulders moves with it, and the
trunk seems to lean back 3 degrees at the toe-off of the near leg and forward as much at that of the far one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side, other

EXCESS: Final[dict[str, tuple[float, float]]] = {"near": (0.15, -0.12), "far": (-0.62, 0.15)}
"""Error of a shoulder, forward and up, as a share of half the marked distance between the shoulders.

Two rendered bodies, ten clips: 0.13 to 0.16 and 0.10 to 0.21 near, -0.59 to -0.65 and -0.60 to -0.66 far;
up -0.07 to -0.13 and -0.11 to -0.15, 0.12 to 0.17 and 0.12 to 0.21. Each body's figures halved the other's
error of the trunk's angle, from 2.1 to 1.2 degrees.
"""
HEAVY_EXCESS: Final[dict[str, tuple[float, float]]] = {"near": (0.10, -0.11), "far": (-0.49, 0.13)}
"""The same of BlazePose heavy, from one clip of each body: 0.12 and 0.08 near, -0.50 and -0.48 far; up -0.08
and -0.15, 0.05 and 0.21 (``validation.pose_models``)."""
EXCESSES: Final[dict[str, dict[str, tuple[float, float]]]] = {
    "blazepose": EXCESS,
    "blazepose heavy": HEAVY_EXCESS,
}
"""By the source of a track: what one network overdoes says nothing about another."""
WIDEST: Final = 0.15
"""Leg lengths: a marked half-distance beyond this is a lost shoulder, no turned one (sprinters' is 0.12)."""
FEWEST: Final = 12
"""Frames from which the turn can be told from the angle of view."""


def turned_back(
    joints: Array, near: Side, view_angle_deg: Array, leg: float, source: str = "blazepose"
) -> Array:
    """Return (n, k, 2) joints in metres, in the order of ``JOINTS``, with both shoulders where they belong.

    Parameters
    ----------
    joints : (n, k, 2) m, x forward and y up
    near : the side of the body towards the camera
    view_angle_deg : (n,) deg
        Between the camera's view of the athlete and square to the lane; seen at an angle, the width of the
        shoulders looks like a turn.
    leg : float
        Leg length, m.
    source : str
        Of the track. Joints of whose shoulders nothing is known come back as they are.
    """
    excess = EXCESSES.get(source)
    if excess is None:
        return joints
    at = {name: joints[:, i] for i, name in enumerate(JOINTS)}
    far = other(near)
    half = (at[f"{near}_shoulder"] - at[f"{far}_shoulder"])[:, 0] / 2
    # The shoulders turn with the swing of the thighs: fitted beside it, the view's share is what does not.
    swing = [np.arctan2(*((at[f"{s}_knee"] - at[f"{s}_hip"]) * [1, -1]).T) for s in (near, far)]
    view = np.tan(np.radians(view_angle_deg))
    design = np.column_stack([np.ones(len(half)), view, swing[0] - swing[1]])
    seen = np.isfinite(half) & np.isfinite(design).all(axis=1)
    if seen.sum() < FEWEST:
        return joints
    level, slope, _ = np.linalg.lstsq(design[seen], half[seen], rcond=None)[0]
    turn = np.nan_to_num(half - level - slope * view)
    turn = np.clip(turn, -WIDEST * leg, WIDEST * leg)
    out = joints.copy()
    for side, which in ((near, "near"), (far, "far")):
        out[:, JOINTS.index(f"{side}_shoulder")] -= turn[:, None] * np.array(excess[which])
    return out
