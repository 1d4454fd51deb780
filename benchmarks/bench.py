"""``make bench``: how fast and how large the analysis is, beside the plain loop over the same file.

Every figure is of whole processes, run in turn with what it is compared with, so that it holds when the
machine's speed drifts; the median of the ratios is printed. Nothing kept from earlier runs is used.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av

HERE: Final = Path(__file__).resolve().parent
SAMPLE: Final = HERE.parent / "sample_videos" / "sprint_sample.mp4"
PHONE: Final = HERE.parent.parent / "shared" / "videos" / "treadmill_run_phone_60fps.mp4"
"""A phone's clip of somebody on a treadmill, who can be shown any number of times over; where it is there."""
SIZES: Final = {"720p": 720, "1080p": 1080, "4K": 2160}
"""Shorter side of the frames, px."""
PLAIN: Final = (sys.executable, str(HERE / "plain_loop.py"))
ANALYZE: Final = (sys.executable, "-m", "analyzer", "analyze", "--force", "--height", "1.80")


@dataclass(frozen=True)
class Run:
    """What one process took: wall seconds, and the memory of it and all its children at most, MB."""

    seconds: float
    memory_mb: float


def run(command: Sequence[str], cache: Path | None = None) -> Run:
    """Run a command to its end; ``cache`` is where it keeps tracks, a new folder if left out."""
    with tempfile.TemporaryDirectory() as folder:
        place = dict(os.environ, XDG_CACHE_HOME=str(cache or _with_model(Path(folder))))
        start = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=folder, env=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        highest = _Memory(child.pid)
        error = child.communicate()[1]
        seconds = time.perf_counter() - start
        if child.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{error.decode(errors='replace')}")
        return Run(seconds, highest.stop())


def _with_model(folder: Path) -> Path:
    """Return a cache that holds the pose model and nothing else."""
    from analyzer.pose.networks.weights import cache_dir, model_path

    path = model_path()
    there = folder / cache_dir().name / path.name
    there.parent.mkdir(parents=True)
    there.symlink_to(path)
    return folder


class _Memory:
    """Watches the resident memory of a process and all its children (Linux)."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._over = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._over.set()
        self._thread.join()
        if self._most:
            return self._most
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self._most = max(self._most, sum(_resident_mb(p) for p in _family(self._pid)))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(p for child in children for p in _family(int(child)))]


def _resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
    except (OSError, IndexError, ValueError):
        return 0.0


def made(source: Path, size: int, frames: int, folder: Path) -> Path:
    """Write ``frames`` frames of a clip, shown over and over, with the shorter side ``size`` px."""
    target = folder / f"{source.stem}_{size}_{frames}.mp4"
    if target.is_file():
        return target
    with av.open(target, "w") as out, av.open(source) as first:
        stream = first.streams.video[0]
        scale = size / min(stream.width, stream.height)
        rate = Fraction(stream.average_rate or 60)
        video = out.add_stream("libx264", rate=rate)
        video.width, video.height = (2 * round(side * scale / 2) for side in (stream.width, stream.height))
        video.pix_fmt, video.options = "yuv420p", {"crf": "20", "preset": "veryfast"}
        done = 0
        while done < frames:
            with av.open(source) as again:
                for frame in again.decode(video=0):
                    if done == frames:
                        break
                    small = frame.reformat(video.width, video.height, "yuv420p")
                    small.pts, small.time_base, done = done, 1 / rate, done + 1
                    out.mux(video.encode(small))
        out.mux(video.encode(None))
    return target


def paired(clip: Path, options: Sequence[str], times: int) -> tuple[float, float, float, float]:
    """Return the plain loop's seconds, the analysis's, the median ratio, and the analysis's memory, MB."""
    loops, ours = [], []
    for _ in range(times):
        loops.append(run([*PLAIN, str(clip)]))
        ours.append(run([*ANALYZE, *options, str(clip)]))
    ratio = statistics.median(b.seconds / a.seconds for a, b in zip(loops, ours, strict=True))
    return (
        statistics.median(a.seconds for a in loops),
        statistics.median(b.seconds for b in ours),
        ratio,
        max(b.memory_mb for b in ours),
    )


def start_up(times: int) -> list[str]:
    """Return the lines on what it takes to begin, and to do again."""
    python = sys.executable
    lines = ["", "| | s |", "|---|---|"]
    for name, command in (
        ("`import analyzer`", [python, "-c", "import analyzer"]),
        ("`sprint-analyzer --help`", [python, "-m", "analyzer", "--help"]),
        ("Python alone", [python, "-c", ""]),
    ):
        lines.append(f"| {name} | {statistics.median(run(command).seconds for _ in range(times)):.2f} |")
    with tempfile.TemporaryDirectory() as folder:
        cache = _with_model(Path(folder))
        command = [*ANALYZE, "--no-overlay", str(SAMPLE)]
        run(command, cache)
        again = statistics.median(run(command, cache).seconds for _ in range(times))
        lines.append(f"| the sample again, its track kept | {again:.2f} |")
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="runs of each")
    parser.add_argument("--quick", action="store_true", help="the sample and one long clip only")
    args = parser.parse_args()
    cores = os.cpu_count()
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}; load {load:.1f}")
    print(
        "\n| clip | frames | plain loop, s | analyze, s | ratio | ms a frame | memory, MB |\n"
        + "|---" * 7
        + "|"
    )
    with tempfile.TemporaryDirectory() as folder:
        clips = [(SAMPLE, "sample, 1080p", 180)]
        if PHONE.is_file():
            wanted = [("1080p", 1164)] if args.quick else [
                *((size, 388) for size in SIZES), ("1080p", 60), ("1080p", 240), ("1080p", 1164)
            ]  # fmt: skip
            clips += [
                (made(PHONE, SIZES[size], count, Path(folder)), f"treadmill, {size}", count)
                for size, count in wanted
            ]
        for clip, name, frames in clips:
            for options, what in (((("--no-overlay"),), ""), ((), ", with the annotated video")):
                plain, ours, ratio, memory = paired(clip, options, args.times)
                print(
                    f"| {name}{what} | {frames} | {plain:.1f} | {ours:.1f} | {ratio:.2f} | "
                    f"{1000 * ours / frames:.1f} | {memory:.0f} |",
                    flush=True,
                )
    print("\n".join(start_up(args.times)))


if __name__ == "__main__":
    main()
