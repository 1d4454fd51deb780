"""What was measured, said in sentences: no formula, no judgement, each number with its error.

A sentence is left out when the clip cannot support its numbers. Where the sign of a number carries the
meaning (before or after, in front or behind) and the number is not clear of its error, the sentence says
so instead of choosing.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analyzer.metrics import METRICS
from analyzer.metrics.spec import Relationship
from analyzer.metrics.wording import number

if TYPE_CHECKING:
    from analyzer.analysis import Analysis
    from analyzer.data import Summary

CLEAR: Final = 1.96
"""Standard errors that a number must lie from zero before its sign is put into words."""
_NAMED: Final = re.compile(r"{(\w+)}")


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
        Sentence("The athlete ran at {step_speed}: {step_frequency} (steps a second) times {step_length}."),
        Sentence("The athlete took {step_frequency} (steps a second).", unless="step_speed"),
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
            "({touchdown_distance} ahead of it).",
        ),
        Sentence(
            "The foot left the ground {toe_off_distance} ahead of the centre of mass.",
            "It left the ground {toe_off_distance} behind it.",
        ),
        Sentence("In between, the thigh swept backward through {stance_thigh_sweep}."),
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
            "When the other foot landed it was close to the vertical ({swing_thigh_touchdown}, positive in "
            "front).",
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
            "The trunk was upright when the foot landed ({trunk_lean_touchdown} forward).",
        ),
        Sentence(
            "It leaned {trunk_lean_toe_off} forward when the foot left the ground.",
            "It leaned {trunk_lean_toe_off} backward when the foot left the ground.",
            "It was upright when the foot left the ground ({trunk_lean_toe_off} forward).",
        ),
        Sentence("During contact it moved by {trunk_excursion}."),
    ),
    Relationship.TIMING: (
        Sentence("From one landing to the next it took {step_time}."),
        Sentence(
            "The thighs passed each other {thigh_switch_time} after the foot landed.",
            "The thighs passed each other {thigh_switch_time} before the foot landed.",
            "The thighs passed each other as the foot landed, as nearly as this clip can tell "
            "({thigh_switch_time} after it).",
        ),
    ),
    Relationship.BALANCE: (
        Sentence("The centre of mass rose and fell by {vertical_oscillation} in each step."),
        Sentence("Within the contact the body slowed by {speed_loss} at most after landing."),
        Sentence(
            "During contact the swing leg's forward momentum was {push_swing_balance} times the push leg's "
            "backward momentum."
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
            "(arm later by {arm_leg_phase}; a whole stride is 360°).",
        ),
        Sentence("Arms and opposite thighs followed the same curve to {arm_leg_correlation}; 1 is exactly."),
    ),
}
PUSH_SENTENCES: Final = (
    Sentence(
        "Of the upward change of velocity {single_leg_push} came from the pushing leg lifting the body and "
        "{whole_body_support} from swing leg, arms and trunk."
    ),
    Sentence(
        "Of the upward change of velocity {push_trunk_lift_share} came from push leg and trunk, which so few "
        "steps cannot tell apart, {swing_lift_share} from the swing leg and {arm_lift_share} from the arms; "
        "below zero means that the part lost upward velocity against the hips or shoulders in that time.",
        unless="single_leg_push",
    ),
)


def reading(analysis: Analysis, sentences: tuple[Sentence, ...]) -> str:
    """Return the sentences that the clip supports, as one text; empty when it supports none."""
    return " ".join(text for s in sentences if (text := _say(analysis, s)))


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
    bare = form is not sentence.level  # the words carry the sign
    return form.format(
        **{name: _number(name, row, bare=bare and bool(sentence.below)) for name, row in numbers.items()}
    )


def _number(name: str, row: Summary, *, bare: bool) -> str:
    """Return the mean with its error, and the sides where they differ: then the mean tells of neither."""
    metric = METRICS[name]
    text = number(metric, abs(row.mean) if bare else row.mean, row.mean_se)
    if row.difference_ci_low > 0 or row.difference_ci_high < 0:
        left, right = (number(metric, abs(x) if bare else x) for x in (row.left_mean, row.right_mean))
        text += f" (left {left}, right {right})"
    return text
