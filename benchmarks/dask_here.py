"""A Dask scheduler and two workers on this machine: real processes, to be killed."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

NO_WEB: Final = "--no-dashboard"


def start(*arguments: str, folder: Path, settings: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a process of Dask in ``folder``, with more in its environment."""
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | settings,
        text=True,
    )


@contextlib.contextmanager
def machines(
    folder: Path, settings: Mapping[str, str], workers: int = 2
) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """Give a scheduler's address and its workers, one clip at a time each; all are over afterwards."""
    from distributed import Client

    listens = "--host", "127.0.0.1", "--port", "0"
    scheduler = start("scheduler", *listens, NO_WEB, folder=folder, settings=settings)
    processes = [scheduler]
    try:
        where = _address(scheduler)
        own = "--nthreads", "1", "--no-nanny", NO_WEB, "--local-directory", str(folder / "dask")
        processes += [start("worker", where, *own, folder=folder, settings=settings) for _ in range(workers)]
        for process in processes:
            assert process.stderr is not None
            threading.Thread(target=process.stderr.read, daemon=True).start()  # else its pipe fills
        if workers:
            with Client(where, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=60)
        yield where, processes[1:]
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()
            if process.stderr is not None:
                process.stderr.close()


def _address(scheduler: subprocess.Popen[str]) -> str:
    assert scheduler.stderr is not None
    for line in scheduler.stderr:
        found = re.search(r"Scheduler at:\s+(tcp://\S+)", line)
        if found:
            return found[1]
    raise RuntimeError("The scheduler did not start: is sprint-analyzer[cluster] installed?")
