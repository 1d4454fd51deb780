"""The chapters of the report in the order of the founding article: what is claimed, known, drawn and listed.

The sentences are ours. "claim" is what the article holds; "known" is what published measurements say
for or against it; neither is a finding about this athlete.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.data.analysis import Analysis
from analyzer.metrics.registry import Relationship
from analyzer.outputs.report import movement_charts
from analyzer.outputs.report.movement_charts import Drawn

Draw = Callable[[Analysis, str], Drawn | None]
"""What draws a chart of an analysis, with the words under it; None where the clip cannot show it."""


@dataclass(frozen=True)
class Chart:
    """A chart, the words under it, and the metrics without which it is left out."""

    draw: Draw
    caption: str
    needs: tuple[str, ...] = ()


def anchor(relationship: Relationship) -> str:
    """Return the name of a relationship's chapter in links."""
    if relationship is Relationship.STEPS:
        return "speed"  # "steps" is the table
    return relationship.name.lower().replace("_", "-")


@dataclass(frozen=True)
class Section:
    """One relationship of the whole-body system.

    ``asked`` is the metric whose absence is told where the chapter has no answer; ``lead`` are the metrics
    shown first, the others are folded away; ``steps`` those shown step by step; ``works`` what ``known``
    rests
    on; ``unseen`` what a side view cannot show.
    """

    relationship: Relationship
    asked: str
    claim: str
    known: str
    works: tuple[str, ...]
    lead: tuple[str, ...]
    charts: tuple[Chart, ...] = ()
    steps: tuple[str, ...] = ()
    unseen: str = ""

    @property
    def anchor(self) -> str:
        """Name of the section in links."""
        return anchor(self.relationship)


def chart(analysis: Analysis, what: Chart) -> Drawn | None:
    """Draw one chart; None when the clip does not support what it shows."""
    if any((row := analysis.summary(m)) is None or not np.isfinite(row.mean) for m in what.needs):
        return None
    return what.draw(analysis, what.caption)


SECTIONS: Final = (
    Section(
        Relationship.STEPS,
        "step_frequency",
        "",
        "Speed is step length times step frequency; which of the two an athlete leans on is individual (Salo "
        "2011). Contact is what the eye sees: a force plate reads 5 to 10 ms less (IAT 2025).",
        ("Salo2011", "SportIAT2025"),
        ("step_speed", "step_frequency", "step_length", "contact_time", "flight_time", "duty_factor"),
        (Chart(movement_charts.rhythm, "When each foot is on the ground: even gaps are an even rhythm."),),
        ("step_speed", "contact_time", "flight_time"),
    ),
    Section(
        Relationship.PUSH_LEG,
        "two_mass_peak_force",
        "The pushing leg is where force enters the ground: the last link, where the work of the whole body "
        "comes out. The push of that one leg is kept apart from the body's support of it.",
        "How far the body leans ahead of the foot at toe-off goes with the direction of the push (Kugler "
        "2010), "
        "and sprinters push harder in the first half of contact than other athletes (Clark 2014).",
        ("Kugler2010", "Clark2014", "Clark2017"),
        ("contact_time", "touchdown_distance", "toe_off_distance", "push_angle", "stance_thigh_sweep",
         "knee_collapse", "two_mass_peak_force", "peak_force_time", "early_push_share", "early_force"),
        (
            Chart(
                movement_charts.knee,
                "Knee through the stride; 0° is straight. Over the bars, which are contact, a low hump is "
                "how far it gives; the high one is its fold in the swing.",
                ("peak_knee_flexion",),
            ),
        ),
    ),
    Section(
        Relationship.SWING_LEG,
        "swing_way_in_contact",
        "The swing leg attacks forward while the other leg still pushes, so that it is in place next.",
        "Faster runners bring the swing thigh further through by the time the other foot lands (Miyashiro "
        "2019). Yet top speed is limited by ground force more than by how fast the legs turn over (Weyand "
        "2000).",
        ("Miyashiro2019", "Weyand2000", "Clark2020"),
        ("swing_way_in_contact", "swing_thigh_touchdown", "peak_thigh_speed", "peak_thigh_speed_timing",
         "thigh_retraction_speed", "peak_knee_flexion", "peak_thigh_flexion"),
        (
            Chart(
                movement_charts.thighs,
                "Both thighs over time. Where the lines cross, one passes the other: see how close that is "
                "to the landing, where the shading begins. Shaded: ground contact of that foot.",
            ),
        ),
    ),
    Section(
        Relationship.ARMS,
        "shoulder_range",
        "The arms turn so as to support the movement of the legs, and do not merely go along.",
        "Arms balance the legs' turning about the body's long axis (Hinrichs 1987) and gave a quarter of the "
        "lift of ten college sprinters (Hinrichs 2014); with folded arms athletes ran 30 m only 1.6 % slower "
        "(Brooks 2022).",
        ("Hinrichs1987", "Hinrichs2014", "Brooks2022"),
        ("shoulder_range", "peak_arm_speed_backward", "peak_arm_speed_forward", "elbow_range", "arm_dwell"),
        (
            Chart(
                movement_charts.arms,
                "Both upper arms over time: does every swing reach as far forward and back as the last? "
                "Shaded: ground contact of that foot.",
                ("shoulder_range",),
            ),
        ),
        unseen="A side view cannot show arms crossing the body or turning about their length. How far the "
        "hands cross is given of a clip from the front or from behind.",
    ),
    Section(
        Relationship.TORSO,
        "trunk_lean_mean",
        "The torso connects the two sides of the body and stays in balance while force passes through it.",
        "Forward lean fades over the first steps and settles; late in a 50 m sprint, less twisting of the "
        "trunk went with faster running (Nagahara 2018).",
        ("Nagahara2018",),
        ("trunk_lean_touchdown", "trunk_lean_toe_off", "trunk_lean_mean", "trunk_turn_in_contact"),
        (
            Chart(
                movement_charts.trunk_lean,
                "Trunk lean over time: how far it rocks from step to step, and whether it settles. Shaded: "
                "ground contact of that foot.",
            ),
        ),
        ("trunk_lean_mean",),
        "A side view cannot show the trunk leaning or swaying to a side: a clip from the front or from "
        "behind does. Shoulders turning against hips are measured from no view.",
    ),
    Section(
        Relationship.TIMING,
        "thigh_switch_time",
        "What happens between one push and the next decides whether the body is ready when the foot lands, "
        "or "
        "late.",
        "In the first four steps sub-elite sprinters spend longer than elite ones around touchdown with only "
        "the swing thigh moving (Bayne 2020).",
        ("Bayne2020",),
        ("thigh_switch_time", "step_time", "step_time_ratio", "step_time_variability", "retraction_window"),
        (),
        ("step_time", "thigh_switch_time"),
    ),
    Section(
        Relationship.BALANCE,
        "push_swing_balance",
        "Balance is not standing still: push side and swing side offset each other all the time, and the "
        "faster the run, the harder that gets.",
        "Left-right differences have not been tied to sprint speed or to injuries (Haugen 2018).",
        ("Haugen2018b",),
        ("push_swing_balance", "vertical_oscillation", "push_swing_lag", "contact_symmetry"),
        (
            Chart(
                movement_charts.centre_of_mass,
                "Rise and fall of the centre of mass. Shaded: ground contact of that foot.",
                ("vertical_oscillation",),
            ),
        ),
        unseen="A side view cannot show step width, sway, or the pelvis dropping to one side. A clip from "
        "the front or from behind gives the first two.",
    ),
    Section(
        Relationship.SYSTEM,
        "single_leg_push",
        "Speed is a system: each part supports the others without a break, and the pushing leg passes the "
        "sum "
        "of it into the ground.",
        "Thighs moving against each other for more of the step mark elite sprinters: 86 % against 77 % in "
        "the "
        "first four steps (Bayne 2020). Whether arms and legs stay together as speed rises has no published "
        "norm.",
        ("Bayne2020", "Ae1983"),
        ("arm_leg_phase", "arm_leg_correlation", "relative_phase_scatter", "anti_phase_share",
         "peak_scissor_speed", "fastest_apart"),
        (
            Chart(
                movement_charts.arm_leg,
                "Each arm against the opposite thigh: slim loops that repeat mean they move together. "
                "Dots: touchdowns of that leg.",
                ("arm_leg_correlation",),
            ),
        ),
    ),
)  # fmt: skip
"""Speed and steps, then the relationships of the article, in its order."""
LEADS: Final = frozenset(name for section in SECTIONS for name in section.lead)
"""Metrics that a chapter shows first: no other one lists them among its further numbers."""

FASTER_CLAIM: Final = "The faster the run, the harder it becomes to keep the parts working together."
"""What the article holds of rising speed."""
FASTER_TEXT: Final = (
    "Grey: the scatter of the slower half of the steps about their own mean. Of what clearly changed, a ring "
    "marks the first of two steps in a row that left it. Within one run speed, step number and lean change "
    "together."
)
"""How the chart against speed is to be read."""
PUSH: Final = (
    "single_leg_push",
    "whole_body_support",
    "push_trunk_share",
    "trunk_lift_share",
    "arm_share",
    "swing_share",
)
"""The account over all contacts: shares of the upward change of velocity."""
PUSH_PARTS: Final = {
    "push_trunk_lift_share": "push_trunk_share",
    "arm_lift_share": "arm_share",
    "swing_lift_share": "swing_share",
}
"""The same contact by contact, and what each is over all of them."""
PUSH_TEXT: Final = (
    "The body lands falling and leaves the ground rising. What the pushing leg alone adds to this change of "
    "speed, lifting the hips and all they carry, is single-leg push; what arms, swing leg and trunk add by "
    "moving up against hips and shoulders is whole-body push support. Both pass into the ground through the "
    "standing foot, and they make 100 %: a part below zero took away from the push, and the others then make "
    "more. It is book-keeping of motion, not of muscle force, and not the force under the foot over time, "
    "which is modelled apart from it: that a leg did most of its push early is said of that force."
)
"""What single-leg push and whole-body support are."""
FORCE_TEXT: Final = (
    "Vertical force under the foot, mean of each side's contacts, modelled from contact, flight and how the "
    "ankle lands (Clark 2017); the band is one standard error. A video does not measure force."
)
"""What the force's chart is."""
TERMS: Final = (
    ("step, stride", "From the landing of one foot to the landing of the other; a stride is two steps."),
    ("contact", "From landing (touchdown) to leaving the ground (toe-off)."),
    ("± ", "One standard error: the true number lies within it two times in three, within twice it nineteen "
     "times in twenty. What is not clear of twice its error is not put into words."),
    ("≠", "Left and right differ by more than error and chance explain, with so many numbers compared. The "
     "side away from the camera is partly hidden, which can look the same: only a run in each direction "
     "tells."),
    ("left, right", "The athlete's own; left is blue, right is orange, and in charts and on the kinogram "
     "dashed or square."),
    ("swing thigh's way", "From its furthest back to its furthest in front."),
    ("links of the map", "Arm–leg: how far in a stride of 360° the arm swings ahead of the opposite thigh "
     "or behind it; the line is wide where their curves lie on each other. Leg–leg: how much of the step the "
     "thighs move against each other. Push–swing: time between the peaks of the two legs' momenta. "
     "Trunk–push: how far the trunk turns in contact. They are of unlike kinds: no link is held against "
     "another."),
    ("published range", "Of those who run about as fast, to compare with and not to judge by; unverified "
     "means "
     "that it was not read in the source itself, and nothing is concluded from it."),
    ("measured, derived, model-estimated, interpretation", "Seen in the picture; needs the scale or the "
     "body's "
     "masses; rests on a model; a reading of the movement, not a measurement."),
)  # fmt: skip
"""Words that the report uses, explained once."""
MORE_WORKS: Final = {
    "Brooks2022": "Brooks L., Weyand P., Clark K. 2022, Gait & Posture (its summary was read)",
    "Haugen2018b": "Haugen T. et al. 2018, Scandinavian Journal of Medicine & Science in Sports 28:1001 "
    "(its summary was read)",
}
"""Works that chapters rest on and no metric does."""
ARTICLE: Final = (
    "The claims are those of an article by AthleticQuickness on why sprint speed is a system, in our words. "
    "It "
    "belongs to a training programme that is for sale; this report uses its vocabulary and does not test its "
    "training."
)
"""What the founding article is."""
