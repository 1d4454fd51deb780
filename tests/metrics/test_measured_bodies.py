"""Arm-leg phase and thigh coordination of runners; ``validation.measured_coordination`` prints them."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.arrays import Array
from validation.measured import DATA
from validation.measured_coordination import TRIALS, ours, reference, table

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the measured motion is not here")


def errors(key: str) -> Array:
    return np.array([ours(name)[key] - reference(name)[key] for name in TRIALS])


@needs_data
def test_arms_and_legs_are_as_far_apart_as_the_markers_say() -> None:
    # The runners differ by 18 degrees; one degree of a stride is 2 ms.
    assert np.abs(errors("arm_leg_lag")).max() < 5
    assert np.abs(errors("arm_leg_correlation")).max() < 0.03


@needs_data
def test_the_thighs_share_in_anti_phase() -> None:
    # Two of the nine trials have a thigh cluster that wobbles on the skin: the median, not the worst.
    assert np.median(np.abs(errors("anti_phase_share"))) < 4


@needs_data
def test_the_shoulders_range() -> None:
    # The trunk of the reference is neck to sacrum, of the analyzer shoulder to hip.
    assert np.abs(errors("shoulder_range")).max() < 9


@needs_data
def test_the_table_has_a_row_for_each_runner() -> None:
    lines = table().splitlines()
    assert len(lines) == len(TRIALS) + 3
    assert lines[2].startswith("| jog_full_body |")
