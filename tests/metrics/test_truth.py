"""Hand-made truth for each metric, from the formulae of the cosine body (``tests/support/cosines``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import atan, atan2, cos, degrees, nan, pi, sin, sqrt

import numpy as np
import pytest
from cosines import value

from analyzer.arrays import Array
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import JOINTS
from analyzer.metrics import METRICS
from analyzer.metrics.run import Run

Build = Callable[..., Run]


def turn(share: float) -> float:
    """Cosine of a share of a full turn."""
    return cos(2 * pi * share)


LOW = 1 - 0.025 * turn(0.2)
"""Height of the centre of mass at touchdown and at toe-off."""
THIGH_TD, THIGH_TO = 15 + 45 * turn(0.73), 15 + 45 * turn(0.2 - 0.73)
KNEE_TD, KNEE_TO = 75 - 55 * turn(0.02), 75 - 55 * turn(0.18)
SWING_TD, SWING_TO = 15 + 45 * turn(0.5 - 0.73), 15 + 45 * turn(0.7 - 0.73)
PEAK = 2 * pi / 0.5
"""Angular velocity of a cosine of one degree over a stride of half a second, deg/s."""
FORCE = 0.25 / 0.1 * pi / 2


def shoulder_range() -> float:
    p = np.linspace(0, 1, 100001)
    arm = -10 + 50 * np.cos(2 * pi * (p - 0.23 - 12 / 360))
    return float(np.ptp(arm + 8 + 2 * np.cos(4 * pi * (p - 0.05))))


TRUTH = [
    ("contact_time", 0.1, 1e-9),
    ("flight_time", 0.15, 1e-9),
    ("step_time", 0.25, 1e-9),
    ("step_frequency", 4.0, 1e-9),
    ("step_length", 2.0, 1e-9),
    ("relative_step_length", 2 / 0.95, 1e-9),
    ("step_speed", 8.0, 1e-9),
    ("duty_factor", 0.2, 1e-9),
    ("flight_contact_ratio", 1.5, 1e-9),
    ("contact_length", 0.8, 1e-6),
    ("flight_distance", 1.2, 1e-6),
    ("touchdown_distance", 0.35, 1e-6),
    ("toe_off_distance", -0.45, 1e-6),
    ("relative_toe_off_distance", -0.45 / 0.95, 1e-6),
    ("push_angle", degrees(atan2(0.45, LOW)), 0.02),
    ("thigh_angle_touchdown", THIGH_TD, 0.1),
    ("thigh_angle_toe_off", THIGH_TO, 0.1),
    ("stance_thigh_sweep", THIGH_TD - THIGH_TO, 0.2),
    ("stance_thigh_speed", (THIGH_TD - THIGH_TO) / 0.1, 2),
    ("shank_angle_touchdown", KNEE_TD - THIGH_TD, 0.1),
    ("shank_angle_toe_off", KNEE_TO - THIGH_TO, 0.1),
    ("knee_flexion_touchdown", KNEE_TD, 0.1),
    ("knee_flexion_toe_off", KNEE_TO, 0.1),
    ("knee_collapse", 75 - 55 * turn(0.15 - 0.02) - KNEE_TD, 0.1),
    ("com_drop", LOW - 0.975, 2e-4),
    ("mean_vertical_force", 2.5, 1e-9),
    ("peak_vertical_force", FORCE, 1e-9),
    ("vertical_stiffness", FORCE / (9.81 * 0.01 * (FORCE / pi**2 - 1 / 8)), 1e-6),
    ("acceleration", 0.0, 1e-9),
    ("ratio_of_forces", 0.0, 1e-9),
    ("peak_thigh_speed", 45 * PEAK, 4),
    ("peak_thigh_speed_timing", -0.01, 1e-3),
    ("swing_thigh_touchdown", SWING_TD, 0.1),
    ("thigh_retraction_speed", 45 * PEAK, 4),
    ("peak_knee_flexion", 130, 0.1),
    ("peak_knee_flexion_timing", 40, 0.1),
    ("swing_time", 0.4, 1e-9),
    ("peak_thigh_flexion", 60, 0.1),
    ("peak_thigh_extension", -30, 0.1),
    ("trail_thigh_reversal", 23, 0.1),
    ("lead_thigh_reversal", 73, 0.1),
    ("front_side_share", 100 * 60 / 90, 0.1),
    ("shoulder_range", shoulder_range(), 0.1),
    ("peak_arm_speed_forward", 50 * PEAK, 4),
    ("peak_arm_speed_backward", 50 * PEAK, 4),
    ("elbow_flexion_front", 105, 0.1),
    ("elbow_flexion_rear", 75, 0.1),
    ("elbow_range", 30, 0.1),
    ("arm_dwell", np.arcsin(0.25) / pi * 0.5, 6e-4),
    ("trunk_lean_touchdown", 8 + 2 * turn(0.1), 0.02),
    ("trunk_lean_toe_off", 8 + 2 * turn(0.3), 0.02),
    ("trunk_lean_mean", 8.0, 0.02),
    ("trunk_excursion", 2 - 2 * turn(0.3), 0.02),
    ("thigh_switch_time", -0.01, 1e-3),
    ("thigh_switch_share", -4, 0.3),
    ("step_time_ratio", 1.0, 1e-9),
    ("vertical_oscillation", 0.05, 2e-4),
    ("arm_leg_phase", 12, 0.3),
    ("arm_leg_phase_rear", 12, 0.3),
    ("arm_leg_lag", 12, 0.3),
    ("arm_leg_correlation", 1, 1e-3),
    ("relative_phase", 12, 0.3),
    ("relative_phase_scatter", 0, 0.5),
    ("anti_phase_share", 100, 1e-9),
    ("swing_only_share", 0, 1e-9),
    ("push_only_share", 0, 1e-9),
    ("scissor_angle_touchdown", SWING_TD - THIGH_TD, 0.2),
    ("scissor_angle_toe_off", SWING_TO - THIGH_TO, 0.2),
    ("peak_scissor_speed", 90 * PEAK, 8),
    ("thigh_whip", 1.0, 0.01),
    ("vertical_impulse", 0.25, 1e-9),
    ("swing_way_in_contact", 100 * (SWING_TO - SWING_TD) / 90, 0.2),
    # The trunk's angle is furthest from its mean at toe-off.
    ("trunk_turn_in_contact", 2 * ((sin(0.6 * pi) + sin(0.2 * pi)) / (0.8 * pi) - turn(0.3)), 0.02),
    # Thighs are fastest before touchdown, and the arms a thirtieth of a stride after the thighs.
    ("push_thigh_fastest", 0, 0.5),
    ("swing_thigh_fastest", 0, 0.5),
    ("arms_fastest", 100 / 15, 0.6),
    ("fastest_apart", 0.1 / 15, 6e-4),
    ("simultaneity", (turn(0.0875 + 0.02) + turn(0.0875 - 1 / 75)) / 2, 0.01),
]


@pytest.mark.parametrize(("metric", "expected", "tolerance"), TRUTH, ids=[row[0] for row in TRUTH])
def test_formula(regular: Run, metric: str, expected: float, tolerance: float) -> None:
    assert value(regular, metric) == pytest.approx(expected, abs=tolerance)


def test_no_metric_is_left_without_truth() -> None:
    elsewhere = {
        "knee_gap_touchdown", "foot_descent_speed", "foot_forward_speed", "arm_cancellation",
        "trunk_response", "lean_unevenness", "hip_shoulder_coherence",
        "retraction_window",
        "step_time_variability", "contact_symmetry", "step_length_symmetry",
        "push_swing_balance", "push_swing_lag", "axis_cancellation", "axis_ratio", "swing_lift_share",
        "arm_lift_share", "push_trunk_lift_share", "single_leg_push", "whole_body_support",
        "trunk_lift_share", "swing_share", "arm_share", "push_trunk_share",
        "swing_transfer", "swing_gain", "foot_slip",
        # The two-mass model: test_push_force.py.
        "two_mass_peak_force", "peak_force_time", "early_push_share", "early_force",
        # The flight's parabola: tests/motion/test_flight.py.
        "takeoff_velocity", "takeoff_angle", "flight_rise", "flight_fall",
        # The acceleration's fit: tests/motion/test_speed.py.
        "fitted_top_speed", "starting_acceleration", "acceleration_time_constant",
    }  # fmt: skip
    assert {row[0] for row in TRUTH} | elsewhere == set(METRICS)
    assert not {row[0] for row in TRUTH} & elsewhere


def with_joint(run: Run, name: str, path: Array) -> Run:
    """Return the run with another path of one joint, raw and filtered."""
    position = run.motion.position.copy()
    position[:, JOINTS.index(name)] = path
    return replace(run, motion=replace(run.motion, position=position, raw=position))


def test_published_figures_of_bolt_give_the_published_force(build: Build) -> None:
    run = build(touchdowns=tuple(0.3 + 0.231 * k for k in range(11)), contacts=(0.086,) * 11, speed=12.14)
    assert value(run, "peak_vertical_force") == pytest.approx(4.22, abs=0.005)


def test_knee_gap_is_in_thigh_lengths(regular: Run) -> None:
    step = regular.steps[4]  # right foot lands
    left = regular.motion.joint("right_knee") + np.array([0.22, 0.0])
    thigh = 0.95 * 0.487 / 2 / 0.53
    run = with_joint(regular, "left_knee", left)
    assert step.side == "right"
    assert value(run, "knee_gap_touchdown") == pytest.approx(0.22 / thigh)
    # Right of the picture's middle the far knee, between hips' and feet's width behind the near one, is seen
    # further left.
    view = np.full(len(run.motion.time), 10.0)
    behind = (0.05 + 0.025) * 0.95 / 0.53 * np.tan(np.radians(10))
    run = with_joint(regular, "left_knee", left - [behind, 0])
    run = replace(run, motion=replace(run.motion, view_angle_deg=view))
    assert value(run, "knee_gap_touchdown") == pytest.approx(0.22 / thigh)
    assert value(run, "knee_gap_touchdown", 5) == pytest.approx(-0.22 / thigh)


def test_foot_speed_before_it_lands_and_slip_once_it_stands(regular: Run) -> None:
    step, t = regular.steps[4], regular.motion.time
    before = np.minimum(t - step.touchdown_s, 0)
    stood = np.maximum(t - step.touchdown_s, 0)
    path = np.column_stack([step.foot[0] + 1.5 * before + 0.3 * stood, 0.02 - 2.5 * before + 0.4 * stood])
    run = with_joint(regular, "right_foot_index", path)
    assert value(run, "foot_descent_speed") == pytest.approx(-2.5)
    assert value(run, "foot_forward_speed") == pytest.approx(1.5)
    assert value(run, "foot_slip") == pytest.approx(0.5)


def test_retraction_window(regular: Run) -> None:
    step, m = regular.steps[4], regular.motion
    path = m.joint("right_hip").copy()
    path[:, 0] += 0.4 * np.cos(2 * pi * (m.time - step.touchdown_s + 0.03) / 0.5)
    run = with_joint(regular, "right_foot_index", path)
    assert value(run, "retraction_window") == pytest.approx(0.03, abs=3e-4)


def test_hips_and_shoulders_against_each_other(regular: Run) -> None:
    hips = regular.motion.joint("left_hip")
    up, down = hips + np.array([0, 0.5]), np.column_stack([hips[:, 0], 2.5 - hips[:, 1]])
    together = with_joint(with_joint(regular, "left_shoulder", up), "right_shoulder", up)
    against = with_joint(with_joint(regular, "left_shoulder", down), "right_shoulder", down)
    assert value(together, "hip_shoulder_coherence") == pytest.approx(1)
    assert value(against, "hip_shoulder_coherence") == pytest.approx(-1)


def test_trunk_response_is_told_from_mid_stance(regular: Run) -> None:
    t = regular.motion.time
    middle = np.array([s.touchdown_s + 0.35 / 8 for s in regular.steps])
    rate = np.exp(-(((t[:, None] - middle - 0.02) / 0.02) ** 2)).sum(axis=1)
    run = replace(regular, motion=replace(regular.motion, rates=dict(regular.motion.rates, trunk=rate)))
    assert value(run, "trunk_response") == pytest.approx(0.02, abs=1e-3)


def test_lean_unevenness_is_what_the_smooth_course_leaves(regular: Run) -> None:
    t = regular.motion.time
    starts = np.array([s.touchdown_s for s in regular.steps])
    index = np.searchsorted(starts, t + 1e-9, side="right") - 1
    smooth = 5 + 30 * np.exp(-np.clip(index, 0, None) / 4)
    bumps = np.where(index % 2 == 0, 0.8, -0.8)
    for lean, expected in ((smooth, 0.0), (smooth + bumps, 0.8)):
        run = replace(regular, motion=replace(regular.motion, angles=dict(regular.motion.angles, trunk=lean)))
        # The mean of a step meets one frame of the next, and three numbers are fitted to ten steps.
        assert value(run, "lean_unevenness") == pytest.approx(expected, abs=0.25)


def test_step_time_variability_takes_out_trend_side_and_the_camera(build: Build) -> None:
    draw = np.random.default_rng(1)
    k = np.arange(41)
    even = 0.26 - 0.0003 * k + np.where(k % 2 == 0, 0.004, -0.004)
    scattered = even + 0.005 * draw.standard_normal(41)
    for times, blur, expected in ((scattered, 0.0, 2.0), (scattered, 0.0025, 1.4), (scattered, 0.01, nan)):
        td = 0.3 + np.concatenate([[0], np.cumsum(times[:-1])])
        run = build(touchdowns=tuple(td.tolist()), contacts=(0.1,) * 41)
        run = replace(run, steps=tuple(replace(s, touchdown_sd_s=blur) for s in run.steps))
        assert value(run, "step_time_variability") == pytest.approx(expected, abs=0.45, nan_ok=True)


@pytest.mark.parametrize("blur", [0.0, 0.0015])
def test_step_time_variability_is_the_scatter_about_level_trend_and_side(build: Build, blur: float) -> None:
    # Two up, four down, two up: no mean, no trend and the same on both sides, so that all of it is scatter.
    scatter = 0.002 * np.array([1, 1, -1, -1, -1, -1, 1, 1])
    k = np.arange(8)
    times = 0.25 + 0.001 * (k - 3.5) + np.where(k % 2 == 0, 0.004, -0.004) + scatter
    td = 0.3 + np.concatenate([[0], np.cumsum(times)])
    run = build(touchdowns=tuple(td.tolist()), contacts=(0.1,) * 9)
    run = replace(run, steps=tuple(replace(s, touchdown_sd_s=blur) for s in run.steps))
    # Eight times, three numbers fitted; a step time has the errors of two touchdowns.
    left = 8 * 0.002**2 / 5 - 2 * blur**2
    assert value(run, "step_time_variability") == pytest.approx(100 * np.sqrt(left) / 0.25, rel=1e-6)


def test_vertical_stiffness_is_force_over_sinking_of_a_half_sine_push(build: Build) -> None:
    contact, flight = 0.1, 0.13
    step = contact + flight
    touchdowns = tuple(0.3 + step * k for k in range(6))
    run = build(touchdowns=touchdowns, contacts=(contact,) * 6)
    t = np.linspace(0, contact, 20001)
    force = pi / 2 * step / contact
    push = force * np.sin(pi * t / contact) - 1
    dt = t[1]
    fall = run.gravity * (np.cumsum(push) * dt - flight / 2)  # lands at the speed of half a flight's fall
    sinking = -float(np.min(np.cumsum(fall) * dt))
    assert value(run, "vertical_stiffness") == pytest.approx(force / sinking, rel=1e-3)


def test_sides_are_compared_without_the_trend(build: Build) -> None:
    k = np.arange(10)
    times = np.where(k % 2 == 0, 0.24, 0.26) * np.exp(-0.01 * k)  # right feet first
    td = 0.3 + np.concatenate([[0], np.cumsum(times)])
    contacts = np.where(np.arange(11) % 2 == 0, 0.10, 0.11)
    run = build(touchdowns=tuple(td.tolist()), contacts=tuple(contacts.tolist()))
    assert value(run, "step_time_ratio") == pytest.approx(0.26 / 0.24)
    assert value(run, "contact_symmetry") == pytest.approx(100 * (degrees(atan(1.1)) - 45) / 90)
    even = build()
    longer = tuple(
        replace(s, foot=(s.foot[0] + (0.1 if s.side == "right" else 0.0), 0.0)) for s in even.steps
    )
    # From left to right foot 2.1 m, back to left 1.9 m.
    expected = 100 * (degrees(atan(2.1 / 1.9)) - 45) / 90
    assert value(replace(even, steps=longer), "step_length_symmetry") == pytest.approx(expected)


def test_acceleration_of_a_steady_gain(build: Build) -> None:
    run = build()
    # Speed 6 m/s + 2 m/s2: x = 6 t + t^2 at every touchdown.
    steps = tuple(replace(s, foot=(6 * s.touchdown_s + s.touchdown_s**2, 0.0)) for s in run.steps)
    run = replace(run, steps=steps)
    assert value(run, "acceleration") == pytest.approx(2.0)
    assert value(run, "ratio_of_forces") == pytest.approx(100 * 2 / sqrt(4 + 9.81**2))


def test_feet_seen_off_square_are_put_back_onto_the_line_of_the_run(regular: Run) -> None:
    # Seen 10 degrees further on, the near foot looks w tan 10 ahead of where it stands, the far foot behind.
    w = 0.025 * regular.motion.leg_length / LEG_OF_STATURE
    for near, forward in (("right", 1), ("left", -1)):
        angle = np.full(len(regular.motion.time), 10.0 * forward)  # view_angle_deg is told in the picture
        motion = replace(regular.motion, near_side=near, view_angle_deg=angle)
        ahead = w * np.tan(np.radians(10))
        steps = tuple(
            replace(s, foot=(s.foot[0] + (ahead if s.side == near else -ahead), s.foot[1]))
            for s in regular.steps
        )
        seen = replace(regular, motion=motion, steps=steps)
        for step, true in zip(seen.steps, regular.steps, strict=True):
            assert seen.foot_x(step) == pytest.approx(true.foot[0], abs=1e-12)
        assert value(seen, "step_length") == pytest.approx(value(regular, "step_length"))
        assert value(seen, "touchdown_distance") == pytest.approx(value(regular, "touchdown_distance"))


def thighs(run: Run, swing: Array, stance: Array) -> Run:
    """Return the run with given thigh rates over each step, swing and stance by share of the step."""
    t = run.motion.time
    rates = dict(run.motion.rates)
    starts = np.array([s.touchdown_s for s in run.steps])
    index = np.clip(np.searchsorted(starts, t, side="right") - 1, 0, len(starts) - 1)
    share = np.clip((t - starts[index]) / 0.25, 0, 0.9999)
    at = (share * len(swing)).astype(int)
    right_stands = index % 2 == 0
    rates["right_thigh"] = np.where(right_stands, stance[at], swing[at])
    rates["left_thigh"] = np.where(right_stands, swing[at], stance[at])
    return replace(run, motion=replace(run.motion, rates=rates))


def test_vector_coding_shares(regular: Run) -> None:
    # Of ten tenths: five against each other, three swing alone, two push alone.
    swing = np.array([400.0] * 8 + [0.0] * 2)
    stance = np.array([-400.0] * 5 + [0.0] * 3 + [-400.0] * 2)
    run = thighs(regular, swing, stance)
    assert value(run, "anti_phase_share") == pytest.approx(50, abs=4)
    assert value(run, "swing_only_share") == pytest.approx(30, abs=4)
    assert value(run, "push_only_share") == pytest.approx(20, abs=4)


def test_thighs_that_stand_still_within_the_noise_are_not_judged(regular: Run) -> None:
    swing = np.array([400.0] * 6 + [5.0] * 4)
    stance = np.array([-400.0] * 6 + [5.0] * 4)
    run = thighs(regular, swing, stance)
    assert value(run, "anti_phase_share") == pytest.approx(60, abs=5)
    noisy = replace(run, motion=replace(run.motion, noise_sd=np.full(len(JOINTS), 0.004)))
    assert value(noisy, "anti_phase_share") == pytest.approx(100)
