"""Charts of the movement itself: angles over the stride and over time, the centre of mass, the rhythm."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side, other
from analyzer.data.analysis import Analysis
from analyzer.data.steps import Step, in_a_row
from analyzer.outputs.colours import COLOUR, INK, PALE
from analyzer.outputs.plots.canvas import DOT, LINE, OVER_TIME, axes, clock_known, finish, held, legend

MOST_NUMBERS: Final = 14
"""Steps beyond which numbers written into a chart of ``SIZE_IN`` would run into each other."""
EDGE: Final = 0.015
"""Share of the image's width at its edges in which a joint counts as cut off: about a wrist's width of an
athlete who fills a quarter of it."""
BEFORE_S: Final = 0.1
"""Seconds shown of a run before its first event: about a flight, so that a curve is seen to come."""
AFTER_S: Final = 0.15
"""Seconds shown after its last event."""


def joint_angle(analysis: Analysis, joint: str, ax: Axes | None = None) -> Axes:
    """Draw a joint's or segment's angle over the stride, both sides: every stride thin, the mean thick.

    ``joint`` is hip, knee, ankle, shoulder, elbow, thigh, shank, foot, upper_arm or forearm. The
    stride runs from touchdown to the next touchdown of the same foot; the bar below is the contact.

    Parameters
    ----------
    analysis : Analysis
    joint : str
        Name without its side.
    ax : Axes, optional
        Where to draw; else in a figure of its own.
    """
    ax = axes(ax)
    drawn = False
    share = np.linspace(0, 1, 101)
    for side in SIDES:
        curves, contacts = [], []
        for step, start, stop in _strides(analysis, side):
            time = start + share * (stop - start)
            curves.append(np.interp(time, analysis.motion.time, analysis.motion.angles[f"{side}_{joint}"]))
            contacts.append((step.toe_off_s - start) / (stop - start))
        if not curves:
            continue
        drawn = True
        for curve in curves:
            ax.plot(100 * share, curve, color=PALE[side], lw=0.8, zorder=1)
        ax.plot(
            100 * share,
            np.mean(curves, axis=0),
            color=COLOUR[side],
            lw=2,
            ls=LINE[side],
            label=side,
            zorder=3,
        )
        ax.axvspan(
            0,
            100 * _mean(np.array(contacts)),
            0.0 if side == "left" else 0.025,
            0.02 if side == "left" else 0.045,
            color=COLOUR[side],
            lw=0,
        )
    ax.set_xlim(0, 100)
    ax.set_xlabel("Stride (%), from touchdown of that foot")
    ax.set_ylabel(f"{joint.replace('_', ' ').capitalize()} angle (°)")
    legend(ax)
    return finish(ax, drawn)


def trunk_lean(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw the trunk's lean over time; ground contacts are shaded in the colour of the foot."""
    ax = axes(ax)
    start, stop = _span(analysis)
    use = (analysis.motion.time >= start) & (analysis.motion.time <= stop)
    lean = _whole(analysis, analysis.motion.angles["trunk"])[use]
    ax.plot(analysis.motion.time[use], lean, color=INK)
    held(ax, [lean])
    _stances(analysis, ax)
    ax.set_ylabel("Trunk lean (°), forward positive")
    return _timed(analysis, ax)


def thigh_angles(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw both thighs over time, the scissors of the run; contacts shaded in the colour of the foot."""
    return _pair(analysis, "thigh", "Thigh angle (°), forward positive", ax)


def arm_angles(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw both upper arms over time; contacts shaded in the colour of the foot."""
    return _pair(analysis, "upper_arm", "Upper-arm angle (°), forward positive", ax)


def centre_of_mass(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw the rise and fall of the centre of mass, contacts shaded in the colour of the foot."""
    ax = axes(ax)
    start, stop = _span(analysis)
    use = (analysis.motion.time >= start) & (analysis.motion.time <= stop)
    path = _whole(analysis, analysis.motion.com[:, 1])[use]
    if analysis.calibration.scaled:
        values, unit = 100 * (path - _mean(path)), "cm"
    else:
        values, unit = 100 * (path - _mean(path)) / analysis.motion.leg_length, "% of leg length"
    ax.plot(analysis.motion.time[use], values, color=INK)
    _stances(analysis, ax)
    ax.set_ylabel(f"Centre of mass about its mean ({unit})")
    return _timed(analysis, ax)


def arm_leg(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw each arm against the opposite thigh: a slim loop means that they move together.

    Coloured by the arm, the right one's dashed; the dots are touchdowns of the leg it goes with.
    """
    ax = axes(ax)
    motion = analysis.motion
    start, stop = _span(analysis)
    use = (motion.time >= start) & (motion.time <= stop)
    drawn = False
    for side in SIDES:
        arm = _whole(analysis, motion.angles[f"{side}_upper_arm"])
        leg = motion.angles[f"{other(side)}_thigh"]
        drawn |= bool(np.isfinite(arm[use] + leg[use]).any())
        ax.plot(
            leg[use],
            arm[use],
            color=COLOUR[side],
            lw=1.1,
            ls=LINE[side],
            alpha=0.85,
            label=f"{side} arm, {other(side)} leg",
        )
        events = [s.touchdown_s for s in analysis.steps if s.side == other(side)]
        ax.plot(
            [motion.at(leg, t) for t in events],
            [motion.at(arm, t) for t in events],
            DOT[side],
            ms=4,
            color=COLOUR[side],
            mec="white",
            mew=0.6,
            zorder=4,
        )
    ax.set_xlabel("Thigh (°), forward positive")
    ax.set_ylabel("Opposite upper arm (°)")
    legend(ax)
    return finish(ax, drawn)


def rhythm(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw when each foot is on the ground, with the time between touchdowns."""
    ax = axes(ax)
    for step in analysis.steps:
        row = 1 if step.side == "left" else 0
        if np.isfinite(step.toe_off_s - step.touchdown_s):
            length = step.toe_off_s - step.touchdown_s
            ax.broken_barh([(step.touchdown_s, length)], (row - 0.3, 0.6), color=COLOUR[step.side])
    told = clock_known(analysis) and len(analysis.steps) <= MOST_NUMBERS
    for this, following in in_a_row(analysis.steps):
        gap = following.touchdown_s - this.touchdown_s
        if np.isfinite(gap) and told:
            middle = this.touchdown_s + gap / 2
            ax.text(middle, 0.5, f"{1000 * gap:.0f}", ha="center", va="center", fontsize=8, color=INK)
    ax.set_yticks([0, 1], ["right", "left"])
    ax.set_ylim(-0.5, 1.5)
    if told:
        ax.set_title("ms from touchdown to touchdown", fontsize=8, fontweight="normal", color=INK)
    return _timed(analysis, ax)


def _timed(analysis: Analysis, ax: Axes) -> Axes:
    ax.set_xlabel("Time (s)" if clock_known(analysis) else "Time of the file (s), slower than life")
    ax.set_xlim(*_span(analysis))
    ax.set_gid(OVER_TIME)
    return ax


def _pair(analysis: Analysis, part: str, label: str, ax: Axes | None) -> Axes:
    ax = axes(ax)
    start, stop = _span(analysis)
    use = (analysis.motion.time >= start) & (analysis.motion.time <= stop)
    curves = []
    for side in SIDES:
        angle = _whole(analysis, analysis.motion.angles[f"{side}_{part}"])
        ax.plot(analysis.motion.time[use], angle[use], color=COLOUR[side], ls=LINE[side], label=side)
        curves.append(angle[use])
    held(ax, curves)
    _stances(analysis, ax)
    ax.set_ylabel(label)
    legend(ax)
    return _timed(analysis, ax)


def _stances(analysis: Analysis, ax: Axes) -> None:
    for step in analysis.steps:
        if np.isfinite(step.toe_off_s - step.touchdown_s):
            ax.axvspan(step.touchdown_s, step.toe_off_s, color=COLOUR[step.side], alpha=0.12, lw=0)


def _span(analysis: Analysis) -> tuple[float, float]:
    """From just before the first event to just after the last, inside the clip."""
    times = [t for s in analysis.steps for t in (s.touchdown_s, s.toe_off_s) if np.isfinite(t)]
    first, last = float(analysis.motion.time[0]), float(analysis.motion.time[-1])
    if not times:
        return first, last
    return max(first, min(times) - BEFORE_S), min(last, max(times) + AFTER_S)


def _whole(analysis: Analysis, series: Array) -> Array:
    """Leave out the moments in which trunk or thighs reach the image's edge.

    There the body is cut off, the tracker crowds the joints inside the image, and every angle bends.
    """
    pose = analysis.pose
    body = [f"{side}_{part}" for side in SIDES for part in ("shoulder", "hip", "knee")]
    names = [name for name in body if name in pose.names]
    if not names or not pose.width or len(pose.time) != len(series):
        return series
    x = np.stack([pose.joint(name)[:, 0] for name in names])
    with np.errstate(invalid="ignore"):
        cut = (x < EDGE * pose.width) | (x > (1 - EDGE) * pose.width)
    return np.where(cut.any(axis=0), np.nan, series)


def _strides(analysis: Analysis, side: Side) -> list[tuple[Step, float, float]]:
    found = []
    pairs = in_a_row(analysis.steps)
    for (this, between), (same, following) in pairwise(pairs):
        if this.side == side and between is same:
            found.append((this, this.touchdown_s, following.touchdown_s))
    return [s for s in found if np.isfinite(s[1]) and np.isfinite(s[2])]


def _mean(path: Array) -> float:
    return float(np.nanmean(path)) if np.isfinite(path).any() else float("nan")
