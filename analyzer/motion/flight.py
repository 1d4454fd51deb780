"""The centre of mass in flight: a parabola with known gravity, tied to toe-off and touchdown.

Between toe-off and touchdown nothing but gravity acts. Two numbers are left to find: how high the centre of
mass is in mid-flight and how fast it still rises there. Both are fitted to the unfiltered landmarks of the
whole flight, for a low-pass would mix the push and the landing into it.

What the contacts say of the second number is better than what a network's landmarks do. The mean force over
a step is the body's weight. So if a step ends as high as it began, the speed in mid-flight is g times the
contact time times (centre of the impulse - 1/2): the apex is as much earlier than mid-flight as the impulse's
centre is earlier than mid-contact. A body that rises from step to step has that speed added. Flight and
contacts are weighed by their errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, isfinite
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.motion import Motion
from analyzer.data.steps import Step, in_a_row
from analyzer.motion.centre_of_mass import centre_of_mass
from analyzer.signals import filters

GRAVITY: Final = 9.81
"""m/s²."""
FEWEST_FRAMES: Final = 4
"""Frames in flight from which a parabola is fitted; with fewer the contacts alone place it."""
IMPULSE_CENTRE: Final = 0.475
"""Where in the contact the vertical impulse has its centre, as a share of it.

0.441 and 0.452 in a sprint of 6.6 m/s and a jog over ground, 0.462 to 0.479 of four runners at 4 and 5 m/s on
a treadmill, all on force plates; 0.50 of a half-sine. Their own centres put the apexes 5 to 10 ms before
mid-flight, where the integrated forces have them to within 1 ms.
"""
IMPULSE_CENTRE_SD: Final = 0.02
"""How it differs between people, contact times: a half-sine is as far off as heel-strikers and sprinters."""
STEP_SD: Final = 0.03
"""How the apex differs from step to step about that, contact times: 0.01 to 0.04 on the plates."""
MARKED_OF_LEG: Final = 0.0045
"""Slow error of the height of the centre of mass, leg lengths, as a network's landmarks give it.

Of its parabola's speed 0.07 m/s came out on three rendered clips.
"""
MARKERS_OF_LEG: Final = 0.002
"""The same of markers: assumed."""
IN_FLIGHT: Final = 2.5
"""How many such errors a flight has that are not alike: each lasts about 50 ms."""
JITTER: Final = 0.3
"""Random error of the height of the centre of mass in one frame, in those of a single landmark."""


@dataclass(frozen=True)
class Flight:
    """The course of the centre of mass between a toe-off and the next touchdown.

    start_s, stop_s : toe-off and touchdown, s
    height : above the ground in mid-flight, m
    rising : vertical speed in mid-flight, m/s, positive upward
    rising_sd : standard error of it by what contacts tell of flights, m/s; that of the landmarks comes on top
    forward : forward speed, m/s
    gravity : m/s²
    """

    start_s: float
    stop_s: float
    height: float
    rising: float
    rising_sd: float
    forward: float
    gravity: float

    @property
    def middle_s(self) -> float:
        """Mid-flight, s."""
        return (self.start_s + self.stop_s) / 2

    @property
    def apex_s(self) -> float:
        """When the centre of mass is highest, s: an end of the flight where it only rises or falls."""
        return min(max(self.middle_s + self.rising / self.gravity, self.start_s), self.stop_s)

    def velocity(self, t: float) -> float:
        """Vertical speed at ``t``, m/s, positive upward."""
        return self.rising - self.gravity * (t - self.middle_s)


def flights(
    motion: Motion, steps: Sequence[Step], gravity: float, *, clock_known: bool = True
) -> dict[int, Flight]:
    """Return the flight after each step, by the step's number.

    Parameters
    ----------
    motion : Motion
    steps : sequence of Step
    gravity : float
        m/s².
    clock_known : bool
        Where a clip plays slower than life by an unknown factor, gravity is unknown too and the contacts
        alone place the parabola.

    Returns
    -------
    dict
        A flight for each two contacts in a row whose toe-off and touchdown are timed.
    """
    contacts = np.array([s.toe_off_s - s.touchdown_s for s in steps], dtype=float)
    if not np.isfinite(contacts).any():
        return {}
    contact = float(np.nanmedian(contacts))
    com = _unfiltered(motion)
    jitter = JITTER * float(np.nanmedian(motion.noise_sd))
    rises = _rises(motion.time, com[:, 1], steps)
    found = {}
    for this, following in in_a_row(steps):
        off, down = this.toe_off_s, following.touchdown_s
        if not (isfinite(off) and isfinite(down) and down > off):
            continue
        expected = rises.get(this.number, 0.0) + gravity * contact * (IMPULSE_CENTRE - 0.5)
        expected_sd = gravity * contact * hypot(IMPULSE_CENTRE_SD, STEP_SD)
        found[this.number] = _fit(
            motion, com, jitter, (off, down), gravity, (expected, expected_sd), clock_known
        )
    return found


def _unfiltered(motion: Motion) -> Array:
    """Return the centre of mass (n, 2) of the landmarks as they were marked, m; short gaps bridged."""
    return centre_of_mass(filters.bridge(motion.time, motion.raw), motion.sex)


def _fit(
    motion: Motion,
    com: Array,
    jitter: float,
    ends: tuple[float, float],
    gravity: float,
    expected: tuple[float, float],
    clock_known: bool,
) -> Flight:
    """Weigh the parabola through the landmarks of a flight, and what the contacts lead one to expect."""
    off, down = ends
    first, last = np.searchsorted(motion.time, off), np.searchsorted(motion.time, down, "right")
    path = com[first:last]
    there = np.isfinite(path).all(axis=1)
    path, t = path[there], motion.time[first:last][there] - (off + down) / 2
    seen = len(t) >= FEWEST_FRAMES
    line = path[:, 1] + gravity * t**2 / 2
    rising, weight = expected[0], 0.0
    forward = height = float("nan")
    if seen:
        away = t - t.mean()
        slope, forward = (float(away @ y / (away @ away)) for y in (line, path[:, 0].copy()))
        if clock_known:
            weight = expected[1] ** 2 / (
                expected[1] ** 2 + _slope_variance(motion, jitter, down - off, len(t))
            )
        rising = weight * slope + (1 - weight) * expected[0]
        height = float(line.mean() - rising * t.mean())
    return Flight(off, down, height, rising, (1 - weight) * expected[1], forward, gravity)


def _slope_variance(motion: Motion, jitter: float, lasts: float, frames: int) -> float:
    """Return the error variance of a parabola's speed, (m/s)²: of slow errors and of ``jitter``, m."""
    of_leg = MARKERS_OF_LEG if motion.toe_is == "ball" else MARKED_OF_LEG
    slow = (of_leg * motion.leg_length) ** 2 / IN_FLIGHT
    return 12 * (slow + jitter**2 / frames) / lasts**2


def _rises(time: Array, height: Array, steps: Sequence[Step]) -> dict[int, float]:
    """Return how fast the body rises from step to step, m/s, by the step's number.

    From the mean height over the step before to that over the step after; 0 where one is not seen.
    """
    spans = {
        a.number: (a.touchdown_s, b.touchdown_s)
        for a, b in in_a_row(steps)
        if isfinite(a.touchdown_s) and isfinite(b.touchdown_s)
    }
    means = {}
    for number, (start, stop) in spans.items():
        inside = height[slice(*np.searchsorted(time, (start, stop)))]
        if len(inside) and np.isfinite(inside).all():
            means[number] = (float(inside.mean()), (start + stop) / 2)
    out = {}
    for number in spans:
        if number - 1 in means and number + 1 in means:
            (low, early), (high, late) = means[number - 1], means[number + 1]
            out[number] = (high - low) / (late - early)
    return out
