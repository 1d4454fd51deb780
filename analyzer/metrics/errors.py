"""How sure each number is: the run is changed within its own errors and measured again.

What is changed in each copy, as it is wrong in each clip: landmark noise, correlated from frame to
frame and from joint to joint, and filtered like the data; a constant offset of every landmark from its
joint, and one that comes and goes with the stride, as a network marks a bent or hidden joint elsewhere than
a straight or open one, most of it alike in both rendered bodies; the joints' distance from the image plane,
which shifts them when seen at an angle; event times, partly alike in all steps; the scale; the length of
the leg.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from scipy.signal import lfilter

from analyzer import ankles, signals
from analyzer.data import Array, Motion, Step
from analyzer.kinematics import COM_CUTOFF_HZ, jitter, rebuild, smooth
from analyzer.metrics.gates import SLIDES
from analyzer.metrics.spec import Metric, Run
from analyzer.skeleton import JOINTS, SIDES, Side, other

COPIES: Final = 48
"""So many that the standard error itself is known to a tenth."""
BATCH: Final = 12
"""Copies made together: many are fast, few save memory on long clips."""
SEED: Final = 20240607
SHARED_EVENT_ERROR: Final[dict[str, float]] = {"flow": 0.8}
"""Share of an event time's variance that is alike in all steps: the contact model's own misfit; 0.5 for the
rest.

Where the picture of the foot tells, what is left to chance scatters by 0.5 ms at touchdown and 1.4 ms at
toe-off in eight clips of two rendered bodies; the rest of the error is how this shoe lands and leaves. Of
events timed by the ankles alone it is known and larger, see ``ankles``.
"""
SHARED_EVENT_REST: Final = 0.5
DEPTH_OF_LEG: Final[dict[str, float]] = {
    "elbow": 0.06, "wrist": 0.12, "pinky": 0.15, "index": 0.15,
    "ankle": 0.04, "heel": 0.04, "foot_index": 0.04,
}  # fmt: skip
"""How far a joint is off its place in depth, leg lengths: seen obliquely it shifts forward or back.

0.02 for the rest. Elbows are held away from the body, the forearm crosses it, and feet stand as wide as the
athlete likes: 0.17 +- 0.04 m apart at full speed (18 sprinters, Ito 2006).
"""
WIDE_START: Final = 4.0
"""So many times further off are feet of somebody who leans as out of blocks: 0.39 +- 0.07 m apart there."""
UPRIGHT_DEG, FROM_BLOCKS_DEG = 9.0, 45.0
DEPTH_REST: Final = 0.02
WIDTH_SD: Final = 0.12
"""Relative error of the assumed distances of hips and shoulders from the midline."""
KINK: Final = 0.2
"""Share of what the low-pass takes off an angle at an end of contact that a second pass takes; 0.8 of a peak.

The leg turns sharply there. The spectrum of a kink falls with the square of the frequency: 0.25 with a filter
of fourth order; on the true joints of two drawn bodies angles at toe-off have 0.15 to 0.25.
"""
LEG_SD: Final = 0.04
"""Relative error of the leg length when the clip has no scale."""
LEG_OF_STATURE_SD: Final = 0.025
"""And when it is taken from the stature: legs differ between people of one height (ANSUR II: 0.023)."""
HIDDEN_ARM: Final[dict[str, float]] = {"elbow": 1.3, "wrist": 1.6, "pinky": 2.0, "index": 2.0}
"""How much larger the far arm's random errors are than its jitter tells: behind the body they come in bursts,
which pass for movement."""
HABIT_FILE: Final = Path(__file__).with_name("habit.csv")
"""What the network marks wrong alike in both rendered bodies: a course over the stride, thousandths of a leg.

The mean over the twelve plain clips of two rendered bodies of the tuning set, after all that is taken out of
its marks (``python -m validation.habit``). Of what repeats with the stride three quarters are common to both
bodies. Whether real people share it is not known, so it is not taken out: each copy has it that many times
as one normal number says.
"""
POSTURE_OF_LEG: Final[dict[str, tuple[float, float]]] = {
    "shoulder": (0.004, 0.005), "elbow": (0.003, 0.006), "wrist": (0.004, 0.006), "hip": (0.007, 0.008),
    "knee": (0.004, 0.003), "ankle": (0.004, 0.003), "heel": (0.006, 0.006), "foot_index": (0.006, 0.006),
    "index": (0.005, 0.008), "pinky": (0.005, 0.009),
}  # fmt: skip
"""How far a landmark wanders about its joint with the stride beside that, near and far, leg lengths (RMS).

First and second harmonic of the own stride in what is left of those clips: 0.003 to 0.005, 0.007 at the far
hand; hips and feet have more room, for errors that change too slowly to show as jitter. It is the same in
every stride, so that averaging steps does not remove it, and in every clip of one athlete from one side: four
each of both bodies from both sides differ by 0.67 of its variance, no more than the 0.70 that noise within
the clips makes (the noise of copies: 1.2).
"""
POSTURE_REST: Final = 0.003
OVERTONES: Final = (1.0, 1.0, 0.8, 0.6)
"""How large its harmonics are, from the stride's own on, those of the table being 1."""
Together = tuple[str, bool, dict[str, tuple[float, float]]]
"""What a network marks wrong as one: along x, y or both; whether both sides go together or each by itself;
and how far each part, near and far, goes with it (a correlation, its sign the way)."""
TOGETHER: Final[tuple[Together, ...]] = (
    ("x", True, {"shoulder": (0.8, -0.8), "hip": (0.65, -0.65)}),
    ("y", True, {"shoulder": (0.5, 0.65), "hip": (0.85, 0.9)}),
    ("xy", False, {"ankle": (0.9, 0.9), "heel": (0.85, 0.85), "foot_index": (0.4, 0.4)}),
    ("xy", False, {"wrist": (0.9, 0.9), "index": (0.95, 0.95), "pinky": (0.95, 0.95)}),
)
"""Of the random errors, and of what wanders with the stride beside the habit.

A trunk that is marked turned takes one hip forward and the other back, which leaves their middle; one marked
too high takes the whole body up. From fourteen clips of two rendered bodies: hips -0.40 forward and 0.79 up
(-0.42 and 0.75 of what wanders), shoulders -0.72 and 0.35, ankle and heel 0.68 to 0.91; hip and knee 0.1.
"""
OFFSET_ANEW: Final = 0.11
"""Share of a landmark's offset, as variance, that differs between clips of one athlete from one side.

From fourteen clips of two rendered bodies.
"""

_FEET: Final = np.array([name.endswith(("ankle", "heel", "foot_index")) for name in JOINTS])
_DEPTH: Final = np.array([DEPTH_OF_LEG.get(name.partition("_")[2], DEPTH_REST) for name in JOINTS])


def copies(run: Run, count: int = COPIES, seed: int = SEED, *, alike: bool = True) -> list[Run]:
    """Return ``count`` runs that the clip could as well have shown; the same ones every time.

    Without ``alike``, errors that are the same in every clip of this athlete from this place are left
    out: landmark depths, scale, leg length, assumed widths, the contact model's misfit, how a landmark
    wanders with the stride, and most of where it sits.
    """
    draw = np.random.default_rng(seed)
    noise = _jitter(run)
    found: list[Run] = []
    while len(found) < count:
        found += _copies(run, min(BATCH, count - len(found)), draw, noise, float(alike))
    return found


def _jitter(run: Run) -> tuple[Array, Array]:
    """Return the landmarks' noise along x and y, m, and how alike it is from frame to frame, (k, 2) both."""
    motion = run.motion
    size, memory = (
        np.nan_to_num(found) for found in jitter(motion.time, motion.raw, markers=motion.toe_is == "ball")
    )
    whole = np.sqrt(np.mean(size**2, axis=1, keepdims=True))
    # How large it is altogether the motion knows.
    ratio = np.divide(size, whole, out=np.ones_like(size), where=whole > 0)
    if motion.toe_is == "tip":  # a network's
        ratio *= [[HIDDEN_ARM.get(name.removeprefix(f"{other(motion.near_side)}_"), 1.0)] for name in JOINTS]
    return np.nan_to_num(motion.noise_sd)[:, None] * ratio, memory


def _copies(
    run: Run, count: int, draw: np.random.Generator, noise: tuple[Array, Array], alike: float
) -> list[Run]:
    """Return a few copies, whose noise is filtered in one go."""
    motion = run.motion
    n, k, _ = motion.position.shape
    shaken = draw.standard_normal((n, k, 2 * count))
    size, memory = noise
    for axis, mixed in enumerate(_mixed(motion.near_side)):
        white = np.einsum("jk,nkc->njc", mixed, shaken[..., axis::2])
        for joint in range(k):
            kept = memory[joint, axis]
            white[0, joint] /= np.sqrt(1 - kept**2)
            grown = lfilter([np.sqrt(1 - kept**2)], [1.0, -kept], white[:, joint], axis=0)
            shaken[:, joint, axis::2] = size[joint, axis] * grown
    filtered = smooth(motion.time, shaken)
    return [
        _copy(run, draw, shaken[..., 2 * i : 2 * i + 2], filtered[..., 2 * i : 2 * i + 2], alike)
        for i in range(count)
    ]


def _copy(run: Run, draw: np.random.Generator, shaken: Array, filtered: Array, alike: float) -> Run:
    motion = run.motion
    k = motion.position.shape[1]
    # The offset is a distance: each of its two parts has half the variance.
    placed = 1.0 if alike else np.sqrt(OFFSET_ANEW)
    offset = placed * draw.standard_normal((k, 2)) * motion.offset_sd[:, None] / np.sqrt(2)
    depth = alike * draw.standard_normal(k) * _DEPTH * motion.leg_length
    # The angle of view and what is upright are wrong by the same amount all along. They are drawn from a
    # stream of their own, so that a clip without such errors has the copies it would have without this.
    (aside,) = draw.spawn(1)
    view, lean = alike * aside.standard_normal(2) * (motion.off_axis_sd_deg, _plumb_sd(run))
    tangent = np.tan(np.radians(np.nan_to_num(motion.off_axis_deg)))
    course = draw.standard_normal((2 * len(OVERTONES), k, 2)) * np.repeat(OVERTONES, 2)[:, None, None]
    for axis, mixed in enumerate(_mixed(motion.near_side)):
        course[..., axis] = course[..., axis] @ mixed.T
    course *= _posture_sd(run)[:, None] / 2
    habit = aside.standard_normal() * motion.leg_length * _habit(motion.near_side)
    habit *= motion.toe_is == "tip"  # a network's
    course += habit[1:] * _turned(run)[:, None, None]
    steady = offset + alike * (habit[0] + np.einsum("nh,hkc->nkc", _harmonics(run), course))
    height = np.nan_to_num(motion.position[..., 1])
    steady[..., 0] += tangent[:, None] * depth * _spread(motion) + np.tan(np.radians(lean)) * height
    scale = 1 + alike * draw.standard_normal() * (run.relative_sd if run.scaled else 0.0)
    position = (motion.position + steady + filtered) * scale
    raw = (motion.raw + steady + shaken) * scale
    leg_sd = LEG_OF_STATURE_SD if run.scaled else LEG_SD
    leg = motion.leg_length * (1 + alike * draw.standard_normal() * leg_sd)
    moved = replace(
        rebuild(motion, position), raw=raw, leg_length=leg, off_axis_deg=motion.off_axis_deg + view
    )
    shared = alike * draw.standard_normal(2)
    steps = tuple(_moved_step(run, step, steady, scale, shared, draw) for step in run.steps)
    hip, shoulder = run.widths * (1 + alike * WIDTH_SD * draw.standard_normal(2))
    return replace(run, motion=moved, steps=steps, widths=(float(hip), float(shoulder)))


def _plumb_sd(run: Run) -> float:
    """Return how far an upright line may seem to lean, degrees.

    Where the camera's motion is not known, how it turned is not either, and the trunk's slow course is as
    likely the camera's as the athlete's.
    """
    motion = run.motion
    if run.ground_slip <= SLIDES or not run.step_time > 0:
        return motion.plumb_sd_deg
    course = signals.low_pass(motion.time, motion.angles["trunk"], 0.5 / run.step_time)
    seen = course[np.isfinite(course)]
    return float(np.hypot(motion.plumb_sd_deg, seen.std())) if len(seen) else motion.plumb_sd_deg


def _spread(motion: Motion) -> Array:
    """Return how many times further than usual each joint may be off its place in depth, (n, k)."""
    lean = np.nan_to_num(motion.angles["trunk"])
    start = np.clip((lean - UPRIGHT_DEG) / (FROM_BLOCKS_DEG - UPRIGHT_DEG), 0, 1)
    return np.asarray(1 + (WIDE_START - 1) * start[:, None] * _FEET)


@cache
def _mixed(near: Side) -> Array:
    """Return what makes (k,) independent errors of the joints go together, along x and y: (2, k, k)."""
    alike = np.zeros((2, len(JOINTS), len(JOINTS)))
    for axes, both, parts in TOGETHER:
        for sides in (SIDES,) if both else tuple((side,) for side in SIDES):
            way = np.zeros(len(JOINTS))
            for part, (at_near, at_far) in parts.items():
                for side in sides:
                    way[JOINTS.index(f"{side}_{part}")] = at_near if side == near else at_far
            for axis in axes:
                alike["xy".index(axis)] += np.outer(way, way)
    own = 1 - np.einsum("ajj->aj", alike)
    return np.asarray(np.linalg.cholesky(alike + own[:, :, None] * np.eye(len(JOINTS))))


@cache
def _habit(near: Side) -> Array:
    """Return the mean of each joint's course and its harmonics, (9, k, 2) leg lengths."""
    with HABIT_FILE.open(encoding="utf-8", newline="") as file:
        rows = {(r["joint"], r["axis"]): list(map(float, list(r.values())[2:])) for r in csv.DictReader(file)}
    names = [name.replace(near, "near").replace(other(near), "far") for name in JOINTS]
    return np.moveaxis(np.array([[rows[name, axis] for axis in "xy"] for name in names]), -1, 0) / 1000


def _turned(run: Run) -> Array:
    """Return 1 or -1 for each harmonic (8,): the course counts from a touchdown of the near foot."""
    beside = run.steps[0].number + 1 if run.steps else 0  # of a far foot alone the near one is the next
    near = next((s.number for s in run.steps if s.side == run.motion.near_side), beside)
    return np.repeat([(-1.0) ** (m * near) for m in range(1, len(OVERTONES) + 1)], 2)


def _posture_sd(run: Run) -> Array:
    """Return how far each joint wanders with the stride (k,), m."""
    found = []
    for name in JOINTS:
        side, _, part = name.partition("_")
        near, far = POSTURE_OF_LEG.get(part, (POSTURE_REST, POSTURE_REST))
        found.append(near if side == run.motion.near_side else far)
    return run.motion.leg_length * np.array(found)


def _harmonics(run: Run) -> Array:
    """Return cosine and sine of the stride's phase and its multiples (n, 8); 0 where no stride is known."""
    time, step_time = run.motion.time, run.step_time
    known = [(s.touchdown_s, s.number) for s in run.steps if np.isfinite(s.touchdown_s)]
    if not known or not np.isfinite(step_time):
        return np.zeros((len(time), 2 * len(OVERTONES)))
    at, number = np.array(known, dtype=float).T
    count = np.interp(time, at, number)
    count += np.minimum(time - at[0], 0) / step_time + np.maximum(time - at[-1], 0) / step_time
    phase = np.pi * count
    return np.stack([f(m * phase) for m in range(1, len(OVERTONES) + 1) for f in (np.cos, np.sin)], axis=1)


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
        return np.full(2, SHARED_EVENT_ERROR.get(step.source, SHARED_EVENT_REST))
    share = (np.array(ankles.SHARED_SD) * run.step_time / (step.touchdown_sd_s, step.toe_off_sd_s)) ** 2
    return np.where(np.isfinite(share), np.minimum(share, 0.95), SHARED_EVENT_REST)


def refiltered(run: Run) -> Run:
    """Return the run with its joints filtered once more: what that takes off, the first time took too."""
    motion = run.motion
    again = rebuild(motion, smooth(motion.time, motion.position))
    com = signals.low_pass(motion.time, again.com, COM_CUTOFF_HZ)
    again = replace(again, com=com, com_velocity=signals.derivative(motion.time, com))
    return replace(run, motion=again, passes=run.passes + 1)


class Repeats(NamedTuple):
    """One metric measured again: on every copy (c, s) and on the run filtered once more (s,)."""

    copied: Array
    filtered: Array
    gain: float = 0.8

    def flattened(self, value: Array) -> float:
        """Return what the filter took off the values (s,), alike in all steps; 0 where that is not known.

        What passes a filter with gain g the second time loses g times as much as the first time.
        """
        change = self.filtered - value
        change = change[np.isfinite(change)]
        return float(change.mean()) / self.gain if len(change) else 0.0


def standard_error(value: Array, repeats: Repeats, *, floor: bool = False, ceiling: bool = False) -> Array:
    """Return the standard error of each ``value`` (s,).

    Noise not only scatters but shifts numbers such as a largest value, and a filter takes off peaks:
    the shifts that a second helping of noise and a second filtering bring count as error too. NaN where
    fewer than three copies in four have a value. With a ``floor`` (a range or scatter) noise adds in
    quadrature, so the first helping shifted more than the second; with a ``ceiling`` the same goes for what
    is missing from 1.
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
        if floor or ceiling:
            size, again = (1 - value[usable], 1 - mean) if ceiling else (value[usable], mean)
            clean = np.sqrt(np.maximum(0.0, 2 * size**2 - again**2))
            shift = np.maximum(again - size, size - clean)
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
