"""The vertical force under a foot over its contact, from motion alone: the two-mass model.

Clark, Ryan & Weyand (2017, J Exp Biol 220:247): foot and shank, a fixed share of the body, are stopped by the
ground within the first part of contact; the rest of the body is carried over the whole of it. The impulse of
all is the body's weight over contact and flight, that of the limb follows from how fast the ankle falls at
touchdown and how soon it stops, and the rest is the rest. Each is a raised cosine

    F(t) = A / 2 (1 + cos(pi (t - B) / C)),  B - C < t < B + C,

that of the limb from touchdown to twice the ankle's stop, that of the rest of the body over contact, its
halves of unlike length joined at its peak. Over 500 measured waveforms of 42 people from 3.0 to 11.1 m/s
R2 was 0.95 +- 0.04.

Measured: contact, flights, the ankle's fall and its stop. Modelled: the masses' shares, the shape of both
curves, the time of the second one's peak. The paper's abstract was read, its equations as others wrote them
down; nothing here was fitted to any force. Forces are in body weights, impulses in body weights times
seconds, times in seconds after touchdown. Every number may as well be an array of one for each of several
contacts, NaN where there is none (``uncertainty.together``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import Any, Final

import numpy as np

from analyzer.arrays import Array

LIMB: Final = 0.08
"""Share of foot and shank in the body's mass (Clark, Ryan & Weyand 2017)."""
BODY_PEAK: Final = 0.47
"""When in contact the force of the rest of the body is highest, share of contact (the same, after Cavagna et
al. 1977: the body is lowest a little before the middle of contact)."""
MISFIT: Final = 0.158
"""RMS error of the curve at any one moment, as a share of the mean force in contact, by the published R2.

sqrt(1 - 0.95) of the scatter of a raised cosine about its mean, which is 1 / sqrt(2) of the mean.
"""
HALF_MISFIT: Final = MISFIT / np.pi
"""The same of the share of the impulse in either half: half of the misfit's power, the part that is not alike
in both halves, as a sine with one period in contact."""
PEAK_MISFIT: Final = MISFIT / (2**0.5 * np.pi)
"""The same of the time of the peak, share of contact: that sine's slope over the curvature of the peak.

Of all of the misfit, because a faster wave moves a peak further than a slow one; with half of it the times of
five contacts of a jog on force plates were covered half of the time.
"""
_SAMPLES: Final = 501
"""Moments of contact at which the highest force is looked for, before a parabola places it."""


@dataclass(frozen=True)
class Push:
    """The push of one contact.

    contact_s : touchdown to toe-off, s
    impulse : of the whole body, body weights times s
    limb_impulse : the part of it that stops the lower leg
    stop_s : from touchdown until the ankle stops falling, at most half of contact, s
    """

    contact_s: float
    impulse: float
    limb_impulse: float = 0.0
    stop_s: float = nan

    @property
    def flight_s(self) -> float:
        """Mean of the flights around it, s."""
        return self.impulse - self.contact_s

    def force(self, t: Array | float) -> Any:
        """Return the vertical force at ``t`` s after touchdown, body weights; 0 outside contact."""
        out: Any = np.where(np.isfinite(self.contact_s), 0.0, nan)
        for share, peak, before, after in self._bells():
            inside = (t >= peak - before) & (t <= peak + after)
            half = np.where(t < peak, before, after)
            bell = share / (before + after) * (1 + np.cos(np.pi * (t - peak) / half))
            out = out + np.where(inside, bell, 0.0)
        return out

    def until(self, t: float) -> Any:
        """Return the impulse from touchdown to ``t`` s after it, body weights times s."""
        out = 0.0
        for share, peak, before, after in self._bells():
            for start, half in ((-before, before), (0.0, after)):
                x = np.clip(t - peak, start, start + half)
                bell = x - start + half / np.pi * (np.sin(np.pi * x / half) - np.sin(np.pi * start / half))
                out += share / (before + after) * bell
        return out

    @cached_property
    def peak(self) -> tuple[Any, Any]:
        """Time, s after touchdown, and size, body weights, of the highest force."""
        t = np.linspace(0, self.contact_s, _SAMPLES)
        force = self.force(t)
        top = np.clip(np.argmax(force, axis=0), 1, _SAMPLES - 2)[None]
        below, here, above = (np.take_along_axis(force, top + k, axis=0)[0] for k in (-1, 0, 1))
        bend = below - 2 * here + above
        part = np.where(bend < 0, (below - above) / (2 * np.where(bend < 0, bend, -1.0)), 0.0)
        return np.take_along_axis(t, top, axis=0)[0] + part * t[1], here - (below - above) * part / 4

    def _bells(self) -> list[tuple[float, float, float, float]]:
        """Impulse, time of the peak, and half-widths before and after it, of each mass."""
        rest = BODY_PEAK * self.contact_s
        bells = [(self.impulse - self.limb_impulse, rest, rest, self.contact_s - rest)]
        if np.any(self.limb_impulse):
            bells.append((self.limb_impulse, self.stop_s, self.stop_s, self.stop_s))
        return bells


def push(contact_s: float, flight_s: float, fall_mps: float, stop_s: float, gravity: float) -> Push:
    """Return the push of one contact.

    Parameters
    ----------
    contact_s, flight_s : float
        Touchdown to toe-off, and the flights around it, s: in steady running either, else their mean, since
        half of each flight is thrown up, or caught, in this contact.
    fall_mps, stop_s : float
        Speed of the ankle downward at touchdown, m/s, and the time until it stops, s.
    gravity : float
        m/s².
    """
    stop: Any = np.minimum(stop_s, contact_s / 2)
    limb = LIMB * (fall_mps / (gravity * stop) + 1) * 2 * stop
    return Push(contact_s, contact_s + flight_s, limb, stop)


def landing(time: Array, height: Array, touchdown_s: Any, until_s: Any) -> tuple[Any, Any]:
    """Return how fast an ankle falls as its foot touches down, m/s, and how long it goes on falling, s.

    Parameters
    ----------
    time, height : (n,) s and (n,) or (n, c) m
        Of the ankle; one course for each of ``c`` copies.
    touchdown_s, until_s : float or (s, c)
        Where falling begins to count, and by when it must have ended.

    Returns
    -------
    fall_mps, stop_s : float or (s, c)
        NaN where the ankle is not seen, or not falling at touchdown; a fall that goes on lasts until
        ``until_s``.
    """
    copies = np.arange(height.shape[1]) if height.ndim == 2 else ()

    def at(series: Array, frame: Any) -> Any:
        return series[(frame, copies)] if height.ndim == 2 else series[frame]

    n = len(time)
    usable = np.isfinite(touchdown_s) & np.isfinite(until_s)
    first, last = (np.searchsorted(time, np.where(usable, t, time[0])) for t in (touchdown_s, until_s))
    # One more on either side than the differences need.
    start, stop = np.maximum(first - 2, 0), np.minimum(last + 3, n)
    usable &= (first > 0) & (stop - start >= 3)
    frames = start + np.arange(max(np.max(stop - start), 1)).reshape(-1, *[1] * np.ndim(first))
    near, frames = frames < stop, np.minimum(frames, n - 1)
    usable &= (np.isfinite(at(height, frames)) | ~near).all(axis=0)
    rise = np.gradient(height, time, axis=0)
    i = np.clip(np.searchsorted(time, touchdown_s, "right") - 1, 0, n - 2)
    slope = (at(rise, i + 1) - at(rise, i)) / (time[i + 1] - time[i])
    fall = -(slope * (touchdown_s - time[i]) + at(rise, i))
    usable &= fall > 0
    up = near & (frames > i) & (at(rise, frames) >= 0)
    j = np.where(up.any(axis=0), start + up.argmax(axis=0), i + 1)
    before_s = np.where(j == i + 1, touchdown_s, time[j - 1])
    before = np.where(j == i + 1, -fall, at(rise, j - 1))
    slope = np.where(up.any(axis=0), at(rise, j) - before, 1.0)
    ends = before_s - before * (time[j] - before_s) / slope
    ends = np.where(up.any(axis=0), np.minimum(ends, until_s), until_s)
    return np.where(usable, fall, nan)[()], np.where(usable, ends - touchdown_s, nan)[()]
