"""From where a body is seen: by the width of its shoulders, and by how much its legs' reach is shortened.

The shoulders tell the side, the front from the back and the angle roughly; the legs tell the angle well from
20 degrees on, but not the sign.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.capture import PoseTrack
from analyzer.data.view import View
from analyzer.joints import foreshortening, stride_phase
from analyzer.signals.geometry import distance
from analyzer.signals.likelihood import weighed

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
_SURE: Final = 0.12
"""Least error of the shoulders' width that is seen, widths: people run with one of them ahead,
by up to 7 degrees."""
_ANGLES: Final = 359
"""View angles that are held against what was seen: every half a degree."""


class Chest(NamedTuple):
    """The width of the shoulders that is seen, in widths of a body that faces the camera.

    sine : left shoulder to the right of the right one positive; NaN = hardly seen
    sd : its standard error, beside that of the width
    """

    sine: float = float("nan")
    sd: float = np.inf

    def worse(self, sine: Array) -> Array:
        """Return how much less likely, in logarithms, the sine of each view angle is than no evidence."""
        if not np.isfinite(self.sine):
            return np.zeros_like(sine)
        sd = np.hypot(self.sd, sine * WIDTH_SD / WIDTH)
        return np.asarray(((sine - self.sine) / sd) ** 2 / 2 + np.log(sd))


def seen_from(pose: PoseTrack, inside: Bools | slice = slice(None), fewest: int = FEWEST) -> View:
    """Tell from where the athlete is seen.

    From the front and from behind differ in the side of the image on which the left shoulder is.

    Parameters
    ----------
    pose : PoseTrack
    inside : (n,) bool or slice
        The frames of the run.
    fewest : int
        Frames that must show shoulders and hips.
    """
    shoulders = chest(pose, inside, fewest)
    if not np.isfinite(shoulders.sine):
        return View()
    size = stride_phase.leg_length(pose.time, pose.joint)[:, None, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        legs = foreshortening.by_legs(pose, (pose.xy / size)[inside])
    angle = np.radians(np.linspace(-90, 90, _ANGLES + 2)[1:-1])
    log = -shoulders.worse(np.sin(angle)) - legs.worse(-np.log(np.cos(angle)))
    likely = weighed(log)
    mean = likely.mean(angle)
    return View(float(np.degrees(mean)), float(np.degrees(likely.about(angle, mean))))


def chest(pose: PoseTrack, inside: Bools | slice = slice(None), fewest: int = FEWEST) -> Chest:
    """Return how wide the shoulders are seen.

    By the median over the clip: the shoulders turn to and fro about the way a body faces.

    Parameters
    ----------
    pose : PoseTrack
    inside : (n,) bool or slice
        The frames of the run.
    fewest : int
        Frames that must show them.
    """
    width = across(pose, "shoulder")[inside] / WIDTH
    width = width[np.isfinite(width)]
    if len(width) < fewest:
        return Chest()
    looks = max(1.0, len(width) / pose.fps * STRIDES_HZ)
    return Chest(float(np.median(width)), max(float(np.std(width) / np.sqrt(looks)), _SURE))


def across(pose: PoseTrack, part: str) -> Array:
    """Return (n,) how far the left joint of a pair is to the right of the right one, trunk lengths."""
    trunk = distance(pose.middle("shoulder"), pose.middle("hip"))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((pose.joint(f"left_{part}") - pose.joint(f"right_{part}"))[:, 0] / trunk)
