"""Flight: how the body leaves the ground, how far it rises and falls, from the parabola of each flight."""

from __future__ import annotations

from math import degrees, nan

import numpy as np

from analyzer.data.steps import Step
from analyzer.metrics.elementwise import either
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run


def _rising_sd(run: Run) -> float:
    """Error of the vertical speed that no landmark shows: where in contact this athlete's push is, m/s."""
    found = [flight.rising_sd for flight in run.flights.values()]
    return float(np.mean(found)) if found else 0.0


def _usual(run: Run) -> tuple[float, float]:
    """Return usual vertical speed at toe-off and forward speed in flight, m/s; NaN without a flight."""
    speeds = [(f.velocity(f.start_s), f.forward) for f in run.flights.values()]
    up, on = np.array(speeds).T if speeds else ([nan], [nan])
    return float(np.median(up)), float(np.median(on))


def _rise_sd(run: Run) -> float:
    up = _usual(run)[0]
    return abs(up) / run.gravity * _rising_sd(run) if np.isfinite(up) else 0.0


def _angle_sd(run: Run) -> float:
    on = _usual(run)[1]
    return degrees(_rising_sd(run) / on) if on > 0 else 0.0


@Metric(
    label="Vertical speed at toe-off",
    unit=Unit.METRE_PER_SECOND,
    relationship=Relationship.PUSH_LEG,
    sign="Positive upward.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Coh2018",),
    needs=("scale",),
    decimals=2,
    max_sd=0.3,
    moment="toe_off",
    own_sd=_rising_sd,
    of=("flight_time",),
)
def takeoff_velocity(run: Run, step: Step) -> float:
    """Upward speed of the centre of mass as the foot leaves, from the parabola of the flight that follows."""
    flight = run.flights.get(step.number)
    return flight.velocity(step.toe_off_s) if flight else nan


@Metric(
    label="Take-off angle",
    unit=Unit.DEGREE,
    relationship=Relationship.PUSH_LEG,
    sign="From horizontal, positive upward.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Coh2018",),
    needs=("scale", "clock", "static"),
    max_sd=3,
    moment="toe_off",
    own_sd=_angle_sd,
    of=("flight_time",),
)
def takeoff_angle(run: Run, step: Step) -> float:
    """Direction in which the centre of mass moves as the foot leaves.

    atan2(vertical, forward speed), both of the parabola of the flight that follows.
    """
    flight = run.flights.get(step.number)
    if flight is None:
        return nan
    angle = np.degrees(np.arctan2(flight.velocity(step.toe_off_s), flight.forward))
    return either(flight.forward > 0, angle, nan)


@Metric(
    label="Rise in flight",
    unit=Unit.METRE,
    relationship=Relationship.BALANCE,
    sign="Never negative.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Coh2018",),
    needs=("scale", "clock"),
    decimals=3,
    max_sd=0.02,
    own_sd=_rise_sd,
    of=("flight_time",),
)
def flight_rise(run: Run, step: Step) -> float:
    """How far the centre of mass rises from toe-off to its highest point in flight."""
    flight = run.flights.get(step.number)
    return np.maximum(flight.velocity(flight.start_s), 0.0) ** 2 / (2 * run.gravity) if flight else nan


@Metric(
    label="Fall in flight",
    unit=Unit.METRE,
    relationship=Relationship.BALANCE,
    sign="Never negative.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Coh2018",),
    needs=("scale", "clock"),
    decimals=3,
    max_sd=0.02,
    own_sd=_rise_sd,
    of=("flight_time",),
)
def flight_fall(run: Run, step: Step) -> float:
    """How far the centre of mass falls from its highest point in flight to the next touchdown."""
    flight = run.flights.get(step.number)
    return np.maximum(-flight.velocity(flight.stop_s), 0.0) ** 2 / (2 * run.gravity) if flight else nan
