"""What is true of a rendered run, computed from the model alone: no number here passes through ``analyzer``.

Everything is measured in the sagittal plane (x forward, z up) of the athlete's own joints, on a grid of a
quarter of a millisecond, with the exact times of contact.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from analyzer.data.capture import PoseTrack
from validation import scene as scenes
from validation.scene import Recipe
from validation.sprinter import Array, Pose, centre_of_mass

JOINTS = (
    "nose", "left_ear", "right_ear",
    *(f"{side}_{joint}"
      for joint in ("shoulder", "elbow", "wrist", "pinky", "index", "hip", "knee", "ankle", "heel",
                    "foot_index")
      for side in ("left", "right")),
)  # fmt: skip

GRID_S = 0.00025
SIDES = ("left", "right")


@dataclass(frozen=True)
class Contact:
    """One true contact; ``visible`` when the whole athlete is in the picture from touchdown to toe-off."""

    index: int
    side: str
    touchdown_s: float
    toe_off_s: float
    foot_m: float
    visible: bool


class Truth:
    """The true run of a recipe: contacts, curves, and the joints as a perfect tracker sees them."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe, self.sprinter = recipe, recipe.sprinter
        last = float(recipe.times[-1])
        self.t = np.arange(-0.6, last + 0.6, GRID_S)

    @cached_property
    def pose(self) -> Pose:
        return self.sprinter.pose(self.t)

    @cached_property
    def joint(self) -> dict[str, Array]:
        """Joints in the sagittal plane, (n, 2) m."""
        return {name: self.pose[name][:, [0, 2]] for name in JOINTS}

    @cached_property
    def angle(self) -> dict[str, Array]:
        """Segment and joint angles in degrees, zeros and signs as in docs/architecture.md."""
        j = self.joint
        out: dict[str, Array] = {}

        def between(a: Array, b: Array) -> Array:
            """Angle of the way from a up to b, from the vertical, forward positive."""
            d = b - a
            return np.degrees(np.unwrap(np.arctan2(d[:, 0], d[:, 1])))

        shoulders = (j["left_shoulder"] + j["right_shoulder"]) / 2
        hips = (j["left_hip"] + j["right_hip"]) / 2
        out["trunk"] = between(hips, shoulders)
        for s in SIDES:
            thigh = -between(j[f"{s}_knee"], j[f"{s}_hip"])
            shank = between(j[f"{s}_ankle"], j[f"{s}_knee"])
            way = j[f"{s}_foot_index"] - j[f"{s}_heel"]
            foot = np.degrees(np.unwrap(np.arctan2(-way[:, 1], way[:, 0])))
            upper = -between(j[f"{s}_elbow"], j[f"{s}_shoulder"])
            lower = -np.degrees(np.unwrap(np.arctan2(*(j[f"{s}_elbow"] - j[f"{s}_wrist"]).T)))
            lower = lower + 360 * np.round((np.median(upper) + 90 - np.median(lower)) / 360)
            out |= {
                f"{s}_thigh": thigh, f"{s}_shank": shank, f"{s}_foot": foot, f"{s}_upper_arm": upper,
                f"{s}_forearm": lower, f"{s}_hip": thigh + out["trunk"], f"{s}_knee": thigh + shank,
                f"{s}_ankle": shank - foot, f"{s}_shoulder": upper + out["trunk"],
                f"{s}_elbow": lower - upper,
            }  # fmt: skip
        return out

    @cached_property
    def rate(self) -> dict[str, Array]:
        """Angular velocities, deg/s."""
        return {name: np.gradient(series, GRID_S) for name, series in self.angle.items()}

    @cached_property
    def com(self) -> Array:
        """Centre of mass (n, 2) m: the path that physics prescribes."""
        return self.sprinter.path.position(self.t)

    @cached_property
    def com_velocity(self) -> Array:
        return self.sprinter.path.velocity(self.t)

    @cached_property
    def segment_com_error(self) -> float:
        """How far the segments' centre of mass is from the path at most, m."""
        return float(np.abs(centre_of_mass(self.pose, self.recipe.build)[:, [0, 2]] - self.com).max())

    def at(self, series: Array, t: float) -> Any:
        """Interpolate a curve at one instant."""
        if series.ndim == 1:
            return float(np.interp(t, self.t, series))
        return np.array([np.interp(t, self.t, c) for c in series.T])

    @cached_property
    def contacts(self) -> tuple[Contact, ...]:
        """Every contact that overlaps the clip, and one more at each end to measure from."""
        s, last = self.sprinter.steps, float(self.recipe.times[-1])
        overlap = np.flatnonzero((s.toe_off > 0) & (s.touchdown < last))
        found = []
        for k in range(overlap[0] - 1, overlap[-1] + 2):
            td, to = float(s.touchdown[k]), float(s.toe_off[k])
            foot = self.sprinter.foot(np.array([k]))[0]
            found.append(Contact(
                int(k), "right" if s.right[k] else "left", td, to, float(foot[0]),
                bool(td >= 0 and to <= last and self._in_picture(td, to)),
            ))  # fmt: skip
        return tuple(found)

    def _in_picture(self, start: float, stop: float) -> bool:
        t = np.linspace(start, stop, 5)
        points = self.sprinter.pose(t)
        uv = self.recipe.view.project(t, np.stack([points[name] for name in JOINTS], axis=1))
        low, high = uv.min(axis=(0, 1)), uv.max(axis=(0, 1))
        return bool(
            low[0] > 4 and low[1] > 4 and high[0] < self.recipe.view.width - 4
            and high[1] < self.recipe.view.height - 4
        )  # fmt: skip

    def track(self) -> PoseTrack:
        """Return the true joints as a perfect tracker would give them, NaN outside the picture."""
        recipe, view, times = self.recipe, self.recipe.view, self.recipe.times
        pose = self.sprinter.pose(times)
        xy = view.project(times, np.stack([pose[name] for name in JOINTS], axis=1))
        inside = np.all((xy > -0.5) & (xy < np.array([view.width, view.height]) - 0.5), axis=2)
        middle = view.project(times, (pose["pelvis"] + pose["chest"]) / 2)
        side = np.full(len(times), 1.55 * recipe.height_px)
        box = np.column_stack([middle - [0, 0.0], side])
        box[~inside.any(axis=1)] = np.nan
        return PoseTrack(
            time=times, xy=np.where(inside[..., None], xy, np.nan), confidence=inside.astype(float),
            names=JOINTS, box=box, width=view.width, height=view.height, source="truth",
        )  # fmt: skip


def scene(recipe: Recipe) -> tuple[PoseTrack, dict[str, Any]]:
    """Return the true joints of a clip in pixels, and the true values as plain numbers."""
    truth = Truth(recipe)
    return truth.track(), facts(truth)


def facts(truth: Truth) -> dict[str, Any]:
    """Return what is true of the run, ready for a JSON file."""
    recipe = truth.recipe
    inner = truth.contacts[1:-1]
    rows = []
    for number, (contact, following) in enumerate(zip(inner, truth.contacts[2:], strict=True), start=1):
        row: dict[str, Any] = {
            "number": number, "side": contact.side, "touchdown_s": round(contact.touchdown_s, 5),
            "toe_off_s": round(contact.toe_off_s, 5), "visible": contact.visible,
            "contact_time_s": contact.toe_off_s - contact.touchdown_s,
            "flight_time_s": following.touchdown_s - contact.toe_off_s,
            "step_time_s": following.touchdown_s - contact.touchdown_s,
            "step_length_m": following.foot_m - contact.foot_m,
            "step_speed_mps": (following.foot_m - contact.foot_m)
            / (following.touchdown_s - contact.touchdown_s),
        }  # fmt: skip
        rows.append({k: round(v, 5) if isinstance(v, float) else v for k, v in row.items()})
    view = recipe.view
    marks = []
    for x in recipe.marks_m:
        ends = view.project(np.zeros(1), np.array([[[x, 0.0, 0.0]]]))[0, 0]
        marks.append({"x_px": round(float(ends[0]), 2), "y_px": round(float(ends[1]), 2), "metres": x})
    seen = (truth.t >= 0) & (truth.t <= recipe.times[-1])
    return {
        "clip": recipe.name,
        "fps": recipe.fps,
        "frames": len(recipe.times),
        "athlete": {
            "height_m": recipe.build.height_m,
            "leg_length_m": round(recipe.build.leg_length, 4),
            "sex": recipe.build.sex,
            "height_px": recipe.height_px,
        },
        "runs_to": "left" if view.right_to_left else "right",
        "marks": marks,
        "mean_speed_mps": round(float(truth.com_velocity[seen, 0].mean()), 4),
        "steps": rows,
    }


def write(recipe: Recipe, path: Path) -> None:
    """Write the facts of a clip as JSON."""
    path.write_text(json.dumps(scene(recipe)[1], indent=1) + "\n", encoding="utf-8")


__all__ = ["Contact", "Truth", "facts", "scene", "scenes", "write"]
