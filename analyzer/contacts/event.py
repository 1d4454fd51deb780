"""One touchdown or toe-off: when it is, and what its standard error is made of.

The error of an event is put together, in this order, from

1. the frames: the spread of the posterior over its time, given how noisy this foot's landmarks are
   (``forefoot_fit``, ``ankle_fit``, ``first_touch``) or how well its image is found (``shoe_fit``);
2. what the model of a foot misses from step to step: ``MODEL_SD`` and ``TOE_OFF_SD`` of ``forefoot_fit``,
   ``HEEL_SD`` and ``BRAKED_SD`` of ``first_touch``, ``OWN_SD`` of ``ankle_fit``, ``MISSED`` of ``shoe_fit``;
3. what the model misses alike in all contacts of a run: ``SHARED_SD`` below. ``regularity`` and ``same_foot``
   make 1 and 2 smaller by weighing the contacts together, never this part;
4. doubt: an event that the others contradict (``regularity``), a contact too short for a runner
   (``plausibility``), a network's toe that no image confirms (``shoe_refine``).

An event that could not be fitted has the error of the coarse contact or of the stride (``detect``), one that
a person edited a third of a frame (``edited``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.data.steps import Step

FootModel = Literal["ankle", "ball", "tip"]
"""What times a contact: the ankle alone, or a toe over the ball or at the tip of the shoe."""

SHARED_SD: Final[Mapping[FootModel, tuple[float, float]]] = {
    "ankle": (0.025, 0.025),
    "ball": (0.009, 0.009),
    "tip": (0.020, 0.016),
}
"""Error of touchdown and toe-off that all contacts of a run share, step times.

How this shoe and this gait differ from the model of a foot. Ankle: biases of 5 to 10 ms on runners held out
(docs/decisions/0012). No number of contacts makes this part smaller: set too small, means over a run claim
too much; too large, left and right cannot be told apart.
"""
LEAST_OWN: Final = 0.3
"""Smallest part of a single event's error that is its own, as a share of the whole.

Keeps an event whose error is hardly larger than the shared part from ruling all others. No measurement is on
record.
"""


class Event(NamedTuple):
    """A touchdown or toe-off: time and standard error, s; NaN where it could not be told.

    source : as of ``Step``
    toe_up : m, how much higher than the heel the toe is then, both over where they stand; of a landing
    """

    time_s: float
    sd_s: float
    source: str = "fit"
    toe_up: float = 0.0


NOT_TIMED: Final = Event(float("nan"), float("nan"))
"""What a fit returns that cannot tell."""


def event_times(steps: Sequence[Step]) -> tuple[Array, Array]:
    """Return touchdown and toe-off of each step and their errors, (n, 2) s both."""
    time = np.array([(s.touchdown_s, s.toe_off_s) for s in steps]).reshape(-1, 2)
    return time, np.array([(s.touchdown_sd_s, s.toe_off_sd_s) for s in steps]).reshape(-1, 2)


def own_part(sd: Array, model: FootModel, step_s: float) -> Array:
    """Return the part of errors that is each event's own: what they have beyond the shared one.

    Parameters
    ----------
    sd : (n, 2) s
        Standard errors of touchdowns and toe-offs.
    model : {"ankle", "ball", "tip"}
        What timed them.
    step_s : float
        Step time, s.

    Returns
    -------
    (n, 2) s
        At least ``LEAST_OWN`` of ``sd``.
    """
    shared = np.array(SHARED_SD[model]) * step_s
    return np.asarray(np.sqrt(np.maximum(sd**2 - shared**2, (LEAST_OWN * sd) ** 2)))


def timed(step: Step, time: Array, sd: Array) -> Step:
    """Return the step at other times.

    Parameters
    ----------
    step : Step
    time, sd : (2,) s
        Touchdown and toe-off, and their standard errors.

    Returns
    -------
    Step
    """
    return replace(
        step,
        touchdown_s=float(time[0]),
        touchdown_sd_s=float(sd[0]),
        toe_off_s=float(time[1]),
        toe_off_sd_s=float(sd[1]),
    )


def widened(step: Step, error: Sequence[float] | Array) -> Step:
    """Return the step with this much more error at touchdown and toe-off, (2,) s."""
    sd = np.hypot((step.touchdown_sd_s, step.toe_off_sd_s), error)
    return timed(step, np.array([step.touchdown_s, step.toe_off_s]), sd)
