"""How fast the annotated video plays: how much slower than life, and which frames it shows."""

from __future__ import annotations

import math
from typing import Final, Protocol

from analyzer.config import Config
from analyzer.data.analysis import Dated
from analyzer.data.capture import VideoInfo

PLAYBACK_FPS: Final = 30.0
"""Frames a second where no pace is asked for: a clip filmed faster than this plays slower than life, frame by
frame."""
MOST_FPS: Final = 60.0
"""Frames a second at most, what screens show: played faster than that, the clip gives every second frame, or
every third."""
SLOW: Final = 1.05
"""Slower than life by more than this factor, the picture says so."""


class Paced(Dated, Protocol):
    """A run of whatever view."""

    @property
    def slow_motion(self) -> float:
        """How many times slower than life the clip's own clock is, as far as is known."""


def slowdown(run: Paced) -> float:
    """Return how many seconds of the annotated video show one second of the run."""
    if run.video is None:
        return run.config.slow or 1.0
    return run.video.capture_fps / clip_fps(run.video, run.config)


def clip_fps(info: VideoInfo, config: Config) -> float:
    """Return how many frames of the clip pass in a second of its annotated video, shown or not."""
    if config.slow is None:
        return min(PLAYBACK_FPS, info.capture_fps)
    return info.capture_fps / config.slow


def every(info: VideoInfo, config: Config) -> int:
    """Return which frames of the clip are shown: each (1), every second (2) and so on."""
    return max(1, math.ceil(clip_fps(info, config) / MOST_FPS - 0.01))


def words(run: Paced) -> str:
    """Say that the video is slowed and by how much; nothing where it plays as fast as life."""
    if run.slow_motion > 1:  # the clip's own slow motion comes on top, and nobody knows it
        return "slower than life, rate unknown"
    slow = slowdown(run)
    return f"{slow:.3g} times slower than life" if slow > SLOW else ""
