"""Timing gates from the command to the folder of results and back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from runner import SPEED

from analyzer import pipeline
from analyzer.data.analysis import Analysis
from analyzer.data.capture import PoseTrack
from analyzer.data.results import Gate, Split
from analyzer.errors import ConfigError
from analyzer.outputs import tables
from analyzer.outputs.report import times
from analyzer.pose.files.pose_csv import write_pose

HEIGHT_M = 1.83
"""Of the runner, who is 1.78 m: what the gates have to mend."""


@pytest.fixture(scope="module")
def joints(pose: PoseTrack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("joints") / "pose.csv"
    write_pose(pose, path)
    return path


@pytest.fixture(scope="module")
def folder(joints: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results with gates, whose own file is gone since."""
    cells = joints.parent / "cells.csv"
    cells.write_text(f"position,time\n0,7.0\n5,{7 + 5 / SPEED}\n10,{7 + 10 / SPEED}\n", encoding="utf-8")
    run = pipeline.analyze(pose=joints, height_m=HEIGHT_M, gates=cells)
    out = tmp_path_factory.mktemp("results") / "runner_sprint"
    run.save(out)
    cells.unlink()
    return out


def test_the_folder_carries_the_gates_and_report_is_made_with_them(folder: Path) -> None:
    run = pipeline.rebuild(folder)
    assert run.calibration.method == "height and gates"
    assert [gate.metres for gate in run.gates] == [0, 5, 10]
    plain = pipeline.rebuild(folder, settings={"gates": None})
    assert plain.calibration.method == "height"
    with_gates, without = (r.summary("step_speed") for r in (run, plain))
    assert with_gates is not None
    assert without is not None
    assert abs(with_gates.mean - SPEED) < abs(without.mean - SPEED)
    assert with_gates.mean_se < without.mean_se
    assert plain.gates == plain.stretches == ()


def test_what_is_edited_in_the_folder_counts(folder: Path) -> None:
    edited = folder.parent / "edited"
    pipeline.rebuild(folder).save(edited)
    (edited / "gates.csv").write_text("m,s\n0,1\n10,2.4\n", encoding="utf-8")
    run = pipeline.rebuild(edited)
    assert [gate.metres for gate in run.gates] == [0, 10]
    assert any(note.code == "gates_contradict" for note in run.notes)


def test_gates_that_are_named_and_not_there_are_no_empty_promise(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Cannot read"):
        pipeline.rebuild(folder, settings={"gates": tmp_path / "none.csv"})


def test_tables_and_page_show_the_gates_beside_the_video(folder: Path) -> None:
    columns = (folder / "splits.csv").read_text(encoding="utf-8").splitlines()
    assert columns[0] == "metres,time_s,time_sd_s,gate_time_s,gate_time_sd_s"
    assert columns[1].startswith("0,,,7,")
    assert len((folder / "stretches.csv").read_text(encoding="utf-8").splitlines()) == 4
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert 'id="times"' in html
    assert html.count('<th scope="row">5 to 10 m</th>') == 1
    rows = (folder / "columns.csv").read_text(encoding="utf-8")
    for name in ("gate_time_s", "gate_speed_mps", "video_speed_sd_mps"):
        assert name in rows


def command(*arguments: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout


def test_the_command_takes_gates_and_shows_them(joints: Path, tmp_path: Path) -> None:
    cells = tmp_path / "freelap.csv"
    cells.write_text(f"s;m\n0,0;0\n{10 / SPEED};10\n".replace(".", ","), encoding="utf-8")
    out = tmp_path / "out"
    assert "Gates" not in command("analyze", "--pose", joints, "--height", "1.78", "--out", out)
    assert not (out / "splits.csv").exists()
    (tmp_path / "season.html").write_text("", encoding="utf-8")
    told = command("report", out, "--gates", cells)
    assert "Gates 0 to 10 m: 8.0" in told
    assert "season.html may still show this run as it was: season makes that page anew." in told
    assert (out / "gates.csv").read_bytes() == cells.read_bytes()


def test_places_asked_for_and_gates_stand_in_one_table(analysis: Analysis) -> None:
    both = replace(analysis, splits=(Split(5.0, 0.7, 0.01),), gates=(Gate(2.0, 0.1, 0.015, 0.3, 0.01),))
    table = tables.splits_columns(both)
    assert table["metres"] == [5.0, 2.0]
    assert np.isnan(table["gate_time_s"][0])
    assert table["gate_time_s"][1] == 0.1
    page = times.passed(both)
    assert page.index(">5 m<") < page.index(">2 m, gate<") < page.index("0.100 ± 0.015")
    assert "gate_time_s" not in tables.splits_columns(replace(both, gates=()))
