"""Where a clip is cut though its background stays, and which stretch of a pass is the run.

The athlete's place tells the first: nobody is somewhere else from one frame to the next, and nobody who
leaves to the right comes back running to the right from further left without having gone there. Speed tells
the second: whoever walks or waits before a run, or after it, is much slower all that time.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.capture import CameraMotion
from analyzer.signals import filters
from analyzer.signals.geometry import mapped

JUMP: Final = 1.0
"""Leg lengths by which the athlete is elsewhere than speed allows, for a cut; twice that where the camera
moves, whose motion is not always quite taken out."""
AT_ONCE: Final = 3
"""Frames within which a jump counts as one; the network may miss one or two."""
AROUND: Final = 5
"""Frames before and after a cut that tell place and speed there."""
FAST: Final = 0.55
"""Share of the highest speed that a run keeps; walks are at a third of a jog's and a fifth of a sprint's."""
SLOW: Final = 0.45
"""Share of it that nobody reaches who walks."""
STANDS: Final = 0.12
"""Share of it below which a run has not begun."""
SUDDEN: Final = 2.2
"""Times slower or faster from one frame to the next: an editor's doing..."""
LOOK_FRAMES: Final = 128
"""Frames in which such a way is looked for at first."""
SHORT: Final = 0.6
"""...where the fast part is at least so many leg lengths long and the slow one a whole one..."""
SHORT_FRAMES: Final = 3
"""...and so many frames..."""
STEADY: Final = 1.6
"""...and either keeps its speed to this ratio."""
SWAY: Final = 2.5
"""Leg lengths, about a step, over which speed is averaged."""
LONG_S: Final = 1.0
"""Seconds of somebody slower, beside a run, from which they are left out..."""
LONG: Final = 8.0
"""...as the time in which so many leg lengths are run..."""
WAY: Final = 1.5
"""...and the leg lengths gone meanwhile, at least: who only stands there does no harm."""
EVENLY: Final = 1.25
"""Ratio of the highest to the lowest speed of somebody who goes evenly."""
LEAST_WAY: Final = 3.0
"""Leg lengths of a run of its own."""
EDIT: Final = 1.8
"""Times slower or faster from one moment to the next: an editor's doing, as nobody doubles a steady speed
within two steps."""
EDIT_HZ_AT_30_FPS: Final = 4.0
"""Low-pass for the path before edits are looked for, at 30 frames a second, and in proportion at others:
counted in frames it keeps a step's sway, whatever the clock."""
PIECE: Final = 0.5
"""Leg lengths by which the path is cut up to look for edits."""
STEADY_PIECES: Final = 4
"""Such stretches, about a step, over which the speed before and after an edit is steady..."""
STEADY_PIECES_WITHIN: Final = 1.35
"""...to this ratio."""
EDIT_FRAMES: Final = 8
"""Frames below which no edit is looked for."""


def jumps(time: Array, hip: Array, leg: float, *, camera_moves: bool = False) -> list[int]:
    """Return the frames that are the first ones after a cut.

    Parameters
    ----------
    time : (n,) s
    hip : (n,) px
        Place of the hips in the reference frame; NaN where the athlete was not seen.
    leg : float
        Leg length, px.
    camera_moves : bool
    """
    seen = np.flatnonzero(np.isfinite(hip))
    least = JUMP * leg * (2 if camera_moves else 1)
    found: list[int] = []
    for k in range(AROUND, len(seen) - AROUND + 1):
        before, after = seen[k - AROUND : k], seen[k : k + AROUND]
        apart = hip[after[0]] - hip[before[-1]]
        if abs(apart) < 0.5 * least:
            continue
        speeds = [_speed(time[part], hip[part]) for part in (before, after)]
        # Medians: one frame read wrongly is no cut.
        lasted = float(np.median(time[after]) - np.median(time[before]))
        went = float(np.median(hip[after]) - np.median(hip[before]))
        at_once = after[0] - before[-1] <= AT_ONCE
        same_way = speeds[0] * speeds[1] > 0
        if at_once:
            cut = abs(went - np.mean(speeds) * lasted) > least and abs(apart) > least
        else:
            cut = same_way and went * speeds[0] < 0 and abs(went) > least
        if cut and not (found and after[0] - found[-1] <= AROUND):
            found.append(int(after[0]))
    return found


def _speed(time: Array, place: Array) -> float:
    return float(np.median(np.diff(place) / np.diff(time)))


def sudden(hip: Array, leg: float) -> list[int]:
    """Return the frames from which on a clip suddenly plays faster or slower, though one part is short.

    Parameters
    ----------
    hip : (n,) px
        Place of the hips in the reference frame; NaN where the athlete was not seen.
    leg : float
        Leg length, px.
    """
    n = len(hip)
    found: list[tuple[float, int]] = []
    for path, last in ((hip, False), (hip[::-1], True)):
        for i in range(SHORT_FRAMES, n - SHORT_FRAMES):
            ratio = _slows_at(path, i, leg)
            if ratio > SUDDEN:
                found.append((-ratio, n - i - 1 if last else i + 1))
    kept: list[int] = []
    for _, frame in sorted(found):
        if all(abs(hip[frame] - hip[other]) > leg for other in kept):
            kept.append(frame)
    return sorted(kept)


def _slows_at(path: Array, i: int, leg: float) -> float:
    """Return how many times slower a path goes on after frame ``i``; 1 where either part is too short.

    The fast part is steady from frame to frame, the slow one from one half of it to the other.
    """
    fast_frames = _frames_to(path[i::-1], SHORT * leg)
    if fast_frames < SHORT_FRAMES:
        return 1.0
    each = np.diff(path[i - fast_frames : i + 1])
    fast = float(np.median(each))
    if not np.abs(each).min() * STEADY > abs(fast) or np.ptp(np.sign(each)) != 0:
        return 1.0
    slow_frames = _frames_to(path[i + 1 :], leg)
    if slow_frames < 2 * SHORT_FRAMES:
        return 1.0
    on = np.abs(path[i + 1 : i + 2 + slow_frames] - path[i + 1])
    half = slow_frames // 2
    halves = on[half] / half, (on[slow_frames] - on[half]) / (slow_frames - half)
    slow = float(path[i + 1 + slow_frames] - path[i + 1]) / slow_frames
    return fast / slow if max(halves) < STEADY * min(halves) and slow * fast > 0 else 1.0


def _frames_to(path: Array, distance: float) -> int:
    """Return after how many frames a path is so far from its first place, all of them seen; 0 = never."""
    for look in (LOOK_FRAMES, len(path)):  # few clips take longer, so the rest of a long one is seldom needed
        gone = np.abs(path[:look] - path[0])
        reached = np.flatnonzero(~(gone < distance))
        if len(reached):
            return int(reached[0]) if np.isfinite(gone[reached[0]]) else 0
    return 0


def edits(time: Array, path: Array, start: int, stop: int, leg: float) -> list[int]:
    """Return the frames at which a clip goes over to another playing speed: normal, slow, normal.

    Speed is looked at along the way, by how long each half leg length takes, not over time: the clock is
    what may have changed.

    Parameters
    ----------
    time : (n,) s
    path : (n,) px
        Place of the hips in the reference frame, known in every frame.
    start, stop : int
        The frames of one pass, ``stop`` exclusive.
    leg : float
        Leg length, px.
    """
    cut = EDIT_HZ_AT_30_FPS / float(np.median(np.diff(time))) / 30
    calm = filters.low_pass(time[start:stop], path[start:stop], cut)
    gone = np.abs(calm - calm[0])
    stretch = PIECE * leg
    if stop - start < EDIT_FRAMES or gone[-1] < 2 * (STEADY_PIECES + 1) * stretch:
        return []
    places = np.arange(0, gone[-1], stretch)
    pace = np.diff(np.interp(places, np.maximum.accumulate(gone), time[start:stop]))
    change = np.zeros(len(pace))
    for i in range(STEADY_PIECES, len(pace) - STEADY_PIECES):
        before, after = pace[i - STEADY_PIECES : i], pace[i + 1 : i + 1 + STEADY_PIECES]
        if max(np.ptp(np.log(before)), np.ptp(np.log(after))) < np.log(STEADY_PIECES_WITHIN):
            change[i] = abs(float(np.log(np.median(after) / np.median(before))))
    found = []
    while change.max(initial=0.0) > np.log(EDIT):
        best = int(np.argmax(change))
        found.append(start + int(np.searchsorted(gone, places[best] + stretch / 2)))
        change[max(best - STEADY_PIECES, 0) : best + STEADY_PIECES + 1] = 0.0
    return sorted(found)


def way(hip: Array, box: Array, camera: CameraMotion) -> Array:
    """Return how far the athlete has gone over the background since the first frame, (n,) of his own sizes.

    Each frame's step is taken in its own picture, so that a pan into the distance does not make him slower.
    Where the background gives no hold nothing is known of it, and he goes on as beside it.

    Parameters
    ----------
    hip : (n, 2) px
        Middle of the hips in the frames, known in every one.
    box : (n, 3) px
        The squares looked at; their side is in proportion to the athlete.
    camera : CameraMotion
    """
    back = np.linalg.inv(camera.to_reference[1:]) @ camera.to_reference[:-1]
    step = hip[1:, 0] - mapped(back, hip[:-1])[:, 0]
    known = np.isfinite(box[:, 2])
    side = np.interp(np.arange(len(box)), np.flatnonzero(known), box[known, 2])[1:] if known.any() else 1.0
    step = step / side
    tied = np.isfinite(camera.sd_px)
    held = np.flatnonzero(tied[1:] & tied[:-1])
    if len(held):
        usual = [np.median(step[held[max(i - AROUND, 0) : i + AROUND + 1]]) for i in range(len(held))]
        loose = np.setdiff1d(np.arange(len(step)), held)
        step[loose] = np.interp(loose, held, usual)
    return np.concatenate([[0.0], np.cumsum(step)])


def run_in(time: Array, slow: Array, leg: float) -> tuple[int, int]:
    """Return which frames of a pass are the run, first and one past the last.

    All of them, unless the athlete is much slower for long before or after: stands or goes evenly.

    Parameters
    ----------
    time : (n,) s
    slow : (n,)
        Way of the hips without their sway in a stride.
    leg : float
        Leg length in the unit of ``slow``.
    """
    n = len(time)
    if n < 2 * AROUND or not time[-1] - time[0] > LONG_S:
        return 0, n
    speed = np.gradient(slow, time) / leg
    top = float(np.abs(speed).max())
    if not top > 0:
        return 0, n
    # Whatever the clock: in slow motion a stride's sway is as slow as a walk in real time.
    rate = (n - 1) / (time[-1] - time[0])
    speed = np.abs(_level(speed, min(max(round(SWAY / top * rate), 1), n)))
    top = float(speed.max())
    long_s = max(LONG_S, LONG / top)
    gone = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(slow)) / leg)])
    start, stop = _longest(speed > FAST * top, gone)
    if gone[stop - 1] - gone[start] < LEAST_WAY:
        return 0, n
    even = round(long_s * rate)
    first = start - _until(speed[: start + 1][::-1], top, even)
    last = stop + _until(speed[stop - 1 :], top, even)
    slower_before = time[first] - time[0] > long_s and gone[first] > WAY
    slower_after = time[-1] - time[last - 1] > long_s and gone[-1] - gone[last - 1] > WAY
    return first if slower_before else 0, last if slower_after else n


def _level(values: Array, size: int) -> Array:
    """Return (n,) means over ``size`` frames; beyond the ends all is as there."""
    wide = np.pad(values, (size // 2, (size - 1) // 2), mode="edge")
    return np.convolve(wide, np.full(size, 1 / size), mode="valid")


def _until(speed: Array, top: float, even: int) -> int:
    """Return for how many frames a run still goes on from the first value: until it stands, or goes evenly.

    ``even`` frames of nearly one speed, as is all the rest on the whole, are no part of an acceleration.
    """
    for i in range(len(speed)):
        rest = speed[i:]
        if rest[0] < STANDS * top:
            return i
        part = rest[:even]
        evenly = len(part) == even and part.max() < EVENLY * part.min()
        if evenly and rest.max() < SLOW * top and rest.mean() > part[0] / EVENLY:
            return i
    return len(speed) - 1


def _longest(fast: Bools, gone: Array) -> tuple[int, int]:
    """Return the stretch of frames marked ``fast`` in which most way is gone."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], fast.astype(int), [0]])))
    starts, stops = edges[::2], edges[1::2]
    best = int(np.argmax(gone[stops - 1] - gone[starts]))
    return int(starts[best]), int(stops[best])
