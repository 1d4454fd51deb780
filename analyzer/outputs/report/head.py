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
from analyzer.data.results import Value
from analyzer.data.view import View
from analyzer.metrics import HEADLINE, METRICS
from analyzer.metrics.breaking import in_row
from analyzer.metrics.kind import by_foot, kind, slowed, sprints
from analyzer.metrics.registry import Metric
from analyzer.metrics.wording import NOTHING, clear, number, written
from analyzer.outputs.curves import clock_known
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
MANY: Final = 5
"""Steps of which the largest is named though its error reaches the others."""
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
    of = f"mean of {row.n}"
    if name == "step_speed" and by_foot(analysis):
        of += "; the belt's speed by the standing foot"
    if len(values) < 2:
        return Card(metric.label, value, error, unit, of)
    best = max(values, key=lambda v: v.value)
    if not _stands_out(metric, best, values):
        return Card(metric.label, value, error, unit, of)
    step = next((s for s in analysis.steps if s.number == best.step), None)
    see = f"{MOST[name]}: {number(metric, best.value, best.sd, unit=False)}, step {best.step}"
    return Card(metric.label, value, error, unit, of, see, step.touchdown_s if step else math.nan)


def _stands_out(metric: Metric, best: Value, values: Sequence[Value]) -> bool:
    """Tell whether the largest of steps is worth naming.

    It is written with other digits than every other one, and is of many or larger by more than their errors.
    """
    others = [v for v in values if v is not best]
    told = written(metric, best.value, best.sd).value
    if any(written(metric, v.value, best.sd).value == told for v in others):
        return False
    return len(values) >= MANY or all(clear(best.value - v.value, math.hypot(best.sd, v.sd)) for v in others)


def title(analysis: Analysis) -> str:
    """Return what the report is called: a sprint's only where it is one, or a start."""
    return "Sprint report" if sprints(analysis) else "Running report"


def what(analysis: Analysis) -> str:
    """Return in one line what was filmed: the run, from where, by what camera."""
    camera = [_seen(analysis.motion.view)]
    if analysis.camera.moving:
        camera.append("the camera moved")
    if not clock_known(analysis):
        factor = slowed(analysis)
        camera.append(f"slowed about {factor:.0f} times" if math.isfinite(factor) else "slowed")
    else:
        fps = analysis.pose.fps if analysis.video is None else analysis.video.capture_fps
        camera.append(f"{fps:.0f} frames a second")
    belt = "; the belt's speed was taken from the standing foot" if by_foot(analysis) else ""
    return f"{_run(analysis)}, {', '.join(camera)}{belt}."


def _run(analysis: Analysis) -> str:
    course, row, metric = ends(analysis, "step_speed"), analysis.summary("step_speed"), METRICS["step_speed"]
    speed = ""
    if course is not None:
        first, last = (written(metric, v.value, v.sd) for v in course)
        speed = f" from {first.value} to {last.value} {last.unit}"
    elif row is not None and math.isfinite(row.mean):
        told = written(metric, row.mean, row.mean_se)
        speed = f" at {told.value} {told.unit}"
    if kind(analysis) == "start":
        landed = sum(math.isfinite(step.touchdown_s) for step in analysis.steps)
        return f"A start and its first {landed} steps{speed}"
    belt = " on a treadmill" if analysis.calibration.treadmill_mps else ""
    return f"A run{speed}{belt}"


def _seen(view: View) -> str:
    if view.kind != "oblique":
        return f"from {view.where}"
    return f"seen obliquely ({abs(view.angle_deg):.0f} ± {view.angle_sd_deg:.0f}° from square)"


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
