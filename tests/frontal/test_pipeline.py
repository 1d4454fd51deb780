"""The doors: a run from the front gives its frontal plane, one from the side its passes, in one reading."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from coming import Comer
from running import Runner

import analyzer
from analyzer import pipeline
from analyzer.comparison.baseline import applied, make, run_facts
from analyzer.comparison.findings import compared, findings
from analyzer.comparison.standing import links, standings
from analyzer.data.analysis import Analysis
from analyzer.errors import NotRunningError, TooFewContactsError, ViewError
from analyzer.frontal.results import Frontal
from analyzer.metrics.registry import Relationship
from analyzer.outputs.report import head
from analyzer.outputs.report.answers import answer
from analyzer.outputs.report.system_map import system_map
from analyzer.pose.files.pose_csv import read_pose, write_pose


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("front") / "comes.csv"
    write_pose(Comer().seen(noise_m=0.003), path)
    return path


@pytest.fixture(scope="module")
def side(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("side") / "passes.csv"
    write_pose(Runner().pose(120, noise_m=0.004), path)
    return path


def test_any_view_gives_what_it_shows(front: Path, side: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    followed = pipeline._followed

    def once(*given: object) -> pipeline.Clip:
        read.append(given[1])
        return followed(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "_followed", once)
    across = analyzer.analyze_any(pose=front)
    along = analyzer.analyze_any(pose=side)
    assert read == [front, side]
    assert isinstance(across, Frontal)
    assert not isinstance(along, Frontal)
    assert [len(run.steps) > 5 for run in along] == [True]
    assert across.name == "comes"
    assert across.provenance.versions["sprint-analyzer"] == analyzer.__version__
    alone = analyzer.analyze_frontal(pose=front)
    assert [(f.metric, f.side, f.n) for f in alone.found] == [(f.metric, f.side, f.n) for f in across.found]
    assert [f.mean for f in alone.found] == pytest.approx([f.mean for f in across.found], nan_ok=True)


def test_the_passes_of_any_view_are_those_of_analyze_passes(side: Path) -> None:
    (one,), (other,) = analyzer.analyze_any(pose=side), analyzer.analyze_passes(pose=side)
    assert [s.touchdown_s for s in one.steps] == [s.touchdown_s for s in other.steps]


def test_the_wrong_door_is_told(front: Path, side: Path) -> None:
    with pytest.raises(ViewError, match="use analyze"):
        analyzer.analyze_frontal(pose=side)
    with pytest.raises(ViewError, match="filmed from the front"):
        analyzer.analyze(pose=front)


def test_who_insists_gets_the_analysis_of_a_view_from_the_side(front: Path) -> None:
    found = analyzer.analyze_any(pose=front, accept=True)
    assert isinstance(found, tuple)
    assert "view" in [note.code for note in found[0].notes]


def test_who_insists_on_a_view_without_contacts_is_told_why_there_are_none(
    front: Path, tmp_path: Path
) -> None:
    pose = read_pose(front)
    hurried = write_pose(replace(pose, time=pose.time / 8), tmp_path / "hurried.csv")
    with pytest.raises(TooFewContactsError, match="Filmed from the front") as refused:
        analyzer.analyze_any(pose=hurried, accept=True)
    assert "accept" in refused.value.settings
    assert "three steps from the side" not in refused.value.fix


def test_what_is_not_to_be_trusted_stands_out_nowhere(front: Path, side: Path) -> None:
    ((along,), (across,)) = analyzer.analyze_any(pose=side), analyzer.analyze_any(pose=front, accept=True)
    assert isinstance(across, Analysis)
    assert sum(np.isfinite(row.mean) for row in across.summaries) > 10
    assert findings(across) == []
    assert compared(across) == ((), ())
    assert head.of_note(across) == []
    push, around = standings(across)
    assert {one.place for one in (push, *around)} == {"unseen"}
    assert not any(link.seen for link in links(across))
    assert not any(answer(across, relationship) for relationship in Relationship)
    assert not re.search(r"±", system_map(across))
    assert re.search(r"±", system_map(along))
    assert any(answer(along, relationship) for relationship in Relationship)


def test_what_only_the_side_shows_is_refused_of_the_front(front: Path, side: Path) -> None:
    across, (along,) = analyzer.analyze_frontal(pose=front), analyzer.analyze_passes(pose=side)
    for asked in (
        lambda: analyzer.compare(along, across),
        lambda: analyzer.compare(across, along),
        lambda: applied(across, make([run_facts(along)])),
    ):
        with pytest.raises(ViewError, match="comes is filmed from the front, not from the side"):
            asked()
    with pytest.raises(KeyError, match=r"nonsense.*step_rate, .*step_width"):
        across.get("nonsense")
    assert np.isnan(across.get("step_width", "left").mean)


def test_somebody_who_stands_before_the_camera_does_not_run(tmp_path: Path) -> None:
    pose = Comer().seen(noise_m=0.003)
    rng = np.random.default_rng(1)
    still = np.broadcast_to(pose.xy[:1], pose.xy.shape) + rng.normal(0, 0.3, pose.xy.shape)
    path = tmp_path / "stands.csv"
    write_pose(replace(pose, xy=still), path)
    with pytest.raises(NotRunningError):
        analyzer.analyze_any(pose=path)
