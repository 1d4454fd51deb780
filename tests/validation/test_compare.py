"""The judge must be fair: a perfect analysis has no error, a shifted one exactly its shift."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.metrics.registry import METRICS
from validation import compare
from validation.gait import Gait
from validation.scene import Recipe
from validation.truth import JOINTS, Truth
from validation.view import Camera

CLIP = Recipe(name="judge", gait=Gait(seed=4, scatter=0.5), height_px=300, duration_s=1.35, tags=("steady",))


@pytest.fixture(scope="module")
def judged() -> compare.Result:
    return compare.by_joints(CLIP, Truth(CLIP))


def test_every_whole_contact_is_found_from_true_joints(judged: compare.Result) -> None:
    assert judged.contacts >= 4
    assert (judged.missed, judged.invented, judged.wrong_side, judged.failure) == (0, 0, 0, "")


def test_truth_stands_beside_what_was_found(judged: compare.Result) -> None:
    rows = judged.rows
    touchdown = rows[rows["metric"] == "touchdown"]
    assert np.abs(touchdown["value"] - touchdown["truth"]).max() < 0.012
    thigh = rows[rows["metric"] == "near_thigh_rmse"]["value"]
    assert thigh.iloc[0] < 2.5
    assert set(rows["near"]) == {"near", "far", ""}


def test_truth_knows_nearly_every_metric() -> None:
    unknown = compare.without_truth()
    assert "contact_time" not in unknown
    assert len(unknown) < 0.15 * len(METRICS)


def test_errors_are_mirrored_for_a_run_to_the_left() -> None:
    left = Recipe(name="l", camera=Camera(right_to_left=True))
    error = np.zeros((2, len(JOINTS), 2))
    error[:, JOINTS.index("right_knee")] = (0.1, 0.2)
    turned = compare.facing(left, JOINTS, error)
    np.testing.assert_allclose(turned[0, JOINTS.index("left_knee")], (-0.1, 0.2))
    assert np.count_nonzero(turned) == 4
    np.testing.assert_array_equal(compare.facing(left, JOINTS, turned), error)


def test_true_camera_brings_the_background_to_rest() -> None:
    recipe = Recipe(name="pan", camera=Camera(pan=((0.0, -3.0), (1.0, 3.0)), distance_m=14), duration_s=0.5)
    camera = compare.true_camera(recipe)
    times = recipe.times[[0, 30, 59]]
    place = np.tile(np.array([[[0.5, 3.0, 0.0]]]), (3, 1, 1))
    seen = recipe.view.project(times, place)[:, 0]
    maps = camera.to_reference[[0, 30, 59]]
    back = np.einsum("nij,nj->ni", maps, np.column_stack([seen, np.ones(3)]))
    np.testing.assert_allclose(back[:, :2] / back[:, 2:], seen[[0, 0, 0]], atol=1e-6)
