"""What a user is told: notes beside the numbers, progress while they are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

Progress = Callable[[str, int, int], None]
"""Called with the stage's name, how much is done and how much there is, in frames."""
NAMED: Final = 4
"""Of many things of one kind a sentence names so many; the rest is counted."""


@dataclass(frozen=True)
class Note:
    """Something the user must know: a limit, a repair, a decision that was taken.

    level : "info", "warning" (a number is less sure) or "limit" (a number is withheld)
    code : a stable snake_case name
    message : what a user reads
    advice : what to do about it; may be empty
    metrics : names of the metrics that are withheld for this reason
    short : the message without their list, for a reader who is given the list otherwise; else empty
    stage : the part of the analysis that made the note; empty where nothing asks for it
    counts : the numbers that the message tells, by name, for whoever would have to read them out of it
    """

    level: Literal["info", "warning", "limit"]
    code: str
    message: str
    advice: str = ""
    metrics: tuple[str, ...] = ()
    short: str = ""
    stage: str = ""
    counts: dict[str, int] = field(default_factory=dict, hash=False)


def listed(parts: Sequence[str]) -> str:
    """Return the first of many things by name, and how many more there are."""
    more = len(parts) - NAMED
    return ", ".join(parts[:NAMED]) + (f" and {more} more" if more > 0 else "")
