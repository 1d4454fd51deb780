"""Where the feet stand, coarsely: step rhythm from the legs' scissoring, quiet spells of each foot.

Everything is measured in step times, so slow motion and slow cameras look alike. The rhythm comes
from how far the legs are apart, which does not care which leg is called left: it survives a tracker
that mixes them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from analyzer import signals
from analyzer.contact import Foot, Stance
from analyzer.data import Array, Motion
from analyzer.skeleton import SIDES, Side

FASTEST_STEPS_HZ: Final = 6.0
CLEAR_RHYTHM: Final = 0.25
"""Share of the legs' scissoring that one frequency must explain to be the rhythm."""
FOOT_CUTOFF: Final = 3.6
"""Low-pass of the foot, in step frequencies (15 Hz at 4.2 steps a second)."""
BODY_CUTOFF: Final = 0.36
"""Low-pass of the running speed, in step frequencies."""
SLOW: Final = 0.35
"""A standing foot is slower than this fraction of the running speed."""
LOW: Final = 0.16
"""A standing foot is lower than this many leg lengths."""


def rhythm(motion: Motion) -> tuple[float, float]:
    """Return the step time, s, and the share of the legs' scissoring that this rhythm explains.

    The squared distance between left and right knees and ankles, along the lane, beats once a step.
    A sinusoid on a parabola is fitted to it at every frequency in question; the best one wins.
    ``(nan, 0.0)`` when the legs were hardly seen.
    """
    apart = np.zeros(len(motion.time))
    for part in ("knee", "ankle"):
        gap = (motion.raw_joint(f"left_{part}") - motion.raw_joint(f"right_{part}"))[:, 0]
        apart = apart + np.minimum((gap / motion.leg_length) ** 2, 1.5)
    seen = np.isfinite(apart)
    seen[np.arange(len(seen)) % max(1, int(motion.fps / (12 * FASTEST_STEPS_HZ))) > 0] = False
    if seen.sum() < 8:
        return float("nan"), 0.0
    time, y = motion.time[seen], apart[seen]
    span = float(time[-1] - time[0])
    highest = min(FASTEST_STEPS_HZ, 0.45 * motion.fps)
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
    return 1 / float(frequencies[best]), float(share[best]) / whole


class Bounce(NamedTuple):
    """The body's rise and fall with the steps, m: first harmonic, and how much of it is noise.

    ``at_middle`` is how much higher than on average the body is in mid-stance: negative in running,
    positive in walking.
    """

    at_middle: float
    amplitude: float
    error: float


def bounce(motion: Motion, middles: Array) -> Bounce:
    """Fit the body's height with a wave of one period from mid-stance to mid-stance, and a parabola.

    Parameters
    ----------
    motion : Motion
    middles : (k,) s
        Times of mid-stance, one for each step; NaN = unknown.

    Returns
    -------
    Bounce
        NaN when fewer than three times are known or the body was hardly seen.
    """
    nothing = Bounce(*[float("nan")] * 3)
    known = np.flatnonzero(np.isfinite(middles))
    if len(known) < 3:
        return nothing
    height = motion.com[:, 1]
    if not np.isfinite(height).any():
        height = (motion.joint("left_hip") + motion.joint("right_hip"))[:, 1] / 2
    inside = (motion.time >= middles[known[0]]) & (motion.time <= middles[known[-1]]) & np.isfinite(height)
    if inside.sum() < 8:
        return nothing
    phase = 2 * np.pi * np.interp(motion.time[inside], middles[known], known.astype(float))
    drift = np.linspace(-1, 1, int(inside.sum()))
    design = np.column_stack([np.cos(phase), np.sin(phase), np.vander(drift, 3)])
    fit, *_ = np.linalg.lstsq(design, height[inside], rcond=None)
    rest = height[inside] - design @ fit
    return Bounce(
        float(fit[0]), float(np.hypot(fit[0], fit[1])), float(np.std(rest) * np.sqrt(2 / len(known)))
    )


def running_speed(motion: Motion, step_s: float) -> Array:
    """Return the (n,) forward speed of the hips over about a step, m/s; NaN where unseen."""
    left, right = motion.joint("left_hip")[:, 0], motion.joint("right_hip")[:, 0]
    both = (left + right) / 2
    hips = np.where(np.isfinite(both), both, np.where(np.isfinite(left), left, right))
    return signals.derivative(motion.time, signals.low_pass(motion.time, hips, BODY_CUTOFF / step_s))


def foot(motion: Motion, side: Side, step_s: float) -> Foot:
    """Return one foot's paths, filtered in proportion to the step time, and its noise."""
    toe, heel = motion.raw_joint(f"{side}_foot_index"), motion.raw_joint(f"{side}_heel")
    both = np.column_stack([toe, heel])
    cut = FOOT_CUTOFF / step_s
    smooth = signals.low_pass(motion.time, signals.bridge(motion.time, both, 0.16 * step_s), cut)
    speed = np.hypot(*signals.derivative(motion.time, smooth[:, :2]).T)
    sd, memory = signals.noise(motion.time, both, cut)
    seen = np.isfinite(sd)
    size = float(np.sqrt(np.mean(sd[seen] ** 2))) if seen.any() else float("nan")
    return Foot(
        side,
        toe,
        heel,
        smooth[:, :2],
        smooth[:, 2:],
        speed,
        max(size, 0.002 * motion.leg_length),
        float(np.mean(memory[seen])) if seen.any() else 0.0,
    )


def ground(feet: dict[Side, Foot]) -> float:
    """Return the height of the standing toe: the tenth percentile of both feet."""
    heights = np.concatenate([f.smooth_toe[:, 1] for f in feet.values()])
    return float(np.nanquantile(heights, 0.1)) if np.isfinite(heights).any() else 0.0


def _restlessness(motion: Motion, foot: Foot, speed: Array, level: float) -> Array:
    """How unlike standing the foot is in each frame: below 1 it is both slow and low."""
    top = np.nanmax(speed) if np.isfinite(speed).any() else np.nan
    pace = np.maximum(speed, 0.25 * top)
    low = (foot.smooth_toe[:, 1] - level) / (LOW * motion.leg_length)
    return np.asarray(np.hypot(foot.speed / (SLOW * pace), np.maximum(low, 0)))


def stances(motion: Motion, foot: Foot, speed: Array, level: float, step_s: float) -> list[Stance]:
    """Find the dips of a foot's restlessness: one for each contact."""
    rest = _restlessness(motion, foot, speed, level)
    found: list[Stance] = []
    # Few frames a step blur a standing foot into a moving one.
    frames = step_s * motion.fps
    limit = 1.0 if frames >= 25 else 1.6 if frames >= 12.5 else 2.2
    with np.errstate(invalid="ignore"):
        down = rest < limit
    for start, stop in signals.runs(down):
        middle = start + int(np.argmin(rest[start:stop]))
        found.append(Stance(foot.side, start, middle, stop, float(rest[middle])))
    shortest = 0.08 * step_s * motion.fps
    merged: list[Stance] = []
    for stance in found:
        last = merged[-1] if merged else None
        gap = slice(last.stop, stance.start) if last else slice(0, 0)
        if last and np.nanmax(rest[gap], initial=0.0) < 2 * limit and _still(foot, motion, last, stance):
            best = min(last, stance, key=lambda s: s.depth)
            merged[-1] = Stance(foot.side, last.start, best.middle, stance.stop, best.depth)
        else:
            merged.append(stance)
    return [s for s in merged if s.stop - s.start >= shortest]


def _still(foot: Foot, motion: Motion, first: Stance, second: Stance) -> bool:
    """Tell whether a foot is in the same place in two coarse stances: one contact seen as two."""
    moved = foot.smooth_toe[second.middle] - foot.smooth_toe[first.middle]
    return bool(np.hypot(*moved) < 0.15 * motion.leg_length)


def _centre(motion: Motion, stance: Stance) -> float:
    return float(motion.time[stance.start] + motion.time[stance.stop - 1]) / 2


def step_time(motion: Motion, candidates: Sequence[Stance]) -> float:
    """Typical time from one contact to the next, from the same foot's contacts where there are any."""
    strides, steps = [], []
    for side in SIDES:
        middles = sorted(_centre(motion, s) for s in candidates if s.side == side)
        strides += list(np.diff(middles))
    ordered = sorted(candidates, key=lambda s: s.middle)
    steps = [_centre(motion, b) - _centre(motion, a) for a, b in pairwise(ordered) if a.side != b.side]
    if strides:
        # A missed contact doubles an interval, so the lower middle of them.
        return float(np.quantile(strides, 0.4)) / 2
    return float(np.median(steps)) if steps else 0.25


def alternate(motion: Motion, candidates: Sequence[Stance], step_s: float) -> list[Stance]:
    """Choose the chain of contacts that best alternates in rhythm, by dynamic programming."""
    ordered = sorted(candidates, key=lambda s: s.middle)
    if not ordered:
        return []
    times = np.array([_centre(motion, s) for s in ordered])
    best = np.array([1.2 - min(s.depth, 1.0) for s in ordered])
    worth = best.copy()
    previous = np.full(len(ordered), -1)
    for j in range(len(ordered)):
        for i in range(j):
            beats = (times[j] - times[i]) / step_s
            parity = 1 if ordered[i].side != ordered[j].side else 0
            nearest = max(1 if parity else 2, 2 * round((beats - parity) / 2) + parity)
            misfit = abs(beats - nearest)
            if beats < 0.45 or (misfit > 0.6 and nearest > 1):
                continue
            score = best[i] + worth[j] - 0.8 * misfit**2 - 0.4 * (nearest - 1)
            if score > best[j]:
                best[j], previous[j] = score, i
    chain = []
    j = int(np.argmax(best))
    while j >= 0:
        chain.append(ordered[j])
        j = int(previous[j])
    return chain[::-1]
