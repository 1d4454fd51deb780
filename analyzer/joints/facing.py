"""Which way somebody faces, held against the way he goes: clips that play backwards."""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack
from analyzer.errors import NotRunningError

AGAINST: Final = -0.08
"""Share of the leg length by which feet and knees must point against the way on the average. In runs, starts
and walks from the side they point along it, by 0.02 to 0.2 and 0.1 to 0.25."""


def along(pose: PoseTrack, part: slice, direction: int) -> Array:
    """Return how far feet, knees and face point the way the athlete goes, (3,) leg lengths; NaN = not told.

    Parameters
    ----------
    pose : PoseTrack
    part : slice
        The frames of one pass.
    direction : 1 or -1
        The athlete goes to the right, or to the left.
    """

    def x(name: str) -> Array:
        return direction * pose.joint(name)[part, 0]

    def usual(values: list[Array]) -> float:
        known = np.concatenate(values)
        known = known[np.isfinite(known)]
        return float(known.mean()) if len(known) else float("nan")

    legs = [
        np.linalg.norm(pose.joint(f"{s}_hip")[part] - pose.joint(f"{s}_knee")[part], axis=1)
        + np.linalg.norm(pose.joint(f"{s}_knee")[part] - pose.joint(f"{s}_ankle")[part], axis=1)
        for s in SIDES
    ]
    feet = usual([x(f"{s}_foot_index") - x(f"{s}_heel") for s in SIDES])
    knees = usual([x(f"{s}_knee") - (x(f"{s}_hip") + x(f"{s}_ankle")) / 2 for s in SIDES])
    face = usual([x("nose") - (x("left_ear") + x("right_ear")) / 2])
    return np.array([feet, knees, face]) / usual(legs)


def refuse_backwards(pose: PoseTrack, part: slice, direction: int) -> None:
    """Raise NotRunningError for somebody whose feet, knees and face point against the way he goes."""
    feet, knees, face = along(pose, part, direction)
    if max(feet, knees) < AGAINST and not face > 0:
        raise NotRunningError(
            "The athlete moves backwards: the clip seems to play backwards.",
            "Feet, knees and face point against the way he goes.",
            "Use the clip as the camera recorded it, or a part of it that plays forwards. Or insist.",
            settings=("start_s", "stop_s", "accept"),
        )
