"""A batch from plan to page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from analyzer import cores
from analyzer.batch import cluster, places, work, workers
from analyzer.batch.job import RECORD, Job, Outcome
from analyzer.batch.plan import Plan

PAGE: Final = "index.html"
_EVERY_S: Final = 15.0
"""The tables and the page are written anew while the batch goes on, but no more often than this…"""
_SHARE: Final = 20.0
"""…and not before this many times what writing them took."""
Told = Callable[[Outcome], None]


@dataclass(frozen=True)
class Result:
    """How every clip of the plan went, and where the page over all is."""

    outcomes: tuple[Outcome, ...]
    index: str

    def count(self, *statuses: str) -> int:
        """Return how many clips ended so."""
        return sum(outcome.status in statuses for outcome in self.outcomes)

    @property
    def failures(self) -> list[Outcome]:
        """The clips without results, also those that failed before and have not changed."""
        return [outcome for outcome in self.outcomes if outcome.failure is not None]


def run(
    plan: Plan,
    *,
    make: work.Make = work.analysed,
    n: int | None = None,
    scheduler: str | None = None,
    told: Told | None = None,
) -> Result:
    """Do what is left to do of a plan, and write the tables and the page over everything in the place.

    Parameters
    ----------
    plan : Plan
    make : callable
        Analyses one clip, see ``work.Make``.
    n : int, optional
        Processes of this machine; as many as cores unless given.
    scheduler : str, optional
        Address of a Dask scheduler whose workers do it instead.
    told : callable, optional
        Called with each clip's outcome as soon as it is known.
    """
    place = places.at(plan.out)
    outcomes: list[Outcome] = []
    todo: list[Job] = []
    for job in plan.jobs:
        known = _known(place, plan, job)
        if known is None:
            todo.append(job)
            continue
        outcomes.append(known)
        if told:
            told(known)
    written, cost = time.monotonic(), 0.0

    def done(outcome: Outcome) -> None:
        nonlocal written, cost
        if told:
            told(outcome)
        if outcome.status == "waits":
            return
        outcomes.append(outcome)
        if time.monotonic() - written > max(_EVERY_S, _SHARE * cost):
            cost = _write(place, plan, outcomes)
            written = time.monotonic()

    try:
        if scheduler is not None and todo:
            cluster.each(todo, make, scheduler, done)
        elif todo:
            # Long clips first: the last process to end then ends soon after the others.
            longest = sorted(todo, key=lambda job: -job.size)
            workers.each(longest, make, min(n or cores.usable(), len(todo)), done)
    finally:
        place.tidy()
        _write(place, plan, outcomes)
    return Result(tuple(outcomes), f"{plan.out.rstrip('/')}/{PAGE}")


def _known(place: places.Place, plan: Plan, job: Job) -> Outcome | None:
    """Return how a clip went that nothing has to be done for."""
    record = plan.records.get(job.folder)
    if record is None or not work.unchanged(job, record):
        return None
    current = work.refreshed(job, record)
    if current != record:
        place.write(f"{job.folder}/{RECORD}", current.as_bytes())
    return Outcome(job, "unchanged", current, current.failure)


def _write(place: places.Place, plan: Plan, outcomes: list[Outcome]) -> float:
    """Write the tables and the page as things stand; return the seconds it took."""
    from analyzer.batch import overall, page  # the metrics take a second to load: the workers start first

    start = time.monotonic()
    rows = list(overall.rows(place, overall.entries(place.records(), outcomes)))
    place.write("runs.csv", overall.runs_csv(rows, plan.facts))
    place.write("steps.csv", overall.steps_csv(rows, plan.facts))
    across = overall.across_csv(rows, place)
    # One that was there must not tell of runs that are none any more.
    if across or place.read(overall.ACROSS):
        place.write(overall.ACROSS, across)
    for name, data in page.pages(place, rows, PAGE):
        place.write(name, data)
    return time.monotonic() - start
