"""The first movement of a start, its way out of the blocks and its first metres, against hand-made truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.data.analysis import Analysis
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.results import Value
from analyzer.data.steps import Step
from analyzer.metrics import start
from analyzer.outputs.report import times

BLOCKS_S = 0.35
"""Push in the blocks, after which the acceleration falls off."""


def way(time: np.ndarray, moved: float, push: float, rise_s: float = 0.0) -> np.ndarray:
    """Way of a body that rests, is pushed with ``push`` m/s2 (rising over ``rise_s``), and tends to 9 m/s."""
    fine = np.arange(0, time[-1] + 1e-3, 5e-4)
    since = fine - moved
    force = push * np.clip(since / rise_s, 0, 1) if rise_s else push * (since > 0)
    velocity = np.zeros_like(fine)
    for i in range(1, len(fine)):
        fades = 1.0 if since[i] < BLOCKS_S else max(0.0, 1 - velocity[i - 1] / 9.0)
        velocity[i] = velocity[i - 1] + force[i] * fades * 5e-4
    return np.interp(time, fine, np.cumsum(velocity) * 5e-4)


def starting(motion: Motion, moved: float, push: float, fps: float, seed: int = 0, **how: float) -> Motion:
    time = np.arange(0, moved + 2.6, 1 / fps)
    path = -1.5 + way(time, moved, push, **how)
    path = path + np.random.default_rng(seed).normal(0, 0.002, len(time))
    com = np.column_stack([path, np.full(len(time), 0.8)])
    return replace(motion, time=time, com=com)


@settings(max_examples=15)
@given(moved=st.floats(0.4, 0.9), push=st.floats(6, 12), fps=st.sampled_from([30.0, 60.0, 120.0, 240.0]))
def test_the_first_movement_is_found_between_frames(
    analysis: Analysis, moved: float, push: float, fps: float
) -> None:
    found = start.first_movement(starting(analysis.motion, moved, push, fps), moved + 0.45)
    assert found is not None
    when, sd, rest = found
    assert abs(when - moved) < 0.02
    assert abs(when - moved) < 2 * sd
    assert rest == pytest.approx(-1.5, abs=0.01)


@pytest.mark.parametrize("rise_s", [0.05, 0.1])
def test_a_push_that_rises_is_found_late_by_no_more_than_is_stated(analysis: Analysis, rise_s: float) -> None:
    found = start.first_movement(starting(analysis.motion, 0.6, 11.0, 120.0, rise_s=rise_s), 1.1)
    assert found is not None
    assert 0.0 < found[0] - 0.6 < 1.5 * start.ONSET_SD_S


def test_a_runner_who_comes_in_running_has_no_first_movement(analysis: Analysis) -> None:
    assert start.first_movement(analysis.motion, 0.6) is None
    assert start.start(analysis) is None


def steps(moved: float, *, blocks: bool = False) -> tuple[Step, ...]:
    sides = ("left", "right", "left", "right")
    made = [
        Step(i + 1, side, moved + at, 0.004, moved + at + 0.17, 0.004, "fit", (-0.4 + i, 0.0))
        for i, (side, at) in enumerate(zip(sides, (0.48, 0.72, 0.95, 1.17), strict=True))
    ]
    if blocks:
        made.insert(0, Step(0, "right", float("nan"), float("nan"), moved + 0.36, 0.005, "edited"))
    return tuple(replace(step, number=i) for i, step in enumerate(made, start=1))


def a_start(analysis: Analysis, **how: bool) -> Analysis:
    moved = 0.7
    return replace(analysis, motion=starting(analysis.motion, moved, 9.0, 120.0), steps=steps(moved, **how))


def test_five_and_ten_metres_count_from_the_first_movement(analysis: Analysis) -> None:
    run = a_start(analysis)
    found = start.start(run)
    assert found is not None
    fine = np.arange(0, 4, 1e-3)
    truth = np.interp([5.0, 10.0], way(fine, 0.7, 9.0), fine) - 0.7
    assert [split.metres for split in found.splits] == [5.0, 10.0]
    for split, true in zip(found.splits, truth, strict=True):
        assert abs(split.time_s - true) < 2 * split.sd_s
        assert split.sd_s < 0.06
    assert found.splits[0].sd_s < found.splits[1].sd_s  # the scale's error grows with the way


def test_the_blocks_are_left_when_a_contact_says_so_and_not_else(analysis: Analysis) -> None:
    without, with_blocks = (start.start(a_start(analysis, blocks=blocks)) for blocks in (False, True))
    assert without is not None
    assert with_blocks is not None
    assert without.exit is None
    assert with_blocks.exit is not None
    assert with_blocks.since(with_blocks.exit.toe_off_s)[0] == pytest.approx(0.36, abs=0.02)
    assert [step.side for step in with_blocks.steps] == [step.side for step in without.steps]
    assert "Block exit</dt><dd>not seen" in times.started(a_start(analysis))
    assert "Out of the blocks 0.3" in times.started(a_start(analysis, blocks=True))


def test_a_first_foot_far_ahead_is_not_called_the_first(analysis: Analysis) -> None:
    run = a_start(analysis)
    far = replace(run, steps=tuple(replace(s, foot=(s.foot[0] + 2, 0.0)) for s in run.steps))
    found = start.start(far)
    assert found is not None
    assert not found.first_seen
    assert "The first foot that was timed 0.4" in times.started(far)
    assert "First foot down" not in times.started(far)


def test_a_start_without_its_first_movement_is_told_as_such(analysis: Analysis) -> None:
    speeds = tuple(
        Value("step_speed", step.number, step.side, 3.5 + step.number, 0.1) for step in analysis.steps
    )
    run = replace(analysis, values=speeds)
    found = start.start(run)
    assert found is not None
    assert np.isnan(found.movement_s)
    page = times.started(run)
    assert "The first movement is not in the clip." in page
    assert "nan" not in page


@pytest.mark.parametrize("slow", [True, False])
def test_no_times_are_told_by_an_unknown_clock(analysis: Analysis, slow: bool) -> None:
    run = a_start(analysis)
    if slow:
        run = replace(run, notes=(*run.notes, Note("limit", "slow_motion", "Slowed by an unknown factor.")))
    assert (start.start(run) is None) == slow
    assert (times.started(run) == "") == slow
    assert any(line.startswith("Start: ") for line in times.lines(run)) != slow


def test_every_step_has_its_row_and_a_moment_of_the_video(analysis: Analysis) -> None:
    speeds = tuple(Value("step_speed", i, "left", 3.0 + i, 0.1) for i in range(1, 5))
    page = times.started(replace(a_start(analysis), values=speeds))
    assert page.count('<tr class="') == 4
    assert page.count("<circle") == 4
    assert "4.00 ± 0.10 m/s" in page
    assert "Contact time" not in page  # no column of dashes
