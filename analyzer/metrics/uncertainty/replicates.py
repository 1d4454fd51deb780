"""How sure each number is: the run is changed within its own errors and measured again.

What is changed in each copy, as it is wrong in each clip: landmark noise, correlated from frame to
frame and from joint to joint, and filtered like the data; a constant offset of every landmark from its
joint, and one that comes and goes with the stride, as a network marks a bent or hidden joint elsewhere than
a straight or open one, most of it alike in both rendered bodies; the joints' distance from the image plane,
which shifts them when seen at an angle; event times, partly alike in all steps; the scale; the length of
the leg.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from scipy.signal import lfilter

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, other
from analyzer.contacts.event import SHARED_SD
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.metrics.gates import SLIDES
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.network_errors import (
    HIDDEN_ARM,
    OVERTONES,
    course_signs,
    habit_course,
    mixing,
    posture_sd,
    stride_harmonics,
)
from analyzer.motion.kinematics import rebuild, smooth
from analyzer.motion.landmark_noise import jitter
from analyzer.signals import filters

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
LEG_SD: Final = 0.04
"""Relative error of the leg length when the clip has no scale."""
LEG_OF_STATURE_SD: Final = 0.025
"""And when it is taken from the stature: legs differ between people of one height (ANSUR II: 0.023)."""
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
    for axis, mixed in enumerate(mixing(motion.near_side)):
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
    for axis, mixed in enumerate(mixing(motion.near_side)):
        course[..., axis] = course[..., axis] @ mixed.T
    course *= posture_sd(run)[:, None] / 2
    habit = aside.standard_normal() * motion.leg_length * habit_course(motion.near_side)
    habit *= motion.toe_is == "tip"  # a network's
    course += habit[1:] * course_signs(run)[:, None, None]
    steady = offset + alike * (habit[0] + np.einsum("nh,hkc->nkc", stride_harmonics(run), course))
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
    course = filters.low_pass(motion.time, motion.angles["trunk"], 0.5 / run.step_time)
    seen = course[np.isfinite(course)]
    return float(np.hypot(motion.plumb_sd_deg, seen.std())) if len(seen) else motion.plumb_sd_deg


def _spread(motion: Motion) -> Array:
    """Return how many times further than usual each joint may be off its place in depth, (n, k)."""
    lean = np.nan_to_num(motion.angles["trunk"])
    start = np.clip((lean - UPRIGHT_DEG) / (FROM_BLOCKS_DEG - UPRIGHT_DEG), 0, 1)
    return np.asarray(1 + (WIDE_START - 1) * start[:, None] * _FEET)


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
    share = (np.array(SHARED_SD["ankle"]) * run.step_time / (step.touchdown_sd_s, step.toe_off_sd_s)) ** 2
    return np.where(np.isfinite(share), np.minimum(share, 0.95), SHARED_EVENT_REST)
