"""The matrix of clips: what is varied, on whom, and which clips may be tuned on.

Tuning and report share neither a body nor a seed. Whoever fits a constant does it on ``tuning``; the
README's table comes from ``report`` alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

import numpy as np

from validation.build import Build, Look
from validation.gait import Gait, Path, timetable
from validation.scene import Passer, Recipe
from validation.view import Camera, Shake

Set = Literal["tuning", "report"]

BODIES: Final[dict[Set, tuple[Build, Build]]] = {
    "tuning": (
        Build(name="a"),
        Build(
            name="b", height_m=1.66, sex="female", shoulder=0.90, hip=1.08, girth=0.92, limb=0.92, bust=0.012,
            look=Look(skin=(112, 74, 54), top=(205, 60, 40), trim=(205, 60, 40), legs=(30, 30, 34),
                      shoe=(240, 120, 190), hair=(22, 18, 16), leg_cover=0.22, crop_top=True, ponytail=True),
        ),
    ),
    "report": (
        Build(
            name="c", height_m=1.88, leg=1.02, shoulder=1.05, girth=1.06, limb=1.06,
            look=Look(skin=(92, 60, 44), top=(240, 150, 30), trim=(40, 40, 44), legs=(35, 38, 52),
                      shoe=(235, 90, 40), hair=(18, 15, 14), leg_cover=1.5),
        ),
        Build(
            name="d", height_m=1.73, sex="female", leg=1.01, shoulder=0.93, hip=1.04, girth=0.95, limb=0.94,
            bust=0.010,
            look=Look(skin=(222, 176, 146), top=(60, 150, 110), trim=(60, 150, 110), legs=(60, 62, 80),
                      shoe=(90, 170, 240), hair=(120, 78, 40), leg_cover=0.35, sleeves=True, ponytail=True),
        ),
    ),
}  # fmt: skip
_FIRST_SEED: Final[dict[Set, int]] = {"tuning": 100, "report": 500}


def gait_of(build: Build, seed: int) -> Gait:
    """Draw a sprinter's way of running at top speed; the same seed gives the same runner."""
    rng = np.random.default_rng([seed, 1])
    size = build.height_m / 1.80
    speed = float(rng.uniform(8.0, 9.4)) * (1.0 if build.sex == "male" else 0.94)
    # What the legs can span while the foot is down sets contact time at a given speed.
    contact = float(rng.uniform(0.84, 0.90)) * size * build.leg / speed
    return Gait(
        speed=round(speed, 2),
        frequency=round(float(rng.uniform(4.25, 4.7)) / size**0.4, 3),
        contact=round(contact, 4),
        trunk_lean=round(float(rng.uniform(5, 11)), 1),
        trunk_excursion=round(float(rng.uniform(2, 5)), 1),
        arm_amplitude=round(float(rng.uniform(47, 58)), 1),
        arm_phase=round(float(rng.uniform(-6, 10)), 1),
        thigh_lift=round(float(rng.uniform(62, 74)), 1),
        knee_fold=round(float(rng.uniform(120, 133)), 1),
        switch_late=round(float(rng.uniform(-0.006, 0.010)), 4),
        scatter=0.7,
        seed=seed,
    )


def _across(recipe: Recipe) -> Recipe:
    """Let the clip last from one edge of the picture to the other."""
    camera = recipe.camera
    wide = camera.width * recipe.build.height_m / recipe.height_px
    return replace(recipe, duration_s=round((wide + 0.5) / recipe.gait.speed, 3))


def steady(
    which: Set, body: int, number: int, *, fps: float = 120, height_px: float = 300, **kw: object
) -> Recipe:
    """Return a static-camera clip of a run at top speed."""
    build = BODIES[which][body]
    seed = _FIRST_SEED[which] + number
    to_left = bool(kw.pop("to_left", number % 2 == 1))
    size = (1280, 720) if height_px <= 200 else (1920, 1080)
    camera = Camera(*size, right_to_left=to_left)
    recipe = Recipe(
        name=f"{which}_{build.name}{number}_{fps:g}fps_{height_px:g}px", build=build,
        gait=gait_of(build, seed),
        camera=camera, fps=fps, height_px=height_px, shutter_s=min(0.001, 0.24 / fps), seed=seed,
        first_right=number % 3 != 0,
        tags=("steady", f"{fps:g}fps", f"{height_px:g}px", "left" if to_left else "right"),
    )  # fmt: skip
    return _across(replace(recipe, **kw))  # type: ignore[arg-type]


def _variant(recipe: Recipe, tag: str, **changes: object) -> Recipe:
    """Return a clip that is a variation: it does not count among the plain steady ones."""
    tags = (tag, *recipe.tags[1:])
    return replace(recipe, name=f"{recipe.name}_{tag}", tags=tags, **changes)  # type: ignore[arg-type]


def _panned(recipe: Recipe, tag: str = "pan", *, seconds: float = 2.6) -> Recipe:
    """Follow the athlete with the camera, a little late and not quite evenly, as a hand does."""
    timed = replace(recipe, duration_s=seconds)
    t = np.arange(-0.2, seconds + 0.2, 0.05)
    path = Path(timetable(timed.gait, timed.build, 0.0, seconds, timed.first_right))
    x = path.position(t)[:, 0] - path.position(np.array([seconds / 2]))[0, 0]
    wobble = 0.25 * np.sin(2 * np.pi * 0.7 * t + recipe.seed) + 0.12 * np.sin(2 * np.pi * 1.9 * t)
    pan = tuple((round(float(a), 3), round(float(b), 4)) for a, b in zip(t, x - 0.15 + wobble, strict=True))
    camera = replace(recipe.camera, pan=pan, distance_m=14.0, shake=Shake(0.05, recipe.seed))
    marks = tuple(float(m) for m in np.arange(-12, 13, 4))
    return _variant(timed, tag, camera=camera, marks_m=marks)


def _passer(which: Set, body: int, *, opposite: bool, lane: float, walks: bool) -> Passer:
    build = BODIES[which][body]
    gait = Gait(
        speed=4.2 if walks else 7.4, frequency=2.95 if walks else 4.2, contact=0.20 if walks else 0.118,
        arm_amplitude=30 if walks else 50, thigh_lift=42 if walks else 62, knee_fold=100 if walks else 120,
        com_height=0.555, seed=7,
    )  # fmt: skip
    return Passer(build, gait, lane_m=lane, start_x_m=4.5 if opposite else -3.0, opposite=opposite)


def matrix(which: Set) -> list[Recipe]:
    """Return every clip of a set, the plainest first."""
    plain = [
        steady(which, body, 2 * i + side, fps=fps, to_left=bool(side))
        for i, fps in enumerate((120, 240, 60))
        for side in (0, 1)
        for body in (0, 1)
    ]
    # Two bodies share a seed above; let the gaits differ all the same.
    plain = [
        replace(r, gait=gait_of(r.build, r.seed + (50 if r.build.sex == "female" else 0))) for r in plain
    ]
    plain = [_across(r) for r in plain]
    base = [steady(which, body, 10 + body) for body in (0, 1)]
    sizes = [
        steady(which, body, 12 + 2 * i + body, height_px=px)
        for i, px in enumerate((150, 500))
        for body in (0, 1)
    ]
    slow = [steady(which, body, 20 + body, fps=30, shutter_s=0.004) for body in (0, 1)]
    variants: list[Recipe] = []
    for i, recipe in enumerate(base):
        camera = recipe.camera
        # In front of the athlete for one body, behind for the other.
        lane = 1.22 * (-1 if camera.right_to_left else 1) * (-1 if i else 1)
        shaken = replace(camera, shake=Shake(0.12, recipe.seed))
        every = [
            _variant(recipe, "roll", camera=replace(camera, roll_deg=1.6 if i else -1.3)),
            _variant(recipe, "oblique", camera=replace(camera, view_angle_deg=10.0 if i else -10.0)),
            _variant(recipe, "shake", camera=shaken),
            _variant(recipe, "blur", shutter_s=0.004),
            _variant(recipe, "clutter", clutter=True),
            _variant(recipe, "vfr", variable_rate=True),
            _variant(recipe, "company", passers=(
                _passer(which, 1 - i, opposite=bool(i), lane=lane,
                        walks=bool(i)),)),
            _variant(replace(recipe, fps=240, crf=22), "slowmotion", slow_motion=8.0),
            _across(_variant(recipe, "portrait", rotated=True,
                             camera=replace(camera, width=1080, height=1920))),
        ]  # fmt: skip
        variants += every[i::2]  # each body takes every other trial
    moving = [_panned(r) for r in base]
    start = [
        _panned(
            replace(r, gait=replace(
                r.gait, accelerating=True, scatter=0.4, first_step=3,
                speed=9.3 * min(1.0, (r.build.height_m / 1.8) ** 2))),
            "start", seconds=2.4,
        )
        for r in base
    ]  # fmt: skip
    rising = [_panned(replace(base[1], gait=replace(base[1].gait, ramp=0.15, speed=7.0)), "rising")]
    if which == "tuning":
        return plain + sizes + moving
    return plain + sizes + slow + variants + moving + start + rising


def crossings(which: Set) -> list[Recipe]:
    """Return clips in which somebody crosses in front of the athlete, for the figures of the track alone."""

    def crossed(body: int, number: int, px: float, seconds: float, *, pan: bool, opposite: bool) -> Recipe:
        recipe = replace(steady(which, body, number, height_px=px), duration_s=seconds)
        camera = replace(recipe.camera, width=1280, height=720) if px < 200 else recipe.camera
        recipe = replace(recipe, camera=camera)
        if pan:
            recipe = _panned(recipe, "crossing_pan", seconds=seconds)
        lane = 1.22 if camera.right_to_left else -1.22
        # Whoever is overtaken jogs, or he would hide the athlete throughout.
        passer = _passer(which, 1 - body, opposite=opposite, lane=lane, walks=not opposite)
        # Side by side in the middle of the clip.
        start = passer.gait.speed * seconds / 2 * (1 if opposite else -1)
        passers = (replace(passer, start_x_m=round(start, 2)),)
        return replace(recipe, passers=passers) if pan else _variant(recipe, "crossing", passers=passers)

    if which == "tuning":
        return [crossed(0, 40, 150, 0.9, pan=True, opposite=False)]
    return [
        crossed(0, 42, 150, 1.0, pan=False, opposite=False),
        crossed(1, 43, 150, 0.75, pan=True, opposite=True),  # nobody may leave the picture
        crossed(1, 44, 500, 0.6, pan=True, opposite=False),
    ]


CHANGES: Final[dict[str, dict[str, float]]] = {
    "arm_phase": {"arm_phase": 20.0},
    "switch_late": {"switch_late": 0.020},
    # Only the chest rocks, not the hips: this moves the excursion of the trunk in contact by 4 degrees.
    "trunk_excursion": {"trunk_excursion": 6.7},
    "left_contact": {"contact_left": 0.012},
    "arm_amplitude": {"arm_amplitude": -0.30},
    "scatter": {"scatter_slope": 1.0},
}
"""What one changed relationship changes; amplitude as a share, the others added."""


def changed(which: Set, *, fps: float = 120, seeds: int = 4) -> list[tuple[str, Recipe, Recipe]]:
    """Return (change, before, after): the same runner with one relationship changed."""
    pairs = []
    for i in range(seeds):
        before = steady(which, i % 2, 30 + i, fps=fps, to_left=bool(i & 2))
        before = replace(before, gait=replace(before.gait, scatter=0.4), name=f"{before.name}_base")
        for name, change in CHANGES.items():
            new = {
                k: getattr(before.gait, k) * (1 + v) if k == "arm_amplitude" else getattr(before.gait, k) + v
                for k, v in change.items()
            }
            after = replace(before, gait=replace(before.gait, **new), name=f"{before.name[:-5]}_{name}")  # type: ignore[arg-type]
            pairs.append((name, replace(before, tags=("base",)), replace(after, tags=("changed", name))))
    return pairs


def quick() -> list[Recipe]:
    """Three short clips: 240, 120 and 60 fps, both directions."""
    short = [
        replace(steady("report", 0, 40, fps=120, height_px=240), duration_s=1.0),
        replace(steady("report", 1, 41, fps=60, height_px=240), duration_s=1.1),
        replace(steady("report", 1, 43, fps=240, height_px=240), duration_s=0.7),
    ]
    return [
        replace(r, camera=replace(r.camera, width=1280, height=720), name=f"quick_{r.name}", crf=21)
        for r in short
    ]
