"""Video files out: H.264 that plays in any browser."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final

import av
import numpy as np
from av.video.frame import VideoFrame

from analyzer.errors import OutputError
from analyzer.video.frame import Image
from analyzer.video.planes import Code, Planes, over
from analyzer.video.reader import TICK

SETTINGS: Final = {
    "preset": "ultrafast",
    "crf": "24",
    "x264-params": "deblock=0,0:8x8dct=1:partitions=i4x4,i8x8",
}
"""The encoder's: a third of the work of its preset "veryfast". Its blocks are smoothed again, which costs
little."""
THREADS: Final = 4
"""Frames encoded at once. Always as many, for the bytes depend on it and must not depend on the machine; one
core is kept as busy by four, and four cores are."""


class VideoWriter:
    """Write images as H.264 that plays in any browser; a file that fails half-way is removed.

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
                f"Cannot write {self.path}.",
                error.strerror or str(error),
                "Choose another folder.",
                settings=("directory",),
            ) from None
        rate = Fraction(fps).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate, options=dict(SETTINGS))
        self._stream.width, self._stream.height = self.width, self.height
        self._stream.pix_fmt = "nv12"  # as the encoder works inside; the file says yuv420p
        self._stream.codec_context.time_base = TICK
        self._stream.codec_context.thread_count = THREADS
        self._page = VideoFrame(self.width, self.height, "nv12")
        self._last, self._count, self._fps = -1, 0, rate

    def page(self, code: Code) -> Planes:
        """Return planes to draw the next image into: always the same memory; ``code`` is the file's."""
        context = self._stream.codec_context
        if not self._count:
            context.colorspace, context.color_range = code.matrix, code.range
        return over(self._page, code)

    def write(self, image: Image | None = None, time_s: float | None = None) -> None:
        """Append one (h, w, 3) RGB image, or else the page, shown from ``time_s`` on; times must rise."""
        frame = self._page
        if image is not None:
            picture = np.ascontiguousarray(image[: self.height, : self.width])
            frame = VideoFrame.from_ndarray(picture, format="rgb24")
        shown = self._count / self._fps if time_s is None else Fraction(time_s)
        self._last = max(self._last + 1, round(shown / TICK))
        frame.pts, frame.time_base = self._last, TICK
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
