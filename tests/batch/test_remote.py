"""Clips and results behind a URL; here in memory, where nothing of a local disk can help."""

from __future__ import annotations

import csv
import io

import batching
import pytest

from analyzer.batch import places, plan, work
from analyzer.batch.job import RECORD, Outcome
from analyzer.batch.places import Place
from analyzer.batch.run import run

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def memory():
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]
    for name in ("a.mp4", "sub/b ü.mp4", "sub/a.mp4"):
        fs.pipe_file(f"/clips/{name}", f"fine {name}".encode())
    fs.pipe_file("/clips/bad.mp4", b"nobody")
    fs.pipe_file("/clips/notes.txt", b"no clip")
    yield fs
    fs.store.clear()


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.batch.workers.each", batching.here())


def outcomes(*wanted: str, **settings: object) -> dict[str, Outcome]:
    result = run(plan.make(wanted, "memory://season", **settings))
    return {outcome.job.name: outcome for outcome in result.outcomes}


def table(fs: object, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(fs.cat_file(f"/season/{name}").decode())))


def test_from_url_to_url(memory) -> None:
    first = outcomes("memory://clips")
    assert {name: outcome.status for name, outcome in first.items()} == {
        "a.mp4": "done", "bad.mp4": "failed", "sub/a.mp4": "done", "sub/b ü.mp4": "done",
    }  # fmt: skip
    assert memory.isfile("/season/sub-a_sprint/report.html")
    assert [row["run"] for row in table(memory, "runs.csv")] == ["a", "bad.mp4", "a", "b ü"]
    assert len(table(memory, "steps.csv")) == 6
    assert b"Nobody was found." in memory.cat_file("/season/index.html")
    again = outcomes("memory://clips")
    assert {outcome.status for outcome in again.values()} == {"unchanged"}
    assert again["bad.mp4"].failure is not None
    memory.pipe_file("/clips/a.mp4", b"fine, another")
    assert outcomes("memory://clips/*.mp4")["a.mp4"].status == "done"


def test_a_folder_without_its_record_is_not_finished(memory) -> None:
    outcomes("memory://clips/a.mp4")
    memory.rm_file(f"/season/a_sprint/{RECORD}")
    assert outcomes("memory://clips/a.mp4")["a.mp4"].status == "done"


def test_what_was_there_goes_before_the_new_comes(memory, tmp_path) -> None:
    place: Place = places.at("memory://season")
    outcomes("memory://clips/a.mp4")
    with place.claim("a_sprint") as made:
        (made / RECORD).write_bytes(b"{}")
        (made / "new.csv").write_text("x")
        place.commit("a_sprint", made)
    assert sorted(memory.ls("/season/a_sprint", detail=False)) == [
        f"/season/a_sprint/{RECORD}", "/season/a_sprint/new.csv"
    ]  # fmt: skip


def test_a_clip_that_is_gone_is_told(memory) -> None:
    job = plan.make(["memory://clips/a.mp4"], "memory://season").jobs[0]
    memory.rm_file("/clips/a.mp4")
    outcome = work.do(job, batching.make)
    assert outcome.failure is not None
    assert "cannot be read" in outcome.failure.what
