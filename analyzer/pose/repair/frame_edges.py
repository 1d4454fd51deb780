"""Joints beyond the picture's left or right edge: a network marks them somewhere inside all the same.

A runner repeats himself, so where a joint must be is known from the steps in which the whole body was
seen: a stride earlier or later the same joint, a step earlier or later its opposite, was as far ahead of
the hips. Where that lies outside the picture, what the network marked is a guess, and becomes NaN.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.data.capture import PoseTrack
from analyzer.errors import TooFewContactsError
from analyzer.joints import stride_phase

NEAR: Final = 0.02
"""A joint nearer to the edge than this, statures, is not seen whole."""
HIPS_NEAR: Final = 0.12
"""Hips nearer to the edge than this are where their speed takes them, not where they are marked."""
MOVED_FOR: Final = 0.7
"""The speed is that of so many steps before."""
FEET_BELOW: Final = 1.0
"""Trunk lengths from the hips to the picture's lower edge, below which the feet cannot be in it: a leg is 1.8
of them (shoulder to hip and hip to ground, Winter's shares of stature: 0.288 and 0.53)."""
MOSTLY: Final = 0.5
"""Share of the frames in which that must be."""
SHIFTS: Final = (-2, -1, 1, 2)
"""Steps away from which a joint's place is foretold; an odd number changes the sides."""


def refuse_cut(pose: PoseTrack) -> None:
    """Refuse a clip whose lower edge cuts the legs off: a network marks feet all the same, somewhere inside.

    Raises
    ------
    TooFewContactsError
        The feet cannot be in the picture in most of the frames.
    """
    below = feet_below(pose)
    if pose.kind != "network" or below <= MOSTLY:
        return
    raise TooFewContactsError(
        "The feet are below the picture's lower edge.",
        f"In {below:.0%} of the frames the legs are cut off, so that no ground contact can be seen.",
        "Film the whole athlete, with room below the feet. Or insist.",
        settings=("accept",),
    )


def feet_below(pose: PoseTrack) -> float:
    """Return in which share of the frames that show a trunk the feet must be below the picture."""
    hips = pose.middle("hip")
    trunk = np.hypot(*(pose.middle("shoulder") - hips).T)
    seen = np.isfinite(trunk)
    if not seen.any():
        return 0.0
    return float(np.mean(pose.height - 1 - hips[seen, 1] < FEET_BELOW * np.median(trunk[seen])))


def inside(pose: PoseTrack) -> PoseTrack:
    """Return the track without the joints that the picture cannot show.

    Parameters
    ----------
    pose : PoseTrack
        NaN = not seen. Those of another tracker come back as they are: their files need not say how
        large the picture was.

    Returns
    -------
    PoseTrack
        The same object where every joint is in the picture.
    """
    if pose.kind != "network":
        return pose
    size = np.array([pose.width, pose.height], dtype=float)
    with np.errstate(invalid="ignore"):
        out = ((pose.xy < 0) | (pose.xy > size - 1)).any(axis=2)
    out |= _foretold_outside(pose)
    if not out.any():
        return pose
    return replace(
        pose,
        xy=np.where(out[..., None], np.nan, pose.xy),
        confidence=np.where(out, 0.0, pose.confidence),
    )


def _foretold_outside(pose: PoseTrack) -> Bools:
    """Tell which joints (n, k) lie beside the picture by what the athlete's other steps say."""
    apart = [(pose.joint(f"left_{part}") - pose.joint(f"right_{part}"))[:, 0] for part in ("knee", "ankle")]
    leg = stride_phase.leg_length(pose.time, pose.joint)
    step_s, _ = stride_phase.rhythm(pose.time, np.stack(apart, axis=1) / leg[:, None])
    if not np.isfinite(step_s):
        return np.zeros(pose.xy.shape[:2], dtype=bool)
    stature = float(np.nanmedian(leg)) / LEG_OF_STATURE
    hips = _hips(pose, stature, step_s)
    x = pose.xy[..., 0]
    ahead = x - hips[:, None]
    opposite = [_opposite(pose.names, name) for name in pose.names]
    margin = NEAR * stature
    beyond = _beyond(x, pose.width, margin)
    for _ in range(2):  # the second time without the frames that the first has found to be cut
        whole = ahead.copy()
        whole[beyond.any(axis=1)] = np.nan
        known = [
            _at(pose.time, whole[:, opposite] if shift % 2 else whole, pose.time + shift * step_s)
            for shift in SHIFTS
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a joint may be known from no other step
            must = np.nanmedian(known, axis=0) + hips[:, None]
        beyond = _beyond(must, pose.width, margin)
    return beyond | _beyond(hips, pose.width, 0.0)[:, None]


def _beyond(x: Array, width: int, margin: float) -> Bools:
    with np.errstate(invalid="ignore"):
        return np.asarray((x < margin) | (x > width - 1 - margin))


def _hips(pose: PoseTrack, stature: float, step_s: float) -> Array:
    """Return where the hips are (n,), px from the left; near an edge, as far as they move on as before."""
    x = (pose.joint("left_hip") + pose.joint("right_hip"))[:, 0] / 2
    seen = np.isfinite(x)
    sure = seen & ~_beyond(x, pose.width, HIPS_NEAR * stature)
    out = x.copy()
    for i in np.flatnonzero(seen & ~sure):
        gap = np.abs(pose.time - pose.time[i])
        near = sure & (gap < MOVED_FOR * step_s + gap[sure].min(initial=np.inf))
        if near.sum() >= 4 and gap[sure].min() < step_s:
            out[i] = np.polyval(np.polyfit(pose.time[near] - pose.time[i], x[near], 1), 0.0)
    return out


def _opposite(names: tuple[str, ...], name: str) -> int:
    """Return the place of the same joint of the other side; a joint in the middle is its own opposite."""
    turned = {"left": "right", "right": "left"}
    return names.index("_".join(turned.get(word, word) for word in name.split("_")))


def _at(time: Array, values: Array, at: Array) -> Array:
    """Interpolate (n, k) values between neighbouring frames; NaN where either is missing."""
    after = np.clip(np.searchsorted(time, at), 1, len(time) - 1)
    gap = time[after] - time[after - 1]
    share = (at - time[after - 1]) / gap
    between = values[after - 1] + share[:, None] * (values[after] - values[after - 1])
    known = (share >= 0) & (share <= 1) & (gap < 1.5 * np.median(np.diff(time)))
    return np.where(known[:, None], between, np.nan)
