"""Lines, dots and words on images, smooth and to a fraction of a pixel."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from analyzer.arrays import Array
from analyzer.outputs.colours import DARK, RGB
from analyzer.video.frame import Image


def _fixed(p: Array) -> tuple[int, int]:
    """Return a point in sixteenths of a pixel, as OpenCV's ``shift=4`` wants it."""
    x, y = np.clip(np.round((p - 0.5) * 16), -(1 << 26), 1 << 26)
    return int(x), int(y)


def line(image: Image, a: Array, b: Array, colour: RGB, width: int) -> None:
    """Draw a straight line into an image.

    Parameters
    ----------
    image : (h, w, 3)
        Changed in place.
    a, b : (2,) px
        Its ends, counted from pixel edges.
    colour : RGB
    width : int
        px
    """
    cv2.line(image, _fixed(a), _fixed(b), colour, width, cv2.LINE_AA, 4)


def dot(image: Image, p: Array, radius: float, colour: RGB) -> None:
    """Draw a filled circle into an image.

    Parameters
    ----------
    image : (h, w, 3)
        Changed in place.
    p : (2,) px
        Its centre, counted from pixel edges.
    radius : float
        px
    colour : RGB
    """
    cv2.circle(image, _fixed(p), round(radius * 16), colour, -1, cv2.LINE_AA, 4)


@lru_cache(maxsize=64)
def font(size: float) -> ImageFont.FreeTypeFont:
    """Return the bold font that matplotlib brings, so that words look the same on every machine."""
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf", size)


def fitted(words: str, size: float, room: float) -> ImageFont.FreeTypeFont:
    """Return the font at a size, or smaller so that the words fit.

    Parameters
    ----------
    words : str
    size : float
        Height of the letters, px.
    room : float
        Width that there is, px.
    """
    wide = font(size).getlength(words)
    return font(size if wide <= room else max(8.0, size * max(room, 1.0) / wide))


@lru_cache(maxsize=512)
def word(words: str, size: int, colour: RGB) -> Image:
    """Return words as an image with a dark rim.

    Parameters
    ----------
    words : str
    size : int
        Height of the letters, px.
    colour : RGB

    Returns
    -------
    (h, w, 4) uint8
        Red, green, blue and how much of the ground is covered.
    """
    bold, rim = font(size), max(1, size // 10)
    left, top, right, bottom = bold.getbbox(words, stroke_width=rim)
    page = Picture.new("RGBA", (round(right - left) + 2, round(bottom - top) + 2))
    ImageDraw.Draw(page).text(
        (1 - left, 1 - top), words, font=bold, fill=colour, stroke_width=rim, stroke_fill=DARK
    )
    return np.array(page, np.uint8)


def paste(image: Image, word: Image, x: float, y: float) -> None:
    """Lay a word over an image.

    Parameters
    ----------
    image : (h, w, 3)
        Changed in place.
    word : (h, w, 4)
        As ``word`` returns it.
    x, y : float
        Middle of its upper edge, px; what lies outside the image is cut off.
    """
    height, width = word.shape[:2]
    left, top = round(x - width / 2), round(y)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, image.shape[1]), min(top + height, image.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    piece = word[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32)
    share = piece[..., 3:] / 255
    under = image[y0:y1, x0:x1]
    image[y0:y1, x0:x1] = np.round(share * piece[..., :3] + (1 - share) * under).astype(np.uint8)
