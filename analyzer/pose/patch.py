"""A piece of picture that is looked for in others: turned about a point, found to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.data import Array

Picture = NDArray[np.float32]


@dataclass(frozen=True)
class Patch:
    """A piece of the shoe without its background, where it is in the cut-out, and which pixels count.

    ``tip`` is the front end of the sole, px right and down in the patch: what the shoe rolls over.
    """

    shoe: Picture
    counts: Picture
    row: int
    column: int
    tip: tuple[float, float]

    def turned(self, degrees: float) -> Patch:
        """Return the patch rolled forward about its tip."""
        if degrees == 0:
            return self
        height, width = self.shoe.shape[:2]
        reach = int(np.ceil(np.hypot(height, width)))
        above, back = reach - int(self.tip[1]), reach - int(self.tip[0])
        turn = cv2.getRotationMatrix2D(self.tip, -degrees, 1.0)
        turn[:, 2] += (back, above)
        size = (2 * reach, 2 * reach)
        shoe = cv2.warpAffine(self.shoe, turn, size, flags=cv2.INTER_LINEAR)
        counts = cv2.warpAffine(self.counts, turn, size, flags=cv2.INTER_LINEAR) > 0.5
        rows, columns = np.flatnonzero(counts.any(axis=(1, 2))), np.flatnonzero(counts.any(axis=(0, 2)))
        inside = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        return Patch(
            np.asarray(shoe[inside], np.float32),
            np.asarray(counts[inside], np.float32),
            self.row - above + int(rows[0]),
            self.column - back + int(columns[0]),
            (self.tip[0] + back - float(columns[0]), self.tip[1] + above - float(rows[0])),
        )


class Found(NamedTuple):
    """Displacement of a patch, px right and down, its likeness, and how far it has rolled, degrees."""

    at: Array
    like: float
    turn: float


def match(
    seen: Picture, patch: Patch, around: Array, reach: float, turn: float = 0.0, deepest: float = np.inf
) -> Found | None:
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
    if np.isfinite(deepest):  # the sole does not go into the ground
        likeness = likeness[: max(1, round(deepest + patch.row - top) + 1)]
    v, u = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
    best = float(likeness[v, u])
    shift = np.zeros(2)
    if 0 < v < likeness.shape[0] - 1 and 0 < u < likeness.shape[1] - 1:
        shift[0] = _peak(likeness[v, u - 1], best, likeness[v, u + 1])
        shift[1] = _peak(likeness[v - 1, u], best, likeness[v + 1, u])
    return Found(np.array([left + u - patch.column, top + v - patch.row]) + shift, best, turn)


def _peak(before: float, at: float, after: float) -> float:
    """Return where a parabola through three neighbours has its top, in steps from the middle one."""
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (before - after) / bend, -0.6, 0.6))
