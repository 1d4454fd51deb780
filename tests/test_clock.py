from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import Runner
from test_events import CONFIG, found, moving

from analyzer import clock
from analyzer.config import Config


def estimate(runner: Runner, slow: float, fps: float = 240.0) -> clock.ClockEstimate:
    pose = runner.pose(fps, noise_m=0.005, slow=slow)
    return clock.estimate(moving(pose), found(pose))


@settings(max_examples=10, deadline=None)
@given(slow=st.sampled_from([1.0, 2.0, 4.0, 8.0, 10.0, 33.0]), speed=st.floats(8.0, 10.0))
def test_factor_of_slow_motion(slow: float, speed: float) -> None:
    got = estimate(Runner(speed=speed), slow)
    assert got.factor == pytest.approx(slow, rel=0.15)
    assert got.low < slow < got.high
    assert got.is_slow == (slow > 1)


@pytest.mark.parametrize("fps", [30.0, 60.0, 240.0])
def test_no_false_alarm_in_real_time(fps: float) -> None:
    pose = Runner().pose(fps, noise_m=0.01)
    assert clock.check(moving(pose), found(pose), CONFIG) == []


def test_slow_motion_is_a_limit_with_the_rate_to_give() -> None:
    pose = Runner().pose(240, noise_m=0.005, slow=8)  # plays at 30 fps
    (note,) = clock.check(moving(pose), found(pose), CONFIG)
    assert (note.level, note.code) == ("limit", "slow_motion")
    assert "--capture-fps" in note.advice
    low, high = (int(w) for w in note.advice.rstrip(".)").split("between ")[1].split(" and "))
    assert low < 240 < high


def test_a_wrong_capture_rate_is_doubted() -> None:
    pose = Runner().pose(240, noise_m=0.005, slow=2)
    config = Config(capture_fps=120.0)
    (note,) = clock.check(moving(pose), found(pose), config)
    assert note.code == "clock_doubtful"
    right = Runner().pose(240, noise_m=0.005)
    assert clock.check(moving(right), found(right), config) == []


def test_nothing_to_go_by() -> None:
    pose = Runner().pose(240)
    got = clock.estimate(moving(pose), found(pose)[:1])
    assert np.isnan(got.factor)
    assert not got.is_slow
