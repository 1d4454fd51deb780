"""Where the body's momentum is: an exact account of which part moves relative to what it hangs on.

After Ae (1983) and Hinrichs (1987, 1992). With the hips H and the shoulders S as places of
attachment, the velocity of the centre of mass is, at every instant and without any assumption,

    V = push + swing leg + arms + trunk

where the legs and the trunk are taken relative to H and the arms relative to S. It accounts for
motion; it does not say which muscle caused it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.anthropometry import SEGMENTS, by_sex
from analyzer.body.skeleton import JOINTS, SIDES, Side, other
from analyzer.data.motion import Motion
from analyzer.motion.centre_of_mass import segment_centre
from analyzer.signals import filters

LEG: Final = ("thigh", "shank", "foot")
"""Segments that hang on a hip."""
ARM: Final = ("upper_arm", "forearm", "hand")
"""Segments that hang on a shoulder."""


@dataclass(frozen=True)
class Momenta:
    """Momenta for each unit of body mass, m/s: (n, 2), x forward and y up, NaN where unseen.

    leg : side -> leg relative to the hips
    arm : side -> arm relative to the shoulders; NaN throughout where it was never seen whole
    trunk : trunk, head and the shoulders that carry the arms, relative to the hips
    hips : velocity of the mid-hip
    total : velocity of the centre of mass, the sum of all of them
    whole : whether legs and arms, with their hands and feet, are all of them seen at some time
    """

    leg: dict[Side, Array]
    arm: dict[Side, Array]
    trunk: Array
    hips: Array
    total: Array
    whole: bool = True

    def push(self, side: Side) -> Array:
        """Return the part of the leg that stands: it moves itself and the hips with all they carry."""
        return self.hips + self.leg[side]

    def parts(self, side: Side) -> dict[str, Array]:
        """Return push, swing, arms and trunk for a stance on ``side``; they add up to ``total``."""
        return {
            "push": self.push(side),
            "swing": self.leg[other(side)],
            "arms": self.arm["left"] + self.arm["right"],
            "trunk": self.trunk,
        }


def momenta(motion: Motion) -> Momenta:
    """Compute the momenta of a motion from its filtered joints.

    A segment that the clip never shows is left out, as in the centre of mass; without a head or a
    trunk the shoulders' share is still that of the arms they carry. An arm that is not shown whole is
    NaN, for what it does is not known, but is left out of the total.
    """
    n = len(motion.time)
    paths = np.ascontiguousarray(motion.position.T).reshape(-1, n)
    velocity = filters.derivative(motion.time, paths.T).T.reshape(2, -1, n)
    at = {name: velocity[:, i] for i, name in enumerate(JOINTS)}
    hips = (at["left_hip"] + at["right_hip"]) / 2
    shoulders = (at["left_shoulder"] + at["right_shoulder"]) / 2
    weight: dict[str, float] = {}
    moving: dict[str, Array] = {}
    for name, segment in SEGMENTS.items():
        centre = segment_centre(segment, at, motion.sex)
        seen = bool(np.isfinite(centre).any())
        weight[name] = by_sex(segment.mass, motion.sex) if seen else 0.0
        moving[name] = centre if seen else np.zeros_like(centre)
    mass = sum(weight.values()) or 1.0
    weight = {name: value / mass for name, value in weight.items()}

    def relative(names: tuple[str, ...], to: Array) -> Array:
        return np.asarray(sum((weight[n] * (moving[n] - to) for n in names), np.zeros_like(to)))

    leg = {side: relative(tuple(f"{side}_{part}" for part in LEG), hips) for side in SIDES}
    arms = {side: tuple(f"{side}_{part}" for part in ARM) for side in SIDES}
    arm = {side: relative(arms[side], shoulders) for side in SIDES}
    carried = sum(weight[name] for side in SIDES for name in arms[side])
    trunk = relative(("trunk", "head"), hips) + carried * (shoulders - hips)
    total = hips + leg["left"] + leg["right"] + arm["left"] + arm["right"] + trunk
    whole = all(weight[f"{side}_{part}"] > 0 for side in SIDES for part in (*LEG, *ARM))
    for side in SIDES:
        if not all(weight[name] > 0 for name in arms[side]):
            arm[side] = np.full_like(hips, np.nan)
    leg, arm = ({side: part[side].T for side in SIDES} for part in (leg, arm))
    return Momenta(leg, arm, trunk.T, hips.T, total.T, whole)
