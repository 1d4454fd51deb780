"""Traces of a shoe that lands and leaves as sprinters' do, at known times."""

from __future__ import annotations

import numpy as np

from analyzer.data.steps import Part, Step, Trace


def trace(
    step: Step, part: Part, *, fps: float = 240.0, seed: int = 0, late: float = 0.0, rolled: float = 0.015
) -> Trace:
    """A foot that lands and leaves as sprinters' do; ``late`` moves the camera's clock against the contact.

    The end of the toe's outline has risen by ``rolled`` m when it leaves, over the round tip of the shoe.
    """
    time = np.arange(step.touchdown_s - 0.1, step.toe_off_s + 0.1, 1 / fps) + late
    before = np.minimum(0, time - step.touchdown_s)
    after = np.maximum(0, time - step.toe_off_s)
    path = np.column_stack([2.0 * before - 40 * before**2, -3.2 * before - 10 * before**2])
    path += np.column_stack([2.0 * after + 70 * after**2, 2.3 * after + 18 * after**2])
    if part == "toe":
        over = np.clip(1 + (time - step.toe_off_s) / 0.03, 0, 1) ** 2
        path += np.column_stack([0.4 * rolled * over, rolled * over])
    path += np.random.default_rng(seed).normal(0, 0.0004, path.shape)
    share = (time - step.touchdown_s) / (step.toe_off_s - step.touchdown_s)
    low, high = (0.25, 0.6) if part == "forefoot" else (0.5, 0.8)
    standing = ((share > low) & (share < high)).astype(float)
    return Trace(step.number, part, time, path, np.full(len(time), 0.9), standing, 0.006)
