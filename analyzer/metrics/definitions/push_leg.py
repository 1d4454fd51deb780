"""The push leg: where force enters the ground, and how the leg behaves while it does."""

from __future__ import annotations

from math import hypot, pi
from typing import Final

import numpy as np

from analyzer.data.steps import Step
from analyzer.metrics.definitions.gain import gain
from analyzer.metrics.elementwise import first, highest, lowest
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.standard_error import KINK

UNTIL_COLLAPSE: Final = 0.75
"""Share of the contact in which the knee's collapse is looked for: towards toe-off it bends for the swing."""


def _reach(run: Run, step: Step, t: float) -> float:
    """How far the planted foot is ahead of the centre of mass at ``t``, m."""
    return run.foot_x(step) - run.at(run.motion.com[:, 0], t)


@Metric(
    label="Touchdown distance",
    unit=Unit.METRE,
    relationship=Relationship.PUSH_LEG,
    sign="Positive when the foot lands ahead of the centre of mass.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Hunter2005", "Bezodis2008"),
    needs=("scale", "static"),
    decimals=2,
    max_sd=0.15,
)
def touchdown_distance(run: Run, step: Step) -> float:
    """Horizontal distance from the centre of mass to the planted forefoot at touchdown."""
    return _reach(run, step, step.touchdown_s)


@Metric(
    label="Toe-off distance",
    unit=Unit.METRE,
    relationship=Relationship.PUSH_LEG,
    sign="Negative when the foot leaves the ground behind the centre of mass.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Wild2018",),
    needs=("scale", "static"),
    decimals=2,
    max_sd=0.15,
    moment="toe_off",
)
def toe_off_distance(run: Run, step: Step) -> float:
    """Horizontal distance from the centre of mass to the planted forefoot at toe-off."""
    return _reach(run, step, step.toe_off_s)


@Metric(
    label="Toe-off distance relative to the leg",
    unit=Unit.LEG_LENGTH,
    relationship=Relationship.PUSH_LEG,
    sign="Negative when the foot leaves the ground behind the centre of mass.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Wild2018",),
    needs=("static",),
    decimals=2,
    max_sd=0.15,
    moment="toe_off",
)
def relative_toe_off_distance(run: Run, step: Step) -> float:
    """Toe-off distance divided by standing leg length: needs no scale."""
    return _reach(run, step, step.toe_off_s) / run.motion.leg_length


@Metric(
    label="Push angle at toe-off",
    unit=Unit.DEGREE,
    relationship=Relationship.PUSH_LEG,
    sign="From vertical, positive when the centre of mass is ahead of the foot.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Kugler2010",),
    needs=("static",),
    max_sd=8,
    moment="toe_off",
)
def push_angle(run: Run, step: Step) -> float:
    """Angle from vertical of the line from the planted forefoot to the centre of mass at toe-off.

    atan2(x of the centre of mass - x of the foot, height of the centre of mass).
    """
    height = run.at(run.motion.com[:, 1], step.toe_off_s)
    angle: float = np.degrees(np.arctan2(-_reach(run, step, step.toe_off_s), height))
    return angle


@Metric(
    label="Thigh angle at touchdown",
    unit=Unit.DEGREE,
    relationship=Relationship.PUSH_LEG,
    sign="From hanging down, positive with the knee in front of the hip.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Bezodis2008",),
    max_sd=10,
)
def thigh_angle_touchdown(run: Run, step: Step) -> float:
    """Angle of the landing leg's thigh at its touchdown."""
    return run.angle(f"{step.side}_thigh", step.touchdown_s)


@Metric(
    label="Thigh angle at toe-off",
    unit=Unit.DEGREE,
    relationship=Relationship.PUSH_LEG,
    sign="From hanging down, negative with the knee behind the hip.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Bezodis2008",),
    max_sd=10,
    gain=KINK,
    moment="toe_off",
    restored=True,
)
def thigh_angle_toe_off(run: Run, step: Step) -> float:
    """Angle of the pushing leg's thigh at its toe-off."""
    return run.angle(f"{step.side}_thigh", step.toe_off_s)


@Metric(
    label="Thigh sweep in contact",
    unit=Unit.DEGREE,
    relationship=Relationship.PUSH_LEG,
    sign="Positive when the thigh moves backward.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Mattes2021",),
    max_sd=12,
    gain=KINK,
    restored=True,
)
def stance_thigh_sweep(run: Run, step: Step) -> float:
    """Thigh angle at touchdown minus thigh angle at toe-off of the pushing leg."""
    thigh = run.motion.angles[f"{step.side}_thigh"]
    return run.at(thigh, step.touchdown_s) - run.at(thigh, step.toe_off_s)


@Metric(
    label="Thigh sweep speed in contact",
    unit=Unit.DEGREE_PER_SECOND,
    relationship=Relationship.PUSH_LEG,
    sign="Positive when the thigh moves backward.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Mattes2021",),
    decimals=0,
    max_sd=150,
    gain=KINK,
    of=("contact_time",),
    restored=True,
)
def stance_thigh_speed(run: Run, step: Step) -> float:
    """Thigh sweep in contact divided by contact time: the mean speed of the thigh's drive backward."""
    return stance_thigh_sweep(run, step) / (step.toe_off_s - step.touchdown_s)


@Metric(
    label="Shank angle at touchdown",
    unit=Unit.DEGREE,
    relationship=Relationship.PUSH_LEG,
    sign="From vertical, positive with the knee in front of the ankle.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Nagahara2014",),
    max_sd=10,
    gain=KINK,
    restored=True,
)
def shank_angle_touchdown(run: Run, step: Step) -> float:
    """Angle of the landing leg's shank at touchdown."""
    return run.angle(f"{step.side}_shank", step.touchdown_s)


@Metric(
    label="Shank angle at toe-off",
    unit=Unit.DEGREE,
    relationship=Relationship.PUSH_LEG,
    sign="From vertical, positive with the knee in front of the ankle.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Nagahara2014",),
    max_sd=10,
    gain=KINK,
    moment="toe_off",
    restored=True,
)
def shank_angle_toe_off(run: Run, step: Step) -> float:
    """Angle of the pushing leg's shank at toe-off."""
    return run.angle(f"{step.side}_shank", step.toe_off_s)


@Metric(
    label="Knee flexion at touchdown",
    unit=Unit.DEGREE,
    relationship=Relationship.PUSH_LEG,
    sign="0 is straight, positive is bent.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Bezodis2008",),
    max_sd=12,
    gain=KINK,
    restored=True,
)
def knee_flexion_touchdown(run: Run, step: Step) -> float:
    """Knee angle of the landing leg at touchdown."""
    return run.angle(f"{step.side}_knee", step.touchdown_s)


@Metric(
    label="Knee flexion at toe-off",
    unit=Unit.DEGREE,
    relationship=Relationship.PUSH_LEG,
    sign="0 is straight, positive is bent.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Bezodis2008", "Mann1986"),
    max_sd=12,
    gain=KINK,
    moment="toe_off",
    restored=True,
)
def knee_flexion_toe_off(run: Run, step: Step) -> float:
    """Knee angle of the pushing leg at toe-off."""
    return run.angle(f"{step.side}_knee", step.toe_off_s)


@Metric(
    label="Knee collapse",
    unit=Unit.DEGREE,
    relationship=Relationship.PUSH_LEG,
    sign="Positive when the knee bends further after touchdown.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Bezodis2008",),
    max_sd=10,
    gain=KINK,
    restored=True,
)
def knee_collapse(run: Run, step: Step) -> float:
    """Largest knee flexion in the first three quarters of contact minus knee flexion at touchdown."""
    knee = run.motion.angles[f"{step.side}_knee"]
    until = step.touchdown_s + UNTIL_COLLAPSE * (step.toe_off_s - step.touchdown_s)
    bend = run.between(knee, step.touchdown_s, until)
    return highest(bend) - first(bend)


@Metric(
    label="Drop of the centre of mass",
    unit=Unit.METRE,
    relationship=Relationship.PUSH_LEG,
    sign="Positive when the body sinks after touchdown.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Coh2018",),
    needs=("scale",),
    decimals=3,
    max_sd=0.03,
)
def com_drop(run: Run, step: Step) -> float:
    """Height of the centre of mass at touchdown minus its lowest height in contact."""
    height = run.between(run.motion.com[:, 1], step.touchdown_s, step.toe_off_s)
    return first(height) - lowest(height)


@Metric(
    label="Mean vertical force, estimated",
    unit=Unit.BODY_WEIGHT,
    relationship=Relationship.PUSH_LEG,
    sign="Body weights, always above 1.",
    min_fps=25,
    evidence=Evidence.MODEL,
    citations=("Morin2005",),
    decimals=2,
    max_sd=0.6,
    of=("contact_time",),
)
def mean_vertical_force(run: Run, step: Step) -> float:
    """Mean vertical force in contact that carries the body through the step: (contact + flight) / contact.

    Not measured: the body's weight over the whole step must be met during contact, if the body is as
    high at the end of the step as at its start.
    """
    return (run.touchdown(step, 1) - step.touchdown_s) / (step.toe_off_s - step.touchdown_s)


@Metric(
    label="Peak vertical force, estimated",
    unit=Unit.BODY_WEIGHT,
    relationship=Relationship.PUSH_LEG,
    sign="Always positive; a sine has no peak of the landing, so it is below that of two masses.",
    positive=True,
    min_fps=25,
    evidence=Evidence.MODEL,
    citations=("Morin2005", "Coh2018"),
    decimals=2,
    max_sd=0.9,
    of=("contact_time",),
)
def peak_vertical_force(run: Run, step: Step) -> float:
    """Peak of a half-sine vertical force with the same mean: pi/2 (flight / contact + 1).

    Not measured: the sine-wave model of Morin et al. (2005).
    """
    return pi / 2 * mean_vertical_force(run, step)


@Metric(
    label="Vertical stiffness, estimated",
    unit=Unit.BODY_WEIGHT_PER_METRE,
    relationship=Relationship.PUSH_LEG,
    sign="Always positive; higher means less sinking for the force.",
    positive=True,
    min_fps=25,
    evidence=Evidence.MODEL,
    citations=("Morin2005",),
    decimals=0,
    max_sd=30,
    of=("contact_time",),
)
def vertical_stiffness(run: Run, step: Step) -> float:
    """Estimated peak vertical force divided by the sinking that the same sine-wave model gives.

    Sinking = F g tc^2 / pi^2 - g tc^2 / 8 with F in body weights. Times the athlete's weight in
    newtons it is stiffness in N/m.
    """
    force = peak_vertical_force(run, step)
    contact = step.toe_off_s - step.touchdown_s
    return force / (run.gravity * contact**2 * (force / pi**2 - 1 / 8))


@Metric(
    label="Acceleration",
    unit=Unit.METRE_PER_SECOND_SQUARED,
    relationship=Relationship.PUSH_LEG,
    sign="Positive when the athlete gains speed.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Samozino2016",),
    needs=("scale", "static", "lane"),
    min_steps=5,
    decimals=2,
    max_sd=3.0,
    of=("step_speed",),
    damped=False,
)
def acceleration(run: Run) -> float:
    """Change of step speed over time in the whole clip: the median of the slopes between steps."""
    return gain(run)


@Metric(
    label="Ratio of forces, estimated",
    unit=Unit.PERCENT,
    relationship=Relationship.PUSH_LEG,
    sign="Positive when the mean force over the clip points forward.",
    min_fps=25,
    evidence=Evidence.MODEL,
    citations=("Samozino2016", "Morin2011"),
    needs=("scale", "static", "lane"),
    min_steps=5,
    max_sd=25,
    of=("step_speed",),
    damped=False,
)
def ratio_of_forces(run: Run) -> float:
    """Forward share of the mean force on the body: a / sqrt(a^2 + g^2), with a the acceleration.

    Not measured: the force follows from the change of speed; air resistance is left out.
    """
    a = gain(run)
    return 100 * a / hypot(a, run.gravity)
