"""What a clip can support: why a metric, or a single step's value, is not given.

Before it is measured ``closed`` decides, by what the clip is; step by step ``flags``, by how the step was
seen; afterwards ``unsure`` and ``mean_told``, by the standard error. What is said of it is in ``wording``.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.results import Summary
from analyzer.data.steps import Step
from analyzer.metrics.registry import Evidence, Metric, Relationship
from analyzer.metrics.run import Run

SLIDES: Final = 0.25
"""Standing feet that slide by more than this share of the running speed: the ground is not held.

0 is ground that stays in place in the image, 1 an athlete who runs on the spot.
"""
ON_AXIS_DEG: Final = 15.0
"""View angle beyond which a body's width looks like a step forward, degrees from square to the lane.

At 15 degrees knees 0.15 to 0.20 m apart look 4 to 5 cm apart along the lane, at 30 a quarter of a thigh.
"""
FPS_SLACK: Final = 0.95
"""Share of the frame rate asked for that is enough: 29.97 is 30 and 119.88 is 120."""
LEGLESS: Final = frozenset({Relationship.STEPS, Relationship.TORSO})
"""What is given, but for places on the ground, where the legs were often read on somebody or something else:
of three such clips all of it but these places was right."""
WITHHOLDING: Final = frozenset({"hidden", "off_axis"})
"""Flags of a step with which its value is not given; with the others it is less sure."""


def closed(metric: Metric, run: Run) -> str:
    """Return why a metric cannot be given in this clip at all, or nothing.

    "belt": a treadmill's speed does not change; "off_axis": seen too obliquely in all steps; "fps": the
    camera is too slow; "clock", "fast": slow motion, or too fast, by an unknown factor; "legs": they were
    often read on something else; "scale": no length is known; "static": the ground does not stay in place;
    "steps": too few of them. Of view and rate the view, which a faster camera does not put right.
    """
    if run.belt and "lane" in metric.needs:
        return "belt"
    if run.fps * run.slow_motion < FPS_SLACK * metric.min_fps:
        if "on_axis" in metric.needs and run.steps and not any(square(run, step) for step in run.steps):
            return "off_axis"
        # Of an unknown factor it is the lowest rate that fits: the true one may do.
        return "clock" if run.slow_motion > 1 else "fps"
    # What rests on gravity has seconds in it even where the result has none: every modelled force.
    timed = metric.unit.time or "clock" in metric.needs or metric.evidence is Evidence.MODEL
    if run.slow_motion != 1 and timed:
        return "clock" if run.slow_motion > 1 else "fast"
    if run.legs_misread and (metric.relationship not in LEGLESS or "static" in metric.needs):
        return "legs"
    if "scale" in metric.needs and not run.scaled:
        return "scale"
    held = run.ground_known and not run.ground_slides and run.ground_slip <= SLIDES
    if "static" in metric.needs and not held:
        return "static"
    if len(run.steps) < metric.min_steps:
        return "steps"
    return ""


def flags(metric: Metric, run: Run, step: Step) -> tuple[str, ...]:
    """Return what is less sure about one step's value; it is not given with one of ``WITHHOLDING``.

    Parameters
    ----------
    metric : Metric
    run : Run
    step : Step

    Returns
    -------
    tuple of str
        "far_side": the side away from the camera; "hidden": the same where only the near side shows it;
        "threshold_event": its contact was not fitted; "off_axis": seen too obliquely.
    """
    found = []
    if metric.side != "none" and metric.swing_side(step) != run.motion.near_side:
        found.append("hidden" if "near_side" in metric.needs else "far_side")
    if step.source == "threshold":
        found.append("threshold_event")
    if "on_axis" in metric.needs and not square(run, step):
        found.append("off_axis")
    return tuple(found)


def square(run: Run, step: Step) -> bool:
    """Tell whether a step is not known to be seen further from square than metrics allow that ask for it."""
    return not abs(run.at(run.motion.view_angle_deg, step.touchdown_s)) > ON_AXIS_DEG


def unsure(metric: Metric, value: Array, sd: Array) -> Bools:
    """Tell which values have a standard error that leaves them saying nothing.

    Parameters
    ----------
    metric : Metric
    value, sd : (s,)
        In the unit of the metric.

    Returns
    -------
    (s,) of bool
    """
    return np.isfinite(value) & ~(sd <= _bound(metric, value))


def mean_told(metric: Metric, row: Summary, own_sd: float = 0.0) -> bool:
    """Tell whether the mean over the run is sure enough where single steps are not.

    Parameters
    ----------
    metric : Metric
    row : Summary
        Of all the steps.
    own_sd : float
        What of the mean's error no number of steps makes smaller. The rest must be at most half of a single
        step's bound.
    """
    averaged = np.sqrt(max(row.mean_se**2 - own_sd**2, 0.0))
    sure = averaged <= metric.max_sd / 2 and row.mean_se <= _bound(metric, np.array(row.mean))
    return row.n > 1 and bool(sure)


def _bound(metric: Metric, value: Array) -> Array:
    # Near zero is an answer for an angle, a lag or a difference, not for a duration or a range.
    return np.minimum(metric.max_sd, np.abs(value) if metric.positive else np.inf)
