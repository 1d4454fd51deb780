"""One look at one person: the landmark network on a square turned so that the body stands upright.

The network is trained on people upright in their crop. A sprinter in the blocks has the trunk level;
turned by the lean of the trunk she is read as well as anybody standing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.data import Array
from analyzer.pose.engine import LandmarkNet, crop
from analyzer.skeleton import BLAZEPOSE
from analyzer.video import Image

UPRIGHT_DEG: Final = 8.0
"""A square leaning less than this is not turned."""

_PATCH_PX: Final = 256
_SHOULDERS = [BLAZEPOSE.index("left_shoulder"), BLAZEPOSE.index("right_shoulder")]
_HIPS = [BLAZEPOSE.index("left_hip"), BLAZEPOSE.index("right_hip")]
_THIGHS = [(BLAZEPOSE.index(f"{s}_hip"), BLAZEPOSE.index(f"{s}_knee")) for s in ("left", "right")]


@dataclass(frozen=True)
class Look:
    """What the network said: ``xy`` (33, 2) px, ``visibility`` (33,), ``score`` 0..1 that a person is there."""

    xy: Array
    visibility: Array
    score: float


def look(net: LandmarkNet, image: Image, box: Array, lean_deg: float = 0.0) -> Look:
    """Read the joints of the person in a square.

    Parameters
    ----------
    net : LandmarkNet
    image : (h, w, 3) uint8 RGB
    box : (3,) px
        Centre x, centre y and side.
    lean_deg : float
        The trunk's lean from upright, positive to the right.
    """
    if abs(lean_deg) < UPRIGHT_DEG:
        xy, visibility, score = net.look(image, box)
        return Look(xy[:33], visibility[:33], score)
    # Cut larger and finer than the network sees, so that turning loses nothing.
    wide = box * np.array([1.0, 1.0, 2**0.5])
    fine = 2 * _PATCH_PX
    picture, left, top, scale = crop(image, wide, round(fine * 2**0.5))
    middle = picture.shape[0] / 2
    turn = cv2.getRotationMatrix2D((middle, middle), lean_deg, 1.0)
    turn[:, 2] += fine / 2 - middle
    turned = cv2.warpAffine(picture, turn, (fine, fine), flags=cv2.INTER_LINEAR)
    patch = np.asarray(cv2.resize(turned, (_PATCH_PX, _PATCH_PX), interpolation=cv2.INTER_AREA), np.uint8)
    xy, visibility, score = net.look(patch, np.array([_PATCH_PX / 2, _PATCH_PX / 2, float(_PATCH_PX)]))
    back = cv2.invertAffineTransform(turn)
    xy = (xy[:33] * (fine / _PATCH_PX)) @ back[:, :2].T + back[:, 2]
    return Look(xy * scale + (left, top), visibility[:33], score)


def colour(image: Image, xy: Array) -> Array:
    """Return what somebody wears: (6,) mean lightness (halved) and two hues of trunk and thighs.

    Sampled between the joints ``xy`` (33, 2) px; NaN where those are outside the picture. People in
    different kit are 40 or more apart, one person from frame to frame about 10.
    """
    shoulders, hips = xy[_SHOULDERS].mean(axis=0), xy[_HIPS].mean(axis=0)
    down = np.linspace(0.15, 0.85, 8)[:, None]
    across = 0.06 * np.hypot(*(shoulders - hips)) * np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    trunk = (shoulders + down * (hips - shoulders))[:, None] + across
    thighs = [xy[a] + np.linspace(0.15, 0.6, 8)[:, None] * (xy[b] - xy[a]) for a, b in _THIGHS]
    return np.concatenate([_mean(image, trunk.reshape(-1, 2)), _mean(image, np.concatenate(thighs))])


def _mean(image: Image, points: Array) -> Array:
    height, width = image.shape[:2]
    points = points[np.isfinite(points).all(axis=1)]
    column, row = np.round(points).astype(int).T
    there = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    if there.sum() < 3:
        return np.full(3, np.nan)
    lab = cv2.cvtColor(image[row[there], column[there]][None], cv2.COLOR_RGB2LAB)[0].astype(float)
    return np.asarray(np.median(lab, axis=0) * (0.5, 1.0, 1.0))
