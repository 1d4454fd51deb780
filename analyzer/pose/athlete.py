"""Where the athlete is: people found at sparse moments, linked into paths, the one who runs chosen.

A path becomes a square crop for every frame whose centre and side are smooth functions of time; the
landmark network then looks at nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg import solveh_banded
from scipy.optimize import linear_sum_assignment

from analyzer.data import Array, Bools
from analyzer.skeleton import BLAZEPOSE, LENGTH_OF_STATURE

BOX_OF_STATURE: Final = 1.5
"""Side of the crop in standing heights: room for a stride at full stretch around the hips."""
SMOOTH_HZ: Final = 2.0
"""Nothing faster than this moves the crop; a step's bounce is left to the landmarks."""
_GAP_S: Final = 0.8  # a person unseen for longer starts a new path
_FASTEST: Final = 9.0  # statures a second: 16 m/s


@dataclass(frozen=True)
class Sighting:
    """A person in one frame: hips' middle ``x``, ``y`` and standing height ``stature``, all in px."""

    frame: int
    x: float
    y: float
    stature: float
    confidence: float = 1.0


@dataclass(frozen=True)
class Person:
    """One person's path through the clip, in the order of frames."""

    sightings: tuple[Sighting, ...]

    @property
    def frames(self) -> Array:
        return np.array([s.frame for s in self.sightings], dtype=float)

    @property
    def values(self) -> Array:
        """Hips' x and y and the logarithm of the stature, (n, 3)."""
        return np.array([(s.x, s.y, np.log(s.stature)) for s in self.sightings])


def stature(xy: Array) -> Array:
    """Return standing heights in px from landmarks: trunk, thigh and shank, whatever the pose.

    Parameters
    ----------
    xy : (..., 33, 2) px

    Returns
    -------
    (...) px
        Shortened where segments point at the camera; NaN where landmarks are missing.
    """
    at = BLAZEPOSE.index

    def length(a: Array, b: Array) -> Array:
        return np.asarray(np.hypot(*np.moveaxis(a - b, -1, 0)))

    def joint(name: str) -> Array:
        return np.asarray(xy[..., at(name), :])

    shoulders = (joint("left_shoulder") + joint("right_shoulder")) / 2
    hips = (joint("left_hip") + joint("right_hip")) / 2
    trunk = length(shoulders, hips)
    sides = [
        length(joint(f"{s}_hip"), joint(f"{s}_knee")) + length(joint(f"{s}_knee"), joint(f"{s}_ankle"))
        for s in ("left", "right")
    ]
    parts = sum(float(np.mean(LENGTH_OF_STATURE[part])) for part in ("trunk", "thigh", "shank"))
    return np.asarray((trunk + np.maximum(*sides)) / parts)


def hips(xy: Array) -> Array:
    """Return the middle of the hips, (..., 2) px, of (..., 33, 2) landmarks."""
    at = BLAZEPOSE.index
    return np.asarray((xy[..., at("left_hip"), :] + xy[..., at("right_hip"), :]) / 2)


def link(sightings: Sequence[Sequence[Sighting]], time: Array, drift: Array) -> list[Person]:
    """Link sightings through time: at each moment the cheapest assignment to where people were going.

    Parameters
    ----------
    sightings : for each moment, the people seen
    time : (n,) s, of every frame of the clip
    drift : (n, 2) px, where the background has moved to since the first frame
    """
    open_paths: list[list[Sighting]] = []
    closed: list[list[Sighting]] = []
    for people in sightings:
        if not people:
            continue
        now = time[people[0].frame]
        still = [p for p in open_paths if now - time[p[-1].frame] <= _GAP_S]
        closed += [p for p in open_paths if now - time[p[-1].frame] > _GAP_S]
        cost = np.full((len(still), len(people)), 1e3)
        for i, path in enumerate(still):
            for j, seen in enumerate(people):
                cost[i, j] = _mismatch(path, seen, time, drift)
        rows, columns = linear_sum_assignment(cost) if still else ([], [])
        taken = set()
        for i, j in zip(rows, columns, strict=True):
            if cost[i, j] < 1.0:
                still[i].append(people[j])
                taken.add(j)
        open_paths = still + [[seen] for j, seen in enumerate(people) if j not in taken]
    return [Person(tuple(p)) for p in closed + open_paths]


def _mismatch(path: list[Sighting], seen: Sighting, time: Array, drift: Array) -> float:
    """Return how badly a sighting fits a path; above 1 it is another person."""
    last = path[-1]
    gap = max(time[seen.frame] - time[last.frame], 1e-3)
    steady = np.array([(s.x, s.y) - drift[s.frame] for s in path[-4:]])
    here = np.array([seen.x, seen.y]) - drift[seen.frame]
    size = np.sqrt(last.stature * seen.stature)
    if len(path) > 1:
        then = np.array([time[s.frame] for s in path[-4:]])
        speed = (steady[-1] - steady[0]) / (then[-1] - then[0])
        reach = 0.25 + 2.0 * gap
    else:
        speed = np.zeros(2)
        reach = 0.25 + _FASTEST * gap
    off = float(np.hypot(*(here - steady[-1] - speed * gap))) / size
    grown = abs(np.log(seen.stature / last.stature)) / (0.35 + gap)
    return off / min(reach, 3.0) + 0.3 * grown if grown < 1.5 else 1e3


def smooth(time: Array, values: Array, weights: Array, cutoff_hz: float = SMOOTH_HZ) -> Array:
    """Fit smooth functions of time to scattered values, robustly, and continue them straight on.

    Penalised least squares: the sum of squared second derivatives keeps motion above ``cutoff_hz``
    out; values that stand off from the rest lose their weight.

    Parameters
    ----------
    time : (n,) s
    values : (n, m)
        NaN where nothing is known.
    weights : (n,)
    cutoff_hz : float

    Returns
    -------
    (n, m)
        Finite at every frame as soon as two are known.
    """
    known = np.isfinite(values).all(axis=1) & (weights > 0)
    step = float(np.median(np.diff(time)))
    density = max(known.mean(), 1e-3)
    stiffness = density * (1.0 / (2 * np.pi * cutoff_hz * step)) ** 4
    filled = np.where(known[:, None], values, 0.0)
    weight = np.where(known, weights, 0.0)
    trust = np.ones(len(time))
    out = np.zeros_like(filled)
    for _ in range(6):
        out = _whittaker(filled, weight * trust + 1e-9 * (weight.max() + 1e-12), stiffness, known)
        off = np.abs(filled - out)
        spread = 1.4826 * np.median(off[known], axis=0) + 1e-6 + 0.002 * np.abs(filled[known]).max(axis=0) * 0
        worst = (off / (4.0 * spread + 1e-9)).max(axis=1)
        trust = np.where(worst < 1, (1 - np.minimum(worst, 1) ** 2) ** 2, 0.0) * 0.999 + 0.001
    return out


def _whittaker(values: Array, weight: Array, stiffness: float, known: Bools) -> Array:
    n = len(values)
    if known.sum() < 2 or n < 3:
        middle = values[known].mean(axis=0) if known.any() else np.zeros(values.shape[1])
        return np.tile(middle, (n, 1))
    banded = np.zeros((3, n))
    for start, row in ((0, (1.0, -2.0, 1.0)),):
        for a in range(3):
            for b in range(a, 3):
                banded[2 - (b - a), start + b : n - 2 + b] += stiffness * row[a] * row[b]
    banded[2] += weight
    return np.asarray(solveh_banded(banded, weight[:, None] * values))
