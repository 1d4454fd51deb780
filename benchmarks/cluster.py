"""A batch on a Dask scheduler with two workers of this machine, one of which is killed in the middle.

``python benchmarks/cluster.py FOLDER`` does every clip of a folder, kills a worker when the first is done and
the next are begun, and checks that each clip was done, once: a record for every clip, none written a second
time, nothing left to do for the same command again. Exit code 1 where it is not so.
"""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from dask_here import machines
from processes import with_model

from analyzer.batch import plan


class Season:
    """The folder of results, watched: when each clip's record was written, ns, by the clip's folder."""

    def __init__(self, clips: Path, out: Path) -> None:
        self.out = out
        self.wanted = len(plan.make([str(clips)], str(out)).jobs)
        self.written: defaultdict[str, set[int]] = defaultdict(set)
        self._command = [sys.executable, "-m", "analyzer", "batch", str(clips), "--out", str(out)]

    def batch(self, where: str) -> subprocess.Popen[bytes]:
        """Start the user's command."""
        command = [*self._command, "--no-overlay", "--scheduler", where]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def look(self) -> int:
        """Note what is there, and return how many clips are done."""
        for file in self.out.glob("*/batch.json"):
            self.written[file.parent.name].add(file.stat().st_mtime_ns)
        return len(self.written)

    def wait(self, running: subprocess.Popen[bytes], clips: int | None = None) -> None:
        """Look until a command is over, or so many clips are done."""
        while running.poll() is None and (clips is None or self.look() < clips):
            self.look()
            time.sleep(0.1)
        self.look()

    def rows(self) -> list[dict[str, str]]:
        """Return the table of all runs."""
        with (self.out / "runs.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def main(clips: Path) -> int:
    """Run the batch, kill a worker, look at what is there."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        season = Season(clips, folder / "season")
        begun = time.perf_counter()
        settings = {"SPRINT_ANALYZER_CACHE": str(with_model(folder / "cache"))}
        with machines(folder, settings) as (where, workers):
            running = season.batch(where)
            season.wait(running, clips=1)
            time.sleep(2)  # both workers have begun a clip again
            before = season.look()
            workers[0].send_signal(signal.SIGKILL)
            season.wait(running)
            took = time.perf_counter() - begun
            again = season.batch(where)
            season.wait(again)
        rows = season.rows()
    twice = [name for name, times in season.written.items() if len(times) > 1]
    refused = [row for row in rows if row["status"] == "failed"]
    there = len(season.written)
    print(
        f"{season.wanted} clips, {before} done when one was killed, {there} in the end, {took:.0f} s; "
        f"{len(rows)} rows in runs.csv; done twice: {', '.join(twice) or 'none'}; "
        f"exit codes: {running.returncode}, and {again.returncode} for the same command again; "
        f"{len(refused)} refused:"
    )
    for row in refused:
        print(f"  {row['file']}: {row['what']} {row['why']}")
    return int(there != season.wanted or before >= season.wanted or bool(twice))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
