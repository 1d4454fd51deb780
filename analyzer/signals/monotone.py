"""The monotone cubic through samples (PCHIP, Fritsch and Butland), on many signals at once.

What ``scipy.interpolate.PchipInterpolator`` gives, from the four samples around each place alone; its import
takes as long as all the gaps of a clip, and one curve a signal longer than that. Tests hold these against it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analyzer.arrays import Array, Bools


def through(time: Array, x: Array) -> Callable[[Array], Array]:
    """Return the curve through samples ``x`` (n, m) at ``time`` (n,), n ≥ 2, within its ends."""
    n = len(time)

    def curve(at: Array) -> Array:
        first = np.clip(np.searchsorted(time, at, side="right") - 1, 0, n - 2)
        around = np.clip(first + np.arange(-1, 3)[:, None], 0, n - 1)
        inside = np.array([first > 0, first < n - 2])[..., None]
        return _between(time[around][..., None], x[around], inside, at[:, None])

    return curve


def bridge(time: Array, x: Array, most: int) -> None:
    """Fill gaps in place: the curve through what is seen of each signal goes across them.

    Parameters
    ----------
    time : (n,) s
    x : (n, m), NaN = not seen
    most : int
        Samples of a gap that is filled, at most.
    """
    seen = np.isfinite(x)
    if seen.all():
        return
    n = len(time)
    place = np.where(seen, np.arange(n)[:, None], -1)
    before = np.maximum.accumulate(place, axis=0)  # the last sample that is seen, up to here
    place[~seen] = n
    after = np.minimum.accumulate(place[::-1], axis=0)[::-1]
    row, column = np.nonzero(~seen & (before >= 0) & (after < n) & (after - before - 1 <= most))
    if not len(row):
        return
    left, right = before[row, column], after[row, column]
    first = np.where(left > 0, before[left - 1, column], -1)
    last = np.where(right < n - 1, after[np.minimum(right + 1, n - 1), column], n)
    around = np.clip([first, left, right, last], 0, n - 1)
    inside = np.array([first >= 0, last < n])
    x[row, column] = _between(time[around], x[around, column], inside, time[row])


def _between(time: Array, x: Array, inside: Bools, at: Array) -> Array:
    """Return the curve at places between the middle two of four samples.

    Parameters
    ----------
    time, x : (4, ...)
    inside : (2, ...)
        Whether the first, and the last, of the four is a sample, and not the middle two an end.
    at : (...)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        wide, slope = np.diff(time, axis=0), np.diff(x, axis=0) / np.diff(time, axis=0)
    slope = np.where([inside[0], np.ones_like(inside[0]), inside[1]], slope, slope[1])
    one = _inner(wide[:2], slope[:2])
    two = _inner(wide[1:], slope[1:])
    begin = np.where(inside[0], one, np.where(inside[1], _end(wide[1:], slope[1:]), slope[1]))
    end = np.where(inside[1], two, np.where(inside[0], _end(wide[1::-1], slope[1::-1]), slope[1]))
    bend = (begin + end - 2 * slope[1]) / wide[1]
    s = at - time[1]
    cubic, square = bend / wide[1], (slope[1] - begin) / wide[1] - bend
    return np.asarray(x[1] + begin * s + square * (s * s) + cubic * (s * s * s))


def _inner(wide: Array, slope: Array) -> Array:
    """Return the slope at the sample between two: their weighted harmonic mean, 0 at a turn."""
    turns = (np.sign(slope[0]) != np.sign(slope[1])) | (slope[0] == 0) | (slope[1] == 0)
    first, second = 2 * wide[1] + wide[0], wide[1] + 2 * wide[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (first / slope[0] + second / slope[1]) / (first + second)
        return np.where(turns, 0.0, 1 / mean)


def _end(wide: Array, slope: Array) -> Array:
    """Return the slope at an end: of the parabola through three samples, unless that would overshoot."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = ((2 * wide[0] + wide[1]) * slope[0] - wide[0] * slope[1]) / (wide[0] + wide[1])
    over = (np.sign(slope[0]) != np.sign(slope[1])) & (np.abs(found) > 3 * np.abs(slope[0]))
    return np.where(np.sign(found) != np.sign(slope[0]), 0.0, np.where(over, 3 * slope[0], found))
