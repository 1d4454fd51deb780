"""All contacts of a run weighed together: an athlete repeats himself, so each step informs the others.

Each event was timed by itself, with its own error. A run is more regular than that: contact times drift
slowly and scatter by a few per cent, and so do step times. Both are laid over the events as a prior
whose level, drift and left-right difference are the run's own. Sure events stay where they are, unsure
ones move towards what the others say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.steps import Step

# Scatter from step to step, in step times: trained sprinters vary contact and step time by 3-4 % and
# 1.5-2 %; widened, so that a real stumble survives.
CONTACT_SCATTER: Final = 0.022
STEP_SCATTER: Final = 0.028
# Difference of the sides about the run's mean contact, and of its step times, in step times. Half of it
# made single contacts only 0.3 ms better and hid more than half of a left contact 12 ms longer.
SIDES_DIFFER: Final = 0.06
# Change of a contact or step time from one step to the next; a start shortens contacts by a tenth.
DRIFT: Final = 0.04
# Events further than this from what the others say, in standard errors, count less; rounds of doing so.
FAR: Final = 1.5
ROUNDS: Final = 5
# Beyond this the landmarks may have been on something else, and the error grows.
GROSS: Final = 3.0
# Error of touchdown and toe-off that all contacts of a run share, in step times, and the smallest part of
# a single error that is the event's own.
SHARED_SD: Final = (0.020, 0.016)
LEAST_OWN: Final = 0.3


def settle(number: Array, left: Bools, time: Array, sd: Array, step_s: float) -> tuple[Array, Array]:
    """Return the events' times and standard errors given each other.

    Parameters
    ----------
    number : (n,)
        Which step it is; a missed contact leaves its number out.
    left : (n,) bool
    time, sd : (n, 2) s
        Touchdown and toe-off and the random part of their errors; NaN = not timed. An event far from
        what the others say counts less (Huber); very far, its error grows.
    step_s : float
        Typical step time.

    Returns
    -------
    time, sd : (n, 2) s
        NaN where ``time`` was. Fewer than three complete contacts are returned as they are.
    """
    known = np.isfinite(time) & np.isfinite(sd) & (sd > 0)
    if known.all(axis=1).sum() < 3:
        return time.copy(), sd.copy()
    begin = float(np.nanmin(time))
    information, target = _regular(number, left, step_s)
    weight = np.ones(time.shape)
    found, errors, doubt = time, sd, np.zeros(time.shape)
    for _ in range(ROUNDS):
        seen = np.where(known, weight / np.where(known, sd, 1.0) ** 2, 0.0)
        covariance = np.linalg.inv(information + np.diag(np.append(seen.T.ravel(), np.zeros(6))))
        pull = np.append((seen * np.where(known, time - begin, 0.0)).T.ravel(), np.zeros(6))
        n = len(number)
        found = (covariance @ (target + pull))[: 2 * n].reshape(2, n).T + begin
        errors = np.sqrt(np.diag(covariance)[: 2 * n]).reshape(2, n).T
        # How far an event lies from what the others alone say: leaving it out, in closed form.
        held = np.clip(seen * errors**2, 0.0, 0.999)
        apart = np.where(known, (time - found) / (1 - held), 0.0)
        size = np.abs(apart) / np.hypot(np.where(known, sd, 1.0), errors / np.sqrt(1 - held))
        weight = 1 / np.maximum(1.0, size / FAR)
        # Either it is right or the others are: the error is about half of what lies between.
        doubt = np.maximum(0.0, 1 - GROSS / np.maximum(size, GROSS)) * np.abs(apart) / 2
    return np.where(known, found, time), np.where(known, np.hypot(errors, doubt), sd)


def _regular(number: Array, left: Bools, step_s: float) -> tuple[Array, Array]:
    """Return what a regular run says: information (k, k) and its product with the mean (k,).

    Unknowns are touchdowns, toe-offs, then level, drift and side, each of contact and of step times.
    """
    n = len(number)
    size = 2 * n + 6
    level, drift, side = slice(2 * n, 2 * n + 2), slice(2 * n + 2, 2 * n + 4), slice(2 * n + 4, size)
    information, target = np.zeros((size, size)), np.zeros(size)
    middle = float(np.mean(number))

    def observe(row: Array, value: float, error: float) -> None:
        information[:] += np.outer(row, row) / error**2
        target[:] += row * value / error**2

    for i in range(n):
        row = np.zeros(size)
        row[i], row[i + n] = -1.0, 1.0
        row[level], row[drift], row[side] = [-1, 0], [middle - number[i], 0], [0.5 - left[i], 0]
        observe(row, 0.0, CONTACT_SCATTER * step_s)
        if i + 1 < n:
            apart = float(number[i + 1] - number[i])
            row = np.zeros(size)
            row[i], row[i + 1] = -1.0, 1.0
            between = (number[i] + number[i + 1] - 1) / 2
            row[level], row[drift] = [0, -apart], [0, apart * (middle - between)]
            row[side] = [0, (0.5 - left[i]) * (apart % 2)]
            observe(row, 0.0, STEP_SCATTER * step_s * np.sqrt(apart))
    priors = ((level, (0.5, 1.0), 1.0), (drift, (0.0, 0.0), DRIFT), (side, (0.0, 0.0), SIDES_DIFFER))
    for part, values, error in priors:
        for k in range(2):
            row = np.zeros(size)
            row[part.start + k] = 1.0
            observe(row, values[k] * step_s, error * step_s)
    return information, target


def together(
    steps: Sequence[Step], step_s: float, shared_sd: tuple[float, float] = SHARED_SD
) -> tuple[Step, ...]:
    """Return the steps of one run with their events settled; see ``settle``.

    The part of an error that all contacts share, ``shared_sd`` step times from the foot model, is not made
    smaller.
    """
    time, sd = events(steps)
    own = own_part(sd, shared_sd, step_s)
    shared = np.sqrt(sd**2 - own**2)
    found, error = settle(
        _numbers(time, step_s), np.array([s.side == "left" for s in steps]), time, own, step_s
    )
    total = np.where(found == time, sd, np.hypot(error, shared))
    return tuple(timed(step, t, e) for step, t, e in zip(steps, found, total, strict=True))


def events(steps: Sequence[Step]) -> tuple[Array, Array]:
    """Return touchdown and toe-off of each step and their errors, (n, 2) s both."""
    time = np.array([(s.touchdown_s, s.toe_off_s) for s in steps]).reshape(-1, 2)
    return time, np.array([(s.touchdown_sd_s, s.toe_off_sd_s) for s in steps]).reshape(-1, 2)


def own_part(sd: Array, shared_sd: tuple[float, float], step_s: float) -> Array:
    """Return what errors (n, 2) s have beyond ``shared_sd`` step times, which all contacts share."""
    return np.asarray(np.sqrt(np.maximum(sd**2 - (np.array(shared_sd) * step_s) ** 2, (LEAST_OWN * sd) ** 2)))


def timed(step: Step, time: Array, sd: Array) -> Step:
    """Return the step with this touchdown and toe-off, (2,) s, and their errors."""
    return replace(
        step,
        touchdown_s=float(time[0]),
        touchdown_sd_s=float(sd[0]),
        toe_off_s=float(time[1]),
        toe_off_sd_s=float(sd[1]),
    )


def widened(step: Step, error: Sequence[float] | Array) -> Step:
    """Return the step with this much more error at touchdown and toe-off, (2,) s."""
    sd = np.hypot((step.touchdown_sd_s, step.toe_off_sd_s), error)
    return timed(step, np.array([step.touchdown_s, step.toe_off_s]), sd)


def _numbers(time: Array, step_s: float) -> Array:
    """Count the steps, leaving out the number of a contact that was missed."""
    either = np.where(np.isfinite(time[:, 0]), time[:, 0], time[:, 1] - 0.5 * step_s)
    gaps = np.diff(either) / step_s
    gaps = np.where(np.isfinite(gaps), np.maximum(np.round(gaps), 1), 1)
    return np.concatenate([[0.0], np.cumsum(gaps)])[: len(time)]
