"""What is not given and why: said once for the clip, and named in the section it is missing from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.metrics import METRICS

UNSEEN: Final = "not seen in this clip"
"""Said of a number that is missing for no other reason."""
REASONS: Final = {
    "fps": "needs a faster camera",
    "clock": "needs the camera's true frame rate",
    "scale": "needs a known length",
    "static": "needs ground that holds still",
    "steps": "needs more steps",
    "noise": "its error is too large for it to say anything",
    "floor": "no larger than noise alone would make",
    "off_axis": "seen too obliquely",
    "hidden": "shown by the near side only",
}
"""What is said of each flag of a value, in the order in which one of several is named."""


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
    flags = {flag for v in analysis.values if v.metric == metric for flag in v.flags}
    return next((words for flag, words in REASONS.items() if flag in flags), UNSEEN)


def by_reason(analysis: Analysis, metrics: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Group metrics without a number by the reason; labels in the order given."""
    groups: dict[str, list[str]] = {}
    for name in metrics:
        groups.setdefault(reason(analysis, name), []).append(METRICS[name].label)
    return sorted(groups.items(), key=lambda group: -len(group[1]))
