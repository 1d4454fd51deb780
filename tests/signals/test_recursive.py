"""The recursive filter does what scipy's does."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, filtfilt, lfilter

from analyzer.signals import recursive


@pytest.mark.parametrize("share", [0.02, 0.1, 0.37, 0.62])
def test_butterworth(share: float) -> None:
    for order in (2, 4):
        found, expected = recursive.butterworth(share, order), butter(order, share)
        np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("n", [1, 5, 31, 32, 33, 64, 500])
@pytest.mark.parametrize("coefficients", [((0.4, 0.0), (1.0, -0.9)), recursive.butterworth(0.11)])
def test_forwards(n: int, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> None:
    x = np.random.default_rng(n).standard_normal((n, 3))
    expected = lfilter(*coefficients, x, axis=0)
    np.testing.assert_allclose(recursive.run(*coefficients, x), expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize(("n", "padding"), [(4, 3), (40, 7), (333, 60)])
@pytest.mark.parametrize("share", [0.05, 0.4])
def test_both_ways(n: int, padding: int, share: float) -> None:
    x = 3 + np.random.default_rng(n).standard_normal((n, 2)).cumsum(axis=0)
    b, a = recursive.butterworth(share)
    expected = filtfilt(b, a, x, axis=0, padtype="odd", padlen=padding)
    np.testing.assert_allclose(recursive.both_ways(b, a, x, padding), expected, rtol=1e-10, atol=1e-12)
