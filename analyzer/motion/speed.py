"""How fast and where: the speed curve and splits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.capture import Calibration
from analyzer.data.motion import Motion
from analyzer.data.results import Gate, SpeedCurve, Split
from analyzer.data.steps import Step
from analyzer.signals import crossings

FEWEST: Final = 4
"""Frames that must show the body before it has a speed."""
SPLIT_REACH: Final = 0.25
"""Steps to either side of a crossing over which a line is fitted to the path: half a step in all."""
SPLIT_REACH_S: Final = 0.06
"""The same, s, where there are too few contacts to tell the step time."""
SPLIT_FRAMES: Final = 1.6
"""Frames to either side of a crossing that the line takes at least: three or four in all."""
ALIKE_FRAMES: Final = 3.0
"""Neighbouring frames whose errors of a place are taken for one; landmark errors last about so long at 240
frames a second."""


def curve(motion: Motion, steps: Sequence[Step], relative_sd: float = 0.0) -> SpeedCurve:
    """Return the speed of the centre of mass over a moving window of one step.

    Over a whole step the gain of push-off and the loss of landing cancel; hips stand in for a centre
    of mass that is unknown.

    Parameters
    ----------
    motion : Motion
    steps : sequence of Step
        Give the step time.
    relative_sd : float
        Standard error of the scale, as a fraction.

    Returns
    -------
    SpeedCurve
        m/s; NaN where the window reaches beyond the clip.
    """
    path = forward_path(motion)
    step_s = _step_time(steps)
    blank = np.full(len(path), np.nan)
    if not np.isfinite(step_s) or np.isfinite(path).sum() < FEWEST:
        return SpeedCurve(motion.time, blank, blank)
    seen = np.isfinite(path)
    time, half = motion.time, step_s / 2
    ahead = np.interp(time + half, time[seen], path[seen], left=np.nan, right=np.nan)
    behind = np.interp(time - half, time[seen], path[seen], left=np.nan, right=np.nan)
    speed = np.where(_inside(time, seen), (ahead - behind) / step_s, np.nan)
    random = 2**0.5 * place_noise(motion) / step_s  # of a difference of two places
    uneven = motion.growth_sd * motion.from_even(path, time)
    return SpeedCurve(time, speed, np.hypot(random, np.hypot(relative_sd, uneven) * speed))


def splits(
    motion: Motion,
    scale: Calibration,
    metres: Sequence[float],
    steps: Sequence[Step] = (),
    *,
    from_m: float | None = None,
) -> tuple[Split, ...]:
    """Return when the centre of mass passes each place, in the metres of the lane, between frames.

    A line is fitted to its path over half a step around the crossing. The standard error holds the noise,
    the landmarks' offset from the body, and the scale, whose error grows from the middle of the path, where
    the marks are.

    Parameters
    ----------
    motion : Motion
    scale : Calibration
        Its direction of the lane and its error.
    metres : sequence of float
        Places on the lane, m.
    steps : sequence of Step
        Give the step time.
    from_m : float, optional
        Where on the way, m along ``motion``, the places are counted from: the error of the scale, and of a
        moving camera's way, grows from there; None = from the middle.

    Returns
    -------
    tuple of Split
        Time NaN where the body does not pass the place.
    """
    path, time = forward_path(motion), motion.time
    step_s = _step_time(steps)
    reach = SPLIT_REACH * step_s if np.isfinite(step_s) else SPLIT_REACH_S
    middle = float(np.nanmedian(path)) if np.isfinite(path).any() else 0.0
    middle = middle if from_m is None else from_m
    offset = float(np.nanmedian(motion.offset_sd)) / 2**0.5  # forwards alone
    found = []
    for place in metres:
        ahead = scale.lane * place
        at = crossings.crossings(time, path, ahead)
        near = np.zeros(0, dtype=np.intp)
        if len(at):
            reached = np.abs(time - at[0]) <= max(reach, SPLIT_FRAMES / motion.fps)
            near = np.flatnonzero(reached & np.isfinite(path))
        slope, level = np.polyfit(time[near] - at[0], path[near] - ahead, 1) if len(near) > 1 else (0.0, 0.0)
        if slope <= 0:
            found.append(Split(float(place), float("nan"), float("nan")))
            continue
        noise = place_noise(motion) / np.sqrt(max(len(near) / ALIKE_FRAMES, 1.0))
        moved = (
            0.0 if from_m is None or motion.ground_sd is None else motion.at(motion.ground_sd, float(at[0]))
        )
        way = scale.relative_sd * (ahead - middle)
        grown = scale.growth_sd / 2 * ((ahead - scale.even_at_m) ** 2 - (middle - scale.even_at_m) ** 2)
        sd = float(np.linalg.norm([noise, offset, way, grown, moved])) / slope
        found.append(Split(float(place), float(at[0] - level / slope), float(sd)))
    return tuple(found)


def passed(gates: Sequence[Gate], when: Sequence[Split]) -> tuple[Gate, ...]:
    """Return timing gates with when the video shows each passed, as ``splits`` told for their places."""
    return tuple(
        replace(gate, video_s=split.time_s, video_sd_s=split.sd_s)
        for gate, split in zip(gates, when, strict=True)
    )


def forward_path(motion: Motion) -> Array:
    """Return the forward place of the centre of mass, or of the hips where that is unknown, (n,) m."""
    if np.isfinite(motion.com[:, 0]).any():
        return motion.com[:, 0]
    return motion.middle("hip")[:, 0]


def place_noise(motion: Motion) -> float:
    """Return the random error of the body's place in one frame, m: half a joint's.

    Four joints make it up, both hips and both shoulders.
    """
    found = motion.noise_sd[np.isfinite(motion.noise_sd)]
    return float(np.median(found)) / 2 if len(found) else 0.0


def _step_time(steps: Sequence[Step]) -> float:
    """Return the median time from one touchdown to the next, s; NaN with fewer than two."""
    times = np.array([(s.number, s.touchdown_s) for s in steps if np.isfinite(s.touchdown_s)])
    if len(times) < 2:
        return float("nan")
    return float(np.median(np.diff(times[:, 1]) / np.diff(times[:, 0])))


def _inside(time: Array, seen: Array) -> Array:
    """Tell which moments lie between the first and the last seen."""
    first, last = np.flatnonzero(seen)[[0, -1]]
    return np.asarray((time >= time[first]) & (time <= time[last]))
