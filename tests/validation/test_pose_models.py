"""The judge of the models: the truth has no error, and what is put beside the joints is found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer.body.skeleton import SIDES
from analyzer.joints import body_size, landmark_bias
from validation import pose_models
from validation.gait import Gait
from validation.scene import Recipe
from validation.truth import Truth

STILL = Recipe(name="still", gait=Gait(seed=4), height_px=300, duration_s=1.0, tags=("steady",))


def test_the_truth_has_no_error_and_a_joint_far_off_counts_once() -> None:
    true = Truth(STILL).track()
    exact = pose_models.row(STILL, "way", true, 3.0)
    assert exact == ("still", "way", 0, 0, 0, 0, 0, 3.0)
    xy = true.xy.copy()
    xy[:, true.names.index("left_elbow")] += 0.1 * 300
    off = pose_models.row(STILL, "way", replace(true, xy=xy), 3.0)
    assert off.median == 0
    assert off.far_off == pytest.approx(100 / 16)
    assert off.mean == pytest.approx(100 * 0.1 * 2**0.5 / 16, rel=1e-3)


def test_what_a_network_marks_beside_knees_and_ankles_is_found_again() -> None:
    true = Truth(STILL).track()
    leg = body_size.spans(true, true.xy).leg
    xy = true.xy.copy()
    for side in SIDES:
        knee, ankle = (true.names.index(f"{side}_{part}") for part in ("knee", "ankle"))
        shank = xy[:, ankle] - xy[:, knee]
        xy[:, ankle] -= 0.01 * leg * shank / np.linalg.norm(shank, axis=1, keepdims=True)
    near, far = pose_models.marks(STILL, replace(true, xy=xy))
    assert near.near
    assert not far.near
    for found in (near, far):
        assert found.ankle_down == pytest.approx(0.01, abs=1e-6)
        assert found.knee_out == pytest.approx(0, abs=1e-9)
        assert found.excess == pytest.approx((0, 0), abs=1e-9)
        assert found.straight_leg < 1
    assert landmark_bias.centred(true, true.xy, 1) is true.xy
