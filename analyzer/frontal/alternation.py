"""How the legs take turns: the stride's rhythm and the middle of every stance.

What the legs do along the lane lies in the line of sight. But a foot that swings is lifted and one that
stands is low, and half a stride later it is the other way round: that tells which leg stands when. Legs that
are lifted unlike each other shift that to one side, so that the step from left to right seems longer than it
is; the body's fall and rise, the same for both, tells how far apart the stances are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side
from analyzer.frontal.body import Body
from analyzer.joints.stride_phase import FASTEST_STEPS_HZ
from analyzer.signals.filters import frame_rate

PARTS: Final = ("ankle", "heel", "foot_index")
"""The parts of a foot whose height is followed."""
LEAST_STRIDES: Final = 0.8
"""Strides that must fit into the clip for one to be looked for."""
MOST_OF_RATE: Final = 0.25
"""Highest frequency of strides that is tried, as a share of the frame rate."""
FREQUENCY_STEP: Final = 0.01
"""Step of the frequencies that are tried, in their logarithm."""
WINDOW: Final = 2.0
"""Strides that are looked at around an instant: in as many the harmonics do not get in each other's way."""
OWN_WINDOW: Final = 1.4
"""The same for the time of one stance."""
HARMONICS: Final = (1, 2, 3)
"""Multiples of the stride's frequency that a leg's height is made of."""
LOW_TO_MIDDLE: Final[dict[str, float]] = {"front": 0.092, "rear": 0.077}
"""From the lowest place of the first harmonic of a foot's height to the middle of its stance, strides.

Drawn sprinters have 0.010 more and measured runners over force plates, at 4 to 6.6 m/s, 0.008 less. A foot
ahead of the body is nearer to a camera in front, and so lower in the picture.
"""
MIDDLE_SD: Final = 0.022
"""Error of that between people and clips, strides: 0.006 to 0.011 by markers, 0.011 to 0.027 as a network
marks rendered feet."""
BOUNCE: Final = (1, 2)
"""Harmonics of the stride that the body's height is made of around a stance."""
SHOULDERS: Final = 1.0
"""Weight of the shoulders' height in the body's, against that of the hips: a network marks shoulders up and
down twice as evenly as hips, but these are nearer to the body's middle."""
LOWEST_WITHIN: Final = 0.15
"""How far from the stance told by the legs the body may be lowest, strides."""
SURE: Final = 0.03
"""Scatter of the two tellings of a stance, strides, from which the body's is not used: the camera shakes."""
EDGE_SD: Final = 0.06
"""What is added to it, as variance, for a stance at the very end of what was seen."""
INSIDE: Final = 0.06
"""Strides of the clip that must lie on either side of a stance."""
LEAST_LIFT: Final = 0.03
"""Scatter of the feet's heights against each other, leg lengths, under which none is lifted: runners have 0.2
and more."""
FEWEST: Final = 10
"""Frames that must show both legs."""
FEWEST_SPACED: Final = 3
"""Stances that are moved to where the body is lowest, at the least."""


@dataclass(frozen=True)
class Rhythm:
    """The stride's frequency, Hz, and the share of the legs' rise and fall in turn that it explains.

    NaN and 0 where there is none.
    """

    stride_hz: float
    explained: float


@dataclass(frozen=True)
class Middle:
    """The middle of a stance: the leg, when, and its standard error, s."""

    side: Side
    time_s: float
    sd_s: float


def height(body: Body, side: Side) -> Array:
    """Return (n,) the height of a foot over the middle of the hips, leg lengths: of its seen parts."""
    parts = np.stack([body.joint(f"{side}_{part}")[:, 1] for part in PARTS])
    seen = np.isfinite(parts).any(axis=1)
    return np.asarray(parts[seen].mean(axis=0)) if seen.any() else parts[0]


def rhythm(body: Body, *, fastest_hz: float = FASTEST_STEPS_HZ / 2) -> Rhythm:
    """Find the stride by the difference of the feet's heights: none of more than ``fastest_hz``."""
    time, apart = body.time, height(body, "left") - height(body, "right")
    seen = np.isfinite(apart)
    if seen.sum() < FEWEST:
        return Rhythm(float("nan"), 0.0)
    time, apart = time[seen], apart[seen]
    span = float(np.ptp(time))
    highest = min(fastest_hz, MOST_OF_RATE * frame_rate(body.time))
    tried = np.exp(np.arange(np.log(LEAST_STRIDES / span), np.log(max(highest, 1e-9)), FREQUENCY_STEP))
    if not len(tried):
        return Rhythm(float("nan"), 0.0)
    whole = float(((apart - apart.mean()) ** 2).sum())
    if whole <= LEAST_LIFT**2 * len(apart):
        return Rhythm(float("nan"), 0.0)
    left = [_left(time, apart, hz, (1,)) for hz in tried]
    best = float(tried[int(np.argmin(left))])
    return Rhythm(best, max(0.0, 1 - _left(time, apart, best, (1, 3)) / whole))


def _left(time: Array, y: Array, hz: float, harmonics: tuple[int, ...]) -> float:
    """Return the sum of squares that waves of a frequency leave."""
    basis = waves(time - time.mean(), hz, harmonics)
    return float(((y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]) ** 2).sum())


def waves(time: Array, hz: float, harmonics: tuple[int, ...]) -> Array:
    """Return (n, 1 + 2 k): a constant, and cosine and sine of each harmonic."""
    angle = 2 * np.pi * hz * time
    columns = [np.ones(len(time))]
    for k in harmonics:
        columns += [np.cos(k * angle), np.sin(k * angle)]
    return np.column_stack(columns)


def near(time: Array, now: float, hz: float, strides: float) -> Array:
    """Return (n,) weights around an instant: a bell of so many strides."""
    apart = (time - now) * hz / strides
    return np.where(np.abs(apart) < 0.5, np.cos(np.pi * apart) ** 2, 0.0)


def local(
    time: Array,
    y: Array,
    now: float,
    hz: float,
    strides: float,
    harmonics: tuple[int, ...] = HARMONICS,
    *,
    drifts: bool = False,
) -> tuple[Array, Array] | None:
    """Fit waves around an instant; return their terms, with the time from ``now``, and their covariance.

    With ``drifts`` a slope is fitted as well, the last of the terms.
    """
    weight = np.where(np.isfinite(y), near(time, now, hz, strides), 0.0)
    used = weight > 0
    basis = waves(time[used] - now, hz, harmonics)
    if drifts:
        basis = np.column_stack([basis, (time[used] - now) * hz])
    if used.sum() < basis.shape[1] + 2:
        return None
    root = np.sqrt(weight[used])
    normal = (basis * weight[used, None]).T @ basis + 1e-6 * weight[used].sum() * np.eye(basis.shape[1])
    inverse = np.linalg.inv(normal)
    terms = inverse @ (basis * weight[used, None]).T @ y[used]
    residual = y[used] - basis @ terms
    spare = max(int(used.sum()) - basis.shape[1], 1)
    noise = float(((root * residual) ** 2).sum() / weight[used].sum()) * used.sum() / spare
    spread = inverse @ (basis * weight[used, None] ** 2).T @ basis @ inverse
    return terms, noise * spread


def middles(body: Body, stride_hz: float, kind: str) -> tuple[tuple[Middle, ...], bool]:
    """Return the middle of every stance whose legs were seen, in order of time, and whether by the body.

    First the phase of both feet's heights against each other is followed through the clip; then each stance
    is timed by its own leg's height, and how far the stances are apart by the body's.

    Parameters
    ----------
    body : Body
    stride_hz : float
        The stride's frequency, Hz.
    kind : "front" or "rear"
        From where the body is seen.
    """
    found = _by_feet(body, stride_hz, LOW_TO_MIDDLE[kind])
    spaced = _spaced(body, found, stride_hz)
    return (found, False) if spaced is None else (spaced, True)


def _spaced(body: Body, found: tuple[Middle, ...], stride_hz: float) -> tuple[Middle, ...] | None:
    """Move stances to where the body is lowest, all by the same from there to where the legs tell them.

    None where the two do not go together.
    """
    height = body.hips[:, 1] + SHOULDERS * body.middle("shoulder")[:, 1]
    lowest = np.array([_lowest(body.time, height, m.time_s, stride_hz) for m in found])
    late = np.array([m.time_s for m in found]) - lowest
    known = np.isfinite(late)
    if known.sum() < FEWEST_SPACED:
        return None
    sides = [np.array([m.side == side for m in found]) & known for side in SIDES]
    if not all(side.any() for side in sides):
        return None
    means = [float(late[side].mean()) for side in sides]
    within = np.concatenate([late[side] - mean for side, mean in zip(sides, means, strict=True)])
    if float(np.std(within)) * stride_hz > SURE:
        return None
    usual = sum(means) / 2
    out = [
        replace(m, time_s=float(low + usual)) if np.isfinite(low) else m
        for m, low in zip(found, lowest, strict=True)
    ]
    return tuple(out)


def _lowest(time: Array, height: Array, now: float, stride_hz: float) -> float:
    """Return when the body is lowest near an instant, s."""
    found = local(time, height, now, stride_hz, OWN_WINDOW, BOUNCE, drifts=True)
    if found is None:
        return float("nan")
    apart = np.linspace(-LOWEST_WITHIN, LOWEST_WITHIN, 601) / stride_hz
    curve = waves(apart, stride_hz, BOUNCE) @ found[0][: 1 + 2 * len(BOUNCE)]
    best = int(np.argmin(curve))
    return now + float(apart[best]) if 0 < best < len(apart) - 1 else float("nan")


def _by_feet(body: Body, stride_hz: float, low_to_middle: float) -> tuple[Middle, ...]:
    time = body.time
    feet = {side: height(body, side) for side in SIDES}
    apart = feet["left"] - feet["right"]
    seen = np.isfinite(apart)
    when = np.arange(time[seen][0], time[seen][-1], 1 / (16 * stride_hz))
    phases = []
    for now in when:
        found = local(time, apart, float(now), stride_hz, WINDOW)
        # Phase 0 where the left foot is lowest against the right one.
        phases.append(np.nan if found is None else np.arctan2(found[0][2], -found[0][1]))
    phase = np.array(phases)
    known = np.isfinite(phase)
    if known.sum() < 2:
        return ()
    when, phase = when[known], np.unwrap(phase[known])
    phase = np.maximum.accumulate(phase)
    first, last = np.ceil(phase[0] / np.pi - 0.2), np.floor(phase[-1] / np.pi + 0.2)
    out = []
    for half in np.arange(first, last + 1):
        side = SIDES[int(half) % 2]
        guess = float(np.interp(half * np.pi, phase, when))
        if half * np.pi < phase[0]:
            guess -= (phase[0] - half * np.pi) / (2 * np.pi * stride_hz)
        if half * np.pi > phase[-1]:
            guess += (half * np.pi - phase[-1]) / (2 * np.pi * stride_hz)
        middle = _middle(time, feet[side], side, guess, stride_hz, low_to_middle)
        if middle is not None and _inside(middle.time_s, time[seen], stride_hz):
            out.append(middle)
    return tuple(out)


def _inside(when: float, time: Array, stride_hz: float) -> bool:
    margin = INSIDE / stride_hz
    return bool(time[0] + margin <= when <= time[-1] - margin)


def _middle(
    time: Array, y: Array, side: Side, guess: float, stride_hz: float, low_to_middle: float
) -> Middle | None:
    """Time one stance by its own foot's height."""
    now = guess
    for _ in range(3):
        found = local(time, y, now, stride_hz, OWN_WINDOW)
        if found is None:
            return None
        terms, spread = found
        late = float(np.arctan2(-terms[2], -terms[1]))
        now += late / (2 * np.pi * stride_hz)
        if abs(now - guess) > 0.25 / stride_hz:
            return None
    size = float(np.hypot(terms[1], terms[2]))
    fit = float(np.sqrt(max(spread[2, 2], 0.0)) / max(size, 1e-9) / (2 * np.pi))
    seen = time[np.isfinite(y)]
    inside = float(min(now - seen[0], seen[-1] - now)) * stride_hz
    edge = EDGE_SD * max(0.0, 1 - inside / (OWN_WINDOW / 2))
    sd = float(np.linalg.norm([fit, MIDDLE_SD, edge])) / stride_hz
    return Middle(side, now + low_to_middle / stride_hz, sd)
