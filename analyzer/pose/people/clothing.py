"""What somebody wears: tells people apart where their paths cross."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE, SIDES
from analyzer.video.frame import Frame, Image, part

_SHOULDERS: Final = [BLAZEPOSE.index(f"{side}_shoulder") for side in SIDES]
_HIPS: Final = [BLAZEPOSE.index(f"{side}_hip") for side in SIDES]
_THIGHS: Final = [(BLAZEPOSE.index(f"{side}_hip"), BLAZEPOSE.index(f"{side}_knee")) for side in SIDES]


def colour(image: Image | Frame, xy: Array) -> Array:
    """Return what somebody wears: (6,) lightness and two hues of the trunk, and of the thighs.

    Lightness counts a quarter, for light and shade change it. Sampled between the joints ``xy`` (33, 2)
    px; NaN where those are outside the picture. People in different kit are 40 or more apart, one
    person from frame to frame about 10.
    """
    shoulders, hips = xy[_SHOULDERS].mean(axis=0), xy[_HIPS].mean(axis=0)
    down = np.linspace(0.15, 0.85, 8)[:, None]
    across = 0.06 * np.hypot(*(shoulders - hips)) * np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    trunk = (shoulders + down * (hips - shoulders))[:, None] + across
    thighs = [xy[a] + np.linspace(0.15, 0.6, 8)[:, None] * (xy[b] - xy[a]) for a, b in _THIGHS]
    return np.concatenate([_mean(image, trunk.reshape(-1, 2)), _mean(image, np.concatenate(thighs))])


def _mean(image: Image | Frame, points: Array) -> Array:
    height, width = image.shape[:2]
    points = points[np.isfinite(points).all(axis=1)]
    column, row = np.round(points).astype(int).T
    there = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    if there.sum() < 3:
        return np.full(3, np.nan)
    column, row = column[there], row[there]
    left, top = int(column.min()), int(row.min())
    here = part(image, left, top, int(column.max()) + 1, int(row.max()) + 1)
    lab = cv2.cvtColor(here[row - top, column - left][None], cv2.COLOR_RGB2LAB)[0].astype(float)
    return np.asarray(np.median(lab, axis=0) * (0.25, 1.0, 1.0))
