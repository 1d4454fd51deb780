"""While this leg pushed: what swing leg, arms and trunk did in the frames of its contact."""

from __future__ import annotations

from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import other
from analyzer.data.steps import Step
from analyzer.metrics.elementwise import either, highest
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import FLAT, Run

REAR, FRONT = -0.4, 0.65
"""Where the swing thigh turns behind and in front, step times after the other foot's touchdown, about."""
AROUND = 0.6
"""How far from there it is looked for, step times."""


FLAT_PEAK: Final = 0.08
"""Error of the time at which a thigh or an arm is fastest, step times: as for ``peak_thigh_speed_timing``.

A peak is flat, steeper on one side, and low-passed: on the true joints of two drawn bodies that of the push
thigh is read 12 ms early, that of the swing thigh 8 to 14.
"""


def _of_flat_peak(run: Run) -> float:
    """The same as a share of contact, percent."""
    return 100 * FLAT_PEAK * run.steps_to_contact


def swing_ends(run: Run, step: Step) -> tuple[tuple[float, float], tuple[float, float]]:
    """Time, s, and angle, deg, at which the thigh that swings past a contact turns behind and in front."""
    thigh = run.motion.angles[f"{other(step.side)}_thigh"]
    behind, ahead = (
        run.peak(
            sign * thigh,
            step.touchdown_s + (middle - AROUND) * run.step_time,
            step.touchdown_s + (middle + AROUND) * run.step_time,
            inner=True,
        )
        for sign, middle in ((-1, REAR), (1, FRONT))
    )
    return (behind[0], -behind[1]), ahead


@Metric(
    label="Swing thigh's way in contact",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of its way from furthest back to furthest forward.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("AQ", "Miyashiro2019"),
    side="swing",
    max_sd=12,
)
def swing_way_in_contact(run: Run, step: Step) -> float:
    """Share of the swing thigh's way forward that it makes while the other foot is on the ground.

    From its angle at touchdown to that at toe-off, or from and to where it turns within contact.
    """
    (start, rear), (stop, front) = swing_ends(run, step)
    thigh = run.motion.angles[f"{other(step.side)}_thigh"]
    at_touchdown = either(start < step.touchdown_s, run.at(thigh, step.touchdown_s), rear)
    at_toe_off = either(stop > step.toe_off_s, run.at(thigh, step.toe_off_s), front)
    share = 100 * np.divide(at_toe_off - at_touchdown, front - rear)
    return either(np.isfinite(start + stop) & np.greater(front, rear), share, nan)


@Metric(
    label="Trunk turns from its mean in contact",
    unit=Unit.DEGREE,
    relationship=Relationship.SYSTEM,
    sign="Always positive; 0 is a trunk held still.",
    positive=True,
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Nagahara2018", "AQ"),
    needs=("on_axis",),
    max_sd=3,
    floor=True,
)
def trunk_turn_in_contact(run: Run, step: Step) -> float:
    """Furthest that the trunk's angle is from its own mean over contact. Near the noise: read the mean."""
    lean = run.motion.angles["trunk"]
    inside = run.between(lean, step.touchdown_s, step.toe_off_s)
    mean = run.mean(lean, step.touchdown_s, step.toe_off_s)
    return highest(np.abs(inside - mean))


def _arms(step: Step, rates: dict[str, Array]) -> Array:
    """Speed of the arms against each other, that of the push leg's side forward, (n,) deg/s."""
    ahead, back = (rates[f"{side}_upper_arm"] for side in (step.side, other(step.side)))
    return np.asarray((ahead - back) / 2)


def fastest(run: Run, step: Step) -> dict[str, float]:
    """Time at which each works fastest within a contact, s: push thigh, swing thigh, arms."""
    rates = run.swing_rates
    working = {
        "push": -rates[f"{step.side}_thigh"],
        "swing": rates[f"{other(step.side)}_thigh"],
        "arms": _arms(step, rates),
    }
    return {
        part: run.peak(rate, step.touchdown_s, step.toe_off_s, reach=FLAT)[0]
        for part, rate in working.items()
    }


def _of_contact(run: Run, step: Step, part: str) -> float:
    time = fastest(run, step)[part]
    return 100 * (time - step.touchdown_s) / (step.toe_off_s - step.touchdown_s)


@Metric(
    label="Push thigh at its fastest",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of contact; 0 is touchdown, 100 toe-off.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("AQ",),
    max_sd=25,
    own_sd=_of_flat_peak,
)
def push_thigh_fastest(run: Run, step: Step) -> float:
    """When in contact the push thigh turns backward fastest."""
    return _of_contact(run, step, "push")


@Metric(
    label="Swing thigh at its fastest in contact",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of contact; 0 is touchdown, 100 toe-off.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("AQ", "Clark2020"),
    needs=("near_side",),
    side="swing",
    max_sd=25,
    own_sd=_of_flat_peak,
)
def swing_thigh_fastest(run: Run, step: Step) -> float:
    """When in contact the swing thigh turns forward fastest; 0 where it was faster before touchdown.

    The hidden knee is lost as it passes the other.
    """
    return _of_contact(run, step, "swing")


@Metric(
    label="Arms at their fastest in contact",
    unit=Unit.PERCENT,
    relationship=Relationship.SYSTEM,
    sign="Share of contact; 0 is touchdown, 100 toe-off.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("AQ",),
    max_sd=25,
    own_sd=_of_flat_peak,
)
def arms_fastest(run: Run, step: Step) -> float:
    """When in contact the upper arms swing fastest against each other, the push leg's side forward."""
    return _of_contact(run, step, "arms")


@Metric(
    label="Fastest moments apart",
    unit=Unit.SECOND,
    relationship=Relationship.SYSTEM,
    sign="Always positive; 0 when push thigh, swing thigh and arms are fastest at the same moment.",
    positive=True,
    min_fps=100,
    evidence=Evidence.INTERPRETATION,
    citations=("AQ",),
    needs=("near_side",),
    side="swing",
    decimals=3,
    max_sd=0.03,
    floor=True,
    own_sd=lambda run: FLAT_PEAK * run.step_time,
    of=("push_thigh_fastest", "swing_thigh_fastest", "arms_fastest"),
)
def fastest_apart(run: Run, step: Step) -> float:
    """Time from the first to the last of the moments in contact at which each of the three is fastest.

    Given where each of the three is: of two of them it would be another number.
    """
    apart: float = np.ptp(list(fastest(run, step).values()), axis=0)
    return apart
