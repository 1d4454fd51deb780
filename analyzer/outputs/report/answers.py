"""The sentence each chapter opens with: this run's answer to what the article holds, made from its numbers.

Only what is clear of its own error is told; of the rest one line says that it could not be told here.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Final

from analyzer.body.skeleton import SIDES
from analyzer.comparison.from_to import drift, ends, words
from analyzer.comparison.standing import UNCLEAR, standings, still
from analyzer.data.analysis import Analysis
from analyzer.data.results import Summary
from analyzer.metrics import METRICS
from analyzer.metrics.kind import by_foot
from analyzer.metrics.registry import Relationship
from analyzer.metrics.wording import CLEAR, clear, number, shown
from analyzer.outputs.curves import clock_known
from analyzer.outputs.report.force import parts
from analyzer.outputs.report.pushing import FASTEST
from analyzer.outputs.report.withheld import sentence

EVEN: Final = 50.0
"""Share of the push in its first half, percent, where both halves are alike."""
Answer = Callable[[Analysis], str]
"""What says in a sentence what a run shows; empty where it cannot be told."""


def answer(analysis: Analysis, relationship: Relationship) -> str:
    """Return the sentences of a chapter; empty where nothing is clear of its error, or to be trusted."""
    if not analysis.motion.view.shows_lane:
        return ""
    told = " ".join(text for say in ANSWERS[relationship] if (text := say(analysis)))
    return told or _on_map(analysis, relationship)


def _on_map(analysis: Analysis, relationship: Relationship) -> str:
    """Return the number that the system map gives for a relationship, for want of a sentence."""
    push, around = standings(analysis)
    for one in (push, *around):
        its = bool(one.metric) and one.part.name.lower() in relationship.value.lower()
        if its and not one.words.endswith(UNCLEAR) and clear(one.mean, one.se):
            return f"{sentence(one.words)}: {number(METRICS[one.metric], one.mean, one.se)}."
    return ""


def _row(analysis: Analysis, metric: str) -> Summary | None:
    row = analysis.summary(metric)
    return row if row is not None and isfinite(row.mean) else None


def _number(row: Summary) -> str:
    return number(METRICS[row.metric], row.mean, row.mean_se)


def _told(analysis: Analysis, metric: str) -> str:
    """Return a size with its error; empty where it is not given or not clear of its error."""
    row = _row(analysis, metric)
    return number(METRICS[metric], row.mean, row.mean_se) if row and clear(row.mean, row.mean_se) else ""


def _bare(analysis: Analysis, metric: str, above: str, below: str) -> str:
    """Return a number without its sign and the words for it; empty where the sign is not clear."""
    row = _row(analysis, metric)
    if row is None or not clear(row.mean, row.mean_se):
        return ""
    return f"{number(METRICS[metric], abs(row.mean), row.mean_se)} {above if row.mean > 0 else below}"


def _course(analysis: Analysis, metric: str) -> str:
    """Return a number from the first step to the last where it changes with the run's speed; else empty."""
    found = ends(analysis, metric)
    return words(metric, found) if found else ""


def _sized(analysis: Analysis, metric: str) -> str:
    """Return a size, from the first step to the last where the run is not steady."""
    return _course(analysis, metric) or _told(analysis, metric)


def _speed(analysis: Analysis) -> str:
    speed, pace, length = (_sized(analysis, m) for m in ("step_speed", "step_frequency", "step_length"))
    pace = pace.replace(" Hz", "")
    if speed and pace and length and _course(analysis, "step_speed"):
        return f"The athlete went from {speed}: {pace} steps a second, each {length} long."
    if speed and pace and length:
        belt = ", the belt's speed by the standing foot" if by_foot(analysis) else ""
        return f"The athlete ran at {speed}{belt}: {pace} steps a second, each {length} long."
    if pace:
        return f"The athlete took {pace} steps a second" + (f", each {length} long." if length else ".")
    return f"Each step was {length} long." if length else ""


def _contact(analysis: Analysis) -> str:
    contact, flight = (_sized(analysis, m) for m in ("contact_time", "flight_time"))
    return (
        f"Of each step the foot was down for {contact} and the body in the air for {flight}."
        if contact and flight
        else ""
    )


def _push(analysis: Analysis) -> str:
    peak, contact, early = (
        _told(analysis, m) for m in ("two_mass_peak_force", "contact_time", "early_push_share")
    )
    if not peak:
        return ""
    inside = f"In {contact} on the ground" if contact else "In each contact"
    peak = peak.replace(" body weights", " times the body's weight")
    first = f"{inside} the leg pushed up with {peak} at most"
    row = _row(analysis, "early_push_share")
    if row is None:
        return f"{first} (modelled, not measured)."
    if clear(row.mean - EVEN, row.mean_se):
        return f"{first}, and did {early} of its push in the first half; both are modelled, not measured."
    return f"{first} (modelled, not measured); {_number(row)} of it in the first half is not clear of a half."


def _placed(analysis: Analysis) -> str:
    landed = _bare(analysis, "touchdown_distance", "ahead of", "behind")
    left = _bare(analysis, "toe_off_distance", "ahead of it", "behind it")
    if landed and left:
        return f"The foot landed {landed} the body's centre and left the ground {left}."
    angle = _told(analysis, "push_angle")
    return f"At toe-off the body leaned {angle} ahead of the foot." if angle else ""


def _swing(analysis: Analysis) -> str:
    way = _told(analysis, "swing_way_in_contact")
    if way:
        return f"While one foot pushed, the thigh of the other leg made {way} of its way forward."
    at = _bare(analysis, "swing_thigh_touchdown", "in front of the vertical", "behind the vertical")
    return f"When one foot landed, the other thigh was {at}." if at else ""


def _arms(analysis: Analysis) -> str:
    swing = _told(analysis, "shoulder_range")
    share = _bare(analysis, "arm_share", "to the push upward", "away from the push upward")
    first = f"{_whose_arm(analysis)} swung through {swing}." if swing else ""
    if share:
        verb = "added" if share.endswith("to the push upward") else "took"
        first += f" Together the arms {verb} {share}."
    return first.strip()


def _whose_arm(analysis: Analysis) -> str:
    """Name the upper arm that a range is of: each only where both were given."""
    row = _row(analysis, "shoulder_range")
    if row is None:
        return ""
    given = [side for side in SIDES if isfinite(row.left_mean if side == "left" else row.right_mean)]
    if len(given) == 1:
        near = ", the nearer one," if given[0] == analysis.motion.near_side else ""
        return f"The {given[0]} upper arm{near}"
    return "Each upper arm" if given else "The upper arm"


def _arms_and_legs(analysis: Analysis) -> str:
    alike = _told(analysis, "arm_leg_correlation")
    if not alike:
        return ""
    lag = _bare(analysis, "arm_leg_lag", "behind", "ahead")
    arms = f", the arms {lag} in a stride of 360°" if lag else ""
    return f"Arms and opposite thighs swung in curves that correlate at {alike} (1 is the same form){arms}."


def _trunk(analysis: Analysis) -> str:
    lean = _bare(analysis, "trunk_lean_mean", "forward", "backward")
    row = _row(analysis, "trunk_lean_mean")
    course = _course(analysis, "trunk_lean_mean")
    first = f"The trunk leaned {lean}" if lean else ""
    if course:
        first, lean = f"The trunk's forward lean went from {course}", course
    if row is not None and not lean:
        first = f"On average the trunk was upright: its lean, {_number(row)}, is not clear of its error"
    turn = _told(analysis, "trunk_turn_in_contact")
    if turn:
        then = f"turned by at most {turn} from its mean while a foot pushed"
    elif still(analysis, "trunk_turn_in_contact"):
        then = "showed no turn beyond this clip's noise while a foot pushed"
    else:
        return f"{first}." if first else ""
    return f"{first}; it {then}." if first else f"The trunk {then}."


def _within(row: Summary) -> str:
    """Return how far from zero a number may lie that is not clear of its error: the far end of its
    interval.
    """
    metric = METRICS[row.metric]
    factor, unit, _ = shown(metric)
    return f"{factor * (abs(row.mean) + CLEAR * row.mean_se):.0f}{unit if unit == '°' else ' ' + unit}"


def _timing(analysis: Analysis) -> str:
    passed = _bare(analysis, "thigh_switch_time", "after the foot landed", "before the foot landed")
    beat = _sized(analysis, "step_time") if clock_known(analysis) else ""
    first = f"A foot landed every {beat}" if beat else ""
    if first and not _course(analysis, "step_time") and (moved := drift(analysis, "step_time")):
        more = "more" if moved.last.value > moved.first.value else "less"
        course = f"from {words('step_time', moved)} along a line through all steps"
        first += f", steps taking {more} time as the run went on: {course}"
    if passed:
        return (
            f"{first}; the thighs passed each other {passed}."
            if first
            else f"The thighs passed each other {passed}."
        )
    row = _row(analysis, "thigh_switch_time")
    if row is not None and first:
        return f"{first}, and the thighs passed each other as it landed, to within {_within(row)}."
    return f"{first}." if first else ""


def _balance(analysis: Analysis) -> str:
    ratio, rise = _told(analysis, "push_swing_balance"), _told(analysis, "vertical_oscillation")
    first = (
        f"In the push the swing leg had {ratio} times as much momentum forward as the push leg backward."
        if ratio
        else ""
    )
    second = f"The body's centre rose and fell by {rise} in each step." if rise else ""
    return f"{first} {second}".strip()


def _account(analysis: Analysis) -> str:
    rows = parts(analysis)
    if not rows:
        return ""
    alone = rows[0]
    told = _number(alone)
    who = "the pushing leg alone" if alone.metric == "single_leg_push" else "push leg and trunk"
    rest = _row(analysis, "whole_body_support")
    if alone.metric == "single_leg_push" and rest is not None:
        if clear(rest.mean, rest.mean_se):
            size = number(METRICS[rest.metric], abs(rest.mean), rest.mean_se)
            support = f"made {size}" if rest.mean > 0 else f"took {size} away"
            return f"Of the push upward {who} made {told}; arms, swing leg and trunk {support}."
        return (
            "Whether arms, swing leg and trunk added to the push upward could not be told: "
            f"{_number(rest)} of it, and {who} {told}."
        )
    return f"Of the push upward {who} made {told}."


def _together(analysis: Analysis) -> str:
    share, apart = _told(analysis, "anti_phase_share"), _told(analysis, "fastest_apart")
    told = []
    if share:
        told.append(f"the thighs moved against each other for {share} of each step")
    if apart and all(_row(analysis, metric) for metric, _ in FASTEST):
        told.append(f"in contact push thigh, swing thigh and arms were fastest within {apart} of each other")
    return f"{sentence(', and '.join(told))}." if told else ""


ANSWERS: Final[dict[Relationship, tuple[Answer, ...]]] = {
    Relationship.STEPS: (_speed, _contact),
    Relationship.PUSH_LEG: (_push, _placed),
    Relationship.SWING_LEG: (_swing,),
    Relationship.ARMS: (_arms,),
    Relationship.TORSO: (_trunk,),
    Relationship.TIMING: (_timing,),
    Relationship.BALANCE: (_balance,),
    Relationship.SYSTEM: (_account, _together, _arms_and_legs),
}
"""What each chapter says, as far as the clip supports it."""
