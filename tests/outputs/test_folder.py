from __future__ import annotations

import json
import resource
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analyzer.data.analysis import Analysis
from analyzer.data.capture import CameraMotion
from analyzer.data.notes import Note
from analyzer.data.results import Value
from analyzer.errors import OutputError, ResultsError
from analyzer.metrics import METRICS
from analyzer.outputs import analysis_json as run_document
from analyzer.outputs import door
from analyzer.outputs import folder as result_folder
from analyzer.outputs.annotated_video import frames
from analyzer.pose.files.pose_csv import write_pose

FILES = {"steps", "summary", "series", "events", "events_detected", "columns", "pose", "smas"}


@pytest.fixture(scope="module")
def saved(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    swapped = Note("warning", "swapped", "Legs swapped.")
    noted = replace(analysis, notes=(*analysis.notes, swapped), tracking_notes=(swapped,))
    directory = tmp_path_factory.mktemp("out") / "runner_sprint"
    assert result_folder.save(noted, directory) == directory / "report.html"
    return directory


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes seconds; ``saved`` (made before this) has the real page and kinogram."""
    monkeypatch.setattr("analyzer.outputs.report.page.build", lambda _, path, *__: path.touch())
    monkeypatch.setattr("analyzer.outputs.kinogram.drawing.sheet", lambda *_: np.zeros((8, 8, 3), np.uint8))


@pytest.fixture
def copied(saved: Path, out: Path) -> Path:
    return Path(shutil.copytree(saved, out))


def test_for_excel_every_table_is_marked_and_can_be_read_back(analysis: Analysis, out: Path) -> None:
    result_folder.save(replace(analysis, config=analysis.config.changed({"excel": True})), out)
    tables = {path.stem: path.read_bytes()[:3] for path in out.glob("*.csv")}
    assert set(tables) >= FILES
    assert set(tables.values()) == {b"\xef\xbb\xbf"}
    np.testing.assert_allclose(run_document.load(out).pose.xy, np.round(analysis.pose.xy, 3), atol=1e-9)


def test_steps_table_has_the_contract_columns(analysis: Analysis) -> None:
    table = analysis.steps_table()
    columns = list(table.columns)
    assert columns[:11] == [
        "step", "side", "touchdown_s", "touchdown_sd_s", "toe_off_s", "toe_off_sd_s", "event_source",
        "touchdown_frame", "toe_off_frame", "contact_time_s", "contact_time_sd_s",
    ]  # fmt: skip
    time = analysis.pose.time
    for event in ("touchdown", "toe_off"):
        known = table[[f"{event}_s", f"{event}_frame"]].dropna()
        frames = known[f"{event}_frame"].astype(int).to_numpy()
        assert len(frames) > 3
        assert (time[frames - 1] >= known[f"{event}_s"] - 1e-6).all()
        assert (time[frames - 2] < known[f"{event}_s"]).all()
    assert {"step_length_m", "step_length_sd_m", "step_speed_mps", "step_speed_sd_mps"} <= set(columns)
    assert len(table) == len(analysis.steps)
    assert table["side"].tolist() == ["left", "right"] * 3 + ["left"]


def test_a_value_stands_in_the_row_of_its_step(bare: Analysis) -> None:
    table = replace(bare, values=(Value("contact_time", 3, "left", 0.105, 0.004),)).steps_table()
    assert table.loc[2, ["contact_time_s", "contact_time_sd_s"]].tolist() == [0.105, 0.004]
    assert table["contact_time_s"].notna().sum() == 1


def test_summary_columns_are_the_contract(analysis: Analysis) -> None:
    table = analysis.summary_table()
    assert ",".join(table.columns) == (
        "metric,label,relationship,unit,n,mean,sd,mean_se,mean_se_within,left_mean,right_mean,difference,"
        "difference_ci_low,difference_ci_high,evidence,reference_low,reference_high,reference_source,note"
    )
    assert table["metric"].is_unique
    assert set(table["metric"]) <= set(METRICS)


def test_series_names_the_foot_on_the_ground(analysis: Analysis) -> None:
    table = analysis.series_table().set_index("time_s")
    first = analysis.steps[0]
    middle = table.index.get_indexer([(first.touchdown_s + first.toe_off_s) / 2], method="nearest")[0]
    flight = table.index.get_indexer([first.toe_off_s + 0.06], method="nearest")[0]
    assert table["stance_side"].iloc[middle] == "left"
    assert table["stance_side"].iloc[flight] == ""
    assert {"trunk_deg", "left_thigh_deg", "com_x_m", "right_foot_index_y_m"} <= set(table.columns)


def test_without_a_scale_there_are_no_metres(analysis: Analysis) -> None:
    unscaled = replace(analysis, calibration=replace(analysis.calibration, scaled=False))
    table = unscaled.series_table()
    assert table["com_x_m"].isna().all()
    assert table["trunk_deg"].notna().any()


def test_a_folder_holds_everything(saved: Path) -> None:
    found = {path.name for path in saved.iterdir()}
    others = {"analysis.json", "calibration.toml", "report.html", "kinogram.png"}
    assert found == {f"{name}.csv" for name in FILES} | others
    assert sorted(p.name for p in saved.parent.iterdir()) == [saved.name]


def test_the_dictionary_describes_every_column_of_every_file(saved: Path) -> None:
    described = pd.read_csv(saved / "columns.csv", keep_default_na=False)
    assert (described["definition"] != "").all()
    for name in FILES:
        header = (saved / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        rows = described[described["file"] == f"{name}.csv"]
        assert rows["column"].tolist() == header


def test_files_say_what_the_tables_say(analysis: Analysis, saved: Path) -> None:
    steps = pd.read_csv(saved / "steps.csv")
    pd.testing.assert_frame_equal(steps, analysis.steps_table(), rtol=1e-6, check_dtype=False)
    assert "nan" not in (saved / "steps.csv").read_text(encoding="utf-8").lower()


def test_json_is_strict(saved: Path) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    document = json.loads((saved / "analysis.json").read_text("utf-8"), parse_constant=refuse)
    assert document["provenance"]["command"][0] == "sprint-analyzer"
    assert document["config"]["height_m"] == 1.78


def test_load_gives_back_what_a_rebuild_needs(analysis: Analysis, saved: Path) -> None:
    found = run_document.load(saved)
    assert found.document.name == "runner"
    assert found.document.config == analysis.config
    assert found.document.steps == analysis.steps
    assert found.edited is None
    assert [note.code for note in found.document.tracking_notes] == ["swapped"]
    np.testing.assert_allclose(found.pose.xy, analysis.pose.xy, atol=6e-4)
    np.testing.assert_allclose(found.pose.time, analysis.pose.time, atol=1e-6)
    assert (found.pose.width, found.pose.source) == (analysis.pose.width, "hand-made")
    assert not found.camera.moving


def test_a_moving_camera_comes_back(analysis: Analysis, out: Path) -> None:
    n = len(analysis.pose.time)
    shifts = np.tile(np.eye(3), (n, 1, 1))
    shifts[:, 0, 2] = np.linspace(0, 100, n)
    camera = CameraMotion(shifts, np.where(np.arange(n) == 3, np.nan, 0.4), moving=True)
    result_folder.save(replace(analysis, camera=camera), out)
    found = run_document.load(out).camera
    np.testing.assert_array_equal(found.to_reference, shifts)
    np.testing.assert_array_equal(found.sd_px, camera.sd_px)


def test_an_edited_event_is_noticed(copied: Path) -> None:
    table = pd.read_csv(copied / "events.csv")
    table.loc[1, "touchdown_s"] += 0.004
    table.to_csv(copied / "events.csv", index=False)
    rows = run_document.load(copied).edited
    assert rows is not None
    assert rows[1]["touchdown_s"] == pytest.approx(table.loc[1, "touchdown_s"])
    assert rows[0]["side"] == "left"


def test_a_european_spreadsheet_changes_nothing_by_itself(copied: Path) -> None:
    table = pd.read_csv(copied / "events.csv")
    table.to_csv(copied / "events.csv", index=False, sep=";", decimal=",", encoding="utf-8-sig")
    assert run_document.load(copied).edited is None


def test_files_of_different_runs_are_noticed(copied: Path) -> None:
    lines = (copied / "pose.csv").read_text(encoding="utf-8").splitlines()
    document = json.loads((copied / "analysis.json").read_text(encoding="utf-8"))
    n = len(lines) - 1
    eyes = np.tile(np.eye(3), (n, 1, 1)).tolist()
    document["camera"] = {"to_reference": eyes, "sd_px": [0.1] * n, "moving": True}
    (copied / "analysis.json").write_text(json.dumps(document), encoding="utf-8")
    assert run_document.load(copied).camera.moving
    (copied / "pose.csv").write_text("\n".join(lines[:-3]), encoding="utf-8")
    with pytest.raises(ResultsError, match=f"pose.csv has {n - 3} rows, analysis.json is of {n} frames"):
        run_document.load(copied)


def test_a_removed_event_is_noticed(copied: Path) -> None:
    pd.read_csv(copied / "events.csv").iloc[1:].to_csv(copied / "events.csv", index=False)
    rows = run_document.load(copied).edited
    assert rows is not None
    assert len(rows) == 6


def test_results_are_not_overwritten_unasked(bare: Analysis, copied: Path) -> None:
    before = (copied / "steps.csv").read_bytes()
    with pytest.raises(OutputError, match="allow to replace"):
        result_folder.save(bare, copied)
    assert (copied / "steps.csv").read_bytes() == before


def test_force_replaces_results_and_keeps_the_coachs_own_files(bare: Analysis, copied: Path) -> None:
    (copied / "notes.txt").write_text("mine")
    (copied / "overlay.mp4").write_bytes(b"of another video")
    result_folder.save(bare, copied, force=True)
    assert (copied / "notes.txt").read_text() == "mine"
    assert not (copied / "overlay.mp4").exists()
    assert pd.read_csv(copied / "summary.csv").empty


def test_a_quick_rebuild_leaves_the_annotated_video(
    bare: Analysis, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filmed = replace(bare, config=bare.config.model_copy(update={"overlay": True}))
    monkeypatch.setattr(frames, "write", lambda _run, path, _progress: path.write_bytes(b"drawn"))
    result_folder.save(filmed, out)
    (out / "overlay.mp4").write_bytes(b"earlier")
    monkeypatch.setattr(result_folder, "may_stay", lambda *_: True)
    result_folder.save(filmed, out, force=True, draw_overlay=False)
    assert (out / "overlay.mp4").read_bytes() == b"earlier"
    result_folder.save(filmed, out, force=True)
    assert (out / "overlay.mp4").read_bytes() == b"drawn"


def test_an_annotated_video_of_any_size_stays(filmed: Analysis, out: Path) -> None:
    run = replace(filmed, config=filmed.config.model_copy(update={"overlay": False}))
    result_folder.save(run, out)
    with (out / "overlay.mp4").open("wb") as file:
        file.truncate(door.MOST_BYTES + 1)  # a hole, which takes no room
    result_folder.save(run, out, force=True, draw_overlay=False)
    assert (out / "overlay.mp4").stat().st_size == door.MOST_BYTES + 1


def test_what_was_there_is_read_once(bare: Analysis, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    real = run_document.from_json
    monkeypatch.setattr(run_document, "from_json", lambda text: read.append(1) or real(text))
    result_folder.save(bare, copied, force=True)
    assert len(read) == 1


def test_a_full_disk_is_told_of_the_place_that_was_asked_for(bare: Analysis, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(OutputError) as caught, result_folder.prepared(tmp_path / "mine") as work:
            write_pose(bare.pose, work / "pose.csv")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(tmp_path / "mine") in caught.value.what
    assert ".sprint-" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_words_of_a_library_do_not_stand_for_those_of_the_system(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match="device\\. Check") as caught,
        result_folder.prepared(tmp_path / "mine"),
    ):
        raise OSError(28, "Error writing bytes to file. Detail: [errno 28] No space left on device")
    assert "Detail" not in str(caught.value)


def test_nothing_half_written_when_a_stage_fails(
    bare: Analysis, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analyzer.outputs.report.page.build", full)
    with pytest.raises(OutputError, match="No space left"):
        result_folder.save(bare, out)
    assert list(out.parent.iterdir()) == []


def test_a_file_in_the_way(bare: Analysis, out: Path) -> None:
    out.write_text("")
    with pytest.raises(OutputError, match="is a file"):
        result_folder.save(bare, out, force=True)


@pytest.mark.parametrize("name", ["a\0b", "a" * 300])
def test_a_name_that_no_folder_can_have(bare: Analysis, out: Path, name: str) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        result_folder.save(bare, out / name)
    with pytest.raises(ResultsError):
        run_document.load(out / name)


def test_an_empty_folder_is_filled(bare: Analysis, out: Path) -> None:
    out.mkdir()
    assert result_folder.save(bare, out).is_file()


def test_loading_something_else(out: Path, copied: Path) -> None:
    with pytest.raises(ResultsError, match="does not hold the results"):
        run_document.load(out.parent)
    (copied / "events.csv").write_text("foot,when\nleft,1\n")
    with pytest.raises(ResultsError, match="side"):
        run_document.load(copied)
