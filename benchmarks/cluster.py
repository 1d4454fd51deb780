"""A batch on a Dask scheduler with two workers of this machine, one of which is killed in the middle.

``python benchmarks/cluster.py FOLDER`` does every clip of a folder, kills a worker when the first is done and
the next are begun, and checks that each clip was done, once: a record for every clip, those finished before
the kill untouched since, nothing left to do for the same command again. Exit code 1 where it is not so.
"""

from __future__ import annotations

import contextlib
import csv
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from processes import with_model

from analyzer.batch import plan

RECORDS = "*/batch.json"


def start(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    """Start a process of Dask that keeps tracks in ``folder`` and logs nowhere."""
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"SPRINT_ANALYZER_CACHE": str(folder / "cache")},
        text=True,
    )


def address(scheduler: subprocess.Popen[str]) -> str:
    """Return where a scheduler listens."""
    assert scheduler.stderr is not None
    for line in scheduler.stderr:
        found = re.search(r"Scheduler at:\s+(tcp://\S+)", line)
        if found:
            return found[1]
    raise SystemExit("The scheduler did not start: is sprint-analyzer[cluster] installed?")


@contextlib.contextmanager
def machines(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """Give a scheduler's address and its two workers."""
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", folder=folder)
    processes = [scheduler]
    try:
        where = address(scheduler)
        own = "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder / "dask")
        processes += [start("worker", where, *own, folder=folder) for _ in range(2)]
        for process in processes:
            assert process.stderr is not None
            threading.Thread(target=process.stderr.read, daemon=True).start()  # else its pipe fills
        yield where, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def batch(clips: Path, out: Path, where: str) -> subprocess.Popen[bytes]:
    """Start the user's command."""
    command = [sys.executable, "-m", "analyzer", "batch", str(clips), "--out", str(out), "--no-overlay"]
    return subprocess.Popen([*command, "--scheduler", where], stdout=subprocess.DEVNULL)


def finished(out: Path) -> dict[str, int]:
    """Return when each clip's record was written, ns, by the name of its folder."""
    return {file.parent.name: file.stat().st_mtime_ns for file in out.glob(RECORDS)}


def main(clips: Path) -> int:
    """Run the batch, kill a worker, look at what is there."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with_model(folder / "cache")
        out = folder / "season"
        wanted = len(plan.make([str(clips)], str(out)).jobs)
        begun = time.perf_counter()
        with machines(folder) as (where, workers):
            running = batch(clips, out, where)
            while not finished(out) and running.poll() is None:
                time.sleep(0.1)
            time.sleep(2)  # both workers have begun a clip again
            before = finished(out)
            workers[0].send_signal(signal.SIGKILL)
            running.wait()
            after = finished(out)
            took = time.perf_counter() - begun
            batch(clips, out, where).wait()
            again = finished(out)
        with (out / "runs.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    twice = [name for name, at in before.items() if after[name] != at]
    twice += [name for name, at in after.items() if again[name] != at]
    failed = [row for row in rows if row["status"] == "failed"]
    print(
        f"{wanted} clips, {len(before)} done when one was killed, {len(after)} in the end, {took:.0f} s; "
        f"{len(failed)} refused; {len(rows)} rows in runs.csv; done twice: {', '.join(twice) or 'none'}"
    )
    return int(len(after) != wanted or len(before) >= wanted or bool(twice))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
