"""The camera's motion over a shot, from the links between its pictures: each on the map of an older one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.capture import CameraMotion
from analyzer.video.registration import (
    MIN_POINTS,
    STILL_PX,
    Lens,
    fit,
    focal_length,
    map_points,
    still,
)

_TOGETHER: Final = 2.0
"""Neighbouring corners err together, so that their mean is less sure than their number says."""
_FOCAL_SD: Final = 0.015
"""Relative, found on rendered pans."""


@dataclass(frozen=True)
class Link:
    """The same corners in two frames: ``there`` (m, 2) in the older, ``here`` (m, 2) in this one."""

    older: int
    there: Array
    here: Array


@dataclass(frozen=True)
class Place:
    """A frame on the map of its root: ``matrix`` (3, 3) and its variance, registered px squared."""

    root: int
    matrix: Array
    variance: float
    parent: int | None


@dataclass(frozen=True)
class Solved:
    """Where every frame is on the map of its root; ``places`` is None of a camera that stands."""

    places: dict[int, Place] | None
    focal: float | None = None


@dataclass
class Chain:
    """The links of one shot.

    Parameters
    ----------
    width, height : int
        Of the upright frames, px.
    scale : float
        Frame pixels in one registered pixel, as links count them.
    """

    width: int
    height: int
    scale: float
    links: dict[int, list[Link]] = field(default_factory=dict)

    def solve(self, people: Sequence[Array | None]) -> Solved:
        """Put every frame on the map of its root.

        Parameters
        ----------
        people : for each frame an (m, 3) px array of boxes, or None
            Corners on them do not count.
        """
        if self._stands(people):
            return Solved(None)
        kept = {
            frame: [(link.older, *self._kept(frame, link, people)) for link in links]
            for frame, links in self.links.items()
        }
        sure = [(here, there) for links in kept.values() for _, here, there, few in links if not few]
        focal = focal_length(sure, self._lens())
        solved: dict[int, Place] = {}
        for frame in sorted(kept):
            best: Place | None = None
            for older, here, there, few in kept[frame]:
                parent = solved[older]
                agreed = still(here, there) if few else fit(here, there, self._lens(focal))
                if agreed is None:
                    continue
                variance = parent.variance + agreed.variance(self._grid())
                if not np.isfinite(variance):
                    continue
                # What fits nowhere begins a map of its own, on which all seems sure: the older map holds.
                if best is None or (parent.root, variance) < (best.root, best.variance):
                    best = Place(parent.root, parent.matrix @ agreed.matrix, variance, older)
            solved[frame] = best or Place(frame, np.eye(3), 0.0, None)
        return Solved(solved, focal)

    def motion(self, found: Solved, n: int, reference: int) -> CameraMotion:
        """Express places against one frame, in frame pixels, with standard errors; see ``Background``."""
        solved, focal = found.places, found.focal
        if not solved:
            return CameraMotion.static(n)
        frames = sorted(solved)
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

    def _kept(self, frame: int, link: Link, people: Sequence[Array | None]) -> tuple[Array, Array, bool]:
        """Return a link's corners off people; all of them, and true, if people fill the picture."""
        off = self._off_people(frame, link, people)
        few = bool(off.sum() < 2 * MIN_POINTS)
        return (link.here, link.there, True) if few else (link.here[off], link.there[off], False)

    def _lens(self, focal: float | None = None) -> Lens:
        return Lens(self.width / self.scale / 2, self.height / self.scale / 2, focal)

    def _off_people(self, frame: int, link: Link, people: Sequence[Array | None]) -> Bools:
        off = np.ones(len(link.here), dtype=bool)
        for boxes, corners in ((people[frame], link.here), (people[link.older], link.there)):
            if boxes is not None:
                off &= ~on_people(corners, boxes / self.scale)
        return off

    def _stands(self, people: Sequence[Array | None]) -> bool:
        """Tell whether most corners stay where they are in nearly every frame: a camera on a tripod.

        Without this, a picture filled by people, whose corners all move, would seem to move with them.
        """
        stays = []
        for frame, links in self.links.items():
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
        return len(stays) > 0.8 * len(self.links) - 1 and bool(np.mean(stays) > 0.95 if stays else True)

    def _grid(self) -> Array:
        rows, columns = self.height / self.scale, self.width / self.scale
        return np.array([(columns * u, rows * v) for u in (0.1, 0.5, 0.9) for v in (0.3, 0.6, 0.9)])


def on_people(corners: Array, people: Array) -> Bools:
    """Tell which corners (m, 2) lie in boxes (k, 3) of people, half as wide as high, in the same px."""
    on = np.zeros(len(corners), dtype=bool)
    for x, y, side in people:
        if np.isfinite(side):
            on |= (np.abs(corners[:, 0] - x) < 0.28 * side) & (np.abs(corners[:, 1] - y) < 0.42 * side)
    return on


def _ancestors(solved: dict[int, Place], frame: int) -> list[int]:
    chain = [frame]
    while (parent := solved[chain[-1]].parent) is not None:
        chain.append(parent)
    return chain
