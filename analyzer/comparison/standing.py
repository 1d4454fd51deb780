"""The system map: the pushing leg, six relationships around it, and how tightly they kept together.

Each has one number, the first of a list that the clip gives, and where it stands against people at this
speed; each link a number of its own that was measured for two parts together. What is nearest together and
what is furthest apart is of most note where nothing else stands out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite, nan
from typing import TYPE_CHECKING, Final

from analyzer.comparison.findings import Place, place
from analyzer.comparison.from_to import ends
from analyzer.metrics.registry import METRICS
from analyzer.metrics.wording import clear

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis
    from analyzer.data.results import Summary

QUARTER_DEG: Final = 90.0
"""Of a stride of 360: so far apart arm and leg have nothing in common."""


@dataclass(frozen=True)
class Asked:
    """A metric that may stand for a part, and the few words that say what its number is.

    ``below`` are the words for a number clearly below zero, which is then written without its sign.
    """

    metric: str
    words: str
    below: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the body as one system; ``section`` is where the report tells of it."""

    name: str
    section: str
    asked: tuple[Asked, ...]


PUSH: Final = Part(
    "Push leg",
    "push-leg",
    (
        Asked("two_mass_peak_force", "highest push, modelled"),
        Asked("contact_time", "on the ground each step"),
        Asked("push_angle", "lean ahead of the foot at toe-off"),
        Asked("stance_thigh_sweep", "thigh swept back in contact"),
    ),
)
"""The middle of the map."""
AROUND: Final = (
    Part(
        "Swing leg",
        "swing-leg",
        (
            Asked("peak_thigh_flexion", "highest in front"),
            Asked("swing_way_in_contact", "of its way in the push"),
            Asked("swing_thigh_touchdown", "in front at landing", "behind at landing"),
            Asked("peak_thigh_speed", "fastest forward"),
        ),
    ),
    Part(
        "Arm rotation",
        "arms",
        (Asked("shoulder_range", "upper arm's swing"), Asked("peak_arm_speed_backward", "fastest backward")),
    ),
    Part(
        "Torso",
        "torso",
        (
            Asked("trunk_excursion", "rocks in each push"),
            Asked("trunk_lean_mean", "lean forward", "lean backward"),
            Asked("trunk_lean_touchdown", "lean at landing", "lean back at landing"),
        ),
    ),
    Part(
        "Timing",
        "timing",
        (
            Asked("thigh_switch_time", "thighs pass after landing", "thighs pass before landing"),
            Asked("step_time", "landing to landing"),
            Asked("step_frequency", "steps a second"),
        ),
    ),
    Part(
        "Balance",
        "balance",
        (
            Asked("contact_symmetry", "left foot down longer", "right foot down longer"),
            Asked("push_swing_balance", "swing against push leg; 1 is even"),
            Asked("vertical_oscillation", "rise and fall a step"),
        ),
    ),
    Part(
        "Continuity",
        "faster",
        (
            Asked("step_time_variability", "step time's scatter"),
            Asked("lean_unevenness", "lean's scatter from step to step"),
            Asked("relative_phase_scatter", "arm to leg, scatter in a stride"),
        ),
    ),
)
"""The six relationships, three above the pushing leg and three below it.

The first number of each is the one that moved when that relationship was changed, and mostly stayed when
another was, of two rendered runners (``validation.map_alone``). The swing thigh's way in contact and the
swing leg against the push leg move when the thighs only switch later, and the mean lean does not when the
trunk rocks more.
"""


@dataclass(frozen=True)
class Standing:
    """A part in this run: ``metric`` is empty where none of its numbers is given.

    Mean and range are of one sense: where the mean is told without its sign, so is the range.
    """

    part: Part
    metric: str
    words: str
    mean: float
    se: float
    place: Place
    low: float = nan
    high: float = nan


@dataclass(frozen=True)
class Link:
    """Two parts and how tightly they kept together, 1 as one and 0 not at all.

    ``tight`` is NaN where the number does not say, ``mean`` where there is none; ``told`` is what the number
    is, in a few words; ``still`` where no movement between the two was larger than what noise alone makes.
    """

    name: str
    told: str
    metric: str
    mean: float = nan
    se: float = nan
    tight: float = nan
    still: bool = False

    @property
    def seen(self) -> bool:
        """Whether anything can be said of it."""
        return self.still or isfinite(self.mean)


def standings(analysis: Analysis) -> tuple[Standing, tuple[Standing, ...]]:
    """Return the pushing leg and the six around it."""
    return _stands(analysis, PUSH), tuple(_stands(analysis, part) for part in AROUND)


def links(analysis: Analysis) -> tuple[Link, ...]:
    """Return arm with leg, leg with leg, push with swing, trunk with push, each by one number."""
    return (
        _arm_leg(analysis),
        _link(
            analysis, "leg–leg", "of the step the thighs move against each other", "anti_phase_share", 100.0
        ),
        _lag(analysis),
        _trunk(analysis),
    )


def extremes(analysis: Analysis) -> tuple[Link, ...]:
    """Return the tightest link and the loosest, where at least two are seen."""
    seen = sorted((link for link in links(analysis) if isfinite(link.tight)), key=lambda link: -link.tight)
    return (seen[0], seen[-1]) if len(seen) > 1 else ()


def given(analysis: Analysis, metrics: Iterable[str]) -> Summary | None:
    """Return the first of some metrics that the clip gives."""
    rows = (analysis.summary(name) for name in metrics)
    return next((row for row in rows if row is not None and isfinite(row.mean)), None)


def still(analysis: Analysis, metric: str) -> bool:
    """Tell whether a movement is no larger than noise alone would make it, in every step."""
    flags = [v.flags for v in analysis.values if v.metric == metric]
    return bool(flags) and all("floor" in some for some in flags)


def _stands(analysis: Analysis, part: Part) -> Standing:
    row = given(analysis, (asked.metric for asked in part.asked))
    if row is None:
        return Standing(part, "", "", nan, nan, "unseen")
    asked = next(a for a in part.asked if a.metric == row.metric)
    ranged = place(row) != "no range"
    # Lean backward cannot be held against a range of leaning forward.
    turns = bool(asked.below) and not (ranged and row.reference_high > 0)
    turned = turns and row.mean < 0 and clear(row.mean, row.mean_se)
    unclear = bool(asked.below) and not clear(row.mean, row.mean_se)
    if turned:
        low, high = -row.reference_high, -row.reference_low
        row = replace(row, mean=-row.mean, reference_low=low, reference_high=high)
    words = asked.below if turned else f"{asked.words} if above 0" if unclear else asked.words
    return Standing(
        part,
        row.metric,
        f"{words}, mean of a change" if ends(analysis, row.metric) else words,
        row.mean,
        row.mean_se,
        place(row),
        row.reference_low if ranged else nan,
        row.reference_high if ranged else nan,
    )


def _link(analysis: Analysis, name: str, told: str, metric: str, whole: float) -> Link:
    row = given(analysis, (metric,))
    if row is None:
        return Link(name, told, metric)
    return Link(name, told, metric, row.mean, row.mean_se, min(max(row.mean / whole, 0.0), 1.0))


def _arm_leg(analysis: Analysis) -> Link:
    """Arm with leg: how far apart in the stride they turn in front, else how alike their curves are.

    Two curves are as alike when one is only later.
    """
    row = given(analysis, ("arm_leg_phase",))
    if row is None:
        told = "each arm follows the opposite thigh; 1 is one curve"
        return _link(analysis, "arm–leg", told, "arm_leg_correlation", 1.0)
    told = f"of a stride, the arm turns in front {_when(row)} the opposite thigh"
    tight = max(1 - abs(row.mean) / QUARTER_DEG, 0.0)
    return Link("arm–leg", told, row.metric, abs(row.mean), row.mean_se, tight)


def _when(row: Summary) -> str:
    """Say of a delay which way it is, where its sign is clear."""
    if not clear(row.mean, row.mean_se):
        return "before or after"
    return "after" if row.mean > 0 else "before"


def _lag(analysis: Analysis) -> Link:
    """Push with swing: the time between the legs' fastest moments, as a share of the step."""
    told = "the swing leg's momentum peaks that long {} the push leg's"
    row, step = given(analysis, ("push_swing_lag",)), given(analysis, ("step_time",))
    if row is None or step is None:
        return Link("push–swing", told.format("before or after"), "push_swing_lag")
    told = told.format(_when(row))
    tight = max(1 - abs(row.mean) / step.mean, 0.0)
    return Link("push–swing", told, "push_swing_lag", abs(row.mean), row.mean_se, tight)


def _trunk(analysis: Analysis) -> Link:
    """Trunk with push: hips and shoulders rise as one, else how far the trunk turns in contact."""
    rise = _link(
        analysis, "trunk–push", "hips and shoulders rise together; 1 is as one", "hip_shoulder_coherence", 1.0
    )
    if isfinite(rise.tight):
        return rise
    turn = METRICS["trunk_turn_in_contact"]
    if still(analysis, turn.name):
        return Link("trunk–push", "no turn of the trunk seen in the push", turn.name, tight=1.0, still=True)
    row = given(analysis, (turn.name,))
    if row is None:
        return rise
    return Link("trunk–push", "trunk's turn from its mean in the push", turn.name, row.mean, row.mean_se)
