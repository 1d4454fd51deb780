from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from analyzer.comparison.findings import MOST, beyond_unchecked, compared, findings
from analyzer.comparison.speed_trends import REPRESENTS
from analyzer.data.results import Summary, Value
from analyzer.data.view import View
from analyzer.metrics import METRICS
from analyzer.metrics.breaking import BREAKS
from analyzer.metrics.references import unsure_groups

NAN = float("nan")


def row(metric: str, mean: float, se: float, low: float = NAN, high: float = NAN, **other: Any) -> Summary:
    facts = METRICS[metric]
    plain = Summary(
        metric, facts.label, facts.relationship.value, facts.unit.symbol, 8, mean, se, se, mean, mean, 0.0,
        -4 * se, 4 * se, facts.evidence.value, low, high, "trained men sprinters, Somebody 2000", "",
    )  # fmt: skip
    return replace(plain, **other)


def values(metric: str, numbers: list[float]) -> list[Value]:
    return [Value(metric, k + 1, "left" if k % 2 else "right", x, 0.01) for k, x in enumerate(numbers)]


def run(rows: list[Summary], numbers: list[Value] | None = None) -> Any:
    steps = tuple(
        SimpleNamespace(number=v.step, touchdown_s=float(v.step or 0), toe_off_s=(v.step or 0) + 0.1)
        for v in numbers or []
    )
    motion = SimpleNamespace(near_side="right", view=View())
    return SimpleNamespace(summaries=tuple(rows), values=tuple(numbers or []), steps=steps, motion=motion)


def test_nothing_stands_out_of_an_ordinary_run() -> None:
    assert findings(run([row("contact_time", 0.103, 0.003, 0.095, 0.110)])) == []


def test_outside_the_range_but_within_the_error_is_nothing() -> None:
    assert findings(run([row("contact_time", 0.113, 0.003, 0.095, 0.110)])) == []


def test_outside_the_range_beyond_the_error_is_told_with_its_evidence() -> None:
    late = values("thigh_switch_time", [0.020, 0.024, 0.035, 0.021])
    found = findings(run([row("thigh_switch_time", 0.025, 0.003, -0.010, 0.015)], late))
    assert len(found) == 1
    first = found[0]
    assert "above" in first.title
    assert "25 ± 3 ms" in first.text
    assert "15 ms" in first.text
    assert "cannot tell why" in first.text
    assert (first.step, first.time_s, first.value, first.sd) == (3, 3.0, 0.025, 0.003)
    assert first.relationship.value == "Timing between steps"


def test_at_most_three_the_furthest_outside_first_one_a_relationship() -> None:
    rows = [
        row("contact_time", 0.130, 0.003, 0.095, 0.110),
        row("flight_time", 0.080, 0.003, 0.115, 0.130),
        row("trunk_lean_mean", 20, 1, 3, 10),
        row("toe_off_distance", -1.2, 0.003, -0.6, -0.45),
        row("thigh_switch_time", 0.030, 0.004, -0.010, 0.015),
    ]
    found = findings(run(rows))
    assert len(found) == MOST
    assert [f.strength for f in found] == sorted((f.strength for f in found), reverse=True)
    assert len({f.relationship for f in found}) == MOST
    assert found[0].metric == "toe_off_distance"


def test_no_finding_rests_on_a_range_that_is_unsure() -> None:
    assert findings(run([row("peak_thigh_speed", 300, 10, 650, 850)])) == []


def test_no_finding_rests_on_a_group_of_no_known_level_or_of_a_few_athletes() -> None:
    assert any("few of the fastest" in group for group in unsure_groups())
    for group in unsure_groups():
        assert findings(run([row("step_frequency", 4.6, 0.05, 3.7, 4.2, reference_group=group)])) == []
    assert len(findings(run([row("step_frequency", 4.6, 0.05, 3.7, 4.2)]))) == 1


def test_the_hidden_arm_makes_no_finding() -> None:
    apart = row("shoulder_range", 75, 3, difference=60, difference_ci_low=50, difference_ci_high=70)
    assert findings(run([apart], values("shoulder_range", [105.0, 45.0] * 5))) == []


def test_a_difference_must_be_clear_because_many_are_looked_at() -> None:
    ten = values("contact_time", [0.1, 0.11] * 5)
    barely = row(
        "contact_time", 0.105, 0.003, difference=0.010, difference_ci_low=0.001, difference_ci_high=0.019
    )
    clearly = replace(barely, difference_ci_low=0.006, difference_ci_high=0.014)
    assert findings(run([barely], ten)) == []
    found = findings(run([clearly], ten))
    assert found[0].title == "Contact time: left more than right"
    assert "10 ms" in found[0].text
    assert "The left side was the far one" in found[0].text
    assert "each direction" in found[0].text


def test_what_is_read_at_toe_off_is_shown_at_toe_off() -> None:
    far = values("toe_off_distance", [-0.9] * 4)
    found = findings(run([row("toe_off_distance", -0.9, 0.02, -0.6, -0.45)], far))
    assert found[0].time_s == 1.1
    assert found[0].text.startswith("\N{MINUS SIGN}0.90 ± 0.02 m over 8 values")


def test_a_step_that_breaks_the_row_shows_no_finding() -> None:
    long = values("contact_time", [0.130, 0.132, 0.131, 0.190, 0.130])
    odd = [replace(v, flags=(BREAKS,)) if v.value == 0.190 else v for v in long]
    outside = row("contact_time", 0.131, 0.003, 0.095, 0.110)
    assert [f.step for f in findings(run([outside], long))] == [4]
    assert [f.step for f in findings(run([outside], odd))] == [2]


def test_a_range_that_was_not_read_in_its_source_makes_no_finding() -> None:
    read = row("contact_time", 0.120, 0.003, 0.095, 0.110)
    unread = replace(row("trunk_lean_mean", 20, 1, 3, 10), reference_verified=False)
    (only,) = findings(run([read, unread]))
    assert only.title == "Contact time above the published range"
    assert compared(run([read, unread])) == ((read.label,), ())
    assert beyond_unchecked(run([read, unread])) == ([METRICS["trunk_lean_mean"].label], 1)
    near = replace(unread, mean=11)  # by one standard error only
    assert beyond_unchecked(run([read, near])) == ([], 1)


def test_what_leaves_the_slower_steps_scatter_is_told_with_its_step() -> None:
    """A lean that stays within half a degree up to 8 m/s and then falls by four for each m/s."""
    speed = np.linspace(6, 10, 21)
    draw = np.random.default_rng(2)
    lean = 12 - 4 * np.clip(speed - 8, 0, None) + 0.3 * draw.standard_normal(len(speed))
    numbers = [*values("step_speed", speed.tolist()), *values("trunk_lean_mean", lean.tolist())]
    found = [f for f in findings(run([], numbers)) if f.metric == "trunk_lean_mean"]
    assert [f.title for f in found] == ["Mean trunk lean fell with speed"]
    assert found[0].step is not None
    assert 8.0 < speed[found[0].step - 1] < 9.0
    assert found[0].time_s == found[0].step
    assert "beyond the scatter of the slower steps" in found[0].text


def test_scatter_that_grows_with_speed_is_told_without_a_cause() -> None:
    draw = np.random.default_rng(0)
    speed = np.linspace(6, 10, 20)
    numbers = [
        Value("step_speed", k + 1, "left" if k % 2 else "right", float(v), 0.1) for k, v in enumerate(speed)
    ]
    for name in REPRESENTS.values():
        for k, v in enumerate(speed):
            size = 0.3 * np.exp(0.6 * (v - 6))
            numbers.append(
                Value(
                    name, k + 1, "left" if k % 2 else "right", float(10 + size * draw.standard_normal()), 0.1
                )
            )
    found = findings(run([], numbers))
    assert len(found) == 1
    assert "cannot be told from step number or fatigue" in found[0].text


def test_what_was_compared_is_counted() -> None:
    ten = values("contact_time", [0.1] * 10)
    ranged = row("trunk_lean_mean", 8.0, 1.0, 5.0, 10.0)
    sided = row("contact_time", 0.1, 0.002)
    unsure = row("peak_thigh_speed", 300, 10, 650, 850)
    check = row("foot_slip", 0.1, 0.01, 0.0, 1.0)
    assert compared(run([ranged, sided, unsure, check], ten)) == ((ranged.label,), (sided.label,))
    assert compared(run([ranged, sided, unsure, check])) == ((ranged.label,), ())
    assert compared(run([sided])) == ((), ())


def test_checks_and_interpretations_are_no_findings() -> None:
    rows = [row("foot_slip", 2.0, 0.01, 0.0, 0.3), row("fastest_apart", 0.08, 0.001, 0.0, 0.01)]
    assert findings(run(rows)) == []


def test_the_wording_stays_with_what_a_video_shows() -> None:
    rows = [row(name, 1e3, 0.1, 1.0, 2.0) for name in METRICS]
    rows += [
        row(name, 1.0, 0.1, difference=5.0, difference_ci_low=4.5, difference_ci_high=5.5) for name in METRICS
    ]
    text = ""
    for one in rows:
        for f in findings(run([one], values(one.metric, [1.0] * 8))):
            text += f"{f.title} {f.text} "
    assert len(text) > 5000
    assert not re.search(
        r"\b(weak|leak|injur|faster if|should\b|must\b|bad\b|poor|fault)", text, re.IGNORECASE
    )
