"""``season.html``: one page from many results, that asks for nothing but the reports beside it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import quote

from PIL import Image as Picturing

from analyzer.comparison.baseline import FROM, Viewed, of_view
from analyzer.errors import ResultsError
from analyzer.metrics import HEADLINE
from analyzer.metrics.wording import NOTHING, number
from analyzer.outputs import door, pages, svg
from analyzer.outputs.folder import KINOGRAM, REPORT
from analyzer.outputs.frontal import document as frontal_document
from analyzer.outputs.frontal import pictures, wording
from analyzer.outputs.seasons.courses import Course, course
from analyzer.outputs.seasons.gather import Kept
from analyzer.outputs.who import in_words

FILE: Final = "season.html"
"""Name of the page."""
NOBODY: Final = "No athlete named"
"""Stands for who ran in results that do not say."""
SMALL_PX: Final = 760
"""Width of a kinogram, px."""


@dataclass(frozen=True)
class Shown:
    """A run, ready to print; ``picture`` is a data URI or empty, ``href`` its report or empty."""

    name: str
    when: str
    href: str
    picture: str
    numbers: list[tuple[str, str, str]]
    gains: bool


@dataclass(frozen=True)
class Athlete:
    """All runs of one from one view, ready to print; ``undated`` of them have no date.

    ``where`` says from where they are filmed, if not from the side; ``headline`` labels the numbers of each
    run.
    ``warnings`` are those of the runs, each once, with the runs that it is of.
    """

    name: str
    runs: int
    span: str
    where: str
    headline: list[str]
    named: bool
    undated: int
    last: Shown
    first: Shown | None
    lead: list[Course]
    rest: list[tuple[str, list[Course]]]
    table: list[Shown]
    warnings: list[tuple[str, list[str]]]


def build(runs: Sequence[Kept], failed: Sequence[ResultsError], path: Path) -> Path:
    """Write the page and return its path.

    Parameters
    ----------
    runs : sequence of Kept
        In the order of their dates.
    failed : sequence of ResultsError
        Folders that could not be read.
    path : Path

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    views = list(FROM)
    whose = sorted(
        {(run.facts.athlete, run.facts.view) for run in runs},
        key=lambda one: (not one[0], one[0].casefold(), views.index(one[1])),
    )
    athletes = [
        _athlete(
            name, view, [run for run in runs if (run.facts.athlete, run.facts.view) == (name, view)], path
        )
        for name, view in whose
    ]
    html = pages.filled(
        "outputs.seasons",
        sheet=svg.css(),
        athletes=athletes,
        people=len({one.name for one in athletes}),
        title=_title(sorted({run.facts.athlete for run in runs})),
        failed=failed,
        total=len(runs),
    )
    return pages.write(html, path, folders=True)


def _title(names: Sequence[str]) -> str:
    """Return whose runs the page shows; the name is empty of those that name nobody."""
    if len(names) == 1:
        return names[0] or NOBODY
    named = sum(map(bool, names))
    told = next(filter(None, names)) if named == 1 else f"{named} athletes"
    return told if named == len(names) else f"{told}, and runs without a name"


def _headline(view: Viewed) -> Sequence[str]:
    """Return the numbers that come first in a view."""
    return HEADLINE if view == "side" else wording.HEADLINE[: wording.CARDS]


def _athlete(name: str, view: Viewed, runs: Sequence[Kept], path: Path) -> Athlete:
    headline, quantities = _headline(view), of_view(view)
    given = [m for m in quantities if any(m in run.facts.means for run in runs)]
    lead = [c for m in headline if (c := course(runs, m)) is not None]
    rest: dict[str, list[Course]] = {}
    for metric in given:
        found = None if metric in headline else course(runs, metric)
        if found is not None:
            rest.setdefault(found.relationship, []).append(found)
    days = [run.facts.day for run in runs if run.facts.day is not None]
    return Athlete(
        name or NOBODY,
        len(runs),
        _span(days),
        FROM[view],
        [quantities[m].full_label for m in headline],
        bool(name),
        len(runs) - len(days),
        _shown(runs[-1], path, pictured=True),
        _shown(runs[0], path, pictured=True) if len(runs) > 1 else None,
        lead,
        list(rest.items()),
        [_shown(run, path, pictured=False) for run in runs],
        _warnings(runs),
    )


def _warnings(runs: Sequence[Kept]) -> list[tuple[str, list[str]]]:
    whose: dict[str, list[str]] = {}
    for run in runs:
        for text in run.warnings:
            whose.setdefault(text, []).append(run.name)
    return sorted(whose.items(), key=lambda pair: -len(pair[1]))


def _span(days: Sequence[date]) -> str:
    if not days:
        return ""
    first, last = map(in_words, (min(days), max(days)))
    return first if first == last else f"{first} to {last}"


def _shown(run: Kept, path: Path, *, pictured: bool) -> Shown:
    day = run.facts.day
    when = " · ".join(text for text in (in_words(day) if day else "", run.session) if text)
    return Shown(
        run.name,
        when,
        _href(run.folder / REPORT, path.parent),
        _picture(run.folder) if pictured else "",
        [
            (
                what.full_label,
                number(what, *run.facts.means[name]) if name in run.facts.means else NOTHING,
                "" if name in run.facts.means else run.reasons.get(name, ""),
            )
            for name in _headline(run.facts.view)
            for what in [run.facts.quantities[name]]
        ],
        run.facts.gains,
    )


def _href(report: Path, page: Path) -> str:
    """Return a report as seen from the page; empty where it does not lie below it."""
    if not report.is_file() or not report.resolve().is_relative_to(page.resolve()):
        return ""
    return quote(Path(os.path.relpath(report.resolve(), page.resolve())).as_posix())


def _picture(folder: Path) -> str:
    """Return its kinogram, or the strip of stances, as a small picture; empty where there is none."""
    name = pictures.FILE if frontal_document.where(folder) is not None else KINOGRAM
    with suppress(OSError, ValueError, SyntaxError, Picturing.DecompressionBombError, ResultsError):
        door.check_files(folder, (name,))
        with Picturing.open(folder / name, formats=("PNG", "JPEG")) as whole:
            size = SMALL_PX, max(1, round(SMALL_PX * whole.height / whole.width))
            small = whole.convert("RGB").resize(size, Picturing.Resampling.BOX)
        return pages.jpeg(small, 78)
    return ""
