"""A forefoot's landing and every toe-off, fitted on raw landmarks between the frames, with errors.

Decides when a toe lands and leaves, given the coarse frames of a contact. Every filter smears the moment of
contact, so unfiltered landmarks are looked at: before it lands the forefoot moves, after it stands; before
toe-off the toe stands, after it the toe rises, at first ever faster. The posterior over the event's time
gives the estimate and its error. Landings on the heel or the edge of the foot are ``first_touch``'s.

Speeds are in running speeds, accelerations in running speed a step time, so slow motion has the same fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import numpy as np

from analyzer.arrays import Array
from analyzer.contacts.event import NOT_TIMED, Event
from analyzer.contacts.filtered_paths import FootPath
from analyzer.contacts.stances import CoarseStance
from analyzer.contacts.tempo import ExpectedMotion, real_step_s
from analyzer.data.motion import Motion
from analyzer.signals.robust import huber_fits

BALL_RISE: Final = ((0.274, 0.31, 0.34, 0.38), (0.0453, 0.0136, 0.0100, 0.0038))
"""Rise of a marker on the shoe at toe-off: step times, s, and how far it has risen, leg lengths.

The quicker people step, the more they roll over the toes. Markers over the toes, from force plates without
their filter: 4 mm in a jog, 3 to 9 mm at 4 to 5 m/s; over the ball of the foot 44 mm in a 6.6 m/s sprint. A
filtered path rises earlier. Too large and toe-off is late.
"""
TIP_RISE: Final = ((0.27, 0.31, 0.34, 0.38), (0.022, 0.0185, 0.014, 0.006))
"""The same of a network's landmark, which lies nearer to the tip of the shoe.

On real sprinters with contacts read by eye 35 mm and more at a start and at top speed; on drawn ones less.
"""
SOLE_GIVES: Final = 0.003
"""How much the sole gives between first touch and standing, leg lengths: touches that much before it stands.

No measurement is on record; 0.001 more makes touchdown about 1 ms earlier where the foot falls at 1 m/s.
"""
LANDING_SD: Final = 0.06
"""How far the landing by the filtered toe, ``_rough_landing``, may be from the true one, step times.

Holds the fit where raw landmarks jump; smaller and the filter's delay rules. No measurement is on record.
"""
LIFT: Final = 3.5
"""Upward acceleration of the toe after it leaves, running speeds a step time.

3.1 to 3.7 from a 3.5 m/s jog to a 6.6 m/s sprint with force plates.
"""
LIFT_SPREAD: Final = 0.35
"""Standard deviation of the logarithm of ``LIFT``: wider than measured, for shoes and gaits not seen."""
LIFTS_FOR: Final = 0.19
"""How long the toe goes on getting faster once it rises, step times; then its speed upward stays.

Markers of a sprint, a jog and eight runs at 4 and 5 m/s on force plates: the speed that is reached is that of
0.14 to 0.22 at the greatest acceleration. Without it a window of 53 ms (30 fps) made toe-off 15 ms late.
"""
LIFTS: Final = np.exp(np.linspace(-2, 2, 9) * LIFT_SPREAD)
"""Accelerations that are tried, in units of ``LIFT``: two standard deviations to either side."""
TOE_SLIPS: Final = 0.05
"""Standard deviation of the speed at which a standing toe slips before it leaves, running speeds."""
FORWARD_OF_RISE: Final = (0.9, 0.5)
"""Forward movement of a toe that leaves, as a share of its rise, and the spread of that."""
MODEL_SD: Final = 0.016
"""What the model of a forefoot's landing misses, step times; part of the event's own error."""
TOE_OFF_SD: Final[Mapping[Literal["ball", "tip"], float]] = {"ball": 0.010, "tip": 0.016}
"""What the model of toe-off misses, step times.

Seven feet with markers at 4 and 5 m/s: 0.004 from foot to foot, as much from step to step; other speeds are
known less.
"""


FALLING: Final = ExpectedMotion(-0.3, 0.12, -0.1, 0.4)
"""Height of a forefoot before it lands. No measurement is on record."""
COMING: Final = ExpectedMotion(0.4, 0.3, -2.0, 2.0)
"""Forward movement of a forefoot before it lands: it still comes, and brakes."""
SLOWEST_FALL: Final = 0.12
"""A landing foot falls at least so fast, running speeds: keeps what ``SOLE_GIVES`` shifts finite."""
HEIGHT_MISFIT: Final = 0.006
"""What piecewise paths miss of a foot's height, leg lengths, beside the landmarks' noise.

A foot that settles after landing is not noise; without this the fit trusts noiseless paths without end.
"""
FORWARD_MISFIT: Final = {"landing": 0.01, "leaving": 0.006}
"""The same of its forward path, leg lengths."""
FREE_LEVEL_M: Final = 1e3
"""Prior spread of where a foot stands, m: so wide that it says nothing."""

GRID: Final = np.arange(-0.30, 0.30, 0.005)
"""Times about the coarse event that are tried, step times: 0.3 to either side, 1 ms apart in a sprint."""
FIT_ROUNDS: Final = 3
"""How often outliers are given new weights."""
PASSES: Final = 2
"""How often an event is fitted: the second time with the frames around where the first found it."""
REACH: Final = (0.15, 1.6)
"""How far around an event frames are used: step times, and at least so many frames.

More and other parts of the path come in, fewer and noise rules. About a frame, 1.6 frames to either side hold
three, one less than ``FEWEST_FRAMES``: at 30 fps a landing is not fitted here but told by ``first_touch``'s
rule for heel and edge, or by the coarse contact.
"""
STOOD_STEPS: Final = 0.35
"""How long before toe-off the standing toe is looked at, step times."""
SETTLED_SHARE: Final = 0.2
"""But not in this first share of the contact, while the foot settles."""
NEAR: Final = (0.1, 2.1)
"""How far around a time ``parabola`` looks: step times, and at least so many frames."""
FEWEST_FRAMES: Final = 4
"""Fewer frames in a window are not fitted."""
SEEN: Final = (0.1, 2.0)
"""Window in which a foot must be seen about an event: step times, and at least so many frames."""
SEEN_SHARE: Final = 0.5
"""Share of those frames in which it must be."""
SLOWEST: Final = 0.3
"""A step covers at least so many leg lengths: keeps the scale of speed finite on a treadmill."""
LANDED_BY: Final = 0.15
"""By so long after the coarse start the filtered toe is at its lowest, step times."""
CLEARLY_UP: Final = 0.02
"""So far over its lowest, leg lengths, the filtered toe has not landed yet."""


class ForefootFit:
    """The posterior of a forefoot's landing and of toe-off in one contact.

    Parameters
    ----------
    motion : Motion
    foot : FootPath
    stance : CoarseStance
        Frames in which the foot stands.
    speed : float
        Running speed, m/s.
    step_time : float
        Step time, s.
    repeats : int
        How many contacts of this foot are weighed together.
    """

    def __init__(
        self,
        motion: Motion,
        foot: FootPath,
        stance: CoarseStance,
        speed: float,
        step_time: float,
        repeats: int = 1,
    ):
        self.motion, self.foot, self.stance = motion, foot, stance
        self.repeats = repeats
        self.time = motion.time
        self.step_time = step_time
        self.speed = max(float(speed), SLOWEST * motion.leg_length / step_time)
        self.step_length = self.speed * step_time / motion.leg_length
        """Leg lengths."""
        rate = motion.fps
        self.grid = GRID * step_time
        self.reach = max(REACH[0] * step_time, REACH[1] / rate)
        self.frame = 1 / rate

    def place(self) -> tuple[float, float]:
        """Return where the toe stands, m: in the middle half of the coarse contact."""
        lo, hi = self.stance.start, self.stance.stop
        quiet = slice(lo + (hi - lo) // 4, max(hi - (hi - lo) // 4, lo + 1))
        path = self.foot.toe[quiet]
        if not np.isfinite(path).any():
            return (float("nan"), float("nan"))
        x, y = np.nanmedian(path, axis=0)
        return (float(x), float(y))

    def toe_off(self) -> Event:
        """Fit the toe: standing, then rising from its lift-off, ever faster for ``LIFTS_FOR``.

        The shoe's tip leaves when the landmark behind it has risen by ``TIP_RISE`` or ``BALL_RISE``.
        """
        rough = self.time[self.stance.stop - 1]
        event = NOT_TIMED
        for _ in range(PASSES):
            event = self._toe_off_near(rough)
            if not np.isfinite(event.time_s):
                return event
            rough = event.time_s
        return event

    def forefoot_touch(self) -> Event:
        """Time the kink in the toe's path: falling, then standing."""
        rough = expected = self._rough_landing(self.foot.smooth_toe)
        event = NOT_TIMED
        for _ in range(PASSES):
            event = self._touchdown_near(self.foot.toe, rough, expected)
            if not np.isfinite(event.time_s):
                break
            rough = event.time_s
        return event

    def near(self) -> float:
        """Return how far around a time the paths tell about it, s."""
        return max(NEAR[0] * self.step_time, NEAR[1] * self.frame)

    def parabola(self, raw: Array, middle: float) -> tuple[Array, Array] | None:
        """Height, speed and acceleration at a time from the raw heights around, and their errors (3,)."""
        if not self._seen(middle):
            return None
        data = self._window(raw, middle - self.near(), middle + self.near())
        if data is None:
            return None
        since = data[0] - middle
        basis = np.column_stack([np.ones_like(since), since, 0.5 * since**2])
        fit, *_ = np.linalg.lstsq(basis, data[1][:, 1], rcond=None)
        scatter = np.diag(np.linalg.pinv(basis.T @ basis)) / self.foot.thinning
        return np.asarray(fit, np.float64), np.asarray(self.foot.sd * np.sqrt(scatter), np.float64)

    def _window(self, path: Array, start_s: float, stop_s: float) -> tuple[Array, Array] | None:
        inside = (self.time >= start_s) & (self.time <= stop_s) & np.isfinite(path).all(axis=1)
        return (self.time[inside], path[inside]) if inside.sum() >= FEWEST_FRAMES else None

    def _toe_off_near(self, rough: float) -> Event:
        if rough + 0.5 * self.frame > self.time[-1] or not self._seen(rough):
            return NOT_TIMED
        touch = self.time[self.stance.start]
        data = self._window(
            self.foot.toe,
            max(rough - STOOD_STEPS * self.step_time, touch + SETTLED_SHARE * (rough - touch)),
            rough + self.reach,
        )
        if data is None:
            return NOT_TIMED
        t, path = data
        expected = LIFT * self.speed / self.step_time
        onset, lift = (g.ravel() for g in np.meshgrid(rough + self.grid, expected * LIFTS, indexing="ij"))
        lift_prior = -0.5 * (np.log(lift / expected) / LIFT_SPREAD) ** 2
        since = np.maximum(0, t - onset[:, None])
        faster = np.minimum(since, LIFTS_FOR * self.step_time)
        risen = lift[:, None] * faster * (since - faster / 2)
        ones = np.ones_like(risen)
        # Height: the standing level is free. Forward: as well, with a slip and a share of the rise.
        up, _ = self._misfit(
            np.stack([ones], axis=2), path[:, 1] - risen, np.array([0.0]), np.array([FREE_LEVEL_M])
        )
        drift = np.broadcast_to(t - rough, risen.shape)
        along, _ = self._misfit(
            np.stack([ones, drift, risen], axis=2),
            np.broadcast_to(path[:, 0], risen.shape),
            np.array([0.0, 0.0, FORWARD_OF_RISE[0]]),
            np.array([FREE_LEVEL_M, TOE_SLIPS * self.speed, FORWARD_OF_RISE[1]]),
            FORWARD_MISFIT["leaving"] * self.motion.leg_length,
        )
        log = -0.5 * self.foot.thinning * (up + along) + lift_prior
        return self._posterior(
            log, onset + np.sqrt(2 * self._toe_rise() / lift), TOE_OFF_SD[self.motion.toe_is]
        )

    def _toe_rise(self) -> float:
        """How far the toe landmark has risen when the tip of the shoe leaves the ground, m."""
        table = TIP_RISE if self.motion.toe_is == "tip" else BALL_RISE
        return self.motion.leg_length * float(np.interp(real_step_s(self.step_time), *table))

    def _rough_landing(self, smooth: Array) -> float:
        """When a filtered landmark comes down to within ``CLEARLY_UP`` of its lowest."""
        start = self.stance.start
        early = int(np.searchsorted(self.time, self.time[start] + LANDED_BY * self.step_time))
        middle = max(min(self.stance.middle, early), start + 1)
        span = smooth[start : middle + 1, 1]
        if not np.isfinite(span).any():
            return float(self.time[start])
        lowest = start + int(np.nanargmin(span))
        above = smooth[: lowest + 1, 1] > smooth[lowest, 1] + CLEARLY_UP * self.motion.leg_length
        before = np.flatnonzero(above)
        return float(self.time[before[-1]] if len(before) else self.time[start])

    def _touchdown_near(self, raw: Array, rough: float, expected: float) -> Event:
        if rough - 0.5 * self.frame < self.time[0] or not self._seen(rough):
            return NOT_TIMED
        data = self._window(raw, rough - self.reach, rough + self.reach)
        if data is None:
            return NOT_TIMED
        t, path = data
        before = np.minimum(0, t - (rough + self.grid)[:, None])
        basis = np.stack([np.ones_like(before), before, 0.5 * before**2], axis=2)
        leg = self.motion.leg_length
        up, falls = self._landing_misfit(basis, path[:, 1], FALLING, HEIGHT_MISFIT * leg)
        along, _ = self._landing_misfit(basis, path[:, 0], COMING, FORWARD_MISFIT["landing"] * leg)
        log = -0.5 * self.foot.thinning * (up + along)
        log -= 0.5 * ((rough + self.grid - expected) / (LANDING_SD * self.step_time)) ** 2
        falling = np.maximum(-falls[:, 1], SLOWEST_FALL * self.speed)
        return self._posterior(log, rough + self.grid - SOLE_GIVES * leg / falling, MODEL_SD)

    def _landing_misfit(
        self, basis: Array, y: Array, expected: ExpectedMotion, model_sd: float
    ) -> tuple[Array, Array]:
        pace = self.speed
        curve = pace / self.step_time
        return self._misfit(
            basis,
            np.broadcast_to(y, basis.shape[:2]),
            np.array([0.0, expected.speed * pace, expected.acceleration * curve]),
            np.array([FREE_LEVEL_M, expected.speed_sd * pace, expected.acceleration_sd * curve]),
            model_sd,
        )

    def _misfit(
        self, basis: Array, y: Array, prior: Array, prior_sd: Array, model_sd: float = 0.0
    ) -> tuple[Array, Array]:
        """Chi-square (g,) and coefficients (g, k) of the best fit for every row of the grid.

        ``basis`` (g, n, k), ``y`` (g, n) m; the first coefficient is the level, counted from the mean of
        each row. ``model_sd`` m is added to the landmarks' noise.
        """
        sd = float(np.hypot(self.foot.sd, model_sd))
        return huber_fits(basis, y - y.mean(axis=1, keepdims=True), sd, prior, prior_sd, FIT_ROUNDS)

    def _seen(self, at: float) -> bool:
        """Tell whether the foot is seen in the frames around a time."""
        around = np.abs(self.time - at) <= max(SEEN[1] * self.frame, SEEN[0] * self.step_time)
        return bool(np.isfinite(self.foot.toe[around, 1]).mean() > SEEN_SHARE) if around.any() else False

    def _posterior(self, log: Array, at: Array, model_sd: float) -> Event:
        weight = np.exp(log - log.max())
        weight /= weight.sum()
        time = float(weight @ at)
        sd = float(np.sqrt(weight @ (at - time) ** 2 + (model_sd * self.step_time) ** 2))
        if not self.time[0] < time < self.time[-1]:
            return NOT_TIMED
        return Event(time, sd)
