"""Whose run it is: what stands over the report, the kinogram and every page that shows a run."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple, Protocol

from analyzer.data.analysis import Dated, day_of

HEADS_HIDDEN: Final = (
    "Heads that were found are hidden. One at the edge of a picture, or half behind another, may not have "
    "been: look before you send it."
)
"""Said where faces are blurred: of the athlete's head the program knows where it is, others it looks for."""


class Named(Dated, Protocol):
    """A run of whatever view."""

    @property
    def name(self) -> str:
        """Of its clip."""


class Who(NamedTuple):
    """The athlete, or the clip where nobody is named; and when, which session, which clip."""

    name: str
    more: str


def who(run: Named) -> Who:
    """Return who ran and when."""
    config = run.config
    day = day_of(run)
    parts = [in_words(day) if day else "", config.session or ""]
    if config.athlete_name:
        parts.append(f"clip {run.name}")
    return Who(config.athlete_name or run.name, " · ".join(part for part in parts if part))


def in_words(day: date) -> str:
    """Return a day as ``3 November 2026``."""
    return f"{day.day} {day:%B %Y}"
