"""Findings of one run: at most three things that stand out beyond error, each with its evidence, or none.

From ranges that were read in their sources, from left against right, and from the run's own course. The words
say what was seen, against what, and how sure it is. They never say why, call anything weak, or promise speed:
a video shows none of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, isfinite, nan
from typing import TYPE_CHECKING, Final, Literal

from analyzer.body.skeleton import Side, other
from analyzer.comparison.baseline import GROUP
from analyzer.comparison.speed_trends import courses, pooled_scatter
from analyzer.data.results import Summary, Value
from analyzer.metrics.breaking import in_row
from analyzer.metrics.references import unsure, unsure_groups
from analyzer.metrics.registry import METRICS, Evidence, Metric, Relationship
from analyzer.metrics.sides import BOTH_SEEN, told
from analyzer.metrics.summary import NORMAL_95
from analyzer.metrics.wording import interval, number

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis

MOST: Final = 3
"""Findings that are told."""
BEYOND: Final = 2.0
"""Standard errors by which a mean must lie outside a published range."""
ENOUGH: Final = 3
"""Values behind a mean, and on each side of a difference."""
PASSED_OVER: Final = frozenset({
    "foot_slip", "hip_shoulder_coherence", "thigh_whip", "ratio_of_forces",
    "relative_step_length", "relative_toe_off_distance", "flight_contact_ratio", "thigh_switch_share",
})  # fmt: skip
"""No finding is drawn from these: checks of the capture, and the same number in another dress."""
ONE_VIEW: Final = 0.5
"""Factor on the strength of a left-right difference: one view cannot part side from occlusion, so that it
stands behind equally clear findings."""
OWN_COURSE: Final = 0.5
"""Factor on the strength of a course with speed: within one run speed is not told from step number or
lean."""
UNEVEN: Final = 1.0
"""Strength of a scatter that grows with speed: that of a mean as far outside its range as the range's
half-width and its error together."""

Place = Literal["inside", "above", "below", "edge", "no range", "unseen"]
"""Where a number stands: in the range of people at this speed; outside it by more than twice its error, or by
less; no range that was read in its source fits; or it is not to be seen in this clip."""


@dataclass(frozen=True)
class Finding:
    """One thing that stands out.

    ``value`` and ``sd`` are the number and its standard error in the metric's own unit; ``step`` is the
    step that shows it best, None when no single one does, and ``time_s`` the moment to look at, NaN then;
    ``strength`` ranks findings; ``way`` is whether there is "more" or "less" of it than of what it was held
    against, "any" where that has no direction.
    """

    title: str
    relationship: Relationship
    text: str
    metric: str
    step: int | None
    time_s: float
    value: float
    sd: float
    strength: float
    way: Literal["more", "less", "any"] = "any"


def findings(analysis: Analysis) -> list[Finding]:
    """Return what stands out, the clearest first, one a relationship, at most three.

    Nothing does where the view shows nothing along the lane: its numbers are not to be trusted.
    """
    if not analysis.motion.view.shows_lane:
        return []
    found: list[Finding] = []
    for metric, row in _looked_at(analysis):
        found += [f for f in (_outside(analysis, metric, row), _sided(analysis, metric, row)) if f]
    found += [*_left_baseline(analysis), *_uneven(analysis.values)]
    found.sort(key=lambda f: -f.strength)
    seen: set[Relationship] = set()
    chosen = []
    for finding in found:
        if finding.relationship not in seen:
            seen.add(finding.relationship)
            chosen.append(finding)
    return chosen[:MOST]


def compared(analysis: Analysis) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of what could be held against a published range, and of what left against right."""
    rows = _looked_at(analysis) if analysis.motion.view.shows_lane else []
    return (
        tuple(row.label for metric, row in rows if _ranged(metric, row)),
        tuple(row.label for metric, row in rows if _both_sides(analysis, metric, row)),
    )


def _looked_at(analysis: Analysis) -> list[tuple[Metric, Summary]]:
    rows = [(METRICS[r.metric], r) for r in analysis.summaries if r.metric in METRICS]
    return [
        (metric, row)
        for metric, row in rows
        if row.metric not in PASSED_OVER and metric.evidence is not Evidence.INTERPRETATION
    ]


def _ranged(metric: Metric, row: Summary) -> bool:
    """Tell whether a range that was read in its source fits, and a mean to hold against it."""
    return (
        isfinite(row.reference_low)
        and well_known(row)
        and row.n >= (ENOUGH if metric.per_step else 1)
        and row.mean_se > 0
    )


def well_known(row: Summary) -> bool:
    """Tell whether a range is the athlete's own, or was read in a source that is not in doubt."""
    if row.reference_group == GROUP:
        return True
    doubted = row.metric in unsure() or row.reference_group in unsure_groups()
    return row.reference_verified and not doubted


def place(row: Summary) -> Place:
    """Return where a mean stands against the range that fits, if it was read in its source."""
    if not (isfinite(row.reference_low) and well_known(row)):
        return "no range"
    outside = max(row.mean - row.reference_high, row.reference_low - row.mean)
    if outside <= 0:
        return "inside"
    if outside <= BEYOND * row.mean_se:
        return "edge"
    return "above" if row.mean > row.reference_high else "below"


def beyond_unchecked(analysis: Analysis) -> tuple[list[str], int]:
    """Return labels of what lies outside a range that nothing is concluded from, and how many have one.

    By more than twice the error; such ranges were not read in their sources, or are in doubt.
    """
    rows = [
        (metric, row)
        for metric, row in _looked_at(analysis)
        if isfinite(row.mean) and isfinite(row.reference_low) and not well_known(row)
    ]
    beyond = [
        metric.label
        for metric, row in rows
        if max(row.mean - row.reference_high, row.reference_low - row.mean) > BEYOND * row.mean_se
    ]
    return beyond, len(rows)


def _both_sides(analysis: Analysis, metric: Metric, row: Summary) -> bool:
    """Tell whether left and right can be held against each other."""
    sides = [v.side for v in in_row(analysis.values, metric.name)]
    return (
        metric.relationship in BOTH_SEEN
        and isfinite(row.difference_ci_low)
        and min(sides.count("left"), sides.count("right")) >= ENOUGH
    )


def _outside(analysis: Analysis, metric: Metric, row: Summary) -> Finding | None:
    """Outside the range of those who run like this athlete, or of own runs, by more than its error."""
    where = place(row) if _ranged(metric, row) else "no range"
    if where not in ("above", "below"):
        return None
    above = where == "above"
    steps = in_row(analysis.values, metric.name)
    far = max(steps, key=lambda v: v.value if above else -v.value, default=None)
    over = f" over {row.n} values" if row.n > 1 else ""
    own = row.reference_group == GROUP
    which = "range of own runs" if own else "published range"
    text = (
        f"{number(metric, row.mean, row.mean_se)}{over}; {'before' if own else 'published'}: "
        f"{interval(metric, row.reference_low, row.reference_high)} ({row.reference_source}). "
        "Video cannot tell why."
    )
    outside = max(row.mean - row.reference_high, row.reference_low - row.mean)
    strength = outside / hypot(row.mean_se, (row.reference_high - row.reference_low) / 2)
    return Finding(
        f"{row.label} {where} the {which}",
        metric.relationship,
        text,
        row.metric,
        far.step if far else None,
        _when(analysis, metric, far),
        row.mean,
        row.mean_se,
        strength,
        "more" if above else "less",
    )


def _sided(analysis: Analysis, metric: Metric, row: Summary) -> Finding | None:
    """Left and right differ by clearly more than the clip can resolve."""
    half = (row.difference_ci_high - row.difference_ci_low) / 2
    clear = told(metric.relationship, row.difference_ci_low, row.difference_ci_high)
    if not (_both_sides(analysis, metric, row) and clear):
        return None
    side: Side = "left" if row.difference > 0 else "right"
    own = [v for v in in_row(analysis.values, metric.name) if v.side == side]
    shows = max(own, key=lambda v: v.value)
    return Finding(
        f"{row.label}: {side} more than {other(side)}",
        metric.relationship,
        f"{number(metric, abs(row.difference))} apart (95 % interval ± {number(metric, half)}) from step to "
        "step, with what changed along the run left aside; all left and all right steps have means of "
        f"{number(metric, row.left_mean)} and {number(metric, row.right_mean)}. The "
        f"{other(analysis.motion.near_side)} side was the far one and partly hidden, which can look the "
        "same: only a run in each direction tells.",
        row.metric,
        shows.step,
        _when(analysis, metric, shows),
        row.difference,
        half / NORMAL_95,
        ONE_VIEW * abs(row.difference) / half,
    )


def _when(analysis: Analysis, metric: Metric, value: Value | None) -> float:
    """Return the moment of its step at which a picture shows a value best, s; NaN for no step."""
    step = next((s for s in analysis.steps if value is not None and s.number == value.step), None)
    if step is None:
        return nan
    return step.toe_off_s if metric.moment == "toe_off" else step.touchdown_s


def _left_baseline(analysis: Analysis) -> list[Finding]:
    """What moved with the run's speed, and the step in which it left the slower steps' scatter."""
    found = []
    for one in courses([analysis.values]):
        metric, level = METRICS[one.metric], one.level
        at = next((v for v in in_row(analysis.values, one.metric) if v.step == one.leaves_step), None)
        if at is None:
            continue
        half = (level.high - level.low) / 2
        moved = "rose" if level.value > 0 else "fell"
        ends = sorted((abs(level.low), abs(level.high)))
        found.append(
            Finding(
                f"{metric.label} {moved} with speed",
                metric.relationship,
                f"By {number(metric, abs(level.value))} for each m/s (95 % interval "
                f"{interval(metric, *ends)}); from {one.leaves_mps:.1f} m/s on, in step {one.leaves_step}, "
                f"it "
                "was beyond the scatter of the slower steps. In one run speed cannot be told from step "
                "number or lean.",
                one.metric,
                at.step,
                _when(analysis, metric, at),
                level.value,
                half / NORMAL_95,
                OWN_COURSE * abs(level.value) / half,
            )
        )
    return found


def _uneven(values: Sequence[Value]) -> list[Finding]:
    """The relationships together scatter more the faster the step."""
    growth = pooled_scatter([values])
    if not (growth.established and growth.value > 0):
        return []
    return [
        Finding(
            "Movement less even at higher speed",
            Relationship.BALANCE,
            f"Over the relationships seen, together, the scatter from step to step grew by "
            f"{100 * growth.value:.0f} % for each m/s (95 % interval {100 * growth.low:.0f} to "
            f"{100 * growth.high:.0f} %). Within one run speed cannot be told from step number or fatigue: "
            "runs at several speeds can.",
            "step_speed",
            None,
            nan,
            growth.value,
            (growth.high - growth.low) / (2 * NORMAL_95),
            UNEVEN,
        )
    ]
