"""What moved on the system map from one run to another, and what stayed.

A number's error on a map of one run is mostly alike in every clip of the same athlete from the same place, so
two maps laid side by side show less than the clips tell. Here each part's number is held against the same
number of the other run by what differs between their clips (``comparison.repeatability``). The map's looks
were chosen beforehand, a single number each, and each is judged by its own 95 % interval: of all of them one
differs by chance now and then, and where any does, that is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

from analyzer.comparison.across import quantities
from analyzer.comparison.repeatability import CERTAINTY, Shift
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
    """A part or a link on two maps; ``metric`` is empty where the runs share no number of it.

    ``across`` is whether that is one of a view from the front or from behind.
    """

    name: str
    metric: str = ""
    shift: Shift = field(default_factory=Shift)
    across: bool = False

    @property
    def seen(self) -> bool:
        """Whether both runs give one number of it."""
        return bool(self.metric)

    @property
    def moved(self) -> bool:
        """Whether it differs by more than the clips' errors."""
        return self.shift.verdict != "not established"


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
    return tuple(found)


def of_changes(changes: Sequence[Change], *, across: bool = False) -> tuple[OnMap, ...]:
    """Return the same of one later run or group, from its rows of a comparison."""
    return on_map(
        {
            c.metric: Shift(
                c.first_mean, c.first_se, c.mean, c.mean_se, c.difference, c.ci_low, c.ci_high,
                smallest=c.smallest_change,
            )
            for c in changes
            if c.of == "mean"
        },
        across=across,
    )  # fmt: skip


def sentences(found: Sequence[OnMap]) -> list[str]:
    """Return what differs on the map, a sentence each; then what does not, and what is not given."""
    apart = [one for one in found if one.seen and one.moved]
    alike = [one.name for one in found if one.seen and not one.moved]
    unseen = [one.name for one in found if not one.seen]
    said = [f"{one.name} differs: {_told(one)}." for one in apart]
    if apart:
        looks = len(apart) + len(alike)
        chance = 100 * (1 - CERTAINTY**looks)
        said.append(
            f"{looks} numbers were looked at: where nothing changed, one or more of so many would seem to "
            f"differ, by chance, in about {chance:.0f} % of comparisons."
            if looks > 1
            else f"Where nothing changed it would seem to differ, by chance, in {chance:.0f} % of cases."
        )
    if alike:
        said.append(f"No difference beyond the error: {', '.join(alike)}.")
    if unseen:
        said.append(f"Not given in both: {', '.join(unseen)}.")
    return said


def _told(one: OnMap) -> str:
    metric = quantities(across=one.across)[one.metric]
    before, after = (
        number(metric, value, se)
        for value, se in ((one.shift.before, one.shift.before_se), (one.shift.after, one.shift.after_se))
    )
    return f"{metric.full_label[0].lower()}{metric.full_label[1:]} {before} to {after}"
