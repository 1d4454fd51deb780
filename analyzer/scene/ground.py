"""Where the ground lies in the picture, and whether it moves under the feet."""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack
from analyzer.joints import body_size
from analyzer.scene import marks
from analyzer.scene.passes import (
    joint,
    leg_pixels,
    middle,
)
from analyzer.signals import filters

NOMINAL_LEG_M: Final = 0.92


def belt_speed(pose: PoseTrack, metres: Array, inside: Bools) -> float:
    """Return the speed at which low feet move backwards under an athlete who stays, m/s; 0 if they don't."""
    time = pose.time[inside]
    speeds = []
    part = body_size.stands_on(pose.names, metres)
    for side in SIDES:
        toe = filters.low_pass(time, filters.bridge(time, joint(pose, metres, f"{side}_{part}")), 12.0)
        if np.isfinite(toe).all(axis=1).sum() < 8:
            continue
        velocity = filters.derivative(time, toe)[:, 0]
        # Few enough to lie within the shortest contacts, a fifth of a sprinter's stride.
        low = toe[:, 1] < np.nanquantile(toe[:, 1], 0.12)
        speeds.append(velocity[low & np.isfinite(velocity)])
    if not any(len(found) for found in speeds):
        return 0.0
    back = -float(np.median(np.concatenate(speeds)))
    reach = np.nanquantile(joint(pose, metres, f"left_{part}")[:, 0], [0.02, 0.98])
    # Feet that stay where they are belong to somebody who stands, or to a runner the camera follows.
    return back if back > 0 and np.ptp(reach) > 0.4 else 0.0


def ground_line(pose: PoseTrack, xy: Array, roll_prior: float) -> tuple[float, float]:
    """Fit the line (level at x = 0, slope) through the lowest points of the feet, pixels, y down.

    The lowest quarter of each foot's path is its stance. The slope is drawn towards level by
    ``roll_prior``, its expected size: a few short contacts cannot tell a degree of roll from noise.
    """
    p = body_size.soles(pose, xy)
    if len(p) < 4:
        return float("nan"), 0.0
    centre = float(np.median(p[:, 0]))
    u, v = p[:, 0] - centre, p[:, 1]
    size = max(leg_pixels(pose, xy), 1.0)
    slope, level = 0.0, float(np.quantile(v, 0.9))
    tolerance = 0.04 * size
    for _ in range(30):
        # Asymmetric weights: feet above the line are in the air, feet on it are standing.
        r = v - level - slope * u
        w = np.where(r > 0, 1.0, np.exp(-0.5 * (r / tolerance) ** 2))
        w = w / np.maximum(1.0, np.abs(r) / (0.5 * tolerance))
        total = w.sum()
        mean_u, mean_v = (w * u).sum() / total, (w * v).sum() / total
        spread = (w * (u - mean_u) ** 2).sum()
        # Frames of one contact err together: about one independent point for each contact.
        effective = min(1.0, 8 / total)
        pull = (0.25 * tolerance) ** 2 / roll_prior**2 if roll_prior > 0 else np.inf
        slope = float((w * (u - mean_u) * (v - mean_v)).sum() * effective / (spread * effective + pull))
        level = float(mean_v - slope * mean_u)
    return level - slope * centre, slope


def horizon_height(pose: PoseTrack, xy: Array, roll_prior: float) -> float:
    """Return the height in the picture, px, of what is as high over the ground as the camera."""
    level, slope = ground_line(pose, xy, roll_prior)
    metre = leg_pixels(pose, xy) / NOMINAL_LEG_M
    place = float(np.nanmedian(middle(pose, xy, "hip")[:, 0]))
    horizon = level + slope * place - marks.CAMERA_HEIGHT_M * metre
    return horizon if np.isfinite(horizon) else pose.height / 2
