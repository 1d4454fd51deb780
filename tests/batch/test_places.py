"""What a kill leaves behind at each moment of putting results into their place, and what becomes of it."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from analyzer.batch import places
from analyzer.batch.job import RECORD, Record
from analyzer.batch.places import WORK, Local
from analyzer.errors import OutputError

FOLDER = "run [1]_sprint"


@pytest.fixture
def place(tmp_path: Path) -> Local:
    return Local(tmp_path / "out")


def record(key: str) -> bytes:
    return Record(key, "source", "name", "stamp", "sha", {}, {}).as_bytes()


def put(folder: Path, key: str, *, whole: bool = True) -> None:
    folder.mkdir(parents=True)
    (folder / "steps.csv").write_text(key)
    if whole:
        (folder / RECORD).write_bytes(record(key))


def key(place: Local) -> str:
    return (place.root / FOLDER / "steps.csv").read_text()


MOMENTS = [
    # finished before, set aside, new one finished -> what counts afterwards
    (True, False, False, "old"),  # killed at work: the old stays
    (True, False, True, "new"),  # everything was there but the renaming
    (False, True, True, "new"),  # between the two renamings
    (False, True, False, "old"),
    (False, False, True, "new"),  # a first time
    (False, False, False, None),
]


@pytest.mark.parametrize(("there", "aside", "whole", "counts"), MOMENTS)
@pytest.mark.parametrize("how", ["tidy", "claim"])
def test_after_a_kill(
    place: Local, there: bool, aside: bool, whole: bool, counts: str | None, how: str
) -> None:
    if there:
        put(place.root / FOLDER, "old")
    if aside:
        put(place.unfinished / f"{FOLDER}.old", "old")
    put(place.unfinished / f"{FOLDER}.new-x1" / "made", "new", whole=whole)
    if how == "tidy":
        place.tidy()
        assert not (place.root / WORK).exists()
    else:
        with place.claim(FOLDER) as work:
            assert list(work.iterdir()) == []
            assert not (place.unfinished / f"{FOLDER}.new-x1").exists()
    assert (key(place) if (place.root / FOLDER).exists() else None) == counts
    found = place.records()
    assert [one.key for one in found.values()] == ([counts] if counts else [])


def test_who_is_at_work_is_left_alone(place: Local) -> None:
    with place.claim(FOLDER) as work:
        (work / "half.csv").write_text("half")
        Local(place.root).tidy()
        assert (work / "half.csv").exists()
    place.tidy()
    assert not (place.root / WORK).exists()


def test_one_at_a_time(place: Local) -> None:
    order: list[str] = []

    def second() -> None:
        with Local(place.root).claim(FOLDER):
            order.append("second")

    with place.claim(FOLDER):
        other = threading.Thread(target=second)
        other.start()
        time.sleep(0.3)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]


@pytest.mark.parametrize("known", [True, False])
def test_whoever_waits_is_told_who_has_the_folder(
    place: Local, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    monkeypatch.setattr(places, "_PATIENCE_S", 0.02)
    told = threading.Event()
    said: list[str] = []

    def waits(who: str) -> None:
        said.append(who)
        told.set()

    def second() -> None:
        with Local(place.root).claim(FOLDER, waits):
            said.append("mine")

    before = time.strftime("%H:%M:%S")
    with place.claim(FOLDER) as work:
        if not known:
            (work.parent / "by").unlink()  # as of an earlier version
        other = threading.Thread(target=second)
        other.start()
        assert told.wait(10)
        assert said[1:] == []
    other.join(10)
    who, since = said[0].split(", since ") if known else (said[0], before)
    assert who == (f"process {os.getpid()}" if known else "a process that does not tell its number")
    assert before <= since <= time.strftime("%H:%M:%S") or since < "00:01"  # or midnight came in between
    assert said[1] == "mine"


def test_a_reader_sees_old_or_new_but_no_mixture(place: Local) -> None:
    put(place.root / FOLDER, "0")
    stop = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not stop.is_set():
            found = place.read(f"{FOLDER}/{RECORD}")
            if found is not None:  # between two renamings there is nothing, for microseconds
                one = Record.from_bytes(found)
                assert one is not None
                seen.add(one.key)

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(1, 30):
        with place.claim(FOLDER) as work:
            (work / "steps.csv").write_text(str(n))
            (work / RECORD).write_bytes(record(str(n)))
            place.commit(FOLDER, work)
    stop.set()
    reader.join()
    assert seen <= {str(n) for n in range(30)}
    assert key(place) == "29"
    assert sorted(os.listdir(place.root / FOLDER)) == [RECORD, "steps.csv"]


def test_a_file_is_written_whole_or_not(place: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("runs.csv", b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analyzer.batch.places.os.replace", full)
    with pytest.raises(OutputError, match="No space left"):
        place.write("runs.csv", b"new")
    assert os.listdir(place.root) == ["runs.csv"]
    assert place.read("runs.csv") == b"old"
