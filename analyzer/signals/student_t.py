"""Student's t distribution: the two functions of it that intervals need.

The intervals of a run mostly rest on whole numbers of degrees of freedom, for which the distribution is a
finite sum (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4). All else is ``scipy.special``'s: its import takes a
fourth of all imports of a run, and is done where it is needed.
"""

from __future__ import annotations

from functools import lru_cache
from math import atan, cos, exp, lgamma, log1p, pi, sin, sqrt
from typing import Final

_MOST: Final = 1_000
"""Degrees of freedom up to which the sum is taken: it has half as many terms."""
_STEPS: Final = 50
"""Newton's steps at most; ten do."""


@lru_cache(maxsize=256)
def ppf(share: float, freedom: float) -> float:
    """Return the value below which a share of the distribution lies."""
    if share > 0.5 and freedom <= _MOST and freedom == int(freedom):
        return _above_the_middle(share, int(freedom))
    from scipy import special

    return float(special.stdtrit(freedom, share))


def sf(value: float, freedom: float) -> float:
    """Return the share of the distribution above a value."""
    from scipy import special

    return float(special.stdtr(freedom, -value))


def _above_the_middle(share: float, freedom: int) -> float:
    """Return ``ppf`` by Newton's method: the distribution bends down there, so that it comes from below."""
    value = 0.0
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)
    for _ in range(_STEPS):
        density = scale * exp(-(freedom + 1) / 2 * log1p(value**2 / freedom))
        step = (2 * share - 1 - _within(value, freedom)) / (2 * density)
        value += step
        if abs(step) <= 1e-15 * value:
            break
    return value


def _within(value: float, freedom: int) -> float:
    """Return the share of the distribution between a value and its negative."""
    angle = atan(value / sqrt(freedom))
    odd = freedom % 2
    term, total = cos(angle) if odd else 1.0, 0.0
    for j in range(1, freedom // 2 + 1):
        total += term
        term *= cos(angle) ** 2 * (2 * j / (2 * j + 1) if odd else (2 * j - 1) / (2 * j))
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total
