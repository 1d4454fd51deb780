"""Kept tracks: the damaged are made anew, what a killed process left is cleared, many use them at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.config import Config
from analyzer.data.capture import CameraMotion, Followed, PoseTrack, VideoInfo
from analyzer.data.notes import Note
from analyzer.errors import OutputError
from analyzer.pose import cache

FOUND, KEEP = cache.Taken.found, cache.Taken.keep
"""As they are before the tests begin; then they keep nothing."""


@pytest.fixture(autouse=True)
def pieces_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache.Taken, "found", FOUND)
    monkeypatch.setattr(cache.Taken, "keep", KEEP)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "tracks"


@pytest.fixture
def made(pose: PoseTrack) -> Followed:
    note = Note("info", "code", "message", metrics=("step_length",))
    return Followed(pose, CameraMotion.static(len(pose.time)), (note,))


@pytest.fixture
def info(pose: PoseTrack) -> VideoInfo:
    return VideoInfo(Path("clip.mp4"), 640, 360, 0, np.array(pose.time), 120.0, 30.0, False, "")


@pytest.fixture
def kept(folder: Path, made: Followed) -> Path:
    path = folder / "one.npz"
    cache._write(path, made)
    return path


def test_what_was_kept_comes_back(kept: Path, made: Followed, info: VideoInfo) -> None:
    back = cache._read(kept, info)
    assert back is not None
    np.testing.assert_array_equal(back[0].xy, made[0].xy)
    assert back[2] == made[2]


def test_a_damaged_file_is_no_track(kept: Path, info: VideoInfo) -> None:
    whole = kept.read_bytes()
    draw = np.random.default_rng(3)
    unread = 0
    for trial in range(150):
        data = bytearray(whole)
        if trial % 3 == 0:
            del data[int(draw.integers(len(data))) :]
        else:
            for at in draw.integers(len(data), size=1 + trial % 5):
                data[at] ^= int(draw.integers(1, 256))
        kept.write_bytes(bytes(data))
        unread += cache._read(kept, info) is None  # whatever is wrong with it, nothing is raised
    assert unread > 100  # a byte nobody looks at may change unnoticed; numbers are under a checksum


def test_a_damaged_file_is_replaced(kept: Path, made: Followed, info: VideoInfo) -> None:
    kept.write_bytes(kept.read_bytes()[:1000])
    assert cache._read(kept, info) is None
    cache._write(kept, made)
    assert cache._read(kept, info) is not None


def test_what_a_killed_process_left_is_removed_once_it_is_old(kept: Path, made: Followed) -> None:
    old, fresh = kept.with_name("old.part"), kept.with_name("fresh.part")
    old.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    cache._write(kept, made)
    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_full_disk_leaves_nothing_behind(
    folder: Path, made: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.np, "savez_compressed", full)
    cache._write(folder / "one.npz", made)
    assert list(folder.iterdir()) == []


def test_only_so_many_are_kept_the_last_used(
    folder: Path, made: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_KEEP", 2)
    for i, name in enumerate("abc"):
        cache._write(folder / f"{name}.npz", made)
        os.utime(folder / f"{name}.npz", (1e9 + i,) * 2)
    cache._write(folder / "d.npz", made)
    assert sorted(path.stem for path in folder.iterdir()) == ["c", "d"]


def test_many_at_once(folder: Path, made: Followed, info: VideoInfo) -> None:
    path = folder / "one.npz"

    def use(i: int) -> bool:
        if i % 4 == 0:
            cache._write(path, made)
        if i % 7 == 6:
            cache.clear()
        back = cache._read(path, info)
        return back is None or len(back[0].time) == len(made[0].time)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(40)))
    assert list(folder.glob("*.part")) == []


def test_a_rate_that_only_the_pictures_of_a_clip_are_put_on_makes_another_track(
    folder: Path, info: VideoInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A film at 60 frames a second that shows 30 pictures: 60 stated leaves its clock, not its pictures'."""
    monkeypatch.setattr(cache, "chosen", lambda config: (Path("model.task"), []))
    monkeypatch.setattr(cache, "model_info", lambda path: {"sha256": ""})
    monkeypatch.setattr(cache.runtime, "installed", lambda: "")
    keys = {cache._key(info, Config(capture_fps=fps)) for fps in (None, 60.0, 66.0)}
    assert len(keys) == 3


FILES = {"a.jpg": bytes(range(256)) * 20, "b.json": b"[1.5, NaN]"}
"""What is taken from frames."""


@pytest.fixture
def taken(folder: Path, info: VideoInfo) -> cache.Taken:
    place = cache.taken("pictures", info, np.arange(3.0), "word")
    place.keep(FILES)
    return place


def test_what_was_taken_comes_back_for_the_same_facts_alone(taken: cache.Taken, info: VideoInfo) -> None:
    assert cache.taken("pictures", info, np.arange(3.0), "word").found() == FILES
    for other in (
        cache.taken("strobe", info, np.arange(3.0), "word"),
        cache.taken("pictures", info, np.arange(3), "word"),
        cache.taken("pictures", info, np.nextafter(np.arange(3.0), 9), "word"),
        cache.taken("pictures", info, np.arange(3.0), "words"),
        cache.taken("pictures", replace(info, sha256="another"), np.arange(3.0), "word"),
        cache.taken("pictures", replace(info, turned=1), np.arange(3.0), "word"),
        cache.taken("pictures", replace(info, pictures=np.arange(9.0)), np.arange(3.0), "word"),
    ):
        assert other.found() is None


def test_another_version_looks_again(
    taken: cache.Taken, info: VideoInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [(name, size, when + (name == "config.py")) for name, size, when in cache._installation()]
    monkeypatch.setattr(cache, "_installation", lambda: changed)
    assert cache.taken("pictures", info, np.arange(3.0), "word").found() is None


def test_a_damaged_piece_is_none_and_is_replaced(taken: cache.Taken) -> None:
    whole = taken.path.read_bytes()
    draw = np.random.default_rng(3)
    for trial in range(60):
        data = bytearray(whole)
        if trial % 3 == 0:
            del data[int(draw.integers(len(data))) :]
        else:
            data[int(draw.integers(40, 5000))] ^= int(draw.integers(1, 256))  # within the first file
        taken.path.write_bytes(bytes(data))
        assert taken.found() is None
    taken.keep(FILES)
    assert taken.found() == FILES


def test_only_so_many_pieces_are_kept(folder: Path, info: VideoInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_KEEP_TAKEN", 2)
    places = [cache.taken("pictures", info, i) for i in range(4)]
    for i, place in enumerate(places):
        place.keep(FILES)
        if i < 3:
            os.utime(place.path, (1e9 + i,) * 2)
    assert [place.found() is not None for place in places] == [False, False, True, True]


def test_pieces_are_told_of_and_cleared(taken: cache.Taken, kept: Path) -> None:
    assert any("taken from frames: 1 of" in line for line in cache.describe())
    assert cache.clear().startswith("Removed 1 tracks, ")
    assert taken.found() is None
    assert not any("taken from frames" in line for line in cache.describe())


def run(*arguments: str) -> str:
    command = [sys.executable, "-m", "analyzer", "cache", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_command_tells_and_clears(kept: Path) -> None:
    kept.with_name("left.part").write_bytes(b"half")
    told = run("info")
    assert "tracks: 1 of" in told
    assert str(kept.parent) in told
    assert "model: not there yet" in told
    assert run("clear").startswith("Removed 1 tracks, ")
    assert list(kept.parent.iterdir()) == []
    assert run("clear").startswith("Removed 0 tracks, ")
    assert "tracks: 0 of" in run("info")


def test_a_cache_of_another_user_is_told_and_stops_no_analysis(
    kept: Path, made: Followed, info: VideoInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object, *_: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    for owner, name in ((os, "listdir"), (Path, "glob"), (Path, "open"), (os, "replace")):
        monkeypatch.setattr(owner, name, refuse)
    for ask in (cache.describe, cache.clear):
        with pytest.raises(OutputError, match=r"denied\. Set SPRINT_ANALYZER_CACHE"):
            ask()
    assert cache._read(kept, info) is None
    cache._write(kept, made)


def test_the_model_goes_only_when_asked(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = kept.parents[1] / "model.task"
    model.write_bytes(b"x" * 1_000_000)
    origin = model.with_suffix(".from.txt")
    origin.write_text("package==1.0")
    monkeypatch.setattr(cache, "kept", lambda: [[model, origin]] if model.exists() else [])
    assert "model: 1.0 MB" in cache.describe()[1]
    ready = kept.parents[1] / "networks" / "one.bin"
    ready.parent.mkdir()
    ready.write_bytes(b"x" * 2_000_000)
    assert "networks ready to run: 1, 2.0 MB" in cache.describe()
    cache.clear()
    assert model.exists()
    assert ready.exists()
    assert "and the model, 3.0 MB" in cache.clear(everything=True)
    assert not model.exists()
    assert not ready.exists()
    assert not origin.exists()


def test_a_clip_that_was_read_otherwise_than_its_file_says_comes_back(
    folder: Path, made: Followed, info: VideoInfo
) -> None:
    pictures = np.arange(0.0, 2 * len(info.time), 2.0)
    understood = replace(
        info, width=made.pose.width, height=made.pose.height, turned=3, shown=2.0, pictures=pictures,
        playback_fps=15.0,
    )  # fmt: skip
    cache._write(folder / "turned.npz", made._replace(info=understood))
    back = cache._read(folder / "turned.npz", info)
    assert back is not None
    assert back.info is not None
    assert (back.info.turned, back.info.shown, back.info.slow_motion) == (3, 2.0, 8.0)
    np.testing.assert_array_equal(back.info.pictures, pictures)
