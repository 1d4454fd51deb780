"""The system map's numbers: which one stands for a part, where it stands, and how tight a link is."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from summaries import summary

from analyzer.comparison.findings import place
from analyzer.comparison.standing import AROUND, PUSH, links, standings
from analyzer.data.analysis import Analysis
from analyzer.data.results import Value
from analyzer.metrics import METRICS
from analyzer.metrics.references import unsure_groups


def test_every_part_is_asked_for_metrics_that_exist() -> None:
    for part in (PUSH, *AROUND):
        assert {asked.metric for asked in part.asked} <= set(METRICS)
    assert len(AROUND) == 6


def test_the_first_number_that_is_given_stands_for_a_part(bare: Analysis) -> None:
    rows = (
        summary("peak_thigh_speed", mean=700.0, mean_se=20.0),
        summary("swing_thigh_touchdown", mean=-12.0, mean_se=2.0),
    )
    _, around = standings(replace(bare, summaries=rows))
    swing = around[0]
    assert (swing.metric, swing.mean, swing.words) == ("swing_thigh_touchdown", 12.0, "behind at landing")
    assert {one.place for one in around[1:]} == {"unseen"}
    unclear = replace(bare, summaries=(replace(rows[1], mean_se=9.0),))
    assert standings(unclear)[1][0].mean == -12.0


@pytest.mark.parametrize(
    ("mean", "low", "high", "told"),
    [
        (-12.0, -25.0, -15.0, (12.0, "below", 15.0, 25.0)),
        (-12.0, -8.0, 4.0, (-12.0, "below", -8.0, 4.0)),
        (-12.0, 5.0, 10.0, (-12.0, "below", 5.0, 10.0)),
        (12.0, -20.0, 4.0, (12.0, "above", -20.0, 4.0)),
    ],
)
def test_a_range_is_turned_with_its_number(
    bare: Analysis, mean: float, low: float, high: float, told: tuple[float, str, float, float]
) -> None:
    """A lean backward is told without its sign where its range can be, too."""
    row = summary("trunk_lean_mean", mean=mean, mean_se=0.5, reference_low=low, reference_high=high)
    torso = standings(replace(bare, summaries=(row,)))[1][2]
    assert (torso.mean, torso.place, torso.low, torso.high) == told


@pytest.mark.parametrize(
    ("mean", "verified", "group", "found"),
    [
        (8.0, True, "men", "inside"),
        (11.0, True, "men", "edge"),
        (13.0, True, "men", "above"),
        (2.0, True, "men", "below"),
        (13.0, False, "men", "no range"),
        (8.0, True, unsure_groups()[0], "no range"),
    ],
)
def test_where_a_number_stands(mean: float, verified: bool, group: str, found: str) -> None:
    row = summary("trunk_lean_mean", mean=mean, mean_se=1.0, reference_low=5.0, reference_high=10.0)
    assert place(replace(row, reference_verified=verified, reference_group=group)) == found


def test_where_no_range_is_there() -> None:
    assert place(summary("trunk_lean_mean", mean=8.0, mean_se=1.0)) == "no range"


def test_how_tightly_parts_kept_together(bare: Analysis) -> None:
    rows = (
        summary("arm_leg_lag", mean=60.0, mean_se=2.0),
        summary("arm_leg_correlation", mean=0.9, mean_se=0.01),
        summary("anti_phase_share", mean=80.0, mean_se=4.0),
        summary("push_swing_lag", mean=-0.06, mean_se=0.01),
        summary("step_time", mean=0.24, mean_se=0.01),
    )
    arm, leg, push, trunk = links(replace(bare, summaries=rows))
    assert arm.tight == pytest.approx(0.45)
    assert leg.tight == 0.8
    assert push.tight == pytest.approx(0.75)
    assert push.mean == 0.06
    assert "before" in push.told
    assert not trunk.seen


@pytest.mark.parametrize(
    ("mean", "when", "ways"),
    [
        (9.0, " after ", ("arm behind", "swing later")),
        (-9.0, " before ", ("arm ahead", "swing earlier")),
        (3.0, " before or after ", ("", "")),
        (-3.0, " before or after ", ("", "")),
    ],
)
def test_which_way_a_delay_is_told_where_it_is_clear(
    bare: Analysis, mean: float, when: str, ways: tuple[str, str]
) -> None:
    rows = (
        summary("arm_leg_lag", mean=mean, mean_se=2.0),
        summary("push_swing_lag", mean=mean / 1000, mean_se=0.002),
        summary("step_time", mean=0.24, mean_se=0.01),
    )
    arm, _, push, _ = links(replace(bare, summaries=rows))
    assert when in push.told
    assert (arm.way, push.way) == ways
    told = abs(mean) if ways[0] else mean
    assert (arm.mean, push.mean) == (told, told / 1000)


def test_a_trunk_that_noise_alone_would_turn_as_far_is_still(bare: Analysis) -> None:
    values = tuple(Value("trunk_turn_in_contact", k, "left", math.nan, math.nan, ("floor",)) for k in (1, 2))
    still = links(replace(bare, values=values))[3]
    assert (still.still, still.seen) == (True, True)
    assert math.isnan(still.tight)  # no turn larger than noise does not show two parts kept together
    unknown = links(replace(bare, values=tuple(replace(v, flags=("fps",)) for v in values)))[3]
    assert not unknown.seen


def test_a_link_is_one_number_in_every_clip(bare: Analysis) -> None:
    """How alike two curves are is no number of degrees, and hips with shoulders are not the push."""
    rows = tuple(
        summary(name, mean=0.9, mean_se=0.1)
        for name in ("arm_leg_phase", "arm_leg_correlation", "hip_shoulder_coherence")
    )
    arm, _, _, trunk = links(replace(bare, summaries=rows))
    assert not arm.seen
    assert not trunk.seen


@pytest.mark.parametrize(
    ("angle", "low", "high", "words"),
    [
        (1.1, -0.0003, 0.0077, "left foot down longer, not clear"),
        (1.1, 0.003, 0.0047, "left foot down longer"),
        (-1.1, -0.0047, -0.003, "right foot down longer"),
    ],
)
def test_the_foot_that_is_down_longer_is_told_in_milliseconds_and_by_the_one_rule(
    bare: Analysis, angle: float, low: float, high: float, words: str
) -> None:
    """A symmetry angle of 1.1 % are 3.5 % of a contact."""
    rows = (
        summary("contact_symmetry", mean=angle, mean_se=0.5),
        summary("contact_time", mean=0.11, mean_se=0.003, difference_ci_low=low, difference_ci_high=high),
    )
    balance = standings(replace(bare, summaries=rows))[1][4]
    assert (balance.metric, balance.words) == ("contact_time", words)
    assert balance.mean == pytest.approx(0.0038, abs=2e-4)
    assert balance.se == pytest.approx(0.00173, abs=2e-5)
    without = standings(replace(bare, summaries=rows[:1]))[1][4]
    assert without.place == "unseen"
