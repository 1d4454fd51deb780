"""How the camera moved: the background followed from picture to picture, the people left out.

Corners of the background are followed from a few key pictures into every frame. What maps a frame
onto a key picture is the simplest motion the corners support (none, a similarity, a homography), so a
camera on a tripod is exactly still; key pictures are chained, and older ones are picked up again when
the view comes back, which keeps drift down. Every map carries its standard error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from analyzer.arrays import Array
from analyzer.data.capture import CameraMotion
from analyzer.signals.robust import median
from analyzer.video import boomerang
from analyzer.video.camera_chain import Chain, Link, Solved, on_people
from analyzer.video.frame import Frame
from analyzer.video.registration import (
    FAINT,
    MIN_POINTS,
    SHARP,
    STILL_PX,
    WORK_PX,
    Grey,
    fit,
    found,
    map_points,
    overlap_of,
)

_CELLS = (16, 9)
_PER_CELL = 3
_FEW = 50  # corners found again, below which a new key picture is taken as well
_LIT = 6.0
"""Grey levels of a picture's mean from which on it is brought to another's light first."""
_STANDS = 0.6
"""Share of the corners that stay where they are, from which the camera stands as at the key picture."""
_PROVEN = 12
"""Frames in a row in which the camera stands, from which not every frame is registered any more."""
_REST_S = 0.034
"""How far apart those are then, at most: nobody shakes a tripod to and fro faster."""
_RENEW = 0.4  # of a key picture's corners; with fewer in view a new key picture is taken


@dataclass(eq=False)
class _Key:
    frame: int
    grey: Grey
    corners: Array
    to_root: Array
    faint: bool = False


@dataclass
class Background:
    """The background of one shot, given picture by picture.

    While the camera stands, only some of the frames are registered: those between two in which it stands as
    at the same key picture have their place. If it does not stand any more, they are registered after all.

    Parameters
    ----------
    width, height : int
        Of the upright frames, px.
    fps : float
        Frames a second of real time; every frame is registered if it is not given.
    """

    width: int
    height: int
    fps: float = 0.0
    _keys: list[_Key] = field(default_factory=list)
    _key: _Key = field(init=False)
    _chain: Chain = field(init=False)
    _unit: Array = field(init=False)
    _to_unit: Array = field(init=False)
    _last: tuple[int, Grey, Array] | None = None
    _picture: tuple[Grey, Array] | None = None
    _next: tuple[Grey, Array] | None = None
    _waiting: list[tuple[int, Grey, Array | None]] = field(default_factory=list)
    _standing: int = 0
    _solved: tuple[Sequence[Array | None], Solved] | None = None
    _places: dict[int, Array] = field(default_factory=dict)
    _speed: Array = field(default_factory=lambda: np.eye(3))
    _changes: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chain = Chain(self.width, self.height, self.scale)
        self._unit = np.diag([self.scale, self.scale, 1.0])  # from registered px to the frame's
        self._to_unit = np.asarray(np.linalg.inv(self._unit))

    @property
    def scale(self) -> float:
        """Frame pixels in one registered pixel."""
        return max(1.0, max(self.width, self.height) / WORK_PX)

    def add(self, frame: int, image: Frame, people: Array | None = None) -> None:
        """Register the next frame.

        Parameters
        ----------
        frame : int
            Its number, rising from call to call.
        image : Frame
        people : (m, 3) px, optional
            Where people are known to be (centre x, centre y, side): no corners are taken there.
        """
        grey, thumb = self._small(image)
        if self._picture is not None:
            self._changes.append(_change(thumb, self._picture[1]))
        self._picture, self._solved = (grey, thumb), None
        if self._last is None:
            self._key = self._new_key(frame, grey, people, np.eye(3))
            self._keys.append(self._key)
            self._put(frame, grey, np.eye(3))
        elif self._may_wait():
            self._waiting.append((frame, grey, people))
            self._places[frame] = self._last[2]
        else:
            self._register(frame, grey, people)

    @property
    def stands(self) -> bool:
        """Whether the camera has stood for a while."""
        return self._standing >= _PROVEN

    def _may_wait(self) -> bool:
        """Tell whether the last frame need not be registered now: the camera has stood for a while."""
        usual = float(median(np.array(self._changes[-12:])))
        return (
            self.stands
            and len(self._waiting) + 1 < round(_REST_S * self.fps)
            and self._changes[-1] < 2 * usual + 1
        )

    def _register(self, frame: int, grey: Grey, people: Array | None) -> None:
        """Find a frame's place, and that of those that wait before it."""
        assert self._last is not None
        at = self._last[2]
        self._chain.links[frame] = []
        guess = at @ self._speed
        place, tracked, stands = self._follow(frame, grey, self._key, guess)
        self._standing = self._standing + 1 if stands else 0
        waiting, self._waiting = self._waiting, []
        if not stands and waiting:
            for one in (*waiting, (frame, grey, people)):
                self._register(*one)
            return
        for early, _, _ in waiting:
            self._chain.links[early] = list(self._chain.links[frame])
        if tracked < _RENEW or tracked * len(self._key.corners) < _FEW:
            place, tracked = self._renew(frame, grey, people, guess)
        self._speed = np.linalg.inv(at) @ place
        self._speed /= self._speed[2, 2]
        self._put(frame, grey, place)

    def _put(self, frame: int, grey: Grey, place: Array) -> None:
        self._chain.links.setdefault(frame, [])
        self._last = (frame, grey, place)
        self._places[frame] = place

    def _small(self, image: Frame) -> tuple[Grey, Array]:
        """Return a frame as it is registered, and a far smaller picture of it."""
        grey = self.reduced(image)
        if self._next is None or self._next[0] is not grey:
            quarter = (max(1, grey.shape[1] // 4), max(1, grey.shape[0] // 4))
            half = np.asarray(cv2.resize(grey, quarter, interpolation=cv2.INTER_AREA), np.uint8)
            thumb = boomerang.thumb(half).astype(float)
            self._next = grey, thumb
        return self._next

    def reduced(self, image: Frame) -> Grey:
        """Return a frame as it is registered; the frame keeps it, so that this may be asked for earlier."""
        wide, high = (max(1, round(side / self.scale)) for side in (self.width, self.height))
        return image.grey((wide, high))  # a strip one pixel wide is a picture, too

    def cut(self, image: Frame) -> bool:
        """Tell whether a picture belongs to another shot than the last one added."""
        if self._picture is None:
            return False
        grey, thumb = self._small(image)
        change = _change(thumb, self._picture[1])
        usual = float(median(np.array(self._changes[-12:]))) if self._changes else 0.0
        if change < 8 or change < 3 * usual + 3:
            return False
        # A lamp switched on or a swing of the camera changes the picture too, but its corners are found.
        before, now = (np.asarray(cv2.equalizeHist(g), np.uint8) for g in (self._picture[0], grey))
        corners = self._corners(before, None)
        if len(corners) < MIN_POINTS:
            return True
        there, here = found(before, now, corners, corners.astype(np.float32), faint=True)
        agreed = fit(here, there)
        return agreed is None or agreed.inliers.sum() < 0.25 * len(corners)

    @property
    def picture(self) -> Grey:
        """The last frame as it was registered: grey and reduced."""
        assert self._picture is not None
        return self._picture[0]

    @property
    def thumb(self) -> Grey:
        """The last frame far smaller still, as from ``boomerang.thumb``."""
        assert self._picture is not None
        return np.asarray(self._picture[1], np.uint8)

    def place(self, frame: int) -> Array:
        """Return the (3, 3) map from a frame's px to the first frame's, as far as known on the way."""
        return np.asarray(self._unit @ self._places[frame] @ self._to_unit)

    def to_picture(self, matrix: Array) -> Array:
        """Return a map between frame px as one between registered px."""
        return np.asarray(self._to_unit @ matrix @ self._unit)

    def _renew(self, frame: int, grey: Grey, people: Array | None, guess: Array) -> tuple[Array, float]:
        """Go by an older key picture that is in view again, or else by the frame before."""
        assert self._last is not None
        before, previous, at = self._last
        for key in self._keys:
            if key is self._key or key.faint:
                continue
            if overlap_of(np.linalg.inv(key.to_root) @ guess, grey.shape) > 0.7:
                place, tracked, _ = self._follow(frame, grey, key, guess)
                if tracked > _RENEW:
                    self._key = key
                    return place, tracked
                break  # the others show less of this
        if self._key.frame != before:
            faint = self._key.faint
            if faint:  # never taken up again, so its picture can go
                self._keys.remove(self._key)
            self._key = self._new_key(before, previous, people, at, faint)
            self._keys.append(self._key)
        found = self._follow(frame, grey, self._key, guess)[:2]
        if found[1] < _RENEW and not self._key.faint:
            self._key = _Key(before, previous, self._corners(previous, people, True), at, True)
            self._keys[-1] = self._key
            found = max(found, self._follow(frame, grey, self._key, guess)[:2], key=lambda f: f[1])
        if found[1] < _RENEW:
            found = max(found, self._follow(frame, grey, self._key, at)[:2], key=lambda f: f[1])
        elif found[1] > 0.75:
            self._key.faint = False  # the next one may be sharp again
        return found

    def _follow(self, frame: int, grey: Grey, key: _Key, guess: Array) -> tuple[Array, float, bool]:
        """Find a key picture's corners in this frame.

        Returns
        -------
        place : (3, 3)
        float
            Share of the corners found.
        stands : bool
            The camera stands as at the key picture.
        """
        if len(key.corners) < MIN_POINTS:
            return guess, 0.0, False
        into = np.linalg.inv(guess) @ key.to_root
        start = map_points(into, key.corners).astype(np.float32)
        inside = np.all((start > 2) & (start < np.array(grey.shape[::-1]) - 3), axis=1)
        if inside.sum() < MIN_POINTS:
            return guess, 0.0, False
        there, here = found(key.grey, _lit_as(key.grey, grey), key.corners[inside], start[inside], key.faint)
        if len(there) < MIN_POINTS:
            return guess, 0.0, False
        link = Link(key.frame, there, here)
        stays = np.hypot(*(here - there).T) < STILL_PX
        if stays.mean() > _STANDS:  # what is fitted to a camera that stands still is no motion
            self._chain.links[frame].append(link)
            return key.to_root, float(stays.sum() / len(key.corners)), True
        agreed = fit(link.here, link.there)
        if agreed is None:
            return guess, 0.0, False
        self._chain.links[frame].append(link)
        share = agreed.inliers.sum() / len(key.corners)
        return key.to_root @ agreed.matrix, float(share), False

    def _new_key(
        self, frame: int, grey: Grey, people: Array | None, to_root: Array, faint: bool = False
    ) -> _Key:
        corners = self._corners(grey, people, faint)
        if len(corners) < 2 * _FEW and not faint:
            corners, faint = self._corners(grey, people, True), True
        return _Key(frame, grey, corners, to_root, faint)

    def _corners(self, grey: Grey, people: Array | None, faint: bool = False) -> Array:
        """Return (m, 2) corners spread over the picture, px, none of them on people."""
        quality, apart, _ = FAINT if faint else SHARP
        found = cv2.goodFeaturesToTrack(grey, 1500, quality, apart)
        if found is None:
            return np.zeros((0, 2))
        corners = found.reshape(-1, 2).astype(float)
        if people is not None:
            corners = corners[~on_people(corners, people / self.scale)]
        rows, columns = grey.shape
        cell = (corners[:, 0] * _CELLS[0] // columns).astype(int) * _CELLS[1]
        cell += (corners[:, 1] * _CELLS[1] // rows).astype(int)
        taken = np.zeros(_CELLS[0] * _CELLS[1], dtype=int)
        keep = []
        for i, c in enumerate(cell):  # the strongest first
            if taken[c] < _PER_CELL:
                taken[c] += 1
                keep.append(i)
        return corners[keep]

    def motion(self, n: int, reference: int, people: Sequence[Array | None]) -> CameraMotion:
        """Solve for the camera's motion over a clip of ``n`` frames.

        Parameters
        ----------
        n : int
        reference : int
            The frame that all others are mapped to.
        people : for each frame an (m, 3) px array of boxes, or None
            Corners on them do not count.

        Returns
        -------
        CameraMotion
            Frames that no chain of pictures joins to the reference, and frames that were not added,
            have the map of the nearest that is joined, with a NaN ``sd_px``.
        """
        waiting, self._waiting, self._standing = self._waiting, [], 0
        for one in waiting:
            self._register(*one)
        if self._solved is None or self._solved[0] is not people:
            self._solved = people, self._chain.solve(people)  # another reference is the same motion
        return self._chain.motion(self._solved[1], n, reference)


def _lit_as(one: Grey, other: Grey) -> Grey:
    """Return another picture as light and as rich in contrast as one, where light and contrast differ.

    Corners are found again by their grey levels, which lamps that flicker and fades change.
    """
    (mean, sd), (its_mean, its_sd) = ((float(x[0, 0]) for x in cv2.meanStdDev(p)) for p in (one, other))
    if abs(its_mean - mean) < _LIT or its_sd <= 0:
        return other
    gain = sd / its_sd
    return np.asarray(cv2.convertScaleAbs(other, alpha=gain, beta=mean - gain * its_mean), np.uint8)


def _change(a: Array, b: Array) -> float:
    return float(np.abs(a - b).mean())
