"""What the run shows as its speed rises, in words: only what is clear of its error is put with its sign."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from analyzer.comparison.speed_trends import SPEED_RANGE_MPS, Course, Slope
from analyzer.data.results import Value
from analyzer.metrics import METRICS
from analyzer.metrics.registry import Relationship
from analyzer.metrics.wording import signed

_SHORT: Final = {
    Relationship.TIMING: "timing",
    Relationship.BALANCE: "balance",
    Relationship.SYSTEM: "arms with legs",
}
"""What of a relationship the one number followed for it stands for, where that is less than its name."""


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
    parts = []
    if _gain(speeds) < -SPEED_RANGE_MPS:
        parts.append("The run got slower on the whole: its faster steps are its earlier ones.")
    span = f"Between {low:.1f} and {high:.1f} m/s"
    if changed:
        rest = f"; no clear change: {', '.join(steady)}" if steady else ""
        parts.append(f"{span} these changed by more than their error: {', '.join(changed)}{rest}.")
    else:
        parts.append(f"{span} nothing changed by more than its error: {', '.join(steady)}.")
    left = [c for c in told if c.leaves_step is not None]
    if left:
        first = min(left, key=lambda c: c.leaves_mps)
        parts.append(
            f"First beyond the scatter of the slower steps: {_short(first)}, from {first.leaves_mps:.1f} m/s "
            f"(step {first.leaves_step})."
        )
    if all(map(math.isfinite, (growth.value, growth.low, growth.high))):
        within = f"{signed(100 * growth.low, 0)} to {signed(100 * growth.high, 0)} %"
        by = f"{signed(100 * growth.value, 0)} % for each m/s, 95 % interval {within}"
        moved = f"{_moved(growth)} with speed" if growth.established else "did not clearly change"
        parts.append(f"The scatter from step to step, of all together, {moved} ({by}).")
    return " ".join(parts)


def _moved(slope: Slope) -> str:
    return "rose" if slope.value > 0 else "fell"


def _gain(speeds: Sequence[Value]) -> float:
    """Return by how much the speed rose from the first step to the last, along a line, m/s."""
    step, speed = np.array([(v.step, v.value) for v in speeds], dtype=float).T
    return float(np.polyfit(step - step.mean(), speed, 1)[0] * np.ptp(step))


def _short(found: Course) -> str:
    relationship = METRICS[found.metric].relationship
    return _SHORT.get(relationship, relationship.value.lower())
