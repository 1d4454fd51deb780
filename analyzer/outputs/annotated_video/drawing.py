"""Lines, dots and words on images, smooth and to a fraction of a pixel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from analyzer.arrays import Array
from analyzer.outputs import fonts
from analyzer.outputs.colours import DARK, RGB
from analyzer.video.frame import Image
from analyzer.video.planes import Code, Planes

SHIFT: Final = 4
"""Places are given to OpenCV in sixteenths of a pixel: bits behind the point."""

Surface = Image | Planes
"""What can be drawn on: an (h, w, 3) RGB image, or the planes of one. Places are px of the image in both."""


def lines(surface: Surface, paths: Array, colour: RGB, width: float) -> None:
    """Draw lines with round ends.

    Parameters
    ----------
    surface : Surface
        Changed in place.
    paths : (k, n, 2) px
        The corners of each of k lines, counted from pixel edges.
    colour : RGB
    width : float
        px
    """
    for layer, by, level in _layers(surface, colour):
        cv2.polylines(
            layer, list(_fixed(paths / by)), False, level, max(1, int(width / by)), cv2.LINE_AA, SHIFT
        )


def dots(surface: Surface, places: Array, radius: float, colour: RGB) -> None:
    """Draw filled circles.

    Parameters
    ----------
    surface : Surface
        Changed in place.
    places : (n, 2) px
        Their centres, counted from pixel edges.
    radius : float
        px
    colour : RGB
    """
    for layer, by, level in _layers(surface, colour):
        size = round(radius / by * 2**SHIFT)
        for place in _fixed(places / by).tolist():
            cv2.circle(layer, place, size, level, -1, cv2.LINE_AA, SHIFT)


def area(surface: Surface, corners: Array, colour: RGB) -> None:
    """Fill a polygon, (n, 2) px, counted from pixel edges."""
    for layer, by, level in _layers(surface, colour):
        cv2.fillPoly(layer, [_fixed(corners / by)], level, cv2.LINE_AA, SHIFT)


@contextmanager
def finely(surface: Surface, around: Array, margin: float) -> Iterator[tuple[Surface, Array]]:
    """Give a part of a surface in which colour is held for every pixel: thin lines keep theirs.

    Parameters
    ----------
    surface : Surface
        Changed when the part is left.
    around : (n, 2) px
        Points that the part holds; NaN for none.
    margin : float
        px beyond them.

    Yields
    ------
    Surface
    (2,) px
        Where its own corner lies.
    """
    nowhere = np.zeros(2)
    around = around[np.isfinite(around).all(axis=1)]
    if not isinstance(surface, Planes) or not len(around):
        yield surface, nowhere
        return
    height, width = surface.luma.shape
    x0, y0 = np.clip(around.min(axis=0) - margin, 0, (width - 2, height - 2)).astype(int) & ~1
    x1, y1 = np.clip(around.max(axis=0) + margin + 2, (x0 + 2, y0 + 2), (width, height)).astype(int) & ~1
    coarse = surface.chroma[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
    # Repeated and averaged again, colour that nothing was drawn over comes back as it was.
    fine = cv2.resize(coarse, (int(x1 - x0), int(y1 - y0)), interpolation=cv2.INTER_NEAREST)
    yield Planes(surface.luma[y0:y1, x0:x1], np.asarray(fine, np.uint8), surface.code), np.array([x0, y0])
    cv2.resize(fine, coarse.shape[1::-1], dst=coarse, interpolation=cv2.INTER_AREA)


def border(surface: Surface, colour: RGB) -> None:
    """Draw a border two pixels wide along the edges, inside."""
    for layer, by, level in _layers(surface, colour):
        wide = 2 // by
        layer[:wide] = layer[-wide:] = layer[:, :wide] = layer[:, -wide:] = level


def lay(surface: Surface, image: Surface) -> None:
    """Cover a surface with another of its kind and size."""
    for (layer, _, _), (other, _, _) in zip(_layers(surface, DARK), _layers(image, DARK), strict=True):
        layer[:] = other


def like(surface: Surface, image: Image) -> Surface:
    """Return an (h, w, 3) RGB image as the kind that a surface is."""
    return surface.code.split(image) if isinstance(surface, Planes) else image


def kind(surface: Surface) -> Code | None:
    """Return how a surface's planes are made; None for RGB."""
    return surface.code if isinstance(surface, Planes) else None


def width_of(surface: Surface) -> int:
    """Return a surface's width, px."""
    return int((surface.luma if isinstance(surface, Planes) else surface).shape[1])


def part(surface: Surface, left: int, side: int) -> Surface:
    """Return the upper ``side`` rows of ``side`` columns from ``left`` on, both even px, as a view."""
    if isinstance(surface, Planes):
        return surface.part(left, side)
    return surface[:side, left : left + side]


def resized(image: Surface, into: Surface) -> None:
    """Fill a surface with another of its kind at the surface's size."""
    for (layer, _, _), (source, _, _) in zip(_layers(into, DARK), _layers(image, DARK), strict=True):
        height, width = layer.shape[:2]
        if source.shape == layer.shape:
            layer[:] = source
        else:
            method = cv2.INTER_AREA if width < source.shape[1] else cv2.INTER_CUBIC
            cv2.resize(source, (width, height), dst=layer, interpolation=method)


def cut(image: Surface, into: Surface, zoom: float, corner: Array) -> None:
    """Fill a surface with a part of an image, ``zoom`` times as large; DARK beyond the image's edges.

    Parameters
    ----------
    image, into : Surface
        Of one kind.
    zoom : float
    corner : (2,) px
        Where the image's own corner comes to lie in ``into``.
    """
    pairs = zip(_layers(into, DARK), _layers(image, DARK), strict=True)
    for (layer, by, level), (source, _, _) in pairs:
        x, y = corner / by + (zoom / 2 - 0.5)  # warpAffine counts from pixel centres
        move = np.array([[zoom, 0, x], [0, zoom, y]])
        size = layer.shape[1], layer.shape[0]
        # What is made smaller, and colour, gains nothing from the smoother and four times slower way.
        method = cv2.INTER_CUBIC if zoom > 1 and by == 1 else cv2.INTER_LINEAR
        cv2.warpAffine(source, move, size, dst=layer, flags=method, borderValue=level)


def _layers(surface: Surface, colour: RGB) -> tuple[tuple[Image, int, tuple[int, ...]], ...]:
    """Return each plane, how many image pixels one of its pixels is wide, and the colour in it."""
    if isinstance(surface, Planes):
        light, chroma = surface.code.levels(colour)
        return (surface.luma, 1, light), (
            surface.chroma,
            surface.luma.shape[1] // surface.chroma.shape[1],
            chroma,
        )
    return ((surface, 1, colour),)


def _fixed(path: Array) -> NDArray[np.int32]:
    """Return points, (..., 2), in fractions of a pixel as OpenCV's ``shift`` wants them."""
    most = 1 << 26
    return np.clip(np.rint((path - 0.5) * 2**SHIFT), -most, most).astype(np.int32)


def font(size: float) -> ImageFont.FreeTypeFont:
    """Return the bold font of a size, px."""
    return fonts.font(size, bold=True)


@lru_cache(maxsize=256)
def length(words: str, size: float) -> float:
    """Return how far words in the bold font reach, px."""
    return font(size).getlength(words)


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


@lru_cache(maxsize=256)
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
    left, _, right, _ = bold.getbbox(words, stroke_width=rim)
    left, right = min(left, 0), max(right, bold.getlength(words))
    _, top, _, bottom = bold.getbbox("0" + words, stroke_width=rim)
    page = Picture.new("RGBA", (round(right - left) + 2, round(bottom - top) + 2))
    ImageDraw.Draw(page).text(
        (1 - left, 1 - top), words, font=bold, fill=colour, stroke_width=rim, stroke_fill=DARK
    )
    return np.array(page, np.uint8)


def say(surface: Surface, words: str, size: int, colour: RGB, place: tuple[float, float]) -> None:
    """Write words with a dark rim.

    Parameters
    ----------
    surface : Surface
        Changed in place.
    words : str
    size : int
        Height of the letters, px.
    colour : RGB
    place : (x, y) px
        Middle of the words' upper edge; what lies outside the surface is cut off.
    """
    code = kind(surface)
    width = word(words, size, colour).shape[1]
    left, top = round(place[0] - width / 2), round(place[1])
    odd = (left % 2, top % 2) if code is not None else (0, 0)
    stamp = _stamp(words, size, colour, code, odd)
    for (layer, by, _), (paint, rest) in zip(_layers(surface, colour), stamp, strict=True):
        x, y = (left - odd[0]) // by, (top - odd[1]) // by
        x0, y0 = max(x, 0), max(y, 0)
        x1, y1 = min(x + paint.shape[1], layer.shape[1]), min(y + paint.shape[0], layer.shape[0])
        if x0 < x1 and y0 < y1:
            part = slice(y0 - y, y1 - y), slice(x0 - x, x1 - x)
            under = layer[y0:y1, x0:x1]
            under[:] = (rest[part] * under + paint[part]).reshape(under.shape)


@lru_cache(maxsize=256)
def _stamp(
    words: str, size: int, colour: RGB, code: Code | None, odd: tuple[int, int]
) -> tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]:
    """Return for each plane what words add and what share of the ground they leave.

    ``odd``: how far the words lie to the right of an even column and below an even row, px.
    """
    drawn = word(words, size, colour)
    if code is None:
        share = drawn[..., 3:] / 255
        return (_paint(share, drawn[..., :3]),)
    (x, y), (height, width) = odd, drawn.shape[:2]
    drawn = np.pad(drawn, ((y, (y + height) % 2), (x, (x + width) % 2), (0, 0)))
    share = drawn[..., 3] / 255
    planes = code.split(np.ascontiguousarray(drawn[..., :3]))
    half = cv2.resize(share, planes.chroma.shape[1::-1], interpolation=cv2.INTER_AREA)
    return _paint(share, planes.luma), _paint(np.asarray(half, float)[..., None], planes.chroma)


def _paint(share: Array, image: Image) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    # Half a level more, for what is laid on is cut to whole levels.
    return (share * image + 0.5).astype(np.float32), (1 - share).astype(np.float32)
