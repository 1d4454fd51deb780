"""The rise and fall of a runner's body."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import Runner, moving

from analyzer.contacts.bounce import bounce


def test_a_runner_sinks_in_mid_stance_and_the_amplitude_is_that_of_gravity() -> None:
    runner = Runner(steps=10)
    motion = moving(runner.pose(240))
    motion = replace(motion, com=np.full_like(motion.com, np.nan))  # by the hips, which truly fall
    middles = np.array([(a + b) / 2 for _, a, b in runner.contacts()])
    found = bounce(motion, middles)
    assert found.at_middle < 0
    air, contact = runner.step_s - runner.contact_s, runner.contact_s
    hips = 9.81 * (air**2 / 8 + air * contact / (2 * np.pi))  # peak to peak
    assert 2 * found.amplitude == pytest.approx(hips, rel=0.25)
    assert found.error < 0.1 * found.amplitude


def test_bounce_needs_three_contacts() -> None:
    motion = moving(Runner().pose(120))
    assert np.isnan(bounce(motion, np.array([0.2, 0.43, np.nan]))).all()
