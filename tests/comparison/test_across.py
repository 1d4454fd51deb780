"""Runs from the front held against each other: changed only where runs were repeated, or a baseline tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import hypot, isnan

import pytest
from coming import Comer, measured
from frontal_runs import NUMBERS, found, made

from analyzer.comparison import description, map_change
from analyzer.comparison.across import of_frontal
from analyzer.comparison.baseline import make, run_facts
from analyzer.comparison.repeatability import FEWEST_RUNS, MANY
from analyzer.comparison.runs import compare
from analyzer.data.analysis import Analysis
from analyzer.errors import ConfigError, ViewError
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Frontal


def run(seed: int, name: str = "", **changes: float) -> Frontal:
    """Return a run of markers."""
    ran = measured(Comer(**changes).seen(noise_m=0.004, seed=seed), athlete_name="Ann")
    return replace(ran, name=name or f"run{seed}")


@pytest.fixture(scope="module")
def before() -> tuple[Frontal, Frontal]:
    return run(0), run(1)


@pytest.fixture(scope="module")
def wider() -> tuple[Frontal, Frontal]:
    """Runs whose feet land wider by 0.04 m each, and nothing else."""
    return tuple(run(seed, left_foot=0.10, right_foot=0.08) for seed in (2, 3))  # type: ignore[return-value]


def verdicts(*runs: Frontal, **how: object) -> dict[tuple[str, str], str]:
    return {(c.metric, c.of): c.verdict for c in compare(*runs, **how).changes}  # type: ignore[arg-type]


def test_what_was_not_repeated_has_not_changed(
    before: tuple[Frontal, Frontal], wider: tuple[Frontal, Frontal]
) -> None:
    told = verdicts(before[0], wider[0])
    assert told["step_width", "mean"] == told["foot_from_midline", "mean"] == "beyond this clip's error"
    assert "changed" not in told.values()
    assert told["trunk_sway", "mean"] == told["foot_from_midline", "left minus right"] == "not established"
    assert told["step_rate", "mean"] == "not established"
    assert {"left minus right"} & {of for name, of in told if MEASURES[name].sided}
    assert not {of for name, of in told if not MEASURES[name].sided} - {"mean"}


def test_repeated_runs_tell_a_change(before: tuple[Frontal, Frontal], wider: tuple[Frontal, Frontal]) -> None:
    told = compare(*before, *wider, before=2)
    (width,) = [c for c in told.changes if c.metric == "step_width"]
    assert width.verdict == "changed"
    assert width.basis == "runs"
    leg = 0.93  # of the stick runner, m
    assert width.ci_low < 100 * 0.08 / leg < width.ci_high
    assert {c.verdict for c in told.changes if c.metric in ("trunk_sway", "knee_lift", "step_rate")} == {
        "not established"
    }
    assert told.alike
    assert told.trends == told.sides == ()


def test_a_baseline_tells_a_change(before: tuple[Frontal, Frontal], wider: tuple[Frontal, Frontal]) -> None:
    own = make([run_facts(one) for one in before])
    assert verdicts(before[0], wider[0], baseline=own)["step_width", "mean"] == "changed"
    squad = make([run_facts(one) for one in wider])  # of one kind whatever the numbers are
    assert {row.view for row in squad.ranges} == {"front"}


def test_a_baseline_of_another_view_tells_nothing(
    analysis: Analysis, before: tuple[Frontal, Frontal]
) -> None:
    rear = [replace(run_facts(one), view="rear") for one in before]
    own = make([*rear, run_facts(analysis)])
    assert {row.view for row in own.ranges} == {"rear", "side"}
    assert own.scatter("step_width", before) is None
    assert own.scatter("step_width", [*before, analysis]) is None
    assert "changed" not in verdicts(*before, baseline=own).values()


def test_enough_runs_give_a_range(before: tuple[Frontal, Frontal]) -> None:
    one = run_facts(before[0])
    days = [
        replace(one, day=date(2026, 1, i + 1), means={"step_width": (10.0 + i, 1.0)})
        for i in range(FEWEST_RUNS)
    ]
    (row,) = make(days).ranges
    assert row.low < 10 < row.median < 10 + FEWEST_RUNS - 1 < row.high
    assert row.whose == f"Ann's own {FEWEST_RUNS} runs from the front"


def test_front_and_side_are_not_compared(analysis: Analysis, before: tuple[Frontal, Frontal]) -> None:
    for runs in ((analysis, before[0]), (before[0], analysis)):
        with pytest.raises(ViewError, match="run0 is filmed from the front, not from the side") as told:
            compare(*runs)
        assert "one view" in told.value.fix
    with pytest.raises(ConfigError, match="Nothing to compare"):
        compare(before[0])


def test_errors_that_every_clip_shares_drop_out_only_where_all_were_filmed_alike() -> None:
    one, other = made(), made(angle_deg=-84.0)
    assert compare(one, one).alike
    mixed = compare(one, other)
    assert not mixed.alike
    assert "both_views" in [note.code for note in mixed.notes]
    whole = {c.metric: c.first_se for c in mixed.changes if c.of == "mean"}
    part = {c.metric: c.first_se for c in compare(one, one).changes if c.of == "mean"}
    assert whole == pytest.approx({name: NUMBERS[name][1] for name in whole})
    assert all(part[name] == pytest.approx(0.6 * whole[name]) for name in part)


def test_numbers_and_errors_are_those_of_the_run() -> None:
    ran = made(found=found(without=("hand_across",)))
    known = of_frontal(ran, systematic=True)
    assert "hand_across" not in known
    knee = known["knee_inward"]
    left, right = ran.get("knee_inward", "left"), ran.get("knee_inward", "right")
    assert knee.difference == pytest.approx(left.mean - right.mean)
    assert knee.difference_se == pytest.approx(hypot(left.se, right.se))
    assert 5 < knee.difference_freedom < MANY
    assert isnan(known["step_width"].difference)
    # A scatter larger than the whole error: all of it rests on the stances.
    wild = replace(ran.get("step_width"), scatter=100.0, n=4)
    alone = of_frontal(replace(ran, found=(wild,)), systematic=False)["step_width"]
    assert alone.mean_freedom == pytest.approx(3)


def test_it_is_told_in_words(before: tuple[Frontal, Frontal], wider: tuple[Frontal, Frontal]) -> None:
    lines = description.describe(compare(before[0], wider[0]))
    text = "\n".join(lines)
    assert "On the system map: Balance differs: step width, of leg length " in text
    assert description.HIDDEN_ACROSS in lines
    assert description.HIDDEN not in lines
    assert "No run was repeated, so how much Ann differs" in text
    named = {name for names in map_change.PARTS_ACROSS.values() for name in names}
    assert named <= set(MEASURES)


def test_several_athletes_have_not_changed(before: tuple[Frontal, Frontal]) -> None:
    other = replace(before[1], config=before[1].config.changed({"athlete_name": "Ben"}))
    codes = [note.code for note in compare(before[0], other).notes]
    assert "different_athletes" in codes
