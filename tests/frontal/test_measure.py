"""Runs from the front and from behind with hand-made truth: numbers, signs, sides, clocks; and no runs."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from activities import Marcher, Squatter, Walker, slow_jog
from coming import HALF_WIDTH, LEG, Comer, measured
from hypothesis import given, settings
from hypothesis import strategies as st
from running import Runner
from views import seen_at

from analyzer.body.skeleton import SIDES
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.errors import ContentError, NotRunningError, TooFewContactsError, ViewError
from analyzer.frontal.body import HAND_OF_FOREARM
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Frontal
from analyzer.metrics.registry import Unit

COMER = Comer()
WIDTH = 2 * HALF_WIDTH["shoulder"]


def of(found: Frontal) -> dict[tuple[str, str], float]:
    """Return every number but rates."""
    return {(f.metric, f.side): f.mean for f in found.found if MEASURES[f.metric].unit is not Unit.HERTZ}


def reach(comer: Comer) -> float:
    """Return how far past the middle the knuckles come: beyond the wrist, away from the elbow."""
    return comer.hand + HAND_OF_FOREARM * (comer.hand + HALF_WIDTH["elbow"])


def knee_inward(comer: Comer, run: Frontal) -> float:
    """Return the angle between thigh and shank across the lane at the stances that were found."""
    angles = []
    for stance in run.stances:
        hip, knee, ankle = (
            comer.points(np.array([stance.time_s]))[f"{stance.side}_{part}"][0]
            for part in ("hip", "knee", "ankle")
        )
        thigh, shank = hip - knee, knee - ankle
        turn = np.arctan2(thigh[1], thigh[2]) - np.arctan2(shank[1], shank[2])
        angles.append(np.degrees(turn) * (1 if stance.side == "left" else -1))
    return float(np.mean(angles))


@pytest.fixture(scope="module")
def front() -> Frontal:
    return measured(COMER.seen(noise_m=0.003))


@pytest.fixture(scope="module")
def rear() -> Frontal:
    return measured(COMER.seen("rear", noise_m=0.003))


@pytest.fixture(params=["front", "rear"])
def run(request: pytest.FixtureRequest) -> Frontal:
    return request.getfixturevalue(request.param)


def test_every_stance_is_found_with_its_side(run: Frontal) -> None:
    stride = 2 * COMER.runner.step_s
    for side, middle in COMER.middles():
        near = min(run.stances, key=lambda s: abs(s.time_s - middle))
        assert near.side == side
        # The drawn runner's feet rise early in the swing, so that its lows come early, too.
        assert near.time_s - middle == pytest.approx(0.0, abs=0.15 * stride)
        assert 0 < near.time_sd_s < 0.1 * stride
    assert [s.number for s in run.stances] == list(range(1, len(run.stances) + 1))
    apart = np.diff([s.time_s for s in run.stances])
    assert apart == pytest.approx(COMER.runner.step_s, abs=0.02)


def test_what_lies_across_comes_out(run: Frontal) -> None:
    true = {
        ("step_rate", "both"): (1 / COMER.runner.step_s, 0.05),
        ("foot_from_midline", "left"): (100 * COMER.left_foot / LEG, 1.0),
        ("foot_from_midline", "right"): (100 * COMER.right_foot / LEG, 1.0),
        ("step_width", "both"): (100 * (COMER.left_foot + COMER.right_foot) / LEG, 1.5),
        ("trunk_side_lean", "both"): (COMER.lean, 0.3),
        ("trunk_sway", "both"): (COMER.sway, 1.0),
        ("pelvis_drop", "both"): (COMER.drop, 1.5),
        ("step_time_difference", "both"): (0.0, 2.0),
        ("hand_across", "both"): (100 * reach(COMER) / WIDTH, 3.0),
    }
    for key, (value, slack) in true.items():
        assert run.get(*key).mean == pytest.approx(value, abs=slack), key
        assert abs(run.get(*key).mean - value) < 3 * run.get(*key).se, key


@pytest.mark.parametrize(
    ("change", "metric", "rises"),
    [
        ({"lean": -3.0}, "trunk_side_lean", -5.0),
        ({"sway": 9.0}, "trunk_sway", 5.0),
        ({"drop": -4.0}, "pelvis_drop", -7.0),
        ({"left_foot": 0.1, "right_foot": 0.08}, "step_width", 100 * 0.08 / LEG),
        ({"hand": 0.11}, "hand_across", 100 * (0.06 + HAND_OF_FOREARM * 0.06) / WIDTH),
    ],
)
def test_a_change_of_the_truth_is_followed(
    front: Frontal, change: dict[str, float], metric: str, rises: float
) -> None:
    after = measured(replace(COMER, **change).seen(noise_m=0.003))
    assert after.get(metric).mean - front.get(metric).mean == pytest.approx(rises, rel=0.25)


def test_the_knee_is_inside_the_line_by_what_it_is(front: Frontal) -> None:
    comer = replace(COMER, knee_in=0.05)
    inside = measured(comer.seen(noise_m=0.003))
    true = knee_inward(comer, inside) - knee_inward(COMER, front)
    assert true > 5
    assert inside.get("knee_inward").mean - front.get("knee_inward").mean == pytest.approx(true, rel=0.15)


def test_the_mirrored_runner_has_left_and_right_exchanged() -> None:
    run = measured(COMER.seen())
    mirrored = replace(
        COMER,
        left_foot=COMER.right_foot,
        right_foot=COMER.left_foot,
        lean=-COMER.lean,
        runner=replace(COMER.runner, first="right"),
    )
    other = measured(mirrored.seen())
    for metric in ("foot_from_midline", "knee_inward", "pelvis_drop", "hand_across", "knee_lift"):
        for side, across in zip(SIDES, SIDES[::-1], strict=True):
            assert other.get(metric, across).mean == pytest.approx(run.get(metric, side).mean, abs=0.3)
    assert other.get("trunk_side_lean").mean == pytest.approx(-run.get("trunk_side_lean").mean, abs=0.1)
    assert other.get("step_width").mean == pytest.approx(run.get("step_width").mean, abs=0.3)


@settings(max_examples=8)
@given(scale=st.floats(0.3, 3.0), right=st.floats(-200, 200), fps=st.sampled_from([60.0, 120.0]))
def test_size_and_place_in_the_picture_change_nothing(scale: float, right: float, fps: float) -> None:
    pose = COMER.seen(fps=fps)
    plain = of(measured(pose))
    moved = of(
        measured(replace(pose, xy=scale * (pose.xy + np.array([right, 0.0])), width=4000, height=4000))
    )
    assert moved == pytest.approx(plain, rel=1e-6, abs=1e-6, nan_ok=True)


def test_slow_motion_of_an_unknown_factor_leaves_rates_out_and_nothing_else(front: Frontal) -> None:
    slow = measured(COMER.seen(noise_m=0.003, slow=4.0))
    assert of(slow) == pytest.approx(of(front), rel=1e-3, abs=1e-3, nan_ok=True)
    assert np.isnan(slow.get("step_rate").mean)
    assert "capture rate" in slow.get("step_rate").note
    assert 1 < slow.slow_motion < 4
    assert [n.level for n in slow.notes if n.code == "slow_motion"] == ["limit"]
    assert front.slow_motion == 1.0


def test_a_rate_that_somebody_stated_is_only_doubted() -> None:
    slow = measured(COMER.seen(slow=4.0), capture_fps=60)
    assert slow.get("step_rate").mean == pytest.approx(0.25 / COMER.runner.step_s, rel=0.02)
    assert [n.code for n in slow.notes] == ["clock_doubtful"]
    (found,) = re.findall(r"between (\d+) and (\d+)", slow.notes[0].advice)
    assert int(found[0]) < 4 * slow.pose.fps < int(found[1])


@pytest.mark.parametrize("times", [2.0, 8.0])
def test_a_refusal_names_the_rates_that_the_legs_allow(times: float) -> None:
    """A stated rate that is ``times`` too high."""
    pose = COMER.seen(noise_m=0.003)
    hurried = replace(pose, time=pose.time / times)
    with pytest.raises(ContentError) as refused:
        measured(hurried, capture_fps=hurried.fps)
    (found,) = re.findall(r"between (\d+) and (\d+)", refused.value.fix)
    assert int(found[0]) < pose.fps < int(found[1]) < hurried.fps
    with pytest.raises(ContentError) as unstated:
        measured(hurried)
    assert "between" not in unstated.value.fix
    assert unstated.value.what == refused.value.what


def test_a_hand_that_wanders_changes_little(front: Frontal) -> None:
    steady = of(front)
    for key, value in of(measured(COMER.seen(noise_m=0.003, wander_px=25.0))).items():
        assert value == pytest.approx(steady[key], abs=1.0, nan_ok=True), key


def test_a_known_roll_of_the_camera_is_taken_out() -> None:
    pose = COMER.seen()
    angle = np.radians(3 * np.sin(2 * np.pi * 0.7 * pose.time))
    middle = np.array([960.0, 540.0])
    turns = np.tile(np.eye(3), (len(angle), 1, 1))
    turns[:, :2, :2] = np.stack(
        [np.stack([np.cos(angle), -np.sin(angle)], -1), np.stack([np.sin(angle), np.cos(angle)], -1)], axis=1
    )
    turns[:, :2, 2] = middle - np.einsum("nij,j->ni", turns[:, :2, :2], middle)
    back = np.linalg.inv(turns)
    rolled = np.einsum("nij,nkj->nki", back[:, :2, :2], pose.xy) + back[:, None, :2, 2]
    camera = CameraMotion(turns, np.zeros(len(angle)), moving=True)
    run, shaken = measured(pose), measured(replace(pose, xy=rolled), camera)
    for metric in ("trunk_sway", "pelvis_drop"):
        assert shaken.get(metric).mean == pytest.approx(run.get(metric).mean, abs=0.2)
    ignored = measured(replace(pose, xy=rolled))
    assert ignored.get("trunk_sway").mean > run.get("trunk_sway").mean + 0.5


@pytest.mark.parametrize("where", ["front", "rear"])
def test_what_a_network_does_not_show_is_not_given(where: str) -> None:
    run = measured(COMER.seen(where), kind="blazepose")
    hidden = {"knee_lift", "hand_across", "arm_leg_lag"} if where == "rear" else set()
    for metric, one in MEASURES.items():
        given_ = metric not in {"knee_inward", "pelvis_drop"} | hidden
        for side in ("both", *SIDES) if one.sided else ("both",):
            found = run.get(metric, side)
            assert np.isfinite(found.mean) == given_, metric
            assert bool(found.note) != given_, metric
            if given_:
                assert 0 < found.se_within <= found.se
                assert found.n > 0
        assert given_ or all(metric not in s.values for s in run.stances)


def test_other_networks_are_less_sure_than_ours_and_markers_surer(front: Frontal) -> None:
    ours, other = (measured(COMER.seen(noise_m=0.003), kind=kind) for kind in ("blazepose", "openpose"))
    for metric in ("knee_lift", "hand_across"):
        assert front.get(metric).se < ours.get(metric).se < other.get(metric).se


def test_a_frame_with_the_legs_exchanged_says_nothing(front: Frontal) -> None:
    pose = COMER.seen(noise_m=0.003)
    xy = pose.xy.copy()
    for frame in (20, 21, 47, 80):
        for part in ("hip", "knee", "ankle", "heel", "foot_index"):
            left, right = (pose.names.index(f"{side}_{part}") for side in SIDES)
            xy[frame, [left, right]] = xy[frame, [right, left]]
    found = of(measured(replace(pose, xy=xy)))
    for key, value in of(front).items():
        assert found[key] == pytest.approx(value, abs=1.5, nan_ok=True), key


def test_a_slow_jog_is_a_run() -> None:
    jog = replace(COMER, runner=slow_jog(2.5, 0.8))
    assert measured(jog.seen()).get("step_rate").mean == pytest.approx(1 / jog.runner.step_s, rel=0.02)


@pytest.mark.parametrize(
    ("runner", "why"), [(Walker(), "walk"), (Marcher(), "seem"), (Squatter(), "take turns")]
)
def test_who_does_not_run_is_told_so(runner: Runner, why: str) -> None:
    with pytest.raises(NotRunningError, match=why):
        measured(replace(COMER, runner=runner).seen(noise_m=0.003))


def test_who_insists_gets_a_walk_with_a_word_on_it() -> None:
    run = measured(replace(COMER, runner=Walker()).seen(), accept=True)
    assert "not_a_run" in [n.code for n in run.notes]
    assert len(run.stances) > 3


def test_who_stands_does_not_run() -> None:
    pose = COMER.seen(noise_m=0.003)
    rng = np.random.default_rng(3)
    still = pose.xy[:1] + rng.normal(0, 0.3, pose.xy.shape)
    with pytest.raises(NotRunningError, match="take turns"):
        measured(replace(pose, xy=still))


def test_two_stances_are_too_few() -> None:
    pose = COMER.seen()
    short = slice(0, 30)
    part = replace(
        pose, time=pose.time[short], xy=pose.xy[short], confidence=pose.confidence[short], box=pose.box[short]
    )
    with pytest.raises(TooFewContactsError, match="stances"):
        measured(part)


def test_a_run_from_the_side_is_told_where_to_go() -> None:
    with pytest.raises(ViewError, match="from the side: use analyze"):
        measured(seen_at(0.0))
    with pytest.raises(ViewError, match="is filmed obliquely: use analyze"):
        measured(seen_at(45.0))


def test_curves_and_stances_are_on_the_clock_of_the_clip(front: Frontal) -> None:
    assert {len(curve) for curve in front.curves.values()} == {len(front.time)}
    assert all(abs(front.pose.time[s.frame] - s.time_s) <= 0.5 / front.pose.fps for s in front.stances)
    # Feet stand on their own sides, and hands hang outside the trunk on average.
    assert np.nanmean(front.curves["left_foot"]) > 0 > np.nanmean(front.curves["right_foot"])
    assert np.nanmedian(front.curves["left_hand"]) > np.nanmedian(front.curves["right_hand"])
    assert np.nanmean(front.curves["trunk_lean"]) == pytest.approx(COMER.lean, abs=0.3)


def test_hardly_seen_arms_leave_only_their_numbers_out(front: Frontal) -> None:
    pose = COMER.seen(noise_m=0.003)
    xy = pose.xy.copy()
    xy[:, pose.names.index("left_wrist")] = np.nan
    found = measured(replace(pose, xy=xy))
    assert np.isnan(found.get("hand_across").mean)
    assert "hand" in found.get("hand_across").note
    assert np.isfinite(found.get("hand_across", "right").mean)
    assert found.get("step_width").mean == pytest.approx(front.get("step_width").mean, abs=1e-6)


def without(pose: PoseTrack, *parts: str, frames: slice = slice(None)) -> PoseTrack:
    xy = pose.xy.copy()
    for i, name in enumerate(pose.names):
        if name.endswith(parts):
            xy[frames, i] = np.nan
    return replace(pose, xy=xy)


@pytest.mark.parametrize("parts", [("heel", "foot_index"), ("elbow", "wrist"), ("right_wrist",)])
def test_a_body_without_some_of_its_joints_has_its_feet_measured(
    front: Frontal, parts: tuple[str, ...]
) -> None:
    found = measured(without(COMER.seen(noise_m=0.003), *parts))
    assert found.get("step_width").mean == pytest.approx(front.get("step_width").mean, abs=0.5)
    assert len(found.stances) == len(front.stances)


def test_frames_in_which_nobody_is_seen_are_left_out(front: Frontal) -> None:
    whole = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
    pose = COMER.seen(noise_m=0.003)
    for frames in (slice(0, 60), slice(80, 100)):
        found = measured(without(pose, *whole, frames=frames))
        assert len(front.stances) - 5 <= len(found.stances) <= len(front.stances)
        assert found.get("step_width").mean == pytest.approx(front.get("step_width").mean, abs=1.0)


def test_legs_of_which_one_is_never_seen_take_no_turns() -> None:
    one_leg = without(COMER.seen(), "left_knee", "left_ankle", "left_heel", "left_foot_index")
    with pytest.raises(NotRunningError, match="take turns"):
        measured(one_leg)


def test_knees_that_are_not_seen_alike_are_not_believed() -> None:
    pose = COMER.seen(noise_m=0.003)

    def lower(px: float) -> Frontal:
        xy = pose.xy.copy()
        xy[:, pose.names.index("right_knee"), 1] += px
        return measured(replace(pose, xy=xy), kind="blazepose")

    assert np.isfinite(lower(0.0).get("knee_lift").mean)
    for metric in ("knee_lift", "arm_leg_lag"):
        found = lower(20.0).get(metric)
        assert np.isnan(found.mean)
        assert "not seen alike" in found.note
    assert np.isfinite(lower(20.0).get("step_width").mean)


def test_a_camera_that_shakes_up_and_down_leaves_the_step_times_to_the_feet(front: Frontal) -> None:
    pose = COMER.seen(noise_m=0.003)
    shake = sum(25 * np.sin(2 * np.pi * hz * pose.time + hz) for hz in (3.1, 5.3, 7.9))
    xy = pose.xy + np.stack([0 * shake, shake], axis=-1)[:, None]
    found = measured(replace(pose, xy=xy))
    assert np.isnan(found.get("step_time_difference").mean)
    assert "the camera shakes" in found.get("step_time_difference").note
    assert len(found.stances) == len(front.stances)
    assert found.get("step_rate").mean == pytest.approx(front.get("step_rate").mean, rel=0.02)
    assert found.get("step_width").mean == pytest.approx(front.get("step_width").mean, abs=1.0)
