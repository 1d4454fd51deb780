"""How sure each number is: the run is changed within its own errors and measured again.

What is changed in each copy, as it is wrong in each clip: landmark noise, correlated from frame to
frame and filtered like the data; a constant offset of every landmark from its joint, and one that comes
and goes with the stride, as a network marks a bent or hidden joint elsewhere than a straight or open one;
the joints' distance from the image plane, which shifts them when seen at an angle; event times, partly
alike in all steps; the scale; the length of the leg.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from scipy.signal import lfilter

from analyzer import ankles, signals
from analyzer.data import Array, Step
from analyzer.kinematics import COM_CUTOFF_HZ, NOISE_HZ, rebuild, smooth
from analyzer.metrics.spec import Metric, Run
from analyzer.skeleton import JOINTS

COPIES: Final = 48
"""So many that the standard error itself is known to a tenth."""
BATCH: Final = 12
"""Copies made together: many are fast, few save memory on long clips."""
SEED: Final = 20240607
SHARED_EVENT_ERROR: Final = 0.5
"""Share of an event time's variance that is alike in all steps: the contact model's own misfit.

Of events timed by the ankles alone it is known and larger, see ``ankles``.
"""
DEPTH_OF_LEG: Final[dict[str, float]] = {"elbow": 0.06, "wrist": 0.12, "pinky": 0.15, "index": 0.15}
"""How far a joint is off its place in depth, leg lengths: seen obliquely it shifts forward or back.

0.03 for the rest. Elbows are held away from the body, and the forearm crosses it.
"""
DEPTH_REST: Final = 0.03
WIDTH_SD: Final = 0.12
"""Relative error of the assumed distances of hips and shoulders from the midline."""
FILTER_GAIN: Final = 0.8
"""Gain of the low-pass at the frequencies that make a peak, about."""
LEG_SD: Final = 0.04
"""Relative error of the leg length when the clip has no scale."""
LEG_OF_STATURE_SD: Final = 0.025
"""And when it is taken from the stature: legs differ between people of one height (ANSUR II: 0.023)."""
POSTURE_OF_LEG: Final[dict[str, tuple[float, float]]] = {
    "shoulder": (0.007, 0.010), "elbow": (0.011, 0.026), "wrist": (0.009, 0.019), "hip": (0.011, 0.012),
    "knee": (0.009, 0.013), "ankle": (0.010, 0.012), "heel": (0.022, 0.027), "foot_index": (0.013, 0.013),
}  # fmt: skip
"""How far a landmark wanders about its joint with the stride, near and far, leg lengths (RMS).

First and second harmonic of the own stride in the errors of ten clips of two rendered bodies, after all
shifts are taken out. It is the same in every stride, so that averaging steps does not remove it.
"""
POSTURE_REST: Final = 0.005
OFFSET_ANEW: Final = 0.11
"""Share of a landmark's offset, as variance, that differs between clips of one athlete from one side."""
POSTURE_ANEW: Final = 0.18
"""The same for what wanders with the stride. Both from fourteen clips of two rendered bodies."""


_DEPTH: Final = np.array([DEPTH_OF_LEG.get(name.partition("_")[2], DEPTH_REST) for name in JOINTS])


def copies(run: Run, count: int = COPIES, seed: int = SEED, *, alike: bool = True) -> list[Run]:
    """Return ``count`` runs that the clip could as well have shown; the same ones every time.

    Without ``alike``, errors that are the same in every clip of this athlete from this place are left
    out: landmark depths, scale, leg length, assumed widths, the contact model's misfit, and most of
    where a landmark sits and how it wanders with the stride.
    """
    draw = np.random.default_rng(seed)
    memory = _memory(run)
    found: list[Run] = []
    while len(found) < count:
        found += _copies(run, min(BATCH, count - len(found)), draw, memory, float(alike))
    return found


def _memory(run: Run) -> float:
    """Correlation of the landmarks' noise from frame to frame, one figure for all."""
    raw = run.motion.raw
    _, correlation = signals.noise(run.motion.time, raw.reshape(len(raw), -1), NOISE_HZ)
    return float(np.nanmedian(correlation)) if np.isfinite(correlation).any() else 0.0


def _copies(run: Run, count: int, draw: np.random.Generator, memory: float, alike: float) -> list[Run]:
    """Return a few copies, whose noise is filtered in one go."""
    motion = run.motion
    n, k, _ = motion.position.shape
    noise = np.where(np.isfinite(motion.noise_sd), motion.noise_sd, 0.0)[None, :, None]
    white = draw.standard_normal((n, k, 2 * count))
    white[0] /= np.sqrt(1 - memory**2)
    jitter = noise * lfilter([np.sqrt(1 - memory**2)], [1.0, -memory], white, axis=0)
    filtered = smooth(motion.time, jitter)
    return [
        _copy(run, draw, jitter[..., 2 * i : 2 * i + 2], filtered[..., 2 * i : 2 * i + 2], alike)
        for i in range(count)
    ]


def _copy(run: Run, draw: np.random.Generator, jitter: Array, filtered: Array, alike: float) -> Run:
    motion = run.motion
    k = motion.position.shape[1]
    # The offset is a distance: each of its two parts has half the variance.
    placed, wanders = (1.0 if alike else np.sqrt(anew) for anew in (OFFSET_ANEW, POSTURE_ANEW))
    offset = placed * draw.standard_normal((k, 2)) * motion.offset_sd[:, None] / np.sqrt(2)
    depth = alike * draw.standard_normal(k) * _DEPTH * motion.leg_length
    # The angle of view and what is upright are wrong by the same amount all along. They are drawn from a
    # stream of their own, so that a clip without such errors has the copies it would have without this.
    (aside,) = draw.spawn(1)
    view, lean = alike * aside.standard_normal(2) * (motion.off_axis_sd_deg, motion.plumb_sd_deg)
    tangent = np.tan(np.radians(np.nan_to_num(motion.off_axis_deg)))
    course = wanders * draw.standard_normal((4, k, 2)) * _posture_sd(run)[:, None] / 2
    steady = offset + alike * np.einsum("nh,hkc->nkc", _harmonics(run), course)
    height = np.nan_to_num(motion.position[..., 1])
    steady[..., 0] += tangent[:, None] * depth + np.tan(np.radians(lean)) * height
    scale = 1 + alike * draw.standard_normal() * (run.relative_sd if run.scaled else 0.0)
    position = (motion.position + steady + filtered) * scale
    raw = (motion.raw + steady + jitter) * scale
    leg_sd = LEG_OF_STATURE_SD if run.scaled else LEG_SD
    leg = motion.leg_length * (1 + alike * draw.standard_normal() * leg_sd)
    moved = replace(
        rebuild(motion, position), raw=raw, leg_length=leg, off_axis_deg=motion.off_axis_deg + view
    )
    shared = alike * draw.standard_normal(2)
    steps = tuple(_moved_step(run, step, steady, scale, shared, draw) for step in run.steps)
    hip, shoulder = run.widths * (1 + alike * WIDTH_SD * draw.standard_normal(2))
    return replace(run, motion=moved, steps=steps, widths=(float(hip), float(shoulder)))


def _posture_sd(run: Run) -> Array:
    """Return how far each joint wanders with the stride (k,), m."""
    found = []
    for name in JOINTS:
        side, _, part = name.partition("_")
        near, far = POSTURE_OF_LEG.get(part, (POSTURE_REST, POSTURE_REST))
        found.append(near if side == run.motion.near_side else far)
    return run.motion.leg_length * np.array(found)


def _harmonics(run: Run) -> Array:
    """Return cosine and sine (n, 4) of the stride's phase and of twice that; 0 where no stride is known."""
    time, step_time = run.motion.time, run.step_time
    known = [(s.touchdown_s, s.number) for s in run.steps if np.isfinite(s.touchdown_s)]
    if not known or not np.isfinite(step_time):
        return np.zeros((len(time), 4))
    at, number = np.array(known, dtype=float).T
    count = np.interp(time, at, number)
    count += np.minimum(time - at[0], 0) / step_time + np.maximum(time - at[-1], 0) / step_time
    phase = np.pi * count
    return np.stack([f(m * phase) for m in (1, 2) for f in (np.cos, np.sin)], axis=1)


def _moved_step(
    run: Run, step: Step, steady: Array, scale: float, shared: Array, draw: np.random.Generator
) -> Step:
    motion = run.motion
    alike = _alike(run, step)
    errors = np.sqrt(alike) * shared + np.sqrt(1 - alike) * draw.standard_normal(2)
    touchdown = step.touchdown_s + np.nan_to_num(step.touchdown_sd_s) * errors[0]
    toe_off = step.toe_off_s + np.nan_to_num(step.toe_off_sd_s) * errors[1]
    toe = JOINTS.index(f"{step.side}_foot_index")
    middle = step.touchdown_s if np.isfinite(step.touchdown_s) else step.toe_off_s
    frame = int(np.clip(np.searchsorted(motion.time, middle), 0, len(motion.time) - 1))
    # The place is a median over the frames of the contact, neighbours of which err together.
    blur = 0.5 * motion.noise_sd[toe] * draw.standard_normal(2)
    place = (np.array(step.foot) + steady[frame, toe] + blur) * scale
    return replace(
        step,
        touchdown_s=float(touchdown),
        toe_off_s=float(toe_off),
        foot=(float(place[0]), float(place[1])),
    )


def _alike(run: Run, step: Step) -> Array:
    """Return the share of the variance of touchdown and toe-off (2,) that is alike in all steps."""
    if step.source != "ankle":
        return np.full(2, SHARED_EVENT_ERROR)
    share = (np.array(ankles.SHARED_SD) * run.step_time / (step.touchdown_sd_s, step.toe_off_sd_s)) ** 2
    return np.where(np.isfinite(share), np.minimum(share, 0.95), SHARED_EVENT_ERROR)


def refiltered(run: Run) -> Run:
    """Return the run with its joints filtered once more: what that takes off, the first time took too."""
    motion = run.motion
    again = rebuild(motion, smooth(motion.time, motion.position))
    com = signals.low_pass(motion.time, again.com, COM_CUTOFF_HZ)
    again = replace(again, com=com, com_velocity=signals.derivative(motion.time, com))
    return replace(run, motion=again)


class Repeats(NamedTuple):
    """One metric measured again: on every copy (c, s) and on the run filtered once more (s,)."""

    copied: Array
    filtered: Array

    def flattened(self, value: Array) -> float:
        """Return what the filter took off the values (s,), alike in all steps; 0 where that is not known.

        What passes a filter with gain g the second time loses g times as much as the first time.
        """
        change = self.filtered - value
        change = change[np.isfinite(change)]
        return float(change.mean()) / FILTER_GAIN if len(change) else 0.0


def standard_error(value: Array, repeats: Repeats, *, floor: bool = False) -> Array:
    """Return the standard error of each ``value`` (s,).

    Noise not only scatters but shifts numbers such as a largest value, and a filter takes off peaks:
    the shifts that a second helping of noise and a second filtering bring count as error too. NaN where
    fewer than three copies in four have a value. With a ``floor`` (a range or scatter) noise adds in
    quadrature, so the first helping shifted more than the second.
    """
    copied = repeats.copied
    enough = np.isfinite(copied).sum(axis=0) >= 0.75 * len(copied)
    out = np.full(value.shape, np.nan)
    usable = enough & np.isfinite(value)
    if usable.any():
        found = copied[:, usable]
        variance = np.nanvar(found, axis=0, ddof=1)
        mean = np.nanmean(found, axis=0)
        shift = mean - value[usable]
        if floor:
            clean = np.sqrt(np.maximum(0.0, 2 * value[usable] ** 2 - mean**2))
            shift = np.maximum(shift, value[usable] - clean)
        inflated = np.maximum(0.0, shift**2 - variance / len(copied))
        out[usable] = np.sqrt(variance + inflated + repeats.flattened(value) ** 2)
    return out


def evaluate(metric: Metric, run: Run) -> Array:
    """Return one value a step, or a single one for a metric of the whole run; NaN where there is none."""
    function = metric.function
    if function is None:
        raise ValueError(f"Metric {metric.name!r} has no function.")
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric.per_step:
            return np.array([function(run, step) for step in run.steps])  # type: ignore[call-arg]
        return np.array([function(run)])  # type: ignore[call-arg]
