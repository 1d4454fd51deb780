"""Whatever breaks while results are written, the folder is the old one or the new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from running import Runner

from analyzer.data.analysis import Analysis
from analyzer.errors import OutputError
from analyzer.outputs import analysis_json, folder, swap
from analyzer.pose.files.pose_csv import write_pose
from validation import fault_works, faults

pytestmark = pytest.mark.skipif(os.name != "posix", reason="faults are injected into a forked process")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Analysis, ...]:
    joints = tmp_path_factory.mktemp("joints") / "run.csv"
    return fault_works.runs(write_pose(Runner(steps=6).pose(60, noise_m=0.004), joints))


@pytest.fixture
def quick() -> Iterator[None]:
    with fault_works.quick():
        yield


@pytest.mark.usefixtures("quick")
def test_every_reader_sees_old_or_new(runs: tuple[Analysis, ...], tmp_path: Path) -> None:
    rows = fault_works.every(runs, tmp_path, every=9)
    assert [row.wrong for row in rows] == [()] * len(rows)
    assert all(row.faults >= 8 and row.old for row in rows)
    assert sum(row.new for row in rows) > 5  # faults after the exchange


@pytest.mark.usefixtures("quick")
def test_two_runs_into_one_folder(runs: tuple[Analysis, ...], tmp_path: Path) -> None:
    folder = tmp_path / "run_sprint"
    other = replace(fault_works._later(runs[0]), name="other")
    states = []
    for run in (runs[0], other):
        run.save(folder, force=True)
        states.append(faults.look(folder))
    for start in ("nothing", "results"):
        for _ in range(4):
            if start == "nothing":
                shutil.rmtree(folder)
            ends = faults.together(
                lambda: runs[0].save(folder, force=True), lambda: other.save(folder, force=True), tmp_path
            )
            assert ends == (0, 0)
            assert faults.look(folder) in states
            assert os.listdir(tmp_path) == ["run_sprint"]


@pytest.mark.usefixtures("quick")
def test_results_exchanged_while_they_are_read_are_no_corrections(
    runs: tuple[Analysis, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "run_sprint", tmp_path / "other_sprint"
    runs[0].save(here)
    replace(fault_works._later(runs[0]), name="other").save(there)
    real = analysis_json.document_of

    def exchanged(directory: Path) -> analysis_json.Document | None:
        found = real(directory)
        if there.exists():
            shutil.rmtree(here)
            there.rename(here)
        return found

    monkeypatch.setattr(analysis_json, "document_of", exchanged)
    before, corrections = folder.said(here)
    assert before is not None
    assert before.name == "other"
    assert corrections is None


def test_a_flipped_bit_makes_no_other_track(runs: tuple[Analysis, ...], tmp_path: Path) -> None:
    assert fault_works.flips(runs[0], tmp_path, 150) == 0


@pytest.mark.usefixtures("quick")
def test_what_was_left_goes_with_the_next_run(runs: tuple[Analysis, ...], tmp_path: Path) -> None:
    folder = tmp_path / "run_sprint"
    runs[0].save(folder)
    inside = tmp_path / "dead"
    inside.mkdir()
    gone = swap._prefix(folder) + f"{swap.HERE}-999999999-"
    (tmp_path / f"{gone}a").mkdir()
    (tmp_path / f"{gone}a" / "half.csv").write_text("half")
    working = tmp_path / f"{swap._prefix(folder)}{swap.HERE}-{os.getppid()}-b"
    working.mkdir()
    others = tmp_path / f"{swap._prefix(tmp_path / 'other')}{swap.HERE}-999999999-c"
    others.mkdir()
    runs[0].save(folder, force=True)
    assert not (tmp_path / f"{gone}a").exists()
    assert working.is_dir()  # somebody is at work there
    assert others.is_dir()  # and this is not ours


@pytest.mark.usefixtures("quick")
def test_who_stands_in_the_folder_stays_in_it(
    runs: tuple[Analysis, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run_sprint"
    runs[0].save(folder)
    monkeypatch.chdir(folder)
    replace(runs[0], name="again").save(".", force=True)
    assert Path.cwd().samefile(folder)
    assert "again" in Path("report.html").read_text()
    assert os.listdir(tmp_path) == ["run_sprint"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("stands_in_it", [False, True])
def test_files_in_a_folder_with_the_name_of_a_result_stay(
    stands_in_it: bool, runs: tuple[Analysis, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run_sprint"
    runs[0].save(folder)
    (folder / "columns.csv").unlink()
    (folder / "columns.csv").mkdir()
    (folder / "columns.csv" / "mine.txt").write_text("mine")
    before = faults.look(folder)
    if stands_in_it:
        monkeypatch.chdir(folder)
    with pytest.raises(OutputError, match=r"columns\.csv is a folder"):
        replace(runs[0], name="again").save(folder, force=True)
    assert faults.look(folder) == before
    assert os.listdir(tmp_path) == ["run_sprint"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("analysis", [None, b"", b'{"half":'])
@pytest.mark.parametrize("corrected", [False, True])
def test_what_a_coach_corrected_stays_though_the_rest_is_damaged(
    analysis: bytes | None, corrected: bool, runs: tuple[Analysis, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "run_sprint"
    runs[0].save(folder)
    mine = (folder / "events.csv").read_bytes()
    if corrected:
        mine = mine[: mine.rindex(b"\n", 0, -1) + 1]
        (folder / "events.csv").write_bytes(mine)
    (folder / "analysis.json").unlink()
    if analysis is not None:
        (folder / "analysis.json").write_bytes(analysis)
    runs[0].save(folder, force=True)
    earlier = folder / "events_earlier.csv"
    assert earlier.exists() == corrected
    assert not corrected or earlier.read_bytes() == mine


@pytest.mark.usefixtures("quick")
def test_a_link_to_a_folder_stays_a_link(runs: tuple[Analysis, ...], tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "run_sprint").symlink_to(tmp_path / "disk")
    replace(runs[0], name="linked").save(tmp_path / "run_sprint", force=True)
    assert (tmp_path / "run_sprint").is_symlink()
    assert "linked" in (tmp_path / "disk" / "report.html").read_text()
