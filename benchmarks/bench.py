"""``make bench``: how fast and how large the analysis is, beside the plain loop over the same file.

Every figure is of whole processes, run in turn with what it is compared with, so that it holds when the
machine's speed drifts; the median of the ratios is printed. Nothing kept of any clip is used. Parts are
named with ``--only``; what each takes on two idle cores is in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import av

sys.path.insert(0, str(Path(__file__).resolve().parent))
from processes import Run, Sample, run, with_model

HERE: Final = Path(__file__).resolve().parent
SAMPLE: Final = HERE.parent / "sample_videos" / "sprint_sample.mp4"
CLIPS: Final = HERE.parent.parent / "shared" / "videos"
"""Clips of phones and cameras, where they are there."""
PHONE: Final = CLIPS / "treadmill_run_phone_60fps.mp4"
"""One of somebody on a treadmill, who can be shown any number of times over."""
SIZES: Final = {"720p": 720, "1080p": 1080, "4K": 2160}
"""Shorter side of the frames, px."""
FPS: Final = 60
"""Of that clip."""
LONG: Final = {"1080p": (10.0, 330.0), "4K": (10.0, 60.0)}
"""Lengths of clips, s: 330 s are 19,800 frames, near the most that a clip may have."""
MANY: Final = 200
"""Clips of one batch."""
FIFTHS: Final = 5
"""Parts of such a batch whose memory, open files and pace are told."""
PLAIN: Final = (sys.executable, str(HERE / "plain_loop.py"))
PROGRAM: Final = (sys.executable, "-m", "analyzer")
ANALYZE: Final = (*PROGRAM, "analyze", "--force", "--height", "1.80")
NO_VIDEO: Final = "--no-overlay"


def made(source: Path, size: int, frames: int, folder: Path, crf: int = 20) -> Path:
    """Write ``frames`` frames of a clip, shown over and over, with the shorter side ``size`` px."""
    target = folder / f"{source.stem}_{size}_{frames}_{crf}.mp4"
    if target.is_file():
        return target
    with av.open(target, "w") as out, av.open(source) as first:
        stream = first.streams.video[0]
        scale = size / min(stream.width, stream.height)
        rate = Fraction(stream.average_rate or FPS)
        video = out.add_stream("libx264", rate=rate)
        video.width, video.height = (2 * round(side * scale / 2) for side in (stream.width, stream.height))
        video.pix_fmt, video.options = "yuv420p", {"crf": f"{crf}", "preset": "veryfast"}
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


def middle(runs: Sequence[Run]) -> tuple[str, str, str]:
    """Return median wall and processor seconds, and the memory at most, MB, as they are printed."""
    wall, used = (statistics.median(getattr(r, what) for r in runs) for what in ("seconds", "processor_s"))
    return f"{wall:.2f}", f"{used:.2f}", f"{max(r.memory_mb for r in runs):.0f}"


class Bench:
    """The parts of the benchmark; each prints its own table."""

    def __init__(self, times: int, full: bool, seconds: float, folder: Path) -> None:
        self.times, self.full, self.folder = times, full, folder
        self.shorter = seconds
        """Lengths of the clips made, as a share: below 1 only to see that every row works."""

    def _paired(self, clip: Path, name: str, frames: int, *options: str) -> None:
        loops, ours = [], []
        for _ in range(self.times):
            loops.append(run([*PLAIN, str(clip)]))
            ours.append(run([*ANALYZE, *options, str(clip)]))
        ratio = statistics.median(b.seconds / a.seconds for a, b in zip(loops, ours, strict=True))
        wall, used, memory = middle(ours)
        frame_ms = 1000 * float(wall) / frames
        print(
            f"| {name} | {frames} | {middle(loops)[0]} | {wall} | {ratio:.2f} | {frame_ms:.1f} | {used} "
            f"| {memory} |",
            flush=True,
        )

    def _treadmill(self, size: str, seconds: float) -> tuple[Path, int]:
        frames = max(30, round(seconds * self.shorter * FPS))
        return made(PHONE, SIZES[size], frames, self.folder), frames

    def clips(self) -> None:
        """Against the plain loop: by length, size, workers, with and without the annotated video."""
        _head("clip", "frames", "plain loop, s", "analyze, s", "ratio", "ms a frame", "processors, s", "MB")
        self._paired(SAMPLE, "sample, 1080p", 180, NO_VIDEO)
        self._paired(SAMPLE, "sample, 1080p, with the annotated video", 180)
        if not PHONE.is_file():
            print(f"(no clip of a treadmill: {PHONE})")
            return
        rows = [("1080p", 16.0), ("1080p", 1.0), ("1080p", 4.0), ("720p", 4.0), ("4K", 4.0)]
        for size, seconds in rows if self.full else rows[:1]:
            clip, frames = self._treadmill(size, seconds)
            name = f"treadmill, {size}, {seconds:g} s"
            self._paired(clip, name, frames, NO_VIDEO)
            if (size, seconds) == rows[0]:
                self._paired(clip, f"{name}, with the annotated video", frames)
                for workers in (1, 2):
                    options = NO_VIDEO, "--workers", str(workers)
                    self._paired(clip, f"{name}, {workers} workers", frames, *options)

    def long(self) -> None:
        """As many frames as a clip may have, without the plain loop: memory must be flat."""
        _head("clip", "frames", "analyze, s", "processors, s", "MB")
        for size, lengths in LONG.items() if self.full else (("1080p", LONG["1080p"]),):
            for seconds in lengths:
                clip, frames = self._treadmill(size, seconds)
                wall, used, memory = middle([run([*ANALYZE, NO_VIDEO, str(clip)])])
                print(
                    f"| treadmill, {size}, {seconds:g} s | {frames} | {wall} | {used} | {memory} |",
                    flush=True,
                )

    def network(self) -> None:
        """One look of the landmark network, alone on one core."""
        _head("runtime", "ms a look on one core")
        command = [sys.executable, str(HERE / "network_alone.py"), str(max(5, round(200 * self.shorter)))]
        for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
            print("| {} | {} |".format(*line.split()))

    def start(self) -> None:
        """What it takes to begin, and to do again."""
        _head("", "s", "processors, s", "MB")
        python = sys.executable
        for name, command in (
            ("Python alone", [python, "-c", ""]),
            ("`import analyzer`", [python, "-c", "import analyzer"]),
            ("`import analyzer.pipeline`", [python, "-c", "import analyzer.pipeline"]),
            ("`sprint-analyzer --help`", [*PROGRAM, "--help"]),
        ):
            self._row(name, command)
        cache = with_model(self.folder / "kept")
        again = [*ANALYZE, NO_VIDEO, str(SAMPLE)]
        run(again, cache)
        self._row("the sample again, its track kept", again, cache)
        again[again.index("1.80")] = "1.75"
        self._row("the same with another height", again, cache)

    def tail(self) -> None:
        """All that follows the pose, for 10 s at 240 frames a second: joints from a file."""
        _head("", "s", "processors, s", "MB")
        results, joints = self.folder / "short", self.folder / "long.csv"
        cache = with_model(self.folder / "tail")
        run([*ANALYZE, NO_VIDEO, "--out", str(results), str(SAMPLE)], cache)
        seconds = max(2.0, 10 * self.shorter)
        run(
            [sys.executable, str(HERE / "long_run.py"), str(results), f"{seconds}", "240", str(joints)], cache
        )
        command = [*ANALYZE, "--pose", str(joints)]
        name = f"{seconds:g} s at 240 frames a second, report and kinogram, imports"
        self._row(name, command, cache)
        self._row("`import analyzer.pipeline`", [sys.executable, "-c", "import analyzer.pipeline"])

    def _row(self, name: str, command: Sequence[str], cache: Path | None = None) -> None:
        print("| {} | {} | {} | {} |".format(name, *middle([run(command, cache) for _ in range(self.times)])))

    def batch(self) -> None:
        """A folder of clips at once, against the same clips one after another."""
        clips = sorted(p for p in CLIPS.glob("*") if p.suffix in (".mp4", ".avi", ".mov"))
        if self.shorter < 1:
            clips = clips[:2]
        _head("", "clips", "s", "processors, s", "MB")
        single = [run([*ANALYZE, NO_VIDEO, str(clip)], may_fail=True) for clip in clips]
        alone, used = sum(r.seconds for r in single), sum(r.processor_s for r in single)
        most = max((r.memory_mb for r in single), default=0.0)
        print(f"| one after another | {len(clips)} | {alone:.1f} | {used:.1f} | {most:.0f} |", flush=True)
        season = [*PROGRAM, "batch", *map(str, clips), "--out", "season", NO_VIDEO]
        took = run(season, may_fail=True)
        share = took.processor_s / took.seconds / (os.cpu_count() or 1)
        wall, used, most = took.seconds, took.processor_s, took.memory_mb
        print(
            f"| batch | {len(clips)} | {wall:.1f} | {used:.1f} | {most:.0f} |\n\n"
            f"Throughput {alone / took.seconds:.2f} of single clips; {share:.0%} of the cores busy."
        )

    def many(self) -> None:
        """Two hundred clips in one batch: memory, open files and pace from its first fifth to its last."""
        count = max(5 * FIFTHS, round(MANY * self.shorter))
        folder = self.folder / "many"
        folder.mkdir()
        for i in range(count):
            # No two alike, or the second would find the first one's track kept.
            made(SAMPLE, 480, 60 + i % 60, folder, crf=20 + i // 60)
        out = self.folder / "season"
        watched: list[Sample] = []
        took = run(
            [*PROGRAM, "batch", str(folder), "--out", str(out), NO_VIDEO], watched=watched, may_fail=True
        )
        ends = sorted(path.stat().st_mtime for path in out.glob("*/batch.json"))
        begin = watched[0].time
        used = f"{took.seconds:.0f} s, {took.processor_s:.0f} s of the processors"
        print(f"\n{len(ends)} of {count} clips: {used}.")
        _head("fifth", "clips a minute", "MB", "open files")
        edges = [begin, *(ends[len(ends) * (k + 1) // FIFTHS - 1] for k in range(FIFTHS))]
        for k in range(FIFTHS):
            part = [one for one in watched if edges[k] <= one.time <= edges[k + 1]]
            number = len(ends) * (k + 1) // FIFTHS - len(ends) * k // FIFTHS
            print(
                f"| {k + 1} | {60 * number / (edges[k + 1] - edges[k]):.1f} "
                f"| {max(one.memory_mb for one in part):.0f} | {max(one.files for one in part)} |",
                flush=True,
            )


def _head(*columns: str) -> None:
    print(f"\n| {' | '.join(columns)} |\n{'|---' * len(columns)}|", flush=True)


def machine() -> str:
    """Return what this was measured on, in a line."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    load = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; "
        f"load before: {load:.1f}"
    )


def main() -> None:
    """Print the tables."""
    parts: dict[str, Callable[[Bench], None]] = {
        "network": Bench.network, "start": Bench.start, "tail": Bench.tail, "clips": Bench.clips,
        "batch": Bench.batch, "long": Bench.long, "many": Bench.many,
    }  # fmt: skip
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="pairs of each")
    parser.add_argument("--full", action="store_true", help="all lengths and sizes, and the batch")
    parser.add_argument("--long", action="store_true", help="long clips and two hundred, too")
    parser.add_argument("--only", nargs="+", choices=parts, help="these parts")
    parser.add_argument("--shorter", type=float, default=1.0, help="share of all lengths: to try the rows")
    args = parser.parse_args()
    usual = [*list(parts)[: 5 if args.full else 4], *(["long", "many"] if args.long else [])]
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(args.times, args.full, args.shorter, Path(folder))
        for name in args.only or usual:
            parts[name](bench)


if __name__ == "__main__":
    main()
