"""A body drawn on a picture from the front or from behind: midline, trunk, shoulders, hips, and the feet.

Left and right are told apart by letters and by shape, not by colour alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side
from analyzer.data.capture import PoseTrack
from analyzer.outputs.annotated_video.drawing import area, dots, lines, say
from analyzer.outputs.colours import DARK, FRAME, ON_VIDEO, RGB, WHITE
from analyzer.signals.geometry import mapped
from analyzer.video.frame import Image

_LIMBS: Final = (
    ("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"), ("ankle", "foot_index"),
)  # fmt: skip
"""Joints that a line is drawn between, on each side."""
DASH: Final = 0.035
"""Length of a dash of the midline, and of the gap behind it, of its whole length."""
BEYOND: Final = 0.06
"""How far the midline reaches past ears and feet, shares of their distance."""
LETTER: Final = 9.0
"""Height of the letters at the feet in widths of a line."""


def draw(image: Image, pose: PoseTrack, index: int, to_image: Array, thick: float, down: Side | None) -> None:
    """Draw the body of a frame.

    Parameters
    ----------
    image : (h, w, 3) uint8
        Changed in place.
    pose : PoseTrack
    index : int
        Of the frame.
    to_image : (3, 3)
        From the frame's px to the image's.
    thick : float
        Width of a line, px.
    down : "left" or "right", optional
        The foot that stands: it is drawn large.
    """

    def at(name: str) -> Array:
        return np.asarray(mapped(to_image, pose.joint(name)[index][None])[0])

    def middle(part: str) -> Array:
        return np.asarray((at(f"left_{part}") + at(f"right_{part}")) / 2)

    hips, neck = middle("hip"), middle("shoulder")
    ends = [at(f"{side}_{part}") for side in SIDES for part in ("ear", "foot_index", "ankle")]
    _midline(image, hips, neck, np.array(ends), thick)
    for side in SIDES:
        bones = [(at(f"{side}_{a}"), at(f"{side}_{b}")) for a, b in _LIMBS]
        _lines(image, np.array(bones), ON_VIDEO[side], thick)
    across = np.array([[at(f"{side}_{part}") for side in SIDES] for part in ("shoulder", "hip")])
    _lines(image, across[:1], WHITE, thick)
    _lines(image, np.array([[hips, neck]]), WHITE, 1.6 * thick)
    _lines(image, across[1:], FRAME, 1.6 * thick)
    for side in SIDES:
        _foot(image, side, at(f"{side}_ankle"), (2.6 if side == down else 1.6) * thick)
    for side in SIDES:
        _letter(image, side, at(f"{side}_ankle"), hips, thick)


def _midline(image: Image, hips: Array, neck: Array, ends: Array, thick: float) -> None:
    """Draw an upright line through the middle of the hips, dashed."""
    y = np.append(ends[:, 1], neck[1])
    y = y[np.isfinite(y)]
    if not (len(y) and np.isfinite(hips).all()):
        return
    reach = BEYOND * (y.max() - y.min())
    top, bottom = y.min() - reach, y.max() + reach
    starts = np.arange(top, bottom, 2 * DASH * (bottom - top))
    x = np.full(len(starts), hips[0])
    dashes = np.stack([np.column_stack([x, starts]), np.column_stack([x, starts + DASH * (bottom - top)])], 1)
    _lines(image, dashes, WHITE, 0.8 * thick)


def _lines(image: Image, ends: Array, colour: RGB, width: float) -> None:
    """Draw lines, (n, 2, 2), with a dark rim; those with an unseen end are left out."""
    seen = ends[np.isfinite(ends).all(axis=(1, 2))]
    if len(seen):
        lines(image, seen, DARK, width + 2)
        lines(image, seen, colour, width)


def _foot(image: Image, side: Side, place: Array, radius: float) -> None:
    """Mark an ankle: the left one by a disc, the right one by a square."""
    if not np.isfinite(place).all():
        return
    if side == "left":
        dots(image, place[None], radius + 1.2, DARK)
        dots(image, place[None], radius, ON_VIDEO[side])
        return
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * 0.89
    area(image, place + (radius + 1.2) * corners, DARK)
    area(image, place + radius * corners, ON_VIDEO[side])


def _letter(image: Image, side: Side, place: Array, hips: Array, thick: float) -> None:
    """Write a side's letter beside its foot, away from the midline."""
    if not (np.isfinite(place).all() and np.isfinite(hips).all()):
        return
    size = round(LETTER * thick / 1.6)
    out = 1.0 if place[0] >= hips[0] else -1.0
    say(
        image,
        side[0].upper(),
        size,
        ON_VIDEO[side],
        (float(place[0] + out * 1.1 * size), float(place[1] - size / 2)),
    )
