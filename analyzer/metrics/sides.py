"""Left against right in one clip: the one rule for what is told of it, wherever it is told.

One family is looked at, the numbers of which both sides are seen; every one of them is held to the same
correction for their number; and the words are the same in the tables, the report and the findings. What
differs as clearly of the other numbers is named with what a side view makes of it.
"""

from __future__ import annotations

from math import isfinite
from typing import Final

from analyzer.metrics.registry import Relationship

BOTH_SEEN: Final = (Relationship.STEPS, Relationship.TIMING)
"""A hidden arm or thigh makes a left-right difference of its own; both feet are seen on the ground."""
SIDES_BEYOND: Final = 1.6
"""Half-widths of its 95 % interval by which a left-right difference must differ from zero.

Some forty are tested in every clip, so a plain 95 % interval would leave two by chance: this leaves one in
fifteen clips.
"""
DIFFER: Final = "Left and right differ; from one side of the camera this may be the hidden side's error."
"""Said of a difference that is told."""
ONE_VIEW: Final = (
    "Left and right differ by more than chance leaves among so many numbers; seen from one side, hips or "
    "shoulders that turn, or the hidden side's error, look the same."
)
"""Said of one as clear of which only one side is well seen."""
CHANCE: Final = (
    "Left and right differ by no more than chance leaves among so many numbers, or the hidden side's error."
)
"""Said of one whose own interval leaves out zero but which is not told."""


def told(relationship: Relationship, low: float, high: float) -> bool:
    """Tell whether a left-right difference is clear enough to be put into words.

    Parameters
    ----------
    relationship : Relationship
        Of the metric.
    low, high : float
        Ends of the 95 % interval of left minus right, in the unit of the metric; NaN = not compared.
    """
    return relationship in BOTH_SEEN and beyond_chance(low, high)


def beyond_chance(low: float, high: float) -> bool:
    """Tell whether a left-right difference is more than chance leaves among all that are compared.

    Parameters
    ----------
    low, high : float
        Ends of the 95 % interval of left minus right, in the unit of the metric; NaN = not compared.
    """
    if not (isfinite(low) and isfinite(high)):
        return False
    return abs(low + high) / 2 > SIDES_BEYOND * (high - low) / 2
