"""The truth must be true: physics that holds, joints that fit together, clips that never overlap in set."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from validation import recipes
from validation.build import CENTRE, MASS, Build
from validation.gait import G, Gait, Path, timetable
from validation.scene import Recipe
from validation.sprinter import Sprinter, centre_of_mass
from validation.true_metrics import Measures
from validation.truth import JOINTS, Truth, facts
from validation.view import Camera, Shake

SHORT = Recipe(name="short", gait=Gait(scatter=0.6, seed=3), duration_s=0.6, height_px=300)


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Truth(SHORT)


def test_segment_masses_make_a_whole_body() -> None:
    for sex in ("male", "female"):
        limbs = sum(MASS[sex][n] for n in ("upper_arm", "forearm", "hand", "thigh", "shank", "foot"))
        assert MASS[sex]["head"] + MASS[sex]["trunk"] + 2 * limbs == pytest.approx(1, abs=2e-4)
        assert all(0 < c < 1 for c in CENTRE[sex].values())


def test_in_the_air_only_gravity_acts() -> None:
    steps = timetable(Gait(scatter=1, seed=5), Build(), 0, 1, True)
    path = Path(steps)
    k = 7
    t = np.linspace(steps.toe_off[k] + 1e-4, steps.touchdown[k + 1] - 1e-4, 50)
    v = path.velocity(t)
    assert np.ptp(v[:, 0]) < 1e-12
    np.testing.assert_allclose(np.gradient(v[:, 1], t), -G, rtol=1e-9)


def test_path_and_its_velocity_agree_and_never_jump() -> None:
    path = Path(timetable(Gait(scatter=1, contact_left=0.01, seed=2), Build(), 0, 1, False))
    t = np.arange(0, 1, 1e-4)
    moved = np.gradient(path.position(t), t, axis=0)[5:-5]
    assert np.abs(moved - path.velocity(t)[5:-5]).max() < 0.02


@pytest.mark.parametrize(
    "gait",
    [
        Gait(),
        Gait(speed=8.2, frequency=4.4, contact=0.107, scatter=0.7, seed=9),
        Gait(contact_left=0.012, scatter=0.4, seed=1),
        Gait(accelerating=True, speed=9.3, first_step=4),
    ],
)
def test_foot_stands_body_reaches_and_mass_is_where_physics_wants_it(gait: Gait) -> None:
    checks = Sprinter(Build(), gait, 0.0, 0.7).check()
    assert checks.slip_m < 5e-4
    assert checks.com_error_m < 1e-3
    assert checks.below_ground_m < 0.012


def test_bones_keep_their_length(truth: Truth) -> None:
    pose, build = truth.pose, SHORT.build
    for side in ("left", "right"):
        for a, b, length in (("hip", "knee", build.thigh), ("knee", "ankle", build.shank),
                             ("shoulder", "elbow", build.upper_arm),
                             ("elbow", "wrist", build.forearm)):  # fmt: skip
            found = np.linalg.norm(pose[f"{side}_{a}"] - pose[f"{side}_{b}"], axis=1)
            np.testing.assert_allclose(found, length, rtol=1e-9)


def test_changes_of_the_gait_change_what_they_should() -> None:
    base = Measures(Truth(SHORT))
    late = Measures(
        Truth(Recipe(name="late", gait=Gait(scatter=0.6, seed=3, switch_late=0.02), duration_s=0.6))
    )
    arms = Measures(Truth(Recipe(name="arms", gait=Gait(scatter=0.6, seed=3, arm_phase=20), duration_s=0.6)))
    k = base.truth.contacts[2].index
    before, after, swung = base.of_step(k), late.of_step(k), arms.of_step(k)
    assert after["thigh_switch_time"] - before["thigh_switch_time"] == pytest.approx(0.02, abs=0.012)
    assert after["contact_time"] == before["contact_time"]
    assert swung["arm_leg_phase"] - before["arm_leg_phase"] == pytest.approx(20, abs=4)


def test_momentum_adds_up_away_from_the_impacts(truth: Truth) -> None:
    measures = Measures(truth)
    c = truth.contacts[2]
    inside = (truth.t > c.touchdown_s + 0.02) & (truth.t < c.toe_off_s - 0.04)
    apart = np.abs(measures.total - truth.com_velocity)[inside].max()
    assert apart < 0.02


def test_true_step_times_and_lengths_follow_from_the_contacts(truth: Truth) -> None:
    measures = Measures(truth)
    for a, b in itertools.pairwise(truth.contacts[:-1]):
        found = measures.of_step(a.index)
        assert found["step_time"] == pytest.approx(b.touchdown_s - a.touchdown_s)
        assert found["contact_time"] + found["flight_time"] == pytest.approx(found["step_time"])
        assert found["step_length"] == pytest.approx(b.foot_m - a.foot_m, abs=0.004)


def test_peak_force_is_the_sine_model_of_a_known_case() -> None:
    # Bolt 2011: 86 ms contact, 145 ms flight gives 4.22 body weights.
    assert np.pi / 2 * (0.086 + 0.145) / 0.086 == pytest.approx(4.22, abs=0.005)


def test_tracker_sees_the_projection_of_the_joints(truth: Truth) -> None:
    track = truth.track()
    frame = len(track.time) // 2
    t = track.time[frame : frame + 1]
    point = SHORT.sprinter.pose(t)["right_knee"][0]
    view = SHORT.view
    depth = (view.axes(t)[0] @ (point - view.centre))[2]
    right = (view.axes(t)[0] @ (point - view.centre))[0]
    assert track.joint("right_knee")[frame, 0] == pytest.approx(959.5 + view.focal_px * right / depth)
    assert set(track.names) == set(JOINTS)


def test_other_side_shows_the_left_and_runs_to_the_left() -> None:
    there = Truth(Recipe(name="l", camera=Camera(right_to_left=True), duration_s=0.6, height_px=200))
    hips = there.track().joint("left_hip")[:, 0]
    assert hips[-1] < hips[0]
    near = np.linalg.norm(there.pose["left_hip"] - there.recipe.view.centre, axis=1)
    far = np.linalg.norm(there.pose["right_hip"] - there.recipe.view.centre, axis=1)
    assert near[len(near) // 2] < far[len(far) // 2]


def test_shake_is_smooth_and_the_same_every_time() -> None:
    t = np.arange(0, 1, 0.001)
    a, b = Shake(0.1, 3).angles(t), Shake(0.1, 3).angles(t)
    np.testing.assert_array_equal(a, b)
    assert np.abs(np.diff(a, axis=0)).max() < 0.02
    assert np.abs(a).max() > 0.02


def test_sets_share_neither_body_nor_seed() -> None:
    sets = {which: recipes.matrix(which) for which in ("tuning", "report")}
    bodies = {which: {r.build.name for r in clips} for which, clips in sets.items()}
    seeds = {which: {r.seed for r in clips} for which, clips in sets.items()}
    assert not bodies["tuning"] & bodies["report"]
    assert not seeds["tuning"] & seeds["report"]
    for clips in sets.values():
        assert len({r.digest for r in clips}) == len({r.name for r in clips}) == len(clips)


def test_hash_tells_pixels_apart_but_not_names() -> None:
    assert Recipe(name="x", gait=Gait(seed=1)).digest != Recipe(name="x", gait=Gait(seed=2)).digest
    assert Recipe(name="x", tags=("a",)).digest == Recipe(name="y", tags=("b",)).digest


def test_facts_name_every_contact_once(truth: Truth) -> None:
    steps = facts(truth)["steps"]
    assert [s["number"] for s in steps] == list(range(1, len(steps) + 1))
    assert all(a["side"] != b["side"] for a, b in itertools.pairwise(steps))


def test_segments_and_path_share_a_centre_of_mass() -> None:
    t = np.arange(0.05, 0.55, 0.01)
    pose = SHORT.sprinter.pose(t)
    found = centre_of_mass(pose, SHORT.build)
    np.testing.assert_allclose(found[:, [0, 2]], SHORT.sprinter.path.position(t), atol=1e-3)
