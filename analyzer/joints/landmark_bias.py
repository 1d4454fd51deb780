"""What a pose network marks at knee and ankle, and where the joint is: the shift from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack
from analyzer.joints import body_size
from analyzer.signals.geometry import unit

KNEE_OUT: Final[Mapping[str, float]] = {"near": 0.006, "far": 0.012}
"""From the marked knee on out of the bend, leg lengths times twice the sine of half the flexion.

On the two bodies 0.005 and 0.009 near, 0.008 and 0.012 far. In a leg folded by 130 degrees the hidden knee is
2 % of a leg too far in, which makes the thigh's angle 1 degree too small as it passes the other.
"""
ANKLE_DOWN: Final[Mapping[str, float]] = {"near": 0.008, "far": 0.010}
"""From the marked ankle on along the shank, leg lengths.

On the two bodies 0.009 and 0.007 near, 0.011 and 0.010 far.
"""
HEAVY_KNEE_OUT: Final[Mapping[str, float]] = {"near": 0.003, "far": 0.007}
"""The same of BlazePose heavy: on the two bodies 0.002 and 0.003 near, 0.005 and 0.008 far
(``validation.pose_models``)."""
HEAVY_ANKLE_DOWN: Final[Mapping[str, float]] = {"near": 0.009, "far": 0.015}
"""The same of BlazePose heavy: on the two bodies 0.009 and 0.010 near, 0.018 and 0.012 far."""


class Shift(NamedTuple):
    """What the marks of one network are moved by: ``KNEE_OUT`` and ``ANKLE_DOWN``."""

    knee_out: Mapping[str, float]
    ankle_down: Mapping[str, float]


SHIFTS: Final[Mapping[str, Shift]] = {
    "blazepose": Shift(KNEE_OUT, ANKLE_DOWN),
    "blazepose heavy": Shift(HEAVY_KNEE_OUT, HEAVY_ANKLE_DOWN),
}
"""By the source of a track: what one network marks wrong says nothing about another."""


def centred(pose: PoseTrack, xy: Array, direction: Literal[1, -1]) -> Array:
    """Return (n, k, 2) points in pixels, y down, with knees and ankles moved to the joints.

    Parameters
    ----------
    pose : PoseTrack
        Tells who marked the points; those of whose marks nothing is known come back as they are.
    xy : (n, k, 2) px
        Its joints in pixels of the reference frame.
    direction : 1 or -1
        Running direction in the image; the side of the body it turns to the camera is the near one.
    """
    shift = SHIFTS.get(pose.source)
    if shift is None:
        return xy
    leg = body_size.leg_length(pose, xy)
    out = xy.copy()
    near = "right" if direction == 1 else "left"
    for side in SIDES:
        places = [pose.names.index(f"{side}_{part}") for part in ("hip", "knee", "ankle")]
        hip, knee, ankle = (xy[:, place] for place in places)
        thigh, shank = unit(knee - hip), unit(ankle - knee)
        which = "near" if side == near else "far"
        # Where the way of the segment is not seen, a point stays: a centimetre matters less than a gap.
        out[:, places[1]] += np.nan_to_num(leg * shift.knee_out[which] * (thigh - shank))
        out[:, places[2]] += np.nan_to_num(leg * shift.ankle_down[which] * shank)
    return out
