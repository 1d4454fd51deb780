"""One metric measured again on every perturbed copy: its standard error.

Four things make it: how the values scatter over the copies; by how much noise shifts them on the whole; what
the low-pass took off; and, where a metric states one, the error of its own way of reading (``Metric.own_sd``,
added in ``metrics.measure``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.metrics.registry import GAIN, Metric
from analyzer.metrics.run import Run
from analyzer.motion.kinematics import COM_CUTOFF_HZ, rebuild, smooth
from analyzer.signals import filters

KINK: Final = 0.2
"""Share of what the low-pass takes off an angle at an end of contact that a second pass takes.

The leg turns sharply there. The spectrum of a kink falls with the square of the frequency: 0.25 with a filter
of fourth order; on the true joints of two drawn bodies angles at toe-off have 0.15 to 0.25.
"""
KINK_OF_PEOPLE: Final = 0.45
"""The same of people: by this what the low-pass took off them is given back.

0.41 to 0.67 for thigh, knee and both thighs at toe-off in a sprint of 6.6 m/s and a run of 5 m/s: their leg
turns less sharply than a drawn one (docs/decisions/0023).
"""
REMAINS: Final = 0.6
"""Error of what is given back to a value that the low-pass flattened, as a share of it.

Peaks on the true joints of four drawn bodies and of five measured runs are off by 0.0 to 0.6 of the loss
afterwards at 240 frames a second, by 0.1 to 0.9 at 60.
"""
ENOUGH_COPIES: Final = 0.75
"""Share of the perturbed copies that must have a value: with fewer, those that have one are a selection."""


def refiltered(run: Run) -> Run:
    """Return the run with its joints filtered once more: what that takes off, the first time took too."""
    motion = run.motion
    twice = rebuild(motion, smooth(motion.time, motion.position))
    com = filters.low_pass(motion.time, twice.com, COM_CUTOFF_HZ)
    twice = replace(twice, com=com, com_velocity=filters.derivative(motion.time, com))
    return replace(run, motion=twice, passes=run.passes + 1)


class Remeasured(NamedTuple):
    """One metric measured again.

    perturbed : (c, s) on every perturbed copy
    filtered : (s,) on the run filtered once more
    gain : what the second low-pass took, as a share of what the first one took
    left : what is not known of what was put back, where it was (``restored``)
    """

    perturbed: Array
    filtered: Array
    gain: float = GAIN
    left: float | None = None

    def flattened(self, value: Array) -> float:
        """Return what the filter took off the values (s,), alike in all steps; 0 where that is not known.

        What passes a filter with gain g the second time loses g times as much as the first time. Of values
        to which it was given back, what is not known of it.
        """
        return self._loss(value)[0] if self.left is None else self.left

    def restored(self, value: Array) -> tuple[Array, Remeasured]:
        """Give back what the filter took, as far as it stands out of its own scatter.

        Parameters
        ----------
        value : (s,)

        Returns
        -------
        value : (s,)
            All shifted by the same amount.
        again : Remeasured
            Shifted with them, with what is left of the loss as an error.
        """
        loss, error = self._loss(value)
        known = loss**2 / (loss**2 + error**2) if loss else 0.0
        share = min(self.gain / KINK_OF_PEOPLE, 1.0)
        given = -known * share * loss
        left = float(np.linalg.norm([max(REMAINS * abs(given), abs(loss + given)), known * share * error]))
        return value + given, Remeasured(self.perturbed + given, self.filtered + given, self.gain, left)

    def _loss(self, value: Array) -> tuple[float, float]:
        """Return what the filter took off the values, and the standard error of that."""
        change = self.filtered - value
        change = change[np.isfinite(change)] / self.gain
        if len(change) == 0:
            return 0.0, 0.0
        mean = float(change.mean())
        # A single change may as well be noise.
        return mean, float(change.std(ddof=1)) / len(change) ** 0.5 if len(change) > 1 else abs(mean)


def standard_error(value: Array, again: Remeasured, *, floor: bool = False, ceiling: bool = False) -> Array:
    """Return the standard error of each value.

    Noise not only scatters but shifts numbers such as a largest value, and a filter takes off peaks:
    the shifts that a second helping of noise and a second filtering bring count as error too.

    Parameters
    ----------
    value : (s,)
    again : Remeasured
    floor : bool
        A range or scatter: noise adds in quadrature, so the first helping shifted more than the second.
    ceiling : bool
        At most 1: the same goes for what is missing from 1.

    Returns
    -------
    (s,)
        In the unit of the values; NaN where fewer than three copies in four have one.
    """
    perturbed = again.perturbed
    enough = np.isfinite(perturbed).sum(axis=0) >= ENOUGH_COPIES * len(perturbed)
    out = np.full(value.shape, np.nan)
    usable = enough & np.isfinite(value)
    if usable.any():
        found = perturbed[:, usable]
        variance = np.nanvar(found, axis=0, ddof=1)
        mean = np.nanmean(found, axis=0)
        shift = mean - value[usable]
        if floor or ceiling:
            once, twice = (1 - value[usable], 1 - mean) if ceiling else (value[usable], mean)
            clean = np.sqrt(np.maximum(0.0, 2 * once**2 - twice**2))
            shift = np.maximum(twice - once, once - clean)
        shifted = np.maximum(0.0, shift**2 - variance / len(perturbed))
        out[usable] = np.sqrt(variance + shifted + again.flattened(value) ** 2)
    return out


def evaluate(metric: Metric, run: Run) -> Array:
    """Return one value a step, or a single one for a metric of the whole run; NaN where there is none."""
    function = metric.function
    if function is None:
        raise ValueError(f"Metric {metric.name!r} has no function.")
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric.per_step:
            return np.array([function(run, step) for step in run.steps])  # type: ignore[call-arg]
        return np.array([function(run)])  # type: ignore[call-arg]
