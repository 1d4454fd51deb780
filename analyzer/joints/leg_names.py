"""Legs that a tracker mixed up get their names back, from the stride's phase (``joints.stride_phase``)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack
from analyzer.data.notes import Note
from analyzer.joints import body_size
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


def untangle(pose: PoseTrack) -> PoseTrack:
    """Give the legs of a pose track back their names where the tracker mixed them up.

    Returns
    -------
    PoseTrack
        With a note when many frames were changed; the same object when none was.
    """
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
    xy, confidence = pose.xy.copy(), pose.confidence.copy()
    left = [pose.names.index(f"left_{part}") for part in CHAIN]
    right = [pose.names.index(f"right_{part}") for part in CHAIN]
    rows = np.flatnonzero(mixed)[:, None]
    for values in (xy, confidence):
        values[rows, left], values[rows, right] = values[rows, right], values[rows, left]
    share = float(mixed.sum() / np.isfinite(pose.joint("left_knee")[:, 0]).sum())
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
