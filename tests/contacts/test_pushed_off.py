"""A start out of blocks, whose feet push off without having landed; the truth is the hand-made runner's."""

from __future__ import annotations

from math import isfinite, nan

import numpy as np
import pytest
from running import Runner, found, from_rest, moving

from analyzer.body.skeleton import SIDES
from analyzer.contacts import pushed_off
from analyzer.contacts.filtered_paths import foot_path
from analyzer.contacts.tempo import running_speed
from analyzer.data.steps import Step

STARTER = Runner(speed=5.0, step_s=0.24, contact_s=0.16)


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0, 240.0])
@pytest.mark.parametrize("first", ["left", "right"])
def test_the_foot_on_the_block_leaves_and_the_other_one_lands_first(fps: float, first: str) -> None:
    runner = Runner(speed=5.0, step_s=0.24, contact_s=0.16, first=first)
    pose, begins = from_rest(runner, fps, noise_m=0.008)
    block, landing, *_ = found(pose)
    front, (rear, lands, _) = runner.contacts()[0], runner.contacts()[1]
    assert (block.side, landing.side) == (front[0], rear)
    assert not isfinite(block.touchdown_s)
    assert not isfinite(block.foot[0])
    assert abs(block.toe_off_s - begins - front[2]) < max(0.02, 2 * block.toe_off_sd_s)
    assert abs(landing.touchdown_s - begins - lands) < max(0.02, 2 * landing.touchdown_sd_s)
    assert [block.number, landing.number] == [1, 2]


@pytest.mark.parametrize("fps", [30.0, 120.0])
def test_what_is_no_landing_loses_touchdown_and_place(fps: float) -> None:
    pose, begins = from_rest(STARTER, fps, noise_m=0.008)
    motion = moving(pose)
    feet = {side: foot_path(motion, side, 0.24) for side in SIDES}
    speed = running_speed(motion, 0.24)
    # A foot that was followed badly in the set position: it jumps to the hands, ahead of the blocks.
    jumps = (motion.time < begins) & (np.arange(len(motion.time)) % 3 > 0)
    ahead = np.column_stack([0.9 * jumps, np.zeros(len(jumps))])
    feet["left"] = feet["left"]._replace(toe=feet["left"].toe + ahead)
    block = Step(1, "left", begins + 0.05, 0.01, begins + 0.2, 0.03, "threshold", (1.0, 0.0))
    landing = Step(2, "right", begins + 0.39, 0.01, begins + 0.55, 0.01, "fit", (2.0, 0.0))
    first, second = pushed_off.without_landing([block, landing], feet, motion, speed, 0.24)
    assert pushed_off.pushes(first)
    assert abs(first.toe_off_s - begins - 0.31) < max(0.02, 2 * first.toe_off_sd_s)
    assert second == landing


@pytest.mark.parametrize(
    ("sd", "rest", "lands"), [(0.012, True, False), (0.001, True, True), (0.012, False, True)]
)
def test_a_foot_on_the_block_when_the_clip_begins_has_not_landed(sd: float, rest: bool, lands: bool) -> None:
    """A contact may begin with the clip, within its error: a landing in a run, none of a body at rest."""
    pose, begins = (
        from_rest(STARTER, 60.0, noise_m=0.008) if rest else (STARTER.pose(60.0, noise_m=0.008), 0.0)
    )
    motion = moving(pose)
    feet = {side: foot_path(motion, side, 0.24) for side in SIDES}
    block = Step(1, "left", 0.01, sd, begins + 0.2, 0.03, "flow", (1.0, 0.0))
    landing = Step(2, "right", begins + 0.39, 0.01, begins + 0.55, 0.01, "fit", (2.0, 0.0))
    first, _ = pushed_off.without_landing([block, landing], feet, motion, running_speed(motion, 0.24), 0.24)
    assert isfinite(first.touchdown_s) is lands


def test_a_foot_leaves_the_blocks_once() -> None:
    pose, begins = from_rest(STARTER, 60.0, noise_m=0.008)
    motion = moving(pose)
    feet = {side: foot_path(motion, side, 0.24) for side in SIDES}
    steps = [
        Step(1, "left", 0.01, 0.012, 0.05, 0.03, "flow", (1.0, 0.0)),
        Step(3, "left", 0.1, 0.06, begins + 0.2, 0.03, "flow", (1.0, 0.0)),
        Step(4, "right", begins + 0.39, 0.01, begins + 0.55, 0.01, "fit", (2.0, 0.0)),
    ]
    found = pushed_off.without_landing(steps, feet, motion, running_speed(motion, 0.24), 0.24)
    assert [(step.number, isfinite(step.touchdown_s)) for step in found] == [(3, False), (4, True)]


def test_a_run_that_is_filmed_from_its_middle_keeps_its_first_landing() -> None:
    for fps in (30.0, 240.0):
        steps = found(Runner().pose(fps, noise_m=0.008))
        assert not any(pushed_off.pushes(step) for step in steps)


def test_a_landing_that_was_not_timed_is_no_push_while_its_place_is_known() -> None:
    assert not pushed_off.pushes(Step(1, "left", nan, nan, 0.3, 0.01, "fit", (1.0, 0.0)))
