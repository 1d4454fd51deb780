"""Second looks: frames whose limbs do not fit between their neighbours are read again in other crops.

Where the network goes wrong depends on the crop by chance, so that a slightly different one is usually
read right. What fits best between the frames before and after is kept, whichever side is called left.
At low frame rates limbs are elsewhere a frame later; there every frame is read again, and the look that
most others agree with is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import BLAZEPOSE, SIDES
from analyzer.pose.repair import left_right

VIEWS: Final = (
    (1.08, 0.04, -8.0),
    (1.08, -0.04, 8.0),
    (1.17, 0.0, 8.0),
    (1.0, 0.0, -8.0),
    (1.25, -0.04, 0.0),
    (0.92, -0.04, 8.0),
)
"""Other crops: side and height of the centre (statures down) against the usual, and degrees of lean more."""
SLOW_S: Final = 0.025
"""Interval of frames from which their neighbours say nothing about where limbs are."""
DOUBT: Final = 0.6
"""Mean misfit, in standard deviations, from which a frame is looked at again."""
GOOD: Final = 0.4
"""Misfit, in the same unit, below which a second look is good enough and no other is taken."""
ALIKE: Final = 0.015
"""Mean distance of limbs, statures, within which the first three looks at a frame agree."""
MOST: Final = {"balanced": 0.08, "best": 0.25}
"""Share of the frames that are looked at again at most, those that fit least first.

On five rendered clips of three bodies a quarter of them takes 1.0 looks a frame more than none and brings the
joints that are more than 6 % of the height off from 0.45 to 0.35 % of all; their median does not change.
"""
LOOKS: Final = {"balanced": 3, "best": 6}
"""How often a frame is looked at again at most."""

_OUTVOTED = 0.6  # of the first look's distance to the others, below which another takes its place
_AGAINST_USUAL = 1.5  # a clip that fits less well throughout is not looked at again throughout
_WORST = 6.0
_SHORT = 0.85  # of the usual length, below which a leg's bones count as misread
_SHORTNESS = 15.0
_CHAIN: Final = {
    "legs": ("hip", "knee", "ankle", "heel", "foot_index"),
    "arms": ("elbow", "wrist", "pinky", "index", "thumb"),
}


def doubtful(time: Array, xy: Array, stature: Array, most: float) -> Bools:
    """Tell which frames (n,) fit badly between their neighbours.

    Parameters
    ----------
    time : (n,) s
    xy : (n, 33, 2) px
        NaN where not seen.
    stature : (n,) px
    most : float
        Share of the frames, see ``MOST``.
    """
    worst = doubt(time, xy, stature)
    seen = np.isfinite(stature)
    if not seen.any():
        return np.asarray(seen)
    usual, least = np.quantile(worst[seen], [0.5, 1 - most])
    return np.asarray(seen & (worst > max(DOUBT, _AGAINST_USUAL * float(usual), float(least))))


def doubt(time: Array, xy: Array, stature: Array) -> Array:
    """Return how badly frames (n,) fit between their neighbours, standard deviations; as ``doubtful``."""
    worst = np.zeros(len(time))
    if len(time) < 3:
        return worst
    for limbs in _CHAIN:
        places = left_right.places(xy, stature, limbs)
        inner = _misfit(time, places[:-2], places[1:-1], places[2:])
        if limbs == "legs":
            inner = inner + _shortness(places[1:-1], _usual(places))
        worst[1:-1] = np.fmax(worst[1:-1], inner)
    return worst


def usual_leg(xy: Array, stature: Array) -> float:
    """Return the usual length of thigh and shank, statures, over all frames."""
    return _usual(left_right.places(xy, stature, "legs"))


def enough(
    time: Array, xy: Array, stature: Array, looks: Sequence[tuple[Array, Array]], usual: float, *, slow: bool
) -> bool:
    """Tell whether no other look at a frame is needed: one fits its neighbours, or the first few agree.

    Parameters
    ----------
    time, xy, stature : as for ``doubtful``, of the frame and of those before and after it
    looks : the second looks so far
    usual : float
        As from ``usual_leg``.
    slow : bool
        The neighbours are too long ago to tell.
    """
    if len(looks) < 2 or len(time) < 3:
        return False
    tries = np.stack([xy[1], *(other for other, _ in looks)])
    for limbs in _CHAIN:
        places = left_right.places(tries, np.full(len(tries), stature[1]), limbs)
        if slow:
            apart = np.fmin(*(left_right.apart(places[1:], places[:1, ::way]) for way in (1, -1)))
            if len(looks) > 2 or not apart.max() < ALIKE:
                return False
            continue
        around = left_right.places(xy, stature, limbs)
        misfit = _each_misfit(time, around, places)
        if limbs == "legs":
            misfit = misfit + _shortness(places, usual)
        if not np.nanmin(misfit, initial=np.inf) < GOOD:
            return False
    return True


def agreed(
    xy: Array,
    confidence: Array,
    stature: Array,
    looks: Mapping[int, Sequence[tuple[Array, Array]]],
) -> None:
    """Put the looks that most others agree with into ``xy`` and ``confidence``, legs and arms apart.

    The look that is usually nearest to the others of its frame, whichever side is called left, where the
    first is clearly further from them; see docs/decisions/0007.

    Parameters
    ----------
    xy, confidence, stature, looks : as for ``better``
    """
    for limbs, chain in _CHAIN.items():
        columns = [BLAZEPOSE.index(f"{side}_{joint}") for joint in chain for side in SIDES]
        for i, others in looks.items():
            tries = np.stack([xy[i], *(other for other, _ in others)])
            places = left_right.places(tries, np.full(len(tries), stature[i]), limbs)
            apart = np.stack(
                [np.fmin(*(left_right.apart(places, p[None, ::w]) for w in (1, -1))) for p in places]
            )
            usual = np.median(apart, axis=1)
            best = int(usual.argmin())
            if usual[best] < _OUTVOTED * usual[0]:
                xy[i, columns] = others[best - 1][0][columns]
                confidence[i, columns] = others[best - 1][1][columns]


def better(
    time: Array,
    xy: Array,
    confidence: Array,
    stature: Array,
    looks: Mapping[int, Sequence[tuple[Array, Array]]],
) -> None:
    """Put the looks that fit best into ``xy`` (n, 33, 2) and ``confidence`` (n, 33), legs and arms apart.

    Parameters
    ----------
    time, xy, confidence, stature : as for ``doubtful``
    looks : frame -> other (33, 2) px and (33,) confidence read in it
    """
    for limbs, chain in _CHAIN.items():
        columns = [BLAZEPOSE.index(f"{side}_{joint}") for joint in chain for side in SIDES]
        usual = _usual(left_right.places(xy, stature, limbs))
        for _ in range(2):  # again, with neighbours that were bettered
            for i, others in sorted(looks.items()):
                if not 0 < i < len(time) - 1:
                    continue
                tries = np.stack([xy[i], *(other for other, _ in others)])
                three = slice(i - 1, i + 2)
                places = left_right.places(tries, np.full(len(tries), stature[i]), limbs)
                around = left_right.places(xy[three], stature[three], limbs)
                misfit = _each_misfit(time[three], around, places)
                if limbs == "legs":
                    misfit = misfit + _shortness(places, usual)
                if not np.isfinite(misfit).any():
                    continue
                best = int(np.nanargmin(misfit))
                if best and not misfit[best] > 0.8 * misfit[0]:
                    xy[i, columns] = others[best - 1][0][columns]
                    confidence[i, columns] = others[best - 1][1][columns]


def _each_misfit(time: Array, around: Array, places: Array) -> Array:
    """Return the misfit of each of several readings (k, 2, 3, 2) of the middle one of three frames."""
    before, after = (np.repeat(beside, len(places), axis=0) for beside in (around[:1], around[2:]))
    return _misfit(time, before, places, after)


def _misfit(time: Array, before: Array, now: Array, after: Array) -> Array:
    """Return how far limbs (m, 2, 3, 2) are from half-way between their neighbours, (m,) SDs on average.

    Whichever side is called left; NaN where nothing is known, or too long ago to tell.
    """
    gone, to_come = np.diff(time)[:-1], np.diff(time)[1:]
    share = (gone / (gone + to_come))[:, None, None, None]
    sd = left_right.scatter(gone, to_come)[:, None, None]
    straight, crossed = (left_right.apart(before, after[:, ::later]) for later in (1, -1))
    least = np.full(len(before), np.nan)
    for here, later in product((1, -1), repeat=2):
        between = before + share * (after[:, ::later] - before)
        off = np.minimum(np.hypot(*np.moveaxis(now[:, ::here] - between, -1, 0)) / sd, _WORST)
        known = np.isfinite(off).sum(axis=(1, 2))
        mean = np.where(known > 2, np.nansum(off, axis=(1, 2)) / np.maximum(known, 1), np.nan)
        one, other = (straight, crossed) if later == 1 else (crossed, straight)
        least = np.where(one < 2.0 * other, np.fmin(least, mean), least)
    return np.where((gone < left_right.NEAR_S) & (to_come < left_right.NEAR_S), least, np.nan)


def _length(places: Array) -> Array:
    """Return the longer leg's thigh and shank, (m,) statures, of knee, ankle and toe from the hips."""
    thigh = np.hypot(*np.moveaxis(places[:, :, 0], -1, 0))
    shank = np.hypot(*np.moveaxis(places[:, :, 1] - places[:, :, 0], -1, 0))
    return np.asarray(np.fmax(*(thigh + shank).T))


def _usual(places: Array) -> float:
    length = _length(places)
    return float(np.nanmedian(length)) if np.isfinite(length).any() else np.nan


def _shortness(places: Array, usual: float) -> Array:
    short = np.maximum(_SHORT - _length(places) / usual, 0.0)
    return np.asarray(_SHORTNESS * np.nan_to_num(short))
