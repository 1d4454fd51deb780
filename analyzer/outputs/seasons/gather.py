"""Folders of results, found and read without their joints."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from analyzer.comparison.baseline import OneRun, run_facts
from analyzer.data.limits import written
from analyzer.errors import ConfigError, ResultsError
from analyzer.metrics.wording import NOT_GIVEN
from analyzer.outputs import analysis_json
from analyzer.outputs.frontal import document as frontal_document

MOST: Final = 2000
"""Runs that are read, at most: a squad of twenty with a hundred runs each."""


@dataclass(frozen=True)
class Kept:
    """A run in a folder of results: its name, where it lies, and what is kept of it.

    ``reasons`` say in a few words why a metric has no mean; ``warnings`` are those and the limits of the run.
    """

    name: str
    folder: Path
    session: str
    facts: OneRun
    reasons: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def gather(folders: Sequence[Path]) -> tuple[list[Kept], list[ResultsError]]:
    """Return every run in some folders and below them, by date, and what could not be read.

    Raises
    ------
    ConfigError
        There is none, or there are more than ``MOST``.
    """
    # By whatever way it is reached, a folder is one run: two would make an athlete seem to repeat himself.
    ways: dict[Path, Path] = {}
    for folder in folders:
        for place in _results(folder):
            ways.setdefault(place.resolve(), place)
    places = list(ways.values())
    if not places:
        raise ConfigError(
            "There are no results in what was given.",
            f"Looked in {', '.join(map(str, folders))} for {analysis_json.FILE}.",
            "Give folders that analyze or batch wrote, or a folder that holds them.",
        )
    if len(places) > MOST:
        raise ConfigError(
            f"There are {len(places)} runs in what was given.",
            f"Up to {MOST} are read.",
            "Give a part of them.",
        )
    runs, failed = [], []
    for place in places:
        try:
            runs.append(_kept(place))
        except ResultsError as error:
            failed.append(error)
    runs.sort(key=lambda run: (run.facts.day or date.max, run.name))
    return runs, failed


def _kept(place: Path) -> Kept:
    """Read a run of whatever view."""
    if written(str(place)) != str(place):
        raise ResultsError(
            f"{written(str(place))} cannot be used as a name.",
            "It holds bytes that are not text in UTF-8.",
            "Rename the folder.",
        )
    document: analysis_json.Document | frontal_document.Document
    if frontal_document.where(place) is None:
        document = analysis_json.document(place)
        reasons = {r.metric: why for r in document.summaries if (why := _why(r.note))}
    else:
        document = frontal_document.document(place)
        reasons = {f.metric: f.note.rstrip(".") for f in document.found if f.side == "both" and f.note}
    warnings = (
        note.message
        for note in document.notes
        if note.level != "info" and not note.metrics  # long lists: in the report
    )
    return Kept(
        document.name,
        place,
        document.config.session or "",
        run_facts(document),
        reasons,
        tuple(dict.fromkeys(warnings)),
    )


def _why(note: str) -> str:
    """Return the reason in a summary's note, without the words before it; empty where it gives none."""
    head, found, reason = note.partition(NOT_GIVEN)
    return reason.rstrip(".") if found and not head else ""


def _results(folder: Path) -> Iterator[Path]:
    for place, below, files in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        if analysis_json.FILE in files or frontal_document.FILE in files:
            yield Path(place)
