"""The works behind the report: named short in the text, and in full once at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from analyzer.metrics import METRICS
from analyzer.metrics.references import citations
from analyzer.outputs.report.sections import MORE_WORKS, SECTIONS

_SHORT: Final = {"AQ": "AthleticQuickness", "SportIAT2025": "IAT 2025", "Haugen2018b": "Haugen 2018"}
"""Names of works whose key is no name and year."""


def short(key: str) -> str:
    """Return how a work is named in the text: name and year."""
    return _SHORT.get(key) or re.sub(r"(?<=[a-z])(?=\d{4})", " ", key)


def works(ideas: Iterable[str]) -> list[tuple[str, str]]:
    """Return every work the report rests on: its name in the text, and in full; the ideas' come last.

    Parameters
    ----------
    ideas : iterable of str
        Works that coaching ideas were read in.
    """
    known = citations()
    used = {key for m in METRICS.values() for key in m.citations} | {k for s in SECTIONS for k in s.works}
    rows = [(short(k), MORE_WORKS[k] if k in MORE_WORKS else known[k].work) for k in sorted(used)]
    return [*rows, *(("coaching idea", work) for work in sorted(set(ideas)))]
