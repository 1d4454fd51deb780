"""A sheet to print: tiles with pictures and lines, and words; painted as an image or written as SVG.

All places and sizes are px of the sheet, or of the tile that a line lies in, x to the right and y down.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Final, Literal

import cv2
import numpy as np
from PIL import Image as Picture
from PIL import ImageColor, ImageDraw

from analyzer.arrays import Array, Bools
from analyzer.outputs import fonts
from analyzer.video.frame import Image

FINE: Final = 4
"""Lines are painted so many times finer, and averaged: their edges are smooth."""
FRAME: Final = "#d8dce1"
"""Around a tile."""
FRAME_PX: Final = 2
"""How wide that is."""
_SHIFT: Final = 4  # OpenCV takes places in sixteenths of a pixel
_ANCHOR: Final = {"start": "ls", "middle": "ms", "end": "rs"}


@dataclass(frozen=True)
class Line:
    """A line through points (n, 2), broken where one is NaN; of one point a dot.

    ``dashes`` is how long strokes and gaps are, None for a whole line; ``rim`` the colour of an outline,
    ``rim_width`` the width of both together.
    """

    points: Array
    colour: str
    width: float
    alpha: float = 1.0
    dashes: tuple[float, float] | None = None
    rim: str = ""
    rim_width: float = 0.0


@dataclass(frozen=True)
class Words:
    """Words on one line at height ``y``; ``x`` is where they start, end or have their middle."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False
    align: Literal["start", "middle", "end"] = "start"


@dataclass
class Tile:
    """A picture (h, w, 3) with its upper left corner at ``x``, ``y``, and the lines over it."""

    x: int
    y: int
    image: Image
    lines: list[Line] = field(default_factory=list)


@dataclass
class Paper:
    """A sheet, white where nothing is."""

    width: int
    height: int
    tiles: list[Tile] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)

    def painted(self) -> Image:
        """Return the sheet as an (h, w, 3) image."""
        image = np.full((self.height, self.width, 3), 255, np.uint8)
        for tile in self.tiles:
            rows, columns = tile.image.shape[:2]
            here = image[tile.y : tile.y + rows, tile.x : tile.x + columns]
            here[:] = tile.image
            for line in tile.lines:
                if line.rim:
                    _paint(here, line.points, line.rim, line.rim_width, line.alpha)
                _paint(here, line.points, line.colour, line.width, line.alpha, line.dashes)
            here[:FRAME_PX] = here[-FRAME_PX:] = ImageColor.getrgb(FRAME)[:3]
            here[:, :FRAME_PX] = here[:, -FRAME_PX:] = ImageColor.getrgb(FRAME)[:3]
        sheet = Picture.fromarray(image)
        draw = ImageDraw.Draw(sheet)
        for w in self.words:
            letters = fonts.font(w.size, bold=w.bold)
            draw.text((w.x, w.y), w.text, font=letters, fill=w.colour, anchor=_ANCHOR[w.align])
        return np.array(sheet, np.uint8)

    def svg(self, dpi: float) -> str:
        """Return the sheet as SVG, printed with so many px an inch."""
        size = f'width="{self.width / dpi:.3f}in" height="{self.height / dpi:.3f}in"'
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {self.width} {self.height}" '
                f'font-family="DejaVu Sans, Verdana, sans-serif">',
                '<rect width="100%" height="100%" fill="white"/>',
                *map(_tile, self.tiles),
                *map(_words, self.words),
                "</svg>\n",
            ]
        )


def _paint(
    image: Image,
    points: Array,
    colour: str,
    width: float,
    alpha: float,
    dashes: tuple[float, float] | None = None,
) -> None:
    """Paint a line into an image: with round ends and corners, its dashes with straight ends."""
    strokes = [piece for run in _known(points) for piece in (_dashed(run, *dashes) if dashes else [run])]
    if not strokes:
        return
    every = np.concatenate(strokes)
    most = image.shape[1::-1]
    left, top = np.clip(np.floor(every.min(axis=0) - width), 0, most).astype(int)
    right, bottom = np.clip(np.ceil(every.max(axis=0) + width), 0, most).astype(int)
    if right <= left or bottom <= top:
        return
    mask = np.zeros(((bottom - top) * FINE, (right - left) * FINE), np.uint8)
    radius = max(FINE * width / 2 - 0.5, 0.5)  # OpenCV fills the pixels on an edge as well
    for stroke in strokes:
        places = (stroke - (left, top)) * FINE
        for a, b in pairwise(places):
            along = b - a
            side = radius * np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9)
            cv2.fillConvexPoly(mask, _fixed([a + side, b + side, b - side, a - side]), 255, shift=_SHIFT)
        for joint in places[1:-1] if dashes else places:
            cv2.circle(mask, _fixed(joint).tolist(), round(radius * 2**_SHIFT), 255, -1, shift=_SHIFT)
    cover = cv2.resize(mask, (int(right - left), int(bottom - top)), interpolation=cv2.INTER_AREA)
    share = cover[..., None].astype(np.float32) * np.float32(alpha / 255)
    here = image[top:bottom, left:right]
    here[:] = np.rint(here + share * (np.array(ImageColor.getrgb(colour)[:3], np.float32) - here))


def _fixed(places: Array | list[Array]) -> Array:
    """Return places as OpenCV takes them, which counts from the middle of the first pixel."""
    return np.asarray(np.rint((np.asarray(places) - 0.5) * 2**_SHIFT).astype(np.int32))


def _known(points: Array) -> Iterator[Array]:
    """Yield the parts of a line without a NaN."""
    seen: Bools = np.asarray(np.isfinite(points).all(axis=1))
    for run in np.split(np.arange(len(points)), np.flatnonzero(np.diff(seen)) + 1):
        if len(run) and seen[run[0]]:
            yield points[run]


def _dashed(points: Array, stroke: float, gap: float) -> Iterator[Array]:
    """Yield the strokes of a dashed line."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    for start in np.arange(0.0, way[-1], stroke + gap):
        stop = min(start + stroke, way[-1])
        at = np.concatenate([[start], way[(way > start) & (way < stop)], [stop]])
        yield np.column_stack([np.interp(at, way, points[:, i]) for i in (0, 1)])


def _tile(tile: Tile) -> str:
    rows, columns = tile.image.shape[:2]
    packed = base64.b64encode(cv2.imencode(".png", tile.image[..., ::-1])[1].tobytes()).decode()
    place = f'x="{tile.x}" y="{tile.y}" width="{columns}" height="{rows}"'
    lines = []
    for line in tile.lines:
        for run in _known(line.points):
            if line.rim:
                lines.append(_line(run, line.rim, line.rim_width, line.alpha, None))
            lines.append(_line(run, line.colour, line.width, line.alpha, line.dashes))
    frame = f'<rect {place} fill="none" stroke="{FRAME}" stroke-width="{FRAME_PX}"/>'
    image = f'<image width="{columns}" height="{rows}" href="data:image/png;base64,{packed}"/>'
    return f"<svg {place}>{image}{''.join(lines)}</svg>{frame}"


def _line(points: Array, colour: str, width: float, alpha: float, dashes: tuple[float, float] | None) -> str:
    if len(points) == 1:
        at = f'cx="{points[0, 0]:.1f}" cy="{points[0, 1]:.1f}" r="{width / 2:.2f}"'
        return f'<circle {at} fill="{colour}" fill-opacity="{alpha:g}"/>'
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    ends = f'stroke-dasharray="{dashes[0]:.1f} {dashes[1]:.1f}"' if dashes else 'stroke-linecap="round"'
    return (
        f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width:.2f}" '
        f'stroke-opacity="{alpha:g}" stroke-linejoin="round" {ends}/>'
    )


def _words(w: Words) -> str:
    weight = ' font-weight="bold"' if w.bold else ""
    return (
        f'<text x="{w.x:.1f}" y="{w.y:.1f}" font-size="{w.size:.1f}" fill="{w.colour}" '
        f'text-anchor="{w.align}"{weight}>{escape(w.text)}</text>'
    )
