"""All metrics of a run: what is given, what is withheld and told, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from observed import observed, of, true

from analyzer.body.skeleton import JOINTS
from analyzer.data.results import Measurement, Value
from analyzer.metrics import FROM_BEHIND, METRICS
from analyzer.metrics.measure import ONLY_MEAN, SOME_MEAN, _Figures, _notes, _Told, measure
from analyzer.metrics.registry import Metric
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty import in_common, replicates
from analyzer.metrics.uncertainty.network_errors import habit_course
from analyzer.metrics.uncertainty.standard_error import evaluate
from analyzer.motion import kinematics

LOWER = ("hip", "knee", "ankle", "heel", "foot")
"""Joints that a lean of the trunk leaves where they are."""
Build = Callable[..., Run]


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


def test_where_feet_slide_nothing_along_the_ground_is_given(seen: Run) -> None:
    """A warning says that lengths over the ground are wrong, so none is told."""
    result = measure(replace(seen, ground_slides=True), 4)
    asked = [name for name, metric in METRICS.items() if "static" in metric.needs]
    assert "relative_step_length" in asked
    for name in asked:
        assert not np.isfinite([v.value for v in of(result, name)]).any(), name
    assert np.isfinite([v.value for v in of(result, "contact_time")]).all()


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


def test_a_note_names_what_it_withholds_and_no_option_of_the_command_line(seen: Run) -> None:
    result = measure(replace(seen, scaled=False, slow_motion=4.0, ground_known=False), 4)
    withheld = {n.code: n for n in result.notes if n.metrics}
    assert {"withheld_clock", "withheld_scale", "withheld_static"} <= withheld.keys()
    given = {row.metric for row in result.summaries if row.n}
    assert given.isdisjoint(name for note in withheld.values() for name in note.metrics)
    assert not any("--" in n.message + n.advice for n in result.notes)


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


def test_too_few_steps(build: Build) -> None:
    run = build(touchdowns=(0.3, 0.55, 0.8), contacts=(0.1,) * 3)
    result = measure(run, 24)
    for name in ("step_time_variability", "acceleration"):
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


def test_seen_obliquely_the_knee_gap_is_withheld_and_angles_are_less_sure(seen: Run) -> None:
    oblique = replace(seen, motion=replace(seen.motion, view_angle_deg=np.full(len(seen.motion.time), 35.0)))
    gap = of(measure(oblique, 24), "knee_gap_touchdown")
    assert not np.isfinite([v.value for v in gap]).any()
    assert all("off_axis" in v.flags for v in gap)
    square, aslant = (of(measure(run, 24), "swing_thigh_touchdown")[3].sd for run in (seen, oblique))
    assert aslant > 1.1 * square


def test_a_number_below_its_noise_is_withheld(uneven: Run) -> None:
    result = measure(observed(true(uneven), 1, sigma=0.03))
    assert not np.isfinite([v.value for v in of(result, "lean_unevenness")]).any()
    assert sum(np.isfinite(v.value) for v in of(result, "foot_descent_speed")) <= 2
    assert not any(v.sd > METRICS[v.metric].max_sd for v in result.values)
    codes = {n.code for n in result.notes}
    assert {"withheld_noise", "withheld_floor"} <= codes


def test_a_number_that_lacks_for_several_reasons_is_listed_under_one(uneven: Run) -> None:
    """The left swing leg is hidden and the right one too unsure, say: two notes would give two remedies."""
    found = measure(observed(true(uneven), 1, sigma=0.03), 24)
    row = next(row for row in found.summaries if row.n == 0)
    figures = _Figures(np.full(1, np.nan), np.full(1, np.nan), (("hidden", "noise"),), None, 0.0)  # type: ignore[arg-type]
    told = _Told(figures, row, np.zeros(1, dtype=bool), ("hidden", "noise"))
    listed = [n.code for n in _notes(uneven, {row.metric: told}) if row.metric in n.metrics]
    assert listed == ["withheld_noise"]


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
    assert row.only_mean
    assert "too unsure" in row.note
    assert not any(row.only_mean for row in result.summaries if "too unsure" not in row.note)


def test_more_noise_less_sure(uneven: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # Noise alone: what a network marks wrong all the while is larger than that of a quiet clip.
    monkeypatch.setattr(replicates, "habit_course", lambda near: np.zeros_like(habit_course(near)))
    monkeypatch.setattr(in_common, "posture_sd", lambda run: np.zeros(len(JOINTS)))
    quiet, loud = (measure(observed(true(uneven), 2, sigma=s), 24) for s in (0.001, 0.010))
    for name in ("peak_thigh_speed", "swing_transfer"):
        # The near leg swings over the far foot.
        assert of(loud, name)[5].sd > 1.3 * of(quiet, name)[5].sd
    early, late = (measure(observed(true(uneven), 2, event_sd=s), 24) for s in (0.001, 0.005))
    assert of(late, "contact_time")[4].sd == pytest.approx(5 * of(early, "contact_time")[4].sd, rel=0.05)


def test_event_errors_give_the_error_of_contact_time(found: Measurement) -> None:
    sds = [v.sd for v in of(found, "contact_time")]
    assert np.mean(sds) == pytest.approx(0.003 * np.sqrt(2), rel=0.15)


def test_what_a_side_view_cannot_show_is_said(found: Measurement) -> None:
    note = next(n for n in found.notes if n.code == "film_from_behind")
    assert all(thing in note.message for thing in FROM_BEHIND)


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


def test_a_number_that_is_missing_says_why(uneven: Run) -> None:
    bare = measure(Run(uneven.motion, uneven.steps, False, 0.0))
    rows = {row.metric: row for row in bare.summaries}
    assert rows["step_length"].note == "Not given: needs a known length."
    assert all(row.note.startswith("Not given: ") for row in bare.summaries if row.n == 0)
    assert not any(row.note.startswith("Not given: ") for row in bare.summaries if row.n)


def test_what_is_made_of_a_number_withheld_for_its_error_is_withheld(uneven: Run) -> None:
    result = measure(observed(true(uneven), 3, event_sd=0.03), 24)
    rows = {row.metric: row for row in result.summaries}
    assert rows["contact_time"].n == 0
    assert "error is too large" in rows["contact_time"].note
    made = [name for name, metric in METRICS.items() if "contact_time" in metric.of]
    assert len(made) > 8
    assert not [name for name in made if rows[name].n]
    assert not any(np.isfinite(v.value) for name in made for v in of(result, name))
    assert any("parent" in v.flags for name in made for v in of(result, name))
    assert any(n.code == "withheld_parent" for n in result.notes)
    # In the sum of contact and flight the moment of toe-off cancels.
    assert not METRICS["vertical_impulse"].of


def test_a_number_is_made_of_others_that_there_are_and_that_are_told_before_it() -> None:
    names = list(METRICS)
    for name, metric in METRICS.items():
        for parent in metric.of:
            # One that is itself made of another must have been looked at before.
            assert not METRICS[parent].of or names.index(parent) < names.index(name)


def _measured(run: Run, metric: Metric) -> list[Value]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(METRICS, metric.name, metric)
        return of(measure(run, 8), metric.name)


def test_a_start_that_nobody_has_had_is_withheld_with_all_of_its_fit(uneven: Run) -> None:
    near, beyond = (replace(METRICS["step_speed"], beyond=at) for at in (99.0, 1.0))
    run = observed(true(uneven), 0)
    for metric, given in ((near, True), (beyond, False)):
        found = [v for v in _measured(run, metric) if np.isfinite(v.value)]
        assert bool(found) == given
    assert {n for n, m in METRICS.items() if np.isfinite(m.beyond)} == {"starting_acceleration"}
    for name in ("fitted_top_speed", "acceleration_time_constant"):
        assert METRICS[name].of == ("starting_acceleration",)


@pytest.mark.parametrize("swing_deg", [1.5, 2.5])
def test_a_lean_that_differs_from_step_to_step_is_told_and_an_even_one_is_not(
    uneven: Run, swing_deg: float
) -> None:
    m = uneven.motion
    hips = (m.joint("left_hip") + m.joint("right_hip")) / 2
    starts = np.array([s.touchdown_s for s in uneven.steps])
    # Two steps further forward, two further back: neither a side nor a course over the run.
    pair = np.searchsorted(starts, m.time, side="right") // 2
    turn = np.radians(np.where(pair % 2, swing_deg, -swing_deg))
    upper = [i for i, name in enumerate(JOINTS) if not any(part in name for part in LOWER)]
    position = m.position.copy()
    rest = position[:, upper] - hips[:, None]
    c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
    turned = np.stack([c * rest[..., 0] + s * rest[..., 1], c * rest[..., 1] - s * rest[..., 0]], axis=-1)
    position[:, upper] = hips[:, None] + turned
    rocking = true(replace(uneven, motion=kinematics.rebuild(replace(m, raw=position), position)))
    expected = evaluate(METRICS["lean_unevenness"], rocking)[0]
    (told,) = of(measure(observed(rocking, 0)), "lean_unevenness")
    (even,) = of(measure(observed(true(uneven), 0)), "lean_unevenness")
    assert told.value == pytest.approx(expected, rel=0.15)
    assert "floor" in even.flags


def test_the_note_of_a_mean_says_whether_some_steps_are_given(uneven: Run) -> None:
    result = measure(observed(true(uneven), 1, sigma=0.025), 24)
    told = [row for row in result.summaries if row.only_mean]
    given = {v.metric for v in result.values if np.isfinite(v.value)}
    assert given & {row.metric for row in told}
    for row in told:
        assert row.note.startswith(SOME_MEAN if row.metric in given else ONLY_MEAN)
