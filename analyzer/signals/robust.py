"""Statistics that a few wild values cannot spoil: the scaled median deviation and Huber's weights."""

from __future__ import annotations

from typing import Final, NamedTuple, overload

import numpy as np

from analyzer.arrays import Array

MAD_TO_SD: Final = 1.4826
"""Standard deviation of a normal distribution by its median absolute deviation: 1 / 0.6745."""
HUBER_LIMIT: Final = 2.0
"""Standard errors beyond which Huber's loss grows no longer with the square but evenly.

Smaller and good values lose weight, larger and an outlier keeps it. No measurement is on record.
"""


def median(values: Array) -> Array:
    """Return the median along the first axis, to the bit as ``np.median`` of known values.

    Of a few hundred values it takes a tenth of that one's time, which goes into what it allows for.
    """
    ordered = np.sort(values, axis=0)
    count = len(ordered)
    return np.asarray((ordered[(count - 1) // 2] + ordered[count // 2]) / 2, np.float64)


@overload
def mad(x: Array, axis: None = None) -> float: ...
@overload
def mad(x: Array, axis: int) -> Array: ...
def mad(x: Array, axis: int | None = None) -> float | Array:
    """Return the median absolute deviation from the median, scaled to a standard deviation.

    Parameters
    ----------
    x : array
        NaN is left out; along ``axis`` at least one value must be known.
    axis : int, optional
        Along which deviations are taken; without it over all values together.

    Returns
    -------
    float or array
        In the unit of ``x``: 1.4826 times the median of the absolute deviations.
    """
    deviation = np.abs(x - np.nanmedian(x, axis=axis, keepdims=True))
    scaled = MAD_TO_SD * np.nanmedian(deviation, axis=axis)
    return float(scaled) if axis is None else np.asarray(scaled, np.float64)


def huber_weights(size: Array, limit: float = HUBER_LIMIT) -> Array:
    """Return the weight of residuals of this absolute size: 1 up to ``limit``, then falling as 1 / size."""
    return np.asarray(1 / np.maximum(1.0, size / limit), np.float64)


def huber_loss(size: Array, limit: float = HUBER_LIMIT) -> Array:
    """Return Huber's loss of residuals of this absolute size: a square up to ``limit``, then a tangent."""
    return np.where(size < limit, size**2, 2 * limit * size - limit**2)


class GridFits(NamedTuple):
    """Robust linear fits, one for each place of a grid: what each costs (g,), and its coefficients (g, k)."""

    loss: Array
    coefficients: Array


def huber_fits(
    basis: Array, y: Array, sd: Array | float, prior: Array, prior_sd: Array, rounds: int
) -> GridFits:
    """Fit a linear model at every place of a grid by iteratively reweighted least squares.

    Parameters
    ----------
    basis : (g, n, k)
        The model at each of the ``g`` places of the grid.
    y : (n,) or (g, n)
        What was observed.
    sd : (n,) or float
        Standard deviation of ``y``, in its unit.
    prior, prior_sd : (k,)
        Normal priors of the coefficients: mean and standard deviation.
    rounds : int
        How often the weights are set anew.

    Returns
    -------
    GridFits
        ``loss`` is twice the negative logarithm of the posterior, up to a constant: Huber's loss of the
        residuals in units of ``sd``, plus what the priors cost.
    """
    target = np.broadcast_to(y / sd, basis.shape[:2])[..., None]
    basis = basis / np.broadcast_to(sd, basis.shape[1])[:, None]
    ridge = np.diag(prior_sd**-2.0)
    size: Array = np.zeros(basis.shape[:2])
    fit: Array = np.zeros((len(basis), len(prior)))
    for _ in range(rounds):
        weighted = basis * huber_weights(size)[..., None]
        normal = weighted.transpose(0, 2, 1) @ basis + ridge
        moments = weighted.transpose(0, 2, 1) @ target + (ridge @ prior)[:, None]
        fit = np.asarray(np.linalg.solve(normal, moments)[..., 0], np.float64)
        size = np.abs((target - basis @ fit[..., None])[..., 0])
    cost = (((fit - prior) / prior_sd) ** 2).sum(axis=1)
    return GridFits(np.asarray(huber_loss(size).sum(axis=1) + cost), fit)
