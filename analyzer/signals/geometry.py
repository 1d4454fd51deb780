"""Plane geometry that several stages need: maps, midpoints, distances, directions."""

from __future__ import annotations

import numpy as np

from analyzer.arrays import Array


def mapped(homography: Array, xy: Array) -> Array:
    """Map (..., 2) points by homographies (..., 3, 3)."""
    x, y = xy[..., 0], xy[..., 1]
    # Written out: as many products of three numbers take ten times as long as all of them at once.
    across, down, away = (
        homography[..., k, 0] * x + homography[..., k, 1] * y + homography[..., k, 2] for k in range(3)
    )
    return np.stack([across / away, down / away], axis=-1)


def midpoint(a: Array, b: Array) -> Array:
    """Return the points (..., 2) half-way between two; NaN where either was not seen."""
    return np.asarray((a + b) / 2)


def midpoint_or_seen(a: Array, b: Array) -> Array:
    """Return the points (..., 2) half-way between two, or the one of them that was seen."""
    both = midpoint(a, b)
    return np.where(np.isfinite(both), both, np.where(np.isfinite(a), a, b))


def distance(a: Array, b: Array) -> Array:
    """Return the distances (n,) between (n, 2) points, in their unit."""
    return np.asarray(np.linalg.norm(a - b, axis=1))


def unit(way: Array) -> Array:
    """Return (n, 2) vectors scaled to length one; NaN where one has none."""
    size = np.linalg.norm(way, axis=1, keepdims=True)
    return np.asarray(way / np.where(size > 0, size, np.nan))
