"""A piece of picture that is looked for in others, and found to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array

Picture = NDArray[np.float32]


@dataclass(frozen=True)
class Patch:
    """A piece of the shoe without its background, where it is in the cut-out, and which pixels count."""

    shoe: Picture
    counts: Picture
    row: int
    column: int


class Found(NamedTuple):
    """Displacement of a patch, px right and down, and its likeness."""

    at: Array
    like: float


def match(seen: Picture, patch: Patch, around: Array, reach: float) -> Found | None:
    """Return the best place of a patch around one; None outside the cut-out."""
    right, down = (round(float(v)) for v in around)
    r = int(np.ceil(reach))
    height, width = patch.shoe.shape[:2]
    top, left = max(0, patch.row + down - r), max(0, patch.column + right - r)
    area = seen[top : patch.row + down + r + height + 1, left : patch.column + right + r + width + 1]
    if min(patch.row + down, patch.column + right) < -r or (
        area.shape[0] < height + 2 or area.shape[1] < width + 2
    ):
        return None
    likeness = cv2.matchTemplate(
        np.ascontiguousarray(area), patch.shoe, cv2.TM_CCORR_NORMED, mask=patch.counts
    )
    likeness = np.where(np.isfinite(likeness), likeness, -1.0)
    v, u = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
    best = float(likeness[v, u])
    shift = np.zeros(2)
    if 0 < v < likeness.shape[0] - 1 and 0 < u < likeness.shape[1] - 1:
        shift[0] = _peak(likeness[v, u - 1], best, likeness[v, u + 1])
        shift[1] = _peak(likeness[v - 1, u], best, likeness[v + 1, u])
    return Found(np.array([left + u - patch.column, top + v - patch.row]) + shift, best)


def _peak(before: float, at: float, after: float) -> float:
    """Return where a parabola through three neighbours has its top, in steps from the middle one."""
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (before - after) / bend, -0.6, 0.6))
