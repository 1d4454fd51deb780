"""Processes of this machine, one clip each at a time; one that dies takes nothing with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Final

from analyzer import cores
from analyzer.batch import work
from analyzer.batch.job import Failure, Job, Outcome

TRIES: Final = 2
"""How often a clip is begun: a process may be killed for what others do, twice is no chance."""


@dataclass
class _Worker:
    process: SpawnProcess
    pipe: Connection
    share: list[int]
    job: Job | None = None


def each(jobs: Sequence[Job], make: work.Make, n: int, done: Callable[[Outcome], None]) -> None:
    """Do every job in one of ``n`` processes and tell ``done`` of each, in the order they end.

    Processes are started anew (spawn): nothing of this one, least of all its threads, is in them. Each
    keeps to its share of the cores.
    """
    waiting = deque(jobs)
    tries: dict[str, int] = {}
    shares = cores.shares(n)
    busy: list[_Worker] = []

    def give(worker: _Worker) -> None:
        if waiting:
            worker.job = waiting.popleft()
            tries[worker.job.folder] = tries.get(worker.job.folder, 0) + 1
            with suppress(OSError):  # it is dead: its end is told by its pipe
                worker.pipe.send(worker.job)
            return
        worker.pipe.close()
        worker.process.join(10)
        busy.remove(worker)

    def start(share: list[int]) -> None:
        busy.append(worker := _start(share, make))
        give(worker)

    try:
        for share in shares[: len(waiting)]:
            start(share)
        while busy:
            ready = wait([worker.pipe for worker in busy])
            for worker in [worker for worker in busy if worker.pipe in ready]:
                try:
                    outcome = worker.pipe.recv()
                except (EOFError, OSError):
                    busy.remove(worker)
                    worker.process.join()
                    job = worker.job
                    if job is None or tries[job.folder] < TRIES:
                        waiting.extendleft([job] if job else [])
                    else:
                        done(Outcome(job, "failed", failure=_died(worker.process.exitcode)))
                    if waiting:
                        start(worker.share)
                    continue
                done(outcome)
                if outcome.status != "waits":
                    give(worker)
    finally:
        for worker in busy:
            worker.process.kill()
        for worker in busy:
            worker.process.join()


def _start(share: list[int], make: work.Make) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, share, make), daemon=True)
    with _no_interrupt():
        process.start()
    theirs.close()
    return _Worker(process, ours, share)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold Ctrl-C back; a process that is started meanwhile never gets one, also before it can say so."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, share: list[int], make: work.Make) -> None:
    """Do what comes through the pipe until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    cores.keep_to(share)
    # The networks' and codecs' own chatter would run through the progress bar; failures are returned.
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    while True:
        try:
            pipe.send(work.do(pipe.recv(), make, pipe.send))
        except (EOFError, OSError):  # whoever started this process is gone; what was done is in its place
            return


def _died(code: int | None) -> Failure:
    name = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
    hint = "; often there was not enough memory" if name == "SIGKILL" else ""
    return Failure(
        f"The process that analysed this clip ended {TRIES} times without a result.",
        f"{name}{hint}.",
        "Give the batch fewer --workers; the next run tries this clip again.",
    )
