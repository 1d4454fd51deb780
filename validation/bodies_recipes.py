"""Many bodies, a pass each: what differs from person to person, apart from what differs from step to step.

Two bodies in three are for fitting (``tuned``), every third is left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from validation import recipes
from validation.build import Build, Colour, Flesh, Look
from validation.scene import Recipe
from validation.view import Camera

COUNT: Final = 24
_SEED: Final = 9000
_RATE: Final = 240.0

_SKIN: Final[tuple[Colour, ...]] = (
    (62, 42, 32), (88, 58, 43), (118, 80, 58), (152, 108, 80), (186, 138, 106), (214, 168, 138),
    (232, 192, 166),
)  # fmt: skip
_CLOTH: Final[tuple[Colour, ...]] = (
    (28, 30, 38), (235, 235, 235), (190, 40, 40), (30, 90, 190), (240, 150, 30), (40, 130, 80), (70, 66, 110),
    (120, 124, 130),
)  # fmt: skip
_SHOE: Final[tuple[Colour, ...]] = (
    (225, 235, 60), (240, 120, 190), (235, 90, 40), (90, 170, 240), (30, 30, 34), (240, 240, 240),
)  # fmt: skip
_HAIR: Final[tuple[Colour, ...]] = ((18, 15, 14), (60, 40, 26), (120, 78, 40), (196, 160, 96))


def build(number: int) -> Build:
    """Draw a body; the same number gives the same one."""
    rng = np.random.default_rng([_SEED, number])
    female = number % 2 == 1

    def about(one: float, sd: float) -> float:
        return round(float(one + sd * np.clip(rng.standard_normal(), -1.8, 1.8)), 4)

    def one_of(colours: tuple[Colour, ...]) -> Colour:
        return colours[int(rng.integers(len(colours)))]

    height = float(np.clip(rng.normal(1.69 if female else 1.80, 0.08), 1.55, 1.95))
    look = Look(
        skin=one_of(_SKIN), top=one_of(_CLOTH), trim=one_of(_CLOTH), legs=one_of(_CLOTH),
        shoe=one_of(_SHOE), sole=one_of(_SHOE[-2:]), hair=one_of(_HAIR),
        leg_cover=float(rng.choice([0.15, 0.3, 0.5, 0.8, 1.5])), crop_top=female and rng.random() < 0.5,
        sleeves=rng.random() < 0.4, ponytail=female and rng.random() < 0.7,
    )  # fmt: skip
    flesh = Flesh(
        seat=about(1.0, 0.15), pelvis_m=about(0.0, 0.015), belly=about(1.04, 0.12), chest_m=about(0.0, 0.012),
        thigh_m=about(0.0, 0.010), shorts=float(rng.choice([0.0, 0.0, 0.35, 0.55])), shoe=about(1.0, 0.08),
    )  # fmt: skip
    return Build(
        name=f"p{number:02d}", height_m=round(height, 3), sex="female" if female else "male",
        leg=about(1.0, 0.023), shoulder=about(0.92 if female else 1.0, 0.06),
        hip=about(1.06 if female else 1.0, 0.06), girth=about(0.94 if female else 1.02, 0.08),
        limb=about(0.93 if female else 1.01, 0.08), bust=0.011 if female else 0.0, look=look,
        thigh_share=about(1.0, 0.025), arm=about(1.0, 0.03), flesh=flesh,
    )  # fmt: skip


def left_out(number: int) -> bool:
    """Whether nothing is fitted on this body."""
    return number % 3 == 2


def recipe(number: int) -> Recipe:
    """Return the pass of a body at 240 fps; its other rates are every second and every fourth frame."""
    body = build(number)
    rng = np.random.default_rng([_SEED, number, 2])
    camera = Camera(
        1280, 720, right_to_left=bool(number % 4 > 1), view_angle_deg=round(float(rng.normal(0, 2)), 2),
        roll_deg=round(float(rng.normal(0, 0.5)), 2), eye_m=round(float(rng.uniform(0.9, 1.6)), 2),
        distance_m=round(float(rng.uniform(9, 14)), 1),
    )  # fmt: skip
    gait = recipes.gait_of(body, _SEED + number)
    height_px = 300.0
    wide = camera.width * body.height_m / height_px
    duration = round((wide + 0.3) / gait.speed, 3)
    return Recipe(
        name=f"bodies_{body.name}", build=body, gait=gait, camera=camera, height_px=height_px, fps=_RATE,
        duration_s=duration, shutter_s=0.001, seed=_SEED + number, first_right=number % 5 > 1, crf=20,
        tags=("bodies", "left out" if left_out(number) else "tuned"),
    )  # fmt: skip


def at_rate(whole: Recipe, fps: float) -> Recipe:
    """Return the same pass as a camera of a lower rate, with the same shutter, films it."""
    return replace(whole, fps=fps, name=f"{whole.name}_{fps:g}fps", tags=(*whole.tags, f"{fps:g}fps"))
