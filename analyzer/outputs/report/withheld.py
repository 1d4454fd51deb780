"""What is not given and why: said once for the clip, and named in the section it is missing from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analyzer.data.notes import Note
from analyzer.metrics import METRICS

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis

CODE: Final = "withheld_"
UNSEEN: Final = "not seen in this clip"
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
"""In the order in which one of several is named."""


@dataclass(frozen=True)
class Missing:
    """Numbers that are missing for one reason; ``note`` is what the analysis says about it."""

    note: Note
    head: str
    names: tuple[str, ...]


def missing(notes: Iterable[Note]) -> list[Missing]:
    """Split the notes on withheld numbers into words and names, most numbers first."""
    found = []
    for note in notes:
        if note.code.startswith(CODE):
            head, _, names = note.message.partition(": ")
            found.append(Missing(note, head, tuple(names.rstrip(".").split("; "))))
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
