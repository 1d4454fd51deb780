"""One bar for the whole of a command, with the time left, on a terminal; silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from analyzer.data.notes import Progress

SHARES: Final = {
    "find": 0.60,
    "pose": 0.05,
    "contacts": 0.07,
    "looking": 1.0,
    "overlay": 0.28,
}
"""Share of a command's time that each stage takes, of those it has: as measured on clips of 180 and 1,164
frames with the annotated video. They need not be right, only near: the time left goes by what has gone."""
WORDS: Final = {
    "find": "finding the athlete",
    "pose": "reading joints",
    "contacts": "timing contacts",
    "overlay": "drawing the video",
}
"""What is said of a stage while it runs; of others, their names."""
ANALYSIS: Final = ("find", "pose", "contacts", "overlay")
"""Stages of the analysis of a clip, in their order."""


class Whole:
    """How much of the whole is done, 0 to 1: stages in their order, each with its share of the time.

    Parameters
    ----------
    stages : names, in their order
    """

    def __init__(self, stages: Sequence[str]) -> None:
        total = sum(SHARES[stage] for stage in stages)
        self._shares = {stage: SHARES[stage] / total for stage in stages}
        self.done = 0.0

    def at(self, stage: str, done: int, total: int) -> float:
        """Return how much is done now; it never falls, and a stage that nobody announced adds nothing.

        Parameters
        ----------
        stage, done, total
            As in ``Progress``.
        """
        if stage in self._shares and total > 0:
            names = list(self._shares)
            before = sum(self._shares[name] for name in names[: names.index(stage)])
            self.done = max(self.done, before + self._shares[stage] * min(done / total, 1.0))
        return self.done


@contextmanager
def shown(stages: Sequence[str] = ANALYSIS) -> Iterator[Progress | None]:
    """Show a bar with the stage, its frames and the time left of all stages; stay silent in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description:>20}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[frames]}"),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
    )
    whole = Whole(stages)
    # The speed since the start, not of the last seconds: stages differ in how their frames cost.
    with Bar(*columns, console=Console(stderr=True), transient=True, speed_estimate_period=1800) as bar:
        task = bar.add_task("opening", total=1.0, frames="")

        def show(stage: str, done: int, total: int) -> None:
            bar.update(
                task,
                completed=whole.at(stage, done, total),
                description=WORDS.get(stage, stage),
                frames=f"{done}/{total}",
            )

        yield show
