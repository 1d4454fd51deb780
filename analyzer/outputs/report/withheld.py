"""What is not given and why: said once for the clip, and named in the section it is missing from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.metrics import METRICS
from analyzer.metrics.wording import reason as worded


@dataclass(frozen=True)
class Missing:
    """Numbers that are missing for one reason; ``note`` is what the analysis says about it."""

    note: Note
    names: tuple[str, ...]


def missing(notes: Iterable[Note]) -> list[Missing]:
    """Return the notes on withheld numbers with the numbers' names, those that withhold most first."""
    found = []
    for note in notes:
        if note.metrics:
            labels = dict.fromkeys(METRICS[name].label for name in note.metrics)
            found.append(Missing(note, tuple(label[0].lower() + label[1:] for label in labels)))
    return sorted(found, key=lambda m: -len(m.names))


def reason(analysis: Analysis, metric: str) -> str:
    """Return in a few words why the clip gives no number for a metric."""
    return worded(flag for v in analysis.values if v.metric == metric for flag in v.flags)


def by_reason(analysis: Analysis, metrics: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Group metrics without a number by the reason; labels in the order given."""
    groups: dict[str, list[str]] = {}
    for name in metrics:
        groups.setdefault(reason(analysis, name), []).append(METRICS[name].label)
    return sorted(groups.items(), key=lambda group: -len(group[1]))
