"""The monotone cubic, held against that of scipy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from analyzer.signals import monotone

MOST = 3
"""Samples of a gap that is filled."""


def walk(n: int, columns: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """An uneven clock, and signals on it that rise, fall and stay."""
    rng = np.random.default_rng(seed)
    time = np.cumsum(rng.uniform(0.5, 2.0, n))
    steps = rng.normal(size=(n, columns)) * (rng.uniform(size=(n, columns)) > 0.2)
    return time, np.cumsum(steps, axis=0)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 60])
def test_the_curve_is_that_of_scipy(n: int) -> None:
    time, x = walk(n, 40, n)
    at = np.unique(np.concatenate([time, np.linspace(time[0], time[-1], 301)]))
    expected = PchipInterpolator(time, x)(at)
    np.testing.assert_allclose(monotone.through(time, x)(at), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_gaps_are_filled_as_each_signals_own_curve_goes(seed: int) -> None:
    time, whole = walk(40, 30, 100 + seed)
    rng = np.random.default_rng(seed)
    x = np.where(rng.uniform(size=whole.shape) < (0.1, 0.3, 0.6)[seed % 3], np.nan, whole)
    number = np.arange(len(time))
    expected = x.copy()
    for column, filled in zip(x.T, expected.T, strict=True):
        seen = number[np.isfinite(column)]
        for left, right in pairwise(seen):
            if right - left <= MOST + 1:
                filled[left:right] = PchipInterpolator(time[seen], column[seen])(time[left:right])
    assert np.isfinite(expected).sum() > np.isfinite(x).sum()
    assert np.isnan(expected).any()
    monotone.bridge(time, x, MOST)
    np.testing.assert_allclose(x, expected, rtol=1e-12, atol=1e-12)
