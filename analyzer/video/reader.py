"""Video files in: the exact clock of every frame, upright pictures in order."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from analyzer.config import Config
from analyzer.data.capture import VideoInfo
from analyzer.data.notes import Note
from analyzer.errors import ConfigError, VideoError
from analyzer.video import container, recorded
from analyzer.video.container import Opened
from analyzer.video.frame import Frame, Image, quarter_turns
from analyzer.video.timeline import AGAIN, Timeline, open_container, pictures, read_timeline

__all__ = ["Frame", "Image", "frames", "notes", "probe", "sha256", "shown"]

REAL_TIME: Final = 1.1
"""Below this ratio of capture to playback rate a file plays in real time: phones round their tags."""

MOST_WHOLE: Final = 1 << 32
"""Bytes from which on not all of a file goes into its identity: cameras begin another file there (4 GiB), and
the whole takes minutes."""
_PARTS: Final = 1024
"""Parts that stand for such a file."""
_PART: Final = 1 << 16
"""Bytes of one: 67 million in all, less than a second's work."""

TICK: Final = Fraction(1, 60000)  # holds 24, 25, 30 and 60 fps and their 1000/1001 relatives


def probe(path: Path, config: Config | None = None) -> VideoInfo:
    """Read a video's clock, size and identity without decoding more than one frame.

    The capture rate is ``config.capture_fps`` if given, else what the camera wrote into the file
    (``com.android.capture.fps``, Sony's ``captureFps``), else the playback rate. A QuickTime edit
    that stretches time is undone: the frames keep the camera's clock. So do those of a file that plays
    partly at full speed and partly slowed down; its file clock is then the camera's too. Time stamps
    that are an even grid rounded to the container's ticks are put back on that grid.

    Raises
    ------
    VideoError
        Missing, empty, not a video, without pictures, or cut short.
    ConfigError
        ``capture_fps`` is below the rate at which the file plays.
    """
    path = Path(path)
    timeline = read_timeline(path)
    with open_container(path, timeline.ignore_edits) as opened:
        stream = pictures(path, opened.container)
        codec, filmed = stream.codec_context.name, recorded.day(opened.container.metadata)
        first = next((frame for frame in _decode(opened, stream) if frame.pts in timeline.pts), None)
    if first is None:
        raise VideoError(f"No picture of {path.name} can be decoded.", "The data are damaged.", AGAIN)
    capture = timeline.fps
    stated = config.capture_fps if config is not None else None
    check_rate(path, stated, timeline.fps)
    stated = stated or timeline.capture_fps
    if stated is not None and stated > REAL_TIME * timeline.fps:
        capture = stated
    turned = quarter_turns(first)
    height, width = Frame(0, 0.0, first, timeline.aspect).shape
    return VideoInfo(
        path=path,
        width=width,
        height=height,
        rotation_deg=90 * turned,
        time=timeline.time * (timeline.fps / capture),
        capture_fps=capture,
        playback_fps=timeline.fps,
        is_vfr=timeline.is_vfr,
        sha256=sha256(path),
        codec=codec,
        size_bytes=path.stat().st_size,
        keys=tuple(int(key) for key in timeline.keys),
        recorded=filmed,
    )


def check_rate(path: Path, stated: float | None, playback_fps: float) -> None:
    """Refuse a capture rate, frames a second, below the one at which a file plays.

    Raises
    ------
    ConfigError
        It is.
    """
    if stated is not None and stated * REAL_TIME < playback_fps:
        raise ConfigError(
            f"capture_fps ({stated:g}) is lower than the {playback_fps:.4g} fps of {path.name}.",
            "A file that plays faster than life cannot be analysed.",
            "Give the rate that the camera filmed at, or leave it out.",
        )


def notes(info: VideoInfo) -> list[Note]:
    """Say what was found about a file's clock and what was made of it."""
    timeline = read_timeline(info.path)
    found = []
    if timeline.retimed > 1:
        found.append(
            Note(
                "info",
                "speed_changes",
                f"Parts of this file play {timeline.retimed:.2g} times slower than others; all frames were "
                f"put back on the camera's own even clock of {timeline.fps:.0f} frames a second.",
                "Check that the camera filmed at that rate.",
            )
        )
    if timeline.lost:
        found.append(
            Note(
                "info" if timeline.lost < 0.05 * len(timeline.time) else "warning",
                "frames_lost",
                f"{timeline.lost} frame{'s are' if timeline.lost > 1 else ' is'} missing between the "
                f"{len(timeline.time)} of this file; the times of the others are right.",
                "Copy the original from the phone: messengers and editors drop frames.",
            )
        )
    return found


def shown(
    info: VideoInfo, first: int = 0, last: int | None = None, *, only: Collection[int] | None = None
) -> Iterator[Frame]:
    """Yield frames ``first`` to ``last``, exclusive, of a clip as it is understood.

    That is the right way up and each picture once, by the numbers and on the clock of ``info``. ``only`` as
    for ``frames``.

    Raises
    ------
    VideoError
        As for ``probe``.
    """
    last = len(info.time) if last is None else last
    if first >= last:
        return
    timeline = read_timeline(info.path)
    if info.pictures is None:
        yield from _numbered(info.path, timeline, first, last, only, info.turned)
        return
    number = {int(there): index for index, there in enumerate(info.pictures)}
    begin, end = int(info.pictures[first]), int(info.pictures[last - 1])
    some = None if only is None else {int(info.pictures[index]) for index in only}
    clock = info.file_s
    for frame in _numbered(info.path, timeline, begin, end + 1, some, info.turned):
        index = number.get(frame.index)
        if index is not None:
            frame.index, frame.time_s = index, float(clock[index])
            yield frame


def frames(
    path: Path,
    start_s: float = 0.0,
    stop_s: float | None = None,
    *,
    only: Collection[int] | None = None,
    turned: int = 0,
) -> Iterator[Frame]:
    """Yield upright frames in the order they are shown, ``start_s <= time < stop_s`` (file clock).

    Frames that cannot be decoded are left out; ``index`` tells which ones came. Where ``only`` some indices
    are asked for, the first frame among them, others may be left out, too: those that no frame rests on.
    ``turned`` quarters against the clock turn them beyond what the file says.

    Raises
    ------
    VideoError
        As for ``probe``.
    """
    timeline = read_timeline(Path(path))
    slack = 1e-6  # a time that went through another clock and back still finds its own frame
    first = int(np.searchsorted(timeline.time, start_s - slack))
    last = len(timeline.time)
    if stop_s is not None:
        last = int(np.searchsorted(timeline.time, stop_s - slack))
    yield from _numbered(Path(path), timeline, first, last, only, turned)


def _numbered(
    path: Path, timeline: Timeline, first: int, last: int, only: Collection[int] | None, turned: int
) -> Iterator[Frame]:
    """Yield frames ``first`` to ``last``, exclusive, as ``frames`` does."""
    last = min(last, len(timeline.time))
    if first >= last:
        return
    with open_container(path, timeline.ignore_edits) as opened:
        stream = pictures(path, opened.container)
        stream.thread_type = "AUTO"
        if first > 0:
            opened.container.seek(int(timeline.pts[first]), stream=stream)
        wanted = first
        needed = None if only is None else {int(timeline.pts[index]) for index in only}
        for frame in _decode(opened, stream, needed):
            if frame.pts is None:
                continue
            index = int(np.searchsorted(timeline.pts, frame.pts))
            if index > wanted == first > 0 and frame.pts > timeline.pts[first]:
                # The container's index sent us past the frame: read from the start instead.
                yield from _from_start(path, timeline, first, last, turned)
                return
            if index >= last:
                return
            if index >= wanted and timeline.pts[index] == frame.pts:
                wanted = index + 1
                yield Frame(index, float(timeline.time[index]), frame, timeline.aspect, turned)
        if wanted == first == 0 and only is None:  # its first picture was decoded before
            raise VideoError(
                f"No picture of {path.name} can be decoded any more.",
                "The file has changed since it was opened, or the memory does not suffice.",
                "Wait until it is copied, close other programs, and try again.",
            )


def _from_start(path: Path, timeline: Timeline, first: int, last: int, turned: int) -> Iterator[Frame]:
    with open_container(path, timeline.ignore_edits) as opened:
        for frame in _decode(opened, pictures(path, opened.container)):
            index = int(np.searchsorted(timeline.pts, frame.pts or 0))
            if index >= last:
                return
            if index >= first and timeline.pts[index] == frame.pts:
                yield Frame(index, float(timeline.time[index]), frame, timeline.aspect, turned)


def _decode(
    opened: Opened, stream: VideoStream, needed: Collection[int] | None = None
) -> Iterator[VideoFrame]:
    """Yield what can be decoded; a damaged packet is left out, and damage to the container ends it.

    Frames whose time stamps are not ``needed``, and that no other rests on, may be left out as well.
    """
    try:
        for packet in opened.packets(stream):
            if needed is not None:
                spare = packet.pts is not None and packet.pts not in needed
                stream.codec_context.skip_frame = "NONREF" if spare else "DEFAULT"
            try:
                yield from packet.decode()
            except av.error.FFmpegError as error:
                container.check_memory(error)
                continue
    except av.error.FFmpegError as error:
        container.check_memory(error)
        return


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal: of all of it, or of its size and of parts of it.

    Files of ``MOST_WHOLE`` bytes and more are told apart by ``_PARTS`` parts, evenly spread, the first and
    the last among them.
    """
    with Path(path).open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size < MOST_WHOLE:
            return hashlib.file_digest(file, "sha256").hexdigest()
        found = hashlib.sha256(f"{size}".encode())
        for i in range(_PARTS):
            file.seek((size - _PART) * i // (_PARTS - 1))
            found.update(file.read(_PART))
        return found.hexdigest()
