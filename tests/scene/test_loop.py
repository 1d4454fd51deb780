"""One run shown several times is one run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import CONFIG, Runner, there_and_back

from analyzer.data.capture import CameraMotion
from analyzer.scene import passes


def looks(runs: list[tuple[Runner, int]]) -> list[tuple[int, list[str]]]:
    """Return number and notes of the passes of runs to the right behind each other; seeds are the noise."""
    every = [run.pose(60, noise_m=0.008, seed=seed) for run, seed in runs]
    pose = every[0]
    for more in every[1:]:
        at_once = there_and_back(pose, more, away_s=0.0)
        pose = replace(at_once, xy=np.concatenate([pose.xy, more.xy]))  # each begins where the first did
    wanted = passes.wanted(pose, CameraMotion.static(len(pose.time)), CONFIG)
    return [(one.number, [note.code for note in one.notes]) for one in wanted]


@pytest.mark.parametrize("times", [2, 3])
def test_a_loop_is_one_run(times: int) -> None:
    assert looks([(Runner(), seed) for seed in range(times)]) == [(1, ["looped"])]


def test_two_runs_are_two_however_alike() -> None:
    found = looks([(Runner(), 0), (Runner(speed=9.1, step_s=0.232), 1)])
    assert {number for number, _ in found} == {1, 2}
    assert all("looped" not in codes for _, codes in found)


def test_what_is_seen_once_is_no_loop() -> None:
    ((number, codes),) = looks([(Runner(), 0)])
    assert number == 1
    assert codes == []
