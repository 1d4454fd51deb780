"""Which moments of a run the kinogram shows: five of a step from each leg, of the step seen best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side
from analyzer.data.analysis import Analysis
from analyzer.data.motion import Motion
from analyzer.data.steps import Step, in_a_row
from analyzer.metrics.start import begins_slowly
from analyzer.motion import flight
from analyzer.motion.flight import GRAVITY, Flight
from analyzer.outputs.curves import clock_known


class Phase(Enum):
    """The tiles of a row, in the order of time, by their titles."""

    TOE_OFF = "Toe-off"
    HIGHEST = "Highest point"
    STRIKE = "Strike"
    TOUCHDOWN = "Touchdown"
    SUPPORT = "Full support"


AFTER: Final = 0.27
"""Step times from the moment over the foot to toe-off, where the clip is too slow to time it: half a contact
of a sprinter, and what the foot stands behind the body longer than before it."""
BEFORE: Final = 0.20
"""The same from touchdown to the moment over the foot."""
FEWEST_FRAMES: Final = 3
"""Frames between highest point and touchdown from which the hamstring's longest moment is read."""
STEP_S: Final = (0.1, 1.5)
"""Seconds between two such moments beside which they are not of one run: a step lasts about 0.2 s in a sprint
and 0.4 s in a jog."""


@dataclass(frozen=True)
class Moment:
    """One tile: what it shows, when, the leg that has left the ground and the one that lands.

    ``timed`` is false where the event could not be timed and the moment is placed by the rhythm.
    """

    phase: Phase
    time_s: float
    leaving: Side
    landing: Side
    step: int
    timed: bool = True


class _Pair(NamedTuple):
    """A contact and the next one of the other foot."""

    this: Step
    following: Step
    timed: bool


def moments(analysis: Analysis, steps: Sequence[int] | None = None) -> tuple[tuple[Moment, ...], ...]:
    """Choose the rows: for each leg the step seen best, of a start its first; five moments from its toe-off
    on.

    Parameters
    ----------
    analysis : Analysis
    steps : sequence of int, optional
        Numbers of the steps whose landings are shown instead, a row each as far as they can be placed.

    Returns
    -------
    tuple of rows
        Empty when no two ground contacts follow each other with the athlete in view all the while.
    """
    air = flight.flights(analysis.motion, analysis.steps, GRAVITY, clock_known=clock_known(analysis))
    if steps is not None:
        wanted = [
            pair
            for this, following in in_a_row(analysis.steps)
            if following.number in steps and (pair := _placed(analysis.motion, this, following)) is not None
        ]
        chosen = (
            _row(analysis.motion, pair, air.get(pair.this.number) if pair.timed else None) for pair in wanted
        )
        return tuple(row for row in chosen if _in_view(analysis, row))
    start = begins_slowly(analysis)
    rows: list[tuple[Moment, ...]] = []
    for side in SIDES:
        pairs = [
            pair
            for this, following in in_a_row(analysis.steps)
            if this.side == side and (pair := _placed(analysis.motion, this, following)) is not None
        ]
        if not start:
            pairs.sort(key=lambda pair: (not pair.timed, off_middle(analysis, pair.following.touchdown_s)))
        best_first = (
            _row(analysis.motion, pair, air.get(pair.this.number) if pair.timed else None) for pair in pairs
        )
        rows += islice((row for row in best_first if _in_view(analysis, row)), 1)
    return tuple(sorted(rows, key=lambda row: row[0].time_s))


def centre(motion: Motion, t: float) -> float:
    """Where a tile is centred: the centre of mass, else a hip, m."""
    x = float(motion.at(motion.com[:, 0], t))
    return x if np.isfinite(x) else float(motion.at(motion.joint(f"{motion.near_side}_hip")[:, 0], t))


def off_middle(analysis: Analysis, t: float) -> float:
    """How far from the middle of the picture the athlete is at ``t``, px: there the view is squarest.

    Infinite where it is not known.
    """
    hips = analysis.pose.middle("hip")[:, 0]
    away = abs(float(analysis.motion.at(hips, t)) - analysis.pose.width / 2)
    return away if np.isfinite(away) else np.inf


def _in_view(analysis: Analysis, row: Sequence[Moment]) -> bool:
    """Tell whether it is known where the athlete is at each moment: others may hide them in between."""
    return bool(np.isfinite([centre(analysis.motion, moment.time_s) for moment in row]).all())


def _placed(motion: Motion, this: Step, following: Step) -> _Pair | None:
    """Return two contacts with all their times; what a slow camera left open is placed by the rhythm."""
    if np.isfinite([this.toe_off_s, following.touchdown_s, following.toe_off_s]).all():
        return _Pair(this, following, True)
    over = [_over(motion, step) for step in (this, following)]
    beat = over[1] - over[0]
    if not STEP_S[0] < beat < STEP_S[1]:
        return None
    off = this.toe_off_s if np.isfinite(this.toe_off_s) else over[0] + AFTER * beat
    down = following.touchdown_s if np.isfinite(following.touchdown_s) else over[1] - BEFORE * beat
    up = following.toe_off_s if np.isfinite(following.toe_off_s) else over[1] + AFTER * beat
    if not motion.time[0] <= off < down < up <= motion.time[-1]:
        return None
    return _Pair(replace(this, toe_off_s=off), replace(following, touchdown_s=down, toe_off_s=up), False)


def _over(motion: Motion, step: Step) -> float:
    """Time at which the centre of mass passes over the planted foot; NaN if it does not."""
    return _crossing(motion.time, motion.com[:, 0] - step.foot[0], -np.inf, np.inf, float("nan"))


def _row(motion: Motion, pair: _Pair, flight: Flight | None) -> tuple[Moment, ...]:
    this, following = pair.this, pair.following
    leaving, landing = this.side, following.side
    off, down = this.toe_off_s, following.touchdown_s
    top = flight.apex_s if flight else (off + down) / 2
    strike = _stretched(motion, landing, top, down)
    foot = (motion.joint(f"{landing}_heel")[:, 0] + motion.joint(f"{landing}_foot_index")[:, 0]) / 2
    up = following.toe_off_s
    support = _crossing(motion.time, motion.com[:, 0] - foot, down, up, (down + up) / 2)
    return tuple(
        Moment(phase, t, leaving, landing, following.number, pair.timed)
        for phase, t in zip(Phase, (off, top, strike, down, support), strict=True)
    )


def _stretched(motion: Motion, landing: Side, top: float, down: float) -> float:
    """Time between two at which the landing leg's hamstring is longest; their middle where it is not seen.

    It spans hip and knee: longest where hip flexion less knee flexion is largest.
    """
    stretch = motion.angles[f"{landing}_hip"] - motion.angles[f"{landing}_knee"]
    time = motion.time
    use = np.flatnonzero((time >= top) & (time <= down))
    if len(use) < FEWEST_FRAMES or not np.isfinite(stretch[use]).all():
        return (top + down) / 2
    i = int(use[np.argmax(stretch[use])])
    if i in (use[0], use[-1]):
        return float(time[i])
    before, at, after = stretch[i - 1 : i + 2]
    bend = before - 2 * at + after  # a parabola through three frames places the peak between them
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(np.clip(time[i] + shift * (time[i + 1] - time[i - 1]) / 2, top, down))


def _crossing(time: Array, x: Array, start: float, stop: float, otherwise: float) -> float:
    """First time between ``start`` and ``stop`` at which ``x`` rises through zero."""
    use = (time >= start) & (time <= stop)
    t, y = time[use], x[use]
    rising = np.flatnonzero((y[:-1] <= 0) & (y[1:] > 0))
    if not len(rising):
        return otherwise
    i = int(rising[0])
    return float(t[i] - y[i] * (t[i + 1] - t[i]) / (y[i + 1] - y[i]))
