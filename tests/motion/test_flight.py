from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import atan2, degrees
from typing import Literal

import numpy as np
import pytest
from cosines import value

from analyzer.body.skeleton import JOINTS
from analyzer.metrics.run import Run
from analyzer.motion.centre_of_mass import centre_of_mass
from analyzer.motion.flight import GRAVITY, IMPULSE_CENTRE, flights

Build = Callable[..., Run]


def ballistic(run: Run, rising: float) -> Run:
    """Return the run with its body, as it is, on a parabola in each flight: ``rising`` m/s in mid-flight."""
    t = run.motion.time
    raw = run.motion.raw
    com = centre_of_mass(raw, run.motion.sex)
    own = raw - com[:, None]
    height = np.full(len(t), 1.0)
    for this, following in zip(run.steps, run.steps[1:], strict=False):
        since = t - (this.toe_off_s + following.touchdown_s) / 2
        inside = (t > this.touchdown_s) & (t <= following.touchdown_s)
        height[inside] = (1.0 + rising * since - GRAVITY * since**2 / 2)[inside]
    raw = own + np.column_stack([8.0 * t, height])[:, None]
    return replace(run, motion=replace(run.motion, raw=raw, noise_sd=np.zeros(len(JOINTS))))


@pytest.mark.parametrize("fps", [240.0, 60.0])
@pytest.mark.parametrize(("toe_is", "least", "most"), [("tip", 0.15, 0.4), ("ball", 0.5, 0.8)])
def test_the_parabola_lies_between_what_the_flight_shows_and_what_the_contacts_say(
    build: Build, fps: float, toe_is: Literal["tip", "ball"], least: float, most: float
) -> None:
    """Markers know the centre of mass better than a network does, and weigh more."""
    for rising in (-0.15, 0.1):
        run = ballistic(build(fps=fps), rising)
        run = replace(run, motion=replace(run.motion, toe_is=toe_is))
        said = GRAVITY * 0.1 * (IMPULSE_CENTRE - 0.5)
        for flight in run.flights.values():
            assert least < (flight.rising - said) / (rising - said) < most
            assert flight.apex_s == pytest.approx(flight.middle_s + flight.rising / GRAVITY)
            assert flight.forward == pytest.approx(8.0)


def test_an_unknown_clock_leaves_the_contacts_to_say_it(build: Build) -> None:
    run = ballistic(build(), 0.2)
    for flight in flights(run.motion, run.steps, GRAVITY, clock_known=False).values():
        assert flight.apex_s - flight.middle_s == pytest.approx(0.1 * (IMPULSE_CENTRE - 0.5), abs=1e-3)


def test_a_body_that_rises_from_step_to_step_has_that_speed_in_mid_flight(build: Build) -> None:
    run = build()
    raw = run.motion.raw.copy()
    raw[..., 1] += 0.1 * run.motion.time[:, None]
    climbing = replace(run, motion=replace(run.motion, raw=raw))
    before, after = (flights(r.motion, r.steps, GRAVITY) for r in (run, climbing))
    for number in list(before)[1:-1]:  # at the ends there is no step before or after
        assert after[number].rising - before[number].rising == pytest.approx(0.1, abs=1e-6)


def test_a_flight_that_nobody_saw_is_placed_by_its_contacts(build: Build) -> None:
    run = build()
    this, following = run.steps[3:5]
    raw = run.motion.raw.copy()
    raw[(run.motion.time > this.touchdown_s) & (run.motion.time < following.toe_off_s)] = np.nan
    flight = flights(replace(run.motion, raw=raw), run.steps, GRAVITY)[this.number]
    assert np.isnan(flight.height)
    assert flight.apex_s - flight.middle_s == pytest.approx(0.1 * (IMPULSE_CENTRE - 0.5), abs=1e-6)


def test_what_follows_from_the_parabola(build: Build) -> None:
    run = ballistic(build(), 0.05)
    flight = run.flights[run.steps[4].number]
    up, down = flight.rising + GRAVITY * 0.075, flight.rising - GRAVITY * 0.075
    assert value(run, "takeoff_velocity") == pytest.approx(up)
    assert value(run, "takeoff_angle") == pytest.approx(degrees(atan2(up, flight.forward)))
    assert value(run, "flight_rise") == pytest.approx(up**2 / 2 / GRAVITY)
    assert value(run, "flight_fall") == pytest.approx(down**2 / 2 / GRAVITY)
