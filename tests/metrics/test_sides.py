from __future__ import annotations

import math

import pytest

from analyzer.metrics.registry import Relationship
from analyzer.metrics.sides import beyond_chance, told


@pytest.mark.parametrize(
    ("relationship", "low", "high", "found"),
    [
        (Relationship.STEPS, 0.6, 1.4, True),
        (Relationship.TIMING, -1.4, -0.6, True),
        (Relationship.STEPS, 0.1, 1.9, False),  # clear alone, not among forty
        (Relationship.STEPS, -0.1, 2.0, False),
        (Relationship.ARMS, 9.0, 11.0, False),  # the far arm is hidden
        (Relationship.STEPS, math.nan, math.nan, False),
    ],
)
def test_what_is_told_of_left_against_right(
    relationship: Relationship, low: float, high: float, found: bool
) -> None:
    assert told(relationship, low, high) is found


def test_what_differs_beyond_chance_is_known_of_every_relationship() -> None:
    """The far arm is hidden, which no chance makes."""
    assert beyond_chance(9.0, 11.0)
    assert not beyond_chance(0.1, 1.9)
    assert not beyond_chance(math.nan, math.nan)
