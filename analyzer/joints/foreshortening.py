"""How much a view shortens what lies along the lane, by the legs: a thigh or shank keeps its length.

Upright, a link is seen whole; swung forward or back, what it reaches along the lane is seen shortened by the
cosine of the view angle. Over a stride both are seen, so that the legs tell the angle with neither a focal
length nor a length of the body.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack
from analyzer.signals.likelihood import weighed

OWN_SD: Final = 0.04
"""What legs that do not swing in one plane, and joints that are marked beside them, make of the logarithm.

Of ten measured runners' markers and four drawn bodies, seen at 0 to 60 degrees, 0.02 and 0.04."""
NETWORK_SHORT: Final = 0.055
"""How much less stretch the network's legs tell: it marks folded legs too short. 0.07 on the sample, seen
square, 0.06 and 0.04 on a drawn body seen at 30 and 45 degrees; on another, left out, 0.04 and 0.03."""
LEAST: Final = -0.3
"""Logarithm of the least stretch that is looked for: below 0 there is error alone."""
MOST: Final = 1.3
"""...and of the largest: 74 degrees."""
_STEP: Final = 0.02
_AT_ONCE: Final = 16
"""Stretches that are tried at once: their numbers for every frame fit into a processor's cache."""
_LINKS: Final = (("hip", "knee"), ("knee", "ankle"))
_ASIDE: Final = 0.15
"""Most by which the lower end of a link may lie aside of the upper one all along, leg links."""
_ROUNDS: Final = 4
"""Rounds in which that settles."""
_MEMORY_S: Final = 0.12
"""Time, s, for which what a link errs by goes on: a quarter of a stride."""
_FEWEST: Final = 24
"""Sightings of a link from which it tells anything."""
_NOTHING: Final = 1e-12
"""Squares of a link's length, below which there is no link, or none that changes: joints that stand still."""


class Shortened(NamedTuple):
    """Logarithm of how many times longer than it looks a reach along the lane is, and its standard error."""

    log: float = 0.0
    sd: float = np.inf

    def worse(self, log: Array) -> Array:
        """Return how much less likely, in logarithms, each logarithm is than the one that was found."""
        return np.asarray(((np.minimum(log, MOST) - self.log) / self.sd) ** 2 / 2)


def by_legs(pose: PoseTrack, xy: Array) -> Shortened:
    """Return by how much the legs' reach along the image is shortened.

    Parameters
    ----------
    pose : PoseTrack
    xy : (n, k, 2)
        Its joints where an upright body has one size all along, in any unit.
    """
    links = []
    for side in SIDES:
        for upper, lower in _LINKS:
            way = pose.joint(f"{side}_{lower}", xy) - pose.joint(f"{side}_{upper}", xy)
            way = way[np.isfinite(way).all(axis=1) & way.any(axis=1)]  # joints of one place are no link
            if len(way) >= _FEWEST:
                links.append(way)
    if not links:
        return Shortened()
    unit = float(np.median(np.hypot(*np.concatenate(links).T)))
    logs = np.arange(LEAST, MOST + _STEP / 2, _STEP)
    parts = np.split(np.exp(2 * logs), range(_AT_ONCE, len(logs), _AT_ONCE))
    misfit = np.concatenate([sum(_misfit(way / unit, part) for way in links) for part in parts])
    best = int(np.argmin(misfit))
    if misfit.max() < _NOTHING:  # no stretch is worse than another: the links do not change
        return Shortened()
    looks = sum(map(len, links)) / (1 + _MEMORY_S * pose.fps)
    # How much worse than the best each stretch explains the links, in squares of their scatter.
    worse = (misfit / max(misfit[best], _NOTHING**2) - 1) * looks
    likely = weighed(-worse / 2)
    mean = likely.mean(logs)
    sd = float(np.hypot(likely.about(logs, mean), OWN_SD))
    return Shortened(mean + (NETWORK_SHORT if pose.kind == "network" else 0.0), sd)


def _misfit(way: Array, square: Array) -> Array:
    """Return the squares by which a link (n, 2) changes its length, weighted by how surely each is seen.

    Parameters
    ----------
    way : (n, 2)
        From the link's upper end to its lower one.
    square : (m,)
        Squares of how many times longer the reach along the image may be than it looks.

    Returns
    -------
    (m,)
    """
    high = way[:, 1] ** 2
    aside = np.zeros_like(square)
    for _ in range(_ROUNDS):
        reach, length, sure = _seen(way[:, 0], high, square, aside)
        # The line of length against how it changes with what lies aside: what slope is left is still aside.
        change = reach / length
        total, first = sure.sum(axis=1), _sum(sure, change)
        spread = _sum(sure, change, change) - first**2 / total
        more = _sum(sure, change, length) - first * _sum(sure, length) / total
        aside = np.clip(aside + more / np.maximum(spread, _NOTHING), -_ASIDE, _ASIDE)
    _, length, sure = _seen(way[:, 0], high, square, aside)
    off = length - (_sum(sure, length) / sure.sum(axis=1))[:, None]
    return _sum(sure, off, off)


def _seen(along: Array, high: Array, square: Array, aside: Array) -> tuple[Array, Array, Array]:
    """Return stretched reach, length, and how surely it is seen, (m, n) each."""
    along = along - aside[:, None]
    reach = square[:, None] * along
    length = np.maximum(high + reach * along, _NOTHING)
    # An error of a joint counts in the length by the way that the link points.
    return reach, np.sqrt(length), length / np.maximum(high + reach**2, _NOTHING)


def _sum(*factors: Array) -> Array:
    """Return the sum over each row of the products of some (m, n)."""
    return np.asarray(np.einsum(",".join(["mn"] * len(factors)) + "->m", *factors))
