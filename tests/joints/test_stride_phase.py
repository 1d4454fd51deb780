"""The stride followed through a clip, on runners whose steps are known."""

from __future__ import annotations

import numpy as np
import pytest
from running import Runner

from analyzer.joints import stride_phase


def test_the_stride_turns_half_a_turn_a_step() -> None:
    runner = Runner(steps=8)
    pose = runner.pose(120)
    found = stride_phase.cycle(pose.time, lambda name: pose.joint(name) * [1, -1])
    assert found.explained > 0.9
    assert found.step_s == pytest.approx(runner.step_s, rel=0.05)
    for side, touchdown, toe_off in runner.contacts():
        phase = np.interp((touchdown + toe_off) / 2, pose.time, found.phase)
        turned = (phase - (0 if side == "left" else np.pi) + np.pi) % (2 * np.pi) - np.pi
        assert 0.3 < turned < 2.4


def test_the_rhythm_is_the_steps_where_an_oblique_view_makes_one_half_of_the_stride_wider() -> None:
    time = np.arange(0, 3, 1 / 30)
    apart = 0.75 * np.cos(np.pi * time / 0.21) + 0.25  # a step each 0.21 s, the legs never seen as wide again
    step_s, _ = stride_phase.rhythm(time, np.stack([apart, apart], axis=1))
    assert step_s == pytest.approx(0.21, rel=0.03)
