"""The body as a stick figure in SVG, where there is no picture of it."""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import JOINTS, other
from analyzer.data.analysis import Analysis
from analyzer.outputs.kinogram.moments import centre
from analyzer.outputs.svg import Drawing

SIDE: Final = 100.0
"""Width and height of a figure, units."""
TALL: Final = 1.3
"""Statures that its height holds."""
_CHAINS: Final = (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle", "heel", "foot_index"))
"""Joints that are drawn as one line, on each side."""


def figure(analysis: Analysis, t: float) -> str:
    """Return the body at ``t`` s as SVG, running as it was filmed; only the ground where it is not seen."""
    motion, forward = analysis.motion, analysis.calibration.direction
    size = SIDE / (TALL * motion.leg_length / LEG_OF_STATURE)
    middle = centre(motion, t)
    d = Drawing(SIDE, SIDE, f"Stick figure at {t:.3f} seconds")
    ground = SIDE - 6
    d.line(0, ground, SIDE, ground, "axis")

    def place(*names: str) -> tuple[float, float]:
        x, y = np.mean([motion.at(motion.joint(name), t) for name in names], axis=0)
        return float(SIDE / 2 + forward * (x - middle) * size), float(ground - y * size)

    for side in (other(motion.near_side), motion.near_side):
        for chain in _CHAINS:
            x, y = np.array([place(f"{side}_{joint}") for joint in chain]).T
            d.curve(x, y, side)
    x, y = np.array([place("left_hip", "right_hip"), place("left_shoulder", "right_shoulder")]).T
    d.curve(x, y, "thick")
    head = [name for name in JOINTS[:3] if np.isfinite(motion.at(motion.joint(name), t)).all()]
    if head:
        d.circle(*place(*head), 5)
    return d.svg()
