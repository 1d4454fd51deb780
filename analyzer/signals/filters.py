"""Outliers, gaps, zero-lag low-pass and derivatives, on a clock that may tick unevenly.

Every function takes ``time`` (n,) in seconds and ``x`` (n,) or (n, m), one column a signal, NaN where
nothing was seen, and treats each run of seen samples by itself, so nothing rings across a gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array, Bools
from analyzer.signals import monotone, recursive
from analyzer.signals.robust import MAD_TO_SD

UNEVEN: Final = 0.02
"""Frame intervals that vary by more than this fraction to either side are filtered on a resampled, even
clock."""
ORDER: Final = 2
"""Order of the low-pass, run twice."""
MOST_OF_RATE: Final = 0.25
"""Highest cut-off as a share of the frame rate: half of what sampling at that rate can show."""
PADDING: Final = 1.5
"""Periods of the cut-off by which a run is mirrored at its ends before it is filtered."""
LONGEST_GAP: Final = 30.0
"""Usual frame intervals without a frame after which a run ends: what a joint did in longer ones nobody knows,
and an even clock through a gap of minutes would take work without end."""
FEWEST: Final = 4
"""Samples from which a run is filtered; a shorter one stays as it is."""
FEWEST_JUDGED: Final = 7
"""Samples from which outliers are looked for: the curve takes two neighbours on either side."""


def frame_rate(time: Array) -> float:
    """Return the median frame rate of a clock, in hertz."""
    return float(1.0 / np.median(np.diff(time)))


def runs(mask: Bools) -> Iterator[tuple[int, int]]:
    """Yield ``(start, stop)`` of every run of true in a (n,) mask, ``stop`` exclusive."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    yield from ((int(a), int(b)) for a, b in edges.reshape(-1, 2))


def outliers(x: Array, threshold: float = 6.0, floor: float = 0.0) -> Bools:
    """Mark samples that stand out from the curve through their neighbours (a Hampel rule).

    The neighbours' curve, not their median, because a sprinter's foot moves 0.3 m between the frames
    of a 60 fps clip.

    Parameters
    ----------
    x : (n,) or (n, m)
    threshold : float
        In robust standard deviations of the column's own residuals.
    floor : float
        Deviations below this, in the unit of ``x``, are never outliers.

    Returns
    -------
    (n,) or (n, m) bool
    """
    columns = x.reshape(len(x), -1)
    marked = np.zeros(columns.shape, dtype=bool)
    if len(x) < FEWEST_JUDGED:
        return marked.reshape(x.shape)
    # Cubic through the two neighbours on each side, judged against the quieter of the column's
    # residuals: a single bad sample also disturbs the residuals beside it, so only local maxima count.
    residual = np.full(columns.shape, np.nan)
    inner = columns[2:-2]
    residual[2:-2] = inner - (4 * (columns[1:-3] + columns[3:-1]) - columns[:-4] - columns[4:]) / 6
    size = np.abs(residual)
    centre = np.zeros(columns.shape[1])
    seen = np.isfinite(size).any(axis=0)
    centre[seen] = np.nanmedian(size[:, seen], axis=0)
    limit = np.maximum(threshold * MAD_TO_SD * centre, floor)
    around = np.nan_to_num(size)
    peak = around[1:-1] >= np.maximum(around[:-2], around[2:])
    marked[1:-1] = peak & (around[1:-1] > limit)
    return marked.reshape(x.shape)


def bridge(time: Array, x: Array, longest_s: float = 0.04) -> Array:
    """Fill short gaps with a monotone cubic through what is around them.

    Parameters
    ----------
    time : (n,) s
    x : (n,) or (n, m), NaN = not seen
    longest_s : float
        A gap is filled when it lasts at most so long or is a single frame; longer gaps and the ends stay
        NaN.

    Returns
    -------
    Same shape as ``x``.
    """
    out = np.array(x, dtype=float).reshape(len(x), -1)
    most = max(1, round(longest_s * frame_rate(time)))
    monotone.bridge(time, out, most)
    return out.reshape(x.shape)


def cutoff(frequency_hz: float, fps: float) -> float:
    """Return the cut-off a frame rate allows, Hz: never above a quarter of it."""
    return min(frequency_hz, MOST_OF_RATE * fps)


def dual_pass(order: int = ORDER) -> float:
    """Return cut-off over design frequency with which two passes leave -3 dB at the cut-off (Winter 2009).

    0.802 for filters of second order.
    """
    return float((2**0.5 - 1) ** (1 / (2 * order)))


def low_pass(time: Array, x: Array, frequency_hz: float, order: int = ORDER) -> Array:
    """Low-pass without lag: a Butterworth filter run forwards and backwards.

    The design frequency is corrected so that the two passes together are 3 dB down at
    ``frequency_hz`` (Winter 2009). An uneven clock is resampled to an even one and back with PCHIP.
    Runs of fewer than four samples are returned as they are; a run ends at a gap in the clock, too
    (``LONGEST_GAP``).

    Parameters
    ----------
    time : (n,) s
    x : (n,) or (n, m), NaN = not seen
    frequency_hz : float
        Clamped to a quarter of the frame rate.
    order : int
        Of the filter before it is run a second time; a higher one parts more sharply what is kept from what
        is not.

    Returns
    -------
    Same shape as ``x``; NaN exactly where ``x`` is.
    """
    columns = np.asarray(x, dtype=float).reshape(len(x), -1)
    out = columns.copy()
    if len(time) < FEWEST:
        return out.reshape(x.shape)
    rate = frame_rate(time)
    warped = np.tan(np.pi * cutoff(frequency_hz, rate) / rate) / dual_pass(order)
    b, a = recursive.butterworth(float(2 / np.pi * np.arctan(warped)), order)
    reach = round(PADDING * rate / cutoff(frequency_hz, rate))
    breaks = np.flatnonzero(np.diff(time) * rate > LONGEST_GAP) + 1
    seen = np.isfinite(columns)
    for members in _seen_alike(seen):
        pattern = seen[:, members].reshape(len(seen), -1)[:, 0]
        for start, stop in _unbroken(pattern, breaks):
            if stop - start < FEWEST:
                continue
            t, y = time[start:stop], columns[start:stop, members]
            step = np.diff(t)
            uneven = np.ptp(step) > 2 * UNEVEN * np.median(step)
            if uneven:
                even = np.linspace(t[0], t[-1], round((t[-1] - t[0]) * rate) + 1)
                y = monotone.through(t, y)(even)
            if len(y) >= FEWEST:
                y = recursive.both_ways(b, a, y, min(reach, len(y) - 1))
            out[start:stop, members] = monotone.through(even, y)(t) if uneven and len(y) > 1 else y
    return out.reshape(x.shape)


def _seen_alike(seen: Bools) -> list[Any]:
    """Return which columns of (n, m) are seen in the same frames and can be filtered together: mostly all."""
    if (seen == seen[:, :1]).all():
        return [slice(None)]
    groups: dict[bytes, list[int]] = {}
    for column, bits in enumerate(np.packbits(seen.T, axis=1)):
        groups.setdefault(bits.tobytes(), []).append(column)
    return [*groups.values()]


def _unbroken(mask: Bools, breaks: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Yield ``(start, stop)`` of every run of true in a (n,) mask, cut at the frames ``breaks``."""
    for start, stop in runs(mask):
        inside = breaks[(breaks > start) & (breaks < stop)].tolist()
        yield from pairwise([start, *inside, stop])


def derivative(time: Array, x: Array) -> Array:
    """Return the time derivative by central differences; one-sided next to a gap or an end."""
    columns = np.asarray(x, dtype=float).reshape(len(x), -1)
    if len(time) < 2:
        return np.full(x.shape, np.nan)
    out = np.gradient(columns, time, axis=0)
    seen = np.isfinite(columns)
    if not seen.all():
        step = np.diff(time)[:, None]
        slope = np.diff(columns, axis=0) / step
        after = np.vstack([slope, np.full((1, columns.shape[1]), np.nan)])
        before = np.vstack([np.full((1, columns.shape[1]), np.nan), slope])
        out = np.where(np.isfinite(out), out, np.where(np.isfinite(after), after, before))
        out[~seen] = np.nan
    return np.asarray(out.reshape(x.shape))
