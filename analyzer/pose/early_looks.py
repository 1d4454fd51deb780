"""Looks made while the clip is surveyed, at whoever runs most: a frame that fits is not decoded again.

Who is the athlete is known at the end of the survey only, and so is the smooth crop. But nearly always it is
the one who has run most so far, and the crop through the sightings up to now is nearly the final one. So
his frames are read on the way, a moment at a time; afterwards a look counts if its square fits the final
one, whoever it was made for, and only what is left is decoded once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.data.capture import CameraMotion
from analyzer.pose.networks.blazepose import INPUT_PX, MIN_SCORE, SIDE_OF_STATURE, Looks, wider
from analyzer.pose.networks.crop import Cut, around
from analyzer.pose.people import athlete
from analyzer.pose.people.athlete import Sighting
from analyzer.pose.people.clothing import colour
from analyzer.pose.repair import second_looks
from analyzer.video.frame import Frame

WAITING_BYTES: Final = 100_000_000
"""Decoded frames that wait for a sighting, at most, and as many for a network; but see ``LEAST_WAITING``."""
LEAST_WAITING: Final = 25
"""Frames that may wait however large they are: those of a moment (0.1 s) at 240 frames a second."""
KEPT_BYTES: Final = 120_000_000
"""Squares kept for second looks, at most; those that fit worst stay."""
SINCE_S: Final = 0.25
"""Somebody seen longer ago is not read any more until he is seen again."""
RECENT_S: Final = 1.2
"""Sightings so long ago still bear on the crop of now, which follows nothing faster than 2 Hz."""


@dataclass(frozen=True)
class Look:
    """What was read in a square: ``view`` (4,) centre, side px and lean deg; ``xy`` (33, 2) px.

    ``score`` tells how sure the network is of a person, ``colour`` (6,) what he wears.
    """

    view: Array
    xy: Array
    confidence: Array
    score: float
    colour: Array


def off(used: Array, view: Array) -> Array:
    """Return how far squares (..., 4) are from those wanted: shares of the side, and of size and lean."""
    away = np.hypot(*np.moveaxis((used - view)[..., :2], -1, 0)) / view[..., 2]
    with np.errstate(invalid="ignore", divide="ignore"):  # a square without a size is near to none
        grown = np.abs(np.log(used[..., 2] / view[..., 2]))
    return np.asarray(away + grown + np.abs(used[..., 3] - view[..., 3]) / 150)


def waiting(size: tuple[int, int]) -> int:
    """Return how many frames of a size (width, height) px may wait to be read."""
    return max(LEAST_WAITING, int(WAITING_BYTES / (1.5 * size[0] * size[1])))


FITS: Final = 0.08
"""A square nearer than this to the one wanted need not be looked at again, see ``off``."""


def take(net: Looks, image: Frame | Cut, view: Array) -> tuple[Array, Array, float]:
    """Look in a square, and in a wider one where nobody is seen."""
    found = net.look(image, view[:3], float(view[3]))
    return found if found[2] >= MIN_SCORE else wider(net, image, view[:3], float(view[3]))


@dataclass
class EarlyLooks:
    """The looks made on the way through a clip.

    Parameters
    ----------
    nets : sequence of Looks
        What reads joints, one for each thread.
    time : (n,) s
    size : (width, height)
        Of the frames, px.
    """

    nets: Sequence[Looks]
    time: Array
    size: tuple[int, int]
    looks: dict[int, Look] = field(default_factory=dict)
    cuts: dict[int, Cut] = field(default_factory=dict)
    _frames: list[Frame] = field(default_factory=list)
    _running: list[tuple[int, Future[tuple[Look, Cut]]]] = field(default_factory=list)
    _pool: ThreadPoolExecutor | None = None
    _doubt: dict[int, float] = field(default_factory=dict)

    def add(self, frame: Frame) -> None:
        """Take in the next frame, to be read once it is known where the athlete is."""
        self._frames.append(frame)
        most = waiting(self.size)
        del self._frames[:-most]

    def moment(
        self,
        sightings: Sequence[Sighting],
        place: Callable[[int], Array],
        looked: Mapping[Sighting, Look] | None = None,
    ) -> None:
        """Read the waiting frames of the person with these sightings, the last of them recent.

        Parameters
        ----------
        sightings : sequence of Sighting
            Empty if nobody is followed.
        place : frame -> (3, 3)
            From a frame's px to those of the first, as far as known on the way.
        looked : Sighting -> Look, optional
            Looks of such a network as these: one that fits is not made again.
        """
        self._gather()
        if not self._frames:
            return
        now = self._frames[-1].index
        recent = [s for s in sightings if self.time[now] - self.time[s.frame] <= RECENT_S]
        if len(recent) < 2 or self.time[now] - self.time[recent[-1].frame] > SINCE_S:
            return
        first = min(recent[0].frame, self._frames[0].index)
        views = self._views(recent, place, first, now)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(len(self.nets))
            self._idle = list(self.nets)
        known = (looked or {}).get(recent[-1])
        frames, self._frames = self._frames, []
        for frame in frames:
            view = views[frame.index - first]
            if not athlete.inside(view[None, :3], *self.size)[0]:
                continue
            done = known if frame.index == recent[-1].frame else None
            if done is not None and not off(done.view, view) < FITS:
                done = None
            self._running.append((frame.index, self._pool.submit(self._one, frame, view, done)))

    def cut(self) -> None:
        """Forget the frames that wait: another shot begins."""
        self._frames = []

    def finish(self) -> None:
        """Wait for what is still being read."""
        self._gather()
        self._judge(last=True)
        if self._pool is not None:
            self._pool.shutdown()

    def _one(self, frame: Frame, view: Array, done: Look | None) -> tuple[Look, Cut]:
        if done is not None:
            return done, around(frame, done.view[:3], INPUT_PX)
        net = self._idle.pop()  # list operations are atomic, and there are as many threads as networks
        try:
            cut = around(frame, view[:3], INPUT_PX)
            xy, visibility, score = take(net, cut, view)
            xy, visibility = xy[: len(BLAZEPOSE)], visibility[: len(BLAZEPOSE)]
            worn = colour(frame, xy) if score >= MIN_SCORE else np.full(6, np.nan)
            return Look(view, xy, visibility, score, worn), cut
        finally:
            self._idle.append(net)

    def _gather(self) -> None:
        """Take in what was read since the last moment, and keep the squares of what may be wrong."""
        for index, job in self._running:
            self.looks[index], self.cuts[index] = job.result()
            self._doubt[index] = np.inf
        self._running = []
        self._judge()

    def _judge(self, *, last: bool = False) -> None:
        """Let go the squares of looks that fit between their neighbours."""
        frames = sorted(index for index, doubt in self._doubt.items() if np.isinf(doubt))
        frames = frames if last else frames[:-1]  # the newest has no neighbour yet
        if frames:
            around_them = [i for i in range(frames[0] - 1, frames[-1] + 2) if i in self.looks]
            looks = [self.looks[i] for i in around_them]
            seen = np.array([look.score >= MIN_SCORE for look in looks])
            xy = np.where(seen[:, None, None], np.stack([look.xy for look in looks]), np.nan)
            stature = np.array([look.view[2] for look in looks]) / SIDE_OF_STATURE
            worst = second_looks.doubt(self.time[around_them], xy, stature)
            for index, doubt in zip(around_them, worst, strict=True):
                if index not in self._doubt or np.isfinite(self._doubt[index]) or index not in frames:
                    continue
                self._doubt[index] = float(doubt)
                if not doubt > second_looks.DOUBT:
                    del self.cuts[index], self._doubt[index]
        total = sum(cut.image.nbytes for cut in self.cuts.values())
        for index in sorted(self._doubt, key=lambda i: (self._doubt[i], i)):
            if total <= KEPT_BYTES:
                break
            total -= self.cuts[index].image.nbytes
            del self.cuts[index], self._doubt[index]

    def _views(
        self, recent: Sequence[Sighting], place: Callable[[int], Array], first: int, now: int
    ) -> Array:
        """Return the squares (m, 4) of the frames from ``first`` to ``now``."""
        count = now + 1 - first
        known = np.full((count, 4), np.nan)
        for s in recent:
            known[s.frame - first] = s.x, s.y, np.log(s.stature), s.lean_deg
        to_first = np.stack([place(first + i) for i in range(count)])
        moving = bool(np.abs(to_first - to_first[0]).max() > 0)
        camera = CameraMotion(to_first, np.zeros(count), moving)
        time = self.time[first : now + 1]
        box, lean = athlete.boxes(known, np.ones(count), camera, time)
        if len(recent) < 3:  # too few for a smooth path: straight between the two and beyond
            a, b = recent
            share = (np.arange(count) + first - a.frame)[:, None] / (b.frame - a.frame)
            box = a.box + share * (b.box - a.box)
        return np.column_stack([box, lean])
