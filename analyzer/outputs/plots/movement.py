"""Charts of the movement itself: angles over the stride and over time, the centre of mass, the rhythm."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from analyzer.body.skeleton import SIDES, other
from analyzer.data.analysis import Analysis
from analyzer.data.steps import in_a_row
from analyzer.outputs import curves
from analyzer.outputs.colours import COLOUR, INK, PALE
from analyzer.outputs.curves import clock_known
from analyzer.outputs.plots.canvas import DOT, LINE, axes, finish, held, legend


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
        angles, contacts = [], []
        for step, start, stop in curves.strides(analysis, side):
            time = start + share * (stop - start)
            angles.append(np.interp(time, analysis.motion.time, analysis.motion.angles[f"{side}_{joint}"]))
            contacts.append((step.toe_off_s - start) / (stop - start))
        if not angles:
            continue
        drawn = True
        for angle in angles:
            ax.plot(100 * share, angle, color=PALE[side], lw=0.8, zorder=1)
        ax.plot(
            100 * share,
            np.mean(angles, axis=0),
            color=COLOUR[side],
            lw=2,
            ls=LINE[side],
            label=side,
            zorder=3,
        )
        ax.axvspan(
            0,
            100 * curves.mean(np.array(contacts)),
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
    start, stop = curves.span(analysis)
    use = (analysis.motion.time >= start) & (analysis.motion.time <= stop)
    lean = curves.whole(analysis, analysis.motion.angles["trunk"])[use]
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
    start, stop = curves.span(analysis)
    use = (analysis.motion.time >= start) & (analysis.motion.time <= stop)
    values, unit = curves.rise_and_fall(analysis)
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
    start, stop = curves.span(analysis)
    use = (motion.time >= start) & (motion.time <= stop)
    drawn = False
    for side in SIDES:
        arm = curves.whole(analysis, motion.angles[f"{side}_upper_arm"])
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
    told = clock_known(analysis) and len(analysis.steps) <= curves.MOST_NUMBERS
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
    ax.set_xlim(*curves.span(analysis))
    return ax


def _pair(analysis: Analysis, part: str, label: str, ax: Axes | None) -> Axes:
    ax = axes(ax)
    start, stop = curves.span(analysis)
    use = (analysis.motion.time >= start) & (analysis.motion.time <= stop)
    angles = []
    for side in SIDES:
        angle = curves.whole(analysis, analysis.motion.angles[f"{side}_{part}"])
        ax.plot(analysis.motion.time[use], angle[use], color=COLOUR[side], ls=LINE[side], label=side)
        angles.append(angle[use])
    held(ax, angles)
    _stances(analysis, ax)
    ax.set_ylabel(label)
    legend(ax)
    return _timed(analysis, ax)


def _stances(analysis: Analysis, ax: Axes) -> None:
    for step in analysis.steps:
        if np.isfinite(step.toe_off_s - step.touchdown_s):
            ax.axvspan(step.touchdown_s, step.toe_off_s, color=COLOUR[step.side], alpha=0.12, lw=0)
