"""Runs from the front or from behind among those that are held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot, isfinite, nan
from typing import TypeAlias, TypeGuard

from analyzer.comparison.repeatability import MANY, Repeat, freedom_of_sum
from analyzer.data.analysis import Analysis
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Found, Frontal
from analyzer.metrics.registry import METRICS, Quantity

AnyRun: TypeAlias = Analysis | Frontal
"""A run of whatever view."""


def quantities(*, across: bool) -> Mapping[str, Quantity]:
    """Return what a view shows by name: from the front or from behind, else from the side."""
    return MEASURES if across else METRICS


def all_across(runs: Sequence[AnyRun]) -> TypeGuard[Sequence[Frontal]]:
    """Tell whether all runs are filmed from the front or from behind."""
    return all(isinstance(run, Frontal) for run in runs)


def of_frontal(run: Frontal, *, systematic: bool) -> dict[str, Repeat]:
    """Return every measure that a run gives with its errors from clip to clip.

    Parameters
    ----------
    run : Frontal
    systematic : bool
        Whether the errors count as well that every clip filmed alike shares.
    """
    found = {}
    for name, measure in MEASURES.items():
        both = run.get(name)
        if not isfinite(both.mean):
            continue
        se = _error(both, systematic)
        # The scatter about two means, one of each side, or about one.
        freedom = _freedom(both, se, 2 if measure.sided else 1)
        left, right = run.get(name, "left"), run.get(name, "right")
        apart = _error(left, systematic), _error(right, systematic)
        difference_se = hypot(*apart)
        found[name] = Repeat(
            name,
            both.mean,
            se,
            left.mean - right.mean if measure.sided else nan,
            difference_se,
            freedom,
            freedom_of_sum([(se**2, _freedom(f, se, 1)) for f, se in zip((left, right), apart, strict=True)])
            if isfinite(difference_se)
            else MANY,
        )
    return found


def _error(found: Found, systematic: bool) -> float:
    return found.se if systematic else found.se_within


def _freedom(found: Found, se: float, means: int) -> float:
    """Return the degrees of freedom of an error: what stances scatter by rests on them, the rest is known."""
    if not isfinite(found.scatter):
        return MANY
    own = min(found.scatter**2 / found.n, se**2)
    return freedom_of_sum([(own, max(found.n - means, 1)), (se**2 - own, MANY)])
