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
    paths = np.ascontiguousarray(position.T)  # (2, k, n)
    at = {name: paths[:, i] for i, name in enumerate(JOINTS)}
    shoulders = midpoint(at["left_shoulder"], at["right_shoulder"])
    hips = midpoint(at["left_hip"], at["right_hip"])
    forward, up = shoulders - hips
    ends: dict[str, tuple[Array, Array]] = {"trunk": (forward, up)}
    for side in SIDES:
        j = {name: at[f"{side}_{name}"] for name in (
            "hip", "knee", "ankle", "heel", "foot_index", "shoulder", "elbow", "wrist",
        )}  # fmt: skip
        ends[f"{side}_thigh"] = _hanging(j["hip"], j["knee"])
        forward, up = j["knee"] - j["ankle"]
        ends[f"{side}_shank"] = forward, up
        # The foot's zero is horizontal, the other segments' vertical.
        forward, up = j["foot_index"] - j["heel"]
        ends[f"{side}_foot"] = -up, forward
        ends[f"{side}_upper_arm"] = _hanging(j["shoulder"], j["elbow"])
        ends[f"{side}_forearm"] = _hanging(j["elbow"], j["wrist"])
    sines, cosines = (np.array(part) for part in zip(*ends.values(), strict=True))
    segments = _unwrap(np.degrees(np.arctan2(sines, cosines)))
    out = dict(zip(ends, segments, strict=True))
    for side in SIDES:
        out[f"{side}_hip"] = out[f"{side}_thigh"] + out["trunk"]
        out[f"{side}_knee"] = out[f"{side}_thigh"] + out[f"{side}_shank"]
        out[f"{side}_ankle"] = out[f"{side}_shank"] - out[f"{side}_foot"]
        out[f"{side}_shoulder"] = out[f"{side}_upper_arm"] + out["trunk"]
        out[f"{side}_elbow"] = out[f"{side}_forearm"] - out[f"{side}_upper_arm"]
        for joint, limits in POSSIBLE_DEG.items():
            out[f"{side}_{joint}"] = _possible(out[f"{side}_{joint}"], *limits)
    return out


def _hanging(upper: Array, lower: Array) -> tuple[Array, Array]:
    """Return how far a lower end (2, n) is ahead of an upper one, and below it."""
    forward, up = lower - upper
    return forward, -up


def _possible(flexion: Array, low: float, high: float) -> Array:
    """Return (n,) angles, a whole turn off or not, as between the limits; NaN beyond them."""
    turned = np.asarray((flexion - low) % 360 + low)
    with np.errstate(invalid="ignore"):
        return np.where(turned <= high, turned, np.nan)


def _unwrap(degrees: Array) -> Array:
    """Unwrap courses (m, n) between -180 and 180 where they are seen, each as a whole nearest to zero."""
    out = degrees.copy()
    seen = np.isfinite(out)
    # The usual course has neither a jump nor a gap, and is as it must be.
    jumps = (np.abs(np.diff(out)) >= 180).any(axis=1)
    gaps = (seen[:, 1:] & ~seen[:, :-1]).sum(axis=1) + seen[:, 0] > 1
    for course in np.flatnonzero(jumps | gaps):
        turned = np.unwrap(out[course, seen[course]], period=360)
        out[course, seen[course]] = turned - 360 * np.round(np.median(turned) / 360)
    return out
