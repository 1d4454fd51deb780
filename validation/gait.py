"""What a run is like: a handful of numbers, and the timetable of contacts they make.

The centre of mass obeys physics exactly: in the air only gravity, on the ground a half-sine of
vertical force and a brake-then-push force fore and aft, sized so that the next contact comes when and
where the timetable says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.build import Build

G = 9.81
Array = NDArray[np.float64]

# Trained sprinter from a crouched start, about as in Nagahara 2014, Debaere 2013, Rabita 2015 and Bezodis
# 2019 (not read again): step, speed m/s, frequency Hz, contact s, touchdown distance m, lean deg, height of
# the centre of mass at touchdown as a share of stature.
START = np.array([
    [1, 4.4, 4.05, 0.195, -0.08, 46, 0.470],
    [2, 5.4, 4.35, 0.168, 0.00, 42, 0.492],
    [3, 6.2, 4.50, 0.152, 0.05, 38, 0.508],
    [4, 6.9, 4.60, 0.140, 0.10, 34, 0.521],
    [6, 7.8, 4.62, 0.126, 0.17, 27, 0.540],
    [8, 8.4, 4.62, 0.116, 0.23, 21, 0.551],
    [12, 9.2, 4.60, 0.106, 0.29, 13, 0.560],
    [16, 9.7, 4.58, 0.101, 0.32, 9, 0.563],
])  # fmt: skip


@dataclass(frozen=True)
class Gait:
    """Settings of one run; times in s, angles in degrees, lengths in m or as shares of the stature."""

    speed: float = 9.0
    frequency: float = 4.5
    contact: float = 0.099
    contact_left: float = 0.0
    """How much longer the left foot stays down than the right, in s, around the same mean."""
    landing: float = 0.345
    """Share of the contact length that lies ahead of the centre of mass."""
    com_height: float = 0.570
    speed_loss: float = 0.03
    trunk_lean: float = 8.0
    trunk_excursion: float = 3.0
    arm_amplitude: float = 54.0
    arm_phase: float = 0.0
    """How late the arms swing, degrees of a stride."""
    arm_drift: float = 0.0
    thigh_lift: float = 70.0
    knee_fold: float = 129.0
    switch_late: float = 0.0
    scatter: float = 0.0
    """1 gives the step-to-step scatter of a trained sprinter."""
    scatter_slope: float = 0.0
    """How much the scatter grows per m/s above ``speed - 1``."""
    accelerating: bool = False
    first_step: int = 1
    """Number of the step that lands first in the clip, when accelerating."""
    ramp: float = 0.0
    """Gain of speed from step to step, m/s, in a run that is upright already."""
    seed: int = 0


@dataclass(frozen=True)
class Across:
    """What a runner does across the lane, where a camera beside it sees nothing.

    Angles in degrees. ``pelvis_deg`` is the amplitude of a roll once a stride that lifts the side of the
    swing leg, ``thorax_deg`` that of one which leans the chest towards it; ``lean_deg`` leans the trunk to
    the athlete's left all the time.
    """

    pelvis_deg: float = 3.0
    thorax_deg: float = 0.9
    lean_deg: float = 0.0
    foot_m: float = 0.045
    """From the lane's middle to the foot that stands, of the 1.80 m body; negative = across the middle."""
    knee_m: float = 0.0
    """How far the knee lies inside the plane of hip and ankle, of the 1.80 m body."""
    hand_deg: float = 0.0
    """How much further inwards the forearms turn than the drawn runner's."""
    later: float = 0.0
    """By how much of a mean step the step from left to right is longer than that from right to left."""


@dataclass(frozen=True)
class Timetable:
    """One row a contact: times, speeds and everything that may differ from step to step."""

    touchdown: Array
    contact: Array
    right: NDArray[np.bool_]
    speed_out: Array
    reach: Array
    height: Array
    lean: Array
    forefoot: Array
    lift: Array
    fold: Array
    arm: Array
    switch: Array
    loss: Array
    side_reach: Array

    @property
    def toe_off(self) -> Array:
        return self.touchdown + self.contact


def timetable(gait: Gait, build: Build, start_s: float, stop_s: float, first_right: bool) -> Timetable:
    """Lay out contacts from a second before ``start_s`` to a second after ``stop_s``.

    An accelerating run has its ``first_step`` as the first touchdown after ``start_s``; steps before
    that are copies of it, so that the athlete runs into the picture.
    """
    rng = np.random.default_rng([gait.seed, 7])
    before, after = 5, int((stop_s - start_s) * 5.5) + 9
    n = before + after
    index = np.arange(n) - before
    right = (index % 2 == 0) == first_right
    if gait.accelerating:
        number = np.clip(index + gait.first_step, 1, 16)
        speed, hz, contact, reach, lean, height = (
            np.interp(number, START[:, 0], column) for column in START[:, 1:].T
        )
        share = gait.speed / 9.7
        speed, reach = speed * share, reach * build.scale
        forefoot = np.clip((lean - 9) / 30, 0, 1)
    else:
        speed = np.maximum(gait.speed + gait.ramp * index, 3.0)
        hz = np.full(n, gait.frequency) * (1 + 0.25 * (speed / gait.speed - 1))
        contact = np.full(n, gait.contact) * (gait.speed / speed) ** 0.8
        reach = gait.landing * speed * contact
        height, lean, forefoot = np.full(n, gait.com_height), np.full(n, gait.trunk_lean), np.zeros(n)
    contact = contact + np.where(right, -0.5, 0.5) * gait.contact_left
    amount = gait.scatter * (1 + gait.scatter_slope * np.maximum(speed - gait.speed + 1, 0))

    def wobble(sd: float) -> Array:
        return np.asarray(amount * sd * np.clip(rng.standard_normal(n), -2, 2))

    longer = contact * wobble(0.02)
    contact = contact + longer
    step = 1 / hz * (1 + wobble(0.012))
    touchdown = start_s + 0.6 / hz[before] * 0.2 + 0.0437 + np.concatenate([[0.0], np.cumsum(step[:-1])])
    touchdown = touchdown - np.sum(step[:before])
    reach = reach + 0.5 * longer * speed + wobble(0.008)
    speed_out = speed.copy()
    if gait.accelerating:
        speed_out = np.append((speed[1:] + speed[:-1]) / 2, speed[-1])
    return Timetable(
        touchdown=touchdown,
        contact=contact,
        right=right,
        speed_out=speed_out,
        reach=reach,
        height=height * build.height_m + wobble(0.002),
        lean=lean + wobble(0.6),
        forefoot=forefoot,
        lift=gait.thigh_lift + wobble(2.0),
        fold=gait.knee_fold + wobble(2.5),
        arm=gait.arm_phase + gait.arm_drift * np.maximum(index, 0) + wobble(2.5),
        switch=gait.switch_late + wobble(0.003),
        loss=np.where(forefoot > 0, gait.speed_loss * (1 - forefoot), gait.speed_loss) * speed_out,
        side_reach=0.045 * build.scale + wobble(0.006),
    )


class Path:
    """Centre of mass in the sagittal plane: x forward and z up, m, exactly ballistic in the air."""

    def __init__(self, steps: Timetable) -> None:
        self.steps = steps
        td, tc = steps.touchdown, steps.contact
        n = len(td)
        tf = np.append(td[1:], td[-1] + (td[-1] - td[-2])) - td - tc
        self.z0, self.vz0, self.push = steps.height.copy(), np.empty(n), np.empty(n)
        self.x0, self.v0, self.gain, self.brake = (np.zeros(n) for _ in range(4))
        target = np.append(steps.height[1:], steps.height[-1])
        vz, x, v = -G * tf[0] / 2, 0.0, steps.speed_out[0]
        for i in range(n):
            self.vz0[i], self.x0[i], self.v0[i] = vz, x, v
            # The impulse that brings the centre of mass to the next touchdown's height on time.
            c, f = tc[i], tf[i]
            free = self.z0[i] + vz * (c + f) - G * (c + f) ** 2 / 2
            self.push[i] = (target[i] - free) / (c**2 / np.pi + 2 * c * f / np.pi)
            vz = vz - G * (c + f) + 2 * self.push[i] * c / np.pi
            self.gain[i] = (steps.speed_out[i] - v) * np.pi / (2 * c)
            self.brake[i] = steps.loss[i] * np.pi / c
            x += v * c - self.brake[i] * c**2 / (2 * np.pi) + self.gain[i] * c**2 / np.pi
            v = steps.speed_out[i]
            x += v * f
        self.shift = 0.0

    def index(self, t: Array) -> NDArray[np.int64]:
        """Step under way at ``t``: from a touchdown to the next."""
        found = np.searchsorted(self.steps.touchdown, t, side="right") - 1
        return np.clip(found, 0, len(self.steps.touchdown) - 1)

    def position(self, t: Array) -> Array:
        """Return (n, 2) m."""
        return self._evaluate(t, 0)

    def velocity(self, t: Array) -> Array:
        """Return (n, 2) m/s."""
        return self._evaluate(t, 1)

    def _evaluate(self, t: Array, order: int) -> Array:
        t = np.atleast_1d(np.asarray(t, float))
        i = self.index(t)
        s, c = t - self.steps.touchdown[i], self.steps.contact[i]
        w = np.pi / c
        u, air = np.minimum(s, c), np.maximum(s - c, 0)
        p, b, g = self.push[i], self.brake[i], self.gain[i]
        vx = self.v0[i] - b * (1 - np.cos(2 * w * u)) / (2 * w) + g * (1 - np.cos(w * u)) / w
        vz = self.vz0[i] - G * s + p * (1 - np.cos(w * u)) / w
        if order == 1:
            return np.stack([vx, vz], axis=-1)
        x = (
            self.x0[i]
            + self.v0[i] * u
            - b * (u - np.sin(2 * w * u) / (2 * w)) / (2 * w)
            + g * (u - np.sin(w * u) / w) / w
            + vx * air
        )
        z = self.z0[i] + self.vz0[i] * s - G * s**2 / 2 + p * (u / w - np.sin(w * u) / w**2)
        z = z + p * (1 - np.cos(w * c)) / w * air
        return np.stack([x + self.shift, z], axis=-1)
