"""How fast somebody steps, from legs that are mixed up, hidden or slowed, and from the contacts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runner import CONTACT_S, STEP_S
from running import Runner, moving

from analyzer.contacts import tempo
from analyzer.data.capture import PoseTrack


def swapped(pose: PoseTrack, seed: int) -> PoseTrack:
    """The legs exchanged in a third of the frames, as trackers do."""
    xy = pose.xy.copy()
    wrong = np.random.default_rng(seed).random(len(xy)) < 0.33
    for joint in ("knee", "ankle", "heel", "foot_index"):
        left, right = (pose.names.index(f"{side}_{joint}") for side in ("left", "right"))
        xy[wrong, left], xy[wrong, right] = pose.xy[wrong, right], pose.xy[wrong, left]
    return replace(pose, xy=xy)


@settings(max_examples=15)
@given(
    frequency=st.floats(2.8, 5.0),
    fps=st.sampled_from([30.0, 60.0, 240.0]),
    slow=st.sampled_from([1.0, 8.0, 33.0]),
)
def test_rhythm_whatever_the_camera(frequency: float, fps: float, slow: float) -> None:
    runner = Runner(speed=7.0, step_s=1 / frequency, contact_s=0.5 / frequency)
    step_s, clear = tempo.rhythm(moving(runner.pose(fps, noise_m=0.01, slow=slow)))
    assert step_s == pytest.approx(slow / frequency, rel=0.04)
    assert clear > 0.6


def test_rhythm_survives_exchanged_legs() -> None:
    pose = swapped(Runner().pose(120, noise_m=0.01), seed=4)
    step_s, clear = tempo.rhythm(moving(pose))
    assert step_s == pytest.approx(0.23, rel=0.04)
    assert clear > tempo.CLEAR_RHYTHM


def test_rhythm_of_legs_never_seen_is_unknown() -> None:
    motion = moving(Runner().pose(120))
    hidden = replace(motion, raw=np.full_like(motion.raw, np.nan))
    step_s, clear = tempo.rhythm(hidden)
    assert np.isnan(step_s)
    assert clear == 0


def test_step_time_allows_for_missing_steps(analysis) -> None:
    assert tempo.step_time_of([*analysis.steps[:2], *analysis.steps[4:]]) == pytest.approx(STEP_S)
    assert tempo.step_time_of(analysis.steps[:1]) == pytest.approx(2 * CONTACT_S)
