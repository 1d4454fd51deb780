"""What a folder of results gives back, with other settings: another scale, another name, another clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from analyzer.config import OF_THE_JOINTS
from analyzer.data.steps import Step, Trace
from analyzer.errors import ConfigError
from analyzer.outputs import scale_files
from analyzer.outputs.analysis_json import Saved
from analyzer.video import reader


def changed(saved: Saved, directory: Path, settings: Mapping[str, Any]) -> Saved:
    """Return what a folder gave back, with some of its settings changed.

    Parameters
    ----------
    saved : Saved
        Of ``analysis_json.load``.
    directory : Path
        The folder, in which a table of marks is looked for that is no longer where it was.
    settings : mapping
        Fields of ``Config``; None puts one back to what it is by itself.

    Raises
    ------
    ConfigError
        A setting cannot be used, or not without reading the video again.
    """
    was = saved.document.config
    config = was.changed(settings)
    again = tuple(name for name in OF_THE_JOINTS if getattr(config, name) != getattr(was, name))
    if again:
        raise ConfigError(
            "The video must be read again for this.",
            f"The joints depend on {', '.join(again)}.",
            "Analyse the video again.",
            settings=again,
        )
    rate = config.capture_fps
    if rate is not None and rate != was.capture_fps:
        saved = _at(saved, rate)
    return replace(
        saved, document=replace(saved.document, config=scale_files.found_beside(config, directory))
    )


def _at(saved: Saved, rate: float) -> Saved:
    """Return what a folder gave back, on the clock of a camera that filmed ``rate`` frames a second."""
    document = saved.document
    video = document.video
    if video is not None:
        reader.check_rate(video.path, rate, video.playback_fps)
    by = (video.capture_fps if video is not None else saved.pose.fps) / rate
    if video is not None:
        video = replace(video, time=video.time * by, capture_fps=rate)
    document = replace(
        document,
        video=video,
        steps=tuple(_step(step, by) for step in document.steps),
        shoe_traces=tuple(_trace(trace, by) for trace in document.shoe_traces),
    )
    rows = saved.edited
    if rows is not None:
        rows = [row | {name: by * row[name] for name in ("touchdown_s", "toe_off_s")} for row in rows]
    return replace(saved, document=document, pose=replace(saved.pose, time=saved.pose.time * by), edited=rows)


def _step(step: Step, by: float) -> Step:
    times = ("touchdown_s", "touchdown_sd_s", "toe_off_s", "toe_off_sd_s")
    return replace(step, **{name: by * getattr(step, name) for name in times})


def _trace(trace: Trace, by: float) -> Trace:
    return replace(trace, time=trace.time * by)
