"""Tables over all clips: ``runs.csv``, a row a run or failed clip, and ``steps.csv``, a row a step.

``frontal_runs.csv`` has the numbers of those from the front or from behind, where there are any.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analyzer import spreadsheet
from analyzer.batch import athletes, work
from analyzer.batch.job import Failure, Outcome, Record
from analyzer.batch.places import Place
from analyzer.body.skeleton import SIDES
from analyzer.frontal.measures import MEASURES, Measure
from analyzer.metrics import HEADLINE, METRICS
from analyzer.outputs.folder import REPORT
from analyzer.outputs.frontal import tables

ACROSS: Final = "frontal_runs.csv"
"""Name of the table of the runs from the front or from behind, beside ``runs.csv``."""
FIRST: Final = ("athlete", "date", "session")
"""Columns of the table that stand in front, where there are such."""
KEPT: Final = (
    "Corrected by hand, so it was left as it is; its settings, clip or the program have changed since."
)


@dataclass(frozen=True)
class Entry:
    """A clip as it stands now: its record, and why it has no results or only older ones."""

    folder: str
    record: Record
    failure: Failure | None
    kept: bool


@dataclass(frozen=True)
class RunRow:
    """A run, or a clip without one (``path`` is None): what the table and the page show of it.

    ``values`` are mean and standard error of each metric that could be given, ``table`` is the text of its
    ``steps.csv``: as rows, those of a season would fill the memory. Both are empty for a clip from the front
    or from behind: ``view`` says so, and ``numbers`` are its own, in words.
    """

    entry: Entry
    path: str | None
    name: str
    notes: tuple[dict[str, str], ...]
    values: dict[str, tuple[float, float]]
    table: str
    view: str = ""
    numbers: tuple[tuple[str, str], ...] = ()

    @property
    def status(self) -> str:
        """ok, kept (corrected by hand, not done again) or failed."""
        return "failed" if self.path is None else "kept" if self.entry.kept else "ok"

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return max(0, len(self.table.splitlines()) - 1)

    def fact(self, name: str) -> str:
        """Return a column of the table, or an empty text."""
        return _facts(self.entry.record).get(name, "")


def entries(records: Mapping[str, Record], outcomes: Iterable[Outcome]) -> list[Entry]:
    """Lay what was done now over what is known of all clips, in the order of session and name."""
    found = {f: Entry(f, record, record.failure, False) for f, record in records.items()}
    for outcome in outcomes:
        job = outcome.job
        record = outcome.record or Record(
            "", job.place, job.name, job.stamp, "", job.told(), job.facts, failure=outcome.failure
        )
        if outcome.status == "kept":
            record = work.refreshed(job, record)
        found[job.folder] = Entry(job.folder, record, outcome.failure, outcome.status == "kept")
    return sorted(found.values(), key=_order)


def _facts(record: Record) -> dict[str, str]:
    """Return the table's columns of a clip, its date as 2026-06-12 however it was typed.

    Where the table has none, the day that the runs know.
    """
    days = [day for run in record.runs if (day := run.get("day"))]
    typed = record.facts.get("date", "")
    day = athletes.day_of(typed)
    date = day.isoformat() if day else typed or (days[0] if days else "")
    return record.facts | {"date": date} if date else record.facts


def _order(entry: Entry) -> tuple[str, ...]:
    facts = _facts(entry.record)
    return (
        "" if facts.get("date") or facts.get("session") else "last",
        *(facts.get(name, "").casefold() for name in ("date", "session", "athlete")),
        entry.record.name.casefold(),
        entry.folder,
    )


def rows(place: Place, found: Iterable[Entry]) -> Iterator[RunRow]:
    """Read each run's own tables, which a coach's corrections may have changed since they were written."""
    for entry in found:
        if entry.failure is not None:
            yield RunRow(entry, None, entry.record.name, (), {}, "")
            continue
        for run in entry.record.runs:
            path = f"{entry.folder}/{run['folder']}".rstrip("/")
            yield RunRow(
                entry,
                path,
                run["name"],
                tuple(run.get("notes", ())),
                _means(_read(place, f"{path}/summary.csv")),
                _read(place, f"{path}/steps.csv"),
                run.get("view", ""),
                tuple((label, value) for label, value in run.get("numbers", ())),
            )


def runs_csv(found: Sequence[RunRow], facts: Sequence[str]) -> bytes:
    """Return ``runs.csv``: who and when, how it went, then every metric's mean and its standard error."""
    others = _others(found, facts)
    settings = sorted({name for row in found for name in row.entry.record.settings} - {"overlay"})
    given = {name for row in found for name in row.values}
    ordered = [*HEADLINE, *(name for name in METRICS if name not in HEADLINE)]
    metrics = [METRICS[name] for name in ordered if name in given]
    columns = ["file", "run", *FIRST, "status", "what", "why", "fix", "folder", "report", "steps", "remarks"]
    columns += [*settings, *others.values()]
    columns += [column for metric in metrics for column in (metric.column, metric.sd_column)]

    def line(row: RunRow) -> dict[str, Any]:
        record = row.entry.record
        failure = row.entry.failure or Failure("", KEPT if row.entry.kept else "")
        cells: dict[str, Any] = {
            "file": record.name,
            "run": row.name,
            "status": row.status,
            "what": failure.what,
            "why": failure.why,
            "fix": failure.fix,
            "folder": row.path or row.entry.folder,
            "report": f"{row.path}/{REPORT}" if row.path else "",
            "steps": row.steps if row.path and not row.view else "",
            "remarks": " ".join(
                [*([f"{row.view}."] if row.view else []), *(n["message"] for n in row.notes)]
            ),
        }
        cells |= {name: row.fact(name) for name in FIRST}
        cells |= {name: _text(record.settings[name]) for name in settings if name in record.settings}
        cells |= {column: row.fact(name) for name, column in others.items()}
        for metric in metrics:
            mean, error = row.values.get(metric.name, (math.nan, math.nan))
            cells |= {metric.column: _number(mean), metric.sd_column: _number(error)}
        return cells

    return _csv(columns, map(line, found))


def across_csv(found: Sequence[RunRow], place: Place) -> bytes:
    """Return ``frontal_runs.csv``: a row for each run from the front or from behind, with all its numbers.

    Empty where there is no such run.
    """
    across = [row for row in found if row.view]
    columns = ["file", "run", *FIRST, "view", "folder"]
    sides = (*SIDES, "both")
    wanted = [(m, side) for m in MEASURES.values() for side in sides if side in m.sides]
    names = [name for m, side in wanted for name in _columns(m, side)]

    def line(row: RunRow) -> dict[str, Any]:
        cells: dict[str, Any] = {"file": row.entry.record.name, "run": row.name, "folder": row.path}
        cells |= {"view": row.view} | {name: row.fact(name) for name in FIRST}
        for one in csv.DictReader(io.StringIO(_read(place, f"{row.path}/{tables.MEASURES_FILE}"))):
            measure, side = MEASURES.get(one.get("metric", "")), one.get("side", "")
            if measure is not None and side in measure.sides:
                cells |= zip(_columns(measure, side), (one.get("mean", ""), one.get("se", "")), strict=True)
        return cells

    return _csv([*columns, *names], map(line, across)) if across else b""


def _columns(measure: Measure, side: str) -> tuple[str, str]:
    """Return the columns of a number and of its standard error, with the side where there are sides."""
    name = f"{measure.name}_{side}" if measure.sided else measure.name
    return f"{name}_{measure.unit.suffix}", f"{name}_se_{measure.unit.suffix}"


def steps_csv(found: Sequence[RunRow], facts: Sequence[str]) -> bytes:
    """Return ``steps.csv``: the step tables of all runs, each row with its run."""
    others = _others(found, facts)
    heads = dict.fromkeys(row.table.partition("\n")[0].strip() for row in found if row.table)
    columns = ["file", "run", "folder", *FIRST]
    columns += [name for head in heads for name in head.split(",")] + [*others.values()]

    def lines() -> Iterator[dict[str, Any]]:
        for row in found:
            whose: dict[str, Any] = {"file": row.entry.record.name, "run": row.name, "folder": row.path}
            whose |= {name: row.fact(name) for name in FIRST}
            whose |= {column: row.fact(name) for name, column in others.items()}
            for step in csv.DictReader(io.StringIO(row.table)):
                yield whose | step

    return _csv(columns, lines())


def _others(found: Sequence[RunRow], facts: Sequence[str]) -> dict[str, str]:
    """Return the table's other columns and their names here: ``_given`` where the name is one of ours."""
    names = dict.fromkeys([*facts, *(name for row in found for name in row.entry.record.facts)])
    ours = {"run", "status", "what", "why", "fix", "folder", "report", "steps", "remarks", "step", "side"}
    ours |= {column for metric in METRICS.values() for column in (metric.column, metric.sd_column)}
    return {name: f"{name}_given" if name in ours else name for name in names if name and name not in FIRST}


def _read(place: Place, name: str) -> str:
    return (place.read(name) or b"").decode("utf-8-sig", "replace")


def _means(summary: str) -> dict[str, tuple[float, float]]:
    found = {}
    for row in csv.DictReader(io.StringIO(summary)):
        try:
            found[row["metric"]] = float(row["mean"]), float(row["mean_se"] or "nan")
        except (KeyError, ValueError):  # not given in this run
            continue
    return found


def _csv(columns: Iterable[str], table: Iterable[Mapping[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(columns)), restval="", lineterminator="\n")
    writer.writerow({name: spreadsheet.as_text(name) for name in writer.fieldnames})
    writer.writerows({name: spreadsheet.as_text(cell) for name, cell in row.items()} for row in table)
    return out.getvalue().encode()


def _number(value: float) -> str:
    return f"{value:.7g}" if math.isfinite(value) else ""


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
