"""What kind of run this is: a sprint, a start, one that gains or loses speed, or a slower run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from math import hypot, isfinite, nan
from typing import TYPE_CHECKING, Literal

from analyzer.contacts import pushed_off, slow_motion
from analyzer.metrics.references import Phase, bands
from analyzer.metrics.run import Run
from analyzer.metrics.start import start
from analyzer.metrics.summary import STEADY, pace
from analyzer.metrics.wording import CLEAR

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis

Kind = Literal["sprint", "start", "acceleration", "slowing", "run", "unknown"]
"""A run is called a sprint where it may be at full speed, "run" where it is clearly slower, "unknown" where
its speed is not known."""


@cache
def full_speed() -> float:
    """Return how fast the slowest published group of adults runs at full speed, m/s."""
    return min(band.speed_low for band in bands() if band.reference.phase == STEADY)


@dataclass(frozen=True)
class Pace:
    """How fast a run is, m/s, its standard error, and whether it gains speed or loses it.

    NaN where the clip does not tell; without a scale by a leg of usual length.
    """

    speed: float = nan
    se: float = nan
    phase: Phase = STEADY


def known_pace(analysis: Analysis) -> Pace:
    """Return the pace of a run as far as its clock, its ground and its view tell it."""
    run, scale = Run.of(analysis), analysis.calibration
    sliding = run.slow_motion != 1 or run.ground_slides or not run.ground_known
    misread = not scale.scaled and scale.method != "nominal"
    if sliding or misread or not analysis.motion.view.shows_lane:
        return Pace()
    speed, phase = pace(replace(run, scaled=True))
    error = hypot(scale.relative_sd * speed, scale.treadmill_sd_mps)
    row = analysis.summary("step_speed")
    if row is not None and isfinite(row.mean):
        speed, error = row.mean, row.mean_se
    return Pace(speed, error, phase)


def by_foot(analysis: Analysis) -> bool:
    """Tell whether a run is on a belt whose speed was taken from the standing foot."""
    return analysis.calibration.treadmill_mps > 0 and analysis.config.treadmill_mps is None


def sprints(analysis: Analysis) -> bool:
    """Tell whether a run is a sprint or a start, or gains or loses speed about as fast as a sprint."""
    what, found = kind(analysis), known_pace(analysis)
    return what in ("sprint", "start") or found.speed + CLEAR * found.se >= full_speed()


def slowed(analysis: Analysis) -> float:
    """Return how many times slower than life a clip of an unknown clock plays; NaN of a known one."""
    return slow_motion.estimate(analysis.motion, analysis.steps).factor if analysis.slow_motion > 1 else nan


def kind(analysis: Analysis) -> Kind:
    """Tell what kind of run this is.

    A start is one that begins at rest, as far as its clock tells, or with a foot that pushes off without
    having landed.
    """
    pushed = bool(analysis.steps) and pushed_off.pushes(analysis.steps[0])
    if not analysis.calibration.treadmill_mps and (pushed or start(analysis) is not None):
        return "start"
    found = known_pace(analysis)
    if not isfinite(found.speed):
        return "unknown"
    if found.phase != "maximum speed":
        return found.phase
    return "run" if found.speed + CLEAR * found.se < full_speed() else "sprint"
