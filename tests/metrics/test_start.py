"""The first movement of a start, its way out of the blocks and its first metres, against hand-made truth."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from starting import a_start, starting, way

from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.data.results import Value
from analyzer.metrics import start
from analyzer.outputs.report import times


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0, 240.0])
@pytest.mark.parametrize("seed", range(12))
def test_the_first_movement_is_found_between_frames(analysis: Analysis, fps: float, seed: int) -> None:
    moved, push = np.random.default_rng(seed).uniform([0.4, 6.0], [0.9, 12.0])
    found = start.first_movement(starting(analysis.motion, moved, push, fps, seed=seed), moved + 0.45)
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
    assert "Last foot off (block exit)</dt><dd>not seen" in times.started(a_start(analysis))
    assert "Last foot off 0.3" in times.started(a_start(analysis, blocks=True))


def test_a_first_foot_far_ahead_is_not_called_the_first(analysis: Analysis) -> None:
    run = a_start(analysis)
    far = replace(run, steps=tuple(replace(s, foot=(s.foot[0] + 2, 0.0)) for s in run.steps))
    found = start.start(far)
    assert found is not None
    assert not found.first_seen
    assert "The first foot that was timed 0.4" in times.started(far)
    assert "First foot down" not in times.started(far)


@pytest.mark.parametrize("landed", [0.1, 0.4, 0.65])
def test_a_foot_that_is_put_into_the_blocks_is_not_the_first_step(analysis: Analysis, landed: float) -> None:
    run = a_start(analysis, blocks=True)
    found = start.start(run)
    seen = (replace(run.steps[0], touchdown_s=landed, touchdown_sd_s=0.01), *run.steps[1:])
    assert found is not None
    assert start.start(replace(run, steps=seen)) == replace(found, exit=seen[0])


def test_a_landing_that_was_not_seen_later_on_leaves_no_blocks(analysis: Analysis) -> None:
    run = a_start(analysis)
    hidden = (*run.steps[:2], replace(run.steps[2], touchdown_s=np.nan), run.steps[3])
    found = start.start(replace(run, steps=hidden))
    assert found is not None
    assert found.exit is None
    assert found.steps == hidden
    assert "nan" not in times.started(replace(run, steps=hidden))


def test_feet_are_counted_as_long_as_they_take_turns(analysis: Analysis) -> None:
    run = a_start(analysis, blocks=True)
    out, first, _, third, fourth = run.steps
    every = times.started(run)
    assert all(f"{name} foot down" in every for name in ("First", "Second", "Third"))
    missed = times.started(replace(run, steps=(out, first, third, fourth)))
    assert "First foot down" in missed
    assert "Second foot down" not in missed
    late = start.start(replace(run, steps=(out, *run.steps[2:])))
    assert late is not None
    assert not late.first_seen  # it is the foot that has just left


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
        run = replace(run, slow_motion=4.0)
    assert (start.start(run) is None) == slow
    assert (times.started(run) == "") == slow
    assert any(line.startswith("Start: ") for line in times.lines(run)) != slow


def test_a_time_without_a_known_error_stands_alone() -> None:
    assert times.seconds(1.2341, math.nan) == "1.234 s"
    assert times.seconds(1.2341, 0.03) == "1.23 ± 0.03 s"
    assert times.seconds(1.2341, 0.0) == "1.234 ± 0.001 s"
    assert times.seconds(math.nan, math.nan) == "–"


def test_every_step_has_its_row_and_a_moment_of_the_video(analysis: Analysis) -> None:
    speeds = tuple(Value("step_speed", i, "left", 3.0 + i, 0.1) for i in range(1, 5))
    page = times.started(replace(a_start(analysis), values=speeds))
    assert page.count('<tr class="') == 4
    assert page.count("<circle") + page.count(' dot"') == 4  # left and right
    assert "4.00 ± 0.10 m/s" in page
    assert "Contact time" not in page  # no column of dashes


def test_where_the_ground_slides_no_start_is_told(analysis: Analysis) -> None:
    """A picture that follows the athlete, its motion unknown, makes a body seem to rest and to move."""
    run = a_start(analysis)
    assert start.start(run) is not None
    assert start.start(replace(run, notes=(Note("warning", "ground_slides", "The feet slide."),))) is None
