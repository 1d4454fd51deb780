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
seconds, times in seconds after touchdown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isfinite, nan
from typing import Final

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

    def force(self, t: Array) -> Array:
        """Return the vertical force at ``t`` (n,) s after touchdown, body weights; 0 outside contact."""
        out = np.zeros_like(t, dtype=float)
        for share, peak, before, after in self._bells():
            lead, trail = (t >= peak - before) & (t < peak), (t >= peak) & (t <= peak + after)
            for inside, half in ((lead, before), (trail, after)):
                out[inside] += share / (before + after) * (1 + np.cos(np.pi * (t[inside] - peak) / half))
        return out

    def until(self, t: float) -> float:
        """Return the impulse from touchdown to ``t`` s after it, body weights times s."""
        out = 0.0
        for share, peak, before, after in self._bells():
            for start, half in ((-before, before), (0.0, after)):
                x = float(np.clip(t - peak, start, start + half))
                bell = x - start + half / np.pi * (np.sin(np.pi * x / half) - np.sin(np.pi * start / half))
                out += share / (before + after) * bell
        return out

    @cached_property
    def peak(self) -> tuple[float, float]:
        """Time, s after touchdown, and size, body weights, of the highest force."""
        t = np.linspace(0, self.contact_s, _SAMPLES)
        force = self.force(t)
        top = int(np.clip(np.argmax(force), 1, _SAMPLES - 2))
        below, here, above = force[top - 1 : top + 2]
        bend = below - 2 * here + above
        part = (below - above) / (2 * bend) if bend < 0 else 0.0
        return float(t[top] + part * t[1]), float(here - (below - above) * part / 4)

    def _bells(self) -> list[tuple[float, float, float, float]]:
        """Impulse, time of the peak, and half-widths before and after it, of each mass."""
        rest = BODY_PEAK * self.contact_s
        bells = [(self.impulse - self.limb_impulse, rest, rest, self.contact_s - rest)]
        if self.limb_impulse:
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
    stop = min(stop_s, contact_s / 2)
    limb = LIMB * (fall_mps / (gravity * stop) + 1) * 2 * stop
    return Push(contact_s, contact_s + flight_s, limb, stop)


def landing(time: Array, height: Array, touchdown_s: float, until_s: float) -> tuple[float, float]:
    """Return how fast an ankle falls as its foot touches down, m/s, and how long it goes on falling, s.

    Parameters
    ----------
    time, height : (n,) s and m
        Of the ankle.
    touchdown_s, until_s : float
        Where falling begins to count, and by when it must have ended.

    Returns
    -------
    fall_mps, stop_s : float
        NaN where the ankle is not seen, or not falling at touchdown; a fall that goes on lasts until
        ``until_s``.
    """
    first, last = (int(i) for i in np.searchsorted(time, (touchdown_s, until_s)))
    # One more on either side than the differences need.
    near = slice(max(first - 2, 0), last + 3)
    if not (isfinite(touchdown_s) and isfinite(until_s)) or len(time[near]) < 3 or first == 0:
        return nan, nan
    t = time[near]
    rise = np.gradient(height[near], t)
    fall = -float(np.interp(touchdown_s, t, rise))
    if not (fall > 0 and np.isfinite(rise).all()):
        return nan, nan
    after = t > touchdown_s
    t, rise = np.append(touchdown_s, t[after]), np.append(-fall, rise[after])
    up = np.flatnonzero(rise >= 0)
    if len(up) == 0:
        return fall, until_s - touchdown_s
    i = int(up[0])
    stop = t[i - 1] - rise[i - 1] * (t[i] - t[i - 1]) / (rise[i] - rise[i - 1])
    return fall, min(float(stop), until_s) - touchdown_s
