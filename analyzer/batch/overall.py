"""Tables over all clips: ``runs.csv``, a row a run or failed clip, and ``steps.csv``, a row a step."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analyzer.batch import work
from analyzer.batch.job import Failure, Outcome, Record
from analyzer.batch.places import Place
from analyzer.metrics import HEADLINE, METRICS
from analyzer.outputs.folder import REPORT

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

    ``values`` are mean and standard error of each metric that could be given, ``steps`` its table's rows.
    """

    entry: Entry
    path: str | None
    name: str
    notes: tuple[dict[str, str], ...]
    values: dict[str, tuple[float, float]]
    steps: tuple[dict[str, str], ...]

    @property
    def status(self) -> str:
        """ok, kept (corrected by hand, not done again) or failed."""
        return "failed" if self.path is None else "kept" if self.entry.kept else "ok"

    def fact(self, name: str) -> str:
        """Return a column of the table, or an empty text."""
        return self.entry.record.facts.get(name, "")


def entries(records: Mapping[str, Record], outcomes: Iterable[Outcome]) -> list[Entry]:
    """Lay what was done now over what is known of all clips, in the order of session and name."""
    found = {f: Entry(f, record, record.failure, False) for f, record in records.items()}
    for outcome in outcomes:
        job = outcome.job
        record = outcome.record or Record(
            "", job.source, job.name, job.stamp, "", job.settings, job.facts, failure=outcome.failure
        )
        if outcome.status == "kept":
            record = work.refreshed(job, record)
        found[job.folder] = Entry(job.folder, record, outcome.failure, outcome.status == "kept")
    return sorted(found.values(), key=_order)


def _order(entry: Entry) -> tuple[str, ...]:
    facts = entry.record.facts
    return (
        "" if facts.get("date") or facts.get("session") else "last",
        *(facts.get(name, "").casefold() for name in ("date", "session", "athlete")),
        entry.record.name.casefold(),
        entry.folder,
    )


def rows(place: Place, found: Iterable[Entry]) -> Iterator[RunRow]:
    """Read each run's own tables, which a coach's corrections may have changed since they were written."""
    for entry in found:
        if entry.failure is not None or not entry.record.runs:
            yield RunRow(entry, None, entry.record.name, (), {}, ())
            continue
        for run in entry.record.runs:
            path = f"{entry.folder}/{run['folder']}".rstrip("/")
            yield RunRow(
                entry,
                path,
                run["name"],
                tuple(run.get("notes", ())),
                {row["metric"]: values for row in _read(place, path, "summary") if (values := _values(row))},
                tuple(_read(place, path, "steps")),
            )


def runs_csv(found: Sequence[RunRow], facts: Sequence[str]) -> bytes:
    """Return ``runs.csv``: who and when, how it went, then every metric's mean and its standard error."""
    others = _others(found, facts)
    settings = sorted({name for row in found for name in row.entry.record.settings} - {"overlay"})
    metrics = [*HEADLINE, *(name for name in METRICS if name not in HEADLINE)]
    given = {name for row in found for name in row.values}
    table = []
    for row in found:
        record = row.entry.record
        failure = row.entry.failure or Failure("", KEPT if row.entry.kept else "")
        line: dict[str, Any] = {"file": record.name, "run": row.name} | {
            name: row.fact(name) for name in FIRST
        }
        line |= {
            "status": row.status,
            "what": failure.what,
            "why": failure.why,
            "fix": failure.fix,
            "folder": row.path or row.entry.folder,
            "report": f"{row.path}/{REPORT}" if row.path else "",
            "steps": len(row.steps) if row.path else "",
            "remarks": " ".join(note["message"] for note in row.notes),
        }
        line |= {name: _text(record.settings.get(name, "")) for name in settings}
        line |= {column: row.fact(name) for name, column in others.items()}
        for name in metrics:
            if name in given and name in METRICS:
                mean, error = row.values.get(name, (math.nan, math.nan))
                line |= {METRICS[name].column: _number(mean), METRICS[name].sd_column: _number(error)}
        table.append(line)
    return _csv(table)


def steps_csv(found: Sequence[RunRow], facts: Sequence[str]) -> bytes:
    """Return ``steps.csv``: the step tables of all runs, each row with its run."""
    others = _others(found, facts)
    return _csv(
        [
            {"file": row.entry.record.name, "run": row.name, "folder": row.path}
            | {name: row.fact(name) for name in FIRST}
            | step
            | {column: row.fact(name) for name, column in others.items()}
            for row in found
            for step in row.steps
        ]
    )


def _others(found: Sequence[RunRow], facts: Sequence[str]) -> dict[str, str]:
    """Return the table's other columns and their names here: ``_given`` where the name is one of ours."""
    names = dict.fromkeys([*facts, *(name for row in found for name in row.entry.record.facts)])
    ours = {"run", "status", "what", "why", "fix", "folder", "report", "steps", "remarks", "step", "side"}
    ours |= {column for metric in METRICS.values() for column in (metric.column, metric.sd_column)}
    return {name: f"{name}_given" if name in ours else name for name in names if name and name not in FIRST}


def _read(place: Place, path: str, table: str) -> list[dict[str, str]]:
    text = (place.read(f"{path}/{table}.csv") or b"").decode("utf-8-sig", "replace")
    return list(csv.DictReader(io.StringIO(text)))


def _values(row: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        return float(row["mean"]), float(row["mean_se"] or "nan")
    except (KeyError, ValueError):
        return None


def _csv(table: Sequence[Mapping[str, Any]]) -> bytes:
    columns = dict.fromkeys(name for row in table for name in row)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue().encode()


def _number(value: float) -> str:
    return f"{value:.7g}" if math.isfinite(value) else ""


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
