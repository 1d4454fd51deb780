"""A recursive filter on many signals at once, block by block: what ``scipy.signal`` does, without its import.

That import takes as long as the numbers of a short clip; tests hold these against it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from analyzer.arrays import Array

BLOCK: Final = 32
"""Samples filtered in one product of matrices: fewer take more products, more take larger ones."""


@lru_cache(maxsize=256)
def butterworth(share: float, order: int = 2) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return numerator and denominator of a Butterworth low-pass (bilinear transform).

    Parameters
    ----------
    share : float
        Design frequency over half the sampling rate.
    order : int
        Even: a product of sections of second order, one for each pair of poles.
    """
    warped = np.tan(np.pi * share / 2)
    b, a = np.ones(1), np.ones(1)
    for section in range(order // 2):
        damping = 2 * np.sin(np.pi * (2 * section + 1) / (2 * order))
        whole = 1 + damping * warped + warped**2
        b = np.convolve(b, np.array([1.0, 2.0, 1.0]) * warped**2 / whole)
        a = np.convolve(a, [1.0, 2 * (warped**2 - 1) / whole, (1 - damping * warped + warped**2) / whole])
    return tuple(b.tolist()), tuple(a.tolist())


@lru_cache(maxsize=256)
def _matrices(b: tuple[float, ...], a: tuple[float, ...]) -> tuple[Array, Array, Array, Array]:
    """Return what turns a block and the state before it into the output and the state after it."""
    order = len(a) - 1
    forward = np.zeros((order, order))
    forward[:, 0], forward[:-1, 1:] = -np.array(a[1:]), np.eye(order - 1)
    into = np.array(b[1:]) - np.array(a[1:]) * b[0]
    powers = [np.eye(order)]
    for _ in range(BLOCK):
        powers.append(forward @ powers[-1])
    response = np.array([b[0], *(float((p @ into)[0]) for p in powers[: BLOCK - 1])])
    lag = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK))
    now = np.where(lag >= 0, response[np.maximum(lag, 0)], 0.0)
    seen = np.array([p[0] for p in powers[:BLOCK]])
    kept = np.stack([powers[BLOCK - 1 - i] @ into for i in range(BLOCK)], axis=1)
    return now, seen, kept, np.array([*powers])


def run(b: tuple[float, ...], a: tuple[float, ...], x: Array, state: Array | None = None) -> Array:
    """Filter (n, m) signals forwards.

    Parameters
    ----------
    b, a : coefficients, as many of both; ``a[0]`` is 1
    x : (n, m)
    state : (order, m), optional
        Before the first sample; 0 where it is left out.
    """
    now, seen, kept, powers = _matrices(b, a)
    at = np.zeros((len(a) - 1, x.shape[1])) if state is None else state
    out = np.empty_like(x)
    for start in range(0, len(x), BLOCK):
        part = x[start : start + BLOCK]
        count = len(part)
        out[start : start + count] = now[:count, :count] @ part + seen[:count] @ at
        at = powers[count] @ at + kept[:, BLOCK - count :] @ part
    return out


def both_ways(b: tuple[float, ...], a: tuple[float, ...], x: Array, padding: int) -> Array:
    """Filter (n, m) signals forwards and backwards, so that nothing lags.

    The signals are continued at both ends by ``padding`` samples, mirrored about their last one; the filter
    starts as if the first of these had lasted for ever.
    """
    start, stop = 2 * x[0] - x[padding:0:-1], 2 * x[-1] - x[-2 : -padding - 2 : -1]
    long = np.concatenate([start, x, stop])
    steady = _steady(b, a)[:, None]
    forwards = run(b, a, long, steady * long[0])[::-1]
    backwards = run(b, a, np.ascontiguousarray(forwards), steady * forwards[0])[::-1]
    return backwards[padding : len(backwards) - padding]


def _steady(b: tuple[float, ...], a: tuple[float, ...]) -> Array:
    """Return the state (order,) that a signal of 1 settles at."""
    order = len(a) - 1
    forward = np.zeros((order, order))
    forward[:, 0], forward[:-1, 1:] = -np.array(a[1:]), np.eye(order - 1)
    into = np.array(b[1:]) - np.array(a[1:]) * b[0]
    return np.asarray(np.linalg.solve(np.eye(order) - forward, into))
