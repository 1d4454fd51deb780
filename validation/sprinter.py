"""A sprinter whose every joint is known at every instant, and whose physics hold.

World: x forward along the lane, y to the athlete's left, z up from the ground, metres and seconds. The
toes of the stance foot are pinned to the ground, the centre of mass follows ``gait.Path``, the stance leg
follows from these two, and the swing leg joins toe-off to the next touchdown by splines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from validation.build import CENTRE, MASS, Build
from validation.feet import AllAlike, AsPeople, Feet, Moved, Way
from validation.gait import Across, Array, Gait, Path, Timetable, timetable

Pose = dict[str, Array]
"""Joints (n, 3) m, frames (n, 3, 3) whose columns are forward, left and up, angles (n,) rad."""

# Knots of the swing as shares of it; degrees at top speed.
_THIGH = np.array([[0.112, -22], [0.239, -4], [0.366, 18], [0.493, 44], [0.607, 64], [0.696, 70],
                   [0.784, 62], [0.886, 43]])  # fmt: skip
_KNEE = np.array([[0.112, 45], [0.214, 88], [0.302, 117], [0.391, 129], [0.493, 124], [0.620, 104],
                  [0.746, 74], [0.848, 42], [0.924, 23]])  # fmt: skip
_ANKLE = np.array([[0.15, -20], [0.315, -8], [0.493, 2], [0.683, 2], [0.80, -7], [0.877, -13], [0.94, -17]])
_ANKLE_LANDS = -17.0
"""The ankle's angle at touchdown that these knots lead to."""
_AFTER_S = (0.012, 0.025, 0.040)
"""Times after toe-off at which the foot's place is prescribed."""
_FREE = 0.10
"""Share of the swing before the times at which it is prescribed before touchdown that has no knots."""
_STRAIGHT = Across()


@dataclass(frozen=True)
class Checks:
    """Where the model falls short of itself: all of them must be close to zero."""

    slip_m: float
    com_error_m: float
    overstretch: float
    below_ground_m: float


class Sprinter:
    """One athlete on one run, covering ``start_s`` to ``stop_s``."""

    def __init__(
        self,
        build: Build,
        gait: Gait,
        start_s: float,
        stop_s: float,
        *,
        first_right: bool = True,
        across: Across = _STRAIGHT,
        feet: Feet | None = None,
        arms: tuple[float, float] = (1.0, 1.0),
    ) -> None:
        self.build, self.gait, self.across, self.feet = build, gait, across, feet
        self.arms = dict(zip(("right", "left"), arms, strict=True))
        self.start_s, self.stop_s = start_s, stop_s
        steps = timetable(gait, build, start_s, stop_s, first_right)
        steps = replace(
            steps,
            touchdown=steps.touchdown + np.where(steps.right, across.later / 2 / gait.frequency, 0.0),
            side_reach=steps.side_reach + (across.foot_m - _STRAIGHT.foot_m) * build.scale,
        )
        for _ in range(14):
            self._settle(steps)
            if self.overstretch <= 0:
                break
            # The leg does not reach: this contact and the next are run a little lower, as people do.
            far = np.flatnonzero(self._stretch > self._way.longest)
            lower = steps.height.copy()
            lower[far] -= 0.004
            lower[np.minimum(far + 1, len(lower) - 1)] -= 0.006
            steps = replace(steps, height=lower)
        self.path.shift = -float(self.path.position(np.array([(start_s + stop_s) / 2]))[0, 0])

    def _settle(self, steps: Timetable) -> None:
        """Find where the pelvis must be for the segments' centre of mass to lie on the path."""
        self.steps, self.path = steps, Path(steps)
        self._way: Way = (
            AsPeople(self.feet, steps, self.build, self.gait) if self.feet else AllAlike(steps, self.build)
        )
        td = steps.touchdown
        half = np.arange(len(td)) / 2 + (0.0 if steps.right[0] else 0.5)
        self._phase = PchipInterpolator(td, half)
        middle = td + steps.contact / 2
        self._lean, self._arm = PchipInterpolator(middle, steps.lean), PchipInterpolator(middle, steps.arm)
        self._crouch = PchipInterpolator(middle, steps.forefoot)
        self._own = {side: np.flatnonzero(steps.right == (side == "right")) for side in ("right", "left")}
        grid = np.arange(td[1], td[-2], 0.002)
        offset = np.zeros((len(grid), 3))
        offset[:] = (-0.06, 0.0, -0.03)
        gain, rounds = self._way.settles
        for _ in range(rounds):
            self._offset = CubicSpline(grid, offset)
            self._swing = {side: self._swing_curves(side) for side in ("right", "left")}
            pose = self.pose(grid)
            new = pose["pelvis"] - centre_of_mass(pose, self.build)
            self._error = float(np.abs(new - offset)[250:-250].max())
            offset = (1 - gain) * offset + gain * new
        looks = grid[::2]
        if self.feet:  # their legs are longest at toe-off itself
            looks = np.sort(np.concatenate([looks, steps.toe_off[1:-2] - 1e-6]))
        self._stretch = self._stretches(looks)
        self.overstretch = float(self._stretch.max() - self._way.longest)

    def _stretches(self, t: Array) -> Array:
        """Largest hip-ankle distance of every contact over the leg's full length."""
        p = self.pose(t)
        out = np.zeros(len(self.steps.touchdown))
        full = self.build.thigh + self.build.shank
        for side in ("right", "left"):
            on = p[side + "_contact"] > 0
            np.maximum.at(out, p[side + "_step"][on].astype(int), p[side + "_reach"][on] / full)
        seen = (self.steps.toe_off > self.start_s - 0.25) & (self.steps.touchdown < self.stop_s + 0.25)
        return np.where(seen, out, 0.0)  # beyond the clip nobody looks

    def check(self) -> Checks:
        """Measure slip, centre of mass, leg length and ground clearance within the clip."""
        t = np.arange(self.start_s, self.stop_s, 0.001)
        p = self.pose(t)
        com = centre_of_mass(p, self.build)[:, [0, 2]]
        slip = below = 0.0
        for side in ("right", "left"):
            ball, tip, step = p[side + "_ball"], p[side + "_tip"], p[side + "_step"]
            for k in np.unique(step):
                on = (step == k) & (p[side + "_contact"] > 0)
                if on.any():
                    slip = max(slip, float(np.ptp(tip[on][:, [0, 2]], axis=0).max()))
            below = max(below, float((self.build.sole - np.minimum(ball, tip)[:, 2]).max()))
        error = float(np.abs(com - self.path.position(t)).max())
        return Checks(slip, error, max(self.overstretch, 0.0), below)

    # --- trunk -----------------------------------------------------------------------------------

    def _base(self, t: Array) -> tuple[Array, Array, Array, Array, Array]:
        phase = self._phase(t)
        com, offset = self.path.position(t), self._offset(t)
        pelvis = np.stack([com[:, 0] + offset[:, 0], offset[:, 1], com[:, 1] + offset[:, 2]], axis=-1)
        turn = np.cos(2 * np.pi * (phase - 0.75))
        rise = np.cos(2 * np.pi * (phase - 0.62))
        pelvis_roll = -np.radians(self.across.pelvis_deg) * rise
        thorax_roll = np.radians(self.across.thorax_deg) * rise - np.radians(self.across.lean_deg)
        lean = self._lean(t)
        rock = 0.5 * self.gait.trunk_excursion * np.cos(4 * np.pi * (phase - 0.02))
        tilt = np.radians(8 + 0.7 * np.maximum(lean - 9, 0))
        pelvis_frame = _yaw(np.radians(8) * turn) @ _roll(pelvis_roll) @ _pitch(tilt)
        thorax = _yaw(np.radians(-12) * turn) @ _roll(thorax_roll) @ _pitch(np.radians(lean + rock))
        head = _yaw(np.radians(-1.8) * turn) @ _pitch(np.radians(2 + 0.6 * np.maximum(lean - 9, 0)))
        return pelvis, pelvis_frame, thorax, head, phase

    def _hip(self, t: Array, side: str) -> Array:
        pelvis, frame, *_ = self._base(t)
        return pelvis + frame @ np.array([0.0, _sign(side) * self.build.hip_half, 0.0])

    # --- legs ------------------------------------------------------------------------------------

    def foot(self, k: NDArray[np.int64]) -> Array:
        """Return where the ball of the foot of contact ``k`` stands, (n, 3) m."""
        s = self.steps
        x = self.path.position(s.touchdown[k])[:, 0] + s.reach[k]
        y = np.where(s.right[k], -1.0, 1.0) * s.side_reach[k]
        return np.stack([x, y, np.full(len(x), self.build.sole)], axis=-1)

    def _placed(
        self, t: Array, k: NDArray[np.int64], side: str, moved: Moved, longest: float = 0.9999
    ) -> tuple[Array, ...]:
        """Return the leg's angles (``_leg_to``) with the ball so far from its place in contact ``k``."""
        ball = self.foot(k)
        ball[:, 0] += moved.forward
        ball[:, 2] += moved.up
        return self._leg_to(t, side, ball, moved.pitch, longest)

    def _stance(self, t: Array, k: NDArray[np.int64], side: str) -> tuple[Array, ...]:
        """Thigh and knee, ankle, tilt of the leg's plane and reach."""
        share = (t - self.steps.touchdown[k]) / self.steps.contact[k]
        return self._placed(t, k, side, self._way.stands(k, share))

    def _leg_to(
        self, t: Array, side: str, ball: Array, phi: Array, longest: float = 0.9999
    ) -> tuple[Array, ...]:
        """Angles of the leg that put the ball of the foot there, with the foot pitched by ``phi`` rad."""
        b, hip = self.build, self._hip(t, side)
        beta = np.arctan2(ball[:, 1] - hip[:, 1], hip[:, 2] - ball[:, 2])
        down = (hip[:, 2] - ball[:, 2]) / np.cos(beta)
        dx = ball[:, 0] - b.foot_forward * np.cos(phi) + b.foot_down * np.sin(phi) - hip[:, 0]
        dz = -down + b.foot_forward * np.sin(phi) + b.foot_down * np.cos(phi)
        reach = np.hypot(dx, dz)
        d = np.minimum(reach, (b.thigh + b.shank) * longest)
        knee = np.pi - np.arccos((b.thigh**2 + b.shank**2 - d**2) / (2 * b.thigh * b.shank))
        lead = np.arccos(np.clip((b.thigh**2 + d**2 - b.shank**2) / (2 * b.thigh * d), -1, 1))
        thigh = np.arctan2(dx, -dz) + lead
        return thigh, knee, knee - thigh - phi, beta, reach

    def _leaving(self, k: NDArray[np.int64], side: str, after: float) -> tuple[Array, ...]:
        """Angles of the leg ``after`` s of toe-off."""
        longest = self._way.longest - 0.012 * min(after / 0.025, 1.0)
        moved = self._way.leaves(k, after)
        return self._placed(self.steps.toe_off[k] + after, k, side, moved, longest)

    def _swing_curves(self, side: str) -> list[tuple[CubicSpline, ...]]:
        own, s = self._own[side], self.steps
        k0, k1 = own[:-1], own[1:]
        off, on, h = s.toe_off[k0], s.touchdown[k1], 1e-4
        at_off = self._stance(off, k0, side)
        just_off = self._leaving(k0, side, h)
        risen = [self._leaving(k0, side, after) for after in _AFTER_S]
        at_on = self._stance(on, k1, side)
        just_on = self._placed(on - h, k1, side, self._way.comes(k1, h))
        coming = [
            self._placed(on - before, k1, side, self._way.comes(k1, before)) for before in self._way.before
        ]
        curves = []
        for j in range(len(k0)):
            span = on[j] - off[j]
            crouch = s.forefoot[k1[j]]
            late = s.switch[k1[j]] / span
            bell = np.exp(-(((_THIGH[:, 0] - 0.36) / 0.20) ** 4))  # later in the middle, not at the ends
            lift = s.lift[k1[j]] + 12 * crouch
            thigh = np.where(_THIGH[:, 1] > 0, _THIGH[:, 1] * lift / 70, _THIGH[:, 1])
            # In a start the thigh comes from further behind and the landing leg is more flexed.
            a0, b0 = (np.degrees(x[0][j]) for x in (at_off, at_on))
            ends = np.interp(_THIGH[:, 0], [0, 0.45], [a0 + 27, 0]) * (_THIGH[:, 0] < 0.45)
            ends += np.interp(_THIGH[:, 0], [0.70, 1], [0, b0 - 30]) * (_THIGH[:, 0] > 0.70)
            knee_end = np.degrees(at_on[1][j]) - 24
            knee = _KNEE[:, 1] * np.where(_KNEE[:, 1] > 80, s.fold[k1[j]] / 129, 1.0)
            knee = (
                knee
                + np.interp(_KNEE[:, 0], [0.70, 0.92], [0, knee_end])
                - 18 * crouch * np.exp(-(((_KNEE[:, 0] - 0.4) / 0.2) ** 2))
            )
            ankle = _ANKLE[:, 1]
            if self.feet:
                ankle = ankle + np.interp(
                    _ANKLE[:, 0], [0.70, 1], [0, np.degrees(at_on[2][j]) - _ANKLE_LANDS]
                )
            made = []
            for i, (x, y) in enumerate((
                (_THIGH[:, 0] + late * bell, thigh + ends), (_KNEE[:, 0] + 0.6 * late * np.exp(
                    -(((_KNEE[:, 0] - 0.42) / 0.25) ** 4)), knee), (_ANKLE[:, 0], ankle),
                (np.empty(0), np.empty(0)),
            )):  # fmt: skip
                d0 = (just_off[i][j] - at_off[i][j]) / h
                first = np.array(_AFTER_S) / span
                later = x > first[-1] + (0.14 if i == 0 else 0.06)
                last = 1 - np.array(self._way.before) / span
                later &= x < min([*last, 1.1]) - _FREE
                x = np.r_[first, x[later], last]
                y = np.r_[
                    np.degrees([r[i][j] for r in risen]), y[later], np.degrees([c[i][j] for c in coming])
                ]
                d1 = (at_on[i][j] - just_on[i][j]) / h
                if (
                    i == 2 and self._way.landing_slows
                ):  # the foot's pitch may change its rate when the ground comes or goes
                    d1 = 0.30 * d1
                if i == 0:
                    d1 = max(d1, -self._way.thigh_at_most)
                if i == 1:  # a nearly straight knee would have to turn faster than knees do
                    d0 = np.clip(d0, *self._way.knee_after)
                    d1 = np.clip(d1, *self._way.knee_before)
                made.append(CubicSpline(
                    off[j] + span * np.r_[0.0, x, 1.0],
                    np.r_[at_off[i][j], np.radians(y), at_on[i][j]],
                    bc_type=((1, d0), (1, d1)),
                ))  # fmt: skip
            curves.append(tuple(made))
        return curves

    def _leg(self, t: Array, side: str) -> Pose:
        b, s = self.build, self.steps
        own = self._own[side]
        j = np.clip(np.searchsorted(s.touchdown[own], t, side="right") - 1, 0, len(own) - 2)
        k = own[j]
        since = t - s.touchdown[k]
        on = since < s.contact[k]
        inside = np.where(on, t, s.touchdown[k])
        stance = self._stance(inside, k, side)
        angle = [stance[i].copy() for i in range(4)]
        for m in np.unique(j):
            air = (j == m) & ~on
            for i in range(4):
                angle[i][air] = self._swing[side][m][i](t[air])
        thigh, knee, ankle, beta = angle
        shank = thigh - knee
        phi = -shank - ankle
        zero = np.zeros(len(t))
        forward = np.stack([zero + 1, zero, zero], -1)
        up = np.stack([zero, -np.sin(beta), np.cos(beta)], -1)

        def away(origin: Array, x: Array, z: Array) -> Array:
            return np.asarray(origin + x[:, None] * forward + z[:, None] * up)

        hip = self._hip(t, side)
        in_plane = away(hip, b.thigh * np.sin(thigh), -b.thigh * np.cos(thigh))
        ankle_at = away(in_plane, b.shank * np.sin(shank), -b.shank * np.cos(shank))
        knee_at = in_plane - _sign(side) * self.across.knee_m * b.scale * np.array([0.0, 1.0, 0.0])
        foot_x = away(zero[:, None] + np.zeros(3), np.cos(phi), -np.sin(phi))
        foot_z = away(zero[:, None] + np.zeros(3), np.sin(phi), np.cos(phi))
        ball = ankle_at + b.foot_forward * foot_x - b.foot_down * foot_z
        # Toes lie flat, then roll; they straighten after toe-off and never go through the ground.
        air = np.maximum(since - s.contact[k], 0)
        rolled = self._way.rolled(k, np.clip(since / s.contact[k], 0, 1)) + self._way.goes_on(k, air)
        relax = np.exp(-((air / 0.045) ** 2))
        toes = phi * (1 - relax) + np.minimum(phi, rolled) * relax
        toes = phi - np.minimum(np.maximum(phi - toes, 0), np.radians(64))
        lift = np.clip((ball[:, 2] - b.sole) / b.toe, 0, 1)
        early = air < 0.3 * (s.touchdown[own[j + 1]] - s.touchdown[k])
        toes = np.minimum(toes, np.arcsin(np.where(early, self._way.highest(lift), 0.8 * lift)))
        toes = np.where(on, np.minimum(phi, rolled), toes)
        toe_x = away(zero[:, None] + np.zeros(3), np.cos(toes), -np.sin(toes))
        toe_z = away(zero[:, None] + np.zeros(3), np.sin(toes), np.cos(toes))
        heel = ankle_at - 0.052 * b.scale * foot_x - 0.058 * b.scale * foot_z
        found = {
            "hip": hip, "knee": knee_at, "ankle": ankle_at, "ball": ball, "heel": heel,
            "tip": ball + b.toe * toe_x,
            # The end of the big toe, a little behind and inside the tip of the shoe.
            "foot_index": ball + 0.65 * b.toe * toe_x + 0.10 * b.toe * toe_z,
            "foot_x": foot_x, "foot_z": foot_z, "toe_x": toe_x, "toe_z": toe_z, "leg_z": up,
            "contact": on.astype(float), "step": k.astype(float), "reach": stance[4],
            "thigh_angle": thigh, "knee_angle": knee, "foot_pitch": phi,
        }  # fmt: skip
        return {f"{side}_{name}": value for name, value in found.items()}

    # --- arms and head ---------------------------------------------------------------------------

    def _arm_swing(self, t: Array, shoulder: Array, thorax: Array, phase: Array, side: str) -> Pose:
        b = self.build
        q = phase if side == "right" else phase + 0.5
        late = np.radians(self._arm(t))
        c = np.cos(2 * np.pi * (q - 0.25) - late)
        c2 = np.cos(4 * np.pi * (q - 0.25) - 2 * late)
        amplitude = self.gait.arm_amplitude * self.arms[side]
        size = amplitude / 54
        flexion = np.radians(-12) + np.radians(amplitude) * (1 + 0.15 * self._crouch(t)) * c
        elbow = np.radians(93 + size * (14 * c + 9 * c2))
        sign = _sign(side)
        upper = thorax @ _roll(sign * np.radians(14 - 5 * c)) @ _pitch(-flexion)
        lower = upper @ _yaw(-sign * np.radians(14 + 14 * c + self.across.hand_deg)) @ _pitch(-elbow)
        elbow_at = shoulder - b.upper_arm * upper[..., 2]
        wrist = elbow_at - b.forearm * lower[..., 2]
        k = b.scale

        def hand(down: float, forward: float, out: float) -> Array:
            return np.asarray(
                wrist
                - down * k * lower[..., 2]
                + forward * k * lower[..., 0]
                + sign * out * k * lower[..., 1]
            )

        found = {
            "shoulder": shoulder, "elbow": elbow_at, "wrist": wrist, "upper": upper, "lower": lower,
            "hand": hand(0.085, 0, 0), "index": hand(0.085, 0.026, 0), "pinky": hand(0.080, -0.026, 0),
            "thumb": hand(0.075, 0.050, -0.018),
        }  # fmt: skip
        return {f"{side}_{name}": value for name, value in found.items()}

    def pose(self, t: Any) -> Pose:
        """Return every joint and frame at times ``t`` (n,) s."""
        t = np.atleast_1d(np.asarray(t, float))
        b = self.build
        k = b.scale
        pelvis, hips, thorax, skull, phase = self._base(t)
        waist = pelvis + hips @ np.array([0, 0, 0.16 * k])
        chest = waist + thorax @ np.array([0, 0, b.trunk - 0.16 * k])
        neck = chest + thorax @ (k * np.array([0.005, 0, 0.045]))
        head = neck + skull @ (k * np.array([0.030, 0, 0.145]))
        out: Pose = {
            "time": t, "pelvis": pelvis, "hips": hips, "thorax": thorax, "skull": skull, "waist": waist,
            "chest": chest, "neck": neck, "head": head, "phase": phase,
            "nose": head + skull @ (k * np.array([0.120, 0, -0.040])),
        }  # fmt: skip
        for side in ("right", "left"):
            sign = _sign(side)
            out |= self._leg(t, side)
            q = phase if side == "right" else phase + 0.5
            reach = 0.015 * k * np.cos(2 * np.pi * (q - 0.25))
            local = np.stack([reach, 0 * q + sign * b.shoulder_half, 0 * q - 0.015 * k], -1)
            out |= self._arm_swing(t, chest + (thorax @ local[..., None])[..., 0], thorax, phase, side)
            for name, at in (("ear", (-0.005, 0.078, -0.015)), ("eye", (0.086, 0.032, -0.005)),
                             ("mouth", (0.086, 0.020, -0.070))):  # fmt: skip
                out[f"{side}_{name}"] = head + skull @ (k * np.array([at[0], sign * at[1], at[2]]))
        return out


def centre_of_mass(pose: Pose, build: Build) -> Array:
    """Return (n, 3) m from 14 segments."""
    mass, centre = MASS[build.sex], CENTRE[build.sex]

    def point(name: str, a: Array, z: Array) -> Array:
        return np.asarray(mass[name] * (a + centre[name] * (z - a)))

    def middle(joint: str) -> Array:
        return np.asarray((pose["left_" + joint] + pose["right_" + joint]) / 2)

    total = mass["head"] * middle("ear") + point("trunk", middle("shoulder"), middle("hip"))
    for side in ("left", "right"):
        j = {n: pose[f"{side}_{n}"] for n in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel")}
        knuckles = (pose[f"{side}_index"] + pose[f"{side}_pinky"]) / 2
        total = (
            total + point("upper_arm", j["shoulder"], j["elbow"]) + point("forearm", j["elbow"], j["wrist"])
        )
        total = total + point("hand", j["wrist"], knuckles) + point("thigh", j["hip"], j["knee"])
        total = total + point("shank", j["knee"], j["ankle"])
        total = total + point("foot", j["heel"], pose[f"{side}_foot_index"])
    return np.asarray(total / (mass["head"] + mass["trunk"] + 2 * sum(
        mass[n] for n in ("upper_arm", "forearm", "hand", "thigh", "shank", "foot"))))  # fmt: skip


def _sign(side: str) -> float:
    return -1.0 if side == "right" else 1.0


def _rotation(a: Array, first: int, second: int) -> Array:
    c, s = np.cos(a), np.sin(a)
    out = np.zeros((*np.shape(a), 3, 3))
    out[..., range(3), range(3)] = 1.0
    out[..., first, first] = out[..., second, second] = c
    out[..., first, second], out[..., second, first] = -s, s
    return out


def _yaw(a: Array) -> Array:
    return _rotation(a, 0, 1)


def _pitch(a: Array) -> Array:
    """Turn the up axis towards forward."""
    return _rotation(a, 2, 0)


def _roll(a: Array) -> Array:
    return _rotation(a, 1, 2)
