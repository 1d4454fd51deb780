"""Left against right from runs in both directions: what is the athlete's own, and what the hidden side's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analyzer.comparison.hypotheses import KEY, established
from analyzer.comparison.repeatability import CERTAINTY, Repeat, Shift, freedom_of_sum
from analyzer.comparison.results import SideSplit
from analyzer.data.analysis import Analysis
from analyzer.errors import ConfigError
from analyzer.metrics import METRICS
from analyzer.signals import student_t


def split_sides(runs: Sequence[Analysis], known: Sequence[Mapping[str, Repeat]]) -> list[SideSplit]:
    """Part left-right differences from the far side's occlusion by runs in both directions.

    Least squares over the runs: left minus right is the athlete's own plus the view's, whose sign turns
    with the direction.

    Parameters
    ----------
    runs : sequence of Analysis
    known : sequence of mappings of metrics to Repeat
        Every metric that each of them gives, as of ``repeatability.of_analysis``.

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
    rows = []
    for name, metric in METRICS.items():
        if metric.side == "none":
            continue
        pairs = [(r[name], side == "left") for r, side in zip(known, near, strict=True) if name in r]
        found = between_directions([r for r, _ in pairs], [left for _, left in pairs])
        if found is not None:
            rows.append((name, *found))
    keys = [name == KEY[0].metric for name, _, _ in rows]
    sides = established([(key, side.p) for key, (_, side, _) in zip(keys, rows, strict=True)])
    views = established([(key, view.p) for key, (_, _, view) in zip(keys, rows, strict=True)])
    return [
        SideSplit(
            metric=name,
            label=METRICS[name].label,
            relationship=METRICS[name].relationship.value,
            unit=METRICS[name].unit.symbol,
            key=key,
            side=side.value,
            side_low=side.low,
            side_high=side.high,
            side_verdict=("left more" if side.value > 0 else "right more") if own else "not established",
            view=view.value,
            view_low=view.low,
            view_high=view.high,
            view_verdict=("near more" if view.value > 0 else "far more") if seen else "not established",
        )
        for (name, side, view), key, own, seen in zip(rows, keys, sides, views, strict=True)
    ]


def between_directions(runs: Sequence[Repeat], near_left: Sequence[bool]) -> tuple[Shift, Shift] | None:
    """Part left minus right into what stays with the athlete and what turns over with the direction.

    Parameters
    ----------
    runs : one metric of each run
    near_left : whether the left side was the near one in each

    Returns
    -------
    side, view : Shift, or None unless both directions give a difference
        The athlete's own left minus right, and near minus far; only value, interval and p.
    """
    signs = [1.0 if left else -1.0 for left in near_left]
    rows = [(*r.figure("left minus right"), sign) for r, sign in zip(runs, signs, strict=True)]
    rows = [row for row in rows if np.isfinite(row[:2]).all() and row[1] > 0]
    if len({row[3] for row in rows}) < 2:
        return None
    value, se, freedom, sign = np.array(rows).T
    design = np.column_stack([np.ones_like(sign), sign])
    between = 0.0
    if len(value) > 2:
        residual = value - design @ np.linalg.lstsq(design, value, rcond=None)[0]
        between = max(0.0, float(residual @ residual) / (len(value) - 2) - float(np.mean(se**2)))
    weight = 1 / (se**2 + between)
    covariance = np.linalg.inv(design.T @ (weight[:, None] * design))
    solve = covariance @ (design * weight[:, None]).T
    found = []
    for part in solve:
        parts = [(float(p**2 * s**2), float(f)) for p, s, f in zip(part, se, freedom, strict=True)]
        parts.append((float(between * part @ part), max(len(value) - 2, 1)))
        error = float(np.sqrt(sum(v for v, _ in parts)))
        middle, dof = float(part @ value), freedom_of_sum(parts)
        reach = float(student_t.ppf((1 + CERTAINTY) / 2, dof)) * error
        p = float(2 * student_t.sf(abs(middle) / error, dof))
        found.append(Shift(value=middle, low=middle - reach, high=middle + reach, p=p))
    return found[0], found[1]
