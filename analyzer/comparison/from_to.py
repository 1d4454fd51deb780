"""A run that gains or loses speed, told from its first step to its last: its mean is of none of them."""

from __future__ import annotations

from dataclasses import replace
from math import hypot
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from analyzer.data.results import Value
from analyzer.metrics import METRICS
from analyzer.metrics.breaking import in_row
from analyzer.metrics.run import Run
from analyzer.metrics.summary import STEADY, pace
from analyzer.metrics.wording import CLEAR, number

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis

MANY: Final = 8
"""Steps from which a line through them is told."""
SURE: Final = 3.0
"""Standard errors of its slope that it must rise or fall by: it is looked for in every run."""


class Ends(NamedTuple):
    """The first and the last step that a number is given of."""

    first: Value
    last: Value


def steady(analysis: Analysis) -> bool:
    """Tell whether the run keeps its speed, as far as it is known."""
    if not analysis.steps:
        return True
    return pace(Run.of(analysis))[1] == STEADY


def ends(analysis: Analysis, metric: str) -> Ends | None:
    """Return the ends of a run that is not steady; None where the metric's do not differ beyond their error.

    A step that breaks the row is no end.
    """
    if steady(analysis):
        return None
    given = in_row(analysis.values, metric)
    if len(given) < 2:
        return None
    first, last = given[0], given[-1]
    clear = abs(last.value - first.value) > CLEAR * hypot(first.sd, last.sd)
    return Ends(first, last) if clear else None


def drift(analysis: Analysis, metric: str) -> Ends | None:
    """Return where the line through all steps begins and ends; None where it does not clearly rise or fall.

    Single steps of a slow camera scatter more than a rhythm moves, all of them together do not.
    """
    given = in_row(analysis.values, metric)
    if len(given) < MANY:
        return None
    step, value = np.array([(v.step, v.value) for v in given], dtype=float).T
    at = step - step.mean()
    slope = float(at @ value / (at @ at))
    left = value - value.mean() - slope * at
    scatter = float(np.sqrt(left @ left / (len(given) - 2)))
    if not abs(slope) > SURE * scatter / float(np.sqrt(at @ at)):
        return None
    first, last = (
        replace(
            v,
            value=float(value.mean() + slope * x),
            sd=scatter * float(np.sqrt(1 / len(given) + x**2 / (at @ at))),
        )
        for v, x in ((given[0], at[0]), (given[-1], at[-1]))
    )
    return Ends(first, last)


def words(metric: str, found: Ends) -> str:
    """Return ``3.8 ± 0.3 to 6.9 ± 0.4 m/s``."""
    fact = METRICS[metric]
    start = number(fact, found.first.value, found.first.sd, unit=False)
    return f"{start} to {number(fact, found.last.value, found.last.sd)}"
