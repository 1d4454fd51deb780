"""A piece of an image that is looked for in others, and found to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array

Image = NDArray[np.float32]
"""Grey levels of three colours, (rows, columns, 3), or several of these."""

PEAK_WITHIN: Final = 0.6
"""How far from the best pixel the top of the likeness may lie, px: half of one, and a little noise."""


@dataclass(frozen=True)
class Patch:
    """A piece of the shoe without its background, where it is in the cut-out, and which pixels count."""

    shoe: Image
    counts: Image
    row: int
    column: int


class PatchMatch(NamedTuple):
    """Displacement of a patch (2,), px right and down, and its likeness, 0 to 1."""

    displacement: Array
    likeness: float


def match(image: Image, patch: Patch, around: Array, reach: float) -> PatchMatch | None:
    """Find the best place of a patch.

    Parameters
    ----------
    image : (rows, columns, 3)
        The cut-out in which it is looked for.
    patch : Patch
    around : (2,) px
        The displacement, right and down, about which it is looked for.
    reach : float
        How far from there, px.

    Returns
    -------
    PatchMatch or None
        None outside the cut-out.
    """
    right, down = (round(float(v)) for v in around)
    r = int(np.ceil(reach))
    height, width = patch.shoe.shape[:2]
    top, left = max(0, patch.row + down - r), max(0, patch.column + right - r)
    area = image[top : patch.row + down + r + height + 1, left : patch.column + right + r + width + 1]
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
    return PatchMatch(np.array([left + u - patch.column, top + v - patch.row]) + shift, best)


def _peak(before: float, at: float, after: float) -> float:
    """Return where a parabola through three neighbours has its top, in steps from the middle one."""
    bend = before - 2 * at + after
    if bend >= 0:
        return 0.0
    return float(np.clip(0.5 * (before - after) / bend, -PEAK_WITHIN, PEAK_WITHIN))
