"""How large the errors of a run are that its perturbed copies are drawn from: what all copies have in common.

The landmarks' noise, where the network guesses and wanders, how far joints may be off their place in depth,
what is upright, which share of an event's error all steps have. ``replicates`` draws from them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array, Indices
from analyzer.body.skeleton import JOINTS, Side, other, part_of
from analyzer.contacts.event import SHARED_SD
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.metrics.gates import SLIDES
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.network_errors import (
    HIDDEN_ARM,
    course_signs,
    hidden_knee,
    posture_sd,
    stride_harmonics,
)
from analyzer.motion.landmark_noise import jitter
from analyzer.signals import filters

SHARED_EVENT_ERROR: Final[dict[str, float]] = {"flow": 0.8}
"""Share of an event time's variance that is alike in all steps, by the event's source: the model's misfit.

Where the image of the foot times it, chance scatters it by 0.5 ms at touchdown and 1.4 ms at
toe-off in eight clips of two rendered bodies; the rest of the error is how this shoe lands and leaves. Of
events timed by the ankles alone it is known and larger, see ``contacts.ankle_fit``.
"""
SHARED_EVENT_REST: Final = 0.5
"""The same for every other source, where it is not known."""
MOST_SHARED: Final = 0.95
"""The share is never believed to be larger, so that some of the error stays each step's own."""
WIDE_START: Final = 4.0
"""So many times further off are feet of somebody who leans as out of blocks: 0.39 +- 0.07 m apart there
(18 sprinters, Ito 2006)."""
UPRIGHT_DEG: Final = 9.0
"""Trunk lean up to which feet stand as at full speed, degrees; from there on they stand wider."""
FROM_BLOCKS_DEG: Final = 45.0
"""Trunk lean from which on feet stand as wide as out of blocks, degrees."""
_FEET: Final = np.array([part_of(name) in ("ankle", "heel", "foot_index") for name in JOINTS])
"""Which joints are feet, (k,)."""


class Noise(NamedTuple):
    """The landmarks' random errors along x and y, (k, 2) both.

    size : m
    memory : correlation from frame to frame
    """

    size: Array
    memory: Array


class Known(NamedTuple):
    """What all copies of a run have in common.

    position, raw : as of the motion, time together in memory
    near : side of the body towards the camera
    errors : of the landmarks
    plumb_sd : degrees, of what is upright
    tangent : (n, 1), of the view angle
    spread : (n, k), as ``_spread`` has it
    height : (n, k) m
    harmonics : (n, 8), of the stride
    signs : (8,), of the network's habit
    hidden : (n, c) m, each time the far knee is hidden
    posture : (k,) m, how far joints wander with the stride
    shared : (s, 2), share of the variance of touchdown and toe-off that is alike in all steps
    sd : (s, 2) s, standard errors of touchdown and toe-off
    frame, toe : (s,), frame and joint that tell the place of a contact
    """

    position: Array
    raw: Array
    near: Side
    errors: Noise
    plumb_sd: float
    tangent: Array
    spread: Array
    height: Array
    harmonics: Array
    signs: Array
    hidden: Array
    posture: Array
    shared: Array
    sd: Array
    frame: Indices
    toe: Indices


def known_of(run: Run) -> Known:
    """Return what all copies of a run have in common."""
    motion, steps = run.motion, run.steps
    middle = [s.touchdown_s if np.isfinite(s.touchdown_s) else s.toe_off_s for s in steps]
    return Known(
        position=np.asfortranarray(motion.position),
        raw=np.asfortranarray(motion.raw),
        near=motion.near_side,
        errors=_noise(run),
        plumb_sd=_plumb_sd(run),
        tangent=np.tan(np.radians(np.nan_to_num(motion.view_angle_deg)))[:, None],
        spread=_spread(motion),
        height=np.asfortranarray(np.nan_to_num(motion.position[..., 1])),
        harmonics=stride_harmonics(run),
        signs=course_signs(run),
        hidden=hidden_knee(run),
        posture=posture_sd(run),
        shared=np.array([_shared(run, step) for step in steps]).reshape(-1, 2),
        sd=np.nan_to_num(np.array([(s.touchdown_sd_s, s.toe_off_sd_s) for s in steps]).reshape(-1, 2)),
        frame=np.clip(np.searchsorted(motion.time, middle), 0, len(motion.time) - 1),
        toe=np.array([JOINTS.index(f"{s.side}_foot_index") for s in steps], dtype=int),
    )


def _noise(run: Run) -> Noise:
    """Return how large the landmarks' noise is, and how long it lasts."""
    motion = run.motion
    size, memory = (
        np.nan_to_num(found) for found in jitter(motion.time, motion.raw, markers=motion.toe_is == "ball")
    )
    whole = np.sqrt(np.mean(size**2, axis=1, keepdims=True))
    # Its size altogether is the motion's; from here comes only how it is parted between x and y.
    ratio = np.divide(size, whole, out=np.ones_like(size), where=whole > 0)
    if motion.toe_is == "tip":  # a network's
        ratio *= [[HIDDEN_ARM.get(name.removeprefix(f"{other(motion.near_side)}_"), 1.0)] for name in JOINTS]
    return Noise(np.nan_to_num(motion.noise_sd)[:, None] * ratio, memory)


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
    return np.asfortranarray(1 + (WIDE_START - 1) * start[:, None] * _FEET)


def _shared(run: Run, step: Step) -> Array:
    """Return the share of the variance of touchdown and toe-off (2,) that is alike in all steps."""
    if step.source != "ankle":
        return np.full(2, SHARED_EVENT_ERROR.get(step.source, SHARED_EVENT_REST))
    share = (np.array(SHARED_SD["ankle"]) * run.step_time / (step.touchdown_sd_s, step.toe_off_sd_s)) ** 2
    return np.where(np.isfinite(share), np.minimum(share, MOST_SHARED), SHARED_EVENT_REST)
