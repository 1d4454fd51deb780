"""A video file's clock: what the container says of every frame's time, without decoding one."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from analyzer.arrays import Array
from analyzer.errors import VideoError

_SHORT: Final = 0.02  # of the frames in the index that may be missing before a file counts as cut short
_RUN: Final = 8  # frames a part must have to play at a speed of its own
_FAST_CAMERA: Final = 90.0  # fps
AGAIN: Final = "Copy the original file from the camera again."


@dataclass(frozen=True)
class Timeline:
    """What the container says without decoding.

    ``pts`` in ticks, sorted; ``time`` (n,) s, file clock; ``retimed`` how many times slower some parts
    play than others; ``lost`` how many frames are missing between others; ``keys`` (k,) which frames can be
    decoded without others, as indices, sorted.
    """

    pts: NDArray[np.int64]
    time: Array
    fps: float
    is_vfr: bool
    ignore_edits: bool
    capture_fps: float | None
    retimed: float = 1.0
    lost: int = 0
    keys: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))


def read_timeline(path: Path) -> Timeline:
    """Return the clock of a file, remembered until the file changes; VideoError as for ``video.probe``."""
    try:
        status = path.stat()
    except OSError:
        raise VideoError(f"There is no file {path}.", "", "Check the path and the spelling.") from None
    if not path.is_file():
        raise VideoError(f"{path} is not a file.", "", "Give the path of one video file.")
    if status.st_size == 0:
        raise VideoError(f"{path.name} is empty (0 bytes).", "", AGAIN)
    return _timeline(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _timeline(path: Path, _mtime: int, _size: int) -> Timeline:
    stretched, tagged_fps = _container_facts(path)
    with open_container(path, stretched) as container:
        moving = [
            s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic
        ]
        if not moving:
            kinds = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
            raise VideoError(
                f"{path.name} holds no pictures.", f"It contains: {kinds}.", "Choose the video file."
            )
        stream = moving[0]
        if stream.codec_context is None:
            raise VideoError(
                f"{path.name} uses a codec that is unknown here.", "", "Export it as H.264 (.mp4)."
            )
        stamps = [
            (packet.pts if packet.pts is not None else packet.dts, packet.is_keyframe)
            for packet in container.demux(stream)
            if packet.size and not packet.is_discard
        ]
        promised, tick = stream.frames, float(stream.time_base or 1)
        tag = container.metadata.get("com.android.capture.fps")
    pts = np.unique(np.array([stamp for stamp, _ in stamps if stamp is not None], dtype=np.int64))
    if len(pts) < 2:
        raise VideoError(
            f"{path.name} is not a moving picture.", f"It holds {len(pts)} frame(s).", "Choose a video file."
        )
    if not stretched and len(pts) < promised * (1 - _SHORT) - 2 and _is_cut(path):
        raise VideoError(
            f"{path.name} is cut short: {len(pts)} of {promised} frames can be read.",
            "The file ends before its index says.",
            AGAIN,
        )
    retimed = _retimed((pts - pts[0]) * tick)
    if retimed is not None:
        slower, fps = retimed
        time, is_vfr, lost = np.arange(len(pts)) / fps, False, 0
    else:
        time, fps, is_vfr = _clock(pts, tick)
        slower, lost = 1.0, _lost(time, fps)
    try:
        tagged_fps = float(tag) if tag else tagged_fps
    except ValueError:
        tagged_fps = None
    keys = np.searchsorted(pts, sorted({stamp for stamp, key in stamps if key and stamp is not None}))
    return Timeline(pts, time, fps, is_vfr, stretched, tagged_fps, slower, lost, keys)


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


def open_container(path: Path, ignore_edits: bool = False) -> InputContainer:
    """Open a file for reading, or raise VideoError with what is wrong with it."""
    try:
        return av.open(str(path), options={"ignore_editlist": "1"} if ignore_edits else {})
    except av.error.FFmpegError as error:
        with path.open("rb") as file:
            boxes = {kind for kind, _, _ in _boxes(file, 0, path.stat().st_size)}
        if b"ftyp" in boxes and b"moov" not in boxes:
            raise VideoError(
                f"{path.name} is incomplete: the recording's index is missing.",
                "The file was cut short while it was recorded or copied.",
                AGAIN,
            ) from None
        raise VideoError(
            f"{path.name} is not a video that can be read.",
            f"The decoder says: {error.strerror}.",
            "Use a video file such as .mp4, .mov, .avi or .mkv.",
        ) from None


def _boxes(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (kind, start of content, end) of the ISO base media boxes between two offsets."""
    while start + 8 <= stop:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))[0], 16
        end = stop if size == 0 else start + size
        if end < start + header or not re.fullmatch(rb"[\x20-\x7e\xa9]{4}", kind):
            return
        yield kind, start + header, end
        start = end


def _is_cut(path: Path) -> bool:
    """Tell whether a box runs past the end of the file; true for other formats, which cannot tell."""
    size = path.stat().st_size
    with path.open("rb") as file:
        ends = [end for _, _, end in _boxes(file, 0, size)]
    return not ends or ends[-1] > size


def _container_facts(path: Path) -> tuple[bool, float | None]:
    """Read what FFmpeg does not tell: is time stretched by an edit list, and Sony's ``captureFps``."""
    stretched, capture_fps = False, None
    size = path.stat().st_size
    with path.open("rb") as file:

        def walk(start: int, stop: int) -> None:
            nonlocal stretched, capture_fps
            for kind, begin, end in list(_boxes(file, start, min(stop, size))):
                if kind in (b"moov", b"trak", b"edts"):
                    walk(begin, end)
                elif kind == b"elst":
                    file.seek(begin)
                    stretched |= _stretches(file.read(end - begin))
                elif kind == b"meta" and end - begin < 1_000_000:
                    file.seek(begin)
                    found = re.search(rb'captureFps="(\d+(?:\.\d+)?)', file.read(end - begin))
                    capture_fps = float(found[1]) if found else capture_fps

        walk(0, size)
    return stretched, capture_fps


def _stretches(edit_list: bytes) -> bool:
    """Tell whether an ``elst`` box plays any of its edits at another rate than 1."""
    if len(edit_list) < 8:
        return False
    entry = ">QqI" if edit_list[0] == 1 else ">IiI"
    body = edit_list[8 : 8 + struct.unpack(">I", edit_list[4:8])[0] * struct.calcsize(entry)]
    whole = len(body) - len(body) % struct.calcsize(entry)
    return any(
        start >= 0 and rate not in (0, 1 << 16) for _, start, rate in struct.iter_unpack(entry, body[:whole])
    )
