"""The body as rounded solids: tapered capsules and ellipsoids hung on the sprinter's joints.

A solid is one row of numbers, so that the compiled renderer can walk through them:
``[kind, group, material, a(3), b(3), r1, r2, axes(9), radii(3)]``, kind 0 a capsule from a to b, kind 1 an
ellipsoid around a.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.build import Build
from validation.sprinter import Array, Pose

TORSO, RIGHT_LEG, LEFT_LEG, RIGHT_ARM, LEFT_ARM, HEAD = range(6)
RIGHT_SHOE, LEFT_SHOE, RIGHT_FOREARM, LEFT_FOREARM = range(6, 10)
GROUPS = 10

SKIN, VEST, LEG, FACE, SHOE, EYE, LIP, SHORTS, HAIR, SLEEVE = range(10)

WIDTH = 23


@dataclass(frozen=True)
class Solids:
    """Rows sorted by group; ``start`` (groups + 1,) indexes them; ``ball`` (groups, 4) encloses each.

    ``frames`` (7, 12) are origins and axes in which the colours are painted: thorax, pelvis, skull,
    right shoe, left shoe, right thigh, left thigh (the last two: hip, and axis over its squared length).
    """

    rows: Array
    start: NDArray[np.int64]
    ball: Array
    bounds: Array
    frames: Array


class _Sculptor:
    def __init__(self) -> None:
        self.rows: list[Array] = []

    def cone(self, group: int, material: int, a: Array, b: Array, r1: float, r2: float) -> None:
        row = np.zeros(WIDTH)
        row[:3] = 0, group, material
        row[3:6], row[6:9], row[9], row[10] = a, b, r1, r2
        self.rows.append(row)

    def ellipsoid(
        self, group: int, material: int, centre: Array, axes: Array, radii: tuple[float, float, float]
    ) -> None:
        row = np.zeros(WIDTH)
        row[:3] = 1, group, material
        row[3:6], row[11:20], row[20:23] = centre, np.asarray(axes).T.ravel(), radii
        self.rows.append(row)

    def bounds(self, row: Array) -> Array:
        """Return centre and radius of a sphere around one solid."""
        if row[0] == 0:
            c = (row[3:6] + row[6:9]) / 2
            return np.r_[c, np.linalg.norm(row[6:9] - row[3:6]) / 2 + max(row[9], row[10])]
        return np.r_[row[3:6], row[20:23].max()]

    def done(self, frames: Array) -> Solids:
        rows = np.array(sorted(self.rows, key=lambda r: r[1]))
        bounds = np.array([self.bounds(r) for r in rows])
        start = np.searchsorted(rows[:, 1], np.arange(GROUPS + 1))
        ball = np.zeros((GROUPS, 4))
        for g in range(GROUPS):
            part = bounds[start[g] : start[g + 1]]
            c = (part[:, :3].min(0) + part[:, :3].max(0)) / 2
            ball[g] = np.r_[c, (np.linalg.norm(part[:, :3] - c, axis=1) + part[:, 3]).max()]
        return Solids(rows, start.astype(np.int64), ball, bounds, frames)


def sculpt(pose: Pose, i: int, build: Build) -> Solids:
    """Return the solids of frame ``i`` of a pose."""
    out = _Sculptor()
    thorax, hips, skull = pose["thorax"][i], pose["hips"][i], pose["skull"][i]
    pelvis, waist, chest, head = (pose[n][i] for n in ("pelvis", "waist", "chest", "head"))
    k, girth = build.scale, build.girth
    wide = k * build.shoulder
    frames = np.zeros((7, 12))
    for row, origin, axes in ((0, chest, thorax), (1, pelvis, hips), (2, head, skull)):
        frames[row, :3], frames[row, 3:] = origin, axes.T.ravel()

    def on_thorax(x: float, y: float, z: float) -> Array:
        ahead = build.flesh.chest_m * k
        return np.asarray(chest + thorax @ np.array([x * k * girth + ahead, y * wide, z * k]))

    def size(x: float, y: float, z: float) -> tuple[float, float, float]:
        return x * k * girth, y * wide, z * k

    trunk = build.trunk / (0.52 * k)
    out.ellipsoid(TORSO, VEST, on_thorax(0.005, 0, -0.175 * trunk), thorax, size(0.104, 0.150, 0.190))
    out.ellipsoid(TORSO, VEST, on_thorax(0.010, 0, -0.075), thorax, size(0.088, 0.150, 0.085))
    for s in (-1, 1):
        if build.bust:
            out.ellipsoid(TORSO, VEST, on_thorax(0.070, s * 0.062, -0.135), thorax,
                          size(0.050 + build.bust, 0.066, 0.062))  # fmt: skip
        else:
            out.ellipsoid(TORSO, VEST, on_thorax(0.062, s * 0.070, -0.105), thorax, size(0.045, 0.078, 0.060))
        out.ellipsoid(TORSO, VEST, on_thorax(-0.055, s * 0.085, -0.130), thorax, size(0.045, 0.070, 0.120))
        out.cone(TORSO, VEST, on_thorax(-0.018, s * 0.035, 0.060), on_thorax(-0.012, s * 0.150, -0.008),
                 0.042 * k * girth, 0.042 * k * girth)  # fmt: skip
    flesh = build.flesh
    belly = (waist + pelvis) / 2 + hips @ np.array([(0.008 + flesh.pelvis_m / 2) * k, 0, 0.045 * k])
    hip_wide = k * build.hip
    out.ellipsoid(TORSO, VEST, belly, (thorax + hips) / 2,
                  (0.083 * k * girth * flesh.belly, 0.118 * k * girth * (build.shoulder + 1) / 2,
                   0.150 * k))  # fmt: skip
    seat = pelvis + hips @ np.array([(-0.008 + flesh.pelvis_m) * k, 0, 0.010 * k])
    out.ellipsoid(TORSO, SHORTS, seat, hips, (0.100 * k * girth, 0.148 * hip_wide, 0.105 * k))
    out.cone(TORSO, SKIN, on_thorax(-0.018, 0, 0.02), head + skull @ (k * np.array([-0.022, 0, -0.050])),
             0.056 * k * girth, 0.053 * k * girth)  # fmt: skip
    for side, s in (("right", -1), ("left", 1)):
        _leg(out, pose, i, side, s, build, frames)
        _arm(out, pose, i, side, s, build)
    _head(out, head, skull, build)
    return out.done(frames)


def _leg(out: _Sculptor, pose: Pose, i: int, side: str, s: int, build: Build, frames: Array) -> None:
    right = side == "right"
    leg, shoe = (RIGHT_LEG, RIGHT_SHOE) if right else (LEFT_LEG, LEFT_SHOE)
    k = build.scale
    g = k * build.limb
    hip, knee, ankle, ball = (pose[f"{side}_{n}"][i] for n in ("hip", "knee", "ankle", "ball"))
    up, hips = pose[side + "_leg_z"][i], pose["hips"][i]
    lateral = np.cross(up, [1.0, 0, 0])
    lateral /= np.linalg.norm(lateral)

    def along(a: Array, z: Array) -> tuple[Array, Array]:
        axis = (z - a) / np.linalg.norm(z - a)
        forward = np.cross(lateral, -axis)
        return axis, forward / np.linalg.norm(forward)

    axis, front = along(hip, knee)
    frames[5 if right else 6, :6] = np.r_[hip, (knee - hip) / np.sum((knee - hip) ** 2)]
    seat = 0.5 * axis - 0.5 * hips[:, 2]
    seat /= np.linalg.norm(seat)
    behind = np.cross(hips[:, 1], -seat)
    out.ellipsoid(
        leg, SHORTS,
        hip - 0.050 * g * behind + hips @ np.array([build.flesh.pelvis_m * k, -s * 0.012 * k, 0]),
        np.stack([behind, np.cross(-seat, behind), -seat], 1),
        (0.076 * g * build.flesh.seat, 0.076 * k * build.hip, 0.098 * k),
    )  # fmt: skip

    def thigh(q: float, x: float, y: float) -> Array:
        ahead = x * g + build.flesh.thigh_m * k * (1 - q)
        return np.asarray(hip + axis * q * build.thigh + front * ahead + lateral * s * y * g)

    if build.flesh.shorts:
        out.cone(leg, SHORTS, thigh(0, 0, 0), thigh(build.flesh.shorts, 0, 0.01), 0.098 * g, 0.104 * g)

    out.cone(leg, LEG, thigh(0, 0, 0), thigh(1, 0.002, 0), 0.082 * g, 0.050 * g)
    out.cone(leg, LEG, thigh(0.16, 0.022, 0.012), thigh(0.62, 0.026, 0.010), 0.066 * g, 0.054 * g)
    out.cone(leg, LEG, thigh(0.62, 0.022, -0.004), thigh(0.90, 0.014, -0.008), 0.050 * g, 0.040 * g)
    out.cone(leg, LEG, thigh(0.14, -0.030, 0), thigh(0.60, -0.024, 0), 0.064 * g, 0.046 * g)
    out.cone(leg, LEG, thigh(0.10, -0.004, -0.022), thigh(0.40, -0.002, -0.014), 0.062 * g, 0.050 * g)
    axis2, front2 = along(knee, ankle)

    def shank(q: float, x: float, y: float) -> Array:
        return np.asarray(knee + axis2 * q * build.shank + front2 * x * g + lateral * s * y * g)

    cap = front + front2
    cap /= np.linalg.norm(cap)
    below = LEG if build.look.leg_cover > 1 else SKIN
    out.ellipsoid(leg, below, knee + cap * 0.022 * g, np.stack([cap, lateral, np.cross(cap, lateral)], 1),
                  (0.034 * g, 0.040 * g, 0.042 * g))  # fmt: skip
    out.cone(leg, below, shank(0, 0, 0), shank(1, -0.004, 0), 0.049 * g, 0.033 * g)
    out.cone(leg, below, shank(0.14, -0.030, 0.012), shank(0.40, -0.026, 0.008), 0.042 * g, 0.030 * g)
    out.cone(leg, below, shank(0.14, -0.030, -0.014), shank(0.44, -0.026, -0.010), 0.042 * g, 0.031 * g)
    out.cone(leg, below, shank(0.30, -0.020, 0), shank(0.93, -0.022, 0), 0.038 * g, 0.016 * g)
    out.cone(leg, below, shank(0.08, 0.016, 0), shank(0.55, 0.008, 0), 0.030 * g, 0.026 * g)

    x, z = pose[side + "_foot_x"][i], pose[side + "_foot_z"][i]
    tx, tz = pose[side + "_toe_x"][i], pose[side + "_toe_z"][i]
    frames[3 if right else 4] = np.r_[ankle, np.stack([x, lateral, z]).ravel()]

    def foot(a: float, b: float, c: float) -> Array:
        return np.asarray(ankle + k * (x * a + lateral * s * b + z * c))

    bulk = build.flesh.shoe * k
    out.cone(shoe, SHOE, foot(-0.018, 0, -0.048), foot(0.055, 0, -0.050), 0.036 * bulk, 0.033 * bulk)
    out.cone(shoe, SHOE, foot(-0.020, 0, -0.012), foot(-0.018, 0, -0.045), 0.034 * bulk, 0.037 * bulk)
    out.cone(shoe, SHOE, foot(0.020, 0, -0.010), foot(0.110, 0, -0.052), 0.038 * bulk, 0.030 * bulk)
    # Middle of the rounds of ball and toes over the sole.
    above, over = 0.015 * k, 0.010 * k
    if build.touches:
        above, over = 0.036 * bulk - build.sole, 0.026 * bulk - build.sole
    out.cone(shoe, SHOE, foot(0.055, 0.006, -0.055), foot(0.125, 0.008, above / k - 0.072),
             0.033 * bulk, 0.036 * bulk)  # fmt: skip
    toes = ball + tx * (build.toe - 0.026 * k) + over * tz - k * lateral * s * 0.006
    out.cone(shoe, SHOE, ball + above * tz + k * lateral * s * 0.008, toes, 0.036 * bulk, 0.026 * bulk)
    if build.touches:
        out.cone(shoe, SHOE, toes, ball + tx * build.toe - k * lateral * s * 0.006, 0.026 * bulk, build.sole)


def _arm(out: _Sculptor, pose: Pose, i: int, side: str, s: int, build: Build) -> None:
    upper_group, lower_group = (RIGHT_ARM, RIGHT_FOREARM) if side == "right" else (LEFT_ARM, LEFT_FOREARM)
    shoulder, elbow, wrist = (pose[f"{side}_{n}"][i] for n in ("shoulder", "elbow", "wrist"))
    a, b = pose[side + "_upper"][i], pose[side + "_lower"][i]
    k = build.scale
    g = k * build.limb
    sleeve = SLEEVE if build.look.sleeves else SKIN

    def upper(q: float, x: float, y: float) -> Array:
        return np.asarray(shoulder - a[:, 2] * q * build.upper_arm + g * (a[:, 0] * x + a[:, 1] * s * y))

    out.ellipsoid(upper_group, sleeve, upper(0.10, 0, 0.006), a, (0.056 * g, 0.054 * g, 0.078 * k))
    out.cone(upper_group, sleeve, upper(0, 0, -0.01), upper(0.55, 0, 0), 0.048 * g, 0.041 * g)
    out.cone(upper_group, SKIN, upper(0.5, 0, 0), upper(1, 0, 0), 0.042 * g, 0.036 * g)
    out.cone(upper_group, SKIN, upper(0.30, 0.016, 0), upper(0.72, 0.014, 0), 0.040 * g, 0.034 * g)
    out.cone(upper_group, SKIN, upper(0.22, -0.018, 0), upper(0.70, -0.012, 0), 0.041 * g, 0.032 * g)

    def lower(q: float, x: float, y: float) -> Array:
        return np.asarray(elbow - b[:, 2] * q * build.forearm + g * (b[:, 0] * x + b[:, 1] * s * y))

    out.cone(lower_group, SKIN, lower(0, 0, 0), lower(1, 0, 0), 0.037 * g, 0.024 * g)
    out.cone(lower_group, SKIN, lower(0.10, 0.010, 0.006), lower(0.42, 0.006, 0.004), 0.036 * g, 0.031 * g)
    out.ellipsoid(lower_group, SKIN, wrist - b[:, 2] * 0.050 * k, b, (0.040 * k, 0.017 * k, 0.046 * k))
    for x, length in ((0.028, 0.060), (0.010, 0.070), (-0.008, 0.066), (-0.025, 0.052)):  # half-curled
        k0 = wrist + k * (b[:, 0] * x - b[:, 2] * 0.085)
        k1 = k0 - k * length * (b[:, 2] * 0.55 + b[:, 1] * s * 0.30)
        k2 = k1 - k * length * (b[:, 2] * 0.15 + b[:, 1] * s * 0.35)
        out.cone(lower_group, SKIN, k0, k1, 0.0105 * k, 0.0095 * k)
        out.cone(lower_group, SKIN, k1, k2, 0.0095 * k, 0.008 * k)
    out.cone(lower_group, SKIN, wrist + k * (b[:, 0] * 0.028 - b[:, 2] * 0.025),
             wrist + k * (b[:, 0] * 0.050 - b[:, 2] * 0.075 - b[:, 1] * s * 0.018),
             0.013 * k, 0.010 * k)  # fmt: skip


def _head(out: _Sculptor, head: Array, skull: Array, build: Build) -> None:
    k = build.scale

    def at(x: float, y: float, z: float) -> Array:
        return np.asarray(head + skull @ (k * np.array([x, y, z])))

    def cone(material: int, a: Array, b: Array, r1: float, r2: float) -> None:
        out.cone(HEAD, material, a, b, r1 * k, r2 * k)

    out.ellipsoid(HEAD, FACE, at(-0.010, 0, 0.024), skull, (0.099 * k, 0.077 * k, 0.098 * k))
    out.ellipsoid(HEAD, FACE, at(0.020, 0, -0.045), skull, (0.074 * k, 0.060 * k, 0.082 * k))
    cone(FACE, at(0.058, -0.014, -0.103), at(0.058, 0.014, -0.103), 0.022, 0.022)
    cone(FACE, at(0.092, 0, 0.004), at(0.111, 0, -0.036), 0.008, 0.0125)
    for s in (-1, 1):
        cone(FACE, at(0.084, s * 0.012, 0.020), at(0.070, s * 0.045, 0.018), 0.014, 0.012)
        cone(FACE, at(0.070, s * 0.042, -0.030), at(0.030, s * 0.062, -0.028), 0.018, 0.014)
        cone(FACE, at(0.055, s * 0.022, -0.102), at(-0.005, s * 0.052, -0.070), 0.020, 0.018)
        cone(FACE, at(0.104, s * 0.011, -0.038), at(0.098, s * 0.013, -0.040), 0.008, 0.007)
        out.ellipsoid(HEAD, FACE, at(-0.004, s * 0.077, -0.018), skull, (0.020 * k, 0.010 * k, 0.033 * k))
        out.ellipsoid(HEAD, EYE, at(0.0795, s * 0.031, -0.004), skull, (0.0125 * k, 0.0145 * k, 0.0095 * k))
    out.ellipsoid(HEAD, LIP, at(0.088, 0, -0.070), skull, (0.012 * k, 0.024 * k, 0.0095 * k))
    if build.look.ponytail:
        out.ellipsoid(HEAD, HAIR, at(-0.022, 0, 0.034), skull, (0.097 * k, 0.082 * k, 0.098 * k))
        cone(HAIR, at(-0.105, 0, 0.045), at(-0.150, 0, 0.030), 0.026, 0.030)
        cone(HAIR, at(-0.150, 0, 0.030), at(-0.235, 0, -0.055), 0.030, 0.012)
