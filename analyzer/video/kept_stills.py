"""Frames of a clip as a folder of results keeps them: small pictures that stand in for the clip.

Pages are drawn from these pictures the first time, too: they are the same whether the clip is there or not.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Final

import cv2
import numpy as np
from PIL import Image as Picturing

from analyzer.data.capture import Picture, VideoInfo
from analyzer.video.frame import Frame, Image
from analyzer.video.stills import OnePass, Stills

Part = tuple[int, int, int, int]
"""First and last column and row of a part of a frame, px, the last exclusive: x0, y0, x1, y1."""
LONGEST_PX: Final = 1280
"""The longer side of a picture, at most, px: no page shows a part of a frame larger."""
QUALITY: Final = 85
"""Of the JPEGs: what it leaves out, the smaller pictures of the pages do not show."""
HIDDEN: Final = b"faces blurred"
"""Comment of JPEGs in which heads are hidden: they need not be hidden again."""
EMPTY: Final = (236, 238, 240)
"""Where a picture does not reach."""


class KeptStills(Stills):
    """Frames of a clip that are pictures first. Several threads may ask for them at once.

    Parameters
    ----------
    info : VideoInfo or None
        None, or a file that is gone, has no frames but those ``kept``.
    parts : mapping of int to Part
        Indices into ``VideoInfo.time``, and what of each frame is looked at.
    kept : mapping of int to Picture
        What there is already; a frame that lacks some of its part is taken from the clip where that is there.
    hide : callable, optional
        What a frame goes through before it becomes a picture: heads are hidden. Pictures kept from before are
        made anew.
    keep : callable, optional
        What is given all the pictures once they are made.
    decoded : OnePass, optional
        The pass in which the clip is decoded for others, too; else it is for these alone.
    """

    def __init__(
        self,
        info: VideoInfo | None,
        parts: Mapping[int, Part],
        kept: Mapping[int, Picture],
        hide: Callable[[Frame], Frame] | None = None,
        keep: Callable[[Mapping[int, Picture]], None] | None = None,
        decoded: OnePass | None = None,
    ) -> None:
        self._info, self._parts, self._kept, self._hide, self._keep = info, parts, kept, hide, keep
        self._one_at_a_time = Lock()
        self._made = {i: kept[i] for i, part in parts.items() if i in kept and _holds(kept[i].part, part)}
        lacking = set(parts) - set(self._made)
        if decoded is not None:
            self._packed = decoded.ask(lacking, self._pack)
            return
        with OnePass(info) as alone:
            self._packed = alone.ask(lacking, self._pack)

    def at(self, index: int) -> Frame | None:
        """Return a frame, empty outside its part; None where it is neither kept nor in the clip."""
        picture = self.picture(index)
        if picture is None or self._info is None:
            return None
        image = _unpacked(picture, self._info.width, self._info.height)
        return None if image is None else self._frame(index, image)

    def _frame(self, index: int, image: Image) -> Frame:
        assert self._info is not None
        return Frame(index, float(self._info.file_s[index]), image)

    def picture(self, index: int) -> Picture | None:
        """Return the picture of a frame; None as for ``at``."""
        found = self._picture(index)
        if found is None or self._hide is None or _is_hidden(found):
            return found
        if self._info is None:
            return None
        image = _unpacked(found, self._info.width, self._info.height)
        if image is None:
            return None
        self._made[index] = self._pack(self._frame(index, image), found.part)
        return self._made[index]

    def _picture(self, index: int) -> Picture | None:
        if index in self._made:
            return self._made[index]
        packed = self._packed[index].result() if index in self._packed else None
        return self._kept.get(index) if packed is None else packed

    def _pack(self, frame: Frame, part: Part | None = None) -> Picture:
        part = part or self._parts[frame.index]
        if self._hide is None:
            return packed(frame, part)
        with self._one_at_a_time:
            return packed(self._hide(frame), part, hidden=True)

    def pictures(self) -> dict[int, Picture]:
        """Return every picture there is, those of frames that are no longer asked for, too."""
        found = {index: self.picture(index) for index in {*self._kept, *self._parts}}
        made = {index: picture for index, picture in found.items() if picture is not None}
        if self._keep is not None:
            self._keep(made)
        return made

    def missing(self) -> tuple[int, ...]:
        """Return the frames asked for that are neither kept nor in the clip."""
        return tuple(index for index in sorted(self._parts) if self._picture(index) is None)


def together(parts: Iterable[tuple[int, Part]]) -> dict[int, Part]:
    """Return for each frame the part that holds all those asked for of it."""
    found: dict[int, Part] = {}
    for index, part in parts:
        x0, y0, x1, y1 = found.get(index, part)
        found[index] = min(x0, part[0]), min(y0, part[1]), max(x1, part[2]), max(y1, part[3])
    return found


def inside(part: tuple[float, float, float, float], info: VideoInfo) -> Part:
    """Return whole pixels of the frame that hold a part of the plane; the whole frame for one off it."""
    if not np.isfinite(part).all():
        return 0, 0, info.width, info.height
    x0, y0, x1, y1 = part
    left, right = (int(np.clip(round(x), 0, info.width)) for x in (x0, x1))
    top, bottom = (int(np.clip(round(y), 0, info.height)) for y in (y0, y1))
    return (left, top, right, bottom) if left < right and top < bottom else (0, 0, info.width, info.height)


def packed(frame: Frame, part: Part, *, hidden: bool = False) -> Picture:
    """Return a part of a frame as a picture, which says whether heads are ``hidden`` in it."""
    image = frame.part(*part)
    share = LONGEST_PX / max(image.shape[:2])
    if share < 1:
        size = max(1, round(image.shape[1] * share)), max(1, round(image.shape[0] * share))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    file = io.BytesIO()
    Picturing.fromarray(image).save(file, "JPEG", quality=QUALITY, comment=HIDDEN if hidden else b"")
    return Picture(part, file.getvalue())


def _is_hidden(picture: Picture) -> bool:
    """Tell whether a picture says that heads are hidden in it."""
    try:
        with Picturing.open(io.BytesIO(picture.jpeg), formats=("JPEG",)) as small:
            return small.info.get("comment") == HIDDEN
    except (OSError, ValueError, SyntaxError):
        return False


def _unpacked(picture: Picture, width: int, height: int) -> Image | None:
    """Return the frame that a picture is of; None for a damaged one."""
    x0, y0, x1, y1 = picture.part
    if not (0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height):
        return None
    try:
        with Picturing.open(io.BytesIO(picture.jpeg), formats=("JPEG",)) as small:
            if max(small.size) > LONGEST_PX:
                return None
            image = np.asarray(small.convert("RGB"), np.uint8)
    except (OSError, ValueError, SyntaxError):
        return None
    if image.shape[:2] != (y1 - y0, x1 - x0):
        image = np.asarray(cv2.resize(image, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR), np.uint8)
    # A row repeated is 20 times as fast as all at once.
    whole = np.repeat(np.full((1, width, 3), EMPTY, np.uint8), height, axis=0)
    whole[y0:y1, x0:x1] = image
    return whole


def _holds(has: Part, wanted: Part) -> bool:
    return has[0] <= wanted[0] and has[1] <= wanted[1] and has[2] >= wanted[2] and has[3] >= wanted[3]
