"""The push in pictures: its force over time, and which parts of the body made it."""

from __future__ import annotations

from math import isfinite
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.data.analysis import Analysis
from analyzer.data.results import Summary
from analyzer.metrics import METRICS, two_mass
from analyzer.metrics.definitions.push_force import push_of
from analyzer.metrics.run import Run
from analyzer.metrics.wording import clear, number
from analyzer.outputs.svg import Drawing, Scale, axes

WIDE: Final = 380.0
"""Width of the charts, units."""
TALL: Final = 210.0
"""Height of the force's chart."""
SAMPLES: Final = 81
"""Moments of a contact at which the force is drawn."""
APART: Final = ("single_leg_push", "trunk_lift_share", "arm_share", "swing_share")
"""The account where push leg and trunk are told apart: its parts, which make 100 %."""
TOGETHER: Final = ("push_trunk_share", "arm_share", "swing_share")
"""The account where they are not."""
KINDS: Final = {
    "single_leg_push": ("push", "push leg alone"),
    "push_trunk_share": ("push", "push leg and trunk"),
    "trunk_lift_share": ("trunk", "trunk"),
    "arm_share": ("arms", "arms"),
    "swing_share": ("swing", "swing leg"),
}
"""How a part is filled (a class of the style sheet) and named."""


def force(analysis: Analysis) -> str:
    """Return the modelled vertical force over contact, a curve with its band for each side; empty without
    one.

    The band is one standard error of the mean curve: what the model misses, and the scatter of the steps.
    """
    row = analysis.summary("two_mass_peak_force")
    if row is None or not isfinite(row.mean):
        return ""
    run = Run.of(analysis)
    share = np.linspace(0, 1, SAMPLES)
    curves = {side: _mean_curve(run, side, share) for side in SIDES}
    seen = {side: found for side, found in curves.items() if found is not None}
    if not seen:
        return ""
    d = Drawing(WIDE, TALL, "Vertical force under the foot over contact, modelled, in body weights")
    longest = max(length for length, _, _, _ in seen.values())
    highest = max(float((mean + sd).max()) for _, mean, sd, _ in seen.values())
    x, y = Scale(0, 1000 * longest, 34, WIDE - 60), Scale(0, 1.05 * highest, TALL - 32, 22)
    axes(d, x, y, "ms after landing", "body weights")
    d.line(x.start, y(1), x.stop, y(1), "zero dotted")
    d.text(x.stop + 4, y(1) + 3, "body", "small soft")
    d.text(x.stop + 4, y(1) + 14, "weight", "small soft")
    for i, (side, (length, mean, sd, steps)) in enumerate(seen.items()):
        at = x.of(1000 * length * share)
        d.area(at, y.of(np.maximum(mean - sd, 0)), y.of(mean + sd), f"{side}band")
        d.curve(at, y.of(mean), side)
        top = int(np.argmax(mean))
        d.circle(float(at[top]), y(float(mean[top])), 3, side)
        d.text(x.stop + 4, 30 + 28 * i, f"{side} foot", f"small bold {side}")
        d.text(x.stop + 4, 42 + 28 * i, f"{steps} contacts" if steps > 1 else "1 contact", "small soft")
    return d.svg()


def _mean_curve(run: Run, side: str, share: Array) -> tuple[float, Array, Array, int] | None:
    """Contact time, s, force and its standard error over ``share`` of contact, body weights, and contacts."""
    found = [p for step in run.steps if step.side == side and (p := push_of(run, step)) is not None]
    if not found:
        return None
    forces = np.array([p.force(share * p.contact_s) for p in found])
    mean_force = float(np.mean([p.impulse / p.contact_s for p in found]))
    scatter = forces.std(axis=0, ddof=1) / np.sqrt(len(found)) if len(found) > 1 else np.zeros(len(share))
    sd = np.hypot(two_mass.MISFIT * mean_force * np.ones(len(share)), scatter)
    return float(np.mean([p.contact_s for p in found])), forces.mean(axis=0), sd, len(found)


def parts(analysis: Analysis) -> list[Summary]:
    """Return the parts of the account that this clip can tell apart; none where it gives no account."""
    for names in (APART, TOGETHER):
        rows = [row for name in names if (row := analysis.summary(name)) is not None and isfinite(row.mean)]
        if len(rows) == len(names):
            return rows
    return []


def account(analysis: Analysis) -> str:
    """Return what made the push upward, as one stacked bar and its parts; empty without an account."""
    rows = parts(analysis)
    if not rows:
        return ""
    line = 19.0
    d = Drawing(WIDE, 62 + line * len(rows), "Shares of the upward change of speed in contact, percent")
    low, high = (sum(f(row.mean, 0) for row in rows) for f in (min, max))
    x = Scale(min(low, 0.0), max(high, 100.0), 4, WIDE - 4)
    ahead, behind = 0.0, 0.0
    for row in rows:
        start = ahead if row.mean >= 0 else behind + row.mean
        kind = KINDS[row.metric][0]
        d.rect(x(start), 18, x(start + abs(row.mean)) - x(start), 24, kind)
        ahead, behind = ahead + max(row.mean, 0), behind + min(row.mean, 0)
    for mark in (0.0, 100.0):
        d.line(x(mark), 13, x(mark), 46, "zero")
        d.text(
            x(mark), 10, f"{mark:.0f} %", f"small soft {'end' if mark else 'mid' if low < -3 else ''}".strip()
        )
    for i, row in enumerate(rows):
        y = 64 + line * i
        kind, name = KINDS[row.metric]
        d.rect(4, y - 10, 16, 11, kind)
        d.text(28, y, name)
        d.text(230, y, number(METRICS[row.metric], row.mean, row.mean_se), "bold end")
        if not clear(row.mean, row.mean_se):
            d.text(240, y, "not clear of its error", "small soft")
    return d.svg()
