"""The swing leg: how fast and how early it comes forward while the other leg pushes."""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.body.anthropometry import LEG_OF_STATURE, by_sex
from analyzer.body.skeleton import other
from analyzer.data.steps import Step
from analyzer.joints.body_size import LEGS_OF_STATURE
from analyzer.metrics.elementwise import either
from analyzer.metrics.lookup import once_a_step
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import FLAT, FOOT_FROM_MIDLINE, Run

SWING_BEFORE: Final = 0.55
"""How long before the other foot's touchdown a swing begins where its toe-off was not seen, step times."""
SWING_LASTS: Final = 1.4
"""How long a swing lasts where the touchdown that ends it was not seen, step times: until the knee is past
its largest bend and the thigh past its highest place, and not yet back on the ground."""
LATE_SWING: Final = 0.38
"""The last quarter of a swing of about 1.5 step times, step times before touchdown."""
APPROACH: Final = 0.12
"""How long before touchdown the foot's speed is read, step times: as short as leaves enough frames."""
FEWEST_FRAMES: Final = 4
"""Frames that the speed of a landing foot is read from."""
TRAILING: Final = 1.2
"""Until when after its touchdown a thigh is furthest back, step times."""
LEADING_FROM: Final = 0.4
"""From when after its touchdown a thigh is furthest forward, strides."""
EARLY: Final = 0.08
"""How much too early a network's marks put the thigh's fastest forward swing, step times."""


def swing_window(run: Run, step: Step) -> tuple[float, float]:
    """Return start and end of a swing, s: from its own toe-off to that of the leg which stands."""
    before = run.toe_off(step, -1)
    start = either(np.isfinite(before), before, step.touchdown_s - SWING_BEFORE * run.step_time)
    return start, step.toe_off_s


def own_swing(run: Run, step: Step) -> tuple[float, float]:
    """Return start and end of the swing that follows a contact, s: from its toe-off to the next contact."""
    until = run.touchdown(step, 2)
    usual = step.toe_off_s + SWING_LASTS * run.step_time
    return step.toe_off_s, either(np.isfinite(until), until, usual)


@Metric(
    label="Peak forward thigh speed",
    unit=Unit.DEGREE_PER_SECOND,
    relationship=Relationship.SWING_LEG,
    sign="Positive when the swing thigh moves forward.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Clark2020", "Ito2008"),
    needs=("near_side",),
    side="swing",
    decimals=0,
    max_sd=150,
)
def peak_thigh_speed(run: Run, step: Step) -> float:
    """Largest forward angular velocity of the swing thigh, from its own toe-off to the other leg's.

    Of its angle below 1.8 step frequencies. The hidden knee is lost as it passes the other: its thigh
    would be 10 % too fast.
    """
    return run.peak(run.swing_rates[f"{other(step.side)}_thigh"], *swing_window(run, step))[1]


@Metric(
    label="Timing of peak thigh speed",
    unit=Unit.SECOND,
    relationship=Relationship.SWING_LEG,
    sign="Positive when the peak comes after the other foot's touchdown.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Clark2020",),
    needs=("near_side",),
    side="swing",
    decimals=3,
    max_sd=0.03,
    own_sd=lambda run: EARLY * run.step_time,
)
def peak_thigh_speed_timing(run: Run, step: Step) -> float:
    """Time of the swing thigh's peak forward speed minus the other foot's touchdown. A flat peak."""
    rate = run.swing_rates[f"{other(step.side)}_thigh"]
    return run.peak(rate, *swing_window(run, step), inner=True, reach=FLAT)[0] - step.touchdown_s


@Metric(
    label="Swing thigh at the other foot's touchdown",
    unit=Unit.DEGREE,
    relationship=Relationship.SWING_LEG,
    sign="Positive with the swing knee in front of the hip.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Miyashiro2019",),
    side="swing",
    max_sd=12,
)
def swing_thigh_touchdown(run: Run, step: Step) -> float:
    """Angle of the swing thigh at the moment the other foot touches down."""
    return run.angle(f"{other(step.side)}_thigh", step.touchdown_s)


@Metric(
    label="Knee gap at touchdown",
    unit=Unit.RATIO,
    relationship=Relationship.SWING_LEG,
    sign="0 is knees together, positive with the swing knee ahead of the landing knee.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Miyashiro2019",),
    needs=("on_axis",),
    side="swing",
    decimals=2,
    max_sd=0.25,
)
def knee_gap_touchdown(run: Run, step: Step) -> float:
    """Swing knee ahead of the landing leg's knee at touchdown, in thigh lengths.

    Seen at an angle, the knees' distance across the body looks like one along the lane; it is taken out
    with the assumed widths of hips and feet.
    """
    swing = run.motion.joint(f"{other(step.side)}_knee")[:, 0]
    stance = run.motion.joint(f"{step.side}_knee")[:, 0]
    stature = run.motion.leg_length / LEG_OF_STATURE
    thigh = stature * by_sex(LEGS_OF_STATURE, run.motion.sex) / 2
    # Of two knees side by side in the right half of the image, the nearer one is seen further right.
    # They are as far apart as half of the hips' distance and half of the feet's.
    across = (run.widths[0] + FOOT_FROM_MIDLINE) * stature
    nearer = 1 if other(step.side) == run.motion.near_side else -1
    forward = 1 if run.motion.near_side == "right" else -1
    view = np.tan(np.radians(np.nan_to_num(run.motion.view_angle_deg)))
    return run.at(swing - stance - nearer * forward * across * view, step.touchdown_s) / thigh


@Metric(
    label="Thigh speed backward before touchdown",
    unit=Unit.DEGREE_PER_SECOND,
    relationship=Relationship.SWING_LEG,
    sign="Positive when the thigh moves backward, towards the ground.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Clark2020", "Mattes2021"),
    decimals=0,
    max_sd=150,
    restored=True,
)
def thigh_retraction_speed(run: Run, step: Step) -> float:
    """Largest backward angular velocity of the landing leg's thigh in the last quarter of its swing."""
    rate = run.motion.rates[f"{step.side}_thigh"]
    return run.peak(-rate, step.touchdown_s - LATE_SWING * run.step_time, step.touchdown_s)[1]


def _approach(run: Run, step: Step, axis: int) -> float:
    """Return the speed of the unfiltered toe just before it lands, along x (0) or y (1), m/s.

    On raw landmarks, because a filter smears the stop at the ground into the fall before it.
    """
    toe = run.motion.raw_joint(f"{step.side}_foot_index")[:, axis]
    return run.slope(toe, step.touchdown_s - APPROACH * run.step_time, step.touchdown_s, FEWEST_FRAMES)


@Metric(
    label="Foot speed downward before touchdown",
    unit=Unit.METRE_PER_SECOND,
    relationship=Relationship.SWING_LEG,
    sign="Negative is downward.",
    min_fps=200,
    evidence=Evidence.DERIVED,
    citations=("Clark2020", "Mattes2021"),
    needs=("scale",),
    decimals=1,
    max_sd=1.5,
)
def foot_descent_speed(run: Run, step: Step) -> float:
    """Mean vertical speed of the toe over the last eighth of a step time before it lands."""
    return _approach(run, step, 1)


@Metric(
    label="Foot speed forward before touchdown",
    unit=Unit.METRE_PER_SECOND,
    relationship=Relationship.SWING_LEG,
    sign="Over the ground; positive when the foot still moves forward.",
    min_fps=200,
    evidence=Evidence.DERIVED,
    citations=("Mann1986",),
    needs=("scale", "static"),
    decimals=1,
    max_sd=1.5,
)
def foot_forward_speed(run: Run, step: Step) -> float:
    """Mean forward speed of the toe over the ground in the last eighth of a step time before it lands."""
    return _approach(run, step, 0)


@Metric(
    label="Peak knee flexion in swing",
    unit=Unit.DEGREE,
    relationship=Relationship.SWING_LEG,
    sign="0 is straight, positive is bent.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Bezodis2008",),
    max_sd=15,
)
def peak_knee_flexion(run: Run, step: Step) -> float:
    """Largest knee flexion of a leg in the swing that follows its contact."""
    return run.peak(run.motion.angles[f"{step.side}_knee"], *own_swing(run, step), inner=True)[1]


@Metric(
    label="Timing of peak knee flexion",
    unit=Unit.PERCENT,
    relationship=Relationship.SWING_LEG,
    sign="Share of the swing, from toe-off to the same foot's touchdown.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Bezodis2008",),
    needs=("near_side",),
    max_sd=12,
)
def peak_knee_flexion_timing(run: Run, step: Step) -> float:
    """When in the swing the knee is bent most."""
    start, stop = step.toe_off_s, run.touchdown(step, 2)
    t, _ = run.peak(run.motion.angles[f"{step.side}_knee"], start, stop, inner=True)
    return 100 * (t - start) / (stop - start)


@Metric(
    label="Swing time",
    unit=Unit.SECOND,
    relationship=Relationship.SWING_LEG,
    sign="Always positive.",
    positive=True,
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Weyand2000",),
    decimals=3,
    max_sd=0.03,
)
def swing_time(run: Run, step: Step) -> float:
    """Time from a foot's toe-off to its next touchdown."""
    return run.touchdown(step, 2) - step.toe_off_s


@Metric(
    label="Peak thigh flexion",
    unit=Unit.DEGREE,
    relationship=Relationship.SWING_LEG,
    sign="Positive with the knee in front of the hip.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Clark2022",),
    max_sd=12,
)
def peak_thigh_flexion(run: Run, step: Step) -> float:
    """Largest forward angle of the thigh in the swing that follows its contact."""
    return run.peak(run.motion.angles[f"{step.side}_thigh"], *own_swing(run, step), inner=True)[1]


@once_a_step
def _lowest(run: Run, step: Step) -> tuple[float, float]:
    """Time and angle of the thigh's furthest point back after a contact."""
    thigh = run.motion.angles[f"{step.side}_thigh"]
    t, angle = run.peak(-thigh, step.touchdown_s, step.touchdown_s + TRAILING * run.step_time, inner=True)
    return t, -angle


@Metric(
    label="Peak thigh extension",
    unit=Unit.DEGREE,
    relationship=Relationship.SWING_LEG,
    sign="Negative with the knee behind the hip.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Clark2022",),
    max_sd=12,
    restored=True,
)
def peak_thigh_extension(run: Run, step: Step) -> float:
    """Furthest backward angle of the thigh after its contact."""
    return _lowest(run, step)[1]


@Metric(
    label="Trailing thigh turns forward",
    unit=Unit.PERCENT,
    relationship=Relationship.SWING_LEG,
    sign="Share of the stride after the same foot's touchdown; lower is earlier.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Lenthall2024",),
    max_sd=5,
)
def trail_thigh_reversal(run: Run, step: Step) -> float:
    """When in the stride the thigh is furthest back and turns forward."""
    return 100 * (_lowest(run, step)[0] - step.touchdown_s) / (run.touchdown(step, 2) - step.touchdown_s)


@Metric(
    label="Leading thigh turns backward",
    unit=Unit.PERCENT,
    relationship=Relationship.SWING_LEG,
    sign="Share of the stride after the same foot's touchdown; lower is earlier.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Lenthall2024",),
    max_sd=5,
)
def lead_thigh_reversal(run: Run, step: Step) -> float:
    """When in the stride the thigh is furthest forward and turns backward."""
    stop = run.touchdown(step, 2)
    stride = stop - step.touchdown_s
    thigh = run.motion.angles[f"{step.side}_thigh"]
    t, _ = run.peak(thigh, step.touchdown_s + LEADING_FROM * stride, stop, inner=True)
    return 100 * (t - step.touchdown_s) / stride


@Metric(
    label="Front-side share of the thigh's path",
    unit=Unit.PERCENT,
    relationship=Relationship.SWING_LEG,
    sign="50 is as much in front of vertical as behind it; higher is more in front.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Haugen2018",),
    max_sd=12,
)
def front_side_share(run: Run, step: Step) -> float:
    """Share of the thigh's range over one stride that lies in front of the vertical."""
    front, back = peak_thigh_flexion(run, step), _lowest(run, step)[1]
    return 100 * front / (front - back)
