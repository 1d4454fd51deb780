"""What the camera does not see must not stop the renderer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np

from validation import render
from validation.gait import Gait
from validation.scene import Recipe
from validation.sprinter import Array, Pose
from validation.view import Camera

CLIP = Recipe(name="far", gait=Gait(seed=3), camera=Camera(320, 180), height_px=60, fps=30, duration_s=0.1)


def test_one_pass_is_drawn_once_for_all_rates(tmp_path: Path) -> None:
    recipes = [replace(CLIP, fps=fps, duration_s=0.25) for fps in (60.0, 30.0, 15.0)]
    paths = render.write_all([(r, tmp_path / f"{r.fps:g}.mp4") for r in recipes])
    shown = []
    for path in paths:
        with av.open(str(path)) as file:
            shown.append([round(float(frame.time), 4) for frame in file.decode(video=0)])
    assert [len(times) for times in shown] == [len(r.times) for r in recipes] == [15, 8, 4]
    for times, recipe in zip(shown, recipes, strict=True):
        np.testing.assert_allclose(times, recipe.times, atol=1e-4)


def moved(pose: Pose, ahead_m: float) -> Pose:
    def place(name: str, value: Array) -> Array:
        turns = value.ndim != 2 or name.endswith(("_x", "_z"))
        return value if turns else value + np.array([ahead_m, 0.0, 0.0])

    return {name: place(name, value) for name, value in pose.items()}


def test_an_athlete_leaves_the_picture_before_her_shadow_does() -> None:
    pose, figure = CLIP.sprinter.pose(np.zeros(1)), render._Figure(CLIP.build, CLIP.view)
    empty = np.full((180, 320, 3), 0.5)
    changed = []
    for ahead in np.arange(-9, 9, 0.25):
        _, _, part = render._compose([figure], [moved(pose, ahead)], np.zeros(1), empty)
        changed.append(part.size > 0 and np.ptp(part) > 1)
    assert changed[0] is False
    assert changed[-1] is False
    assert any(changed)
