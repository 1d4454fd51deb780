"""Segment and joint angles from joints in the plane, their zeros and their signs.

The axes are x forward, in the running direction, and y up. In degrees:

- trunk lean: from vertical, the shoulders ahead of the hips positive
- thigh, upper arm, forearm: from hanging, the lower end ahead of the upper one positive
- shank: from vertical, the knee ahead of the ankle positive
- foot: from horizontal, the heel above the toe positive
- hip, knee, shoulder, elbow: flexion positive; 0 = in line with the trunk, or straight
- ankle: dorsiflexion positive; 0 = the foot at right angles to the shank
"""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, SIDES
from analyzer.signals.geometry import midpoint

POSSIBLE_DEG: Final[dict[str, tuple[float, float]]] = {"knee": (-20.0, 170.0), "elbow": (-15.0, 180.0)}
"""Flexion a joint can have, deg, with room for the errors of good landmarks; beyond, one of them is wrong.

A straight knee or elbow bends back by 10 degrees at most in most people. How far an elbow bends is seen
foreshortened, up to closed.
"""


def joint_angles(position: Array) -> dict[str, Array]:
    """Return segment and joint angles of (n, k, 2) joints, degrees, unwrapped over time.

    Names are those of ``Motion.angles``, zeros and signs as above. NaN where a knee or elbow would be bent
    further than ``POSSIBLE_DEG``.
    """
    at = {name: position[:, i] for i, name in enumerate(JOINTS)}
    shoulders = midpoint(at["left_shoulder"], at["right_shoulder"])
    hips = midpoint(at["left_hip"], at["right_hip"])
    ends: dict[str, Array] = {"trunk": shoulders - hips}
    for side in SIDES:
        j = {name: at[f"{side}_{name}"] for name in (
            "hip", "knee", "ankle", "heel", "foot_index", "shoulder", "elbow", "wrist",
        )}  # fmt: skip
        ends[f"{side}_thigh"] = (j["knee"] - j["hip"]) * [1, -1]
        ends[f"{side}_shank"] = j["knee"] - j["ankle"]
        # Sine first: the foot's zero is horizontal, the other segments' vertical.
        ends[f"{side}_foot"] = (j["foot_index"] - j["heel"])[:, ::-1] * [-1, 1]
        ends[f"{side}_upper_arm"] = (j["elbow"] - j["shoulder"]) * [1, -1]
        ends[f"{side}_forearm"] = (j["wrist"] - j["elbow"]) * [1, -1]
    sines = np.stack([v[:, 0] for v in ends.values()], axis=1)
    cosines = np.stack([v[:, 1] for v in ends.values()], axis=1)
    segments = _unwrap(np.degrees(np.arctan2(sines, cosines)))
    out = dict(zip(ends, segments.T, strict=True))
    for side in SIDES:
        out[f"{side}_hip"] = out[f"{side}_thigh"] + out["trunk"]
        out[f"{side}_knee"] = out[f"{side}_thigh"] + out[f"{side}_shank"]
        out[f"{side}_ankle"] = out[f"{side}_shank"] - out[f"{side}_foot"]
        out[f"{side}_shoulder"] = out[f"{side}_upper_arm"] + out["trunk"]
        out[f"{side}_elbow"] = out[f"{side}_forearm"] - out[f"{side}_upper_arm"]
        for joint, limits in POSSIBLE_DEG.items():
            out[f"{side}_{joint}"] = _possible(out[f"{side}_{joint}"], *limits)
    return out


def _possible(flexion: Array, low: float, high: float) -> Array:
    """Return (n,) angles, a whole turn off or not, as between the limits; NaN beyond them."""
    turned = np.asarray((flexion - low) % 360 + low)
    with np.errstate(invalid="ignore"):
        return np.where(turned <= high, turned, np.nan)


def _unwrap(degrees: Array) -> Array:
    """Unwrap each column over its seen samples, with the whole column nearest to zero."""
    out = degrees.copy()
    seen = np.isfinite(out)
    whole = seen.all(axis=0)
    parts = np.flatnonzero(~whole & seen.any(axis=0)).reshape(-1, 1)
    for columns in (np.flatnonzero(whole), *parts):  # the usual case all at once
        rows = seen[:, columns].all(axis=1)
        turned = np.unwrap(out[rows][:, columns], period=360, axis=0)
        out[np.ix_(rows, columns)] = turned - 360 * np.round(np.median(turned, axis=0) / 360)
    return out
