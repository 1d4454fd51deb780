"""Whose run it is: what stands over the report, the kinogram and every page that shows a run."""

from __future__ import annotations

from typing import NamedTuple

from analyzer.data.analysis import Analysis


class Who(NamedTuple):
    """The athlete, or the clip where nobody is named; and when, which session, which clip."""

    name: str
    more: str


def who(analysis: Analysis) -> Who:
    """Return who ran and when: as the settings say, else the day on which the file was recorded."""
    config = analysis.config
    day = config.date
    if day is None and analysis.video is not None:
        day = analysis.video.recorded
    parts = [f"{day.day} {day:%B %Y}" if day else "", config.session or ""]
    if config.athlete_name:
        parts.append(f"clip {analysis.name}")
    return Who(config.athlete_name or analysis.name, " · ".join(part for part in parts if part))
