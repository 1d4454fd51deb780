"""Heads hidden in every picture that leaves the program, so that nobody in it can be recognised.

The athlete's head is where his joints have it, also in frames between those in which it was seen; other
people are looked for by the person detector in the frames that are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Protocol

import cv2
import numpy as np

from analyzer.arrays import Array
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.capture import CameraMotion, Picture, PoseTrack, VideoInfo
from analyzer.outputs import pictures_file
from analyzer.pose import cache
from analyzer.pose.networks import weights
from analyzer.pose.networks.blazepose import SIDE_OF_STATURE
from analyzer.signals.geometry import mapped, unit
from analyzer.video.frame import Frame, Image
from analyzer.video.kept_stills import KeptStills, Part, together
from analyzer.video.planes import Planes
from analyzer.video.stills import OnePass

if TYPE_CHECKING:
    from analyzer.pose.networks.detector import Detector

RADIUS: Final = 0.105
"""Radius of what is hidden in standing heights: a head with hair is 0.13 high and 0.11 long (Drillis &
Contini 1966), its middle is between the ears."""
ROOM: Final = 0.05
"""Room beyond the outermost point of the face that was seen, standing heights."""
MOST: Final = 0.16
"""Largest such radius, standing heights: a joint seen elsewhere must not hide the body."""
NECK: Final = 0.17
"""From the middle of the shoulders to that of the head, along the trunk, standing heights."""
JUMP_FRAMES: Final = 7
"""Frames over which the head's way is smoothed by medians; where the network jumps, both are hidden."""
GAP_S: Final = 0.6
"""Frames without a head are filled in between two such with one, up to this many seconds."""
BEYOND_S: Final = 0.4
"""Seconds before the first and after the last head for which it is taken to go on as it went."""
WIDENS: Final = 0.15
"""Standing heights a second by which the hidden part grows there."""
CELLS: Final = 3
"""What is hidden has this many colours across: no eye, nose or mouth is left, in one frame or in many."""
OF_CIRCLE: Final = (0.40, 0.14)
"""Where a head is in the circle around a body that the detector finds: from the hips up, and its radius,
shares of the circle's diameter."""
APART: Final = 0.12
"""Hips nearer than this, shares of that diameter, are the same person: rivals run close beside each other."""
LADDER: Final = (1.0, 1 / 3, 1 / 9)
"""Sizes of people looked for, in the picture's shorter side; each stands for half to twice of it."""
EVERY_S: Final = 0.1
"""How often other people are looked for in a video, seconds of life."""
EVERY_FRAMES: Final = 12
"""The same in frames, at most: so many are held at once."""
SAME: Final = 4.0
"""In radii: nearer heads of two such looks are one, which moved."""
HELD: Final = 5
"""Looks for which a head that is no longer found stays hidden where it was."""
UNKNOWN: Final = 0.02
"""Error of a place of the head where none was measured of the clip, standing heights: twice the network's
median on rendered runners."""
_FACE: Final = (
    "nose", "left_eye", "right_eye", "left_eye_inner", "right_eye_inner", "left_eye_outer", "right_eye_outer",
    "left_ear", "right_ear", "mouth_left", "mouth_right",
)  # fmt: skip


class Filmed(Protocol):
    """A run of whatever view: what heads are hidden by."""

    @property
    def video(self) -> VideoInfo | None:
        """The clip and its clock."""

    @property
    def pose(self) -> PoseTrack:
        """The joints in pixels."""

    @property
    def camera(self) -> CameraMotion:
        """How the camera moved."""

    @property
    def config(self) -> Config:
        """Settings: among them which network finds people."""

    @property
    def pictures(self) -> Mapping[int, Picture]:
        """What a folder of results kept of the frames that its pages show."""


def of(run: Filmed) -> Faces | None:
    """Return what hides the heads of a run; None where that is not asked for."""
    return Faces(run) if run.config.blur_faces and run.video is not None else None


def hiding(run: Filmed) -> Callable[[Frame], Frame] | None:
    """Return what a single frame of a run goes through before it is shown; None where heads are shown."""
    hides = of(run)
    return None if hides is None else hides.hidden


def stills(run: Filmed, parts: Iterable[tuple[int, Part]], decoded: OnePass | None = None) -> KeptStills:
    """Return frames of a run, kept or decoded from now on, as every page may show them.

    Pictures in which no head is to be hidden are kept between runs, too.

    Parameters
    ----------
    run : Filmed
    parts : iterable of (index, Part)
        What is looked at of which frame.
    decoded : OnePass, optional
        As of ``KeptStills``.
    """
    info, wanted = run.video, together(parts)
    if info is None or run.pictures or run.config.blur_faces:
        return KeptStills(info, wanted, run.pictures, hiding(run), decoded=decoded)
    place = cache.taken("pictures", info, sorted(wanted.items()))
    kept = pictures_file.by_frame(place.found() or {})
    keep = None if kept else lambda made: place.keep(pictures_file.named(made))
    return KeptStills(info, wanted, kept, keep=keep, decoded=decoded)


def along(run: Filmed, clip: Iterable[Frame]) -> Iterator[tuple[Frame, Array | None]]:
    """Yield frames of a run, one after the other, and the heads to hide in each; None: they are shown."""
    hides = of(run)
    yield from ((frame, None) for frame in clip) if hides is None else hides.along(clip)


def covered(frame: Frame, heads: Array | None) -> Frame:
    """Return a frame with heads hidden, (k, 3) px as for ``cover``; the frame itself for None."""
    if heads is None:
        return frame
    image = np.array(frame.image)
    cover(image, heads)
    return Frame(frame.index, frame.time_s, image)


class Faces:
    """What hides the heads in the frames of a run.

    Parameters
    ----------
    run : Filmed
        Its settings give the network that finds people.
    """

    def __init__(self, run: Filmed) -> None:
        self.own = athlete_heads(run)
        self._to_reference = run.camera.to_reference
        self._every = max(1, min(EVERY_FRAMES, round(EVERY_S * run.pose.fps)))
        self._model = run.config.model
        self._detector: Detector | None = None

    def hidden(self, frame: Frame) -> Frame:
        """Return a frame without faces."""
        return covered(frame, np.vstack([self.own[frame.index], self.others(frame)]))

    def along(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Array]]:
        """Yield the frames of a video and the (k, 3) px heads in each: centre and radius; NaN for none."""
        before: tuple[int, Array] | None = None
        lost: list[Array] = []
        waiting: list[Frame] = []
        for frame, more in _with_more(frames):
            waiting.append(frame)
            if before is None or len(waiting) >= self._every or not more:
                now = self._look(frame)
                moved, gone = _pairs((before or now)[1], now[1])
                lost = [*lost[1 - HELD :], gone]
                yield from self._told(waiting, (before or now)[0], now[0], moved, np.vstack(lost))
                before, waiting = now, []

    def others(self, frame: Frame) -> Array:
        """Return the (k, 3) px heads of all that the person detector finds in a frame."""
        if self._detector is None:
            from analyzer.pose.networks.detector import Detector  # only here are networks started

            self._detector = Detector(weights.model_path(self._model), same=APART)
        short = min(frame.shape)
        found = [p for share in LADDER for p in self._detector.sweep(frame, share * short)]
        lean = np.radians([p.lean_deg for p in found])
        place = np.array([(p.x, p.y, p.size) for p in found]).reshape(-1, 3)
        up, radius = (share * place[:, 2] for share in OF_CIRCLE)
        return np.column_stack([place[:, 0] + up * np.sin(lean), place[:, 1] - up * np.cos(lean), radius])

    def _look(self, frame: Frame) -> tuple[int, Array]:
        """Return a frame's number and the heads of others in the reference frame's px."""
        heads = self.others(frame)
        heads[:, :2] = mapped(self._to_reference[frame.index], heads[:, :2])
        return frame.index, heads

    def _told(
        self, frames: list[Frame], before: int, last: int, moved: Array, held: Array
    ) -> Iterator[tuple[Frame, Array]]:
        """Yield frames between two looks with the heads of both as they moved, (k, 2, 3), and those held."""
        for frame in frames:
            share = (frame.index - before) / max(last - before, 1)
            heads = np.vstack([moved[:, 0] + share * (moved[:, 1] - moved[:, 0]), held])
            to_frame = np.asarray(np.linalg.inv(self._to_reference[frame.index]), np.float64)
            heads[:, :2] = mapped(to_frame, heads[:, :2])
            yield frame, np.vstack([self.own[frame.index], heads])


def _with_more(frames: Iterable[Frame]) -> Iterator[tuple[Frame, bool]]:
    """Yield frames and whether another comes."""
    several = iter(frames)
    frame = next(several, None)
    while frame is not None:
        after = next(several, None)
        yield frame, after is not None
        frame = after


def _pairs(then: Array, now: Array) -> tuple[Array, Array]:
    """Return the heads of a look as (k, 2, 3) from where they were, and those of the one before that went."""
    came = np.stack([now, now], axis=1)
    if not len(then) or not len(now):
        return came, then
    apart = np.hypot(*(then[:, None, :2] - now[None, :, :2]).transpose(2, 0, 1)) / now[:, 2]
    for j, i in enumerate(apart.argmin(axis=0)):
        if apart[i, j] < SAME:
            came[j, 0] = then[i]
    return came, then[apart.min(axis=1) >= SAME]


def cover(surface: Image | Planes, heads: Array) -> None:
    """Hide heads, (k, 3) px, centre and radius, in an (h, w, 3) RGB image or in planes, in place."""
    layers = ((surface.luma, 1), (surface.chroma, 2)) if isinstance(surface, Planes) else ((surface, 1),)
    for x, y, radius in heads[np.isfinite(heads).all(axis=1)]:
        for layer, by in layers:
            x0, y0 = (max(0, int((at - radius) / by)) for at in (x, y))
            x1, y1 = (int((at + radius) / by) + 2 for at in (x, y))
            part = layer[y0:y1, x0:x1]
            if not part.size:
                continue
            few = cv2.resize(np.ascontiguousarray(part), (CELLS, CELLS), interpolation=cv2.INTER_AREA)
            plain = cv2.resize(few, part.shape[1::-1], interpolation=cv2.INTER_LINEAR).reshape(part.shape)
            rows, columns = np.ogrid[y0 : y0 + part.shape[0], x0 : x0 + part.shape[1]]
            inside = np.hypot(columns - x / by, rows - y / by) <= radius / by
            part[inside] = plain[inside]


def athlete_heads(run: Filmed) -> Array:
    """Return where the athlete's head may be in each frame.

    Returns
    -------
    (n, 2, 3) px
        Centre and radius of the circle around it as it was read in the frame, and as its way is without
        jumps; NaN where he is not in view.
    """
    pose = run.pose
    tall = pose.box[:, 2] / SIDE_OF_STATURE
    seen = _middle(pose, tall)
    away = np.array([np.hypot(*(pose.joint(name) - seen).T) for name in _FACE])
    reach = np.where(np.isfinite(away), away, 0.0).max(axis=0) + ROOM * tall
    error = _error_px(run) if isinstance(run, Analysis) else UNKNOWN * tall
    radius = np.clip(reach + 2 * error, RADIUS * tall, MOST * tall)
    to_reference = run.camera.to_reference
    way = np.asarray(np.column_stack([mapped(to_reference, seen), radius]), np.float64)
    read = _bridged(way, pose.time)
    found = np.stack([read, _calm(read)], axis=1)
    to_frame = np.asarray(np.linalg.inv(to_reference), np.float64)
    found[..., :2] = mapped(to_frame[:, None], found[..., :2])
    return found


def _middle(pose: PoseTrack, tall: Array) -> Array:
    """Return the (n, 2) px middle of the head: between the ears and the face, else beyond the neck."""
    ears, nose = pose.middle("ear", one_will_do=True), pose.joint("nose")
    neck, hips = (pose.middle(part, one_will_do=True) for part in ("shoulder", "hip"))
    found = 0.7 * ears + 0.3 * nose
    for other in (ears, nose, neck + NECK * tall[:, None] * unit(neck - hips)):
        found = np.where(np.isfinite(found), found, other)
    return found


def _error_px(analysis: Analysis) -> float:
    """Return the standard error of a place of the head in one frame, px."""
    of_head = slice(0, 3)  # nose and ears
    motion, metres = analysis.motion, analysis.calibration.metres_per_pixel
    error = np.hypot(motion.noise_sd[of_head], motion.offset_sd[of_head]) / metres
    return float(np.nanmax(error, initial=0.0)) if np.isfinite(error).any() else 0.0


def _bridged(way: Array, time: Array) -> Array:
    """Fill short gaps of (n, 3) places and radii, and let them go on for a moment into longer ones."""
    there = np.flatnonzero(np.isfinite(way).all(axis=1))
    out = np.full_like(way, np.nan)
    if not len(there):
        return out
    ends = np.flatnonzero(np.diff(time[there]) > GAP_S)
    for part in np.split(there, ends + 1):
        inner = slice(part[0], part[-1] + 1)
        for k in range(3):
            out[inner, k] = np.interp(time[inner], time[part], way[part, k])
    for part in np.split(there, ends + 1):
        for edge, near in ((part[0], part[:JUMP_FRAMES]), (part[-1], part[-JUMP_FRAMES:])):
            lasted = max(float(time[near[-1]] - time[near[0]]), 1e-9)
            speed = (way[near[-1], :2] - way[near[0], :2]) / lasted if len(near) > 1 else np.zeros(2)
            past = (time - time[edge]) * (1 if edge == part[-1] else -1)
            beyond = (past > 0) & (past <= BEYOND_S) & np.isnan(out).any(axis=1)
            out[beyond, :2] = way[edge, :2] + (time[beyond] - time[edge])[:, None] * speed
            out[beyond, 2] = way[edge, 2] * (1 + WIDENS / RADIUS * past[beyond])
    return out


def _calm(way: Array) -> Array:
    """Return (n, 3) places and radii by the medians of the frames around each."""
    half = JUMP_FRAMES // 2
    padded = np.pad(way, ((half, half), (0, 0)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, JUMP_FRAMES, axis=0)
    return np.asarray(np.median(around, axis=-1))
