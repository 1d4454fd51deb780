"""A batch from plan to page, with an analysis that does what the clips say."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import signal
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import batching
import pytest
from places import ROOT

from analyzer.batch import job, places, plan, work, workers
from analyzer.batch.run import Result, run
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.results import Answer
from analyzer.errors import OutputError
from analyzer.outputs import folder as result_folder
from analyzer.outputs import smas_file


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    return tmp_path / "clips"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "season"


def do(clips: Path, out: Path, n: int = 2, **settings: Any) -> Result:
    return run(plan.make([str(clips)], str(out), **settings), make=batching.make, n=n)


def table(out: Path, name: str = "runs.csv") -> list[dict[str, str]]:
    with (out / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def folders(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if path.is_dir())


def test_a_clip_that_another_run_holds_is_told_of_and_done_afterwards(
    clips: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batching.clip(clips / "a.mp4")
    monkeypatch.setattr(places, "_PATIENCE_S", 0.02)
    monkeypatch.setattr(workers, "each", batching.here())
    held = ExitStack()
    held.enter_context(places.Local(out).claim("a_sprint"))
    seen: list[str] = []

    def told(outcome: job.Outcome) -> None:
        seen.append(outcome.status)
        if outcome.status == "waits":
            assert outcome.failure is not None
            assert f"process {os.getpid()}" in outcome.failure.why
            held.close()

    result = run(plan.make([str(clips)], str(out)), n=1, told=told)
    assert seen == ["waits", "done"]
    assert [outcome.status for outcome in result.outcomes] == ["done"]
    assert [row["status"] for row in table(out)] == ["ok"]


def test_want_of_memory_is_told_as_that_and_a_full_disk_by_the_name_of_the_folder(
    clips: Path, out: Path
) -> None:
    errors = {
        "a.mp4": MemoryError(),
        "b.mp4": ImportError("libx.so: failed to map"),
        "c.mp4": OutputError("Cannot write {work}/pose.csv.", "No space left on device."),
    }

    def make(clip: Path, _: Config, folder: Path) -> list[dict[str, Any]]:
        error = errors[clip.name]
        raise OutputError(error.what.format(work=folder), error.why) if clip.name == "c.mp4" else error

    for name in errors:
        batching.clip(clips / name)
    made = [work.do(one, make) for one in plan.make([str(clips)], str(out)).jobs]
    told = {outcome.job.name: outcome.failure for outcome in made}
    assert told["a.mp4"].what == "The memory does not suffice."
    assert told["b.mp4"].what == "A part of the program cannot be loaded."
    assert told["c.mp4"].what == "Cannot write c_sprint/pose.csv."
    assert not any("report this" in failure.fix for failure in told.values())


def test_each_clip_has_a_folder_and_all_share_tables_and_a_page(clips: Path, out: Path) -> None:
    batching.clip(clips / "a.mp4")
    batching.clip(clips / "b.mov", "twice")
    (clips / "notes.txt").write_text("no clip")
    result = do(clips, out, height_m=1.8)
    assert [o.status for o in result.outcomes] == ["done", "done"]
    assert folders(out) == ["a_sprint", "b_sprint"]
    rows = table(out)
    assert [row["run"] for row in rows] == ["a", "b", "b, pass 1"]
    assert [row["report"] for row in rows] == [
        "a_sprint/report.html", "b_sprint/report.html", "b_sprint/pass_1/report.html"
    ]  # fmt: skip
    assert {row["status"] for row in rows} == {"ok"}
    assert {(row["step_length_m"], row["step_length_sd_m"], row["height_m"]) for row in rows} == {
        ("1.8", "0.01", "1.8")
    }
    steps = table(out, "steps.csv")
    assert [(row["run"], row["step"]) for row in steps[:3]] == [("a", "1"), ("a", "2"), ("b", "1")]
    assert len(steps) == 6
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.count("<article>") == 3
    assert page.count("data:image/jpeg") == 3
    assert "180.0 ± 1.0 cm" in page or "1.80 ± 0.01 m" in page


def test_a_rerun_does_only_what_is_missing_or_has_changed(clips: Path, out: Path, tmp_path: Path) -> None:
    a, b, c = (batching.clip(clips / f"{name}.mp4") for name in "abc")
    do(clips, out)
    again = do(clips, out)
    assert [o.status for o in again.outcomes] == ["unchanged"] * 3
    d = batching.clip(clips / "d.mp4")
    b.write_text("fine, but another picture\n")
    os.utime(c, (1e9, 1e9))  # touched, the same content
    settings = tmp_path / "athletes.csv"
    settings.write_text("file,height\na.mp4,1.70\n")
    third = do(clips, out, table=settings)
    assert {o.job.name: o.status for o in third.outcomes} == {
        "a.mp4": "done", "b.mp4": "done", "c.mp4": "unchanged", "d.mp4": "done",
    }  # fmt: skip
    assert [batching.begun(path) for path in (a, b, c, d)] == [2, 2, 1, 1]
    assert len(table(out)) == 4
    assert {o.status for o in do(clips, out, table=settings).outcomes} == {"unchanged"}
    assert {o.status for o in do(clips, out, table=settings, force=True).outcomes} == {"done"}


def test_other_code_makes_other_results(clips: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer.batch import job, work

    batching.clip(clips / "a.mp4")
    wanted = plan.make([str(clips)], str(out)).jobs[0]
    assert work.do(wanted, batching.make).status == "done"
    monkeypatch.setattr(plan, "code_version", lambda: "0 other")
    later = plan.make([str(clips)], str(out)).jobs[0]
    assert later.wanted != wanted.wanted
    refused = work.do(later, batching.make)
    assert refused.failure is not None
    assert "another version" in refused.failure.what  # a worker with other code must not mix in its results
    assert job.code_version().startswith("0.")


def test_only_what_stands_above_the_pipeline_may_change_without_other_results() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(c["layers"] for c in settings["tool"]["importlinter"]["contracts"] if "layers" in c)
    above = layers[: layers.index("pipeline | preview")]
    names = {name for layer in above for name in layer.split(" | ")} | {"preview", "__main__"}
    assert names | {"cores", "stages"} == {name.removesuffix(".py") for name in job.NO_MATTER}
    assert all((ROOT / "analyzer" / name).exists() for name in job.NO_MATTER)


def test_a_changed_marks_file_counts_as_changed_settings(clips: Path, out: Path, tmp_path: Path) -> None:
    batching.clip(clips / "a.mp4")
    marks = tmp_path / "marks.csv"
    marks.write_text("x_px,y_px,metres\n")
    do(clips, out, marks=marks)
    assert [o.status for o in do(clips, out, marks=marks).outcomes] == ["unchanged"]
    marks.write_text("x_px,y_px,metres\n1,2,3\n")
    assert [o.status for o in do(clips, out, marks=marks).outcomes] == ["done"]


def test_a_bad_clip_stops_no_other_and_is_listed_with_its_reason(clips: Path, out: Path) -> None:
    says = {"a": "nobody", "b": "bug", "c": "dies", "d": "dies-once", "e": "fine"}
    paths = {name: batching.clip(clips / f"{name}.mp4", word) for name, word in says.items()}
    result = do(clips, out)
    rows = {row["file"]: row for row in table(out)}
    assert {name: row["status"] for name, row in rows.items()} == {
        "a.mp4": "failed", "b.mp4": "failed", "c.mp4": "failed", "d.mp4": "ok", "e.mp4": "ok",
    }  # fmt: skip
    assert (rows["a.mp4"]["what"], rows["a.mp4"]["why"], rows["a.mp4"]["fix"]) == (
        "Nobody was found.", "Looked in 3 frames.", "Film from the side.",
    )  # fmt: skip
    assert "ZeroDivisionError" in rows["b.mp4"]["why"]
    assert "SIGKILL" in rows["c.mp4"]["why"]
    assert len(result.failures) == 3
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "3 could not be analysed" in page
    assert "Nobody was found." in page
    assert folders(out) == ["a_sprint", "d_sprint", "e_sprint"]
    again = do(clips, out)
    assert len(again.failures) == 3
    # What lies in the clip fails again and is not tried; a breakdown of the program or machine is.
    assert {name: batching.begun(path) for name, path in paths.items()} == {
        "a": 1, "b": 2, "c": 4, "d": 2, "e": 1,
    }  # fmt: skip


def test_results_of_other_settings_stay_when_new_ones_fail(clips: Path, out: Path) -> None:
    a = batching.clip(clips / "a.mp4")
    do(clips, out)
    a.write_text("nobody\n")
    do(clips, out)
    assert (out / "a_sprint" / "report.html").is_file()
    assert [(row["status"], row["report"]) for row in table(out)] == [("failed", "")]
    a.write_text("fine again\n")
    do(clips, out)
    assert [(row["status"], row["what"]) for row in table(out)] == [("ok", "")]


def test_what_a_coach_has_corrected_is_not_replaced(clips: Path, out: Path) -> None:
    batching.clip(clips / "a.mp4")
    do(clips, out)
    events = out / "a_sprint" / "events.csv"
    events.write_text("side,touchdown_s,toe_off_s\nleft,0.11,0.2\n")
    (out / "a_sprint" / "summary.csv").write_text("metric,mean,mean_se\ncontact_time,0.09,0.002\n")
    assert [o.status for o in do(clips, out).outcomes] == ["unchanged"]
    assert table(out)[0]["contact_time_s"] == "0.09"  # the table follows the correction
    assert [o.status for o in do(clips, out, height_m=1.7).outcomes] == ["kept"]
    assert "0.11" in events.read_text()
    row = table(out)[0]
    assert (row["status"], row["contact_time_s"]) == ("kept", "0.09")
    assert "Corrected by hand" in row["why"]
    assert [o.status for o in do(clips, out, height_m=1.7, force=True).outcomes] == ["done"]
    assert "0.11" not in events.read_text()


def test_a_sheet_that_a_coach_has_answered_is_not_replaced(clips: Path, out: Path) -> None:
    batching.clip(clips / "a.mp4")
    do(clips, out)
    sheet = out / "a_sprint" / "smas.csv"
    sheet.write_text("item,side,answer\n6,left,yes\n")
    assert [o.status for o in do(clips, out, height_m=1.7).outcomes] == ["kept"]
    assert "6,left,yes" in sheet.read_text()


def test_who_insists_on_a_new_analysis_finds_what_was_written_in_it(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.outputs.report.page.build", lambda _, path, *__: path.touch())
    there = tmp_path / "season" / "a_sprint"
    result_folder.save(replace(analysis, answers=(Answer(6, "left", True),)), there)
    (there / "smas_earlier.csv").write_text("item,side,answer\n1,left,no\n")
    rows = (there / "events.csv").read_text().splitlines(keepends=True)
    (there / "events.csv").write_text("".join(rows[:-1]))  # a contact taken out by hand
    place, new = places.at(str(tmp_path / "season")), tmp_path / "new"
    new.mkdir()
    record = job.Record("", "", "a", "", "", {}, {}, events={"": "", "../elsewhere": ""})
    work._hand_over(place, "a_sprint", record, new)
    handed = {"analysis.json", "events.csv", "events_detected.csv", "smas.csv", "smas_earlier.csv"}
    assert {path.name for path in new.iterdir()} == handed
    result_folder.save(analysis, new, force=True)
    assert (new / "events_earlier.csv").read_text() == "".join(rows[:-1])
    assert (new / "events.csv").read_text() == "".join(rows)
    assert smas_file.read(new / "smas.csv") == (Answer(6, "left", True),)
    assert "1,left,no" in (new / "smas_earlier.csv").read_text()


def test_later_clips_join_earlier_ones(tmp_path: Path, out: Path) -> None:
    batching.clip(tmp_path / "monday" / "run.mp4")
    batching.clip(tmp_path / "tuesday" / "run.mp4")
    do(tmp_path / "monday", out)
    do(tmp_path / "tuesday", out)
    assert folders(out) == ["run_sprint", "tuesday-run_sprint"]
    assert len(table(out)) == 2
    assert [o.status for o in do(tmp_path / "monday", out).outcomes] == ["unchanged"]
    assert len(table(out)) == 2


def test_clips_with_the_same_name_do_not_collide(clips: Path, out: Path) -> None:
    names = [
        "monday/run.mp4",
        "tuesday/run.mp4",
        "tuesday/Run.mp4",
        "tuesday/run.mov",
        "tuesday/80 m Lauf ü.mp4",
    ]
    for name in names:
        batching.clip(clips / name)
    assert [o.status for o in do(clips, out).outcomes] == ["done"] * 5
    assert len({name.casefold() for name in folders(out)}) == 5
    assert sorted(row["file"] for row in table(out)) == sorted(names)
    batching.clip(clips / "before" / "run.mp4")
    again = do(clips, out)
    assert sorted(o.status for o in again.outcomes) == ["done"] + ["unchanged"] * 5
    assert len(folders(out)) == 6


def test_clips_that_were_moved_keep_their_results(tmp_path: Path, clips: Path, out: Path) -> None:
    batching.clip(clips / "a.mp4")
    do(clips, out)
    clips.rename(tmp_path / "archive")
    assert [o.status for o in do(tmp_path / "archive", out).outcomes] == ["unchanged"]
    assert folders(out) == ["a_sprint"]
    record = json.loads((out / "a_sprint" / "batch.json").read_text(encoding="utf-8"))
    assert record["source"] == job.hidden(str(tmp_path / "archive" / "a.mp4"))


def test_results_inside_the_folder_of_clips_are_no_clips(clips: Path) -> None:
    batching.clip(clips / "a.mp4")
    batching.clip(clips / "._a.mp4")  # what a Mac leaves on a stick
    do(clips, clips / "out")
    batching.clip(clips / "out" / "a_sprint" / "overlay.mp4")
    assert [o.job.name for o in do(clips, clips / "out").outcomes] == ["a.mp4"]


def _batch(clips: Path, out: Path, n: int) -> None:
    do(clips, out, n=n)


def test_killed_at_any_moment_nothing_is_lost_or_done_twice(clips: Path, out: Path) -> None:
    paths = [batching.clip(clips / f"{i}.mp4", "slow 0.15") for i in range(6)]
    context = multiprocessing.get_context("spawn")
    kills = 0
    for delay in (1.0, 1.4, 1.8):
        process = context.Process(target=_batch, args=(clips, out, 2))
        process.start()
        time.sleep(delay)
        if process.is_alive():
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.join()
    assert kills >= 1
    result = do(clips, out)
    assert not result.failures
    assert len(table(out)) == 6
    assert folders(out) == [f"{i}_sprint" for i in range(6)]  # and no folder of unfinished work
    # Workers whose batch was killed end their clip and leave it finished: none is begun twice.
    assert [batching.begun(path) for path in paths] == [1] * 6


def test_two_batches_at_once_share_the_work(clips: Path, out: Path) -> None:
    paths = [batching.clip(clips / f"{i}.mp4", "slow 0.1") for i in range(5)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: do(clips, out), range(2)))
    assert [result.failures for result in results] == [[], []]
    assert sum(result.count("done") for result in results) == 5
    assert [batching.begun(path) for path in paths] == [1] * 5
    assert len(table(out)) == 5
