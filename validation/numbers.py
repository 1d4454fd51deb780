"""What a heap of errors says: bias, scatter, limits, coverage; and the names and units people read."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import beta, binomtest

from analyzer.metrics.registry import METRICS

RATES: Final = (240.0, 120.0, 60.0)
BAND: Final = (90.0, 98.0)
"""Percent of the truth that honest standard errors have within ± 2."""
HELD: Final = 0.95
"""Share of the truth within ± 2 of errors as large as they say, normally distributed."""
UNLIKELY: Final = 0.05
"""How likely so odd a count is by chance at least, for errors to be compatible with ``HELD`` (two-sided)."""
ENOUGH: Final = 20
"""Values below which a coverage says nothing."""
GROSS: Final = 4.0
"""An error further than this many robust SD from the median is gross; told from ten values on."""

# Units in which people read the errors: factor and symbol.
_UNITS: Final = {
    "s": (1000.0, "ms"), "m": (100.0, "cm"), "deg": (1.0, "°"), "degps": (1.0, "°/s"), "hz": (1.0, "Hz"),
    "mps": (1.0, "m/s"), "mps2": (1.0, "m/s²"), "ratio": (1.0, ""), "pct": (1.0, "%"), "leg": (1.0, "leg"),
    "bw": (1.0, "BW"), "bwpm": (1.0, "BW/m"),
}  # fmt: skip
EXTRA: Final = {
    "touchdown": ("Touchdown", "s"), "toe_off": ("Toe-off", "s"),
    "mean_contact_time": ("Contact time, mean of the run", "s"),
    "mean_flight_time": ("Flight time, mean of the run", "s"),
    "mean_step_length": ("Step length, mean of the run", "m"),
    "mean_step_speed": ("Speed, mean of the run", "mps"),
}  # fmt: skip
"""What is judged without being a metric."""


class Numbers(NamedTuple):
    """Errors of one metric. ``low`` and ``high`` are the 95 % limits of agreement."""

    n: int
    bias: float
    sd: float
    low: float
    high: float
    median: float
    robust_sd: float
    gross: int
    coverage: float


def name_and_unit(metric: str) -> tuple[str, float, str]:
    """Return a metric's label, the factor to the unit people read, and that unit."""
    if metric in EXTRA:
        label, suffix = EXTRA[metric]
    elif metric in METRICS:
        label, suffix = METRICS[metric].label, METRICS[metric].unit.suffix
    else:
        label, suffix = metric.replace("_", " "), "deg"
    factor, unit = _UNITS.get(suffix, (1.0, suffix))
    return label, factor, unit


def named(metric: str) -> str:
    """Return a metric's label with its unit."""
    label, _, unit = name_and_unit(metric)
    return f"{label}, {unit}" if unit else label


def numbers(rows: pd.DataFrame, factor: float = 1.0) -> Numbers:
    """Return what the rows of one metric say, in units of ``factor``."""
    error = factor * (rows["value"] - rows["truth"]).to_numpy(float)
    sd = factor * rows["shown_sd"].to_numpy(float)
    known = np.isfinite(sd)
    bias = float(error.mean())
    spread = float(error.std(ddof=1)) if len(error) > 1 else np.nan
    median = float(np.median(error))
    robust = 1.4826 * float(np.median(np.abs(error - median))) if len(error) > 2 else np.nan
    return Numbers(
        n=len(error), bias=bias, sd=spread, low=bias - 1.96 * spread, high=bias + 1.96 * spread,
        median=median, robust_sd=robust,
        gross=int(np.sum(np.abs(error - median) > GROSS * robust)) if robust > 0 and len(error) >= 10 else 0,
        coverage=100 * float(np.mean(np.abs(error[known]) <= 2 * sd[known])) if known.any() else np.nan,
    )  # fmt: skip


def steady(rows: pd.DataFrame, fps: float, route: str = "video") -> pd.DataFrame:
    """Return the rows of plain runs: still camera, 240 px or more."""
    plain = (rows["tag"] == "steady") & (rows["height_px"] >= 240)
    return rows[plain & (rows["fps"] == fps) & (rows["route"] == route)]


def coverages(rows: pd.DataFrame, shared: str = "") -> pd.DataFrame:
    """Return, for every metric with enough values, n and coverage, and how it stands to the band.

    ``place`` is the bare reading: within, above, below. ``proved`` says so only where 95 % confidence
    limits of the coverage lie beyond the band: 22 of 22 is above 98 % by chance alone. Values of one
    ``shared`` column err alike, so that they count as fewer (Korn & Graubard 1998). ``size`` is the RMS of
    errors in standard errors, 1 where these are as large as they say. ``likely`` tells whether the count is
    compatible with ``HELD``, each value counting as one. Standard errors are those that a drawn clip can show
    (``shown_sd``).
    """
    told = rows[np.isfinite(rows["shown_sd"])]
    told = told.assign(size=(told["value"] - told["truth"]) / told["shown_sd"])
    told["held"] = told["size"].abs() <= 2
    parts = [(str(name), p) for name, p in told.groupby("metric", sort=False) if len(p) >= ENOUGH]
    fewer = np.array([_alike(p, shared) for _, p in parts]) if shared else np.ones(len(parts))
    fewer = max(1.0, float(np.nanmedian(fewer))) if np.isfinite(fewer).any() else 1.0
    found = []
    for metric, part in parts:
        n, share = len(part), float(part["held"].mean())
        k, missed = (x * n / fewer for x in (share, 1 - share))
        low = 100 * float(beta.ppf(0.025, k, missed + 1)) if k else 0.0
        high = 100 * float(beta.ppf(0.975, k + 1, missed)) if missed else 100.0
        size = float(np.sqrt(np.mean(part["size"] ** 2)))
        place = "below" if 100 * share < BAND[0] else "above" if 100 * share > BAND[1] else "within"
        proved = "below" if high < BAND[0] else "above" if low > BAND[1] else ""
        likely = compatible(int(part["held"].sum()), n)
        found.append((metric, n, 100 * share, place, proved, low, high, size, likely))
    names = ["metric", "n", "coverage", "place", "proved", "low", "high", "size", "likely"]
    return pd.DataFrame(found, columns=names)


def compatible(held: int, n: int) -> bool:
    """Tell whether so many of ``n`` values within ± 2 standard errors may be 95 % of all, by a binomial test.

    All of 74 are, all of 76 are not: few values tell little.
    """
    return bool(binomtest(held, n, HELD).pvalue >= UNLIKELY)


def _alike(part: pd.DataFrame, shared: str) -> float:
    """Return how many times the variance of independent values a coverage has; NaN where none misses."""
    share = part["held"].mean()
    if not 0 < share < 1:
        return np.nan
    groups = (part["held"] - share).groupby(part[shared]).sum()
    count = len(groups)
    between = count / (count - 1) * (groups**2).sum() if count > 1 else np.nan
    return float(between / (len(part) * share * (1 - share)))


def show(x: float) -> str:
    """Write a number with two or three digits that count."""
    if not np.isfinite(x):
        return "–"
    size = abs(x)
    return f"{x:.0f}" if size >= 100 else f"{x:.1f}" if size >= 1 else f"{x:.2f}"


def whole(x: float) -> str:
    """Write a number without decimals."""
    return f"{x:.0f}" if np.isfinite(x) else "–"
