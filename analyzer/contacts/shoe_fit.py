"""Contacts from the picture of the foot: when it stops moving, and moves again.

A landmark jitters by about two centimetres, so touchdown and toe-off from landmarks are good to some
milliseconds. The picture of the shoe itself tells more: while the foot stands, its pixels stand still
against the ground to a millimetre. ``pose.forefoot`` follows them; here their path is fitted, moving
then standing for touchdown, standing then leaving for toe-off, and the result is joined with the
landmarks' estimate, each weighted with its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.contacts.regularity import widened
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.steps import Step, Trace

# A frame counts from this likeness to the standing foot on; so many standing frames are needed.
LIKE: Final = 0.5
STANDING: Final = 2
# What a place is uncertain by at least: a share of a pixel, and the shoe's own give, m. An outline follows
# light and shade on the shoe.
GRAIN_SHARE: Final = 0.12
GIVE: Final = {"forefoot": 0.0015, "toe": 0.005}
# How far off a frame is found, m, that does not look like the standing foot at all.
UNLIKE: Final = 0.01
# How much more a standing foot wanders, m, where too few frames tell.
SCATTER: Final = {"forefoot": 0.007, "toe": 0.0}
# Motion of the forefoot before touchdown, up and forward: speed in running speeds and acceleration in
# speed per step time, each with its spread.
LANDING: Final = {"up": (-0.40, 0.15, 0.0, 0.8), "along": (0.30, 0.25, -2.0, 2.0)}
# The same of the shoe's outline after toe-off: digitised sprinters' toes rise first, then move forward.
LEAVING: Final = {"up": (0.28, 0.06, 0.0, 0.8), "along": (0.25, 0.15, 4.0, 2.0)}
# A foot that stands may still creep, in running speeds: after landing, before leaving.
LANDED: Final = 0.02
STAYS: Final = 0.01
# How the shoe flattens after landing: time constant in step times, and how much, m.
SETTLES: Final = 0.1
SETTLED: Final = {"up": (0.0, 0.006), "along": (0.0, 0.006)}
# How far the end of the outline has moved when a round shoe, rolling over its tip, leaves: from when on,
# step times, and how far, m, with its spread. Of the rendered shoes; the spread allows for a sharp tip.
ROLLS: Final = 0.13
ROLLED: Final = {"up": (0.025, 0.01), "along": (0.01, 0.01)}
# How much of the motion next to the event is looked at, step times: a foot that comes down takes no such path
# for longer. And how much of the standing phase.
MOVED: Final = {"forefoot": 0.12, "toe": 0.16}
STOOD: Final = {"forefoot": 0.25, "toe": 0.16}
# A landing with the toe so much higher than the heel, leg lengths, is one on the heel.
TOE_UP: Final = 0.01
# The landmarks' common error in a clip: its usual size, step times.
COMMON_SD: Final = 0.04
# So many frames must show the foot after toe-off, for the landmarks to have timed it.
SEEN_AFTER: Final = 2
# How far the heel still comes down after the forefoot has landed, leg lengths: 0.013 to 0.03 in sprinters.
HEEL_SINKS: Final = 0.006
# What the models miss, in step times, and how far picture and landmarks may be apart, in their errors.
MISSED: Final = {"forefoot": 0.006, "toe": 0.005}
APART: Final = 4.0
# What a fit uses up of the data, and how much worse than its errors it may be. How much better it is counts
# as far as its few frames can tell: against so many that are as wrong as they should be. Rendered shoes fit
# 0.3 to 0.6 times their errors squared, three contacts filmed at 30 fps 2 to 12 times.
FREE: Final = 6
POOR: Final = 8.0
USUAL: Final = 2
# What a network's touchdowns and toe-offs miss that nothing but its toe tells, step times: set on filmed
# runners, they come 0.02 early and 0.03 to 0.04 late on drawn ones, whose toe lies nearer to the tip.
UNCONFIRMED_SD: Final = (0.02, 0.03)


class Event(NamedTuple):
    """Time of an event and its standard error, s; NaN where the picture does not tell."""

    time_s: float
    sd_s: float


UNKNOWN: Final = Event(float("nan"), float("nan"))


def refine(
    steps: Sequence[Step], traces: Sequence[Trace], motion: Motion
) -> tuple[tuple[Step, ...], list[Note]]:
    """Join the landmarks' events with those of the foot's picture.

    Parameters
    ----------
    steps : sequence of Step
        As ``events.detect`` found them. Edited ones are left alone.
    traces : sequence of Trace
    motion : Motion

    Returns
    -------
    tuple of Step, list of Note
        An event that the picture confirms has source "flow" and a smaller error. The others are moved
        by what the landmarks are late or early in the confirmed ones, so that left and right, near
        and far are measured alike; without any of those they stay as they were, less sure where a
        network's toe is all that tells.
    """
    if not traces:
        return _unconfirmed(steps, motion), []
    by_step = {(trace.step, trace.part): trace for trace in traces}
    step_time = step_time_of(steps)
    open_ = [s.source != "edited" and bool(np.isfinite([s.touchdown_s, s.toe_off_s]).any()) for s in steps]
    on_heel = [lands_on_heel(s, motion) for s in steps]
    downs, ups = [], []
    for step, looked, heel in zip(steps, open_, on_heel, strict=True):
        fit = Contact(step, step_time, pace_of(motion, step)) if looked else None
        downs.append(fit.touchdown(by_step.get((step.number, "forefoot"))) if fit and not heel else UNKNOWN)
        ups.append(fit.toe_off(by_step.get((step.number, "toe"))) if fit else UNKNOWN)
    if _heel_first(steps, downs, motion):
        downs = [UNKNOWN] * len(steps)
    touchdowns = _joined(
        [Event(s.touchdown_s, s.touchdown_sd_s) for s in steps],
        downs,
        [a and not b for a, b in zip(open_, on_heel, strict=True)],
        step_time,
    )
    toe_offs = _joined(
        [Event(s.toe_off_s, s.toe_off_sd_s) for s in steps],
        ups,
        [a and _ends_in_time(s, motion) for a, s in zip(open_, steps, strict=True)],
        step_time,
    )
    out = tuple(
        replace(
            step,
            touchdown_s=down.event.time_s,
            touchdown_sd_s=down.event.sd_s,
            toe_off_s=up.event.time_s,
            toe_off_sd_s=up.event.sd_s,
            source="flow" if down.seen or up.seen else step.source,
        )
        for step, down, up in zip(steps, touchdowns, toe_offs, strict=True)
    )
    known = sum(int(np.isfinite(t)) for s in steps for t in (s.touchdown_s, s.toe_off_s))
    used = sum(joined.seen for joined in (*touchdowns, *toe_offs))
    note = Note(
        "info",
        "events_from_picture",
        f"{used} of {known} touchdowns and toe-offs were timed with the picture of the shoe"
        + ("." if used == known else "; the others from the landmarks alone."),
    )
    return out, [note]


def _unconfirmed(steps: Sequence[Step], motion: Motion) -> tuple[Step, ...]:
    """Add to a network's events what no picture has confirmed: how its toe sits in this shoe."""
    if motion.toe_is == "ball":
        return tuple(steps)
    shoe = np.array(UNCONFIRMED_SD) * step_time_of(steps)
    return tuple(widened(step, shoe) if step.source == "fit" else step for step in steps)


def step_time_of(steps: Sequence[Step]) -> float:
    """Return the usual time from touchdown to touchdown, s."""
    touchdown = np.array([s.touchdown_s for s in steps])
    number = np.array([s.number for s in steps], dtype=float)
    apart = np.diff(touchdown) / np.diff(number) if len(steps) > 1 else np.array([])
    apart = apart[np.isfinite(apart)]
    if len(apart):
        return float(np.median(apart))
    down = np.array([s.toe_off_s - s.touchdown_s for s in steps])
    down = down[np.isfinite(down)]
    return 2 * float(np.median(down)) if len(down) else 0.25


def pace_of(motion: Motion, step: Step) -> float:
    """Return the running speed around a step, m/s."""
    near = (motion.time > np.nanmin([step.touchdown_s, step.toe_off_s]) - 0.3) & (
        motion.time < np.nanmax([step.touchdown_s, step.toe_off_s]) + 0.3
    )
    speed = np.abs(motion.com_velocity[:, 0])
    for part in (speed[near], speed):
        if np.isfinite(part).any():
            return max(float(np.nanmedian(part)), 0.1)
    return 5.0


def lands_on_heel(step: Step, motion: Motion) -> bool:
    """Tell whether the toe is higher than the heel at touchdown: then the forefoot comes later."""
    if not np.isfinite(step.touchdown_s):
        return False
    toe, heel = (
        motion.at(motion.joint(f"{step.side}_{j}"), step.touchdown_s) for j in ("foot_index", "heel")
    )
    return bool(toe[1] - heel[1] > TOE_UP * motion.leg_length)


def _ends_in_time(step: Step, motion: Motion) -> bool:
    """Tell whether frames after toe-off show the foot: if not, its time is a guess, not a late landmark."""
    toe = motion.joint(f"{step.side}_foot_index")[:, 0]
    return bool((np.isfinite(toe) & (motion.time > step.toe_off_s)).sum() >= SEEN_AFTER)


def _heel_first(steps: Sequence[Step], landings: Sequence[Event], motion: Motion) -> bool:
    """Tell whether the heels are down already when the forefeet land, over all steps: joggers' feet."""
    sinks = []
    for step, landing in zip(steps, landings, strict=True):
        heel = motion.joint(f"{step.side}_heel")[:, 1]
        down = (motion.time >= landing.time_s) & (motion.time <= step.toe_off_s) & np.isfinite(heel)
        if down.any():
            sinks.append((motion.at(heel, landing.time_s) - heel[down].min()) / motion.leg_length)
    return bool(sinks) and bool(np.nanmedian(sinks) < HEEL_SINKS)


class _Joined(NamedTuple):
    event: Event
    seen: bool


def _joined(
    landmarks: Sequence[Event], pictures: Sequence[Event], movable: Sequence[bool], step_time: float
) -> list[_Joined]:
    """Weigh two estimates of every event with their errors, the landmarks' common error taken out.

    A picture that contradicts its landmarks is left out.
    """
    apart, variance = [], []
    for mark, picture in zip(landmarks, pictures, strict=True):
        if _agree(mark, picture):
            apart.append(mark.time_s - picture.time_s)
            variance.append(mark.sd_s**2 + picture.sd_s**2)
    shift = 0.0
    if apart:
        trust = float(np.median(variance)) / (COMMON_SD * step_time) ** 2
        shift = float(np.median(apart)) * len(apart) / (len(apart) + trust)
    out = []
    for mark, picture, moves in zip(landmarks, pictures, movable, strict=True):
        moved = Event(mark.time_s - shift, mark.sd_s) if moves else mark
        if _agree(moved, picture):
            a, b = moved.sd_s**-2, picture.sd_s**-2
            mean = (a * moved.time_s + b * picture.time_s) / (a + b)
            out.append(_Joined(Event(mean, float((a + b) ** -0.5)), True))
        else:
            out.append(_Joined(moved, False))
    return out


def _agree(landmark: Event, picture: Event) -> bool:
    """Tell whether both are known and no further apart than their errors allow."""
    gap = abs(landmark.time_s - picture.time_s)
    return bool(gap <= APART * np.hypot(landmark.sd_s, picture.sd_s))


class Contact:
    """Fits of one contact's traces."""

    def __init__(self, step: Step, step_time: float, pace: float) -> None:
        self.step, self.step_time, self.pace = step, step_time, pace

    def touchdown(self, trace: Trace | None) -> Event:
        """Time the instant at which the forefoot's patch comes to rest."""
        return self._event(trace, self.step.touchdown_s, -1)

    def toe_off(self, trace: Trace | None) -> Event:
        """Time the instant from which the toe's outline leaves."""
        return self._event(trace, self.step.toe_off_s, 1)

    def _event(self, trace: Trace | None, rough: float, way: int) -> Event:
        if trace is None or not np.isfinite(rough):
            return UNKNOWN
        seen = (trace.score >= LIKE) & np.isfinite(trace.displacement).all(axis=1)
        standing = seen & (trace.standing > 0)
        if standing.sum() < STANDING:
            return UNKNOWN
        anchor = trace.time[standing]
        far = anchor.min() if way < 0 else anchor.max()
        frame = float(np.median(np.diff(trace.time))) if len(trace.time) > 1 else self.step_time
        result, centre = UNKNOWN, rough
        for _ in range(3):
            reach = max(MOVED[trace.part] * self.step_time, 2.6 * frame)
            inside = seen & (way * (trace.time - centre) <= reach)
            inside &= way * (trace.time - (anchor.max() if way < 0 else anchor.min())) >= 0
            inside &= way * (trace.time - centre) >= -max(STOOD[trace.part] * self.step_time, 2.2 * frame)
            moving = inside & (way * (trace.time - centre) > 0)
            beyond = inside & (way * (trace.time - far) > 0)
            if moving.sum() < 1 or beyond.sum() < 2:
                return UNKNOWN
            result = self._fit(trace, inside, centre, way)
            if not np.isfinite(result.time_s) or abs(result.time_s - centre) < 0.1 * frame:
                break
            centre = result.time_s
        return result

    def _fit(self, trace: Trace, inside: Bools, centre: float, way: int) -> Event:
        t = trace.time[inside]
        path = trace.displacement[inside]
        level = trace.displacement[trace.standing > 0]
        wander = 1.48 * np.nanmedian(np.abs(level - np.nanmedian(level, axis=0)))
        scatter = wander if len(level) > 3 else SCATTER[trace.part]
        sd = np.sqrt(
            (GRAIN_SHARE * trace.grain) ** 2
            + GIVE[trace.part] ** 2
            + scatter**2
            + (UNLIKE * (1 - trace.score[inside])) ** 2
        )
        grid = centre + np.arange(-0.16, 0.16, 0.0025) * self.step_time
        since = way * np.maximum(0.0, way * (t - grid[:, None]))
        rest = t - grid[:, None] - since
        # The shoe gives and flattens just after it has landed, and rolls over its tip before it leaves.
        if way < 0:
            given = np.exp(-np.abs(rest) / (SETTLES * self.step_time))
        else:
            given = np.maximum(0.0, 1 + rest / (ROLLS * self.step_time)) ** 2
        curve = self.pace / self.step_time
        creep = (LANDED if way < 0 else STAYS) * self.pace
        loss = np.zeros(len(grid))
        for axis, name in ((1, "up"), (0, "along")):
            v, v_sd, a, a_sd = (LANDING if way < 0 else LEAVING)[name]
            gives, gives_sd = (SETTLED if way < 0 else ROLLED)[name]
            basis = np.stack([np.ones_like(since), rest, since, 0.5 * since**2, given], axis=2)
            prior = np.array([0.0, 0.0, v * self.pace, a * curve, gives])
            prior_sd = np.array([1.0, creep, v_sd * self.pace, a_sd * curve, gives_sd])
            loss += misfit(basis, path[:, axis], prior, prior_sd, sd)
        # A path that no foot takes, as of one that got lost, says less.
        least, free = float(loss.min()), max(2 * len(t) - FREE, 2)
        poor = least / free
        if poor > POOR:
            return UNKNOWN
        poor = max(poor, (USUAL + least) / (USUAL + free))
        weight = np.exp(-0.5 * (loss - loss.min()) / poor)
        weight /= weight.sum()
        time = float(weight @ grid)
        spread = float(np.sqrt(weight @ (grid - time) ** 2))
        if spread > 0.07 * self.step_time:
            return UNKNOWN
        missed = MISSED[trace.part] * self.step_time
        return Event(time, float(np.hypot(spread, missed)))


def misfit(basis: Array, y: Array, prior: Array, prior_sd: Array, sd: Array) -> Array:
    """Chi-square of the best linear fit for every row of a grid, robust against outliers.

    Parameters
    ----------
    basis : (g, n, k)
    y : (n,)
    prior, prior_sd : (k,)
        Normal priors of the coefficients.
    sd : (n,)
        Standard deviations of ``y``; beyond two of them Huber's loss.

    Returns
    -------
    (g,)
    """
    weight: Array = np.ones(basis.shape[:2])
    basis, y = basis / sd[:, None], y / sd
    ridge = np.diag(prior_sd**-2.0)
    fit: Array = np.zeros((len(basis), len(prior)))
    size: Array = np.zeros(basis.shape[:2])
    for _ in range(4):
        weighted = basis * weight[..., None]
        left = weighted.transpose(0, 2, 1) @ basis + ridge
        right = weighted.transpose(0, 2, 1) @ y[:, None] + (ridge @ prior)[:, None]
        fit = np.asarray(np.linalg.solve(left, right)[..., 0], np.float64)
        size = np.asarray(np.abs(y - (basis @ fit[..., None])[..., 0]), np.float64)
        weight = np.asarray(1 / np.maximum(1.0, size / 2), np.float64)
    loss = np.where(size < 2, size**2, 4 * size - 4).sum(axis=1)
    return np.asarray(loss + (((fit - prior) / prior_sd) ** 2).sum(axis=1))
