"""The push in time: the vertical force under the foot over contact, by the two-mass model."""

from __future__ import annotations

from math import hypot, nan
from typing import Final

import numpy as np

from analyzer.data.steps import Step
from analyzer.metrics import two_mass
from analyzer.metrics.elementwise import either
from analyzer.metrics.lookup import once_a_step
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run

EARLY_S: Final = 0.020
"""The first part of contact, in which the lower leg is stopped: loading is told at its end."""
HEIGHT_SD: Final = 0.01
"""How much higher or lower a body may land than it took off, leg lengths: assumed."""
PEAK_OFF: Final = 0.35
"""How far the model's highest force stands from that of force plates, body weights.

On the plates of five groups it came out 0.3 (3.5 to 5 m/s) to 0.7 too high (6.6 m/s), with SD 0.1 to 0.2
(docs/accuracy.md), where two standard errors of the published fit alone held 42 % of the sprint's. Not taken
off: what it is in faster runners is not known.
"""
_CITED: Final = ("Clark2017", "Clark2014")


def flight_around(run: Run, step: Step) -> float:
    """Mean of the flights before and after a contact, s; the one that is seen where the other is not.

    Half of the flight before was caught in this contact, and half of the one after thrown.
    """
    before, after = step.touchdown_s - run.toe_off(step, -1), run.touchdown(step, 1) - step.toe_off_s
    either_one = either(np.isfinite(before), before, after)
    return either(np.isfinite(before + after), (before + after) / 2, either_one)


@once_a_step
def push_of(run: Run, step: Step) -> two_mass.Push | None:
    """Return the push of a contact; None where its flights or its ankle are not seen."""
    contact, flight = step.toe_off_s - step.touchdown_s, flight_around(run, step)
    ankle = run.motion.joint(f"{step.side}_ankle")[:, 1]
    fall, stop = two_mass.landing(run.motion.time, ankle, step.touchdown_s, step.touchdown_s + contact / 2)
    known = (contact > 0) & np.isfinite(flight) & (stop > 0)
    if not np.any(known):
        return None
    contact, flight, stop = (either(known, number, nan) for number in (contact, flight, stop))
    return two_mass.push(contact, flight, fall, stop, run.gravity)


def _unlike_heights(run: Run) -> float:
    """Error of an impulse because a flight need not end as high as it began, body weights times s."""
    flights = np.array([flight_around(run, step) for step in run.steps])
    usual = float(np.nanmedian(flights)) if np.isfinite(flights).any() else nan
    # Height over flight is the speed that was thrown, or caught, beyond half a flight's fall.
    return float(2**0.5 * HEIGHT_SD * run.motion.leg_length / (run.gravity * usual)) if usual > 0 else nan


@Metric(
    label="Peak vertical force, two masses",
    unit=Unit.BODY_WEIGHT,
    relationship=Relationship.PUSH_LEG,
    sign="Body weights, always positive.",
    positive=True,
    min_fps=25,
    evidence=Evidence.MODEL,
    citations=_CITED,
    needs=("scale",),
    decimals=2,
    max_sd=0.9,
    own_sd=lambda run: hypot(two_mass.MISFIT * run.steps_to_contact, PEAK_OFF),
    of=("contact_time",),
)
def two_mass_peak_force(run: Run, step: Step) -> float:
    """Highest vertical force in contact by the two-mass model: lower leg stopped, the rest carried.

    Not measured: contact, flights and the ankle's fall at touchdown are; the shape of the curve is not.
    """
    push = push_of(run, step)
    return push.peak[1] if push else nan


@Metric(
    label="Time of the peak force",
    unit=Unit.PERCENT,
    relationship=Relationship.PUSH_LEG,
    sign="Share of contact; lower is earlier.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=_CITED,
    needs=("scale",),
    max_sd=8,
    own_sd=lambda _: 100 * two_mass.PEAK_MISFIT,
    of=("contact_time",),
)
def peak_force_time(run: Run, step: Step) -> float:
    """When in contact the vertical force of the two-mass model is highest.

    The model lets the rest of the body push hardest at 47 % of contact: it tells how much earlier the landing
    of the lower leg makes the peak, and nothing else.
    """
    push = push_of(run, step)
    return 100 * push.peak[0] / push.contact_s if push else nan


@Metric(
    label="Early half of the push",
    unit=Unit.PERCENT,
    relationship=Relationship.PUSH_LEG,
    sign="Share of the vertical impulse in the first half of contact; above 50 is early.",
    min_fps=25,
    evidence=Evidence.MODEL,
    citations=_CITED,
    needs=("scale",),
    max_sd=10,
    own_sd=lambda _: 100 * two_mass.HALF_MISFIT,
    of=("contact_time",),
)
def early_push_share(run: Run, step: Step) -> float:
    """Vertical impulse in the first half of contact over that of the whole, by the two-mass model.

    At top speed 61 % in sprinters and 56 % in other athletes; 50 on a spring (Clark & Weyand 2014).
    """
    push = push_of(run, step)
    return 100 * push.until(push.contact_s / 2) / push.impulse if push else nan


@Metric(
    label="Vertical impulse, estimated",
    unit=Unit.BODY_WEIGHT_SECOND,
    relationship=Relationship.PUSH_LEG,
    sign="Body weights times seconds, always positive.",
    positive=True,
    min_fps=25,
    evidence=Evidence.MODEL,
    citations=_CITED,
    decimals=3,
    max_sd=0.03,
    own_sd=_unlike_heights,
)
def vertical_impulse(run: Run, step: Step) -> float:
    """Vertical impulse of one contact: the body's weight over contact and the mean of the flights around it.

    Not measured: if the body is as high at touchdown as at toe-off, half of each flight is thrown or caught.
    Given where contact alone is withheld: a toe-off told late makes contact longer and flight shorter by as
    much, and the two are added.
    """
    return step.toe_off_s - step.touchdown_s + flight_around(run, step)


@Metric(
    label="Force 20 ms after touchdown",
    unit=Unit.BODY_WEIGHT,
    relationship=Relationship.PUSH_LEG,
    sign="Body weights; higher is a harder landing of the lower leg.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=_CITED,
    needs=("scale",),
    decimals=2,
    max_sd=0.9,
    own_sd=lambda run: two_mass.MISFIT * run.steps_to_contact,
    of=("contact_time",),
)
def early_force(run: Run, step: Step) -> float:
    """Vertical force 20 ms after touchdown by the two-mass model; over 0.02 s it is the rate of loading."""
    push = push_of(run, step)
    return push.force(EARLY_S) if push else nan
