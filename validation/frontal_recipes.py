"""Runs filmed from the front and from behind: many bodies, each moving across the lane in its own way.

Bodies and who is left out are those of ``bodies_recipes``; what is left out is also filmed from nearer and
less squarely. ``changed`` are runs of one body that differ in one thing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

import numpy as np

from validation import bodies_recipes, recipes
from validation.gait import Across, Gait
from validation.scene import Recipe
from validation.view import Camera

Where = Literal["front", "rear"]

BODIES: Final = (0, 1, 2, 3, 4, 5, 8, 11)
"""Four to fit on (0, 1, 3, 4) and four that are left out (2, 5, 8, 11)."""
SLOW: Final = (3, 11)
"""Those of them who run at 5 m/s; the others sprint."""
CHANGED: Final = 5
"""The body of the runs that differ in one thing: nothing is fitted on it."""
CHANGES: Final[dict[str, dict[str, float]]] = {
    "as it was": {},
    "pelvis": {"pelvis_deg": -4.0},
    "lean": {"lean_deg": 5.0},
    "sway": {"thorax_deg": 5.0},
    "width": {"foot_m": 0.085},
    "knee": {"knee_m": 0.045},
    "hand": {"hand_deg": 22.0},
}
"""What is changed in one run each, from how that body runs otherwise."""
LONG_ON_GROUND: Final = 2
"""The body whose legs would not reach as long as its foot is drawn to stand..."""
REACHES: Final = 0.94
"""...but for so much of that time."""
_SEED: Final = 9500


def gait(number: int) -> Gait:
    """Draw how a body runs."""
    rng = np.random.default_rng([_SEED, number, 1])
    build = bodies_recipes.build(number)
    if number in SLOW:
        return Gait(
            speed=4.6, frequency=3.1, contact=round(0.80 * build.height_m / 1.80 * build.leg / 4.6, 4),
            trunk_lean=6.0, arm_amplitude=38, thigh_lift=48, knee_fold=105, com_height=0.552,
            arm_phase=round(float(rng.uniform(-10, 15)), 1), scatter=0.7, seed=_SEED + number,
        )  # fmt: skip
    late = round(float(rng.uniform(-15, 20)), 1)
    drawn = recipes.gait_of(build, _SEED + number)
    contact = drawn.contact * (REACHES if number == LONG_ON_GROUND else 1.0)
    return replace(drawn, arm_phase=late, contact=round(contact, 4))


def across(number: int, where: Where) -> Across:
    """Draw what a body does across the lane."""
    rng = np.random.default_rng([_SEED, number, 2, int(where == "rear")])

    def between(low: float, high: float) -> float:
        return round(float(rng.uniform(low, high)), 4)

    return Across(
        pelvis_deg=between(-5, 4),
        thorax_deg=between(0, 5),
        lean_deg=between(-4, 4),
        foot_m=between(0.0, 0.085),
        knee_m=between(-0.015, 0.04),
        hand_deg=between(-10, 22),
        later=between(-0.05, 0.05),
    )


def recipe(number: int, where: Where, fps: float = 60.0) -> Recipe:
    """Return a run of a body towards the camera or away from it."""
    rng = np.random.default_rng([_SEED, number, 3, int(where == "rear")])
    left_out = bodies_recipes.left_out(number)
    off = float(rng.uniform(4, 9)) * float(rng.choice([-1, 1])) if left_out else float(rng.normal(0, 2))
    camera = Camera(
        1280, 720, view_angle_deg=round((90.0 if where == "rear" else -90.0) + off, 2),
        roll_deg=round(float(rng.normal(0, 0.7)), 2), eye_m=round(float(rng.uniform(0.9, 1.6)), 2),
        distance_m=round(float(rng.uniform(18, 24) if left_out else rng.uniform(30, 45)), 1),
    )  # fmt: skip
    return Recipe(
        name=f"frontal_p{number:02d}_{where}_{fps:g}fps", build=bodies_recipes.build(number),
        gait=gait(number), camera=camera, height_px=300.0, fps=fps, duration_s=1.8, shutter_s=0.001,
        seed=_SEED + number, first_right=number % 4 > 1, across=across(number, where),
        tags=("frontal", where, "left out" if left_out else "tuned"),
    )  # fmt: skip


def changed(what: str) -> Recipe:
    """Return the run of ``CHANGED`` from the front with one thing changed."""
    plain = recipe(CHANGED, "front")
    way = replace(Across(pelvis_deg=0.0, thorax_deg=1.0), **CHANGES[what])
    return replace(
        plain, across=way, name=f"frontal_changed_{what.replace(' ', '_')}", tags=("frontal", "front", what)
    )


def every() -> list[Recipe]:
    """Return every run, those that are asked first at the start."""
    pairs = [(0, 2), (1, 5), (3, 8), (4, 11)]
    order: list[Recipe] = []
    for fitted, held in pairs:
        order += [
            recipe(fitted, "front"),
            recipe(held, "front"),
            recipe(fitted, "rear"),
            recipe(held, "rear"),
        ]
    order += [changed(what) for what in CHANGES]
    order += [recipe(2, "front", 120.0), recipe(5, "rear", 120.0)]
    return order
