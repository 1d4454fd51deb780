"""Video files: the exact clock of every frame, upright pictures in order, and H.264 out.

Two clocks: the *file* clock is what a player shows, seconds from the first frame; the *capture*
clock is the athlete's, file time divided by the slow-motion factor.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray
from scipy.ndimage import percentile_filter

from analyzer.config import Config
from analyzer.data import Array, Bools, VideoInfo
from analyzer.errors import ConfigError, OutputError, VideoError

Image = NDArray[np.uint8]

REAL_TIME: Final = 1.1
"""Below this ratio of capture to playback rate a file plays in real time: phones round their tags."""

_SHORT: Final = 0.02  # of the frames in the index that may be missing before a file counts as cut short
_TICK: Final = Fraction(1, 60000)  # holds 24, 25, 30 and 60 fps and their 1000/1001 relatives
_AGAIN: Final = "Copy the original file from the camera again."


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """One upright picture: ``index`` into ``VideoInfo.time``, ``time_s`` on the file clock, RGB (h, w, 3)."""

    index: int
    time_s: float
    image: Image


@dataclass(frozen=True)
class _Timeline:
    """What the container says without decoding: ``pts`` in ticks, sorted; ``time`` (n,) s, file clock."""

    pts: NDArray[np.int64]
    time: Array
    fps: float
    is_vfr: bool
    ignore_edits: bool
    capture_fps: float | None


def probe(path: Path, config: Config | None = None) -> VideoInfo:
    """Read a video's clock, size and identity without decoding more than one frame.

    The capture rate is ``config.capture_fps`` if given, else what the camera wrote into the file
    (``com.android.capture.fps``, Sony's ``captureFps``), else the playback rate. A QuickTime edit
    that stretches time is undone: the frames keep the camera's clock. Time stamps that are an even
    grid rounded to the container's ticks are put back on that grid.

    Raises
    ------
    VideoError
        Missing, empty, not a video, without pictures, or cut short.
    ConfigError
        ``capture_fps`` is below the rate at which the file plays.
    """
    path = Path(path)
    timeline = _read_timeline(path)
    first = next(frames(path), None)
    if first is None:
        raise VideoError(f"No picture of {path.name} can be decoded.", "The data are damaged.", _AGAIN)
    with _open(path) as container:
        stream = container.streams.video[0]
        rotation, codec = 0, stream.codec_context.name
        for frame in container.decode(stream):
            rotation = frame.rotation
            break
    capture = timeline.fps
    stated = config.capture_fps if config is not None else None
    if stated is not None and stated * REAL_TIME < timeline.fps:
        raise ConfigError(
            f"capture_fps ({stated:g}) is lower than the {timeline.fps:.4g} fps of {path.name}.",
            "A file that plays faster than life cannot be analysed.",
            "Give the rate that the camera filmed at, or leave it out.",
        )
    stated = stated or timeline.capture_fps
    if stated is not None and stated > REAL_TIME * timeline.fps:
        capture = stated
    height, width = first.image.shape[:2]
    return VideoInfo(
        path=path,
        width=width,
        height=height,
        rotation_deg=rotation % 360,
        time=timeline.time * (timeline.fps / capture),
        capture_fps=capture,
        playback_fps=timeline.fps,
        is_vfr=timeline.is_vfr,
        sha256=sha256(path),
        codec=codec,
    )


def frames(path: Path, start_s: float = 0.0, stop_s: float | None = None) -> Iterator[Frame]:
    """Yield upright RGB frames in the order they are shown, ``start_s <= time < stop_s`` (file clock).

    Frames that cannot be decoded are left out; ``index`` tells which ones came.

    Raises
    ------
    VideoError
        As for ``probe``.
    """
    timeline = _read_timeline(Path(path))
    slack = 1e-6  # a time that went through another clock and back still finds its own frame
    first = int(np.searchsorted(timeline.time, start_s - slack))
    last = len(timeline.time)
    if stop_s is not None:
        last = int(np.searchsorted(timeline.time, stop_s - slack))
    if first >= last:
        return
    with _open(Path(path), timeline.ignore_edits) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        if first > 0:
            container.seek(int(timeline.pts[first]), stream=stream)
        wanted = first
        for frame in _decode(container, stream):
            if frame.pts is None:
                continue
            index = int(np.searchsorted(timeline.pts, frame.pts))
            if index > wanted == first > 0 and frame.pts > timeline.pts[first]:
                # The container's index sent us past the frame: read from the start instead.
                yield from _from_start(Path(path), timeline, first, last)
                return
            if index >= last:
                return
            if index >= wanted and timeline.pts[index] == frame.pts:
                wanted = index + 1
                yield Frame(index, float(timeline.time[index]), _upright(frame))


def _from_start(path: Path, timeline: _Timeline, first: int, last: int) -> Iterator[Frame]:
    with _open(path, timeline.ignore_edits) as container:
        for frame in _decode(container, container.streams.video[0]):
            index = int(np.searchsorted(timeline.pts, frame.pts or 0))
            if index >= last:
                return
            if index >= first and timeline.pts[index] == frame.pts:
                yield Frame(index, float(timeline.time[index]), _upright(frame))


def _decode(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def _upright(frame: VideoFrame) -> Image:
    aspect = frame.sample_aspect_ratio if hasattr(frame, "sample_aspect_ratio") else None
    if aspect and abs(float(aspect) - 1) > 0.01:  # anamorphic: angles need square pixels
        frame = frame.reformat(width=round(frame.width * float(aspect)), format="rgb24")
    image = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _open(path: Path, ignore_edits: bool = False) -> InputContainer:
    try:
        return av.open(str(path), options={"ignore_editlist": "1"} if ignore_edits else {})
    except av.error.FFmpegError as error:
        with path.open("rb") as file:
            boxes = {kind for kind, _, _ in _boxes(file, 0, path.stat().st_size)}
        if b"ftyp" in boxes and b"moov" not in boxes:
            raise VideoError(
                f"{path.name} is incomplete: the recording's index is missing.",
                "The file was cut short while it was recorded or copied.",
                _AGAIN,
            ) from None
        raise VideoError(
            f"{path.name} is not a video that can be read.",
            f"The decoder says: {error.strerror}.",
            "Use a video file such as .mp4, .mov, .avi or .mkv.",
        ) from None


def _read_timeline(path: Path) -> _Timeline:
    try:
        status = path.stat()
    except OSError:
        raise VideoError(f"There is no file {path}.", "", "Check the path and the spelling.") from None
    if not path.is_file():
        raise VideoError(f"{path} is not a file.", "", "Give the path of one video file.")
    if status.st_size == 0:
        raise VideoError(f"{path.name} is empty (0 bytes).", "", _AGAIN)
    return _timeline(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _timeline(path: Path, _mtime: int, _size: int) -> _Timeline:
    stretched, tagged_fps = _container_facts(path)
    with _open(path, stretched) as container:
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
            packet.pts if packet.pts is not None else packet.dts
            for packet in container.demux(stream)
            if packet.size and not packet.is_discard
        ]
        promised, tick = stream.frames, float(stream.time_base or 1)
        tag = container.metadata.get("com.android.capture.fps")
    pts = np.unique(np.array([s for s in stamps if s is not None], dtype=np.int64))
    if len(pts) < 2:
        raise VideoError(
            f"{path.name} is not a moving picture.", f"It holds {len(pts)} frame(s).", "Choose a video file."
        )
    if not stretched and len(pts) < promised * (1 - _SHORT) - 2 and _is_cut(path):
        raise VideoError(
            f"{path.name} is cut short: {len(pts)} of {promised} frames can be read.",
            "The file ends before its index says.",
            _AGAIN,
        )
    time, fps, is_vfr = _clock(pts, tick)
    try:
        tagged_fps = float(tag) if tag else tagged_fps
    except ValueError:
        tagged_fps = None
    return _Timeline(pts, time, fps, is_vfr, stretched, tagged_fps)


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


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def repeats(images: Iterable[Image], *, share: float = 0.1) -> Bools:
    """Find frames that show the same picture as the one before: frozen, or filled in by a converter.

    A picture repeats when it differs from its predecessor by less than ``share`` of the change usual
    in the 25 frames around it, and by less than one grey level. Nothing moving for long is therefore
    not a repeat, but an athlete who leaves a still view is followed by some.

    Parameters
    ----------
    images : iterable of (h, w, 3) or (h, w) uint8
        Whole frames, or the same fixed part of each.
    share : float
        Fraction of the 90th percentile of the changes nearby.

    Returns
    -------
    (n,) bool
        The first frame is never a repeat.
    """
    change: list[float] = []
    before: NDArray[np.int16] | None = None
    for image in images:
        stride = max(1, min(image.shape[:2]) // 240)
        grey = image[::stride, ::stride]
        grey = grey[..., 1] if grey.ndim == 3 else grey
        now = grey.astype(np.int16)
        # The most changed tenth: a small athlete moves few of the pixels of a still background.
        if before is not None and before.shape == now.shape:
            difference = np.abs(now - before).ravel()
            tenth = max(1, len(difference) // 10)
            change.append(float(np.partition(difference, -tenth)[-tenth:].mean()))
        else:
            change.append(np.inf)
        before = now
    changes = np.array(change)
    if len(changes) < 2:
        return np.zeros(len(changes), dtype=np.bool_)
    changes[0] = changes[1]
    usual = percentile_filter(changes, 90, size=25, mode="nearest")
    same: Bools = changes < np.minimum(share * usual, 1.0)
    same[0] = False
    return same


class VideoWriter:
    """Write RGB pictures as H.264 that plays in any browser; a file that fails half-way is removed.

    Parameters
    ----------
    path : Path
    width, height : int
        Pixels; an odd size loses its last row or column.
    fps : float
        Playback rate; the pace of frames written without a time.

    Raises
    ------
    OutputError
        The file cannot be written.
    """

    def __init__(self, path: Path, width: int, height: int, fps: float) -> None:
        self.path, self.width, self.height = Path(path), width - width % 2, height - height % 2
        self._part = self.path.with_name(self.path.name + ".part")
        try:
            self._part.touch()  # the muxer would only find out at its first frame
            self._container = av.open(str(self._part), "w", format="mp4", options={"movflags": "+faststart"})
        except (OSError, av.error.FFmpegError) as error:
            raise OutputError(
                f"Cannot write {self.path}.", error.strerror or str(error), "Choose another --out folder."
            ) from None
        rate = Fraction(fps).limit_denominator(1001)
        self._stream = self._container.add_stream(
            "libx264", rate=rate, options={"crf": "21", "preset": "veryfast"}
        )
        self._stream.width, self._stream.height = self.width, self.height
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _TICK
        self._last, self._count, self._fps = -1, 0, rate

    def write(self, image: Image, time_s: float | None = None) -> None:
        """Append one (h, w, 3) RGB picture, shown from ``time_s`` on; times must rise."""
        picture = np.ascontiguousarray(image[: self.height, : self.width])
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        shown = self._count / self._fps if time_s is None else Fraction(time_s)
        self._last = max(self._last + 1, round(shown / _TICK))
        frame.pts, frame.time_base = self._last, _TICK
        self._count += 1
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode())
        self._container.close()
        if kind is None:
            self._part.replace(self.path)
        else:
            self._part.unlink(missing_ok=True)
