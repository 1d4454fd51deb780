"""The run as it could as well have been filmed: copies of it, perturbed within its own errors.

What can be wrong is drawn anew, as large as it usually is, in three parts. Of the body, the same in every
clip of an athlete from one side:

- where a landmark sits, ``Motion.offset_sd``, and where real people's joints lie under it,
  ``Motion.body_sd``, fixed in the segment;
- a network's systematic errors, ``network_errors``: they come and go with the stride, as a bent or hidden
  joint is marked elsewhere than a straight or open one; most of them are alike in both rendered bodies;
- depth, ``DEPTH_OF_LEG``: a joint off the plane of the run shifts along the lane where it is seen at an
  angle;
- leg length, ``LEG_SD`` or ``LEG_OF_STATURE_SD``; widths of hips and shoulders, ``WIDTH_SD``;
- what all contacts of the run have in common, ``SHARED_EVENT_ERROR``: how this shoe lands and leaves.

Of the clip, the same in all its steps:

- a small part of where a landmark sits, ``OFFSET_ANEW``;
- view angle, ``Motion.view_angle_sd_deg`` and ``Motion.stretch_sd``, and what is upright, ``plumb_sd``;
  scale, ``Run.relative_sd``, and how it grows along the lane, ``Motion.growth_sd``; the speed of a belt that
  was taken from the feet, ``Motion.belt_sd_mps``.

Of the step:

- landmark noise, ``_noise``: correlated from frame to frame and from joint to joint, filtered like the data;
- where the far knee is guessed behind the near leg, ``hidden_knee``, half of which is the body's;
- times and places of contacts, ``_moved_steps``: what they do not have in common.

Two copies each are of one body: what they differ by is the error of a change of the athlete's own. How large
the errors are that all copies draw from is in ``sizes``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, SIDES, other, part_of
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.network_errors import HIDDEN_ALIKE, OVERTONES, habit_course, mixing
from analyzer.metrics.uncertainty.sizes import Known, known_of
from analyzer.metrics.uncertainty.together import Together, together
from analyzer.motion.centre_of_mass import centre_of_mass
from analyzer.motion.kinematics import COM_CUTOFF_HZ, rebuild, smooth
from analyzer.signals import filters
from analyzer.signals.geometry import unit

COPIES: Final = 48
"""So many that the standard error itself is known to a tenth, its part of the body to a seventh."""
OF_A_BODY: Final = 2
"""Copies in a row that are of one body."""
BATCH: Final = 12
"""Copies whose noise is drawn together."""
TOGETHER_FRAMES: Final = 28_800
"""Frames of all copies that are measured together at most, as many as a batch of ten seconds at 240 frames a
second has: a frame of a copy takes 1.2 kB, so that they take 34 MB whatever the length of the clip."""
BATCH_FRAMES: Final = 60_000
"""Frames of all copies whose noise is drawn at once at most: of a clip of more than 5,000 frames fewer copies
are made together, so that memory does not grow with its length (docs/decisions/0020)."""
SEED: Final = 20240607
"""Of the random numbers: one run has the same standard errors every time. Any other number would do."""
DEPTH_OF_LEG: Final[dict[str, float]] = {
    "elbow": 0.06, "wrist": 0.12, "pinky": 0.15, "index": 0.15,
    "ankle": 0.04, "heel": 0.04, "foot_index": 0.04,
}  # fmt: skip
"""How far a joint is off its place in depth, leg lengths: seen obliquely it shifts forward or back.

Elbows are held away from the body, the forearm crosses it, and feet stand as wide as the athlete likes:
0.17 +- 0.04 m apart at full speed (18 sprinters, Ito 2006).
"""
DEPTH_REST: Final = 0.02
"""The same for every other joint, leg lengths."""
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
ALIKE: Final = 0.9
"""Correlation of ``Motion.body_sd`` between left and right: one body, and one network that marks it. What is
left for the difference of both sides is as large as what rendered bodies show. The same for depth, where the
sides mirror each other: feet stand as far to one side of the body's way as to the other."""
BLUR: Final = 0.5
"""Error of a foot's place on the ground, in random errors of the toe in one frame: a median over the frames
of the contact, neighbours of which err together."""

_ROWS: Final = 64
"""Frames whose numbers are put in another order at a time."""
_PARTS: Final = tuple(map(part_of, JOINTS))
"""The joints without their side."""
_LEFT, _RIGHT = (np.array([i for i, name in enumerate(JOINTS) if name.startswith(side)]) for side in SIDES)
"""The joints of either side, in the same order."""
_DEPTH: Final = np.array([DEPTH_OF_LEG.get(part, DEPTH_REST) for part in _PARTS])
"""``DEPTH_OF_LEG`` of every joint, (k,)."""


def perturbed_copies(
    run: Run, count: int = COPIES, seed: int = SEED, *, systematic: bool = True
) -> list[Run]:
    """Return runs that the clip could as well have shown; the same ones every time.

    Parameters
    ----------
    run : Run
    count : int
        How many.
    seed : int
        Of the random numbers.
    systematic : bool
        Whether to perturb what is wrong by the same amount in every clip of this athlete from this place,
        too: of the body all, of the clip view, level and scale. Without, the copies differ as such clips do.
    """
    return [copy for batch in in_batches(run, count, seed, systematic=systematic) for copy in batch.copies]


def in_batches(
    run: Run, count: int = COPIES, seed: int = SEED, *, systematic: bool = True
) -> Iterator[Together]:
    """Yield ``perturbed_copies`` as many at a time as memory allows; of a short clip all of them."""
    draw = np.random.default_rng(seed)
    known = known_of(run)
    frames = len(run.motion.time)
    most = max(1, min(BATCH, BATCH_FRAMES // frames))
    at_once = max(1, min(most, TOGETHER_FRAMES // frames))
    bodies = _bodies(run, known, seed, float(systematic))
    waiting: list[Run] = []
    for done in range(0, count, most):
        noise = _noise(known, draw, (frames, min(most, count - done)))
        while noise.shape[-1]:
            waiting += _copies(run, bodies, draw, noise[..., :at_once], known, float(systematic))
            noise = noise[..., at_once:]
            if (len(waiting) + at_once) * frames > min(TOGETHER_FRAMES, BATCH_FRAMES):
                yield _together(waiting)
        del noise  # before the next one is drawn
    if waiting:
        yield _together(waiting)


def _together(waiting: list[Run]) -> Together:
    """Return copies that are measured at once; nobody else holds them any more."""
    made = together(waiting)
    waiting.clear()
    return made


def _bodies(run: Run, known: Known, seed: int, systematic: float) -> Iterator[_Body]:
    """Yield a body for each copy, without end."""
    for number in itertools.count():
        body = _body(run, known, np.random.default_rng([seed, number]), systematic)
        yield from itertools.repeat(body, OF_A_BODY)


class _Body(NamedTuple):
    """What is wrong in the same way in every clip of an athlete from one side.

    steady : error of each joint, (n, k, 2) m, but for depth
    depth : how far each joint is off its place in depth, (k,) m
    leg : leg length against the assumed one
    widths : those of hips and shoulders against the assumed ones
    shared : errors of touchdown and toe-off that all steps have in common, in standard errors
    hidden : where the far knee is guessed whenever it is hidden, in standard errors
    """

    steady: Array
    depth: Array
    leg: float
    widths: Array
    shared: Array
    hidden: float


def _body(run: Run, known: Known, draw: np.random.Generator, systematic: float) -> _Body:
    """Draw a body; with ``systematic`` 0 it is the one that was taken."""
    motion = run.motion
    k = motion.position.shape[1]
    # An offset is a distance: each of its two parts has half the variance.
    offset = np.sqrt((1 - OFFSET_ANEW) / 2) * draw.standard_normal((k, 2)) * motion.offset_sd[:, None]
    joint = _alike(draw.standard_normal((k, 2)), ALIKE) * motion.body_sd[:, None] / np.sqrt(2)
    steady = offset + _in_segments(motion, joint)
    course = draw.standard_normal((2 * len(OVERTONES), k, 2)) * np.repeat(OVERTONES, 2)[:, None, None]
    for axis, mixed in enumerate(mixing(motion.near_side)):
        course[..., axis] = course[..., axis] @ mixed.T
    course *= known.posture[:, None] / 2
    habit = draw.standard_normal() * motion.leg_length * habit_course(motion.near_side)
    habit *= motion.toe_is == "tip"  # a network's
    course += habit[1:] * known.signs[:, None, None]
    steady = steady + habit[0] + (course.T @ known.harmonics.T).T
    leg_sd = LEG_OF_STATURE_SD if run.scaled else LEG_SD
    return _Body(
        steady=systematic * steady,
        depth=systematic * _alike(draw.standard_normal((k,)), -ALIKE) * _DEPTH * motion.leg_length,
        leg=1 + systematic * draw.standard_normal() * leg_sd,
        widths=1 + systematic * WIDTH_SD * draw.standard_normal(2),
        shared=systematic * draw.standard_normal(2),
        hidden=systematic * draw.standard_normal(),
    )


def _alike(draws: Array, correlation: float) -> Array:
    """Return random numbers (k, ...) of which a joint's and its counterpart's are correlated."""
    out = draws.copy()
    out[_RIGHT] = correlation * draws[_LEFT] + np.sqrt(1 - correlation**2) * draws[_RIGHT]
    return out


def _in_segments(motion: Motion, offset: Array) -> Array:
    """Return where offsets (k, 2) m of joints lie in each frame, (n, k, 2) m.

    A knee's is fixed in the thigh and an ankle's in the shank, which swing: forward and up are those of a leg
    that hangs. All others hardly turn.
    """
    out = np.broadcast_to(offset, motion.position.shape).copy(order="F")
    for side in SIDES:
        for upper, lower in (("hip", "knee"), ("knee", "ankle")):
            at = JOINTS.index(f"{side}_{lower}")
            up = unit(motion.joint(f"{side}_{upper}") - motion.joint(f"{side}_{lower}"))
            turned = offset[at, 0] * np.stack([up[:, 1], -up[:, 0]], axis=1) + offset[at, 1] * up
            out[:, at] = np.where(np.isfinite(turned), turned, offset[at])
    return out


def _noise(known: Known, draw: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Return the landmarks' random errors, (n, k, 2, copies) m, for a ``shape`` of frames and copies."""
    n, copies = shape
    size, kept = (part.T[..., None] for part in known.errors)
    mixed = mixing(known.near)
    out = np.empty((n, *size.shape[:2], copies))
    for start in range(0, n, _ROWS):
        rows = out[start : start + _ROWS]
        drawn = draw.standard_normal((len(rows), size.shape[1], copies, 2))
        np.matmul(mixed, np.ascontiguousarray(drawn.transpose(0, 3, 1, 2)), out=rows)
    out[1:] *= np.sqrt(1 - kept**2)
    for before, now in itertools.pairwise(out):
        now += kept * before
    out *= size
    return np.moveaxis(out, 2, 1)


def _copies(
    run: Run,
    bodies: Iterator[_Body],
    draw: np.random.Generator,
    noise: Array,
    known: Known,
    systematic: float,
) -> list[Run]:
    """Return perturbed copies, each of the next body, with ``noise`` (n, k, 2, copies) m."""
    motion = run.motion
    pairs = zip(_by_copy(noise), _by_copy(smooth(motion.time, noise)), strict=True)
    copies = [_copy(run, next(bodies), draw, *pair, known, systematic) for pair in pairs]
    com = np.hstack([centre_of_mass(copy.motion.position, motion.sex) for copy in copies])
    com = filters.low_pass(motion.time, com, COM_CUTOFF_HZ)
    return [
        replace(copy, motion=rebuild(copy.motion, copy.motion.position, com[:, 2 * i : 2 * i + 2]))
        for i, copy in enumerate(copies)
    ]


def _by_copy(noise: Array) -> list[Array]:
    """Return what (n, k, 2, copies) holds of each copy, (n, k, 2), time together in memory."""
    n, k, _, copies = noise.shape
    out = np.empty((copies, 2, k, n))
    for start in range(0, n, _ROWS):  # no more at a time than a processor keeps at hand
        out[..., start : start + _ROWS] = noise[start : start + _ROWS].T
    return [copy.T for copy in out]


def _copy(
    run: Run,
    body: _Body,
    draw: np.random.Generator,
    noise: Array,
    filtered: Array,
    known: Known,
    systematic: float,
) -> Run:
    """Return one perturbed copy, of whose motion only the joints are its own yet.

    ``noise``, and the same ``filtered``, are (n, k, 2) m.
    """
    motion = run.motion
    anew = np.sqrt(OFFSET_ANEW / 2) * draw.standard_normal((len(JOINTS), 2)) * motion.offset_sd[:, None]
    # View angle and what is upright are wrong by the same amount all along. Their random numbers come from a
    # stream of their own, so that all others are the same whether or not a clip has such errors.
    (aside,) = draw.spawn(1)
    view, lean, belt, wider, growth = aside.standard_normal(5) * (
        motion.view_angle_sd_deg,
        known.plumb_sd,
        motion.belt_sd_mps,
        1.0,
        motion.growth_sd,
    )
    view, lean, growth = systematic * view, systematic * lean, systematic * growth
    steady = body.steady + anew
    steady[..., 0] += known.tangent * body.depth * known.spread + np.tan(np.radians(lean)) * known.height
    guessed = HIDDEN_ALIKE**0.5 * body.hidden + (1 - HIDDEN_ALIKE) ** 0.5 * aside.standard_normal(
        known.hidden.shape[1]
    )
    steady[:, JOINTS.index(f"{other(motion.near_side)}_knee"), 0] += known.hidden @ guessed
    steady[..., 0] += belt * (motion.time - motion.time[0])[:, None]
    # What the view angle makes of lengths is drawn by itself: it changes angles, too.
    along, up = motion.stretch_sd
    other_sd = np.sqrt(max(run.relative_sd**2 - along**2, 0.0)) if run.scaled else 0.0
    scale = (1 + systematic * draw.standard_normal() * other_sd) * (
        1 + systematic * wider * np.array([along, -up])
    )
    position, raw = known.position + steady, known.raw + steady
    for joints, by in ((position, filtered), (raw, noise)):
        joints += by
        for axis in (0, 1):
            joints[..., axis] *= scale[axis]
        _grow(joints, growth, motion.from_even(joints[..., 0], motion.time[:, None]))
    moved = replace(
        motion, position=position, raw=raw, leg_length=motion.leg_length * body.leg,
        view_angle_deg=motion.view_angle_deg + view,
    )  # fmt: skip
    steps = _moved_steps(run, known, steady, scale, growth, body.shared, draw)
    hip, shoulder = run.widths * body.widths
    return replace(run, motion=moved, steps=steps, widths=(float(hip), float(shoulder)))


def _grow(place: Array, growth: float, from_even: Array) -> None:
    """Let lengths grow along the lane in places (..., 2) m, by so much a metre, and heights by half."""
    away = growth * from_even / 2
    place[..., 0] += away * from_even
    place[..., 1] *= 1 + away


def _moved_steps(
    run: Run,
    known: Known,
    steady: Array,
    scale: Array,
    growth: float,
    common: Array,
    draw: np.random.Generator,
) -> tuple[Step, ...]:
    """Return the steps with their times and their places on the ground perturbed.

    ``steady`` (n, k, 2) m is what is wrong with each joint but for noise, ``scale`` (2,) by how much x and y
    are too long, ``growth`` 1/m how that grows along the lane, ``common`` (2,) the errors of touchdown and
    toe-off that all steps have in common, in standard errors.
    """
    own = draw.standard_normal((len(run.steps), 4))
    late = known.sd * (np.sqrt(known.shared) * common + np.sqrt(1 - known.shared) * own[:, :2])
    # The place is a median over the frames of the contact, neighbours of which err together.
    blur = BLUR * run.motion.noise_sd[known.toe][:, None] * own[:, 2:]
    off = steady[known.frame, known.toe] + blur
    feet = (np.array([step.foot for step in run.steps]).reshape(-1, 2) + off) * scale
    _grow(feet, growth, run.motion.from_even(feet[:, 0], run.motion.time[known.frame]))
    return tuple(
        Step(
            step.number,
            step.side,
            step.touchdown_s + touchdown,
            step.touchdown_sd_s,
            step.toe_off_s + toe_off,
            step.toe_off_sd_s,
            step.source,
            (x, y),
        )
        for step, (touchdown, toe_off), (x, y) in zip(run.steps, late.tolist(), feet.tolist(), strict=True)
    )
