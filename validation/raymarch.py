"""The compiled part of the renderer: rays walk towards the body until they touch it, then take its colour."""

from __future__ import annotations

import math

import numba
import numpy as np
from numba import njit, prange

from validation import body as B  # noqa: N812 - read like a table of materials
from validation.sprinter import Array

BLOCK = 8
_MARGIN = 0.07  # m around a solid within which a ray must still know it (joints blend over 6 cm)
SUN = np.array([-0.38, -0.62, 0.78]) / np.sqrt(0.38**2 + 0.62**2 + 0.78**2)
SUNLIGHT = np.array([1.75, 1.66, 1.50])
SKYLIGHT = np.array([0.385, 0.465, 0.59])
BOUNCE = np.array([0.275, 0.165, 0.132])

_INNER = np.array([0.060, 0.022, 0.022, 0.020, 0.020, 0.022, 0.016, 0.016, 0.016, 0.016])


def pack(solids: B.Solids) -> tuple[Array, Array]:
    """Precompute what the distance functions need: (n, 16) numbers and (n, 3) kind, group, material."""
    rows = solids.rows
    out = np.zeros((len(rows), 16))
    out[:, :3] = rows[:, 3:6]
    cone = rows[:, 0] == 0
    axis = rows[:, 6:9] - rows[:, 3:6]
    out[cone, 3:6] = axis[cone]
    out[cone, 6] = 1 / np.maximum(np.sum(axis[cone] ** 2, axis=1), 1e-12)
    out[cone, 7] = rows[cone, 9]
    out[cone, 8] = rows[cone, 10] - rows[cone, 9]
    inverse = 1 / np.where(cone[:, None], 1.0, rows[:, 20:23])
    axes = rows[:, 11:20].reshape(-1, 3, 3) * inverse[:, :, None]
    out[~cone, 3:12] = axes.reshape(-1, 9)[~cone]
    out[~cone, 12:15] = inverse[~cone]
    return out, rows[:, :3].astype(np.int64)


@njit(fastmath=True, inline="always")
def _blend(a: float, b: float, k: float) -> float:
    h = k - abs(a - b)
    low = min(a, b)
    return low - h * h / (4 * k) if h > 0 else low


@njit(fastmath=True)
def _solid(q, kind, x, y, z):
    dx, dy, dz = x - q[0], y - q[1], z - q[2]
    if kind == 0:
        h = (dx * q[3] + dy * q[4] + dz * q[5]) * q[6]
        h = min(max(h, 0.0), 1.0)
        dx -= h * q[3]
        dy -= h * q[4]
        dz -= h * q[5]
        return math.sqrt(dx * dx + dy * dy + dz * dz) - q[7] - h * q[8]
    a = q[3] * dx + q[4] * dy + q[5] * dz
    b = q[6] * dx + q[7] * dy + q[8] * dz
    c = q[9] * dx + q[10] * dy + q[11] * dz
    k0 = math.sqrt(a * a + b * b + c * c)
    a *= q[12]
    b *= q[13]
    c *= q[14]
    k1 = math.sqrt(a * a + b * b + c * c) + 1e-12
    return k0 * (k0 - 1.0) / k1


@njit(fastmath=True)
def _distance(prims, meta, chosen, n, group, x, y, z):
    """Distance to the body made of the chosen solids, and which of them is nearest."""
    for g in range(10):
        group[g] = 9.0
    nearest, best = chosen[0], 9.0
    for m in range(n):
        i = chosen[m]
        d = _solid(prims[i], meta[i, 0], x, y, z)
        if d < best:
            best, nearest = d, i
        g = meta[i, 1]
        group[g] = _blend(group[g], d, _INNER[g])
    t = group[0]
    d = _blend(t, group[5], 0.02)
    d = min(d, _blend(group[1], t, 0.05), _blend(group[2], t, 0.05))
    d = min(d, _blend(group[3], t, 0.035), _blend(group[4], t, 0.035))
    d = min(d, _blend(group[8], group[3], 0.015), _blend(group[9], group[4], 0.015))
    return min(d, group[6], group[7]), nearest


@njit(fastmath=True)
def _near_ray(bounds, n, x, y, z, dx, dy, dz, reach, margin, chosen):
    """List the solids that a ray passes within ``margin`` of."""
    found = 0
    for i in range(n):
        cx, cy, cz = bounds[i, 0] - x, bounds[i, 1] - y, bounds[i, 2] - z
        along = cx * dx + cy * dy + cz * dz
        r = bounds[i, 3] + margin
        if along < -r or along > reach + r:
            continue
        if cx * cx + cy * cy + cz * cz - along * along < r * r:
            chosen[found] = i
            found += 1
    return found


@njit(fastmath=True)
def _shadow(prims, meta, bounds, x, y, z, sx, sy, sz, hardness, chosen, group):
    """How much of the sun reaches a point, 0..1, with a soft edge."""
    n = _near_ray(bounds, len(bounds), x, y, z, sx, sy, sz, 1.8, 0.06, chosen)
    if n == 0:
        return 1.0
    light, t = 1.0, 0.012
    for _ in range(18):
        d, _i = _distance(prims, meta, chosen, n, group, x + sx * t, y + sy * t, z + sz * t)
        light = min(light, hardness * d / t)
        if light < 0.02:
            return 0.0
        t += min(max(0.95 * d, 0.018), 0.35)
        if t > 1.9:
            break
    return light * light * (3 - 2 * light)


@njit(fastmath=True)
def _hash(a: int, b: int, c: int) -> float:
    h = (a * 374761393 + b * 668265263 + c * 2147483647) & 0x7FFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0x7FFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFF) / 65535.0


@njit(fastmath=True)
def noise(x: float, y: float, z: float) -> float:
    """Smooth random field, 0..1."""
    fx, fy, fz = math.floor(x), math.floor(y), math.floor(z)
    a, b, c = int(fx), int(fy), int(fz)
    u, v, w = x - fx, y - fy, z - fz
    u, v, w = u * u * (3 - 2 * u), v * v * (3 - 2 * v), w * w * (3 - 2 * w)
    total = 0.0
    for i in range(2):
        for j in range(2):
            for k in range(2):
                weight = (u if i else 1 - u) * (v if j else 1 - v) * (w if k else 1 - w)
                total += weight * _hash(a + i, b + j, c + k)
    return total


@njit(fastmath=True)
def _local(frames, row, x, y, z):
    dx, dy, dz = x - frames[row, 0], y - frames[row, 1], z - frames[row, 2]
    f = frames[row]
    return (f[3] * dx + f[4] * dy + f[5] * dz, f[6] * dx + f[7] * dy + f[8] * dz,
            f[9] * dx + f[10] * dy + f[11] * dz)  # fmt: skip


@njit(fastmath=True)
def _colour(material, side_group, frames, cut, k, x, y, z):
    """Row of the table of colours and a brightness for a point of the body. ``cut``: leg cover, crop top."""
    if material in (B.VEST, B.SHORTS):
        row = 0 if material == B.VEST else 1
        a, b, c = _local(frames, row, x, y, z)
        a, b, c = a / k, b / k, c / k
        shade = 0.88 + 0.24 * noise(a * 26, b * 26, c * 20)
        if material == B.SHORTS:
            return 3, shade
        if c < (-0.30 if cut[1] > 0 else -0.43):
            return (0 if cut[1] > 0 else 3), shade
        hole = (abs(b) - 0.165) ** 2 / 0.0045 + (c + 0.075) ** 2 / 0.0075
        scoop = b * b / 0.0036 + (c - 0.02) ** 2 / (0.0085 if a > 0 else 0.0040)
        strap = 0.045 < abs(b) < 0.115
        if cut[2] > 0 and c < 0.06:
            return 1, shade
        if (c < -0.10 or strap) and hole > 1 and scoop > 1 and c < 0.075:
            return (2 if abs(b) > 0.100 and c < -0.14 else 1), shade
        return 0, 1.0
    if material == B.LEG:
        row = 5 if side_group == B.RIGHT_LEG else 6
        dx, dy, dz = x - frames[row, 0], y - frames[row, 1], z - frames[row, 2]
        h = dx * frames[row, 3] + dy * frames[row, 4] + dz * frames[row, 5]
        if h > cut[0]:
            return 0, 1.0
        return (2 if h > cut[0] - 0.015 and cut[0] < 1 else 3), 0.92 + 0.16 * noise(h * 30, dx * 9, dz * 9)
    if material == B.FACE:
        a, b, c = _local(frames, 2, x, y, z)
        a, b, c = a / k, b / k, c / k
        ear = abs(b) > 0.072 and abs(a + 0.004) < 0.024 and c < 0.018
        if c - 0.010 - 0.82 * a > 0 and not ear:
            return 6, 0.7 + 0.6 * noise(a * 90, b * 90, c * 90)
        if abs(c - 0.0195) < 0.0055 and a > 0.066 and 0.014 < abs(b) < 0.050:
            return 6, 1.0
        return 0, 0.96 + 0.08 * noise(a * 40, b * 40, c * 40)
    if material == B.EYE:
        a, b, c = _local(frames, 2, x, y, z)
        b, c = abs(b) / k - 0.031, c / k
        if c > 0.0005:
            return 6, 1.0
        return (8 if b * b + (c + 0.004) ** 2 < 0.0075**2 else 7), 1.0
    if material == B.LIP:
        return 9, 1.0
    if material == B.HAIR:
        return 6, 0.7 + 0.6 * noise(x * 60, y * 60, z * 60)
    if material == B.SLEEVE:
        return 1, 1.0
    if material == B.SHOE:
        a, b, c = _local(frames, 3 if side_group == B.RIGHT_SHOE else 4, x, y, z)
        a, c = a / k, c / k
        if c < -0.072 and a < 0.13:
            return 5, 1.0
        if c > 0.004:
            return 2, 1.0
        if abs(a - 0.045 - 0.4 * c) < 0.008 or abs(a - 0.075 - 0.4 * c) < 0.008:
            return 3, 1.0
        return 4, 1.0
    return 0, 1.0


@njit(fastmath=True)
def _block(
    picture, prims, meta, bounds, frames, look, cut, scale, camera, focal, jitter, sun, left, top, bx, by
):
    """Draw one square; apart from ``draw`` because numba mixes up loop variables of long parallel loops."""
    height, width = picture.shape[:2]
    total = len(prims)
    chosen, other = np.empty(total, np.int64), np.empty(total, np.int64)
    group = np.empty(10)
    n, near, far = 0, 1e9, 0.0
    mid_u, mid_v = left + bx + BLOCK / 2, top + by + BLOCK / 2
    for i in range(total):
        dx, dy, dz = (
            bounds[i, 0] - camera[0, 0], bounds[i, 1] - camera[0, 1],
            bounds[i, 2] - camera[0, 2])  # fmt: skip
        depth = dx * camera[3, 0] + dy * camera[3, 1] + dz * camera[3, 2]
        u = camera[4, 0] + focal * (dx * camera[1, 0] + dy * camera[1, 1] + dz * camera[1, 2]) / depth
        v = camera[4, 1] + focal * (dx * camera[2, 0] + dy * camera[2, 1] + dz * camera[2, 2]) / depth
        reach = (bounds[i, 3] + _MARGIN) * focal / depth * 1.08 + BLOCK * 0.75
        if (u - mid_u) ** 2 + (v - mid_v) ** 2 < reach * reach:
            chosen[n] = i
            n += 1
            away = math.sqrt(dx * dx + dy * dy + dz * dz)
            near, far = min(near, away - bounds[i, 3]), max(far, away + bounds[i, 3])
    if n == 0:
        return
    for v in range(by, min(by + BLOCK, height)):
        for u in range(bx, min(bx + BLOCK, width)):
            a = (left + u + jitter[0] - camera[4, 0]) / focal
            b = (top + v + jitter[1] - camera[4, 1]) / focal
            dx = camera[3, 0] + a * camera[1, 0] + b * camera[2, 0]
            dy = camera[3, 1] + a * camera[1, 1] + b * camera[2, 1]
            dz = camera[3, 2] + a * camera[1, 2] + b * camera[2, 2]
            norm = 1 / math.sqrt(dx * dx + dy * dy + dz * dz)
            dx, dy, dz = dx * norm, dy * norm, dz * norm
            t, hit = near, -1
            for _ in range(70):
                x, y, z = camera[0, 0] + t * dx, camera[0, 1] + t * dy, camera[0, 2] + t * dz
                d, i = _distance(prims, meta, chosen, n, group, x, y, z)
                if d < 0.0007:
                    hit = i
                    break
                t += 0.92 * d
                if t > far:
                    break
            if hit < 0:
                continue
            e = 0.0012
            d1, _1 = _distance(prims, meta, chosen, n, group, x + e, y - e, z - e)
            d2, _2 = _distance(prims, meta, chosen, n, group, x - e, y - e, z + e)
            d3, _3 = _distance(prims, meta, chosen, n, group, x - e, y + e, z - e)
            d4, _4 = _distance(prims, meta, chosen, n, group, x + e, y + e, z + e)
            gx, gy, gz = d1 - d2 - d3 + d4, -d1 - d2 + d3 + d4, -d1 + d2 - d3 + d4
            norm = 1 / (math.sqrt(gx * gx + gy * gy + gz * gz) + 1e-12)
            gx, gy, gz = gx * norm, gy * norm, gz * norm
            shut = 0.0
            for step, weight in ((0.025, 1.4), (0.07, 0.7)):
                d, _5 = _distance(prims, meta, chosen, n, group, x + gx * step, y + gy * step, z + gz * step)
                shut += weight * max(step - min(d, z + gz * step), 0.0) / step
            open_ = max(1.0 - 0.45 * shut, 0.15)
            toward = gx * sun[0] + gy * sun[1] + gz * sun[2]
            light = 0.0
            if toward > -0.18:
                e = 0.004
                light = _shadow(prims, meta, bounds, x + gx * e, y + gy * e, z + gz * e,
                                sun[0], sun[1], sun[2], 14.0, other, group)  # fmt: skip
            material = meta[hit, 2]
            row, shade = _colour(material, meta[hit, 1], frames, cut, scale, x, y, z)
            wrap = 0.18 if row in (0, 9) else 0.05
            direct = max((toward + wrap) / (1 + wrap), 0.0) * light
            # Half-way vector between sun and eye for the gloss of skin and shoes.
            hx, hy, hz = sun[0] - dx, sun[1] - dy, sun[2] - dz
            norm = 1 / math.sqrt(hx * hx + hy * hy + hz * hz)
            shine = max((gx * hx + gy * hy + gz * hz) * norm, 0.0)
            gloss = 0.0
            if row in (0, 4, 5, 9):
                gloss = (0.10 * shine**22 + 0.06 * shine**60) * light
            rim = (1 + min(gx * dx + gy * dy + gz * dz, 0.0)) ** 4 * 0.10
            for c in range(3):
                sky = SKYLIGHT[c] * (0.5 + 0.5 * gz) + BOUNCE[c] * (0.5 - 0.5 * gz)
                lit = look[row, c] * shade * (SUNLIGHT[c] * direct + sky * open_)
                picture[v, u, c] += lit + SUNLIGHT[c] * gloss + SKYLIGHT[c] * rim * open_
            picture[v, u, 3] += 1.0


@njit(parallel=True, fastmath=True, cache=True)
def draw(picture, prims, meta, bounds, frames, look, cut, scale, camera, focal, jitter, sun, left, top):
    """Add one sample a pixel to ``picture`` (h, w, 4), linear light and coverage, window at left, top.

    ``camera`` (5, 3): centre, right, down, forward, (cx, cy, 0).
    """
    height, width = picture.shape[:2]
    nx, ny = (width + BLOCK - 1) // BLOCK, (height + BLOCK - 1) // BLOCK
    for block in prange(nx * ny):
        _block(picture, prims, meta, bounds, frames, look, cut, scale, camera, focal, jitter, sun,
               left, top, (block % nx) * BLOCK, (block // nx) * BLOCK)  # fmt: skip


@njit(fastmath=True)
def _shadow_row(out, prims, meta, bounds, camera, focal, sun, left, top, stride, v):
    chosen, group = np.empty(len(prims), np.int64), np.empty(10)
    every = np.empty(len(prims), np.int64)
    for u in range(out.shape[1]):
        a = (left + u * stride - camera[4, 0]) / focal
        b = (top + v * stride - camera[4, 1]) / focal
        dz = camera[3, 2] + a * camera[1, 2] + b * camera[2, 2]
        out[v, u] = 1.0
        if dz > -1e-4:
            continue
        t = -camera[0, 2] / dz
        x = camera[0, 0] + t * (camera[3, 0] + a * camera[1, 0] + b * camera[2, 0])
        y = camera[0, 1] + t * (camera[3, 1] + a * camera[1, 1] + b * camera[2, 1])
        light = _shadow(prims, meta, bounds, x, y, 0.001, sun[0], sun[1], sun[2], 16.0, chosen, group)
        near = _near_ray(bounds, len(bounds), x, y, 0.0, 0.0, 0.0, 1.0, 0.05, 0.12, every)
        touch = 1.0
        if near > 0:
            d = _distance(prims, meta, every, near, group, x, y, 0.0)[0]
            touch = min(max(d / 0.12, 0.0), 1.0)
        out[v, u] = (0.32 + 0.68 * light) * (0.55 + 0.45 * touch)


@njit(parallel=True, fastmath=True, cache=True)
def ground_shadow(out, prims, meta, bounds, camera, focal, sun, left, top, stride):
    """Fill ``out`` (h, w) with the light that reaches the ground at every ``stride``-th pixel, 0..1."""
    for v in prange(len(out)):
        _shadow_row(out, prims, meta, bounds, camera, focal, sun, left, top, stride, v)


def threads(n: int) -> None:
    """Use ``n`` cores."""
    numba.set_num_threads(min(n, numba.config.NUMBA_NUM_THREADS))
