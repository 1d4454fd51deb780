"""One function a chart: ``f(analysis, ax=None) -> Axes``, for the report, notebooks and your own figures.

Right is warm and left is cool in every chart, in a pair that people who confuse red and green tell
apart; labels and units come from the registry of metrics.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import MaxNLocator

from analyzer.data import Array, Step, Value, in_a_row
from analyzer.metrics import METRICS
from analyzer.metrics.spec import Metric
from analyzer.metrics.wording import shown
from analyzer.skeleton import SIDES, Side, other

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from analyzer.analysis import Analysis

COLOUR: Final[dict[Side, str]] = {"right": "#c8501e", "left": "#1f6fb4"}
PALE: Final[dict[Side, str]] = {"right": "#f0c3ae", "left": "#b4d2ea"}
INK: Final = "#20262d"
FAINT: Final = "#8a929c"
BAND: Final = "#dfe7dd"
TOLD: Final = 14
"""Steps beyond which numbers written into a chart would run into each other."""
EDGE: Final = 0.015
"""Share of the picture's width at its edges in which a joint counts as cut off."""
A_COURSE: Final = 4
"""Points below which a chart against speed would suggest a course that nobody can see."""
SIZE_IN: Final = (4.8, 3.2)
"""Figure size: text stays readable when a phone shows the chart across its whole width."""
STYLE: Final[dict[Any, Any]] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 1.6,
}
_MILLISECONDS = 1000.0


def axis_label(metric: Metric) -> str:
    """Return the label and unit of a metric's axis."""
    symbol = shown(metric)[1]
    return f"{metric.label} ({symbol})" if symbol else metric.label


def clock_known(analysis: Analysis) -> bool:
    """Tell whether the clip's seconds are seconds: not in slow motion by an unknown factor."""
    return not any(note.code == "slow_motion" for note in analysis.notes)


def per_step(analysis: Analysis, metric: str, ax: Axes | None = None) -> Axes:
    """Draw one metric step by step with its standard errors, and the reference band if there is one."""
    ax = _axes(ax)
    facts = METRICS[metric]
    factor = shown(facts)[0]
    values = [v for v in analysis.values if v.metric == metric and v.step is not None and _is(v)]
    _reference(analysis, metric, ax, factor)
    ax.plot([v.step or 0 for v in values], [factor * v.value for v in values], color=FAINT, lw=1, zorder=2)
    for side in (*SIDES, None):
        _dots(ax, [(v.step or 0, v) for v in values if v.side == side], factor, side)
    _legend(ax)
    ax.set_xlabel("Step")
    ax.set_ylabel(axis_label(facts))
    _steps_along(analysis, ax)
    return _finish(ax, bool(values))


def step_speed(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw the speed of each step; the step frequency where the clip has no scale."""
    scaled = any(v.metric == "step_speed" and _is(v) for v in analysis.values)
    return per_step(analysis, "step_speed" if scaled else "step_frequency", ax)


def contact_and_flight(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw contact and flight of each step as bars with standard errors, in the colour of the side."""
    ax = _axes(ax)
    drawn = False
    for metric, shift, colours, name in (
        ("contact_time", -0.2, COLOUR, "contact"),
        ("flight_time", 0.2, PALE, "flight"),
    ):
        for side in SIDES:
            values = [
                v
                for v in analysis.values
                if v.metric == metric and v.side == side and v.step is not None and _is(v)
            ]
            if values:
                drawn = True
                ax.bar(
                    [(v.step or 0) + shift for v in values],
                    [_MILLISECONDS * v.value for v in values],
                    0.38,
                    yerr=[_MILLISECONDS * v.sd for v in values],
                    color=colours[side],
                    ecolor=INK,
                    error_kw={"lw": 1},
                    capsize=2,
                    label=f"{side} {name}",
                )
    ax.set_xlabel("Step")
    ax.set_ylabel("Time (ms)")
    _steps_along(analysis, ax)
    _legend(ax)
    return _finish(ax, drawn)


def joint_angle(analysis: Analysis, joint: str, ax: Axes | None = None) -> Axes:
    """Draw a joint's or segment's angle over the stride, both sides: every stride thin, the mean thick.

    ``joint`` is hip, knee, ankle, shoulder, elbow, thigh, shank, foot, upper_arm or forearm. The
    stride runs from touchdown to the next touchdown of the same foot; the bar below is the contact.
    """
    ax = _axes(ax)
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
        ax.plot(100 * share, np.mean(curves, axis=0), color=COLOUR[side], lw=2, label=side, zorder=3)
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
    _legend(ax)
    return _finish(ax, drawn)


def trunk_lean(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw the trunk's lean over time; ground contacts are shaded in the colour of the foot."""
    ax = _axes(ax)
    start, stop = _span(analysis)
    use = (analysis.motion.time >= start) & (analysis.motion.time <= stop)
    ax.plot(analysis.motion.time[use], _whole(analysis, analysis.motion.angles["trunk"])[use], color=INK)
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
    ax = _axes(ax)
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

    Coloured by the arm; the dots are touchdowns of the leg it goes with.
    """
    ax = _axes(ax)
    motion = analysis.motion
    start, stop = _span(analysis)
    use = (motion.time >= start) & (motion.time <= stop)
    drawn = False
    for side in SIDES:
        arm = _whole(analysis, motion.angles[f"{side}_upper_arm"])
        leg = motion.angles[f"{other(side)}_thigh"]
        drawn |= bool(np.isfinite(arm[use] + leg[use]).any())
        ax.plot(
            leg[use], arm[use], color=COLOUR[side], lw=1.1, alpha=0.85, label=f"{side} arm, {other(side)} leg"
        )
        events = [s.touchdown_s for s in analysis.steps if s.side == other(side)]
        ax.plot(
            [motion.at(leg, t) for t in events],
            [motion.at(arm, t) for t in events],
            "o",
            ms=4,
            color=COLOUR[side],
            mec="white",
            mew=0.6,
            zorder=4,
        )
    ax.set_xlabel("Thigh (°), forward positive")
    ax.set_ylabel("Opposite upper arm (°)")
    _legend(ax)
    return _finish(ax, drawn)


def rhythm(analysis: Analysis, ax: Axes | None = None) -> Axes:
    """Draw when each foot is on the ground, with the time between touchdowns."""
    ax = _axes(ax)
    for step in analysis.steps:
        row = 1 if step.side == "left" else 0
        if np.isfinite(step.toe_off_s - step.touchdown_s):
            length = step.toe_off_s - step.touchdown_s
            ax.broken_barh([(step.touchdown_s, length)], (row - 0.3, 0.6), color=COLOUR[step.side])
    told = clock_known(analysis) and len(analysis.steps) <= TOLD
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


def against_speed(analysis: Analysis, metric: str, ax: Axes | None = None) -> Axes:
    """Draw a metric against the speed of the same step, with both standard errors."""
    ax = _axes(ax)
    facts = METRICS[metric]
    factor = shown(facts)[0]
    speeds = {v.step: v for v in analysis.values if v.metric == "step_speed" and _is(v)}
    values = [v for v in analysis.values if v.metric == metric and v.step in speeds and _is(v)]
    for side in (*SIDES, None):
        pairs = [(speeds[v.step], v) for v in values if v.side == side]
        if pairs:
            ax.errorbar(
                [x.value for x, _ in pairs],
                [factor * y.value for _, y in pairs],
                [factor * y.sd for _, y in pairs],
                [x.sd for x, _ in pairs],
                fmt="o",
                color=COLOUR[side] if side else INK,
                ms=5,
                lw=0.8,
                label=side,
            )
    ax.set_xlabel(axis_label(METRICS["step_speed"]))
    ax.set_ylabel(axis_label(facts))
    _legend(ax)
    return _finish(ax, len(values) >= A_COURSE)


def shares(analysis: Analysis, metrics: tuple[str, ...], ax: Axes | None = None) -> Axes:
    """Draw the means of metrics of one unit as bars with the errors of the means."""
    ax = _axes(ax)
    rows = [r for name in metrics if (r := analysis.summary(name)) is not None and np.isfinite(r.mean)]
    factor = shown(METRICS[rows[0].metric])[0] if rows else 1.0
    for i, row in enumerate(rows):
        ax.barh(
            i,
            factor * row.mean,
            xerr=factor * row.mean_se if np.isfinite(row.mean_se) else None,
            color=INK if i == 0 else FAINT,
            height=0.6,
            error_kw={"lw": 1, "ecolor": COLOUR["right"]},
            capsize=3,
        )
    ax.set_yticks(range(len(rows)), [_wrapped(row.label) for row in rows])
    ax.invert_yaxis()
    ax.axvline(0, color=FAINT, lw=0.8)
    if rows:
        ax.set_xlabel(shown(METRICS[rows[0].metric])[1])
    return _finish(ax, bool(rows))


def differences(analysis: Analysis, metrics: tuple[str, ...], ax: Axes | None = None) -> Axes:
    """Draw left minus right with 95 % confidence intervals, as a share of the mean."""
    ax = _axes(ax)
    rows = [
        row
        for name in metrics
        if (row := analysis.summary(name)) is not None
        and np.isfinite([row.difference, row.difference_ci_low, row.difference_ci_high]).all()
        and row.mean != 0
    ]
    for i, row in enumerate(rows):
        middle, low, high = (
            100 * x / abs(row.mean) for x in (row.difference, row.difference_ci_low, row.difference_ci_high)
        )
        clear = low > 0 or high < 0
        colour = COLOUR["left" if middle > 0 else "right"] if clear else FAINT
        ax.plot([low, high], [i, i], color=colour, lw=2, solid_capstyle="butt")
        ax.plot(middle, i, "o", color=colour, ms=6)
    ax.axvline(0, color=INK, lw=0.8)
    ax.set_yticks(range(len(rows)), [_wrapped(row.label) for row in rows])
    ax.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    ax.set_xlabel("← right more   (% of the mean)   left more →")
    if rows:
        reach = max(abs(x) for x in ax.get_xlim())
        ax.set_xlim(-reach, reach)
    return _finish(ax, len(rows) > 1)


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt  # only here: a notebook shows it, the report makes its own figures

    # The figure first: it may switch a notebook's backend on, which a style's end must not undo.
    figure = plt.figure(figsize=SIZE_IN, layout="constrained")
    with mpl.rc_context(STYLE):
        return figure.subplots()


def _finish(ax: Axes, drawn: bool) -> Axes:
    if not drawn:
        ax.text(
            0.5, 0.5, "this clip cannot show it", transform=ax.transAxes, ha="center", va="center",
            color=FAINT,
        )  # fmt: skip
        ax.set_xticks([])
        ax.set_yticks([])
    return ax


def _timed(analysis: Analysis, ax: Axes) -> Axes:
    ax.set_xlabel("Time (s)" if clock_known(analysis) else "Time of the file (s), slower than life")
    ax.set_xlim(*_span(analysis))
    ax.set_gid("time")  # tells the report's player that x is the clip's time
    return ax


def _pair(analysis: Analysis, part: str, label: str, ax: Axes | None) -> Axes:
    ax = _axes(ax)
    start, stop = _span(analysis)
    use = (analysis.motion.time >= start) & (analysis.motion.time <= stop)
    for side in SIDES:
        angle = _whole(analysis, analysis.motion.angles[f"{side}_{part}"])
        ax.plot(analysis.motion.time[use], angle[use], color=COLOUR[side], label=side)
    _stances(analysis, ax)
    ax.set_ylabel(label)
    _legend(ax)
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
    return max(first, min(times) - 0.1), min(last, max(times) + 0.15)


def _whole(analysis: Analysis, series: Array) -> Array:
    """Leave out the moments in which trunk or thighs reach the picture's edge.

    There the body is cut off, the tracker crowds the joints inside the picture, and every angle bends.
    """
    pose = analysis.pose
    names = [n for n in pose.names if n.partition("_")[2] in ("shoulder", "hip", "knee")]
    if not names or not pose.width or len(pose.time) != len(series):
        return series
    x = np.stack([pose.joint(name)[:, 0] for name in names])
    with np.errstate(invalid="ignore"):
        cut = (x < EDGE * pose.width) | (x > (1 - EDGE) * pose.width)
    return np.where(cut.any(axis=0), np.nan, series)


def _steps_along(analysis: Analysis, ax: Axes) -> None:
    """Whole steps along the axis, all of them, so that charts of one run can be laid side by side."""
    numbers = [s.number for s in analysis.steps]
    if numbers:
        ax.set_xlim(min(numbers) - 0.5, max(numbers) + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def _strides(analysis: Analysis, side: Side) -> list[tuple[Step, float, float]]:
    found = []
    pairs = in_a_row(analysis.steps)
    for (this, between), (same, following) in pairwise(pairs):
        if this.side == side and between is same:
            found.append((this, this.touchdown_s, following.touchdown_s))
    return [s for s in found if np.isfinite(s[1]) and np.isfinite(s[2])]


def _reference(analysis: Analysis, metric: str, ax: Axes, factor: float) -> None:
    row = analysis.summary(metric)
    if row is not None and np.isfinite([row.reference_low, row.reference_high]).all():
        ax.axhspan(
            factor * row.reference_low, factor * row.reference_high, color=BAND, lw=0, zorder=0,
            label="unverified range" if row.reference_source.endswith("(unverified)") else "published range",
        )  # fmt: skip


def _legend(ax: Axes) -> None:
    """Put the legend above the chart, where it never covers anything."""
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        ax.legend(
            handles, labels, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(labels), borderaxespad=0.2,
            handlelength=1.4, columnspacing=1.2,
        )  # fmt: skip


def _dots(ax: Axes, points: list[tuple[int, Value]], factor: float, side: Side | None) -> None:
    if points:
        ax.errorbar(
            [x for x, _ in points],
            [factor * v.value for _, v in points],
            [factor * v.sd for _, v in points],
            fmt="o",
            color=COLOUR[side] if side else INK,
            ms=5,
            lw=1,
            capsize=2,
            label=side,
            zorder=3,
        )


def _is(value: Value) -> bool:
    return bool(np.isfinite(value.value))


def _mean(path: Array) -> float:
    return float(np.nanmean(path)) if np.isfinite(path).any() else float("nan")


def _wrapped(label: str, width: int = 22) -> str:
    """Break a long label into two lines near its middle."""
    if len(label) <= width:
        return label
    spaces = [i for i, c in enumerate(label) if c == " "]
    if not spaces:
        return label
    cut = min(spaces, key=lambda i: abs(i - len(label) / 2))
    return f"{label[:cut]}\n{label[cut + 1 :]}"
