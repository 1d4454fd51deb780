"""While one leg pushed: what the rest of the body did in the frames of a contact, as pictures and curves."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side, other
from analyzer.data.analysis import Analysis
from analyzer.data.steps import Step
from analyzer.metrics import METRICS
from analyzer.metrics.definitions.while_pushing import swing_ends
from analyzer.metrics.run import Run
from analyzer.metrics.wording import number
from analyzer.outputs.kinogram.moments import off_middle
from analyzer.outputs.report.force import parts
from analyzer.outputs.svg import Drawing, Scale

WIDE: Final = 380.0
"""Width of the curves, units."""
MOMENTS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of contact of the pictures."""
NAMES: Final = ("landing", "25 %", "50 %", "75 %", "toe-off")
"""Words under them."""
AROUND: Final = 0.25
"""How much is shown before and after a contact, shares of it."""
SAMPLES: Final = 61
"""Moments of a contact at which a curve is drawn."""
STACK: Final = ("push", "trunk", "arms", "swing")
"""The parts of the account from the bottom up."""
FASTEST: Final = (
    ("push_thigh_fastest", "push thigh fastest"),
    ("swing_thigh_fastest", "swing thigh fastest"),
    ("arms_fastest", "arms fastest"),
)
"""What is fastest when in contact, and its name."""
LEGEND: Final = (
    "Means of all contacts of a foot. Shaded: it is on the ground. Dashed: the body passes over it."
)
"""How all curves of a contact are to be read."""
LEAKS: Final = 0.05
"""Share of the push by which the body may seem to fall faster than freely after landing: noise. More than
that is the error of the joints, or the low-pass."""
FASTER_THAN_FREE: Final = (
    "When each part added to the push is not shown: by these joints the body would fall faster than freely "
    "after landing, and no foot pulls it down."
)
LABEL: Final = 100.0
"""Room for words at the left, units."""


@dataclass(frozen=True)
class Pushed:
    """One leg's push, ready to print.

    step, times : the contact that is shown, and its moments, s
    curves, legend : an SVG, and how it is read
    words : what it says
    """

    side: Side
    step: Step
    times: tuple[float, ...]
    curves: str
    words: str
    legend: str


def pushes(analysis: Analysis) -> list[Pushed]:
    """Return one contact of each leg with its curves; none where a contact's ends could not be timed."""
    if not _given(analysis, "swing_way_in_contact"):
        return []
    run = Run.of(analysis)
    found = []
    for side in SIDES:
        step = _shown(analysis, side)
        if step is None:
            continue
        contact = step.toe_off_s - step.touchdown_s
        times = tuple(step.touchdown_s + share * contact for share in MOMENTS)
        curves, legend = _curves(analysis, run, side)
        found.append(Pushed(side, step, times, curves, _words(analysis, side), legend))
    return found


def _timed(analysis: Analysis, side: Side) -> list[Step]:
    return [s for s in analysis.steps if s.side == side and isfinite(s.toe_off_s - s.touchdown_s)]


def _shown(analysis: Analysis, side: Side) -> Step | None:
    """Return the contact nearest to the middle of the picture: there the view is squarest."""
    return min(
        _timed(analysis, side),
        key=lambda step: off_middle(analysis, (step.touchdown_s + step.toe_off_s) / 2),
        default=None,
    )


def _given(analysis: Analysis, metric: str) -> bool:
    row = analysis.summary(metric)
    return row is not None and isfinite(row.mean)


def _of_side(analysis: Analysis, metric: str, side: Side) -> tuple[float, float]:
    """Mean of a metric while ``side`` pushed, and the error of the run's mean for want of its own.

    Values of swinging legs are counted to the other side.
    """
    row = analysis.summary(metric)
    if row is None or not isfinite(row.mean):
        return nan, nan
    counted = other(side) if METRICS[metric].side == "swing" else side
    mean = row.left_mean if counted == "left" else row.right_mean
    return mean, row.mean_se


def _words(analysis: Analysis, side: Side) -> str:
    """Say in a sentence what the free leg and the trunk did, each without the other where it is not seen."""
    way, way_se = _of_side(analysis, "swing_way_in_contact", side)
    turn, turn_se = _of_side(analysis, "trunk_turn_in_contact", side)
    told = []
    if isfinite(way):
        metric = METRICS["swing_way_in_contact"]
        told.append(f"the {other(side)} thigh made {number(metric, way, way_se)} of its way forward")
    if isfinite(turn):
        told.append(
            f"the trunk turned {number(METRICS['trunk_turn_in_contact'], turn, turn_se)} from its mean"
        )
    return f"While the {side} foot pushed, {' and '.join(told)}." if told else ""


def _curves(analysis: Analysis, run: Run, side: Side) -> tuple[str, str]:
    """Return the mean of this leg's contacts: who was fastest when, the account as it grows, the free
    thigh.
    """
    steps = _timed(analysis, side)
    contact = float(np.mean([s.toe_off_s - s.touchdown_s for s in steps]))
    stack = _stack(run, steps) if parts(analysis) else None
    fast = [(name, *_of_side(analysis, metric, side)) for metric, name in FASTEST]
    fast = [row for row in fast if isfinite(row[1])]
    heights = [18.0 * len(fast) + 8 if fast else 0.0, 118.0 if stack is not None else 0.0, 84.0]
    tall = sum(heights) + 34
    d = Drawing(WIDE, tall, f"The {side} foot's contacts: what the rest of the body did")
    x = Scale(-AROUND, 1 + AROUND, LABEL, WIDE - 4)
    d.rect(x(0), 0, x(1) - x(0), tall - 30, f"{side}band")
    middle = np.array([(run.mid_stance(s) - s.touchdown_s) / (s.toe_off_s - s.touchdown_s) for s in steps])
    if np.isfinite(middle).any():
        at = x(float(np.nanmean(middle)))
        d.line(at, 0, at, tall - 30, "dashed")
        d.text(at, tall - 20, "over the foot", "small mid")
    _fastest(d, fast, x, 0.0)
    if stack is not None:
        _grown(d, stack, x, heights[0], heights[1])
    _thigh(d, run, steps, side, x, heights[0] + heights[1], heights[2])
    d.text(x(0), tall - 6, "lands", "small mid soft")
    # What the tables withhold is not told here either.
    after = f", {1000 * contact:.0f} ms" if _given(analysis, "contact_time") else ""
    d.text(x(1), tall - 6, f"leaves{after}", "small mid soft")
    rows = ["when each was at its fastest"] if fast else []
    rows += ["what each part had added to the push so far"] if stack is not None else []
    rows.append("how far the free thigh had come")
    order = "From top to bottom: " if len(rows) > 1 else "Curve: "
    leaked = f" {FASTER_THAN_FREE}" if stack is None and parts(analysis) else ""
    return d.svg(), f"{LEGEND} {order}{'; '.join(rows)}.{leaked}"


def _fastest(d: Drawing, rows: list[tuple[str, float, float]], x: Scale, top: float) -> None:
    if not rows:
        return
    for i, (name, mean, se) in enumerate(rows):
        y = top + 12 + 18 * i
        low, high = (min(max((mean + k * se) / 100, -AROUND), 1 + AROUND) for k in (-1, 1))
        d.line(x(low), y, x(high), y)
        d.circle(x(mean / 100), y, 3.4)
        d.text(0, y + 3.5, name, "small")


def _stack(run: Run, steps: list[Step]) -> dict[str, Array] | None:
    """Return what each part has gained of the upward velocity, percent of the whole, over ``SAMPLES`` of
    contact.

    None where that is not told: nothing was gained, or the body would fall faster than freely, so that it is
    not known when what was gained.
    """
    share = np.linspace(0, 1, SAMPLES)
    sums, free = {part: np.zeros(SAMPLES) for part in STACK}, np.zeros(SAMPLES)
    for step in steps:
        time = step.touchdown_s + share * (step.toe_off_s - step.touchdown_s)
        of = run.momenta.parts(step.side)
        grown = {part: np.interp(time, run.motion.time, of[part][:, 1]) for part in STACK}
        if all(np.isfinite(g).all() for g in grown.values()):
            for part, g in grown.items():
                sums[part] += g - g[0]
            free += run.gravity * (time - time[0])
    gained = np.sum(list(sums.values()), axis=0)
    whole = float(gained[-1])
    if whole <= 0 or (run.scaled and np.any(gained + free < -LEAKS * whole)):
        return None
    return {part: 100 * s / whole for part, s in sums.items()}


def _grown(d: Drawing, stack: dict[str, Array], x: Scale, top: float, height: float) -> None:
    share = np.linspace(0, 1, SAMPLES)
    above, below = np.zeros(SAMPLES), np.zeros(SAMPLES)
    edges = []
    for part in STACK:
        up, down = np.maximum(stack[part], 0), np.minimum(stack[part], 0)
        edges.append((part, above.copy(), above + up, below.copy(), below + down))
        above, below = above + up, below + down
    y = Scale(min(float(below.min()), -5), max(float(above.max()), 105), top + height - 8, top + 8)
    at = x.of(share)
    for part, low, high, over, under in edges:
        if np.any(high > low):
            d.area(at, y.of(low), y.of(high), part)
        if np.any(under < over):
            d.area(at, y.of(under), y.of(over), part)
    d.line(x.start, y(0), x.stop, y(0), "zero")
    d.line(x.start, y(100), x.stop, y(100), "zero dotted")
    d.text(x.stop, y(100) - 2, "100 %", "small end soft")
    d.text(0, top + 16, "made the push", "small bold")
    d.text(0, top + 28, "upward:", "small bold")
    for i, part in enumerate(reversed(STACK)):
        d.rect(0, top + 36 + 16 * i, 12, 10, part)
        d.text(17, top + 45 + 16 * i, {"push": "push leg", "swing": "swing leg"}.get(part, part), "small")


def _thigh(d: Drawing, run: Run, steps: list[Step], side: Side, x: Scale, top: float, height: float) -> None:
    """Draw the free thigh's way forward, from furthest back to furthest in front."""
    share = np.linspace(-AROUND, 1 + AROUND, SAMPLES)
    curves = []
    for step in steps:
        (_, rear), (_, front) = swing_ends(run, step)
        time = step.touchdown_s + share * (step.toe_off_s - step.touchdown_s)
        inside = (time >= run.motion.time[0]) & (time <= run.motion.time[-1])
        thigh = np.interp(time, run.motion.time, run.motion.angles[f"{other(side)}_thigh"])
        if front > rear:
            curves.append(np.where(inside, 100 * (thigh - rear) / (front - rear), nan))
    y = Scale(0, 100, top + height - 8, top + 10)
    for value, name in ((0, "furthest back"), (100, "furthest front")):
        d.line(x.start, y(value), x.stop, y(value), "zero dotted")
        d.text(LABEL - 6, y(value) + 3.5, name, "small end soft")
    d.text(0, (y(0) + y(100)) / 2 - 3, f"{other(side)} thigh's", "small bold")
    d.text(0, (y(0) + y(100)) / 2 + 9, "way forward", "small bold")
    if curves:
        table = np.array(curves)
        with np.errstate(all="ignore"):
            seen = np.isfinite(table).any(axis=0)
            mean = np.where(
                seen, np.nansum(table, axis=0) / np.maximum(np.isfinite(table).sum(axis=0), 1), nan
            )
        d.curve(x.of(share), y.of(mean), f"{other(side)} thick")
