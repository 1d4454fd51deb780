"""What is proposed of each item of the S-MAS, on numbers and on bodies made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from observed import observed, true

from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import SIDES
from analyzer.data.analysis import Analysis
from analyzer.data.results import Answer, OfFoot
from analyzer.data.view import View
from analyzer.metrics import smas
from analyzer.metrics.kind import full_speed
from analyzer.metrics.measure import measure
from analyzer.metrics.references import citations
from analyzer.metrics.run import Run
from analyzer.metrics.smas import ITEMS, Phase, Proposal
from analyzer.metrics.smas_scope import HINDERED, hindered
from analyzer.metrics.uncertainty.standard_error import evaluate

ITEM = {item.number: item for item in ITEMS}


def proposal(number: int, *rows: tuple[str, float, float], leaving: bool = False) -> Proposal:
    """Return what is proposed of the left side from numbers and their errors."""
    foot = "right" if leaving else "left"
    pooled = [OfFoot(metric, foot, 3, mean, se) for metric, mean, se in rows]
    return smas.proposed(ITEM[number], "left", pooled).proposal


@pytest.mark.parametrize(
    ("lean", "expected"), [(25.0, "yes"), (5.0, "no"), (15.5, "unclear"), (12.0, "unclear")]
)
def test_a_lean_is_proposed_as_far_as_it_is_clear_of_15_degrees(lean: float, expected: str) -> None:
    assert proposal(6, ("trunk_lean_touchdown", lean, 2.0)).value == expected


def test_the_surer_a_number_the_nearer_to_its_threshold_it_is_told() -> None:
    assert proposal(6, ("trunk_lean_touchdown", 17.0, 1.5)) is Proposal.UNCLEAR
    assert proposal(6, ("trunk_lean_touchdown", 17.0, 1.0)) is Proposal.YES


def test_a_trailing_leg_counts_as_extended_with_thigh_and_knee_together() -> None:
    def told(thigh: float, knee: float) -> Proposal:
        rows = ("thigh_angle_toe_off", thigh, 2.0), ("knee_flexion_toe_off", knee, 2.0)
        return proposal(1, *rows, leaving=True)

    assert told(-55, 2) is Proposal.YES
    assert told(-55, 30) is Proposal.NO  # far behind, and bent
    assert told(-20, 2) is Proposal.NO
    assert told(-55, 9) is Proposal.UNCLEAR
    only = proposal(1, ("thigh_angle_toe_off", -55, 2.0), leaving=True)
    assert only is Proposal.UNSEEN  # nothing tells the knee
    assert proposal(1, ("thigh_angle_toe_off", -20, 2.0), leaving=True) is Proposal.NO  # and nothing need


def test_a_trailing_leg_is_that_of_the_other_foot() -> None:
    rows = [OfFoot("thigh_angle_toe_off", "left", 3, -20, 2.0)]
    assert smas.proposed(ITEM[1], "right", rows).proposal is Proposal.NO
    assert smas.proposed(ITEM[1], "left", rows).proposal is Proposal.UNSEEN


@pytest.mark.parametrize(("tilt", "expected"), [(25, "yes"), (-25, "yes"), (1, "no"), (-9, "unclear")])
def test_a_foot_is_tilted_on_its_heel_or_on_its_forefoot(tilt: float, expected: str) -> None:
    assert proposal(11, ("foot_tilt", tilt, 2.0)).value == expected


def test_what_the_clip_does_not_give_is_not_proposed_and_says_why() -> None:
    scored = smas.proposed(
        ITEM[6], "left", [OfFoot("trunk_lean_touchdown", "left", 0, np.nan, np.nan, "fps")]
    )
    assert (scored.proposal, scored.why) == (Proposal.UNSEEN, "fps")
    assert smas.proposed(ITEM[6], "left", []).why == "foot"
    for number, why in ((3, "rotation"), (5, "pelvis"), (7, "pelvis")):
        scored = smas.proposed(ITEM[number], "left", [])
        assert (scored.proposal, scored.why) == (Proposal.UNSEEN, why)


def test_twelve_items_each_with_a_measure_or_a_reason_and_a_source() -> None:
    assert [item.number for item in ITEMS] == list(range(1, smas.POINTS + 1))
    for item in ITEMS:
        assert bool(item.limits) != bool(item.why)
        assert not item.why or item.why in smas.WHY
        assert all(limit.of.per_step for limit in item.limits)
    assert citations()[smas.SOURCE].read


def body(run: Run, **angles: float) -> Run:
    """Return the run with some of its angles held still."""
    held = {name: np.full(len(run.motion.time), value) for name, value in angles.items()}
    return replace(run, motion=replace(run.motion, angles=run.motion.angles | held))


def measured(run: Run, name: str, step: int = 4) -> float:
    return float(evaluate(smas.OWN[name], run)[step])


def test_the_own_measures_of_a_body_made_by_hand(regular: Run) -> None:
    step = regular.steps[4]  # the right foot lands, the left leg trails
    held = body(regular, left_shank=97.0, left_thigh=-22.0, right_foot=13.0)
    assert measured(held, "trailing_shank") == pytest.approx(97)
    assert measured(held, "trailing_thigh") == pytest.approx(-22)
    assert measured(held, "foot_tilt") == pytest.approx(13)
    m = regular.motion
    foot = smas.FOOT_OF_STATURE * m.leg_length / LEG_OF_STATURE
    heel = m.at(m.joint("right_heel")[:, 0] - m.com[:, 0], step.touchdown_s)
    assert measured(regular, "heel_gap") == pytest.approx(heel / foot, rel=0.03)


def test_the_knee_over_the_toes_as_the_hips_pass_the_ankle(analysis: Analysis) -> None:
    run = Run.of(analysis)
    step, m = run.steps[3], run.motion
    when = smas.over_ankle(run, step)
    hips = (m.joint("left_hip") + m.joint("right_hip")) / 2
    assert m.at(hips - m.joint(f"{step.side}_ankle"), when)[0] == pytest.approx(0, abs=5e-3)
    knee = m.at(m.joint(f"{step.side}_knee")[:, 0] - m.joint(f"{step.side}_foot_index")[:, 0], when)
    foot = smas.FOOT_OF_STATURE * m.leg_length / LEG_OF_STATURE
    assert measured(run, "knee_over_toes", 3) == pytest.approx(knee / foot, abs=0.01)


def test_the_moments_follow_each_other(analysis: Analysis) -> None:
    run = Run.of(analysis)
    for step in run.steps[2:6]:
        times = [smas.moment(run, step, phase) for phase in Phase]
        assert np.isfinite(times).all()
        assert times == sorted(times)
        knee = run.motion.angles[f"{step.side}_knee"]
        inside = (run.motion.time >= times[1]) & (run.motion.time <= times[3])
        assert run.angle(f"{step.side}_knee", times[2]) <= knee[inside].min() + 0.5


def test_the_number_of_a_foot_rests_on_its_own_steps(uneven: Run) -> None:
    found = measure(observed(true(uneven), 0), 24)
    assert {(row.metric, row.foot) for row in found.score} == {(n, s) for n in smas.ASKED for s in SIDES}
    lean = {row.foot: row for row in found.score if row.metric == "trunk_lean_touchdown"}
    row = next(row for row in found.summaries if row.metric == "trunk_lean_touchdown")
    for foot, mean in (("left", row.left_mean), ("right", row.right_mean)):
        assert lean[foot].mean == pytest.approx(mean)
        assert 0.5 * row.mean_se < lean[foot].se < 2 * row.mean_se + 1
    assert sum(row.n for row in lean.values()) == row.n


def test_at_other_than_a_steady_speed_nothing_is_proposed(analysis: Analysis) -> None:
    steps = {"left": 3, "right": 2}
    steady = smas.sheet(analysis, steps)
    assert {row.proposal for row in steady} > {Proposal.UNSEEN}
    run = Run.of(analysis)
    faster = [replace(s, foot=(s.foot[0] + 0.05 * s.number**2, s.foot[1])) for s in run.steps]
    gaining = smas.sheet(replace(analysis, steps=tuple(faster)), steps)
    assert {(row.proposal, row.why) for row in gaining} == {(Proposal.NONE, "acceleration")}
    for angle in (40.0, 80.0):
        aslant = replace(analysis, motion=replace(analysis.motion, view=View(angle, 5.0)))
        assert {row.why for row in smas.sheet(aslant, steps)} == {"view"}


@pytest.mark.parametrize(("kept", "why"), [(0.4, "run"), (0.8, "run"), (1.0, "")])
def test_of_a_run_below_full_speed_nothing_is_proposed(bare: Analysis, kept: float, why: str) -> None:
    slower = tuple(replace(s, foot=(kept * s.foot[0], s.foot[1])) for s in bare.steps)
    run = replace(bare, steps=slower)
    assert hindered(run) == why
    rows = smas.sheet(replace(run, answers=(Answer(6, "left", True),)), {})
    assert ({row.proposal for row in rows} == {Proposal.NONE}) == bool(why)
    assert not why or {row.why for row in rows} == {why}
    assert next(row.answer for row in rows if (row.item.number, row.side) == (6, "left"))
    assert not why or f"{full_speed():.1f} m/s" in HINDERED[why]


def test_where_the_clock_is_not_known_nothing_is_proposed_and_the_rate_is_asked_for(bare: Analysis) -> None:
    assert hindered(replace(bare, slow_motion=3.0)) == "slow_motion"
    assert "give the capture rate" in HINDERED["slow_motion"]
    assert hindered(replace(bare, ground_known=False)) == "unknown"


def test_points_and_their_word() -> None:
    answers = [Answer(n, "left", n < 5) for n in range(1, 13)] + [Answer(2, "right", True)]
    assert smas.points(answers, "left") == (12, 4)
    assert smas.points(answers, "right") == (1, 1)
    words = [smas.benchmark(total) for total in range(13)]
    assert words == [
        "excellent", "excellent", "good", "average", "average", "average", "poor",
        *["very poor"] * 5, "extremely poor",
    ]  # fmt: skip
