"""Left and right put right: one consistent assignment over the clip, for legs and arms apart.

A network that sees each frame for itself mixes up the legs of a runner seen from the side now and
then, most often where they cross. Limbs move smoothly and bones keep their length; the labelling that
fits both best over the whole clip, at the price of every frame that is changed, is found by dynamic
programming.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import BLAZEPOSE, SIDES

_CHAINS: Final = {
    "legs": (("hip", "knee"), ("ankle", "heel", "foot_index")),
    "arms": (("elbow",), ("wrist", "pinky", "index", "thumb")),
}
_ROOT: Final = {"legs": "hip", "arms": "shoulder"}

# What it costs to swap the upper or the lower part of both limbs, in the unit of squared misfits (noise SDs).
_CHANGE = 130.0  # a second of it; a frame costs this times its interval, within the two bounds below
_CHEAPEST = 0.8  # a frame at least
_DEAREST = {"legs": 1.2, "arms": 2.0}  # a frame at most; hidden arms are read worse than legs
_NOISE = 0.02  # statures: how far a joint may be from where it was going, at short intervals
_PUSH = 120.0  # statures/s²: how hard limbs are accelerated, which is what widens that at long intervals
_WORST = 10.0  # a misfit counts at most so many squared noise SDs: the rest is a bad landmark
_TEAR = 50.0  # statures/s²: half the acceleration of a limb thrown hard
_TORN_SD = 3.5
NEAR_S: Final = 0.05
"""Frames further apart say nothing about each other's tears."""
_BONE = 0.06  # statures: how much the picture of a bone changes its length within a labelling's error


@dataclass(frozen=True)
class Repair:
    """What was done: ``xy`` (n, 33, 2), ``confidence`` (n, 33) and the frames changed, (n,) each."""

    xy: Array
    confidence: Array
    legs: Bools
    arms: Bools


def repair(time: Array, xy: Array, confidence: Array, stature: Array) -> Repair:
    """Find the assignment of left and right that moves most smoothly.

    Parameters
    ----------
    time : (n,) s
    xy : (n, 33, 2) px
        NaN where not seen.
    confidence : (n, 33)
    stature : (n,) px
        Standing height in each frame; NaN where the athlete is not in view.
    """
    xy, confidence = xy.copy(), confidence.copy()
    changed = {}
    for name, (upper, lower) in _CHAINS.items():
        states, torn = _assign(time, xy, stature, name)
        for joints, column in ((upper, 0), (lower, 1)):
            for joint in joints:
                left, right = (BLAZEPOSE.index(f"{side}_{joint}") for side in SIDES)
                swap = states[:, column]
                for data in (xy, confidence):
                    data[swap, left], data[swap, right] = data[swap, right].copy(), data[swap, left].copy()
        changed[name] = np.asarray(states.any(axis=1))
        _leave_out_torn(time, xy, confidence, stature, name, torn)
    return Repair(xy, confidence, changed["legs"], changed["arms"])


_STATES: Final = tuple(product((False, True), repeat=2))
"""Keep or swap the upper and the lower part of both limbs."""


def _assign(time: Array, xy: Array, stature: Array, limbs: str) -> tuple[Bools, NDArray[np.intp]]:
    """Find which parts of the limbs are the other way round, and where they are not limbs at all.

    Returns
    -------
    (n, 2) bool
        Swap the upper, swap the lower part.
    (m,) int
        Torn frames.
    """
    root = _ROOT[limbs]
    frames = np.flatnonzero(np.isfinite(stature) & np.isfinite(_pair(xy, root)).all(axis=(1, 2)))
    out = np.zeros((len(xy), 2), dtype=bool)
    if len(frames) < 3:
        return out, np.zeros(0, dtype=int)
    relative = places(xy, stature, limbs)[frames]
    bad = _torn(time[frames], relative)
    torn, frames, relative = frames[bad], frames[~bad], relative[~bad]
    if len(frames) < 3:
        return out, torn
    # In each state, the (frames, 2 sides, 3 joints, 2) places of knee, ankle and toe, or their like.
    placed = np.stack(
        [
            np.stack([relative[:, :: -1 if s else 1, k] for k, s in enumerate((up, low, low))], axis=2)
            for up, low in _STATES
        ]
    )
    price = float(np.clip(_CHANGE * np.median(np.diff(time)), _CHEAPEST, _DEAREST[limbs]))
    unary = price * np.array([sum(state) for state in _STATES])[:, None] + _bones(placed)
    best = _viterbi(time[frames], placed, unary)
    out[frames] = np.array(_STATES)[best]
    return out, torn


def _leave_out_torn(
    time: Array, xy: Array, confidence: Array, stature: Array, limbs: str, torn: NDArray[np.intp]
) -> None:
    """Give the limbs of torn frames the sides that fit better, and set what still does not fit to NaN."""
    upper, lower = _CHAINS[limbs]
    columns = np.array([[BLAZEPOSE.index(f"{side}_{j}") for j in (upper[-1], *lower)] for side in SIDES])
    for i in torn:
        i0, i1 = int(i) - 1, int(i) + 1
        if not (i0 >= 0 and i1 < len(xy)):
            continue
        share = (time[i] - time[i0]) / (time[i1] - time[i0])
        between = (1 - share) * xy[i0][columns] + share * xy[i1][columns]
        off = np.hypot(*np.moveaxis(np.stack([xy[i][columns], xy[i][columns[::-1]]]) - between, -1, 0))
        off = np.nan_to_num(off / stature[i])
        swapped = int(np.minimum(off, 0.3).sum(axis=(1, 2)).argmin())
        if swapped:
            for data in (xy, confidence):
                data[i, columns] = data[i, columns[::-1]]
        wrong = off[swapped] > _TORN_SD * scatter(time[i] - time[i0], time[i1] - time[i])
        wrong = np.maximum.accumulate(wrong, axis=1)  # with a knee goes the foot
        xy[i, columns[wrong]], confidence[i, columns[wrong]] = np.nan, 0.0


def places(xy: Array, stature: Array, limbs: str) -> Array:
    """Return knee, ankle and toe, or elbow, wrist and index, from the hips or shoulders.

    Returns
    -------
    (n, 2 sides, 3 joints, 2) statures
    """
    upper, lower = _CHAINS[limbs]
    middle = _pair(xy, _ROOT[limbs]).mean(axis=1, keepdims=True)
    joints = [_pair(xy, joint) - middle for joint in (upper[-1], lower[0], lower[2])]
    return np.asarray(np.stack(joints, axis=2) / stature[:, None, None, None])


def _torn(time: Array, relative: Array) -> Bools:
    """Tell which of the frames (n,) fit between their neighbours neither way round.

    There the network read something else than the limbs, as half-way between both legs.
    """
    bad = np.zeros(len(time), dtype=bool)
    before, now = np.diff(time)[:-1], np.diff(time)[1:]
    share = (before / (before + now))[:, None, None, None]
    sd = scatter(before, now)
    straight, crossed = (apart(relative[:-2], relative[2:, ::later]) for later in (1, -1))
    least = np.full(len(before), np.inf)
    for here, later in product((1, -1), repeat=2):
        between = relative[:-2] + share * (relative[2:, ::later] - relative[:-2])
        off = np.hypot(*np.moveaxis(relative[1:-1, ::here] - between, -1, 0)) / sd[:, None, None]
        worst = np.sort(np.nan_to_num(off).reshape(len(off), -1), axis=1)[:, -2]
        # Half-way between both legs is where they would be if they changed places meanwhile.
        possible = (straight, crossed)[later == -1] < 2.0 * (straight, crossed)[later == 1]
        least = np.where(possible, np.minimum(least, worst), least)
    bad[1:-1] = (least > _TORN_SD) & (before < NEAR_S) & (now < NEAR_S)
    # The neighbours of a torn frame look torn as well: the worst of a row is the one.
    for i in np.flatnonzero(bad):
        around = least[max(i - 2, 0) : i + 1]
        bad[i] = least[i - 1] >= around.max()
    return bad


def scatter(before: Array, after: Array) -> Array:
    """Return how far a joint may be from half-way between its neighbours in time, SD in statures.

    ``before`` and ``after`` are the intervals to them, s.
    """
    return np.asarray(1.2 * _NOISE + _TEAR * before * after)


def apart(a: Array, b: Array) -> Array:
    """Return the (n,) mean distance of limbs from limbs."""
    return np.asarray(np.nan_to_num(np.hypot(*np.moveaxis(a - b, -1, 0))).mean(axis=(1, 2)))


def _pair(xy: Array, joint: str) -> Array:
    """Return left and right of a joint, (n, 2, 2) px."""
    return np.asarray(xy[:, [BLAZEPOSE.index(f"{side}_{joint}") for side in SIDES]])


def _bones(placed: Array) -> Array:
    """Return (states, n) misfit of the bone between the upper and the lower joint to its usual length."""
    length = np.hypot(*np.moveaxis(placed[:, :, :, 1] - placed[:, :, :, 0], -1, 0))
    usual = np.nanquantile(length[0], 0.6)
    # A bone seen from its end is short, so only one that is too long speaks against a labelling.
    over = np.maximum(length - 1.15 * usual, 0.0) / _BONE
    return np.asarray(np.nansum(np.minimum(over**2, _WORST), axis=2))


def _viterbi(time: Array, placed: Array, unary: Array) -> Array:
    """Return the (n,) states with the least misfit of unary terms and of motion going straight on."""
    count, n = unary.shape
    step = np.diff(time)
    # State of a pair of frames (a, b); the third is judged against the line through both.
    score = (
        unary[:, 0][:, None]
        + unary[:, 1][None]
        + 0.5 * _misfit(placed[:, None, 0], placed[None, :, 1], float(step[0]), 6.0)
    )
    back = np.zeros((n, count, count), dtype=int)
    for i in range(2, n):
        before, now = float(step[i - 2]), float(step[i - 1])
        if before > 0.12 or now > 0.12:
            ahead = placed[None, :, i - 1]
            cost = np.broadcast_to(_misfit(ahead, placed[:, None, i], now, 6.0).T[None], (count,) * 3)
        else:
            ahead = placed[None, :, i - 1] + (placed[None, :, i - 1] - placed[:, None, i - 2]) * (
                now / before
            )
            cost = np.stack([_misfit(ahead, placed[c, i], now, 0.0, before) for c in range(count)], axis=2)
        total = score[:, :, None] + cost
        back[i] = total.argmin(axis=0)
        score = total.min(axis=0) + unary[:, i][None]
    states = np.zeros(n, dtype=int)
    states[-2], states[-1] = np.unravel_index(score.argmin(), score.shape)
    for i in range(n - 1, 1, -1):
        states[i - 2] = back[i, states[i - 1], states[i]]
    return states


def _misfit(expected: Array, seen: Array, step: float, speed: float, before: float | None = None) -> Array:
    """Return the squared misfit of limbs (..., 2, 3, 2) in noise SDs, a bad landmark counting little.

    ``speed`` (statures/s) widens the noise where only the place of one frame before is known.
    """
    sd = _NOISE * 2.4 + 0.15 * _PUSH * step * (step if before is None else (step + before) / 2) + speed * step
    squared = ((expected - seen) ** 2).sum(axis=-1) / sd**2
    return np.asarray(np.nansum(np.minimum(squared, _WORST), axis=(-1, -2)) / 3.0)
