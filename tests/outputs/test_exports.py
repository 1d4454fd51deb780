"""What other programs read, read back by them or by our own readers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import c3d
import numpy as np
import openpyxl
import pandas as pd
import pytest
from frontal_runs import NUMBERS, made

from analyzer.cli import ending
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.errors import ConfigError
from analyzer.outputs import exports
from analyzer.outputs.exports import motion_capture
from analyzer.pose.files.pose_csv import read_pose


@pytest.fixture(scope="module")
def folder(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    wanted = Config.build(height_m=1.8, export=tuple(exports.WRITERS), athlete_name="=1+1")
    exports.write(replace(analysis, config=wanted), folder)
    return folder


def test_trc_in_pixels_comes_back_as_it_was(folder: Path, analysis: Analysis) -> None:
    track = read_pose(folder / "joints_px.trc", None)
    assert track.fps == pytest.approx(analysis.pose.fps)
    for joint in motion_capture.HALPE.values():
        assert track.joint(joint) == pytest.approx(analysis.pose.joint(joint), abs=1e-5, nan_ok=True)


def test_trc_in_metres_has_the_form_that_sports2d_writes(folder: Path, analysis: Analysis) -> None:
    lines = (folder / "joints_m.trc").read_text(encoding="utf-8").split("\n")
    assert lines[0].startswith("PathFileType\t4\t(X/Y/Z)\t")
    facts = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    assert facts["Units"] == "m"
    names = [name for name in lines[3].split("\t")[2:] if name]
    assert int(facts["NumMarkers"]) == len(names)
    assert {"Hip", "Neck", "Nose", "RBigToe", "LHeel", "RWrist"} <= set(names)
    rows = [line.split("\t") for line in lines[6:] if line]
    assert int(facts["NumFrames"]) == len(rows) == len(analysis.motion.time)
    first = 2 + 3 * names.index("RKnee")
    knee = np.array([[float(row[first]), float(row[first + 1])] for row in rows])
    assert knee == pytest.approx(analysis.motion.joint("right_knee"), abs=1e-5)


def test_mot_holds_the_angles_of_opensim(folder: Path, analysis: Analysis) -> None:
    text = (folder / "angles.mot").read_text(encoding="utf-8")
    head, body = text.split("endheader\n")
    assert "inDegrees=yes" in head
    table = pd.read_csv(pd.io.common.StringIO(body), sep="\t")
    assert f"nRows={len(table)}" in head
    assert f"nColumns={len(table.columns)}" in head
    assert table["knee_angle_r"].to_numpy() == pytest.approx(
        analysis.motion.angles["right_knee"], abs=1e-5, nan_ok=True
    )
    assert table["pelvis_tilt"].to_numpy() == pytest.approx(
        -analysis.motion.angles["trunk"], abs=1e-5, nan_ok=True
    )
    assert table["pelvis_ty"].median() == pytest.approx(
        np.nanmedian(analysis.motion.middle("hip")[:, 1]), abs=1e-5
    )


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_c3d_holds_joints_and_contacts(folder: Path, analysis: Analysis) -> None:
    with (folder / "joints.c3d").open("rb") as file:
        reader = c3d.Reader(file)
        labels = [label.strip() for label in reader.point_labels]
        frames = np.array([points for _, points, _ in reader.read_frames()])
        events = reader.get("EVENT:TIMES").float_array.reshape(-1, 2)
        kinds = [str(label).strip() for label in reader.get("EVENT:LABELS").string_array]
    hip = frames[:, labels.index("LHip")]
    seen = hip[:, 3] >= 0
    assert hip[seen][:, [0, 2]] / 1000 == pytest.approx(analysis.motion.joint("left_hip")[seen], abs=1e-4)
    strikes = [t for (_, t), kind in zip(events, kinds, strict=True) if kind == "Foot Strike"]
    assert strikes == pytest.approx([step.touchdown_s for step in analysis.steps], abs=1e-4)


def test_c3d_comes_back_through_our_own_door(folder: Path, analysis: Analysis) -> None:
    track = read_pose(folder / "joints.c3d", None)
    length = np.linalg.norm(track.joint("left_hip") - track.joint("left_knee"), axis=1)
    thigh = np.linalg.norm(analysis.motion.joint("left_hip") - analysis.motion.joint("left_knee"), axis=1)
    assert np.nanmedian(length / thigh) == pytest.approx(np.nanmax(length / thigh), rel=1e-3)


def test_parquet_keeps_tables_and_types(folder: Path, analysis: Analysis) -> None:
    pd.testing.assert_frame_equal(
        pd.read_parquet(folder / "steps.parquet"), analysis.steps_table(), check_dtype=False
    )
    assert len(pd.read_parquet(folder / "series.parquet")) == len(analysis.motion.time)


def test_numbers_of_the_workbook_are_numbers(folder: Path, analysis: Analysis) -> None:
    book = openpyxl.load_workbook(folder / "run.xlsx")
    assert book.sheetnames == ["steps", "summary", "columns"]
    head, *rows = book["steps"].iter_rows(values_only=True)
    contact = head.index("contact_time_s")
    assert [row[contact] for row in rows] == pytest.approx(analysis.steps_table()["contact_time_s"].tolist())
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_without_a_scale_no_metres_are_written(analysis: Analysis, tmp_path: Path) -> None:
    bare = replace(analysis.calibration, scaled=False)
    exports.write(
        replace(analysis, calibration=bare, config=Config.build(export=("trc", "mot", "c3d"))), tmp_path
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["angles.mot", "joints_px.trc"]
    assert "pelvis_tx" not in (tmp_path / "angles.mot").read_text(encoding="utf-8")


def test_a_missing_package_is_told_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"parquet cannot be written") as error:
        exports.check(["trc", "parquet"])
    assert "[export]" in error.value.fix


def test_arrays_have_the_layout_of_movement(analysis: Analysis) -> None:
    data = analysis.to_xarray()
    assert data.position.dims == ("time", "space", "keypoints", "individuals")
    assert data.confidence.dims == ("time", "keypoints", "individuals")
    knee = data.position.sel(keypoints="left_knee", individuals="athlete").to_numpy()
    assert knee == pytest.approx(analysis.pose.joint("left_knee"), nan_ok=True)
    assert (data.attrs["ds_type"], data.attrs["time_unit"]) == ("poses", "seconds")
    assert data.attrs["fps"] == pytest.approx(analysis.pose.fps)


def test_of_a_view_from_the_front_joints_and_tables_are_written(tmp_path: Path) -> None:
    run = made()
    run = replace(run, config=run.config.changed({"export": tuple(exports.WRITERS)}))
    exports.write(run, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "joints_px.trc", "run.xlsx", "stances.parquet", "frontal.parquet",
    }  # fmt: skip
    assert exports.not_across(run.config.export) == ["mot", "c3d"]
    assert {path.name for path in tmp_path.iterdir()} <= exports.FILES
    track = read_pose(tmp_path / "joints_px.trc", None)
    assert track.joint("left_ankle") == pytest.approx(run.pose.joint("left_ankle"), abs=1e-5)
    numbers = pd.read_parquet(tmp_path / "frontal.parquet").set_index(["metric", "side"])
    assert numbers.loc[("step_width", "both"), "mean"] == pytest.approx(NUMBERS["step_width"][0])
    assert len(pd.read_parquet(tmp_path / "stances.parquet")) == len(run.stances)
    book = openpyxl.load_workbook(tmp_path / "run.xlsx")
    assert book.sheetnames == ["stances", "frontal", "columns"]
    assert isinstance(book["frontal"]["E2"].value, float)


def test_exports_are_named_where_any_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("run.xlsx", "joints_px.trc", "steps.csv"):
        (tmp_path / name).touch()
    ending.tell(Config(export=("xlsx",)), tmp_path / "report.html")
    assert "  Exported: joints_px.trc, run.xlsx.\n" in capsys.readouterr().out
    ending.tell(Config(), tmp_path / "report.html")
    assert "Exported" not in capsys.readouterr().out
