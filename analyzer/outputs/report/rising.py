"""As speed rises: every relationship's level and scatter against the speed of the step, on one chart."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final

import numpy as np

from analyzer.comparison.speed_trends import REPRESENTS, Course
from analyzer.data.analysis import Analysis
from analyzer.data.results import Value
from analyzer.metrics import METRICS
from analyzer.metrics.breaking import in_row
from analyzer.metrics.registry import Relationship
from analyzer.metrics.summary import NORMAL_95
from analyzer.metrics.wording import number, shown, signed
from analyzer.outputs.svg import Drawing, Scale, roomy

WIDE: Final = 380.0
"""Width of the chart, units."""
ROW: Final = 62.0
"""Height of a relationship's row."""
LEFT: Final = 166.0
"""Room for its name and what became of it."""
FEWEST: Final = 4
"""Steps below which a row would suggest a course that nobody can see."""
NAMES: Final = {
    Relationship.PUSH_LEG: "Push leg: lean ahead of the foot",
    Relationship.SWING_LEG: "Swing leg: thigh at other's landing",
    Relationship.ARMS: "Arms: how far they swing",
    Relationship.TORSO: "Torso: how far it leans",
    Relationship.TIMING: "Timing: thighs pass each other",
    Relationship.BALANCE: "Balance: swing against push leg",
    Relationship.SYSTEM: "Arms with legs: arm behind leg",
}
"""What is followed of each relationship."""


def chart(analysis: Analysis, courses: Sequence[Course]) -> str:
    """Return the chart; empty where no relationship has enough steps with a speed.

    The grey band is the scatter of the slower half of the steps about their own mean, each side from its own;
    of what clearly changed, a ring marks the first of two steps in a row that left it.
    """
    speeds = {v.step: v for v in in_row(analysis.values, "step_speed")}
    rows = []
    for relationship, metric in REPRESENTS.items():
        points = [v for v in in_row(analysis.values, metric) if v.step in speeds]
        if len(points) >= FEWEST:
            course = next((c for c in courses if c.metric == metric), None)
            rows.append((NAMES[relationship], points, course))
    if not rows:
        return ""
    d = Drawing(WIDE, ROW * len(rows) + 34, "Each relationship against the speed of the step")
    used = [speeds[v.step].value for _, points, _ in rows for v in points]
    x = Scale(*roomy(used, 0.05), LEFT, WIDE - 6)
    for i, (name, points, course) in enumerate(rows):
        _row(d, name, points, speeds, course, x, i * ROW)
    bottom = ROW * len(rows) + 4
    d.line(x.start, bottom, x.stop, bottom, "axis")
    for tick in x.ticks():
        d.text(x(tick), bottom + 13, f"{tick:g}", "small mid soft")
    d.text((x.start + x.stop) / 2, bottom + 26, "speed of the step (m/s)", "small mid soft")
    return d.svg()


def _row(
    d: Drawing,
    name: str,
    points: list[Value],
    speeds: dict[int | None, Value],
    course: Course | None,
    x: Scale,
    top: float,
) -> None:
    metric = METRICS[points[0].metric]
    factor, unit, _ = shown(metric)
    speed = np.array([speeds[v.step].value for v in points])
    value = factor * np.array([v.value for v in points])
    y = Scale(*roomy(value, 0.12), top + ROW - 6, top + 8)
    d.line(x.start, top + ROW - 2, x.stop, top + ROW - 2, "zero dotted")
    slow = np.argsort(speed, kind="stable")[: max(len(speed) // 2, 1)]
    for tick in y.ticks(2):
        d.text(
            x.start - 3,
            y(tick) + 3,
            f"{tick:g}{unit if unit == '°' else ''}".replace("-", "−"),
            "small end soft",
        )
    level, scatter = float(value[slow].mean()), float(value[slow].std(ddof=1)) if len(slow) > 1 else 0.0
    high, low = (min(max(y(level + k * scatter), top + 4), top + ROW - 3) for k in (1, -1))
    d.rect(x.start, high, x.stop - x.start, low - high, "band")
    for v, s, place in zip(points, speed, value, strict=True):
        d.circle(x(float(s)), y(float(place)), 2.6, v.side or "")
        if course is not None and course.leaves_step == v.step:
            d.circle(x(float(s)), y(float(place)), 5.5, "ring")
    words = [*_two_lines(name), *_verdict(course)]
    for k, text in enumerate(words):
        d.text(0, top + 15 + 12 * k, text, "small bold" if k < 2 else "small soft")


def _verdict(course: Course | None) -> list[str]:
    """Return in a few words what became of the level and of the scatter with speed."""
    if course is None or not isfinite(course.level.value):
        return ["too few steps or too", "little speed gained to say"]
    metric, level, scatter = METRICS[course.metric], course.level, course.scatter
    told = "level: no clear change"
    if level.established:
        error = (level.high - level.low) / (2 * NORMAL_95)
        told = f"{'rose' if level.value > 0 else 'fell'} {number(metric, abs(level.value), error)} per m/s"
    if not scatter.established:
        return [told, "scatter: no clear change"]
    return [told, f"scatter {signed(100 * scatter.value, 0)} % per m/s"]


def _two_lines(name: str) -> list[str]:
    head, tail = name.split(": ")
    return [head, tail]
