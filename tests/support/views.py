"""The stick runner filmed from any side: shoulders and hips as wide as people's."""

from __future__ import annotations

import numpy as np
from running import NAMES, PIXELS, Runner

from analyzer.data.capture import PoseTrack

HALF_WIDTH = {"shoulder": 0.18, "elbow": 0.24, "wrist": 0.20}
"""Half of the distance between left and right joint, m; of hips and legs 0.09."""


def seen_at(
    angle_deg: float, fps: float = 60.0, noise_m: float = 0.008, runner: Runner | None = None, seed: int = 0
) -> PoseTrack:
    """Return a runner seen at an angle: 0 from the side, 90 from the front, -90 from behind."""
    runner = runner or Runner(steps=10)
    time = np.arange(0, runner.duration, 1 / fps)
    joints, angle = runner.joints(time), np.radians(angle_deg)
    rng = np.random.default_rng(seed)
    paths = []
    for name in NAMES:
        side, _, part = name.partition("_")
        aside = HALF_WIDTH.get(part, 0.09) * (1 if side == "left" else -1)
        forward, up = joints[name].T
        paths.append(np.column_stack([forward * np.cos(angle) + aside * np.sin(angle), up]))
    xy = np.stack(paths, axis=1)
    xy = xy + noise_m * rng.standard_normal(xy.shape)
    pixels = np.stack([300 + PIXELS * xy[..., 0], 500 - PIXELS * xy[..., 1]], axis=-1)
    width = int(600 + PIXELS * runner.speed * runner.duration)
    box = np.full((len(time), 3), 300.0)
    return PoseTrack(time, pixels, np.ones(xy.shape[:2]), NAMES, box, width, 600, "test")
