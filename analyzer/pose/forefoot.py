"""The picture of the standing foot, followed through the frames around its contact.

The ground under the athlete is put together from frames in which no foot is there; what differs from
it while the foot stands, and does not move, is the standing part of the shoe with its outline. That
patch is looked for in the frames before (touchdown) and after (toe-off), to a fraction of a pixel. All
pictures are first laid onto the athlete's plane, in metres, so a moving camera makes no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer import sole, video
from analyzer.data import Array, Calibration, CameraMotion, Motion, PoseTrack, Progress, Step, VideoInfo
from analyzer.sole import Part, Trace

Picture = NDArray[np.float32]

# What is cut out around the forefoot, leg lengths behind, ahead of, below and above its landmark.
CUT: Final = (0.39, 0.33, 0.13, 0.37)
FINEST: Final = 0.0025
# The patch: how far it reaches behind the tip, and how far beyond the shoe on the other sides.
BEHIND: Final[dict[Part, float]] = {"forefoot": 0.14, "toe": 0.087}
RIM: Final = 0.033
LOWER: Final = 0.075
UPPER: Final = 0.11
# The standing foot is taken from these shares of the contact.
STANDING: Final[dict[Part, tuple[float, float]]] = {"forefoot": (0.25, 0.6), "toe": (0.5, 0.8)}
# In step times: how far around a contact it is followed, and from when to when the ground is free.
FOLLOWED: Final = 0.4
FREE: Final = (0.3, 0.9)
GROUND_FRAMES: Final = 40
# How fast a foot speeds up: what the search reaches beyond the place foretold, running speeds.
SURPRISE: Final = 0.55
LOST: Final = 0.45


@dataclass
class _Window:
    """The cut-outs around one contact."""

    step: Step
    to_reference: Array
    shape: tuple[int, int]
    x: Array
    y: Array
    grain: float
    start: float
    stop: float
    every: int = 1
    time: list[float] = field(default_factory=list)
    pictures: list[NDArray[np.uint8]] = field(default_factory=list)


def trace(
    info: VideoInfo,
    pose: PoseTrack,
    camera: CameraMotion,
    motion: Motion,
    calibration: Calibration,
    steps: Sequence[Step],
    progress: Progress | None = None,
) -> list[Trace]:
    """Follow the standing part of the shoe around every contact, in one pass through the clip.

    Parameters
    ----------
    info : VideoInfo
    pose : PoseTrack
        On the same clock as the clip; frames without an athlete are left out.
    camera : CameraMotion
    motion : Motion
    calibration : Calibration
    steps : sequence of Step
        As ``events.detect`` found them.
    progress : callable, optional
        Called with "contacts", frames done, frames in all.

    Returns
    -------
    list of Trace
        Up to two a step, none where the shoe does not stand out from the ground. None at all on a
        treadmill, whose belt carries the foot along.
    """
    if calibration.treadmill_mps > 0 or len(steps) < 2:
        return []
    step_time = sole.step_time_of(steps)
    usual = np.array([s.toe_off_s - s.touchdown_s for s in steps])
    usual = usual[np.isfinite(usual)]
    contact = float(np.median(usual)) if len(usual) else 0.45 * step_time
    waiting = [
        _window(step, calibration, motion, step_time, contact)
        for step in steps
        if step.source != "edited" and np.isfinite(step.foot).all()
    ]
    if not waiting:
        return []
    slowness = info.slow_motion
    begin = min(w.start for w in waiting) * slowness
    end = max(w.stop for w in waiting) * slowness
    found: list[Trace] = []
    total = int(np.searchsorted(pose.time, end / slowness))
    for frame in video.frames(info.path, max(0.0, begin), end):
        if progress is not None:
            progress("contacts", frame.index, total)
        if frame.index >= len(pose.time):
            break
        now = float(pose.time[frame.index])
        for window in [w for w in waiting if w.stop < now]:
            found += _follow(window, step_time, contact, sole.pace_of(motion, window.step))
            waiting.remove(window)
        if np.isfinite(camera.sd_px[frame.index]):
            for window in waiting:
                if window.start <= now:
                    _take(window, frame.image, camera.to_reference[frame.index], now)
    for window in waiting:
        found += _follow(window, step_time, contact, sole.pace_of(motion, window.step))
    if progress is not None:
        progress("contacts", total, total)
    return sorted(found, key=lambda t: (t.step, t.part))


def _window(
    step: Step, calibration: Calibration, motion: Motion, step_time: float, contact: float
) -> _Window:
    leg = motion.leg_length
    grain = max(calibration.metres_per_pixel, FINEST)
    behind, ahead, below, above = (leg * v for v in CUT)
    width, height = round((behind + ahead) / grain), round((below + above) / grain)
    left, top = step.foot[0] - behind, step.foot[1] + above
    grid = np.array([[grain, 0.0, left], [0.0, -grain, top], [0.0, 0.0, 1.0]])
    touchdown, toe_off = _rough(step, contact)
    return _Window(
        step,
        np.linalg.inv(calibration.homography) @ grid,
        (height, width),
        np.asarray(left + grain * np.arange(width), float),
        np.asarray(top - grain * np.arange(height), float),
        grain,
        touchdown - FREE[1] * step_time,
        toe_off + FREE[1] * step_time,
    )


def _rough(step: Step, contact: float) -> tuple[float, float]:
    """Return touchdown and toe-off, an event outside the clip from the usual contact time."""
    touchdown, toe_off = step.touchdown_s, step.toe_off_s
    return (
        touchdown if np.isfinite(touchdown) else toe_off - contact,
        toe_off if np.isfinite(toe_off) else touchdown + contact,
    )


def _take(window: _Window, image: NDArray[np.uint8], to_reference: Array, now: float) -> None:
    mapping = np.linalg.inv(to_reference) @ window.to_reference
    height, width = window.shape
    picture = cv2.warpPerspective(
        image,
        mapping,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    window.time.append(now)
    window.pictures.append(np.asarray(picture, np.uint8))


def _follow(window: _Window, step_time: float, contact: float, pace: float) -> list[Trace]:
    """Return the traces of one contact."""
    if len(window.time) < 8:
        return []
    time = np.array(window.time)
    touchdown, toe_off = _rough(window.step, contact)
    free = np.flatnonzero((time < touchdown - FREE[0] * step_time) | (time > toe_off + FREE[0] * step_time))
    if len(free) < 4:
        return []
    sample = free[np.linspace(0, len(free) - 1, min(len(free), GROUND_FRAMES)).astype(int)]
    bare = np.stack([window.pictures[i] for i in sample]).astype(np.float32)
    ground = np.asarray(np.median(bare, axis=0), np.float32)
    noise = 2.5 * float(np.median(np.abs(bare - ground))) + 1.0
    near = np.flatnonzero((time > touchdown - FOLLOWED * step_time) & (time < toe_off + FOLLOWED * step_time))
    if len(near) < 3:
        return []
    seen = np.stack([window.pictures[i] for i in near]).astype(np.float32) - ground
    found = []
    for part in BEHIND:
        early, late = (touchdown + share * (toe_off - touchdown) for share in STANDING[part])
        patch = _patch(window, part, time[near], seen, ground, noise, (early, late))
        if patch is not None:
            found.append(_path(window, part, time[near], seen, patch, pace))
    return found


@dataclass(frozen=True)
class _Patch:
    """The standing shoe without its background, where it is in the cut-out, and which pixels count."""

    shoe: Picture
    counts: Picture
    row: int
    column: int
    standing: NDArray[np.bool_]


def _patch(
    window: _Window,
    part: Part,
    time: Array,
    seen: Picture,
    ground: Picture,
    noise: float,
    span: tuple[float, float],
) -> _Patch | None:
    standing = (time >= span[0]) & (time <= span[1])
    if not standing.any():
        standing[np.argmin(np.abs(time - sum(span) / 2))] = True
    still = np.median(seen[standing], axis=0)
    size = np.linalg.norm(still, axis=2)
    spread = np.linalg.norm(np.median(np.abs(seen[standing] - still), axis=0), axis=2)
    there = size > max(4 * noise, 14.0)
    shade = _shade(still + ground, ground)
    shoe = there & (spread < 0.3 * size + 2 * noise) & ~shade
    x, y = window.step.foot
    scale = window.grain
    low = (window.y > y - 0.065) & (window.y < y + 0.10)
    thick = shoe[low].sum(axis=0) * scale
    tips = (np.abs(window.x - x) < 0.10) & (thick > 0.02)
    if not tips.any():
        return None
    tip = window.x[tips].max()
    columns = np.flatnonzero((window.x > tip - BEHIND[part]) & (window.x < tip + RIM))
    rows = np.flatnonzero((window.y > y - LOWER) & (window.y < y + UPPER))
    inside = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    if shoe[inside].sum() < 25:
        return None
    counts = (shoe | shade | ~there)[inside].astype(np.float32)
    patch = np.where(shoe[inside][..., None], still[inside], 0).astype(np.float32)
    return _Patch(patch, np.repeat(counts[..., None], 3, axis=2), int(rows[0]), int(columns[0]), standing)


def _shade(picture: Picture, ground: Picture) -> NDArray[np.bool_]:
    """Tell where a picture is the ground in shadow: darker, and about equally so in every colour."""
    ratio = (picture + 8) / (ground + 8)
    level = ratio.mean(axis=2)
    return np.asarray((level < 0.97) & (level > 0.25) & (np.ptp(ratio, axis=2) < 0.18))


def _path(window: _Window, part: Part, time: Array, seen: Picture, patch: _Patch, pace: float) -> Trace:
    """Look for the patch in every frame, outwards from the standing ones."""
    place = np.full((len(time), 2), np.nan)
    score = np.zeros(len(time))
    middle = int(np.median(np.flatnonzero(patch.standing)))
    for way, first in ((-1, middle), (1, middle + 1)):
        last, speed, then, misses = np.zeros(2), np.zeros(2), float(time[middle]), 0
        i = first
        while 0 <= i < len(time) and misses < 3:
            passed = abs(float(time[i]) - then)
            reach = max(2.5, SURPRISE * pace * passed / window.grain)
            match = _match(seen[i], patch, last + speed * passed, reach)
            if match is None:
                break
            at, like = match
            if like < LOST:
                misses += 1
            else:
                misses = 0
                speed = (at - last) / passed if passed > 0 else speed
                last, then = at, float(time[i])
                place[i], score[i] = at, like
            i += way
    return Trace(
        window.step.number,
        part,
        time,
        place * [window.grain, -window.grain],
        score,
        patch.standing.astype(float),
        window.grain,
    )


def _match(seen: Picture, patch: _Patch, around: Array, reach: float) -> tuple[Array, float] | None:
    """Return the patch's displacement in pixels (right, down) and its likeness; None outside the cut-out."""
    right, down = (round(float(v)) for v in around)
    r = int(np.ceil(reach))
    height, width = patch.shoe.shape[:2]
    top, left = max(0, patch.row + down - r), max(0, patch.column + right - r)
    area = seen[top : patch.row + down + r + height + 1, left : patch.column + right + r + width + 1]
    if min(patch.row + down, patch.column + right) < -r or (
        area.shape[0] < height + 2 or area.shape[1] < width + 2
    ):
        return None
    likeness = cv2.matchTemplate(
        np.ascontiguousarray(area), patch.shoe, cv2.TM_CCORR_NORMED, mask=patch.counts
    )
    likeness = np.where(np.isfinite(likeness), likeness, -1.0)
    v, u = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
    best = float(likeness[v, u])
    shift = np.zeros(2)
    if 0 < v < likeness.shape[0] - 1 and 0 < u < likeness.shape[1] - 1:
        shift[0] = _peak(likeness[v, u - 1], best, likeness[v, u + 1])
        shift[1] = _peak(likeness[v - 1, u], best, likeness[v + 1, u])
    return np.array([left + u - patch.column, top + v - patch.row]) + shift, best


def _peak(before: float, at: float, after: float) -> float:
    """Return where a parabola through three neighbours has its top, in steps from the middle one."""
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (before - after) / bend, -0.6, 0.6))
