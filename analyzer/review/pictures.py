"""Single frames of a clip as JPEG: exactly the one asked for, and those that will be asked for next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Final

import cv2
import numpy as np

from analyzer.arrays import Array
from analyzer.data.capture import VideoInfo
from analyzer.video import reader
from analyzer.video.frame import Frame

LONGEST_PX: Final = 1920
"""Longer side of what is sent, px: more than a window shows, and a foot can still be looked at closely."""
QUALITY: Final = 88
"""Of the JPEG, 1 to 100: the edge of a shoe stays sharp."""
HELD_BYTES: Final = 160_000_000
"""Pictures kept, bytes: some 500 of a clip in 1080p."""
AHEAD: Final = 40
"""Frames that may be decoded on the way to the one asked for, before the decoder rather seeks."""
BEHIND: Final = 12
"""Frames before the one asked for that are kept, too, when somebody steps backwards; they are decoded anyway,
for each rests on the ones before it."""


class Pictures:
    """The frames of a clip, each encoded once and kept as long as there is room.

    Parameters
    ----------
    info : VideoInfo
        As it is understood: the frames are numbered as its times are.
    """

    def __init__(self, info: VideoInfo) -> None:
        self.info = info
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._size = 0
        self._keeping = Lock()
        self._decoding = Lock()
        self._coming: Iterator[Frame] | None = None
        self._next = 0

    def are_of(self, info: VideoInfo) -> bool:
        """Tell whether a clip has these frames, the same way up and with the same numbers."""
        ours = self.info
        same = (ours.path, ours.sha256, ours.turned) == (info.path, info.sha256, info.turned)
        return same and np.array_equal(_numbers(ours), _numbers(info))

    def jpeg(self, index: int) -> bytes | None:
        """Return frame ``index`` as JPEG; None where there is none, or it is damaged.

        Raises
        ------
        VideoError
            The file is gone, or can no longer be read.
        """
        if not 0 <= index < len(self.info.time):
            return None
        found = self._find(index)
        if found is not None:
            return found
        with self._decoding:
            found = self._find(index)  # whoever had the decoder before may have come past it
            return found if found is not None else self._decode(index)

    def close(self) -> None:
        """Let go of the file."""
        with self._decoding:
            self._coming = None

    def _find(self, index: int) -> bytes | None:
        with self._keeping:
            found = self._kept.get(index)
            if found is not None:
                self._kept.move_to_end(index)
            return found

    def _keep(self, index: int, picture: bytes) -> None:
        with self._keeping:
            self._size += len(picture) - len(self._kept.pop(index, b""))
            self._kept[index] = picture
            while self._size > HELD_BYTES and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1])

    def _decode(self, index: int) -> bytes | None:
        coming = self._coming
        if coming is None or not self._next <= index <= self._next + AHEAD:
            backwards = self._find(index + 1) is not None
            coming = self._from(max(0, index - BEHIND) if backwards else index)
        self._coming = None  # what raises is not gone on with
        for frame in coming:
            self._next = frame.index + 1
            if frame.index > index:
                break
            if frame.index >= index - BEHIND:
                self._keep(frame.index, _encoded(frame))
            if frame.index == index:
                break
        else:
            return None
        self._coming = coming
        return self._find(index)

    def _from(self, first: int) -> Iterator[Frame]:
        self._next = first
        return reader.shown(self.info, first)


def _numbers(info: VideoInfo) -> Array:
    """Return the numbers that a clip's frames have in the file."""
    return np.arange(len(info.time), dtype=float) if info.pictures is None else info.pictures


def _encoded(frame: Frame) -> bytes:
    image = frame.image
    height, width = image.shape[:2]
    smaller = LONGEST_PX / max(height, width)
    if smaller < 1:
        size = max(1, round(width * smaller)), max(1, round(height * smaller))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, data = cv2.imencode(".jpg", image[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
    return data.tobytes()
