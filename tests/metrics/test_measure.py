"""Gates, standard errors and summaries: what is given, what is withheld, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Literal

import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS
from analyzer.data.results import Measurement, Summary, Value
from analyzer.data.steps import in_a_row
from analyzer.metrics import FROM_BEHIND, METRICS, gates
from analyzer.metrics.measure import measure
from analyzer.metrics.run import Run
from analyzer.metrics.summary import difference
from analyzer.metrics.uncertainty import replicates
from analyzer.metrics.uncertainty.network_errors import OVERTONES
from analyzer.metrics.uncertainty.replicates import (
    LEG_OF_STATURE_SD,
    copies,
    course_signs,
    habit_course,
    mixing,
    posture_sd,
    stride_harmonics,
)
from analyzer.metrics.uncertainty.standard_error import KINK, Repeats, evaluate, refiltered, standard_error
from analyzer.motion import centre_of_mass, kinematics, landmark_noise
from analyzer.signals import filters

Build = Callable[..., Run]
OFFSET = 0.95 * np.array([kinematics._offset(name) for name in JOINTS])


def observed(truth: Run, seed: int, *, sigma: float = 0.006, event_sd: float = 0.003) -> Run:
    """Return the run as a camera would give it: noise, offsets, filters, uncertain events and scale."""
    draw = np.random.default_rng(seed)
    m = truth.motion
    n, k, _ = m.position.shape
    jitter = draw.standard_normal((n, k, 2))
    for axis, mixed in enumerate(mixing(m.near_side)):
        jitter[..., axis] = jitter[..., axis] @ mixed.T
    parts = [name.partition("_")[2] or name for name in JOINTS]
    lasts = [
        landmark_noise.SLOW_S
        if part in landmark_noise.SLOW
        else landmark_noise.MEMORY_S.get(part, landmark_noise.MEMORY_REST_S)
        for part in parts
    ]
    kept = np.exp(-1 / (m.fps * np.array(lasts)))[:, None]
    for i in range(1, n):
        jitter[i] = kept * jitter[i - 1] + np.sqrt(1 - kept**2) * jitter[i]
    scale = 1 + 0.03 * draw.standard_normal()
    offset = draw.standard_normal((k, 2)) * OFFSET[:, None] / np.sqrt(2)
    # What comes and goes with the stride, alike in every stride.
    wander = draw.standard_normal((2 * len(OVERTONES), k, 2)) * np.repeat(OVERTONES, 2)[:, None, None]
    for axis, mixed in enumerate(mixing(m.near_side)):
        wander[..., axis] = wander[..., axis] @ mixed.T
    wander *= 0.95 * posture_sd(truth)[:, None] / 2
    habit = 0.95 * draw.standard_normal() * m.leg_length * habit_course(m.near_side)
    wander += habit[1:] * course_signs(truth)[:, None, None]
    offset += habit[0]
    posture = np.einsum("nh,hkc->nkc", stride_harmonics(truth), wander)
    raw = (m.position + offset + posture + sigma * jitter) * scale
    noise = np.sqrt(np.mean(landmark_noise.jitter(m.time, raw, markers=False)[0] ** 2, axis=1))
    motion = replace(m, raw=raw, noise_sd=noise, offset_sd=OFFSET)
    motion = kinematics.rebuild(motion, kinematics.smooth(m.time, raw))
    toes = {side: JOINTS.index(f"{side}_foot_index") for side in ("left", "right")}
    common = draw.standard_normal(2)
    steps = []
    for step in truth.steps:
        late = event_sd * (common + draw.standard_normal(2)) / np.sqrt(2)
        frame = int(np.searchsorted(m.time, step.touchdown_s))
        place = (np.array(step.foot) + offset[toes[step.side]] + posture[frame, toes[step.side]]) * scale
        steps.append(
            replace(
                step,
                touchdown_s=step.touchdown_s + late[0],
                touchdown_sd_s=event_sd,
                toe_off_s=step.toe_off_s + late[1],
                toe_off_sd_s=event_sd,
                foot=(float(place[0]), float(place[1])),
            )
        )
    return Run(motion, tuple(steps), True, 0.03)


def true(run: Run) -> Run:
    """Return the run with the centre of mass of its joints, as the analyzer would compute it."""
    m = run.motion
    return replace(
        run, motion=kinematics.rebuild(m, m.position, centre_of_mass.centre_of_mass(m.position, m.sex))
    )


@pytest.fixture(scope="module")
def seen(uneven: Run) -> Run:
    return observed(true(uneven), 0)


@pytest.fixture(scope="module")
def found(seen: Run) -> Measurement:
    return measure(seen)


def of(found: Measurement, metric: str) -> list[Value]:
    return [v for v in found.values if v.metric == metric]


def test_two_standard_errors_hold_the_truth_as_often_as_they_should(uneven: Run) -> None:
    truth = true(uneven)
    right = {name: evaluate(metric, truth) for name, metric in METRICS.items()}
    held: dict[str, list[bool]] = {name: [] for name in METRICS}
    for seed in range(4):
        result = measure(observed(truth, seed))
        for name, expected in right.items():
            rows = of(result, name)
            given = [i for i, v in enumerate(rows) if np.isfinite([v.value, expected[i]]).all()]
            held[name] += [abs(rows[i].value - expected[i]) <= 2 * rows[i].sd for i in given]
    # A metric of the run has one value a clip: its own coverage would say nothing.
    shares = {name: float(np.mean(h)) for name, h in held.items() if len(h) >= 20}
    assert len(shares) > 55
    assert 0.90 <= np.mean([x for h in held.values() for x in h]) <= 0.98
    assert not {name: share for name, share in shares.items() if share < 0.70}


def test_the_same_run_gives_the_same_numbers(seen: Run) -> None:
    again = measure(replace(seen), 24)
    assert repr(again) == repr(measure(seen, 24))


def test_every_number_has_an_error_and_every_gap_a_reason(found: Measurement) -> None:
    for value in found.values:
        assert np.isfinite(value.value) == np.isfinite(value.sd)
        assert not value.sd <= 0
        if np.isfinite(value.value):
            assert "fps" not in value.flags
    assert len(found.summaries) == len(METRICS)
    assert [s.metric for s in found.summaries] == list(METRICS)


def test_the_order_is_the_report_s() -> None:
    seen = list(dict.fromkeys(m.relationship.value for m in METRICS.values()))
    assert seen == [
        "Speed and steps", "Push leg", "Swing leg", "Arms", "Torso", "Timing between steps",
        "Balance and continuity", "How they work together",
    ]  # fmt: skip


def test_without_a_scale_no_metres(seen: Run) -> None:
    result = measure(replace(seen, scaled=False), 16)
    for name, metric in METRICS.items():
        if "scale" in metric.needs:
            assert not np.isfinite([v.value for v in of(result, name)]).any()
        elif metric.unit.length:
            # Body weights for each metre follow from times alone.
            assert name == "vertical_stiffness"
    assert np.isfinite([v.value for v in of(result, "contact_time")]).all()
    assert any(n.code == "withheld_scale" and "Step length" not in n.advice for n in result.notes)


def test_a_ground_that_slides_gives_no_distance_over_it(uneven: Run) -> None:
    still = observed(true(uneven), 0)
    m = still.motion
    drift = np.zeros_like(m.position)
    drift[..., 0] = -4.0 * m.time[:, None]  # half the running speed left in the picture
    lost = replace(
        still,
        motion=kinematics.rebuild(replace(m, raw=m.raw + drift), m.position + drift),
        steps=tuple(replace(s, foot=(s.foot[0] - 4.0 * s.touchdown_s, s.foot[1])) for s in still.steps),
    )
    result = measure(lost, 8)
    for name in ("step_length", "relative_step_length", "step_speed", "push_angle", "acceleration"):
        assert not np.isfinite([v.value for v in of(result, name)]).any()
    assert np.isfinite(of(result, "swing_thigh_touchdown")[4].value)
    assert any(n.code == "withheld_static" for n in result.notes)


def test_a_camera_that_turned_unknown_leaves_no_lean(uneven: Run) -> None:
    """It rolls by 40 degrees over the run: where the ground is lost, nobody can tell that from a lean."""
    m = true(uneven).motion
    lost = m.position - np.stack([4.0 * m.time, 0 * m.time], axis=-1)[:, None]
    unsure = []
    for degrees in (0, 40):
        roll = np.radians(degrees) * (m.time - m.time[0])[:, None] / np.ptp(m.time)
        moved = lost + lost[..., 1:] * np.stack([np.sin(roll), 0 * roll], axis=-1)
        run = replace(uneven, motion=kinematics.rebuild(replace(m, raw=moved), moved))
        unsure.append(float(np.std([c.angle("trunk", 1.0) for c in copies(run, 48)])))
    assert unsure[0] < 3
    assert unsure[1] > 3 * unsure[0]


def test_too_few_steps(build: Build) -> None:
    run = build(touchdowns=(0.3, 0.55, 0.8), contacts=(0.1,) * 3)
    result = measure(run, 24)
    for name in ("step_time_variability", "speed_loss", "acceleration"):
        assert not np.isfinite(of(result, name)[0].value)
        assert of(result, name)[0].flags == ("steps",)
    assert any(n.code == "withheld_steps" for n in result.notes)
    assert np.isfinite(of(result, "contact_time")[0].value)
    # The account goes by its error.
    assert 0 < of(result, "whole_body_support")[0].sd < METRICS["whole_body_support"].max_sd
    row = next(s for s in result.summaries if s.metric == "contact_time")
    assert np.isnan(row.difference)
    assert "Too few steps" in row.note


def test_the_hidden_arm_s_elbow_is_not_told(found: Measurement) -> None:
    elbows = of(found, "elbow_range")
    assert any(np.isfinite(v.value) for v in elbows if v.side == "right")
    assert not any(np.isfinite(v.value) for v in elbows if v.side == "left")
    assert all("hidden" in v.flags for v in elbows if v.side == "left")
    assert all("far_side" in v.flags for v in of(found, "contact_time") if v.side == "left")


def test_the_hidden_thigh_s_and_arm_s_speed_and_range_is_not_told(found: Measurement) -> None:
    arms = ("shoulder_range", "peak_arm_speed_forward", "peak_arm_speed_backward")
    for name in ("peak_thigh_speed", "thigh_whip", *arms):
        rows = of(found, name)
        assert any(np.isfinite(v.value) for v in rows if v.side == "right")
        assert not any(np.isfinite(v.value) for v in rows if v.side == "left")


def test_what_comes_and_goes_with_the_stride_makes_a_range_unsure_and_a_repeat_does_not_see_it(
    uneven: Run,
) -> None:
    exact = true(uneven)
    spread = {}
    for alike in (True, False):
        others = copies(exact, 24, alike=alike)
        spread[alike] = np.std([evaluate(METRICS["trunk_excursion"], run)[4] for run in others])
    assert spread[True] > 0.3
    assert spread[False] < 0.01


def test_the_stride_s_harmonics_begin_anew_with_each_stride(uneven: Run) -> None:
    waves = stride_harmonics(uneven)
    at = [int(np.searchsorted(uneven.motion.time, s.touchdown_s)) for s in uneven.steps]
    assert np.ptp(waves[at[::2], 0]) < 0.02
    assert waves[at[0], 0] == pytest.approx(-waves[at[1], 0], abs=0.02)
    assert waves[at[0], 2] == pytest.approx(waves[at[1], 2], abs=0.05)
    assert not stride_harmonics(replace(uneven, steps=())).any()


def test_the_habit_of_a_network_belongs_to_the_side_towards_the_camera() -> None:
    right, left = (habit_course(side) for side in ("right", "left"))
    for part in ("hip", "knee", "index"):
        ends = [JOINTS.index(f"{side}_{part}") for side in ("right", "left")]
        np.testing.assert_array_equal(right[:, ends], left[:, ends[::-1]])
    assert 0.005 < np.abs(right[1:, JOINTS.index("left_hip"), 0]).max() < 0.02


def test_a_habit_counts_from_the_near_foot_s_touchdown_whatever_number_the_step_has(uneven: Run) -> None:
    later = replace(uneven, steps=tuple(replace(s, number=s.number + 1) for s in uneven.steps))
    course = [stride_harmonics(run) * course_signs(run) for run in (uneven, later)]
    np.testing.assert_allclose(*course, atol=1e-9)
    near = next(s for s in uneven.steps if s.side == uneven.motion.near_side)
    first = int(np.searchsorted(uneven.motion.time, near.touchdown_s))
    assert course[0][first, ::2] == pytest.approx(1.0, abs=0.05)
    lone = next(s for s in uneven.steps if s.side != uneven.motion.near_side)
    turned = [course_signs(replace(uneven, steps=(replace(lone, number=n),)))[0] for n in (3, 4)]
    assert turned == [1.0, -1.0]


@pytest.mark.parametrize(
    ("toe_is", "alike", "moved"), [("tip", True, True), ("ball", True, False), ("tip", False, False)]
)
def test_a_habit_is_a_network_s_and_the_same_in_every_clip(
    uneven: Run, monkeypatch: pytest.MonkeyPatch, toe_is: Literal["tip", "ball"], *, alike: bool, moved: bool
) -> None:
    run = replace(uneven, motion=replace(uneven.motion, toe_is=toe_is))
    (usual,) = copies(run, 1, alike=alike)
    monkeypatch.setattr(replicates, "habit_course", lambda near: 2 * habit_course(near))
    (larger,) = copies(run, 1, alike=alike)
    assert (np.abs(larger.motion.raw - usual.motion.raw).max() > 1e-4) == moved


def test_a_low_pass_takes_less_the_second_time_of_a_kink_than_of_a_peak() -> None:
    time = np.arange(0, 2, 1 / 240)

    def again(series: Array) -> float:
        once = filters.low_pass(time, series, 12.0)
        first, second = (
            abs(b - a)[len(time) // 2]
            for a, b in ((series, once), (once, filters.low_pass(time, once, 12.0)))
        )
        return float(second / first)

    assert again(np.abs(time - time[len(time) // 2])) == pytest.approx(KINK, abs=0.07)
    assert again(np.cos(2 * np.pi * 10 * (time - time[len(time) // 2]))) == pytest.approx(0.8, abs=0.07)


def test_filtered_once_more_the_swing_is_smoothed_once_more(uneven: Run) -> None:
    again = refiltered(uneven)
    assert (uneven.passes, again.passes) == (1, 2)
    peaks = [np.nanmax(run.swing_rates["right_thigh"]) for run in (uneven, replace(again, passes=1), again)]
    assert peaks[0] - peaks[1] < 0.5 * (peaks[0] - peaks[2])


def test_how_a_number_is_read_stays_in_the_error_of_its_mean(found: Measurement, uneven: Run) -> None:
    metric = METRICS["push_swing_lag"]
    assert metric.own_sd is not None
    row = next(s for s in found.summaries if s.metric == metric.name)
    assert row.mean_se > metric.own_sd(uneven)


def test_the_mean_of_a_single_step_is_as_sure_as_the_step(seen: Run) -> None:
    # The other foot's toe-off and the next touchdown are there, and one value.
    one = replace(seen, steps=seen.steps[4:6])
    result = measure(one, 24)
    row = next(s for s in result.summaries if s.metric == "peak_thigh_speed_timing")
    (sd,) = (v.sd for v in of(result, row.metric) if np.isfinite(v.value))
    assert row.mean_se == pytest.approx(sd)


def test_steps_need_not_average_away_how_a_number_is_read() -> None:
    lag = METRICS["push_swing_lag"]
    row = Summary(**{f.name: np.nan for f in fields(Summary)} | {"n": 9, "mean": 0.0, "mean_se": 0.031})
    assert not gates.mean_told(lag, row)
    assert gates.mean_told(lag, row, 0.0276)  # of 0.23 s a step
    assert not gates.mean_told(lag, replace(row, mean_se=0.035), 0.0276)
    assert not gates.mean_told(lag, replace(row, mean_se=0.041), 0.041)


def test_a_known_height_still_leaves_the_leg_s_length_unsure(uneven: Run) -> None:
    exact = true(uneven)
    lengths = [run.motion.leg_length for run in copies(exact, 96)]
    assert np.std(lengths) / exact.motion.leg_length == pytest.approx(LEG_OF_STATURE_SD, rel=0.25)


def test_seen_obliquely_the_knee_gap_is_withheld_and_angles_are_less_sure(seen: Run) -> None:
    oblique = replace(seen, motion=replace(seen.motion, off_axis_deg=np.full(len(seen.motion.time), 35.0)))
    gap = of(measure(oblique, 24), "knee_gap_touchdown")
    assert not np.isfinite([v.value for v in gap]).any()
    assert all("off_axis" in v.flags for v in gap)
    square, aslant = (of(measure(run, 24), "swing_thigh_touchdown")[3].sd for run in (seen, oblique))
    assert aslant > 1.1 * square


def test_a_number_below_its_noise_is_withheld(uneven: Run) -> None:
    result = measure(observed(true(uneven), 1, sigma=0.03), 24)
    assert not np.isfinite([v.value for v in of(result, "trunk_length_change")]).any()
    assert sum(np.isfinite(v.value) for v in of(result, "foot_descent_speed")) <= 2
    assert not any(v.sd > METRICS[v.metric].max_sd for v in result.values)
    codes = {n.code for n in result.notes}
    assert {"withheld_noise", "withheld_floor"} <= codes


def test_an_error_as_large_as_a_duration_leaves_nothing_but_a_lag_may_be_zero() -> None:
    dwell, lag = METRICS["arm_dwell"], METRICS["push_swing_lag"]
    value, sd = np.array([0.018, 0.030, np.nan]), np.array([0.025, 0.010, np.nan])
    assert gates.unsure(dwell, value, sd).tolist() == [True, False, False]
    assert not gates.unsure(lag, np.array([0.002]), np.array([0.010])).any()
    row = Summary(**{f.name: np.nan for f in fields(Summary)} | {"n": 4, "mean": 0.012, "mean_se": 0.013})
    assert not gates.mean_told(dwell, row)
    assert gates.mean_told(dwell, replace(row, mean=0.03))


def test_no_size_is_given_with_an_error_larger_than_itself(uneven: Run) -> None:
    result = measure(observed(true(uneven), 1, sigma=0.03), 24)
    sizes = [v for v in result.values if METRICS[v.metric].positive]
    assert any("noise" in v.flags for v in sizes)
    assert not any(v.sd > abs(v.value) for v in sizes)
    assert not any(row.mean_se > abs(row.mean) for row in result.summaries if METRICS[row.metric].positive)


def test_steps_too_noisy_by_themselves_still_have_a_mean(uneven: Run) -> None:
    result = measure(observed(true(uneven), 1, sigma=0.025), 24)
    name = "foot_descent_speed"
    single = of(result, name)
    row = next(s for s in result.summaries if s.metric == name)
    assert sum("noise" in v.flags for v in single) > 3
    assert row.n == len(single)
    assert row.mean_se <= METRICS[name].max_sd / 2
    assert "too unsure" in row.note


def test_more_noise_less_sure(uneven: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # Noise alone: what a network marks wrong all the while is larger than that of a quiet clip.
    monkeypatch.setattr(replicates, "habit_course", lambda near: np.zeros_like(habit_course(near)))
    monkeypatch.setattr(replicates, "posture_sd", lambda run: np.zeros(len(JOINTS)))
    quiet, loud = (measure(observed(true(uneven), 2, sigma=s), 24) for s in (0.001, 0.010))
    for name in ("peak_thigh_speed", "swing_transfer"):
        # The near leg swings over the far foot.
        assert of(loud, name)[5].sd > 1.3 * of(quiet, name)[5].sd
    early, late = (measure(observed(true(uneven), 2, event_sd=s), 24) for s in (0.001, 0.005))
    assert of(late, "contact_time")[4].sd == pytest.approx(5 * of(early, "contact_time")[4].sd, rel=0.05)


def test_event_errors_give_the_error_of_contact_time(found: Measurement) -> None:
    sds = [v.sd for v in of(found, "contact_time")]
    assert np.mean(sds) == pytest.approx(0.003 * np.sqrt(2), rel=0.15)


def test_what_errs_alike_in_all_steps_stays_in_the_mean(found: Measurement) -> None:
    speed = next(s for s in found.summaries if s.metric == "step_speed")
    assert speed.mean_se > 0.02 * speed.mean  # the scale's 3 % does not average out
    contact = next(s for s in found.summaries if s.metric == "contact_time")
    assert 0.0018 < contact.mean_se < 0.0042


def test_what_a_side_view_cannot_show_is_said(found: Measurement) -> None:
    note = next(n for n in found.notes if n.code == "film_from_behind")
    assert all(thing in note.message for thing in FROM_BEHIND)


def test_a_copy_leaves_the_run_alone(seen: Run) -> None:
    before = seen.motion.position.copy()
    copy = copies(seen, 2)[1]
    assert not np.array_equal(copy.motion.position, before)
    np.testing.assert_array_equal(seen.motion.position, before)


def difference_of(left: float, right: float, trend: float, noise: float, seed: int = 0) -> tuple[float, ...]:
    draw = np.random.default_rng(seed)
    number = np.arange(12.0)
    is_left = np.arange(12) % 2 == 0
    x = np.where(is_left, left, right) + trend * number + noise * draw.standard_normal(12)
    again = x + noise * draw.standard_normal((48, 12))
    found = difference(x, number, is_left, again)
    return found.value, found.low, found.high


def test_a_trend_is_no_asymmetry() -> None:
    value, low, high = difference_of(10, 10, 1.0, 0.01)
    assert value == pytest.approx(0, abs=0.03)
    assert low < 0 < high


def test_a_real_difference_is_found_and_its_interval_holds() -> None:
    results = np.array([difference_of(11, 10, 0.3, 0.3, seed) for seed in range(200)])
    assert np.mean((results[:, 1] <= 1) & (results[:, 2] >= 1)) > 0.93
    none = np.array([difference_of(10, 10, 0.3, 0.3, seed) for seed in range(200)])
    assert np.mean((none[:, 1] > 0) | (none[:, 2] < 0)) < 0.07


def test_an_error_of_one_whole_side_widens_the_interval() -> None:
    draw = np.random.default_rng(0)
    number, is_left = np.arange(12.0), np.arange(12) % 2 == 0
    x = np.where(is_left, 11.0, 10.0) + 0.01 * draw.standard_normal(12)
    own = 0.01 * draw.standard_normal((48, 12))
    side = draw.standard_normal((48, 1)) * is_left
    assert difference(x, number, is_left, x + own).low > 0.9
    assert difference(x, number, is_left, x + own + side).low < -0.5


def test_too_few_on_one_side_gives_no_difference() -> None:
    x = np.array([1.0, np.nan, 1.1, np.nan, 1.2, 1.0])
    found = difference(x, np.arange(6.0), np.arange(6) % 2 == 0, np.tile(x, (10, 1)))
    assert np.isnan([found.value, found.low, found.high]).all()


def test_numbers_that_are_left_out_are_missed_contacts(build: Build) -> None:
    run = build()
    first, *_, last = run.steps[:4]
    gap = replace(run, steps=(first, last))  # 1 and 4: two were missed, and the feet differ
    assert gap.after(first) is None
    assert gap.after(first, 3) is last
    assert in_a_row(gap.steps) == []
    assert in_a_row(run.steps)[0] == run.steps[:2]


def test_a_step_over_a_missed_contact_is_none(build: Build) -> None:
    times = (0.3, 0.55, 0.8, 1.05, 1.50, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0)
    run = build(touchdowns=times)
    a, b = run.steps[2:4]
    assert run.after(a) is b
    assert run.after(b) is None
    assert run.after(a, 2) is None
    assert np.isnan(run.touchdown(b, 1))
    assert run.step_time == pytest.approx(0.25)


def test_what_noise_takes_off_a_ceiling_is_within_the_error() -> None:
    copied = np.random.default_rng(0).normal(0.83, 0.01, (200, 1))
    value = np.array([0.9])  # what is missing from 1 grew from 0.1 to 0.17 with a second helping of noise
    bare = standard_error(value, Repeats(copied, value))[0]
    assert standard_error(value, Repeats(copied, value), ceiling=True)[0] == pytest.approx(0.1, rel=0.05)
    assert bare == pytest.approx(0.07, rel=0.05)


def test_two_contacts_that_tell_no_step_time_give_what_needs_none(build: Build) -> None:
    run = build()
    # The first one's touchdown was not seen, and the one between was missed: a swing, but no step time.
    run = replace(run, steps=(replace(run.steps[0], touchdown_s=np.nan), run.steps[2]))
    assert np.isnan(run.step_time)
    found = measure(run, 4)
    assert not any(
        np.isfinite(v.value) for v in found.values if v.metric in ("step_time", "peak_knee_flexion")
    )
    assert np.isfinite(of(found, "trunk_lean_touchdown")[-1].value)


def test_seen_obliquely_feet_that_stand_wide_out_of_blocks_make_lengths_less_sure(seen: Run) -> None:
    seen = replace(seen, relative_sd=0.0)
    motion = replace(seen.motion, off_axis_deg=np.full(len(seen.motion.time), 30.0))
    leaning = replace(motion, angles=motion.angles | {"trunk": np.full(len(motion.time), 45.0)})
    upright, started = (
        np.std([[step.foot[0] for step in run.steps] for run in copies(replace(seen, motion=m), 48)], axis=0)
        for m in (motion, leaning)
    )
    assert (started > 1.5 * upright).all()
