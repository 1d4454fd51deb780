"""Where the camera stands and how it moves; points of the world to pixels and back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from validation.sprinter import Array


@dataclass(frozen=True)
class Shake:
    """A hand: slow sway and tremor, as sums of sines; amplitudes in degrees."""

    amount_deg: float = 0.0
    seed: int = 0

    def angles(self, t: Array) -> Array:
        """Return (n, 3) degrees of yaw, pitch and roll."""
        if self.amount_deg == 0:
            return np.zeros((len(t), 3))
        rng = np.random.default_rng([self.seed, 11])
        hz = rng.uniform(0.3, 7.0, (3, 12))
        size = self.amount_deg * rng.uniform(0.5, 1.0, (3, 12)) / np.sqrt(1 + (hz / 1.2) ** 2.5)
        wave = np.sin(2 * np.pi * hz * t[:, None, None] + rng.uniform(0, 2 * np.pi, (3, 12)))
        return np.asarray(np.sum(size * wave, axis=2) * [1, 1, 0.6])


@dataclass(frozen=True)
class Camera:
    """A pinhole camera beside the lane.

    ``right_to_left`` films from the other side, so that the athlete runs to the left and shows the left
    side. ``view_angle_deg`` moves the camera back along the lane, still looking at the middle.
    ``pan`` (m, 2) holds times and the place on the lane, x in m, that the camera points at.
    """

    width: int = 1920
    height: int = 1080
    focal_px: float = 2000.0
    distance_m: float = 11.0
    eye_m: float = 1.25
    aim_m: float = 0.95
    right_to_left: bool = False
    view_angle_deg: float = 0.0
    roll_deg: float = 0.0
    shake: Shake = field(default_factory=Shake)
    pan: tuple[tuple[float, float], ...] = ()

    @property
    def facing(self) -> float:
        return -1.0 if self.right_to_left else 1.0

    @property
    def centre(self) -> Array:
        a = np.radians(self.view_angle_deg)
        back = np.array([-np.sin(a), -np.cos(a), 0.0]) * self.distance_m * self.facing
        return np.array([back[0], back[1], self.eye_m])

    @property
    def moving(self) -> bool:
        return bool(self.pan) or self.shake.amount_deg > 0

    def axes(self, t: Array) -> Array:
        """Return (n, 3, 3): rows right, down and forward of the camera in the world."""
        t = np.atleast_1d(np.asarray(t, float))
        wobble = np.radians(self.shake.angles(t))
        yaw = np.full(len(t), np.radians(self.view_angle_deg)) + wobble[:, 0]
        if self.pan:
            times, places = np.array(self.pan).T
            target = np.interp(t, times, places)
            c = self.centre * self.facing
            yaw = np.arctan2(target * self.facing - c[0], -c[1]) + wobble[:, 0]
        pitch = np.arctan2(self.eye_m - self.aim_m, self.distance_m) + wobble[:, 1]
        roll = np.radians(self.roll_deg) + wobble[:, 2]
        zero = np.zeros(len(t))
        f = self.facing
        right = np.stack([np.cos(yaw) * f, -np.sin(yaw) * f, zero], -1)
        flat = np.stack([np.sin(yaw) * f, np.cos(yaw) * f, zero], -1)
        up = np.array([0.0, 0.0, 1.0])
        forward = np.cos(pitch)[:, None] * flat - np.sin(pitch)[:, None] * up
        down = np.cross(forward, right)
        c, s = np.cos(roll)[:, None], np.sin(roll)[:, None]
        return np.stack([c * right + s * down, c * down - s * right, forward], axis=1)

    @property
    def middle(self) -> tuple[float, float]:
        return (self.width - 1) / 2, (self.height - 1) / 2

    def project(self, t: Array, points: Array) -> Array:
        """Map points (n, ..., 3) m seen at times ``t`` (n,) to (n, ..., 2) px, y down."""
        axes = self.axes(t)
        local = np.einsum("nij,n...j->n...i", axes, points - self.centre)
        ends = local[..., :2] / local[..., 2:] * self.focal_px
        return np.asarray(ends + np.array(self.middle))

    def packed(self, t: float) -> Array:
        """Return the (5, 3) rows that the compiled renderer takes."""
        return np.vstack([self.centre, self.axes(np.array([t]))[0], [*self.middle, 0.0]])
