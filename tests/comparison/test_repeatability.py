from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from runner import analyse, pose_track

from analyzer.body.skeleton import JOINTS
from analyzer.comparison.repeatability import Repeat, Scatter, held, of_analysis, repeats, shift
from analyzer.metrics import METRICS
from analyzer.metrics.breaking import BREAKS
from analyzer.metrics.measure import measure
from analyzer.metrics.registry import Unit
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty import replicates
from analyzer.metrics.uncertainty.replicates import OFFSET_ANEW
from analyzer.metrics.uncertainty.standard_error import evaluate
from analyzer.motion import kinematics

Build = Callable[..., Run]
NAMES = ("arm_leg_lag", "thigh_switch_time", "shoulder_range", "contact_time", "trunk_lean_mean")


def filmed(run: Run, seed: int, offset: float = 0.02) -> Run:
    """Noise of this clip, and landmark offsets and scale that are the same in every clip."""
    draw = np.random.default_rng(seed)
    m = run.motion
    steady = offset * np.random.default_rng(99).standard_normal((len(JOINTS), 2))
    raw = (m.position + steady + 0.005 * draw.standard_normal(m.position.shape)) * 1.03
    motion = replace(
        m, raw=raw, noise_sd=np.full(len(JOINTS), 0.005), offset_sd=np.full(len(JOINTS), offset * 2**0.5)
    )
    steps = tuple(
        replace(
            s,
            touchdown_s=s.touchdown_s + 0.002 * draw.standard_normal(),
            toe_off_s=s.toe_off_s + 0.002 * draw.standard_normal(),
            touchdown_sd_s=0.002,
            toe_off_sd_s=0.002,
        )
        for s in run.steps
    )
    return Run(kinematics.rebuild(motion, kinematics.smooth(m.time, raw)), steps, True, 0.03)


@pytest.fixture(scope="module")
def before(build: Build) -> dict[str, Repeat]:
    return repeats(filmed(build(), 0), NAMES, 24)


def test_later_arms_are_reported_and_nothing_else(build: Build, before: dict[str, Repeat]) -> None:
    after = repeats(filmed(build(arm_lag_deg=32.0), 1), NAMES, 24)
    verdicts = {name: shift([before[name]], [after[name]]).verdict for name in NAMES}
    assert verdicts.pop("arm_leg_lag") == "higher"
    assert set(verdicts.values()) == {"not established"}
    assert after["arm_leg_lag"].mean - before["arm_leg_lag"].mean == pytest.approx(20, abs=2)


def test_longer_left_contacts_are_reported_as_a_difference(build: Build, before: dict[str, Repeat]) -> None:
    contacts = tuple(0.106 if k % 2 else 0.094 for k in range(11))
    after = repeats(filmed(build(contacts=contacts), 2), ("contact_time",), 24)["contact_time"]
    assert shift([before["contact_time"]], [after], "left minus right").verdict == "higher"
    assert shift([before["contact_time"]], [after]).verdict == "not established"
    assert after.difference == pytest.approx(0.012, abs=0.004)


def test_the_same_run_filmed_again_has_not_changed(build: Build, before: dict[str, Repeat]) -> None:
    verdicts = []
    for seed in range(3, 9):
        again = repeats(filmed(build(), seed), NAMES, 16)
        verdicts += [shift([before[name]], [again[name]]).verdict for name in NAMES]
    assert sum(v != "not established" for v in verdicts) <= 3


def test_what_is_alike_in_every_clip_does_not_count(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    run = filmed(build(), 0)
    # All but what is alike in everybody, which would make the share smaller still.
    monkeypatch.setattr(replicates, "habit_course", lambda near: np.zeros((9, len(JOINTS), 2)))
    # Two copies each are of one body: of many copies half as many tell how bodies differ.
    total = {s.metric: s.mean_se for s in measure(run, 96).summaries}
    found = repeats(run, NAMES, 48)
    # A lean is known to where its landmarks sit, and a share of that is not the same in another clip.
    alike = found["trunk_lean_mean"].mean_se / total["trunk_lean_mean"]
    assert 0.9 * OFFSET_ANEW**0.5 < alike < 1.3 * OFFSET_ANEW**0.5
    assert found["shoulder_range"].mean_se < 0.6 * total["shoulder_range"]


@pytest.mark.parametrize("steps", [slice(None), slice(4, 6)])
def test_how_a_number_is_read_counts_where_clips_were_not_filmed_alike(build: Build, steps: slice) -> None:
    whole = filmed(build(), 0)
    run = replace(whole, steps=whole.steps[steps])
    metric = METRICS["peak_thigh_speed_timing"]
    assert metric.own_sd is not None
    se = repeats(run, [metric.name], 24, systematic=True)[metric.name].mean_se
    assert metric.own_sd(run) < se
    assert repeats(run, [metric.name], 24)[metric.name].mean_se < metric.own_sd(run)


def test_a_run_is_compared_by_the_steps_that_its_own_means_are_of() -> None:
    filmed_once = analyse(pose_track(noise_px=1.0))
    steps = list(filmed_once.steps)
    steps[3] = replace(steps[3], touchdown_s=steps[3].touchdown_s - 0.02)
    steps[5] = replace(steps[5], toe_off_sd_s=0.06)
    run = replace(Run.of(filmed_once), steps=tuple(steps))
    told = measure(run, 12)
    analysis = replace(filmed_once, steps=run.steps, values=told.values, summaries=told.summaries)
    flags = {flag for value in told.values for flag in value.flags}
    assert {BREAKS, "noise"} <= flags
    assert any(row.only_mean for row in told.summaries)
    known = of_analysis(analysis, systematic=False)
    given = [row for row in told.summaries if row.n]
    assert set(known) == set(held(told.values, told.summaries)) >= {row.metric for row in given}
    for row in given:
        assert known[row.metric].mean == pytest.approx(row.mean, rel=1e-9), row.metric


def test_the_smallest_change_that_can_be_told() -> None:
    found = Repeat("contact_time", 0.1, 0.002, 0.0, 0.003)
    assert found.smallest_change == pytest.approx(1.96 * 2**0.5 * 0.002)
    assert found.smallest_difference == pytest.approx(1.96 * 0.003)


def test_without_a_value_there_is_no_verdict() -> None:
    nan = float("nan")
    found = shift([Repeat("contact_time", nan, nan)], [Repeat("contact_time", 0.1, 0.002)])
    assert found.verdict == "not established"


def test_several_runs_tell_smaller_changes() -> None:
    one, more = Repeat("contact_time", 0.100, 0.003), Repeat("contact_time", 0.107, 0.003)
    assert shift([one], [more]).verdict == "not established"
    found = shift([one] * 3, [more] * 3)
    assert found.verdict == "higher"
    assert found.value == pytest.approx(0.007)
    # That they agree within their errors is known from four degrees of freedom, and their errors count like
    # three more.
    assert found.value - found.low == pytest.approx(2.365 * 0.003 * (2 / 3) ** 0.5, rel=1e-3)
    assert found.smallest == pytest.approx(found.value - found.low)
    assert found.repeated


@pytest.mark.parametrize("sign", [1, -1])
def test_a_change_may_be_larger_than_it_is_seen(sign: int) -> None:
    """Seen at four fifths of its size, a change that is known exactly is still within its interval."""
    found = shift([Repeat("arm_leg_lag", 0, 0.1)], [Repeat("arm_leg_lag", sign * 16, 0.1)])
    near, far = sorted((abs(found.low), abs(found.high)))
    assert 15 < near < 16 < 20 < far < 22
    assert found.verdict == ("higher" if sign > 0 else "lower")


def test_a_change_that_the_clock_or_the_scale_gives_is_not_larger_than_it_is_seen() -> None:
    """8.01 against 2.48 m/s: nothing draws a speed to the usual one, and nobody who jogs ran 0.8 m/s."""
    found = shift([Repeat("step_speed", 8.01, 0.14)], [Repeat("step_speed", 2.48, 0.07)])
    assert found.value - found.low == pytest.approx(found.high - found.value)
    assert found.low == pytest.approx(found.value - found.smallest)


def test_what_a_pose_gives_is_held_as_drawn_towards_the_usual() -> None:
    """All that was changed on rendered pairs, and every angle and angular speed."""
    validated = ("contact_time", "thigh_switch_time", "shoulder_range", "trunk_excursion", "arm_leg_lag")
    assert all(METRICS[name].damped for name in validated)
    free = {name for name, metric in METRICS.items() if not metric.damped}
    assert free >= {"step_speed", "step_time", "step_frequency", "step_length"}
    assert not {n for n in free if METRICS[n].unit in (Unit.DEGREE, Unit.DEGREE_PER_SECOND)}


def test_what_is_held_free_of_the_network_rests_on_touchdowns_alone(build: Build) -> None:
    """Toe-offs, arms, trunk and swing leg that are others leave those numbers as they are."""
    usual = build(contacts=(0.1,) * 11)
    other = build(contacts=(0.12,) * 11, arm_lag_deg=40.0)
    free = [m for m in METRICS.values() if not m.damped and np.isfinite(evaluate(m, usual)).any()]
    assert len(free) >= 5
    for metric in free:
        np.testing.assert_allclose(evaluate(metric, other), evaluate(metric, usual), rtol=1e-6, atol=1e-6)


def test_where_nothing_changed_the_interval_is_even() -> None:
    found = shift([Repeat("arm_leg_lag", 5, 1)], [Repeat("arm_leg_lag", 5, 1)])
    assert found.high == pytest.approx(-found.low)


def test_runs_that_disagree_widen_the_interval() -> None:
    runs = [Repeat("contact_time", x, 0.001) for x in (0.095, 0.100, 0.105)]
    later = [Repeat("contact_time", x, 0.001) for x in (0.101, 0.106, 0.111)]
    found = shift(runs, later)
    assert found.verdict == "not established"
    # Standard deviation of the runs within each group over the root of three, four degrees of freedom.
    assert found.high - found.value == pytest.approx(2.78 * 0.005 * (2 / 3) ** 0.5, rel=0.05)


def test_false_alarms_are_as_rare_as_the_interval_says() -> None:
    draw = np.random.default_rng(0)
    alarms = []
    for _ in range(1500):
        means = 0.1 + 0.002 * draw.standard_normal(6)
        runs = [Repeat("contact_time", float(m), 0.002, mean_freedom=20) for m in means]
        alarms.append(shift(runs[:3], runs[3:]).verdict != "not established")
    assert 0.01 < np.mean(alarms) < 0.06


@pytest.mark.parametrize("between", [0.0, 0.002, 0.006])
def test_runs_that_differ_by_more_than_their_errors_make_no_change(between: float) -> None:
    """Two runs a side of an athlete who differs from run to run: no more alarms than the interval says."""
    draw = np.random.default_rng(1)
    alarms = []
    for _ in range(1500):
        level = between * draw.standard_normal(4)
        means = 0.1 + level + 0.002 * draw.standard_normal(4)
        runs = [Repeat("contact_time", float(m), 0.002, mean_freedom=20) for m in means]
        alarms.append(shift(runs[:2], runs[2:]).verdict != "not established")
    assert np.mean(alarms) < 0.06


def test_the_scatter_of_earlier_runs_counts_where_there_is_one_run_a_side() -> None:
    one, later = Repeat("contact_time", 0.100, 0.001), Repeat("contact_time", 0.106, 0.001)
    assert shift([one], [later]).verdict == "higher"
    assert not shift([one], [later]).repeated
    known = shift([one], [later], own=Scatter(0.004, 7))
    assert known.repeated
    assert known.verdict == "not established"
    assert known.smallest == pytest.approx(2.365 * 0.004 * 2**0.5, rel=1e-3)
    # Never less than the clips' own errors.
    quiet = shift([one], [later], own=Scatter(0.0001, 7))
    assert quiet.smallest == pytest.approx(2.228 * 0.001 * 2**0.5, rel=1e-3)
