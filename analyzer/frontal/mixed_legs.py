"""Legs that a frame or two have the wrong way round, against the frames on both sides: set right.

From the front the legs are alike and near each other, and in single frames a network takes one for the
other: the whole leg, or foot and shank alone. Before and after the joints go on as they went, so that the
curve through the frames around tells which is which. Where it does not tell clearly, nothing is changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack

GROUPS: Final = (("hip",), ("knee",), ("ankle", "heel", "foot_index"))
"""Joints of a leg that are mixed up together: those that lie together."""
LONGEST: Final = 2
"""Frames in a row that are set right, at most: more are no slip, and what is around tells too little."""
CLEARER: Final = 0.4
"""What the exchanged joints are off the curve of their neighbours, as a share of what they are off as
marked, under which they are exchanged. Of legs marked right it is 0.9 and more in made runs at 30 frames a
second, 1.5 and more at 60 and in a film of 80 frames: half of the least."""
LEAST: Final = 0.08
"""How far off they must be as marked, trunk lengths: nearer, legs that cross are as good either way.

Of made runs with every twelfth frame mixed up so many stay so, for knees that pass each other: 12 of 100 at
30 frames a second, 6 at 60, 3 at 120. Of a longer stretch that is the other way round a frame or two at its
edges may be exchanged. Of 7,474 frames of measured runners, at the same rates, none is.
"""


class Named(NamedTuple):
    """A track whose legs are named as their neighbours have them, and (n,) where that changed it."""

    track: PoseTrack
    frames: Bools


def set_right(track: PoseTrack) -> Named:
    """Return a track without frames in which parts of the legs are the wrong way round.

    Parameters
    ----------
    track : PoseTrack
        Of a run from the front or from behind.
    """
    trunk = _length(track.middle("shoulder") - track.middle("hip"))
    known = np.flatnonzero(np.isfinite(trunk))
    changed = np.zeros(len(trunk), dtype=bool)
    if not len(known):
        return Named(track, changed)
    trunk = np.interp(np.arange(len(trunk)), known, trunk[known])  # who comes nearer grows
    xy = track.xy.copy()
    for parts in GROUPS:
        seen = [part for part in parts if f"left_{part}" in track.names]
        left, right = (
            np.array([track.names.index(f"{side}_{part}") for part in seen], np.int64) for side in SIDES
        )
        mixed = np.flatnonzero(_mixed(xy[:, left], xy[:, right], trunk))[:, None]
        xy[mixed, left], xy[mixed, right] = xy[mixed, right], xy[mixed, left]
        changed[mixed] = True
    return Named(replace(track, xy=xy) if changed.any() else track, changed)


def _mixed(left: Array, right: Array, trunk: Array) -> Bools:
    """Return (n,) in which frames two sides, (n, k, 2) px, are exchanged; the clearest first."""
    found = [
        (float(gain[i]), i + 2, length)
        for length in range(1, LONGEST + 1)
        for gain in [_gains(left, right, length, trunk)]
        for i in np.flatnonzero(gain).tolist()
    ]
    mixed = np.zeros(len(left), dtype=bool)
    for _, start, length in sorted(found, reverse=True):
        # The frames around have told it: they are not themselves mixed up.
        if not mixed[start - 2 : start + length + 2].any():
            mixed[start : start + length] = True
    return mixed


def _gains(left: Array, right: Array, length: int, trunk: Array) -> Array:
    """Return by how much so many frames in a row fit better exchanged, px, for every start from the third on.

    0 where they are not to be exchanged.
    """
    starts = np.arange(2, len(left) - length - 1)[:, None]
    inside, around = np.arange(length), np.array([-2, -1, length, length + 1])
    weights = _through(around, inside)
    ways = [np.einsum("fk,mkjc->mfjc", weights, side[starts + around]) for side in (left, right)]
    here = [side[starts + inside] for side in (left, right)]
    marked, exchanged = (
        (_length(here[0] - ways[first]) + _length(here[1] - ways[1 - first])) / 2 for first in (0, 1)
    )
    seen = np.isfinite(marked + exchanged)
    count = np.maximum(seen.sum(axis=2), 1)
    before, after = (np.where(seen, off, 0.0).sum(axis=2) / count for off in (marked, exchanged))
    clear = (after < CLEARER * before) & (before > LEAST * trunk[starts])
    return np.where(clear.all(axis=1), (before - after).mean(axis=1), 0.0)


def _through(known: NDArray[np.int64], wanted: NDArray[np.int64]) -> Array:
    """Return (f, 4) weights of a cubic through four frames, at others (Lagrange)."""
    out = np.ones((len(wanted), len(known)))
    for k, at in enumerate(known):
        for other in np.delete(known, k):
            out[:, k] *= (wanted - other) / (at - other)
    return out


def _length(way: Array) -> Array:
    return np.asarray(np.hypot(way[..., 0], way[..., 1]))
