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
from math import hypot, isfinite, nan
from typing import Any, Final, Literal

import numpy as np

from analyzer.arrays import Array, Bools, Indices
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
    """The course of the centre of mass between a toe-off and the next touchdown; or those of many.

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

    def some(self, which: Any) -> Flight:
        """Return one, or some, of many flights."""
        of: Any = self
        return Flight(
            of.start_s[which],
            of.stop_s[which],
            of.height[which],
            of.rising[which],
            of.rising_sd[which],
            of.forward[which],
            self.gravity,
        )

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
    times = np.array([(s.touchdown_s, s.toe_off_s) for s in steps], dtype=float).reshape(-1, 2, 1)
    if not np.isfinite(times[:, 1] - times[:, 0]).any():
        return {}
    com = unfiltered(motion)[..., None]
    found = every(motion, com, steps, times[:, 0], times[:, 1], gravity, clock_known=clock_known)
    alone = {step.number: found.some((i, 0)) for i, step in enumerate(steps)}
    return {number: one for number, one in alone.items() if isfinite(one.start_s)}


def every(
    motion: Motion,
    com: Array,
    steps: Sequence[Step],
    touchdown_s: Array,
    toe_off_s: Array,
    gravity: float,
    *,
    clock_known: bool = True,
) -> Flight:
    """Return the flights after all steps of ``c`` copies of a run as one: (s, c), NaN where there is none.

    Parameters
    ----------
    motion : Motion
    com : (n, 2, c) m
        As ``unfiltered`` returns it of each copy.
    steps : sequence of Step
        Numbers and sides of the contacts.
    touchdown_s, toe_off_s : (s, c) s
        Their times.
    gravity, clock_known
        As of ``flights``.
    """
    after = {this.number for this, _ in in_a_row(steps)}
    follows = np.array([[step.number in after] for step in steps], dtype=bool).reshape(-1, 1)
    contacts = toe_off_s - touchdown_s
    contact = np.nanmedian(contacts, axis=0) if np.isfinite(contacts).any() else nan
    landing = _following(touchdown_s)
    there = follows & (landing > toe_off_s) & np.isfinite(contact)
    start, stop = np.where(there, toe_off_s, nan), np.where(there, landing, nan)
    expected = _rises(motion.time, com[:, 1], follows, touchdown_s) + gravity * contact * (
        IMPULSE_CENTRE - 0.5
    )
    expected_sd = gravity * contact * hypot(IMPULSE_CENTRE_SD, STEP_SD)
    at, seen = _frames(motion.time, start, stop, "right")
    path = com[at, :, np.arange(com.shape[2])]
    seen &= np.isfinite(path).all(axis=-1)
    forward, up = np.where(seen, path[..., 0], 0.0), np.where(seen, path[..., 1], 0.0)
    t = np.where(seen, motion.time[at] - (start + stop) / 2, 0.0)
    line = up + gravity * t**2 / 2
    count = np.maximum(seen.sum(axis=0), 1)
    enough = count >= FEWEST_FRAMES
    middle = t.sum(axis=0) / count
    away = np.where(seen, t - middle, 0.0)
    power = np.where(enough, (away * away).sum(axis=0), 1.0)
    slope = (away * line).sum(axis=0) / power
    # Flight and contacts are weighed by their errors.
    jitter = JITTER * float(np.nanmedian(motion.noise_sd))
    chance = _slope_variance(motion, jitter, stop - start, count)
    weight = np.where(enough & clock_known, expected_sd**2 / (expected_sd**2 + chance), 0.0)
    rising = weight * slope + (1 - weight) * expected
    height = np.where(enough, line.sum(axis=0) / count - rising * middle, nan)
    forward = np.where(enough, (away * forward).sum(axis=0) / power, nan)
    found: Any = (start, stop, height, rising, (1 - weight) * expected_sd, forward)
    return Flight(found[0], found[1], found[2], found[3], found[4], found[5], gravity)


def _following(x: Array) -> Array:
    """Return of each contact what (s, c) says of the next one; NaN after the last."""
    return np.concatenate([x[1:], np.full_like(x[:1], nan)])


def _frames(
    time: Array, start_s: Array, stop_s: Array, side: Literal["left", "right"]
) -> tuple[Indices, Bools]:
    """Return the frames between times (s, c), (w, s, c), and which of them are; none where one is NaN.

    With ``side`` right the last moment belongs to them.
    """
    known = np.isfinite(start_s) & np.isfinite(stop_s)
    first = np.where(known, np.searchsorted(time, start_s), 0)
    last = np.where(known, np.searchsorted(time, stop_s, side), 0)
    at = first + np.arange(max(int((last - first).max(initial=0)), 1))[:, None, None]
    return np.minimum(at, len(time) - 1), at < last


def unfiltered(motion: Motion) -> Array:
    """Return the centre of mass (n, 2) of the landmarks as they were marked, m; short gaps bridged."""
    return centre_of_mass(filters.bridge(motion.time, motion.raw), motion.sex)


def _slope_variance(motion: Motion, jitter: float, lasts: Array, frames: Array) -> Any:
    """Return the error variance of a parabola's speed, (m/s)²: of slow errors and of ``jitter``, m."""
    of_leg = MARKERS_OF_LEG if motion.toe_is == "ball" else MARKED_OF_LEG
    slow = (of_leg * motion.leg_length) ** 2 / IN_FLIGHT
    return 12 * (slow + jitter**2 / frames) / lasts**2


def _rises(time: Array, height: Array, follows: Bools, touchdown_s: Array) -> Array:
    """Return how fast the body rises from step to step, (s, c) m/s.

    From the mean ``height`` (n, c) over the step before to that over the step after; 0 where one is not seen.
    """
    start, stop = touchdown_s, np.where(follows, _following(touchdown_s), nan)
    at, inside = _frames(time, start, stop, "left")
    path = np.where(inside, height[at, np.arange(height.shape[1])], 0.0)
    count = inside.sum(axis=0)
    mean = np.where(count > 0, path.sum(axis=0) / np.maximum(count, 1), nan)
    middle = (start + stop) / 2
    before, early = (np.concatenate([np.full_like(x[:1], nan), x[:-1]]) for x in (mean, middle))
    rise = (_following(mean) - before) / (_following(middle) - early)
    return np.where(np.isfinite(rise) & np.isfinite(middle), rise, 0.0)
