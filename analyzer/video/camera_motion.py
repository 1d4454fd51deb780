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

from analyzer.arrays import Array, Bools
from analyzer.data.capture import CameraMotion
from analyzer.video.frame import Frame
from analyzer.video.registration import (
    FAINT,
    MIN_POINTS,
    SHARP,
    STILL_PX,
    WORK_PX,
    Grey,
    Lens,
    fit,
    focal_length,
    found,
    map_points,
    overlap_of,
    still,
)

_CELLS = (16, 9)
_PER_CELL = 3
_TOGETHER = 2.0  # neighbouring corners err together, so that their mean is less sure than their number says
_FOCAL_SD = 0.015  # relative, found on rendered pans
_FEW = 50  # corners found again, below which a new key picture is taken as well
_STANDS = 0.8
"""Share of the corners that stay where they are, from which the camera stands as at the key picture."""
_RENEW = 0.4  # of a key picture's corners; with fewer in view a new key picture is taken


@dataclass(frozen=True)
class _Link:
    """The same corners in two frames: ``there`` (m, 2) in the older, ``here`` (m, 2) in this one."""

    older: int
    there: Array
    here: Array


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

    Parameters
    ----------
    width, height : int
        Of the upright frames, px.
    """

    width: int
    height: int
    _links: dict[int, list[_Link]] = field(default_factory=dict)
    _keys: list[_Key] = field(default_factory=list)
    _key: _Key = field(init=False)
    _last: tuple[int, Grey, Array] | None = None
    _places: dict[int, Array] = field(default_factory=dict)
    _speed: Array = field(default_factory=lambda: np.eye(3))
    _thumb: Array | None = None
    _changes: list[float] = field(default_factory=list)

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
        grey = self._reduced(image)
        tracked = 1.0
        self._links[frame] = []
        if self._last is None:
            self._key = self._new_key(frame, grey, people, np.eye(3))
            self._keys.append(self._key)
            place = np.eye(3)
        else:
            at = self._last[2]
            guess = at @ self._speed
            place, tracked = self._follow(frame, grey, self._key, guess)
            if tracked < _RENEW or tracked * len(self._key.corners) < _FEW:
                place, tracked = self._renew(frame, grey, people, guess)
            self._speed = np.linalg.inv(at) @ place
            self._speed /= self._speed[2, 2]
        self._last = (frame, grey, place)
        self._places[frame] = place
        thumb = cv2.resize(grey, (32, 18), interpolation=cv2.INTER_AREA).astype(float)
        if self._thumb is not None:
            self._changes.append(float(np.abs(thumb - self._thumb).mean()))
        self._thumb = thumb

    def _reduced(self, image: Frame) -> Grey:
        return image.grey((round(self.width / self.scale), round(self.height / self.scale)))

    def cut(self, image: Frame) -> bool:
        """Tell whether a picture belongs to another shot than the last one added."""
        if self._last is None:
            return False
        grey = self._reduced(image)
        thumb = cv2.resize(grey, (32, 18), interpolation=cv2.INTER_AREA).astype(float)
        change = float(np.abs(thumb - self._thumb).mean())
        usual = float(np.median(self._changes[-12:])) if self._changes else 0.0
        if change < 8 or change < 3 * usual + 3:
            return False
        # A lamp switched on or a swing of the camera changes the picture too, but its corners are found.
        before, now = (np.asarray(cv2.equalizeHist(g), np.uint8) for g in (self._last[1], grey))
        corners = self._corners(before, None)
        if len(corners) < MIN_POINTS:
            return True
        there, here = found(before, now, corners, corners.astype(np.float32), faint=True)
        agreed = fit(here, there)
        return agreed is None or agreed.inliers.sum() < 0.25 * len(corners)

    @property
    def picture(self) -> Grey:
        """The last frame as it was registered: grey and reduced."""
        assert self._last is not None
        return self._last[1]

    def place(self, frame: int) -> Array:
        """Return the (3, 3) map from a frame's px to the first frame's, as far as known on the way."""
        unit = np.diag([self.scale, self.scale, 1.0])
        return np.asarray(unit @ self._places[frame] @ np.linalg.inv(unit))

    def to_picture(self, matrix: Array) -> Array:
        """Return a map between frame px as one between registered px."""
        unit = np.diag([self.scale, self.scale, 1.0])
        return np.asarray(np.linalg.inv(unit) @ matrix @ unit)

    def _renew(self, frame: int, grey: Grey, people: Array | None, guess: Array) -> tuple[Array, float]:
        """Go by an older key picture that is in view again, or else by the frame before."""
        assert self._last is not None
        before, previous, at = self._last
        for key in self._keys:
            if key is self._key or key.faint:
                continue
            if overlap_of(np.linalg.inv(key.to_root) @ guess, grey.shape) > 0.7:
                place, tracked = self._follow(frame, grey, key, guess)
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
        found = self._follow(frame, grey, self._key, guess)
        if found[1] < _RENEW and not self._key.faint:
            self._key = _Key(before, previous, self._corners(previous, people, True), at, True)
            self._keys[-1] = self._key
            found = max(found, self._follow(frame, grey, self._key, guess), key=lambda f: f[1])
        if found[1] < _RENEW:
            found = max(found, self._follow(frame, grey, self._key, at), key=lambda f: f[1])
        elif found[1] > 0.75:
            self._key.faint = False  # the next one may be sharp again
        return found

    def _follow(self, frame: int, grey: Grey, key: _Key, guess: Array) -> tuple[Array, float]:
        """Find a key picture's corners in this frame; return its place and the share of corners found."""
        if len(key.corners) < MIN_POINTS:
            return guess, 0.0
        into = np.linalg.inv(guess) @ key.to_root
        start = map_points(into, key.corners).astype(np.float32)
        inside = np.all((start > 2) & (start < np.array(grey.shape[::-1]) - 3), axis=1)
        if inside.sum() < MIN_POINTS:
            return guess, 0.0
        there, here = found(key.grey, grey, key.corners[inside], start[inside], key.faint)
        if len(there) < MIN_POINTS:
            return guess, 0.0
        link = _Link(key.frame, there, here)
        stays = np.hypot(*(here - there).T) < STILL_PX
        if stays.mean() > _STANDS:  # what is fitted to a camera that stands still is no motion
            self._links[frame].append(link)
            return key.to_root, float(stays.sum() / len(key.corners))
        agreed = fit(link.here, link.there)
        if agreed is None:
            return guess, 0.0
        self._links[frame].append(link)
        share = agreed.inliers.sum() / len(key.corners)
        return key.to_root @ agreed.matrix, float(share)

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
            corners = corners[~self._on_people(corners, people)]
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

    def _on_people(self, corners: Array, people: Array) -> Bools:
        """Tell which corners (registered px) lie in boxes (frame px) of people, half as wide as high."""
        on = np.zeros(len(corners), dtype=bool)
        for x, y, side in people / self.scale:
            if np.isfinite(side):
                on |= (np.abs(corners[:, 0] - x) < 0.28 * side) & (np.abs(corners[:, 1] - y) < 0.42 * side)
        return on

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
        if self._stands(people):
            return CameraMotion.static(n)
        kept = {
            frame: [(link.older, *self._kept(frame, link, people)) for link in links]
            for frame, links in self._links.items()
        }
        sure = [(here, there) for links in kept.values() for _, here, there, few in links if not few]
        focal = focal_length(sure, self._lens())
        solved: dict[int, _Place] = {}
        for frame in sorted(kept):
            best: _Place | None = None
            for older, here, there, few in kept[frame]:
                parent = solved[older]
                agreed = still(here, there) if few else fit(here, there, self._lens(focal))
                if agreed is None:
                    continue
                variance = parent.variance + agreed.variance(self._grid())
                if best is None or variance < best.variance:
                    best = _Place(parent.root, parent.matrix @ agreed.matrix, variance, older)
            solved[frame] = best or _Place(frame, np.eye(3), 0.0, None)
        return self._against(solved, n, reference, focal)

    def _kept(self, frame: int, link: _Link, people: Sequence[Array | None]) -> tuple[Array, Array, bool]:
        """Return a link's corners off people; all of them, and true, if people fill the picture."""
        off = self._off_people(frame, link, people)
        few = bool(off.sum() < 2 * MIN_POINTS)
        return (link.here, link.there, True) if few else (link.here[off], link.there[off], False)

    def _lens(self, focal: float | None = None) -> Lens:
        return Lens(self.width / self.scale / 2, self.height / self.scale / 2, focal)

    def _off_people(self, frame: int, link: _Link, people: Sequence[Array | None]) -> Bools:
        off = np.ones(len(link.here), dtype=bool)
        for boxes, corners in ((people[frame], link.here), (people[link.older], link.there)):
            if boxes is not None:
                off &= ~self._on_people(corners, boxes)
        return off

    def _stands(self, people: Sequence[Array | None]) -> bool:
        """Tell whether most corners stay where they are in nearly every frame: a camera on a tripod.

        Without this, a picture filled by people, whose corners all move, would seem to move with them.
        """
        stays = []
        for frame, links in self._links.items():
            for link in links[-1:]:
                still_ones = np.hypot(*(link.here - link.there).T) < STILL_PX
                off = self._off_people(frame, link, people)
                share = float(still_ones.mean())
                if off.sum() >= MIN_POINTS:
                    share = max(share, float(still_ones[off].mean()))
                if 0.3 < share <= 0.5:  # unless the others move as one, as around a logo
                    agreed = fit(link.here, link.there)
                    moves = np.inf
                    if agreed is not None:
                        here = link.here[agreed.inliers]
                        moves = float(np.median(np.hypot(*(map_points(agreed.matrix, here) - here).T)))
                    share = 1.0 if moves < STILL_PX else share
                stays.append(share > 0.5)
        return len(stays) > 0.8 * len(self._links) - 1 and bool(np.mean(stays) > 0.95 if stays else True)

    def _grid(self) -> Array:
        rows, columns = self.height / self.scale, self.width / self.scale
        return np.array([(columns * u, rows * v) for u in (0.1, 0.5, 0.9) for v in (0.3, 0.6, 0.9)])

    def _against(
        self, solved: dict[int, _Place], n: int, reference: int, focal: float | None
    ) -> CameraMotion:
        """Express places against one frame, in frame pixels, with standard errors."""
        frames = sorted(solved)
        if not frames:
            return CameraMotion.static(n)
        reference = min(frames, key=lambda f: abs(f - reference))
        size: dict[int, int] = {}
        for place in solved.values():
            size[place.root] = size.get(place.root, 0) + 1
        if size[solved[reference].root] < 0.5 * max(size.values()):
            largest = max(size, key=lambda root: size[root])
            reference = min(
                (f for f in frames if solved[f].root == largest), key=lambda f: abs(f - reference)
            )
        base = solved[reference]
        unit = np.diag([self.scale, self.scale, 1.0])
        back = unit @ np.linalg.inv(base.matrix)
        ancestry = _ancestors(solved, reference)
        matrices, sd = np.tile(np.eye(3), (n, 1, 1)), np.full(n, np.nan)
        for frame in frames:
            place = solved[frame]
            if place.root != base.root:
                continue
            matrix = back @ place.matrix @ np.linalg.inv(unit)
            matrices[frame] = matrix / matrix[2, 2]
            meet = next(f for f in _ancestors(solved, frame) if f in ancestry)
            variance = place.variance + base.variance - 2 * solved[meet].variance
            sd[frame] = self.scale * _TOGETHER * np.sqrt(max(variance, 0.0))
            if focal is not None:
                middle = np.array([[self.width / 2, self.height / 2]])
                sideways = float(np.hypot(*(map_points(matrices[frame], middle) - middle)[0]))
                angle = np.arctan(sideways / (focal * self.scale))
                # x = f tan(way / f), so a wrong focal length bends the path by the cube of the angle.
                bent = _FOCAL_SD * focal * self.scale * 2 / 3 * angle**3
                sd[frame] = np.hypot(sd[frame], bent)
        known = np.flatnonzero(np.isfinite(sd))
        shift = np.array(
            [np.hypot(*(map_points(matrices[f], g := self._grid() * self.scale) - g).T).max() for f in known]
        )
        if len(known) > 0.8 * len(frames) and np.quantile(shift, 0.98) < STILL_PX * self.scale:
            return CameraMotion.static(n)
        nearest = known[np.abs(np.arange(n)[:, None] - known[None]).argmin(axis=1)]
        return CameraMotion(matrices[nearest], sd, moving=True)


@dataclass(frozen=True)
class _Place:
    """A frame on the map of its root: ``matrix`` (3, 3) and its variance, registered px squared."""

    root: int
    matrix: Array
    variance: float
    parent: int | None


def _ancestors(solved: dict[int, _Place], frame: int) -> list[int]:
    chain = [frame]
    while (parent := solved[chain[-1]].parent) is not None:
        chain.append(parent)
    return chain
