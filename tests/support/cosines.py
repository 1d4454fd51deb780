"""A body made of cosines: every number a metric should give follows from its formula by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, SIDES, Side
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.metrics import METRICS
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.standard_error import evaluate
from analyzer.motion import kinematics

LEG = 0.95
LENGTHS = {
    "thigh": 0.44, "shank": 0.44, "foot": 0.2, "trunk": 0.5, "upper_arm": 0.3, "forearm": 0.26, "hand": 0.09,
}  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """A run of 8 m/s: contacts of 0.1 s every 0.25 s, right foot first, unless told otherwise."""

    touchdowns: tuple[float, ...] = tuple(0.3 + 0.25 * k for k in range(11))
    contacts: tuple[float, ...] = (0.1,) * 11
    speed: float = 8.0
    fps: float = 240.0
    arm_lag_deg: float = 12.0


def angles(recipe: Recipe, t: Array) -> dict[str, Array]:
    """Angles by formula; ``p`` is the phase of a side's own stride, 0 at its touchdown."""
    td = np.array(recipe.touchdowns)
    ends = np.concatenate([[2 * td[0] - td[1]], td, [2 * td[-1] - td[-2]]])
    course = PchipInterpolator(ends, (np.arange(len(ends)) - 1) / 2, extrapolate=True)
    right = course(t)
    out = {"trunk": 8 + 2 * np.cos(4 * np.pi * (right - 0.05))}
    for side, p in (("right", right), ("left", right + 0.5)):
        arm = 2 * np.pi * (p - 0.23 - recipe.arm_lag_deg / 360)
        out[f"{side}_thigh"] = 15 + 45 * np.cos(2 * np.pi * (p - 0.73))
        out[f"{side}_knee"] = 75 - 55 * np.cos(2 * np.pi * (p - 0.02))
        out[f"{side}_upper_arm"] = -10 + 50 * np.cos(arm)
        out[f"{side}_elbow"] = 90 + 15 * np.cos(arm)
    return out


def body(angle: dict[str, Array], hips: Array) -> Array:
    """Joints (n, k, 2) of a stick body with these angles, hanging from the path of its hips."""
    at: dict[str, Array] = {}

    def along(degrees: Array, length: float, up: int) -> Array:
        return length * np.stack([np.sin(np.radians(degrees)), up * np.cos(np.radians(degrees))], axis=1)

    chest = hips + along(angle["trunk"], LENGTHS["trunk"], 1)
    at["nose"] = at["left_ear"] = at["right_ear"] = chest + np.array([0.05, 0.25])
    for side in SIDES:
        thigh, arm = angle[f"{side}_thigh"], angle[f"{side}_upper_arm"]
        shank, forearm = angle[f"{side}_knee"] - thigh, arm + angle[f"{side}_elbow"]
        at[f"{side}_hip"], at[f"{side}_shoulder"] = hips, chest
        at[f"{side}_knee"] = hips + along(thigh, LENGTHS["thigh"], -1)
        at[f"{side}_ankle"] = at[f"{side}_knee"] - along(shank, LENGTHS["shank"], 1)
        at[f"{side}_heel"] = at[f"{side}_ankle"] + [-0.05, -0.06]
        at[f"{side}_foot_index"] = at[f"{side}_ankle"] + [0.15, -0.06]
        at[f"{side}_elbow"] = chest + along(arm, LENGTHS["upper_arm"], -1)
        at[f"{side}_wrist"] = at[f"{side}_elbow"] + along(forearm, LENGTHS["forearm"], -1)
        at[f"{side}_pinky"] = at[f"{side}_index"] = at[f"{side}_wrist"] + along(forearm, 0.09, -1)
    return np.stack([at[name] for name in JOINTS], axis=1)


def make(**settings: object) -> Run:
    """Build a run from a recipe."""
    recipe = replace(Recipe(), **settings)  # type: ignore[arg-type]
    td = np.array(recipe.touchdowns)
    t = np.arange(round((td[-1] + 0.3) * recipe.fps)) / recipe.fps
    bounce = np.interp(t, np.concatenate([[td[0] - 0.25], td, [td[-1] + 0.25]]), np.arange(len(td) + 2.0))
    com = np.stack([recipe.speed * t, 1 - 0.025 * np.cos(2 * np.pi * (bounce - 0.2))], axis=1)
    position = body(angles(recipe, t), com + np.array([-0.05, -0.05]))
    n = len(t)
    blank = np.zeros((n, 2))
    still = Motion(
        time=t, raw=position, position=position, angles={}, rates={}, com=blank, com_velocity=blank,
        noise_sd=np.zeros(len(JOINTS)), offset_sd=np.zeros(len(JOINTS)), leg_length=LEG, near_side="right",
        sex="male", view_angle_deg=np.zeros(n),
    )  # fmt: skip
    motion = kinematics.rebuild(still, position, com)
    steps = []
    for k, (start, contact) in enumerate(zip(td, recipe.contacts, strict=True)):
        side: Side = "right" if k % 2 == 0 else "left"
        foot = (float(recipe.speed * start) + 0.35, 0.02)
        steps.append(Step(k + 1, side, float(start), 0.0, float(start) + contact, 0.0, "fit", foot))
    return Run(motion, tuple(steps))


def value(run: Run, metric: str, step: int = 4) -> float:
    """Return a metric of one step (by its place in the run), or of the run."""
    found = evaluate(METRICS[metric], run)
    return float(found[step] if METRICS[metric].per_step else found[0])
