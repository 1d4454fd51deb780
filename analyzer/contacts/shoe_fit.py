"""One contact fitted to the images of the shoe: when it stops moving against the ground, and moves again.

Decides when a shoe that ``shoe_tracking`` followed lands and leaves, and how sure that is; ``shoe_refine``
joins it with the landmarks' estimate. A landmark jitters by about two centimetres, so touchdown and toe-off
from landmarks are good to some milliseconds. While the foot stands, the pixels of the shoe stand still
against the ground to a millimetre. Their path is fitted as moving, then standing for touchdown, and as
standing, then leaving for toe-off.

The error of an event here is the spread of the posterior over its time, given how well the pixels are found
(``GRAIN_SHARE``, ``GIVE``, ``WANDERS``, ``UNLIKE``) and how well the path fits (``POOR``), with what the
models miss (``MISSED``). The other parts of a contact's error are listed in ``event``.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.contacts.event import NOT_TIMED, Event
from analyzer.contacts.tempo import ExpectedMotion
from analyzer.data.steps import Step, Trace
from analyzer.signals.robust import huber_fits

LIKE: Final = 0.5
"""A frame counts from this likeness to the standing foot on (1 = the same image)."""
STANDING_FRAMES: Final = 2
"""So many standing frames are needed."""
GRAIN_SHARE: Final = 0.12
"""What the place of a shoe is uncertain by at least: a share of a pixel."""
GIVE: Final = {"forefoot": 0.0015, "toe": 0.005}
"""And m: the shoe's own give. An outline ("toe") follows light and shade on the shoe."""
UNLIKE: Final = 0.01
"""How far off a frame is found, m, that does not look like the standing foot at all."""
WANDERS: Final = {"forefoot": 0.007, "toe": 0.0}
"""How much more a standing foot wanders, m, where too few frames tell: at 60 fps two frames do not."""
WANDER_FRAMES: Final = 4
"""So many standing frames tell it."""
WANDER_OF_MEDIAN: Final = 1.48
"""Standard deviation by the median size of an error, rounded; exactly it is ``robust.MAD_TO_SD``."""
LANDING: Final = {"up": ExpectedMotion(-0.40, 0.15, 0.0, 0.8), "along": ExpectedMotion(0.30, 0.25, -2.0, 2.0)}
"""Motion of the forefoot before touchdown, up and forward."""
LEAVING: Final = {"up": ExpectedMotion(0.28, 0.06, 0.0, 0.8), "along": ExpectedMotion(0.25, 0.15, 4.0, 2.0)}
"""Motion of the shoe's outline after toe-off: digitised sprinters' toes rise first, then move forward."""
LANDED: Final = 0.02
"""Speed at which a foot that stands may creep after landing, running speeds."""
STAYS: Final = 0.01
"""The same before it leaves."""
SETTLES: Final = 0.1
"""How long the shoe goes on flattening after landing: time constant, step times."""
SETTLED: Final = {"up": (0.0, 0.006), "along": (0.0, 0.006)}
"""How much it flattens, m, and the spread of that."""
ROLLS: Final = 0.13
"""How long before toe-off a round shoe begins to roll over its tip, step times."""
ROLLED: Final = {"up": (0.025, 0.01), "along": (0.01, 0.01)}
"""How far the end of the outline has moved by then, m, and the spread, which allows for a sharp tip.

Of the rendered shoes. Larger makes toe-off later.
"""
MOVED: Final = {"forefoot": 0.12, "toe": 0.16}
"""How much of the motion next to an event is looked at, step times.

A foot that comes down takes no such path for longer: with only the last tenth of a step before touchdown, its
bias and scatter at 240 fps halved on the tuning set.
"""
STOOD: Final = {"forefoot": 0.25, "toe": 0.16}
"""How much of the standing phase is looked at, step times."""
WINDOW_FRAMES: Final = (2.6, 2.2)
"""But at least so many frames of motion and of standing; what rules at 30 and 60 fps."""
MOVING_FRAMES: Final = 1
"""So many frames must show the shoe on the move."""
BEYOND_FRAMES: Final = 2
"""So many frames must lie beyond the standing ones."""
CENTRED_FRAMES: Final = 0.1
"""The window is laid anew until the event moves by less than this, frames."""
PASSES: Final = 3
"""But so many times at most."""
GRID: Final = np.arange(-0.16, 0.16, 0.0025)
"""Times about the middle of the window that are tried, step times: about 0.5 ms apart in a sprint."""
FIT_ROUNDS: Final = 4
"""How often outliers are given new weights."""
UNSURE: Final = 0.07
"""An event whose posterior is wider than this, step times, is not told: landmarks do better."""
MISSED: Final = {"forefoot": 0.006, "toe": 0.005}
"""What the models miss, step times; part of the event's own error."""
FREE: Final = 6
"""What a fit uses up of the data, numbers: fewer are not an error of the path."""
POOR: Final = 8.0
"""How much worse than its errors, squared, a fit may be: beyond it is a path that no foot takes.

Rendered shoes fit 0.3 to 0.6 times their errors squared, three contacts filmed at 30 fps 2 to 12 times.
"""
USUAL: Final = 2
"""How much better than its errors a fit is counts as far as its few frames can tell: against so many numbers
that are as wrong as they should be."""


class ShoeFit:
    """The events of one contact, from the traces of its shoe.

    Parameters
    ----------
    step : Step
        As the landmarks have it.
    step_time : float
        Step time, s.
    pace : float
        Running speed, m/s.
    """

    def __init__(self, step: Step, step_time: float, pace: float) -> None:
        self.step, self.step_time, self.pace = step, step_time, pace

    def touchdown(self, trace: Trace | None) -> Event:
        """Time the instant at which the forefoot's patch comes to rest."""
        return self._event(trace, self.step.touchdown_s, -1)

    def toe_off(self, trace: Trace | None) -> Event:
        """Time the instant from which the toe's outline leaves."""
        return self._event(trace, self.step.toe_off_s, 1)

    def _event(self, trace: Trace | None, rough: float, way: int) -> Event:
        """Time an event near a rough time; ``way`` is where the motion lies: -1 before it, 1 after it."""
        if trace is None or not np.isfinite(rough):
            return NOT_TIMED
        seen = (trace.score >= LIKE) & np.isfinite(trace.displacement).all(axis=1)
        standing = seen & (trace.standing > 0)
        if standing.sum() < STANDING_FRAMES:
            return NOT_TIMED
        anchor = trace.time[standing]
        # Frames from the standing ones on are used; those beyond them show the event.
        first, last = (anchor.max(), anchor.min()) if way < 0 else (anchor.min(), anchor.max())
        frame = float(np.median(np.diff(trace.time))) if len(trace.time) > 1 else self.step_time
        result, centre = NOT_TIMED, rough
        for _ in range(PASSES):
            reach = max(MOVED[trace.part] * self.step_time, WINDOW_FRAMES[0] * frame)
            stood = max(STOOD[trace.part] * self.step_time, WINDOW_FRAMES[1] * frame)
            since = way * (trace.time - centre)
            inside = seen & (since <= reach) & (since >= -stood) & (way * (trace.time - first) >= 0)
            moving = inside & (since > 0)
            beyond = inside & (way * (trace.time - last) > 0)
            if moving.sum() < MOVING_FRAMES or beyond.sum() < BEYOND_FRAMES:
                return NOT_TIMED
            result = self._fit(trace, inside, centre, way)
            if not np.isfinite(result.time_s) or abs(result.time_s - centre) < CENTRED_FRAMES * frame:
                break
            centre = result.time_s
        return result

    def _fit(self, trace: Trace, inside: Bools, centre: float, way: int) -> Event:
        t = trace.time[inside]
        grid = centre + GRID * self.step_time
        loss = self._misfit(trace, inside, grid, way)
        best, numbers = float(loss.min()), max(2 * len(t) - FREE, 2)
        # A path that no foot takes, as of a patch that got lost, says less.
        poor = best / numbers
        if poor > POOR:
            return NOT_TIMED
        poor = max(poor, (USUAL + best) / (USUAL + numbers))
        weight = np.exp(-0.5 * (loss - loss.min()) / poor)
        weight /= weight.sum()
        time = float(weight @ grid)
        spread = float(np.sqrt(weight @ (grid - time) ** 2))
        if spread > UNSURE * self.step_time:
            return NOT_TIMED
        missed = MISSED[trace.part] * self.step_time
        return Event(time, float(np.hypot(spread, missed)), "flow")

    def _misfit(self, trace: Trace, inside: Bools, grid: Array, way: int) -> Array:
        """Return how badly the path fits an event at each time of a grid, (g,): up and along together."""
        t = trace.time[inside]
        path = trace.displacement[inside]
        sd = _place_sd(trace, inside)
        since = way * np.maximum(0.0, way * (t - grid[:, None]))
        stood = t - grid[:, None] - since
        # The shoe gives and flattens just after it has landed, and rolls over its tip before it leaves.
        if way < 0:
            given = np.exp(-np.abs(stood) / (SETTLES * self.step_time))
        else:
            given = np.maximum(0.0, 1 + stood / (ROLLS * self.step_time)) ** 2
        curve = self.pace / self.step_time
        creep = (LANDED if way < 0 else STAYS) * self.pace
        loss = np.zeros(len(grid))
        for axis, name in ((1, "up"), (0, "along")):
            v, v_sd, a, a_sd = (LANDING if way < 0 else LEAVING)[name]
            gives, gives_sd = (SETTLED if way < 0 else ROLLED)[name]
            basis = np.stack([np.ones_like(since), stood, since, 0.5 * since**2, given], axis=2)
            prior = np.array([0.0, 0.0, v * self.pace, a * curve, gives])
            prior_sd = np.array([1.0, creep, v_sd * self.pace, a_sd * curve, gives_sd])
            loss += huber_fits(basis, path[:, axis], sd, prior, prior_sd, FIT_ROUNDS).loss
        return loss


def _place_sd(trace: Trace, inside: Bools) -> Array:
    """Return how uncertain the place of the shoe is in each frame, (n,) m."""
    level = trace.displacement[trace.standing > 0]
    wander = WANDER_OF_MEDIAN * np.nanmedian(np.abs(level - np.nanmedian(level, axis=0)))
    scatter = wander if len(level) >= WANDER_FRAMES else WANDERS[trace.part]
    return np.asarray(
        np.sqrt(
            (GRAIN_SHARE * trace.grain) ** 2
            + GIVE[trace.part] ** 2
            + scatter**2
            + (UNLIKE * (1 - trace.score[inside])) ** 2
        )
    )
