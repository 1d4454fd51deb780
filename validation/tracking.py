"""How well the athlete was followed: the pose track and the camera's motion beside the truth, clip by clip.

``python -m validation.tracking --set tuning`` prints the table for the clips that are rendered already.
"""

from __future__ import annotations

import argparse
import sys
from typing import Final

import numpy as np
import pandas as pd

from analyzer.arrays import Bools
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.pose import cache
from analyzer.video import reader
from validation import compare, recipes, render
from validation.scene import Recipe, moved
from validation.sprinter import Array
from validation.truth import Truth

BODY: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
"""Joints of both sides that the joint error is the median of; where a landmark lies on the body counts as
error, too."""
LIMBS: Final = {"leg": ("knee", "ankle", "heel", "foot_index"), "arm": ("elbow", "wrist")}
PERSON: Final = 0.25
"""Heights between the hips found and the true ones, from which somebody else is followed."""
COVERED: Final = 0.5
"""Heights between the athlete's hips and those of somebody nearer to the camera, within which one's legs
may hide the other's."""
APART: Final = 0.05
"""Heights between left and right limb, on average over its joints, below which they are not told apart."""

FIGURES: Final = {
    "found": "athlete found, % of frames",
    "person": "the right person, % of those",
    "near_leg_wrong": "near leg wrong, %",
    "far_leg_wrong": "far leg wrong, %",
    "near_arm_wrong": "near arm wrong, %",
    "far_arm_wrong": "far arm wrong, %",
    "joint_error": "median joint error, % of height",
    "camera_path": "camera path, % of distance",
}
AT_LEAST: Final = ("found", "person")
COLUMNS: Final = ("clip", "tag", "fps", "height_px", "moving", "figure", "value", "goal")


def goal(figure: str, height_px: float) -> float:
    """Return what a figure should reach: at least for ``AT_LEAST``, else at most."""
    if figure == "joint_error":
        return 1.2 if height_px >= 300 else 1.9
    if figure == "camera_path":
        return 0.3
    if figure in AT_LEAST:
        return 99.5 if figure == "found" else 100.0
    return 0.5 if figure.startswith("near") else 1.0


def figures(recipe: Recipe, truth: Truth, track: PoseTrack, camera: CameraMotion) -> pd.DataFrame:
    """Compare a track with the truth in the frames that show the whole athlete.

    Where somebody stands in front the athlete is not whole; only who is followed is asked there, too.

    Returns
    -------
    DataFrame
        A row for each figure with ``COLUMNS``; ``value`` and ``goal`` in per cent. The camera's path is
        there for moving cameras only.
    """
    true = truth.track()
    whole = np.isfinite(true.xy).all(axis=(1, 2))
    near = "left" if recipe.view.right_to_left else "right"
    values = {"found": np.nan, "person": np.nan}
    off = np.hypot(*(_hips(track) - _hips(true)).T)[whole] / recipe.height_px
    seen = np.isfinite(off)
    if seen.any():
        values["person"] = 100 * float(np.mean(off[seen] < PERSON))
    free = ~covered(recipe, true)
    if free[whole].any():
        values["found"] = 100 * float(np.mean(seen[free[whole]]))
    whole &= free
    for limb, joints in LIMBS.items():
        for side in ("near", "far"):
            mine = near if side == "near" else _other(near)
            values[f"{side}_{limb}_wrong"] = _wrong(true, track, mine, joints, whole, recipe.height_px)
    values["joint_error"] = _error(true, track, whole, recipe.height_px)
    if recipe.view.moving:
        values["camera_path"] = camera_path(recipe, true, camera)
    facts = (recipe.name, (recipe.tags or ("",))[0], recipe.fps, recipe.height_px, recipe.view.moving)
    rows = [(*facts, name, value, goal(name, recipe.height_px)) for name, value in values.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def covered(recipe: Recipe, true: PoseTrack) -> Bools:
    """Tell in which frames (n,) somebody nearer to the camera may hide a part of the athlete."""
    view, hips = recipe.view, _hips(true)
    away = abs(float(view.centre[1]))
    out = np.zeros(len(hips), dtype=bool)
    for passer, other in zip(recipe.passers, recipe.others, strict=True):
        if abs(float(view.centre[1]) - passer.lane_m) < away:
            place = moved(other.pose(recipe.times), passer, other)["pelvis"][:, None]
            gap = np.hypot(*(view.project(recipe.times, place)[:, 0] - hips).T)
            out |= gap < COVERED * recipe.height_px
    return out


def _other(side: str) -> str:
    return "right" if side == "left" else "left"


def _hips(track: PoseTrack) -> Array:
    return np.asarray((track.joint("left_hip") + track.joint("right_hip")) / 2)


def _wrong(
    true: PoseTrack, found: PoseTrack, side: str, joints: tuple[str, ...], whole: Array, height: float
) -> float:
    """Return in how many per cent of the frames a limb lies on the other one's true place."""
    mine, others = (
        np.stack([true.joint(f"{s}_{joint}") for joint in joints], axis=1) for s in (side, _other(side))
    )
    seen = np.stack([found.joint(f"{side}_{joint}") for joint in joints], axis=1)
    known = np.isfinite(seen).all(axis=2)

    def apart(a: Array, b: Array) -> Array:
        gaps = np.where(known, np.hypot(*np.moveaxis(a - b, -1, 0)), 0.0)
        return np.asarray(gaps.sum(axis=1) / np.maximum(known.sum(axis=1), 1))

    told = whole & known.any(axis=1) & (apart(mine, others) > APART * height)
    if not told.any():
        return float("nan")
    return 100 * float(np.mean((apart(seen, others) < apart(seen, mine))[told]))


def _error(true: PoseTrack, found: PoseTrack, whole: Array, height: float) -> float:
    """Return the median distance of joints from their true places, % of the standing height."""
    names = [f"{side}_{joint}" for joint in BODY for side in ("left", "right")]
    off = np.stack([found.joint(n) - true.joint(n) for n in names], axis=1)[whole]
    size = np.hypot(*np.moveaxis(off, -1, 0))
    return 100 * float(np.nanmedian(size)) / height if np.isfinite(size).any() else float("nan")


def camera_path(recipe: Recipe, true: PoseTrack, camera: CameraMotion) -> float:
    """Return the largest error of the athlete's place along the lane that the camera's motion causes.

    The true hips of every frame are brought onto the reference frame by the motion found, and from there
    onto the lane by the true camera of that frame; the reference itself has no error.

    Returns
    -------
    float
        Per cent of the distance covered; NaN where the background gave no hold throughout.
    """
    times = recipe.times
    hips = _hips(true)
    used = np.isfinite(hips).all(axis=1) & np.isfinite(camera.sd_px)
    if used.sum() < 2:
        return float("nan")
    reference = int(np.argmin(np.abs(camera.to_reference - np.eye(3)).sum(axis=(1, 2))))
    exact = compare.true_camera(recipe).to_reference
    lane = _lane(recipe, float(times[reference]))
    found = _mapped(lane @ camera.to_reference, hips)[used, 0]
    known = _mapped(lane @ np.linalg.inv(exact[reference]) @ exact, hips)[used, 0]
    return 100 * float(np.abs(found - known).max() / np.ptp(known))


def _lane(recipe: Recipe, t: float) -> Array:
    """Return the (3, 3) map from px of the frame at ``t`` to x and z, m, in the athlete's plane."""
    view = recipe.view
    axes = view.axes(np.array([t]))[0]
    cx, cy = view.middle
    inside = np.array([[view.focal_px, 0, cx], [0, view.focal_px, cy], [0, 0, 1.0]])
    world = np.column_stack([axes[:, 0], axes[:, 2], -axes @ view.centre])
    return np.asarray(np.linalg.inv(inside @ world))


def _mapped(maps: Array, points: Array) -> Array:
    """Map (n, 2) points, each by its own (n, 3, 3) matrix."""
    ends = np.einsum("nij,nj->ni", maps, np.column_stack([points, np.ones(len(points))]))
    return np.asarray(ends[:, :2] / ends[:, 2:])


def missed(rows: pd.DataFrame) -> pd.Series:
    """Tell which rows do not reach their goal; a figure that could not be taken does not."""
    at_least = rows["figure"].isin(AT_LEAST)
    reached = (rows["value"] >= rows["goal"]).where(at_least, rows["value"] <= rows["goal"])
    return ~reached.astype(bool)


def table(rows: pd.DataFrame) -> str:
    """Return the figures as a Markdown table, a line a clip; what misses its goal is bold."""
    told = rows.assign(
        text=[
            "–" if np.isnan(value) else f"**{value:.2f}**" if bad else f"{value:.2f}"
            for value, bad in zip(rows["value"], missed(rows), strict=True)
        ]
    )
    names = [name for name in FIGURES if (rows["figure"] == name).any()]
    lines = [
        "| clip | fps | px | camera | " + " | ".join(FIGURES[name] for name in names) + " |",
        "|---" * (4 + len(names)) + "|",
    ]
    for clip, part in told.groupby("clip", sort=False):
        cells = part.set_index("figure")["text"]
        first = part.iloc[0]
        facts = (
            str(clip),
            f"{first['fps']:g}",
            f"{first['height_px']:g}",
            "moves" if first["moving"] else "still",
        )
        lines.append("| " + " | ".join([*facts, *(cells.get(name, "") for name in names)]) + " |")
    bad = missed(rows)
    lines += ["", f"{int((~bad).sum())} of {len(rows)} figures reach their goal."]
    return "\n".join(lines)


def of_clip(recipe: Recipe) -> pd.DataFrame:
    """Follow the athlete through the recipe's video, or take the remembered track, and compare."""
    config = Config.build(**compare.settings(recipe))
    track, camera, _ = cache.track(reader.probe(render.clip(recipe), config), config)[:3]
    return figures(recipe, Truth(recipe), track, camera)


def main(argv: list[str] | None = None) -> int:
    """Print the figures of the clips that are rendered already."""
    parser = argparse.ArgumentParser(prog="python -m validation.tracking", description=__doc__)
    parser.add_argument("--set", choices=("tuning", "report"), default="report", dest="which")
    parser.add_argument("--only", default="", help="only clips whose name has this in it")
    options = parser.parse_args(argv)
    clips = [
        r
        for r in recipes.matrix(options.which) + recipes.crossings(options.which)
        if options.only in r.name and render.place(r).exists()
    ]
    if not clips:
        print("No such clip is rendered.", file=sys.stderr)
        return 2
    rows = pd.concat([of_clip(recipe) for recipe in clips], ignore_index=True)
    print(table(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
