"""Speed and steps: how long, how far, how often. Outcomes, against which the rest is read."""

from __future__ import annotations

from analyzer.data.steps import Step
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run


@Metric(
    label="Contact time",
    unit=Unit.SECOND,
    relationship=Relationship.STEPS,
    sign="Always positive; shorter at higher speed.",
    positive=True,
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Bezodis2007", "SportIAT2025"),
    decimals=3,
    max_sd=0.03,
)
def contact_time(run: Run, step: Step) -> float:
    """Time from touchdown to toe-off of one foot: visible contact.

    Force plates typically read 5-10 ms less, because the shoe touches before it carries load.
    """
    return step.toe_off_s - step.touchdown_s


@Metric(
    label="Flight time",
    unit=Unit.SECOND,
    relationship=Relationship.STEPS,
    sign="After the foot of that side; positive in running, negative would be walking.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Bezodis2007", "SportIAT2025"),
    decimals=3,
    max_sd=0.03,
    of=("contact_time",),
)
def flight_time(run: Run, step: Step) -> float:
    """Time from toe-off to the touchdown of the other foot.

    A toe-off too unsure to end a contact is too unsure to begin a flight.
    """
    return run.touchdown(step, 1) - step.toe_off_s


@Metric(
    label="Step time",
    unit=Unit.SECOND,
    relationship=Relationship.STEPS,
    sign="Always positive.",
    positive=True,
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Dennison2026",),
    decimals=3,
    max_sd=0.03,
    damped=False,
)
def step_time(run: Run, step: Step) -> float:
    """Time from the touchdown of one foot to the touchdown of the other."""
    return run.touchdown(step, 1) - step.touchdown_s


@Metric(
    label="Step frequency",
    unit=Unit.HERTZ,
    relationship=Relationship.STEPS,
    sign="Steps a second, always positive.",
    positive=True,
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Dennison2026", "Salo2011"),
    decimals=2,
    max_sd=0.6,
    damped=False,
)
def step_frequency(run: Run, step: Step) -> float:
    """One divided by the step time."""
    return 1 / (run.touchdown(step, 1) - step.touchdown_s)


def _length(run: Run, step: Step) -> float:
    """Return the distance from a planted foot to the next, m."""
    following = run.after(step)
    return run.foot_x(following) - run.foot_x(step) if following else float("nan")


@Metric(
    label="Step length",
    unit=Unit.METRE,
    relationship=Relationship.STEPS,
    sign="Positive in the running direction.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Dennison2026", "Salo2011"),
    needs=("scale", "static"),
    decimals=2,
    max_sd=0.3,
    course=True,
    damped=False,
)
def step_length(run: Run, step: Step) -> float:
    """Distance along the ground from the planted forefoot to the next foot's, in running direction."""
    return _length(run, step)


@Metric(
    label="Step length relative to the leg",
    unit=Unit.LEG_LENGTH,
    relationship=Relationship.STEPS,
    sign="Positive in the running direction.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Salo2011",),
    needs=("static",),
    decimals=2,
    max_sd=0.3,
    course=True,
    damped=False,
)
def relative_step_length(run: Run, step: Step) -> float:
    """Step length divided by standing leg length (hip to ground): needs no scale."""
    return _length(run, step) / run.motion.leg_length


@Metric(
    label="Step speed",
    unit=Unit.METRE_PER_SECOND,
    relationship=Relationship.STEPS,
    sign="Positive in the running direction.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Dennison2026",),
    needs=("scale", "static"),
    decimals=2,
    max_sd=1.5,
    of=("step_length",),
    course=True,
    damped=False,
)
def step_speed(run: Run, step: Step) -> float:
    """Step length divided by step time: the speed of the body over this step."""
    return _length(run, step) / (run.touchdown(step, 1) - step.touchdown_s)


@Metric(
    label="Duty factor",
    unit=Unit.RATIO,
    relationship=Relationship.STEPS,
    sign="0 to 0.5 in running; lower means more of the time in the air.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Meng2024",),
    decimals=2,
    max_sd=0.06,
    of=("contact_time",),
)
def duty_factor(run: Run, step: Step) -> float:
    """Contact time as a share of the stride, the stride being twice the step time."""
    return (step.toe_off_s - step.touchdown_s) / (2 * (run.touchdown(step, 1) - step.touchdown_s))


@Metric(
    label="Flight to contact ratio",
    unit=Unit.RATIO,
    relationship=Relationship.STEPS,
    sign="Above 1 when the flight is longer than the contact.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Coh2018",),
    decimals=2,
    max_sd=0.4,
    of=("contact_time", "flight_time"),
)
def flight_contact_ratio(run: Run, step: Step) -> float:
    """Flight time divided by contact time of the same step."""
    return (run.touchdown(step, 1) - step.toe_off_s) / (step.toe_off_s - step.touchdown_s)


@Metric(
    label="Contact length",
    unit=Unit.METRE,
    relationship=Relationship.STEPS,
    sign="Positive in the running direction.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Clark2022",),
    needs=("scale", "static"),
    decimals=2,
    max_sd=0.25,
    of=("contact_time",),
)
def contact_length(run: Run, step: Step) -> float:
    """Distance the centre of mass travels while the foot is on the ground."""
    com = run.motion.com[:, 0]
    return run.at(com, step.toe_off_s) - run.at(com, step.touchdown_s)


@Metric(
    label="Flight distance",
    unit=Unit.METRE,
    relationship=Relationship.STEPS,
    sign="Positive in the running direction.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Clark2022",),
    needs=("scale", "static"),
    decimals=2,
    max_sd=0.25,
    of=("flight_time",),
)
def flight_distance(run: Run, step: Step) -> float:
    """Distance the centre of mass travels from toe-off to the other foot's touchdown."""
    com = run.motion.com[:, 0]
    return run.at(com, run.touchdown(step, 1)) - run.at(com, step.toe_off_s)
