"""Arms with legs: how far apart in their common swing, told in three ways."""

from __future__ import annotations

from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side, other
from analyzer.data.steps import Step
from analyzer.metrics.lookup import once_a_run
from analyzer.metrics.registry import Evidence, Metric, Relationship, Unit
from analyzer.metrics.run import Run

FORWARD_END: Final = 0.65
"""When the swing thigh is furthest forward, step times after the other foot's touchdown: near its toe-off."""
REAR_END: Final = -0.4
"""When it was furthest back before that, step times after the same touchdown."""
THIGH_REACH: Final = 0.6
"""How far from there its turning point may be, step times on either side."""
ARM_REACH: Final = 3
"""The arm's turning point may be a stride divided by this before or after the thigh's: 120 degrees."""
LARGEST_SHIFT: Final = 4
"""Arms and thighs are shifted against each other by up to a stride divided by this: 90 degrees."""


def _turns(run: Run, step: Step, end: int) -> float:
    """Phase of the stance-side arm against the swing thigh at their forward (1) or rear (-1) ends, deg."""
    swing, stride = other(step.side), 2 * run.step_time
    thigh = end * run.motion.angles[f"{swing}_thigh"]
    arm = end * run.motion.angles[f"{step.side}_upper_arm"]
    centre = step.touchdown_s + (FORWARD_END if end == 1 else REAR_END) * run.step_time
    reach = THIGH_REACH * run.step_time
    leg, _ = run.peak(thigh, centre - reach, centre + reach, inner=True)
    hand, _ = run.peak(arm, leg - stride / ARM_REACH, leg + stride / ARM_REACH, inner=True)
    return 360 * (hand - leg) / stride


@Metric(
    label="Arm-leg phase, forward end",
    unit=Unit.DEGREE,
    relationship=Relationship.SYSTEM,
    sign="Positive when the arm turns after the opposite thigh; 0 is together.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Lamb2014", "Hinrichs1987"),
    max_sd=25,
)
def arm_leg_phase(run: Run, step: Step) -> float:
    """360 degrees times the time from the thigh's forward end to the opposite arm's, over stride time."""
    return _turns(run, step, 1)


@Metric(
    label="Arm-leg phase, rear end",
    unit=Unit.DEGREE,
    relationship=Relationship.SYSTEM,
    sign="Positive when the arm turns after the opposite thigh; 0 is together.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Lamb2014", "Hinrichs1987"),
    max_sd=25,
)
def arm_leg_phase_rear(run: Run, step: Step) -> float:
    """360 degrees times the time from the thigh's rear end to the opposite arm's, over stride time."""
    return _turns(run, step, -1)


STRIDE: Final = 64
"""Samples to which every stride is brought, so that strides of unlike length keep in phase."""


@once_a_run
def _pair(run: Run, arm_side: Side) -> tuple[Array, Array] | None:
    """Arm and opposite-thigh angles (m,) over the longest row of whole strides in which both are seen.

    Whole strides, because part of one would shift the mean. None without any.
    """
    arm = run.motion.angles[f"{arm_side}_upper_arm"]
    thigh = run.motion.angles[f"{other(arm_side)}_thigh"]
    best: list[Array] = []
    for parity in (0, 1):
        row: list[Array] = []
        for step in (s for s in run.steps if s.number % 2 == parity):
            grid = run.grid(step.touchdown_s, run.touchdown(step, 2), STRIDE + 1)[:-1]
            pair = np.array([np.interp(grid, run.motion.time, x) for x in (arm, thigh)])
            row = [*row, pair] if len(grid) and np.isfinite(pair).all() else []
            if len(row) > len(best):
                best = row
    if not best:
        return None
    found = np.concatenate(best, axis=1)
    return _centred(found[0]), _centred(found[1])


def _centred(x: Array) -> Array:
    """Take out the level, and for two or more strides the slow drift of a stride's mean."""
    strides = len(x) // STRIDE
    if strides < 2:
        return np.asarray(x - x.mean())
    number = np.arange(strides) - (strides - 1) / 2
    slope = float(number @ x.reshape(strides, STRIDE).mean(axis=1) / (number @ number))
    at = (np.arange(len(x)) - (len(x) - 1) / 2) / STRIDE
    return np.asarray(x - x.mean() - slope * at)


@once_a_run
def _correlated(run: Run) -> tuple[float, float]:
    """Mean phase lag of the arms behind the opposite thighs by circular cross-correlation, and its height."""
    lags, heights = [], []
    for side in SIDES:
        found = _pair(run, side)
        if found is None:
            continue
        arm, thigh = found
        # Whole strides, so the correlation may wrap round.
        power = np.fft.irfft(np.fft.rfft(arm) * np.conj(np.fft.rfft(thigh)), len(arm))
        rho = power / np.sqrt((arm @ arm) * (thigh @ thigh))
        shifts = np.arange(-STRIDE // LARGEST_SHIFT, STRIDE // LARGEST_SHIFT + 1)
        near = rho[shifts]
        top = int(np.argmax(near))
        if top in (0, len(near) - 1):
            continue
        below, here, above = near[top - 1 : top + 2]
        part = (below - above) / (2 * (below - 2 * here + above))
        lags.append(360 * (shifts[top] + part) / STRIDE)
        heights.append(here)
    return (float(np.mean(lags)), float(np.mean(heights))) if lags else (nan, nan)


@Metric(
    label="Arm-leg lag over the run",
    unit=Unit.DEGREE,
    relationship=Relationship.SYSTEM,
    sign="Positive when the arms lag behind the opposite thighs.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Lamb2014",),
    min_steps=3,
    max_sd=15,
)
def arm_leg_lag(run: Run) -> float:
    """Shift at which arms and opposite thighs correlate best over whole strides, 360 = one stride."""
    return _correlated(run)[0]


@Metric(
    label="Arm-leg correlation",
    unit=Unit.RATIO,
    relationship=Relationship.SYSTEM,
    sign="1 when arm and opposite thigh follow the same curve.",
    min_fps=25,
    evidence=Evidence.MEASURED,
    citations=("Lamb2014",),
    min_steps=3,
    decimals=2,
    max_sd=0.15,
)
def arm_leg_correlation(run: Run) -> float:
    """Highest correlation of arms and opposite thighs over whole strides, mean of both pairs."""
    return _correlated(run)[1]


def _phase(x: Array) -> Array:
    """Phase of a periodic, centred signal over whole strides (Hilbert), radians.

    The half-range on either side is brought to one, so an uneven swing does not tilt the phase.
    """
    y = (x - (x.max() + x.min()) / 2) / (np.ptp(x) / 2)
    spectrum = np.fft.fft(y - y.mean())
    spectrum[len(y) // 2 :] = 0
    return np.angle(2 * np.fft.ifft(spectrum))


@once_a_run
def _relative_phase(run: Run) -> tuple[float, float]:
    """Circular mean and standard deviation of continuous relative phase of both pairs, deg."""
    angles = []
    for side in SIDES:
        found = _pair(run, side)
        if found is not None:
            # Positive when the arm is behind the thigh.
            angles.append(_phase(found[1]) - _phase(found[0]))
    if not angles:
        return nan, nan
    mean = np.mean(np.exp(1j * np.concatenate(angles)))
    length = min(float(np.abs(mean)), 1.0)
    return float(np.degrees(np.angle(mean))), float(np.degrees(np.sqrt(-2 * np.log(length))))


@Metric(
    label="Arm-leg relative phase",
    unit=Unit.DEGREE,
    relationship=Relationship.SYSTEM,
    sign="Positive when the arms are behind the opposite thighs.",
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Lamb2014",),
    min_steps=3,
    max_sd=15,
)
def relative_phase(run: Run) -> float:
    """Mean continuous relative phase of arms and opposite thighs over whole strides (Hilbert)."""
    return _relative_phase(run)[0]


@Metric(
    label="Arm-leg phase scatter",
    unit=Unit.DEGREE,
    relationship=Relationship.SYSTEM,
    sign="Always positive; 0 keeps the same phase throughout.",
    positive=True,
    min_fps=25,
    evidence=Evidence.DERIVED,
    citations=("Lamb2014",),
    min_steps=3,
    max_sd=12,
    floor=True,
)
def relative_phase_scatter(run: Run) -> float:
    """Circular standard deviation of the continuous relative phase of arms and opposite thighs."""
    return _relative_phase(run)[1]
