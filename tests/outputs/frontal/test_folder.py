"""A folder of a run from the front: whole or not at all, and known for what it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from frontal_runs import filmed, made

from analyzer import pipeline
from analyzer.data.analysis import Analysis
from analyzer.errors import OutputError, ResultsError
from analyzer.outputs import analysis_json
from analyzer.outputs.frontal import document, film, page
from analyzer.outputs.seasons.gather import gather
from analyzer.pose.files.pose_csv import read_pose
from analyzer.video import reader

FILES = {
    "columns.csv",
    "frontal.csv",
    "frontal.json",
    "pose.csv",
    "report.html",
    "stances.csv",
    "stances.jpg",
}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_it_holds_what_the_readme_says(out: Path) -> None:
    assert made().save(out) == out / "report.html"
    assert names(out) == FILES


def test_what_is_there_is_replaced_only_where_that_is_allowed(out: Path) -> None:
    made().save(out)
    (out / "mine.txt").write_text("a coach's")
    with pytest.raises(OutputError):
        made().save(out)
    made(name="again").save(out, force=True)
    assert names(out) == FILES | {"mine.txt"}
    assert json.loads((out / "frontal.json").read_text())["name"] == "again"


def test_a_failure_leaves_what_was_there(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made().save(out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(page, "build", fails)
    with pytest.raises(OutputError, match="cannot be written"):
        made(name="again").save(out, force=True)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert names(out.parent) == {out.name}


def test_another_view_takes_the_place_of_the_other_and_keeps_a_coachs_corrections(
    analysis: Analysis, out: Path
) -> None:
    replace(analysis, config=analysis.config.changed({"overlay": False})).save(out)
    events = out / "events.csv"
    rows = events.read_text().splitlines()
    events.write_text("\n".join(rows[:-1]) + "\n")
    made().save(out, force=True)
    assert names(out) == FILES | {"events_earlier.csv"}
    assert (out / "events_earlier.csv").read_text().splitlines() == rows[:-1]
    replace(analysis, config=analysis.config.changed({"overlay": False})).save(out, force=True)
    assert not {"frontal.csv", "frontal.json", "stances.csv", "stances.jpg"} & names(out)


def test_joints_come_back_from_pose_csv(out: Path) -> None:
    run = made()
    run.save(out)
    assert len(read_pose(out / "pose.csv").time) == len(run.pose.time)


def test_no_folder_of_this_machine_is_told(tmp_path: Path) -> None:
    run = filmed(tmp_path)
    run.save(tmp_path / "out")
    for name in FILES - {"pose.csv", "stances.jpg"}:
        assert str(tmp_path) not in (tmp_path / "out" / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("angle", [84.0, -84.0])
def test_what_reads_a_run_from_the_side_says_what_it_is(out: Path, angle: float) -> None:
    made(angle_deg=angle).save(out)
    where = "the front" if angle > 0 else "behind"
    assert document.where(out) == where
    for read in (pipeline.load, pipeline.rebuild, analysis_json.load, analysis_json.document):
        with pytest.raises(ResultsError, match=f"holds what a view from {where} shows") as told:
            read(out)
        assert "frontal.csv" in told.value.fix
    runs, failed = gather([out])
    assert runs == []
    assert [where in error.what for error in failed] == [True]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"view": {"angle_deg": null}}', "[" * 100_000])
def test_a_damaged_file_says_that_much(out: Path, content: str) -> None:
    out.mkdir()
    (out / "frontal.json").write_text(content)
    assert document.where(out) == document.SOMEWHERE


def test_a_folder_of_another_kind_is_none_of_it(out: Path) -> None:
    out.mkdir()
    assert document.where(out) is None
    assert document.refused(out) is None


def test_the_annotated_video_shows_the_clip_slowed_and_drawn(tmp_path: Path) -> None:
    run = filmed(tmp_path)
    told: list[tuple[int, int]] = []
    path = film.write(run, tmp_path / "overlay.mp4", lambda _, done, total: told.append((done, total)))
    assert path is not None
    made_of = reader.probe(path)
    assert len(made_of.time) == len(run.pose.time)
    assert made_of.playback_fps == pytest.approx(30, rel=0.02)
    assert told[-1][0] == told[-1][1] == len(run.pose.time)
    assert film.write(made(), tmp_path / "none.mp4") is None


def test_with_its_video_the_page_shows_it(tmp_path: Path) -> None:
    run = filmed(tmp_path)
    run = replace(run, config=run.config.changed({"overlay": True}))
    run.save(tmp_path / "out")
    assert names(tmp_path / "out") == FILES | {"overlay.mp4"}
    assert 'src="overlay.mp4"' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
