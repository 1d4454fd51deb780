"""How far beside the lane's line the camera stands, by the legs' swing, and what that adds to what is seen.

From a little to one side a foot that reaches forward seems to go across, both feet to the same side of the
picture; what the legs do across the lane goes to opposite sides. So left minus right, which an even runner's
crossing legs leave out, tells the angle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from analyzer.body.skeleton import Side
from analyzer.frontal.alternation import Middle
from analyzer.frontal.body import Body

SCISSORS: Final = 0.85
"""How far the left ankle is behind the right one a quarter of a stride after the left stance, leg lengths, as
the first harmonic has it: 0.67 in slow drawn runners, 0.9 to 1.0 in drawn sprinters, 0.72 to 0.89 in runners
measured at 4 and 5 m/s."""
FOOT: Final = -0.19
"""How far ahead of the hips the ankle is in the middle of its stance, leg lengths: -0.12 to -0.21 in both."""
KNEE_DEG: Final = 49.0
"""How much further out the knee of a standing leg seems for each unit of the angle's sine, deg: it is 0.14 to
0.23 leg lengths ahead of the line from hip to ankle."""
HAND: Final = 0.78
"""How much further to one side a hand seems where it is furthest across, shoulder widths: it is 0.20 to 0.37
leg lengths ahead of the shoulders."""
PER_SINE: Final = {"foot_from_midline": 100 * FOOT, "knee_inward": -KNEE_DEG, "hand_across": -100 * HAND}
"""What is added to the left side's number, in its unit, for each unit of the sine; the right one loses it."""
FEWEST: Final = 12
"""Frames that tell the angle."""
MOST: Final = 0.4
"""Sine of the largest angle that is taken out."""
LEGS_SD: Final = 0.15
"""Error of the angle as a share of it: runners swing their legs more or less than ``SCISSORS``. Of rendered
runs seen by a network from 4° to 7° beside the line the angle was 0.9° off (root mean square)..."""
LEAST_SD_DEG: Final = 0.7
"""...and what there is of it on the line itself, deg: 0.7 of the same runs on it, 0.6 of measured runners."""


def sine(body: Body, middles: Sequence[Middle]) -> float:
    """Return the sine of the angle between the view and the lane's line, positive where ahead seems left.

    "Left" is the athlete's; NaN where nothing tells the angle.
    """
    when = np.array([m.time_s for m in middles])
    if len(when) < 3:
        return float("nan")
    number = np.arange(len(when)) + (middles[0].side == "right")
    apart = (body.joint("left_ankle") - body.joint("right_ankle"))[:, 0]
    inside = (body.time >= when[0]) & (body.time <= when[-1]) & np.isfinite(apart)
    if inside.sum() < FEWEST:
        return float("nan")
    phase = np.pi * np.interp(body.time[inside], when, number)
    basis = np.column_stack([np.ones(int(inside.sum())), np.cos(phase), np.sin(phase)])
    terms, *_ = np.linalg.lstsq(basis, apart[inside], rcond=None)
    return float(np.clip(-terms[2] / SCISSORS, -MOST, MOST))


def angle(sine: float) -> tuple[float, float]:
    """Return the angle of a sine and its standard error, deg; NaN where it is not known."""
    found = float(np.degrees(np.arcsin(sine)))
    return found, float(np.hypot(LEAST_SD_DEG, LEGS_SD * found))


def added(name: str, side: Side, sine: float) -> float:
    """Return what a view from beside the line adds to a stance's number of a side, in its unit."""
    to_left = 1.0 if side == "left" else -1.0
    return to_left * PER_SINE.get(name, 0.0) * sine


def shifted(part: Literal["foot", "hand"], sine: float, shoulders: float) -> float:
    """Return the same for the place of a foot or a hand, to the athlete's left, leg lengths.

    It is what ``added`` is where a number is read: of a foot that stands, of a hand that is furthest across.

    Parameters
    ----------
    part : "foot" or "hand"
    sine : float
    shoulders : float
        Width of the shoulders, leg lengths.
    """
    return (FOOT if part == "foot" else HAND * shoulders) * sine
