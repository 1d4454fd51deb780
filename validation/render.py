"""From a recipe to a video file: the body over the track, as a phone would have filmed it."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from validation import body, raymarch
from validation.background import Panorama, still
from validation.build import Build
from validation.scene import Recipe, moved
from validation.sprinter import Array, Pose
from validation.view import Camera

_TONE = np.clip(np.linspace(0, 4, 4096) / (1 + 0.12 * np.linspace(0, 4, 4096)), 0, 1) ** (1 / 2.2) * 255


_GRAINS = 6
"""Patterns of sensor noise, shown in turn."""
_TICKS = 90000
"""Of a clip's clock, a second."""


def _tone(light: Array) -> NDArray[np.float32]:
    """Turn linear light into picture values, 0..255."""
    index = np.clip(light * (4095 / 4), 0, 4095).astype(np.uint16)
    return _TONE.astype(np.float32)[index]


def _linear(rgb: tuple[float, float, float]) -> Array:
    return np.asarray((np.array(rgb) / 255) ** 2.2)


def _palette(build: Build) -> Array:
    look = build.look
    skin = _linear(look.skin)
    return np.array([
        skin, _linear(look.top), _linear(look.trim), _linear(look.legs), _linear(look.shoe),
        _linear(look.sole), _linear(look.hair), _linear((190, 182, 176)), _linear((45, 30, 22)),
        skin * (0.85, 0.55, 0.55),
    ])  # fmt: skip


def _jitter(n: int) -> Array:
    """Sub-pixel places of the samples, spread evenly and with zero mean."""
    i = np.arange(1, n + 1)
    spots = np.stack([(i * 0.7548776662) % 1, (i * 0.5698402909) % 1], axis=1)
    return spots - spots.mean(axis=0)


class _Figure:
    """One person in the scene."""

    def __init__(self, build: Build, camera: Camera) -> None:
        self.build, self.camera = build, camera
        self.look = _palette(build)
        self.cut = np.array([build.look.leg_cover, float(build.look.crop_top), float(build.look.sleeves)])
        self.sun = raymarch.SUN * [camera.facing, camera.facing, 1]

    def window(self, bounds: Array, packed: Array) -> tuple[int, int, int, int]:
        """Left, top, right and bottom pixel of what the spheres cover."""
        local = (bounds[:, :3] - packed[0]) @ packed[1:4].T
        uv = local[:, :2] / local[:, 2:] * self.camera.focal_px + packed[4, :2]
        r = bounds[:, 3] / local[:, 2] * self.camera.focal_px * 1.08 + 4
        w, h = self.camera.width, self.camera.height
        return (
            int(np.clip((uv[:, 0] - r).min(), 0, w)), int(np.clip((uv[:, 1] - r).min(), 0, h)),
            int(np.clip((uv[:, 0] + r).max() + 1, 0, w)), int(np.clip((uv[:, 1] + r).max() + 1, 0, h)),
        )  # fmt: skip

    def draw(self, pose: Pose, times: Array) -> tuple[tuple[int, int, int, int], Array]:
        """Return the window and its (h, w, 4) light and coverage, averaged over the samples of a pose."""
        shapes = [body.sculpt(pose, i, self.build) for i in range(len(times))]
        cameras = [self.camera.packed(float(t)) for t in times]
        boxes = np.array([self.window(s.bounds, c) for s, c in zip(shapes, cameras, strict=True)])
        box = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
        left, top, right, bottom = (int(x) for x in box)
        picture = np.zeros((max(bottom - top, 0), max(right - left, 0), 4))
        if picture.size:
            for shape, camera, jitter in zip(shapes, cameras, _jitter(len(times)), strict=True):
                prims, meta = raymarch.pack(shape)
                raymarch.draw(picture, prims, meta, shape.bounds, shape.frames, self.look, self.cut,
                           self.build.scale, camera, self.camera.focal_px, jitter, self.sun,
                           left, top)  # fmt: skip
            picture /= len(times)
        return (left, top, right, bottom), picture

    def shadow(self, pose: Pose, i: int, t: float) -> tuple[tuple[int, int, int, int], Array]:
        """Return a window and the share of light that reaches the ground in it."""
        shape = body.sculpt(pose, i, self.build)
        packed = self.camera.packed(t)
        fallen = shape.bounds.copy()
        fallen[:, :3] -= self.sun * (shape.bounds[:, 2] / self.sun[2])[:, None]
        fallen[:, 3] *= 1.6
        left, top, right, bottom = self.window(fallen, packed)
        stride = 3
        h, w = max(bottom - top, 0), max(right - left, 0)
        if h * w == 0:
            return (0, 0, 0, 0), np.ones((0, 0))
        small = np.ones((-(-h // stride), -(-w // stride)))
        prims, meta = raymarch.pack(shape)
        raymarch.ground_shadow(small, prims, meta, shape.bounds, packed, self.camera.focal_px, self.sun,
                            float(left), float(top), float(stride))  # fmt: skip
        large = cv2.resize(small, (small.shape[1] * stride, small.shape[0] * stride))
        return (left, top, right, bottom), np.asarray(large[:h, :w])


def pictures(recipe: Recipe) -> Iterator[NDArray[np.uint8]]:
    """Draw the frames of a clip, upright RGB (h, w, 3)."""
    camera = recipe.view
    figures = [_Figure(recipe.build, camera)] + [_Figure(p.build, camera) for p in recipe.passers]
    if camera.moving:
        panorama = Panorama(camera, clutter=recipe.clutter, marks=recipe.marks_m, times=recipe.times)
        empty = toned = np.empty(0, np.float32)
    else:
        empty = still(camera, clutter=recipe.clutter, marks=recipe.marks_m)
        toned = cv2.GaussianBlur(_tone(empty), (0, 0), 0.55)
    rng = np.random.default_rng([recipe.seed, 5])
    shape = (camera.height, camera.width)
    grain = [
        (2.0 * rng.standard_normal((*shape, 1)) + rng.standard_normal((*shape, 3))).astype(np.float32)
        for _ in range(_GRAINS)
    ]
    ready = [] if camera.moving else [_picture(toned + g) for g in grain]
    spread = (np.arange(recipe.samples) + 0.5) / recipe.samples - 0.5
    for number, time in enumerate(recipe.times):
        moments = time + recipe.shutter_s * spread
        noise = grain[number % _GRAINS]
        if camera.moving:
            blur = 3 if recipe.shutter_s > 0.002 else 1
            when = time + recipe.shutter_s * ((np.arange(blur) + 0.5) / blur - 0.5)
            empty = np.mean([panorama.at(float(m)) for m in when], axis=0)
            frame = _picture(cv2.GaussianBlur(_tone(empty), (0, 0), 0.55) + noise)
        else:
            frame = ready[number % _GRAINS].copy()
        poses = [recipe.sprinter.pose(moments)]
        for passer, other in zip(recipe.passers, recipe.others, strict=True):
            poses.append(moved(other.pose(moments), passer, other))
        left, top, part = _compose(figures, poses, moments, empty)
        h, w = part.shape[:2]
        frame[top : top + h, left : left + w] = _picture(part + noise[top : top + h, left : left + w])
        yield frame


def _picture(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))


def _compose(
    figures: list[_Figure], poses: list[Pose], moments: Array, empty: Array
) -> tuple[int, int, NDArray[np.float32]]:
    """Return left, top and picture values of the part of the frame that people and shadows change."""
    height, width = empty.shape[:2]
    middle = len(moments) // 2
    shadows = [f.shadow(p, middle, float(moments[middle])) for f, p in zip(figures, poses, strict=True)]
    drawn = [f.draw(p, moments) for f, p in zip(figures, poses, strict=True)]
    boxes = np.array([box for box, part in shadows + drawn if part.size])
    if not len(boxes):
        return 0, 0, np.zeros((0, 0, 3), np.float32)
    left, top = np.maximum(boxes[:, :2].min(axis=0) - 6, 0)
    right, bottom = np.minimum(boxes[:, 2:].max(axis=0) + 6, (width, height))
    light = empty[top:bottom, left:right].copy()
    for (x0, y0, x1, y1), part in shadows:
        if not part.size:
            continue
        light[y0 - top : y1 - top, x0 - left : x1 - left] *= part[..., None]
    centre = figures[0].camera.centre
    far_first = np.argsort([-abs(float(p["pelvis"][middle, 1]) - centre[1]) for p in poses])
    for i in far_first:
        (x0, y0, x1, y1), part = drawn[i]
        if not part.size:  # outside the picture; only the shadow is in it
            continue
        under = light[y0 - top : y1 - top, x0 - left : x1 - left]
        under *= 1 - part[..., 3:]
        under += part[..., :3]
    return int(left), int(top), np.asarray(cv2.GaussianBlur(_tone(light), (0, 0), 0.55))


def write(recipe: Recipe, path: Path) -> Path:
    """Render a recipe into an H.264 file, through a temporary one."""
    return write_all([(recipe, path)])[0]


def write_all(wanted: Sequence[tuple[Recipe, Path]]) -> list[Path]:
    """Draw a pass once and write it at several frame rates, which are whole parts of the first one.

    Parameters
    ----------
    wanted : sequence of (recipe, path)
        Recipes that differ in their rates alone, the fastest first.
    """
    whole = wanted[0][0]
    every = [round(whole.fps / recipe.fps) for recipe, _ in wanted]
    with ExitStack() as files:
        sinks = [files.enter_context(_Sink(recipe, path)) for recipe, path in wanted]
        for number, picture in enumerate(pictures(whole)):
            for step, sink in zip(every, sinks, strict=True):
                if number % step == 0:
                    sink.take(picture)
    return [path for _, path in wanted]


class _Sink:
    """A clip's file while it is written: frames in the order of the recipe's times; more are left out."""

    def __init__(self, recipe: Recipe, path: Path) -> None:
        self.recipe, self.path, self.taken = recipe, path, 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self.part = path.with_name(f"{path.stem}.{os.getpid()}.part.mp4")
        self.container = av.open(str(self.part), "w", options={"movflags": "+faststart"})
        rate = Fraction(recipe.fps / recipe.slow_motion).limit_denominator(1001)
        self.stream = self.container.add_stream("libx264", rate=rate)
        width, height = recipe.view.width, recipe.view.height
        self.stream.width, self.stream.height = (height, width) if recipe.rotated else (width, height)
        self.stream.pix_fmt = "yuv420p"
        self.stream.options = {"crf": str(recipe.crf), "preset": "fast", "threads": "1"}
        self.stream.codec_context.time_base = self.stream.time_base = Fraction(1, _TICKS)

    def take(self, picture: NDArray[np.uint8]) -> None:
        if self.taken == len(self.recipe.times):
            return
        time = self.recipe.times[self.taken]
        self.taken += 1
        upright = np.rot90(picture, 1) if self.recipe.rotated else picture
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(upright), format="rgb24")
        frame.pts, frame.time_base = round(time * self.recipe.slow_motion * _TICKS), Fraction(1, _TICKS)
        self.container.mux(self.stream.encode(frame))

    def __enter__(self) -> _Sink:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.container.mux(self.stream.encode(None))
        self.container.close()
        if kind is None:
            assert self.taken == len(self.recipe.times)
            if self.recipe.rotated:
                _turn(self.part)
            self.part.replace(self.path)


def _turn(path: Path) -> None:
    """Mark the file's track as to be shown turned a quarter clockwise, as phones held upright do."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4
    matrix = at + (52 if data[at] == 1 else 40)
    width, height = struct.unpack(">II", data[matrix + 36 : matrix + 44])
    one = 1 << 16
    data[matrix : matrix + 36] = struct.pack(">9i", 0, one, 0, -one, 0, 0, height, 0, 1 << 30)
    path.write_bytes(data)
    assert width > 0


def cache_folder() -> Path:
    """Where rendered clips are kept between runs."""
    chosen = os.environ.get("SPRINT_ANALYZER_CACHE")
    base = Path(chosen).expanduser() if chosen else user_cache_path("sprint-analyzer", appauthor=False)
    return base / "validation"


def place(recipe: Recipe) -> Path:
    """Return where the recipe's video is, or will be."""
    return cache_folder() / f"{recipe.name}-{recipe.digest}.mp4"


def clip(recipe: Recipe) -> Path:
    """Return the recipe's video, rendering it if it is not in the cache."""
    path = place(recipe)
    return path if path.exists() else write(recipe, path)
