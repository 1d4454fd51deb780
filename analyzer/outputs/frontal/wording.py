"""How the numbers of a view from the front or from behind are written, and what such a view cannot show."""

from __future__ import annotations

import math
from typing import Final

from analyzer.data.view import View
from analyzer.frontal.beside import PER_SINE
from analyzer.frontal.measures import MEASURES, Measure, Of
from analyzer.frontal.results import Found, Frontal
from analyzer.metrics.registry import Unit
from analyzer.metrics.sides import beyond_chance
from analyzer.metrics.summary import NORMAL_95
from analyzer.metrics.wording import NOTHING, UNSEEN, clear, rounded
from analyzer.outputs.report.withheld import sentence

HIDDEN: Final = (
    "contact and flight times",
    "speed",
    "step length",
    "forward lean of the trunk",
    "how thighs, knees and arms swing forward and back",
)
"""What lies along the lane, which is the line of sight here."""
NEITHER: Final = "Shoulders turning against hips are measured from no view."
"""Said beside it: what is no reason to film once more."""
HEADLINE: Final = (
    "step_rate", "step_width", "trunk_sway", "hand_across", "foot_from_midline", "knee_inward", "pelvis_drop",
    "trunk_side_lean", "knee_lift", "arm_leg_lag", "step_time_difference",
)  # fmt: skip
"""Measures in the order in which the first screen takes the first five that are given."""
CARDS: Final = 5
"""Numbers of the first screen."""


def filmed(run: Frontal) -> str:
    """Return from where a run was filmed, as a sentence without its end."""
    where, angle = f"Filmed from {run.view.where}", beside(run)
    return f"{where}, about {angle} beside the lane’s line" if angle else where


def beside(run: Frontal) -> str:
    """Return how far beside the lane's line the camera stood, ``8° ± 1°``; empty where that is not told."""
    if not math.isfinite(run.beside_deg):
        return ""
    return f"{abs(run.beside_deg):.0f}° ± {run.beside_sd_deg:.0f}°"


def corrected(run: Frontal) -> str:
    """Return which numbers were corrected for the camera's place, as a sentence; empty where none was."""
    angle = beside(run)
    labels = [MEASURES[name].label for name in PER_SINE if any(map(given, each(run, name)))]
    if not (angle and labels):
        return ""
    one, *more = labels
    return (
        f"{' and '.join([one, *(label.lower() for label in more)])}: corrected for a camera that stood about "
        f"{angle} beside the lane’s line, numbers and curves alike; the pictures are as filmed."
    )


def seen(view: View) -> str:
    """Return ``from the front (at most 20° beside the lane's line)``, or how far another view is from square.

    As it is told before the legs' swing is known, by which the analysis tells how far beside (``beside``).
    """
    if not math.isfinite(view.angle_deg):
        return f"from {view.where}"
    if not view.shows_lane:
        return f"from {view.where} (at most {view.most_beside_deg:.0f}° beside the lane’s line)"
    error = f" ± {view.angle_sd_deg:.0f}°" if math.isfinite(view.angle_sd_deg) else ""
    angle = f"{abs(view.angle_deg):.0f}°{error}"
    if view.kind == "side":
        return f"from the side ({angle} from square)"
    return f"{view.where} ({angle} from a side view)"


def turning(ends: tuple[View, View]) -> str:
    """Return from where a run is seen when it begins and when it ends."""
    told = []
    for view, when in zip(ends, ("at first", "at last"), strict=True):
        error = f" ± {view.angle_sd_deg:.0f}°" if math.isfinite(view.angle_sd_deg) else ""
        towards = "from the front" if view.angle_deg > 0 else "from behind"
        told.append(f"{when} {abs(view.angle_deg):.0f}°{error} {towards}")
    return f"{', '.join(told)} (0° is square to the lane)"


def not_shown() -> str:
    """Return in a sentence what no view from the front or from behind shows."""
    return f"This view cannot show {', '.join(HIDDEN[:-1])}, or {HIDDEN[-1]}: film from the side for these."


def counted(run: Frontal) -> str:
    """Return how many stances were found, of which sides."""
    left = sum(s.side == "left" for s in run.stances)
    n = len(run.stances)
    return f"{n} stance{'' if n == 1 else 's'} ({left} left, {n - left} right)"


def parts(measure: Measure, value: float, se: float) -> tuple[str, str]:
    """Return a number and its error as text without the unit; a dash alone for NaN."""
    if not math.isfinite(value):
        return NOTHING, ""
    return rounded(value, se, measure.decimals)


def number(run: Frontal, metric: str, side: Of = "both", *, unit: bool = True, size: bool = False) -> str:
    """Return ``3.1 ± 1.2°``; a dash where it is not given.

    Parameters
    ----------
    run : Frontal
    metric : str
    side : "left", "right" or "both"
    unit : bool
        Whether the unit is written.
    size : bool
        Without its sign: where words say which way.
    """
    measure, found = MEASURES[metric], run.get(metric, side)
    value, error = parts(measure, abs(found.mean) if size else found.mean, found.se)
    text = f"{value} ± {error}" if error else value
    return f"{text}{symbol(measure)}" if unit and value != NOTHING else text


def in_cm(run: Frontal, metric: str, side: Of = "both") -> str:
    """Return ``7.6 ± 2.4 cm``; empty where it is no length, or no length is known."""
    value, se = (100 * part for part in run.in_metres(run.get(metric, side)))
    if not math.isfinite(value):
        return ""
    return "{} ± {} cm".format(*rounded(value, se, 1))


def symbol(measure: Measure) -> str:
    """Return the unit as it follows a number, with a space before it where there is one."""
    return measure.unit.symbol if measure.unit is Unit.DEGREE else f" {measure.unit.symbol}"


def named(measure: Measure) -> str:
    """Return a measure's label with its unit: ``Step width, % of leg length``."""
    return " ".join(filter(None, (f"{measure.label}, {measure.unit.symbol}", measure.share_of)))


def given(found: Found) -> bool:
    """Tell whether there is a number."""
    return math.isfinite(found.mean)


def way(found: Found) -> int:
    """Return 1 or -1 for a number that is clear of its error, by its sign, else 0."""
    return (1 if found.mean > 0 else -1) if clear(found.mean, found.se) else 0


def apart(run: Frontal, metric: str) -> bool:
    """Tell whether left and right differ by more than chance leaves among all that are compared."""
    left, right = run.get(metric, "left"), run.get(metric, "right")
    half = NORMAL_95 * math.hypot(left.se, right.se)
    difference = left.mean - right.mean
    return beyond_chance(difference - half, difference + half)


def each(run: Frontal, metric: str) -> list[Found]:
    """Return what was found of a measure: of both, and of left and right where there are."""
    return [run.get(metric, side) for side in MEASURES[metric].sides]


def headline(run: Frontal) -> list[Measure]:
    """Return the five measures of the first screen: those given first."""
    found = [MEASURES[name] for name in HEADLINE]
    return sorted(found, key=lambda m: not given(run.get(m.name)))[:CARDS]


def missing(run: Frontal) -> list[tuple[str, list[str]]]:
    """Return for each reason, a sentence, the labels of the measures that are not given because of it."""
    whys: dict[str, list[str]] = {}
    for measure in MEASURES.values():
        found = each(run, measure.name)
        if not any(map(given, found)):
            why = next((one.note for one in found if one.note), UNSEEN)
            whys.setdefault(sentence(why).rstrip(".") + ".", []).append(measure.label)
    return list(whys.items())
