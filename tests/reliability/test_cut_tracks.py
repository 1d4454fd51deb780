"""Good tracks cut at random places: no event outside what was seen, no exception, no warning."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from runner import pose_track

from analyzer import pipeline
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.errors import AnalyzerError

BASE = pose_track(duration_s=2.2, seed=8)


def cut(draw: np.random.Generator) -> PoseTrack:
    """The runner between two random frames, the rest taken away or hidden, and sometimes a hole in it."""
    n = len(BASE.time)
    start = int(draw.integers(0, n // 2))
    stop = int(draw.integers(start + n // 5, n + 1))
    shown = slice(start, stop)
    if draw.random() < 0.5:
        pose = replace(
            BASE,
            time=BASE.time[shown] - BASE.time[start],
            xy=BASE.xy[shown],
            confidence=BASE.confidence[shown],
            box=BASE.box[shown],
        )
    else:
        xy = np.full(BASE.xy.shape, np.nan)
        xy[shown] = BASE.xy[shown]
        pose = replace(BASE, xy=xy)
    if draw.random() < 0.4:
        xy = pose.xy.copy()
        first = int(draw.integers(len(xy)))
        xy[first : first + int(draw.integers(1, len(xy) // 3))] = np.nan
        pose = replace(pose, xy=xy)
    return replace(pose, source=str(draw.choice(["blazepose", "markers", "pose.csv"])))


@pytest.mark.parametrize("seed", range(300, 330))
def test_every_event_lies_where_somebody_was_seen(seed: int) -> None:
    pose = cut(np.random.default_rng(seed))
    clip = pipeline.Clip("cut", None, pose, CameraMotion.static(len(pose.time)), ())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            run = pipeline.interpret(clip, Config(height_m=1.75))
        except AnalyzerError:
            return
    seen = pose.time[np.isfinite(pose.xy).all(axis=2).any(axis=1)]
    for step in run.steps:
        for at in (step.touchdown_s, step.toe_off_s):
            if np.isfinite(at):
                after = int(np.searchsorted(seen, at))
                assert seen[0] <= at <= seen[-1], step
                assert seen[after] - seen[max(after - 1, 0)] < 0.15, step
