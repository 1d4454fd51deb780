"""Joints and sides: the body that every other module talks about."""

from __future__ import annotations

from typing import Final, Literal

Side = Literal["left", "right"]
"""The athlete's side, whichever way the run goes in the image."""
Sex = Literal["male", "female", "unspecified"]
"""Whose proportions are taken; of "unspecified" the mean of both."""

SIDES: Final[tuple[Side, Side]] = ("left", "right")
"""Both sides, in the order of every pair."""

_PAIRED: Final = (
    "shoulder", "elbow", "wrist", "pinky", "index", "hip", "knee", "ankle", "heel", "foot_index",
)  # fmt: skip
"""The joints that a body has twice, from top to toe; a ``foot_index`` is the tip of the big toe."""

JOINTS: Final[tuple[str, ...]] = (
    "nose",
    "left_ear",
    "right_ear",
    *(f"{side}_{joint}" for joint in _PAIRED for side in SIDES),
)
"""Canonical joints, BlazePose's names; the order of every ``(n, k, 2)`` array in a ``Motion``."""

BLAZEPOSE: Final[tuple[str, ...]] = (
    "nose",
    "left_eye_inner", "left_eye", "left_eye_outer",
    "right_eye_inner", "right_eye", "right_eye_outer",
    "left_ear", "right_ear", "mouth_left", "mouth_right",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    "left_heel", "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip
"""The 33 landmarks of BlazePose, in the network's order."""

COCO17: Final[tuple[str, ...]] = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
    "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
"""The 17 key points of COCO in their order: a body without feet and hands."""

HALPE26: Final[tuple[str, ...]] = (
    *COCO17, "", "", "", "left_foot_index", "right_foot_index", "", "", "left_heel", "right_heel",
)  # fmt: skip
"""The 26 key points of Halpe in their order; the big toe is ``foot_index``, "" is not a joint here."""


def part_of(joint: str) -> str:
    """Return a joint's name without its side."""
    return joint.partition("_")[2] or joint


def other(side: Side) -> Side:
    """Return the opposite side."""
    return "right" if side == "left" else "left"
