"""A clip from the front or from behind through the commands of a user; joints from a file, so no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coming import Comer
from frontal_runs import filmed, made
from views import seen_at

from analyzer import preview
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.capture import PoseTrack
from analyzer.data.view import View
from analyzer.errors import ConfigError
from analyzer.frontal.errors import not_given
from analyzer.frontal.measures import MEASURES
from analyzer.metrics import METRICS
from analyzer.outputs import metric_dictionary
from analyzer.outputs.frontal import wording
from analyzer.pose.files import pose_csv


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "analyzer", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"COLUMNS": "200"},
    )


def joints(folder: Path, where: str = "front") -> Path:
    return pose_csv.write_pose(Comer().seen(where, noise_m=0.004), folder / "towards.csv")


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Folder of the results, and what was printed."""
    folder = tmp_path_factory.mktemp("command")
    done = run("analyze", "--pose", joints(folder), "--height", "1.80", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "towards_sprint", done.stdout


def test_analyze_prints_view_numbers_and_what_is_not_seen(analysed: tuple[Path, str]) -> None:
    folder, printed = analysed
    lines = printed.splitlines()
    assert lines[0].startswith("towards: filmed from the front, about ")
    assert "stances (" in lines[0]
    table = pd.read_csv(folder / "frontal.csv").set_index(["metric", "side"])
    given = [m for m in MEASURES.values() if pd.notna(table.loc[(m.name, "both"), "mean"])]
    assert len(given) > 8
    for measure in given:
        (line,) = [line for line in lines if line.strip().startswith(wording.named(measure))]
        assert line.count("±") == (3 if measure.sided else 1)
    assert f"  {wording.not_shown()}" in lines
    (lengths,) = [line for line in lines if line.startswith("  In centimetres, by the height: ")]
    assert "Step width " in lengths
    width = table.loc[("step_width", "both")]
    leg = 53 * 1.80  # cm
    assert width["mean_cm"] == pytest.approx(width["mean"] / 100 * leg, rel=0.01)
    assert width["se_cm"] > width["se"] / 100 * leg  # whose legs are how long is not known either
    assert table["mean_cm"].notna().groupby("metric").any().sum() == 3
    assert not any("Not used" in line for line in lines)
    assert lines[-1] == f"Report: {folder.name}/report.html"
    assert (folder / "report.html").is_file()
    assert not (folder / "overlay.mp4").exists()


def test_analyze_replaces_results_only_by_force(analysed: tuple[Path, str]) -> None:
    folder, _ = analysed
    again = ("analyze", "--pose", "towards.csv")
    done = run(*again, cwd=folder.parent)
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert run(*again, "--force", cwd=folder.parent).returncode == 0


def test_report_makes_its_page_anew(analysed: tuple[Path, str], tmp_path: Path) -> None:
    folder = shutil.copytree(analysed[0], tmp_path / "run")
    own = ("--athlete-name", "Ann", "--date", "2026-03-01", "--session", "Spring", "--blur-faces")
    done = run("report", folder.name, *own, "--gates", "gates.csv", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    numbers = analysed[1].splitlines()[1:8]
    assert done.stdout.splitlines()[1:8] == numbers
    assert "  Not used in this view: --gates.\n" in done.stdout
    assert "Heads that were found are hidden." in done.stdout
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert "<h1>Ann</h1>" in text
    assert "1 March 2026 · Spring" in text
    for options, why in (
        (("--overlay", "--slow", "8"), "These joints came without a video"),
        (("--baseline", "b.toml"), "holds no number against own ranges"),
    ):
        (tmp_path / "b.toml").write_text("version = 1\nrange = []\n")
        done = run("report", folder.name, *options, cwd=tmp_path)
        assert done.returncode == 2
        assert why in done.stderr


def test_review_says_what_such_a_folder_holds(analysed: tuple[Path, str]) -> None:
    folder, _ = analysed
    done = run("review", folder.name, cwd=folder.parent)
    assert done.returncode == 1
    assert "holds what a view from the front shows." in done.stderr
    assert "frontal.csv" in done.stderr


def test_runs_of_such_folders_are_compared_and_kept(
    analysed: tuple[Path, str], analysis: Analysis, tmp_path: Path
) -> None:
    replace(analysis, config=analysis.config.changed({"overlay": False})).save(tmp_path / "all" / "side")
    for name in ("one", "two"):
        shutil.copytree(analysed[0], tmp_path / "all" / name)
    done = run("compare", "all/one", "all/two", "--out", "two.csv", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "two against one:" in done.stdout
    assert (tmp_path / "compare.html").is_file()
    table = pd.read_csv(tmp_path / "two.csv").set_index(["metric", "of"])
    assert table.loc[("step_width", "mean"), "difference"] == 0
    assert set(table["verdict"]) == {"not established"}
    done = run("compare", "all/one", "all/side", cwd=tmp_path)
    assert done.returncode == 1
    assert "towards is filmed from the front, not from the side" in done.stderr
    assert run("season", "all", cwd=tmp_path).returncode == 0
    assert "from the front" in (tmp_path / "all" / "season.html").read_text(encoding="utf-8")
    done = run("baseline", "all", cwd=tmp_path)
    assert "2 runs from the front" in done.stdout
    done = run("compare", "all/one", "all/two", "--baseline", "baseline.toml", cwd=tmp_path)
    assert "No run was repeated" not in done.stdout


def test_from_behind_is_told_so(tmp_path: Path) -> None:
    own = ("--athlete-name", "Ann")
    done = run("analyze", "--pose", joints(tmp_path, "rear"), *own, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("towards: filmed from behind, about ")
    assert "Not used" not in done.stdout
    more = ("--direction", "left", "--excel", "--force")
    done = run("analyze", "--pose", "towards.csv", *own, *more, cwd=tmp_path)
    assert "  Not used in this view: --direction.\n" in done.stdout
    tables = sorted((tmp_path / "towards_sprint").glob("*.csv"))
    assert "pose.csv" in [table.name for table in tables]
    assert all(table.read_bytes().startswith(b"\xef\xbb\xbf") for table in tables)
    again = run("analyze", "--pose", tables[2], "--out", "again", cwd=tmp_path)
    assert again.returncode == 0
    text = (tmp_path / "towards_sprint" / "report.html").read_text(encoding="utf-8")
    assert "Filmed from behind, about " in text
    assert "<h1>Ann</h1>" in text


def looked_at(pose: PoseTrack, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what ``check`` says of a clip in which these joints are seen."""
    clip = filmed(folder).video
    assert clip is not None
    monkeypatch.setattr(preview, "_looks", lambda *_: (np.full(12, 300.0), pose, None))
    return preview.look(clip.path, Config())


@pytest.mark.parametrize(("angle", "where"), [(84.0, "the front"), (-84.0, "behind")])
def test_check_says_what_analyze_will_give(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, angle: float, where: str
) -> None:
    lines = looked_at(made(angle_deg=angle).pose, tmp_path, monkeypatch)
    assert lines[0].startswith(f"Yes, as seen from {where} (")
    for m in MEASURES.values():
        given = not not_given(m.name, "network", View(angle))
        assert any(m.label in line for line in lines) == given, m.name
    assert lines[-1] == wording.not_shown()
    assert not any("metrics can be given" in line for line in lines)


def test_check_names_a_view_from_the_side(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = looked_at(seen_at(4.0), tmp_path, monkeypatch)
    assert any(line.startswith("View: from the side (") for line in lines)
    assert any("metrics can be given" in line for line in lines)
    assert wording.not_shown() not in lines


def test_metrics_tells_of_one_number() -> None:
    text = metric_dictionary.describe("step width")
    assert MEASURES["step_width"].definition in text
    assert "Given of: a film from the front or from behind, or markers" in text
    assert "Given of: markers alone" in metric_dictionary.describe("pelvis_drop")
    assert all(f"  {name} " in metric_dictionary.describe() for name in MEASURES)


def test_metrics_finds_and_suggests_the_numbers_of_such_a_view() -> None:
    assert metric_dictionary.describe("sway") == metric_dictionary.describe("trunk_sway")
    with pytest.raises(ConfigError, match=r"It is part of: .*trunk_lean_mean.*, trunk_sway"):
        metric_dictionary.describe("trunk")
    with pytest.raises(ConfigError, match="Close to it: step_width"):
        metric_dictionary.describe("step wdith")
    both = metric_dictionary.describe("arm_leg_lag")  # of either view
    assert MEASURES["arm_leg_lag"].definition in both
    assert METRICS["arm_leg_lag"].definition in both
    with pytest.raises(ConfigError, match="There is no metric"):
        metric_dictionary.meant("trunk_sway")  # where only a view from the side is spoken of


def test_joints_of_a_folder_are_called_as_their_clip(analysed: tuple[Path, str], tmp_path: Path) -> None:
    shutil.copytree(analysed[0], tmp_path / "anna_sprint")
    done = run("analyze", "--pose", "anna_sprint/pose.csv", "--out", "again", cwd=tmp_path)
    assert done.stdout.startswith("anna: filmed from the front, about 0° ± ")
    text = (tmp_path / "again" / "report.html").read_text(encoding="utf-8")
    assert "<h1>anna</h1>" in text
