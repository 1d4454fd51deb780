"""What a metric says instead of ``if``, ``max`` and ``mean``: all perturbed copies can then be asked at once.

A metric of a step is a function of a run and a step. For its value both hold plain numbers; for its standard
error the run holds all copies of itself and the step all contacts of one side, and every number is an array
(``uncertainty.together``). What is written with these functions gives the same in both.
"""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np

from analyzer.arrays import Array


def either(condition: bool | np.bool_, yes: float, no: float) -> float:
    """Return ``yes`` where the condition holds and ``no`` where it does not."""
    found: Any = np.where(condition, yes, no)[()]  # a number of numbers
    return found  # type: ignore[no-any-return]


def seen(window: Array) -> int:
    """Return how many samples of a window are there."""
    count: int = np.isfinite(window).sum(axis=0)
    return count


def first(window: Array) -> float:
    """Return the first sample of a window; NaN where it is not seen."""
    found: float = window[0] if len(window) else nan
    return found


def highest(window: Array) -> float:
    """Return the largest sample of a window; NaN where it is not seen."""
    found: float = np.fmax.reduce(window, axis=0, initial=nan)
    return found


def lowest(window: Array) -> float:
    """Return the smallest sample of a window; NaN where it is not seen."""
    found: float = np.fmin.reduce(window, axis=0, initial=nan)
    return found


def total(window: Array) -> float:
    """Return the sum of the samples of a window; 0 where it is not seen."""
    found: float = np.where(np.isfinite(window), window, 0.0).sum(axis=0)
    return found


def mean(window: Array) -> float:
    """Return the mean of the samples of a window; NaN where it is not seen."""
    with np.errstate(invalid="ignore"):
        found: float = np.divide(total(window), seen(window))
    return found
