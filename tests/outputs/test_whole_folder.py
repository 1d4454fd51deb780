"""A folder of results is whole: moved, sent and reported from anywhere, with what a coach did to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
from running import PIXELS, Runner

from analyzer import pipeline
from analyzer.data.analysis import Analysis
from analyzer.data.capture import Picture
from analyzer.outputs import analysis_json, pictures_file
from analyzer.pose.files.pose_csv import write_pose

REPORTED = ("report.html", "kinogram.png", "pictures.zip", "analysis.json", "steps.csv", "summary.csv")


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has seen no clip, and a folder to stand in."""
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path / "no_cache"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.outputs.report.page.build", lambda _, path, *__: path.touch())


@pytest.fixture(scope="module")
def reported(filmed: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip's results, made again where the clip is."""
    folder = tmp_path_factory.mktemp("whole") / "runner_sprint"
    still = replace(filmed, config=filmed.config.model_copy(update={"overlay": False}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPRINT_ANALYZER_CACHE", str(folder.parent / "cache"))
        still.save(folder)
        pipeline.rebuild(folder).save(folder, force=True)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_report_made_elsewhere_is_the_same(reported: Path, nowhere: Path) -> None:
    shutil.copytree(reported, "moved")
    run = pipeline.rebuild("moved")
    assert run.video is not None
    assert not run.video.path.is_file()
    run.save("moved", force=True)
    assert content(nowhere / "moved") == content(reported)
    assert set(REPORTED) <= set(content(reported))
    assert len(pictures_file.read(reported / "pictures.zip")) >= 10


def test_results_name_no_folder(reported: Path, filmed: Analysis) -> None:
    assert filmed.video is not None
    for name, data in content(reported).items():
        assert str(filmed.video.path.parent).encode() not in data, name


@pytest.mark.parametrize("place", ["beside.mp4", "moved/inside.mp4", "runner.mp4"])
def test_the_clip_is_found_by_what_it_holds(
    reported: Path, filmed: Analysis, nowhere: Path, place: str
) -> None:
    assert filmed.video is not None
    shutil.copytree(reported, "moved")
    Path("runner.mp4").write_bytes(b"another clip of that name")
    shutil.copyfile(filmed.video.path, place)
    found = analysis_json.load(Path("moved")).document.video
    assert found is not None
    assert found.path.samefile(place)


def test_another_clip_of_that_name_is_not_drawn_from(reported: Path, nowhere: Path) -> None:
    shutil.copytree(reported, "moved")
    Path("moved/runner.mp4").write_bytes(b"another clip of that name")
    run = pipeline.rebuild("moved")
    assert run.video is not None
    assert run.video.path.name == "runner.mp4"
    assert not run.video.path.is_file()


def test_a_link_out_of_the_folder_is_not_drawn_from(
    reported: Path, filmed: Analysis, nowhere: Path, tmp_path: Path
) -> None:
    assert filmed.video is not None
    shutil.copytree(reported, "moved")
    away = tmp_path / "away" / "private.mp4"
    away.parent.mkdir()
    shutil.copyfile(filmed.video.path, away)
    Path("moved/runner.mp4").symlink_to(away)
    Path("moved/other.mp4").symlink_to(away)
    found = analysis_json.load(Path("moved")).document.video
    assert found is not None
    assert not found.path.is_file()
    Path("moved/kept").mkdir()
    shutil.copyfile(filmed.video.path, "moved/kept/film.mp4")
    Path("moved/runner.mp4").unlink()
    Path("moved/runner.mp4").symlink_to("kept/film.mp4")
    found = analysis_json.load(Path("moved")).document.video
    assert found is not None
    assert found.path.samefile("moved/kept/film.mp4")


@pytest.mark.usefixtures("no_page")
def test_what_only_the_clip_could_give_is_kept_and_said(reported: Path, nowhere: Path) -> None:
    shutil.copytree(reported, "moved")
    events = Path("moved/events.csv")
    lines = events.read_text().splitlines()
    events.write_text("\n".join([lines[0], *(_later(line, 0.05) for line in lines[1:])]))
    run = pipeline.rebuild("moved")
    told = [note for note in run.notes if note.code == "clip_not_found"]
    assert len(told) == 1
    assert told[0].counts["pictures"] > 0
    run.save("moved", force=True)
    assert Path("moved/kinogram.png").read_bytes() == (reported / "kinogram.png").read_bytes()


def _later(line: str, by_s: float) -> str:
    side, *times = line.split(",")
    return ",".join([side, *(f"{float(t) + by_s:.6f}" if t else "" for t in times)])


@pytest.mark.usefixtures("no_page")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda zip_, path: path.write_bytes(b"no zip"),
        lambda zip_, path: pictures_file.write({60: Picture((0, 0, 480, 180), b"no jpeg")}, path),
        lambda zip_, path: pictures_file.write({1: Picture((0, 0, 90_000, 90_000), next(iter(zip_)))}, path),
    ],
)
def test_damaged_pictures_are_left_out(
    reported: Path, nowhere: Path, spoil: Callable[[list[bytes], Path], object]
) -> None:
    shutil.copytree(reported, "moved")
    zip_ = [picture.jpeg for picture in pictures_file.read(Path("moved/pictures.zip")).values()]
    spoil(zip_, Path("moved/pictures.zip"))
    Path("moved/kinogram.png").write_bytes(b"no picture")
    pipeline.rebuild("moved").save("moved", force=True)
    assert Path("moved/kinogram.png").stat().st_size > 10_000  # stick figures


@pytest.fixture(scope="module")
def joints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pose(Runner(steps=7).pose(120, noise_m=0.004), tmp_path_factory.mktemp("joints") / "run.csv")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "analyzer.outputs.report.page.build",
        lambda run, path, *_: path.write_text(repr(run.notes) + repr(run.summaries)),
    )
    monkeypatch.setattr("analyzer.outputs.kinogram.drawing.sheet", lambda *_: np.zeros((8, 8, 3), np.uint8))


@pytest.mark.usefixtures("quick")
def test_marks_go_with_the_results(joints: Path, nowhere: Path) -> None:
    marks = Path("lane one.csv").absolute()
    marks.write_text(f"x_px;y_px;metres\n100;500;0\n{100 + 10 * PIXELS};500;10\n{100 + 5 * PIXELS};500;5\n")
    run = pipeline.analyze(pose=joints, marks=marks, overlay=False)
    run.save("run_sprint")
    calibration = Path("run_sprint/calibration.toml").absolute()
    other = pipeline.analyze(pose=joints, calibration=calibration, overlay=False)
    other.save("other_sprint")
    marks.unlink()
    Path("run_sprint").rename("moved")
    for folder, before in (("moved", run), ("other_sprint", other)):
        was = content(Path(folder))
        again = pipeline.rebuild(folder)
        assert again.calibration.relative_sd == before.calibration.relative_sd
        assert (again.calibration.homography == before.calibration.homography).all()
        again.save(folder, force=True)
        assert content(Path(folder)) == was
        assert str(nowhere).encode() not in was["analysis.json"]


@pytest.mark.usefixtures("quick")
def test_a_scale_whose_file_is_gone_is_kept_and_said(joints: Path, nowhere: Path) -> None:
    Path("m.csv").write_text(f"x_px,y_px,metres\n100,500,0\n{100 + 10 * PIXELS},500,10\n")
    run = pipeline.analyze(pose=joints, marks="m.csv", overlay=False)
    run.save("run_sprint")
    Path("run_sprint/marks.csv").unlink()
    again = pipeline.rebuild("run_sprint")
    assert again.calibration.relative_sd == run.calibration.relative_sd
    assert "scale_kept" in {note.code for note in again.notes}


@pytest.mark.usefixtures("quick")
def test_what_a_coach_does_can_be_undone(joints: Path, nowhere: Path) -> None:
    run = pipeline.analyze(pose=joints, height_m=1.75, overlay=False)
    folder = run.save("run_sprint").parent
    before = content(folder)
    lines = (folder / "events.csv").read_text().splitlines()
    edited = [lines[0] + ",remark", *(line + "," for line in lines[1:])]
    edited[2] = _later(lines[2], 0.02) + ",by eye"
    del edited[-1]
    (folder / "events.csv").write_text("\n".join(edited) + "\n")
    typed = (folder / "events.csv").read_bytes()
    for _ in range(2):  # what was detected is not lost by reports
        again = pipeline.rebuild(folder)
        (note,) = [note for note in again.notes if note.code == "events_edited"]
        assert note.counts == {"added": 0, "removed": 1, "moved": 1}
        assert sum(step.source == "edited" for step in again.steps) == 1
        again.save(folder, force=True)
        assert (folder / "events_detected.csv").read_bytes() == before["events_detected.csv"]
        assert (folder / "events.csv").read_bytes() == typed
    shutil.copyfile(folder / "events_detected.csv", folder / "events.csv")
    back = pipeline.rebuild(folder)
    assert [astuple(step) for step in back.steps] == [astuple(step) for step in run.steps]
    back.save(folder, force=True)
    assert content(folder) == before


@pytest.mark.usefixtures("quick")
def test_a_new_analysis_keeps_the_coachs_table(joints: Path, nowhere: Path) -> None:
    run = pipeline.analyze(pose=joints, height_m=1.75, overlay=False)
    folder = run.save("run_sprint").parent
    for name in ("events_earlier.csv", "events_earlier_2.csv"):
        lines = (folder / "events.csv").read_text().splitlines()
        (folder / "events.csv").write_text("\n".join(lines[:-1]))
        run.save(folder, force=True)
        assert (folder / name).read_text() == "\n".join(lines[:-1])
        assert (folder / "events.csv").read_bytes() == (folder / "events_detected.csv").read_bytes()


@pytest.mark.usefixtures("quick")
def test_results_of_an_older_version_are_read(joints: Path, nowhere: Path) -> None:
    run = pipeline.analyze(pose=joints, height_m=1.75, overlay=False)
    folder = run.save("run_sprint").parent
    plain = json.loads((folder / "analysis.json").read_text())
    plain["schema"] = 2
    del plain["detected"]
    for note in (*plain["notes"], *plain["tracking_notes"]):
        del note["counts"]
    (folder / "analysis.json").write_text(json.dumps(plain))
    again = pipeline.rebuild(folder)
    assert again.steps == run.steps
    again.save(folder, force=True)
    assert json.loads((folder / "analysis.json").read_text())["schema"] == analysis_json.SCHEMA
