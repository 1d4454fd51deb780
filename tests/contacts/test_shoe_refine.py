"""The events of landmarks and of the shoe's images joined: which are moved, which left, which less sure."""

from dataclasses import replace

import numpy as np
import pytest
from runner import STEP_S, true_steps
from shoe_traces import trace

from analyzer.body.skeleton import JOINTS
from analyzer.contacts.shoe_refine import lands_on_heel, refine


def test_picture_and_landmarks_are_joined_by_their_errors(analysis) -> None:
    truth = true_steps(analysis.motion)
    rough = tuple(
        replace(s, touchdown_s=s.touchdown_s - 0.008, toe_off_s=s.toe_off_s + 0.009,
                touchdown_sd_s=0.008, toe_off_sd_s=0.008)
        for s in truth
    )  # fmt: skip
    traces = [trace(s, part) for s in truth[:-1] for part in ("forefoot", "toe")]
    refined = refine(rough, traces, analysis.motion)
    steps = refined.steps
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
    few = refine(rough, traces[1:2], analysis.motion).steps
    assert truth[2].toe_off_s < few[2].toe_off_s < rough[2].toe_off_s - 0.003
    assert few[2].touchdown_s == rough[2].touchdown_s
    assert [note.code for note in refined.notes] == ["events_from_picture"]
    assert "12 of 14" in refined.notes[0].message


def test_a_toe_off_after_the_end_is_no_late_landmark(analysis) -> None:
    motion = analysis.motion
    rough = tuple(replace(s, toe_off_s=s.toe_off_s + 0.009, toe_off_sd_s=0.008) for s in true_steps(motion))
    traces = [trace(s, "toe") for s in true_steps(motion)[:-1]]
    cut = motion.time > rough[-1].toe_off_s - 0.01
    position = np.where(cut[:, None, None], np.nan, motion.position)
    seen = refine(rough, traces, motion).steps
    unseen = refine(rough, traces, replace(motion, position=position)).steps
    assert seen[-1].toe_off_s < rough[-1].toe_off_s - 0.003
    assert unseen[-1].toe_off_s == rough[-1].toe_off_s


def test_what_contradicts_the_landmarks_is_left_out(analysis) -> None:
    truth = true_steps(analysis.motion, sd_s=0.002)
    far = [replace(t, time=t.time + 0.03) for t in (trace(s, "forefoot") for s in truth)]
    steps = refine(truth, far, analysis.motion).steps
    assert steps == truth


def test_edited_and_unseen_events_stay(analysis) -> None:
    truth = true_steps(analysis.motion)
    edited = replace(truth[1], source="edited", touchdown_s=truth[1].touchdown_s + 0.004)
    unseen = replace(truth[2], touchdown_s=float("nan"), touchdown_sd_s=float("nan"))
    given = (truth[0], edited, unseen, *truth[3:])
    traces = [trace(s, part) for s in truth for part in ("forefoot", "toe")]
    steps = refine(given, traces, analysis.motion).steps
    assert steps[1] == edited
    assert np.isnan(steps[2].touchdown_s)
    assert steps[2].source == "flow"


def test_a_network_s_events_that_no_picture_confirms_are_less_sure(analysis) -> None:
    fitted = [replace(s, source="fit") for s in analysis.steps]
    by_network, by_markers = (
        refine(fitted, [], replace(analysis.motion, toe_is=toe)).steps for toe in ("tip", "ball")
    )
    for before, network, markers in zip(fitted, by_network, by_markers, strict=True):
        assert network.toe_off_s == pytest.approx(before.toe_off_s, nan_ok=True)
        if np.isfinite(before.toe_off_sd_s):
            assert network.toe_off_sd_s > before.toe_off_sd_s + 0.1 * 0.03 * STEP_S
            assert markers.toe_off_sd_s == before.toe_off_sd_s


def test_without_traces_nothing_is_said(analysis) -> None:
    refined = refine(analysis.steps, [], analysis.motion)
    steps = refined.steps
    assert refined.notes == ()
    assert [(s.touchdown_s, s.toe_off_s) for s in steps] == [
        (s.touchdown_s, s.toe_off_s) for s in analysis.steps
    ]


def test_a_landing_on_the_heel_is_not_timed_with_the_forefoot(analysis) -> None:
    motion, step = analysis.motion, analysis.steps[2]
    assert not lands_on_heel(step, motion)
    raised = motion.position.copy()
    raised[:, JOINTS.index(f"{step.side}_foot_index"), 1] += 0.05
    toe_up = replace(motion, position=raised)
    assert lands_on_heel(step, toe_up)
    refined = refine(analysis.steps, [trace(step, "forefoot"), trace(step, "toe")], toe_up).steps
    assert refined[2].touchdown_s == step.touchdown_s
    assert refined[2].toe_off_s != step.toe_off_s
    assert not lands_on_heel(replace(step, touchdown_s=float("nan")), toe_up)


def test_joggers_are_timed_by_their_heels(analysis) -> None:
    motion = analysis.motion
    flat = motion.position.copy()
    for side in ("left", "right"):
        flat[:, JOINTS.index(f"{side}_heel"), 1] = 0.05
        flat[:, JOINTS.index(f"{side}_foot_index"), 1] = 0.04
    traces = [trace(s, part) for s in analysis.steps for part in ("forefoot", "toe")]
    steps = refine(analysis.steps, traces, replace(motion, position=flat)).steps
    assert [s.touchdown_s for s in steps] == [s.touchdown_s for s in analysis.steps]
    assert all(s.source == "flow" for s in steps)
