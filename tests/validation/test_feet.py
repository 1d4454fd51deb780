"""Feet that differ as people's do: they land and leave when and as they are said to, and old ones stay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from validation import bodies_recipes, body, recipes
from validation.build import Build
from validation.feet import Feet, Foot
from validation.gait import Gait
from validation.scene import Recipe
from validation.sprinter import Array, Sprinter

BUILD = Build(touches=True)
GAIT = Gait(speed=8.5, contact=0.1)
PLAIN = np.array(
    [
        -1.1576675023,
        0.4437445192,
        0.3771930519,
        0.1502780748,
        1.1446609839,
        0.0188,
        -1.1105828836,
        0.6219964707,
        0.216762925,
        0.2963960919,
        0.9485091918,
        0.1056811617,
        -0.70247244,
        0.0188,
        -0.6287234822,
        0.07389165,
        0.4219852047,
        0.5118707517,
        -0.9055906806,
        0.0948868047,
        -0.6152909083,
        0.2654036707,
        0.490843511,
        0.6679922911,
    ]
)
START = np.array(
    [
        -0.6401309977,
        0.0188,
        -0.6401309977,
        0.018829424,
        -0.0945720989,
        0.4221613841,
        -0.8040758683,
        0.1388133846,
        -0.735035097,
        0.1787947827,
        -0.0078260227,
        0.5526748728,
        -1.1752137507,
        0.266304002,
        0.4049003417,
        0.1561836669,
        0.7508922239,
        0.0188,
        -1.1239688335,
        0.4395641762,
        0.2220522402,
        0.273102909,
        0.5891655034,
        0.1405072244,
    ]
)
"""Tips and ankles of two runners of the report set at three moments before feet could differ, m."""
ON_THE_HEEL = Foot(landing_deg=-9.0)
ON_THE_TOE = Foot(landing_deg=8.0, leaves=0.5, roll_deg=45.0, lets_go_s=0.0)


@pytest.fixture(scope="module")
def run() -> Sprinter:
    """A runner who lands on the right heel and on the left toe."""
    return Sprinter(BUILD, GAIT, 0.0, 0.6, feet=Feet(right=ON_THE_HEEL, left=ON_THE_TOE))


def contact(run: Sprinter, side: str) -> tuple[float, float]:
    """Return touchdown and toe-off of a side's first contact after the beginning."""
    steps = run.steps
    k = next(i for i, at in enumerate(steps.touchdown) if at > 0.05 and steps.right[i] == (side == "right"))
    return float(steps.touchdown[k]), float(steps.toe_off[k])


def sole(run: Sprinter, side: str, times: Array) -> Array:
    """Return how high the lowest point of the drawn shoe is, mm."""
    pose, group = run.pose(times), body.RIGHT_SHOE if side == "right" else body.LEFT_SHOE
    lowest = []
    for i in range(len(times)):
        rows = body.sculpt(pose, i, run.build).rows
        mine = rows[rows[:, 1] == group]
        lowest.append(np.minimum(mine[:, 5] - mine[:, 9], mine[:, 8] - mine[:, 10]).min())
    return 1000 * np.array(lowest)


@pytest.mark.parametrize("side", ["right", "left"])
def test_the_shoe_is_on_the_ground_from_touchdown_to_toe_off_and_not_beside_it(
    run: Sprinter, side: str
) -> None:
    down, off = contact(run, side)
    within = sole(run, side, np.linspace(down, off, 12))
    assert within.max() < 1.0
    assert within.min() > -10.0  # the sole gives, and a forefoot that bends
    assert sole(run, side, np.array([down - 0.025, down - 0.010, down - 0.005])).min() > 6.0
    assert sole(run, side, np.array([off + 0.006, off + 0.012, off + 0.025])).min() > 4.0


def test_feet_land_and_leave_as_they_are_said_to(run: Sprinter) -> None:
    for side, foot in (("right", ON_THE_HEEL), ("left", ON_THE_TOE)):
        down, off = contact(run, side)
        pose = run.pose(np.array([down, off, off + 2e-4]))
        pitch = np.degrees(pose[f"{side}_foot_pitch"])
        assert pitch[0] == pytest.approx(1.5 + foot.landing_deg, abs=0.1)
        assert pitch[1] == pytest.approx(foot.leaving_deg, abs=0.1)
        moved = pose[f"{side}_ball"][2] - pose[f"{side}_ball"][1]
        angle = np.radians(foot.roll_deg)
        speed = foot.leaves * GAIT.speed * np.array([np.sin(angle), np.cos(angle)])
        np.testing.assert_allclose(moved[[0, 2]] / 2e-4, speed, rtol=0.1)
    checks = run.check()
    assert checks.com_error_m < 1e-3
    assert checks.overstretch == 0
    assert checks.below_ground_m < 0.009


def test_a_tip_that_lets_go_at_once_is_up_sooner() -> None:
    height = []
    for lets_go in (0.0, 0.010):
        foot = Foot(lets_go_s=lets_go)
        one = Sprinter(BUILD, GAIT, 0.0, 0.4, feet=Feet(foot, foot))
        _, off = contact(one, "right")
        height.append(float(sole(one, "right", np.array([off + 0.005]))[0]))
    assert height[0] > 2 * height[1] > 1


def test_an_arm_that_swings_further_is_the_one_that_was_named() -> None:
    plain, uneven = (Sprinter(BUILD, GAIT, 0.0, 0.5, arms=arms) for arms in ((1.0, 1.0), (1.2, 0.8)))
    times = np.linspace(0, 0.5, 100)
    one, other = plain.pose(times), uneven.pose(times)
    for side, factor in (("right", 1.2), ("left", 0.8)):
        swing = [np.ptp(p[f"{side}_wrist"][:, 0] - p[f"{side}_shoulder"][:, 0]) for p in (one, other)]
        assert swing[1] / swing[0] == pytest.approx(factor, abs=0.08)


def test_feet_of_bodies_differ_and_stay_the_same() -> None:
    feet = [bodies_recipes.feet(i) for i in range(24)]
    assert feet == [bodies_recipes.feet(i) for i in range(24)]
    landing = np.array([[f.right.landing_deg, f.left.landing_deg] for f in feet])
    assert 3 <= (landing.mean(axis=1) < -4).sum() <= 12
    assert landing.mean(axis=1).max() > 5
    assert 1 < np.std(landing[:, 0] - landing[:, 1]) < 6
    speed = np.array([f.right.leaves for f in feet])
    assert speed.std() == pytest.approx(0.07, rel=0.4)


def test_runs_without_feet_of_their_own_keep_their_name_and_their_way() -> None:
    plain = recipes.steady("report", 0, 0)
    start = next(r for r in recipes.matrix("report") if r.gait.accelerating)
    assert plain.digest == "adfff94deeff3ce0"
    assert replace(plain, feet=Feet()).digest != plain.digest
    assert replace(plain, build=replace(plain.build, touches=True)).digest != plain.digest
    # Where toes and ankles were before there was a choice, m.
    for recipe, where in ((plain, PLAIN), (start, START)):
        pose = replace(recipe, duration_s=0.4).sprinter.pose(np.array([0.1, 0.2, 0.3]))
        found = [
            pose[f"{side}_{joint}"][:, [0, 2]] for side in ("right", "left") for joint in ("tip", "ankle")
        ]
        np.testing.assert_allclose(np.array(found).ravel(), where, atol=1e-9)


def test_a_run_gets_feet_and_stays_what_it_was_otherwise() -> None:
    plain = Recipe(name="plain", gait=GAIT)
    shod = bodies_recipes.on_own_feet(plain, 5)
    assert shod.feet == bodies_recipes.feet(5)
    assert shod.build.touches
    assert shod.arms != plain.arms
    assert shod.arms[0] * shod.arms[1] == pytest.approx(1, abs=1e-3)
    assert replace(shod.gait, com_height=GAIT.com_height, landing=GAIT.landing) == GAIT
    assert (shod.fps, shod.camera, shod.seed) == (plain.fps, plain.camera, plain.seed)
