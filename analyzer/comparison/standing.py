"""The system map: the pushing leg, six relationships around it, and how tightly they kept together.

Each has one number, the first of a list that the clip gives, and where it stands against people at this
speed; each link a number of its own that was measured for two parts together, the same in every clip. Links
are of unlike kinds and are not ranked against each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import cos, isfinite, nan, radians, tan
from typing import TYPE_CHECKING, Final

from analyzer.comparison.findings import Place, place
from analyzer.comparison.from_to import ends
from analyzer.metrics.registry import METRICS
from analyzer.metrics.sides import told as differ
from analyzer.metrics.wording import clear

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis
    from analyzer.data.results import Summary

SYMMETRY: Final = "contact_symmetry"
"""A symmetry angle, which nobody reads: it is told as the milliseconds that one foot is down longer."""
UNCLEAR: Final = ", not clear"
"""Said of a side that is not told as different."""


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
        "Arms",
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
            Asked(SYMMETRY, "left foot down longer", "right foot down longer"),
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

    Mean and range are of one sense: where the mean is told without its sign, so is the range. ``unread``
    where a published range fits that is not well known, and nothing is concluded from it.
    """

    part: Part
    metric: str
    words: str
    mean: float
    se: float
    place: Place
    low: float = nan
    high: float = nan
    unread: bool = False


@dataclass(frozen=True)
class Link:
    """Two parts and how tightly they kept together, 1 as one and 0 not at all.

    ``tight`` is NaN where that is not known, ``mean`` where there is no number; ``way`` is which of the two
    is ahead, in a word or two, where that is clear, and ``mean`` then has no sign; ``told`` is what the
    number is, read on from it; ``still`` where no movement between the two was larger than what noise alone
    makes.
    """

    name: str
    told: str
    metric: str
    mean: float = nan
    se: float = nan
    tight: float = nan
    still: bool = False
    way: str = ""

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


def given(analysis: Analysis, metrics: Iterable[str]) -> Summary | None:
    """Return the first of some metrics that the clip gives; none where it is filmed along the lane."""
    if not analysis.motion.view.shows_lane:
        return None
    rows = (analysis.summary(name) for name in metrics)
    return next((row for row in rows if row is not None and isfinite(row.mean)), None)


def still(analysis: Analysis, metric: str) -> bool:
    """Tell whether a movement is no larger than noise alone would make it, in every step."""
    if not analysis.motion.view.shows_lane:
        return False
    flags = [v.flags for v in analysis.values if v.metric == metric]
    return bool(flags) and all("floor" in some for some in flags)


def _stands(analysis: Analysis, part: Part) -> Standing:
    row = given(analysis, (asked.metric for asked in part.asked))
    if row is None:
        return Standing(part, "", "", nan, nan, "unseen")
    asked = next(a for a in part.asked if a.metric == row.metric)
    if row.metric == SYMMETRY:
        return _sided(analysis, part, asked, row)
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
        f"{words}, mean while it changed" if ends(analysis, row.metric) else words,
        row.mean,
        row.mean_se,
        place(row),
        row.reference_low if ranged else nan,
        row.reference_high if ranged else nan,
        not ranged and isfinite(row.reference_low),
    )


def _sided(analysis: Analysis, part: Part, asked: Asked, row: Summary) -> Standing:
    """Say how much longer one foot is down, ms; the same rule as everywhere tells whether it is clear."""
    contact = given(analysis, ("contact_time",))
    if contact is None:
        rest = tuple(other for other in part.asked if other.metric != SYMMETRY)
        return replace(_stands(analysis, replace(part, asked=rest)), part=part)
    longer = [
        2 * contact.mean * tan(radians(0.9 * end))
        for end in (row.mean, row.reference_low, row.reference_high)
    ]
    words = asked.words
    if row.mean < 0:
        words, longer = asked.below, [-longer[0], -longer[2], -longer[1]]
    mean, low, high = longer
    if not differ(
        METRICS[contact.metric].relationship, contact.difference_ci_low, contact.difference_ci_high
    ):
        words += UNCLEAR
    se = 2 * contact.mean * radians(0.9) * row.mean_se / cos(radians(0.9 * row.mean)) ** 2
    where = place(row)
    if row.mean < 0 and where in ("above", "below"):
        where = "below" if where == "above" else "above"
    ranged = where != "no range"
    return Standing(
        part, contact.metric, words, mean, se, where, low if ranged else nan, high if ranged else nan
    )


def _link(analysis: Analysis, name: str, told: str, metric: str, whole: float = 0.0) -> Link:
    row = given(analysis, (metric,))
    if row is None:
        return Link(name, told, metric)
    tight = min(max(row.mean / whole, 0.0), 1.0) if whole else nan
    return Link(name, told, metric, row.mean, row.mean_se, tight)


def _arm_leg(analysis: Analysis) -> Link:
    """Arm with leg: how far ahead of or behind the opposite thigh it swings, over whole strides.

    As tight as the two curves are alike where they are laid over each other, not shifted: what swings in
    another form or at another moment is not together.
    """
    row, alike = given(analysis, ("arm_leg_lag",)), given(analysis, ("arm_leg_correlation",))
    told = "of a stride of 360° by which the arm swings {} the opposite thigh"
    if row is None:
        return Link("arm–leg", told.format("ahead of or behind"), "arm_leg_lag")
    likeness = alike.mean if alike is not None else nan
    tight = max(likeness * cos(radians(row.mean)), 0.0) if isfinite(likeness) else nan
    ways = ("behind", "ahead of", "arm behind", "arm ahead")
    return _delay("arm–leg", told, row, tight, ways)


def _delay(name: str, told: str, row: Summary, tight: float, ways: tuple[str, str, str, str]) -> Link:
    """Return a delay, with its way and without its sign where that is clear.

    ``ways`` are the words for later and for earlier, and both in short.
    """
    after, before, later, sooner = ways
    if not clear(row.mean, row.mean_se):
        return Link(name, told.format(f"{before} or {after}"), row.metric, row.mean, row.mean_se, tight)
    late = row.mean > 0
    told, way = told.format(after if late else before), later if late else sooner
    return Link(name, told, row.metric, abs(row.mean), row.mean_se, tight, way=way)


def _lag(analysis: Analysis) -> Link:
    """Push with swing: the time between the legs' fastest moments, as a share of the step."""
    told = "by which the swing leg's momentum peaks {} the push leg's"
    row, step = given(analysis, ("push_swing_lag",)), given(analysis, ("step_time",))
    if row is None or step is None:
        return Link("push–swing", told.format("before or after"), "push_swing_lag")
    tight = max(1 - abs(row.mean) / step.mean, 0.0)
    return _delay("push–swing", told, row, tight, ("after", "before", "swing later", "swing earlier"))


def _trunk(analysis: Analysis) -> Link:
    """Trunk with push: how far the trunk turns in contact."""
    turn = "trunk_turn_in_contact"
    if still(analysis, turn):
        return Link("trunk–push", "no turn of the trunk seen in the push", turn, still=True)
    return _link(analysis, "trunk–push", "of turn of the trunk from its mean in the push", turn)
