from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import PIXELS, Runner, errors_ms, found, moving

from analyzer.body.skeleton import JOINTS
from analyzer.contacts import detect, plausibility, pushed_off
from analyzer.contacts import from_table as edited_contacts
from analyzer.data.capture import PoseTrack
from analyzer.data.steps import Step
from analyzer.errors import ConfigError, ContentError, NotRunningError, TooFewContactsError

TIMES = [0.1 + 0.24 * i for i in range(6)]
OTHER = {"left": "right", "right": "left"}


@pytest.mark.parametrize(("fps", "limit_ms"), [(240.0, 8.0), (120.0, 9.0), (60.0, 12.0)])
@pytest.mark.parametrize("speed", [7.0, 9.0])
def test_contacts_of_a_clean_runner(fps: float, limit_ms: float, speed: float) -> None:
    runner = Runner(speed=speed)
    errors = errors_ms(runner, found(runner.pose(fps)))
    assert np.abs(errors).max() < limit_ms


def test_noise_costs_little_and_the_error_says_so() -> None:
    runner = Runner(steps=10)
    z = []
    for seed in range(5):
        steps = found(runner.pose(240, noise_m=0.008, seed=seed))
        errors = errors_ms(runner, steps)
        assert np.abs(errors.mean(axis=0)).max() < 8
        assert errors.std(axis=0).max() < 6
        inner = [s for s in steps if s.touchdown_s > 0.1][: len(errors)]
        sd = np.array([[s.touchdown_sd_s, s.toe_off_sd_s] for s in inner])
        assert (sd > 0.001).all()
        assert (sd < 0.02).all()
        z += list((errors / (1000 * sd)).ravel())
    assert np.mean(np.abs(z) < 2) > 0.85


def test_left_and_right_are_told_apart() -> None:
    runner = Runner(left_longer=0.006, steps=12)
    contact = {"left": [], "right": []}
    for s in found(runner.pose(240, noise_m=0.003)):
        contact[s.side].append(s.toe_off_s - s.touchdown_s)
    difference = np.nanmean(contact["left"]) - np.nanmean(contact["right"])
    assert difference == pytest.approx(0.012, abs=0.005)


@settings(max_examples=12)
@given(
    speed=st.floats(5.0, 11.0),
    frequency=st.floats(3.2, 5.0),
    duty=st.floats(0.36, 0.6),
    first=st.sampled_from(["left", "right"]),
)
def test_steps_alternate_in_order_and_stand_on_the_ground(
    speed: float, frequency: float, duty: float, first: str
) -> None:
    runner = Runner(speed=speed, step_s=1 / frequency, contact_s=duty / frequency, first=first)
    steps = found(runner.pose(240, noise_m=0.003))
    assert len(steps) >= runner.steps
    assert [s.number for s in steps] == list(range(1, len(steps) + 1))
    for a, b in pairwise(steps):
        assert a.side != b.side
        assert not a.toe_off_s >= b.touchdown_s + 0.01
    for s in steps:
        assert not s.touchdown_s >= s.toe_off_s


@pytest.mark.parametrize("slow", [2.0, 8.0])
def test_slow_motion_has_the_same_events_stretched(slow: float) -> None:
    runner = Runner()
    real, stretched = found(runner.pose(240, 0.004)), found(runner.pose(240, 0.004, slow=slow))
    for a, b in zip(real, stretched, strict=True):
        assert b.side == a.side
        assert b.touchdown_s / slow == pytest.approx(a.touchdown_s, abs=0.006, nan_ok=True)
        assert b.toe_off_s / slow == pytest.approx(a.toe_off_s, abs=0.006, nan_ok=True)


def test_a_mirrored_run_swaps_nothing_but_the_picture() -> None:
    runner = Runner()
    right, left = found(runner.pose(240)), found(runner.pose(240, leftward=True))
    for a, b in zip(right, left, strict=True):
        assert a.side == b.side
        assert a.touchdown_s == pytest.approx(b.touchdown_s, abs=1e-3, nan_ok=True)


def test_a_run_whose_feet_are_down_together_is_refused() -> None:
    walker = Runner(speed=1.4, step_s=0.55, contact_s=0.66, steps=6)
    with pytest.raises(NotRunningError, match="a foot lands before the other one leaves"):
        found(walker.pose(60))


def test_somebody_who_stands_is_refused() -> None:
    pose = Runner(steps=4).pose(60)
    still = np.repeat(pose.xy[:1], len(pose.time), axis=0)
    rng = np.random.default_rng(1)
    stands = PoseTrack(
        pose.time,
        still + rng.normal(0, 0.5, still.shape),
        pose.confidence,
        pose.names,
        pose.box,
        2000,
        600,
        "test",
    )
    with pytest.raises(ContentError):
        found(stands)


def test_a_single_contact_is_too_few() -> None:
    runner = Runner(steps=2)
    pose = runner.pose(240)
    keep = (pose.time > 0.08) & (pose.time < 0.3)
    cut = PoseTrack(
        pose.time[keep],
        pose.xy[keep],
        pose.confidence[keep],
        pose.names,
        pose.box[keep],
        pose.width,
        600,
        "test",
    )
    with pytest.raises(TooFewContactsError, match="1 ground contact was"):
        found(cut)


@pytest.mark.parametrize("fps", [25.0, 30.0])
def test_a_slow_camera_finds_every_contact_with_errors_of_about_a_frame(fps: float) -> None:
    runner = Runner(steps=8)
    steps = found(runner.pose(fps, noise_m=0.01))
    errors = []
    for side, touchdown, toe_off in runner.contacts():
        near = [s for s in steps if s.side == side and abs(s.touchdown_s - touchdown) < 0.5 * runner.step_s]
        assert len(near) == 1, (side, touchdown)
        assert near[0].source in {"fit", "threshold"}
        assert near[0].touchdown_sd_s < 1.5 / fps
        errors.append([near[0].touchdown_s - touchdown, near[0].toe_off_s - toe_off])
    assert np.abs(errors).max() < 1.5 / fps
    assert np.std(errors, axis=0).max() < 0.8 / fps


def with_xy(pose: PoseTrack, xy: np.ndarray) -> PoseTrack:
    return replace(pose, xy=xy)


def test_a_picture_that_follows_the_athlete_still_shows_every_contact() -> None:
    """The camera pans with the runner and its motion was not noticed: feet slide back as they stand."""
    runner = Runner(steps=8)
    pose = runner.pose(60, noise_m=0.005)
    panned = pose.xy.copy()
    panned[..., 0] -= (0.7 * runner.speed * PIXELS * pose.time + 25 * np.sin(9 * pose.time))[:, None]
    contacts = detect.detect(moving(with_xy(pose, panned)))
    assert "ground_slides" in [note.code for note in contacts.notes]
    errors = errors_ms(runner, contacts.steps)
    assert np.abs(errors).max() < 40


def test_a_picture_that_stops_following_makes_no_blocks() -> None:
    """In it the body seems to rest, then to run; the feet land all the same."""
    runner = Runner(steps=8)
    pose = runner.pose(60, noise_m=0.005)
    gone = np.minimum(pose.time, 0.4 * np.ptp(pose.time)) * 0.95 + 0.6 * np.maximum(
        0, pose.time - 0.4 * np.ptp(pose.time)
    )
    followed = pose.xy.copy()
    followed[..., 0] -= (runner.speed * PIXELS * gone)[:, None]
    contacts = detect.detect(moving(with_xy(pose, followed)))
    assert "ground_slides" in [note.code for note in contacts.notes]
    assert not any(pushed_off.pushes(step) for step in contacts.steps)


def test_a_camera_that_stands_gives_no_note() -> None:
    assert detect.detect(moving(Runner().pose(120))).notes == ()


def test_a_hidden_contact_is_put_between_its_neighbours() -> None:
    runner = Runner(steps=8)
    pose = runner.pose(120, noise_m=0.004)
    side, touchdown, toe_off = runner.contacts()[4]
    hidden = pose.xy.copy()
    gone = (pose.time > touchdown - 0.02) & (pose.time < toe_off + 0.02)
    for part in ("heel", "foot_index"):
        hidden[gone, pose.names.index(f"{side}_{part}")] = np.nan
    steps = found(with_xy(pose, hidden))
    near = [s for s in steps if s.side == side and abs(s.touchdown_s - touchdown) < 0.05]
    assert len(near) == 1
    assert near[0].source == "threshold"
    assert near[0].touchdown_s == pytest.approx(touchdown, abs=2 * near[0].touchdown_sd_s)
    assert near[0].toe_off_s == pytest.approx(toe_off, abs=2 * near[0].toe_off_sd_s)
    assert near[0].touchdown_sd_s > 0.005
    for a, b in pairwise(steps):
        assert a.side != b.side
        assert b.number == a.number + 1


def test_waiting_before_the_start_is_no_contact() -> None:
    runner = Runner(steps=8)
    pose = runner.pose(60, noise_m=0.004)
    wait = 60
    rng = np.random.default_rng(2)
    still = pose.xy[:1] + rng.normal(0, 1.0, (wait, *pose.xy.shape[1:]))
    waits = PoseTrack(
        np.arange(wait + len(pose.time)) / 60,
        np.concatenate([still, pose.xy]),
        np.ones((wait + len(pose.time), pose.xy.shape[1])),
        pose.names,
        np.full((wait + len(pose.time), 3), 300.0),
        pose.width,
        pose.height,
        "test",
    )
    steps = found(waits)
    assert all(np.nanmax([s.touchdown_s, s.toe_off_s]) > (wait - 6) / 60 for s in steps)
    assert len(steps) >= runner.steps


def test_edited_table_round_trip_keeps_what_was_not_edited() -> None:
    motion = moving(Runner().pose(240))
    steps = detect.detect(motion).steps
    rows = [
        {"side": s.side, "touchdown_s": f"{s.touchdown_s:.4f}", "toe_off_s": f"{s.toe_off_s:.4f}"}
        for s in steps
    ]
    same = edited_contacts.from_table(rows, motion, steps)
    assert same.steps == steps
    assert same.notes == ()
    rows[2]["touchdown_s"] = f"{steps[2].touchdown_s - 0.02:.4f}"
    del rows[0]
    contacts = edited_contacts.from_table(rows, motion, steps)
    assert [note.code for note in contacts.notes] == ["events_edited"]
    assert contacts.notes[0].counts == {"added": 0, "removed": 1, "moved": 1}
    edited = contacts.steps
    assert [s.source for s in edited] == ["fit", "edited", *["fit"] * (len(steps) - 3)]
    assert edited[1].touchdown_s == pytest.approx(steps[2].touchdown_s - 0.02, abs=1e-4)
    assert edited[1].touchdown_sd_s == pytest.approx(1 / 720)
    assert [s.number for s in edited] == list(range(1, len(steps)))
    assert edited[1].foot[0] == pytest.approx(steps[2].foot[0], abs=0.1)


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        (lambda rows: rows.pop(3), (0, 1, 0)),
        (lambda rows: rows.insert(0, ("right", 0.01, 0.05)), (1, 0, 0)),
        (lambda rows: rows.__setitem__(2, (rows[2][0], rows[2][1] + 0.02, rows[2][2] + 0.02)), (0, 0, 1)),
        (lambda rows: rows.__setitem__(2, (rows[2][0], rows[2][1] + 0.3, rows[2][2] + 0.3)), (1, 1, 0)),
        (lambda rows: rows.__setitem__(1, (OTHER[rows[1][0]], *rows[1][1:])), (0, 0, 1)),
        (lambda rows: rows.__setitem__(4, (rows[4][0], rows[4][1], float("nan"))), (0, 0, 1)),
        (lambda rows: rows.append(rows[1]), (1, 0, 0)),
        (lambda rows: rows.reverse(), (0, 0, 0)),
    ],
)
def test_each_kind_of_edit_is_counted(
    change: Callable[[list[tuple[str, float, float]]], object], counts: tuple[int, int, int]
) -> None:
    steps = [Step(i, "left" if i % 2 else "right", t, 0.0, t + 0.1, 0.0, "fit") for i, t in enumerate(TIMES)]
    rows = [(step.side, step.touchdown_s, step.toe_off_s) for step in steps]
    change(rows)
    assert astuple(edited_contacts.edits(rows, steps)) == counts


def test_a_changed_side_is_told_on_a_clock_that_rounds_coarsely() -> None:
    step = Step(1, "left", 0.1, 0.0, 0.2, 0.0, "fit")
    rows = [("right", 0.104, 0.204)]
    assert astuple(edited_contacts.edits(rows, [step], within_s=0.005)) == (0, 0, 1)
    assert astuple(edited_contacts.edits(rows, [step])) == (1, 1, 0)


def test_an_empty_cell_is_an_event_outside_the_clip() -> None:
    motion = moving(Runner().pose(120))
    rows = [
        {"side": "R", "touchdown_s": "0.70", "toe_off_s": ""},
        {"side": "left", "touchdown_s": "", "toe_off_s": 0.5},
    ]
    first, second = edited_contacts.from_table(rows, motion).steps
    assert (first.side, second.side) == ("left", "right")
    assert np.isnan(first.touchdown_s)
    assert np.isnan(second.toe_off_s)
    assert np.isnan(second.toe_off_sd_s)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"side": "both", "touchdown_s": 0.1, "toe_off_s": 0.2}, "allowed are 'left' and 'right'"),
        ({"side": "left", "touchdown_s": "0,1", "toe_off_s": 0.2}, "not a time in seconds"),
        ({"side": "left", "touchdown_s": 0.3, "toe_off_s": 0.2}, "is not after"),
        ({"side": "left", "touchdown_s": "", "toe_off_s": ""}, "neither"),
        ({"side": "left", "touchdown_s": 80, "toe_off_s": 81}, "outside the clip"),
        ({"side": "right", "touchdown_s": 0.45, "toe_off_s": 0.55}, "on the ground already"),
    ],
)
def test_a_bad_row_is_named(row: dict[str, object], says: str) -> None:
    motion = moving(Runner().pose(120))
    good = {"side": "right", "touchdown_s": 0.4, "toe_off_s": 0.5}
    with pytest.raises(ConfigError, match=says) as caught:
        edited_contacts.from_table([good, row], motion)
    assert "line 3" in caught.value.why


def test_a_contact_no_runner_has_is_doubted() -> None:
    whole = Step(1, "left", 1.0, 0.005, 1.095, 0.006, "fit", (0.0, 0.0))
    short = replace(whole, toe_off_s=1.043)
    kept, wider = plausibility.doubted((whole, short), 0.22)
    assert kept == whole
    assert np.hypot(wider.touchdown_sd_s, wider.toe_off_sd_s) > 0.092 - 0.043
    assert (wider.touchdown_s, wider.toe_off_s) == (short.touchdown_s, short.toe_off_s)


def test_an_event_after_the_foot_was_last_seen_is_not_given() -> None:
    motion = moving(Runner().pose(120))
    raw = motion.raw.copy()
    raw[-12:, [JOINTS.index(f"left_{part}") for part in ("ankle", "heel", "foot_index")]] = np.nan
    cut = replace(motion, raw=raw)
    last = float(motion.time[-13])
    steps = tuple(
        Step(i, "left", last - 0.1, 0.002, last + late, 0.015, source)
        for i, (late, source) in enumerate([(0.02, "flow"), (-0.004, "flow"), (0.02, "threshold")], start=1)
    )
    after, before, by_stride = plausibility.in_sight(steps, cut)
    assert np.isnan([after.toe_off_s, after.toe_off_sd_s]).all()
    assert after.touchdown_s == steps[0].touchdown_s
    assert (before, by_stride) == steps[1:]
    early = replace(steps[1], touchdown_s=float(motion.time[0]) - 0.01)
    assert np.isnan(plausibility.in_sight([early], cut)[0].touchdown_s)


def test_where_no_leg_was_seen_no_event_is_given() -> None:
    motion = moving(Runner().pose(120))
    raw = motion.raw.copy()
    raw[60:90] = np.nan
    raw[-12:] = np.nan
    cut = replace(motion, raw=raw)
    begins, ends, last = (float(motion.time[i]) for i in (60, 89, -13))
    steps = (
        Step(1, "left", begins + 0.05, 0.002, ends - 0.05, 0.002, "threshold"),
        Step(2, "right", begins - 0.05, 0.002, begins + 0.1, 0.002, "threshold"),
        Step(3, "left", last - 0.1, 0.002, last + 0.02, 0.002, "threshold"),
        Step(4, "right", begins + 0.05, 0.002, last + 0.5, 0.002, "edited"),
    )
    across, after, by_hand = plausibility.in_sight(steps, cut)
    assert (across.number, after.number) == (2, 3)
    assert across.touchdown_s == steps[1].touchdown_s
    assert after.touchdown_s == steps[2].touchdown_s
    assert np.isnan([across.toe_off_s, across.toe_off_sd_s, after.toe_off_s, after.toe_off_sd_s]).all()
    assert by_hand == steps[3]


def test_a_contact_that_ends_before_it_begins_is_none() -> None:
    motion = moving(Runner().pose(120))
    at = float(motion.time[60])
    whole = Step(1, "left", at - 0.1, 0.002, at, 0.002, "fit")
    steps = (whole, replace(whole, number=2, toe_off_s=at - 0.15), replace(whole, number=3, toe_off_s=np.nan))
    assert [step.number for step in plausibility.in_sight(steps, motion)] == [1, 3]
