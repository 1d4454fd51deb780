"""How the camera moved: the background followed from picture to picture, the people left out.

Corners of the background are followed from a few key pictures into every frame. What maps a frame
onto a key picture is the simplest motion the corners support (none, a similarity, a homography), so a
camera on a tripod is exactly still; key pictures are chained, and older ones are picked up again when
the view comes back, which keeps drift down. Every map carries its standard error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.data import Array, Bools, CameraMotion

WORK_PX: Final = 640
"""Longer side of the pictures that are registered."""
STILL_PX: Final = 0.35
"""A background that never moves by more, in registered pixels, is taken to be exactly still."""

_CELLS = (16, 9)
_PER_CELL = 3
_MIN_POINTS = 12
_MIN_SHARE = 0.35  # of the corners followed that must agree on one motion
_RENEW = 0.4  # of a key picture's corners; with fewer in view a new key picture is taken
_TOLERANCE_PX = 1.5
_DRAWN_PX = 0.4  # what stays within this while the background goes three times as far is drawn over it
_FLOOR_PX = 0.03  # what a corner's place is uncertain by at best
_SHARP: Final = (0.003, 5, 17)  # corners at least so strong against the best, so far apart, window: px
_FAINT: Final = (0.0005, 8, 31)  # for blurred and bare ground, where only much together gives hold
_RETURN_PX = 0.5  # a faint corner must come back to where it started when followed backwards
_LK: Final[dict[str, Any]] = {
    "maxLevel": 4,
    "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.02),
    "flags": cv2.OPTFLOW_USE_INITIAL_FLOW,
}

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class _Link:
    """The same corners in two frames: ``there`` (m, 2) in the older, ``here`` (m, 2) in this one."""

    older: int
    there: Array
    here: Array


@dataclass
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

    def add(self, frame: int, image: NDArray[np.uint8], people: Array | None = None) -> None:
        """Register the next frame.

        Parameters
        ----------
        frame : int
            Its number, rising from call to call.
        image : (h, w, 3) uint8 RGB
        people : (m, 3) px, optional
            Where people are known to be (centre x, centre y, side): no corners are taken there.
        """
        grey = self._reduced(image)
        tracked = 1.0
        self._links[frame] = []
        if self._last is None:
            self._key = _Key(frame, grey, self._corners(grey, people), np.eye(3))
            self._keys.append(self._key)
            place = np.eye(3)
        else:
            at = self._last[2]
            guess = at @ self._speed
            place, tracked = self._follow(frame, grey, self._key, guess)
            if tracked < _RENEW:
                place, tracked = self._renew(frame, grey, people, guess)
            self._speed = np.linalg.inv(at) @ place
            self._speed /= self._speed[2, 2]
        self._last = (frame, grey, place)
        self._places[frame] = place
        thumb = cv2.resize(grey, (32, 18), interpolation=cv2.INTER_AREA).astype(float)
        if self._thumb is not None:
            self._changes.append(float(np.abs(thumb - self._thumb).mean()))
        self._thumb = thumb

    def _reduced(self, image: NDArray[np.uint8]) -> Grey:
        size = (round(self.width / self.scale), round(self.height / self.scale))
        return np.asarray(
            cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY), np.uint8
        )

    def cut(self, image: NDArray[np.uint8]) -> bool:
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
        before, now = cv2.equalizeHist(self._last[1]), cv2.equalizeHist(grey)
        corners = self._corners(before, None)
        if len(corners) < _MIN_POINTS:
            return True
        there, here = _found(before, now, corners, corners.astype(np.float32), faint=True)
        fit = _fit(here, there)
        return fit is None or fit.inliers.sum() < 0.25 * len(corners)

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
            if key is not self._key and _overlap(np.linalg.inv(key.to_root) @ guess, grey.shape) > 0.7:
                place, tracked = self._follow(frame, grey, key, guess)
                if tracked > _RENEW:
                    self._key = key
                    return place, tracked
        if self._key.frame != before:
            faint = self._key.faint
            self._key = _Key(before, previous, self._corners(previous, people, faint), at, faint)
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
        if len(key.corners) < _MIN_POINTS:
            return guess, 0.0
        into = np.linalg.inv(guess) @ key.to_root
        start = _map(into, key.corners).astype(np.float32)
        inside = np.all((start > 2) & (start < np.array(grey.shape[::-1]) - 3), axis=1)
        if inside.sum() < _MIN_POINTS:
            return guess, 0.0
        there, here = _found(key.grey, grey, key.corners[inside], start[inside], key.faint)
        if len(there) < _MIN_POINTS:
            return guess, 0.0
        link = _Link(key.frame, there, here)
        fit = _fit(link.here, link.there)
        if fit is None:
            return guess, 0.0
        self._links[frame].append(link)
        share = fit.inliers.sum() / len(key.corners)
        return key.to_root @ fit.matrix, float(share)

    def _corners(self, grey: Grey, people: Array | None, faint: bool = False) -> Array:
        """Return (m, 2) corners spread over the picture, px, none of them on people."""
        quality, apart, _ = _FAINT if faint else _SHARP
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
        solved: dict[int, _Place] = {}
        for frame in sorted(self._links):
            best: _Place | None = None
            for link in self._links[frame]:
                parent = solved[link.older]
                off = self._off_people(frame, link, people)
                fit = _fit(link.here[off], link.there[off])
                if fit is None and off.sum() < 2 * _MIN_POINTS:
                    fit = _still(link.here, link.there)  # people fill the picture
                if fit is None:
                    continue
                variance = parent.variance + fit.variance(self._grid())
                if best is None or variance < best.variance:
                    best = _Place(parent.root, parent.matrix @ fit.matrix, variance, link.older)
            solved[frame] = best or _Place(frame, np.eye(3), 0.0, None)
        return self._against(solved, n, reference)

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
            shares = []
            for link in links[-1:]:
                still = np.hypot(*(link.here - link.there).T) < STILL_PX
                off = self._off_people(frame, link, people)
                shares = [float(still.mean()), float(still[off].mean()) if off.sum() >= _MIN_POINTS else 0.0]
            if shares:
                stays.append(max(shares) > 0.5)
        return len(stays) > 0.8 * len(self._links) - 1 and bool(np.mean(stays) > 0.95 if stays else True)

    def _grid(self) -> Array:
        rows, columns = self.height / self.scale, self.width / self.scale
        return np.array([(columns * u, rows * v) for u in (0.1, 0.5, 0.9) for v in (0.3, 0.6, 0.9)])

    def _against(self, solved: dict[int, _Place], n: int, reference: int) -> CameraMotion:
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
            sd[frame] = self.scale * np.sqrt(max(variance, 0.0))
        known = np.flatnonzero(np.isfinite(sd))
        shift = np.array(
            [np.hypot(*(_map(matrices[f], g := self._grid() * self.scale) - g).T).max() for f in known]
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


@dataclass(frozen=True)
class _Fit:
    """A motion of the picture: its matrix, how well known, and which corners follow it."""

    matrix: Array
    freedom: int
    sd: float
    points: Array
    inliers: Bools

    def variance(self, at: Array) -> float:
        """Return the mean variance of where this maps points to, px squared."""
        if self.freedom == 0:
            return 0.0
        jacobian = _jacobian(self.points, self.freedom)
        information = jacobian.T @ jacobian
        try:
            covariance = np.linalg.inv(information) * self.sd**2
        except np.linalg.LinAlgError:
            return float("inf")
        there = _jacobian(at, self.freedom)
        return float(np.einsum("ij,jk,ik->i", there, covariance, there).mean())


def _found(
    older: Grey, grey: Grey, corners: Array, start: NDArray[np.float32], faint: bool = False
) -> tuple[Array, Array]:
    """Find corners of an older picture in this one, from where they may be; (m, 2) there and here."""
    window = (_FAINT if faint else _SHARP)[2]
    options: dict[str, Any] = {**_LK, "winSize": (window, window)}
    there = corners.astype(np.float32)
    here, status, error = cv2.calcOpticalFlowPyrLK(older, grey, there, start.copy(), **options)
    good = (status.ravel() == 1) & (error.ravel() < 25)
    good &= np.all((here > 1) & (here < np.array(grey.shape[::-1]) - 2), axis=1)
    if faint:
        back, status, _ = cv2.calcOpticalFlowPyrLK(grey, older, here, there.copy(), **options)
        good &= (status.ravel() == 1) & (np.abs(back - there).max(axis=1) < _RETURN_PX)
    return corners[good], here[good].astype(float)


def _fit(here: Array, there: Array) -> _Fit | None:
    """Fit the background's motion, which maps ``here`` to ``there``, (m, 2) px; None without agreement.

    Corners that stay where they are while many others agree to move are a logo or a border drawn
    over the picture, and are left out.
    """
    everything = _agree(here, there)
    goes = np.hypot(*(here - there).T) > _DRAWN_PX
    if everything is None or 0.25 * len(here) < goes.sum() < 0.95 * len(here):
        moving = _agree(here[goes], there[goes])
        if moving is not None and moving.inliers.sum() > 0.2 * len(here):
            spread = np.ptp(moving.points, axis=0)
            steps = np.hypot(*(_map(moving.matrix, moving.points) - moving.points).T)
            if np.median(steps) > 3 * _DRAWN_PX and spread.max() > 0.4 * WORK_PX:
                inliers = np.zeros(len(here), dtype=bool)
                inliers[np.flatnonzero(goes)[moving.inliers]] = True
                return replace(moving, inliers=inliers)
    return everything


def _agree(here: Array, there: Array) -> _Fit | None:
    """Fit the simplest motion that enough corners agree on."""
    if len(here) < _MIN_POINTS:
        return None
    _, mask = cv2.findHomography(here, there, cv2.USAC_MAGSAC, _TOLERANCE_PX, maxIters=1000, confidence=0.999)
    if mask is None:
        return None
    inliers = mask.ravel().astype(bool)
    if inliers.sum() < max(_MIN_POINTS, _MIN_SHARE * len(here)):
        return None
    a, b = here[inliers], there[inliers]
    candidates = [(0, np.eye(3))]
    similarity, _ = cv2.estimateAffinePartial2D(a, b, method=cv2.LMEDS)
    if similarity is not None:
        candidates.append((4, np.vstack([similarity, (0, 0, 1)])))
    homography, _ = cv2.findHomography(a, b, 0)
    if homography is not None:
        candidates.append((8, homography / homography[2, 2]))
    best: tuple[float, int, Array, float] | None = None
    for freedom, matrix in candidates:
        off = _map(matrix, a) - b
        # A trimmed mean: a few corners on leaves or shadows must not buy a more flexible motion.
        squared = np.sort((off**2).sum(axis=1))[: max(_MIN_POINTS, int(0.9 * len(a)))]
        noise = squared.mean() / 2 + _FLOOR_PX**2
        cost = 2 * len(a) * np.log(noise) + freedom * np.log(2 * len(a))
        if best is None or cost < best[0]:
            best = (float(cost), freedom, matrix, float(np.sqrt(noise)))
    assert best is not None
    return _Fit(best[2], best[1], best[3], a, inliers)


def _still(here: Array, there: Array) -> _Fit | None:
    """Return no motion if half of all corners stay where they are."""
    stays = np.hypot(*(here - there).T) < STILL_PX
    if stays.sum() < max(_MIN_POINTS, 0.5 * len(here)):
        return None
    return _Fit(np.eye(3), 0, STILL_PX, here[stays], stays)


def _jacobian(points: Array, freedom: int) -> Array:
    """Return how mapped points (x, y, x, y, …) move with the parameters of a small motion."""
    scale = 1.0 / WORK_PX  # parameters of like size keep the inverse well conditioned
    x, y = (points * scale).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    across: tuple[Array, ...]
    down: tuple[Array, ...]
    if freedom == 4:
        across, down = (x, -y, one, zero), (y, x, zero, one)
    else:
        across = (x, y, one, zero, zero, zero, x * x, x * y)
        down = (zero, zero, zero, x, y, one, x * y, y * y)
    out = np.empty((2 * len(points), freedom))
    out[0::2], out[1::2] = np.column_stack(across), np.column_stack(down)
    return out


def _map(matrix: Array, points: Array) -> Array:
    """Map (m, 2) points by a (3, 3) matrix."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def _overlap(matrix: Array, shape: tuple[int, ...]) -> float:
    """Return the share of a picture that lies inside another after mapping."""
    rows, columns = shape[:2]
    u, v = np.meshgrid(np.linspace(0, columns, 9), np.linspace(0, rows, 6))
    at = _map(matrix, np.column_stack([u.ravel(), v.ravel()]))
    return float(np.mean((at >= 0).all(axis=1) & (at[:, 0] <= columns) & (at[:, 1] <= rows)))
