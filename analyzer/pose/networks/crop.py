"""The square of a frame that a network looks at: cut out, shrunk and turned upright."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.arrays import Array
from analyzer.video.frame import Frame, Image, part

REACH: Final = 1.5
"""Sides of a square that are cut out around it: it may be turned, and other looks are up to 1.25 as wide."""


def crop(image: Image | Frame, box: Array, size: int) -> tuple[Image, float, float, float]:
    """Cut the square ``box`` (centre x, centre y, side in px) out of a frame and scale it.

    Returns
    -------
    picture : (size, size, 3) uint8
        Black where the box reaches out of the frame.
    left, top : float
        Frame pixel of the picture's upper left corner.
    scale : float
        Frame pixels in one pixel of the picture.
    """
    side = max(8, round(float(box[2])))
    left, top = round(float(box[0]) - side / 2), round(float(box[1]) - side / 2)
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    if x0 >= x1 or y0 >= y1:
        return np.zeros((size, size, 3), np.uint8), left, top, side / size
    cut = part(image, x0, y0, x1, y1)
    if cut.shape[:2] != (side, side):
        cut = np.pad(cut, ((y0 - top, top + side - y1), (x0 - left, left + side - x1), (0, 0)))
    method = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cut, (size, size), interpolation=method), np.uint8), left, top, side / size


@dataclass(frozen=True)
class Cut:
    """A square of a frame, kept to be looked at again when the frame itself is gone.

    ``left`` and ``top`` are the frame's px at its corner, ``step`` the frame's px in one of its own.
    """

    image: Image
    left: float
    top: float
    step: float


def around(image: Image | Frame, box: Array, size: int, reach: float = REACH) -> Cut:
    """Cut out what a network of ``size`` px needs to look at a square in any turn, and a little more.

    With a ``reach`` of 1 it is what an upright square needs.

    Of a square more than twice as large as the network's input pixels are averaged first, so many that the
    input is one to two times coarser than what is cut out: one in many would miss thin limbs.
    """
    shrink = max(1, int(box[2] / size))
    grid = 2 * shrink
    height, width = (side // grid * grid if shrink > 1 else side for side in image.shape[:2])
    half = reach * box[2] / 2 + 2
    x0, y0 = (max(0, int(v - half)) // grid * grid for v in box[:2])
    x1, y1 = (
        min(most, -int(-(v + half) // grid) * grid) for v, most in zip(box[:2], (width, height), strict=True)
    )
    if x0 >= x1 or y0 >= y1:
        return Cut(np.zeros((1, 1, 3), np.uint8), box[0] - 1e6, box[1] - 1e6, 1.0)
    return Cut(np.ascontiguousarray(part(image, x0, y0, x1, y1, shrink)), x0, y0, float(shrink))


def turned(image: Image | Frame | Cut, box: Array, lean_deg: float, size: int) -> tuple[Image, Array]:
    """Cut the square ``box`` out of a frame, turned so that a body leaning by ``lean_deg`` is upright.

    Returns
    -------
    picture : (size, size, 3) uint8
    to_frame : (2, 3)
        From points of the picture to the frame's; a point at (0, 0) is the first pixel's corner.
    """
    box = np.asarray(box, np.float64)
    cut = image if isinstance(image, Cut) else around(image, box, size)
    scale = box[2] / size / cut.step
    c, s = scale * np.cos(np.radians(lean_deg)), scale * np.sin(np.radians(lean_deg))
    turn = np.array([[c, -s, 0.0], [s, c, 0.0]])
    middle = (box[:2] - (cut.left, cut.top)) / cut.step
    turn[:, 2] = middle - turn[:, :2] @ (size / 2, size / 2)
    shifted = turn.copy()  # OpenCV counts from the middle of the first pixel
    shifted[:, 2] += turn[:, :2] @ (0.5, 0.5) - 0.5
    picture = cv2.warpAffine(cut.image, shifted, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    back = cut.step * turn
    back[:, 2] += (cut.left, cut.top)
    return np.asarray(picture, np.uint8), back
