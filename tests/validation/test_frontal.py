"""The judge of the frontal plane: the truth follows what the runner does across the lane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analyzer.config import Config
from analyzer.data.capture import CameraMotion
from analyzer.frontal.measure import measure
from analyzer.scene import passes
from validation import frontal, frontal_recipes, frontal_truth
from validation.gait import Across, Gait
from validation.scene import Recipe
from validation.truth import Truth
from validation.view import Camera

STILL = Recipe(
    name="comes",
    gait=Gait(seed=4),
    camera=Camera(1280, 720, view_angle_deg=-90.0, distance_m=35.0),
    height_px=300,
    duration_s=1.4,
    tags=("frontal", "front", "tuned"),
)


def true(across: Across) -> dict[tuple[str, str], float]:
    return frontal_truth.of_run(frontal.of_recipe(replace(STILL, across=across)), 0.2, 1.2)


@pytest.fixture(scope="module")
def plain() -> dict[tuple[str, str], float]:
    return true(Across())


def test_clips_without_a_choice_keep_their_names() -> None:
    assert replace(STILL, across=Across()).digest == STILL.digest
    assert replace(STILL, across=Across(foot_m=0.05)).digest != STILL.digest


@pytest.mark.parametrize(
    ("change", "metric", "rises"),
    [
        ({"foot_m": 0.065}, "step_width", 100 * 0.04 / STILL.build.leg_length),
        ({"foot_m": 0.065}, "foot_from_midline", 100 * 0.02 / STILL.build.leg_length),
        ({"lean_deg": 4.0}, "trunk_side_lean", 2.8),
        ({"thorax_deg": 4.9}, "trunk_sway", 5.5),
        ({"pelvis_deg": -1.0}, "pelvis_drop", 4.0),
        ({"later": 0.04}, "step_time_difference", 4.0),
        ({"hand_deg": 15.0}, "hand_across", 12.0),
        ({"knee_m": 0.03}, "knee_inward", 8.0),
    ],
)
def test_the_truth_follows_what_is_changed(
    plain: dict[tuple[str, str], float], change: dict[str, float], metric: str, rises: float
) -> None:
    after = true(Across(**change))
    assert after[metric, "both"] - plain[metric, "both"] == pytest.approx(rises, rel=0.3)
    unlike = "trunk_side_lean" if "foot_m" in change else "step_width"
    assert after[unlike, "both"] == pytest.approx(plain[unlike, "both"], abs=0.6)


def test_a_perfect_tracker_is_judged_well(plain: dict[tuple[str, str], float]) -> None:
    track = replace(Truth(STILL).track(), source="markers")
    camera, config = CameraMotion.static(len(track.time)), Config()
    found = measure("x", None, track, camera, passes.chosen(track, camera, config), config, ())
    rows = frontal.judged(STILL.name, STILL.tags, found, frontal.of_recipe(STILL))
    width = rows[rows["metric"] == "step_width"].iloc[0]
    assert width["truth"] == pytest.approx(plain["step_width", "both"], abs=1.0)
    assert width["value"] == pytest.approx(width["truth"], abs=1.0)
    assert (rows["missed"] == 0).all()
    assert "100 % within" in frontal.stances(rows)
    assert len(frontal.table(rows).splitlines()) == 13


def test_what_a_change_does_is_told_beside_what_is_true() -> None:
    made = [
        ("as it was", "step_width", 5.0, 4.0, 0.3),
        ("width", "step_width", 13.0, 12.5, 0.4),
    ]
    rows = pd.DataFrame(made, columns=["group", "metric", "value", "truth", "se_within"]).assign(side="both")
    assert "| width | Step width, % | 8.5 | 8.0 | 0.5 |" in frontal.changes(rows)


def test_bodies_are_fitted_on_or_left_out_and_nobody_is_both() -> None:
    groups: dict[str, set[str]] = {"tuned": set(), "left out": set()}
    for recipe in frontal_recipes.every():
        groups["tuned" if recipe.tags[2] == "tuned" else "left out"].add(recipe.build.name)
    assert not groups["tuned"] & groups["left out"]
    assert min(map(len, groups.values())) >= 4
    assert np.isfinite([recipe.camera.distance_m for recipe in frontal_recipes.every()]).all()
