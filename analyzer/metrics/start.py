"""A start from a standstill: first movement, last foot off (the block exit), first steps, 5 and 10 m."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from math import hypot, isfinite, nan
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.arrays import Array
from analyzer.contacts import pushed_off
from analyzer.data.motion import Motion
from analyzer.data.results import Split
from analyzer.data.steps import Step, in_a_row
from analyzer.metrics.breaking import in_row
from analyzer.motion import speed

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis

REST_S: Final = 0.15
"""Time, s, that the body must be seen at rest before it moves."""
REST_MPS: Final = 0.5
"""Speed, m/s, below which it counts as at rest: swaying in the set position reaches 0.3."""
SPEED_OVER_S: Final = 0.05
"""Time over which that speed is taken, s; two frames at least."""
REST_M: Final = 0.05
"""Way, m, that it may sway meanwhile."""
RISE_M: Final = (0.03, 0.35)
"""Ways from its place of rest, m, over which the first movement is fitted: clear of noise, and before the
first foot lands."""
FEWEST: Final = 3
"""Frames that must lie there."""
ONSET_SD_S: Final = 0.03
"""Error of the first movement beside the fit, s: the force of a push comes up over about 0.1 s, and what
rises so is found 0.02 to 0.04 s after its very first force (the tests)."""
TO_FIRST_S: Final = 1.2
"""Longest time, s, from the first movement to the first foot on the ground: it is 0.4 to 0.6 in a start."""
SLOW: Final = 0.7
"""A first step slower than this share of the fastest one is that of a start."""
FIRST_STEPS: Final = 3
"""Steps that are summed up."""
PLACES_M: Final = (5.0, 10.0)
"""Ways whose times are given, m."""
BEYOND_M: Final = 1.8
"""A first foot further ahead of the body's place of rest than this, m, is not that of the first step."""


@dataclass(frozen=True)
class Start:
    """A start; times by the clip's clock, s, but for those of ``splits``.

    movement_s, movement_sd_s : the body's first movement; NaN where the clip does not show it at rest before
    rest_m : where the centre of mass is then, m along the lane
    exit : the contact whose toe-off leaves the blocks, or the place of a start without; None where no contact
        says so
    steps : contacts after that
    first_seen : whether the first of them is the first of the run, as far as its place and side tell
    splits : seconds from the first movement until the centre of mass is so many metres further
    """

    movement_s: float
    movement_sd_s: float
    rest_m: float
    exit: Step | None
    steps: tuple[Step, ...]
    first_seen: bool
    splits: tuple[Split, ...]

    @property
    def first_steps(self) -> tuple[Step, ...]:
        """The first three, while the feet take turns and none was missed; none where the first was."""
        row = [self.steps[0]] if self.first_seen else []
        for a, b in in_a_row(self.steps[:FIRST_STEPS]):
            if row and a is row[-1]:
                row.append(b)
        return tuple(row)

    def since(self, time_s: float, sd_s: float = 0.0) -> tuple[float, float]:
        """Return a moment from the first movement on, s, and its standard error."""
        return time_s - self.movement_s, hypot(sd_s, self.movement_sd_s)


def start(analysis: Analysis) -> Start | None:
    """Return the start that a run is; None where it is none, or its clock or its way is unknown."""
    scale, motion, steps = analysis.calibration, analysis.motion, analysis.steps
    timed = analysis.slow_motion == 1 and not scale.treadmill_mps
    if not timed or analysis.ground_slides or not motion.view.shows_lane or len(steps) < FIRST_STEPS:
        return None
    landings = [step.touchdown_s for step in steps if isfinite(step.touchdown_s)][:FIRST_STEPS]
    # Who is seen to take his place has landings before he moves.
    found = next((one for at in landings if (one := first_movement(motion, at)) is not None), None)
    if found is None:
        pushed = tuple(takewhile(pushed_off.pushes, steps))
        own = steps[len(pushed) :]
        return Start(nan, nan, nan, None, own, False, ()) if begins_slowly(analysis) else None
    moved, sd, rest = found
    begins = next((i for i, step in enumerate(steps) if step.touchdown_s > moved), len(steps))
    standing, own = steps[:begins], steps[begins:]
    if not own:
        return None
    left = standing[-1] if standing and isfinite(standing[-1].toe_off_s) else None
    near = not isfinite(own[0].foot[0]) or own[0].foot[0] - rest <= BEYOND_M
    in_turn = left is None or own[0].side != left.side
    return Start(moved, sd, rest, left, own, near and in_turn, _splits(analysis, moved, sd, rest))


def first_movement(motion: Motion, until_s: float) -> tuple[float, float, float] | None:
    """Return when the body first moves forward, its standard error, s, and where it rests before, m.

    The way of a body that is pushed evenly grows with the square of time: a line through the way's root is
    followed back to none.

    Parameters
    ----------
    motion : Motion
    until_s : float
        When the first foot lands; the movement is looked for before it.

    Returns
    -------
    tuple or None
        None where it is not seen at rest, or moves too fast for the clip's frames.
    """
    path, time = speed.forward_path(motion), motion.time
    seen = np.isfinite(path) & (time <= until_s) & (time >= until_s - TO_FIRST_S - 2 * REST_S)
    path, time = path[seen], time[seen]
    if len(path) < 2 * FEWEST:
        return None
    half = max(SPEED_OVER_S / 2, 1 / motion.fps)  # over fewer frames noise would be a speed
    ends = [np.interp(time + side * half, time, path) for side in (1, -1)]
    slow = np.flatnonzero((ends[0] - ends[1]) / (2 * half) < REST_MPS)
    if not len(slow):
        return None
    last = int(slow[-1])
    rests = (time >= time[last] - REST_S) & (time <= time[last])
    if time[last] - time[0] < REST_S or np.ptp(path[rests]) > REST_M + 2 * RISE_M[0]:
        return None
    before = (time >= time[last] - 2 * REST_S) & (time <= time[last] - REST_S / 2)
    rest = float(np.median(path[before]))
    return _onset(time, path - rest, speed.place_noise(motion), last, rest)


def _onset(
    time: Array, way: Array, noise: float, last: int, rest: float
) -> tuple[float, float, float] | None:
    rises = np.arange(len(time)) >= last - 1
    rises &= (way >= RISE_M[0]) & (way <= RISE_M[1])
    if rises.sum() < FEWEST:
        return None
    root, t = np.sqrt(way[rises]), time[rises]
    weights = 2 * root / max(noise, RISE_M[0] / 10)
    middle = float(np.average(t, weights=weights**2))
    (slope, level), covariance = np.polyfit(t - middle, root, 1, w=weights, cov="unscaled")
    if not slope > 0:
        return None
    back = level / slope
    sd = np.sqrt(covariance[1, 1] + back**2 * covariance[0, 0]) / slope
    return middle - float(back), hypot(float(sd), ONSET_SD_S), rest


def _splits(analysis: Analysis, moved: float, moved_sd: float, rest: float) -> tuple[Split, ...]:
    scale, motion = analysis.calibration, analysis.motion
    if not scale.scaled:
        return ()
    places = [scale.lane * (rest + way) for way in PLACES_M]
    found = speed.splits(motion, scale, places, analysis.steps, from_m=rest)
    return tuple(
        Split(way, one.time_s - moved, hypot(one.sd_s, moved_sd))
        for way, one in zip(PLACES_M, found, strict=True)
        if isfinite(one.time_s)
    )


def begins_slowly(analysis: Analysis) -> bool:
    """Tell whether the first step is so slow that the run is a start, looked at from that step on."""
    speeds = [v.value for v in in_row(analysis.values, "step_speed")]
    return len(speeds) > 2 and speeds[0] < SLOW * max(speeds)
