"""Video files: the exact clock of every frame, upright pictures in order, and H.264 out.

Two clocks: the *file* clock is what a player shows, seconds from the first frame; the *capture*
clock is the athlete's, file time divided by the slow-motion factor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray
from scipy.ndimage import percentile_filter

from analyzer.config import Config
from analyzer.data import Bools, Note, VideoInfo
from analyzer.errors import ConfigError, OutputError, VideoError
from analyzer.timeline import AGAIN, Timeline, open_container, read_timeline

Image = NDArray[np.uint8]

REAL_TIME: Final = 1.1
"""Below this ratio of capture to playback rate a file plays in real time: phones round their tags."""

_TICK: Final = Fraction(1, 60000)  # holds 24, 25, 30 and 60 fps and their 1000/1001 relatives


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """One upright picture: ``index`` into ``VideoInfo.time``, ``time_s`` on the file clock, RGB (h, w, 3)."""

    index: int
    time_s: float
    image: Image


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
    first = next(frames(path), None)
    if first is None:
        raise VideoError(f"No picture of {path.name} can be decoded.", "The data are damaged.", AGAIN)
    with open_container(path) as container:
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
                f"{timeline.lost} frames are missing between the {len(timeline.time)} of this file; "
                "the times of the others are right.",
                "Copy the original from the phone: messengers and editors drop frames.",
            )
        )
    return found


def frames(path: Path, start_s: float = 0.0, stop_s: float | None = None) -> Iterator[Frame]:
    """Yield upright RGB frames in the order they are shown, ``start_s <= time < stop_s`` (file clock).

    Frames that cannot be decoded are left out; ``index`` tells which ones came.

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
    if first >= last:
        return
    with open_container(Path(path), timeline.ignore_edits) as container:
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


def _from_start(path: Path, timeline: Timeline, first: int, last: int) -> Iterator[Frame]:
    with open_container(path, timeline.ignore_edits) as container:
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


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Repeats:
    """Finds frames that show the same picture as the one before: frozen, or filled in by a converter.

    A picture repeats when it differs from its predecessor by less than ``share`` of the change usual
    in the 25 frames around it, and by less than one grey level. Nothing moving for long is therefore
    not a repeat, but an athlete who leaves a still view is followed by some.

    Parameters
    ----------
    share : float
        Fraction of the 90th percentile of the changes nearby.
    """

    def __init__(self, share: float = 0.1) -> None:
        self._share = share
        self._change: list[float] = []
        self._before: NDArray[np.int16] | None = None

    def add(self, image: Image) -> None:
        """Take the next frame: (h, w, 3) or (h, w) uint8, whole or the same fixed part of each."""
        stride = max(1, min(image.shape[:2]) // 240)
        grey = image[::stride, ::stride]
        now = (grey[..., 1] if grey.ndim == 3 else grey).astype(np.int16)
        # The most changed tenth: a small athlete moves few of the pixels of a still background.
        if self._before is not None and self._before.shape == now.shape:
            difference = np.abs(now - self._before).ravel()
            tenth = max(1, len(difference) // 10)
            self._change.append(float(np.partition(difference, -tenth)[-tenth:].mean()))
        else:
            self._change.append(np.inf)
        self._before = now

    def found(self) -> Bools:
        """Return (n,) which of the frames taken so far are repeats; the first never is."""
        changes = np.array(self._change)
        if len(changes) < 2:
            return np.zeros(len(changes), dtype=np.bool_)
        changes[0] = changes[1]
        usual = percentile_filter(changes, 90, size=25, mode="nearest")
        same: Bools = changes < np.minimum(self._share * usual, 1.0)
        same[0] = False
        return same


def repeats(images: Iterable[Image], *, share: float = 0.1) -> Bools:
    """Return (n,) which frames show the same picture as the one before, see ``Repeats``."""
    found = Repeats(share)
    for image in images:
        found.add(image)
    return found.found()


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
