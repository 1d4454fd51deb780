"""Two or more runs held against each other: what changed beyond the error, and how it goes with speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
from scipy.stats import false_discovery_control

from analyzer.comparison import speed_trends
from analyzer.comparison.repeatability import Of, Repeat, Shift, Verdict, between_directions, repeats, shift
from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.errors import ConfigError
from analyzer.metrics import METRICS
from analyzer.metrics.run import Run
from analyzer.metrics.wording import interval, number

if TYPE_CHECKING:
    import pandas as pd

FALSE_DISCOVERIES: Final = 0.05
"""Of the changes called established, this share is expected to be chance (Benjamini and Hochberg 1995)."""


class Look(NamedTuple):
    """What is looked at: a metric's mean, or its left minus right."""

    metric: str
    of: Of = "mean"

    @property
    def label(self) -> str:
        """Name for people."""
        label = METRICS[self.metric].label
        return label if self.of == "mean" else f"{label}, {self.of}"


KEY: Final = (
    Look("contact_time", "left minus right"),
    Look("thigh_switch_time"),
    Look("shoulder_range"),
    Look("trunk_excursion"),
    Look("step_time_variability"),
    Look("arm_leg_lag"),
)
"""One look for each relationship, chosen beforehand: each stands on its own 95 % interval.

The some hundred other looks share one control of false discoveries, because five in a hundred would
stand by chance.
"""


@dataclass(frozen=True)
class Change:
    """One look at two runs or groups; ``difference`` is later minus first, with its 95 % interval.

    The errors are those that differ from clip to clip where all runs were filmed alike, the whole errors
    where they were not. ``key`` marks what was chosen beforehand for its relationship.
    """

    metric: str
    of: Of
    label: str
    relationship: str
    unit: str
    run: str
    key: bool
    first_mean: float
    first_se: float
    mean: float
    mean_se: float
    difference: float
    ci_low: float
    ci_high: float
    verdict: Verdict


@dataclass(frozen=True)
class Trend:
    """How a metric goes with step speed over several runs: its unit per m/s, with the 95 % interval."""

    metric: str
    label: str
    relationship: str
    unit: str
    key: bool
    runs: int
    steps: int
    slope: float
    ci_low: float
    ci_high: float
    verdict: Literal["rises", "falls", "not established"]


@dataclass(frozen=True)
class SideSplit:
    """A left-minus-right difference parted into the athlete's own and the camera's.

    ``side`` is what stays when the athlete runs the other way; ``view`` is what turns over with it, the
    near minus the far side. Both with their 95 % intervals.
    """

    metric: str
    label: str
    relationship: str
    unit: str
    key: bool
    side: float
    side_low: float
    side_high: float
    side_verdict: Literal["left more", "right more", "not established"]
    view: float
    view_low: float
    view_high: float
    view_verdict: Literal["near more", "far more", "not established"]


@dataclass(frozen=True)
class Comparison:
    """What ``compare`` found.

    ``growth`` is the relative growth for each m/s of the scatter of all relationships together.
    """

    names: tuple[str, ...]
    changes: tuple[Change, ...]
    trends: tuple[Trend, ...]
    growth: speed_trends.Slope
    sides: tuple[SideSplit, ...]
    notes: tuple[Note, ...]

    def table(self) -> pd.DataFrame:
        """Return one row a look and later run."""
        return _frame(self.changes, Change)

    def trends_table(self) -> pd.DataFrame:
        """Return one row a metric: its change with step speed over all runs."""
        return _frame(self.trends, Trend)

    def sides_table(self) -> pd.DataFrame:
        """Return one row a metric: left minus right parted from near minus far; empty for one direction."""
        return _frame(self.sides, SideSplit)


def _frame(
    rows: Sequence[Change | Trend | SideSplit], kind: type[Change | Trend | SideSplit]
) -> pd.DataFrame:
    """Rows as a table that has its columns even when it has no row."""
    import pandas as pd

    return pd.DataFrame([asdict(row) for row in rows], columns=[field.name for field in fields(kind)])


def compare(*runs: Analysis, before: int = 1) -> Comparison:
    """Compare each run with the first one, or one group of runs with another.

    Parameters
    ----------
    runs : Analysis
    before : int
        With more than one, the first so many runs together are the state before and all others together
        the state after; several runs tell smaller changes than one.

    Raises
    ------
    ConfigError
        If fewer than two runs are given, or none is left after ``before``.
    """
    if len(runs) < 2:
        raise ConfigError(
            "Nothing to compare.", f"{len(runs)} run was given.", "Give two or more analysed runs."
        )
    if not 1 <= before < len(runs):
        raise ConfigError(
            f"{before} runs before leave none after.",
            f"{len(runs)} runs were given.",
            f"Choose between 1 and {len(runs) - 1}.",
        )
    alike = not _filmed_alike(runs)
    known = [_repeats(run, alike) for run in runs]
    later = [(run.name, [i + before]) for i, run in enumerate(runs[before:])]
    if before > 1:
        later = [(" + ".join(run.name for run in runs[before:]), list(range(before, len(runs))))]
    changes = [
        change
        for name, group in later
        for change in _changes(known[:before], [known[i] for i in group], name)
    ]
    one_way = len({run.motion.near_side for run in runs}) == 1
    return Comparison(
        (" + ".join(run.name for run in runs[:before]), *(name for name, _ in later)),
        tuple(c for c in changes if one_way or c.of == "mean"),
        tuple(trends(runs)),
        speed_trends.pooled_scatter([run.values for run in runs]),
        () if one_way else tuple(split_sides(runs, known)),
        tuple(_notes(runs)),
    )


def _repeats(run: Analysis, alike: bool) -> dict[str, Repeat]:
    """Return every metric that this run gives with the errors that differ from clip to clip."""
    given = [row.metric for row in run.summaries if np.isfinite(row.mean) and row.metric in METRICS]
    seen = Run(run.motion, run.steps, run.calibration.scaled, run.calibration.relative_sd)
    return repeats(seen, given, alike=alike) if given else {}


def _filmed_alike(runs: Sequence[Analysis]) -> bool:
    """Tell whether what a clip gets wrong throughout is wrong in the same way in all of them."""
    return (
        len({(r.motion.near_side, r.calibration.method, r.config.sex, r.camera.moving) for r in runs}) == 1
        and len({round(r.motion.fps / 10) for r in runs}) == 1
    )


def _changes(
    before: Sequence[dict[str, Repeat]], after: Sequence[dict[str, Repeat]], name: str
) -> list[Change]:
    shared = [m for m in METRICS if all(m in run for run in (*before, *after))]
    looks: list[tuple[Look, Shift]] = []
    for metric in shared:
        for of in ("mean", "left minus right"):
            found = shift([run[metric] for run in before], [run[metric] for run in after], of)
            if np.isfinite(found.p):
                looks.append((Look(metric, of), found))
    sure = _established([(look in KEY, found.p) for look, found in looks])
    return [
        Change(
            look.metric,
            look.of,
            look.label,
            METRICS[look.metric].relationship.value,
            METRICS[look.metric].unit.symbol,
            name,
            look in KEY,
            found.before,
            found.before_se,
            found.after,
            found.after_se,
            found.value,
            found.low,
            found.high,
            ("higher" if found.value > 0 else "lower") if is_sure else "not established",
        )
        for (look, found), is_sure in zip(looks, sure, strict=True)
    ]


def _established(looks: Sequence[tuple[bool, float]]) -> list[bool]:
    """Tell which looks stand, given whether each is a key one and its p: key ones each at 95 %."""
    others = [p for key, p in looks if not key]
    controlled = iter(false_discovery_control(others) < FALSE_DISCOVERIES) if others else iter(())
    return [p < FALSE_DISCOVERIES if key else bool(next(controlled)) for key, p in looks]


def trends(runs: Sequence[Analysis]) -> list[Trend]:
    """Return how each per-step metric goes with step speed, with run as a random effect."""
    names = dict.fromkeys(v.metric for run in runs for v in run.values if v.step is not None)
    given = [name for name in names if name in METRICS and name != "step_speed"]
    found = [
        course
        for course in speed_trends.courses([run.values for run in runs], given)
        if np.isfinite(course.level.p)
    ]
    keys = set(speed_trends.REPRESENTS.values())
    sure = _established([(course.metric in keys, course.level.p) for course in found])
    return [
        Trend(
            course.metric,
            METRICS[course.metric].label,
            METRICS[course.metric].relationship.value,
            METRICS[course.metric].unit.symbol,
            course.metric in keys,
            course.runs,
            course.steps,
            course.level.value,
            course.level.low,
            course.level.high,
            ("rises" if course.level.value > 0 else "falls") if is_sure else "not established",
        )
        for course, is_sure in zip(found, sure, strict=True)
    ]


def split_sides(runs: Sequence[Analysis], known: Sequence[dict[str, Repeat]] = ()) -> list[SideSplit]:
    """Part left-right differences from the far side's occlusion by runs in both directions.

    Least squares over the runs: left minus right is the athlete's own plus the view's, whose sign turns
    with the direction.

    Raises
    ------
    ConfigError
        If all runs show the same side of the athlete.
    """
    near = [run.motion.near_side for run in runs]
    if len(set(near)) < 2:
        raise ConfigError(
            "All runs show the same side of the athlete.",
            f"The {near[0]} side is near in each of them.",
            "Film one run in each direction from the same place.",
        )
    known = known or [_repeats(run, alike=False) for run in runs]
    rows = []
    for name, metric in METRICS.items():
        if metric.side == "none":
            continue
        pairs = [(r[name], side == "left") for r, side in zip(known, near, strict=True) if name in r]
        found = between_directions([r for r, _ in pairs], [left for _, left in pairs])
        if found is not None:
            rows.append((name, *found))
    keys = [name == KEY[0].metric for name, _, _ in rows]
    sides = _established([(key, side.p) for key, (_, side, _) in zip(keys, rows, strict=True)])
    views = _established([(key, view.p) for key, (_, _, view) in zip(keys, rows, strict=True)])
    return [
        SideSplit(
            name,
            METRICS[name].label,
            METRICS[name].relationship.value,
            METRICS[name].unit.symbol,
            key,
            side.value,
            side.low,
            side.high,
            ("left more" if side.value > 0 else "right more") if own else "not established",
            view.value,
            view.low,
            view.high,
            ("near more" if view.value > 0 else "far more") if seen else "not established",
        )
        for (name, side, view), key, own, seen in zip(rows, keys, sides, views, strict=True)
    ]


def describe(found: Comparison) -> list[str]:
    """Return what stands beyond the error, in lines for a terminal."""
    lines = [f"{note.level}: {note.message} {note.advice}".rstrip() for note in found.notes]
    for name in found.names[1:]:
        lines.append(f"{name} against {found.names[0]}:")
        rows = [c for c in found.changes if c.run == name]
        lines += [f"  {_told(c)}" for c in rows if c.key]
        lines += [f"  {_told(c)}" for c in rows if not c.key and c.verdict != "not established"]
        quiet = sum(c.verdict == "not established" for c in rows)
        lines.append(f"  {quiet} of {len(rows)} looks show no change beyond their error.")
    if found.sides:
        lines.append("Left minus right, parted from near minus far by the two directions:")
        lines += [f"  {_parted(s)}" for s in found.sides if s.key or s.side_verdict != "not established"]
        quiet = sum(s.side_verdict == "not established" for s in found.sides)
        lines.append(f"  {quiet} of {len(found.sides)} show no difference of the athlete's own.")
    moving = [trend for trend in found.trends if trend.verdict != "not established"]
    if found.trends:
        lines.append("With step speed, over all runs:")
    lines += [
        f"  {t.label} {t.verdict} by {number(METRICS[t.metric], abs(t.slope))} for each m/s "
        f"(95 % interval {interval(METRICS[t.metric], t.ci_low, t.ci_high)}; {t.steps} steps, {t.runs} runs)"
        for t in moving
    ]
    if found.trends:
        quiet = len(found.trends) - len(moving)
        lines.append(
            f"  {quiet} of {len(found.trends)} metrics show no course with speed beyond their error."
        )
    if np.isfinite(found.growth.value):
        lines.append(f"  {speed_trends.told(found.growth)}")
    return lines


def _told(c: Change) -> str:
    metric = METRICS[c.metric]
    text = f"{c.label}: {number(metric, c.first_mean, c.first_se)} to {number(metric, c.mean, c.mean_se)}"
    sure = "" if c.verdict != "not established" else ": not established"
    return f"{text}, changed by {number(metric, c.difference)} (95 % interval " + (
        f"{interval(metric, c.ci_low, c.ci_high)}){sure}"
    )


def _parted(s: SideSplit) -> str:
    metric = METRICS[s.metric]
    parts = [
        f"{number(metric, value)} (95 % interval {interval(metric, low, high)}) {whose}"
        + (": not established" if verdict == "not established" else "")
        for value, low, high, verdict, whose in (
            (s.side, s.side_low, s.side_high, s.side_verdict, "the athlete's own"),
            (s.view, s.view_low, s.view_high, s.view_verdict, "near minus far"),
        )
    ]
    return f"{s.label}: " + "; ".join(parts)


def _notes(runs: Sequence[Analysis]) -> list[Note]:
    notes = []
    if len({round(run.motion.fps / 10) for run in runs}) > 1:
        notes.append(
            Note(
                "warning",
                "different_frame_rates",
                "The runs were filmed at different frame rates, which shifts fast quantities a little.",
                "Compare runs filmed with the same setting.",
            )
        )
    if len({run.calibration.method for run in runs}) > 1:
        notes.append(
            Note(
                "warning",
                "different_scales",
                "Metres come from different kinds of calibration in these runs.",
                "Use the same marks or the same height for all of them.",
            )
        )
    if len({run.motion.near_side for run in runs}) > 1:
        notes.append(
            Note(
                "info",
                "both_directions",
                "The runs show both sides of the athlete: left-right differences are told from the far "
                "side's occlusion, and errors that every clip shares do not drop out of the comparison.",
            )
        )
    return notes
