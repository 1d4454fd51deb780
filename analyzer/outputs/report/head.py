"""The first screen: five numbers with their errors and frames, and one line on what limits the clip."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.comparison.from_to import Ends, ends
from analyzer.comparison.ideas import look
from analyzer.comparison.standing import UNCLEAR, Link, Standing, links, standings
from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.metrics import HEADLINE, METRICS
from analyzer.metrics.breaking import in_row
from analyzer.metrics.wording import NOTHING, clear, number, written
from analyzer.outputs.report.withheld import NOT_SEEN, Missing, reason, sentence

LARGER_ERROR: Final = "its error is larger than the number"
"""Said in place of a headline that its error hides."""
MOST: Final = {
    "step_speed": "fastest",
    "step_frequency": "quickest",
    "step_length": "longest",
    "contact_time": "longest",
    "flight_time": "longest",
}
"""What the step with the largest number of a headline is called."""

VIEW: Final = ("off_axis", "view")
"""Codes of notes on the view, which limits every angle and length, however fast the camera."""
BEATS: Final = ("step_time", "step_frequency")
"""Every run has a beat: it says nothing of how the parts work together."""
FEW: Final = 2
"""Things that are named where nothing stands out."""


@dataclass(frozen=True)
class Card:
    """A headline, ready to print; ``time_s`` is when to look, NaN for no single moment."""

    label: str
    value: str
    error: str = ""
    unit: str = ""
    more: str = ""
    see: str = ""
    time_s: float = math.nan


def cards(analysis: Analysis) -> list[Card]:
    """Return the five numbers of the first screen."""
    return [_card(analysis, name) for name in HEADLINE]


def _card(analysis: Analysis, name: str) -> Card:
    metric, row = METRICS[name], analysis.summary(name)
    if row is None or not math.isfinite(row.mean):
        return Card(metric.label, NOTHING, more=reason(analysis, name))
    if row.mean_se >= abs(row.mean):
        return Card(metric.label, NOTHING, more=LARGER_ERROR)
    value, error, unit = written(metric, row.mean, row.mean_se)
    course = ends(analysis, name)
    if course is not None:
        return _course(analysis, name, course)
    values = in_row(analysis.values, name)
    if len(values) < 2:
        return Card(metric.label, value, error, unit, f"mean of {row.n}")
    best = max(values, key=lambda v: v.value)
    step = next((s for s in analysis.steps if s.number == best.step), None)
    see = f"{MOST[name]}: {number(metric, best.value, best.sd, unit=False)}, step {best.step}"
    return Card(
        metric.label, value, error, unit, f"mean of {row.n}", see, step.touchdown_s if step else math.nan
    )


def _course(analysis: Analysis, name: str, found: Ends) -> Card:
    """Return a headline of a run that is not steady: its first and its last step."""
    metric = METRICS[name]
    first, last = (written(metric, v.value, v.sd) for v in found)
    step = next((s for s in analysis.steps if s.number == found.last.step), None)
    see = f"last: {number(metric, found.last.value, found.last.sd, unit=False)}, step {found.last.step}"
    return Card(
        metric.label,
        f"{first.value} to {last.value}",
        f"{first.error} and {last.error}",
        last.unit,
        f"from step {found.first.step} to step {found.last.step}",
        see,
        step.touchdown_s if step else math.nan,
    )


def limit(analysis: Analysis, notes: Sequence[Note], lacking: Sequence[Missing]) -> str:
    """Return in one line what limits this clip most.

    Parameters
    ----------
    analysis : Analysis
    notes : sequence of Note
        Limits and warnings, the worst first, without those that only list withheld numbers.
    lacking : sequence of Missing
        What is withheld and why, the most first.
    """
    given = sum(math.isfinite(row.mean) for row in analysis.summaries)
    count = f"{given} of {len(METRICS)} numbers could be given."
    if notes:
        told = {note.code: note for note in reversed(notes)}
        view = next((told[code] for code in VIEW if code in told and notes[0].code not in VIEW), None)
        also = f" {view.message.partition(': ')[0]}." if view else ""
        return f"{notes[0].message}{also} {count}"
    filmed = [one for one in lacking if one.note.code != NOT_SEEN]
    if filmed:
        most, lost = filmed[0], len(filmed[0].names)
        why = _lower(most.note.short)
        return (
            f"{count} Of the others: {why} {lost}."
            if why.endswith(" for")
            else f"{count} Of the others: {why} ({lost})."
        )
    return f"{count} Nothing else in the filming limits them beyond the errors printed with them."


def of_note(analysis: Analysis) -> list[str]:
    """Return what is seen clear of its error where nothing stands out: how parts keep together, else parts.

    Nothing is called closest or furthest: the links are of unlike kinds. That one foot lands after the other
    is no news.
    """
    seen = [_said(link.name, link, link.told) for link in links(analysis) if clear(link.mean, link.se)]
    if not seen:
        push, around = standings(analysis)
        seen = [
            _said(one.part.name, one, one.words)
            for one in (push, *around)
            if one.metric not in BEATS and not one.words.endswith(UNCLEAR) and clear(one.mean, one.se)
        ]
    return seen[:FEW]


def _said(name: str, one: Link | Standing, words: str) -> str:
    told = f"{sentence(name)}: {number(METRICS[one.metric], one.mean, one.se)} {words}."
    return f"{told} Look at {where}." if (where := look(one.metric)) else told


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
