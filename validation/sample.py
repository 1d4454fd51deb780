"""The sample clip of the repository: ``python -m validation.sample`` renders it again."""

from __future__ import annotations

from pathlib import Path

from validation import render, truth
from validation.build import Build
from validation.gait import Gait
from validation.scene import Recipe

FOLDER = Path(__file__).resolve().parent.parent / "sample_videos"

SAMPLE = Recipe(
    name="sprint_sample",
    build=Build(),
    gait=Gait(speed=8.1, frequency=4.6, contact=0.110, scatter=0.6, trunk_lean=7.5, seed=21),
    height_px=300,
    fps=120,
    duration_s=1.5,
    seed=21,
    crf=19,
    fine=4,
)

if __name__ == "__main__":
    render.write(SAMPLE, FOLDER / "sprint_sample.mp4")
    truth.write(SAMPLE, FOLDER / "sprint_sample_truth.json")
