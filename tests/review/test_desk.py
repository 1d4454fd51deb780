"""What the page asks for becomes files that the program reads back as they were shown, or nothing changes."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pandas as pd
import pytest
from starlette import requests

from analyzer import pipeline
from analyzer.config import Config
from analyzer.data.analysis import Analysis, OtherPass
from analyzer.data.capture import CameraMotion
from analyzer.errors import AnalyzerError, ConfigError
from analyzer.outputs import analysis_json, scale_files
from analyzer.review import server, wanted
from analyzer.review.desk import BusyError, Desk
from analyzer.review.wanted import Answered, Contact, Point, Scale, Wanted


@pytest.fixture(autouse=True)
def _plain_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report has tests of its own; here it would take most of the time."""

    def plain(analysis: Analysis, path: Path, *_: Any) -> Path:
        path.write_text(analysis.name, encoding="utf-8")
        return path

    monkeypatch.setattr("analyzer.outputs.folder.page.build", plain)
    monkeypatch.setattr("analyzer.outputs.folder.drawing.draw", lambda *_: None)
    monkeypatch.setattr(
        "analyzer.outputs.folder.frames.write", lambda _, path, *__: path.write_bytes(b"drawn")
    )


def done(desk: Desk, **asked: Any) -> dict[str, Any]:
    """Ask for something, and wait for it."""
    desk.begin(Wanted(**asked))
    assert desk.work is not None
    while desk.work.busy:
        desk.work._thread.join(1)
    return desk.work.told()


def contacts(desk: Desk) -> list[Contact]:
    return [Contact(**row) for row in desk.state()["contacts"]]


def test_a_moved_touchdown_changes_the_steps_and_is_read_back_as_it_was_shown(
    desk: Desk, folder: Path
) -> None:
    before = pd.read_csv(folder / "steps.csv")
    rows = contacts(desk)
    moved = round(rows[2].touchdown_s + 2 / 120, 6)
    rows[2] = rows[2].model_copy(update={"touchdown_s": moved})
    assert done(desk, contacts=tuple(rows))["error"] is None
    after = pd.read_csv(folder / "steps.csv")
    assert after.contact_time_s[2] == pytest.approx(before.contact_time_s[2] - 2 / 120, abs=1e-6)
    assert after.event_source[2] == "edited"
    kept = ["step", "side", "toe_off_s"]
    pd.testing.assert_frame_equal(after[kept], before[kept])
    assert contacts(desk) == rows
    assert contacts(Desk(folder)) == rows


def test_contacts_are_added_and_removed(desk: Desk, folder: Path) -> None:
    rows = contacts(desk)
    gone = rows.pop(3)
    assert done(desk, contacts=tuple(rows))["error"] is None
    assert len(pd.read_csv(folder / "steps.csv")) == len(rows)
    assert contacts(desk) == rows
    with wanted.written(Wanted(contacts=(*rows, gone)), folder, CameraMotion.static(1)):  # in no order
        pass
    assert sorted(map(repr, contacts(Desk(folder)))) == sorted(map(repr, (*rows, gone)))
    assert [step.side for step in pipeline.rebuild(folder).steps] == ["left", "right"] * 3 + ["left"]


def test_contacts_are_never_half_written(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a kill in the middle of writing would leave them."""
    before = (folder / "events.csv").read_bytes()

    def cut(columns: object, path: Path, *rest: object) -> None:
        path.write_text("step,si")
        assert (folder / "events.csv").read_bytes() == before
        raise KeyboardInterrupt

    monkeypatch.setattr(wanted, "write_columns", cut)
    rows = tuple(contacts(desk))
    with (
        pytest.raises(KeyboardInterrupt),
        wanted.written(Wanted(contacts=rows), folder, CameraMotion.static(1)),
    ):
        pass
    assert (folder / "events.csv").read_bytes() == before
    assert not list(folder.glob(".*part"))


@pytest.mark.parametrize("wrong", ["one contact", "backwards", "overlap", "outside"])
def test_contacts_that_cannot_be_leave_the_folder_as_it_was(desk: Desk, folder: Path, wrong: str) -> None:
    rows = contacts(desk)
    first = rows[0]
    assert first.touchdown_s is not None
    assert first.toe_off_s is not None
    change = {
        "backwards": {"toe_off_s": first.touchdown_s - 0.01},
        "overlap": {"toe_off_s": first.toe_off_s + 0.4},
        "outside": {"touchdown_s": -4.0},
    }
    rows = rows[:1] if wrong == "one contact" else [first.model_copy(update=change[wrong]), *rows[1:]]
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    marks = (Point(x=20, y=150), Point(x=400, y=150, metres=5))
    told = done(desk, contacts=tuple(rows), scale=Scale(kind="marks", points=marks))
    assert told["error"]["what"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_answers_are_written_kept_and_taken_back(desk: Desk, folder: Path) -> None:
    def said() -> dict[tuple[int, str], bool]:
        return {
            (row["item"], row["side"]): row["yes"] for row in desk.state()["sheet"] if row["yes"] is not None
        }

    assert len(desk.state()["sheet"]) == 24
    assert said() == {}
    assert {row["proposal"] for row in desk.state()["sheet"]} > {"no", "not to be seen"}
    assert all(row["reason"] for row in desk.state()["sheet"] if row["proposal"] == "not to be seen")
    asked = tuple(Answered(item=n, side="left", yes=n == 6) for n in (2, 6))
    assert done(desk, answers=asked)["error"] is None
    assert said() == {(2, "left"): False, (6, "left"): True}
    assert len(pd.read_csv(folder / "smas.csv")) == 24
    assert done(desk, settings={"athlete_name": "Ana"})["error"] is None
    assert len(said()) == 2
    assert done(desk, answers=())["error"] is None
    assert said() == {}


def test_answers_of_work_that_fails_are_not_kept(desk: Desk, folder: Path) -> None:
    before = (folder / "smas.csv").read_bytes()
    answers = (Answered(item=1, side="left", yes=True),)
    told = done(desk, answers=answers, contacts=(Contact(side="left", touchdown_s=None, toe_off_s=None),) * 2)
    assert told["error"] is not None
    assert (folder / "smas.csv").read_bytes() == before


@pytest.mark.parametrize(
    "answers",
    [
        '[{"item": 13, "side": "left", "yes": true}]',
        '[{"item": 1, "side": "both", "yes": true}]',
        '[{"item": 1, "side": "left", "yes": null}]',
        '[{"item": 1, "side": "left", "yes": true}, {"item": 1, "side": "left", "yes": false}]',
    ],
)
def test_answers_that_are_none_are_refused(answers: str) -> None:
    with pytest.raises(ConfigError, match="cannot be asked for"):
        wanted.read(f'{{"answers": {answers}}}'.encode())


def test_names_and_height_are_kept_and_used(desk: Desk, folder: Path) -> None:
    before = pd.read_csv(folder / "steps.csv")
    named = {"athlete_name": "Ana Näf", "date": "2026-05-01", "session": "4 x 60 m"}
    assert done(desk, settings={"height_m": 1.78 / 2 + 0.5, **named})["error"] is None
    after = pd.read_csv(folder / "steps.csv")
    ratio = (1.78 / 2 + 0.5) / 1.78
    np.testing.assert_allclose(after.step_length_m, before.step_length_m * ratio, rtol=0.02)
    settings = Desk(folder).state()["settings"]
    assert {name: settings[name] for name in named} == named


def test_two_points_set_the_scale(desk: Desk, folder: Path) -> None:
    points = (Point(x=60, y=150), Point(x=380, y=150))
    assert done(desk, scale=Scale(kind="points", points=points, metres=10))["error"] is None
    state = desk.state()
    assert state["scaled"]["method"] == "points"
    assert state["scale"]["metres"] == 10
    earlier = scale_files.read_calibration(folder / "calibration.toml")
    assert earlier.calibration.metres_per_pixel == pytest.approx(10 / 320, rel=0.02)
    none = {"scale": None, "marks": None, "calibration": None}
    assert wanted.scale_settings(Scale(kind="body"), folder, CameraMotion.static(1)) == none


def test_marks_are_written_beside_the_results_and_move_with_them(desk: Desk, folder: Path) -> None:
    marks = tuple(Point(x=60 + 100 * i, y=150 + i / 10, metres=3.0 * i) for i in range(4))
    assert done(desk, scale=Scale(kind="marks", points=marks))["error"] is None
    np.testing.assert_allclose(
        scale_files.read_marks(folder / "marks.csv"), [(m.x, m.y, m.metres) for m in marks], atol=0.005
    )
    moved = Path(shutil.move(folder, folder.with_name("moved")))
    again = pipeline.rebuild(moved)
    assert again.calibration.method == "marks"
    assert again.calibration.metres_per_pixel == pytest.approx(0.03, rel=0.02)
    assert [p["x"] for p in Desk(moved).state()["scale"]["points"]] == [m.x for m in marks]


def test_a_clip_that_is_read_again_keeps_the_marks_and_gates_of_its_folder(
    folder: Path, asked: list[Config], tmp_path: Path
) -> None:
    for name, text in (
        ("lane.csv", "x_px,y_px,metres\n60,150,0\n380,150,10\n"),
        ("cells.csv", "m,s\n2,0\n8,0.8\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = {"marks": tmp_path / "lane.csv", "gates": tmp_path / "cells.csv"}
    pipeline.rebuild(folder, settings=files).save(folder, force=True)
    for path in files.values():
        path.unlink()
    desk = Desk(folder)
    assert done(desk, settings={"quality": "fast"})["error"] is None
    desk.close()
    assert (asked[0].marks, asked[0].gates) == (folder / "marks.csv", folder / "gates.csv")
    run = pipeline.rebuild(folder)
    assert run.calibration.method.startswith("marks")
    assert [gate.metres for gate in run.gates] == [2, 8]


def test_a_point_of_a_frame_goes_to_the_reference_frame(tmp_path: Path) -> None:
    shift = np.tile(np.eye(3), (5, 1, 1))
    shift[:, 0, 2] = 10 * np.arange(5)
    camera = CameraMotion(shift, np.zeros(5), moving=True)
    points = (Point(x=100, y=50, frame=0), Point(x=100, y=50, frame=3))
    found = wanted.scale_settings(Scale(kind="points", points=points, metres=1), tmp_path, camera)
    assert found["scale"] == (100, 50, 130, 50, 1)
    own = tuple(point.model_copy(update={"frame": None}) for point in points)
    found = wanted.scale_settings(Scale(kind="points", points=own, metres=1), tmp_path, camera)
    assert found["scale"] == (100, 50, 100, 50, 1)


def test_half_a_scale_is_refused(tmp_path: Path) -> None:
    still = CameraMotion.static(1)
    for points, metres in (((Point(x=1, y=1),), 5.0), ((Point(x=1, y=1), Point(x=9, y=1)), None)):
        with pytest.raises(ConfigError, match="not complete"):
            wanted.scale_settings(Scale(kind="points", points=points, metres=metres), tmp_path, still)


def test_another_rate_puts_every_time_on_its_clock(desk: Desk, folder: Path) -> None:
    rows = contacts(desk)
    edited = [row.model_copy(update={"touchdown_s": row.touchdown_s + 0.0125}) for row in rows]
    assert done(desk, contacts=tuple(edited), settings={"capture_fps": 132})["error"] is None
    for before, after in zip(edited, contacts(desk), strict=True):
        assert after.touchdown_s == pytest.approx(before.touchdown_s * 120 / 132, abs=1e-6)
    state = desk.state()
    assert state["settings"]["capture_fps"] == 132
    assert state["times"][-1] == pytest.approx((len(state["times"]) - 1) / 132, abs=1e-5)
    for found, row in zip(state["found"], rows, strict=True):  # what can be gone back to, too
        assert found["touchdown_s"] == pytest.approx(row.touchdown_s * 120 / 132, abs=1e-6)


def test_a_rate_below_the_files_is_refused(desk: Desk) -> None:
    told = done(desk, settings={"capture_fps": 30})
    assert "lower than" in told["error"]["what"]


def test_what_the_joints_depend_on_is_not_changed_without_reading_the_video(folder: Path) -> None:
    for settings in ({"start_s": 0.3}, {"athlete": (1.0, 2.0)}, {"quality": "best"}):
        with pytest.raises(ConfigError, match="read again") as refused:
            pipeline.rebuild(folder, settings=settings)
        assert refused.value.settings == tuple(settings)


def test_a_clip_is_analysed_into_the_folder_that_opens_next_time(
    filmed: Analysis, asked: list[Config], tmp_path: Path
) -> None:
    assert filmed.video is not None
    desk = Desk(filmed.video.path, tmp_path / "out")
    assert desk.state()["kind"] == "clip"
    part = {"athlete": [200.0, 80.0, 0.5], "start_s": 0.1, "stop_s": 1.6}
    points = (Point(x=60, y=150, frame=9), Point(x=380, y=150, frame=9))
    scale = Scale(kind="points", points=points, metres=10)
    told = done(desk, settings={"height_m": 1.8, "athlete_name": "Ana"} | part, scale=scale)
    assert told["error"] is None
    assert (asked[0].athlete, asked[0].start_s, asked[0].stop_s) == ((200, 80, 0.5), 0.1, 1.6)
    state = desk.state()
    assert (state["kind"], state["scaled"]["method"]) == ("results", "points")
    again = Desk(filmed.video.path, tmp_path / "out")
    assert again.state()["settings"]["athlete_name"] == "Ana"
    assert (tmp_path / "out" / "overlay.mp4").is_file()


def test_a_folder_with_something_else_in_it_is_not_written_into(filmed: Analysis, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert filmed.video is not None
    with pytest.raises(AnalyzerError, match="not empty"):
        Desk(filmed.video.path, tmp_path)


def test_an_end_waits_until_what_was_written_is_as_it_was(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, before = Event(), (folder / "events.csv").read_bytes()

    def slow(*_: object, **__: object) -> None:
        begun.set()
        assert (folder / "events.csv").read_bytes() != before
        time.sleep(0.2)

    monkeypatch.setattr(pipeline, "rebuild", slow)
    desk.begin(Wanted(contacts=tuple(contacts(desk)[1:])))
    begun.wait(5)
    desk.close()
    assert (folder / "events.csv").read_bytes() == before
    assert desk.work is not None
    assert desk.work.stopped


def test_a_full_disk_leaves_every_table_as_it_was_and_says_what_it_is(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    asked: dict[str, Any] = {
        "contacts": tuple(contacts(desk)[1:]),
        "answers": (Answered(item=1, side="left", yes=True),),
        "scale": Scale(
            kind="marks", points=tuple(Point(x=x, y=300.0, metres=x / 100) for x in (9, 500, 900))
        ),
    }
    told: list[list[str]] = []

    def full(*_: object, **__: object) -> None:
        told.append(sorted(name for name, data in before.items() if (folder / name).read_bytes() != data))
        monkeypatch.setattr(wanted, "_exchange", full)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pipeline, "rebuild", full)
    error = done(desk, **asked)["error"]
    assert told[0] == ["events.csv", "smas.csv"]
    assert (folder / "marks.csv").exists() == ("marks.csv" in before)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert error["what"] == "The system refused what the program needs."
    assert error["why"] == "No space left on device."


def test_work_can_be_stopped_and_changes_nothing(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / "events.csv").read_bytes()
    real = pipeline.rebuild

    def slow(*args: Any, **how: Any) -> Analysis:
        assert desk.work is not None
        with pytest.raises(BusyError):
            desk.begin(Wanted())
        desk.work.stop()
        return real(*args, **how)

    monkeypatch.setattr(pipeline, "rebuild", slow)
    told = done(desk, contacts=tuple(contacts(desk)[1:]))
    assert told["error"]["what"] == "Stopped."
    assert (folder / "events.csv").read_bytes() == before


def test_a_fault_of_the_program_reaches_the_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "rebuild", lambda *_, **__: 1 / 0)
    assert "ZeroDivisionError" in done(desk)["error"]["why"]


def test_the_other_runs_of_a_clip_are_turned_to_and_back(folder: Path) -> None:
    shutil.copytree(folder, folder / "pass_2")
    for place, other in (("", "pass_2/report.html"), ("pass_2", "../report.html")):
        path = folder / place / "analysis.json"
        document = analysis_json.from_json(path.read_text(encoding="utf-8"))
        linked = replace(document, name=place or "first", other_passes=(OtherPass("other", other),))
        path.write_text(analysis_json.to_json(linked), encoding="utf-8")
    desk = Desk(folder)
    for report, name, place in (("pass_2/report.html", "pass_2", "pass_2/"), ("../report.html", "first", "")):
        desk.turn(report)
        state = desk.state()
        assert (state["name"], state["place"]) == (name, place)
    with pytest.raises(ConfigError, match="no such run"):
        desk.turn("../report.html")  # of the first, which has no folder above it
    with pytest.raises(ConfigError, match="no such run"):
        desk.turn("a\0b")  # which is no name at all


def test_joints_without_a_video_are_shown_alone(analysis: Analysis, tmp_path: Path) -> None:
    analysis.save(tmp_path / "joints")
    state = Desk(tmp_path / "joints").state()
    assert state["video"]["shown"] is False
    assert state["video"]["width"] == analysis.pose.width
    assert state["settings"]["capture_fps"] == pytest.approx(120, abs=0.01)


def test_the_page_is_told_names_with_every_sign_to_be_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "state", lambda: {"name": "run \u202efdp.4pm"})
    told = server.Server(desk, 1)._state(requests.Request({"type": "http"}))
    assert json.loads(bytes(told.body))["name"] == "run �fdp.4pm"
