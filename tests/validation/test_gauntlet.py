"""The gauntlet's judgement looks at fields; its inputs are what they are called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.outputs import analysis_json
from analyzer.video import reader
from validation import gauntlet, gauntlet_inputs
from validation.gauntlet import Outcome, either, near, refused, run


@pytest.fixture(scope="module")
def found(analysis: Analysis) -> Outcome:
    noted = replace(analysis, notes=(Note("warning", "boomerang", "any sentence"),))
    return Outcome((analysis_json.of(noted),), "", "said")


def test_steps_and_codes_of_notes_are_judged(found: Outcome) -> None:
    n = found.steps()
    assert run(n, n, "boomerang")(found)
    assert not run(n + 1, n + 2, "boomerang")(found)
    assert not run(n, n, "interlaced")(found)
    assert not run(n, n, without=("boomerang",))(found)
    phantom = replace(found.runs[0], notes=(Note("warning", "athlete_hidden", ""),))
    assert not run(n, n)(Outcome((phantom,), "", ""))


def test_means_errors_and_second_runs_are_judged(found: Outcome) -> None:
    hz = found.mean("step_frequency")
    assert near("step_frequency", 1.01 * hz, 0.02, run(1, 99))(found)
    assert not near("step_frequency", 1.1 * hz, 0.02, run(1, 99))(found)
    assert np.isnan(found.mean("no_such_metric"))
    assert refused("ViewError")(Outcome((), "ViewError", ""))
    assert not refused("ViewError")(Outcome((), "NotRunningError", ""))
    assert either(found, "boomerang")
    assert not either(found, "other_run")
    assert either(Outcome(found.runs * 2, "", ""))
    assert not either(Outcome((), "", ""))


def test_what_the_command_refuses_is_known_by_its_class(tmp_path: Path) -> None:
    path = tmp_path / "joints.csv"
    path.write_text("frame,time_s\n", encoding="utf-8")
    seen = gauntlet.outcome(path, tmp_path / "results", joints=True)
    assert seen.runs == ()
    assert seen.error == "PoseFileError"
    assert seen.said.startswith("Error")


@pytest.mark.parametrize(
    "follow",
    [gauntlet_inputs.late, gauntlet_inputs.shaken, gauntlet_inputs.in_jerks, gauntlet_inputs.whip],
)
@pytest.mark.parametrize("way", [1, -1])
def test_pans_follow_the_runner_unevenly(follow: gauntlet_inputs.Follow, way: int) -> None:
    share = np.linspace(0, 1, 100)
    place = 600 + way * 600 * (share - 0.5)
    x, y = follow(place, share)
    assert np.abs(x - place).max() < 0.65 * np.ptp(place)
    assert way * (x[-1] - x[0]) > 0
    speed = np.diff(x)
    assert np.ptp(speed) > 0.2 * abs(np.mean(speed)) or np.ptp(y) > 10


def test_inputs_show_what_they_are_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = [np.full((48, 64, 3), 10 * i, np.uint8) for i in range(20)]
    monkeypatch.setattr(gauntlet_inputs, "images", lambda _: images)

    def shown(path: Path) -> list[int]:
        return [round(float(frame.image.mean()) / 10) for frame in reader.frames(path)]

    twice = [i for i in range(20) for _ in range(2)]
    assert shown(gauntlet_inputs.repeated(tmp_path / "a.mp4", 0, 2, 60)) == twice
    assert shown(gauntlet_inputs.boomerang(tmp_path / "b.mp4", 0)) == [*range(20), *reversed(range(20))]
    assert len(shown(gauntlet_inputs.pulled_down(tmp_path / "c.mp4", 0, 30))) == 25
    slower = shown(gauntlet_inputs.jump_cut(tmp_path / "d.mp4", 0, 2.0))
    assert slower == [*range(20), *twice]
    ramp = shown(gauntlet_inputs.ramp(tmp_path / "e.mp4", 0, 0.4, 4, 30))
    assert ramp == [0, 4, *range(8, 20)]
