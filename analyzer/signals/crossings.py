"""Crossings between the samples."""

from __future__ import annotations

import numpy as np

from analyzer.arrays import Array


def crossings(time: Array, x: Array, level: float = 0.0) -> Array:
    """Return the times at which ``x`` (n,) crosses ``level``, by linear interpolation.

    Parameters
    ----------
    time : (n,) s
    x : (n,)
        NaN = unknown; nothing crosses there.
    level : float
        In the unit of ``x``.

    Returns
    -------
    (m,) s
        In order of time, upwards and downwards alike.
    """
    y = x - level
    with np.errstate(invalid="ignore"):
        at = np.flatnonzero((y[:-1] <= 0) & (y[1:] > 0) | (y[:-1] >= 0) & (y[1:] < 0))
    return np.asarray(time[at] + (time[at + 1] - time[at]) * y[at] / (y[at] - y[at + 1]))
