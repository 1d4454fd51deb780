"""Errors held against the truth body by body."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from validation import bodies, bodies_recipes, recipes
from validation.build import Build, Flesh
from validation.sprinter import Sprinter


def table(bias: dict[int, float], sd: float = 1.0, steps: int = 4) -> pd.DataFrame:
    """Rows of a metric whose error is the body's own, and a little each step's."""
    return bodies.judged(
        pd.DataFrame(
            [
                {
                    "clip": f"bodies_p{body:02d}_120fps", "metric": "trunk_lean_mean", "fps": 120.0,
                    "truth": 8.0, "value": 8.0 + off + 0.01 * step, "sd": sd, "shown_sd": sd,
                }
                for body, off in bias.items()
                for step in range(steps)
            ]
        )
    )  # fmt: skip


def test_a_body_counts_once_however_many_steps_it_shows() -> None:
    few, many = table({0: 5.0}, steps=1), table({1: 0.0, 3: 0.0, 4: 0.0}, steps=9)
    row = bodies.multipliers(pd.concat([few, many])).iloc[0]
    assert row["bodies"] == 4
    assert row["within_pct"] == pytest.approx(75)


def test_bodies_left_out_have_no_part_in_the_multiplier() -> None:
    inside = {i: 1.0 for i in range(15) if not bodies_recipes.left_out(i)}
    outside = {i: 9.0 for i in range(15) if bodies_recipes.left_out(i)}
    alone, both = (bodies.multipliers(table(b)).iloc[0] for b in (inside, inside | outside))
    assert alone["multiplier"] == both["multiplier"] == pytest.approx(0.5, abs=0.03)
    assert both["within_left_out_pct"] == 0
    assert both["within_left_out_multiplied_pct"] == 0


def test_the_multiplier_holds_on_bodies_to_come() -> None:
    """Of errors three times as large as stated, about all of a new body's lie within it."""
    draw = np.random.default_rng(3)
    z = [np.abs(3 * draw.standard_normal() + 0.3 * draw.standard_normal(5)) for _ in range(60)]
    factor = bodies.multiplier(z)
    new = np.abs(3 * draw.standard_normal(4000))
    assert 0.9 < np.mean(new <= 2 * factor) < 0.995
    assert np.isnan(bodies.multiplier(z[: bodies.FEWEST_BODIES - 1]))


def test_the_worst_body_is_told_with_its_sign() -> None:
    found = bodies.posture(table({0: 1.0, 1: -3.0, 2: 0.5})).set_index("bodies")
    assert found.loc["fitted on", "worst"] == pytest.approx(-3, abs=0.02)
    assert found.loc["left out", "n"] == 1
    assert "Left out, 120 fps, 1 bodies: 100.0 % of 4 values" in bodies.said(table({2: 0.5}))


def test_metrics_that_only_bodies_left_out_have_are_told_too() -> None:
    found = bodies.multipliers(table({2: 0.5, 5: 0.5})).iloc[0]
    assert (found["bodies"], found["bodies_left_out"], found["values_left_out"]) == (0, 2, 8)
    assert np.isnan(found["multiplier"])
    said = bodies.section(table({2: 0.5, 5: 0.5}), bodies.multipliers(table({2: 0.5, 5: 0.5})))
    assert "no metric has 20 values" in said
    many = table({2: 0.5, 5: 0.5}, steps=12)
    assert "over 1.25: none" in bodies.section(many, bodies.multipliers(many))


def test_bodies_differ_and_stay_the_same() -> None:
    builds = [bodies_recipes.build(i) for i in range(12)]
    assert builds == [bodies_recipes.build(i) for i in range(12)]
    assert len({(b.height_m, b.leg, b.thigh_share, b.flesh) for b in builds}) == 12
    assert {b.sex for b in builds} == {"male", "female"}
    assert 1.55 <= min(b.height_m for b in builds) < max(b.height_m for b in builds) <= 1.95
    assert sum(bodies_recipes.left_out(i) for i in range(12)) == 4


def test_clips_of_bodies_without_flesh_of_their_own_keep_their_name() -> None:
    """What a build could not yet say does not count as long as it says nothing new."""
    recipe = recipes.steady("report", 0, 0)
    plain = dataclasses.replace(recipe, build=dataclasses.replace(recipe.build, flesh=Flesh(), arm=1.0))
    other = dataclasses.replace(recipe, build=dataclasses.replace(recipe.build, flesh=Flesh(seat=1.1)))
    assert recipe.digest == plain.digest == "adfff94deeff3ce0"
    assert other.digest != recipe.digest


def test_a_longer_thigh_leaves_the_leg_as_long() -> None:
    usual, longer = Build(), Build(thigh_share=1.03)
    assert longer.leg_length == pytest.approx(usual.leg_length)
    assert longer.thigh == pytest.approx(1.03 * usual.thigh)


def test_every_rate_shows_the_same_run() -> None:
    whole = bodies_recipes.recipe(4)
    slow = bodies_recipes.at_rate(whole, 60.0)
    assert (slow.fps, slow.gait, slow.seed) == (60.0, whole.gait, whole.seed)
    assert slow.digest != whole.digest
    run = Sprinter(whole.build, whole.gait, 0.0, 0.3, first_right=whole.first_right)
    assert run.check().overstretch < 1e-3
