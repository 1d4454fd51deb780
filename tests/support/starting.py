"""A body that rests and then starts, along its way: the truth of tests of a start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analyzer.data.analysis import Analysis
from analyzer.data.motion import Motion
from analyzer.data.steps import Step

BLOCKS_S = 0.35
"""Push in the blocks, after which the acceleration falls off."""
MOVED_S = 0.7
"""First movement of ``a_start``."""


def way(time: np.ndarray, moved: float, push: float, rise_s: float = 0.0) -> np.ndarray:
    """Way of a body that rests, is pushed with ``push`` m/s2 (rising over ``rise_s``), and tends to 9 m/s."""
    fine = np.arange(0, time[-1] + 1e-3, 5e-4)
    since = fine - moved
    force = push * np.clip(since / rise_s, 0, 1) if rise_s else push * (since > 0)
    velocity = np.zeros_like(fine)
    for i in range(1, len(fine)):
        fades = 1.0 if since[i] < BLOCKS_S else max(0.0, 1 - velocity[i - 1] / 9.0)
        velocity[i] = velocity[i - 1] + force[i] * fades * 5e-4
    return np.interp(time, fine, np.cumsum(velocity) * 5e-4)


def starting(motion: Motion, moved: float, push: float, fps: float, seed: int = 0, **how: float) -> Motion:
    """A motion whose centre of mass goes that way, from 1.5 m behind zero, with 2 mm of noise."""
    return along(motion, np.arange(0, moved + 2.6, 1 / fps), moved, push, seed, **how)


def along(motion: Motion, time: np.ndarray, moved: float, push: float, seed: int = 0, **how: float) -> Motion:
    """The same at the times of the frames, s."""
    path = -1.5 + way(time, moved, push, **how)
    path = path + np.random.default_rng(seed).normal(0, 0.002, len(time))
    com = np.column_stack([path, np.full(len(time), 0.8)])
    return replace(motion, time=time, com=com)


def steps(moved: float, *, blocks: bool = False) -> tuple[Step, ...]:
    """Contacts after a first movement."""
    sides = ("left", "right", "left", "right")
    made = [
        Step(i + 1, side, moved + at, 0.004, moved + at + 0.17, 0.004, "fit", (-0.4 + i, 0.0))
        for i, (side, at) in enumerate(zip(sides, (0.48, 0.72, 0.95, 1.17), strict=True))
    ]
    if blocks:
        made.insert(0, Step(0, "right", float("nan"), float("nan"), moved + 0.36, 0.005, "edited"))
    return tuple(replace(step, number=i) for i, step in enumerate(made, start=1))


def a_start(analysis: Analysis, **how: bool) -> Analysis:
    """The hand-made runner, at rest until ``MOVED_S``; with ``blocks`` a contact says when they are left."""
    return replace(
        analysis, motion=starting(analysis.motion, MOVED_S, 9.0, 120.0), steps=steps(MOVED_S, **how)
    )


def drawable(analysis: Analysis) -> Analysis:
    """A start in as many frames as the runner has, so that a page can be made of it: it begins at 0.3 s."""
    motion = along(analysis.motion, analysis.motion.time, 0.3, 11.0)
    return replace(analysis, motion=motion, steps=steps(0.3, blocks=True))
