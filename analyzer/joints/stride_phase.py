"""Which leg is which, and where in its stride the athlete is: a cycle followed through the clip.

Landmark networks mix up the legs of a runner seen from the side, most of all when they pass each other
over the ground. The difference of the two legs then changes its sign and nothing else, and half a stride
later a runner's legs have changed places too: the difference is the same with the other sign. So the
stride's phase can be followed without knowing which leg is which, by dynamic programming over a turning
phase, and tells it afterwards. The arms swing against the legs and, like most frames, vote on the names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.anthropometry import LEG_OF_STATURE, LENGTH_OF_STATURE
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack
from analyzer.data.notes import Note
from analyzer.joints import body_size

Joint = Callable[[str], Array]
"""Gives the (n, 2) path of a joint by its name, x forward and y up, in any unit."""

FASTEST_STEPS_HZ: Final = 6.0
PARTS: Final = ("knee", "ankle", "heel", "foot_index")
CHAIN: Final = ("hip", *PARTS)
"""What changes places when a network mixes up the legs."""
# Left minus right, leg lengths, first harmonic of the stride: forward (x) and up (y) amplitude of each
# part. Phase 0 is the left leg's foremost reach; the thighs are ahead of the feet by KNEE_LEAD.
REACH: Final = (0.62, 1.05, 1.05, 1.00)
LIFT: Final = (0.12, 0.42, 0.45, 0.42)
KNEE_LEAD: Final = 0.35
ARM_REACH: Final = -0.45
ARM_SCATTER: Final = 0.5
"""Left minus right wrist, leg lengths, forward: against the legs; and its scatter."""
SCATTER: Final = 0.55
"""Scatter of all parts together about the model, leg lengths, and how much of it counts at most."""
WORST: Final = 4.0
LOOKS: Final = 8.0
"""How many frames of a step err independently."""
CHANGE: Final = 0.25
"""How much one step's duration differs from the rhythm's, as a share of it."""
MIXED_UP: Final = 0.25
"""What calling the legs the other way round than the tracker costs, in each independent frame."""
SURE: Final = 0.5
"""By how much a frame must fit better with the legs exchanged before they are."""
CLEAR: Final = 0.5
"""Share of the legs' movement that a cycle must explain to be believed."""
HALVED: Final = 0.3
"""Share of the scissoring at twice the best frequency, against the best, from which the best is the stride's:
0.10 at most in runs read right, 0.8 where an oblique view makes one half of a stride wide."""
SHORTEST: Final = 2.2
"""Steps that must be in view before legs are renamed."""
_STATES: Final = 8
_FINEST: Final = 24


@dataclass(frozen=True)
class Cycle:
    """The stride's phase in every frame.

    phase : (n,) rad
        Grows by pi a step; at a multiple of 2 pi the left leg reaches foremost, half a turn later the
        right one. NaN where the legs were not seen, outside the first and last frame in which they were.
    exchanged : (n,) bool
        The tracker took the left leg for the right one.
    step_s : float
        The rhythm; NaN when there is none.
    explained : float
        Share of the legs' movement against each other that the cycle explains; 0 when there is none.
    agreement : float
        Share of the frames in which the tracker named the legs as here.
    """

    phase: Array
    exchanged: Bools
    step_s: float
    explained: float
    agreement: float


def cycle(time: Array, joint: Joint) -> Cycle:
    """Follow the stride through a clip.

    Parameters
    ----------
    time : (n,) s
    joint : callable
    """
    n = len(time)
    size = leg_length(time, joint)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = (
            np.stack([joint(f"left_{p}") - joint(f"right_{p}") for p in PARTS], axis=1) / size[:, None, None]
        )
        arms = (joint("left_wrist") - joint("right_wrist"))[:, 0] / size
    seen = np.isfinite(parts[:, :2]).all(axis=(1, 2))
    step_s, _ = rhythm(time, parts[:, :2, 0])
    nothing = Cycle(np.full(n, np.nan), np.zeros(n, dtype=bool), step_s, 0.0, 1.0)
    if not np.isfinite(step_s) or seen.sum() < 6:
        return nothing
    apart = parts.reshape(n, -1)
    rate = float(1 / np.median(np.diff(time)))
    # Frames much closer together than the legs move tell nothing new.
    every = max(1, int(step_s * rate / _FINEST))
    used = np.flatnonzero(seen)[::every]
    model = _first_model()
    path = np.zeros(0)
    for _ in range(3):
        path = _follow(time[used] / step_s, apart[used], arms[used], model, step_s * rate / every)
        model = _fit(apart[used], path, model)
    phase = np.full(n, np.nan)
    inside = slice(int(used[0]), int(used[-1]) + 1)
    phase[inside] = np.interp(time[inside], time[used], path)
    expected = _waves(phase) @ model
    as_named, other = _misfit(apart, expected)
    rest = np.where((other < as_named)[:, None], -apart, apart)[used] - expected[used]
    explained = max(0.0, 1 - float(np.nanmean(rest**2) / np.nanmean(apart[used] ** 2)))
    exchanged = np.isfinite(phase) & seen & (as_named - other > SURE)
    doubtful = np.abs(as_named - other) <= SURE
    told = np.isfinite(phase) & seen & ~doubtful
    agreement = 1 - float(exchanged[told].mean()) if told.any() else 1.0
    return Cycle(phase, exchanged, step_s, explained, agreement)


def rhythm(time: Array, apart: Array) -> tuple[float, float]:
    """Return the step time, s, and the share of the legs' scissoring that this rhythm explains.

    The squared distance between left and right joints along the lane, ``apart`` (n, m) in leg lengths,
    beats once a step, whichever leg is called left. A sinusoid on a parabola is fitted to it at every
    frequency in question; the best one wins, or its double where that explains much as well.
    ``(nan, 0.0)`` when the legs were hardly seen.
    """
    fps = float(1 / np.median(np.diff(time)))
    y = np.minimum(apart**2, 1.5).sum(axis=1)
    seen = np.isfinite(y)
    seen[np.arange(len(seen)) % max(1, int(fps / (12 * FASTEST_STEPS_HZ))) > 0] = False
    if seen.sum() < 8:
        return float("nan"), 0.0
    time, y = time[seen], y[seen]
    span = float(time[-1] - time[0])
    highest = min(FASTEST_STEPS_HZ, 0.45 * fps)
    if highest <= 1 / span:
        return float("nan"), 0.0
    frequencies = np.exp(np.arange(np.log(1 / span), np.log(highest), 0.02))
    base, _ = np.linalg.qr(np.vander(2 * (time - time[0]) / span - 1, 3))
    y = y - base @ (base.T @ y)
    whole = float(y @ y)
    if whole <= 0:
        return float("nan"), 0.0
    angle = 2 * np.pi * frequencies[:, None] * time
    waves = np.stack([np.cos(angle), np.sin(angle)])
    waves -= waves @ base @ base.T
    right = waves @ y
    (cc, cs), (_, ss) = np.einsum("iun,jun->iju", waves, waves)
    share = (ss * right[0] ** 2 - 2 * cs * right[0] * right[1] + cc * right[1] ** 2) / (cc * ss - cs**2)
    best = int(np.argmax(share))
    double = np.where(np.abs(np.log(frequencies / (2 * frequencies[best]))) < 0.06, share, 0.0)
    if double.max() > HALVED * share[best]:
        best = int(np.argmax(double))
    return 1 / float(frequencies[best]), float(share[best]) / whole


def untangle(pose: PoseTrack) -> tuple[PoseTrack, list[Note]]:
    """Give the legs of a pose track back their names where the tracker mixed them up.

    Returns
    -------
    PoseTrack
        The same object when nothing was changed.
    list of Note
    """
    needed = {f"{side}_{part}" for side in SIDES for part in CHAIN}
    if not needed <= set(pose.names):
        return pose, []
    toward = body_size.facing(pose, pose.xy)

    def joint(name: str) -> Array:
        if name not in pose.names:
            return np.full((len(pose.time), 2), np.nan)
        return pose.joint(name) * np.column_stack([toward, -np.ones_like(toward)])

    found = cycle(pose.time, joint)
    mixed = found.exchanged
    # Legs without a rhythm (somebody who stands, one step) cannot be told apart this way.
    turned = found.phase[np.isfinite(found.phase)]
    if found.explained < CLEAR or turned[-1] - turned[0] < SHORTEST * np.pi or not mixed.any():
        return pose, []
    xy, confidence = pose.xy.copy(), pose.confidence.copy()
    left = [pose.names.index(f"left_{part}") for part in CHAIN]
    right = [pose.names.index(f"right_{part}") for part in CHAIN]
    rows = np.flatnonzero(mixed)[:, None]
    for values in (xy, confidence):
        values[rows, left], values[rows, right] = values[rows, right], values[rows, left]
    share = float(mixed.sum() / np.isfinite(pose.joint("left_knee")[:, 0]).sum())
    notes = []
    if share > 0.01:
        unsure = found.agreement < 0.6
        notes.append(
            Note(
                "warning" if unsure else "info",
                "legs_exchanged",
                f"In {share:.0%} of the frames the tracker took the left leg for the right one; the stride's "
                "rhythm set them right."
                + (" Left and right may be exchanged in the whole run." if unsure else ""),
                "Film with more frames a second, closer or in better light." if share > 0.1 else "",
            )
        )
    return replace(pose, xy=xy, confidence=confidence), notes


def leg_length(time: Array, joint: Joint) -> Array:
    """Return the athlete's leg length (n,) in the unit of the joints, over about a second: pictures zoom."""
    lengths = []
    for side in SIDES:
        hip, knee, ankle = (joint(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        lengths.append(np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1))
    left, right = lengths
    chain = np.where(np.isfinite(left) & np.isfinite(right), (left + right) / 2, np.fmax(left, right))
    body = sum(LENGTH_OF_STATURE[name][0] for name in ("thigh", "shank"))
    half = max(8, round(0.5 / float(np.median(np.diff(time)))))
    out = np.full(len(time), np.nan)
    seen = np.isfinite(chain)
    for i in np.flatnonzero(seen):
        around = chain[max(0, i - half) : i + half + 1]
        out[i] = np.median(around[np.isfinite(around)])
    if seen.any():
        out = np.interp(time, time[seen], out[seen])
    return out * LEG_OF_STATURE / body


def _waves(phase: Array) -> Array:
    """Odd harmonics (..., 4): what half a stride turns into its opposite."""
    return np.stack([np.cos(phase), np.sin(phase), np.cos(3 * phase), np.sin(3 * phase)], axis=-1)


def _first_model() -> Array:
    """Coefficients (4, 8) of left minus right, x and y of each part, before anything is known."""
    model = np.zeros((4, len(PARTS), 2))
    lead = np.array([KNEE_LEAD, 0, 0, 0])
    model[0, :, 0] = np.array(REACH) * np.cos(lead)
    model[1, :, 0] = -np.array(REACH) * np.sin(lead)
    model[1, :, 1] = -np.array(LIFT)  # in the middle of the left leg's stance the right one is up
    return model.reshape(4, -1)


def _fit(apart: Array, phase: Array, before: Array) -> Array:
    """Fit the model to the frames that it explains, drawn towards what it was."""
    start = _first_model()
    as_named, other = _misfit(apart, _waves(phase) @ before)
    good = np.minimum(as_named, other) < 0.6 * WORST
    waves = _waves(phase)[good]
    target = np.where((other < as_named)[:, None], -apart, apart)[good]
    known = np.isfinite(target)
    out = start.copy()
    for k in range(apart.shape[1]):
        w, y = waves[known[:, k]], target[known[:, k], k]
        pull = 0.05 * max(len(w), 1) * np.diag([1.0, 1.0, 4.0, 4.0])
        out[:, k] = np.linalg.solve(w.T @ w + pull, w.T @ y + pull @ start[:, k])
    return out


def _misfit(apart: Array, model: Array) -> tuple[Array, Array]:
    """Return the cost of legs as named and of legs exchanged; parts that are not seen are left out."""
    known = np.isfinite(apart)
    seen = np.where(known, apart, 0.0)
    expected = np.where(known, model, 0.0)
    weight = apart.shape[-1] / np.maximum(known.sum(axis=-1), 1) / (2 * SCATTER**2)
    costs = [((seen - sign * expected) ** 2).sum(axis=-1) * weight for sign in (1, -1)]
    return tuple(-np.log(np.exp(-c) + np.exp(-WORST)) for c in costs)


def _follow(beats: Array, apart: Array, arms: Array, model: Array, frames: float) -> Array:
    """Return the phase (n,) that turns with the rhythm and explains the legs best, by dynamic programming.

    ``beats`` is the time in steps, ``frames`` the number of them a step.
    """
    states = int(max(64, _STATES * frames)) // 2 * 2
    angle = 2 * np.pi * np.arange(states) / states
    expected = _waves(angle) @ model
    weight = min(1.0, LOOKS / frames)
    as_named, other = _misfit(apart[:, None, :], expected[None])
    cost = np.minimum(as_named, other + MIXED_UP)
    swing = np.minimum((arms[:, None] - ARM_REACH * np.cos(angle)) ** 2 / ARM_SCATTER**2, 4.0)
    cost = weight * (cost + 0.125 * np.where(np.isfinite(swing), swing, 0.0))
    best = cost[0]
    back = []
    for k in range(1, len(beats)):
        gone = beats[k] - beats[k - 1]
        mean, sd = gone * states / 2, max(CHANGE * np.sqrt(gone) * states / 2, 0.3)
        low = int(max(0.0, np.floor(mean - 4 * sd)))
        turns = np.arange(low, min(int(np.ceil(mean + 4 * sd)), low + states - 1) + 1)
        before = (np.arange(states)[None] - turns[:, None]) % states
        total = best[before] + 0.5 * (((turns - mean) / sd) ** 2)[:, None]
        chosen = total.argmin(axis=0)
        back.append(turns[chosen])
        best = total[chosen, np.arange(states)] + cost[k]
    state = int(best.argmin())
    steps = []
    for turned in back[::-1]:
        steps.append(int(turned[state]))
        state = (state - steps[-1]) % states
    return (state + np.concatenate([[0], np.cumsum(steps[::-1])])) * 2 * np.pi / states
