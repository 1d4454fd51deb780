"""How numbers are written for people: rounded to what the error allows, always with the error."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from analyzer.metrics.registry import Metric, Quantity, Unit
from analyzer.metrics.summary import NORMAL_95

NOTHING: Final = "–"
"""Stands for a number that there is not."""
NOT_GIVEN: Final = "Not given: "
"""Stands before the reason in the note of a summary without a number."""
UNSEEN: Final = "not seen in this clip"
"""Said of a number that is missing for no other reason."""
_CLOSER: Final = "Film closer, in good light, with a fast shutter and more frames a second."
"""Advice against errors of joints and contacts."""


class Reason(NamedTuple):
    """Why there is no number.

    words : said of a single one
    before : said before a list of those that lack for it
    advice : what to do about it
    """

    words: str
    before: str
    advice: str


REASONS: Final = {
    "belt": Reason(
        "a treadmill's speed does not change",
        "A treadmill's speed does not change, so these are not given",
        "Film a run over the ground.",
    ),
    "fps": Reason(
        "needs a faster camera",
        "The camera is too slow ({fps}) for",
        "{faster}",
    ),
    "clock": Reason(
        "needs the camera's true frame rate",
        "The clip plays in slow motion by an unknown factor, so these are not given",
        "State the rate the camera filmed at.",
    ),
    "fast": Reason(
        "needs the camera's true clock",
        "The clip plays faster than life by an unknown factor, so these are not given",
        "Use the clip as the camera recorded it.",
    ),
    "legs": Reason(
        "the legs were often read longer than they are",
        "Legs were often read longer than they are, so these are not given",
        "Film when nobody runs beside the athlete and nothing covers the legs.",
    ),
    "scale": Reason(
        "needs a known length",
        "No length is known in this clip, so these are not given",
        "State the athlete's height, or two points a known distance apart.",
    ),
    "static": Reason(
        "needs ground that holds still",
        "The ground slides under the standing feet: the camera's motion, or a treadmill's, is not "
        "known well enough for",
        "Film from a tripod, or state the belt's speed.",
    ),
    "steps": Reason(
        "needs more steps",
        "Too few contacts ({steps}) for",
        "Film more steps: stand further away, or follow the athlete with the camera.",
    ),
    "beyond_people": Reason(
        "beyond what anyone has done",
        "Beyond what anyone has done, so these are not given",
        "Check the length and the capture rate that were given; film the start with more frames a second.",
    ),
    "parent": Reason(
        "made of a number that is itself withheld for its error",
        "Made of a number that is withheld for its error, so these are not given",
        _CLOSER,
    ),
    "noise": Reason(
        "its error is too large for it to say anything",
        "The error is too large to say anything for",
        _CLOSER,
    ),
    "floor": Reason(
        "no larger than noise alone would make",
        "No larger than noise alone would make",
        _CLOSER,
    ),
    "no_row": Reason(
        "too many steps are out of row with those before and after",
        "Too many steps are out of row with those before and after, so these are not given",
        "Film square to the lane, closer, from a tripod; look at the contacts in the video.",
    ),
    "off_axis": Reason(
        "seen too obliquely",
        "The athlete was seen too obliquely for",
        "Stand so that the athlete passes square in front of the camera.",
    ),
    "hidden": Reason(
        "shown by the near side only",
        "Only the side towards the camera shows this, and it was not seen",
        "Film more steps.",
    ),
}
"""By the flag of a value, in the order in which one of several is named.

The first eight and "off_axis" are those of ``gates.closed``; "hidden" and "off_axis" those of
``gates.flags``; "noise" and "floor" follow from the standard error, "parent" from that of what a number is
made of, "beyond_people" from the number, "no_row" from those of the other steps.
"""
FASTER: Final = (120.0, 240.0)
"""Frames a second that phones film at in slow motion."""
TWO_DIGITS: Final = 20.0
"""An error that would be written with more, in units of its last digit, is written with a digit less."""
CLEAR: Final = NORMAL_95
"""Standard errors that a number must lie from zero before its sign is put into words."""
_MILLISECONDS: Final = 1000.0
"""In a second."""


def faster(fps: float) -> str:
    """Say at which rate to film where this one is too slow: none that is not faster."""
    above = [f"{rate:.0f}" for rate in FASTER if rate > 1.1 * fps]
    if not above:
        return "Film at more frames a second."
    return f"Film at {' or better '.join(above)} frames a second (slow motion)."


def shown(metric: Quantity) -> tuple[float, str, int]:
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


def written(metric: Quantity, value: float, sd: float = math.nan) -> Written:
    """Return a number, its error and its unit in words; a dash alone for NaN.

    Parameters
    ----------
    metric : Quantity
    value : float
        In SI units, as in the files.
    sd : float
        Its standard error.
    """
    factor, symbol, decimals = shown(metric)
    if not math.isfinite(value):
        return Written(NOTHING, "", "")
    return Written(*rounded(factor * value, factor * sd, decimals), symbol)


def rounded(value: float, sd: float, decimals: int, fewest: int = 0) -> tuple[str, str]:
    """Return a number and its error with as many decimals as the error deserves; without one, no error.

    Parameters
    ----------
    value, sd : float
        In the unit that is written.
    decimals, fewest : int
        At most, and at least.
    """
    error = ""
    if math.isfinite(sd):
        while decimals > fewest and round(sd * 10.0**decimals) >= TWO_DIGITS:
            decimals -= 1
        # An error that rounds to nothing is told as one of the last digit.
        error = f"{max(sd, 10.0**-decimals if sd > 0 else 0):.{decimals}f}"
    return signed(value, decimals), error


def clear(value: float, sd: float) -> bool:
    """Tell whether a number is clear of its own error: its 95 % interval leaves out zero."""
    return math.isfinite(value) and math.isfinite(sd) and abs(value) > CLEAR * sd


def number(metric: Quantity, value: float, sd: float = math.nan, *, unit: bool = True) -> str:
    """Return ``104 ± 4 ms``; a dash for NaN.

    Parameters
    ----------
    metric : Quantity
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


def interval(metric: Quantity, low: float, high: float) -> str:
    """Return ``85–110 ms``, or an empty text when there is no interval.

    Parameters
    ----------
    metric : Quantity
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


def more_or_less(metric: Quantity, difference: float) -> str:
    """Return a difference as ``0.35 m less``, and one that is written as zero without its way."""
    factor, _, decimals = shown(metric)
    size = number(metric, abs(difference))
    if round(factor * difference, decimals) == 0:
        return size
    return f"{size} {'more' if difference > 0 else 'less'}"


def sized(metric: Quantity, low: float, high: float) -> str:
    """Return an interval that leaves out zero by its sizes alone, the smaller first: ``0.27–0.48 m``.

    For words that say already which way it goes.
    """
    return interval(metric, *sorted((abs(low), abs(high))))


def between(metric: Quantity, low: float, high: float) -> str:
    """Return between which values a difference lies: ``0.27–0.48 m``, ``0.10 m less to 0.20 m more``.

    Which way it goes is said only where both are possible: the difference beside it says it already.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    if low < 0 < high:
        return f"{more_or_less(metric, low)} to {more_or_less(metric, high)}"
    return sized(metric, low, high)


def signed(value: float, decimals: int) -> str:
    """Return a number with a real minus sign and no negative zero."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")


def reason(flags: Iterable[str], metric: Metric | None = None, fps: float = math.nan) -> str:
    """Return in a few words why there is no number, from the flags of its values.

    With the metric and the camera's rate, frames a second, a camera that is too slow is told by both.
    """
    found = set(flags)
    first = next((flag for flag in REASONS if flag in found), None)
    if first == "fps" and metric is not None:
        return f"needs {metric.min_fps:.0f} frames a second, here {fps:.0f}"
    return REASONS[first].words if first else UNSEEN
