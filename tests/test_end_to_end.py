"""The sample clip from file to folder, held against its truth; the pose model is needed once."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analyzer
from analyzer import pipeline
from analyzer.data.analysis import Analysis
from analyzer.data.results import Summary
from analyzer.outputs.data_dictionary import SUMMARY_COLUMNS

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("end_to_end")]

ROOT = Path(__file__).parent.parent
TRUTH = json.loads((ROOT / "sample_videos" / "sprint_sample_truth.json").read_text())
VISIBLE = [step for step in TRUTH["steps"] if step["visible"]]
FILES = {
    "analysis.json",
    "calibration.toml",
    "columns.csv",
    "events.csv",
    "events_detected.csv",
    "kinogram.png",
    "overlay.mp4",
    "pictures.zip",
    "strobe.jpg",
    "pose.csv",
    "report.html",
    "series.csv",
    "smas.csv",
    "steps.csv",
    "summary.csv",
}


@pytest.fixture(scope="module")
def stages() -> list[str]:
    return []


@pytest.fixture(scope="module")
def run(stages: list[str]) -> Analysis:
    clip = pipeline.sample()
    return analyzer.analyze(clip, height_m=1.80, sex="male", progress=lambda stage, *_: stages.append(stage))


@pytest.fixture(scope="module")
def folder(run: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("out") / "sample"
    page = run.save(target)
    assert page == target / "report.html"
    return target


def found(run: Analysis, truth: dict[str, float]) -> int:
    """Index of the step found that is nearest in time to a true one."""
    return int(np.nanargmin([abs(s.touchdown_s - truth["touchdown_s"]) for s in run.steps]))


def test_every_visible_step_is_found_with_its_side(run: Analysis) -> None:
    for truth in VISIBLE:
        step = run.steps[found(run, truth)]
        assert abs(step.touchdown_s - truth["touchdown_s"]) < 0.05
        assert step.side == truth["side"]
    assert len(run.steps) <= len(TRUTH["steps"])


@pytest.mark.parametrize("event", ["touchdown_s", "toe_off_s"])
def test_events_are_within_ten_milliseconds(run: Analysis, event: str) -> None:
    errors = [getattr(run.steps[found(run, truth)], event) - truth[event] for truth in VISIBLE]
    assert np.median(np.abs(errors)) < 0.010


def test_step_length_is_within_five_per_cent(run: Analysis) -> None:
    lengths = {v.step: v.value for v in run.values if v.metric == "step_length"}
    ratio = [lengths[run.steps[found(run, t)].number] / t["step_length_m"] for t in VISIBLE[:-1]]
    assert np.median(ratio) == pytest.approx(1, abs=0.05)


def test_the_folder_holds_every_file(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == FILES


def test_step_columns_are_the_contract(folder: Path) -> None:
    with (folder / "steps.csv").open(newline="") as file:
        columns = next(csv.reader(file))
    assert columns[:7] == [
        *("step", "side", "touchdown_s", "touchdown_sd_s", "toe_off_s", "toe_off_sd_s", "event_source")
    ]
    for name in ("contact_time_s", "step_length_m", "step_speed_mps", "trunk_lean_touchdown_deg"):
        head, _, unit = name.rpartition("_")
        at = columns.index(name)
        assert columns[at + 1] == f"{head}_sd_{unit}"


def test_summary_columns_are_the_contract(folder: Path) -> None:
    columns = list(pd.read_csv(folder / "summary.csv").columns)
    assert columns == list(SUMMARY_COLUMNS)
    assert set(columns) < set(Summary.__dataclass_fields__)


def test_every_column_is_explained(folder: Path) -> None:
    explained = pd.read_csv(folder / "columns.csv")
    for name in ("steps", "summary", "series", "events", "pose", "smas"):
        columns = set(pd.read_csv(folder / f"{name}.csv", nrows=1).columns)
        assert columns <= set(explained.column[explained.file == f"{name}.csv"]), name


def test_an_edited_event_is_honoured(folder: Path, tmp_path: Path) -> None:
    work = tmp_path / "edited"
    shutil.copytree(folder, work)
    events = pd.read_csv(work / "events.csv")
    row = int(events.touchdown_s.notna().to_numpy().nonzero()[0][1])
    events.loc[row, "touchdown_s"] += 0.004
    events.to_csv(work / "events.csv", index=False)
    again = pipeline.rebuild(work)
    assert again.steps[row].source == "edited"
    assert again.steps[row].touchdown_s == pytest.approx(events.touchdown_s[row])
    assert sum(step.source == "edited" for step in again.steps) == 1
    assert "events_edited" in {note.code for note in again.notes}


def test_rebuilding_changes_nothing_when_nothing_was_edited(run: Analysis, folder: Path) -> None:
    again = pipeline.rebuild(folder)
    assert [s.side for s in again.steps] == [s.side for s in run.steps]
    for before, after in zip(run.steps, again.steps, strict=True):
        assert after.touchdown_s == pytest.approx(before.touchdown_s, abs=1e-3, nan_ok=True)


def test_pose_file_stands_in_for_the_video(run: Analysis, folder: Path) -> None:
    again = analyzer.analyze(pose=folder / "pose.csv", height_m=1.80, sex="male")
    assert again.video is None
    assert len(again.steps) == len(run.steps)
    alone, pictured = again.summary("contact_time"), run.summary("contact_time")
    assert alone is not None
    assert pictured is not None
    # Without pictures the contacts come from the landmarks alone, which is less sure, and says so.
    assert alone.mean_se > pictured.mean_se
    assert abs(alone.mean - pictured.mean) < 2 * np.hypot(alone.mean_se, pictured.mean_se)


@pytest.mark.usefixtures("run")
def test_progress_names_its_stages(stages: list[str]) -> None:
    # A cached track skips the slow stages, so only what was called can be checked.
    assert all(isinstance(stage, str) and stage for stage in stages)
