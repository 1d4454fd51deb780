"""Pictures that come again in the opposite order: an app plays a clip forwards, then backwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from analyzer.arrays import Array
from analyzer.video.frame import Image

SIZE: Final = (32, 18)
"""Width and height of the pictures that are held against each other."""
REACH: Final = 40
"""Frames to each side of a turn that are held against each other, at most..."""
LEAST: Final = 8
"""...and at least."""
ALIKE: Final = 0.1
"""Mean square difference between pictures as far before as after a turn, as a share of how much the picture
changes over that time. Of people who turn round it is near 1."""
MOVED: Final = 1.0
"""Grey levels squared by which the picture must have changed for that to be told."""
_STEP: Final = 0.5
"""Largest mean square difference of the two pictures at a turn, as a share of the usual one of neighbours."""


def thumb(grey: Image) -> Image:
    """Return a picture, (h, w) grey levels, in small."""
    return np.asarray(cv2.resize(grey, SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def turns(thumbs: Sequence[Image]) -> list[int]:
    """Return the frames from which on a clip plays what came before them backwards, or forwards again.

    Parameters
    ----------
    thumbs : sequence of (18, 32) uint8
        The frames in small, as from ``thumb``.
    """
    n = len(thumbs)
    if n < 2 * LEAST:
        return []
    flat = np.stack(thumbs).reshape(n, -1).astype(np.float64)
    step = np.mean((flat[1:] - flat[:-1]) ** 2, axis=1)
    across = np.mean((flat[2:] - flat[:-2]) ** 2, axis=1)
    usual = float(np.median(step))
    # The turn is between two frames alike, or at one frame whose neighbours are alike.
    places = [(i, i + 1) for i in map(int, np.flatnonzero(step <= _STEP * usual))]
    places += [(i, i + 2) for i in map(int, np.flatnonzero(across <= _STEP * usual))]
    found = [(unlike, last + 1) for last, first in places if (unlike := _unlike(flat, last, first)) < ALIKE]
    kept: list[int] = []
    for _, frame in sorted(found):
        if all(abs(frame - other) > LEAST for other in kept):
            kept.append(int(frame))
    return sorted(kept)


def _unlike(flat: Array, last: int, first: int) -> float:
    """Return how unlike the frames up to ``last`` are to those from ``first`` on in the opposite order.

    As a share of how much the picture changes meanwhile; infinite where that cannot be told.
    """
    reach = min(REACH, last + 1, len(flat) - first)
    if reach < LEAST:
        return np.inf
    before, after = flat[last - reach + 1 : last + 1][::-1], flat[first : first + reach]
    changed = float(np.mean((before - before[0]) ** 2))
    # In every part of the way, not on the whole: what stands still at the turn is like itself.
    parts = np.array_split((before - after) ** 2, 4)
    ways = np.array_split((before - before[0]) ** 2, 4)
    if changed < MOVED:
        return np.inf
    worst = max(float(part.mean()) for part in parts[1:])
    least = min(float(way.mean()) for way in ways[1:])
    return worst / max(least, 1e-9)
