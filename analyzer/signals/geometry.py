"""Plane geometry that several stages need."""

from __future__ import annotations

import numpy as np

from analyzer.arrays import Array


def mapped(homography: Array, xy: Array) -> Array:
    """Map (..., 2) points by homographies (..., 3, 3)."""
    out = (homography @ np.concatenate([xy, np.ones_like(xy[..., :1])], axis=-1)[..., None])[..., 0]
    return np.asarray(out[..., :2] / out[..., 2:])
