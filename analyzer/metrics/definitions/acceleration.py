"""The acceleration as a whole: top speed, time constant and first push of a fit to it.

All from one mono-exponential fit to the hips' path (``analyzer.motion.acceleration``), so only where the
clip spans the start and comes near the top speed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import nan
from typing import Final

from analyzer.metrics.lookup import once_a_run
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run
from analyzer.motion import acceleration

HARDEST_START_MPS2: Final = 10.0
"""Acceleration at zero speed that nobody has reached, m/s².

The world record of 2009 began with 9.5 by a fit of this kind (Hernández Gómez et al. 2013, Eur J Phys
34:1227; read as reported), twelve medium sprinters with 6.4 ± 0.6 (di Prampero 2005).
"""
_Fitted = partial(
    Metric,
    relationship=Relationship.STEPS,
    min_fps=25,
    evidence=Evidence.MODEL,
    citations=("Samozino2016",),
    min_steps=5,
    damped=False,
)
"""The facts that the three have in common."""


@once_a_run
def _square(run: Run) -> acceleration.Acceleration | None:
    """Return the fit without the error of the view, by which the perturbed copies are bent."""
    return acceleration.of_run(replace(run.motion, view_angle_sd_deg=0.0)).run


def _own_sd(run: Run, name: str) -> float:
    """Return an error of that fit."""
    found = _square(run)
    return float(getattr(found, name)) if found else nan


@_Fitted(
    label="Top speed of the fit",
    own_sd=lambda run: _own_sd(run, "v_max_sd"),
    max_sd=1.0,
    unit=Unit.METRE_PER_SECOND,
    sign="Always positive.",
    positive=True,
    needs=("scale", "lane"),
    decimals=2,
    of=("starting_acceleration",),
)
def fitted_top_speed(run: Run) -> float:
    """Speed that the acceleration tends to: ``v_max`` of ``v(t) = v_max (1 - exp(-(t - t0) / tau))``."""
    return run.sprint.v_max if run.sprint else nan


@_Fitted(
    label="Time constant of the acceleration",
    own_sd=lambda run: _own_sd(run, "tau_sd_s"),
    max_sd=0.4,
    unit=Unit.SECOND,
    sign="Always positive; shorter means that the top speed is reached sooner.",
    positive=True,
    needs=("lane",),
    decimals=2,
    of=("starting_acceleration",),
)
def acceleration_time_constant(run: Run) -> float:
    """Time after the start by which 63 % of the top speed is reached: ``tau`` of the same fit."""
    return run.sprint.tau_s if run.sprint else nan


@_Fitted(
    label="Acceleration at the start",
    own_sd=lambda run: _own_sd(run, "push_sd"),
    max_sd=3.0,
    unit=Unit.METRE_PER_SECOND_SQUARED,
    sign="Always positive.",
    positive=True,
    needs=("scale", "lane"),
    decimals=1,
    beyond=HARDEST_START_MPS2,
)
def starting_acceleration(run: Run) -> float:
    """Acceleration of the same fit at zero speed: ``v_max / tau``.

    In N/kg it is the net horizontal force at zero speed, ``F0``;
    ``analyzer.motion.acceleration.force_velocity`` gives the whole profile with an assumed air resistance.
    """
    return run.sprint.v_max / run.sprint.tau_s if run.sprint else nan
