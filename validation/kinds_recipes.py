"""Footage of every kind, on inputs that nothing was made with: what ``validation.kinds`` is measured on.

Bodies ``bodies_recipes.build`` of 31 and above (all other work draws 0 to 23), seeds of 9900 and above (all
other work is below), and settings of their own: no constant was fitted and no fault was found on them before
this table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.video import reader
from validation import bodies_recipes, frontal_recipes, recipes, render
from validation.gait import Gait, timetable
from validation.gait import Path as Course
from validation.gauntlet_inputs import film, woven
from validation.scene import Recipe
from validation.sprinter import Array, Pose, Sprinter
from validation.view import Camera, Shake

SEED: Final = 9900
HEIGHT_PX: Final = 300.0


def run(number: int, name: str, **changes: Any) -> Recipe:
    """Return a sprint of a body past a still camera at 120 frames a second, changed as is said."""
    build = bodies_recipes.build(number)
    rng = np.random.default_rng([SEED, number, 5])
    camera = Camera(
        1600, 720, right_to_left=bool(number % 2), view_angle_deg=round(float(rng.normal(0, 2)), 2),
        roll_deg=round(float(rng.normal(0, 0.5)), 2), eye_m=round(float(rng.uniform(0.9, 1.6)), 2),
        distance_m=round(float(rng.uniform(10, 14)), 1),
    )  # fmt: skip
    plain = Recipe(
        name=f"kinds_{name}_p{number}", build=build, gait=recipes.gait_of(build, SEED + number),
        camera=camera, height_px=HEIGHT_PX, fps=120.0, duration_s=1.1, shutter_s=0.001, seed=SEED + number,
        first_right=number % 3 != 0, tags=("kinds",),
    )  # fmt: skip
    return replace(plain, **changes)


def panned(number: int, name: str, follow: Callable[[Array, Array], Array], shake_deg: float) -> Recipe:
    """Return a run that a camera follows: ``follow`` says where it points, m, from the body's place, m."""
    seconds = 1.25
    plain = run(number, name, duration_s=seconds)
    t = np.round(np.arange(-0.1, seconds + 0.1, 0.02), 3)
    course = Course(timetable(plain.gait, plain.build, 0.0, seconds, plain.first_right))
    x = course.position(t)[:, 0] - course.position(np.array([seconds / 2]))[0, 0]
    aim = follow(x, np.clip(t / seconds, 0, 1))
    pan = tuple((float(a), round(float(b), 4)) for a, b in zip(t, aim, strict=True))
    camera = replace(
        plain.camera, width=1280, pan=pan, distance_m=12.5, view_angle_deg=0.0,
        shake=Shake(shake_deg, SEED + number),
    )  # fmt: skip
    return replace(plain, camera=camera, marks_m=tuple(float(m) for m in np.arange(-12, 13, 4)))


def lagging(x: Array, share: Array) -> Array:
    """Stand still at first, run after the athlete, and never quite arrive."""
    behind = 1.9 * np.exp(-(((share - 0.45) / 0.25) ** 2))
    early = np.maximum(x, x[0] + 1.0)
    return np.asarray(early - behind)


def overshooting(x: Array, share: Array) -> Array:
    """Swing past the athlete and back, twice."""
    return np.asarray(x + 1.3 * np.sin(2 * np.pi * 1.7 * share + 0.6))


def whipping(x: Array, share: Array) -> Array:
    """Follow well, and whip away beyond at the end."""
    return np.asarray(x + 9.0 * np.clip((share - 0.86) / 0.14, 0, 1) ** 2)


def along(number: int, where: frontal_recipes.Where) -> Recipe:
    """Return a run towards the camera, or away from it."""
    rng = np.random.default_rng([SEED, number, 6])
    sign = 1.0 if where == "rear" else -1.0
    camera = Camera(
        1280, 720, view_angle_deg=sign * 90.0 + round(float(rng.uniform(-7, 7)), 2),
        roll_deg=round(float(rng.normal(0, 0.7)), 2), eye_m=round(float(rng.uniform(0.9, 1.6)), 2),
        distance_m=round(float(rng.uniform(20, 32)), 1),
    )  # fmt: skip
    plain = run(number, where, camera=camera, fps=60.0, duration_s=1.8)
    late = replace(plain.gait, arm_phase=round(float(rng.uniform(-15, 20)), 1))
    return replace(plain, gait=late, across=frontal_recipes.across(number, where))


def oblique(number: int, angle_deg: float) -> Recipe:
    """Return a run seen at an angle."""
    plain = run(number, f"oblique{angle_deg:+g}", duration_s=1.25)
    return replace(plain, camera=replace(plain.camera, width=1280, view_angle_deg=angle_deg, distance_m=13.0))


def jog(number: int, speed: float, frequency: float, share: float, lift: float) -> Recipe:
    """Return a slow jog whose feet are down for ``share`` of a step."""
    gait = Gait(
        speed=speed, frequency=frequency, contact=round(share / frequency, 4), landing=0.33,
        com_height=0.575, speed_loss=0.04, trunk_lean=5.0, arm_amplitude=26, thigh_lift=lift,
        knee_fold=100, scatter=0.6, seed=SEED + number,
    )  # fmt: skip
    return run(number, f"jog_{speed:g}mps", gait=gait, fps=60.0, duration_s=2.4)


@dataclass(frozen=True)
class Blocks(Recipe):
    """A start: a foot is on the ground from the beginning, the athlete rests until ``rest_s``, then goes.

    The drawn run's clock stands still and takes ``rise_s`` to go at full pace: the push out of the blocks is
    a contact that is seen to end and not to begin.
    """

    rest_s: float = 0.2
    rise_s: float = 0.45

    @cached_property
    def sprinter(self) -> Any:
        """The athlete, on a clock that starts."""
        return Started(self)


class Started:
    """A drawn run on a clock that starts, as far as pictures and truth ask for it."""

    def __init__(self, recipe: Blocks) -> None:
        self.rest_s, self.rise_s = recipe.rest_s, recipe.rise_s
        moved = recipe.duration_s - self.rest_s - self.rise_s / 2
        self.inner = Sprinter(recipe.build, recipe.gait, 0.0, moved - 0.3, first_right=recipe.first_right)
        steps = self.inner.steps
        first = int(np.flatnonzero(steps.touchdown < 0)[-1])
        self.start = float(steps.touchdown[first]) + 0.015
        down, off = self._when(steps.touchdown), self._when(steps.toe_off)
        self.steps = replace(steps, touchdown=down, contact=off - down)

    @property
    def path(self) -> Started:
        """Where the body is: asked for here as of any drawn run."""
        return self

    def _clock(self, t: Array) -> Array:
        since = np.maximum(t - self.rest_s, 0.0)
        rising = np.minimum(since, self.rise_s)
        return np.asarray(self.start + rising**2 / (2 * self.rise_s) + np.maximum(since - self.rise_s, 0.0))

    def _when(self, clock: Array) -> Array:
        """Return the times at which the drawn run's clock shows ``clock``; before the rest it went on."""
        since = clock - self.start
        full = self.rise_s / 2
        moving = np.where(since < full, np.sqrt(2 * self.rise_s * np.clip(since, 0, full)), since + full)
        return np.asarray(np.where(since < 0, since / 2 - 0.2, self.rest_s + moving))

    def pose(self, t: Any) -> Pose:
        """Return every joint and frame at times ``t`` (n,) s."""
        t = np.atleast_1d(np.asarray(t, float))
        return {**self.inner.pose(self._clock(t)), "time": t}

    def position(self, t: Array) -> Array:
        """Return the centre of mass (n, 2) m."""
        return self.inner.path.position(self._clock(np.atleast_1d(np.asarray(t, float))))

    def velocity(self, t: Array) -> Array:
        """Return its velocity (n, 2) m/s."""
        t = np.atleast_1d(np.asarray(t, float))
        pace = np.clip((t - self.rest_s) / self.rise_s, 0.0, 1.0)
        return np.asarray(self.inner.path.velocity(self._clock(t)) * pace[:, None])

    def foot(self, k: NDArray[np.int64]) -> Array:
        """Return where the ball of the foot of contact ``k`` stands, (n, 3) m."""
        return self.inner.foot(k)


def start(number: int) -> Blocks:
    """Return a start out of a block before a still camera."""
    plain = run(number, "blocks")
    speed = round(9.3 * min(1.0, (plain.build.height_m / 1.8) ** 2), 2)
    gait = replace(plain.gait, accelerating=True, first_step=2, scatter=0.4, speed=speed)
    facts = {f.name: getattr(plain, f.name) for f in fields(plain)}
    return Blocks(**{**facts, "gait": gait, "duration_s": 1.45})


def clips() -> dict[str, Recipe]:
    """Return what is rendered, by its kind; the plainest last."""
    return {
        "pan that lags": panned(31, "pan_lag", lagging, 0.03),
        "pan that overshoots, shaken": panned(32, "pan_overshoot", overshooting, 0.35),
        "pan, whip at the end": panned(33, "pan_whip", whipping, 0.03),
        "from the front": along(34, "front"),
        "from behind": along(35, "rear"),
        "45 degrees, to the right": oblique(36, 45.0),
        "45 degrees, to the left": oblique(37, -45.0),
        "jog at 2.2 m/s": jog(38, 2.2, 2.55, 0.86, 46),
        "jog at 2.7 m/s": jog(39, 2.7, 2.70, 0.78, 52),
        "start out of a block": start(40),
        "start out of a block, again": start(53),
        **cut_runs(),
        "plain": run(43, "plain", duration_s=1.2),
    }


def cut_runs() -> dict[str, Recipe]:
    """Return two runs of one athlete before one camera: the second slower, the other foot first."""
    first = run(42, "cut_1", duration_s=1.0)
    gait = recipes.gait_of(first.build, SEED + 142)
    slower = replace(gait, speed=round(0.88 * first.gait.speed, 2), contact=round(gait.contact * 1.1, 4))
    again = replace(
        first, name="kinds_cut_2_p42", gait=slower, seed=SEED + 142, first_right=not first.first_right,
        duration_s=1.1,
    )  # fmt: skip
    return {"cut, first run": first, "cut, second run": again}


def bends() -> dict[str, OnBend]:
    """Return runs round a bend, by what they are called."""
    return {
        "bend of 36.5 m, from inside": bend(48, -36.5),
        "bend of 36.5 m, from outside": bend(45, 36.5, -8.0),
    }


def halved(path: Path, recipe: Recipe, *, fields_: bool) -> Path:
    """Film a clip at half its rate: every second picture, or rows of it and of the next in turn."""
    every = [frame.image for frame in reader.frames(render.clip(recipe))]
    pairs = zip(every[::2], every[1::2], strict=False)
    return film(path, (woven(*pair) if fields_ else pair[0] for pair in pairs), recipe.fps / 2)


def joined(path: Path, recipes_: Sequence[Recipe]) -> Path:
    """Film clips of one camera one after the other."""
    every = [frame.image for recipe in recipes_ for frame in reader.frames(render.clip(recipe))]
    return film(path, every, recipes_[0].fps)


@dataclass(frozen=True)
class OnBend(Recipe):
    """A run on a bend to the athlete's left, or, with a negative radius, to the right."""

    radius_m: float = 36.5

    @cached_property
    def sprinter(self) -> Any:
        """The athlete, on the bend."""
        return Rounding(super().sprinter, self.radius_m)

    def straight(self) -> Recipe:
        """Return the same run on a straight lane, followed by the camera: along the way it is the same."""
        facts = {f.name: getattr(self, f.name) for f in fields(Recipe)}
        plain = Recipe(**facts)
        return replace(plain, camera=replace(self.camera, pan=followed(plain, np.inf)))


class Rounding:
    """A drawn run laid round a bend."""

    def __init__(self, inner: Sprinter, radius_m: float) -> None:
        self.inner, self.radius_m = inner, radius_m

    def pose(self, t: Any) -> Pose:
        """Return every joint and frame at times ``t`` (n,) s."""
        pose = self.inner.pose(t)
        heading = pose["pelvis"][:, 0] / self.radius_m
        cos, sin, zero = np.cos(heading), np.sin(heading), 0 * heading
        turn = np.stack([
            np.stack([cos, -sin, zero], -1),
            np.stack([sin, cos, zero], -1),
            np.stack([zero, zero, zero + 1], -1),
        ], axis=1)  # fmt: skip
        out: Pose = {}
        for name, value in pose.items():
            if value.ndim == 3:
                out[name] = turn @ value
            elif value.ndim == 2 and name.endswith(("_x", "_z")):
                out[name] = (turn @ value[..., None])[..., 0]
            else:
                out[name] = rounded(value, self.radius_m) if value.ndim == 2 else value
        return out


def rounded(points: Array, radius_m: float) -> Array:
    """Lay points (..., 3) m round a bend."""
    if not np.isfinite(radius_m):
        return points
    x, y, z = np.moveaxis(points, -1, 0)
    turned = x / radius_m
    out = radius_m - y
    return np.stack([out * np.sin(turned), radius_m - out * np.cos(turned), z], axis=-1)


def followed(plain: Recipe, radius_m: float) -> tuple[tuple[float, float], ...]:
    """Return where on the lane a camera points that follows a run round a bend, not quite evenly."""
    seconds = plain.duration_s
    t = np.round(np.arange(-0.1, seconds + 0.1, 0.02), 3)
    course = Course(timetable(plain.gait, plain.build, 0.0, seconds, plain.first_right))
    x = course.position(t)[:, 0] - course.position(np.array([seconds / 2]))[0, 0]
    place = rounded(np.stack([x, 0 * x, 0 * x], axis=-1), radius_m)
    eye = plain.camera.centre
    aim = eye[0] - eye[1] / (place[:, 1] - eye[1]) * (place[:, 0] - eye[0])
    aim = aim + 0.2 * np.sin(6 * t + plain.seed)
    return tuple((float(a), round(float(b), 4)) for a, b in zip(t, aim, strict=True))


def bend(number: int, radius_m: float, angle_deg: float = 0.0) -> OnBend:
    """Return a run round a bend that a camera follows."""
    plain = run(number, f"bend{radius_m:+g}", fps=60.0, duration_s=1.6)
    camera = replace(plain.camera, width=1280, distance_m=14.0, right_to_left=False, view_angle_deg=angle_deg)
    plain = replace(plain, camera=camera)
    plain = replace(plain, camera=replace(camera, pan=followed(plain, radius_m)))
    facts = {f.name: getattr(plain, f.name) for f in fields(Recipe)}
    return OnBend(**facts, radius_m=radius_m)
