"""Where the ground lies in the image, and whether it moves under the feet as a treadmill's belt does."""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack
from analyzer.joints import body_size
from analyzer.signals import filters

NOMINAL_LEG_M: Final = 0.92
"""Leg length, m, of an athlete of whom no length is known: 0.53 of a stature of 1.74 m."""
CAMERA_HEIGHT_M: Final = 1.4
"""Height over the ground, m, at which phones are held or stand. Assumed, with ``CAMERA_HEIGHT_SD``; it serves
the horizon and the depth of marks, and both errors go into the results."""
CAMERA_HEIGHT_SD: Final = 0.35
"""Its scatter from clip to clip, as a fraction."""
_BELT_HZ: Final = 12.0
"""Low-pass for a foot's path before the belt's speed is taken from it."""
_BELT_LOWEST: Final = 0.25
"""Quantile of a foot's height below which it may stand: a sprinter's does for a fifth of a stride, a jogger's
for a third."""
_BELT_FLAT: Final = 0.5
"""Part of such a stretch, in its middle, in which the foot moves as the belt does: before, it is being set
down, and after, it rolls over its tip. Less of it, and noise makes the line steeper or flatter."""
BELT_SD: Final = 0.04
"""Error of the belt's speed by the feet, as a fraction.

Markers of four runners at 4 and 5 m/s, with landmark noise, at 30 to 240 frames a second: 2 to 3 % low, with
a scatter of 3 %; a belt slows down under a foot, too (``validation.spacetime.belts``).
"""
_BELT_REACH_M: Final = 0.4
"""How far a foot must swing along the lane for its way back to be a belt's: less is somebody who stands, or a
runner whom the camera follows."""
_BELT_ODD: Final = 0.02
"""Share of a foot's places at either end of its swing that are taken for misread ones."""
_BELT_FEWEST: Final = 8
"""Frames that must show a foot before its speed counts."""
_FEWEST: Final = 4
"""Lowest points of feet from which a line is fitted."""
_STANDING: Final = 0.9
"""Quantile of the lowest points' height in the image at which the fit begins."""
TOLERANCE: Final = 0.04
"""Leg lengths by which the lowest point of a standing foot is off the ground's line: beyond, it is in the
air. Chosen by hand; the line moves with half of it."""
_PULL: Final = 0.25
"""Scatter of one contact's height about the line, as a share of the tolerance: with the expected roll it says
how far the slope is drawn towards level."""
_CONTACTS: Final = 8
"""Independent heights that a clip's contacts are taken for, however many frames show them."""
ROUNDS: Final = 30
"""Rounds of reweighting; the line has settled by then."""


def belt_speed(pose: PoseTrack, metres: Array, inside: Bools) -> float:
    """Return the speed at which low feet move backwards under an athlete who stays, m/s; 0 if they don't.

    Parameters
    ----------
    pose : PoseTrack
    metres : (m, k, 2) m
        Its joints in the frames ``inside``, x forward and y up.
    inside : (n,) bool
        The frames of the pass.
    """
    time = pose.time[inside]
    part = body_size.stands_on(pose.names, metres)
    speeds: list[float] = []
    for side in SIDES:
        foot = filters.low_pass(time, filters.bridge(time, pose.joint(f"{side}_{part}", metres)), _BELT_HZ)
        if np.isfinite(foot).all(axis=1).sum() >= _BELT_FEWEST:
            speeds += _speeds_of_stands(time, foot)
    if not speeds:
        return 0.0
    back = -float(np.median(speeds))
    places = next(x for side in SIDES if np.isfinite(x := pose.joint(f"{side}_{part}", metres)[:, 0]).any())
    reach = np.nanquantile(places, [_BELT_ODD, 1 - _BELT_ODD])
    return back if back > 0 and np.ptp(reach) > _BELT_REACH_M else 0.0


def _speeds_of_stands(time: Array, foot: Array) -> list[float]:
    """Return how fast a foot, (n, 2) m, moves along the lane in each of its stands, m/s."""
    low = np.isfinite(foot).all(axis=1) & (foot[:, 1] < np.nanquantile(foot[:, 1], _BELT_LOWEST))
    # Where the clip begins or ends with a foot that is low, its middle is not that of the stand.
    spans = [(time[a], time[b - 1]) for a, b in filters.runs(low) if a > 0 and b < len(time)]
    usual = float(np.median([stop - start for start, stop in spans])) if spans else 0.0
    out = []
    for start, stop in spans:
        if stop - start < usual / 2:
            continue
        middle = (start + stop) / 2
        half = max(_BELT_FLAT / 2 * (stop - start), 1.01 / filters.frame_rate(time))
        flat = (np.abs(time - middle) <= half) & np.isfinite(foot[:, 0])
        at, place = time[flat] - middle, foot[flat, 0]
        if len(at) > 1:
            at = at - at.mean()
            out.append(float(at @ place / (at @ at)))
    return out


def standing(below: Array, tolerance: float) -> Array:
    """Return weights (n,) of lowest points, ``below`` px under the ground: those above are in the air."""
    weight = np.where(below > 0, 1.0, np.exp(-0.5 * (below / tolerance) ** 2))
    return np.asarray(weight / np.maximum(1.0, np.abs(below) / (0.5 * tolerance)))


def ground_line(pose: PoseTrack, xy: Array, roll_prior: float) -> tuple[float, float]:
    """Fit the line (level at x = 0, slope) through the lowest points of the feet, pixels, y down.

    Feet above the line are in the air and count little; the slope is drawn towards level, as a few short
    contacts cannot tell a degree of roll from noise.

    Parameters
    ----------
    pose : PoseTrack
    xy : (m, k, 2) px
        Its joints in some frames of an image that was made square to the lane.
    roll_prior : float
        Expected size of the slope; 0 = the ground is level.

    Returns
    -------
    level, slope : px, px a px
        NaN and 0 where hardly a foot was seen. A positive slope falls to the right.
    """
    p = body_size.soles(pose, xy)
    if len(p) < _FEWEST:
        return float("nan"), 0.0
    centre = float(np.median(p[:, 0]))
    u, v = p[:, 0] - centre, p[:, 1]
    leg = max(body_size.leg_length(pose, xy), 1.0)
    slope, level = 0.0, float(np.quantile(v, _STANDING))
    tolerance = TOLERANCE * leg
    for _ in range(ROUNDS):
        w = standing(v - level - slope * u, tolerance)
        total = w.sum()
        mean_u, mean_v = (w * u).sum() / total, (w * v).sum() / total
        spread = (w * (u - mean_u) ** 2).sum()
        # Frames of one contact err together.
        effective = min(1.0, _CONTACTS / total)
        pull = (_PULL * tolerance) ** 2 / roll_prior**2 if roll_prior > 0 else np.inf
        slope = float((w * (u - mean_u) * (v - mean_v)).sum() * effective / (spread * effective + pull))
        level = float(mean_v - slope * mean_u)
    return level - slope * centre, slope


def horizon_height(pose: PoseTrack, xy: Array, roll_prior: float) -> float:
    """Return the height in the image, px, of what is as high over the ground as the camera.

    Parameters
    ----------
    pose : PoseTrack
    xy : (m, k, 2) px
        Its joints in some frames, pixels of the reference frame.
    roll_prior : float
        As for ``ground_line``.
    """
    level, slope = ground_line(pose, xy, roll_prior)
    metre = body_size.leg_length(pose, xy) / NOMINAL_LEG_M
    place = float(np.nanmedian(pose.middle("hip", xy, one_will_do=True)[:, 0]))
    horizon = level + slope * place - CAMERA_HEIGHT_M * metre
    return horizon if np.isfinite(horizon) else pose.height / 2
