"""Fixtures of the hand-made runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import chromium
import numpy as np
import pytest
from cosines import make
from hypothesis import settings
from runner import FPS, GROUND_PX, HEIGHT, WIDTH, analyse, pose_track

from analyzer.data.analysis import Analysis
from analyzer.data.capture import PoseTrack
from analyzer.metrics.run import Run
from analyzer.pose import cache
from analyzer.video import reader, writer

settings.register_profile("untimed", deadline=None)  # speed is measured in benchmarks/, never in a test
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def nothing_taken() -> Iterator[None]:
    """No test sees what another, of an earlier day perhaps, took from the frames of the same clip."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache.Taken, "found", lambda _: None)
        patch.setattr(cache.Taken, "keep", lambda *_: None)
        yield


@pytest.fixture(scope="session")
def pose() -> PoseTrack:
    return pose_track()


@pytest.fixture(scope="session")
def analysis(pose: PoseTrack) -> Analysis:
    """The hand-made runner as joints from a file."""
    return analyse(pose)


@pytest.fixture(scope="session")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """The hand-made runner in a small real video: a white dot on the hips, a grey line on the ground."""
    large = pose_track(noise_px=0.2)
    pose = replace(large, xy=large.xy / 4, box=large.box / 4, width=WIDTH // 4, height=HEIGHT // 4)
    path = tmp_path_factory.mktemp("video") / "runner.mp4"
    rows, columns = np.mgrid[: pose.height, : pose.width]
    ground = (np.abs(rows - GROUND_PX / 4) <= 1)[..., None] * np.uint8(120)
    with writer.VideoWriter(path, pose.width, pose.height, FPS) as out:
        for x, y in (pose.joint("left_hip") + pose.joint("right_hip")) / 2:
            dot = (np.hypot(columns - x, rows - y) < 4)[..., None] * np.uint8(255)
            out.write(np.broadcast_to(np.maximum(ground, dot), (pose.height, pose.width, 3)).copy())
    return analyse(pose, reader.probe(path))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with chromium.browser() as running:
        yield running


@pytest.fixture(scope="session")
def bare(analysis: Analysis) -> Analysis:
    """The same run with nothing measured: too few steps for anything."""
    return replace(analysis, values=(), summaries=(), notes=())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "runner_sprint"


@pytest.fixture(scope="session")
def build() -> Callable[..., Run]:
    return make


@pytest.fixture(scope="session")
def regular() -> Run:
    """The run of the recipe as it stands."""
    return make()


@pytest.fixture(scope="session")
def uneven() -> Run:
    """A run that differs from step to step, so that no metric is zero or missing by chance."""
    draw = np.random.default_rng(4)
    td = 0.3 + 0.25 * np.arange(11) + 0.006 * draw.standard_normal(11)
    contacts = 0.1 + 0.004 * draw.standard_normal(11)
    return make(touchdowns=tuple(td.tolist()), contacts=tuple(contacts.tolist()))
