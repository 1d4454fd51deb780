"""``index.html``: a page with a row and a small kinogram for each run, that asks for nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from urllib.parse import quote

from analyzer.batch import athletes, work
from analyzer.batch.overall import ACROSS, KEPT, RunRow
from analyzer.batch.places import Place
from analyzer.metrics import HEADLINE, METRICS
from analyzer.metrics.wording import number
from analyzer.outputs import pages as pages_of
from analyzer.outputs.folder import REPORT, SMALL
from analyzer.outputs.frontal import pictures
from analyzer.outputs.who import in_words

ON_A_PAGE: Final = 200
"""Runs on one page; with their pictures about 8 MB, which a phone still opens. More runs, more pages."""


@dataclass(frozen=True)
class Card:
    """A run, ready to print; ``picture`` is a data URI or empty, ``view`` too for one seen from the side."""

    name: str
    who: str
    href: str
    kinogram: str
    picture: str
    numbers: list[tuple[str, str]]
    steps: int
    limits: list[str]
    remarks: list[str]
    kept: str
    view: str


def pages(place: Place, found: Sequence[RunRow], first: str) -> Iterator[tuple[str, bytes]]:
    """Yield each page's name and content; ``first``, the first one's, names every clip that failed."""
    failed = [row for row in found if row.path is None]
    good = [row for row in found if row.path is not None]
    count = max(1, -(-len(good) // ON_A_PAGE))
    names = [first] + [f"{first.partition('.')[0]}_{n + 1}.html" for n in range(1, count)]
    for n, name in enumerate(names):
        part = good[n * ON_A_PAGE : (n + 1) * ON_A_PAGE]
        some = [(group, list(rows)) for group, rows in groupby(part, _group)]
        groups = [(_title(group, len(some)), [_card(place, row) for row in rows]) for group, rows in some]
        page = pages_of.filled(
            "batch",
            groups=groups,
            failed=[(row, row.entry.failure) for row in failed] if n == 0 else [],
            total=len(good),
            across=ACROSS if any(row.view for row in good) else "",
            clips=len({row.entry.folder for row in found}),
            failures=len(failed),
            names=names,
            here=n,
        )
        yield name, page.encode()


def _group(row: RunRow) -> str:
    date, session = row.fact("date"), row.fact("session")
    day = athletes.day_of(date)
    return " · ".join(text for text in (in_words(day) if day else date, session) if text)


def _title(group: str, groups: int) -> str:
    return group if group or groups == 1 else "Without date or session"


def _card(place: Place, row: RunRow) -> Card:
    path = row.path or ""
    limits = [n["message"] for n in row.notes if n["level"] == "limit"]  # what to do is in the report
    remarks = [f"{n['message']} {n['advice']}".strip() for n in row.notes if n["level"] != "limit"]
    return Card(
        name=row.name,
        who=row.fact("athlete"),
        href=quote(f"{path}/{REPORT}"),
        kinogram=quote(f"{path}/{pictures.FILE if row.view else 'kinogram.png'}"),
        picture=_picture(place, path),
        numbers=[
            (METRICS[name].label, number(METRICS[name], *row.values[name]))
            for name in HEADLINE
            if name in row.values
        ]
        + list(row.numbers),
        steps=row.steps,
        limits=limits,
        remarks=remarks,
        kept=KEPT if row.entry.kept else "",
        view=row.view,
    )


def _picture(place: Place, path: str) -> str:
    """Return the small kinogram, made anew where the large one was drawn again."""
    small, large = f"{path}/{SMALL}", f"{path}/kinogram.png"
    data = None if place.newer(large, small) else place.read(small)
    if data is None:
        whole = place.read(large)
        try:
            data = work.small(whole) if whole else None
        except OSError:  # no picture
            data = None
    return pages_of.uri(data) if data else ""
