"""One plain sentence for each part of the body, in the order of the founding article.

Only what is clear of its error is told with a way; of the rest it is said that it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from analyzer.body.skeleton import SIDES
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Frontal
from analyzer.metrics.registry import Relationship
from analyzer.metrics.wording import UNSEEN
from analyzer.outputs.frontal.wording import apart, given, number, way
from analyzer.outputs.report.withheld import sentence

UNCLEAR: Final = "not clear of its error"
"""Said of what is not clear of its error."""


class Said(NamedTuple):
    """How a number of a side is said: ``size`` without its sign, ``number`` with it.

    plus, minus : of one that is clear of its error
    none : of one that is not
    again, alike : of the second side, where the first was said the same way
    """

    plus: str
    minus: str
    none: str
    again: str = "the {side} {size}"
    alike: str = "nor is the {side} ({number})"


SIDED: Final = {
    "foot_from_midline": Said(
        "the {side} foot stands {size} of the leg length to its own side of the hips’ middle",
        "the {side} foot stands {size} of the leg length across the hips’ middle",
        f"the place of the {{side}} foot beside the hips’ middle is {UNCLEAR} ({{number}})",
    ),
    "knee_inward": Said(
        "the {side} knee is {size} inside the line of its leg",
        "the {side} knee is {size} outside the line of its leg",
        f"the place of the {{side}} knee beside the line of its leg is {UNCLEAR} ({{number}})",
    ),
    "knee_lift": Said(
        "the {side} knee comes up to {size} of the thigh above its hip",
        "the {side} knee comes up to {size} of the thigh below its hip",
        f"how high the {{side}} knee comes against its hip is {UNCLEAR} ({{number}})",
        "the {side} to {size}",
    ),
    "hand_across": Said(
        "the {side} hand crosses the middle by {size} of the shoulders’ width",
        "the {side} hand stays {size} of the shoulders’ width on its own side of the middle",
        f"how far the {{side}} hand comes past the middle is {UNCLEAR} ({{number}})",
    ),
    "pelvis_drop": Said(
        "on the {side} foot the other hip is {size} lower",
        "on the {side} foot the other hip is {size} higher",
        f"how far the other hip drops on the {{side}} foot is {UNCLEAR} ({{number}})",
        "on the {side} {size}",
        "nor is it on the {side} ({number})",
    ),
}
"""Of each measure with sides that a sentence tells."""


class Part(NamedTuple):
    """A part of the body and what is told of it; ``why`` it is not, where nothing is."""

    title: str
    text: str
    why: str


def parts(run: Frontal) -> list[Part]:
    """Return what is told of push leg, swing leg, arms, torso, timing, and balance around the pushing leg."""
    found = []
    for relationship, (title, tell) in _TOLD.items():
        text = " ".join(filter(None, tell(run)))
        found.append(Part(title, text, "" if text else _why(run, relationship)))
    return found


def _push_leg(run: Frontal) -> list[str]:
    return [_sides(run, "foot_from_midline", "While pushing, "), _sides(run, "knee_inward")]


def _swing_leg(run: Frontal) -> list[str]:
    return [_sides(run, "knee_lift", "Swinging through, ")]


def _arms(run: Frontal) -> list[str]:
    return [_sides(run, "hand_across", "As the arms swing, ")]


def _torso(run: Frontal) -> list[str]:
    lean, sway = run.get("trunk_side_lean"), run.get("trunk_sway")
    of_lean, of_sway = "", ""
    if given(lean):
        to = "left" if lean.mean > 0 else "right"
        of_lean = (
            f"leans {number(run, 'trunk_side_lean', size=True)} to the athlete’s {to}"
            if way(lean)
            else f"has a side lean {UNCLEAR} ({number(run, 'trunk_side_lean')})"
        )
    if given(sway):
        of_sway = f"sways through {number(run, 'trunk_sway')} in a stride"
    carried = " and ".join(filter(None, (of_lean, of_sway)))
    return [
        f"Between the sides the trunk {carried}." if carried else "",
        _sides(run, "pelvis_drop"),
    ]


def _timing(run: Frontal) -> list[str]:
    steps, lag = run.get("step_time_difference"), run.get("arm_leg_lag")
    said = []
    if given(steps):
        ways = ("from left to right", "from right to left")
        first, second = ways if steps.mean > 0 else ways[::-1]
        size = number(run, "step_time_difference", size=True)
        said.append(
            f"The step {first} takes {size} longer than the one {second}."
            if way(steps)
            else f"The difference of the step times is {UNCLEAR} ({number(run, 'step_time_difference')})."
        )
    if given(lag):
        size, when = number(run, "arm_leg_lag", size=True), "after" if way(lag) > 0 else "before"
        said.append(
            f"The hand is highest {size} of a stride {when} the opposite knee."
            if way(lag)
            else f"The hand’s lag behind the opposite knee is {UNCLEAR} ({number(run, 'arm_leg_lag')})."
        )
    return said


def _balance(run: Frontal) -> list[str]:
    width = run.get("step_width")
    if not given(width):
        return []
    size = number(run, "step_width", size=True)
    if way(width) > 0:
        return [f"The feet land {size} of the leg length apart."]
    if way(width) < 0:
        return [f"The feet cross: each lands beyond the other, {size} of the leg length."]
    return [f"How wide the feet land is {UNCLEAR} ({number(run, 'step_width')} of the leg length)."]


_TOLD: Final[dict[Relationship, tuple[str, Callable[[Frontal], list[str]]]]] = {
    Relationship.PUSH_LEG: ("Push leg", _push_leg),
    Relationship.SWING_LEG: ("Swing leg", _swing_leg),
    Relationship.ARMS: ("Arms", _arms),
    Relationship.TORSO: ("Torso", _torso),
    Relationship.TIMING: ("Timing", _timing),
    Relationship.BALANCE: ("Balance around the pushing leg", _balance),
}
"""What is told of each relationship: its heading and what tells it."""


def _sides(run: Frontal, metric: str, before: str = "") -> str:
    """Return what is told of both sides in a sentence, as far as they have numbers."""
    told, last = [], None
    for side in SIDES:
        found = run.get(metric, side)
        if not given(found):
            continue
        said, now = SIDED[metric], way(found)
        first = {1: said.plus, -1: said.minus, 0: said.none}[now]
        form = first if last != now else said.again if now else said.alike
        size, whole = number(run, metric, side, size=True), number(run, metric, side)
        told.append(form.format(side=side, size=size, number=whole))
        last = now
    if not told:
        return ""
    differ = "; left and right differ by more than their errors" if apart(run, metric) else ""
    text = before + ", ".join(told) + differ
    return f"{sentence(text)}."


def _why(run: Frontal, relationship: Relationship) -> str:
    """Return why nothing is told of a relationship: the first reason that one of its measures has."""
    mine = [m.name for m in MEASURES.values() if m.relationship is relationship]
    notes = [f.note for f in run.found if f.metric in mine and f.note]
    return (notes[0] if notes else UNSEEN).rstrip(".")
