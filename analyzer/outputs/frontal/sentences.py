"""One plain sentence for each part of the body, in the order of the founding article.

Only what is clear of its error is told with a way; of the rest it is said that it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from analyzer.body.skeleton import SIDES, Side
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Frontal
from analyzer.metrics.registry import Relationship
from analyzer.outputs.frontal.wording import apart, given, number, way

WITHIN: Final = "within the error"
"""Said of what is not clear of its error."""


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
    feet = _sides(run, "foot_from_midline", _foot)
    knees = _sides(run, "knee_inward", _knee)
    return [
        f"In stance {feet}{_differ(run, 'foot_from_midline')}." if feet else "",
        f"{_upper(knees)}{_differ(run, 'knee_inward')}." if knees else "",
    ]


def _foot(run: Frontal, side: Side) -> str:
    found = run.get("foot_from_midline", side)
    size = number(run, "foot_from_midline", side, size=True)
    if way(found) > 0:
        return f"the {side} foot is {size} of the leg length to its own side of the hips’ middle"
    if way(found) < 0:
        return f"the {side} foot is {size} of the leg length beyond the hips’ middle, on the other side"
    return f"the {side} foot is under the hips’ middle {WITHIN} ({_plain(run, 'foot_from_midline', side)})"


def _knee(run: Frontal, side: Side) -> str:
    found = run.get("knee_inward", side)
    size = number(run, "knee_inward", side, size=True)
    if way(found):
        return f"the {side} knee is {size} {'inside' if way(found) > 0 else 'outside'} the line of its leg"
    return f"the {side} knee is in line {WITHIN} ({_plain(run, 'knee_inward', side)})"


def _swing_leg(run: Frontal) -> list[str]:
    said = _sides(run, "knee_lift", _lift)
    return [f"Swinging through, {said}{_differ(run, 'knee_lift')}." if said else ""]


def _lift(run: Frontal, side: Side) -> str:
    found = run.get("knee_lift", side)
    size = number(run, "knee_lift", side, size=True)
    if way(found):
        where = "above" if way(found) > 0 else "below"
        return f"the {side} knee comes up to {size} of the thigh {where} its hip"
    return f"the {side} knee comes up to the height of its hip {WITHIN}"


def _arms(run: Frontal) -> list[str]:
    said = _sides(run, "hand_across", _hand)
    return [f"Turning with the legs, {said}{_differ(run, 'hand_across')}." if said else ""]


def _hand(run: Frontal, side: Side) -> str:
    found = run.get("hand_across", side)
    size = number(run, "hand_across", side, size=True)
    if way(found) > 0:
        return f"the {side} hand crosses the middle by {size} of the shoulders’ width"
    if way(found) < 0:
        return f"the {side} hand stays {size} of the shoulders’ width on its own side of the middle"
    return f"the {side} hand comes to the middle {WITHIN} ({_plain(run, 'hand_across', side)})"


def _torso(run: Frontal) -> list[str]:
    lean, sway = run.get("trunk_side_lean"), run.get("trunk_sway")
    of_lean, of_sway = "", ""
    if given(lean):
        to = "left" if lean.mean > 0 else "right"
        of_lean = (
            f"leans {number(run, 'trunk_side_lean', size=True)} to the athlete’s {to}"
            if way(lean)
            else f"is upright {WITHIN} ({_plain(run, 'trunk_side_lean')})"
        )
    if given(sway):
        of_sway = f"sways through {number(run, 'trunk_sway')} in a stride"
    carried = " and ".join(filter(None, (of_lean, of_sway)))
    pelvis = _sides(run, "pelvis_drop", _pelvis)
    return [
        f"Between the sides the trunk {carried}." if carried else "",
        f"{_upper(pelvis)}{_differ(run, 'pelvis_drop')}." if pelvis else "",
    ]


def _pelvis(run: Frontal, side: Side) -> str:
    found = run.get("pelvis_drop", side)
    size = number(run, "pelvis_drop", side, size=True)
    if way(found):
        return f"on the {side} foot the other hip is {size} {'lower' if way(found) > 0 else 'higher'}"
    return f"on the {side} foot the pelvis stays level {WITHIN} ({_plain(run, 'pelvis_drop', side)})"


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
            else f"Left and right follow each other evenly {WITHIN} ({_plain(run, 'step_time_difference')})."
        )
    if given(lag):
        size, when = number(run, "arm_leg_lag", size=True), "after" if way(lag) > 0 else "before"
        said.append(
            f"The hand is highest {size} of a stride {when} the opposite knee."
            if way(lag)
            else f"Hand and opposite knee are highest together {WITHIN} ({_plain(run, 'arm_leg_lag')})."
        )
    return said


def _balance(run: Frontal) -> list[str]:
    width = run.get("step_width")
    if not given(width):
        return []
    size = number(run, "step_width", size=True)
    if way(width) > 0:
        return [f"The feet land {size} of the leg length apart, each to its own side."]
    if way(width) < 0:
        return [f"The feet cross: each lands beyond the other, {size} of the leg length."]
    return [f"The feet land on one line {WITHIN} ({_plain(run, 'step_width')} of the leg length)."]


_TOLD: Final[dict[Relationship, tuple[str, Callable[[Frontal], list[str]]]]] = {
    Relationship.PUSH_LEG: ("Push leg", _push_leg),
    Relationship.SWING_LEG: ("Swing leg", _swing_leg),
    Relationship.ARMS: ("Arms", _arms),
    Relationship.TORSO: ("Torso", _torso),
    Relationship.TIMING: ("Timing", _timing),
    Relationship.BALANCE: ("Balance around the pushing leg", _balance),
}
"""What is told of each relationship: its heading and what tells it."""


def _sides(run: Frontal, metric: str, tell: Callable[[Frontal, Side], str]) -> str:
    """Return what is told of both sides, as far as they have numbers."""
    return ", ".join(tell(run, side) for side in SIDES if given(run.get(metric, side)))


def _plain(run: Frontal, metric: str, side: Side | None = None) -> str:
    return number(run, metric, side or "both")


def _differ(run: Frontal, metric: str) -> str:
    return "; left and right differ by more than their errors" if apart(run, metric) else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _why(run: Frontal, relationship: Relationship) -> str:
    """Return why nothing is told of a relationship: the first reason that one of its measures has."""
    mine = [m.name for m in MEASURES.values() if m.relationship is relationship]
    notes = [f.note for f in run.found if f.metric in mine and f.note]
    return notes[0] if notes else "not seen in this clip"
