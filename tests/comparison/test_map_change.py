"""What differs on two system maps: one number a part, the first that both runs give."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from summaries import summary

from analyzer.comparison.hypotheses import stand_together
from analyzer.comparison.map_change import LINKS, PARTS, on_map, sentences
from analyzer.comparison.repeatability import Repeat, Shift, held, shift
from analyzer.comparison.standing import links
from analyzer.data.analysis import Analysis
from analyzer.data.results import Value
from analyzer.metrics import METRICS


def moved(before: float, after: float, se: float) -> Shift:
    return shift([Repeat("any", before, se)], [Repeat("any", after, se)])


def test_a_part_is_told_by_the_first_number_that_both_runs_give() -> None:
    first, second, *_ = PARTS["Swing leg"]
    shifts = {second: moved(40.0, 60.0, 1.0), "thigh_switch_time": moved(0.001, 0.0015, 0.001)}
    found = {one.name: one for one in on_map(shifts)}
    assert list(found) == [*PARTS, *LINKS]
    assert (found["Swing leg"].metric, found["Swing leg"].moved) == (second, True)
    assert (found["Timing"].seen, found["Timing"].moved) == (True, False)
    assert not found["Torso"].seen
    both = {one.name: one for one in on_map({**shifts, first: moved(70.0, 70.1, 1.0)})}
    assert (both["Swing leg"].metric, both["Swing leg"].moved) == (first, False)


def test_what_differs_is_said_with_both_numbers_and_the_rest_by_name() -> None:
    found = on_map({"shoulder_range": moved(100.0, 70.0, 2.0), "contact_symmetry": moved(0.0, 0.5, 1.0)})
    differs, control, alike, unseen = sentences(found)
    assert differs.startswith("Arms differs: shoulder range 100")
    assert "70" in differs
    assert control == "All 2 numbers of the map share one control for chance."
    assert alike == "No difference beyond the error: Balance."
    assert {"Push leg", "arm–leg"} <= set(unseen.removeprefix("Not given in both: ").rstrip(".").split(", "))


def test_all_looks_share_one_control_for_chance() -> None:
    parts = [name for name, metrics in PARTS.items() if metrics][:5]
    shifts = {PARTS[name][0]: moved(0.0, 0.1, 1.0) for name in parts[2:]}
    shifts[PARTS[parts[0]][0]] = moved(0.0, 9.0, 1.0)
    shifts[PARTS[parts[1]][0]] = moved(0.0, 3.1, 1.0)  # p = 0.028: one of four that are left, so 0.11
    found = {one.name: one for one in on_map(shifts)}
    assert [found[name].moved for name in parts] == [True, False, False, False, False]
    assert [found[name].alone for name in parts] == [False, True, False, False, False]
    (said,) = (line for line in sentences(list(found.values())) if "chance leaves among 5" in line)
    assert parts[1] in said
    assert not any(name in said for name in parts if name != parts[1])
    two = {one.name: one for one in on_map({m: s for m, s in shifts.items() if s.value > 1})}
    assert [two[name].moved for name in parts[:2]] == [True, True]


def test_where_nothing_differs_no_chance_is_told() -> None:
    assert "chance" not in " ".join(sentences(on_map({"shoulder_range": moved(100.0, 100.0, 2.0)})))
    (said, _) = sentences(on_map({"shoulder_range": moved(100.0, 70.0, 2.0)}))
    assert "Arms differs" in said


@given(st.lists(st.floats(0, 1), max_size=12))
def test_looks_stand_in_the_order_of_their_chances(p: list[float]) -> None:
    stand = stand_together(p)
    assert all(one * len(p) < 0.05 for one in [min(p, default=1.0)] if any(stand))
    assert all(one < 0.05 for one, stands in zip(p, stand, strict=True) if stands)
    assert all(
        a or not b for x, a in zip(p, stand, strict=True) for y, b in zip(p, stand, strict=True) if x < y
    )
    assert all(stands for one, stands in zip(p, stand, strict=True) if one * len(p) < 0.05)


def test_links_are_those_of_the_map(bare: Analysis) -> None:
    assert {metric for names in LINKS.values() for metric in names} <= set(METRICS)
    assert [link.name for link in links(bare)] == list(LINKS)
    asked = {metric for names in LINKS.values() for metric in names}
    rows = tuple(summary(metric, mean=0.5, mean_se=0.01) for metric in (*sorted(asked), "step_time"))
    for link in links(replace(bare, summaries=rows)):
        assert link.seen
        assert link.metric in LINKS[link.name]


@pytest.mark.parametrize(
    ("metric", "why", "counts"),
    [
        ("lean_unevenness", "floor", True),
        ("trunk_excursion", "floor", True),
        ("trunk_excursion", "noise", False),
    ],
)
def test_what_is_no_larger_than_noise_is_held_against_what_is(metric: str, why: str, counts: bool) -> None:
    values = [Value(metric, None, None, float("nan"), float("nan"), (why,))]
    nothing = [summary(metric)]
    assert held(values, nothing) == ([metric] if counts else [])
    assert held([], nothing) == []
    assert held([], [summary(metric, mean=1.0)]) == [metric]
