"""The picture of the standing foot, followed through the frames around its contact.

The ground under the athlete is put together from frames in which no foot is there; what differs from
it, and is not merely darker as in a shadow, is shoe and leg. The part of the shoe that stands still while
the foot stands is looked for in the frames before: touchdown. A shoe that leaves rolls over its tip and
bends; of that one the outline is followed, how low and how far forward it reaches: toe-off. All to a
fraction of a pixel. All pictures are first laid onto the athlete's plane, in metres, so a moving camera
makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array, Bools
from analyzer.contacts import shoe_fit
from analyzer.contacts.image_patch import Found, Patch, Picture, match
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack, VideoInfo
from analyzer.data.motion import Motion
from analyzer.data.notes import Progress
from analyzer.data.steps import Part, Step, Trace
from analyzer.signals.geometry import mapped
from analyzer.video import reader
from analyzer.video.frame import Frame

# What is cut out around the forefoot, leg lengths behind, ahead of, below and above its landmark.
CUT: Final = (0.39, 0.33, 0.13, 0.37)
FINEST: Final = 0.0025
# The patch: how far it reaches behind the tip, above and below the ground, and beyond the shoe.
BEHIND: Final = 0.14
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
# A patch or an outline needs so many pixels of shoe.
FEWEST: Final = 25
# A shoe must differ from the ground so many times more than what tells the two apart.
CLEAR: Final = 2.0
# Where the standing shoe lies about its landmark: along, below and above, m.
NEAR: Final = (0.10, 0.065, 0.10)
# The outline ends where the shoe is this wide and, in the lowest part, this thick, m.
WIDE: Final = 0.02
THICK: Final = 0.01
LOWEST: Final = 0.03
RIM_PX: Final = 4
"""Pixels around a cut-out that its interpolation may touch."""


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
    step_time = shoe_fit.step_time_of(steps)
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
    for frame in reader.frames(info.path, max(0.0, begin), end):
        if progress is not None:
            progress("contacts", frame.index, total)
        if frame.index >= len(pose.time):
            break
        now = float(pose.time[frame.index])
        for window in [w for w in waiting if w.stop < now]:
            found += _follow(window, step_time, contact, shoe_fit.pace_of(motion, window.step))
            waiting.remove(window)
        if np.isfinite(camera.sd_px[frame.index]):
            for window in waiting:
                if window.start <= now:
                    _take(window, frame, camera.to_reference[frame.index], now)
    for window in waiting:
        found += _follow(window, step_time, contact, shoe_fit.pace_of(motion, window.step))
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


def _take(window: _Window, frame: Frame, to_reference: Array, now: float) -> None:
    mapping = np.linalg.inv(to_reference) @ window.to_reference
    height, width = window.shape
    corners = mapped(mapping, np.array([[0.0, 0.0], [width, 0.0], [0.0, height], [width, height]]))
    # Only what the cut-out shows is turned to RGB; what lies beyond the frame repeats its edge.
    rows, columns = frame.shape
    first, last = corners.min(axis=0) - RIM_PX, corners.max(axis=0) + RIM_PX
    x0, y0 = (int(np.clip(v, 0, most - 1)) for v, most in zip(first, (columns, rows), strict=True))
    x1, y1 = (int(np.clip(v, 1, most)) for v, most in zip(last, (columns, rows), strict=True))
    image = frame.part(x0, y0, max(x1, x0 + 1), max(y1, y0 + 1))
    shift = np.array([[1.0, 0.0, -x0], [0.0, 1.0, -y0], [0.0, 0.0, 1.0]])
    picture = cv2.warpPerspective(
        image,
        shift @ mapping,
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
    least = max(4 * noise, 14.0)
    for picture in seen:
        picture[~_is_shoe(picture, ground, least)] = 0
    foot = _Foot(window, time[near], seen, noise, least, SURPRISE * pace)
    spans = {
        part: [touchdown + share * (toe_off - touchdown) for share in shares]
        for part, shares in STANDING.items()
    }
    found = (foot.landing(spans["forefoot"]), foot.leaving(spans["toe"]))
    return [trace for trace in found if trace is not None]


def _is_shoe(picture: Picture, ground: Picture, least: float) -> Bools:
    """Tell which pixels differ from the bare ground by more than a shadow."""
    there = np.linalg.norm(picture, axis=2) > least
    ratio = (picture + ground + 8) / (ground + 8)
    level = ratio.mean(axis=2)
    # Darker, and about equally so in every colour.
    shade = (level < 0.97) & (level > 0.25) & (np.ptp(ratio, axis=2) < 0.18)
    return np.asarray(there & ~shade)


@dataclass(frozen=True)
class _Foot:
    """One contact's cut-outs minus the bare ground and its shadows, and what may happen between frames."""

    window: _Window
    time: Array
    seen: Picture
    noise: float
    least: float
    surprise: float

    def landing(self, span: Sequence[float]) -> Trace | None:
        """Follow the patch that stands during ``span`` back to touchdown."""
        standing = self._during(span)
        patch = self._standing(standing)
        if patch is None:
            return None
        place = np.full((len(self.time), 2), np.nan)
        score = np.zeros(len(self.time))
        among = np.flatnonzero(standing)
        middle = int(np.median(among))
        for frames in (range(middle + 1, int(among[-1]) + 1), range(middle, -1, -1)):
            for i, found in self._walk(patch, frames):
                place[i], score[i] = found.at, found.like
        return self._trace("forefoot", place, score, standing)

    def leaving(self, span: Sequence[float]) -> Trace | None:
        """Follow the outline of the shoe that stands during ``span`` on through toe-off."""
        standing = self._during(span)
        window = self.window
        size = np.linalg.norm(self.seen, axis=3)
        x, y = window.step.foot
        along, below, above = NEAR
        before = ((window.y > y - below) & (window.y < y + above))[:, None] & (np.abs(window.x - x) < along)
        shoe = size[standing][:, before]
        shoe = shoe[shoe > self.least]
        if len(shoe) < FEWEST or np.median(shoe) < CLEAR * self.least:
            return None
        cover = np.minimum(size / np.median(shoe), 1.0)
        place = np.full((len(self.time), 2), np.nan)
        for i in range(int(np.flatnonzero(standing)[0]), len(self.time)):
            _, label = cv2.connectedComponents((cover[i] > 0.5).astype(np.uint8))
            shared = np.bincount(label[_grown(before, self._reach(i - 1, i))], minlength=2)
            if shared[1:].max() < 5:
                break
            before = label == 1 + int(np.argmax(shared[1:]))
            ends = _ends(np.where(_grown(before, 1), cover[i], 0.0), window.grain)
            if not np.isfinite(ends).all():
                break
            place[i] = ends
        if not np.isfinite(place[standing]).any():
            return None
        found = np.isfinite(place).all(axis=1).astype(float)
        return self._trace("toe", place - np.nanmedian(place[standing], axis=0), found, standing)

    def _during(self, span: Sequence[float]) -> Bools:
        standing = (self.time >= span[0]) & (self.time <= span[1])
        if not standing.any():
            standing[np.argmin(np.abs(self.time - (span[0] + span[1]) / 2))] = True
        return np.asarray(standing)

    def _trace(self, part: Part, place: Array, score: Array, standing: Bools) -> Trace:
        grain, step = self.window.grain, self.window.step.number
        return Trace(step, part, self.time, place * [grain, -grain], score, standing.astype(float), grain)

    def _reach(self, before: int, now: int) -> float:
        """Return how far from the place foretold the foot may be, px."""
        passed = abs(float(self.time[now] - self.time[max(before, 0)]))
        return max(2.5, self.surprise * passed / self.window.grain)

    def _walk(self, patch: Patch, frames: range) -> Iterator[tuple[int, Found]]:
        """Look for the patch frame by frame, where its speed foretells it."""
        speed, misses = np.zeros(2), 0
        last, before = Found(np.zeros(2), 1.0), frames[0] if len(frames) else 0
        for i in frames:
            passed = abs(float(self.time[i] - self.time[before]))
            found = match(self.seen[i], patch, last.at + speed * passed, self._reach(before, i))
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
            yield i, found

    def _standing(self, standing: Bools) -> Patch | None:
        """Cut the patch out of what stays the same while the foot stands."""
        still = np.median(self.seen[standing], axis=0)
        size = np.linalg.norm(still, axis=2)
        spread = np.linalg.norm(np.median(np.abs(self.seen[standing] - still), axis=0), axis=2)
        there = size > self.least
        shoe = there & (spread < 0.3 * size + 2 * self.noise)
        window = self.window
        x, y = window.step.foot
        along, below, above = NEAR
        low = (window.y > y - below) & (window.y < y + above)
        thick = shoe[low].sum(axis=0) * window.grain
        tips = (np.abs(window.x - x) < along) & (thick > 0.02)
        if not tips.any():
            return None
        tip = window.x[tips].max()
        rows = np.flatnonzero((window.y > y - LOWER) & (window.y < y + UPPER))
        columns = np.flatnonzero((window.x > tip - BEHIND) & (window.x < tip + RIM))
        inside = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
        if shoe[inside].sum() < FEWEST or np.median(size[inside][shoe[inside]]) < CLEAR * self.least:
            return None
        return Patch(
            np.where(shoe[inside][..., None], still[inside], 0).astype(np.float32),
            np.repeat((shoe | ~there)[inside].astype(np.float32)[..., None], 3, axis=2),
            int(rows[0]),
            int(columns[0]),
        )


def _grown(mask: Bools, by: float) -> Bools:
    size = 2 * int(by) + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0)


def _ends(cover: Array, grain: float) -> tuple[float, float]:
    """Return how far right and down an outline reaches, px; NaN where it runs out of the cut-out."""
    down = _end(cover.sum(axis=1) * grain, WIDE)
    if not np.isfinite(down):
        return np.nan, np.nan
    lowest = cover[max(0, round(down - LOWEST / grain)) : int(down) + 2]
    return _end(lowest.sum(axis=0) * grain, THICK), down


def _end(profile: Array, least: float) -> float:
    """Return where a profile falls below a value for good, between two of its places."""
    reached = np.flatnonzero(profile >= least)
    if not len(reached) or reached[-1] > len(profile) - 3:
        return np.nan
    k = int(reached[-1])
    return k + float((profile[k] - least) / (profile[k] - profile[k + 1]))
