"""Joints from a file without their video: the rows that the settings ask for, at the times of the file."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Final

from analyzer.config import Config
from analyzer.data.capture import PoseTrack
from analyzer.errors import ConfigError
from analyzer.pose.files.pose_csv import read_pose

POSE: Final = "pose.csv"
"""Name of the joints in every folder of results: it tells nothing of the run."""


def name(path: Path) -> str:
    """Return what a run is called whose joints stand alone: as the file, or as our folder it lies in."""
    if path.name != POSE:
        return path.stem
    return path.resolve().parent.name.removesuffix("_sprint") or path.stem


def track(path: Path, config: Config) -> PoseTrack:
    """Read joints that stand alone.

    Parameters
    ----------
    path : Path
    config : Config
        ``capture_fps``, ``start_s`` and ``stop_s`` are used.

    Raises
    ------
    PoseFileError
        The file cannot be read or lacks what is needed.
    ConfigError
        Nothing lies between the start and the end asked for.
    """
    found = read_pose(path, config.capture_fps)
    # A laboratory's clock may begin before nought, at its trigger: only a start asked for leaves rows out.
    wanted = found.time >= (config.start_s - 1e-6 if config.start_s > 0 else -math.inf)
    if config.stop_s is not None:
        wanted &= found.time < config.stop_s - 1e-6
    if wanted.sum() < 2:
        raise ConfigError(
            f"Nothing of {path.name} is left between the start and the end asked for.",
            f"Its times go from {found.time[0]:g} to {found.time[-1]:g} s.",
            "Give times of the file, in seconds.",
            settings=("start_s", "stop_s"),
        )
    if wanted.all():
        return found
    parts = {part: getattr(found, part)[wanted] for part in ("time", "xy", "confidence", "box")}
    return replace(found, **parts)
