"""The Sprint Mechanics Assessment Score: what each of its twelve items is proposed from, and the proposal.

The score (Bramah et al. 2024) is a person's, who looks at stills of a sprint at maximal speed: an item counts
1 where its feature is there, and 0 (best) to 12 are the sum of a side. Here every item that joints seen from
the side can tell has a number with its standard error; what is clear of the threshold by that error is
proposed, what is not is left open. A side is that of the foot that lands, and its trailing leg is the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from math import isfinite, nan
from typing import Final, Literal

from analyzer.arrays import Array
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import SIDES, Side, other
from analyzer.data.analysis import Analysis
from analyzer.data.results import Answer, OfFoot
from analyzer.data.steps import Step
from analyzer.metrics.registry import METRICS, Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run
from analyzer.metrics.smas_scope import HINDERED, hindered
from analyzer.metrics.wording import CLEAR, signed

SOURCE: Final = "Bramah2024"
"""Key of the work, in ``references.toml``."""
FOOT_OF_STATURE: Final = 0.152
"""Length of a foot as a share of stature (Drillis & Contini 1966, as in Winter 2009)."""
STRAIGHT_DEG: Final = 10.0
"""Knee flexion up to which a knee passes for fully extended: our reading, the score gives no number."""
BEHIND_DEG: Final = -15.0
"""Thigh behind the vertical with which a knee is behind the gluteals: our reading. They lie about half of
the body's depth behind the hip joint, a third of a thigh."""
VISIBLE_DEG: Final = 10.0
"""Tilt of a foot from the floor that leaves a gap to be seen: our reading; 5 cm under a foot of 27 cm."""
POINTS: Final = 12
"""Items, and the worst sum."""
SEM: Final = 1
"""Standard error of measurement of a person's sum, points (Bramah et al. 2024)."""
BENCHMARKS: Final = (
    (1, "excellent"), (2, "good"), (5, "average"), (6, "poor"), (11, "very poor"), (POINTS, "extremely poor"),
)  # fmt: skip
"""The highest sum of each class, by T-scores of 136 elite footballers (Bramah et al. 2024)."""


class Phase(Enum):
    """The moments that are looked at, in the order of time."""

    OFF = "Toe-off of the other foot"
    HIGHEST = "Middle of the flight"
    LATE_SWING = "Late swing"
    TOUCHDOWN = "Touchdown"
    MID_STANCE = "Mid-stance"


class Proposal(Enum):
    """What is proposed of an item; ``UNSEEN`` where this clip, or any from the side, cannot show it.

    ``NONE`` where the score is not made for this run: no item of it is proposed.
    """

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"
    UNSEEN = "not to be seen"
    NONE = ""


WHY: Final = HINDERED | {
    "pelvis": "joints do not tell the tilt of the pelvis or the arch of the back: look at the pictures",
    "rotation": "one view from the side does not tell how far trunk and pelvis turn: look at the pictures",
    "foot": "no step that lands on this foot was seen well enough",
}
"""Why an item is not to be seen, by its reason; the others are those of ``wording.REASONS``."""


def highest(run: Run, step: Step) -> float:
    """Return the middle of the flight before a contact, s."""
    return (run.toe_off(step, -1) + step.touchdown_s) / 2


def late_swing(run: Run, step: Step) -> float:
    """Return when the landing leg's knee is straightest in the second half of the flight, s."""
    knee = run.motion.angles[f"{step.side}_knee"]
    return run.peak(-knee, highest(run, step), step.touchdown_s)[0]


def over_ankle(run: Run, step: Step) -> float:
    """Return when the pelvis passes over the ankle of the foot on the ground, s."""
    ankle = run.motion.joint(f"{step.side}_ankle")[:, 0]
    hips = (run.motion.joint("left_hip") + run.motion.joint("right_hip"))[:, 0] / 2
    middle = (step.touchdown_s + step.toe_off_s) / 2
    return run.crossing(hips - ankle, step.touchdown_s, step.toe_off_s, middle)


_MOMENTS: Final = {Phase.HIGHEST: highest, Phase.LATE_SWING: late_swing, Phase.MID_STANCE: over_ankle}


def moment(run: Run, step: Step, phase: Phase) -> float:
    """Return when an item of a step, named by its landing, is looked at, s; NaN where that is not seen."""
    if phase is Phase.TOUCHDOWN:
        return step.touchdown_s
    if phase is Phase.OFF:
        return run.toe_off(step, -1)
    return _MOMENTS[phase](run, step)


def _feet(run: Run, metres: Array) -> Array:
    """Return lengths in feet of this body: its scale does not matter."""
    return metres / (FOOT_OF_STATURE * run.motion.leg_length / LEG_OF_STATURE)


def trailing_shank(run: Run, step: Step) -> float:
    """Angle of the trailing leg's shank in the middle of the flight before a contact."""
    return run.angle(f"{other(step.side)}_shank", highest(run, step))


def trailing_thigh(run: Run, step: Step) -> float:
    """Angle of the trailing leg's thigh when the landing leg's knee is straightest, late in its swing."""
    return run.angle(f"{other(step.side)}_thigh", late_swing(run, step))


def heel_gap(run: Run, step: Step) -> float:
    """How far the landing foot's heel is ahead of the centre of mass at touchdown, in lengths of a foot."""
    heel = run.motion.joint(f"{step.side}_heel")[:, 0]
    return run.at(_feet(run, heel - run.motion.com[:, 0]), step.touchdown_s)


def foot_tilt(run: Run, step: Step) -> float:
    """Angle of the landing foot, from heel to toe, at touchdown."""
    return run.angle(f"{step.side}_foot", step.touchdown_s)


def knee_over_toes(run: Run, step: Step) -> float:
    """How far the knee is ahead of the toe as the pelvis passes over the ankle, in lengths of a foot."""
    knee, toe = (run.motion.joint(f"{step.side}_{name}")[:, 0] for name in ("knee", "foot_index"))
    return run.at(_feet(run, knee - toe), over_ankle(run, step))


def _proxy(
    label: str, sign: str, unit: Unit, *, side: Literal["stance", "swing"] = "stance", fps: float = 100.0
) -> Metric:
    return Metric(
        label=label,
        unit=unit,
        relationship=Relationship.PUSH_LEG if side == "stance" else Relationship.SWING_LEG,
        sign=sign,
        min_fps=fps,
        evidence=Evidence.DERIVED if unit is Unit.RATIO else Evidence.MEASURED,
        citations=(SOURCE,),
        needs=("on_axis",),
        side=side,
        decimals=2 if unit is Unit.RATIO else 1,
    )


OWN: Final = {
    metric.name: metric
    for metric in (
        _proxy(
            "Shank of the trailing leg in mid-flight",
            "From vertical, above 90 with the ankle higher than the knee.",
            Unit.DEGREE,
            side="swing",
        ).of_function(trailing_shank),
        _proxy(
            "Thigh of the trailing leg late in swing",
            "From hanging down, negative with the knee behind the hip.",
            Unit.DEGREE,
            side="swing",
        ).of_function(trailing_thigh),
        _proxy(
            "Heel ahead of the centre of mass at touchdown",
            "Positive with the heel ahead.",
            Unit.RATIO,
        ).of_function(heel_gap),
        _proxy(
            "Tilt of the foot at touchdown",
            "From the floor, positive with the heel above the toe.",
            Unit.DEGREE,
        ).of_function(foot_tilt),
        _proxy(
            "Knee ahead of the toe at mid-stance",
            "Positive with the knee ahead.",
            Unit.RATIO,
        ).of_function(knee_over_toes),
    )
}
"""What the score asks and no metric gives, by name: told on its sheet alone, with errors as of any metric."""


@dataclass(frozen=True)
class Limit:
    """Where a number has the feature: ``over`` or under a threshold, in its unit.

    ``leaving`` : the number is one of the contact before, from which the trailing leg has just left
    """

    metric: str
    over: bool
    threshold: float
    leaving: bool = False

    @property
    def of(self) -> Metric:
        """What is measured."""
        return OWN[self.metric] if self.metric in OWN else METRICS[self.metric]

    @property
    def counted(self) -> str:
        """What stands behind a number without a unit of its own: ratios of the sheet are counted in feet."""
        return " × foot length" if self.of.unit is Unit.RATIO else ""


@dataclass(frozen=True)
class Item:
    """An item of the score.

    number : its place
    name, seen : what it is called here, and what counts as 1
    limits : what it is proposed from; without any, ``why`` is the reason in ``WHY``
    together : whether the feature needs all limits, or one of them
    reading : how the score's words became numbers, where they are none
    beside : metric of another point of the same thing, told beside it
    """

    number: int
    phase: Phase
    name: str
    seen: str
    limits: tuple[Limit, ...] = ()
    together: bool = True
    why: str = ""
    reading: str = ""
    beside: str = ""


ITEMS: Final = (
    Item(
        1, Phase.OFF, "Trailing leg extended",
        "the trailing thigh 45° or more behind the vertical, and its knee straight",
        (
            Limit("thigh_angle_toe_off", False, -45.0, leaving=True),
            Limit("knee_flexion_toe_off", False, STRAIGHT_DEG, leaving=True),
        ),
        reading="a knee bent by 10° or less is taken for straight",
    ),
    Item(
        2, Phase.HIGHEST, "Back kick", "the trailing leg's heel higher than its knee",
        (Limit("trailing_shank", True, 90.0),),
    ),
    Item(
        3, Phase.HIGHEST, "Trunk and pelvis turn",
        "the trunk twists or the arms swing wide, so that the far shoulder and upper arm are seen",
        why="rotation",
    ),
    Item(
        4, Phase.LATE_SWING, "Thighs apart in late swing", "the trailing knee behind the gluteals",
        (Limit("trailing_thigh", False, BEHIND_DEG),),
        reading="a thigh 15° behind the vertical has its knee there",
    ),
    Item(
        5, Phase.LATE_SWING, "Arched back before landing",
        "from mid-flight on the lower back arched, the chest lifted, the bottom behind the body",
        why="pelvis",
    ),
    Item(
        6, Phase.TOUCHDOWN, "Leaning forward", "the trunk more than 15° from the vertical",
        (Limit("trunk_lean_touchdown", True, 15.0),),
        reading="from the middle of the hips to that of the shoulders; the score draws it to the neck's root",
    ),
    Item(
        7, Phase.TOUCHDOWN, "Arched back at touchdown",
        "the lower back arched, the bottom behind the body", why="pelvis",
    ),
    Item(
        8, Phase.TOUCHDOWN, "Thighs apart at touchdown",
        "more than 20° between the thighs, or the trailing knee behind the back",
        (Limit("scissor_angle_touchdown", False, -20.0),),
        reading="the trailing thigh that far behind the landing one; a knee behind the back is further",
    ),
    Item(
        9, Phase.TOUCHDOWN, "Foot far ahead of the body",
        "room for another foot between the foot that lands and the line below the centre of mass",
        (Limit("heel_gap", True, 1.0),),
        reading="from its heel to the line, against a foot of 15.2 % of the stature; the touchdown distance "
        "is to the forefoot, which lies further ahead",
        beside="touchdown_distance",
    ),
    Item(
        10, Phase.TOUCHDOWN, "Shank reaching forward", "the ankle ahead of the knee",
        (Limit("shank_angle_touchdown", False, 0.0),),
    ),
    Item(
        11, Phase.TOUCHDOWN, "Foot tilted", "a gap to be seen under the heel or under the forefoot",
        (Limit("foot_tilt", True, VISIBLE_DEG), Limit("foot_tilt", False, -VISIBLE_DEG)),
        together=False,
        reading="10° from the floor either way, from heel to toe",
    ),
    Item(
        12, Phase.MID_STANCE, "Sinking",
        "knee and ankle bend more, the knee travels over the toes of a flat foot",
        (Limit("knee_over_toes", True, 0.0),),
        reading="the knee ahead of the toe's tip; whether the heel is down is not asked",
    ),
)  # fmt: skip
"""The twelve items (Bramah et al. 2024, Table 2, read in the source), in words of our own."""
ASKED: Final = tuple(dict.fromkeys(limit.metric for item in ITEMS for limit in item.limits))
"""Names of the numbers that the sheet rests on."""


@dataclass(frozen=True)
class Scored:
    """One item of one side, with what is proposed and what a person has said.

    limit : what decided; None where nothing is measured
    value, se : of that number over the steps of the side, in its unit
    time_s : the moment to look at, s of the clip; NaN where it is not seen
    why : the reason where it is not to be seen, a key of ``WHY`` or of ``wording.REASONS``
    """

    item: Item
    side: Side
    proposal: Proposal
    limit: Limit | None = None
    value: float = nan
    se: float = nan
    time_s: float = nan
    why: str = ""
    answer: bool | None = None


def judged(limit: Limit, value: float, se: float) -> Proposal:
    """Tell whether a number has the feature, clear of its own error (95 %)."""
    if not (isfinite(value) and isfinite(se)):
        return Proposal.UNSEEN
    beyond = (value - limit.threshold) * (1 if limit.over else -1)
    if abs(beyond) <= CLEAR * se:
        return Proposal.UNCLEAR
    return Proposal.YES if beyond > 0 else Proposal.NO


_DECIDES: Final = {
    True: (Proposal.NO, Proposal.UNSEEN, Proposal.UNCLEAR, Proposal.YES),
    False: (Proposal.YES, Proposal.UNSEEN, Proposal.UNCLEAR, Proposal.NO),
}
"""Which of several limits decides, the first of these that one of them has: where all are needed, or one."""


def proposed(item: Item, side: Side, pooled: Sequence[OfFoot]) -> Scored:
    """Return what is proposed of an item of a side.

    Parameters
    ----------
    item : Item
    side : "left" or "right"
        The foot that lands.
    pooled : sequence of OfFoot
        The numbers of ``ASKED`` over the contacts of each foot.
    """
    if not item.limits:
        return Scored(item, side, Proposal.UNSEEN, why=item.why)
    by = {(row.metric, row.foot): row for row in pooled}
    found = []
    for limit in item.limits:
        row = by.get((limit.metric, other(side) if limit.leaving else side))
        value, se, why = (row.mean, row.se, row.why) if row else (nan, nan, "")
        what = judged(limit, value, se)
        why = (why or "foot") if what is Proposal.UNSEEN else ""
        found.append(Scored(item, side, what, limit, value, se, why=why))
    order = _DECIDES[item.together]
    return min(found, key=lambda one: order.index(one.proposal))


def sheet(analysis: Analysis, steps: dict[Side, int]) -> tuple[Scored, ...]:
    """Return all items of both sides, side after side within an item.

    Parameters
    ----------
    analysis : Analysis
    steps : dict of int by side
        Number of the step, by its landing, whose moments are looked at.
    """
    run, why = Run.of(analysis), hindered(analysis)
    said = {(answer.item, answer.side): answer.yes for answer in analysis.answers}
    rows = []
    for item in ITEMS:
        for side in SIDES:
            scored = proposed(item, side, analysis.score)
            if why:
                scored = Scored(item, side, Proposal.NONE, why=why)
            step = run.numbered.get(steps.get(side, -1))
            time_s = moment(run, step, item.phase) if step else nan
            rows.append(replace(scored, time_s=time_s, answer=said.get((item.number, side))))
    return tuple(rows)


def points(answers: Sequence[Answer], side: Side) -> tuple[int, int]:
    """Return how many items of a side a person has answered, and how many of those with yes."""
    own = [answer.yes for answer in answers if answer.side == side]
    return len(own), sum(own)


def benchmark(total: int) -> str:
    """Return what a sum of a whole side is called among elite footballers."""
    return next(name for most, name in BENCHMARKS if total <= most)


def measured_by(item: Item) -> str:
    """Return what is measured of an item and where its feature begins, in words; empty where nothing is."""
    told = []
    for limit in item.limits:
        size = signed(limit.threshold, 0) + (limit.counted or limit.of.unit.symbol)
        way = "above" if limit.over else "below"
        told.append(f"{limit.of.label[0].lower()}{limit.of.label[1:]} {way} {size}")
    return (" and " if item.together else " or ").join(told)
