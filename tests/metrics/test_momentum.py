from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer.body.skeleton import JOINTS, SIDES, Sex
from analyzer.data.motion import Motion
from analyzer.metrics.momentum import momenta
from analyzer.metrics.run import Run
from analyzer.motion import centre_of_mass
from analyzer.signals import filters


def wild(sex: Sex = "male", seed: int = 0) -> Motion:
    """Joints that move at random: no identity may rest on their being a body."""
    draw = np.random.default_rng(seed)
    n = 50
    position = draw.standard_normal((n, len(JOINTS), 2))
    blank = np.zeros((n, 2))
    return Motion(
        time=np.sort(draw.uniform(0, 1, n)), raw=position, position=position, angles={}, rates={}, com=blank,
        com_velocity=blank, noise_sd=np.zeros(len(JOINTS)), offset_sd=np.zeros(len(JOINTS)), leg_length=0.9,
        near_side="right", sex=sex, view_angle_deg=np.zeros(n),
    )  # fmt: skip


@pytest.mark.parametrize("sex", ["male", "female", "unspecified"])
def test_the_parts_add_up_to_the_centre_of_mass(sex: Sex) -> None:
    motion = wild(sex)
    found = momenta(motion)
    velocity = filters.derivative(motion.time, centre_of_mass.centre_of_mass(motion.position, sex))
    size = np.abs(velocity).max()
    np.testing.assert_allclose(found.total, velocity, atol=1e-12 * size)
    for side in SIDES:
        np.testing.assert_allclose(sum(found.parts(side).values()), velocity, atol=1e-12 * size)


def test_the_push_is_the_leg_and_the_hips_with_all_they_carry() -> None:
    """MST rST + (M - MST) rH, written out from the segments."""
    motion = wild()
    found = momenta(motion)
    moving = filters.derivative(motion.time, motion.position.reshape(50, -1)).reshape(50, -1, 2)
    at = {name: moving[:, i] for i, name in enumerate(JOINTS)}
    hips = (at["left_hip"] + at["right_hip"]) / 2
    pieces = [
        ("hip", "knee", 0.1416, 0.4095),
        ("knee", "ankle", 0.0433, 0.4395),
        ("heel", "foot_index", 0.0137, 0.4415),
    ]
    leg = sum(m * (at[f"left_{a}"] + c * (at[f"left_{b}"] - at[f"left_{a}"])) for a, b, m, c in pieces)
    expected = leg + (1 - 0.1986) * hips
    np.testing.assert_allclose(found.push("left"), expected, atol=1e-12 * np.abs(expected).max())


def test_a_body_carried_along_has_no_relative_momentum() -> None:
    motion = wild()
    still = np.repeat(motion.position[:1], 50, axis=0)
    carried = still + np.linspace(0, 3, 50)[:, None, None] ** 2
    found = momenta(replace(motion, position=carried))
    for part in (*found.leg.values(), *found.arm.values(), found.trunk):
        np.testing.assert_allclose(part, 0, atol=1e-9)


def test_arms_never_seen_are_not_known_and_the_rest_still_adds_up() -> None:
    motion = wild()
    position = motion.position.copy()
    for name in ("elbow", "wrist", "pinky", "index"):
        for side in SIDES:
            position[:, JOINTS.index(f"{side}_{name}")] = np.nan
    found = momenta(replace(motion, position=position))
    velocity = filters.derivative(motion.time, centre_of_mass.centre_of_mass(position, "male"))
    np.testing.assert_allclose(found.total, velocity, atol=1e-9)
    assert np.isnan(found.arm["left"]).all()
    assert not found.whole
    assert momenta(motion).whole


def test_lift_shares_make_a_hundred_in_every_step(regular: Run) -> None:
    from analyzer.metrics.definitions.support import _lift

    for step in regular.steps:
        parts = [_lift(regular, step, part) for part in ("push", "swing", "arms", "trunk")]
        assert sum(parts) == pytest.approx(100, abs=1e-9)
