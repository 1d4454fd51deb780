"""Body-segment parameters: masses, centres of mass and lengths of the segments."""

from __future__ import annotations

from typing import Final, NamedTuple

from analyzer.body.skeleton import Sex, Side


class Segment(NamedTuple):
    """A rigid body segment.

    Mass is a fraction of body mass and ``com`` the distance of the centre of mass from ``proximal``
    as a fraction of segment length, each as (male, female), after de Leva (1996), J Biomech 29:1223.
    """

    proximal: tuple[str, ...]
    distal: tuple[str, ...]
    mass: tuple[float, float]
    com: tuple[float, float]


def _limb(side: Side) -> dict[str, Segment]:
    """Return the segments of one arm and one leg."""

    def j(name: str) -> str:
        return f"{side}_{name}"

    return {
        j("upper_arm"): Segment((j("shoulder"),), (j("elbow"),), (0.0271, 0.0255), (0.5772, 0.5754)),
        j("forearm"): Segment((j("elbow"),), (j("wrist"),), (0.0162, 0.0138), (0.4574, 0.4559)),
        j("hand"): Segment((j("wrist"),), (j("pinky"), j("index")), (0.0061, 0.0056), (0.79, 0.7474)),
        j("thigh"): Segment((j("hip"),), (j("knee"),), (0.1416, 0.1478), (0.4095, 0.3612)),
        j("shank"): Segment((j("knee"),), (j("ankle"),), (0.0433, 0.0481), (0.4395, 0.4352)),
        j("foot"): Segment((j("heel"),), (j("foot_index"),), (0.0137, 0.0129), (0.4415, 0.4014)),
    }


SEGMENTS: Final[dict[str, Segment]] = {
    # No vertex or chin among the landmarks: the point between the ears stands for the head's centre.
    "head": Segment(("left_ear", "right_ear"), ("left_ear", "right_ear"), (0.0694, 0.0668), (0.0, 0.0)),
    "trunk": Segment(
        ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"), (0.4346, 0.4257), (0.431, 0.3782)
    ),
    **_limb("left"),
    **_limb("right"),
}
"""The 14 segments by name; several joints at an end mean their midpoint."""

LENGTH_OF_STATURE: Final[dict[str, tuple[float, float]]] = {
    "thigh": (0.2425, 0.2124),
    "shank": (0.2529, 0.2528),
    "trunk": (0.2961, 0.2870),
}
"""Lengths from joint centre to joint centre as fractions of standing height, (male, female), de Leva (1996).

The scale takes ``joints.body_size.LEGS_OF_STATURE`` instead: de Leva's women have short thighs.
"""
LEG_OF_STATURE: Final = 0.53
"""Standing hip-to-ground length as a fraction of stature (Drillis & Contini 1966)."""


def by_sex(pair: tuple[float, float], sex: Sex) -> float:
    """Return the male or female figure of a pair, or their mean when the sex is not given."""
    male, female = pair
    return {"male": male, "female": female, "unspecified": (male + female) / 2}[sex]
