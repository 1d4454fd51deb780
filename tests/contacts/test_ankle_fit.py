"""Contacts of a body that was marked without feet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import CONFIG, PIXELS, Runner, errors_ms, found, moving

from analyzer import quality
from analyzer.config import Config
from analyzer.contacts import detect
from analyzer.contacts import from_table as edited_contacts
from analyzer.contacts.ankle_fit import BALL_AHEAD, COMES, LEAVES, TOUCHES, AnkleFit
from analyzer.contacts.filtered_paths import FootPath
from analyzer.contacts.stances import CoarseStance
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.data.motion import Motion
from analyzer.errors import TooFewContactsError
from analyzer.joints import leg_names
from analyzer.joints.body_size import ANKLE_HIGH, facing, stands_on
from analyzer.metrics import METRICS
from analyzer.metrics.measure import measure
from analyzer.metrics.run import Run
from analyzer.scene.calibration import calibrate
from analyzer.scene.passes import chosen

NEEDS_THE_FOOT = {"foot_descent_speed", "foot_forward_speed", "foot_slip", "retraction_window"}


def without(pose: PoseTrack, *parts: str) -> PoseTrack:
    gone = [name.endswith(parts) for name in pose.names]
    return replace(pose, xy=np.where(np.array(gone)[None, :, None], np.nan, pose.xy))


def footless(pose: PoseTrack) -> PoseTrack:
    return without(pose, "heel", "foot_index")


def fit_of(motion: Motion, path: np.ndarray, step_s: float, lowest_s: float) -> AnkleFit:
    nothing = np.full_like(path, np.nan)
    foot = FootPath("left", path, nothing, path, nothing, np.zeros(len(path)), 0.001, 0.0)
    middle = int(np.searchsorted(motion.time, lowest_s))
    return AnkleFit(motion, foot, CoarseStance("left", middle - 2, middle, middle + 3), step_s)


@pytest.mark.parametrize("fps", [240.0, 120.0, 60.0])
def test_events_are_where_a_drawn_ankle_passes_their_heights(fps: float) -> None:
    motion = moving(Runner().pose(fps))
    leg, step, lowest = motion.leg_length, 0.25, 0.8
    since = (motion.time - lowest) / step
    height = leg * np.where(since < 0, 1.2, 2.0) * since**2
    path = np.column_stack([np.full_like(height, 3.0), 0.1 + height])
    fit = fit_of(motion, path, step, lowest)
    # What stands for the lowest height is the mean over a tenth of a step before and after.
    base = (1.2 + 2.0) / 2 * 0.1**2 / 3
    touches = lowest - step * np.sqrt((TOUCHES + base) / 1.2)
    leaves = lowest + step * np.sqrt((np.interp(step, *LEAVES) + base) / 2.0)
    # The two parabolas meet between frames.
    assert fit.touchdown().time_s == pytest.approx(touches, abs=0.0015)
    assert fit.toe_off().time_s == pytest.approx(leaves, abs=0.0015)
    assert fit.place() == pytest.approx((3.0 + BALL_AHEAD * leg, 0.1 - ANKLE_HIGH * leg), abs=0.03)


@pytest.mark.parametrize(
    ("step", "down", "up"),
    [(0.31, 0.022, 0.111), (0.23, 0.026, 0.116)],
    ids=["runners on force plates", "drawn sprinters"],
)
def test_events_are_where_measured_ankles_have_them(step: float, down: float, up: float) -> None:
    """Heights over the lowest at touchdown and toe-off, leg lengths, as in docs/decisions/0012."""
    motion = moving(Runner().pose(240))
    leg, lowest = motion.leg_length, 0.8
    since = (motion.time - lowest) / step
    height = leg * (1.2 * np.minimum(since + 0.1, 0) ** 2 + 2.0 * np.maximum(since - 0.12, 0) ** 2)
    fit = fit_of(motion, np.column_stack([np.full_like(height, 3.0), 0.1 + height]), step, lowest)
    touches = lowest - step * (0.1 + np.sqrt(down / 1.2))
    leaves = lowest + step * (0.12 + np.sqrt(up / 2.0))
    # A height that is 0.02 leg lengths off at toe-off is 5 ms.
    assert fit.touchdown().time_s == pytest.approx(touches, abs=0.004)
    assert fit.toe_off().time_s == pytest.approx(leaves, abs=0.001)


def test_what_the_ankle_has_still_to_come_forward_delays_touchdown() -> None:
    motion = moving(Runner().pose(240))
    leg, step, lowest = motion.leg_length, 0.25, 0.8
    since = (motion.time - lowest) / step
    height = leg * 0.3 * np.abs(since)
    straight = np.column_stack([np.full_like(height, 3.0), height])
    coming = straight + np.column_stack([leg * 1.5 * np.minimum(since, 0), np.zeros_like(since)])
    late = (
        fit_of(motion, coming, step, lowest).touchdown().time_s
        - fit_of(motion, straight, step, lowest).touchdown().time_s
    )
    base = 0.3 * 0.1 / 2
    assert late == pytest.approx(step * (TOUCHES + base) * (1 / 0.3 - 1 / (0.3 + COMES * 1.5)), rel=0.15)


def test_an_ankle_lost_before_it_has_risen_has_no_toe_off() -> None:
    motion = moving(Runner().pose(240))
    since = (motion.time - 0.8) / 0.25
    height = motion.leg_length * 1.2 * since**2
    path = np.column_stack([np.zeros_like(height), height])
    path[motion.time > 0.82] = np.nan
    fit = fit_of(motion, path, 0.25, 0.8)
    assert np.isfinite(fit.touchdown().time_s)
    assert np.isnan(fit.toe_off().time_s)


@pytest.mark.parametrize("fps", [240.0, 120.0, 60.0, 30.0])
@pytest.mark.parametrize("leftward", [False, True])
def test_every_contact_of_a_runner_without_feet(fps: float, leftward: bool) -> None:
    runner = Runner(steps=9)
    motion = moving(footless(runner.pose(fps, leftward=leftward)))
    contacts = detect.detect(motion)
    steps = contacts.steps
    errors = errors_ms(runner, steps)
    # The stick's stiff feet are not a sprinter's: its events are all off by the same.
    assert np.abs(errors).max() < 30
    assert np.ptp(errors[1:-1], axis=0).max() < (6 if fps > 30 else 12)
    inner = [s for s in steps if 0.1 < s.touchdown_s < runner.contacts()[-1][1] + 0.01]
    assert {s.source for s in inner} == {"ankle"}
    assert all(s.touchdown_sd_s > 0.004 for s in inner)
    assert np.diff([s.touchdown_s for s in inner]) == pytest.approx(runner.step_s, abs=0.004)
    assert np.diff([s.foot[0] for s in inner]) == pytest.approx(runner.step_s * runner.speed, abs=0.06)
    assert "ankles_only" in {note.code for note in contacts.notes}


def test_its_errors_are_larger_than_those_of_feet() -> None:
    pose = Runner().pose(120, noise_m=0.005)
    with_feet, without_feet = found(pose), found(footless(pose))
    for name in ("touchdown_sd_s", "toe_off_sd_s"):
        a, b = (np.nanmedian([getattr(s, name) for s in steps]) for steps in (with_feet, without_feet))
        assert b > 1.2 * a


def test_feet_are_used_where_they_were_marked() -> None:
    pose = Runner().pose(120)
    toes = without(pose, "heel")
    assert stands_on(toes.names, toes.xy) == "foot_index"
    assert "ankle" not in {s.source for s in found(pose) + found(toes)}


def test_neither_feet_nor_ankles() -> None:
    motion = moving(Runner().pose(120))
    with pytest.raises(TooFewContactsError, match="Neither feet nor ankles"):
        detect.detect(replace(motion, raw=np.full_like(motion.raw, np.nan)))


@pytest.mark.parametrize("leftward", [False, True])
@pytest.mark.parametrize("gone", [("heel", "foot_index"), ("heel",)])
def test_legs_without_whole_feet_get_their_names_back(leftward: bool, gone: tuple[str, ...]) -> None:
    pose = without(Runner().pose(120, leftward=leftward), *gone)
    xy = pose.xy.copy()
    left = [pose.names.index(f"left_{part}") for part in ("hip", "knee", "ankle", "foot_index")]
    right = [pose.names.index("right" + pose.names[i][4:]) for i in left]
    for frame in (60, 61, 100):
        xy[frame, left], xy[frame, right] = pose.xy[frame, right], pose.xy[frame, left]
    mended = leg_names.untangle(replace(pose, xy=xy))
    np.testing.assert_allclose(mended.xy, pose.xy)
    assert (facing(pose, pose.xy) == (-1 if leftward else 1)).all()


def test_what_needs_the_foot_is_not_given_and_the_rest_is() -> None:
    motion = moving(footless(Runner(steps=10).pose(240)))
    steps = detect.detect(motion).steps
    run = Run(motion, steps, True, 0.01)
    found_ = {v.metric for v in measure(run).values if np.isfinite(v.value)}
    assert METRICS.keys() >= NEEDS_THE_FOOT
    assert not NEEDS_THE_FOOT & found_
    assert {
        "contact_time",
        "step_length",
        "step_frequency",
        "touchdown_distance",
        "trunk_lean_mean",
    } <= found_
    assert run.ground_slip < 0.2


def test_most_of_the_error_is_alike_in_all_steps_and_leaves_their_times_sure() -> None:
    motion = moving(footless(Runner(steps=10).pose(240)))
    steps = detect.detect(motion).steps
    values = measure(Run(motion, steps, True, 0.01)).values
    sd = {
        name: float(np.nanmedian([v.sd for v in values if v.metric == name]))
        for name in ("step_time", "contact_time")
    }
    assert sd["step_time"] < 0.6 * sd["contact_time"]


def test_feet_that_were_never_marked_are_not_called_badly_seen() -> None:
    pose = footless(Runner().pose(120))
    motion = moving(pose)
    steps = detect.detect(motion).steps
    notes = quality.check(None, pose, CameraMotion.static(len(pose.time)), Run(motion, steps, True, 0.01))
    assert "visibility" not in {note.code for note in notes}


def test_an_edited_contact_keeps_its_place() -> None:
    motion = moving(footless(Runner().pose(120)))
    steps = detect.detect(motion).steps
    rows = [
        {"side": s.side, "touchdown_s": s.touchdown_s + 0.004, "toe_off_s": s.toe_off_s + 0.004}
        for s in steps
        if np.isfinite(s.touchdown_s + s.toe_off_s)
    ]
    edited = edited_contacts.from_table(rows, motion, steps).steps
    before = {round(s.touchdown_s + 0.004, 6): s.foot for s in steps}
    for step in edited:
        assert step.source == "edited"
        assert step.foot == pytest.approx(before[round(step.touchdown_s, 6)], abs=0.06)


def test_a_treadmill_is_told_without_feet() -> None:
    runner = Runner(speed=5.0, step_s=0.32, contact_s=0.2)
    pose = footless(runner.pose(120))
    stays = pose.xy - np.stack([PIXELS * runner.speed * pose.time, 0 * pose.time], axis=1)[:, None]
    pose = replace(pose, xy=stays + np.array([400.0, 0.0]), width=1200)
    still, config = CameraMotion.static(len(pose.time)), Config(scale=CONFIG.scale)
    found_ = calibrate(pose, still, chosen(pose, still, config), config)
    assert found_.direction == 1
    assert found_.treadmill_mps == pytest.approx(runner.speed, rel=0.05)
    assert "treadmill" in {note.code for note in found_.notes}
