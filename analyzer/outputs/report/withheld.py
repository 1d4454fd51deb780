"""What is not given and why: said once for the clip, and named in the section it is missing from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Final

from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.metrics import METRICS
from analyzer.metrics.wording import UNSEEN
from analyzer.metrics.wording import reason as worded

NOT_SEEN: Final = "not_seen"
"""Code of the note on what no other note tells of."""


@dataclass(frozen=True)
class Missing:
    """Numbers that are missing for one reason; ``note`` is what the analysis says about it."""

    note: Note
    names: tuple[str, ...]


def missing(analysis: Analysis, notes: Iterable[Note]) -> list[Missing]:
    """Return the notes on withheld numbers with the numbers' names, those that withhold most first.

    What is missing for no reason that a note tells comes last, as not seen.
    """
    found = [Missing(note, _labels(note.metrics)) for note in notes if note.metrics]
    found.sort(key=lambda m: -len(m.names))
    told = {name for one in found for name in one.note.metrics}
    unseen = [row.metric for row in analysis.summaries if not isfinite(row.mean) and row.metric not in told]
    found.append(Missing(Note("info", NOT_SEEN, "", short=sentence(UNSEEN)), _labels(unseen)))
    return [one for one in found if one.names]


def _labels(names: Iterable[str]) -> tuple[str, ...]:
    labels = dict.fromkeys(METRICS[name].label for name in names)
    return tuple(label[0].lower() + label[1:] for label in labels)


def sentence(words: str) -> str:
    """Return words with a capital."""
    return words[:1].upper() + words[1:]


def reason(analysis: Analysis, metric: str) -> str:
    """Return in a few words why the clip gives no number for a metric."""
    flags = (flag for v in analysis.values if v.metric == metric for flag in v.flags)
    return worded(flags, METRICS[metric], analysis.pose.fps)


def by_reason(analysis: Analysis, metrics: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Group metrics without a number by the reason; labels in the order given."""
    groups: dict[str, list[str]] = {}
    for name in metrics:
        groups.setdefault(reason(analysis, name), []).append(METRICS[name].label)
    return sorted(groups.items(), key=lambda group: -len(group[1]))
