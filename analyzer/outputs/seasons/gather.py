"""Folders of results, found and read without their joints."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from analyzer.comparison.baseline import OneRun, run_facts
from analyzer.errors import ConfigError, ResultsError
from analyzer.outputs import analysis_json

MOST: Final = 2000
"""Runs that are read, at most: a squad of twenty with a hundred runs each."""


@dataclass(frozen=True)
class Kept:
    """A run in a folder of results: its name, where it lies, and what is kept of it."""

    name: str
    folder: Path
    session: str
    facts: OneRun


def gather(folders: Sequence[Path]) -> tuple[list[Kept], list[ResultsError]]:
    """Return every run in some folders and below them, by date, and what could not be read.

    Raises
    ------
    ConfigError
        There is none, or there are more than ``MOST``.
    """
    places = dict.fromkeys(place for folder in folders for place in _results(folder))
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
            document = analysis_json.document(place)
        except ResultsError as error:
            failed.append(error)
            continue
        runs.append(Kept(document.name, place, document.config.session or "", run_facts(document)))
    runs.sort(key=lambda run: (run.facts.day or date.max, run.name))
    return runs, failed


def _results(folder: Path) -> Iterator[Path]:
    for place, below, files in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        if analysis_json.FILE in files:
            yield Path(place)
