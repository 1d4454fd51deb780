"""The stroboscopic picture of the hand-made runner: a white dot on the hips, over a still wall."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Picturing

from analyzer.data.analysis import Analysis
from analyzer.outputs import faces, strobe
from analyzer.signals.geometry import mapped
from analyzer.video import reader, writer

RADIUS = 6


def wall_of(width: int, height: int) -> np.ndarray:
    """A wall whose colours vary slowly, so that the codec keeps them."""
    noise = (
        np.random.default_rng(3).uniform(30, 150, (height // 12 + 2, width // 12 + 2, 3)).astype(np.float32)
    )
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 170).astype(np.uint8)


def hips(run: Analysis) -> np.ndarray:
    return (run.pose.joint("left_hip") + run.pose.joint("right_hip")) / 2


def clip(run: Analysis, path: Path, shift: np.ndarray) -> tuple[Analysis, np.ndarray]:
    """Film the runner with a camera that looks ``shift`` px further to the right in each frame."""
    pose = run.pose
    wall = wall_of(pose.width + int(shift.max()), pose.height)
    rows, columns = np.mgrid[: pose.height, : pose.width]
    with writer.VideoWriter(path, pose.width, pose.height, run.video.capture_fps) as out:
        for s, (x, y) in zip(shift.astype(int), hips(run), strict=True):
            image = wall[:, s : s + pose.width].copy()
            image[np.hypot(columns - x + s, rows - y) < RADIUS] = 255
            out.write(image)
    by = np.column_stack([shift, 0 * shift])
    to_reference = np.tile(np.eye(3), (len(shift), 1, 1))
    to_reference[:, 0, 2] = shift
    box = pose.box.copy()
    box[:, :2] -= by
    moved = replace(pose, xy=pose.xy - by[:, None], box=box)
    camera = replace(run.camera, to_reference=to_reference, moving=bool(shift.any()))
    return replace(run, video=reader.probe(path), pose=moved, camera=camera), wall


@pytest.mark.parametrize("pans", [False, True])
def test_a_figure_stands_at_every_full_support_and_nowhere_else(
    filmed: Analysis, tmp_path: Path, pans: bool
) -> None:
    n = len(filmed.pose.time)
    shift = np.round(np.linspace(0, 120, n)) if pans else np.zeros(n)
    run, wall = clip(filmed, tmp_path / "run.mp4", shift)
    shown = strobe.moments(run)
    assert len(shown) >= 5
    path = strobe.draw(run, tmp_path / "strobe.jpg")
    assert path is not None
    picture = np.asarray(Picturing.open(path)).astype(int)
    first, last = int(shift[shown[0]]), int(shift[shown[-1]])
    assert picture.shape[1] == run.pose.width + last - first
    behind = wall[:, first : first + picture.shape[1]].astype(int)
    places = mapped(run.camera.to_reference, hips(run)) - (first, 0)
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    free = np.ones(picture.shape[:2], bool)
    for index in shown:
        x, y = places[index]
        assert picture[round(y), round(x)].min() > 215
        free &= np.hypot(columns - x, rows - y) > 2 * RADIUS
    apart = np.abs(picture - behind).max(axis=2)[free]
    assert np.percentile(apart, 99) < 22
    assert (apart > 60).mean() < 1e-3


def test_no_picture_without_a_background(filmed: Analysis, tmp_path: Path) -> None:
    there = filmed.video
    n = len(filmed.pose.time)
    lost = replace(filmed.camera, sd_px=np.full(n, np.nan))
    box = filmed.pose.box.copy()
    box[:, :2] = 200.0
    still = replace(filmed, pose=replace(filmed.pose, box=box))
    wild = filmed.camera.to_reference.copy()
    wild[:, 0, 2] = 40.0 * np.arange(n)
    for run in (
        replace(filmed, camera=lost),
        still,  # a belt
        replace(filmed, camera=replace(filmed.camera, to_reference=wild)),
        replace(filmed, steps=filmed.steps[:1]),
        replace(filmed, video=replace(there, path=tmp_path / "gone.mp4")),
        replace(filmed, video=None),
    ):
        assert strobe.draw(run, tmp_path / "strobe.jpg") is None
    assert list(tmp_path.iterdir()) == []


def test_bystanders_are_hidden_on_the_background(
    filmed: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = clip(filmed, tmp_path / "run.mp4", np.zeros(len(filmed.pose.time)))
    monkeypatch.setattr(faces.Faces, "others", lambda *_: np.array([[60.0, 40.0, 25.0]]))
    spread = []
    for blur in (False, True):
        config = run.config.model_copy(update={"blur_faces": blur})
        path = strobe.draw(replace(run, config=config), tmp_path / "strobe.jpg")
        part = np.asarray(Picturing.open(path))[30:51, 50:71].astype(float)
        spread.append(np.abs(np.diff(part, axis=1)).mean())
    assert spread[1] < 0.5 * spread[0]
