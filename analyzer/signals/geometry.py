"""Plane geometry that several stages need: maps, midpoints, distances, directions."""

from __future__ import annotations

import numpy as np

from analyzer.arrays import Array


def mapped(homography: Array, xy: Array) -> Array:
    """Map (..., 2) points by homographies (..., 3, 3)."""
    out = (homography @ np.concatenate([xy, np.ones_like(xy[..., :1])], axis=-1)[..., None])[..., 0]
    return np.asarray(out[..., :2] / out[..., 2:])


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
