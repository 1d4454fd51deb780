"""Batches of a folder of clips with nothing kept, by number of workers; writes the table of docs/scale.md."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from processes import Run, run

from analyzer import cores
from analyzer.batch import plan

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"
BEGIN, END = "<!-- measured: python benchmarks/scale.py FOLDER -->", "<!-- end -->"
MANY = 100_000


def batch(clips: Path, workers: int) -> tuple[int, int, Run]:
    """Clips analysed, frames in them, and what it took."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "analyzer", "batch", str(clips), "--out", str(out), "--no-overlay"]
        # Clips that cannot be analysed are part of a season.
        took = run([*command, "--workers", str(workers)], may_fail=True)
        records = [json.loads(file.read_text(encoding="utf-8")) for file in out.glob("*/batch.json")]
        there = len(plan.make([str(clips)], str(out)).jobs)
    if len(records) != there:
        raise SystemExit(f"{there} clips, but {len(records)} records with {workers} workers.")
    # The passes of a clip share its frames; one that was refused counts with its time alone.
    frames = sum(max((one["frames"] for one in record["runs"]), default=0) for record in records)
    return len(records), frames, took


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
        n, frames, took = batch(clips, workers)
        each = took.processor_s / n
        lines.append(
            f"| {workers} | {n} | {frames} | {took.seconds:.0f} | {took.processor_s:.0f} | {each:.1f} "
            f"| {each * MANY / 3600:,.0f} |"
        )
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    PAGE.write_text(
        head + "\n".join([BEGIN, *lines, END]) + rest.partition(END)[2],
        encoding="utf-8",
    )
    print("\n".join(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
