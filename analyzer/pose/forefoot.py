"""The picture of the standing foot, followed through the frames around its contact.

The ground under the athlete is put together from frames in which no foot is there; what differs from
it while the foot stands, and does not move, is the standing part of the shoe with its outline. That
patch is looked for in the frames before (touchdown) and after (toe-off), to a fraction of a pixel. All
pictures are first laid onto the athlete's plane, in metres, so a moving camera makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer import sole, video
from analyzer.data import (
    Array,
    Bools,
    Calibration,
    CameraMotion,
    Motion,
    PoseTrack,
    Progress,
    Step,
    VideoInfo,
)
from analyzer.pose.patch import Found, Patch, Picture, match
from analyzer.sole import Part, Trace

# What is cut out around the forefoot, leg lengths behind, ahead of, below and above its landmark.
CUT: Final = (0.39, 0.33, 0.13, 0.37)
FINEST: Final = 0.0025
# The patch: how far it reaches behind the tip, and how far beyond the shoe on the other sides.
BEHIND: Final[dict[Part, float]] = {"forefoot": 0.14, "toe": 0.055}
RIM: Final = 0.033
LOWER: Final = 0.075
UPPER: Final[dict[Part, float]] = {"forefoot": 0.11, "toe": 0.07}
# The standing foot is taken from these shares of the contact.
STANDING: Final[dict[Part, tuple[float, float]]] = {"forefoot": (0.25, 0.6), "toe": (0.5, 0.8)}
# In step times: how far around a contact it is followed, and from when to when the ground is free.
FOLLOWED: Final = 0.4
FREE: Final = (0.3, 0.9)
GROUND_FRAMES: Final = 40
# How fast a foot speeds up: what the search reaches beyond the place foretold, running speeds.
SURPRISE: Final = 0.55
LOST: Final = 0.45
# The toe rolls forward over its tip: degrees in a step time at most, and in one try.
ROLLS: Final = 350.0
ANGLE: Final = 5.0
# How far the tip may seem to sink into the ground, m.
DEEPEST: Final = 0.03
# Below this likeness a shoe that leaves is cut out anew; a patch needs so many pixels of shoe.
RENEW: Final = 0.8
FEWEST: Final = 25


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
        if step.source != "edited"
        and np.isfinite(step.foot).all()
        and np.isfinite([step.touchdown_s, step.toe_off_s]).any()
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
    near = np.flatnonzero((time > touchdown - FOLLOWED * step_time) & (time < toe_off + FOLLOWED * step_time))
    if len(free) < 4 or len(near) < 3:
        return []
    sample = free[np.linspace(0, len(free) - 1, min(len(free), GROUND_FRAMES)).astype(int)]
    bare = np.stack([window.pictures[i] for i in sample]).astype(np.float32)
    ground = np.asarray(np.median(bare, axis=0), np.float32)
    noise = 2.5 * float(np.median(np.abs(bare - ground))) + 1.0
    seen = np.stack([window.pictures[i] for i in near]).astype(np.float32) - ground
    foot = _Foot(window, time[near], seen, ground, noise, SURPRISE * pace, ROLLS / step_time)
    found = [
        foot.trace(part, [touchdown + share * (toe_off - touchdown) for share in STANDING[part]])
        for part in BEHIND
    ]
    return [trace for trace in found if trace is not None]


@dataclass(frozen=True)
class _Foot:
    """One contact's cut-outs minus the bare ground, and what may happen from frame to frame."""

    window: _Window
    time: Array
    seen: Picture
    ground: Picture
    noise: float
    surprise: float
    rolls: float

    def trace(self, part: Part, span: Sequence[float]) -> Trace | None:
        """Follow the patch that stands during ``span``: back to touchdown, or on to toe-off."""
        standing = (self.time >= span[0]) & (self.time <= span[1])
        if not standing.any():
            standing[np.argmin(np.abs(self.time - (span[0] + span[1]) / 2))] = True
        patch = self._standing(part, standing)
        if patch is None:
            return None
        place = np.full((len(self.time), 2), np.nan)
        score = np.zeros(len(self.time))
        among = np.flatnonzero(standing)
        middle, way = int(np.median(among)), -1 if part == "forefoot" else 1
        inner = range(middle - way, int(among[0 if way > 0 else -1]) - way, -way)
        outer = range(middle, len(self.time) if way > 0 else -1, way)
        for frames, leaves in ((inner, False), (outer, way > 0)):
            for i, found in self._walk(part, patch, frames, leaves):
                place[i], score[i] = found.at, found.like
        grain = self.window.grain
        return Trace(
            self.window.step.number,
            part,
            self.time,
            place * [grain, -grain],
            score,
            standing.astype(float),
            grain,
        )

    def _walk(self, part: Part, patch: Patch, frames: range, leaves: bool) -> Iterator[tuple[int, Found]]:
        """Look for the patch frame by frame; one that leaves may roll, and is cut anew as it changes."""
        origin, speed, misses = np.zeros(2), np.zeros(2), 0
        last, before = Found(np.zeros(2), 1.0, 0.0), frames[0] if len(frames) else 0
        for i in frames:
            passed = abs(float(self.time[i] - self.time[before]))
            deepest = max(1.0, DEEPEST / self.window.grain) - origin[1] if leaves else np.inf
            found = self._search(i, patch, last, speed * passed, passed, deepest)
            if leaves and found is not None and found.like < RENEW and i != before and last.like < 1:
                # The shoe bends and turns: compare with the frame before, from where it was found there.
                newer = self._cut(part, before, patch, last)
                if newer is not None:
                    origin, patch = origin + last.at, newer
                    last = Found(np.zeros(2), 1.0, 0.0)
                    deepest = max(1.0, DEEPEST / self.window.grain) - origin[1]
                    found = self._search(i, patch, last, speed * passed, passed, deepest)
            if found is None:
                return
            if found.like < LOST:
                misses += 1
                if misses > 2:
                    return
                continue
            misses = 0
            speed = (found.at - last.at) / passed if passed > 0 else speed
            last, before = found, i
            yield i, Found(origin + found.at, found.like, found.turn)

    def _search(
        self, i: int, patch: Patch, last: Found, shift: Array, passed: float, deepest: float
    ) -> Found | None:
        around, reach = last.at + shift, max(2.5, self.surprise * passed / self.window.grain)
        if not np.isfinite(deepest):
            return match(self.seen[i], patch, around, reach)
        most = self.rolls * passed
        angles = {last.turn, *np.arange(max(0.0, last.turn - most), min(last.turn + most, 100.0), ANGLE)}
        found = self._best(i, patch, angles, around, reach, deepest)
        if found is None:
            return None
        finer = self._best(i, patch, {found.turn - ANGLE / 2, found.turn + ANGLE / 2}, around, reach, deepest)
        return finer if finer is not None and finer.like > found.like else found

    def _best(
        self, i: int, patch: Patch, angles: Iterable[float], around: Array, reach: float, deepest: float
    ) -> Found | None:
        tried = [match(self.seen[i], patch.turned(a), around, reach, a, deepest) for a in sorted(angles)]
        return max((f for f in tried if f is not None), key=lambda f: f.like, default=None)

    def _standing(self, part: Part, standing: Bools) -> Patch | None:
        """Cut the patch out of what stays the same while the foot stands."""
        still = np.median(self.seen[standing], axis=0)
        size = np.linalg.norm(still, axis=2)
        spread = np.linalg.norm(np.median(np.abs(self.seen[standing] - still), axis=0), axis=2)
        shoe, others = self._shoe(still)
        shoe &= spread < 0.3 * size + 2 * self.noise
        window = self.window
        x, y = window.step.foot
        low = (window.y > y - 0.065) & (window.y < y + 0.10)
        thick = shoe[low].sum(axis=0) * window.grain
        tips = (np.abs(window.x - x) < 0.10) & (thick > 0.02)
        if not tips.any():
            return None
        column = int(np.flatnonzero(window.x == window.x[tips].max())[0])
        back = max(column - int(0.03 / window.grain), 0)
        front = shoe[:, back : column + 1].any(axis=1) & low
        row = int(np.flatnonzero(front).max()) if front.any() else int(np.flatnonzero(low).max())
        rows = np.flatnonzero((window.y > y - LOWER) & (window.y < y + UPPER[part]))
        return self._patch(part, still, shoe, shoe | others, (column, row), (int(rows[0]), int(rows[-1]) + 1))

    def _cut(self, part: Part, i: int, patch: Patch, found: Found) -> Patch | None:
        """Cut the patch anew out of a frame in which it was found."""
        shoe, _ = self._shoe(self.seen[i])
        column = round(patch.column + patch.tip[0] + float(found.at[0]))
        row = round(patch.row + patch.tip[1] + float(found.at[1]))
        grain = self.window.grain
        rows = (max(0, row - int(UPPER[part] / grain)), min(len(self.window.y), row + int(RIM / grain) + 1))
        if not 0 <= column < len(self.window.x) or rows[1] - rows[0] < 4:
            return None
        return self._patch(part, self.seen[i], shoe, np.ones_like(shoe), (column, row), rows)

    def _patch(
        self,
        part: Part,
        picture: Picture,
        shoe: Bools,
        counts: Bools,
        tip: tuple[int, int],
        rows: tuple[int, int],
    ) -> Patch | None:
        x = self.window.x - self.window.x[tip[0]]
        columns = np.flatnonzero((x > -BEHIND[part]) & (x < RIM))
        inside = (slice(*rows), slice(int(columns[0]), int(columns[-1]) + 1))
        if shoe[inside].sum() < FEWEST:
            return None
        return Patch(
            np.where(shoe[inside][..., None], picture[inside], 0).astype(np.float32),
            np.repeat(counts[inside].astype(np.float32)[..., None], 3, axis=2),
            rows[0],
            int(columns[0]),
            (float(tip[0] - columns[0]), float(tip[1] - rows[0])),
        )

    def _shoe(self, picture: Picture) -> tuple[Bools, Bools]:
        """Tell which pixels differ from the bare ground, and which are the ground, in shadow or not."""
        there = np.linalg.norm(picture, axis=2) > max(4 * self.noise, 14.0)
        ratio = (picture + self.ground + 8) / (self.ground + 8)
        level = ratio.mean(axis=2)
        # Darker, and about equally so in every colour.
        shade = (level < 0.97) & (level > 0.25) & (np.ptp(ratio, axis=2) < 0.18)
        return there & ~shade, shade | ~there
