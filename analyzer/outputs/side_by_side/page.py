"""``compare.html``: one page from a comparison, that asks for nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any, Final, NamedTuple

from PIL import Image as Picturing

from analyzer.comparison import map_change
from analyzer.comparison.across import AnyRun, all_across
from analyzer.comparison.description import BEYOND, ERRORS, SMALLEST, hidden
from analyzer.comparison.results import Change, Comparison
from analyzer.comparison.speed_trend_words import describe_growth
from analyzer.data.analysis import Analysis
from analyzer.metrics import HEADLINE, METRICS
from analyzer.metrics.wording import between, more_or_less, number
from analyzer.outputs import faces, pages, svg
from analyzer.outputs.kinogram import drawing
from analyzer.outputs.side_by_side import across, curves, film
from analyzer.outputs.svg import Drawing, Scale
from analyzer.outputs.who import Who, who

FILE: Final = "compare.html"
"""Name of the page."""
MOST: Final = 6
"""Runs on one page: with their pictures 4 MB, and no more curves are told apart."""
FIRST: Final = 8
"""Differences that are shown before anything is unfolded, the clearest, beside those chosen beforehand."""
SHEET_PX: Final = 1400
"""Width of a kinogram, px: it is as wide as the page."""
BAR: Final = (140.0, 22.0)
"""Width and height of the picture of a difference, units."""
REACH: Final = 4.0
"""How many times the smallest change such a picture reaches to each side."""


@dataclass(frozen=True)
class Row:
    """A row of the table of differences, ready to print."""

    label: str
    first: str
    later: str
    difference: str
    range: str
    smallest: str
    rests: str
    verdict: str
    told: bool
    bar: str


@dataclass(frozen=True)
class Against:
    """What is said of one later run or group."""

    name: str
    against: str
    rests: str
    first: list[Row]
    rest: list[tuple[str, list[Row]]]
    quiet: int
    total: int
    on_map: list[str]


def build(runs: Sequence[AnyRun], found: Comparison, path: Path) -> Path:
    """Write the page and return its path.

    Parameters
    ----------
    runs : sequence of Analysis, or of Frontal
        Those that were compared, in the same order; the first ``MOST`` are shown.
    found : Comparison
    path : Path

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    player = files("analyzer.outputs.side_by_side").joinpath("player.js").read_text("utf-8")
    html = pages.filled("outputs.side_by_side", sheet=svg.css(), js=player, **_context(runs, found))
    return pages.write(html, path, folders=True)


class _Seen(NamedTuple):
    """What a view shows of runs: a stride of each, a picture of each, curves on top of each other."""

    films: list[film.Film] | None
    pictures: list[str]
    charts: list[curves.Chart]


def _seen(runs: Sequence[AnyRun]) -> _Seen:
    if all_across(runs):
        return _Seen(across.films(runs), [across.strip(run) for run in runs], across.charts(runs))
    along = [run for run in runs if isinstance(run, Analysis)]
    return _Seen(film.films(along), [_kinogram(run) for run in along], curves.charts(along))


def _whose(runs: Sequence[AnyRun]) -> list[Who]:
    """Return whose runs they are, with the run's own name where several are of one athlete."""
    found = [who(run) for run in runs]
    names = [one.name for one in found]
    return [
        one._replace(name=f"{one.name}, {run.name}")
        if names.count(one.name) > 1 and one.name != run.name
        else one
        for one, run in zip(found, runs, strict=True)
    ]


def _context(runs: Sequence[AnyRun], found: Comparison) -> dict[str, Any]:
    shown = runs[:MOST]
    played, sheets, charts = _seen(shown)
    moving = [trend for trend in found.trends if trend.verdict != "not established"]
    return {
        "whose": _whose(shown),
        "runs": shown,
        "left_out": len(runs) - len(shown),
        "films": played and list(zip(shown, played, [_facts(one) for one in played], strict=True)),
        "step": min(one.step_s for one in played) if played else 0.0,
        "events": _shared(played) if played else [],
        "across": found.across,
        "slowed": any(run.slow_motion > 1 for run in shown),
        "kinograms": sheets,
        "charts": charts,
        "against": [_against(found, name, runs) for name in found.names[1:]],
        "both_ways": played is not None and len({one.forward for one in played}) > 1,
        "names": found.names,
        "notes": found.notes,
        "hidden": hidden(found),
        "errors": ERRORS[found.alike],
        "trends": [
            (t.label, f"{t.verdict} by {number(METRICS[t.metric], abs(t.slope))} for each m/s")
            for t in moving
        ],
        "with_speed": bool(found.trends),
        "growth": describe_growth(found.growth) if isfinite(found.growth.value) else "",
        "sides": [s for s in found.sides if s.side_verdict != "not established"],
        "number": lambda metric, value: number(METRICS[metric], value),
    }


def _facts(one: film.Film) -> str:
    return json.dumps({"times": [round(shot.time_s, 5) for shot in one.shots], "events": dict(one.events)})


def _shared(played: Sequence[film.Film]) -> list[str]:
    """Return the moments that every run has."""
    return [name for name, _ in played[0].events if all(name in dict(one.events) for one in played)]


def _kinogram(run: Analysis) -> str:
    sheet = Picturing.fromarray(drawing.sheet(run, faces.stills(run, drawing.parts(run))))
    sheet = sheet.resize((SHEET_PX, round(SHEET_PX * sheet.height / sheet.width)), Picturing.Resampling.BOX)
    return pages.jpeg(sheet, 80)


def _against(found: Comparison, name: str, runs: Sequence[AnyRun]) -> Against:
    changes = [c for c in found.changes if c.run == name]
    # The clearest first, and whatever is asked for first; all else folds.
    clearest = sorted((c for c in changes if c.told), key=_clear, reverse=True)[:FIRST]
    heads = () if found.across else HEADLINE
    first = [c for c in changes if c.key or c in clearest or (c.told and c.metric in heads)]
    first.sort(key=lambda c: not c.told)
    more = [c for c in changes if c.told and c not in first]
    rest: dict[str, list[Row]] = {"They differ, too": [_row(c, found) for c in more]} if more else {}
    for change in changes:
        if not (change.told or change.key):
            rest.setdefault(change.relationship, []).append(_row(change, found))
    quiet = sum(not c.told for c in changes)
    bases = {c.basis for c in changes}
    return Against(
        _named(name, runs),
        _named(found.names[0], runs),
        BEYOND[bases.pop()] if len(bases) == 1 else "",
        [_row(c, found) for c in first],
        list(rest.items()),
        quiet,
        len(changes),
        map_change.sentences(map_change.of_changes(changes, across=found.across)),
    )


def _clear(c: Change) -> float:
    """Return how many times the smallest that could be told a difference is."""
    return abs(c.difference) / c.smallest_change if c.smallest_change > 0 else 0.0


def _named(name: str, runs: Sequence[AnyRun]) -> str:
    """Return what a run or group is called: by its athlete where that tells it from the others."""
    names = [who(run).name for run in runs]
    if len(set(names)) < len(runs):
        return name
    return next((who(run).name for run in runs if run.name == name), name)


def _row(c: Change, found: Comparison) -> Row:
    metric = found.quantities[c.metric]
    return Row(
        c.label,
        number(metric, c.first_mean, c.first_se),
        number(metric, c.mean, c.mean_se),
        more_or_less(metric, c.difference),
        between(metric, c.ci_low, c.ci_high),
        number(metric, c.smallest_change),
        SMALLEST[c.basis],
        c.verdict,
        c.told,
        _bar(c),
    )


def _bar(c: Change) -> str:
    """Return a difference as a picture: grey what could not be told, the dot on its range."""
    if not c.smallest_change > 0:
        return ""
    width, height = BAR
    x = Scale(-REACH, REACH, 6, width - 6)
    low, at, high = (
        x(min(max(value / c.smallest_change, -REACH), REACH)) for value in (c.ci_low, c.difference, c.ci_high)
    )
    d = Drawing(width, height, "The difference on its range; grey is what could not be told")
    middle = height / 2
    d.rect(x(-1), 2, x(1) - x(-1), height - 4, "band")
    d.line(x(0), 2, x(0), height - 2, "zero")
    d.line(low, middle, high, middle, "thick" if c.told else "")
    d.circle(at, middle, 4, "" if c.told else "open")
    return d.svg()
