"""A recipe: everything a clip is made of, as plain numbers, so that its hash is the clip's name."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from validation.background import ZONE_LINES_M
from validation.build import Build, Flesh
from validation.feet import Feet
from validation.gait import Across, Gait
from validation.sprinter import Array, Pose, Sprinter
from validation.view import Camera

RENDERER = 7
"""Raised whenever the same recipe would give other pixels, so that old clips are not reused."""

_LATER = {"thigh_share": 1.0, "arm": 1.0, "flesh": dataclasses.asdict(Flesh()), "touches": False}
"""What a build could not yet say when the first clips were rendered, and what it was then."""


@dataclass(frozen=True)
class Passer:
    """Somebody else in the picture, in another lane."""

    build: Build
    gait: Gait
    lane_m: float
    """y of the lane; positive is to the athlete's left."""
    start_x_m: float
    opposite: bool = False


@dataclass(frozen=True)
class Recipe:
    """One clip. ``height_px`` and the camera's distance give the focal length."""

    name: str
    build: Build = field(default_factory=Build)
    gait: Gait = field(default_factory=Gait)
    camera: Camera = field(default_factory=Camera)
    height_px: float = 300.0
    fps: float = 120.0
    duration_s: float = 1.4
    shutter_s: float = 0.001
    seed: int = 0
    first_right: bool = True
    passers: tuple[Passer, ...] = ()
    clutter: bool = False
    marks_m: tuple[float, ...] = ZONE_LINES_M
    variable_rate: bool = False
    slow_motion: float = 1.0
    rotated: bool = False
    crf: int = 20
    across: Across = field(default_factory=Across)
    feet: Feet | None = None
    """None = those of the first recipes, all alike."""
    arms: tuple[float, float] = (1.0, 1.0)
    """How far the right and the left arm swing, of the gait's amplitude."""
    fine: int = 2
    """Samples a pixel; more smooths the edges."""
    tags: tuple[str, ...] = ()

    @property
    def samples(self) -> int:
        """Sub-frame pictures averaged into a frame."""
        return self.fine * (1 if self.shutter_s <= 0.002 else 2 if self.shutter_s < 0.008 else 3)

    @cached_property
    def view(self) -> Camera:
        """The camera with the focal length that makes the athlete ``height_px`` tall."""
        focal = self.height_px / self.build.height_m * self.camera.distance_m
        return dataclasses.replace(self.camera, focal_px=focal)

    @cached_property
    def times(self) -> Array:
        """Capture time of every frame, s; the first is 0."""
        n = round(self.duration_s * self.fps)
        if not self.variable_rate:
            return np.arange(n) / self.fps
        rng = np.random.default_rng([self.seed, 3])
        step = np.where(rng.random(n) < 0.08, 2.0, 1.0) * (1 + 0.12 * rng.uniform(-1, 1, n))
        times = np.concatenate([[0.0], np.cumsum(step)]) / self.fps
        # Clocks of phones tick 90,000 times a second.
        return np.round(times[times < self.duration_s] * 90000) / 90000

    @cached_property
    def sprinter(self) -> Sprinter:
        """The athlete on this run."""
        return Sprinter(
            self.build, self.gait, 0.0, self.duration_s, first_right=self.first_right, across=self.across,
            feet=self.feet, arms=self.arms,
        )  # fmt: skip

    @cached_property
    def others(self) -> tuple[Sprinter, ...]:
        """The other people, in the order of ``passers``."""
        return tuple(Sprinter(p.build, p.gait, 0.0, self.duration_s) for p in self.passers)

    @property
    def digest(self) -> str:
        """Hash of everything that shapes the pixels."""
        facts = dataclasses.asdict(self)
        for unseen in ("name", "tags"):
            del facts[unseen]
        if self.across == Across():  # of the clips rendered before there was a choice
            del facts["across"]
        if self.feet is None:
            del facts["feet"]
        if self.arms == (1.0, 1.0):
            del facts["arms"]
        for build in (facts["build"], *(p["build"] for p in facts["passers"])):
            for later, plain in _LATER.items():
                if build[later] == plain:
                    del build[later]
        text = json.dumps([RENDERER, facts], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def moved(pose: Pose, passer: Passer, sprinter: Sprinter) -> Pose:
    """Put a passer's pose into its lane, turned round when it runs the other way."""
    turn = np.diag([-1.0, -1.0, 1.0]) if passer.opposite else np.eye(3)
    start = turn[0, 0] * float(sprinter.path.position(np.array([0.0]))[0, 0])
    shift = np.array([passer.start_x_m - start, passer.lane_m, 0.0])
    out: Pose = {}
    directions = ("_x", "_z")
    for name, value in pose.items():
        if value.ndim == 3:
            out[name] = turn @ value
        elif value.ndim == 2:
            place = 0.0 if name.endswith(directions) else shift
            out[name] = value @ turn.T + place
        else:
            out[name] = value
    return out
