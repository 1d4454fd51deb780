"""A folder of a run from the front: whole or not at all, and known for what it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coming import Comer
from frontal_runs import NUMBERS, filmed, made

from analyzer import pipeline
from analyzer.data.analysis import Analysis
from analyzer.errors import ConfigError, OutputError, ResultsError
from analyzer.frontal.results import Frontal
from analyzer.outputs import analysis_json, pictures_file
from analyzer.outputs.frontal import document, film, page
from analyzer.outputs.seasons.gather import gather
from analyzer.pose.files.pose_csv import read_pose, write_pose
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
    for read in (analysis_json.load, analysis_json.document):
        with pytest.raises(ResultsError, match=f"holds what a view from {where} shows") as told:
            read(out)
        assert "frontal.csv" in told.value.fix
    (kept,), failed = gather([out])
    assert failed == []
    assert kept.facts.view == ("front" if angle > 0 else "rear")
    assert kept.facts.means["step_width"] == pytest.approx(NUMBERS["step_width"][:2])


@pytest.mark.parametrize("where", ["front", "rear"])
def test_a_folder_gives_the_run_back(where: str, out: Path, tmp_path: Path) -> None:
    joints = write_pose(Comer().seen(where, noise_m=0.004), tmp_path / "joints.csv")
    run = pipeline.analyze_frontal(pose=joints, athlete_name="Ann", height_m=1.7)
    run.save(out)
    again = pipeline.load(out)
    assert isinstance(again, Frontal)
    assert again.found == run.found
    assert again.stances == run.stances
    for name in ("name", "view", "config", "notes", "tracking_notes", "leg_length_m", "shoulder_width"):
        assert getattr(again, name) == getattr(run, name), name
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    again.save(out, force=True)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_its_page_is_made_anew_with_other_settings(tmp_path: Path, out: Path) -> None:
    comer = Comer()
    joints = write_pose(comer.seen(noise_m=0.004, slow=3.0), tmp_path / "joints.csv")
    run = pipeline.analyze_frontal(pose=joints)
    assert np.isnan(run.get("step_rate").mean)  # the clip's clock is not known
    run.save(out)
    named = pipeline.rebuild(out, settings={"athlete_name": "Ann", "date": "2026-03-01", "session": "Spring"})
    assert isinstance(named, Frontal)
    named.save(out, force=True)
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "<h1>Ann</h1>" in text
    assert "1 March 2026 · Spring" in text
    real = pipeline.rebuild(out, settings={"capture_fps": 3 * run.pose.fps})
    assert isinstance(real, Frontal)
    assert real.get("step_rate").mean == pytest.approx(1 / comer.runner.step_s, rel=0.02)
    assert real.get("step_width").mean == pytest.approx(run.get("step_width").mean, rel=0.05)
    with pytest.raises(ConfigError, match="read again"):
        pipeline.rebuild(out, settings={"start_s": 0.5})


def test_a_rebuild_keeps_the_annotated_video_unless_faces_are_to_be_hidden(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film, "write", lambda _run, path, _progress: path.write_bytes(b"drawn"))
    run = filmed(tmp_path)
    run = replace(run, config=run.config.changed({"overlay": True}))
    run.save(out)
    (out / "overlay.mp4").write_bytes(b"earlier")
    run.save(out, force=True, draw_overlay=False)
    assert (out / "overlay.mp4").read_bytes() == b"earlier"
    assert run.video is not None
    run.video.path.rename(tmp_path / "elsewhere.mp4")
    kept = replace(run, pictures=pictures_file.read(out / pictures_file.FILE))
    tiles = (out / "stances.jpg").read_bytes()
    kept.save(out, force=True, draw_overlay=False)
    assert (out / "stances.jpg").read_bytes() == tiles  # made of the pictures that the folder keeps
    hidden = replace(kept, config=kept.config.changed({"blur_faces": True}))
    hidden.save(out, force=True, draw_overlay=False)
    assert (out / "overlay.mp4").read_bytes() == b"drawn"
    assert (out / "stances.jpg").read_bytes() != tiles


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": 1}, "another version"),
        ({"found": [{"metric": "nonsense", "side": "both"}]}, "no measure 'nonsense'"),
        ({"view": {"angle_deg": 3.0, "angle_sd_deg": 1.0}}, "from the side"),
        ({"stances": [{"number": "x"}]}, "stances.0"),
        ({"camera": {"to_reference": [[1.0]], "sd_px": [0.1], "moving": True}}, "camera"),
        ({"pose": {"width": 0, "height": 9, "source": "test", "model_sha256": ""}}, "pose"),
    ],
)
def test_a_folder_that_no_analysis_wrote_is_refused(out: Path, change: dict[str, Any], told: str) -> None:
    made().save(out)
    path = out / "frontal.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ResultsError) as refused:
        document.load(out)
    assert told in f"{refused.value.what} {refused.value.why}"


def test_joints_of_another_run_are_told(out: Path) -> None:
    run = made()
    run.save(out)
    lines = (out / "pose.csv").read_text().splitlines()
    (out / "pose.csv").write_text("\n".join(lines[:-3]) + "\n")
    path = out / "frontal.json"
    known = json.loads(path.read_text())
    n = len(run.pose.time)
    known["camera"] = {"to_reference": [np.eye(3).tolist()] * n, "sd_px": [0.1] * n, "moving": True}
    path.write_text(json.dumps(known))
    with pytest.raises(ResultsError, match="not of one analysis"):
        document.load(out)


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
    assert names(tmp_path / "out") == FILES | {"overlay.mp4", "pictures.zip"}
    assert 'src="overlay.mp4"' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
