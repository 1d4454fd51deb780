"""Whose run it is: what stands over the report, the kinogram and every page that shows a run."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from analyzer.data.analysis import Analysis, day_of


class Who(NamedTuple):
    """The athlete, or the clip where nobody is named; and when, which session, which clip."""

    name: str
    more: str


def who(analysis: Analysis) -> Who:
    """Return who ran and when."""
    config = analysis.config
    day = day_of(analysis)
    parts = [in_words(day) if day else "", config.session or ""]
    if config.athlete_name:
        parts.append(f"clip {analysis.name}")
    return Who(config.athlete_name or analysis.name, " · ".join(part for part in parts if part))


def in_words(day: date) -> str:
    """Return a day as ``3 November 2026``."""
    return f"{day.day} {day:%B %Y}"
