"""How fast a run gains speed: of all its steps, so that a single bad one does not count."""

from __future__ import annotations

from math import nan
from typing import Final

import numpy as np

from analyzer.data.steps import Step
from analyzer.metrics.definitions.steps import step_speed
from analyzer.metrics.lookup import once_a_run
from analyzer.metrics.run import Run

FEWEST_SPEEDS: Final = 4
"""Speeds of steps that an acceleration stands on."""


def _middle(run: Run, step: Step) -> float:
    """Time in the middle of a step, s."""
    return (run.touchdown(step, 1) + step.touchdown_s) / 2


@once_a_run
def gain(run: Run) -> float:
    """Slope of step speed over time, m/s²: robust to single bad steps (Theil-Sen)."""
    t, v = run.each_step(_middle), run.each_step(step_speed)
    seen = np.isfinite(t) & np.isfinite(v)
    t, v = t[seen], v[seen]
    if len(t) < FEWEST_SPEEDS:
        return nan
    i, j = np.triu_indices(len(t), 2)  # neighbours have opposite left-right errors: skip a step
    return float(np.median((v[j] - v[i]) / (t[j] - t[i])))
