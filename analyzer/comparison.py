"""Two or more runs held against each other: what changed beyond the error, and how it goes with speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.stats import false_discovery_control, norm, t

from analyzer.analysis import Analysis
from analyzer.data import Note
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

FALSE_DISCOVERIES = 0.05
"""Of the changes called established, this share is expected to be chance (Benjamini and Hochberg 1995)."""


@dataclass(frozen=True)
class Change:
    """One metric in two runs; ``difference`` is the later run minus the first, with its 95 % interval."""

    metric: str
    label: str
    relationship: str
    unit: str
    run: str
    first_mean: float
    first_se: float
    mean: float
    mean_se: float
    difference: float
    ci_low: float
    ci_high: float
    verdict: Literal["higher", "lower", "not established"]


@dataclass(frozen=True)
class Trend:
    """How a metric goes with step speed over several runs: its unit per m/s, with the 95 % interval."""

    metric: str
    label: str
    relationship: str
    unit: str
    runs: int
    steps: int
    slope: float
    ci_low: float
    ci_high: float
    verdict: Literal["rises", "falls", "not established"]


@dataclass(frozen=True)
class SideSplit:
    """A left-minus-right difference parted into the athlete's own and the camera's.

    ``side`` is what stays when the athlete runs the other way, ``view`` what turns over with it
    (near minus far leg, expressed as left minus right of the first run); standard errors with each.
    """

    metric: str
    label: str
    unit: str
    side: float
    side_se: float
    view: float
    view_se: float


@dataclass(frozen=True)
class Comparison:
    """What ``compare`` found."""

    names: tuple[str, ...]
    changes: tuple[Change, ...]
    trends: tuple[Trend, ...]
    notes: tuple[Note, ...]

    def table(self) -> pd.DataFrame:
        """Return one row a metric and later run."""
        import pandas as pd

        return pd.DataFrame([asdict(change) for change in self.changes])

    def trends_table(self) -> pd.DataFrame:
        """Return one row a metric: its change with step speed over all runs."""
        import pandas as pd

        return pd.DataFrame([asdict(trend) for trend in self.trends])


def compare(*runs: Analysis) -> Comparison:
    """Compare each run with the first one.

    A change is called established when it stands after control of the false discovery rate over all
    metrics: with sixty metrics three would leave a plain 95 % interval by chance.

    Raises
    ------
    ConfigError
        If fewer than two runs are given.
    """
    if len(runs) < 2:
        raise ConfigError(
            "Nothing to compare.", f"{len(runs)} run was given.", "Give two or more analysed runs."
        )
    first = runs[0]
    changes = [change for run in runs[1:] for change in _changes(first, run)]
    return Comparison(
        tuple(run.name for run in runs), tuple(changes), tuple(trends(runs)), tuple(_notes(runs))
    )


def describe(found: Comparison) -> list[str]:
    """Return what stands beyond the error, in lines for a terminal."""
    lines = [f"{note.level}: {note.message} {note.advice}".rstrip() for note in found.notes]
    for name in found.names[1:]:
        lines.append(f"{name} against {found.names[0]}:")
        rows = [c for c in found.changes if c.run == name]
        lines += [
            f"  {c.label}: {c.first_mean:.3g} to {c.mean:.3g} {c.unit} "
            f"({c.difference:+.2g}, 95 % interval {c.ci_low:+.2g} to {c.ci_high:+.2g})"
            for c in rows
            if c.verdict != "not established"
        ]
        quiet = sum(c.verdict == "not established" for c in rows)
        lines.append(f"  {quiet} of {len(rows)} metrics show no change beyond their error.")
    moving = [trend for trend in found.trends if trend.verdict != "not established"]
    if moving:
        lines.append("With step speed, over all runs:")
    lines += [
        f"  {t.label} {t.verdict} by {abs(t.slope):.2g} {t.unit} for each m/s "
        f"(95 % interval {t.ci_low:+.2g} to {t.ci_high:+.2g}; {t.steps} steps)"
        for t in moving
    ]
    return lines


def _changes(first: Analysis, run: Analysis) -> list[Change]:
    pairs = []
    for row in first.summaries:
        later = run.summary(row.metric)
        if later is None or not np.isfinite([row.mean, later.mean, row.mean_se, later.mean_se]).all():
            continue
        se = float(np.hypot(row.mean_se, later.mean_se))
        if se > 0:
            pairs.append((row, later, se))
    if not pairs:
        return []
    z = np.array([(later.mean - row.mean) / se for row, later, se in pairs])
    p = 2 * norm.sf(np.abs(z))
    established = false_discovery_control(p) < FALSE_DISCOVERIES
    found = []
    for (row, later, se), sure in zip(pairs, established, strict=True):
        difference = later.mean - row.mean
        found.append(
            Change(
                row.metric,
                row.label,
                row.relationship,
                row.unit,
                run.name,
                row.mean,
                row.mean_se,
                later.mean,
                later.mean_se,
                difference,
                difference - 1.96 * se,
                difference + 1.96 * se,
                ("higher" if difference > 0 else "lower") if sure else "not established",
            )
        )
    return found


def trends(runs: Sequence[Analysis], against: str = "step_speed") -> list[Trend]:
    """Return how each per-step metric goes with step speed, with run as a random effect.

    Within each run the metric is regressed on speed; the runs' slopes are pooled by the method of
    DerSimonian and Laird (1986), so that runs which disagree widen the interval.
    """
    found = []
    names = dict.fromkeys(v.metric for run in runs for v in run.values if v.step is not None)
    for name in names:
        if name == against:
            continue
        slopes = [s for run in runs if (s := _slope(run, name, against)) is not None]
        row = next((r for run in runs if (r := run.summary(name)) is not None), None)
        if not slopes or row is None:
            continue
        slope, se, steps = _pool(slopes)
        freedom = max(steps - 2 * len(slopes), 1)
        reach = float(t.ppf(0.975, freedom)) * se
        verdict: Literal["rises", "falls", "not established"] = (
            "rises" if slope > reach else "falls" if slope < -reach else "not established"
        )
        found.append(
            Trend(
                name,
                row.label,
                row.relationship,
                row.unit,
                len(slopes),
                steps,
                slope,
                slope - reach,
                slope + reach,
                verdict,
            )
        )
    return found


def _slope(run: Analysis, name: str, against: str) -> tuple[float, float, int] | None:
    """Return slope, its standard error and the number of steps within one run."""
    speed = {v.step: v.value for v in run.values if v.metric == against and np.isfinite(v.value)}
    points = np.array(
        [
            (speed[v.step], v.value)
            for v in run.values
            if v.metric == name and v.step in speed and np.isfinite(v.value)
        ]
    )
    if len(points) < 4 or np.ptp(points[:, 0]) <= 0:
        return None
    x, y = points.T
    x = x - x.mean()
    slope = float(x @ y / (x @ x))
    residual = y - y.mean() - slope * x
    return slope, float(np.sqrt(residual @ residual / (len(x) - 2) / (x @ x))), len(x)


def _pool(slopes: Sequence[tuple[float, float, int]]) -> tuple[float, float, int]:
    b, se, n = (np.array(column, dtype=float) for column in zip(*slopes, strict=True))
    weight = 1 / np.maximum(se, 1e-12) ** 2
    fixed = float(weight @ b / weight.sum())
    spread = float(weight @ (b - fixed) ** 2)
    scale = weight.sum() - (weight @ weight) / weight.sum()
    between = max(0.0, (spread - (len(b) - 1)) / scale) if len(b) > 1 else 0.0
    weight = 1 / (1 / weight + between)
    return float(weight @ b / weight.sum()), float(weight.sum() ** -0.5), int(n.sum())


def split_sides(one_way: Analysis, other_way: Analysis) -> list[SideSplit]:
    """Part left-right differences from the far side's occlusion by runs in both directions.

    Raises
    ------
    ConfigError
        If both runs show the same side of the athlete.
    """
    if one_way.motion.near_side == other_way.motion.near_side:
        raise ConfigError(
            "Both runs show the same side of the athlete.",
            f"The {one_way.motion.near_side} side is near in {one_way.name} and in {other_way.name}.",
            "Film one run in each direction from the same place.",
        )
    found = []
    for a in one_way.summaries:
        b = other_way.summary(a.metric)
        if b is None or not np.isfinite([a.difference, b.difference]).all():
            continue
        se = [(s.difference_ci_high - s.difference_ci_low) / (2 * 1.96) for s in (a, b)]
        half = float(np.hypot(se[0], se[1]) / 2)
        found.append(
            SideSplit(
                a.metric,
                a.label,
                a.unit,
                (a.difference + b.difference) / 2,
                half,
                (a.difference - b.difference) / 2,
                half,
            )
        )
    return found


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
                "The runs show both sides of the athlete: left-right differences can be told from the far "
                "side's occlusion (comparison.split_sides).",
            )
        )
    return notes
