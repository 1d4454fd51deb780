"""A person's lengths as people type them: 1.80, 1,80, 180 cm, 5'11."""

from __future__ import annotations

import re
from typing import Any, Final

_METRIC: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|cm)?", re.IGNORECASE)
_FEET: Final = re.compile(
    r"(\d)\s*(?:'|′|’|ft|feet)\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|''|in|inches)?)?", re.IGNORECASE
)
FOOT_M: Final = 0.3048
"""One foot, m, by definition; twelve inches."""
CENTIMETRES: Final = (40.0, 250.0)
"""Numbers without a unit that are no metres, but a person's length in centimetres."""


def metres(value: Any) -> Any:
    """Return a length in metres; what is no text comes back as it is, to be checked as a number.

    Parameters
    ----------
    value : str or number
        "1.80", "1,80", "1.80 m", "180 cm", "5'11" or "5ft 11in".

    Raises
    ------
    ValueError
        It is not a length, or a number that only makes sense in centimetres.
    """
    if isinstance(value, str):
        text = value.strip()
        if feet := _FEET.fullmatch(text):
            return round(FOOT_M * (int(feet[1]) + _number(feet[2] or "0") / 12), 4)
        found = _METRIC.fullmatch(text)
        if not found:
            raise ValueError(
                f"{text!r} is no length: give metres, such as 1.80, or feet and inches, such as 5'11."
            )
        number, unit = _number(found[1]), (found[2] or "").lower()
        if unit == "cm":
            return number / 100
        value = number
    if isinstance(value, int | float) and CENTIMETRES[0] <= value <= CENTIMETRES[1]:
        raise ValueError(f"it is in metres, and {value:g} is too much: is {value / 100:.2f} meant?")
    return value


def _number(text: str) -> float:
    return float(text.replace(",", "."))
