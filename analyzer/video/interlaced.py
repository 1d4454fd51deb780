"""Combed pictures: two fields, a moment apart, woven into one frame row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from analyzer.data.notes import Note
from analyzer.video.frame import Image

COMBED: Final = 1.0
"""Ratio of the change from row to row to that over two rows, from which a moving part is combed: in a picture
taken at once the farther row differs more."""
FEWEST: Final = 3
"""Pictures that must have been held against each other."""
_LEVELS: Final = 6.0
"""Grey levels by which rows must differ on the whole where something moves, for combs to be told."""


def combing(luma: Image) -> float:
    """Return how much more rows differ from the next than from those beyond, where something is; or NaN.

    Parameters
    ----------
    luma : (h, w) uint8
        The part of a picture in which somebody moves, as it was filmed: not made smaller.
    """
    rows = luma.astype(np.int16)
    if rows.shape[0] < 8 or rows.shape[1] < 8:
        return float("nan")
    above, here, below = rows[:-2], rows[1:-1], rows[2:]
    # A row that lies to one side of both its neighbours, while these agree.
    off = np.minimum(np.abs(here - above), np.abs(here - below))
    comb = np.where((here - above).astype(np.int32) * (here - below) > 0, off, 0)
    apart = np.abs(below - above)
    most = comb + apart
    strong = most >= max(float(np.quantile(most, 0.9)), _LEVELS)
    if strong.sum() < 50:
        return float("nan")
    return float(comb[strong].mean() / max(float(apart[strong].mean()), 1e-6))


def note(combs: Sequence[float]) -> list[Note]:
    """Say that a clip is interlaced, by how its pictures are combed where the athlete is."""
    known = np.array([comb for comb in combs if np.isfinite(comb)])
    if len(known) < FEWEST or np.median(known) < COMBED:
        return []
    return [
        Note(
            "warning",
            "interlaced",
            "The pictures are combed: each shows two moments, half a frame apart, in its odd and even rows. "
            "Times and places are those between the two, and less sure.",
            "Film progressively, or take the fields apart with an editor (bwdif, yadif) before the analysis.",
        )
    ]
