"""Touchdown and toe-off of a body marked without feet: from how high its ankle is.

No kink marks them in the path of an ankle: it sinks on while the foot comes down, and rises from heel-off on,
well before the toe leaves. But how high it is over its lowest at these moments differs little between steps
and runners, and it passes those heights quickly.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.interpolate import CubicSpline

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side
from analyzer.contacts import stances
from analyzer.contacts.forefoot_fit import NOTHING, SLOWEST_STEP_S, Event, Foot, Stance
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.joints import body_size

# How much higher than at its lowest the ankle is when the foot touches, leg lengths: two runners on force
# plates 0.020 to 0.024, two drawn sprinters 0.026, as filtered here.
TOUCHES: Final = 0.0225
# To that height this share of what the ankle has still to go forward is added: some feet come in low.
COMES: Final = 0.05
# And when the toe leaves, against step time, s. The same runners 0.109 to 0.113, the drawn sprinters 0.116;
# sprinters filmed with contacts read by eye rise more: 0.125 to 0.15.
LEAVES: Final = ((0.23, 0.31), (0.118, 0.110))
# What that misses, in step times: alike in all steps of a run, and of a single step.
SHARED_SD: Final = (0.025, 0.025)
OWN_SD: Final = (0.010, 0.008)
# Where the ankle is looked for at its lowest, and its heights around that, step times.
AROUND: Final = (0.15, 0.1)
BEFORE: Final = 0.5
AFTER: Final = 0.9
FINE: Final = 0.005
# The forefoot stands so far ahead of the ankle, leg lengths.
BALL_AHEAD: Final = 0.155


class AnkleFit:
    """One contact seen by the ankle; the path of ``Foot.toe`` is the ankle's here."""

    def __init__(self, motion: Motion, foot: Foot, stance: Stance, step_time: float):
        self.motion, self.foot, self.step_time = motion, foot, step_time
        time, height = motion.time, foot.smooth_toe[:, 1]
        first = time[stance.start] - AROUND[0] * step_time
        last = time[stance.stop - 1] + AROUND[1] * step_time
        inside = np.flatnonzero((time >= first) & (time <= last) & np.isfinite(height))
        self.lowest = int(inside[np.argmin(height[inside])]) if len(inside) else stance.middle
        self.fine, self.risen, self.behind = self._about()

    def _about(self) -> tuple[Array, Array, Array]:
        """Return fine times about the lowest point, and how high over it and how far behind the ankle is, m.

        As long as it was seen.
        """
        time, path = self.motion.time, self.foot.smooth_toe
        lost = np.flatnonzero(~np.isfinite(path).all(axis=1))
        first = int(lost[lost < self.lowest].max(initial=-1)) + 1
        stop = int(lost[lost >= self.lowest].min(initial=len(time)))
        if stop - first < 4:
            return np.zeros(0), np.zeros(0), np.zeros(0)
        at = time[self.lowest]
        begin = max(at - BEFORE * self.step_time, time[first])
        end = min(at + AFTER * self.step_time, time[stop - 1])
        fine = np.arange(begin, end, FINE * self.step_time)
        x, y = np.asarray(CubicSpline(time[first:stop], path[first:stop])(fine)).T
        near = np.abs(fine - at) < 0.1 * self.step_time
        return fine, y - (np.mean(y[near]) if near.any() else np.inf), np.maximum(np.median(x[near]) - x, 0.0)

    def place(self) -> tuple[float, float]:
        """Return where the forefoot stands, m."""
        time = self.motion.time
        # Before heel-off the ankle hardly moves.
        flat = (time >= time[self.lowest] - 0.05 * self.step_time) & (
            time <= time[self.lowest] + 0.2 * self.step_time
        )
        path = self.foot.toe[flat]
        if not np.isfinite(path).any():
            return (float("nan"), float("nan"))
        x, y = np.nanmedian(path, axis=0) + _to_ball(self.motion)
        return (float(x), float(y))

    def touchdown(self) -> Event:
        """Time when the ankle has come down, and forward, to ``TOUCHES``."""
        before = self.fine < self.motion.time[self.lowest]
        comes = self.risen + COMES * self.behind
        return self._passes(self.fine[before][::-1], comes[before][::-1], TOUCHES, 0)

    def toe_off(self) -> Event:
        """Time when the ankle has risen to ``LEAVES``."""
        after = self.fine >= self.motion.time[self.lowest]
        real_s = self.step_time if self.step_time < SLOWEST_STEP_S else 0.0
        return self._passes(self.fine[after], self.risen[after], float(np.interp(real_s, *LEAVES)), 1)

    def _passes(self, time: Array, risen: Array, level: float, which: int) -> Event:
        """Return when the ankle, going away from its lowest point, first passes a level, leg lengths."""
        over = risen - level * self.motion.leg_length
        beyond = np.flatnonzero(over > 0)
        if len(beyond) == 0 or beyond[0] == 0:
            return NOTHING
        k = int(beyond[0])
        share = over[k] / (over[k] - over[k - 1])
        at = float(time[k] + share * (time[k - 1] - time[k]))
        slope = float(np.gradient(risen, time)[k])
        speed = max(abs(slope), 0.15 * self.motion.leg_length / self.step_time)
        # A frame's noise after the filter, of the level passed and of the lowest point.
        kept = min(1.0, 2 * stances.FOOT_CUTOFF / (self.step_time * self.motion.fps))
        kept *= (1 + self.foot.memory) / (1 - self.foot.memory)
        noise = self.foot.sd * float(np.sqrt(1.5 * min(kept, 1.0)))
        model = np.hypot(SHARED_SD[which], OWN_SD[which]) * self.step_time
        return Event(at, float(np.hypot(noise / speed, model)), "ankle")


def planted(motion: Motion, side: Side) -> Array:
    """Return the raw path (n, 2) of the toe, or of where it is under an ankle that stands, m."""
    part = body_size.stands_on(JOINTS, motion.raw)
    path = motion.raw_joint(f"{side}_{part}")
    return path if part == "foot_index" else path + _to_ball(motion)


def _to_ball(motion: Motion) -> Array:
    return motion.leg_length * np.array([BALL_AHEAD, -body_size.ANKLE_HIGH])


def note() -> Note:
    """Say what a body without feet costs."""
    return Note(
        "warning",
        "ankles_only",
        "No feet were marked: what the shoe's picture does not time was timed by the ankles, with a larger "
        "error that is much the same in all steps of a run. What needs the foot itself (its angle, its speed "
        "before it lands, its slip) is not given.",
        "Give the joints together with their video, or use a body with heels and toes, as BlazePose, "
        "Halpe-26 or BODY-25.",
    )
