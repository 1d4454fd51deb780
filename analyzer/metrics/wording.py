"""How numbers are written for people: rounded to what the error allows, always with the error."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from analyzer.metrics.registry import Metric, Unit

NOTHING: Final = "–"
"""Stands for a number that there is not."""
UNSEEN: Final = "not seen in this clip"
"""Said of a number that is missing for no other reason."""
REASONS: Final = {
    "fps": "needs a faster camera",
    "clock": "needs the camera's true frame rate",
    "scale": "needs a known length",
    "static": "needs ground that holds still",
    "steps": "needs more steps",
    "beyond_people": "beyond what anyone has done",
    "parent": "made of a number that is itself withheld for its error",
    "noise": "its error is too large for it to say anything",
    "floor": "no larger than noise alone would make",
    "off_axis": "seen too obliquely",
    "hidden": "shown by the near side only",
}
"""What is said of each flag of a value, in the order in which one of several is named."""
TWO_DIGITS: Final = 20.0
"""An error that would be written with more, in units of its last digit, is written with a digit less."""
CLEAR: Final = 1.96
"""Standard errors that a number must lie from zero before its sign is put into words."""
_MILLISECONDS: Final = 1000.0
"""In a second."""


def shown(metric: Metric) -> tuple[float, str, int]:
    """Return how people read a metric: factor on the SI value, symbol, decimals.

    Files keep seconds and metres; people say milliseconds, and centimetres of what is small.
    """
    if metric.unit is Unit.SECOND:
        return _MILLISECONDS, "ms", max(0, metric.decimals - 3)
    if metric.unit is Unit.METRE and metric.decimals > 2:
        return 100.0, "cm", metric.decimals - 2
    return 1.0, metric.unit.symbol, metric.decimals


class Written(NamedTuple):
    """A number as people read it: ``104``, ``4``, ``ms``; no error where none is known."""

    value: str
    error: str
    unit: str


def written(metric: Metric, value: float, sd: float = math.nan) -> Written:
    """Return a number, its error and its unit in words; a dash alone for NaN.

    Parameters
    ----------
    metric : Metric
    value : float
        In SI units, as in the files.
    sd : float
        Its standard error.
    """
    factor, symbol, decimals = shown(metric)
    if not math.isfinite(value):
        return Written(NOTHING, "", "")
    error = ""
    if math.isfinite(sd):
        while decimals > 0 and round(factor * sd * 10.0**decimals) >= TWO_DIGITS:
            decimals -= 1
        # An error that rounds to nothing is told as one of the last digit.
        error = f"{max(factor * sd, 10.0**-decimals if sd > 0 else 0):.{decimals}f}"
    return Written(signed(factor * value, decimals), error, symbol)


def clear(value: float, sd: float) -> bool:
    """Tell whether a number is clear of its own error: its 95 % interval leaves out zero."""
    return math.isfinite(value) and math.isfinite(sd) and abs(value) > CLEAR * sd


def number(metric: Metric, value: float, sd: float = math.nan, *, unit: bool = True) -> str:
    """Return ``104 ± 4 ms``; a dash for NaN.

    Parameters
    ----------
    metric : Metric
    value : float
        In SI units, as in the files.
    sd : float
        Its standard error; without one no ± is written.
    unit : bool
        Whether the unit is written.
    """
    value_text, error, symbol = written(metric, value, sd)
    text = f"{value_text} ± {error}" if error else value_text
    if not unit or not symbol:
        return text
    return f"{text}{symbol}" if metric.unit is Unit.DEGREE else f"{text} {symbol}"


def interval(metric: Metric, low: float, high: float) -> str:
    """Return ``85–110 ms``, or an empty text when there is no interval.

    Parameters
    ----------
    metric : Metric
    low, high : float
        In SI units, as in the files.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    factor, symbol, decimals = shown(metric)
    # An end that rounding alone puts at zero would read as an interval that holds zero.
    while low * high > 0 and decimals < 4 and 0 in (round(factor * end, decimals) for end in (low, high)):
        decimals += 1
    joiner = " to " if min(low, high) < 0 else "–"
    text = f"{signed(factor * low, decimals)}{joiner}{signed(factor * high, decimals)}"
    if not symbol:
        return text
    return f"{text}{symbol}" if metric.unit is Unit.DEGREE else f"{text} {symbol}"


def signed(value: float, decimals: int) -> str:
    """Return a number with a real minus sign and no negative zero."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")


def reason(flags: Iterable[str]) -> str:
    """Return in a few words why there is no number, from the flags of its values."""
    found = set(flags)
    return next((words for flag, words in REASONS.items() if flag in found), UNSEEN)
