"""Heads are hidden in everything that is written, as far as joints and the person detector know them."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picturing

from analyzer import pipeline
from analyzer.data.analysis import Analysis
from analyzer.outputs import faces, pictures_file
from analyzer.outputs.annotated_video import frames, pace
from analyzer.outputs.side_by_side import film
from analyzer.outputs.side_by_side import page as compared
from analyzer.outputs.who import HEADS_HIDDEN
from analyzer.video import reader, writer
from analyzer.video.frame import Frame
from analyzer.video.planes import Code

NOBODY = np.empty((0, 3))


@pytest.fixture(scope="module")
def patterned(filmed: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """The hand-made runner before a chequered wall, whose edges hiding takes away."""
    path = tmp_path_factory.mktemp("wall") / "wall.mp4"
    pose = filmed.pose
    rows, columns = np.mgrid[: pose.height, : pose.width]
    wall = (((rows // 4 + columns // 4) % 2) * 200 + 20)[..., None]
    wall = wall.repeat(3, axis=2).astype(np.uint8)
    with writer.VideoWriter(path, pose.width, pose.height, filmed.video.capture_fps) as out:
        for _ in pose.time:
            out.write(wall)
    return replace(filmed, video=reader.probe(path))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else in the picture, and no network."""
    monkeypatch.setattr(faces.Faces, "others", lambda *_: NOBODY.copy())


def blurred(run: Analysis, *, overlay: bool = False) -> Analysis:
    return replace(run, config=run.config.model_copy(update={"blur_faces": True, "overlay": overlay}))


def sharpness(image: np.ndarray, place: np.ndarray, half: int) -> float:
    """Mean step between neighbouring pixels around a place, grey levels."""
    x, y = np.round(place).astype(int)
    part = image[max(y - half, 0) : y + half + 1, max(x - half, 0) : x + half + 1].astype(float).mean(axis=2)
    return float(np.abs(np.diff(part, axis=1)).mean())


def test_the_athletes_head_is_covered_in_every_frame_in_view(filmed: Analysis) -> None:
    heads = faces.athlete_heads(filmed)
    tall = filmed.pose.box[:, 2] / 1.2
    for name in ("nose", "left_ear", "right_ear"):
        away = np.hypot(*(heads[:, 0, :2] - filmed.pose.joint(name)).T)
        seen = np.isfinite(away)
        assert seen.sum() > 50
        assert (away[seen] + 0.04 * tall[seen] < heads[seen, 0, 2]).all()


def test_a_head_that_is_not_seen_for_a_moment_is_still_hidden(filmed: Analysis) -> None:
    pose = filmed.pose
    there = np.flatnonzero(np.isfinite(pose.box[:, 0]))
    gap = there[len(there) // 2] + np.arange(6)
    xy = pose.xy.copy()
    xy[gap] = np.nan
    lost = faces.athlete_heads(replace(filmed, pose=replace(pose, xy=xy)))
    away = np.hypot(*(lost[gap, 0, :2] - pose.joint("nose")[gap]).T)
    assert (away < lost[gap, 0, 2]).all()
    # And where only the face is unknown, the trunk tells where it is.
    xy = pose.xy.copy()
    for name in ("nose", "left_ear", "right_ear"):
        xy[:, pose.names.index(name)] = np.nan
    faceless = faces.athlete_heads(replace(filmed, pose=replace(pose, xy=xy)))
    away = np.hypot(*(faceless[there, 0, :2] - pose.joint("nose")[there]).T)
    assert (away < faceless[there, 0, 2]).mean() > 0.95


@pytest.mark.parametrize("kind", ["rgb", "planes"])
def test_nothing_of_a_head_is_left_and_nothing_else_is_touched(kind: str) -> None:
    image = np.random.default_rng(1).integers(0, 255, (120, 200, 3)).astype(np.uint8)
    head = np.array([[100.0, 60.0, 30.0], [np.nan] * 3, [199.0, 2.0, 12.0], [-500.0, 0.0, 20.0]])
    surface = image.copy() if kind == "rgb" else Code().split(image)
    faces.cover(surface, head)
    after = surface if kind == "rgb" else np.repeat(surface.luma[..., None], 3, axis=2)
    before = image if kind == "rgb" else np.repeat(Code().split(image).luma[..., None], 3, axis=2)
    assert sharpness(after, head[0, :2], 20) < 0.1 * sharpness(before, head[0, :2], 20)
    rows, columns = np.mgrid[:120, :200]
    away = np.minimum(*(np.hypot(columns - x, rows - y) - r for x, y, r in head[[0, 2]])) > 2
    assert (after[away] == before[away]).all()


def test_others_are_hidden_between_looks_as_they_move(
    filmed: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A passer-by found in every look, and one who is lost after the first."""

    def others(_: faces.Faces, frame: Frame) -> np.ndarray:
        lost = [[300.0, 40.0, 12.0]] if frame.index == 0 else []
        return np.array([[50.0 + 2 * frame.index, 30.0, 12.0], *lost])

    monkeypatch.setattr(faces.Faces, "others", others)
    hides = faces.Faces(filmed)
    blank = np.zeros((20, 20, 3), np.uint8)
    told = list(hides.along(Frame(i, i / 100, blank) for i in range(30)))
    assert [frame.index for frame, _ in told] == list(range(30))
    for frame, heads in told:
        assert np.nanmin(np.hypot(heads[:, 0] - 50 - 2 * frame.index, heads[:, 1] - 30)) < 1
        assert np.nanmin(np.hypot(heads[:, 0] - 300, heads[:, 1] - 40)) < 1


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("settings", [{}, {"slow": 1.0, "live": ("trunk", "knee")}])
def test_the_annotated_video_hides_the_head(
    patterned: Analysis, tmp_path: Path, settings: dict[str, Any]
) -> None:
    patterned = replace(patterned, config=patterned.config.model_copy(update=settings))
    lines = replace(
        patterned.motion, raw=patterned.motion.raw, position=np.full_like(patterned.motion.position, np.nan)
    )
    shown = replace(patterned, motion=lines)
    paths = [tmp_path / "shown.mp4", tmp_path / "hidden.mp4"]
    frames.write(shown, paths[0])
    frames.write(blurred(shown, overlay=True), paths[1])
    scale, (width, _) = frames.size(shown.video)
    above = frames._panel(shown, width).height
    first = frames.span(shown.pose.time, shown.motion.raw)[0]
    heads = faces.athlete_heads(shown)[first :: pace.every(shown.video, shown.config)]
    for one, other in zip(reader.frames(paths[0]), reader.frames(paths[1]), strict=True):
        x, y, radius = heads[one.index, 0]
        if not (radius < x < shown.pose.width - radius):
            continue
        half = int(0.5 * radius * scale)
        place = np.array([x, y]) * scale + (0, above)
        assert sharpness(other.image, place, half) < 0.35 * sharpness(one.image, place, half)


def opened(uri: str) -> np.ndarray:
    jpeg = base64.b64decode(uri.removeprefix("data:image/jpeg;base64,"))
    return np.asarray(Picturing.open(io.BytesIO(jpeg)), dtype=float).mean(axis=2)


@pytest.mark.usefixtures("alone")
def test_the_page_of_compared_runs_hides_the_head(patterned: Analysis) -> None:
    """In each of its pictures what differs from the same with heads lies together, and has lost its edges."""
    run, hides = patterned, blurred(patterned)
    times = run.pose.time[np.isfinite(faces.athlete_heads(run)[:, 0]).all(axis=1)][5:-5:9]
    as_filmed, hidden = (film._images(one, times) for one in (run, hides))
    pairs = [(as_filmed[i], hidden[i]) for i in as_filmed]
    pairs.append((compared._kinogram(run), compared._kinogram(hides)))
    assert len(pairs) > 5
    for before, after in (map(opened, pair) for pair in pairs):
        changed = np.abs(before - after)[:, 1:] > 30
        assert changed.sum() > 200
        edges = [np.abs(np.diff(image, axis=1))[changed].mean() for image in (before, after)]
        assert edges[1] < 0.5 * edges[0]


@pytest.mark.usefixtures("alone")
def test_blurring_an_old_folder_leaves_no_picture_as_it_was(
    patterned: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "run_sprint"
    blurred(patterned).save(folder)  # what is written hidden at once
    at_once = pictures_file.read(folder / "pictures.zip")
    plain = replace(patterned, config=patterned.config.model_copy(update={"overlay": False}))
    plain.save(folder, force=True)
    before = pictures_file.read(folder / "pictures.zip")
    kinogram = (folder / "kinogram.png").read_bytes()
    (folder / "overlay.mp4").write_bytes(b"an annotated video with faces")
    run = pipeline.rebuild(folder, settings={"blur_faces": True})
    gone = replace(run, video=replace(run.video, path=tmp_path / "gone.mp4"))
    gone.save(folder, force=True, draw_overlay=False)
    assert not (folder / "overlay.mp4").exists()
    assert (folder / "kinogram.png").read_bytes() != kinogram
    after = pictures_file.read(folder / "pictures.zip")
    assert set(after) == set(before) >= set(at_once)
    heads = faces.athlete_heads(patterned)
    hidden = 0
    for index in before:
        x, y, radius = heads[index, 0]
        x0, y0, x1, y1 = before[index].part
        if not (x0 + radius < x < x1 - radius and y0 + radius < y < y1 - radius):
            continue
        images = [np.asarray(Picturing.open(io.BytesIO(p[index].jpeg))) for p in (before, after)]
        share = images[0].shape[1] / (x1 - x0)
        half = int(0.5 * radius * share)
        place = np.array([x - x0, y - y0]) * share
        assert sharpness(images[1], place, half) < 0.35 * sharpness(images[0], place, half)
        hidden += 1
    assert hidden > 3
    page = (folder / "report.html").read_text()
    assert HEADS_HIDDEN in page
    assert patterned.video.path.name not in page.replace("SHA-256", "").split("<main>")[0]
    # Hidden once, they stay as they are, byte for byte.
    again = pipeline.rebuild(folder)
    replace(again, video=gone.video).save(folder, force=True, draw_overlay=False)
    assert pictures_file.read(folder / "pictures.zip") == after
