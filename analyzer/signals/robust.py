"""Scatter that a few wild samples cannot inflate."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from analyzer.arrays import Array

SD_OF_MAD: Final = 1.4826
"""Standard deviation of normal errors as a multiple of their median absolute size: 1 / 0.6745."""


def mad(x: Array, axis: int | None = None) -> Any:
    """Return the robust standard deviation of ``x``: 1.4826 times the median distance from the median.

    Parameters
    ----------
    x : array
        Without NaN.
    axis : int, optional
        Along which axis; over all samples when it is left out.

    Returns
    -------
    float, or array without ``axis``
        In the unit of ``x``.
    """
    return SD_OF_MAD * np.median(np.abs(x - np.median(x, axis=axis, keepdims=True)), axis=axis)
