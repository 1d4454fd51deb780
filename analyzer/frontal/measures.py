"""The numbers of the frontal plane, in the report's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from analyzer.body.skeleton import SIDES, Side
from analyzer.frontal.errors import REAR_SWAY
from analyzer.metrics.registry import Evidence, Relationship, Unit

_PLACE: Final = "corrected for a camera beside the lane's line, by how the legs swing in the picture"
"""Said of what ``beside`` is taken out of."""
Of = Side | Literal["both"]
"""Whose number: of a side, or of both."""


@dataclass(frozen=True)
class Measure:
    """A number of the frontal plane.

    name : of its rows and its column
    label : for people
    unit : of ``Found.mean``
    relationship : part of the whole-body system that it belongs to
    evidence : how far it is from what the camera saw
    definition, sign : in a sentence each
    sided : whether left and right have numbers of their own, beside that of both
    share_of : what a number in per cent is a share of, as ``of leg length``
    damped : whether a network may draw it towards the usual (``metrics.registry.Metric``): not what the clock
        gives
    """

    name: str
    label: str
    unit: Unit
    relationship: Relationship
    evidence: Evidence
    definition: str
    sign: str
    sided: bool = True
    share_of: str = ""
    damped: bool = True

    @property
    def decimals(self) -> int:
        """Digits shown to people at most, in the unit."""
        return 2 if self.unit is Unit.HERTZ else 1

    @property
    def full_label(self) -> str:
        """Name for people, with what it is a share of."""
        return f"{self.label}, {self.share_of}" if self.share_of else self.label

    @property
    def sides(self) -> tuple[Of, ...]:
        """Whose numbers there are: of both, and of each where it is sided."""
        return ("both", *SIDES) if self.sided else ("both",)


_ALL: Final = (
    Measure(
        "step_rate", "Step frequency", Unit.HERTZ, Relationship.STEPS, Evidence.MEASURED,
        "Steps a second, from the alternation of the legs.", "Always positive.", sided=False, damped=False,
    ),
    Measure(
        "foot_from_midline", "Foot from the midline", Unit.PERCENT, Relationship.PUSH_LEG, Evidence.DERIVED,
        "How far to its own side of the middle of the hips the standing foot is, of the leg length; "
        f"{_PLACE}.",
        "Positive on its own side, negative across the midline.", share_of="of leg length",
    ),
    Measure(
        "knee_inward", "Knee inward", Unit.DEGREE, Relationship.PUSH_LEG, Evidence.DERIVED,
        "Angle in the image between thigh and shank of the standing leg (frontal-plane projection angle); "
        f"{_PLACE}.",
        "Positive with the knee inside the line from hip to ankle.",
    ),
    Measure(
        "knee_lift", "Knee lift", Unit.PERCENT, Relationship.SWING_LEG, Evidence.MEASURED,
        "Highest place of the knee against the hip of its side in a stride, of the thigh length.",
        "0 at the height of the hip, negative below it.", share_of="of thigh length",
    ),
    Measure(
        "hand_across", "Hand across the body", Unit.PERCENT, Relationship.ARMS, Evidence.DERIVED,
        "How far past the middle of the shoulders the hand comes in a stride, of the shoulder width; "
        f"{_PLACE}.",
        "Positive past the middle, negative where it stays on its own side.", share_of="of shoulder width",
    ),
    Measure(
        "trunk_side_lean", "Side lean of the trunk", Unit.DEGREE, Relationship.TORSO, Evidence.MEASURED,
        "Mean angle of the line from hips to shoulders to the vertical, over whole strides.",
        "Positive to the athlete's left.", sided=False,
    ),
    Measure(
        "trunk_sway", "Sway of the trunk", Unit.DEGREE, Relationship.TORSO, Evidence.MEASURED,
        "Range in a stride of the angle of the line from hips to shoulders to the vertical. From behind a "
        f"pose network shows {REAR_SWAY:g} of it on average, which is made up for; the curve is as "
        "it was seen.",
        "Always positive.", sided=False,
    ),
    Measure(
        "pelvis_drop", "Drop of the pelvis", Unit.DEGREE, Relationship.TORSO, Evidence.MEASURED,
        "How far the hip of the swing leg is lower in stance, against its mean over the stride.",
        "Positive where the side of the swing leg is lower.",
    ),
    Measure(
        "step_time_difference", "Step times, left against right", Unit.PERCENT, Relationship.TIMING,
        Evidence.DERIVED,
        "Time from the left stance to the right, less that from right to left, of their mean.",
        "Positive where the step from left to right takes longer.", sided=False, share_of="of a step",
        damped=False,
    ),
    Measure(
        "arm_leg_lag", "Arm behind the opposite leg", Unit.PERCENT, Relationship.TIMING, Evidence.MEASURED,
        "How much of a stride after the highest place of the knee the opposite hand is highest.",
        "Positive where the hand comes later. Left is the left leg with the right arm.",
        share_of="of a stride",
    ),
    Measure(
        "step_width", "Step width", Unit.PERCENT, Relationship.BALANCE, Evidence.DERIVED,
        "Distance across between left and right foot in stance, of the leg length: of both feet from the "
        "midline and of how far the hips travel to the side from one stance to the next.",
        "Positive with the feet apart, negative where they cross.", sided=False, share_of="of leg length",
    ),
)  # fmt: skip
MEASURES: Final = {measure.name: measure for measure in _ALL}
"""Every measure by name."""
