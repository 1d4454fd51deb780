"""Touchdown and toe-off from the path of a patch that was made with known ones."""

import json
from dataclasses import replace

import numpy as np
import pytest
from runner import CONTACT_S, STEP_S, true_steps

from analyzer.body.skeleton import JOINTS
from analyzer.contacts import shoe_fit
from analyzer.contacts.shoe_fit import Contact
from analyzer.data.steps import Step, Trace

PACE = 8.0


def trace(
    step: Step, part: str, *, fps: float = 240.0, seed: int = 0, late: float = 0.0, rolled: float = 0.015
):
    """A foot that lands and leaves as sprinters' do; ``late`` moves the camera's clock against the contact.

    The end of the toe's outline has risen by ``rolled`` m when it leaves, over the round tip of the shoe.
    """
    time = np.arange(step.touchdown_s - 0.1, step.toe_off_s + 0.1, 1 / fps) + late
    before = np.minimum(0, time - step.touchdown_s)
    after = np.maximum(0, time - step.toe_off_s)
    path = np.column_stack([2.0 * before - 40 * before**2, -3.2 * before - 10 * before**2])
    path += np.column_stack([2.0 * after + 70 * after**2, 2.3 * after + 18 * after**2])
    if part == "toe":
        over = np.clip(1 + (time - step.toe_off_s) / 0.03, 0, 1) ** 2
        path += np.column_stack([0.4 * rolled * over, rolled * over])
    path += np.random.default_rng(seed).normal(0, 0.0004, path.shape)
    share = (time - step.touchdown_s) / (step.toe_off_s - step.touchdown_s)
    low, high = (0.25, 0.6) if part == "forefoot" else (0.5, 0.8)
    standing = ((share > low) & (share < high)).astype(float)
    return Trace(step.number, part, time, path, np.full(len(time), 0.9), standing, 0.006)


def contact(step: Step) -> Contact:
    return Contact(step, STEP_S, PACE)


@pytest.fixture
def step(analysis) -> Step:
    return analysis.steps[2]


@pytest.mark.parametrize(("fps", "within"), [(240, 0.002), (120, 0.003), (60, 0.005)])
def test_a_patch_that_stops_and_starts_tells_both_events(step: Step, fps: float, within: float) -> None:
    errors = []
    for seed in range(6):
        rough = replace(step, touchdown_s=step.touchdown_s + 0.007, toe_off_s=step.toe_off_s - 0.006)
        late = seed / 6 / fps
        down = contact(rough).touchdown(trace(step, "forefoot", fps=fps, seed=seed, late=late))
        up = contact(rough).toe_off(trace(step, "toe", fps=fps, seed=seed, late=late))
        errors.append((down.time_s - step.touchdown_s, up.time_s - step.toe_off_s))
        assert abs(errors[-1][0]) < 2.5 * down.sd_s
        assert abs(errors[-1][1]) < 2.5 * up.sd_s
    np.testing.assert_allclose(np.median(errors, axis=0), 0, atol=within)


def test_the_shoe_may_give_after_landing(step: Step) -> None:
    soft = trace(step, "forefoot")
    since = np.maximum(0, soft.time - step.touchdown_s)
    give = 0.008 * np.exp(-since / 0.008)
    path = soft.displacement + np.column_stack([np.zeros_like(give), give])
    event = contact(step).touchdown(replace(soft, displacement=path))
    assert abs(event.time_s - step.touchdown_s) < 0.003


@pytest.mark.parametrize("rolled", [0.0, 0.01, 0.02, 0.03])
def test_a_shoe_may_roll_over_a_sharp_or_a_round_tip(step: Step, rolled: float) -> None:
    event = contact(step).toe_off(trace(step, "toe", rolled=rolled))
    assert abs(event.time_s - step.toe_off_s) < min(0.004, 1.5 * event.sd_s)


def test_a_rolling_toe_has_not_left(step: Step) -> None:
    rolling = trace(step, "toe")
    creep = np.column_stack([0.3 * np.clip(rolling.time - step.toe_off_s + 0.03, 0, None), 0 * rolling.time])
    event = contact(step).toe_off(replace(rolling, displacement=rolling.displacement + creep))
    assert abs(event.time_s - step.toe_off_s) < 0.006


def test_a_patch_that_wanders_in_two_standing_frames_still_tells(step: Step) -> None:
    """At 60 fps two frames do not say how unsteady a patch is; the fit must not hold it for lost."""
    for seed in range(6):
        shaky = trace(step, "toe", fps=60, seed=seed, late=seed / 360)
        assert shaky.standing.sum() <= 3
        path = shaky.displacement + np.random.default_rng(seed).normal(0, 0.007, shaky.displacement.shape)
        event = contact(step).toe_off(replace(shaky, displacement=path))
        assert abs(event.time_s - step.toe_off_s) < 2.5 * event.sd_s < 0.025


def test_an_outlier_does_not_move_the_event(step: Step) -> None:
    clean = trace(step, "forefoot")
    path = clean.displacement.copy()
    path[int(np.argmin(np.abs(clean.time - step.touchdown_s))) + 3] += 0.05
    event = contact(step).touchdown(replace(clean, displacement=path))
    assert abs(event.time_s - step.touchdown_s) < 0.003


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: replace(t, score=np.full(len(t.time), 0.3)),
        lambda t: replace(t, standing=np.zeros(len(t.time))),
        lambda t: replace(t, displacement=np.full_like(t.displacement, np.nan)),
        lambda t: replace(t, score=np.where(t.time < t.time[t.standing > 0][0], 0.0, t.score)),
    ],
    ids=["unlike", "never standing", "not found", "only the standing part"],
)
def test_a_poor_trace_tells_nothing(step: Step, spoil) -> None:
    event = contact(step).touchdown(spoil(trace(step, "forefoot")))
    assert np.isnan(event.time_s)
    assert np.isnan(contact(step).touchdown(None).time_s)


def test_picture_and_landmarks_are_joined_by_their_errors(analysis) -> None:
    truth = true_steps(analysis.motion)
    rough = tuple(
        replace(s, touchdown_s=s.touchdown_s - 0.008, toe_off_s=s.toe_off_s + 0.009,
                touchdown_sd_s=0.008, toe_off_sd_s=0.008)
        for s in truth
    )  # fmt: skip
    traces = [trace(s, part) for s in truth[:-1] for part in ("forefoot", "toe")]
    steps, notes = shoe_fit.refine(rough, traces, analysis.motion)
    for before, after, true in zip(rough[:-1], steps, truth, strict=False):
        assert after.source == "flow"
        assert abs(after.touchdown_s - true.touchdown_s) < 0.003
        assert abs(after.toe_off_s - true.toe_off_s) < 0.006
        assert after.touchdown_sd_s < before.touchdown_sd_s
        assert after.toe_off_sd_s < before.toe_off_sd_s
    # The one that no picture tells is moved by what the landmarks are off in the others.
    assert steps[-1].source == "fit"
    assert abs(steps[-1].touchdown_s - truth[-1].touchdown_s) < 0.003
    assert abs(steps[-1].toe_off_s - truth[-1].toe_off_s) < 0.005
    assert steps[-1].toe_off_sd_s == rough[-1].toe_off_sd_s
    # One picture is enough to move the others, but not so far.
    few, _ = shoe_fit.refine(rough, traces[1:2], analysis.motion)
    assert truth[2].toe_off_s < few[2].toe_off_s < rough[2].toe_off_s - 0.003
    assert few[2].touchdown_s == rough[2].touchdown_s
    assert [note.code for note in notes] == ["events_from_picture"]
    assert "12 of 14" in notes[0].message


def test_a_toe_off_after_the_end_is_no_late_landmark(analysis) -> None:
    motion = analysis.motion
    rough = tuple(replace(s, toe_off_s=s.toe_off_s + 0.009, toe_off_sd_s=0.008) for s in true_steps(motion))
    traces = [trace(s, "toe") for s in true_steps(motion)[:-1]]
    cut = motion.time > rough[-1].toe_off_s - 0.01
    position = np.where(cut[:, None, None], np.nan, motion.position)
    seen, _ = shoe_fit.refine(rough, traces, motion)
    unseen, _ = shoe_fit.refine(rough, traces, replace(motion, position=position))
    assert seen[-1].toe_off_s < rough[-1].toe_off_s - 0.003
    assert unseen[-1].toe_off_s == rough[-1].toe_off_s


def test_what_contradicts_the_landmarks_is_left_out(analysis) -> None:
    truth = true_steps(analysis.motion, sd_s=0.002)
    far = [replace(t, time=t.time + 0.03) for t in (trace(s, "forefoot") for s in truth)]
    steps, _ = shoe_fit.refine(truth, far, analysis.motion)
    assert steps == truth


def test_edited_and_unseen_events_stay(analysis) -> None:
    truth = true_steps(analysis.motion)
    edited = replace(truth[1], source="edited", touchdown_s=truth[1].touchdown_s + 0.004)
    unseen = replace(truth[2], touchdown_s=float("nan"), touchdown_sd_s=float("nan"))
    given = (truth[0], edited, unseen, *truth[3:])
    traces = [trace(s, part) for s in truth for part in ("forefoot", "toe")]
    steps, _ = shoe_fit.refine(given, traces, analysis.motion)
    assert steps[1] == edited
    assert np.isnan(steps[2].touchdown_s)
    assert steps[2].source == "flow"


def test_a_network_s_events_that_no_picture_confirms_are_less_sure(analysis) -> None:
    fitted = [replace(s, source="fit") for s in analysis.steps]
    by_network, by_markers = (
        shoe_fit.refine(fitted, [], replace(analysis.motion, toe_is=toe))[0] for toe in ("tip", "ball")
    )
    for before, network, markers in zip(fitted, by_network, by_markers, strict=True):
        assert network.toe_off_s == pytest.approx(before.toe_off_s, nan_ok=True)
        if np.isfinite(before.toe_off_sd_s):
            assert network.toe_off_sd_s > before.toe_off_sd_s + 0.1 * 0.03 * STEP_S
            assert markers.toe_off_sd_s == before.toe_off_sd_s


def test_without_traces_nothing_is_said(analysis) -> None:
    steps, notes = shoe_fit.refine(analysis.steps, [], analysis.motion)
    assert notes == []
    assert [(s.touchdown_s, s.toe_off_s) for s in steps] == [
        (s.touchdown_s, s.toe_off_s) for s in analysis.steps
    ]


def test_a_landing_on_the_heel_is_not_timed_with_the_forefoot(analysis) -> None:
    motion, step = analysis.motion, analysis.steps[2]
    assert not shoe_fit.lands_on_heel(step, motion)
    raised = motion.position.copy()
    raised[:, JOINTS.index(f"{step.side}_foot_index"), 1] += 0.05
    toe_up = replace(motion, position=raised)
    assert shoe_fit.lands_on_heel(step, toe_up)
    refined, _ = shoe_fit.refine(analysis.steps, [trace(step, "forefoot"), trace(step, "toe")], toe_up)
    assert refined[2].touchdown_s == step.touchdown_s
    assert refined[2].toe_off_s != step.toe_off_s
    assert not shoe_fit.lands_on_heel(replace(step, touchdown_s=float("nan")), toe_up)


def test_joggers_are_timed_by_their_heels(analysis) -> None:
    motion = analysis.motion
    flat = motion.position.copy()
    for side in ("left", "right"):
        flat[:, JOINTS.index(f"{side}_heel"), 1] = 0.05
        flat[:, JOINTS.index(f"{side}_foot_index"), 1] = 0.04
    traces = [trace(s, part) for s in analysis.steps for part in ("forefoot", "toe")]
    steps, _ = shoe_fit.refine(analysis.steps, traces, replace(motion, position=flat))
    assert [s.touchdown_s for s in steps] == [s.touchdown_s for s in analysis.steps]
    assert all(s.source == "flow" for s in steps)


def test_step_time_allows_for_missing_steps(analysis) -> None:
    assert shoe_fit.step_time_of([*analysis.steps[:2], *analysis.steps[4:]]) == pytest.approx(STEP_S)
    assert shoe_fit.step_time_of(analysis.steps[:1]) == pytest.approx(2 * CONTACT_S)


def test_a_trace_survives_json(step: Step) -> None:
    made = trace(step, "toe")
    holed = replace(
        made, displacement=np.where(made.time[:, None] < step.toe_off_s, made.displacement, np.nan)
    )
    back = Trace.from_dict(json.loads(json.dumps(holed.as_dict(), allow_nan=False)))
    assert (back.step, back.part, back.grain) == (holed.step, holed.part, holed.grain)
    np.testing.assert_allclose(back.time, holed.time, atol=1e-6)
    np.testing.assert_allclose(back.displacement, holed.displacement, atol=1e-5)
    np.testing.assert_array_equal(back.standing, holed.standing)


def test_a_path_that_fits_well_is_surer(step: Step) -> None:
    draw = np.random.default_rng(3)
    sds = []
    for scatter in (0.0, 0.004, 0.012):  # of a patch that is taken for good to 0.0025 m
        clean = trace(step, "forefoot")
        away = np.where(clean.standing[:, None] > 0, 0.0, scatter)
        path = clean.displacement + away * draw.standard_normal(clean.displacement.shape)
        sds.append(contact(step).touchdown(replace(clean, displacement=path)).sd_s)
    assert sds[0] < 0.9 * sds[1]
    assert sds[1] < 0.9 * sds[2] or np.isnan(sds[2])
