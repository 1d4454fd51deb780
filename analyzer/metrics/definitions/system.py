"""How the parts work together: thigh with thigh, and what peaks together."""

from __future__ import annotations

from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side, other
from analyzer.data.steps import Step
from analyzer.metrics.elementwise import either, highest, seen
from analyzer.metrics.lookup import once_a_run, once_a_step
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.standard_error import KINK
from analyzer.motion.kinematics import BODY_CUTOFF_HZ

THIGH_OF_LEG: Final = 0.45
"""Length of a thigh as a share of the leg, hip to ground (de Leva 1996: 0.46 men, 0.40 women)."""
STILL: Final = 3.0
"""Two thighs that are slower together than so many standard errors of an angular velocity are not judged:
noise would decide between which of them moves."""
CODING_SAMPLES: Final = 100
"""Samples of a step in which the thighs' coordination is counted."""
FEWEST_JUDGED: Final = 50
"""Of these at least so many must be judged, else there is no share."""
BIN_DEG: Final = 22.5
"""Half-width of one of eight kinds of coordination, degrees of coupling angle (vector coding, Chang 2008)."""
SCISSOR_BEFORE: Final = 0.4
"""How long before touchdown the thighs' fastest swing past each other is looked for, step times."""
TOGETHER_BEFORE: Final = 0.2
"""How long before touchdown what peaks together is looked for, step times: 50 ms in a sprint."""


def _rate_noise(run: Run, side: str) -> float:
    """Return the standard error of a thigh's angular velocity after the low-pass of its joints, deg/s.

    White noise of standard deviation s, sampled at f and low-passed at c, has a velocity of
    2 pi s sqrt(2 c^3 / (3 f)).
    """
    sigma = np.hypot(*(run.motion.noise_sd[JOINTS.index(f"{side}_{j}")] for j in ("hip", "knee")))
    velocity = 2 * np.pi * sigma * np.sqrt(2 * BODY_CUTOFF_HZ**3 / (3 * run.fps))
    noise: float = np.degrees(velocity / (THIGH_OF_LEG * run.motion.leg_length))
    return noise


@once_a_step
def _coding(run: Run, step: Step) -> Array:
    """Coupling angle of swing and stance thigh over a step, deg; NaN where both hardly move.

    NaN throughout where they are not seen throughout.
    """
    lead, trail = (
        run.sampled(
            run.motion.rates[f"{side}_thigh"], step.touchdown_s, run.touchdown(step, 1), CODING_SAMPLES
        )
        for side in (other(step.side), step.side)
    )
    whole = np.isfinite(lead).all(axis=0) & np.isfinite(trail).all(axis=0)
    floor = STILL * _rate_noise(run, step.side)
    gamma = np.degrees(np.arctan2(trail, lead)) % 360
    return np.where((np.hypot(lead, trail) >= floor) & whole, gamma, np.nan)


def _share(run: Run, step: Step, *centres: float) -> float:
    """Return the share of a step whose coupling angle lies about any of these (degrees), percent."""
    gamma = _coding(run, step)
    judged = seen(gamma)
    inside = np.any([np.abs((gamma - c + 180) % 360 - 180) <= BIN_DEG for c in centres], axis=0)
    return either(judged >= FEWEST_JUDGED, 100 * np.divide(inside.sum(axis=0), judged), nan)


@Metric(
    label="Thighs in anti-phase",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Higher when the thighs move against each other for more of the step.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Bayne2020", "Chang2008"),
    side="none",
    decimals=0,
    max_sd=12,
)
def anti_phase_share(run: Run, step: Step) -> float:
    """Share of the step in which the thighs turn against each other at similar speed (vector coding).

    Coupling angle within 22.5 degrees of 135 or 315; moments in which both thighs are slower than the
    noise are left out.
    """
    return _share(run, step, 135.0, 315.0)


@Metric(
    label="Swing thigh moves alone",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Higher when the push thigh stands still for more of the step while the other moves.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Bayne2020",),
    side="none",
    decimals=0,
    max_sd=12,
)
def swing_only_share(run: Run, step: Step) -> float:
    """Share of the step in which only the swing thigh moves (coupling angle near 0 or 180)."""
    return _share(run, step, 0.0, 180.0)


@Metric(
    label="Push thigh moves alone",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Higher when the swing thigh stands still for more of the step while the other moves.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Bayne2020",),
    side="none",
    decimals=0,
    max_sd=12,
)
def push_only_share(run: Run, step: Step) -> float:
    """Share of the step in which only the push thigh moves (coupling angle near 90 or 270)."""
    return _share(run, step, 90.0, 270.0)


@once_a_run
def _scissor(run: Run, standing: Side) -> tuple[Array, Array]:
    """Angle and angular velocity between swing and stance thigh, (n,)."""
    swing, stance = f"{other(standing)}_thigh", f"{standing}_thigh"
    return (
        np.asarray(run.motion.angles[swing] - run.motion.angles[stance]),
        np.asarray(run.motion.rates[swing] - run.motion.rates[stance]),
    )


@Metric(
    label="Thigh scissor at touchdown",
    unit=Unit.DEGREE,
    relationship=Relationship.SYSTEM,
    sign="Positive with the swing thigh ahead of the landing thigh.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Clark2022", "Bramah2024"),
    side="none",
    max_sd=15,
)
def scissor_angle_touchdown(run: Run, step: Step) -> float:
    """Angle of the swing thigh minus that of the landing thigh at touchdown."""
    return run.at(_scissor(run, step.side)[0], step.touchdown_s)


@Metric(
    label="Thigh scissor at toe-off",
    unit=Unit.DEGREE,
    relationship=Relationship.SYSTEM,
    sign="Positive with the swing thigh ahead of the push thigh.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Clark2022", "Bramah2024"),
    side="none",
    max_sd=15,
    gain=KINK,
    moment="toe_off",
    restored=True,
)
def scissor_angle_toe_off(run: Run, step: Step) -> float:
    """Angle of the swing thigh minus that of the push thigh at toe-off."""
    return run.at(_scissor(run, step.side)[0], step.toe_off_s)


@Metric(
    label="Peak scissor speed",
    unit=Unit.DEGREE_PER_SECOND,
    relationship=Relationship.SYSTEM,
    sign="Positive when the thighs swing past each other, swing leg forward.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Clark2020",),
    side="none",
    decimals=0,
    max_sd=200,
    restored=True,
)
def peak_scissor_speed(run: Run, step: Step) -> float:
    """Largest angular velocity between the thighs around contact."""
    start = step.touchdown_s - SCISSOR_BEFORE * run.step_time
    return run.peak(_scissor(run, step.side)[1], start, step.toe_off_s)[1]


@Metric(
    label="Thigh speed against a pure swing",
    unit=Unit.RATIO,
    relationship=Relationship.SYSTEM,
    sign="1 for a sine; above 1 when the thigh whips. Below 0.9 or above 1.7, doubt the tracking.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Clark2022",),
    needs=("near_side",),
    decimals=2,
    max_sd=0.3,
)
def thigh_whip(run: Run, step: Step) -> float:
    """Peak forward thigh speed over that of a sine with the same range and stride: pi f range."""
    start, stop = step.touchdown_s, run.touchdown(step, 2)
    reach = run.spread(run.motion.angles[f"{step.side}_thigh"], start, stop)
    top = run.peak(run.swing_rates[f"{step.side}_thigh"], start, stop)[1]
    return top * (stop - start) / (np.pi * reach)


def _contributors(step: Step, rates: dict[str, Array]) -> list[Array]:
    """Angular velocities that should peak together, each positive in its working direction."""
    swing = other(step.side)
    return [
        -rates[f"{step.side}_thigh"],
        rates[f"{swing}_thigh"],
        -rates[f"{swing}_upper_arm"],
        rates[f"{step.side}_upper_arm"],
    ]


def _around_contact(run: Run, step: Step) -> tuple[float, float]:
    return step.touchdown_s - TOGETHER_BEFORE * run.step_time, step.toe_off_s


@Metric(
    label="Simultaneity at mid-stance",
    unit=Unit.RATIO,
    relationship=Relationship.SYSTEM,
    sign="1 when thighs and arms are all at their fastest as the body passes over the foot.",
    min_fps=100,
    evidence=Evidence.INTERPRETATION,
    citations=("AQ",),
    side="none",
    decimals=2,
    max_sd=0.2,
)
def simultaneity(run: Run, step: Step) -> float:
    """Speed of thighs and arms at mid-stance as a share of their own peak around contact, mean of four."""
    middle = run.mid_stance(step)
    shares = []
    for rate in _contributors(step, run.motion.rates):
        window = run.between(rate, *_around_contact(run, step))
        shares.append(abs(run.at(rate, middle)) / highest(np.abs(window)))
    share: float = np.mean(shares, axis=0)
    return share
