"""The steps of one foot laid over each other: how much earlier or later each comes, from its whole path.

Decides how far the touchdowns and toe-offs of markers on the shoe move towards those of the same foot's other
steps (all parts of a contact's error are listed in ``event``). One event is told by the few frames around a
bend of a path. Whether the whole path runs early or late against the foot's other steps is told by all frames
around it, of toe and heel, and so much better: an athlete's foot comes down and leaves nearly the same way
every time. Here the steps of a foot share one curve of heights, along which each has its own lag; touchdown
comes at the same place of the curve in every step, and so does toe-off, but for what the foot does
differently (``ALIKE_SD``). Only for markers on the shoe: a network's errors last as long as a contact, and
move the path as a lag does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.polynomial import legendre

from analyzer.arrays import Array
from analyzer.body.skeleton import Side
from analyzer.contacts import event
from analyzer.contacts.filtered_paths import FootPath
from analyzer.data.steps import Step

AROUND: Final = ((-0.12, 0.09), (-0.12, 0.15))
"""The part of the path about touchdown and toe-off that tells, step times: the foot falls, and rises."""
ALIKE_SD: Final = 0.005
"""How differently a foot comes down and leaves from step to step, step times.

Seven feet at 4 and 5 m/s on force plates: 0.003 to 0.007. Smaller and each step is given its
neighbours' time.
"""
LEVEL_SD: Final = 0.0015
"""How much higher a foot stands from step to step, leg lengths; the same feet: 0.3 to 1.4 mm."""
REACH: Final = 0.04
"""How far an event may lie from where its path puts it, step times."""
DEGREE: Final = 6
"""Degree of the shared curve, a Legendre series, where there are frames enough."""
LEAST_DEGREE: Final = 2
"""Frames that allow no more than a straight line are not laid over each other."""
FRAMES_PER_DEGREE: Final = 3
"""Heights of each mark that one degree of the curve needs."""
ROUNDS: Final = 3
"""How often lags and curve are fitted in turn."""


class PathScale(NamedTuple):
    """What the heights of a foot's path tell about lags.

    information : 1/m², of one height
    alike_s, level_m : how much steps differ in time, s, and in height, m
    reach_s : s, how far an event may lie from where its path puts it
    """

    information: float
    alike_s: float
    level_m: float
    reach_s: float


class Lags(NamedTuple):
    """When the path of each step comes, and the error of that, (k,) s; only differences mean anything."""

    time_s: Array
    sd_s: Array


def lags(time: Array, heights: Array, events: Array, around: tuple[float, float], scale: PathScale) -> Lags:
    """Lay the paths around the events of one foot over each other, by least squares.

    Parameters
    ----------
    time : (n,) s
    heights : (n, m) m
        Of the foot's landmarks; NaN = not seen.
    events : (k,) s
        Touchdowns or toe-offs; NaN = not timed.
    around : (float, float) s
        Which part of the path about an event is used.
    scale : PathScale

    Returns
    -------
    Lags
        Near the events; NaN where the event is, and everywhere if too little was seen.
    """
    out = Lags(np.full(len(events), np.nan), np.full(len(events), np.nan))
    known = np.flatnonzero(np.isfinite(events))
    k, marks = len(known), heights.shape[1]
    if k < 2:
        return out
    lag = np.zeros(k)
    for _ in range(ROUNDS):
        since = time - (events[known] + lag)[:, None]
        used = ((since >= around[0]) & (since <= around[1]))[..., None] & np.isfinite(heights)
        step, frame, mark = np.nonzero(used)
        height = heights[frame, mark]
        degree = min(DEGREE, len(height) // (FRAMES_PER_DEGREE * marks) - 1)
        if degree < LEAST_DEGREE:
            return out
        half = (around[1] - around[0]) / 2
        place = (since[step, frame] - around[0]) / half - 1
        own = mark[:, None] == np.repeat(np.arange(marks), degree + 1)
        curve = np.tile(legendre.legvander(place, degree), marks) * own
        slopes = legendre.legvander(place, degree - 1) @ legendre.legder(np.eye(degree + 1))
        shape = np.linalg.lstsq(curve, height, rcond=None)[0]
        falls = (np.tile(slopes, marks) * own) @ shape / half
        each = (step[:, None] == np.arange(k)).astype(float)
        design = np.hstack([curve, -falls[:, None] * each, each])
        sizes = np.repeat([1.0, scale.reach_s, scale.level_m], [curve.shape[1], k, k])
        at = curve.shape[1] + np.arange(k)
        pull = scale.information * design.T @ height
        pull[at] -= lag / scale.reach_s**2
        covariance = np.linalg.inv(scale.information * design.T @ design + np.diag(sizes**-2.0))
        found = covariance @ pull
        lag = lag + found[at]
        lag -= lag.mean()
    misfit = scale.information * (height - design @ found) ** 2
    count = each.sum(axis=0)
    # A step that fits the curve badly is less sure; one that was not seen says nothing.
    unlike = np.where(count > 0, np.sqrt(np.maximum(1.0, each.T @ misfit / np.maximum(count, 1))), np.inf)
    centre = np.eye(k) - 1 / k
    sd = np.sqrt(np.diag(centre @ covariance[np.ix_(at, at)] @ centre))
    out.time_s[known] = events[known] + lag
    out.sd_s[known] = np.hypot(sd, scale.alike_s) * unlike
    return out


def pooled(time: Array, sd: Array, lag: Lags) -> tuple[Array, Array]:
    """Weigh each event with what the other events of its foot and their lags say about it.

    Parameters
    ----------
    time : (k,) s
        Touchdowns or toe-offs of one foot; NaN = not timed.
    sd : (k,) s
        The part of their errors that is each event's own.
    lag : Lags

    Returns
    -------
    time, sd : (k,) s
        Unchanged where an event or its lag is unknown, and for fewer than two events.
    """
    use = np.isfinite(time + sd + lag.time_s + lag.sd_s)
    n = int(use.sum())
    if n < 2:
        return time, sd
    own, between = sd[use] ** -2.0, lag.sd_s[use] ** -2.0
    # The unknowns: how long after its lag each event is, and last how long it usually is.
    information = np.diag(np.append(own + between, between.sum()))
    information[:n, n] = information[n, :n] = -between
    covariance = np.linalg.inv(information)[:n, :n]
    out, error = time.copy(), sd.copy()
    out[use] = lag.time_s[use] + covariance @ (own * (time[use] - lag.time_s[use]))
    error[use] = np.sqrt(np.diag(covariance))
    return out, error


def together(
    steps: Sequence[Step], feet: Mapping[Side, FootPath], time: Array, step_s: float, leg_m: float
) -> tuple[Step, ...]:
    """Return the steps with each event weighed with those of the same foot.

    Parameters
    ----------
    steps : sequence of Step
    feet : mapping of side to FootPath
    time : (n,) s
        The clock of the paths.
    step_s : float
        Step time, s.
    leg_m : float
        Leg length, m.

    Returns
    -------
    tuple of Step
        The part of an error that all contacts share is not made smaller.
    """
    out = list(steps)
    for side, foot in feet.items():
        mine = [i for i, step in enumerate(steps) if step.side == side]
        scale = PathScale(
            foot.thinning / foot.sd**2,
            ALIKE_SD * step_s,
            LEVEL_SD * leg_m,
            REACH * step_s,
        )
        heights = np.column_stack([foot.toe[:, 1], foot.heel[:, 1]])
        at, sd = event.event_times([steps[i] for i in mine])
        own = event.own_part(sd, "ball", step_s)
        found, error = at.copy(), own.copy()
        for k, (begin, end) in enumerate(AROUND):
            lag = lags(time, heights, at[:, k], (begin * step_s, end * step_s), scale)
            found[:, k], error[:, k] = pooled(at[:, k], own[:, k], lag)
        total = np.sqrt(error**2 + sd**2 - own**2)
        for i, t, e in zip(mine, found, total, strict=True):
            out[i] = event.timed(out[i], t, e)
    return tuple(out)
