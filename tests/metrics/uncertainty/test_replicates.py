"""Perturbed copies of a run: what is changed in them, and what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from observed import true

from analyzer.body.skeleton import JOINTS
from analyzer.metrics import METRICS
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty import replicates, sizes
from analyzer.metrics.uncertainty.network_errors import habit_course
from analyzer.metrics.uncertainty.replicates import LEG_OF_STATURE_SD, perturbed_copies
from analyzer.metrics.uncertainty.standard_error import evaluate
from analyzer.motion import kinematics


def test_a_camera_that_turned_unknown_leaves_no_lean(uneven: Run) -> None:
    """It rolls by 40 degrees over the run: where the ground is lost, nobody can tell that from a lean."""
    m = true(uneven).motion
    lost = m.position - np.stack([4.0 * m.time, 0 * m.time], axis=-1)[:, None]
    unsure = []
    for degrees in (0, 40):
        roll = np.radians(degrees) * (m.time - m.time[0])[:, None] / np.ptp(m.time)
        moved = lost + lost[..., 1:] * np.stack([np.sin(roll), 0 * roll], axis=-1)
        run = replace(uneven, motion=kinematics.rebuild(replace(m, raw=moved), moved))
        unsure.append(float(np.std([c.angle("trunk", 1.0) for c in perturbed_copies(run, 48)])))
    assert unsure[0] < 3
    assert unsure[1] > 3 * unsure[0]


def test_what_comes_and_goes_with_the_stride_makes_a_range_unsure_and_a_repeat_does_not_see_it(
    uneven: Run,
) -> None:
    exact = true(uneven)
    spread = {}
    for alike in (True, False):
        others = perturbed_copies(exact, 24, systematic=alike)
        spread[alike] = np.std([evaluate(METRICS["trunk_excursion"], run)[4] for run in others])
    assert spread[True] > 0.3
    assert spread[False] < 0.01


@pytest.mark.parametrize(
    ("toe_is", "alike", "moved"), [("tip", True, True), ("ball", True, False), ("tip", False, False)]
)
def test_a_habit_is_a_network_s_and_the_same_in_every_clip(
    uneven: Run, monkeypatch: pytest.MonkeyPatch, toe_is: Literal["tip", "ball"], *, alike: bool, moved: bool
) -> None:
    run = replace(uneven, motion=replace(uneven.motion, toe_is=toe_is))
    (usual,) = perturbed_copies(run, 1, systematic=alike)
    monkeypatch.setattr(replicates, "habit_course", lambda near: 2 * habit_course(near))
    (larger,) = perturbed_copies(run, 1, systematic=alike)
    assert (np.abs(larger.motion.raw - usual.motion.raw).max() > 1e-4) == moved


def test_a_known_height_still_leaves_the_leg_s_length_unsure(uneven: Run) -> None:
    exact = true(uneven)
    lengths = [run.motion.leg_length for run in perturbed_copies(exact, 96)]
    assert np.std(lengths) / exact.motion.leg_length == pytest.approx(LEG_OF_STATURE_SD, rel=0.25)


def test_a_copy_leaves_the_run_alone(seen: Run) -> None:
    before = seen.motion.position.copy()
    copy = perturbed_copies(seen, 2)[1]
    assert not np.array_equal(copy.motion.position, before)
    np.testing.assert_array_equal(seen.motion.position, before)


def test_seen_obliquely_feet_that_stand_wide_out_of_blocks_make_lengths_less_sure(seen: Run) -> None:
    seen = replace(seen, relative_sd=0.0)
    motion = replace(seen.motion, view_angle_deg=np.full(len(seen.motion.time), 30.0))
    leaning = replace(motion, angles=motion.angles | {"trunk": np.full(len(motion.time), 45.0)})
    upright, started = (
        np.std(
            [[step.foot[0] for step in run.steps] for run in perturbed_copies(replace(seen, motion=m), 48)],
            axis=0,
        )
        for m in (motion, leaning)
    )
    assert (started > 1.5 * upright).all()


def test_what_grows_along_the_lane_is_longer_behind_the_middle_and_shorter_before_it(seen: Run) -> None:
    """By a hundredth a metre: in the middle nothing, 4 m behind it 4 % along the lane and 2 % upwards."""
    place = np.array([[[-4.0, 1.0]], [[0.0, 1.0]], [[4.0, 1.0]]])
    replicates._grow(place, 0.01, place[..., 0].copy())
    np.testing.assert_allclose(place[:, 0], [[-3.92, 0.98], [0.0, 1.0], [4.08, 1.02]])
    middle = float(np.nanmedian(seen.motion.com[:, 0]))
    spread = []
    for sd in (0.0, 0.02):
        motion = replace(seen.motion, growth_sd=sd, even_at_m=middle, view_angle_deg=0 * seen.motion.time)
        copies = perturbed_copies(replace(seen, motion=motion, relative_sd=0.0), 24)
        spread.append(np.std([[step.foot[0] for step in copy.steps] for copy in copies], axis=0))
    away = np.array([step.foot[0] for step in seen.steps]) - middle
    np.testing.assert_allclose(np.sqrt(spread[1] ** 2 - spread[0] ** 2), 0.01 * away**2, rtol=0.5, atol=0.02)


def test_on_a_belt_lengths_are_as_sure_at_the_end_as_at_the_beginning(seen: Run) -> None:
    """The athlete stays before the camera, however far the belt has carried the ground."""
    com, time = seen.motion.com[:, 0], seen.motion.time
    known = np.isfinite(com)
    speed, start = np.polyfit(time[known], com[known], 1)
    still = replace(
        seen.motion, growth_sd=0.02, even_at_m=float(start), belt_mps=float(speed),
        view_angle_deg=0 * time,
    )  # fmt: skip
    copies = perturbed_copies(replace(seen, motion=still, relative_sd=0.0), 24)
    foot = np.array([[step.foot[0] for step in copy.steps] for copy in copies])
    over_ground = perturbed_copies(replace(seen, motion=replace(still, belt_mps=0.0), relative_sd=0.0), 24)
    away = np.std([[step.foot[0] for step in copy.steps] for copy in over_ground], axis=0)
    spread = np.std(foot, axis=0)
    assert spread[-2:].mean() < 1.3 * spread[:2].mean()
    assert away[-2:].mean() > 3 * away[:2].mean()


def test_feet_stand_as_far_to_one_side_as_to_the_other(uneven: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = np.random.default_rng(1).standard_normal((len(JOINTS), 400))
    alike = replicates._alike(draws, -replicates.ALIKE)
    left, right = (alike[JOINTS.index(f"{side}_ankle")] for side in ("left", "right"))
    assert np.corrcoef(left, right)[0, 1] == pytest.approx(-replicates.ALIKE, abs=0.03)
    assert np.std(right) == pytest.approx(1, abs=0.1)


def test_two_copies_each_are_of_one_body(uneven: Run) -> None:
    exact = true(uneven)
    wide = replace(exact, motion=replace(exact.motion, body_sd=np.full(len(JOINTS), 0.05)))
    copies = perturbed_copies(wide, 12)
    leaning = np.array([evaluate(METRICS["trunk_lean_mean"], copy)[4] for copy in copies])
    pairs = leaning.reshape(-1, 2)
    assert np.abs(pairs[:, 0] - pairs[:, 1]).max() < 0.2 * np.std(pairs.mean(axis=1), ddof=1)
    assert all(
        a.motion.leg_length == b.motion.leg_length for a, b in zip(copies[::2], copies[1::2], strict=True)
    )


def test_a_hip_that_may_lie_elsewhere_in_people_makes_the_lean_as_unsure(uneven: Run) -> None:
    """Both hips mostly together: 0.02 m each way under a trunk of half a metre are 2.3 degrees."""
    exact = true(uneven)
    where = np.array([0.02 * 2**0.5 if name.endswith("hip") else 0.0 for name in JOINTS])
    copies = perturbed_copies(replace(exact, motion=replace(exact.motion, body_sd=where)), 96)
    usual = perturbed_copies(exact, 96)
    sd = [np.std([c.angle("trunk", 1.0) for c in runs]) for runs in (copies, usual)]
    assert np.sqrt(sd[0] ** 2 - sd[1] ** 2) == pytest.approx(np.degrees(0.95**0.5 * 0.02 / 0.5), rel=0.25)
    apart = [np.std([c.angle("left_thigh", 1.0) - c.angle("right_thigh", 1.0) for c in copies])]
    assert apart[0] < 1.5 * sd[0]


def test_a_knee_s_place_is_fixed_in_the_thigh(uneven: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """However far the thigh has swung, its angle is wrong by the same amount."""
    monkeypatch.setattr(replicates, "habit_course", lambda near: np.zeros((9, len(JOINTS), 2)))
    monkeypatch.setattr(sizes, "posture_sd", lambda run: np.zeros(len(JOINTS)))
    monkeypatch.setattr(sizes, "hidden_knee", lambda run: np.zeros((len(run.motion.time), 0)))
    exact = true(uneven)
    where = np.array([0.04 if name == "left_knee" else 0.0 for name in JOINTS])
    (copy,) = perturbed_copies(replace(exact, motion=replace(exact.motion, body_sd=where)), 1)
    off = (copy.motion.angles["left_thigh"] - exact.motion.angles["left_thigh"])[60:-60]
    assert abs(off.mean()) > 0.3
    assert np.ptp(off) < 0.25 * abs(off.mean())


def test_a_repeat_knows_no_other_body(uneven: Run) -> None:
    exact = true(uneven)
    wide = replace(exact, motion=replace(exact.motion, body_sd=np.full(len(JOINTS), 0.1)))
    for a, b in zip(perturbed_copies(exact, 2, systematic=False),
                    perturbed_copies(wide, 2, systematic=False), strict=True):  # fmt: skip
        np.testing.assert_array_equal(a.motion.raw, b.motion.raw)


@pytest.mark.parametrize("systematic", [True, False])
def test_a_belt_s_error_is_in_every_length_along_the_lane_and_in_no_time(
    seen: Run, *, systematic: bool
) -> None:
    def told(sd: float) -> tuple[float, float]:
        run = replace(seen, motion=replace(seen.motion, belt_sd_mps=sd))
        copies = perturbed_copies(run, 48, systematic=systematic)
        return tuple(
            float(np.std([evaluate(METRICS[name], copy)[2] for copy in copies]))
            for name in ("step_length", "contact_time")
        )

    (length, time), (longer, same) = told(0.0), told(0.5)
    step_time = float(seen.step_time)
    assert np.sqrt(longer**2 - length**2) == pytest.approx(0.5 * step_time, rel=0.35)
    assert same == time
