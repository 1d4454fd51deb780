"""What moved on the system map from one run to another, and what stayed.

A number's error on a map of one run is mostly alike in every clip of the same athlete from the same place, so
two maps laid side by side show less than the clips tell. Here each part's number is held against the same
number of the other run by what differs between their clips (``comparison.repeatability``). The map's looks
were chosen beforehand, a single number each, and all of them share one control, so that where nothing changed
none is told in 95 of 100 comparisons. One that its own interval tells, but not among so many, is so named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Final

from analyzer.comparison.across import quantities
from analyzer.comparison.hypotheses import stand_together
from analyzer.comparison.repeatability import Shift
from analyzer.comparison.results import Change
from analyzer.comparison.standing import AROUND, PUSH
from analyzer.metrics.wording import number

LINKS: Final[dict[str, tuple[str, ...]]] = {
    "arm–leg": ("arm_leg_phase", "arm_leg_lag", "arm_leg_correlation"),
    "leg–leg": ("anti_phase_share",),
    "push–swing": ("push_swing_lag",),
    "trunk–push": ("hip_shoulder_coherence", "trunk_turn_in_contact"),
}
"""The numbers of each link of the map, the first that both runs give counts."""
PARTS: Final[dict[str, tuple[str, ...]]] = {
    part.name: tuple(asked.metric for asked in part.asked) for part in (PUSH, *AROUND)
}
"""The same of the pushing leg and the six relationships around it."""
PARTS_ACROSS: Final[dict[str, tuple[str, ...]]] = {
    "Push leg": ("foot_from_midline", "knee_inward"),
    "Swing leg": ("knee_lift",),
    "Arms": ("hand_across",),
    "Torso": ("trunk_sway", "trunk_side_lean"),
    "Timing": ("arm_leg_lag", "step_time_difference"),
    "Balance": ("step_width",),
}
"""The parts of which a view from the front or from behind shows something, likewise."""


@dataclass(frozen=True)
class OnMap:
    """A part or a link on two maps.

    metric : empty where the runs share no number of it
    across : whether that is one of a view from the front or from behind
    moved : whether it differs by more than chance leaves among all that were looked at
    """

    name: str
    metric: str = ""
    shift: Shift = field(default_factory=Shift)
    across: bool = False
    moved: bool = False

    @property
    def seen(self) -> bool:
        """Whether both runs give one number of it."""
        return bool(self.metric)

    @property
    def alone(self) -> bool:
        """Whether its own interval leaves out zero, but not among so many looks."""
        return self.shift.verdict != "not established" and not self.moved


def on_map(shifts: Mapping[str, Shift], *, across: bool = False) -> tuple[OnMap, ...]:
    """Return the parts of the map and then its links, each by the first number that two runs share.

    Parameters
    ----------
    shifts : mapping of str to Shift
        By metric, as :func:`analyzer.comparison.repeatability.shift` gives them.
    across : bool
        Whether they are of a view from the front or from behind.
    """
    found = []
    for name, metrics in (PARTS_ACROSS if across else {**PARTS, **LINKS}).items():
        shared = next((m for m in metrics if m in shifts and isfinite(shifts[m].value)), "")
        found.append(OnMap(name, shared, shifts[shared], across) if shared else OnMap(name))
    looks = {one.metric: one.shift.p for one in found if one.seen}
    moved = dict(zip(looks, stand_together(list(looks.values())), strict=True))
    return tuple(replace(one, moved=moved.get(one.metric, False)) for one in found)


def of_changes(changes: Sequence[Change], *, across: bool = False) -> tuple[OnMap, ...]:
    """Return the same of one later run or group, from its rows of a comparison."""
    return on_map(
        {
            c.metric: Shift(
                c.first_mean, c.first_se, c.mean, c.mean_se, c.difference, c.ci_low, c.ci_high,
                p=c.p, smallest=c.smallest_change,
            )
            for c in changes
            if c.of == "mean"
        },
        across=across,
    )  # fmt: skip


def sentences(found: Sequence[OnMap]) -> list[str]:
    """Return what differs on the map, a sentence each; then what does not, and what is not given."""
    said = [f"{one.name} differs: {_told(one)}." for one in found if one.moved]
    looks = len({one.metric for one in found if one.seen})
    if said:
        said.append(f"All {looks} numbers of the map share one control for chance." if looks > 1 else "")
    if alone := [f"{one.name} ({_told(one)})" for one in found if one.alone]:
        said.append(
            f"Beyond its own error, but no more than chance leaves among {looks} numbers: {', '.join(alone)}."
        )
    if alike := [one.name for one in found if one.seen and not one.moved and not one.alone]:
        said.append(f"No difference beyond the error: {', '.join(alike)}.")
    if unseen := [one.name for one in found if not one.seen]:
        said.append(f"Not given in both: {', '.join(unseen)}.")
    return [one for one in said if one]


def _told(one: OnMap) -> str:
    metric = quantities(across=one.across)[one.metric]
    before, after = (
        number(metric, value, se)
        for value, se in ((one.shift.before, one.shift.before_se), (one.shift.after, one.shift.after_se))
    )
    return f"{metric.full_label[0].lower()}{metric.full_label[1:]} {before} to {after}"
