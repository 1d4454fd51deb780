"""The door for a video file: which containers are opened, and that nothing but the given file is.

A container can name other files and addresses (a playlist, a concat list, a movie that refers to its
media), and FFmpeg follows them. Three locks: the decoder gets the open file instead of a path, so a name
such as ``concat:a|b`` is never looked up; only self-contained formats are read; and whatever a format
asks to be opened besides is refused.
"""

from __future__ import annotations

import errno
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from analyzer.data.limits import MOST_FPS, MOST_FRAMES, MOST_PIXELS, MOST_SECONDS, MOST_SIDE
from analyzer.errors import VideoError
from analyzer.video import boxes

FORMATS: Final = "mov,matroska,avi,mpegts,mpeg,asf,flv,ogg,mxf,gif"
"""What is read, by FFmpeg's names: every one holds its pictures itself, with a clock."""
_SOUGHT: Final = 100_000_000
"""Pixels up to which the size of a picture is found out, so that it can be told when it is too large."""
_BARREN: Final = 200_000_000
"""Bytes in which there is no picture, after which a file has ended: it was given its size before it was
filled, or holds something else. The largest pictures, of 8K in 16 bits and not packed, have as many."""
_UNPACKED: Final = 8
"""Bytes of a pixel at most: four channels in 16 bits."""
_PER_PICTURE: Final = 1_000_000
"""Bytes that may lie around each picture for ever: sound of eight channels has a sixth of that."""
_BESIDE: Final = 10
"""How many times the bytes of a picture may lie around it for ever: other tracks of pictures."""
_ROOM: Final = 256_000_000
"""Bytes that must be left where a decoder says that it got none, for the file to be at fault: more than the
pictures take that it holds at once."""
AGAIN: Final = "Copy the original file from the camera again."
TRIM: Final = "Trim it to the run in the phone's gallery or a video editor, without converting it."

_HEADS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"#EXTM3U", "a playlist (M3U)"),
    (b"ffconcat", "a list of other files"),
    (b"file ", "a list of other files"),
    (b"v=0", "the description of a broadcast (SDP)"),
    (b"<?xml", "an XML text"),
    (b"<MPD", "a playlist (DASH)"),
    (b"\x89PNG", "a still picture (PNG)"),
    (b"\xff\xd8\xff", "a still picture (JPEG)"),
    (b"BM", "a still picture (BMP)"),
    (b"II*\0", "a still picture (TIFF)"),
    (b"MM\0*", "a still picture (TIFF)"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a packed file (gzip)"),
    (b"%PDF", "a PDF document"),
    (b"ID3", "sound (MP3)"),
    (b"fLaC", "sound (FLAC)"),
)
"""How files begin that are taken for a video by mistake, or are meant to open others."""


class _Source:
    """The file as the decoder gets it: at its end where too much has been read without a picture."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek, self.tell = file.seek, file.tell
        self._read = file.read
        self._barren: float = 0

    def read(self, n: int) -> bytes:
        if self._barren > _BARREN:
            return b""
        self._barren += n
        return self._read(n)

    def found(self, size: float) -> None:
        """Count a picture of some bytes."""
        self._barren = max(0, self._barren - _PER_PICTURE - _BESIDE * size)


@dataclass(frozen=True)
class Opened:
    """An open file: what the decoder knows of it, and the packets of its pictures."""

    container: InputContainer
    source: _Source

    def packets(self, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
        """Yield the packets of a stream in the order of the file, up to one that can be no picture."""
        largest = _UNPACKED * stream.codec_context.width * stream.codec_context.height + _PER_PICTURE
        for packet in self.container.demux(stream):
            if packet.size > largest:
                return
            self.source.found(packet.size)
            yield packet


def check_memory(error: Exception) -> None:
    """Raise MemoryError where the decoder lacked memory, or a thread: then nothing is said of the file.

    A damaged file may ask for more than any machine has: where there is room, it was that.
    """
    code = error.errno if isinstance(error, OSError | av.error.FFmpegError) else None
    if code == errno.EAGAIN:  # no thread can be had
        raise MemoryError from error
    if code == errno.ENOMEM:
        bytearray(_ROOM)


@contextmanager
def open_container(path: Path, ignore_edits: bool = False) -> Iterator[Opened]:
    """Open a file for reading, and nothing else; VideoError with what is wrong with it."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise VideoError(
            f"{path.name} cannot be read.", error.strerror or str(error), "Check its permissions."
        ) from None
    with file:
        source = _Source(file)
        try:
            container = av.open(
                source,
                mode="r",
                options={
                    "format_whitelist": FORMATS,
                    "protocol_whitelist": "none",
                    "max_pixels": str(_SOUGHT),
                    **({"ignore_editlist": "1"} if ignore_edits else {}),
                },
                metadata_errors="replace",
                io_open=_refuse,
            )
        except (av.error.FFmpegError, PermissionError, ValueError, OverflowError) as error:
            check_memory(error)
            raise _not_a_video(path, file, error) from None
        source.found(math.inf)  # looking for the last time stamp may have gone through all of that
        with container:
            for stream in container.streams.video:
                if stream.codec_context is not None:  # a size may also change in the middle
                    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
            yield Opened(container, source)


def _refuse(*_: Any) -> NoReturn:
    raise PermissionError("The file asks for another file to be opened.")


def _not_a_video(path: Path, file: BinaryIO, error: Exception) -> VideoError:
    file.seek(0)
    head = file.read(16).removeprefix(b"\xef\xbb\xbf").lstrip()
    kind = next((said for start, said in _HEADS if head.startswith(start)), None)
    if kind is not None and "picture" in kind:
        return VideoError(f"{path.name} is not a moving picture.", f"It is {kind}.", "Choose a video file.")
    size = path.stat().st_size
    found = {box.kind for box in boxes.boxes(file, 0, size)}
    if b"ftyp" in found and b"moov" not in found:
        return VideoError(
            f"{path.name} is incomplete: the recording's index is missing.",
            "The file was cut short while it was recorded or copied.",
            AGAIN,
        )
    if kind is not None:
        why = f"It is {kind}."
    elif isinstance(error, av.error.FFmpegError) and not isinstance(error, av.error.ArgumentError):
        why = f"The decoder says: {error.strerror}."
    else:
        why = "Its format is not one of those that are read here."
    return VideoError(
        f"{path.name} is not a video that can be read.",
        why,
        "Use a video file such as .mp4, .mov, .avi or .mkv.",
    )


def check_size(path: Path, width: int, height: int) -> None:
    """Raise VideoError if a picture is larger than can be held, or has no size."""
    if width < 1 or height < 1:
        raise VideoError(
            f"The pictures of {path.name} have no size, or one that is far too large.",
            f"The decoder gives {width} x {height}; {MOST_PIXELS / 1e6:.0f} million pixels can be read.",
            "Export it smaller: 1920 pixels wide is plenty.",
        )
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise VideoError(
            f"The pictures of {path.name} are too large.",
            f"They are {width} x {height} pixels; {MOST_PIXELS / 1e6:.0f} million pixels can be read, "
            f"and {MOST_SIDE:,} along a side.",
            "Export it smaller: 1920 pixels wide is plenty.",
        )


def check_count(path: Path, frames: float) -> None:
    """Raise VideoError if a clip has more frames than can be analysed."""
    if frames > MOST_FRAMES:
        raise VideoError(
            f"{path.name} is too long: about {frames:,.0f} frames.",
            f"A clip of up to {MOST_FRAMES:,} frames can be analysed: 83 s at 240 a second, 5 min at 60.",
            TRIM,
        )


def check_seconds(path: Path, seconds: float) -> None:
    """Raise VideoError if the first frame and the last are further apart than a clip can be long."""
    if not seconds <= MOST_SECONDS:
        raise VideoError(
            f"{path.name} is too long: its times span {seconds / 3600:.3g} hours.",
            f"A clip of up to {MOST_SECONDS / 3600:.0f} hour can be analysed.",
            TRIM,
        )


def check_clock(path: Path, seconds: float, fps: float) -> None:
    """Raise VideoError if a clock runs faster than can be meant, or would hold too many frames.

    Parameters
    ----------
    path : Path
        For the message.
    seconds : float
        From the first frame to the last, s.
    fps : float
        Usual rate, frames a second.
    """
    if not (math.isfinite(fps) and 0 < fps <= MOST_FPS):
        raise VideoError(
            f"The clock of {path.name} cannot be right: {fps:.4g} frames a second.",
            f"Up to {MOST_FPS:,.0f} can be read.",
            AGAIN,
        )
    check_count(path, seconds * fps)
