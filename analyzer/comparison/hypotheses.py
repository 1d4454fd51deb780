"""What runs are looked at for, and which of many looks stand beyond chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from scipy.stats import false_discovery_control

from analyzer.comparison.repeatability import Of
from analyzer.metrics.registry import METRICS, Quantity

FALSE_DISCOVERIES: Final = 0.05
"""Of the changes called established, this share is expected to be chance (Benjamini and Hochberg 1995)."""
FALSE_MAPS: Final = 0.05
"""Of the system maps on which nothing changed, this share shows some part that did (Holm 1979)."""


class Look(NamedTuple):
    """What is looked at: a metric's mean, or its left minus right."""

    metric: str
    of: Of = "mean"

    @property
    def label(self) -> str:
        """Name for people, of a view from the side."""
        return self.named(METRICS)

    def named(self, quantities: Mapping[str, Quantity]) -> str:
        """Return its name for people, of any view."""
        label = quantities[self.metric].full_label
        return label if self.of == "mean" else f"{label}, {self.of}"


KEY: Final = (
    Look("contact_time", "left minus right"),
    Look("thigh_switch_time"),
    Look("shoulder_range"),
    Look("trunk_excursion"),
    Look("step_time_variability"),
    Look("arm_leg_lag"),
)
"""One look for each relationship, chosen beforehand: each stands on its own 95 % interval.

The some hundred other looks share one control of false discoveries, because five in a hundred would
stand by chance.
"""
KEY_ACROSS: Final = (
    Look("foot_from_midline", "left minus right"),
    Look("hand_across"),
    Look("trunk_sway"),
    Look("arm_leg_lag"),
    Look("step_width"),
)
"""The same of a view from the front or from behind, where there are some fifteen others."""


def established(looks: Sequence[tuple[bool, float]]) -> list[bool]:
    """Tell which looks stand, given whether each is a key one and its p: key ones each at 95 %."""
    others = [p for key, p in looks if not key]
    controlled = iter(false_discovery_control(others) < FALSE_DISCOVERIES) if others else iter(())
    return [p < FALSE_DISCOVERIES if key else bool(next(controlled)) for key, p in looks]


def stand_together(p: Sequence[float]) -> list[bool]:
    """Tell which of a few looks stand, so that in 95 of 100 cases none does by chance (Holm 1979)."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    stand = [False] * len(p)
    for rank, i in enumerate(order):
        if not p[i] * (len(p) - rank) < FALSE_MAPS:
            break
        stand[i] = True
    return stand
