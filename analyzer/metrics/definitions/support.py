"""Whole-body push support against single-leg push: an exact account of where the momentum is."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Final

import numpy as np

from analyzer.body.skeleton import other
from analyzer.data.steps import Step
from analyzer.metrics.elementwise import either
from analyzer.metrics.lookup import once_a_step
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run

TOLD: Final = 20.0
"""Standard error, percent, up to which a part of the account says something: two of them are less than half
of it."""
MIDDLE: Final = (0.25, 0.75)
"""Shares of the contact between which the foot stands, whatever it does at landing and leaving."""
FEWEST_FRAMES: Final = 4
"""Frames that the speed of a standing foot is read from."""


def _gained(run: Run, step: Step, *parts: str) -> tuple[float, float]:
    """Upward velocity that parts of the body gain in contact, and the whole of it, m/s.

    NaN for a body without its arms and hands: what they weigh would count as the rest's.
    """
    if not run.momenta.whole:
        return nan, nan
    rises = _rises(run, step)
    return sum(rises[p] for p in parts), sum(rises.values())


@once_a_step
def _rises(run: Run, step: Step) -> dict[str, float]:
    """Upward velocity that each part of the body gains in contact, m/s."""
    heights = {part: x[:, 1] for part, x in run.momenta.parts(step.side).items()}
    return {part: run.at(x, step.toe_off_s) - run.at(x, step.touchdown_s) for part, x in heights.items()}


def _lift(run: Run, step: Step, *parts: str) -> float:
    """Share of the upward change of velocity in contact that lies in parts of the body, percent."""
    gained, whole = _gained(run, step, *parts)
    return either(whole > 0, 100 * np.divide(gained, whole), nan)


def _pooled(run: Run, *parts: str) -> float:
    """The same of all contacts together: a step in which little was gained weighs little."""
    if not run.momenta.whole:
        return nan
    rises = {part: run.each_step(rise) for part, rise in _RISE.items()}
    known = np.isfinite(np.sum(list(rises.values()), axis=0))
    gained, whole = (float(np.sum([rises[p][known] for p in of])) for of in (parts, _RISE))
    return 100 * gained / whole if whole > 0 else nan


def _rise(part: str) -> Callable[[Run, Step], float]:
    return lambda run, step: _rises(run, step)[part]


_RISE: Final = {part: _rise(part) for part in ("push", "swing", "arms", "trunk")}


@Metric(
    label="Lift from the swing leg",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of the upward change of velocity in contact; positive adds to it.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983"),
    side="swing",
    max_sd=12,
)
def swing_lift_share(run: Run, step: Step) -> float:
    """Swing leg's share, moving relative to the hips, in the upward change of velocity in contact.

    An account of motion with standard body-segment masses, not muscle force.
    """
    return _lift(run, step, "swing")


@Metric(
    label="Lift from the arms",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of the upward change of velocity in contact; positive adds to it.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Hinrichs2014", "Ae1983"),
    side="none",
    max_sd=12,
)
def arm_lift_share(run: Run, step: Step) -> float:
    """Both arms' share, moving relative to the shoulders, in the upward change of velocity in contact.

    An account of motion with standard body-segment masses, not muscle force.
    """
    return _lift(run, step, "arms")


@Metric(
    label="Lift from push leg and trunk",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of the upward change of velocity in contact.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983"),
    max_sd=15,
)
def push_trunk_lift_share(run: Run, step: Step) -> float:
    """What swing leg and arms leave: push leg and trunk, which single steps cannot tell apart."""
    return _lift(run, step, "push", "trunk")


@Metric(
    label="Single-leg push",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of the upward change of velocity; with whole-body support it makes 100.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983", "AQ"),
    max_sd=TOLD,
)
def single_leg_push(run: Run) -> float:
    """Share of the push leg, moving the hips and all they carry, in the upward change of velocity in contact.

    Of all contacts together. An exact account of motion, not of muscle force: every newton passes through the
    standing foot. Push leg, swing leg, arms and trunk make 100.
    """
    return _pooled(run, "push")


@Metric(
    label="Whole-body push support",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of the upward change of velocity; with single-leg push it makes 100.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983", "AQ"),
    max_sd=TOLD,
)
def whole_body_support(run: Run) -> float:
    """Share of swing leg, arms and trunk, moving relative to the hips, of all contacts together."""
    return _pooled(run, "swing", "arms", "trunk")


@Metric(
    label="Swing leg's share of the lift",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of the upward change of velocity in contact; positive adds to it.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983"),
    max_sd=12,
)
def swing_share(run: Run) -> float:
    """Share of the swing leg, moving relative to the hips, of all contacts together."""
    return _pooled(run, "swing")


@Metric(
    label="Arms' share of the lift",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of the upward change of velocity in contact; positive adds to it.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983"),
    max_sd=12,
)
def arm_share(run: Run) -> float:
    """Share of both arms with their hands, moving relative to the shoulders, of all contacts together."""
    return _pooled(run, "arms")


@Metric(
    label="Lift from the trunk",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of the upward change of velocity in contact; positive adds to it.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983"),
    max_sd=TOLD,
)
def trunk_lift_share(run: Run) -> float:
    """Share of trunk and head, moving relative to the hips, of all contacts together."""
    return _pooled(run, "trunk")


@Metric(
    label="Push leg's and trunk's share of the lift",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of the upward change of velocity; with swing leg and arms it makes 100.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983"),
    max_sd=15,
)
def push_trunk_share(run: Run) -> float:
    """Share of push leg and trunk together, of all contacts: what is left where they cannot be told apart."""
    return _pooled(run, "push", "trunk")


def _exchange(run: Run, step: Step, start_s: float, stop_s: float) -> float:
    """Return the forward momentum that the swing leg gains between two times, m/s."""
    swing = run.momenta.leg[other(step.side)][:, 0]
    return run.at(swing, stop_s) - run.at(swing, start_s)


@Metric(
    label="Swing leg hands over",
    unit=Unit.METRE_PER_SECOND,
    relationship=Relationship.SYSTEM,
    sign="Positive when the swing leg passes forward momentum on to the body.",
    min_fps=50,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987",),
    needs=("scale", "near_side"),
    side="swing",
    decimals=2,
    max_sd=0.12,
)
def swing_transfer(run: Run, step: Step) -> float:
    """Forward momentum the swing leg loses relative to the hips from mid-stance to toe-off.

    For each unit of body mass. The hidden leg's would come out by half too large.
    """
    return -_exchange(run, step, run.mid_stance(step), step.toe_off_s)


@Metric(
    label="Swing leg gains early",
    unit=Unit.METRE_PER_SECOND,
    relationship=Relationship.SYSTEM,
    sign="Positive when the swing leg still speeds up after touchdown.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987",),
    needs=("scale", "near_side"),
    side="swing",
    decimals=2,
    max_sd=0.12,
)
def swing_gain(run: Run, step: Step) -> float:
    """Forward momentum the swing leg gains relative to the hips from touchdown to mid-stance.

    For each unit of body mass.
    """
    return _exchange(run, step, step.touchdown_s, run.mid_stance(step))


@Metric(
    label="Foot slip in contact",
    unit=Unit.METRE_PER_SECOND,
    relationship=Relationship.SYSTEM,
    sign="0 for a foot that stands; above 0.3, doubt the events or the tracking.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Ae1983",),
    needs=("scale",),
    decimals=2,
    max_sd=0.5,
)
def foot_slip(run: Run, step: Step) -> float:
    """Speed of the standing toe in the middle half of contact: a check of everything built on it."""
    contact = step.toe_off_s - step.touchdown_s
    start, stop = (step.touchdown_s + share * contact for share in MIDDLE)
    toe = run.motion.raw_joint(f"{step.side}_foot_index")
    forward, up = (run.slope(toe[:, axis], start, stop, FEWEST_FRAMES) for axis in (0, 1))
    slip: float = np.hypot(forward, up)
    return slip
