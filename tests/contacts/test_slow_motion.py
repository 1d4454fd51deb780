from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import CONFIG, Runner, found, moving

from analyzer.config import Config
from analyzer.contacts import slow_motion


def estimate(runner: Runner, slow: float, fps: float = 240.0) -> slow_motion.ClockEstimate:
    pose = runner.pose(fps, noise_m=0.005, slow=slow)
    return slow_motion.estimate(moving(pose), found(pose))


@settings(max_examples=10)
@given(slow=st.sampled_from([1.0, 2.0, 4.0, 8.0, 10.0, 33.0]), speed=st.floats(8.0, 10.0))
def test_factor_of_slow_motion(slow: float, speed: float) -> None:
    got = estimate(Runner(speed=speed), slow)
    assert got.factor == pytest.approx(slow, rel=0.15)
    assert got.low < slow < got.high
    assert got.is_slow == (slow > 1)


@pytest.mark.parametrize("fps", [30.0, 60.0, 240.0])
def test_no_false_alarm_in_real_time(fps: float) -> None:
    pose = Runner().pose(fps, noise_m=0.01)
    assert slow_motion.check(moving(pose), found(pose), CONFIG) == []


def test_slow_motion_is_a_limit_with_the_rate_to_give() -> None:
    pose = Runner().pose(240, noise_m=0.005, slow=8)  # plays at 30 fps
    (note,) = slow_motion.check(moving(pose), found(pose), CONFIG)
    assert (note.level, note.code) == ("limit", "slow_motion")
    assert "capture rate" in note.advice
    low, high = (int(w) for w in note.advice.rstrip(".)").split("between ")[1].split(" and "))
    assert low < 240 < high


def test_a_wrong_capture_rate_is_doubted() -> None:
    pose = Runner().pose(240, noise_m=0.005, slow=2)
    config = Config(capture_fps=120.0)
    (note,) = slow_motion.check(moving(pose), found(pose), config)
    assert note.code == "clock_doubtful"
    right = Runner().pose(240, noise_m=0.005)
    assert slow_motion.check(moving(right), found(right), config) == []


@pytest.mark.parametrize(("lean", "starts"), [(9.0, False), (18.0, True), (30.0, True)])
def test_who_quickens_upright_does_not_start(lean: float, starts: bool) -> None:
    """A slow runner who gains speed steps as slowly as one who keeps it; only a start is all quick steps."""
    jog = Runner(speed=4.4, step_s=0.31, contact_s=0.22, steps=5)
    pose = jog.pose(60, noise_m=0.003)
    motion, steps = moving(pose), found(pose)
    ahead = 0.5 * (motion.time - motion.time[len(motion.time) // 2]) ** 2 * 1.3
    position = motion.position + np.stack([ahead, 0 * ahead], axis=1)[:, None]
    angles = motion.angles | {"trunk": np.full(len(motion.time), lean)}
    quickens = replace(motion, position=position, angles=angles)
    touchdown, toe_off = (np.array([getattr(s, e) for s in steps]) for e in ("touchdown_s", "toe_off_s"))
    assert slow_motion._accelerates(quickens, touchdown, toe_off, jog.step_s) == starts
    assert slow_motion.estimate(quickens, steps).rhythm == pytest.approx(1.3 if starts else 1.0, abs=0.12)


def test_nothing_to_go_by() -> None:
    pose = Runner().pose(240)
    got = slow_motion.estimate(moving(pose), found(pose)[:1])
    assert np.isnan(got.factor)
    assert not got.is_slow


@pytest.mark.parametrize(("times", "said"), [(1.0, []), (1.35, ["fast_clock"]), (2.0, ["fast_clock"])])
def test_nobody_takes_so_many_steps_a_second(times: float, said: list[str]) -> None:
    pose = Runner(steps=8).pose(240, noise_m=0.008, slow=1 / times)
    motion, steps = moving(pose), found(pose)
    notes = slow_motion.check(motion, steps, CONFIG)
    assert [note.code for note in notes] == said
    assert all(note.level == "limit" for note in notes)
    assert (slow_motion.bound(motion, steps, notes) < 1) == bool(said)
