"""Frames that show the picture before once more."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from analyzer.arrays import Bools
from analyzer.video.frame import Image


class Repeats:
    """Finds frames that show the same picture as the one before: frozen, or filled in by a converter.

    A picture repeats when it differs from its predecessor by less than ``share`` of the change usual
    in the 25 frames around it, and by less than one grey level. Nothing moving for long is therefore
    not a repeat, but an athlete who leaves a still view is followed by some.

    Parameters
    ----------
    share : float
        Fraction of the 90th percentile of the changes nearby.
    """

    def __init__(self, share: float = 0.1) -> None:
        self._share = share
        self._change: list[float] = []
        self._before: Image | None = None

    def add(self, image: Image) -> None:
        """Take the next frame: (h, w, 3) or (h, w) uint8, whole or the same fixed part of each."""
        stride = max(1, min(image.shape[:2]) // 240)
        grey = image[::stride, ::stride]
        now = np.ascontiguousarray(grey[..., 1] if grey.ndim == 3 else grey)
        # The most changed tenth: a small athlete moves few of the pixels of a still background.
        if self._before is not None and self._before.shape == now.shape:
            self._change.append(_top_tenth(np.asarray(cv2.absdiff(now, self._before), np.uint8)))
        else:
            self._change.append(np.inf)
        self._before = now

    def found(self) -> Bools:
        """Return (n,) which of the frames taken so far are repeats; the first never is."""
        changes = np.array(self._change)
        if len(changes) < 2:
            return np.zeros(len(changes), dtype=np.bool_)
        changes[0] = changes[1]
        from scipy.ndimage import percentile_filter  # only where a clip is read: it takes a while

        usual = percentile_filter(changes, 90, size=25, mode="nearest")
        same: Bools = changes < np.minimum(self._share * usual, 1.0)
        same[0] = False
        return same


def _top_tenth(values: Image) -> float:
    """Return the mean of the largest tenth of uint8 values."""
    tenth = max(1, values.size // 10)
    count = cv2.calcHist([values], [0], None, [256], [0, 256]).ravel()[::-1]  # many times numpy's speed
    taken = np.diff(np.minimum(np.cumsum(count), tenth), prepend=0)
    return float(taken @ np.arange(255, -1, -1)) / tenth


def repeats(images: Iterable[Image], *, share: float = 0.1) -> Bools:
    """Return (n,) which frames show the same picture as the one before, see ``Repeats``."""
    found = Repeats(share)
    for image in images:
        found.add(image)
    return found.found()
