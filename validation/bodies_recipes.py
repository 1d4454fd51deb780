"""Many bodies, a pass each: what differs from person to person, apart from what differs from step to step.

Two bodies in three are for fitting (``tuned``), every third is left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from validation import recipes
from validation.build import Build, Colour, Flesh, Look
from validation.feet import Feet, Foot
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

FEET: Final = {
    "landing_deg": (3.0, 4.0, 2.5), "comes": (0.34, 0.07, 0.03), "falls": (0.42, 0.07, 0.03),
    "turns_deg_s": (370.0, 80.0, 30.0), "leaving_deg": (72.0, 7.0, 3.0), "early": (0.0, 1.0, 0.5),
    "roll_deg": (40.0, 6.0, 2.0), "leaves": (0.40, 0.07, 0.02),
}  # fmt: skip
"""How feet of fast runners land and leave: mean, spread between athletes, and of a foot about its athlete.

Markers and plates: a sprint at 6.6 m/s (2 feet, 4 contacts), a jog (2 feet), four runners at 4 and 5 m/s (16
feet, 105 contacts); points digitised by hand of two men at 9 to 9.6 m/s at 1000 frames a second; the mean
stride of another at 9.7 m/s. In this order, runners by their means:

- pitch at touchdown: -2 and 2, -3 and 0, -24 to -4°; 8 and 6; 0. The faster, the less on the heel.
- the forefoot just before: forward 0.26 to 0.29, 0.31 to 0.35, 0.37 to 0.74; 0.24 and 0.37. Down 0.39 to
  0.49, 0.50 to 0.54, 0.30 to 0.47; 0.35 and 0.28 of the running speed. The toe is let down at 370 to 380, 260
  to 300, 180 to 440; 390 and 240 degrees a second.
- pitch at toe-off: 68 and 73, 51 and 52, 49 to 66°; 84 and 82; 72.
- the forefoot at toe-off: forward 0.27 to 0.31, 0.32 to 0.36, 0.14 to 0.29; 0.34 and 0.33. Up 0.38 to 0.40,
  0.11, 0.07 to 0.24; 0.26 and 0.53. That is 0.49, 0.35, 0.2 to 0.36; 0.43 and 0.62 in directions of 36, 72,
  35 to 63; 53 and 32° from straight up.
- left and right differ by 3° at touchdown, 4° at toe-off, 0.03 of speed (RMS of ten pairs).
"""
COMES_BY_DEG: Final = -0.013
"""How much faster a foot comes forward for each degree that its toe is higher: these 20 feet."""
HEEL_FIRST: Final = 0.25
"""Share of bodies that land on the heel or the whole foot: assumed.

In 16 of 20 feet at 3.5 to 6.6 m/s, none of three at 9 m/s and more; a footballer who sprints on film lands
two of three times on the heel.
"""
HEEL_DEG: Final = (-9.0, 4.0)
"""Their pitch at touchdown and its spread: the flatter half of those feet."""
HURRIES: Final = ((110.0, 25.0), (80.0, 0.35))
"""The forefoot's acceleration after toe-off, forward and up, m/s², and the spread; upwards of its logarithm.

Forward 66 in the sprint, 112 and 89 digitised, 20 to 30 in the runners; up 120, 67 and 133, 36 to 75.
"""
LETS_GO_S: Final = 0.010
"""Toes stop turning over their tip within so long at most: the mean stride at 9.7 m/s, which was filtered.

Drawn evenly from 0, for the filter's share of it is not known.
"""

ARMS_SD: Final = 0.125
"""How much further one arm swings than the mean of both, as a logarithm.

Of five runners with markers at 3.5 to 5 m/s the left swings as far as the right times 0.69 to 1.48, and 0.78
to 0.93 of the arms' momenta cancel; of arms that swing alike 0.98.
"""
_TOE_DOWN_DEG: Final = 9.5
"""Pitch at touchdown with which the drawn runners' legs fit their way of running."""
LOWER: Final = 0.0004
"""How much lower a body lands for each degree that its toe is higher, statures, so that its knee is bent."""
NEARER: Final = 0.0012
"""And how much nearer to it the ball of its foot, contact lengths: half and half, nobody measured which."""


def feet(number: int) -> Feet:
    """Draw how the feet of a body land and leave."""
    rng = np.random.default_rng([_SEED, number, 3])

    def normal() -> float:
        return float(np.clip(rng.standard_normal(), -1.8, 1.8))

    usual = {name: mean + sd * normal() for name, (mean, sd, _) in FEET.items()}
    if rng.random() < HEEL_FIRST:
        usual["landing_deg"] = HEEL_DEG[0] + HEEL_DEG[1] * normal()
    usual["comes"] += COMES_BY_DEG * usual["landing_deg"]
    (ahead, ahead_sd), (up, up_sd) = HURRIES
    hurries = (round(ahead + ahead_sd * normal(), 1), round(up * float(np.exp(up_sd * normal())), 1))
    lets_go = round(float(rng.uniform(0, LETS_GO_S)), 4)
    right, left = (
        Foot(
            **{name: round(value + FEET[name][2] * normal(), 4) for name, value in usual.items()},
            hurries=hurries, lets_go_s=lets_go,
        )
        for _ in range(2)
    )  # fmt: skip
    return Feet(right, left)


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
    return on_own_feet(passing(number), number)


def passing(number: int) -> Recipe:
    """Return the pass of a body on feet that all land and leave alike."""
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


def on_own_feet(run: Recipe, number: int) -> Recipe:
    """Return a run with the feet and arms of a body, in shoes that touch the ground as they should."""
    own = feet(number)
    higher = _TOE_DOWN_DEG - (own.right.landing_deg + own.left.landing_deg) / 2
    gait = replace(
        run.gait,
        com_height=round(run.gait.com_height - LOWER * higher, 4),
        landing=round(run.gait.landing - NEARER * higher, 4),
    )
    further = ARMS_SD * float(np.clip(np.random.default_rng([_SEED, number, 4]).standard_normal(), -1.8, 1.8))
    arms = (round(float(np.exp(further)), 4), round(float(np.exp(-further)), 4))
    return replace(run, gait=gait, feet=own, arms=arms, build=replace(run.build, touches=True))


def at_rate(whole: Recipe, fps: float) -> Recipe:
    """Return the same pass as a camera of a lower rate, with the same shutter, films it."""
    return replace(whole, fps=fps, name=f"{whole.name}_{fps:g}fps", tags=(*whole.tags, f"{fps:g}fps"))
