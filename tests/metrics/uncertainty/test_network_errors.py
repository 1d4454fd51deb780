"""The systematic errors of a network over the stride."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer.body.skeleton import JOINTS
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.network_errors import (
    HIDDEN_AT,
    HIDDEN_KNEE,
    course_signs,
    habit_course,
    hidden_knee,
    stride_harmonics,
)


def test_the_stride_s_harmonics_begin_anew_with_each_stride(uneven: Run) -> None:
    waves = stride_harmonics(uneven)
    at = [int(np.searchsorted(uneven.motion.time, s.touchdown_s)) for s in uneven.steps]
    assert np.ptp(waves[at[::2], 0]) < 0.02
    assert waves[at[0], 0] == pytest.approx(-waves[at[1], 0], abs=0.02)
    assert waves[at[0], 2] == pytest.approx(waves[at[1], 2], abs=0.05)
    assert not stride_harmonics(replace(uneven, steps=())).any()


def test_the_habit_of_a_network_belongs_to_the_side_towards_the_camera() -> None:
    right, left = (habit_course(side) for side in ("right", "left"))
    for part in ("hip", "knee", "index"):
        ends = [JOINTS.index(f"{side}_{part}") for side in ("right", "left")]
        np.testing.assert_array_equal(right[:, ends], left[:, ends[::-1]])
    assert 0.005 < np.abs(right[1:, JOINTS.index("left_hip"), 0]).max() < 0.02


def test_a_habit_counts_from_the_near_foot_s_touchdown_whatever_number_the_step_has(uneven: Run) -> None:
    later = replace(uneven, steps=tuple(replace(s, number=s.number + 1) for s in uneven.steps))
    course = [stride_harmonics(run) * course_signs(run) for run in (uneven, later)]
    np.testing.assert_allclose(*course, atol=1e-9)
    near = next(s for s in uneven.steps if s.side == uneven.motion.near_side)
    first = int(np.searchsorted(uneven.motion.time, near.touchdown_s))
    assert course[0][first, ::2] == pytest.approx(1.0, abs=0.05)
    lone = next(s for s in uneven.steps if s.side != uneven.motion.near_side)
    turned = [course_signs(replace(uneven, steps=(replace(lone, number=n),)))[0] for n in (3, 4)]
    assert turned == [1.0, -1.0]


def test_the_far_knee_is_guessed_where_the_near_foot_lands_and_nowhere_else(uneven: Run) -> None:
    near = [step.touchdown_s for step in uneven.steps if step.side == uneven.motion.near_side]
    run = replace(uneven, motion=replace(uneven.motion, toe_is="tip"))
    off = hidden_knee(run)
    assert off.shape == (len(uneven.motion.time), len(near))
    assert off.max() == pytest.approx(HIDDEN_KNEE * uneven.motion.leg_length, rel=0.02)
    peaks = uneven.motion.time[off.argmax(axis=0)]
    assert peaks - near == pytest.approx(HIDDEN_AT[0] * uneven.step_time, abs=0.01)
    assert off[np.abs(uneven.motion.time - near[2]) > 0.6 * uneven.step_time, 2].max() < 0.001
    assert hidden_knee(replace(run, motion=replace(run.motion, toe_is="ball"))).shape[1] == 0
