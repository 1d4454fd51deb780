"""The parts of the report in the order of the founding article: what is claimed, known and drawn.

The sentences are ours. "claim" is what the article holds; "known" is what published measurements say
for or against it; neither is a finding about this athlete.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from analyzer.comparison.speed_trends import REPRESENTS
from analyzer.data.analysis import Analysis
from analyzer.metrics.registry import Relationship
from analyzer.outputs.plots import movement, values

Draw = Callable[["Analysis", "Axes"], "Axes"]
"""What draws a chart of an analysis into axes."""


@dataclass(frozen=True)
class Chart:
    """A chart, the words under it, and the metrics without which it is left out."""

    draw: Draw
    caption: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One relationship of the whole-body system.

    ``lead`` are the metrics shown at once, the others are folded away; ``unseen`` is what a side
    view cannot show.
    """

    relationship: Relationship
    claim: str
    known: str
    lead: tuple[str, ...]
    charts: tuple[Chart, ...]
    unseen: str = ""

    @property
    def anchor(self) -> str:
        """Name of the section in links."""
        return self.relationship.name.lower().replace("_", "-")


def _joint(name: str) -> Draw:
    return lambda analysis, ax: movement.joint_angle(analysis, name, ax)


def _against_speed(metric: str) -> Draw:
    return lambda analysis, ax: values.against_speed(analysis, metric, ax)


def _shares(*metrics: str) -> Draw:
    return lambda analysis, ax: values.shares(analysis, metrics, ax)


STEPS: Final = Section(
    Relationship.STEPS,
    "",
    "Speed is step length times step frequency. Which of the two an athlete leans on is individual "
    "(Salo 2011), so compare with the athlete's own earlier runs first.",
    ("step_speed", "step_frequency", "step_length", "contact_time", "flight_time", "duty_factor"),
    (
        Chart(
            values.step_speed,
            "Speed of each step, with its standard error (step frequency where there is no scale).",
        ),
        Chart(values.contact_and_flight, "Contact and flight of each step, with standard errors."),
    ),
)
"""The first section: speed and steps, which is no relationship of the article."""

SECTIONS: Final = (
    Section(
        Relationship.PUSH_LEG,
        "The pushing leg is where force enters the ground. The article sees it as the last link, where the "
        "work of the whole body comes out, and keeps the push of that one leg apart from the body's support "
        "of it (see How they work together).",
        "How far the body leans ahead of the foot at toe-off goes with the direction of the push (Kugler & "
        "Janshen 2010), and toe-off distance with early acceleration (Wild 2018). At top speed a fully "
        "straight leg is not the aim. A video sees how the leg moves, not the force in it.",
        ("contact_time", "touchdown_distance", "toe_off_distance", "push_angle", "stance_thigh_sweep",
         "knee_collapse", "peak_vertical_force"),
        (
            Chart(
                _joint("knee"),
                "Knee through the stride; 0° is straight. Over the bars, which are contact, a low hump is "
                "how far it gives; the high one is its fold in the swing.",
                ("peak_knee_flexion",),
            ),
            Chart(
                _joint("hip"),
                "Hip through the stride: 0° is thigh in line with trunk. The lowest point comes shortly "
                "after the foot has left the ground, the highest with the knee at its furthest up.",
                ("stance_thigh_sweep",),
            ),
        ),
    ),
    Section(
        Relationship.SWING_LEG,
        "The swing leg is said to drive the current step forward while the other leg still pushes, and not "
        "just to be put back in place for the next one.",
        "Thigh speed rises with running speed (Clark 2020), and faster runners bring the swing thigh further "
        "through by the time the other foot lands (Miyashiro 2019). Yet top speed is limited by ground force "
        "more than by how fast the legs turn over (Weyand 2000).",
        ("peak_thigh_speed", "peak_thigh_speed_timing", "swing_thigh_touchdown", "thigh_retraction_speed",
         "peak_knee_flexion", "peak_thigh_flexion"),
        (
            Chart(
                movement.thigh_angles,
                "Both thighs over time. Where the lines cross, one passes the other: see how close that is "
                "to the landing, where the shading begins. Shaded: ground contact, in the colour of the foot "
                "that stands.",
            ),
            Chart(
                _joint("thigh"),
                "Thigh through the stride, from touchdown of its own foot; 0° is hanging straight down.",
                ("peak_thigh_flexion",),
            ),
        ),
    ),
    Section(
        Relationship.ARMS,
        "The arms are said to turn so as to support the movement of the legs, not merely to go along.",
        "The arms balance the legs' turning about the body's vertical axis (Hinrichs 1987). Their effect on "
        "speed seems small: with folded arms athletes ran 30 m only 1.6 % slower (Brooks 2022).",
        ("shoulder_range", "peak_arm_speed_backward", "peak_arm_speed_forward", "elbow_range", "arm_dwell"),
        (
            Chart(
                movement.arm_angles,
                "Both upper arms over time: does every swing reach as far forward and back as the last? "
                "Shaded: ground contact, in the colour of the foot that stands.",
                ("shoulder_range",),
            ),
            Chart(
                _joint("elbow"),
                "Elbow through the stride of the foot on its side; 0° is straight.",
                ("elbow_range",),
            ),
        ),
        "A side view cannot show arms crossing the body or turning about their length, which the article "
        "cares about most. Film from behind or in front for that.",
    ),
    Section(
        Relationship.TORSO,
        "The torso is said to connect the two sides of the body and to stay in balance while force passes "
        "through it.",
        "Forward lean fades over the first steps and settles; late in a 50 m sprint, less twisting of the "
        "trunk went with faster running (Nagahara 2018).",
        ("trunk_lean_touchdown", "trunk_lean_toe_off", "trunk_lean_mean", "trunk_excursion"),
        (
            Chart(
                movement.trunk_lean,
                "Trunk lean over time: how far it rocks from step to step, and whether it settles. Shaded: "
                "ground contact of that foot.",
            ),
            Chart(
                lambda analysis, ax: values.per_step(analysis, "trunk_lean_mean", ax),
                "Mean lean of each step: whether it fades, as out of a start, or holds.",
                ("trunk_lean_mean",),
            ),
        ),
        "A side view cannot show shoulders turning against hips. Film from behind for that.",
    ),
    Section(
        Relationship.TIMING,
        "What happens between one push and the next decides, in the article's terms, whether the body is "
        "ready when the foot lands or late.",
        "In the first four steps sub-elite sprinters spend longer than elite ones around touchdown with only "
        "the swing thigh moving (Bayne 2020).",
        ("thigh_switch_time", "step_time_ratio", "step_time_variability", "retraction_window"),
        (
            Chart(movement.rhythm, "When each foot is on the ground: even gaps are an even rhythm."),
            Chart(
                lambda analysis, ax: values.per_step(analysis, "thigh_switch_time", ax),
                "When the thighs pass each other, after touchdown (positive) or before.",
                ("thigh_switch_time",),
            ),
        ),
    ),
    Section(
        Relationship.BALANCE,
        "Balance here does not mean not wobbling: the push side and the swing side are said to offset each "
        "other all the time, and the faster the run, the harder that gets.",
        "Left-right differences have not been tied to sprint speed or to injuries (Haugen 2018, Exell 2017). "
        "In a single side view, a difference may also come from the far leg being hidden.",
        ("vertical_oscillation", "speed_loss", "push_swing_balance", "push_swing_lag", "contact_symmetry"),
        (
            Chart(
                movement.centre_of_mass,
                "Rise and fall of the centre of mass. Shaded: ground contact of that foot.",
                ("vertical_oscillation",),
            ),
            Chart(
                lambda analysis, ax: values.differences(
                    analysis,
                    ("contact_time", "flight_time", "step_time", "step_length", "stance_thigh_sweep",
                     "shoulder_range"),
                    ax,
                ),
                "Left minus right with 95 % intervals; grey where zero is inside (not established).",
                ("contact_time",),
            ),
        ),
        "A side view cannot show step width, sway, or the pelvis dropping to one side. Film from behind.",
    ),
    Section(
        Relationship.SYSTEM,
        "Speed is seen as a system: each part supports the others without a break, and the pushing leg "
        "passes the sum of it into the ground.",
        "Thighs moving against each other for more of the step mark elite sprinters (86 % against 77 % in "
        "the first four steps, Bayne 2020). Whether arms and legs stay together as speed rises has no "
        "published norm: compare with the athlete's own runs.",
        ("arm_leg_phase", "arm_leg_correlation", "relative_phase_scatter", "anti_phase_share",
         "peak_scissor_speed", "peak_synchrony", "simultaneity"),
        (
            Chart(
                movement.arm_leg,
                "Each arm against the opposite thigh: slim loops that repeat mean they move together. "
                "Dots: touchdowns of that leg.",
                ("arm_leg_correlation",),
            ),
            Chart(
                lambda analysis, ax: values.per_step(analysis, "anti_phase_share", ax),
                "Share of each step in which the thighs move against each other.",
                ("anti_phase_share",),
            ),
        ),
    ),
)  # fmt: skip
"""The relationships of the article, in its order."""

FASTER_CLAIM: Final = (
    "The article holds that the faster the run, the harder it becomes to keep the parts working together."
)
"""What the article holds of rising speed."""
FASTER_TEXT: Final = (
    "Each chart sets one relationship against the speed of the same step, with both errors. Within one "
    "acceleration, speed, step number and lean change together, so a change here does not say which of them "
    "it follows; runs at several speeds, compared with each other, do."
)
"""How the charts against speed are to be read."""
_FASTER: Final = {
    Relationship.PUSH_LEG: "Push leg: how far the body leans ahead of the foot at toe-off.",
    Relationship.SWING_LEG: "Swing leg: how far its thigh has come through when the other foot lands.",
    Relationship.ARMS: "Arms: how far they swing.",
    Relationship.TORSO: "Torso: how far it leans.",
    Relationship.TIMING: "Timing: how long after touchdown the thighs pass each other.",
    Relationship.BALANCE: "Balance: the swing leg's motion forward against the push leg's backward.",
    Relationship.SYSTEM: "Arms with legs: how far the arm is behind the opposite leg.",
}
"""Caption of the chart of each relationship against speed."""
FASTER: Final = {
    metric: Chart(_against_speed(metric), _FASTER[relationship], (metric, "step_speed"))
    for relationship, metric in REPRESENTS.items()
}
"""One chart for each relationship, of the metric by which its course with speed is told."""

PUSH: Final = ("single_leg_push", "whole_body_support")
"""Shares of the upward change of velocity over many steps; withheld in a short clip."""
PUSH_PARTS: Final = ("push_trunk_lift_share", "swing_lift_share", "arm_lift_share", "trunk_lift_share")
"""Shares of the same change where a clip cannot tell trunk and push leg apart, and their parts."""
_PUSH_CAPTION: Final = "What accounts for the body's upward change of speed in contact, with standard errors."
"""Caption of either chart."""
PUSH_CHARTS: Final = (
    Chart(_shares(*PUSH, *PUSH_PARTS[1:]), _PUSH_CAPTION, PUSH),
    Chart(_shares(*PUSH_PARTS[:3]), _PUSH_CAPTION, (PUSH_PARTS[0], PUSH_PARTS[2])),
)
"""The first that the clip supports: trunk and push leg apart need many steps."""
PUSH_TEXT: Final = (
    "The body lands falling and leaves the ground rising. Single-leg push is the part of this upward change "
    "of speed that comes from the pushing leg lifting the hips and all they carry. Whole-body push support "
    "is the part that swing leg, arms and trunk add by moving up against the hips and shoulders meanwhile. "
    "The two add up to 100 %, and both pass into the ground through the standing foot: in the article's "
    "terms the pushing leg is where the whole body's push comes out. It is book-keeping of motion, not of "
    "muscle force."
)
"""What single-leg push and whole-body support are."""
