"""Random and mutated joints: a result or a sentence, never an exception, a warning or work without end.

A few seconds of it belong to every run; ``make fuzz`` sets ``FUZZ_MINUTES`` and looks for as long.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import joint_files
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from runner import pose_track

from analyzer import pipeline
from analyzer.data.capture import PoseTrack
from analyzer.errors import AnalyzerError, PoseFileError
from analyzer.pose.files import child, pose_csv

MINUTES = float(os.environ.get("FUZZ_MINUTES", "0"))
LONGEST_S = 60.0
"""For one track of a second or two: many times what the slowest takes here, 7 s."""
BASE = pose_track(duration_s=1.2)
Tables = tuple[np.ndarray, np.ndarray, np.ndarray]


def searched(share: float, quick: int) -> Callable[..., object]:
    """Look at ``quick`` examples, always the same; or at new ones for a share of the minutes set."""
    if not MINUTES:
        return settings(
            max_examples=quick, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
        )
    rate = 10 if share > 0.2 else 40  # examples a second, about
    return settings(
        max_examples=max(quick, int(60 * MINUTES * share * rate)),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def _some(draw: np.random.Generator, n: int) -> np.ndarray:
    return draw.random(n) < draw.random()


def _noise(t: Tables, draw: np.random.Generator) -> Tables:
    return t[0], t[1] + draw.normal(0, 10.0 ** draw.integers(0, 4), t[1].shape), t[2]


def _spikes(t: Tables, draw: np.random.Generator) -> Tables:
    return t[0], t[1] + (draw.random(t[1].shape) < 0.05) * draw.normal(0, 10.0 ** draw.integers(1, 8)), t[2]


def _rows_lost(t: Tables, draw: np.random.Generator) -> Tables:
    keep = np.sort(draw.choice(len(t[0]), draw.integers(1, len(t[0]) + 1), replace=False))
    return t[0][keep], t[1][keep], t[2][keep]


def _joints_lost(t: Tables, draw: np.random.Generator) -> Tables:
    return t[0], np.where(_some(draw, t[1].shape[1])[None, :, None], np.nan, t[1]), t[2]


def _unseen(t: Tables, draw: np.random.Generator) -> Tables:
    return t[0], np.where(_some(draw, len(t[0]))[:, None, None], np.nan, t[1]), t[2]


def _gap(t: Tables, draw: np.random.Generator) -> Tables:
    late = np.arange(len(t[0])) >= len(t[0]) // 2
    return t[0] + late * 10.0 ** draw.integers(-2, 9), t[1], t[2]


CHANGES: dict[str, Callable[[Tables, np.random.Generator], Tables]] = {
    "noise": _noise,
    "spikes": _spikes,
    "rows lost": _rows_lost,
    "joints lost": _joints_lost,
    "unseen": _unseen,
    "gap": _gap,
    "random": lambda t, draw: (t[0], draw.normal(0, 10.0 ** draw.integers(0, 5), t[1].shape), t[2]),
    "still": lambda t, draw: (t[0], t[1][:1] + 0 * t[1], t[2]),
    "one point": lambda t, draw: (t[0], t[1][:, :1] + 0 * t[1], t[2]),
    "size": lambda t, draw: (t[0], t[1] * 10.0 ** draw.integers(-300, 300), t[2]),
    "near size": lambda t, draw: (t[0], t[1] * draw.uniform(0.02, 6), t[2]),
    "shifted": lambda t, draw: (t[0], t[1] - 10.0 ** draw.integers(1, 12), t[2]),
    "mirrored": lambda t, draw: (t[0], t[1] * (-1, 1) + (1920, 0), t[2]),
    "line": lambda t, draw: (t[0], t[1][..., :1] + 0 * t[1], t[2]),
    "joints swapped": lambda t, draw: (t[0], t[1][:, draw.permutation(t[1].shape[1])], t[2]),
    "rows shuffled": lambda t, draw: (t[0], t[1][draw.permutation(len(t[0]))], t[2]),
    "whole pixels": lambda t, draw: (t[0], np.round(t[1] / 20) * 20, t[2]),
    "clock": lambda t, draw: (t[0] * 10.0 ** draw.integers(-12, 12), t[1], t[2]),
    "clock jitters": lambda t, draw: (np.sort(t[0] + draw.normal(0, 0.01, len(t[0]))), t[1], t[2]),
    "confidence": lambda t, draw: (t[0], t[1], draw.uniform(-1, 2, t[2].shape)),
}
SEEDS = st.integers(0, 2**32 - 1)


@searched(0.6, quick=30)
@given(
    start=st.integers(0, 100),
    frames=st.sampled_from([1, 2, 3, 5, 10, 30, 80, 144]),
    changes=st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), SEEDS), min_size=1, max_size=3),
    source=st.sampled_from(["pose.csv", "blazepose", "rtmpose"]),
)
def test_a_track_of_any_kind_ends_in_a_result_or_a_sentence(
    start: int, frames: int, changes: list[tuple[str, int]], source: str
) -> None:
    rows = slice(start, start + frames)
    tables = tuple(np.array(part[rows]) for part in (BASE.time, BASE.xy, BASE.confidence))
    with np.errstate(all="ignore"):
        for name, seed in changes:
            tables = CHANGES[name](tables, np.random.default_rng(seed))  # type: ignore[arg-type]
    seconds, xy, confidence = tables
    box = np.full((len(seconds), 3), np.nan)
    pose = PoseTrack(seconds, xy, confidence, BASE.names, box, 0, 0, source)
    begun = time.monotonic()
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        path = pose_csv.write_pose(pose, Path(folder) / "fuzz.csv")
        try:
            run = pipeline.analyze(pose=path, height_m=1.75, overlay=False)
        except AnalyzerError:
            return
    assert not [step for step in run.steps if step.touchdown_s >= step.toe_off_s]
    assert time.monotonic() - begun < LONGEST_S


TOKENS = (
    b"nan", b"inf", b"-inf", b"1e999", b"1e308", b"-1", b"", b"0", b"9" * 25, b"9" * 5000, b"\0", b"\xff\xfe",
    b'"', b",", b";", b"\t", b"\n", b"[", b"{", b"}", b"]", b"null", b"true", b'"x"', b"[" * 3000, b"1_0",
    b"a" * 140_000,
)  # fmt: skip
EDITS = st.tuples(
    st.floats(0, 1), st.sampled_from([0, 1, 4, 20, 200]), st.integers(0, 3), st.sampled_from(TOKENS)
)


def damaged(data: bytes, edits: list[tuple[float, int, int, bytes]]) -> bytes:
    out = bytearray(data)
    for where, length, kind, token in edits:
        at = int(where * max(0, len(out) - 1))
        if kind == 0:
            out[at : at + length] = token
        elif kind == 1:
            out[at:at] = out[at : at + length] * 5
        elif kind == 2 and out:
            out[at] ^= 1 << length % 8
        else:
            del out[at : at + length]
    return bytes(out)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    short = pose_track(duration_s=0.2)
    return {kind: make(short, tmp_path_factory.mktemp("joints")) for kind, make in joint_files.KINDS.items()}


def attempt(path: Path) -> None:
    begun = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            assert np.isfinite(pose_csv.read_pose(path, 120.0).time).all()
        except AnalyzerError as error:
            assert isinstance(error, PoseFileError)  # noqa: PT017
    assert time.monotonic() - begun < LONGEST_S


@pytest.mark.parametrize("kind", [kind for kind in joint_files.KINDS if kind not in joint_files.CHILDS])
@searched(0.05, quick=15)
@given(which=st.floats(0, 1), edits=st.lists(EDITS, min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused(
    kind: str, which: float, edits: list[tuple[float, int, int, bytes]], files: dict[str, Path]
) -> None:
    _damage(files[kind], which, edits)


@pytest.mark.parametrize("kind", joint_files.CHILDS)
@searched(0.002, quick=2)
@given(edits=st.lists(EDITS, min_size=1, max_size=4))
def test_a_damaged_file_of_a_library_is_read_or_refused(
    kind: str, edits: list[tuple[float, int, int, bytes]], files: dict[str, Path]
) -> None:
    _damage(files[kind], 0.0, edits)


def _damage(path: Path, which: float, edits: list[tuple[float, int, int, bytes]]) -> None:
    every = sorted(path.iterdir()) if path.is_dir() else [path]
    file = every[int(which * (len(every) - 1))]
    whole = file.read_bytes()
    try:
        file.write_bytes(damaged(whole, edits))
        attempt(path)
    finally:
        file.write_bytes(whole)


@pytest.mark.parametrize("kind", joint_files.KINDS)
def test_every_kind_of_file_is_read_when_it_is_whole(kind: str, files: dict[str, Path]) -> None:
    assert len(pose_csv.read_pose(files[kind], 120.0).time) == 24


def test_a_library_that_never_comes_back_is_ended(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_LONGEST_S", 0.001)
    with pytest.raises(PoseFileError, match="damaged"):
        pose_csv.read_pose(files["SLEAP H5"], 120.0)


def _nested(folder: Path) -> Path:
    path = folder / "deep.json"
    path.write_text("[" * 100_000)
    return path


def _far_frame(folder: Path) -> Path:
    path = folder / "far.json"
    numbers = [5.0, 5.0, 1.0] * 17
    path.write_text(
        str([{"image_id": f"{i}.jpg", "keypoints": numbers} for i in (0, 10**15)]).replace("'", '"')
    )
    return path


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "joints.csv")
    return folder / "joints.csv"


def _named(folder: Path) -> Path:
    path = folder / os.fsdecode(b"joints\xff.csv")
    path.write_text("time_s\n0\n")
    return path


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_nested, "nested without end"),
        (_far_frame, "too long"),
        (_pipe, "is not a file"),
        (_named, "Rename the file"),
        (lambda folder: folder / "none.csv", "Cannot read"),
        (lambda folder: folder / "a\0b.csv", "Cannot read"),
    ],
)
def test_what_cannot_be_a_file_of_joints_says_so(
    make: Callable[[Path], Path], says: str, tmp_path: Path
) -> None:
    with pytest.raises(PoseFileError, match=says) as caught:
        pose_csv.read_pose(make(tmp_path), 120.0)
    assert caught.value.fix
