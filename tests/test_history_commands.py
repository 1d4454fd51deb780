"""The commands over many runs, as a user gives them: compare with its page, season, baseline."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzer import pipeline
from analyzer.cli import history, results
from analyzer.comparison import runs as comparison_runs
from analyzer.comparison.repeatability import Repeat
from analyzer.data.analysis import Analysis
from analyzer.errors import ConfigError, OutputError
from analyzer.outputs import analysis_json, baseline_file


@pytest.fixture(scope="module")
def season(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five results of one named athlete whose contact is a little longer each time."""
    folder = tmp_path_factory.mktemp("season")
    config = analysis.config.model_copy(update={"athlete_name": "Ada"})
    for i in range(5):
        rows = tuple(
            replace(s, mean=s.mean + 0.001 * i) if s.metric == "contact_time" else s
            for s in analysis.summaries
        )
        run = replace(analysis, name=f"run {i}", config=config, summaries=rows)
        (folder / f"run_{i}").mkdir()
        text = analysis_json.to_json(analysis_json.of(run))
        (folder / f"run_{i}" / analysis_json.FILE).write_text(text, "utf-8")
    return folder


def test_baseline_makes_a_file_that_compare_reads(
    season: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ada.toml"
    history.baseline([season], out)
    told = capsys.readouterr().out
    assert "Ada's own 5 runs" in told
    assert "no range is given" not in told
    ranges = {row.metric: row for row in baseline_file.read(out).ranges}
    assert ranges["contact_time"].scatter == pytest.approx(0.001 * 2.5**0.5, rel=1e-3)
    history.baseline([season / "run_0", season / "run_1"], out)
    assert "no range is given" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["events.csv", "Events.csv", "steps.csv", analysis_json.FILE])
def test_no_table_or_ranges_are_written_over_results(season: Path, tmp_path: Path, name: str) -> None:
    run = shutil.copytree(season / "run_0", tmp_path / "run")
    (run / "events.csv").write_text("corrected by hand", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    for write in (
        lambda out: history.baseline([season], out),
        lambda out: results.compare([run, run], 1, out),
    ):
        with pytest.raises(OutputError, match="is one of their files"):
            write(run / name)
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before
    history.baseline([season], run / "ada.toml")  # beside them is well


def test_season_lies_in_the_folder_unless_another_is_named(season: Path, tmp_path: Path) -> None:
    history.season(season, tmp_path / "page")
    assert (tmp_path / "page" / "season.html").is_file()
    with pytest.raises(ConfigError, match="no results"):
        history.season(tmp_path / "page")


@pytest.mark.parametrize("name", ["out", "out/table.csv"])
def test_compare_writes_its_page_beside_the_tables(
    analysis: Analysis, tmp_path: Path, monkeypatch: Any, capsys: Any, name: str
) -> None:
    def known(run: Analysis, *, systematic: bool) -> dict[str, Repeat]:
        del systematic
        return {"contact_time": Repeat("contact_time", 0.11 + 0.01 * (run.name == "b"), 0.001)}

    monkeypatch.setattr(comparison_runs, "of_analysis", known)
    monkeypatch.setattr(pipeline, "rebuild", lambda directory, settings=None: analysis)
    (tmp_path / "out").mkdir()
    results.compare([tmp_path / "a", tmp_path / "b"], before=1, out=tmp_path / name)
    text = capsys.readouterr().out
    assert "b against a" in text  # two results of one clip are told apart by their folders
    assert "beyond this clip's error" in text
    assert (tmp_path / "out" / "compare.html").is_file()
    assert (tmp_path / "out" / "table.csv").is_file() == name.endswith("csv")


def test_report_holds_a_run_against_its_own_baseline(
    analysis: Analysis, season: Path, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    history.baseline([season], tmp_path / "ada.toml")
    saved: list[Analysis] = []

    def save(run: Analysis, directory: Path, **_: Any) -> Path:
        saved.append(run)
        return directory / "report.html"

    monkeypatch.setattr(pipeline, "rebuild", lambda directory, settings=None: analysis)
    monkeypatch.setattr(Analysis, "save", save)
    results.report(tmp_path, baseline=tmp_path / "ada.toml")
    row = saved[0].summary("contact_time")
    assert row is not None
    assert row.reference_source.startswith("Ada's own 5 runs")
    assert "numbers are held against the ranges of own runs in ada.toml" in capsys.readouterr().out
    bob = analysis.config.model_copy(update={"athlete_name": "Bob"})
    monkeypatch.setattr(pipeline, "rebuild", lambda directory, settings=None: replace(analysis, config=bob))
    results.report(tmp_path, baseline=tmp_path / "ada.toml")
    assert saved[1].summary("contact_time") == analysis.summary("contact_time")
    assert "0 numbers are held against" in capsys.readouterr().out
