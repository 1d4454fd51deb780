"""One upright frame: it stays as the decoder gave it, and only what is looked at becomes RGB."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Image = NDArray[np.uint8]

PLANAR: Final = ("yuv420p", "yuvj420p")
"""Pixel formats whose planes are read as they are; frames of any other are turned to RGB whole."""
DEEP: Final = "yuv420p10le"
"""Pixel format of ten bits a level, as phones film HDR."""
FULL_RANGE: Final = 2
"""``AVCOL_RANGE_JPEG``: grey levels from 0 to 255 instead of 16 to 235."""
NOT_SAID: Final = 2
"""``AVCOL_SPC_UNSPECIFIED``: the file does not say by which matrix its colours were made."""
MATRICES: Final = frozenset({0, 1, NOT_SAID, 4, 5, 6, 7, 9})
"""Codes of colour matrices (H.273) that FFmpeg turns into RGB; frames of another are read as if not said."""
SQUARE: Final = 0.01
"""Pixels whose sides differ by less count as square."""


class Frame:
    """One upright frame.

    Parameters
    ----------
    index : int
        Into ``VideoInfo.time``.
    time_s : float
        On the file clock.
    decoded : VideoFrame, or (h, w, 3) uint8 RGB, upright
    aspect : float
        Width of a stored pixel over its height, as the container gives it; decoded frames do not say.
    turned : int
        Quarters against the clock that make the picture upright, beyond what the file says.
    """

    __slots__ = (
        "_chroma", "_decoded", "_full", "_grey", "_luma", "_rgb", "_turns", "index", "shape", "time_s",
    )  # fmt: skip

    def __init__(
        self,
        index: int,
        time_s: float,
        decoded: VideoFrame | Image,
        aspect: float = 1.0,
        turned: int = 0,
    ) -> None:
        self.index, self.time_s = index, time_s
        self._decoded: VideoFrame | None = None
        self._rgb: Image | None = None
        self._luma: Image | None = None
        self._chroma: tuple[Image, Image] | None = None
        self._grey: tuple[tuple[int, int], Image] | None = None
        self._full = True
        self._turns = turned % 4
        if isinstance(decoded, np.ndarray):
            decoded = np.ascontiguousarray(np.rot90(decoded, self._turns)) if self._turns else decoded
            self._rgb = decoded
            self.shape = (decoded.shape[0], decoded.shape[1])
            return
        self._decoded = decoded
        if decoded.colorspace not in MATRICES:
            decoded.colorspace = NOT_SAID
        turns = self._turns = (quarter_turns(decoded) + turned) % 4
        width, height = decoded.width, decoded.height
        if abs(aspect - 1) > SQUARE:  # anamorphic: angles need square pixels
            width = round(width * aspect)
        elif decoded.format.name in PLANAR and width % 2 == 0 and height % 2 == 0:
            self._luma = _plane(decoded, 0, turns)
            self._chroma = _plane(decoded, 1, turns), _plane(decoded, 2, turns)
            self._full = decoded.format.name == "yuvj420p" or decoded.color_range == FULL_RANGE
        self.shape = (width, height) if turns % 2 else (height, width)

    @property
    def image(self) -> Image:
        """The whole frame, (h, w, 3) RGB."""
        if self._rgb is None:
            assert self._decoded is not None
            turns = self._turns
            height, width = self.shape[::-1] if turns % 2 else self.shape
            frame = self._decoded
            if width != frame.width:
                frame = frame.reformat(width=width, height=height, format="rgb24")
            image = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
            self._rgb = np.ascontiguousarray(np.rot90(image, turns)) if turns else image
        return self._rgb

    @property
    def planes(self) -> tuple[Image, Image, Image] | None:
        """Lightness (h, w) and two planes of colour (h / 2, w / 2), upright, in the file's levels.

        None where the file holds its images otherwise; ten bits a level become eight.
        """
        decoded = self._decoded
        if decoded is None:
            return None
        turns = self._turns
        if self._luma is None:
            even = decoded.width % 2 == 0 and decoded.height % 2 == 0
            square = sorted(self.shape) == sorted((decoded.width, decoded.height))
            if decoded.format.name != DEEP or not even or not square:
                return None
            decoded = decoded.reformat(format=PLANAR[0])
        first, second, third = (_plane(decoded, number, 0) for number in range(3))
        if turns:  # many times faster than copying a turned view
            turn = _TURNS[turns]
            first, second, third = (
                np.asarray(cv2.rotate(plane, turn), np.uint8) for plane in (first, second, third)
            )
        return first, second, third

    @property
    def colours(self) -> tuple[int, int]:
        """Codes of the colour matrix (H.273; 2: not said) and of the range of grey levels (2: 0 to 255)."""
        if self._decoded is None or self.planes is None:
            return 2, 1
        full = self._decoded.format.name == PLANAR[1]
        return int(self._decoded.colorspace), FULL_RANGE if full else int(self._decoded.color_range)

    @property
    def luma(self) -> Image:
        """The whole frame's lightness, (h, w), in the levels of the file; green where it has none."""
        return self.image[..., 1] if self._luma is None else self._luma

    def part(self, x0: int, y0: int, x1: int, y1: int, shrink: int = 1) -> Image:
        """Return columns ``x0`` to ``x1`` and rows ``y0`` to ``y1``, exclusive, as (h, w, 3) RGB.

        With ``shrink`` that many pixels in each direction are averaged into one; the corner and the size
        must be multiples of twice that then, or the frame is turned to RGB whole.
        """
        grid = 2 * shrink
        whole = x0 % grid == y0 % grid == (x1 - x0) % grid == (y1 - y0) % grid == 0
        if self._rgb is not None or self._luma is None or self._chroma is None or (shrink > 1 and not whole):
            return shrunk(self.image[y0:y1, x0:x1], shrink)
        # Colour is known for squares of two pixels: cut at even places, and the rest off afterwards.
        left, top, right, bottom = x0 & ~1, y0 & ~1, (x1 + 1) & ~1, (y1 + 1) & ~1
        planes = [self._luma[top:bottom, left:right]]
        planes += [plane[top // 2 : bottom // 2, left // 2 : right // 2] for plane in self._chroma]
        flat = np.concatenate([self._upright(shrunk(self._stored(p), shrink)).ravel() for p in planes])
        rows, columns = (bottom - top) // shrink, (right - left) // shrink
        if self._full:
            rgb = _full_range(flat, rows, columns)
        else:
            rgb = np.asarray(cv2.cvtColor(flat.reshape(rows * 3 // 2, columns), cv2.COLOR_YUV2RGB_I420))
        y, x = (y0 - top) // shrink, (x0 - left) // shrink
        return np.asarray(rgb[y : y + (y1 - y0) // shrink, x : x + (x1 - x0) // shrink], np.uint8)

    def grey(self, size: tuple[int, int]) -> Image:
        """Return the frame reduced to ``size`` (width, height), grey levels 0 to 255."""
        if self._grey is None or self._grey[0] != size:
            if self._luma is None:
                small = cv2.resize(self.image, size, interpolation=cv2.INTER_AREA)
                found: Image = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
            else:
                found = self._reduced(self._luma, size)
                found = found if self._full else np.asarray(cv2.LUT(found, _STRETCHED), np.uint8)
            self._grey = size, np.asarray(found, np.uint8)
        return self._grey[1]

    def _reduced(self, plane: Image, size: tuple[int, int]) -> Image:
        """Return a plane reduced to ``size`` (width, height): as it was stored, and turned afterwards."""
        columns, rows = size[::-1] if self._turns % 2 else size
        stored = self._stored(plane)
        by = stored.shape[0] // rows
        if by % 2 and stored.shape == (by * rows, by * columns):
            return self._upright(np.ascontiguousarray(shrunk(stored, by)))
        small = cv2.resize(stored, (columns, rows), interpolation=cv2.INTER_AREA)
        return self._upright(np.asarray(small, np.uint8))

    def _stored(self, plane: Image) -> Image:
        """Return a plane, or a part of it, as it was stored: its rows are whole, which is faster to read."""
        return np.rot90(plane, -self._turns)

    def _upright(self, stored: Image) -> Image:
        """Return what was stored the right way up."""
        return np.asarray(cv2.rotate(stored, _TURNS[self._turns]) if self._turns else stored, np.uint8)


def quarter_turns(decoded: VideoFrame) -> int:
    """Return the quarters by which a frame must be turned to be upright; 0 where its matrix has no angle."""
    return round(decoded.rotation / 90) % 4 if abs(decoded.rotation) <= 360 else 0


def part(image: Image | Frame, x0: int, y0: int, x1: int, y1: int, shrink: int = 1) -> Image:
    """Return a part of a frame, or of an image that is RGB already, as ``Frame.part``."""
    if isinstance(image, Frame):
        return image.part(x0, y0, x1, y1, shrink)
    return shrunk(image[y0:y1, x0:x1], shrink)


def shrunk(image: Image, by: int) -> Image:
    """Return an image of which ``by`` by ``by`` pixels are averaged into one; what is left over goes."""
    if by == 1:
        return image
    rows, columns = image.shape[0] // by, image.shape[1] // by
    image = image[: rows * by, : columns * by]
    if by % 2 == 0 and by > 2:  # averaging two by two is the fast way
        return shrunk(shrunk(image, 2), by // 2)
    if by % 2:  # the mean about every middle is the same to the bit, in half the time
        return np.asarray(cv2.blur(image, (by, by))[by // 2 :: by, by // 2 :: by], np.uint8)
    return np.asarray(cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)


def _plane(decoded: VideoFrame, number: int, turns: int) -> Image:
    plane = decoded.planes[number]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]
    return np.rot90(rows[: plane.height, : plane.width], turns)


def _full_range(flat: Image, rows: int, columns: int) -> Image:
    size = rows * columns
    halves = flat[size:].reshape(2, rows // 2, columns // 2)
    u, v = (cv2.resize(half, (columns, rows), interpolation=cv2.INTER_NEAREST) for half in halves)
    together = cv2.merge([flat[:size].reshape(rows, columns), v, u])
    return np.asarray(cv2.cvtColor(together, cv2.COLOR_YCrCb2RGB), np.uint8)


_STRETCHED: Final = np.clip(np.round((np.arange(256) - 16) * 255 / 219), 0, 255).astype(np.uint8)
_TURNS: Final = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
"""Quarter turns against the clock."""
