"""A run as long as one likes, from the joints of a short one: what the numbers and the report are timed on.

``python benchmarks/long_run.py FOLDER_OF_RESULTS SECONDS FPS TARGET.csv`` takes the mean stride of the run in
the folder, six harmonics of it, runs it on for so long at the same speed, adds the noise of a network, and
writes it as ``pose.csv`` is written. It is no truth of anything: only its length and its joints are real.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import numpy as np

from analyzer import pipeline
from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE, JOINTS
from analyzer.data.analysis import Analysis
from analyzer.data.capture import PoseTrack
from analyzer.pose.files.pose_csv import write_pose

HARMONICS: Final = 6
"""Of the stride: what a low-pass leaves of a sprinter's."""
NOISE_M: Final = 0.004
"""Random error of a joint in one frame, m: as a network's at 1080p."""
PIXELS: Final = 200.0
"""A metre, px."""
HEIGHT: Final = 600
"""Of the frames, px; their width holds the whole run."""
GROUND: Final = 500
"""Row of the ground."""
SEED: Final = 1
"""Of the noise."""


def run_on(run: Analysis, seconds: float, fps: float) -> PoseTrack:
    """Return the joints of a run at constant speed that goes on for ``seconds``, filmed at ``fps``."""
    motion, time = run.motion, np.arange(0, seconds, 1 / fps)
    begins = np.array([s.touchdown_s for s in run.steps if s.side == run.steps[0].side])
    stride = float(np.median(np.diff(begins)))
    hips = (motion.joint("left_hip") + motion.joint("right_hip"))[:, 0] / 2
    inside = np.isfinite(hips) & (motion.time >= begins[0]) & (motion.time <= begins[-1])
    speed = float(np.polyfit(motion.time[inside], hips[inside], 1)[0])
    joints = motion.raw.copy()
    joints[..., 0] -= hips[:, None]
    before, after = _waves((motion.time - begins[0]) / stride), _waves(time / stride)
    xy = np.full((len(time), len(BLAZEPOSE), 2), np.nan)
    noise = np.random.default_rng(SEED).normal(0, NOISE_M, (len(time), len(JOINTS), 2))
    for k, name in enumerate(JOINTS):
        seen = inside & np.isfinite(joints[:, k]).all(axis=1)
        fit = np.linalg.lstsq(before[seen], joints[seen, k], rcond=None)[0]
        metres = after @ fit + noise[:, k] + [speed, 0] * time[:, None]
        xy[:, BLAZEPOSE.index(name)] = metres * [PIXELS, -PIXELS] + [PIXELS, GROUND]
    seen = np.isfinite(xy[..., 0])
    middle = np.nanmean(xy, axis=1)
    box = np.column_stack([middle, np.full(len(time), 2 * PIXELS)])
    width = int(np.nanmax(xy[..., 0]) + PIXELS)
    return PoseTrack(time, xy, seen.astype(float), BLAZEPOSE, box, width, HEIGHT, "blazepose")


def _waves(phase: Array) -> Array:
    """Return the constant and the harmonics at phases (n,) in strides, (n, 2 m + 1)."""
    angle = 2 * np.pi * phase[:, None] * np.arange(1, HARMONICS + 1)
    return np.column_stack([np.ones(len(phase)), np.cos(angle), np.sin(angle)])


def main(folder: str, seconds: str, fps: str, target: str) -> None:
    """Write the joints of a long run."""
    write_pose(run_on(pipeline.rebuild(folder), float(seconds), float(fps)), Path(target))


if __name__ == "__main__":
    main(*sys.argv[1:])
