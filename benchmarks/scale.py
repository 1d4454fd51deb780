"""Batches of a folder of clips with nothing kept, by number of workers; writes the table of docs/scale.md."""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from analyzer import cores
from analyzer.batch import plan
from analyzer.pose.networks.weights import model_path

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"
BEGIN, END = "<!-- measured: python benchmarks/scale.py FOLDER -->", "<!-- end -->"
MANY = 100_000


def processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def batch(clips: Path, workers: int) -> tuple[int, int, float, float]:
    """Clips analysed, frames in them, seconds, seconds of processors."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "cache"
        kept.mkdir()
        shutil.copy(model_path(), kept)
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "analyzer", "batch", str(clips), "--out", str(out), "--no-overlay"]
        before, start = processor_s(), time.perf_counter()
        subprocess.run(
            [*command, "--workers", str(workers)],
            env=os.environ | {"SPRINT_ANALYZER_CACHE": str(kept)},
            capture_output=True,
            check=False,  # clips that cannot be analysed are part of a season
        )
        seconds, used = time.perf_counter() - start, processor_s() - before
        records = [json.loads(file.read_text(encoding="utf-8")) for file in out.glob("*/batch.json")]
        there = len(plan.make([str(clips)], str(out)).jobs)
    if len(records) != there:
        raise SystemExit(f"{there} clips, but {len(records)} records with {workers} workers.")
    # The passes of a clip share its frames; one that was refused counts with its time alone.
    frames = sum(max((run["frames"] for run in record["runs"]), default=0) for record in records)
    return len(records), frames, seconds, used


def main(clips: Path) -> None:
    here = cores.usable()
    lines = [
        f"{here} cores, {platform.machine()}, load before: {os.getloadavg()[0]:.1f}. "
        "Nothing kept, no annotated video.",
        "",
        f"| workers | clips | frames | wall s | processor s | processor s a clip | core hours of {MANY:,} |",
        "|---|---|---|---|---|---|---|",
    ]
    for workers in sorted({1, here}):
        n, frames, seconds, used = batch(clips, workers)
        hours = used / n * MANY / 3600
        lines.append(
            f"| {workers} | {n} | {frames} | {seconds:.0f} | {used:.0f} | {used / n:.1f} | {hours:,.0f} |"
        )
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    PAGE.write_text(
        head + "\n".join([BEGIN, *lines, END]) + rest.partition(END)[2],
        encoding="utf-8",
    )
    print("\n".join(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
