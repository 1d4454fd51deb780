"""What kind of run a hand-made one is called when its speed, its clock or its start is another."""

from __future__ import annotations

from dataclasses import replace
from math import isnan, nan

import pytest
from summaries import summary

from analyzer.data.analysis import Analysis
from analyzer.data.view import View
from analyzer.metrics.kind import full_speed, kind, known_pace
from analyzer.metrics.references import bands


def paced(run: Analysis, kept: float = 1.0, gains: float = 0.0) -> Analysis:
    """Return the run with shorter steps, each longer than the one before by ``gains``, m."""
    feet = [replace(s, foot=(kept * s.foot[0] + gains / 2 * s.number**2, s.foot[1])) for s in run.steps]
    return replace(run, steps=tuple(feet))


def test_full_speed_is_that_of_the_slowest_published_group() -> None:
    assert all(band.speed_low >= full_speed() for band in bands() if band.reference.phase == "maximum speed")
    assert full_speed() == pytest.approx(6.5)


def test_a_run_is_called_by_its_speed(bare: Analysis) -> None:
    assert kind(bare) == "sprint"
    assert kind(paced(bare, 0.5)) == "run"
    assert known_pace(paced(bare, 0.5)).speed == pytest.approx(known_pace(bare).speed / 2, rel=0.01)
    assert kind(paced(bare, gains=0.1)) == "acceleration"
    assert kind(paced(bare, gains=-0.1)) == "slowing"


def test_the_speed_that_is_told_is_the_one_that_counts(bare: Analysis) -> None:
    told = replace(bare, summaries=(summary("step_speed", mean=6.0, mean_se=0.2),))
    assert (known_pace(told).speed, known_pace(told).se) == (6.0, 0.2)
    assert kind(told) == "run"
    unsure = replace(bare, summaries=(summary("step_speed", mean=6.0, mean_se=0.3),))
    assert kind(unsure) == "sprint"  # may be at full speed


def test_without_a_scale_a_leg_of_usual_length_tells(bare: Analysis) -> None:
    nominal = replace(bare.calibration, scaled=False, method="nominal", relative_sd=0.1)
    assert kind(replace(bare, calibration=nominal)) == "sprint"
    assert kind(replace(paced(bare, 0.5), calibration=nominal)) == "run"
    misread = replace(bare.calibration, scaled=False)  # a height that made somebody faster than people
    assert kind(replace(bare, calibration=misread)) == "unknown"


def test_what_a_clip_does_not_tell_is_not_guessed(bare: Analysis) -> None:
    for run in (
        replace(bare, slow_motion=3.0),
        replace(bare, ground_known=False),
        replace(bare, motion=replace(bare.motion, view=View(80.0, 5.0))),
        replace(bare, steps=()),
    ):
        assert kind(run) == "unknown"
        assert isnan(known_pace(run).speed)


def test_a_foot_that_pushes_off_without_having_landed_makes_a_start(bare: Analysis) -> None:
    first = replace(bare.steps[0], touchdown_s=nan, foot=(nan, nan))
    started = replace(bare, steps=(first, *bare.steps[1:]))
    assert kind(started) == "start"
    assert kind(replace(started, slow_motion=3.0)) == "start"
    belt = replace(bare.calibration, treadmill_mps=7.7)
    assert kind(replace(started, calibration=belt)) == "sprint"


def test_a_belt_keeps_its_speed(bare: Analysis) -> None:
    gaining = paced(bare, gains=0.1)
    belt = replace(gaining, calibration=replace(bare.calibration, treadmill_mps=7.7))
    assert (kind(gaining), kind(belt)) == ("acceleration", "sprint")
