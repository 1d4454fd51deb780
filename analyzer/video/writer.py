"""Video files out: H.264 that plays in any browser."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.video.frame import VideoFrame

from analyzer.errors import OutputError
from analyzer.video.frame import Image
from analyzer.video.reader import TICK


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
                f"Cannot write {self.path}.",
                error.strerror or str(error),
                "Choose another folder.",
                settings=("directory",),
            ) from None
        rate = Fraction(fps).limit_denominator(1001)
        self._stream = self._container.add_stream(
            "libx264", rate=rate, options={"crf": "21", "preset": "veryfast"}
        )
        self._stream.width, self._stream.height = self.width, self.height
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = TICK
        self._last, self._count, self._fps = -1, 0, rate

    def write(self, image: Image, time_s: float | None = None) -> None:
        """Append one (h, w, 3) RGB picture, shown from ``time_s`` on; times must rise."""
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
