"""Clips that are text files, and an analysis of them that does what they say: fast, and of any temper."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from analyzer.batch.job import Job, Outcome
from analyzer.batch.work import Make, do, small
from analyzer.config import Config
from analyzer.errors import NoAthleteError
from analyzer.outputs.folder import SMALL


def clip(path: Path, says: str = "fine") -> Path:
    """Write a clip; each is different, as real ones are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{says}\n{path}\n", encoding="utf-8")
    return path


def begun(path: Path) -> int:
    """How often the analysis of a clip was begun."""
    log = path.with_name(f"{path.name}.log")
    return log.read_text().count("begun") if log.exists() else 0


def make(path: Path, config: Config, work: Path) -> list[dict[str, Any]]:
    """Pretend to analyse: the first word of the clip says how it goes."""
    _note(path)
    words = path.read_text(encoding="utf-8").split()
    if words[0] == "slow":
        time.sleep(float(words[1]))
    if words[0] == "nobody":
        raise NoAthleteError("Nobody was found.", "Looked in 3 frames.", "Film from the side.")
    if words[0] == "bug":
        raise ZeroDivisionError("of course")
    if words[0] == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if words[0] == "dies-once" and begun(path) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    runs = ["", "pass_1"] if words[0] == "twice" else [""]
    for run in runs:
        _save(work / run, config)
    note = {"level": "warning", "message": "The view is oblique.", "advice": "Film from the side."}
    return [
        {"folder": run, "name": f"{path.stem}{', pass 1' if run else ''}", "frames": 10, "notes": [note]}
        for run in runs
    ]


def here(make: Make = make) -> Callable[[Sequence[Job], Make, int, Callable[[Outcome], None]], None]:
    """Return what stands in for ``workers.each`` in a test: this process does the jobs, by this analysis."""

    def each(jobs: Sequence[Job], _: Make, __: int, done: Callable[[Outcome], None]) -> None:
        for job in jobs:
            done(do(job, make, done))

    return each


def _save(folder: Path, config: Config) -> None:
    folder.mkdir(exist_ok=True)
    height = config.height_m or 1.0
    (folder / "summary.csv").write_text(
        f"metric,mean,mean_se\nstep_length,{height},0.01\ncontact_time,0.104,0.004\nduty_factor,,\n"
    )
    (folder / "steps.csv").write_text("step,side,contact_time_s\n1,left,0.104\n2,right,0.105\n")
    (folder / "events.csv").write_text("side,touchdown_s,toe_off_s\nleft,0.1,0.2\n")
    (folder / "report.html").write_text("<title>report</title>")
    Image.new("RGB", (300, 200), (30, 90, 150)).save(folder / "kinogram.png")
    (folder / SMALL).write_bytes(small((folder / "kinogram.png").read_bytes()))


def _note(path: Path) -> None:
    try:
        with path.with_name(f"{path.name}.log").open("a") as log:
            log.write("begun\n")
    except OSError:  # a place that cannot be written: nobody counts there
        return
