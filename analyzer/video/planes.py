"""Images as video files hold them: lightness for every pixel, colour for every square of four.

What is drawn into these planes and written again was never turned to RGB, which costs more than the drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from av.video.frame import VideoFrame

from analyzer.arrays import Array
from analyzer.video.frame import FULL_RANGE, Frame, Image

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

UNSPECIFIED: Final = 2
"""The code by which a file says nothing of its colours (H.273); players then guess."""
LIMITED: Final = 1
"""``AVCOL_RANGE_MPEG``: grey levels from 16 to 235."""
WEIGHTS: Final = {1: (0.2126, 0.0722), 9: (0.2627, 0.0593)}
"""Share of red and of blue in lightness by the code of the file's colour matrix (H.273): BT.709, BT.2020."""
OLD_WEIGHTS: Final = (0.299, 0.114)
"""The same for BT.601, and for files that do not say: the rest of the program reads them so too."""


@dataclass(frozen=True)
class Code:
    """How planes are made of red, green and blue.

    Parameters
    ----------
    matrix : int
        Code of the colour matrix (H.273).
    range : int
        Whether grey levels go from 16 to 235 (1) or from 0 to 255 (2); 0 where the file does not say.
    """

    matrix: int = UNSPECIFIED
    range: int = LIMITED

    def transform(self) -> Array:
        """Return the (3, 4) matrix from (red, green, blue, 1) to lightness, blueness and redness."""
        red, blue = WEIGHTS.get(self.matrix, OLD_WEIGHTS)
        light = np.array([red, 1 - red - blue, blue])
        of_blue = (np.array([0, 0, 1]) - light) / (2 * (1 - blue))
        of_red = (np.array([1, 0, 0]) - light) / (2 * (1 - red))
        grey, colour, black = (1.0, 1.0, 0.0) if self.range == FULL_RANGE else (219 / 255, 224 / 255, 16.0)
        weights = np.array([grey * light, colour * of_blue, colour * of_red])
        return np.column_stack([weights, [black, 128.0, 128.0]])

    def levels(self, colour: Colour) -> tuple[tuple[int], tuple[int, int]]:
        """Return what a colour is in the plane of lightness and in that of colour."""
        return _levels(self, colour)

    def split(self, image: Image) -> Planes:
        """Return the planes of an (h, w, 3) RGB image; an odd size loses its last row or column."""
        height, width = image.shape[0] & ~1, image.shape[1] & ~1
        turned = cv2.transform(np.ascontiguousarray(image[:height, :width]), self.transform())
        chroma = cv2.resize(turned[..., 1:], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        return Planes(np.ascontiguousarray(turned[..., 0], np.uint8), np.asarray(chroma, np.uint8), self)


@lru_cache(maxsize=64)
def _levels(code: Code, colour: Colour) -> tuple[tuple[int], tuple[int, int]]:
    light, blue, red = (int(v) for v in np.clip(np.round(code.transform() @ (*colour, 1)), 0, 255))
    return (light,), (blue, red)


@dataclass(frozen=True)
class Planes:
    """One image, upright.

    Parameters
    ----------
    luma : (h, w)
        Lightness; even numbers of rows and columns.
    chroma : (h / 2, w / 2, 2)
        Blueness and redness, each less lightness.
    code : Code
    """

    luma: Image
    chroma: Image
    code: Code

    def rows(self, first: int, last: int) -> Planes:
        """Return rows ``first`` to ``last``, exclusive, both even, as a view."""
        return Planes(self.luma[first:last], self.chroma[first // 2 : last // 2], self.code)

    def part(self, left: int, side: int) -> Planes:
        """Return the upper ``side`` rows of ``side`` columns from ``left`` on, both even, as a view."""
        half = left // 2, (left + side) // 2
        return Planes(self.luma[:side, left : left + side], self.chroma[: side // 2, slice(*half)], self.code)


def code_of(frame: Frame) -> Code:
    """Return how a frame's planes are made; of one without any, how they will be."""
    return Code(*frame.colours)


def planes_of(frame: Frame, code: Code) -> Planes:
    """Return the planes of a frame: the decoder's own where it has them."""
    planes = frame.planes
    if planes is None:
        return code.split(frame.image)
    luma, blue, red = planes
    return Planes(luma, np.asarray(cv2.merge([blue, red]), np.uint8), code)


def over(frame: VideoFrame, code: Code) -> Planes:
    """Return the planes of an ``nv12`` frame as views: what is drawn into them is in the frame."""
    light, colour = frame.planes
    width, height = frame.width, frame.height
    luma = np.frombuffer(light, np.uint8).reshape(-1, light.line_size)  # type: ignore[call-overload]
    chroma = np.frombuffer(colour, np.uint8).reshape(-1, colour.line_size)  # type: ignore[call-overload]
    both = chroma[: height // 2, :width].reshape(height // 2, width // 2, 2)
    return Planes(luma[:height, :width], both, code)
