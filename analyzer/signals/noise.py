"""How large a signal's random error is, told from the signal itself."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array
from analyzer.signals.filters import cutoff, dual_pass, frame_rate, low_pass
from analyzer.signals.robust import mad

LONGEST: Final = 0.8
"""Largest correlation from frame to frame that is believed of errors whose memory is not known."""
LONGEST_KNOWN: Final = 0.95
"""The same where the memory is known: the last row of the table that is looked up."""
FEWEST: Final = 8
"""Samples from which size and memory of an error can be told."""
CLIPPED: Final = 4.0
"""Robust standard deviations beyond which a residual is cut to that size: the few frames around an impact,
where the low-pass takes out real movement."""


def noise(
    time: Array, x: Array, frequency_hz: float = 12.0, memory_s: tuple[Array, Array] | None = None
) -> tuple[Array, Array]:
    """Estimate the random error of each column of ``x``: how large, and how long it lasts.

    Landmark errors are correlated from frame to frame, so the jitter above the movement's band tells
    only part of them. A first-order autoregression is fitted to what the low-pass takes out: from
    the residual's variance and lag-1 correlation, and the filter's known effect on such noise, both
    size and memory follow (a residual analysis in the manner of Winter 2009 and Challis 1999).

    Parameters
    ----------
    time : (n,) s
    x : (n,) or (n, m)
    frequency_hz : float
        Above this everything is taken for error.
    memory_s : pair of (m,), optional
        Shortest and longest time after which an error may have faded to 1/e, where that is known. Fast
        movement that passes for error looks like a long memory, and jitter on top of a slow error like a
        short one; the longer it is, the more of the error lies below the frequency, unseen.

    Returns
    -------
    sd, correlation : (m,) or ()
        Standard deviation in the unit of ``x`` and correlation between neighbouring frames, 0 to 0.8
        (0.95 where the memory is known);
        NaN when fewer than eight samples were seen.
    """
    columns = np.asarray(x, dtype=float).reshape(len(x), -1)
    rate = frame_rate(time)
    residual = columns - low_pass(time, columns, frequency_hz)
    out = np.full((2, columns.shape[1]), np.nan)
    phi, lags, shares = _residual_table(cutoff(frequency_hz, rate) / rate)
    shortest, longest = np.zeros(columns.shape[1]), np.full(columns.shape[1], LONGEST)
    if memory_s is not None:
        shortest, longest = (np.exp(-1 / (rate * np.maximum(s, 1e-9))) for s in memory_s)
    least, most = np.interp(shortest, phi, lags), np.interp(longest, phi, lags)
    for j, column in enumerate(residual.T):
        r = column[np.isfinite(column)]
        if len(r) < FEWEST:
            continue
        limit = CLIPPED * mad(r)
        r = np.clip(r, -limit, limit)
        variance = float(np.mean(r**2))
        lag = float(np.mean(r[1:] * r[:-1])) / variance if variance > 0 else 0.0
        lag = float(np.clip(lag, least[j], most[j]))
        out[0, j] = np.sqrt(variance / np.interp(lag, lags, shares))
        out[1, j] = np.interp(lag, lags, phi)
    return out[0].reshape(x.shape[1:]), out[1].reshape(x.shape[1:])


def _residual_table(relative_cutoff: float) -> NDArray[np.float64]:
    """Return rows: AR coefficient, lag-1 correlation of the residual, share of the error's variance in it."""
    phi = np.linspace(0.0, LONGEST_KNOWN, 20)
    f = np.linspace(0, 0.5, 512)
    gain = 1 / (1 + (np.tan(np.pi * f[:-1]) / np.tan(np.pi * relative_cutoff) * dual_pass()) ** 4)
    stop = np.append((1 - gain) ** 2, 1.0)
    rows = []
    for p in phi:
        power = (1 - p**2) / (1 - 2 * p * np.cos(2 * np.pi * f) + p**2)  # unit variance AR(1)
        share = np.trapezoid(power * stop, f) * 2
        lag = np.trapezoid(power * stop * np.cos(2 * np.pi * f), f) * 2 / share
        rows.append((p, lag, share))
    return np.array(rows).T
