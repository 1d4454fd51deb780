"""A video file's clock: what the container says of every frame's time, without decoding one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from analyzer.arrays import Array
from analyzer.data.limits import written
from analyzer.errors import VideoError
from analyzer.video import boxes, container
from analyzer.video.container import AGAIN, Opened, open_container

__all__ = ["AGAIN", "Timeline", "open_container", "pictures", "read_timeline"]

_SHORT: Final = 0.02  # of the frames in the index that may be missing before a file counts as cut short
_RUN: Final = 8  # frames a part must have to play at a speed of its own
_FAST_CAMERA: Final = 90.0  # fps
MOST_TAGGED: Final = 2000.0
"""Frames a second: the fastest camera whose tag is believed, as ``Config.capture_fps``."""


@dataclass(frozen=True)
class Timeline:
    """What the container says without decoding.

    ``pts`` in ticks, sorted; ``time`` (n,) s, file clock; ``retimed`` how many times slower some parts
    play than others; ``lost`` how many frames are missing between others; ``aspect`` width of a
    stored pixel over its height; ``keys`` (k,) the indices of frames that can be
    decoded without others, sorted.
    """

    pts: NDArray[np.int64]
    time: Array
    fps: float
    is_vfr: bool
    ignore_edits: bool
    capture_fps: float | None
    retimed: float = 1.0
    lost: int = 0
    aspect: float = 1.0
    keys: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))


def read_timeline(path: Path) -> Timeline:
    """Return the clock of a file, remembered until the file changes; VideoError as for ``reader.probe``."""
    name = written(path.name)
    if name != path.name:
        raise VideoError(
            f"The name of {name} cannot be written.",
            "It holds bytes that are not text in UTF-8, and results carry the clip's name.",
            "Rename the file.",
        )
    try:
        status = path.stat()
    except FileNotFoundError:
        raise VideoError(f"There is no file {path}.", "", "Check the path and the spelling.") from None
    except (OSError, ValueError) as error:
        raise VideoError(
            f"There is no file {path} that can be read.",
            getattr(error, "strerror", None) or str(error),
            "Check the path.",
        ) from None
    if not path.is_file():
        raise VideoError(f"{path} is not a file.", "", "Give the path of one video file.")
    if status.st_size == 0:
        raise VideoError(f"{path.name} is empty (0 bytes).", "", AGAIN)
    return _timeline(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _timeline(path: Path, _mtime: int, _size: int) -> Timeline:
    try:
        facts = boxes.facts(path)
    except OSError as error:
        raise VideoError(
            f"{path.name} cannot be read.", error.strerror or str(error), "Check its permissions."
        ) from None
    container.check_count(path, facts.frames)
    with open_container(path, facts.stretched) as opened:
        stream = pictures(path, opened.container)
        stamps = _stamps(path, opened, stream)
        aspect = float(stream.sample_aspect_ratio or 1)
        promised, tick = stream.frames, float(stream.time_base or 1)
        tag = opened.container.metadata.get("com.android.capture.fps")
    pts = np.unique(np.array([stamp for stamp, _ in stamps], dtype=np.int64))
    if len(pts) < 2:
        raise VideoError(
            f"{path.name} is not a moving picture.",
            f"It holds {len(pts)} frame(s) with a time of their own.",
            "Choose a video file.",
        )
    if not facts.stretched and len(pts) < promised * (1 - _SHORT) - 2 and boxes.is_cut(path):
        raise VideoError(
            f"{path.name} is cut short: {len(pts)} of {promised} frames can be read.",
            "The file ends before its index says.",
            AGAIN,
        )
    # In whole numbers, which do not overflow as ticks of 64 bits do.
    container.check_seconds(path, (int(pts[-1]) - int(pts[0])) * tick)
    retimed = _retimed((pts - pts[0]) * tick)
    if retimed is not None:
        slower, fps = retimed
        time, is_vfr, lost = np.arange(len(pts)) / fps, False, 0
    else:
        time, fps, is_vfr = _clock(pts, tick)
        slower, lost = 1.0, _lost(time, fps)
    container.check_clock(path, float(time[-1]), fps)
    return Timeline(
        pts,
        time,
        fps,
        is_vfr,
        facts.stretched,
        _rate(tag) or _rate(facts.capture_fps),
        slower,
        lost,
        aspect,
        np.searchsorted(pts, sorted({stamp for stamp, is_key in stamps if is_key})),
    )


def pictures(path: Path, opened: InputContainer) -> VideoStream:
    """Return the stream of moving pictures, if they can be decoded and held."""
    cover = av.stream.Disposition.attached_pic
    stream = next((s for s in opened.streams.video if not s.disposition & cover), None)
    if stream is None:
        kinds = ", ".join(sorted({s.type for s in opened.streams})) or "nothing"
        raise VideoError(
            f"{path.name} holds no pictures.", f"It contains: {kinds}.", "Choose the video file."
        )
    if stream.codec_context is None:
        raise VideoError(f"{path.name} uses a codec that is unknown here.", "", "Export it as H.264 (.mp4).")
    aspect = stream.sample_aspect_ratio or 1
    width, height = stream.codec_context.width, stream.codec_context.height
    container.check_size(path, round(width * aspect), height)
    container.check_size(path, width, height)
    return stream


def _stamps(path: Path, opened: Opened, stream: VideoStream) -> list[tuple[int, bool]]:
    """Return the time stamp of each packet, ticks, and whether it is a key frame's, as far as can be read."""
    stamps = []
    try:
        for packet in opened.packets(stream):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if packet.size and not packet.is_discard and stamp is not None:
                stamps.append((stamp, packet.is_keyframe))
                container.check_count(path, len(stamps))
    except av.error.FFmpegError as error:
        container.check_memory(error)  # what came before it counts, as where a file ends early
    return stamps


def _rate(tag: str | float | None) -> float | None:
    """Return the camera's rate that a tag gives, Hz; None for what no camera films at."""
    try:
        rate = float(tag or "nan")
    except ValueError:
        return None
    return rate if 0 < rate <= MOST_TAGGED else None


def _clock(pts: NDArray[np.int64], tick: float) -> tuple[Array, float, bool]:
    """Return (n,) seconds from the first frame, the rate in Hz, and whether the intervals are uneven."""
    time = (pts - pts[0]) * tick
    step = np.diff(time)
    median = float(np.median(step))
    regular = step[np.abs(step - median) <= max(0.2 * median, tick)]
    fps = 1.0 / (float(regular.mean()) if len(regular) else median)
    # Stamps of an even grid, rounded; an AVI counts whole frames, so there a gap is a lost frame.
    rounding = 1.01 * tick if tick < 0.3 * median else 0.0
    slope = time[-1] / (len(time) - 1)
    grid = slope * np.arange(len(time))
    if np.ptp(time - grid) <= rounding and abs(slope * fps - 1) < 0.02:
        return grid, 1.0 / slope, False
    return time, fps, bool(np.any(np.abs(step - 1 / fps) > max(0.05 / fps, rounding)))


def _retimed(time: Array) -> tuple[float, float] | None:
    """Return how many times slower some parts play than others, and the camera's rate; None if even.

    A phone's slow-motion clip that was shared plays its first and last seconds at full speed: there
    the frames stand 1/240 s apart, in the middle 1/30 s. The camera's clock was even. A camera that
    itself slows down in the dark does so from 60 fps or less, and is left alone.
    """
    step = np.diff(time)
    runs: list[tuple[float, int]] = []
    for value in step:
        if runs and abs(value - runs[-1][0]) < 0.25 * runs[-1][0]:
            mean, count = runs[-1]
            runs[-1] = ((mean * count + float(value)) / (count + 1), count + 1)
        else:
            runs.append((float(value), 1))
    runs = [run for run in runs if run[1] >= _RUN]
    if not runs or sum(count for _, count in runs) < 0.9 * len(step):
        return None
    fast, slow = min(runs)[0], max(runs)[0]
    if 1 / fast < _FAST_CAMERA or slow < 2.5 * fast:
        return None
    even = [run for run in runs if run[0] < 1.5 * fast]
    return slow / fast, sum(n for _, n in even) / sum(mean * n for mean, n in even)


def _lost(time: Array, fps: float) -> int:
    """Return how many frames are missing where an even clock has gaps of whole frames."""
    frames = np.diff(time) * fps
    whole = np.abs(frames - np.round(frames)) < 0.2
    if whole.mean() < 0.9:
        return 0  # a camera whose rate varies loses nothing
    return int((np.round(frames[whole]) - 1).clip(min=0).sum())
