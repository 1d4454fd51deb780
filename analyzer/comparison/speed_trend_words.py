"""How the relationships of a run go with rising speed, in words, and as the note of a single run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analyzer.comparison.speed_trends import Course, Slope, courses, pooled_scatter
from analyzer.data.notes import Note
from analyzer.data.results import Value
from analyzer.metrics.registry import METRICS


def describe_course(course: Course) -> str:
    """Return the course in a sentence, in the words of what was measured."""
    metric = METRICS[course.metric]
    if not np.isfinite(course.level.value):
        return (
            f"{metric.label}: too few steps, or too narrow a range of speed, to tell its course with speed."
        )
    unit = f" {metric.unit.symbol}".rstrip()
    s = course.level
    sure = "" if s.established else ": not established"
    digits = max(metric.decimals, 1)
    return (
        f"{metric.label} changed by {s.value:+.{digits}f}{unit} for each m/s "
        f"(95 % interval {s.low:+.{digits}f} to {s.high:+.{digits}f}){sure}."
    )


def describe_growth(growth: Slope) -> str:
    """Return the growth of scatter in a sentence."""
    return (
        "The scatter of all relationships together, from step to step, changed by "
        f"{100 * growth.value:+.0f} % for each m/s "
        f"(95 % interval {100 * growth.low:+.0f} to {100 * growth.high:+.0f} %)"
        + ("." if growth.established else ": not established.")
    )


def note(values: Sequence[Value]) -> Note | None:
    """Return what one run shows of its continuity with speed; None with too few steps or speeds."""
    found = [course for course in courses([values]) if np.isfinite(course.level.value)]
    if not found:
        return None
    growth = pooled_scatter([values])
    low, high = found[0].speed_low_mps, found[0].speed_high_mps
    parts = [describe_course(course) for course in found if course.level.established]
    if not parts:
        parts = ["No relationship changed with speed beyond its error."]
    if np.isfinite(growth.value):
        parts.append(describe_growth(growth))
    parts += [
        f"{METRICS[c.metric].label} left its baseline in steps {c.leaves_step} and {c.leaves_step + 1} "
        f"(from {c.leaves_mps:.1f} m/s)."
        for c in found
        if c.leaves_step is not None
    ]
    return Note(
        "info",
        "continuity",
        f"Over steps of {low:.1f} to {high:.1f} m/s: " + " ".join(parts),
        "Speed, step number and lean change together in one run: compare runs at several speeds.",
    )
