"""Frames that show the picture before once more: single ones, and a clock slower than the file's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Bools
from analyzer.data.capture import VideoInfo, renumbered
from analyzer.data.notes import Note
from analyzer.video.frame import Image
from analyzer.video.reader import REAL_TIME

TIMES: Final = tuple(
    Fraction(text) for text in ("2", "3", "4", "5", "6", "8", "10", "5/4", "6/5", "4/3", "5/3", "5/2", "12/5")
)
"""How often each picture is shown by screen recorders (2, 3…) and where films are put on another clock:
24 or 25 pictures a second shown as 30 (5/4, 6/5) or 60 (5/2, 12/5), 30 as 50 (5/3), 45 as 60 (4/3)."""
SMALL: Final = 0.2
"""Share of the change usual nearby below which a frame may be the one before, encoded once more."""
MOVES: Final = 0.5
"""Grey levels by which the most changed tenth of the pictures must usually change, for repeats to be told."""
AGREE: Final = 0.95
"""Share of the frames that an even clock takes for repeats which must hardly change..."""
OWN: Final = 0.75
"""...and of the others, which must: now and then nobody moves."""
NEAR: Final = 12
"""Frames to each side of one, whose changes tell what is usual there..."""
USUAL: Final = 0.9
"""...and the share of them that change less."""
FEWEST: Final = 8
"""Repeats, at least, from which a clock is told."""


class Repeats:
    """Finds frames that show the same picture as the one before: frozen, or filled in by a converter.

    A picture repeats when it differs from its predecessor by less than ``share`` of the change usual
    in the 25 frames around it, and by less than one grey level. Nothing moving for long is therefore
    not a repeat, but an athlete who leaves a still view is followed by some.

    Parameters
    ----------
    share : float
        Fraction of the 90th percentile of the changes nearby.
    """

    def __init__(self, share: float = 0.1) -> None:
        self._share = share
        self._change: list[float] = []
        self._before: Image | None = None

    def add(self, image: Image) -> None:
        """Take the next frame: (h, w, 3) or (h, w) uint8, whole or the same fixed part of each."""
        stride = max(1, min(image.shape[:2]) // 240)
        grey = image[::stride, ::stride]
        now = np.ascontiguousarray(grey[..., 1] if grey.ndim == 3 else grey)
        # The most changed tenth: a small athlete moves few of the pixels of a still background.
        if self._before is not None and self._before.shape == now.shape:
            self._change.append(_top_tenth(np.asarray(cv2.absdiff(now, self._before), np.uint8)))
        else:
            self._change.append(np.inf)
        self._before = now

    def even_clock(self) -> EvenClock | None:
        """Return the even clock, slower than the file's, on which the pictures change; None = the file's."""
        changes = np.array(self._change)
        if len(changes) < FEWEST:
            return None
        changes[0] = changes[1]
        usual = _usual(changes)
        told: Bools = usual > MOVES
        told[0] = False
        return even_clock(changes < SMALL * usual, told)

    def found(self) -> Bools:
        """Return (n,) which of the frames taken so far are repeats; the first never is."""
        changes = np.array(self._change)
        if len(changes) < 2:
            return np.zeros(len(changes), dtype=np.bool_)
        changes[0] = changes[1]
        usual = _usual(changes)
        same: Bools = changes < np.minimum(self._share * usual, 1.0)
        same[0] = False
        return same


def _usual(changes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n,) the change that is usual near each frame: nine in ten of those around it are smaller."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(changes, NEAR, mode="edge"), 2 * NEAR + 1)
    rank = int(USUAL * around.shape[1])
    return np.asarray(np.partition(around, rank, axis=1)[:, rank])


def _top_tenth(values: Image) -> float:
    """Return the mean of the largest tenth of uint8 values."""
    tenth = max(1, values.size // 10)
    count = cv2.calcHist([values], [0], None, [256], [0, 256]).ravel()[::-1]  # many times numpy's speed
    taken = np.diff(np.minimum(np.cumsum(count), tenth), prepend=0)
    return float(taken @ np.arange(255, -1, -1)) / tenth


def repeats(images: Iterable[Image], *, share: float = 0.1) -> Bools:
    """Return (n,) which frames show the same picture as the one before, see ``Repeats``."""
    found = Repeats(share)
    for image in images:
        found.add(image)
    return found.found()


class EvenClock(NamedTuple):
    """A clock slower than the file's: each picture is shown ``times``, ``phase`` tells where it starts."""

    times: Fraction
    phase: int

    def repeats(self, n: int, first: int = 0) -> Bools:
        """Tell which of ``n`` frames show the one before, where frame ``first`` was the clock's first."""
        frame = np.arange(-first - 1, n - first)
        number = (frame * self.times.denominator + self.phase) // self.times.numerator
        out: Bools = np.diff(number) == 0
        return out

    def pictures(self, n: int, first: int = 0) -> NDArray[np.int64]:
        """Return which of ``n`` frames show a picture of their own."""
        return np.flatnonzero(~self.repeats(n, first))


def even_clock(same: Bools, told: Bools) -> EvenClock | None:
    """Return the even clock that explains which frames show the one before; None where none does.

    Parameters
    ----------
    same : (n,) bool
        Frames that hardly differ from the one before.
    told : (n,) bool
        Frames of which that can be told, for something moves.
    """
    if (same & told).sum() < FEWEST:
        return None
    best: tuple[float, EvenClock] | None = None
    for times in TIMES:
        for phase in range(times.numerator):
            clock = EvenClock(times, phase)
            again = clock.repeats(len(same))
            repeated, own = told & again, told & ~again
            if not repeated.any() or not own.any() or same[repeated].mean() < AGREE:
                continue
            share = float(np.mean(~same[own]))
            if share >= OWN and (best is None or share > best[0]):
                best = share, clock
    return None if best is None else best[1]


def each_once(
    info: VideoInfo, clock: EvenClock, first: int = 0, stated_fps: float | None = None
) -> VideoInfo:
    """Return a clip whose frames are its pictures, each once, on their own even clock.

    Parameters
    ----------
    info : VideoInfo
    clock : EvenClock
    first : int
        The frame of the clip that was the clock's first.
    stated_fps : float, optional
        The camera's rate, where it was given: that of the pictures, Hz.
    """
    playback = info.playback_fps / float(clock.times)
    slower = info.slow_motion
    if stated_fps is not None and stated_fps > REAL_TIME * playback:
        slower = stated_fps / playback
    pictures = clock.pictures(len(info.time), first)
    return replace(
        info,
        time=(float(info.file_s[pictures[0]]) + np.arange(len(pictures)) / playback) / slower,
        capture_fps=playback * slower,
        playback_fps=playback,
        shown=float(clock.times),
        pictures=pictures.astype(np.float64),
        keys=renumbered(info.keys, pictures),
    )


def note(info: VideoInfo) -> Note:
    """Say at which rate a clip shows pictures of its own."""
    each = (
        f"each of them is shown {info.shown:g} times"
        if info.shown == round(info.shown)
        else (f"of {info.shown * len(info.time):.0f} frames {len(info.time)} show a picture of their own")
    )
    return Note(
        "warning",
        "pictures_repeated",
        f"The file plays {info.playback_fps * info.shown:.4g} frames a second, but {info.playback_fps:.4g} "
        f"pictures: {each}. The pictures are analysed on their own clock.",
        "Use the file as the camera recorded it, not a screen recording or a converted copy.",
    )
