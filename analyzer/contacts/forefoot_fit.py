"""One ground contact fitted on raw landmarks: a forefoot's landing and toe-off between frames, with errors.

Every filter smears the moment of contact, so the fit looks at unfiltered landmarks: before it lands the
forefoot moves, after it stands; before toe-off the toe stands, after it the toe rises with constant
acceleration. The posterior over the event's time gives the estimate and its error. Feet that land
otherwise are ``landing``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import Side
from analyzer.data.motion import Motion

# Foot model, fractions of leg length: how far the toe landmark has risen when the tip of the shoe leaves
# the ground, against step time, s. The quicker people step, the more they roll over the toes. Markers over
# the toes, from force plates without their filter: 4 mm in a jog, 3-9 mm at 4-5 m/s; over the ball of the
# foot 44 mm in a 6.6 m/s sprint; a filtered path rises earlier. A network's landmark on real sprinters with
# contacts read by eye: 35 mm and more at a start and at top speed; nearer to the tip, it rises less on drawn
# ones.
BALL_RISE: Final = ((0.274, 0.31, 0.34, 0.38), (0.0462, 0.0139, 0.0102, 0.0039))
TIP_RISE: Final = ((0.27, 0.31, 0.34, 0.38), (0.022, 0.0185, 0.014, 0.006))
SLOWEST_STEP_S: Final = 0.42
"""Slower steps than these are a sprint in slow motion."""
# How much the sole gives between first touch and standing.
SOLE_GIVES: Final = 0.003
# How well the filtered toe tells its landing, step times.
LANDING_SD: Final = 0.06
# Toe acceleration after lift-off in units of speed / step time: 3.1-3.7 from a 3.5 m/s jog to a
# 6.6 m/s sprint with force plates.
LIFT: Final = 3.5
LIFT_SPREAD: Final = 0.35
# What the piecewise models of landing and toe-off themselves miss, in step times. Toe-offs of seven feet with
# markers at 4 and 5 m/s: 0.004 from foot to foot, as much from step to step; other speeds are known less.
MODEL_SD: Final = 0.016
TOE_OFF_SD: Final = {"ball": 0.010, "tip": 0.016}


class Foot(NamedTuple):
    """One foot's paths: raw and filtered toe and heel (n, 2) m, and how noisy the raw ones are."""

    side: Side
    toe: Array
    heel: Array
    smooth_toe: Array
    smooth_heel: Array
    speed: Array
    sd: float
    memory: float


@dataclass(frozen=True)
class Stance:
    """A coarse ground contact: frames ``start`` to ``stop`` (exclusive) around the quietest, ``middle``."""

    side: Side
    start: int
    middle: int
    stop: int
    depth: float


class Event(NamedTuple):
    """A fitted event: time and standard error, s; how much higher than the heel the toe is, m."""

    time_s: float
    sd_s: float
    source: str
    toe_up: float = 0.0


NOTHING: Final = Event(float("nan"), float("nan"), "fit")


class ContactFit:
    """The posterior of a forefoot's landing and of toe-off in one contact."""

    def __init__(
        self, motion: Motion, foot: Foot, stance: Stance, speed: float, step_time: float, repeats: int = 1
    ):
        self.motion, self.foot, self.stance = motion, foot, stance
        # So many contacts of this foot are weighed together.
        self.repeats = repeats
        self.time = motion.time
        self.step_time = step_time
        self.speed = max(float(speed), 0.3 * motion.leg_length / step_time)
        self.stretch = self.speed * step_time / motion.leg_length
        rate = motion.fps
        # Frames of correlated noise carry less than their number.
        self.thinning = (1 - foot.memory) / (1 + foot.memory)
        self.grid = np.arange(-0.30, 0.30, 0.005) * step_time
        self.reach = max(0.15 * step_time, 1.6 / rate)
        self.frame = 1 / rate

    def place(self) -> tuple[float, float]:
        """Return where the toe stands, m."""
        lo, hi = self.stance.start, self.stance.stop
        quiet = slice(lo + (hi - lo) // 4, max(hi - (hi - lo) // 4, lo + 1))
        path = self.foot.toe[quiet]
        if not np.isfinite(path).any():
            return (float("nan"), float("nan"))
        x, y = np.nanmedian(path, axis=0)
        return (float(x), float(y))

    def _window(self, path: Array, start_s: float, stop_s: float) -> tuple[Array, Array] | None:
        inside = (self.time >= start_s) & (self.time <= stop_s) & np.isfinite(path).all(axis=1)
        return (self.time[inside], path[inside]) if inside.sum() >= 4 else None

    def toe_off(self) -> Event:
        """Fit the toe: standing, then rising with constant acceleration from its lift-off.

        The toe's tip leaves when the landmark behind it has risen by the foot model's ``TOE_RISE``.
        """
        rough = self.time[self.stance.stop - 1]
        event = NOTHING
        for _ in range(2):
            event = self._toe_off_near(rough)
            if not np.isfinite(event.time_s):
                return event
            rough = event.time_s
        return event

    def _toe_off_near(self, rough: float) -> Event:
        if rough + 0.5 * self.frame > self.time[-1] or not self._seen(rough):
            return NOTHING
        touch = self.time[self.stance.start]
        data = self._window(
            self.foot.toe,
            max(rough - 0.35 * self.step_time, touch + 0.2 * (rough - touch)),
            rough + self.reach,
        )
        if data is None:
            return NOTHING
        t, path = data
        rise = self._toe_rise()
        expected = LIFT * self.speed / self.step_time
        shape = np.exp(np.linspace(-2, 2, 9) * LIFT_SPREAD)
        onset, lift = (g.ravel() for g in np.meshgrid(rough + self.grid, expected * shape, indexing="ij"))
        weight_prior = -0.5 * (np.log(lift / expected) / LIFT_SPREAD) ** 2
        risen = 0.5 * lift[:, None] * np.maximum(0, t - onset[:, None]) ** 2
        ones = np.ones_like(risen)
        # Height: the standing level is free. Forward: as well, with a slip and a share of the rise.
        up, _ = self._misfit(np.stack([ones], axis=2), path[:, 1], risen, np.array([0.0]), np.array([1.0]))
        drift = np.broadcast_to(t - rough, risen.shape)
        along, _ = self._misfit(
            np.stack([ones, drift, risen], axis=2),
            path[:, 0],
            np.zeros_like(risen),
            np.array([0.0, 0.0, 0.9]),
            np.array([1.0, 0.05 * self.speed, 0.5]),
            model_sd=0.006 * self.motion.leg_length,
        )
        log = -0.5 * self.thinning * (up + along) + weight_prior
        return self._posterior(log, onset + np.sqrt(2 * rise / lift), TOE_OFF_SD[self.motion.toe_is])

    def _toe_rise(self) -> float:
        """How far the toe landmark has risen when the tip of the shoe leaves the ground, m."""
        real_s = self.step_time if self.step_time < SLOWEST_STEP_S else 0.0
        rise = float(np.interp(real_s, *(TIP_RISE if self.motion.toe_is == "tip" else BALL_RISE)))
        return self.motion.leg_length * rise

    def forefoot_touch(self) -> Event:
        """Time the kink in the toe's path: falling, then standing."""
        rough = expected = self._landing(self.foot.smooth_toe)
        event = NOTHING
        for _ in range(2):
            event = self._touchdown_near(self.foot.toe, rough, expected)
            if not np.isfinite(event.time_s):
                break
            rough = event.time_s
        return event

    def near(self) -> float:
        """Return how far around a time the paths tell about it, s."""
        return max(0.1 * self.step_time, 2.1 * self.frame)

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
        scatter = np.diag(np.linalg.pinv(basis.T @ basis)) / self.thinning
        return np.asarray(fit, np.float64), np.asarray(self.foot.sd * np.sqrt(scatter), np.float64)

    def _landing(self, smooth: Array) -> float:
        """When a filtered landmark comes down to within a twentieth of a leg of its lowest."""
        start = self.stance.start
        early = int(np.searchsorted(self.time, self.time[start] + 0.15 * self.step_time))
        middle = max(min(self.stance.middle, early), start + 1)
        span = smooth[start : middle + 1, 1]
        if not np.isfinite(span).any():
            return float(self.time[start])
        lowest = start + int(np.nanargmin(span))
        above = smooth[: lowest + 1, 1] > smooth[lowest, 1] + 0.02 * self.motion.leg_length
        before = np.flatnonzero(above)
        return float(self.time[before[-1]] if len(before) else self.time[start])

    def _touchdown_near(self, raw: Array, rough: float, expected: float) -> Event:
        if rough - 0.5 * self.frame < self.time[0] or not self._seen(rough):
            return NOTHING
        data = self._window(raw, rough - self.reach, rough + self.reach)
        if data is None:
            return NOTHING
        t, path = data
        before = np.minimum(0, t - (rough + self.grid)[:, None])
        basis = np.stack([np.ones_like(before), before, 0.5 * before**2], axis=2)
        pace = self.speed
        curve = pace / self.step_time
        up, falls = self._misfit(
            basis,
            path[:, 1],
            np.zeros_like(before),
            np.array([0.0, -0.3 * pace, -0.1 * curve]),
            np.array([1.0, 0.12 * pace, 0.4 * curve]),
            model_sd=0.006 * self.motion.leg_length,
        )
        along, _ = self._misfit(
            basis,
            path[:, 0],
            np.zeros_like(before),
            np.array([0.0, 0.4 * pace, -2.0 * curve]),
            np.array([1.0, 0.3 * pace, 2.0 * curve]),
            model_sd=0.01 * self.motion.leg_length,
        )
        log = -0.5 * self.thinning * (up + along)
        log -= 0.5 * ((rough + self.grid - expected) / (LANDING_SD * self.step_time)) ** 2
        falling = np.maximum(-falls[:, 1], 0.12 * pace)
        return self._posterior(
            log, rough + self.grid - SOLE_GIVES * self.motion.leg_length / falling, MODEL_SD
        )

    def _misfit(
        self,
        basis: Array,
        y: Array,
        known: Array,
        prior: Array,
        prior_sd: Array,
        model_sd: float = 0.0,
    ) -> tuple[Array, Array]:
        """Chi-square of the best linear fit for every row of the grid, robust against outliers.

        ``basis`` (g, n, k); ``known`` (g, n) is subtracted from ``y`` (n,); coefficients have normal
        priors, in metres. Returns chi-square (g,) and coefficients (g, k).
        """
        sd = float(np.hypot(self.foot.sd, model_sd))
        weight = np.ones((len(basis), len(y)))
        target = y[None, :] - known
        centre = target.mean(axis=1, keepdims=True)
        ridge = np.diag((sd / prior_sd) ** 2)
        ridge[0, 0] *= 1e-6
        chi = fit = np.zeros(len(basis))
        for _ in range(3):
            weighted = basis * weight[..., None]
            left = weighted.transpose(0, 2, 1) @ basis + ridge
            right = weighted.transpose(0, 2, 1) @ (target - centre)[..., None] + (ridge @ prior)[:, None]
            fit = np.linalg.solve(left, right)[..., 0]
            residual = target - centre - (basis @ fit[..., None])[..., 0]
            size = np.abs(residual) / sd
            weight = 1 / np.maximum(1.0, size / 2)
        # Huber's loss beyond two standard deviations, plus what the priors cost.
        loss = np.where(size < 2, size**2, 4 * size - 4).sum(axis=1)
        chi = loss + (((fit - prior) / prior_sd) ** 2 * (np.arange(len(prior)) > 0)).sum(axis=1)
        return chi, fit

    def _seen(self, at: float) -> bool:
        """Tell whether the foot is seen in the frames around a time."""
        around = np.abs(self.time - at) <= max(2 * self.frame, 0.1 * self.step_time)
        return bool(np.isfinite(self.foot.toe[around, 1]).mean() > 0.5) if around.any() else False

    def _posterior(self, log: Array, at: Array, model_sd: float) -> Event:
        weight = np.exp(log - log.max())
        weight /= weight.sum()
        time = float(weight @ at)
        sd = float(np.sqrt(weight @ (at - time) ** 2 + (model_sd * self.step_time) ** 2))
        if not self.time[0] < time < self.time[-1]:
            return NOTHING
        return Event(time, sd, "fit")
