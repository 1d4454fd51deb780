"""Other people near the athlete: squares that keep to one of two, and joints that somebody hides.

The landmark network takes the most complete body of its square for the person meant. Where another runs
beside the athlete a narrower square keeps to the one in its middle; what the other hides is not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import BLAZEPOSE, SIDES
from analyzer.pose.networks.blazepose import SIDE_OF_STATURE
from analyzer.pose.people.athlete import Person

TIGHT: Final = 0.85
"""Side of the square in a crowd, as a share of the usual one.

On a rendered clip whose joints are known, with somebody half a stature to the side of the athlete, squares of
0.8 to 0.9 kept to the athlete, those of 1.4 went over to the other.
"""
GROWN: Final = 0.1
"""Logarithm of the sizes' ratio from which a look in a crowd may hold limbs of two people."""
NEAR: Final = 0.9
"""Statures between the hips of two people, within which one's legs and arms reach the other."""
_SAME: Final = 0.2  # statures: two paths this near each other most of the time are one person's
_LONG: Final = 4.0  # times the usual from one sighting to the next, about 0.4 s
_NEARER: Final = 0.02  # statures: whose feet are lower in the picture by this is nearer to the camera
_FOOT: Final = 0.5  # statures from the hips down to the ground, about

# Half the thickness of the body's parts, statures, about as de Leva's and Clauser's girths give it.
_PARTS: Final = {
    ("shoulder", "elbow"): 0.035,
    ("elbow", "wrist"): 0.028,
    ("hip", "knee"): 0.055,
    ("knee", "ankle"): 0.038,
    ("heel", "foot_index"): 0.03,
    ("ankle", "heel"): 0.03,
}
_TRUNK: Final = 0.085
_HEAD: Final = 0.07
_MARGIN: Final = 0.02  # statures: joints of both are read with errors
_CHAINS: Final = (("hip", "knee", "ankle", "heel", "foot_index"), ("shoulder", "elbow", "wrist", "index"))
_HAND: Final = ("pinky", "index", "thumb")


def crowded(box: Array, others: Array) -> bool:
    """Tell whether the hips of others, (m, 3) boxes, are near those of the person in ``box`` (3,), px."""
    stature = box[2] / SIDE_OF_STATURE
    others = others.reshape(-1, 3)
    return bool((np.hypot(*(others[:, :2] - box[:2]).T) < NEAR * stature).any())


def near(box: Array, other: Array) -> Bools:
    """Tell in which frames (n,) two people's boxes (n, 3), px, are so near that they may overlap."""
    gap = np.hypot(*(other[:, :2] - box[:, :2]).T)
    return np.asarray(gap < NEAR * np.fmax(box[:, 2], other[:, 2]) / SIDE_OF_STATURE)


def beside(person: Person, people: Sequence[Person], n: int) -> list[Array]:
    """Return the boxes (n, 3) px of everybody else whose path comes near somebody's.

    Two paths that are never seen in the same frame are no two people, but one at two moments; and where a
    path was not seen for long its place is a guess, which hides nothing.
    """
    mine = person.boxes(n)
    seen = {s.frame for s in person.sightings}
    out = []
    for other in people:
        if other is person or seen.isdisjoint(s.frame for s in other.sightings):
            continue
        boxes = other.boxes(n)
        boxes[_unseen(other, n)] = np.nan
        if near(mine, boxes).any() and not _one(mine, boxes):
            out.append(boxes)
    return out


def _unseen(person: Person, n: int) -> Bools:
    """Tell in which frames (n,) nobody was seen on a path for far longer than usual."""
    frames = np.array([s.frame for s in person.sightings])
    gaps = np.diff(frames)
    out = np.zeros(n, dtype=bool)
    for start, gap in zip(frames, gaps, strict=False):
        if gap > _LONG * np.median(gaps):
            out[start + 1 : start + gap] = True
    return out


def joined(person: Person, people: Sequence[Person], n: int) -> Person:
    """Return somebody's path with that of ``people`` which lies on it, his own before and after that."""
    for other in people:
        if _one(person.boxes(n), other.boxes(n)):
            first, last = other.sightings[0].frame, other.sightings[-1].frame
            before = tuple(s for s in person.sightings if s.frame < first)
            return Person((*before, *other.sightings, *(s for s in person.sightings if s.frame > last)))
    return person


def _one(mine: Array, other: Array) -> bool:
    """Tell whether two paths (n, 3) lie on each other: those of two people who cross do not for long."""
    gap = np.hypot(*(other[:, :2] - mine[:, :2]).T) / mine[:, 2] * SIDE_OF_STATURE
    common = np.isfinite(gap)
    return bool(common.any() and np.quantile(gap[common], 0.9) <= _SAME)


def nearer(box: Array, other: Array) -> bool:
    """Tell whether somebody with boxes ``other`` (n, 3) px stands nearer to the camera than the athlete."""
    close = near(box, other)
    if not close.any():
        return False
    gap = np.where(close, np.hypot(*(other[:, :2] - box[:, :2]).T), np.nan)
    close &= gap >= np.nanmedian(gap)  # side by side one's size is read as the other's
    ground = [b[:, 1] + _FOOT * b[:, 2] / SIDE_OF_STATURE for b in (box, other)]
    lower = (ground[1] - ground[0])[close] / box[close, 2] * SIDE_OF_STATURE
    return bool(np.median(lower) > _NEARER)


def hidden(xy: Array, other: Array, stature: float) -> Bools:
    """Tell which joints (33,) somebody nearer to the camera hides, or were read on that one.

    They lie on the other's body. With a joint goes the rest of the limb: what the network says of a foot
    whose knee it did not see is a guess. On a rendered clip with a runner overtaken, this takes out 69 % of
    the joints that are more than 5 % of the height off, and 12 % of the others.

    Parameters
    ----------
    xy : (33, 2) px
        The athlete's joints.
    other : (33, 2) px
        The joints of somebody nearer to the camera.
    stature : float
        That one's standing height, px.
    """

    def joint(name: str) -> Array:
        return np.asarray(other[BLAZEPOSE.index(name)])

    shoulders, hips = ((joint(f"left_{j}") + joint(f"right_{j}")) / 2 for j in ("shoulder", "hip"))
    head = (joint("left_ear") + joint("right_ear")) / 2
    parts = [(shoulders, hips, _TRUNK), (head, head, _HEAD), (head, shoulders, 0.5 * _HEAD)]
    parts += [(joint(f"{s}_{a}"), joint(f"{s}_{b}"), r) for (a, b), r in _PARTS.items() for s in SIDES]
    out = np.zeros(len(xy), dtype=bool)
    for a, b, radius in parts:
        out |= _distance(xy, a, b) < (radius + _MARGIN) * stature
    for side in SIDES:
        for chain in _CHAINS:
            joints = [BLAZEPOSE.index(f"{side}_{name}") for name in chain]
            out[joints] = np.maximum.accumulate(out[joints])
        hand = [BLAZEPOSE.index(f"{side}_{name}") for name in _HAND]
        out[hand] |= out[BLAZEPOSE.index(f"{side}_wrist")]
    return out


def _distance(points: Array, a: Array, b: Array) -> Array:
    """Return how far points (k, 2) are from the straight line between two others, (k,) px."""
    along = b - a
    share = np.clip((points - a) @ along / max(float(along @ along), 1e-9), 0.0, 1.0)
    return np.asarray(np.hypot(*(points - a - share[:, None] * along).T))
