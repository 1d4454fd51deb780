"""Legs that a tracker mixed up get their names back, from the stride's phase (``joints.stride_phase``).

Frames whose legs differ from most others' are set right by the rhythm alone. That most frames are wrong a
rhythm cannot tell: then arms, chest and face have to say so, too, or the tracker's names stay. Seen from the
front or from behind no leg is renamed: what the stride's phase is told by lies along the line of sight.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack
from analyzer.data.notes import Note
from analyzer.joints import body_size, body_view
from analyzer.joints.stride_phase import CLEAR, PARTS, cycle

CHAIN: Final = ("hip", *PARTS)
"""What changes places when a network mixes up the legs."""
SHORTEST: Final = 2.2
"""Steps that must be in view before legs are renamed."""
TOLD_SHARE: Final = 0.01
"""Share of exchanged frames from which a note says so..."""
MANY: Final = 0.1
"""Share of exchanged frames from which that note advises a better clip."""
UNSURE_AGREEMENT: Final = 0.6
"""...and the share of frames named as here, below which left and right may be wrong in the whole run."""
MOST: Final = 0.5
"""Share of exchanged frames from which the body has to agree."""
SWINGS: Final = 0.4
"""Correlation of wrists and knees, both left minus right, along the lane, from which the arms have a vote."""
WIDE: Final = 0.10
"""Width of the hips, and of the shoulders, along the image, trunk lengths, from which a frame tells left from
right; noise of a view from the side is less."""
CLEAR_MAJORITY: Final = 2 / 3
"""Share of those frames in which hips and chest must agree for a vote."""
FEWEST: Final = 8
"""Frames that a vote needs."""


def untangle(pose: PoseTrack) -> PoseTrack:
    """Give the legs of a pose track back their names where the tracker mixed them up.

    Returns
    -------
    PoseTrack
        With a note when many frames were changed; the same object when none was.
    """
    if not body_view.seen_from(pose).shows_lane:
        return pose
    needed = {f"{side}_{part}" for side in SIDES for part in CHAIN}
    if not needed <= set(pose.names):
        return pose
    toward = body_size.facing(pose, pose.xy)

    def joint(name: str) -> Array:
        return pose.joint(name) * np.column_stack([toward, -np.ones_like(toward)])

    found = cycle(pose.time, joint)
    mixed = found.exchanged
    # Legs without a rhythm (somebody who stands, one step) cannot be told apart this way.
    turned = found.phase[np.isfinite(found.phase)]
    if found.explained < CLEAR or turned[-1] - turned[0] < SHORTEST * np.pi or not mixed.any():
        return pose
    share = float(mixed.sum() / np.isfinite(pose.joint("left_knee")[:, 0]).sum())
    if share > MOST and _arms(pose, mixed, toward) + _chest(pose, mixed) <= 0:
        return pose
    xy, confidence = pose.xy.copy(), pose.confidence.copy()
    left = [pose.names.index(f"left_{part}") for part in CHAIN]
    right = [pose.names.index(f"right_{part}") for part in CHAIN]
    rows = np.flatnonzero(mixed)[:, None]
    for values in (xy, confidence):
        values[rows, left], values[rows, right] = values[rows, right], values[rows, left]
    notes = list(pose.notes)
    if share > TOLD_SHARE:
        unsure = found.agreement < UNSURE_AGREEMENT
        notes.append(
            Note(
                "warning" if unsure else "info",
                "legs_exchanged",
                f"In {share:.0%} of the frames the tracker took the left leg for the right one; the stride's "
                "rhythm set them right."
                + (" Left and right may be exchanged in the whole run." if unsure else ""),
                "Film with more frames a second, closer or in better light." if share > MANY else "",
            )
        )
    return replace(pose, xy=xy, confidence=confidence, notes=tuple(notes))


def _arms(pose: PoseTrack, mixed: Bools, toward: Array) -> int:
    """Return 1 if the arms swing against the legs as renamed, -1 if with them, 0 if they hardly swing."""
    wrists, knees = (
        (pose.joint(f"left_{part}") - pose.joint(f"right_{part}"))[:, 0] * toward
        for part in ("wrist", "knee")
    )
    knees = np.where(mixed, -knees, knees)
    seen = np.isfinite(wrists) & np.isfinite(knees)
    if seen.sum() < FEWEST or min(np.ptp(wrists[seen]), np.ptp(knees[seen])) <= 0:
        return 0
    together = float(np.corrcoef(wrists[seen], knees[seen])[0, 1])
    return -int(np.sign(together)) if abs(together) > SWINGS else 0


def _chest(pose: PoseTrack, mixed: Bools) -> int:
    """Return 1 if the hips as renamed face the way of chest and head, -1 if the other way, 0 if untold."""
    hips = body_view.across(pose, "hip")
    chest = body_view.across(pose, "shoulder")
    chest = chest + np.nan_to_num(body_view.across(pose, "ear"))
    with np.errstate(invalid="ignore"):
        told = mixed & (np.abs(hips) > WIDE) & (np.abs(chest) > WIDE)
    if told.sum() < FEWEST:
        return 0
    agree = float(np.mean(np.sign(-hips[told]) == np.sign(chest[told])))
    return int(agree > CLEAR_MAJORITY) - int(agree < 1 - CLEAR_MAJORITY)
