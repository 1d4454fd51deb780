"""One bar for the whole of a command, with the time left, on a terminal; silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from analyzer.stages import ANALYSIS, WORDS, Whole

if TYPE_CHECKING:
    from analyzer.data.notes import Progress


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
