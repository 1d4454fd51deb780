"""What a folder of results gives back, with other settings: another scale, another name, another clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.config import OF_THE_JOINTS, Config
from analyzer.data.capture import Calibration, PoseTrack, VideoInfo
from analyzer.data.steps import Step, Trace
from analyzer.errors import ConfigError
from analyzer.outputs import gates_file, scale_files
from analyzer.outputs.analysis_json import Saved
from analyzer.outputs.annotated_video import live
from analyzer.outputs.frontal import document as frontal_document
from analyzer.scene import calibration, passes, timing_gates
from analyzer.signals.geometry import mapped
from analyzer.video import reader

OF_THE_SCALE: Final = (
    "scale", "marks", "calibration", "gates", "height_m", "leg_length_m", "sex", "treadmill_mps", "direction",
)  # fmt: skip
"""Settings that the way from pixels to metres depends on."""


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
    config = _settings(was, settings)
    if settings.get("gates") is not None:
        gates_file.known(config)  # one that somebody has just named must be there
    rescaled = any(getattr(config, name) != getattr(was, name) for name in OF_THE_SCALE)
    before = saved
    rate = config.capture_fps
    if rate is not None and rate != was.capture_fps:
        saved = _at(saved, rate)
    if rescaled:
        saved = _scaled(saved, before, scale_files.kept(config, directory), directory)
    return replace(saved, document=replace(saved.document, config=config))


def changed_across(saved: frontal_document.Saved, settings: Mapping[str, Any]) -> frontal_document.Saved:
    """Return what a folder from the front or from behind gave back, with some of its settings changed.

    Raises
    ------
    ConfigError
        As of ``changed``.
    """
    document = saved.document
    config = _settings(document.config, settings)
    pose, video, rate = saved.pose, document.video, config.capture_fps
    if rate is not None and rate != document.config.capture_fps:
        pose, video, _ = _clock(pose, video, rate)
    return replace(saved, document=replace(document, config=config, video=video), pose=pose)


def _settings(was: Config, settings: Mapping[str, Any]) -> Config:
    """Return settings with some of them changed; refuse those that the joints depend on."""
    config = was.changed(settings)
    again = tuple(name for name in OF_THE_JOINTS if getattr(config, name) != getattr(was, name))
    if again:
        raise ConfigError(
            "The video must be read again for this.",
            f"The joints depend on {', '.join(again)}.",
            "Analyse the video again.",
            settings=again,
        )
    live.check(settings.get("live") or ())
    return config


def _scaled(saved: Saved, before: Saved, config: Config, directory: Path) -> Saved:
    """Return what a folder gave back, with what it holds in metres on the scale that the settings give.

    The places of feet and the paths of shoes are kept where contacts are: without this, contacts that nobody
    touched would stay in the metres of another scale.
    """
    pose, camera = saved.pose, saved.camera
    known = scale_files.known(config)
    chosen = passes.chosen(pose, camera, config)
    after = calibration.calibrate(pose, camera, chosen, config, known)
    gates, _ = gates_file.kept(config, directory, before.document.gates)
    after = timing_gates.merged(after, pose, camera, chosen, gates).calibration
    old = before.document.calibration
    steps, detected = (
        tuple(_moved(*pair, old, after) for pair in zip(now, then, strict=True))
        for now, then in (
            (saved.document.steps, before.document.steps),
            (saved.document.detected, before.document.detected),
        )
    )
    longer = after.metres_per_pixel / old.metres_per_pixel
    ways = longer * np.array([after.direction * old.direction, 1.0])
    traces = tuple(
        replace(trace, displacement=trace.displacement * ways, grain=trace.grain * longer)
        for trace in saved.document.shoe_traces
    )
    return replace(
        saved, document=replace(saved.document, steps=steps, detected=detected, shoe_traces=traces)
    )


def _moved(step: Step, earlier: Step, old: Calibration, new: Calibration) -> Step:
    """Return a contact with its foot in other metres; on a belt a place goes along with it."""
    then, now = (np.nanmean([s.touchdown_s, s.toe_off_s]) for s in (earlier, step))
    x, y = earlier.foot
    seen = np.array([x - old.treadmill_mps * float(then), y])
    to_image = np.asarray(np.linalg.inv(old.homography), np.float64)
    x, y = new.apply(mapped(to_image, seen)).tolist()
    return replace(step, foot=(x + new.treadmill_mps * float(now), y))


def _at(saved: Saved, rate: float) -> Saved:
    """Return what a folder gave back, on the clock of a camera that filmed ``rate`` frames a second."""
    document = saved.document
    pose, video, by = _clock(saved.pose, document.video, rate)
    document = replace(
        document,
        video=video,
        steps=tuple(_step(step, by) for step in document.steps),
        detected=tuple(_step(step, by) for step in document.detected),
        shoe_traces=tuple(_trace(trace, by) for trace in document.shoe_traces),
    )
    rows = saved.edited
    if rows is not None:
        rows = [row | {name: by * row[name] for name in ("touchdown_s", "toe_off_s")} for row in rows]
    return replace(saved, document=document, pose=pose, edited=rows, within_s=saved.within_s * by)


def _clock(
    pose: PoseTrack, video: VideoInfo | None, rate: float
) -> tuple[PoseTrack, VideoInfo | None, float]:
    """Return joints and clip on the clock of another capture rate, and by how much it goes slower."""
    if video is not None:
        reader.check_rate(video.path, rate, video.playback_fps)
    by = (video.capture_fps if video is not None else pose.fps) / rate
    if video is not None:
        video = replace(video, time=video.time * by, capture_fps=rate)
    return replace(pose, time=pose.time * by), video, by


def _step(step: Step, by: float) -> Step:
    times = ("touchdown_s", "touchdown_sd_s", "toe_off_s", "toe_off_sd_s")
    return replace(step, **{name: by * getattr(step, name) for name in times})


def _trace(trace: Trace, by: float) -> Trace:
    return replace(trace, time=trace.time * by)
