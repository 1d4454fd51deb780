"""What writes, for ``validation.faults``: analyses, reports, batches and the cache, of a run made by code."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch

import numpy as np

from analyzer import pipeline
from analyzer.batch import work as batch_work
from analyzer.batch.job import Job, code_version
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.capture import CameraMotion, Followed
from analyzer.outputs import swap
from analyzer.outputs.kinogram import drawing
from analyzer.outputs.report import page
from analyzer.pose import cache
from analyzer.pose.files import pose_csv
from analyzer.video.frame import Image
from validation import faults, recipes, truth

BITS: Final = 2000
"""Bits of a kept track that are turned, one at a time."""


@contextmanager
def quick() -> Iterator[None]:
    """Have pictures and pages that take no time: what is tried is how they are written."""

    def sheet(*_: object) -> Image:
        return np.zeros((9, 16, 3), np.uint8)

    def save(_: object, path: Path) -> None:
        path.write_bytes(b"kinogram" * 10_000)

    def build(analysis: Analysis, path: Path, *_: object) -> Path:
        path.write_text(f"{analysis.name}, {len(analysis.steps)} steps", encoding="utf-8")
        return path

    with (
        patch.object(drawing, "sheet", sheet),
        patch.object(drawing, "save", save),
        patch.object(page, "build", build),
    ):
        yield


def runs(joints: Path) -> tuple[Analysis, ...]:
    """Return an analysis of joints as two passes of one clip."""
    one = pipeline.analyze(pose=joints, height_m=1.78, overlay=False)
    return one, replace(one, name="pass 1", config=one.config.model_copy(update={"pass_number": 1}))


def every(runs: Sequence[Analysis], inside: Path, *, every: int = 1) -> list[faults.Row]:
    """Inject faults into all that writes, in a folder ``inside``; pages are ``quick``."""
    folder = inside / "run_sprint"
    later = _later(runs[0])
    made = inside.with_name(f"{inside.name}-made")
    pipeline.save_passes(runs, made, force=True)
    (made / "notes.txt").write_text("mine", encoding="utf-8")
    (made / "photos").mkdir(exist_ok=True)
    (made / "photos" / "start.jpg").write_bytes(b"picture")

    def nothing() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    def results() -> None:
        nothing()
        shutil.copytree(made, folder)

    def read() -> object:
        if folder.is_dir():
            swap.recover(folder)
        return faults.look(folder)

    def raw() -> object:
        return faults.look(folder)

    def fresh() -> object:
        return pipeline.save_passes(runs, folder)

    def again() -> object:
        return pipeline.save_passes([later], folder, force=True)

    def report() -> object:
        later.save(folder, force=True)
        if faults.look(folder / "pass_1") != faults.look(made / "pass_1"):
            raise RuntimeError("the other pass is not as it was")
        return None

    rows = [
        faults.inject("analyze", fresh, inside, nothing, raw, every=every),
        faults.inject("analyze --force, over two passes", again, inside, results, raw, every=every),
        faults.inject("report", report, inside, results, raw, every=every),
    ]
    with faults.no_exchange():
        name = "report, where folders cannot be exchanged"
        rows.append(faults.inject(name, report, inside, results, read, every=every))
    rows.append(_batch(runs, later, inside, every))
    rows.append(_cache(runs[0], inside, every))
    return rows


def _later(run: Analysis) -> Analysis:
    """Return another analysis of the same run."""
    fewer = run.steps[1:]
    return replace(run, steps=fewer, detected=fewer, values=run.values[:50])


def _batch(runs: Sequence[Analysis], later: Analysis, inside: Path, every: int) -> faults.Row:
    clip, out = inside / "clip.mp4", inside / "out"
    clip.write_bytes(b"a clip")

    def make(one: Sequence[Analysis]) -> Callable[..., list[dict[str, Any]]]:
        def made(_: Path, __: Config, work: Path) -> list[dict[str, Any]]:
            pipeline.save_passes(one, work, force=True)
            return [{"folder": "", "name": one[0].name, "frames": 1, "notes": []}]

        return made

    def job(wanted: str) -> Job:
        settings: dict[str, Any] = {}
        return Job(
            str(clip), "clip.mp4", "1", 6, str(out), "clip_sprint", settings, {}, wanted, code_version(), True
        )

    shutil.rmtree(out, ignore_errors=True)
    batch_work.do(job("old"), make(runs))
    (out / "clip_sprint" / "notes.txt").write_text("mine", encoding="utf-8")
    made = inside.with_name(f"{inside.name}-batch")
    shutil.copytree(out, made, dirs_exist_ok=True)

    def old() -> None:
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out)

    def new() -> None:
        done = batch_work.do(job("new"), make([later]))
        if done.failure is not None and done.failure.what.startswith("The analysis of this clip broke"):
            raise RuntimeError(done.failure.why)

    def state() -> object:
        found = faults.look(out / "clip_sprint")
        return found and {name: data for name, data in found.items() if name != "batch.json"}

    return faults.inject("batch", new, inside, old, state, every=every)


def _cache(run: Analysis, inside: Path, every: int) -> faults.Row:
    place = inside / "cache" / "track.npz"
    moved = replace(run.pose, xy=run.pose.xy + 1)

    def track(pose: Any) -> Followed:
        return Followed(pose, CameraMotion.static(len(pose.time)), ())

    def old() -> None:
        cache._write(place, track(run.pose))

    def new() -> None:
        cache._write(place, track(moved))

    def state() -> object:
        found = cache._read(place, run.video)
        return None if found is None else found.pose.xy.tobytes()

    return faults.inject("cache", new, inside, old, state, every=every)


def flips(run: Analysis, folder: Path, n: int, seed: int = 1) -> int:
    """Return how many of ``n`` bits turned in a kept track made another track of it."""
    place = folder / "track.npz"
    cache._write(place, Followed(run.pose, CameraMotion.static(len(run.pose.time)), ()))
    whole = place.read_bytes()
    draw = np.random.default_rng(seed)
    wrong = 0
    for at in draw.integers(0, 8 * len(whole), n):
        spoiled = bytearray(whole)
        spoiled[at // 8] ^= 1 << int(at % 8)
        place.write_bytes(bytes(spoiled))
        found = cache._read(place, run.video)
        wrong += found is not None and not np.array_equal(found.pose.xy, run.pose.xy, equal_nan=True)
    return wrong


def main(step: int = 1) -> None:
    """Inject faults at each so manieth step, and print the table."""
    with TemporaryDirectory() as folder, quick():
        place = Path(folder).resolve()
        (place / "inside").mkdir()
        track, _ = truth.scene(recipes.quick()[0])
        analysed = runs(pose_csv.write_pose(track, place / "joints.csv"))
        found = every(analysed, place / "inside", every=step)
        print(faults.table(found))
        for row in found:
            print("".join(f"{row.name}: {one}\n" for one in row.wrong), end="")
        print(f"Bits turned in a kept track: {BITS}; another track: {flips(analysed[0], place, BITS)}.")
