from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import Runner, moving

from analyzer.contacts import stances
from analyzer.data.capture import PoseTrack


def swapped(pose: PoseTrack, seed: int) -> PoseTrack:
    """The legs exchanged in a third of the frames, as trackers do."""
    xy = pose.xy.copy()
    wrong = np.random.default_rng(seed).random(len(xy)) < 0.33
    for joint in ("knee", "ankle", "heel", "foot_index"):
        left, right = (pose.names.index(f"{side}_{joint}") for side in ("left", "right"))
        xy[wrong, left], xy[wrong, right] = pose.xy[wrong, right], pose.xy[wrong, left]
    return replace(pose, xy=xy)


@settings(max_examples=15, deadline=None)
@given(
    frequency=st.floats(2.8, 5.0),
    fps=st.sampled_from([30.0, 60.0, 240.0]),
    slow=st.sampled_from([1.0, 8.0, 33.0]),
)
def test_rhythm_whatever_the_camera(frequency: float, fps: float, slow: float) -> None:
    runner = Runner(speed=7.0, step_s=1 / frequency, contact_s=0.5 / frequency)
    step_s, clear = stances.rhythm(moving(runner.pose(fps, noise_m=0.01, slow=slow)))
    assert step_s == pytest.approx(slow / frequency, rel=0.04)
    assert clear > 0.6


def test_rhythm_survives_exchanged_legs() -> None:
    pose = swapped(Runner().pose(120, noise_m=0.01), seed=4)
    step_s, clear = stances.rhythm(moving(pose))
    assert step_s == pytest.approx(0.23, rel=0.04)
    assert clear > stances.CLEAR_RHYTHM


def test_rhythm_of_legs_never_seen_is_unknown() -> None:
    motion = moving(Runner().pose(120))
    hidden = replace(motion, raw=np.full_like(motion.raw, np.nan))
    step_s, clear = stances.rhythm(hidden)
    assert np.isnan(step_s)
    assert clear == 0


def test_a_runner_sinks_in_mid_stance_and_the_amplitude_is_that_of_gravity() -> None:
    runner = Runner(steps=10)
    motion = moving(runner.pose(240))
    motion = replace(motion, com=np.full_like(motion.com, np.nan))  # by the hips, which truly fall
    middles = np.array([(a + b) / 2 for _, a, b in runner.contacts()])
    found = stances.bounce(motion, middles)
    assert found.at_middle < 0
    air, contact = runner.step_s - runner.contact_s, runner.contact_s
    hips = 9.81 * (air**2 / 8 + air * contact / (2 * np.pi))  # peak to peak
    assert 2 * found.amplitude == pytest.approx(hips, rel=0.25)
    assert found.error < 0.1 * found.amplitude


def test_bounce_needs_three_contacts() -> None:
    motion = moving(Runner().pose(120))
    assert np.isnan(stances.bounce(motion, np.array([0.2, 0.43, np.nan]))).all()
