"""The judge of the track must be fair: the truth has no error, and every fault counts as what it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analyzer.data.capture import CameraMotion, PoseTrack
from validation import compare, recipes, tracking
from validation.gait import Gait
from validation.scene import Recipe
from validation.truth import JOINTS, Truth
from validation.view import Camera

STILL = Recipe(name="still", gait=Gait(seed=4), height_px=300, duration_s=0.5, tags=("steady",))
PANNED = Recipe(
    name="panned", camera=Camera(pan=((0.0, -3.0), (0.5, 1.0)), distance_m=14), height_px=300, duration_s=0.5
)


def judged(recipe: Recipe, track: PoseTrack, camera: CameraMotion | None = None) -> pd.Series:
    camera = camera or compare.true_camera(recipe)
    return tracking.figures(recipe, Truth(recipe), track, camera).set_index("figure")["value"]


def swapped(track: PoseTrack, joints: tuple[str, ...], frames: np.ndarray) -> PoseTrack:
    xy = track.xy.copy()
    for joint in joints:
        left, right = JOINTS.index(f"left_{joint}"), JOINTS.index(f"right_{joint}")
        xy[np.ix_(frames, [left, right])] = xy[np.ix_(frames, [right, left])]
    return replace(track, xy=xy)


def test_the_truth_is_without_fault() -> None:
    rows = tracking.figures(PANNED, Truth(PANNED), Truth(PANNED).track(), compare.true_camera(PANNED))
    assert set(rows["figure"]) == set(tracking.FIGURES)
    assert not tracking.missed(rows).any()
    values = rows.set_index("figure")["value"]
    assert values["found"] == values["person"] == 100
    assert values["camera_path"] == pytest.approx(0, abs=1e-6)


def test_swapped_legs_are_counted_for_both_sides_and_the_arms_left_alone() -> None:
    true = Truth(STILL).track()
    whole = np.flatnonzero(np.isfinite(true.xy).all(axis=(1, 2)))
    values = judged(STILL, swapped(true, tracking.LIMBS["leg"], whole[: len(whole) // 2]))
    assert 25 < values["near_leg_wrong"] < 75
    assert values["near_leg_wrong"] == values["far_leg_wrong"]
    assert values["near_arm_wrong"] == values["far_arm_wrong"] == 0


def test_both_legs_on_the_same_leg_are_one_side_wrong() -> None:
    true = Truth(STILL).track()
    xy = true.xy.copy()
    for joint in tracking.LIMBS["leg"]:
        xy[:, JOINTS.index(f"left_{joint}")] = xy[:, JOINTS.index(f"right_{joint}")]
    values = judged(STILL, replace(true, xy=xy))
    assert (values["near_leg_wrong"], values["far_leg_wrong"]) == (0, 100)


def test_somebody_else_and_nobody_are_told_apart() -> None:
    true = Truth(STILL).track()
    whole = np.flatnonzero(np.isfinite(true.xy).all(axis=(1, 2)))
    xy = true.xy.copy()
    xy[whole[:5]] += 0.3 * STILL.height_px
    xy[whole[5:10]] = np.nan
    values = judged(STILL, replace(true, xy=xy))
    assert values["found"] == pytest.approx(100 * (1 - 5 / len(whole)))
    assert values["person"] == pytest.approx(100 * (1 - 5 / (len(whole) - 5)))


def test_faults_behind_somebody_else_count_against_the_person_only() -> None:
    recipe = recipes.crossings("report")[0]
    true = Truth(recipe).track()
    hidden = tracking.covered(recipe, true)
    assert 0.2 < hidden.mean() < 0.8
    xy = true.xy.copy()
    xy[hidden] += 0.3 * recipe.height_px
    values = judged(recipe, replace(true, xy=xy))
    assert values["person"] < 90
    assert values["found"] == 100
    assert values["joint_error"] == 0
    behind = replace(recipe, passers=(replace(recipe.passers[0], lane_m=-recipe.passers[0].lane_m),))
    assert not tracking.covered(behind, true).any()


def test_the_joint_error_is_a_share_of_the_height() -> None:
    true = Truth(STILL).track()
    off = replace(true, xy=true.xy + np.array([3.0, 4.0]))
    assert judged(STILL, off)["joint_error"] == pytest.approx(500 / 300)


def test_a_camera_taken_for_still_is_off_by_how_it_turned() -> None:
    values = judged(PANNED, Truth(PANNED).track(), CameraMotion.static(len(PANNED.times)))
    assert values["camera_path"] > 30


def test_the_table_marks_what_misses_its_goal() -> None:
    true = Truth(STILL).track()
    off = replace(true, xy=true.xy + np.array([0, 6.0]))
    rows = tracking.figures(STILL, Truth(STILL), off, CameraMotion.static(60))
    text = tracking.table(rows)
    assert "| still | 120 | 300 | still | 100.00 | 100.00 |" in text
    assert "**2.00**" in text
    assert text.endswith("6 of 7 figures reach their goal.")


@pytest.mark.parametrize("which", ["tuning", "report"])
def test_crossings_cross_in_the_middle_of_the_clip(which: recipes.Set) -> None:
    for recipe in recipes.crossings(which):
        middle = np.array([recipe.duration_s / 2])
        other = recipe.others[0].path.position(np.array([0.0, middle[0]]))[:, 0]
        passer = recipe.passers[0]
        there = passer.start_x_m + (-1 if passer.opposite else 1) * (other[1] - other[0])
        assert abs(recipe.sprinter.path.position(middle)[0, 0] - there) < 0.5
        assert len(recipe.times) <= 200
