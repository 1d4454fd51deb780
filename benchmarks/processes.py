"""Whole processes, timed: wall, processor time and memory of one and all its children."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


@dataclass(frozen=True)
class Run:
    """What one process and its children took: wall and processor seconds, MB of memory at most."""

    seconds: float
    processor_s: float
    memory_mb: float


class Sample(NamedTuple):
    """One look at a process and its children: when (s since 1970), MB resident, files open."""

    time: float
    memory_mb: float
    files: int


def run(
    command: Sequence[str],
    cache: Path | None = None,
    *,
    may_fail: bool = False,
    watched: list[Sample] | None = None,
) -> Run:
    """Run a command to its end.

    ``cache`` is where it keeps tracks, a new folder if left out; what was seen of it meanwhile goes into
    ``watched``, each half second.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = dict(os.environ, SPRINT_ANALYZER_CACHE=str(cache or with_model(Path(folder) / "cache")))
        before, start = _used(), time.perf_counter()
        child = subprocess.Popen(
            command, cwd=folder, env=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        highest = _Memory(child.pid, watched)
        error = child.communicate()[1]
        seconds = time.perf_counter() - start
        memory = highest.stop()
        if child.returncode and not may_fail:
            raise SystemExit(f"{' '.join(command)} failed:\n{error.decode(errors='replace')}")
        return Run(seconds, _used() - before, memory)


def with_model(folder: Path) -> Path:
    """Return a cache that holds nothing of any clip: the pose model, and its networks ready to run."""
    from analyzer.pose.networks.weights import cache_dir, model_path

    folder.mkdir(parents=True, exist_ok=True)
    path, networks = model_path(), cache_dir() / "networks"  # made ready at the first run on a machine
    networks.mkdir(exist_ok=True)
    (folder / path.name).symlink_to(path)
    (folder / networks.name).symlink_to(networks)
    return folder


def _used() -> float:
    """Return the processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Memory:
    """Watches the resident memory of a process and all its children (Linux)."""

    def __init__(self, pid: int, watched: list[Sample] | None = None) -> None:
        self._pid, self._most, self._over = pid, 0.0, threading.Event()
        self._watched = watched
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._over.set()
        self._thread.join()
        return self._most or float("nan")  # over before it was looked at, or no Linux

    def _watch(self) -> None:
        while not self._over.wait(0.05 if self._watched is None else 0.5):
            processes = family(self._pid)
            memory = sum(_resident_mb(p) for p in processes)
            self._most = max(self._most, memory)
            if self._watched is not None:
                self._watched.append(Sample(time.time(), memory, sum(_open_files(p) for p in processes)))


def family(pid: int) -> list[int]:
    """Return a process and all that it started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(p for child in children for p in family(int(child)))]


def _open_files(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def _resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
    except (OSError, IndexError, ValueError):
        return 0.0
