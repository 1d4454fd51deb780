"""Touchdown and toe-off of a body marked without feet: from how high its ankle is.

Decides both events where ankles are all there is (docs/decisions/0012). No kink marks them in the path of an
ankle: it sinks on while the foot comes down, and rises from heel-off on, well before the toe leaves. But how
high it is over its lowest at these moments differs little between steps and runners, and it passes those
heights quickly.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side
from analyzer.contacts.event import NOT_TIMED, SHARED_SD, Event
from analyzer.contacts.filtered_paths import FOOT_CUTOFF, FootPath
from analyzer.contacts.stances import CoarseStance
from analyzer.contacts.tempo import real_step_s
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.joints import body_size

TOUCHES: Final = 0.0225
"""How much higher than at its lowest the ankle is when the foot touches, leg lengths.

Two runners on force plates 0.020 to 0.024, two drawn sprinters 0.026, as filtered here. Larger makes
touchdown earlier.
"""
COMES: Final = 0.05
"""Share of what the ankle has still to come forward that is added to its height: some feet come in low."""
LEAVES: Final = ((0.23, 0.31), (0.118, 0.110))
"""How much higher than at its lowest the ankle is when the toe leaves: step times, s, and leg lengths.

The same runners 0.109 to 0.113, the drawn sprinters 0.116; sprinters filmed with contacts read by eye rise
more: 0.125 to 0.15. Larger makes toe-off later.
"""
OWN_SD: Final = (0.010, 0.008)
"""What that misses of a single touchdown and toe-off, step times; what it misses of all is ``SHARED_SD``."""
LOWEST_WITHIN: Final = (0.15, 0.1)
"""How far before and after the coarse contact the ankle is looked for at its lowest, step times."""
BEFORE: Final = 0.5
"""How long before its lowest the path is looked at, step times: longer than a foot comes down."""
AFTER: Final = 0.9
"""How long after, step times: longer than a contact lasts."""
FINE: Final = 0.005
"""Step between the times at which the path is looked at, step times: about 1 ms in a sprint."""
LEVEL_WITHIN: Final = 0.1
"""The lowest height is a mean over this long before and after, step times; a single frame would be noise."""
FLAT: Final = (-0.05, 0.2)
"""When the foot stands flat about the lowest ankle, step times: before heel-off it hardly moves."""
SLOWEST_PASS: Final = 0.15
"""The ankle passes a height at least so fast, leg lengths a step time: keeps the error finite."""
LEVELS_NOISE: Final = 1.5
"""Variance of the height passed over the lowest, in those of one filtered frame: the lowest is a mean."""
FEWEST_FRAMES: Final = 4
"""Frames that a cubic spline needs."""
BALL_AHEAD: Final = 0.155
"""How far ahead of the ankle the forefoot stands, leg lengths: enough to find the shoe in the image.

In this the body's measure (docs/decisions/0012); 0.01 is 1 cm of the place of the foot.
"""


class AnkleFit:
    """One contact seen by the ankle.

    Parameters
    ----------
    motion : Motion
    foot : FootPath
        Its toe's path is the ankle's here.
    stance : CoarseStance
        Frames in which the foot stands.
    step_time : float
        Step time, s.
    """

    def __init__(self, motion: Motion, foot: FootPath, stance: CoarseStance, step_time: float):
        self.motion, self.foot, self.step_time = motion, foot, step_time
        time, height = motion.time, foot.smooth_toe[:, 1]
        first = time[stance.start] - LOWEST_WITHIN[0] * step_time
        last = time[stance.stop - 1] + LOWEST_WITHIN[1] * step_time
        inside = np.flatnonzero((time >= first) & (time <= last) & np.isfinite(height))
        self.lowest = int(inside[np.argmin(height[inside])]) if len(inside) else stance.middle
        self.fine, self.risen, self.behind = self._about()

    def _about(self) -> tuple[Array, Array, Array]:
        """Return fine times about the lowest point, and how high over it and how far behind the ankle is, m.

        From the last frame that was lost before to the first after.
        """
        time, path = self.motion.time, self.foot.smooth_toe
        lost = np.flatnonzero(~np.isfinite(path).all(axis=1))
        first = int(lost[lost < self.lowest].max(initial=-1)) + 1
        stop = int(lost[lost >= self.lowest].min(initial=len(time)))
        if stop - first < FEWEST_FRAMES:
            return np.zeros(0), np.zeros(0), np.zeros(0)
        at = time[self.lowest]
        begin = max(at - BEFORE * self.step_time, time[first])
        end = min(at + AFTER * self.step_time, time[stop - 1])
        fine = np.arange(begin, end, FINE * self.step_time)
        from scipy.interpolate import CubicSpline  # only for a body without feet: it takes half a second

        x, y = np.asarray(CubicSpline(time[first:stop], path[first:stop])(fine)).T
        near = np.abs(fine - at) < LEVEL_WITHIN * self.step_time
        return fine, y - (np.mean(y[near]) if near.any() else np.inf), np.maximum(np.median(x[near]) - x, 0.0)

    def place(self) -> tuple[float, float]:
        """Return where the forefoot stands, m."""
        time = self.motion.time
        flat = (time >= time[self.lowest] + FLAT[0] * self.step_time) & (
            time <= time[self.lowest] + FLAT[1] * self.step_time
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
        level = float(np.interp(real_step_s(self.step_time), *LEAVES))
        return self._passes(self.fine[after], self.risen[after], level, 1)

    def _passes(self, time: Array, risen: Array, level: float, which: int) -> Event:
        """Return when the ankle, going away from its lowest point, first passes a level, leg lengths."""
        over = risen - level * self.motion.leg_length
        beyond = np.flatnonzero(over > 0)
        if len(beyond) == 0 or beyond[0] == 0:
            return NOT_TIMED
        k = int(beyond[0])
        share = over[k] / (over[k] - over[k - 1])
        at = float(time[k] + share * (time[k - 1] - time[k]))
        slope = float(np.gradient(risen, time)[k])
        speed = max(abs(slope), SLOWEST_PASS * self.motion.leg_length / self.step_time)
        # What the filter leaves of a frame's noise; errors that last from frame to frame pass it.
        kept = min(1.0, 2 * FOOT_CUTOFF / (self.step_time * self.motion.fps))
        kept *= (1 + self.foot.memory) / (1 - self.foot.memory)
        noise = self.foot.sd * float(np.sqrt(LEVELS_NOISE * min(kept, 1.0)))
        model = np.hypot(SHARED_SD["ankle"][which], OWN_SD[which]) * self.step_time
        return Event(at, float(np.hypot(noise / speed, model)), "ankle")


def planted(motion: Motion, side: Side) -> Array:
    """Return the raw path (n, 2) of the toe, or of where it is under an ankle that stands, m."""
    part = body_size.stands_on(JOINTS, motion.raw)
    path = motion.raw_joint(f"{side}_{part}")
    return path if part == "foot_index" else path + _to_ball(motion)


def _to_ball(motion: Motion) -> Array:
    return motion.leg_length * np.array([BALL_AHEAD, -body_size.ANKLE_HIGH])


def no_feet_note() -> Note:
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
