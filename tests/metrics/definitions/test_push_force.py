"""The push in time, read from an ankle that lands as told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS
from analyzer.metrics import METRICS
from analyzer.metrics.definitions.push_force import flight_around, push_of
from analyzer.metrics.run import Run
from analyzer.metrics.two_mass import push
from analyzer.metrics.uncertainty.standard_error import evaluate

FALL, STOP = 2.0, 0.025
"""Speed of the ankle at touchdown, m/s, and the time in which it is stopped evenly, and then lifted, s."""


@pytest.fixture
def landing(build: Callable[..., Run]) -> Run:
    """The run of the recipe, filmed fast, whose right ankle lands at every right touchdown."""
    run = build(fps=1000.0)
    m = run.motion
    height = np.full(len(m.time), 0.1)
    for step in run.steps:
        if step.side == "right":
            t = m.time - step.touchdown_s
            after = np.clip(t, 0, 2 * STOP)
            landed: Array = -FALL * np.minimum(t, 0) - FALL * after + FALL / STOP / 2 * after**2
            height = np.where(np.abs(t) < 0.1, 0.1 + landed, height)
    position = m.position.copy()
    position[:, JOINTS.index("right_ankle"), 1] = height
    return replace(run, motion=replace(m, position=position))


TRUE = push(contact_s=0.1, flight_s=0.15, fall_mps=FALL, stop_s=STOP, gravity=9.81)


@pytest.mark.parametrize(
    ("metric", "expected", "tolerance"),
    [
        ("two_mass_peak_force", TRUE.peak[1], 0.02),
        ("peak_force_time", 1000 * TRUE.peak[0], 0.2),
        ("early_push_share", 400 * TRUE.until(0.05), 0.1),
        ("early_force", float(TRUE.force(np.array([0.02]))[0]), 0.02),
        ("vertical_impulse", 0.25, 1e-9),
    ],
)
def test_formula(landing: Run, metric: str, expected: float, tolerance: float) -> None:
    assert evaluate(METRICS[metric], landing)[4] == pytest.approx(expected, abs=tolerance)


def test_the_impulse_of_every_contact_is_the_weight_over_its_step(landing: Run) -> None:
    for step in landing.steps:
        found = push_of(landing, step)
        if found:
            assert found.until(found.contact_s) == pytest.approx(0.25, abs=1e-12)


def test_half_of_either_flight_belongs_to_a_contact(build: Callable[..., Run]) -> None:
    run = build(touchdowns=(0.3, 0.55, 0.85, 1.10), contacts=(0.1,) * 4)
    # Flights of 0.15, 0.20 and 0.15 s; at the ends only one is seen.
    found = [flight_around(run, step) for step in run.steps]
    assert found == pytest.approx([0.15, 0.175, 0.175, 0.15])
    alone = replace(run, steps=run.steps[1:2])
    assert np.isnan(evaluate(METRICS["vertical_impulse"], alone)).all()
    assert push_of(alone, alone.steps[0]) is None


def test_an_ankle_not_seen_or_not_falling_says_nothing(landing: Run) -> None:
    m, ankle = landing.motion, JOINTS.index("right_ankle")
    for height in (np.nan, m.time):
        position = m.position.copy()
        position[:, ankle, 1] = height
        run = replace(landing, motion=replace(m, position=position))
        assert np.isnan(evaluate(METRICS["two_mass_peak_force"], run)[::2]).all()
        assert np.isfinite(evaluate(METRICS["vertical_impulse"], run)).all()
