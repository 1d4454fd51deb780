"""Touchdown and toe-off with sub-frame time and an honest standard error.

First coarsely: the foot is down where it is slow and low; left and right must alternate in the run's
rhythm. Then each contact is fitted on raw landmarks, because every filter smears the moment of
contact: before touchdown the landing point of the foot (heel or toe, whichever comes first) moves,
after it stands; before toe-off the toe stands, after it the toe rises with constant acceleration.
The posterior over the event's time, with priors from running speed and rhythm, gives the estimate
and its error.

Everything scales with speed and step time, so a clip in slow motion has the same events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from analyzer import signals
from analyzer.config import Config
from analyzer.data import Array, Motion, Note, Step
from analyzer.errors import NotRunningError, TooFewContactsError
from analyzer.skeleton import JOINTS, SIDES, Side, other

# Foot model, fractions of leg length: the toe landmark lies on the shoe behind its tip and has risen
# this far when the tip leaves the ground (13-20 mm in nine force-plate trials at 4-5 m/s), and the
# sole gives this much between first touch and standing.
TOE_RISE: Final = 0.017
SOLE_GIVES: Final = 0.005
# Toe acceleration after lift-off in units of speed / step time: 3.1-3.7 from a 3.5 m/s jog to a
# 6.6 m/s sprint with force plates.
LIFT: Final = 3.5
LIFT_SPREAD: Final = 0.35
# What the piecewise model itself misses, in step times.
MODEL_SD: Final = 0.012
SLOW: Final = 0.35
"""A standing foot is slower than this fraction of the running speed."""
LOW: Final = 0.16
"""A standing foot is lower than this many leg lengths."""


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
    """A fitted event: time and standard error, s."""

    time_s: float
    sd_s: float
    source: str


NOTHING: Final = Event(float("nan"), float("nan"), "fit")


def detect(motion: Motion, config: Config) -> tuple[tuple[Step, ...], list[Note]]:
    """Find every ground contact of a run.

    Parameters
    ----------
    motion : Motion
    config : Config

    Returns
    -------
    tuple of Step, list of Note
        In order of time. An event outside the clip is NaN.

    Raises
    ------
    NotRunningError
        If both feet are on the ground together, as in walking, or the athlete stands.
    TooFewContactsError
        If fewer than two contacts are seen.
    """
    speed = running_speed(motion)
    feet = {side: _foot(motion, side) for side in SIDES}
    ground = _ground(feet)
    candidates = [s for foot in feet.values() for s in _stances(motion, foot, speed, ground)]
    step_time = _step_time(motion, candidates)
    _refuse_walking(motion, feet, speed, ground, candidates)
    chosen = _alternate(motion, candidates, step_time)
    if len(chosen) < 2:
        raise TooFewContactsError(
            f"Only {len(chosen)} ground contact{'s were' if len(chosen) != 1 else ' was'} found.",
            f"The athlete was followed for {np.isfinite(speed).sum() / motion.fps:.2f} s.",
            "Film at least three steps from the side, with the feet in the picture.",
        )
    steps = []
    for number, stance in enumerate(chosen):
        fit = _Fit(motion, feet[stance.side], stance, speed[stance.middle], step_time)
        touchdown, toe_off = fit.touchdown(), fit.toe_off()
        source = "fit" if {touchdown.source, toe_off.source} == {"fit"} else "threshold"
        steps.append(
            Step(
                number + 1,
                stance.side,
                touchdown.time_s,
                touchdown.sd_s,
                toe_off.time_s,
                toe_off.sd_s,
                source,
                fit.place(),
            )
        )
    return _check(motion, tuple(steps), step_time)


def running_speed(motion: Motion) -> Array:
    """Return the (n,) forward speed of the hips over about a step, m/s; NaN where unseen."""
    hips = (motion.joint("left_hip") + motion.joint("right_hip"))[:, 0] / 2
    if not np.isfinite(hips).any():
        hips = np.where(
            np.isfinite(motion.joint("left_hip")[:, 0]),
            motion.joint("left_hip")[:, 0],
            motion.joint("right_hip")[:, 0],
        )
    return signals.derivative(motion.time, signals.low_pass(motion.time, hips, 1.5))


def _foot(motion: Motion, side: Side) -> Foot:
    toe, heel = motion.raw_joint(f"{side}_foot_index"), motion.raw_joint(f"{side}_heel")
    smooth_toe, smooth_heel = motion.joint(f"{side}_foot_index"), motion.joint(f"{side}_heel")
    velocity = signals.derivative(motion.time, smooth_toe)
    sd, memory = signals.noise(motion.time, np.column_stack([toe, heel]), 15.0)
    seen = np.isfinite(sd)
    if not seen.any():
        return Foot(side, toe, heel, smooth_toe, smooth_heel, np.hypot(*velocity.T), np.nan, 0.0)
    size = float(np.sqrt(np.mean(sd[seen] ** 2)))
    return Foot(
        side,
        toe,
        heel,
        smooth_toe,
        smooth_heel,
        np.hypot(*velocity.T),
        max(size, 0.002 * motion.leg_length),
        float(np.mean(memory[seen])),
    )


def _ground(feet: dict[Side, Foot]) -> float:
    """Height of the standing toe: the tenth percentile of both feet."""
    heights = np.concatenate([foot.smooth_toe[:, 1] for foot in feet.values()])
    return float(np.nanquantile(heights, 0.1)) if np.isfinite(heights).any() else 0.0


def _restlessness(motion: Motion, foot: Foot, speed: Array, ground: float) -> Array:
    """How unlike standing the foot is in each frame: below 1 it is both slow and low."""
    top = np.nanmax(speed) if np.isfinite(speed).any() else np.nan
    pace = np.maximum(speed, 0.25 * top)
    low = (foot.smooth_toe[:, 1] - ground) / (LOW * motion.leg_length)
    return np.asarray(np.hypot(foot.speed / (SLOW * pace), np.maximum(low, 0)))


def _stances(motion: Motion, foot: Foot, speed: Array, ground: float) -> list[Stance]:
    """Find the dips of a foot's restlessness: one for each contact, however slow the camera."""
    rest = _restlessness(motion, foot, speed, ground)
    found: list[Stance] = []
    # The low-pass of a slow camera leaves speed in a standing foot.
    limit = 1.0 if motion.fps >= 100 else 1.6 if motion.fps >= 50 else 2.2
    with np.errstate(invalid="ignore"):
        down = rest < limit
    for start, stop in signals.runs(down):
        middle = start + int(np.argmin(rest[start:stop]))
        found.append(Stance(foot.side, start, middle, stop, float(rest[middle])))
    merged: list[Stance] = []
    for stance in found:
        last = merged[-1] if merged else None
        gap = slice(last.stop, stance.start) if last else slice(0, 0)
        if last and np.nanmax(rest[gap], initial=0.0) < 2 * limit and _still(foot, motion, last, stance):
            best = min(last, stance, key=lambda s: s.depth)
            merged[-1] = Stance(foot.side, last.start, best.middle, stance.stop, best.depth)
        else:
            merged.append(stance)
    return merged


def _still(foot: Foot, motion: Motion, first: Stance, second: Stance) -> bool:
    """Tell whether a foot is in the same place in two coarse stances: one contact seen as two."""
    moved = foot.smooth_toe[second.middle] - foot.smooth_toe[first.middle]
    return bool(np.hypot(*moved) < 0.15 * motion.leg_length)


def _step_time(motion: Motion, candidates: Sequence[Stance]) -> float:
    """Typical time from one contact to the next, from the same foot's contacts where there are any."""
    strides, steps = [], []
    for side in SIDES:
        middles = sorted(motion.time[s.middle] for s in candidates if s.side == side)
        strides += list(np.diff(middles))
    ordered = sorted(candidates, key=lambda s: s.middle)
    steps = [
        motion.time[b.middle] - motion.time[a.middle]
        for a, b in zip(ordered, ordered[1:], strict=False)
        if a.side != b.side
    ]
    if strides:
        # A missed contact doubles an interval, so the lower middle of them.
        return float(np.quantile(strides, 0.4)) / 2
    return float(np.median(steps)) if steps else 0.25


def _alternate(motion: Motion, candidates: Sequence[Stance], step_time: float) -> list[Stance]:
    """Choose the chain of contacts that best alternates in rhythm, by dynamic programming."""
    ordered = sorted(candidates, key=lambda s: s.middle)
    if not ordered:
        return []
    times = motion.time[[s.middle for s in ordered]]
    best = np.array([1.2 - min(s.depth, 1.0) for s in ordered])
    worth = best.copy()
    previous = np.full(len(ordered), -1)
    for j in range(len(ordered)):
        for i in range(j):
            beats = (times[j] - times[i]) / step_time
            parity = 1 if ordered[i].side != ordered[j].side else 0
            nearest = max(1 if parity else 2, 2 * round((beats - parity) / 2) + parity)
            misfit = abs(beats - nearest)
            if beats < 0.45 or (misfit > 0.6 and nearest > 1):
                continue
            score = best[i] + worth[j] - 0.8 * misfit**2 - 0.4 * (nearest - 1)
            if score > best[j]:
                best[j], previous[j] = score, i
    chain = []
    j = int(np.argmax(best))
    while j >= 0:
        chain.append(ordered[j])
        j = int(previous[j])
    return chain[::-1]


def _refuse_walking(
    motion: Motion,
    feet: dict[Side, Foot],
    speed: Array,
    ground: float,
    candidates: Sequence[Stance],
) -> None:
    """Raise for somebody who walks or stands; independent of the clock, so slow motion may run."""
    advice = "Choose a clip, or with --from and --to a part of it, in which the athlete runs."
    top = np.nanquantile(np.abs(speed), 0.9) if np.isfinite(speed).any() else np.nan
    if not candidates or not np.isfinite(top):
        return
    with np.errstate(invalid="ignore"):
        moving = np.abs(speed) > 0.5 * top
    down = []
    for foot in feet.values():
        with np.errstate(invalid="ignore"):
            down.append((foot.speed < 0.5 * np.abs(speed)) & moving)
    both = float(np.mean((down[0] & down[1])[moving])) if moving.any() else 0.0
    either = float(np.mean((down[0] | down[1])[moving])) if moving.any() else 0.0
    if both > 0.12 and either > 0.85:
        raise NotRunningError(
            "The athlete seems to walk, not run.",
            f"Both feet are on the ground together in {both:.0%} of the time; a runner never has both down.",
            advice,
        )


class _Fit:
    """The posterior of one contact's touchdown and toe-off."""

    def __init__(self, motion: Motion, foot: Foot, stance: Stance, speed: float, step_time: float):
        self.motion, self.foot, self.stance = motion, foot, stance
        self.time = motion.time
        self.step_time = step_time
        self.speed = max(float(speed), 0.3 * motion.leg_length / step_time)
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
            self.foot.toe, max(rough - 0.35 * self.step_time, touch + 0.2 * (rough - touch)), rough + self.reach
        )
        if data is None:
            return NOTHING
        t, path = data
        rise = TOE_RISE * self.motion.leg_length
        expected = LIFT * self.speed / self.step_time
        shape = np.exp(np.linspace(-2, 2, 9) * LIFT_SPREAD)
        onset, lift = (g.ravel() for g in np.meshgrid(rough + self.grid, expected * shape, indexing="ij"))
        weight_prior = -0.5 * (np.log(lift / expected) / LIFT_SPREAD) ** 2
        risen = 0.5 * lift[:, None] * np.maximum(0, t - onset[:, None]) ** 2
        ones = np.ones_like(risen)
        # Height: the standing level is free. Forward: as well, with a slip and a share of the rise.
        up = self._misfit(np.stack([ones], axis=2), path[:, 1], risen, np.array([0.0]), np.array([1.0]))
        drift = np.broadcast_to(t - rough, risen.shape)
        along = self._misfit(
            np.stack([ones, drift, risen], axis=2),
            path[:, 0],
            np.zeros_like(risen),
            np.array([0.0, 0.0, 0.9]),
            np.array([1.0, 0.05 * self.speed, 0.5]),
            model_sd=0.006 * self.motion.leg_length,
        )
        log = -0.5 * self.thinning * (up + along) + weight_prior
        return self._posterior(log, onset + np.sqrt(2 * rise / lift))

    def touchdown(self) -> Event:
        """Fit heel and toe: falling onto their place, then standing; the first to land counts."""
        landings = []
        for raw, smooth in ((self.foot.heel, self.foot.smooth_heel), (self.foot.toe, self.foot.smooth_toe)):
            rough = self._landing(smooth)
            event = NOTHING
            for _ in range(2):
                event = self._touchdown_near(raw, rough)
                if not np.isfinite(event.time_s):
                    break
                rough = event.time_s
            if np.isfinite(event.time_s):
                landings.append(event)
        if not landings:
            return NOTHING
        if len(landings) == 1:
            return landings[0]
        heel, toe = landings
        spread = np.hypot(heel.sd_s, toe.sd_s)
        share = 1 / (1 + np.exp(-1.7 * (toe.time_s - heel.time_s) / spread))
        time = share * heel.time_s + (1 - share) * toe.time_s
        sd = np.sqrt(
            share * heel.sd_s**2
            + (1 - share) * toe.sd_s**2
        )
        return Event(float(time), float(sd), "fit")

    def _landing(self, smooth: Array) -> float:
        """When a filtered landmark comes down to within a twentieth of a leg of its lowest."""
        start, middle = self.stance.start, max(self.stance.middle, self.stance.start + 1)
        span = smooth[start : middle + 1, 1]
        if not np.isfinite(span).any():
            return float(self.time[start])
        lowest = start + int(np.nanargmin(span))
        above = smooth[: lowest + 1, 1] > smooth[lowest, 1] + 0.02 * self.motion.leg_length
        before = np.flatnonzero(above)
        return float(self.time[before[-1]] if len(before) else self.time[start])

    def _touchdown_near(self, raw: Array, rough: float) -> Event:
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
        up, velocity = self._misfit(
            basis,
            path[:, 1],
            np.zeros_like(before),
            np.array([0.0, -0.25 * pace, -0.1 * curve]),
            np.array([1.0, 0.2 * pace, 0.4 * curve]),
            give=1,
        )
        along = self._misfit(
            basis,
            path[:, 0],
            np.zeros_like(before),
            np.array([0.0, 0.4 * pace, -2.0 * curve]),
            np.array([1.0, 0.3 * pace, 2.0 * curve]),
            model_sd=0.01 * self.motion.leg_length,
        )
        log = -0.5 * self.thinning * (up + along)
        falling = np.maximum(-velocity, 0.12 * pace)
        return self._posterior(log, rough + self.grid - SOLE_GIVES * self.motion.leg_length / falling)

    def _misfit(
        self,
        basis: Array,
        y: Array,
        known: Array,
        prior: Array,
        prior_sd: Array,
        model_sd: float = 0.0,
        give: int | None = None,
    ):
        """Chi-square of the best linear fit for every row of the grid, robust against outliers.

        ``basis`` (g, n, k); ``known`` (g, n) is subtracted from ``y`` (n,); coefficients have normal
        priors, in metres. With ``give`` the fitted coefficient of that number is returned as well.
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
        return (chi, fit[:, give]) if give is not None else chi

    def _seen(self, at: float) -> bool:
        """Tell whether the foot is seen in the frames around a time."""
        around = np.abs(self.time - at) <= max(2 * self.frame, 0.1 * self.step_time)
        return bool(np.isfinite(self.foot.toe[around, 1]).mean() > 0.5) if around.any() else False

    def _posterior(self, log: Array, at: Array) -> Event:
        weight = np.exp(log - log.max())
        weight /= weight.sum()
        time = float(weight @ at)
        sd = float(np.sqrt(weight @ (at - time) ** 2 + (MODEL_SD * self.step_time) ** 2))
        if not self.time[0] < time < self.time[-1]:
            return NOTHING
        return Event(time, sd, "fit")


def _check(motion: Motion, steps: tuple[Step, ...], step_time: float) -> tuple[tuple[Step, ...], list[Note]]:
    """Hold the events against what running bodies can do."""
    notes: list[Note] = []
    flights = np.array([b.touchdown_s - a.toe_off_s for a, b in zip(steps, steps[1:], strict=False) if a.side != b.side])
    seen = flights[np.isfinite(flights)]
    if len(seen) >= 2 and np.median(seen) < -0.02 * step_time:
        raise NotRunningError(
            "The athlete seems to walk, not run.",
            f"A foot lands {-np.median(seen) * 1000:.0f} ms before the other one leaves the ground.",
            "Choose a clip, or with --from and --to a part of it, in which the athlete runs.",
        )
    return steps, notes
