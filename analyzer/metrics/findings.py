"""At most three things that stand out beyond error, each with its evidence; none when nothing does.

The words say what was seen, against what, and how sure it is. They never say why, call anything weak, or
promise speed: a video shows none of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, isfinite, nan
from typing import TYPE_CHECKING, Final

from analyzer.data import Summary, Value
from analyzer.metrics.continuity import pooled_scatter
from analyzer.metrics.references import unsure
from analyzer.metrics.spec import METRICS, Evidence, Metric, Relationship, Unit

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

MOST: Final = 3
BEYOND: Final = 2.0
"""Standard errors by which a mean must lie outside a published range."""
SIDES_BEYOND: Final = 1.6
"""Half-widths of its interval by which a left-right difference must differ from zero.

Some forty are tested in every clip, so a plain 95 % interval would leave two by chance.
"""
ENOUGH: Final = 3
PASSED_OVER: Final = frozenset({
    "foot_slip", "trunk_length_change", "hip_shoulder_coherence", "thigh_whip", "ratio_of_forces",
    "relative_step_length", "relative_toe_off_distance", "flight_contact_ratio", "thigh_switch_share",
})  # fmt: skip
"""Checks of the capture, and the same number in another dress."""
IN_OTHER_WORDS: Final = {
    ("thigh_switch_time", 1): "In the article's terms this is consistent with the swing side arriving late.",
    (
        "swing_thigh_touchdown",
        -1,
    ): "In the article's terms this is consistent with the swing side arriving late.",
    ("trunk_excursion", 1): "In the article's terms this concerns the torso's connection under force.",
    ("shoulder_range", -1): "In the article's terms this concerns how far the arms rotate to support.",
}
"""The founding article's reading of a deviation, by its direction; a reading, not a measurement."""


@dataclass(frozen=True)
class Finding:
    """One thing that stands out.

    ``value`` and ``sd`` are the number and its standard error in the metric's own unit; ``step`` is the
    step that shows it best, None when no single one does; ``strength`` ranks findings.
    """

    title: str
    relationship: Relationship
    text: str
    metric: str
    step: int | None
    value: float
    sd: float
    strength: float


def findings(analysis: Analysis) -> list[Finding]:
    """Return what stands out, the clearest first, one a relationship, at most three."""
    found: list[Finding] = []
    for row in analysis.summaries:
        metric = METRICS.get(row.metric)
        if metric is None or row.metric in PASSED_OVER or metric.evidence is Evidence.INTERPRETATION:
            continue
        values = [v for v in analysis.values if v.metric == row.metric and isfinite(v.value)]
        found += [f for f in (_outside(metric, row, values), _sided(metric, row, values)) if f]
    found += _uneven(analysis.values)
    found.sort(key=lambda f: -f.strength)
    seen: set[Relationship] = set()
    chosen = []
    for finding in found:
        if finding.relationship not in seen:
            seen.add(finding.relationship)
            chosen.append(finding)
    return chosen[:MOST]


def _outside(metric: Metric, row: Summary, values: Sequence[Value]) -> Finding | None:
    """Outside the published range of those who run like this athlete, by more than its error."""
    if row.metric in unsure() or row.n < (ENOUGH if metric.per_step else 1) or not row.mean_se > 0:
        return None
    above = row.mean > row.reference_high
    outside = row.mean - row.reference_high if above else row.reference_low - row.mean
    if not outside > BEYOND * row.mean_se:
        return None
    far = max(values, key=lambda v: v.value if above else -v.value, default=None)
    text = (
        f"{row.label} was {number(metric, row.mean, row.mean_se)}; "
        f"published for {row.reference_source}: "
        f"{number(metric, row.reference_low)} to {number(metric, row.reference_high)}."
    )
    reading = IN_OTHER_WORDS.get((row.metric, 1 if above else -1))
    text += f" {reading}" if reading else ""
    return Finding(
        f"{row.label} {'above' if above else 'below'} the published range",
        metric.relationship,
        f"{text} Video cannot tell why.",
        row.metric,
        far.step if far else None,
        row.mean,
        row.mean_se,
        outside / hypot(row.mean_se, (row.reference_high - row.reference_low) / 2),
    )


def _sided(metric: Metric, row: Summary, values: Sequence[Value]) -> Finding | None:
    """Left and right differ by clearly more than the clip can resolve."""
    half = (row.difference_ci_high - row.difference_ci_low) / 2
    if metric.relationship is Relationship.ARMS:
        return None  # the trunk hides much of the far arm's swing
    if not abs(row.difference) > SIDES_BEYOND * half:
        return None
    side = "left" if row.difference > 0 else "right"
    mine = [v for v in values if v.side == side]
    if min(len(mine), len(values) - len(mine)) < ENOUGH:
        return None
    return Finding(
        f"{row.label} differs between left and right",
        metric.relationship,
        f"{row.label}: left {number(metric, row.left_mean)}, right {number(metric, row.right_mean)}; "
        f"with the trend over the steps removed they differ by {number(metric, abs(row.difference))} "
        f"(95 % interval ± {number(metric, half)}). One side was further from the camera and partly hidden, "
        "which can look the same: film a run in each direction to tell.",
        row.metric,
        max(mine, key=lambda v: v.value).step,
        row.difference,
        half / 1.96,
        # One view cannot part side from occlusion: such a finding stands behind equally clear others.
        0.5 * abs(row.difference) / half,
    )


def _uneven(values: Sequence[Value]) -> list[Finding]:
    """The relationships together scatter more the faster the step."""
    growth = pooled_scatter([values])
    if not (growth.established and growth.value > 0):
        return []
    return [
        Finding(
            "Movement less even at higher speed",
            Relationship.BALANCE,
            f"Over the seven relationships together the scatter from step to step grew by "
            f"{100 * growth.value:.0f} % for each m/s (95 % interval {100 * growth.low:.0f} to "
            f"{100 * growth.high:.0f} %). Within one run speed cannot be told from step number or fatigue: "
            "runs at several speeds can.",
            "step_speed",
            None,
            growth.value,
            (growth.high - growth.low) / (2 * 1.96),
            1.0,
        )
    ]


def number(metric: Metric, value: float, sd: float = nan) -> str:
    """Return a number as people say it: milliseconds, centimetres of what is small, with its error."""
    factor, symbol, decimals = 1.0, metric.unit.symbol, metric.decimals
    if metric.unit is Unit.SECOND:
        factor, symbol, decimals = 1000.0, "ms", max(0, decimals - 3)
    elif metric.unit is Unit.METRE and decimals > 2:
        factor, symbol, decimals = 100.0, "cm", decimals - 2
    text = f"{factor * value:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
    if isfinite(sd):
        text += f" ± {factor * sd:.{decimals}f}"
    return f"{text} {symbol}".rstrip().replace(" °", "°")
