"""A long run must survive a clip that fails, and take up where it stopped."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from places import ROOT

from validation import run
from validation.gait import Gait
from validation.scene import Recipe

ONE = Recipe(name="report_c0_120fps_300px", gait=Gait(seed=1))
TWO = Recipe(name="report_c1_120fps_300px", gait=Gait(seed=2))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path))
    made: list[str] = []

    def numbers(recipe: Recipe) -> run.Tables:
        made.append(recipe.name)
        if recipe is TWO:
            raise RuntimeError("a broken clip")
        return {
            "rows": pd.DataFrame({"clip": [recipe.name], "side": [None], "value": [1.5]}),
            "counts": pd.DataFrame({"clip": [recipe.name], "failure": [""]}),
        }

    monkeypatch.setitem(run._OF_A_CLIP, "video", numbers)
    return made


def test_a_finished_clip_is_not_done_again(calls: list[str]) -> None:
    first, problem = run.done(run.Task("video", ONE))
    again, _ = run.done(run.Task("video", ONE))
    assert (calls, problem) == ([ONE.name], "")
    pd.testing.assert_frame_equal(first["rows"], again["rows"])
    assert again["counts"]["failure"].tolist() == [""]


def test_a_failure_is_told_and_not_remembered(calls: list[str]) -> None:
    for _ in range(2):
        tables, problem = run.done(run.Task("video", TWO))
        assert tables == {}
        assert "a broken clip" in problem
    assert calls == [TWO.name, TWO.name]


def test_words_come_back_as_they_were(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path))
    said = '| a, b | c |\n\nNA and "more"'
    monkeypatch.setitem(run._ALONE, "measured", lambda which: run._said(said))
    task = run.Task("measured")
    run.done(task)
    tables, _ = run.done(task)
    assert run.text({task: tables}, "measured") == said


def test_what_could_not_be_measured_is_not_remembered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path))
    task = run.Task("real")
    for said in ("", "| now |"):
        monkeypatch.setitem(run._ALONE, "real", lambda which, said=said: run._said(said))
        tables, problem = run.done(task)
        assert (run.text({task: tables}, "real"), problem) == (said, "")


def test_other_code_makes_other_results(monkeypatch: pytest.MonkeyPatch) -> None:
    before = run.Task("video", ONE).stem
    monkeypatch.setattr(run, "code_digest", lambda: "other")
    assert run.Task("video", ONE).stem != before


def test_one_failing_task_in_the_pool_leaves_the_others_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    monkeypatch.setitem(run._ALONE, "measured", lambda which: run._said("kept"))
    good, bad = run.Task("measured"), run.Task("no such work")
    run.done(good)  # the process of the pool reads this; it knows nothing of the patch
    found, failed = run.every([bad, good], jobs=1)
    assert run.text(found, "measured") == "kept"
    assert "no such work" in failed[bad]
    assert "2/2" in capfd.readouterr().out


def test_what_is_left_out_of_the_hash_is_there() -> None:
    """After a move a stale name would leave nothing out, and every clip would be done again."""
    for name in run._OUTPUTS:
        assert (ROOT / "analyzer" / name).exists(), name
    for name in run._WRITING:
        assert (ROOT / "validation" / f"{name}.py").is_file(), name
