"""What is behind the athlete: a running track in the sun, drawn by sending a ray through every pixel."""

# mypy: allow-untyped-defs
from __future__ import annotations

import cv2
import numpy as np
from numba import njit, prange

from validation.raymarch import noise
from validation.sprinter import Array
from validation.view import Camera

ZONE_LINES_M = (-2.5, 2.5)
"""Two white lines across the lane, 5 cm wide: their middles are these places."""


@njit(fastmath=True)
def _edge(x, half, soft):
    """1 inside |x| < half, 0 outside, with an edge ``soft`` wide."""
    return min(max((half - abs(x)) / soft + 0.5, 0.0), 1.0)


@njit(fastmath=True)
def _ray(x0, y0, z0, dx, dy, dz, pixel, clutter, marks, out):
    """Colour (linear, 3) of the world along a ray in scene coordinates (y away from the camera)."""
    for c in range(3):
        out[c] = 0.0
    if dz < -1e-6:
        t = -z0 / dz
        x, y = x0 + t * dx, y0 + t * dy
        if y < 16.0:
            soft_y = pixel * t / max(-dz, 0.02) + 1e-3
            soft_x = pixel * t + 1e-3
            grain = 0.86 + 0.16 * noise(x * 3.1, y * 3.1, 3.0) + 0.12 * noise(x * 40, y * 40, 1.0) * min(
                1.0, 0.02 / soft_x)  # fmt: skip
            if abs(y) < 6.76:
                r, g, b = 0.36 * grain, 0.10 * grain, 0.065 * grain
                k = round((y - 0.61) / 1.22)
                line = _edge(y - 0.61 - 1.22 * k, 0.027, soft_y)
                if abs(y) < 0.61:
                    for m in range(len(marks)):
                        line = max(line, _edge(x - marks[m], 0.025, soft_x))
                r, g, b = r + (0.78 - r) * line, g + (0.78 - g) * line, b + (0.76 - b) * line
            elif y < 8.2 and y > 0:
                grey = 0.33 + 0.10 * noise(x * 2, y * 2, 5.0)
                r, g, b = grey, grey, grey * 0.96
            else:
                stripe = 1.0 if (int(np.floor(x / 2.4)) & 1) else 0.82
                shade = stripe * (0.75 + 0.5 * noise(x * 5, y * 3, 9.0))
                r, g, b = 0.10 * shade, 0.22 * shade, 0.055 * shade
            out[0], out[1], out[2] = r, g, b
            return
    t = (16.0 - y0) / max(dy, 1e-6)
    x, z = x0 + t * dx, z0 + t * dz
    if clutter > 0:  # spectators, poles and a scaffold between the track and the boards
        tc = (9.0 - y0) / max(dy, 1e-6)
        xc, zc = x0 + tc * dx, z0 + tc * dz
        k = np.floor(xc / 0.62)
        h = noise(k * 7.31, 4.0, 2.0)
        if h > 0.42:
            tall = 1.45 + 0.45 * noise(k * 3.7, 1.0, 8.0)
            mid = (k + 0.5) * 0.62 + 0.12 * (h - 0.5)
            wide = 0.21 if zc < tall - 0.28 else 0.09
            if zc < 0.82:
                wide = 0.15
            if abs(xc - mid) < wide and 0 < zc < tall:
                if zc > tall - 0.26:
                    out[0], out[1], out[2] = 0.36, 0.22, 0.15
                else:
                    shift = 0.0 if zc > 0.82 else 40.0
                    out[0] = 0.05 + 0.5 * noise(k * 1.3 + shift, 2.0, 3.0)
                    out[1] = 0.05 + 0.5 * noise(k * 1.7 + shift, 5.0, 3.0)
                    out[2] = 0.05 + 0.5 * noise(k * 2.3 + shift, 9.0, 3.0)
                return
        if abs(xc - 3.3 * np.round(xc / 3.3)) < 0.035 and 0 < zc < 3.4:
            out[0] = out[1] = out[2] = 0.55
            return
    if z < 0.95:
        k = np.floor(x / 4.0)
        inside = abs(x - (k + 0.5) * 4.0)
        tone = 0.10 + 0.35 * noise(k * 5.3, 7.0, 2.0)
        if inside < 1.3 and 0.30 < z < 0.65 and noise(x * 6, z * 5, 4.0) > 0.5:
            tone = 0.75 - tone
        out[0] = tone * (0.35 + 0.65 * noise(k * 3.1, 0.0, 0.0))
        out[1] = tone * (0.35 + 0.65 * noise(k * 4.7, 0.0, 3.0))
        out[2] = tone * (0.35 + 0.65 * noise(k * 6.1, 5.0, 0.0))
        return
    tree = 3.2 + 1.8 * noise(x * 0.45, 0.0, 6.0) + 0.7 * noise(x * 2.3, 0.0, 2.0)
    if z < tree:
        p, q = 0.8 * x + 0.6 * z, 0.8 * z - 0.6 * x
        leaf = 0.25 + 0.8 * noise(p * 1.7, q * 1.7, 1.0) * (
            0.4 + 0.5 * noise(q * 6, p * 6, 7.0) + 0.35 * noise(p * 17, q * 17, 2.0))  # fmt: skip
        out[0], out[1], out[2] = 0.055 * leaf, 0.105 * leaf, 0.040 * leaf
        return
    up = min(z / 14.0, 1.0)
    cloud = noise(x * 0.16, z * 0.4, 11.0) * 0.16
    out[0], out[1], out[2] = 0.55 - 0.20 * up + cloud, 0.66 - 0.14 * up + cloud, 0.80 - 0.05 * up + cloud


@njit(fastmath=True)
def _row(out, camera, focal, facing, samples, clutter, marks, v):
    colour = np.zeros(3)
    for u in range(out.shape[1]):
        for i in range(samples):
            for j in range(samples):
                a = (u + (i + 0.5) / samples - 0.5 - camera[4, 0]) / focal
                b = (v + (j + 0.5) / samples - 0.5 - camera[4, 1]) / focal
                dx = (camera[3, 0] + a * camera[1, 0] + b * camera[2, 0]) * facing
                dy = (camera[3, 1] + a * camera[1, 1] + b * camera[2, 1]) * facing
                dz = camera[3, 2] + a * camera[1, 2] + b * camera[2, 2]
                _ray(camera[0, 0] * facing, camera[0, 1] * facing, camera[0, 2], dx, dy, dz,
                     1.0 / (focal * samples), clutter, marks, colour)  # fmt: skip
                for c in range(3):
                    out[v, u, c] += colour[c] * 1.55 / (samples * samples)


@njit(parallel=True, fastmath=True, cache=True)
def _cast(out, camera, focal, facing, samples, clutter, marks):
    for v in prange(len(out)):
        _row(out, camera, focal, facing, samples, clutter, marks, v)


def still(camera: Camera, *, clutter: bool, marks: tuple[float, ...]) -> Array:
    """Return the empty scene as a camera at rest sees it, (h, w, 3) linear light."""
    out = np.zeros((camera.height, camera.width, 3))
    _cast(out, camera.packed(0.0), camera.focal_px, camera.facing, 3, float(clutter), np.array(marks))
    return out


class Panorama:
    """The scene all around a turning camera: drawn once on tangent tiles, looked up for every frame.

    A camera that only turns sees the same rays again, so a frame is an exact projective view of a tile.
    """

    _STEP = np.radians(20.0)

    def __init__(self, camera: Camera, *, clutter: bool, marks: tuple[float, ...], times: Array) -> None:
        self.camera, self.clutter, self.marks = camera, clutter, marks
        self._tiles: dict[int, tuple[Array, Array, float, tuple[float, float]]] = {}
        self.times = times

    def _tile(self, number: int) -> tuple[Array, Array, float, tuple[float, float]]:
        if number not in self._tiles:
            c = self.camera
            fine = 1.25
            view = np.arctan(np.hypot(c.width, c.height) / 2 / c.focal_px) + self._STEP / 2 + np.radians(2)
            high = np.arctan(c.height / 2 / c.focal_px * 1.15) + np.radians(4)
            width, height = (int(2 * c.focal_px * fine * np.tan(a)) for a in (view, high))
            yaw = number * self._STEP
            f = c.facing
            axes = np.array([[np.cos(yaw) * f, -np.sin(yaw) * f, 0], [0, 0, -1.0],
                             [np.sin(yaw) * f, np.cos(yaw) * f, 0]])  # fmt: skip
            out = np.zeros((height, width, 3))
            middle = ((width - 1) / 2, (height - 1) / 2)
            packed = np.vstack([c.centre, axes, [*middle, 0.0]])
            _cast(out, packed, c.focal_px * fine, f, 2, float(self.clutter), np.array(self.marks))
            self._tiles[number] = (out.astype(np.float32), axes, c.focal_px * fine, middle)
        return self._tiles[number]

    def at(self, t: float) -> Array:
        """Return the scene at one instant, (h, w, 3) linear light."""
        c = self.camera
        axes = c.axes(np.array([t]))[0]
        yaw = np.arctan2(axes[2, 0] * c.facing, axes[2, 1] * c.facing)
        picture, tile_axes, focal, middle = self._tile(round(yaw / self._STEP))
        to_ray = axes.T @ np.array([
            [1 / c.focal_px, 0, -c.middle[0] / c.focal_px],
            [0, 1 / c.focal_px, -c.middle[1] / c.focal_px], [0, 0, 1]])  # fmt: skip
        to_tile = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]]) @ tile_axes
        seen = cv2.warpPerspective(picture, to_tile @ to_ray, (c.width, c.height),
                                   flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)  # fmt: skip
        return np.asarray(seen, float)
