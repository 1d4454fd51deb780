"""The hand-drawn pictures of the report: the map, the push in time, its account, a contact, rising speed."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from summaries import summary

from analyzer.comparison.findings import findings
from analyzer.comparison.speed_trend_words import note
from analyzer.comparison.speed_trends import Course, Slope, courses
from analyzer.data.analysis import Analysis
from analyzer.data.results import Value
from analyzer.metrics import METRICS
from analyzer.metrics.run import Run
from analyzer.outputs.report import force, pushing, rising, step_charts, sticks
from analyzer.outputs.report.rising_words import rising as words
from analyzer.outputs.report.system_map import system_map


def texts(svg: str) -> list[str]:
    """Words of a drawing; that it can be parsed is a test of its own."""
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter() if node.tag == "text"]


def test_the_map_shows_seven_parts_and_four_links_with_their_numbers(bare: Analysis) -> None:
    rows = (
        summary("swing_way_in_contact", mean=61.0, mean_se=3.0),
        summary("arm_leg_lag", mean=-13.0, mean_se=2.0),
        summary("arm_leg_correlation", mean=0.99, mean_se=0.01),
        summary("single_leg_push", mean=48.0, mean_se=8.0),
        summary("whole_body_support", mean=52.0, mean_se=8.0),
    )
    svg = system_map(replace(bare, summaries=rows))
    found = texts(svg)
    for name in ("Push leg", "Swing leg", "Arms", "Torso", "Timing", "Balance", "Continuity"):
        assert name in found
    for name in ("arm–leg", "leg–leg", "push–swing", "trunk–push"):
        assert name in found
    assert {"61 ± 3 %", "13 ± 2°, arm ahead", "48 ± 8 %", "52 ± 8 %"} <= set(found)
    assert found.count("not seen") == 3
    assert 'class="link w4"' in svg


@pytest.mark.parametrize(("mean", "sign"), [(8.0, "● in"), (20.0, "▲ above 10"), (-9.0, "▼ below 5")])
def test_the_map_says_where_a_number_stands(bare: Analysis, mean: float, sign: str) -> None:
    row = summary("trunk_lean_mean", mean=mean, mean_se=1.0, reference_low=5.0, reference_high=10.0)
    drawn = system_map(replace(bare, summaries=(replace(row, reference_group="men"),)))
    assert any(text.startswith(sign) for text in texts(drawn))


def test_the_force_carries_the_impulse_of_its_contacts(analysis: Analysis) -> None:
    """What lies under a side's curve, in body weights times seconds, is what the metric says."""
    svg = force.force(analysis)
    row = analysis.summary("vertical_impulse")
    if not svg:
        pytest.fail("the hand-made runner has a modelled force")
    assert row is not None
    assert {"left foot", "right foot"} <= set(texts(svg))
    run = Run.of(analysis)
    share = np.linspace(0, 1, 201)
    sums = []
    for side in ("left", "right"):
        found = force._mean_curve(run, side, share)
        assert found is not None
        length, mean, sd, _ = found
        sums.append(float(np.trapezoid(mean, share * length)))
        assert (sd > 0).all()
    assert np.mean(sums) == pytest.approx(row.mean, rel=0.02)


def test_without_a_given_force_there_is_no_curve(bare: Analysis) -> None:
    assert force.force(bare) == ""
    assert force.account(bare) == ""
    assert pushing.pushes(bare) == []


def test_the_account_is_stacked_to_a_hundred(bare: Analysis) -> None:
    shares = {"single_leg_push": 48.0, "trunk_lift_share": 20.0, "arm_share": 40.0, "swing_share": -8.0}
    rows = tuple(summary(name, mean=mean, mean_se=5.0) for name, mean in shares.items())
    svg = force.account(replace(bare, summaries=rows))
    bars = {kind: float(w) for w, kind in re.findall(r'width="([\d.]+)" height="24.0" class="(\w+)"', svg)}
    assert bars["push"] / bars["arms"] == pytest.approx(48 / 40, abs=0.01)
    assert bars["swing"] / bars["trunk"] == pytest.approx(8 / 20, abs=0.01)
    assert texts(svg).count("not clear of its error") == 1
    together = tuple(summary(n, mean=m, mean_se=5.0) for n, m in
                     {"push_trunk_share": 68.0, "arm_share": 40.0, "swing_share": -8.0}.items())  # fmt: skip
    assert "push leg and trunk" in texts(force.account(replace(bare, summaries=together)))


def test_a_contact_is_shown_for_each_leg_with_what_the_others_did(analysis: Analysis) -> None:
    found = pushing.pushes(analysis)
    assert [push.side for push in found] == ["left", "right"]
    for push in found:
        assert push.times[0] == push.step.touchdown_s
        assert push.times[-1] == pytest.approx(push.step.toe_off_s)
        other = "right" if push.side == "left" else "left"
        assert push.words.startswith(f"While the {push.side} foot pushed, the {other} thigh made ")
        assert f"{other} thigh's" in texts(push.curves)


def test_what_grows_in_a_contact_ends_at_the_account(analysis: Analysis) -> None:
    """The stacked curves of all contacts end where the run's own shares are."""
    run = Run.of(analysis)
    stack = pushing._stack(run, [s for s in analysis.steps if math.isfinite(s.toe_off_s - s.touchdown_s)])
    assert stack is not None
    assert all(grown[0] == 0 for grown in stack.values())
    assert sum(grown[-1] for grown in stack.values()) == pytest.approx(100)
    for part, metric in (("push", "single_leg_push"), ("arms", "arm_share"), ("swing", "swing_share")):
        function = METRICS[metric].function
        assert function is not None
        assert stack[part][-1] == pytest.approx(function(run), abs=0.5)


@pytest.mark.parametrize(("dip", "told"), [(0.0, True), (0.02, True), (0.6, False)])
def test_when_the_push_grew_is_not_told_where_the_body_would_fall_faster_than_freely(
    analysis: Analysis, dip: float, told: bool
) -> None:
    """A foot only pushes up: what is lost faster than to gravity is smoothing, m/s, 10 ms after landing."""
    run = Run.of(analysis)
    steps = [s for s in analysis.steps if math.isfinite(s.toe_off_s - s.touchdown_s)]
    lost = sum(np.exp(-(((run.motion.time - s.touchdown_s - 0.01) / 0.005) ** 2)) for s in steps)
    hips = run.momenta.hips - dip * np.outer(lost, [0, 1])
    vars(run)["momenta"] = replace(run.momenta, hips=hips)
    assert (pushing._stack(run, steps) is not None) is told
    nominal = replace(run, scaled=False)  # without a scale nobody knows what gravity is
    vars(nominal)["momenta"] = run.momenta
    assert pushing._stack(nominal, steps) is not None


def test_a_stick_figure_runs_as_it_was_filmed(analysis: Analysis) -> None:
    t = analysis.steps[1].toe_off_s

    def reach(direction: int) -> float:
        scale = replace(analysis.calibration, direction=direction)
        svg = sticks.figure(replace(analysis, calibration=scale), t)
        first = re.findall(r'<polyline points="([^"]+)"', svg)[1]  # hip to toe of the far leg
        x = [float(pair.split(",")[0]) for pair in first.split()]
        return x[-1] - x[0]

    assert reach(1) == pytest.approx(-reach(-1), abs=0.2)
    assert abs(reach(1)) > 5


def _rising(bare: Analysis, gain: float) -> Analysis:
    speeds = np.linspace(6, 6 + 9 * gain, 10)
    uneven = 0.3 * np.resize([1.0, -0.5, -1.0, 0.6], 10)
    values = [
        value
        for k, (v, off) in enumerate(zip(speeds, uneven, strict=True), start=1)
        for value in (
            Value("step_speed", k, None, float(v), 0.1),
            Value("trunk_lean_mean", k, None, 50 - 4 * float(v) + float(off), 1.0),
            Value("arm_leg_phase", k, None, 5 + float(off), 1.0),
        )
    ]
    return replace(bare, values=tuple(values))


def test_rising_speed_is_drawn_for_each_relationship_with_its_verdict(bare: Analysis) -> None:
    run = _rising(bare, 0.44)
    found = texts(rising.chart(run, courses([run.values])))
    assert {"how far it leans", "arm behind leg", "speed of the step (m/s)"} <= set(found)
    fell = [text for text in found if text.startswith("fell")]
    assert len(fell) == 1
    size = re.match(r"fell ([\d.]+) ± [\d.]+° per m/s", fell[0])
    assert size is not None
    assert float(size[1]) == pytest.approx(4, abs=0.3)
    assert "level: no clear change" in found


def test_the_step_that_leaves_the_slower_ones_is_ringed(bare: Analysis) -> None:
    run = _rising(bare, 0.44)
    found = next(c for c in courses([run.values]) if c.metric == "trunk_lean_mean")
    course = replace(found, leaves_step=8, leaves_mps=9.1)
    svg = rising.chart(run, [course])
    assert svg.count('class="ring"') == 1
    assert rising.chart(run, [replace(course, leaves_step=None)]).count('class="ring"') == 0


@pytest.mark.parametrize(("away", "left"), [((13, 14), False), ((13, 14, 15, 16), True)])
def test_ring_sentence_note_and_finding_agree_on_what_left_the_slower_steps(
    bare: Analysis, away: tuple[int, ...], left: bool
) -> None:
    """Two odd steps among fast ones are beyond the scatter, and yet no change with speed."""
    uneven = 0.3 * np.resize([1.0, -0.5, -1.0, 0.6], 16)
    speeds = [Value("step_speed", k, None, 6 + 0.25 * k, 0.1) for k in range(1, 17)]
    leans = [
        Value("trunk_lean_mean", k, None, 10 + float(off) + 5.0 * (k in away), 1.0)
        for k, off in enumerate(uneven, start=1)
    ]
    run = replace(bare, values=(*speeds, *leans))
    found = courses([run.values])
    assert (next(c for c in found if c.metric == "trunk_lean_mean").leaves_step == 13) == left
    assert rising.chart(run, found).count('class="ring"') == left
    assert ("First beyond the scatter" in words(found, Slope(), speeds)) == left
    said = note(run.values)
    assert said is not None
    assert ("left its baseline in steps 13 and 14" in said.message) == left
    assert any("beyond the scatter" in f.text for f in findings(run)) == left


def _course(level: Slope, *, low: float = 6.0, high: float = 8.0) -> Course:
    return Course("trunk_lean_mean", 10, 1, low, high, level, Slope(), 7.1, 5)


def _speeds(start: float, gain: float) -> tuple[Value, ...]:
    return tuple(Value("step_speed", k, None, start + gain * k, 0.3) for k in range(1, 11))


def test_rising_speed_in_words() -> None:
    level = Slope(-4.0, -5.0, -3.0, 0.001)
    found = [_course(level), _course(level, low=5.5, high=7.5), _course(Slope(), low=1.0)]
    growth = Slope(0.1, math.nan, math.nan)
    slower = words(found, growth, _speeds(8.0, -0.2))
    assert slower.startswith("The run got slower on the whole")
    assert "Between 5.5 and 8.0 m/s these changed by more than their error: torso" in slower
    assert "First beyond the scatter of the slower steps: torso, from 7.1 m/s (step 5)." in slower
    assert "slower on the whole" not in words(found, growth, _speeds(6.0, 0.2))
    assert "nan" not in slower
    assert words(found[2:], growth, _speeds(6.0, 0.2)) == ""


def test_left_against_right_is_told_by_one_rule(bare: Analysis) -> None:
    """Clear by its own interval is not clear among so many; an arm is not compared at all."""
    apart = {"mean": 0.1, "difference": 0.01}
    rows = (
        summary("contact_time", **apart, difference_ci_low=0.006, difference_ci_high=0.014),
        summary("flight_time", **apart, difference_ci_low=0.001, difference_ci_high=0.019),
        summary(
            "shoulder_range", mean=100.0, difference=60.0, difference_ci_low=50.0, difference_ci_high=70.0
        ),
    )
    svg = step_charts.sides(replace(bare, summaries=rows))
    assert re.findall(r'class="small bold">([^<]+)', svg) == ["Contact time"]
    assert "Shoulder range" not in svg


def test_a_chart_of_steps_shows_the_range_and_whether_it_was_read(bare: Analysis) -> None:
    values = tuple(Value("contact_time", s.number, s.side, 0.13, 0.01) for s in bare.steps)
    row = summary("contact_time", mean=0.13, mean_se=0.004, reference_low=0.085, reference_high=0.110)
    read = step_charts.per_step(replace(bare, values=values, summaries=(row,)), "contact_time")
    assert "grey: published" in texts(read)
    unread = replace(row, reference_verified=False)
    again = step_charts.per_step(replace(bare, values=values, summaries=(unread,)), "contact_time")
    assert "grey: published, unverified" in texts(again)
    for side, mark in (("left", "<circle"), ("right", '<rect class="right dot"')):
        marks = re.findall(r"<(?:circle|rect)[^>]*>", read)
        kinds = [m for m in marks if side in m.split('class="')[-1]]
        assert len(kinds) == sum(s.side == side for s in bare.steps)
        assert {m.split()[0] for m in kinds} == {mark.split()[0]}  # told apart without colours
    assert step_charts.per_step(replace(bare, values=values[:1]), "contact_time") == ""
