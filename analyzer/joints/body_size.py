"""How large a body is in the image, which way it looks and by what its feet stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack
from analyzer.signals.geometry import distance

SHOWN_OF_STRAIGHT_LEG: Final = 0.985
"""Share of a straight leg's thigh and shank that the network shows without the shifts (0.982 to 0.990)."""
EAR_TO_ANKLE: Final = 0.882
"""Ankle to knee to hip to shoulder to the point between the ears, in statures.

The army survey ANSUR II has 0.884 from malleolus to tragion, and the drawn bodies 0.878, which the network
shows as 0.883 and 0.885. Women and men hardly differ, as short legs go with long trunks.
"""
EAR_TO_ANKLE_SD: Final = 0.015
"""Between people 0.007 (ANSUR II), how the chain is marked 0.010, distance of the near leg 0.008."""
NECK: Final = 0.10
"""Share of the chain from the shoulders to the ears, below which the head is cut off and the ears guessed.

It is 0.11 to 0.15 where heads are seen and 0.07 to 0.09 in a film without.
"""
LEG_SD: Final = 0.04
"""Scatter of thigh and shank as a share of stature between people, and the network's."""
LEGS_OF_STATURE: Final = (0.487, 0.477)
"""Thigh and shank, male and female.

Mean of de Leva (1996; 0.495 and 0.465), Drillis & Contini (1966; 0.491) and ANSUR II (0.474, trochanter to
malleolus): the first alone gives women a thigh an eighth shorter than men's.
"""
ANKLE_HIGH: Final = 0.105
"""Height of the ankle over the ground where it is lowest in a stance, leg lengths."""
LEG_OF_THIGH_AND_SHANK: Final = LEG_OF_STATURE / 0.491
"""Standing hip-to-ground length as a multiple of thigh and shank together (Drillis & Contini 1966: 0.491 of
the stature)."""
STRAIGHTEST: Final = 0.6
"""Quantile of the distance from hip to ankle from which a leg counts as about straight: two frames in five,
enough for a median in a clip of a few steps."""
HEAD_SEEN: Final = 0.5
"""Share of the frames in which the ears must be seen, below which a head is a guessed one."""
FACING_S: Final = 0.5
"""Half of the time over which a body's way is averaged, s: about a stride in all, so that a foot that was
marked the wrong way round does not turn the athlete."""


class Spans(NamedTuple):
    """Lengths of the body in pixels: thigh and shank of a straight leg, and up to the ears (NaN = unseen)."""

    leg: float
    chain: float


def stands_on(names: Sequence[str], xy: Array) -> Literal["foot_index", "ankle"]:
    """Tell by which joint a foot stands: its toe, or the ankle where no foot was marked in the whole clip.

    Parameters
    ----------
    names : sequence of str
        Joints in the order of ``xy``.
    xy : (n, k, 2)
        Their paths, in any unit.
    """
    toes = [i for i, name in enumerate(names) if name.endswith("_foot_index")]
    return "foot_index" if np.isfinite(xy[:, toes]).any() else "ankle"


def soles(pose: PoseTrack, xy: Array) -> Array:
    """Return the lowest points (m, 2) of both feet in all frames that show them, px, y down."""
    if stands_on(pose.names, xy) == "ankle":
        low = [pose.joint(f"{side}_ankle", xy) for side in SIDES]
        down = ANKLE_HIGH * LEG_OF_THIGH_AND_SHANK * spans(pose, xy).leg
        low = [ankle + np.array([0.0, down]) for ankle in low]
    else:
        low = []
        for side in SIDES:
            toe, heel = (pose.joint(f"{side}_{part}", xy) for part in ("foot_index", "heel"))
            on_toe = (toe[:, 1] >= heel[:, 1]) | np.isnan(heel[:, 1])
            low.append(np.where(on_toe[:, None], toe, heel))
    both = np.concatenate(low)
    return np.asarray(both[np.isfinite(both).all(axis=1)])


def shows_way_of_feet(pose: PoseTrack, xy: Array) -> bool:
    """Tell whether a foot shows which way it points: heel and toe of it are seen together."""
    ends = (pose.joint(f"{s}_foot_index", xy) - pose.joint(f"{s}_heel", xy) for s in SIDES)
    return any(bool(np.isfinite(way).any()) for way in ends)


def facing(pose: PoseTrack, xy: Array) -> Array:
    """Return 1 or -1 (n,): the way a body looks in the image, right or left, over about a second.

    By its feet; where none shows which way it points, by the knees, which bend forward only: they are ahead
    of the line from hip to ankle.
    """
    by_feet = shows_way_of_feet(pose, xy)
    ahead = np.zeros(len(xy))
    for side in SIDES:
        if by_feet:
            way = pose.joint(f"{side}_foot_index", xy) - pose.joint(f"{side}_heel", xy)
        else:
            hip, knee, ankle = (pose.joint(f"{side}_{part}", xy) for part in ("hip", "knee", "ankle"))
            way = knee - (hip + ankle) / 2
        ahead = ahead + np.nan_to_num(way)[:, 0]
    width = max(1, round(FACING_S * pose.fps))
    total = np.convolve(ahead, np.ones(2 * width + 1))[width : width + len(ahead)]
    return np.where(total >= 0, 1.0, -1.0)


def spans(pose: PoseTrack, xy: Array) -> Spans:
    """Measure an athlete's body in pixels: medians over the frames in which each leg is straightest.

    Of two sides the longer one is the truer: the leg behind the other is marked too short. With the
    trunk and the neck a chain from ankle to ears comes out in which a hip or shoulder that is marked
    too high or too low adds above what it takes below.
    """
    shoulder, hip, ear = (pose.middle(part, xy) for part in ("shoulder", "hip", "ear"))
    upper = distance(shoulder, hip) + distance(shoulder, ear)
    legs, chains = [np.nan], [np.nan]
    for side in SIDES:
        chain = [pose.joint(f"{side}_{part}", xy) for part in ("hip", "knee", "ankle")]
        straight = straightest(*chain)
        if not straight.any():
            continue
        leg = distance(*chain[:2]) + distance(*chain[1:])
        legs.append(float(np.median(leg[straight])))
        whole = (leg + upper)[straight]
        # A head that is hardly ever seen, or cut off by the image's edge, is a guessed one.
        seen = np.isfinite(whole)
        neck = distance(shoulder, ear)[straight]
        if seen.mean() > HEAD_SEEN and np.median(neck[seen]) > NECK * np.median(whole[seen]):
            chains.append(float(np.nanmedian(whole)))
    shown = SHOWN_OF_STRAIGHT_LEG if pose.kind == "network" else 1.0
    return Spans(_longest(legs) / shown, _longest(chains))


def leg_length(pose: PoseTrack, xy: Array) -> float:
    """Return the athlete's standing hip-to-ground length in the unit of ``xy``, px; NaN if unseen."""
    return spans(pose, xy).leg * LEG_OF_THIGH_AND_SHANK


def size(pose: PoseTrack, xy: Array) -> Array:
    """Return (n,) lengths of trunk, thighs and shanks together, in the unit of ``xy``.

    NaN = not all seen, or all of it on one point, as where a tracker writes 0, 0 for what it does not see.
    """
    total = distance(pose.middle("shoulder", xy), pose.middle("hip", xy))
    for side in SIDES:
        hip, knee, ankle = (pose.joint(f"{side}_{part}", xy) for part in ("hip", "knee", "ankle"))
        total = total + distance(hip, knee) + distance(knee, ankle)
    return np.where(total > 0, total, np.nan)


def straightest(hip: Array, knee: Array, ankle: Array) -> Bools:
    """Return in which frames (n,) a leg is about at its straightest: a folded one is marked too short.

    Parameters
    ----------
    hip, knee, ankle : (n, 2)
        Paths in any unit; NaN = not seen.
    """
    reach = np.where(np.isfinite(knee).all(axis=1), distance(hip, ankle), np.nan)
    if not np.isfinite(reach).any():
        return np.zeros(len(reach), dtype=bool)
    return np.asarray(reach >= np.nanquantile(reach, STRAIGHTEST))


def _longest(lengths: list[float]) -> float:
    """Return the longest of the lengths that are known; NaN when none is."""
    return float(np.nanmax(lengths)) if np.isfinite(lengths).any() else float("nan")
