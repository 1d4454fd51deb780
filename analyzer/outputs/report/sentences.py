"""What was measured, said in sentences: no formula, no judgement, each number with its error.

A sentence is left out when the clip cannot support its numbers. Where the sign of a number carries the
meaning (before or after, in front or behind) and the number is not clear of its error, the sentence says
so instead of choosing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.comparison.speed_trends import FEWEST, SPEED_RANGE_MPS, Course, Slope
from analyzer.data.analysis import Analysis
from analyzer.data.results import Summary, Value
from analyzer.metrics import METRICS
from analyzer.metrics.registry import Relationship
from analyzer.metrics.wording import interval, number, signed

CLEAR: Final = 1.96
"""Standard errors that a number must lie from zero before its sign is put into words."""
_SHORT: Final = {Relationship.BALANCE: "balance", Relationship.SYSTEM: "arms with legs"}
"""What of a relationship the one number followed for it stands for, where that is less than its name."""
_NAMED: Final = re.compile(r"{(\w+)}")
"""A metric in braces."""


@dataclass(frozen=True)
class Sentence:
    """A sentence with the names of its metrics in braces.

    ``below`` is said when the first of them is negative, and ``level`` when it is not clear of zero;
    both empty for a metric whose sign says nothing. ``unless`` is a metric that, where the clip supports
    it, has said the same already.
    """

    above: str
    below: str = ""
    level: str = ""
    unless: str = ""

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics in the sentence."""
        return tuple(dict.fromkeys(_NAMED.findall(self.above)))


SENTENCES: Final[dict[Relationship, tuple[Sentence, ...]]] = {
    Relationship.STEPS: (
        Sentence(
            "The athlete ran at {step_speed}: {step_frequency} times {step_length}; Hz is steps a second."
        ),
        Sentence("The step frequency was {step_frequency}; Hz is steps a second.", unless="step_speed"),
        Sentence("A step was {step_length} long.", unless="step_speed"),
        Sentence(
            "Of each step the foot was on the ground for {contact_time} and the body in the air for "
            "{flight_time}. Contact is what the eye sees; a force plate reads 5 to 10 ms less."
        ),
    ),
    Relationship.PUSH_LEG: (
        Sentence(
            "The foot landed {touchdown_distance} ahead of the centre of mass.",
            "The foot landed {touchdown_distance} behind the centre of mass.",
            "The foot landed under the centre of mass, as nearly as this clip can tell "
            "({touchdown_distance}, positive ahead of it).",
        ),
        Sentence(
            "The foot left the ground {toe_off_distance} ahead of the centre of mass.",
            "It left the ground {toe_off_distance} behind it.",
        ),
        Sentence("In contact the thigh swept backward through {stance_thigh_sweep}."),
        Sentence(
            "After landing the knee bent by {knee_collapse} more before it opened again.",
            level="After landing the knee did not clearly bend further ({knee_collapse}).",
        ),
    ),
    Relationship.SWING_LEG: (
        Sentence("The swing thigh came forward at up to {peak_thigh_speed}."),
        Sentence(
            "When the other foot landed it was already {swing_thigh_touchdown} in front of the vertical.",
            "When the other foot landed it was still {swing_thigh_touchdown} behind the vertical.",
            "When the other foot landed it was near the vertical; on which side, this clip cannot tell "
            "({swing_thigh_touchdown}, positive in front).",
        ),
        Sentence("At its highest the thigh was {peak_thigh_flexion} in front of the vertical."),
        Sentence("On the way through, the knee folded to {peak_knee_flexion}; 0° is straight."),
    ),
    Relationship.ARMS: (
        Sentence("The upper arm swung through {shoulder_range} against the trunk."),
        Sentence("It went backward at up to {peak_arm_speed_backward}."),
        Sentence("The elbow opened and closed by {elbow_range}, as it looks from the side."),
    ),
    Relationship.TORSO: (
        Sentence(
            "The trunk leaned {trunk_lean_touchdown} forward when the foot landed.",
            "The trunk leaned {trunk_lean_touchdown} backward when the foot landed.",
            "When the foot landed the trunk's lean was not clear of upright ({trunk_lean_touchdown}, "
            "positive forward).",
        ),
        Sentence(
            "It leaned {trunk_lean_toe_off} forward when the foot left the ground.",
            "It leaned {trunk_lean_toe_off} backward when the foot left the ground.",
            "When the foot left the ground its lean was not clear of upright ({trunk_lean_toe_off}, positive "
            "forward).",
        ),
        Sentence("During contact it moved by {trunk_excursion}."),
    ),
    Relationship.TIMING: (
        Sentence("From one landing to the next it took {step_time}."),
        Sentence(
            "The thighs passed each other {thigh_switch_time} after the foot landed.",
            "The thighs passed each other {thigh_switch_time} before the foot landed.",
            "The thighs passed each other as the foot landed, as nearly as this clip can tell "
            "({thigh_switch_time}, positive after it).",
        ),
    ),
    Relationship.BALANCE: (
        Sentence("The centre of mass rose and fell by {vertical_oscillation} in each step."),
        Sentence("Within the contact the body slowed by {speed_loss} at most after landing."),
        Sentence(
            "During contact the swing leg carried {push_swing_balance} times as much momentum (mass times "
            "speed) forward as the push leg backward; at 1 the two offset each other."
        ),
        Sentence(
            "The swing leg's momentum was greatest {push_swing_lag} after the push leg's.",
            "The swing leg's momentum was greatest {push_swing_lag} before the push leg's.",
            "Which leg's momentum was greatest first, this clip cannot tell ({push_swing_lag}, positive when "
            "the swing leg's comes later).",
        ),
    ),
    Relationship.SYSTEM: (
        Sentence("The thighs moved against each other for {anti_phase_share} of the step."),
        Sentence(
            "The arm reached its forward end {arm_leg_phase} of a stride after the opposite thigh; a whole "
            "stride is 360°.",
            "The arm reached its forward end {arm_leg_phase} of a stride before the opposite thigh; a whole "
            "stride is 360°.",
            "Arm and opposite thigh reached their forward ends together, as nearly as this clip can tell "
            "({arm_leg_phase}, positive when the arm is later; a whole stride is 360°).",
        ),
        Sentence(
            "Over the stride the curves of arm and opposite thigh agreed to {arm_leg_correlation}; 1 would "
            "be the same curve."
        ),
    ),
}
"""What each section says of the run, as far as its metrics are given."""
PUSH_SENTENCES: Final = (
    Sentence(
        "Of the upward change of speed {single_leg_push} came from the pushing leg alone and "
        "{whole_body_support} from the support of swing leg, arms and trunk."
    ),
    Sentence(
        "Of the upward change of speed {push_trunk_lift_share} came from push leg and trunk together, which "
        "so few steps cannot tell apart, {swing_lift_share} from the swing leg and {arm_lift_share} from the "
        "arms. Below zero, the part slowed its rise against the hips or shoulders and took that much away.",
        unless="single_leg_push",
    ),
)
"""What is said of the push; the second where the first cannot be."""


def reading(analysis: Analysis, sentences: tuple[Sentence, ...]) -> str:
    """Return the sentences that the clip supports, as one text; empty when it supports none."""
    return " ".join(text for s in sentences if (text := _say(analysis, s)))


def rising(courses: Sequence[Course], growth: Slope, speeds: Sequence[Value]) -> str:
    """Return what the steps of one run show of its relationships as speed rises; empty for no course.

    Parameters
    ----------
    courses : sequence of Course
        One a relationship.
    growth : Slope
        How the scatter of all relationships together goes with speed.
    speeds : sequence of Value
        Those of the steps.
    """
    told = [course for course in courses if math.isfinite(course.level.value)]
    if not told:
        return ""
    low, high = min(c.speed_low_mps for c in told), max(c.speed_high_mps for c in told)
    changed = [_short(c) for c in told if c.level.established]
    steady = [_short(c) for c in told if not c.level.established]
    parts = [f"The steps' speeds, smoothed, lay between {low:.1f} and {high:.1f} m/s."]
    if _gain(speeds) < -SPEED_RANGE_MPS:
        parts.append("The run got slower on the whole: its faster steps are its earlier ones.")
    if changed:
        parts.append(f"With the speed these changed by more than their error: {'; '.join(changed)}.")
    if steady:
        parts.append(f"No change beyond the error: {'; '.join(steady)}.")
    if all(map(math.isfinite, (growth.value, growth.low, growth.high))):
        within = f"{signed(100 * growth.low, 0)} to {signed(100 * growth.high, 0)} %"
        by = f"{signed(100 * growth.value, 0)} % for each m/s, 95 % interval {within}"
        parts.append(
            "How evenly the steps repeat, all relationships together: the scatter from step to step "
            + (f"{_moved(growth)} ({by})." if growth.established else f"did not clearly change ({by}).")
        )
    return " ".join(parts)


def course(found: Course) -> str:
    """Return in a sentence how a relationship's metric went with speed."""
    metric, level = METRICS[found.metric], found.level
    if not math.isfinite(level.value):
        few = "Too few steps" if found.steps < FEWEST else "Too narrow a range of speed"
        return f"{few} to say whether it changes with speed."
    if not level.established:
        return (
            f"No change with speed beyond its error ({number(metric, level.value)} for each m/s, "
            f"95 % interval {interval(metric, level.low, level.high)})."
        )
    text = (
        f"It {_moved(level)} by {number(metric, abs(level.value))} for each m/s "
        f"(95 % interval {interval(metric, *sorted((abs(level.low), abs(level.high))))})."
    )
    if found.leaves_step is not None:
        text += (
            f" In steps {found.leaves_step} and {found.leaves_step + 1} (the first at "
            f"{found.leaves_mps:.1f} m/s) it was beyond the scatter of the slower steps."
        )
    return text


def _moved(slope: Slope) -> str:
    return "rose" if slope.value > 0 else "fell"


def _gain(speeds: Sequence[Value]) -> float:
    """Return by how much the speed rose from the first step to the last, along a line, m/s."""
    step, speed = np.array([(v.step, v.value) for v in speeds], dtype=float).T
    return float(np.polyfit(step - step.mean(), speed, 1)[0] * np.ptp(step))


def _short(found: Course) -> str:
    metric = METRICS[found.metric]
    relationship = _SHORT.get(metric.relationship, metric.relationship.value)
    return f"{metric.label[0].lower()}{metric.label[1:]} ({relationship.lower()})"


def _supported(analysis: Analysis, metric: str) -> Summary | None:
    row = analysis.summary(metric)
    return row if row is not None and math.isfinite(row.mean) else None


def _say(analysis: Analysis, sentence: Sentence) -> str:
    numbers = {name: row for name in sentence.metrics if (row := _supported(analysis, name))}
    if len(numbers) < len(sentence.metrics) or (sentence.unless and _supported(analysis, sentence.unless)):
        return ""
    first = numbers[sentence.metrics[0]]
    form = sentence.above
    if sentence.level and not abs(first.mean) > CLEAR * first.mean_se:
        form = sentence.level
    elif sentence.below and first.mean < 0:
        form = sentence.below
    level = form is sentence.level  # it stands in brackets, with its sign
    told = {}
    for name, row in numbers.items():
        bare = bool(sentence.below) and not level  # the words carry the sign
        text = number(METRICS[name], abs(row.mean) if bare else row.mean, row.mean_se)
        aside = _aside(name, row, bare=bare)
        told[name] = text if not aside else f"{text}, {aside}" if level else f"{text} ({aside})"
    return form.format(**told)


def _aside(name: str, row: Summary, *, bare: bool) -> str:
    """Return the sides where they differ, as the mean tells of neither, or the only one there is."""
    metric = METRICS[name]
    sides = {"left": row.left_mean, "right": row.right_mean}
    seen = [side for side, mean in sides.items() if math.isfinite(mean)]
    if metric.side != "none" and len(seen) == 1:
        return f"{seen[0]} only"
    if row.difference_ci_low > 0 or row.difference_ci_high < 0:
        return ", ".join(f"{s} {number(metric, abs(x) if bare else x)}" for s, x in sides.items())
    return ""
