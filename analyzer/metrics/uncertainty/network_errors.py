"""The systematic errors of a pose network: what it marks wrong in the same way in every stride.

Four parts: its habit, a course over the stride that both rendered bodies show (``HABIT_FILE``); how a
landmark wanders about its joint with the stride beside that (``POSTURE_OF_LEG``); where it guesses the far
knee behind the near leg (``HIDDEN_KNEE``); and which landmarks err together (``TOGETHER``).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, SIDES, Side, other
from analyzer.metrics.run import Run

HIDDEN_ARM: Final[dict[str, float]] = {"elbow": 1.3, "wrist": 1.6, "pinky": 2.0, "index": 2.0}
"""How many times larger the far arm's random errors are than its jitter tells, by joint: behind the body they
come in bursts, which pass for movement."""
HIDDEN_KNEE: Final = 0.045
"""How far off along the lane the far knee is marked as it swings past behind the near leg, leg lengths (SD).

On five rendered bodies that had no part in anything else it scatters by 2.5 to 3.4 % of the height from the
near foot's touchdown until 0.2 steps later, by 0.3 to 0.6 % before and after; filtered, the far thigh is 6
degrees off then and 2.5 otherwise. The ankle is not (docs/decisions/0030).
"""
HIDDEN_AT: Final = (0.05, 0.15)
"""When that is: middle after the near foot's touchdown, and width (SD of a bell), step times."""
HIDDEN_ALIKE: Final = 0.5
"""Share of its variance that is alike whenever this athlete's knee passes, the rest being each passing's own:
assumed. On one of the five it is off alike twice, on three hardly the second time."""
HABIT_FILE: Final = Path(__file__).with_name("habit.csv")
"""The network's habit: each joint's mean error and its harmonics over the stride, 1/1000 of a leg length.

The mean over the twelve plain clips of two rendered bodies of the tuning set, after all that is taken out of
its marks (``python -m validation.habit``). Of what repeats with the stride three quarters are common to both
bodies. Whether real people share it is not known, so it is not taken out: each perturbed copy has it, as a
whole, multiplied by one number drawn from the standard normal distribution (docs/decisions/0013). It is the
full network's; as an error it stands for those of others, too, which were not measured.
"""
POSTURE_OF_LEG: Final[dict[str, tuple[float, float]]] = {
    "shoulder": (0.004, 0.005), "elbow": (0.003, 0.006), "wrist": (0.004, 0.006), "hip": (0.007, 0.008),
    "knee": (0.004, 0.003), "ankle": (0.004, 0.003), "heel": (0.006, 0.006), "foot_index": (0.006, 0.006),
    "index": (0.005, 0.008), "pinky": (0.005, 0.009),
}  # fmt: skip
"""How far a landmark wanders about its joint with the stride beside the habit: near, far, leg lengths (RMS).

First and second harmonic of the stride in the residuals of those clips: 0.003 to 0.005, 0.007 at the far
hand; hips and feet have more room, for errors that change too slowly to show as jitter. It is the same in
every stride, so that averaging steps does not remove it, and in every clip of one athlete from one side: four
each of both bodies from both sides differ by 0.67 of its variance, no more than the 0.70 that noise within
the clips makes (the noise of perturbed copies: 1.2).
"""
POSTURE_REST: Final = 0.003
"""The same for every other landmark, near and far: the lower end of what was seen."""
OVERTONES: Final = (1.0, 1.0, 0.8, 0.6)
"""How large its harmonics are, from the stride frequency itself on, those of the table being 1."""
Together = tuple[str, bool, dict[str, tuple[float, float]]]
"""Landmarks that err together: along x, y or both; whether those of both sides do or each side by itself; and
the correlation of each landmark, near and far, with what they have in common."""
TOGETHER: Final[tuple[Together, ...]] = (
    ("x", True, {"shoulder": (0.8, -0.8), "hip": (0.65, -0.65)}),
    ("y", True, {"shoulder": (0.5, 0.65), "hip": (0.85, 0.9)}),
    ("xy", False, {"ankle": (0.9, 0.9), "heel": (0.85, 0.85), "foot_index": (0.4, 0.4)}),
    ("xy", False, {"wrist": (0.9, 0.9), "index": (0.95, 0.95), "pinky": (0.95, 0.95)}),
)
"""Which landmarks err together, in their random errors and in how they wander with the stride.

A trunk that is marked turned takes one hip forward and the other back, which leaves their middle; one marked
too high takes the whole body up. From fourteen clips of two rendered bodies: hips -0.40 forward and 0.79 up
(-0.42 and 0.75 of what wanders), shoulders -0.72 and 0.35, ankle and heel 0.68 to 0.91; hip and knee 0.1.
"""


@cache
def mixing(near: Side) -> Array:
    """Return the matrices (2, k, k) that correlate independent errors (k,) of the joints, along x and y."""
    together = np.zeros((2, len(JOINTS), len(JOINTS)))
    for axes, both, parts in TOGETHER:
        for sides in (SIDES,) if both else tuple((side,) for side in SIDES):
            way = np.zeros(len(JOINTS))
            for part, (at_near, at_far) in parts.items():
                for side in sides:
                    way[JOINTS.index(f"{side}_{part}")] = at_near if side == near else at_far
            for axis in axes:
                together["xy".index(axis)] += np.outer(way, way)
    own = 1 - np.einsum("ajj->aj", together)
    return np.asarray(np.linalg.cholesky(together + own[:, :, None] * np.eye(len(JOINTS))))


@cache
def habit_course(near: Side) -> Array:
    """Return the mean of each joint's course and its harmonics, (9, k, 2) leg lengths."""
    with HABIT_FILE.open(encoding="utf-8", newline="") as file:
        rows = {(r["joint"], r["axis"]): list(map(float, list(r.values())[2:])) for r in csv.DictReader(file)}
    names = [name.replace(near, "near").replace(other(near), "far") for name in JOINTS]
    return np.moveaxis(np.array([[rows[name, axis] for axis in "xy"] for name in names]), -1, 0) / 1000


def course_signs(run: Run) -> Array:
    """Return 1 or -1 for each harmonic (8,): the course counts from a touchdown of the near foot."""
    beside = run.steps[0].number + 1 if run.steps else 0  # of a far foot alone the near one is the next
    near = next((s.number for s in run.steps if s.side == run.motion.near_side), beside)
    return np.repeat([(-1.0) ** (m * near) for m in range(1, len(OVERTONES) + 1)], 2)


def posture_sd(run: Run) -> Array:
    """Return how far each joint wanders with the stride (k,), m."""
    found = []
    for name in JOINTS:
        side, _, part = name.partition("_")
        near, far = POSTURE_OF_LEG.get(part, (POSTURE_REST, POSTURE_REST))
        found.append(near if side == run.motion.near_side else far)
    return run.motion.leg_length * np.array(found)


def hidden_knee(run: Run) -> Array:
    """Return by how much the far knee may be off along the lane each time it is hidden, (n, c) m.

    A column for each touchdown of the near foot; nothing for markers, which are not guessed.
    """
    landed = [
        s.touchdown_s for s in run.steps if s.side == run.motion.near_side and np.isfinite(s.touchdown_s)
    ]
    if run.motion.toe_is == "ball" or not landed or not run.step_time > 0:
        return np.zeros((len(run.motion.time), 0))
    middle, width = HIDDEN_AT
    since = (run.motion.time[:, None] - np.array(landed)) / run.step_time
    bell = np.exp(-(((since - middle) / width) ** 2) / 2)
    return np.asarray(HIDDEN_KNEE * run.motion.leg_length * bell)


def stride_harmonics(run: Run) -> Array:
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
