"""Student's t distribution: the two functions of it that intervals need, written out.

To import ``scipy.special`` for them takes a fifth of a second; tests hold these against it.
"""

from __future__ import annotations

from functools import lru_cache
from math import erfc, exp, isinf, isnan, lgamma, log, log1p, nan, pi, sqrt
from typing import Final

CLOSE: Final = 2e-15
"""Relative change below which a number has converged: its last bits."""
SMALLEST: Final = 1e-300
"""Stands for 0 where something is divided by it."""
MANY: Final = 50.0
"""Half the freedom from which the logarithms of two gamma functions are too large for their difference."""


def sf(value: float, freedom: float) -> float:
    """Return the share of the distribution above a value; NaN where the freedom is not positive."""
    if isnan(value) or not freedom > 0:
        return nan
    if value < 0:
        return 1 - sf(-value, freedom)
    if isinf(freedom):
        return erfc(value / sqrt(2)) / 2
    square = value / sqrt(freedom) * (value / sqrt(freedom))
    if isinf(square):
        return 0.0
    beyond, within = 1 / (1 + square), square / (1 + square)
    half = freedom / 2
    if beyond < (half + 1) / (half + 2.5):
        return _beta_share(half, 0.5, beyond, within) / 2
    return 0.5 - _beta_share(0.5, half, within, beyond) / 2


@lru_cache(maxsize=1024)
def ppf(share: float, freedom: float) -> float:
    """Return the value below which a share of the distribution lies; NaN where there is none."""
    if not (0 < share < 1 and freedom > 0):
        return nan
    if share < 0.5:
        return -ppf(1 - share, freedom)
    value, tail = 0.0, 1 - share
    while True:  # the tail is convex: Newton's steps come from below and pass nothing
        step = (sf(value, freedom) - tail) / _density(value, freedom)
        value += step
        if not step > CLOSE * value:
            return value


def _density(value: float, freedom: float) -> float:
    if isinf(freedom):
        return exp(-value * value / 2) / sqrt(2 * pi)
    falls = -(freedom + 1) / 2 * log1p(value * value / freedom)
    return exp(falls - _log_beta(freedom / 2)) / sqrt(freedom)


def _log_beta(a: float) -> float:
    """Return the logarithm of the beta function of ``a`` and a half."""
    if a < MANY:
        return lgamma(a) + lgamma(0.5) - lgamma(a + 0.5)
    ratio = (((17 / 14336 / (a * a) - 1 / 640) / (a * a) + 1 / 192) / (a * a) - 1 / 8) / a
    return (log(pi) - log(a)) / 2 - ratio


def _beta_share(a: float, b: float, x: float, y: float) -> float:
    """Return the regularised incomplete beta function at ``x`` = 1 - ``y``; ``a`` or ``b`` is a half.

    By its continued fraction (Lentz's method), which converges fast for ``x`` below (a + 1) / (a + b + 2).
    """
    if x <= 0:
        return 0.0
    # The logarithm of the larger of both is taken by how far it is from 1.
    log_x, log_y = (log(x), log1p(-x)) if x < y else (log1p(-y), log(y))
    before = exp(a * log_x + b * log_y - _log_beta(a if b == 0.5 else b)) / a
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    found, m = d, 1
    while True:
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            c, d = _not_zero(1 + term / c), 1 / _not_zero(1 + term * d)
            found *= c * d
        if abs(c * d - 1) < CLOSE:
            return before * found
        m += 1


def _not_zero(value: float) -> float:
    return value if abs(value) > SMALLEST else SMALLEST
