"""What a clip can support: why a metric, or a single step's value, is not given."""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.results import Summary
from analyzer.data.steps import Step
from analyzer.metrics.registry import Evidence, Metric
from analyzer.metrics.run import Run

SLIDES: Final = 0.25
"""Standing feet that slide by more than this share of the running speed: the ground is not held."""
ON_AXIS_DEG: Final = 15.0
"""Seen further from square than this, a body's width looks like a step forward (SCIENCE 5.4)."""
FPS_SLACK: Final = 0.95
"""29.97 is 30 and 119.88 is 120."""
WITHHOLDING: Final = frozenset({"hidden", "off_axis"})


def closed(metric: Metric, run: Run) -> str:
    """Return why a metric cannot be given in this clip at all, or nothing."""
    if run.fps * run.slow_motion < FPS_SLACK * metric.min_fps:
        return "fps"
    # A modelled force needs gravity, which has seconds in it, even where the result has none.
    if run.slow_motion > 1 and (metric.unit.time or metric.evidence is Evidence.MODEL):
        return "clock"
    if "scale" in metric.needs and not run.scaled:
        return "scale"
    if "static" in metric.needs and not (run.ground_known and run.ground_slip <= SLIDES):
        return "static"
    if len(run.steps) < metric.min_steps:
        return "steps"
    return ""


def flags(metric: Metric, run: Run, step: Step) -> list[str]:
    """Return what is less sure about one step's value; it is not given with one of ``WITHHOLDING``."""
    found = []
    if metric.side != "none" and metric.swing_side(step) != run.motion.near_side:
        found.append("hidden" if "near_side" in metric.needs else "far_side")
    if step.source == "threshold":
        found.append("threshold_event")
    if "on_axis" in metric.needs and abs(run.at(run.motion.view_angle_deg, step.touchdown_s)) > ON_AXIS_DEG:
        found.append("off_axis")
    return found


def unsure(metric: Metric, value: Array, sd: Array) -> Bools:
    """Tell which values (s,) have a standard error that leaves them saying nothing."""
    return np.isfinite(value) & ~(sd <= _bound(metric, value))


def mean_told(metric: Metric, row: Summary, own_sd: float = 0.0) -> bool:
    """Tell whether the mean over the run is sure enough where single steps are not.

    No number of steps makes ``own_sd`` smaller: what they can, must be at most half of a single one's bound.
    """
    averaged = np.sqrt(max(row.mean_se**2 - own_sd**2, 0.0))
    sure = averaged <= metric.max_sd / 2 and row.mean_se <= _bound(metric, np.array(row.mean))
    return row.n > 1 and bool(sure)


def _bound(metric: Metric, value: Array) -> Array:
    # Near zero is an answer for an angle, a lag or a difference, not for a duration or a range.
    return np.minimum(metric.max_sd, np.abs(value) if metric.positive else np.inf)
