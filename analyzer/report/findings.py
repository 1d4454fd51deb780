"""At most three things that stand out beyond error, each with its evidence; none when nothing does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analyzer.data import Summary, Value
from analyzer.metrics import METRICS
from analyzer.metrics.spec import Evidence, Relationship
from analyzer.plots import shown
from analyzer.report.wording import interval, number

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

MOST: Final = 3
CLEAR: Final = 1.96
"""Standard errors beyond a published range, or beyond zero, before anything is said."""
ENOUGH: Final = 3
"""Values behind a mean, and on each side of a difference."""
# Outcomes of everything else, or checks of the capture: shown in their place, not picked out.
_PASSED_OVER: Final = frozenset({"foot_slip", "trunk_length_change", "hip_shoulder_coherence"})
# A hidden arm or thigh makes a difference of its own; both feet are seen on the ground. The others
# are marked in their tables.
_BOTH_SEEN: Final = (Relationship.STEPS, Relationship.TIMING)


@dataclass(frozen=True)
class Finding:
    """One thing that stands out: words, the evidence, where it is shown, and when to look."""

    title: str
    text: str
    relationship: Relationship
    metric: str
    time_s: float
    strength: float


def findings(analysis: Analysis) -> list[Finding]:
    """Return what stands out, the clearest first, one a relationship.

    A mean stands out when it lies outside the published range that fits by more than its error; a
    left-right difference when its confidence interval leaves out zero. Words describe what was seen
    and do not say why.
    """
    found: list[Finding] = []
    for row in analysis.summaries:
        metric = METRICS.get(row.metric)
        if metric is None or row.metric in _PASSED_OVER or metric.evidence is Evidence.INTERPRETATION:
            continue
        found += [f for f in (_beyond(analysis, row), _sided(analysis, row)) if f is not None]
    found.sort(key=lambda f: -f.strength)
    chosen: list[Finding] = []
    for finding in found:
        if finding.relationship not in {f.relationship for f in chosen}:
            chosen.append(finding)
    return chosen[:MOST]


def _beyond(analysis: Analysis, row: Summary) -> Finding | None:
    """Outside the published range by more than the error."""
    if not math.isfinite(row.mean_se) or row.mean_se <= 0 or row.n < ENOUGH:
        return None
    metric = METRICS[row.metric]
    outside = max(row.reference_low - row.mean, row.mean - row.reference_high)
    if not outside > CLEAR * row.mean_se:
        return None
    way = "above" if row.mean > row.reference_high else "below"
    values = _values(analysis, row.metric)
    shows = max(values, key=lambda v: v.value if way == "above" else -v.value, default=None)
    band = interval(metric, row.reference_low, row.reference_high)
    return Finding(
        f"{row.label} {way} the published range",
        f"{number(metric, row.mean, row.mean_se)} over {row.n} values; published: {band} "
        f"({row.reference_source}).",
        metric.relationship,
        row.metric,
        _when(analysis, shows),
        outside / row.mean_se / (2 if "unverified" in row.reference_source else 1),
    )


def _sided(analysis: Analysis, row: Summary) -> Finding | None:
    """Left and right differ beyond their error."""
    low, high = row.difference_ci_low, row.difference_ci_high
    if not (low > 0 or high < 0):
        return None
    values = _values(analysis, row.metric)
    if min(sum(v.side == side for v in values) for side in ("left", "right")) < ENOUGH:
        return None
    metric = METRICS[row.metric]
    if metric.relationship not in _BOTH_SEEN:
        return None
    more, less = ("left", "right") if row.difference > 0 else ("right", "left")
    shows = max((v for v in values if v.side == more), key=lambda v: v.value, default=None)
    factor, symbol, decimals = shown(metric)
    size = f"{abs(factor * row.difference):.{decimals}f} {symbol}".strip().replace(" °", "°")
    half = factor * (high - low) / 2
    return Finding(
        f"{row.label}: {more} more than {less}",
        f"By {size} (± {half:.{decimals}f} at 95 % confidence; "
        f"left {number(metric, row.left_mean)}, right {number(metric, row.right_mean)}). "
        f"The {_far(analysis)} side is the far one in this view: only runs filmed from both sides "
        "can tell the athlete from the view.",
        metric.relationship,
        row.metric,
        _when(analysis, shows),
        CLEAR * abs(row.difference) / ((high - low) / 2) / 2,  # one view: counts for half
    )


def _values(analysis: Analysis, metric: str) -> list[Value]:
    return [v for v in analysis.values if v.metric == metric and math.isfinite(v.value)]


def _far(analysis: Analysis) -> str:
    return "left" if analysis.motion.near_side == "right" else "right"


def _when(analysis: Analysis, value: Value | None) -> float:
    """Touchdown of the step that shows it best; NaN when it belongs to no step."""
    step = next((s for s in analysis.steps if value is not None and s.number == value.step), None)
    return step.touchdown_s if step else math.nan
