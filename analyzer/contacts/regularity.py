"""All contacts of a run weighed together: an athlete repeats himself, so each step informs the others.

Decides how far an event moves towards what the other steps say, and how sure it is afterwards (all parts of
a contact's error are listed in ``event``). Each event was timed by itself, with its own error. A run is more
regular than that: contact times drift slowly and scatter by a few per cent, and so do step times. Both are
laid over the events as a prior whose level, drift and left-right difference are the run's own. Sure events
stay where they are, unsure ones move towards what the others say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.contacts.event import FootModel, event_times, own_part, timed
from analyzer.data.steps import Step
from analyzer.signals.robust import huber_weights

CONTACT_SCATTER: Final = 0.022
"""Scatter of contact time from step to step, step times.

Trained sprinters vary it by 3 to 4 %; widened, so that a real stumble survives. Smaller and steps are made
alike, larger and they do not help each other.
"""
STEP_SCATTER: Final = 0.028
"""Scatter of step time from step to step, step times: 1.5 to 2 % in trained sprinters, widened as well."""
SIDES_DIFFER: Final = 0.06
"""Difference of the sides about the run's mean contact, and of its step times, step times.

Half of it made single contacts only 0.3 ms better and hid more than half of a left contact 12 ms longer.
"""
DRIFT: Final = 0.04
"""Change of a contact or step time from one step to the next, step times; a start shortens contacts by a
tenth."""
USUAL: Final = (0.5, 1.0)
"""Contact and step time that are expected before anything was seen, step times."""
VAGUE: Final = 1.0
"""Spread of ``USUAL``, step times: so wide that the run's own level rules."""
FAR: Final = 1.5
"""Standard errors beyond which an event counts less, against what the others say."""
ROUNDS: Final = 5
"""How often the weights are set anew."""
GROSS: Final = 3.0
"""Standard errors beyond which the landmarks may have been on something else, and the error grows."""
LARGEST_SHARE: Final = 0.999
"""Largest share of its own estimate that an event may have: keeps what the others say defined."""
FEWEST_CONTACTS: Final = 3
"""Complete contacts that make a run regular."""
UNKNOWNS: Final = 6
"""Level, drift and side, each of contact and of step times."""


def settle(number: Array, left: Bools, time: Array, sd: Array, step_s: float) -> tuple[Array, Array]:
    """Return the events' times and standard errors given each other.

    Parameters
    ----------
    number : (n,)
        Which step it is; a missed contact leaves its number out.
    left : (n,) bool
        Whether it is the left foot's.
    time, sd : (n, 2) s
        Touchdown and toe-off and the random part of their errors; NaN = not timed. An event far from
        what the others say counts less (Huber); very far, its error grows.
    step_s : float
        Typical step time, s.

    Returns
    -------
    time, sd : (n, 2) s
        NaN where ``time`` was. Fewer than three complete contacts are returned as they are.
    """
    known = np.isfinite(time) & np.isfinite(sd) & (sd > 0)
    if known.all(axis=1).sum() < FEWEST_CONTACTS:
        return time.copy(), sd.copy()
    begin = float(np.nanmin(time))
    information, target = _regular(number, left, step_s)
    weight = np.ones(time.shape)
    found, errors, doubt = time, sd, np.zeros(time.shape)
    for _ in range(ROUNDS):
        seen = np.where(known, weight / np.where(known, sd, 1.0) ** 2, 0.0)
        covariance = np.linalg.inv(information + np.diag(np.append(seen.T.ravel(), np.zeros(UNKNOWNS))))
        pull = np.append((seen * np.where(known, time - begin, 0.0)).T.ravel(), np.zeros(UNKNOWNS))
        n = len(number)
        found = (covariance @ (target + pull))[: 2 * n].reshape(2, n).T + begin
        errors = np.sqrt(np.diag(covariance)[: 2 * n]).reshape(2, n).T
        # Against what the others alone say: the event is left out, in closed form.
        held = np.clip(seen * errors**2, 0.0, LARGEST_SHARE)
        apart = np.where(known, (time - found) / (1 - held), 0.0)
        size = np.abs(apart) / np.hypot(np.where(known, sd, 1.0), errors / np.sqrt(1 - held))
        weight = huber_weights(size, FAR)
        # Either the event is right or the others are, so half of the distance between them is in doubt.
        doubt = np.maximum(0.0, 1 - GROSS / np.maximum(size, GROSS)) * np.abs(apart) / 2
    return np.where(known, found, time), np.where(known, np.hypot(errors, doubt), sd)


def _regular(number: Array, left: Bools, step_s: float) -> tuple[Array, Array]:
    """Return what a regular run says: information (k, k) and its product with the mean (k,).

    The unknowns are touchdowns, toe-offs, then level, drift and side, each of contact and of step times.
    """
    n = len(number)
    size = 2 * n + UNKNOWNS
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
    priors = ((level, USUAL, VAGUE), (drift, (0.0, 0.0), DRIFT), (side, (0.0, 0.0), SIDES_DIFFER))
    for part, values, error in priors:
        for k in range(2):
            row = np.zeros(size)
            row[part.start + k] = 1.0
            observe(row, values[k] * step_s, error * step_s)
    return information, target


def together(steps: Sequence[Step], step_s: float, model: FootModel) -> tuple[Step, ...]:
    """Return the steps of one run with their events settled; see ``settle``.

    Parameters
    ----------
    steps : sequence of Step
    step_s : float
        Typical step time, s.
    model : {"ankle", "ball", "tip"}
        What timed the events; the part of an error that all its contacts share is not made smaller.

    Returns
    -------
    tuple of Step
    """
    time, sd = event_times(steps)
    own = own_part(sd, model, step_s)
    shared = np.sqrt(sd**2 - own**2)
    found, error = settle(
        _numbers(time, step_s), np.array([s.side == "left" for s in steps]), time, own, step_s
    )
    total = np.where(found == time, sd, np.hypot(error, shared))
    return tuple(timed(step, t, e) for step, t, e in zip(steps, found, total, strict=True))


def _numbers(time: Array, step_s: float) -> Array:
    """Count the steps, leaving out the number of a contact that was missed."""
    either = np.where(np.isfinite(time[:, 0]), time[:, 0], time[:, 1] - USUAL[0] * step_s)
    gaps = np.diff(either) / step_s
    gaps = np.where(np.isfinite(gaps), np.maximum(np.round(gaps), 1), 1)
    return np.concatenate([[0.0], np.cumsum(gaps)])[: len(time)]
