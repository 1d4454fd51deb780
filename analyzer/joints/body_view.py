"""From where a body is seen, by the width of its shoulders against the length of its trunk."""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.capture import PoseTrack
from analyzer.data.view import View
from analyzer.signals.geometry import distance

WIDTH: Final = 0.66
"""Distance of the shoulders over that of the middles of shoulders and hips, of a body that faces the camera.

0.72 between the joints of drawn bodies of 0.36 and 0.50 m; networks put shoulders a little inwards: 0.62 in a
film from the front."""
WIDTH_SD: Final = 0.07
"""Its scatter between people and networks."""
STRIDES_HZ: Final = 1.0
"""The shoulders turn to and fro with the stride: so many independent looks a second, at the least."""
FEWEST: Final = 8
"""Frames that must show shoulders and hips."""


def seen_from(pose: PoseTrack, inside: Bools | slice = slice(None)) -> View:
    """Tell from where the athlete is seen.

    By the median over the clip: the shoulders turn to and fro about the way a body faces. From the front and
    from behind differ in the side of the image on which the left shoulder is.

    Parameters
    ----------
    pose : PoseTrack
    inside : (n,) bool or slice
        The frames of the run.
    """
    width = across(pose, "shoulder")[inside]
    width = width[np.isfinite(width)]
    if len(width) < FEWEST:
        return View()
    share = float(np.clip(np.median(width) / WIDTH, -1, 1))
    looks = max(1.0, len(width) / pose.fps * STRIDES_HZ)
    error = np.hypot(float(np.std(width)) / np.sqrt(looks) / WIDTH, share * WIDTH_SD / WIDTH)
    # Near 90 degrees the sine is flat: a step of the size of the error there is the angle's.
    slope = max(np.sqrt(1 - share**2), float(np.sqrt(error)), 1e-3)
    return View(float(np.degrees(np.arcsin(share))), float(np.degrees(error / slope)))


def across(pose: PoseTrack, part: str) -> Array:
    """Return (n,) how far the left joint of a pair is to the right of the right one, trunk lengths."""
    trunk = distance(pose.middle("shoulder"), pose.middle("hip"))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((pose.joint(f"left_{part}") - pose.joint(f"right_{part}"))[:, 0] / trunk)
