from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.body.skeleton import Side
from analyzer.comparison.speed_trend_words import describe_course, note
from analyzer.comparison.speed_trends import EVENNESS, REPRESENTS, courses, pooled_scatter
from analyzer.data.results import Value
from analyzer.metrics import METRICS
from analyzer.metrics.breaking import BREAKS


def values(
    speed: Array, *, slope: float = 0.0, noise: float | Array = 1.0, seed: int = 0, level: float = 10.0
) -> list[Value]:
    """Step speeds (noisy, as measured) and every relationship's metric with this slope and scatter."""
    draw = np.random.default_rng(seed)
    found = []
    for k, v in enumerate(speed):
        side: Side = "left" if k % 2 else "right"
        found.append(Value("step_speed", k + 1, side, float(v + 0.15 * draw.standard_normal()), 0.2))
    for name in dict.fromkeys((*REPRESENTS.values(), *EVENNESS)):
        sd = noise * np.ones(len(speed))
        for k, v in enumerate(speed):
            side = "left" if k % 2 else "right"
            x = level + slope * (v - speed.mean()) + 2 * (k % 2) + sd[k] * draw.standard_normal()
            found.append(Value(name, k + 1, side, float(x), 0.5))
    return found


RISING = np.linspace(6, 10, 16)


def test_a_course_with_speed_is_found_with_its_size() -> None:
    course = courses([values(RISING, slope=3.0)], ["thigh_switch_time"])[0]
    assert course.level.established
    assert course.level.low < 3 < course.level.high
    assert course.steps == 16
    assert course.speed_high_mps - course.speed_low_mps == pytest.approx(4, abs=0.5)


def test_no_course_is_called_one_hardly_more_often_than_the_interval_says() -> None:
    seen = [c for seed in range(60) for c in courses([values(RISING, seed=seed)])]
    assert np.mean([c.level.established for c in seen]) < 0.09
    assert np.mean([c.scatter.established for c in seen]) < 0.12


def test_scatter_that_grows_is_found_when_the_relationships_are_taken_together() -> None:
    growing = 0.4 * np.exp(0.5 * (RISING - 6))
    found = [pooled_scatter([values(RISING, noise=growing, seed=seed)]) for seed in range(20)]
    assert np.mean([s.established and s.value > 0 for s in found]) > 0.9
    even = [pooled_scatter([values(RISING, seed=seed)]) for seed in range(60)]
    assert np.mean([s.established for s in even]) < 0.12


def test_nothing_is_said_of_scatter_over_speeds_that_are_not_known_apart() -> None:
    """Steps whose speeds scatter by 1.4 m/s, as of a shaking camera: their smooth course is no range."""
    draw = np.random.default_rng(0)
    growing = 0.2 * np.exp(2.5 * np.linspace(0, 1.2, 24))
    for seed in range(10):
        made = values(np.linspace(7.3, 7.8, 24), noise=growing, seed=seed)
        shaken = [
            replace(v, value=v.value + 1.4 * draw.standard_normal()) if v.metric == "step_speed" else v
            for v in made
        ]
        assert np.isnan(pooled_scatter([shaken]).value)
        assert all(np.isnan(c.level.value) for c in courses([shaken]))


@pytest.mark.parametrize(
    "names", [("trunk_lean_mean",), ("contact_time", "step_time", "step_length", "trunk_lean_mean")]
)
def test_nothing_is_said_of_all_relationships_where_few_were_seen(names: tuple[str, ...]) -> None:
    growing = 0.4 * np.exp(0.5 * (RISING - 6))
    seen = [v for v in values(RISING, noise=growing) if v.metric in ("step_speed", *names)]
    assert np.isnan(pooled_scatter([seen]).value)


def test_two_runs_say_nothing_of_scatter() -> None:
    """One at 120 frames a second and one at 30 scatter unlike by how they were filmed."""
    even, rough = values(RISING), values(RISING - 3, noise=4.0, seed=1)
    assert np.isnan(pooled_scatter([even, rough]).value)
    assert np.isfinite(pooled_scatter([even]).value)


def test_growth_of_three_figures_is_not_given() -> None:
    narrow = np.linspace(6, 7.3, 16)
    wild = 0.1 * np.exp(1.2 * (narrow - 6))
    found = [pooled_scatter([values(narrow, noise=wild, seed=seed)]) for seed in range(5)]
    assert all(np.isnan(growth.value) for growth in found)


@pytest.mark.parametrize("metric", ["step_time", "step_speed"])
def test_a_step_that_breaks_the_row_has_no_part_in_evenness_and_course(metric: str) -> None:
    plain = values(RISING, slope=1.0)
    odd = [
        replace(v, value=3 * v.value, flags=(BREAKS,)) if (v.metric, v.step) == (metric, 15) else v
        for v in plain
    ]
    gone = [v for v in odd if not v.flags]
    assert pooled_scatter([odd]) == pooled_scatter([gone])
    assert courses([odd], ["step_time"]) == courses([gone], ["step_time"])


def test_metrics_that_scatter_as_one_count_once() -> None:
    """A long step is long in length, time and angle: three copies of one metric tell hardly more than it."""
    one = [v for v in values(RISING, seed=4) if v.metric in ("step_speed", "step_time")]
    copied = [
        Value(name, v.step, v.side, v.value, v.sd)
        for name in ("contact_time", "step_length")
        for v in one
        if v.metric == "step_time"
    ]
    alone, thrice = (pooled_scatter([run], several=1) for run in (one, one + copied))
    assert thrice.value == pytest.approx(alone.value, abs=1e-6)
    assert thrice.high - thrice.low > 0.7 * (alone.high - alone.low)


def test_contact_times_that_only_get_shorter_do_not_scatter_less() -> None:
    """Two percent of every contact, from 130 ms down to 70: as even at the end as at the beginning."""
    found = []
    for seed in range(40):
        draw = np.random.default_rng(seed)
        contact = 0.13 * np.exp(-0.15 * (RISING - 6)) * (1 + 0.02 * draw.standard_normal(len(RISING)))
        speeds = [v for v in values(RISING, seed=seed) if v.metric == "step_speed"]
        times = [Value("contact_time", v.step, v.side, c, 0) for v, c in zip(speeds, contact, strict=True)]
        found.append(courses([speeds + times], ["contact_time"])[0].scatter.value)
    assert np.median(found) == pytest.approx(0, abs=0.06)  # in milliseconds it would fall by 0.14


def test_runs_that_are_uneven_as_a_whole_are_no_growth() -> None:
    """Some runs are tracked, or run, less evenly than others, whatever their speed."""
    told = 0
    for seed in range(60):
        uneven = np.exp(0.4 * np.random.default_rng(seed + 1000).standard_normal(8))
        runs = [
            values(np.linspace(6 + k / 3, 7 + k / 3, 10), noise=float(uneven[k]), seed=50 * seed + k)
            for k in range(8)
        ]
        told += pooled_scatter(runs).established
    assert told < 15  # each step for itself would call 33 of them growth or its contrary


def test_fewer_than_eight_steps_say_nothing() -> None:
    course = courses([values(RISING[:7], slope=3.0)], ["push_angle"])[0]
    assert np.isnan(course.level.value)
    assert not course.level.established
    assert "too few steps" in describe_course(course)


def test_a_steady_speed_says_nothing() -> None:
    course = courses([values(np.full(16, 9.0), slope=3.0)], ["push_angle"])[0]
    assert np.isnan(course.level.value)


def test_what_differs_between_runs_is_no_effect_of_speed() -> None:
    """Two days at different speeds and levels, no slope within either."""
    runs = [values(RISING, level=10), values(RISING + 2, level=30, seed=1)]
    course = courses(runs, ["push_angle"])[0]
    assert course.runs == 2
    assert course.level.low < 0 < course.level.high


def test_the_speed_at_which_it_leaves_its_baseline() -> None:
    found = values(RISING, noise=0.3)
    changed = [
        Value(v.metric, v.step, v.side, v.value + (5.0 if (v.step or 0) >= 13 else 0.0), v.sd)
        if v.metric == "push_angle"
        else v
        for v in found
    ]
    course = courses([changed], ["push_angle"])[0]
    assert course.leaves_step == 13
    assert course.leaves_mps == pytest.approx(RISING[12], abs=0.3)
    assert courses([found], ["push_angle"])[0].leaves_step is None


def test_a_metric_without_a_side_leaves_its_baseline_too() -> None:
    found = [
        Value(
            v.metric,
            v.step,
            None,
            v.value - (0.0 if v.side == "right" else 2.0) + 5.0 * (v.step >= 13),
            v.sd,
        )
        for v in values(RISING, noise=0.3)
        if v.metric == "push_swing_balance" and v.step
    ]
    speeds = [v for v in values(RISING, noise=0.3) if v.metric == "step_speed"]
    told = note([*speeds, *found])
    assert told is not None
    assert "left its baseline in steps 13 and 14 (from 9." in told.message


def test_one_odd_step_is_not_leaving() -> None:
    changed = [
        Value(v.metric, v.step, v.side, v.value + (5.0 if v.step == 13 else 0.0), v.sd)
        for v in values(RISING, noise=0.3)
    ]
    assert courses([changed], ["push_angle"])[0].leaves_step is None


def test_the_sentence_says_when_it_is_not_established() -> None:
    sure, unsure = (courses([values(RISING, slope=s)], ["push_angle"])[0] for s in (3.0, 0.0))
    assert "not established" not in describe_course(sure)
    assert "not established" in describe_course(unsure)


def test_every_relationship_has_a_metric_that_exists() -> None:
    for relationship, name in REPRESENTS.items():
        assert METRICS[name].relationship is relationship
        assert METRICS[name].per_step
    assert all(METRICS[name].per_step for name in EVENNESS)


def test_the_note_of_a_run() -> None:
    found = note(values(RISING, slope=3.0))
    assert found is not None
    assert found.code == "continuity"
    assert "for each m/s" in found.message
    assert "compare runs" in found.advice
    quiet = note(values(RISING, noise=5.0, seed=2))
    assert quiet is not None
    assert "not established" in quiet.message
    assert note(values(np.full(16, 9.0))) is None
    assert note([]) is None


def steady(speed: float, level: float, seed: int) -> list[Value]:
    return values(np.full(8, speed), level=level, seed=seed)


def test_runs_at_several_speeds_tell_a_course_that_no_single_one_shows() -> None:
    """Steady runs at 60 to 100 %, each with a level of its own about the course."""
    speeds = (6, 7, 8, 9, 10)
    found = []
    for seed in range(40):
        own = 0.3 * np.random.default_rng([seed, 2]).standard_normal(len(speeds))
        runs = [steady(v, 10 + 3 * (v - 8) + o, 10 * seed + v) for v, o in zip(speeds, own, strict=True)]
        found.append(courses(runs, ["push_angle"])[0])
    assert found[0].runs == 5
    assert np.mean([c.level.established for c in found]) > 0.95
    assert np.mean([c.level.low < 3 < c.level.high for c in found]) > 0.85
    assert not courses(runs[:1], ["push_angle"])[0].level.established
    assert np.isnan(courses(runs[:2], ["push_angle"])[0].level.value)


def test_runs_whose_levels_scatter_are_no_course() -> None:
    alarms = []
    for seed in range(60):
        draw = np.random.default_rng([seed, 1])
        runs = [steady(v, 10 + 2 * draw.standard_normal(), 10 * seed + k) for k, v in enumerate((6, 7, 8, 9))]
        alarms.append(courses(runs, ["push_angle"])[0].level.established)
    assert np.mean(alarms) < 0.12
