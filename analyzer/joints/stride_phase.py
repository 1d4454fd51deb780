"""Where in its stride the athlete is, and by that which leg is which: a cycle followed through the clip.

Landmark networks mix up the legs of a runner seen from the side, most of all when they pass each other
over the ground. The difference of the two legs then changes its sign and nothing else, and half a stride
later a runner's legs have changed places too: the difference is the same with the other sign. So the
stride's phase can be followed without knowing which leg is which, by dynamic programming, and tells it
afterwards. The names are those that most frames give, and against which the arms swing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.anthropometry import LEG_OF_STATURE, LENGTH_OF_STATURE
from analyzer.body.skeleton import SIDES
from analyzer.signals.filters import frame_rate
from analyzer.signals.geometry import distance
from analyzer.signals.robust import median

Joint = Callable[[str], Array]
"""Gives the (n, 2) path of a joint by its name, x forward and y up, in any unit."""

FASTEST_STEPS_HZ: Final = 6.0
"""Steps a second beyond which no rhythm is looked for: sprinters reach 5."""
PARTS: Final = ("knee", "ankle", "heel", "foot_index")
"""The parts of a leg by whose distance to the other leg's the stride is followed."""
REACH: Final = (0.62, 1.05, 1.05, 1.00)
"""The stride's first model, from which it is fitted to the clip: amplitude of left minus right of each of
``PARTS`` in the stride's first harmonic, forward, leg lengths. Phase 0 is the left leg's foremost reach."""
LIFT: Final = (0.12, 0.42, 0.45, 0.42)
"""The same upwards, leg lengths."""
KNEE_LEAD: Final = 0.35
"""By how much the knees are ahead of the feet in phase, rad, in the same model."""
ARM_REACH: Final = -0.45
"""Amplitude of left minus right wrist, forward, leg lengths: against the legs..."""
ARM_SCATTER: Final = 0.5
"""...and its scatter, leg lengths."""
ARM_WEIGHT: Final = 0.125
"""Cost of the arms' squared deviation, in their scatter: a quarter of what one of the legs' parts would
cost."""
ARM_WORST: Final = 4.0
"""Squared deviation of the arms, in their scatter, that counts at most."""
SCATTER: Final = 0.55
"""Scatter of all parts together about the model, leg lengths."""
WORST: Final = 4.0
"""Cost of a frame at most, half of squared deviation over squared scatter: one that does not fit at all says
nothing more."""
LOOKS: Final = 8.0
"""How many frames of a step err independently."""
CHANGE: Final = 0.25
"""How much one step's duration differs from the rhythm's, as a share of it."""
MIXED_UP: Final = 0.25
"""Cost of calling the legs the other way round than the tracker, in each independent frame."""
SURE: Final = 0.5
"""By how much less a frame must cost with the legs exchanged before they are."""
DRAWN: Final = 0.05
"""Weight of the first model against each frame of the clip when the model is fitted..."""
THIRD: Final = 4.0
"""...and how many times that for the third harmonic, which is drawn to nothing."""
USED: Final = 0.6
"""Share of ``WORST`` that a frame may cost and still have its say in the model."""
CLEAR: Final = 0.5
"""Share of the legs' movement that a cycle must explain to be believed."""
HALVED: Final = 0.3
"""Share of the scissoring at twice the best frequency, against the best, from which the best is the stride's
and not the step's: 0.10 at most in runs read right, 0.8 where an oblique view widens one half of a stride."""
SAME_FREQUENCY: Final = 0.06
"""Difference of two frequencies' logarithms within which they are the same."""
FREQUENCY_STEP: Final = 0.02
"""Step of the frequencies that are tried, in their logarithm: 2 %."""
MOST_OF_RATE: Final = 0.45
"""Highest frequency that is tried, as a share of the frame rate."""
WIDEST: Final = 1.5
"""Squared distance between two legs' parts that counts at most, leg lengths squared: beyond, one of them is
misread."""
LEAST_FRAMES: Final = 6
"""Frames that must show the legs before a stride is followed; a rhythm needs two more."""
SIZE_S: Final = 0.5
"""Half of the time over which the leg's length is averaged, s: a zoom is slower, a stride faster."""
_STATES: Final = 8
"""Phases told apart for each frame of a step: they turn by an eighth of what passes between two frames."""
_AT_ONCE: Final = 128
"""Frames whose costs are worked out at once."""
_LEAST_SD: Final = 0.3
"""Scatter of the turn between two frames at least, in such phases: it must reach a neighbouring one."""
_FINEST: Final = 24
"""Frames a step that are used: frames much closer together than the legs move tell nothing new."""
_ROUNDS: Final = 3
"""Rounds of following the phase and fitting the model; it has settled by then."""


@dataclass(frozen=True)
class Cycle:
    """The stride's phase in every frame.

    phase : (n,) rad
        Grows by pi a step; at a multiple of 2 pi the left leg reaches foremost, half a turn later the
        right one. NaN before the first and after the last frame in which the legs were seen.
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
        Gives the (n, 2) path of a joint by its name, x forward and y up, in any unit; NaN = not seen.
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
    if not np.isfinite(step_s) or seen.sum() < LEAST_FRAMES:
        return nothing
    apart = parts.reshape(n, -1)
    rate = frame_rate(time)
    every = max(1, int(step_s * rate / _FINEST))
    used = np.flatnonzero(seen)[::every]
    model = _first_model()
    path = np.zeros(0)
    for _ in range(_ROUNDS):
        path = _follow(time[used] / step_s, apart[used], arms[used], model, step_s * rate / every)
        model = _fit(apart[used], path, model)
    phase = np.full(n, np.nan)
    inside = slice(int(used[0]), int(used[-1]) + 1)
    phase[inside] = np.interp(time[inside], time[used], path)
    expected = _waves(phase) @ model
    as_named, other = _misfit(apart, expected)
    residual = np.where((other < as_named)[:, None], -apart, apart)[used] - expected[used]
    explained = max(0.0, 1 - float(np.nanmean(residual**2) / np.nanmean(apart[used] ** 2)))
    exchanged = np.isfinite(phase) & seen & (as_named - other > SURE)
    doubtful = np.abs(as_named - other) <= SURE
    told = np.isfinite(phase) & seen & ~doubtful
    agreement = 1 - float(exchanged[told].mean()) if told.any() else 1.0
    return Cycle(phase, exchanged, step_s, explained, agreement)


class Rhythm(NamedTuple):
    """The step time, s, and the share of the legs' scissoring that this rhythm explains; NaN and 0 = none."""

    step_s: float
    explained: float


_NO_RHYTHM: Final = Rhythm(float("nan"), 0.0)
"""What is told of legs that were hardly seen."""


def rhythm(time: Array, apart: Array) -> Rhythm:
    """Find the rhythm of the steps without knowing which leg is which.

    The squared distance between left and right joints along the lane beats once a step, whichever leg is
    called left. A sinusoid on a parabola is fitted to it at every frequency in question; the best one wins,
    or its double where that explains much as well.

    Parameters
    ----------
    time : (n,) s
    apart : (n, m)
        Left minus right joints along the lane, leg lengths; NaN = not seen.

    Returns
    -------
    Rhythm
        NaN and 0 when the legs were hardly seen.
    """
    fps = frame_rate(time)
    y = np.minimum(apart**2, WIDEST).sum(axis=1)
    seen = np.isfinite(y)
    seen[np.arange(len(seen)) % max(1, int(fps / (12 * FASTEST_STEPS_HZ))) > 0] = False
    if seen.sum() < LEAST_FRAMES + 2:
        return _NO_RHYTHM
    time, y = time[seen], y[seen]
    span = float(time[-1] - time[0])
    highest = min(FASTEST_STEPS_HZ, MOST_OF_RATE * fps)
    if highest <= 1 / span:
        return _NO_RHYTHM
    frequencies = np.exp(np.arange(np.log(1 / span), np.log(highest), FREQUENCY_STEP))
    base, _ = np.linalg.qr(np.vander(2 * (time - time[0]) / span - 1, 3))
    y = y - base @ (base.T @ y)
    whole = float(y @ y)
    if whole <= 0:
        return _NO_RHYTHM
    angle = 2 * np.pi * frequencies[:, None] * time
    waves = np.stack([np.cos(angle), np.sin(angle)])
    waves -= waves @ base @ base.T
    right = waves @ y
    (cc, cs), (_, ss) = np.einsum("iun,jun->iju", waves, waves)
    share = (ss * right[0] ** 2 - 2 * cs * right[0] * right[1] + cc * right[1] ** 2) / (cc * ss - cs**2)
    best = int(np.argmax(share))
    twice = np.abs(np.log(frequencies / (2 * frequencies[best]))) < SAME_FREQUENCY
    double = np.where(twice, share, 0.0)
    if double.max() > HALVED * share[best]:
        best = int(np.argmax(double))
    return Rhythm(1 / float(frequencies[best]), float(share[best]) / whole)


def leg_length(time: Array, joint: Joint) -> Array:
    """Return the athlete's leg length (n,) in the unit of the joints, over about a second: cameras zoom.

    Parameters
    ----------
    time : (n,) s
    joint : callable
        Gives the (n, 2) path of a joint by its name.
    """
    lengths = []
    for side in SIDES:
        hip, knee, ankle = (joint(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        lengths.append(distance(hip, knee) + distance(knee, ankle))
    left, right = lengths
    chain = np.where(np.isfinite(left) & np.isfinite(right), (left + right) / 2, np.fmax(left, right))
    body = sum(LENGTH_OF_STATURE[name][0] for name in ("thigh", "shank"))
    half = max(8, round(SIZE_S / float(np.median(np.diff(time)))))
    out = np.full(len(time), np.nan)
    seen = np.isfinite(chain)
    for i in np.flatnonzero(seen):
        around = chain[max(0, i - half) : i + half + 1]
        out[i] = median(around[np.isfinite(around)])
    if seen.any():
        out = np.interp(time, time[seen], out[seen])
    return out * LEG_OF_STATURE / body


def _waves(phase: Array) -> Array:
    """Return odd harmonics (..., 4) of the stride: half a stride later they have the opposite sign."""
    return np.stack([np.cos(phase), np.sin(phase), np.cos(3 * phase), np.sin(3 * phase)], axis=-1)


def _first_model() -> Array:
    """Return coefficients (4, 8) of left minus right, x and y of each part, before anything is known."""
    model = np.zeros((4, len(PARTS), 2))
    lead = np.array([KNEE_LEAD, 0, 0, 0])
    model[0, :, 0] = np.array(REACH) * np.cos(lead)
    model[1, :, 0] = -np.array(REACH) * np.sin(lead)
    model[1, :, 1] = -np.array(LIFT)  # in the middle of the left leg's stance the right one is up
    return model.reshape(4, -1)


def _fit(apart: Array, phase: Array, before: Array) -> Array:
    """Fit the model (4, 8) to the frames that it explains, drawn towards the first one.

    Parameters
    ----------
    apart : (n, 8)
        Left minus right, x and y of each part, leg lengths.
    phase : (n,) rad
    before : (4, 8)
        The model by which the frames are judged and their legs named.
    """
    start = _first_model()
    as_named, other = _misfit(apart, _waves(phase) @ before)
    good = np.minimum(as_named, other) < USED * WORST
    waves = _waves(phase)[good]
    target = np.where((other < as_named)[:, None], -apart, apart)[good]
    known = np.isfinite(target)
    out = start.copy()
    for k in range(apart.shape[1]):
        w, y = waves[known[:, k]], target[known[:, k], k]
        pull = DRAWN * max(len(w), 1) * np.diag([1.0, 1.0, THIRD, THIRD])
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
    """Return the phase (n,), rad, that turns with the rhythm and explains the legs best.

    By dynamic programming over phases and frames.

    Parameters
    ----------
    beats : (n,)
        Time, in steps.
    apart : (n, 8)
        Left minus right, x and y of each part, leg lengths.
    arms : (n,)
        Left minus right wrist, forward, leg lengths.
    model : (4, 8)
        Coefficients of ``_waves``.
    frames : float
        Frames a step.
    """
    states = int(max(64, _STATES * frames)) // 2 * 2
    angle = 2 * np.pi * np.arange(states) / states
    expected = _waves(angle) @ model
    weight = min(1.0, LOOKS / frames)
    # Of all frames at once every number would be held for each phase and part.
    parts = np.array_split(apart, range(_AT_ONCE, len(apart), _AT_ONCE))
    costs = (_misfit(part[:, None, :], expected[None]) for part in parts)
    cost = np.concatenate([np.minimum(as_named, other + MIXED_UP) for as_named, other in costs])
    swing = np.minimum((arms[:, None] - ARM_REACH * np.cos(angle)) ** 2 / ARM_SCATTER**2, ARM_WORST)
    cost = weight * (cost + ARM_WEIGHT * np.where(np.isfinite(swing), swing, 0.0))
    best = cost[0]
    back = []
    for k in range(1, len(beats)):
        gone = beats[k] - beats[k - 1]
        mean, sd = gone * states / 2, max(CHANGE * np.sqrt(gone) * states / 2, _LEAST_SD)
        low = int(max(0.0, np.floor(mean - 4 * sd)))
        turns = np.arange(low, min(int(np.ceil(mean + 4 * sd)), low + states - 1) + 1)
        # Row r of the windows holds, for each phase, what was best r phases further on.
        before = np.lib.stride_tricks.sliding_window_view(np.concatenate([best, best]), states)
        total = before[-turns % states] + 0.5 * (((turns - mean) / sd) ** 2)[:, None]
        chosen = total.argmin(axis=0)
        back.append(turns[chosen])
        best = total[chosen, np.arange(states)] + cost[k]
    state = int(best.argmin())
    steps = []
    for turned in back[::-1]:
        steps.append(int(turned[state]))
        state = (state - steps[-1]) % states
    return (state + np.concatenate([[0], np.cumsum(steps[::-1])])) * 2 * np.pi / states
