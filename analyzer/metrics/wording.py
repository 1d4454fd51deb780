"""How numbers are written for people: rounded to what the error allows, always with the error."""

from __future__ import annotations

import math
from typing import Final

from analyzer.metrics.registry import Metric, Unit

NOTHING: Final = "–"
_MILLISECONDS: Final = 1000.0


def shown(metric: Metric) -> tuple[float, str, int]:
    """Return how people read a metric: factor on the SI value, symbol, decimals.

    Files keep seconds and metres; people say milliseconds, and centimetres of what is small.
    """
    if metric.unit is Unit.SECOND:
        return _MILLISECONDS, "ms", max(0, metric.decimals - 3)
    if metric.unit is Unit.METRE and metric.decimals > 2:
        return 100.0, "cm", metric.decimals - 2
    return 1.0, metric.unit.symbol, metric.decimals


def number(metric: Metric, value: float, sd: float = math.nan, *, unit: bool = True) -> str:
    """Return ``104 ± 4 ms``; a dash for NaN."""
    text, error, symbol = parts(metric, value, sd)
    if error:
        text += f" ± {error}"
    if not unit or not symbol or text == NOTHING:
        return text
    return f"{text}{symbol}" if symbol.startswith("°") and "/" not in symbol else f"{text} {symbol}"


def parts(metric: Metric, value: float, sd: float = math.nan) -> tuple[str, str, str]:
    """Return number, error and unit apart: ``("104", "4", "ms")``; a dash for NaN, "" for no error."""
    factor, symbol, decimals = shown(metric)
    if not math.isfinite(value):
        return NOTHING, "", symbol
    error = f"{max(factor * sd, 10.0**-decimals if sd > 0 else 0):.{decimals}f}" if math.isfinite(sd) else ""
    return signed(factor * value, decimals), error, symbol


def interval(metric: Metric, low: float, high: float) -> str:
    """Return ``85–110 ms``, or an empty text when there is no interval."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    factor, symbol, decimals = shown(metric)
    # An end that rounding alone puts at zero would read as an interval that holds zero.
    while low * high > 0 and decimals < 4 and 0 in (round(factor * end, decimals) for end in (low, high)):
        decimals += 1
    joiner = " to " if min(low, high) < 0 else "–"
    text = f"{signed(factor * low, decimals)}{joiner}{signed(factor * high, decimals)}"
    return f"{text} {symbol}".rstrip().replace(" °", "°") if symbol != "°/s" else f"{text} °/s"


def signed(value: float, decimals: int) -> str:
    """Return a number with a real minus sign and no negative zero."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")
