"""The sentence a chapter opens with: what is said, of what, and what is not said."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from summaries import summary

from analyzer.data.analysis import Analysis
from analyzer.data.results import Summary, Value
from analyzer.metrics.registry import Relationship
from analyzer.outputs.report.answers import ANSWERS, answer

R = Relationship


def said(bare: Analysis, relationship: Relationship, *rows: Summary) -> str:
    return answer(replace(bare, summaries=rows), relationship)


def test_every_chapter_has_answers_and_nothing_is_said_of_nothing(bare: Analysis) -> None:
    assert set(ANSWERS) == set(R)
    assert [answer(bare, relationship) for relationship in R] == [""] * len(R)


def test_the_swing_legs_way(bare: Analysis) -> None:
    way = summary("swing_way_in_contact", mean=61.0, mean_se=3.0)
    assert said(bare, R.SWING_LEG, way) == (
        "While one foot pushed, the thigh of the other leg made 61 ± 3 % of its way forward."
    )


def test_the_speed_of_a_belt_says_where_it_is_from(bare: Analysis) -> None:
    rows = (
        summary("step_speed", mean=3.69, mean_se=0.18),
        summary("step_frequency", mean=2.81, mean_se=0.03),
        summary("step_length", mean=1.31, mean_se=0.06),
    )
    belt = replace(bare, calibration=replace(bare.calibration, treadmill_mps=3.7))
    told = "The athlete ran at 3.69 ± 0.18 m/s{}: 2.81 ± 0.03 steps a second, each 1.31 ± 0.06 m long."
    assert said(belt, Relationship.STEPS, *rows) == told.format(", the belt's speed by the standing foot")
    given = replace(belt, config=bare.config.model_copy(update={"treadmill_mps": 3.7}))
    assert said(given, Relationship.STEPS, *rows) == said(bare, Relationship.STEPS, *rows) == told.format("")


def test_the_foot_is_placed_ahead_and_behind(bare: Analysis) -> None:
    rows = (
        summary("touchdown_distance", mean=0.31, mean_se=0.02),
        summary("toe_off_distance", mean=-0.50, mean_se=0.03),
    )
    assert said(bare, R.PUSH_LEG, *rows) == (
        "The foot landed 0.31 ± 0.02 m ahead of the body's centre and left the ground 0.50 ± 0.03 m behind "
        "it."
    )
    unclear = (summary("touchdown_distance", mean=0.03, mean_se=0.02), rows[1])
    assert said(bare, R.PUSH_LEG, *unclear) == ""


def test_a_modelled_push_is_called_one(bare: Analysis) -> None:
    rows = (
        summary("two_mass_peak_force", mean=3.9, mean_se=0.3),
        summary("early_push_share", mean=59.0, mean_se=5.0),
    )
    text = said(bare, R.PUSH_LEG, *rows)
    assert "3.9 ± 0.3 times the body's weight" in text
    assert "59 ± 5 % of it in the first half is not clear of a half" in text
    rows = (rows[0], summary("early_push_share", mean=61.0, mean_se=5.0))
    assert "did 61 ± 5 % of its push in the first half" in said(bare, R.PUSH_LEG, *rows)
    assert "modelled, not measured" in text


@pytest.mark.parametrize(
    ("support", "se", "words"),
    [
        (52.0, 8.0, "arms, swing leg and trunk made 52 ± 8 %."),
        (5.0, 8.0, "Whether arms, swing leg and trunk added to the push upward could not be told: 5 ± 8 %"),
        (-30.0, 8.0, "arms, swing leg and trunk took 30 ± 8 % away."),
    ],
)
def test_the_account_sets_one_leg_against_the_body(
    bare: Analysis, support: float, se: float, words: str
) -> None:
    rows = (
        summary("single_leg_push", mean=100 - support, mean_se=se),
        summary("whole_body_support", mean=support, mean_se=se),
        summary("trunk_lift_share", mean=10.0, mean_se=9.0),
        summary("arm_share", mean=30.0, mean_se=6.0),
        summary("swing_share", mean=4.0, mean_se=6.0),
    )
    text = said(bare, R.SYSTEM, *rows)
    assert words in text
    assert f"the pushing leg alone {'' if support == 5 else 'made '}{100 - support:.0f} ± 8 %" in text


def test_a_lean_is_told_with_its_way_and_upright_only_within_its_error(bare: Analysis) -> None:
    assert said(bare, R.TORSO, summary("trunk_lean_mean", mean=-6.0, mean_se=1.0)) == (
        "The trunk leaned 6.0 ± 1.0° backward."
    )
    assert said(bare, R.TORSO, summary("trunk_lean_mean", mean=-2.5, mean_se=2.0)) == (
        "On average the trunk was upright: its lean, −2 ± 2°, is not clear of its error."
    )


def test_a_trunk_that_noise_alone_would_turn_held_still(bare: Analysis) -> None:
    values = tuple(Value("trunk_turn_in_contact", k, "left", math.nan, math.nan, ("floor",)) for k in (1, 2))
    rows = (summary("trunk_lean_mean", mean=7.4, mean_se=1.3),)
    text = answer(replace(bare, values=values, summaries=rows), R.TORSO)
    assert text == (
        "The trunk leaned 7.4 ± 1.3° forward; it showed no turn beyond this clip's noise while a foot pushed."
    )


def test_thighs_pass_after_before_or_as_the_foot_lands(bare: Analysis) -> None:
    beat = summary("step_time", mean=0.216, mean_se=0.001)

    def passed(mean: float) -> str:
        return said(bare, R.TIMING, beat, summary("thigh_switch_time", mean=mean, mean_se=0.005))

    assert (
        passed(0.013)
        == "A foot landed every 216 ± 1 ms; the thighs passed each other 13 ± 5 ms after the foot landed."
    )
    assert "13 ± 5 ms before the foot landed" in passed(-0.013)
    assert "as it landed, to within 14 ms" in passed(0.004)


@pytest.mark.parametrize(
    ("left", "right", "whose"),
    [
        (105.0, 107.0, "Each upper arm"),
        (math.nan, 106.0, "The right upper arm"),
        (106.0, math.nan, "The left upper arm"),
    ],
)
def test_each_arm_is_said_only_of_both(bare: Analysis, left: float, right: float, whose: str) -> None:
    row = summary("shoulder_range", mean=106.0, mean_se=4.0, left_mean=left, right_mean=right)
    text = said(bare, R.ARMS, row)
    near = ", the nearer one, swung through 106 ± 4°." if bare.motion.near_side in whose else " swung"
    assert text.startswith(f"{whose}{near}")
    share = summary("arm_share", mean=30.0, mean_se=6.0)
    assert said(bare, R.ARMS, row, share).endswith("Together the arms added 30 ± 6 % to the push upward.")
    less = said(bare, R.ARMS, replace(share, mean=-30.0))
    assert less == "Together the arms took 30 ± 6 % away from the push upward."


def test_what_was_fastest_is_told_only_where_each_of_it_was_seen(bare: Analysis) -> None:
    rows = [summary("fastest_apart", mean=0.05, mean_se=0.019)]
    rows += [summary(f"{part}_fastest", mean=50.0, mean_se=17.0) for part in ("push_thigh", "arms")]
    assert said(bare, R.SYSTEM, *rows, summary("swing_thigh_fastest")) == ""
    seen = said(bare, R.SYSTEM, *rows, summary("swing_thigh_fastest", mean=40.0, mean_se=17.0))
    assert seen == "In contact push thigh, swing thigh and arms were fastest within 50 ± 19 ms of each other."


def test_arms_with_legs_are_how_they_work_together(bare: Analysis) -> None:
    """A clip whose map has the link of arm and leg has an answer in their chapter."""
    alike = summary("arm_leg_correlation", mean=0.83, mean_se=0.04)
    curves = "Arms and opposite thighs swung in curves that correlate at 0.83 ± 0.04 (1 is the same form)"
    assert said(bare, R.SYSTEM, alike) == f"{curves}."
    lag = summary("arm_leg_lag", mean=-13.0, mean_se=2.0)
    assert said(bare, R.SYSTEM, alike, lag) == f"{curves}, the arms 13 ± 2° ahead in a stride of 360°."
    assert said(bare, R.SYSTEM, alike, replace(lag, mean=2.0)) == f"{curves}."


@pytest.mark.parametrize(("gain", "way"), [(0.8, "more"), (-0.8, "less"), (0.02, "")])
def test_a_rhythm_that_moves_less_than_a_step_scatters_is_told_by_all_steps(
    bare: Analysis, gain: float, way: str
) -> None:
    values = tuple(
        Value("step_time", k, "left", 0.2 + gain * k / 1000 + 0.008 * math.cos(2.4 * k), 0.01)
        for k in range(1, 37)
    )
    beat = summary("step_time", mean=0.2 + 0.0185 * gain, mean_se=0.002)
    text = answer(replace(bare, values=values, summaries=(beat,)), R.TIMING)
    assert ("along a line through all steps" in text) == bool(way)
    if way:
        ends = "200 ± 2 to 229 ± 2 ms" if gain > 0 else "199 ± 2 to 171 ± 2 ms"
        assert f", steps taking {way} time as the run went on: from {ends} along" in text


def test_a_chapter_without_a_sentence_gives_the_number_of_the_map(bare: Analysis) -> None:
    sweep = summary("stance_thigh_sweep", mean=65.0, mean_se=5.0)
    assert said(bare, R.PUSH_LEG, sweep) == "Thigh swept back in contact: 65 ± 5°."
    assert said(bare, R.PUSH_LEG, replace(sweep, mean_se=40.0)) == ""
    scatter = summary("relative_phase_scatter", mean=16.0, mean_se=6.0)
    assert said(bare, R.BALANCE, scatter) == "Arm to leg, scatter in a stride: 16 ± 6°."
