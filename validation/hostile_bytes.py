"""Small clips of every kind and surgery on their bytes, for inputs that try to break what reads them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import av
import numpy as np
from av.video.frame import VideoFrame

FRAMES = 12
IDENTITY = (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_PARENTS = (b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl", b"dinf", b"udta", b"moof", b"traf")


def picture(i: int, width: int, height: int) -> np.ndarray:
    """A grey picture whose left fifth is bright: (h, w, 3)."""
    image = np.full((height, width, 3), 10 + 8 * i % 200, np.uint8)
    image[:, : max(1, width // 5)] = 250
    return image


def clip(
    path: Path,
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    size: tuple[int, int] = (64, 48),
    stamps: Any = range(0, 20 * FRAMES, 20),
    tick: Fraction = Fraction(1, 600),
    rate: int = 30,
    sound: bool = False,
    tags: dict[str, str] | None = None,
    aspect: Fraction | None = None,
    pictures: int = 1,
    form: str | None = None,
    movflags: str = "",
    options: dict[str, str] | None = None,
) -> Path:
    """Write one picture for each time stamp (ticks), with sound or several picture streams if asked for."""
    flags = "use_metadata_tags" if tags and path.suffix == ".mp4" else movflags
    with av.open(str(path), "w", format=form, options={"movflags": flags} if flags else {}) as container:
        container.metadata.update(tags or {})
        streams = []
        for _ in range(pictures):
            stream = container.add_stream(codec, rate=rate, options=options or {})
            stream.width, stream.height = size
            stream.pix_fmt = pix_fmt
            stream.time_base = stream.codec_context.time_base = tick
            if aspect:
                stream.codec_context.sample_aspect_ratio = aspect
            streams.append(stream)
        audio = container.add_stream("aac", rate=44100) if sound else None
        for i, stamp in enumerate(stamps):
            for stream in streams:
                frame = VideoFrame.from_ndarray(picture(i, *size), format="rgb24")
                frame.pts, frame.time_base = int(stamp), tick
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode())
        if audio is not None:
            container.mux([*audio.encode(_silence()), *audio.encode()])
    return path


def sound(path: Path, codec: str = "aac", form: str | None = None) -> Path:
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream(codec, rate=44100)
        container.mux([*stream.encode(_silence()), *stream.encode()])
    return path


def _silence() -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
    frame.sample_rate = 44100
    return frame


def repeated(path: Path, stamps: Any, tick: Fraction = Fraction(1, 1000)) -> Path:
    """Write the same small JPEG at each of many time stamps, without encoding it again."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuvj420p"
        stream.time_base = stream.codec_context.time_base = tick
        frame = VideoFrame.from_ndarray(picture(0, 16, 16), format="rgb24")
        frame.pts, frame.time_base = 0, tick
        data = bytes(next(iter([*stream.encode(frame), *stream.encode()])))
        for stamp in stamps:
            packet = av.Packet(data)
            packet.stream, packet.time_base, packet.is_keyframe = stream, tick, True
            packet.pts = packet.dts = int(stamp)
            container.mux(packet)
    return path


def boxes(data: bytes, start: int = 0, stop: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Yield (name, start, end) of every box of an MP4 file, those inside others too; bytes."""
    stop = len(data) if stop is None else stop
    while start + 8 <= stop:
        size, kind = struct.unpack(">I4s", data[start : start + 8])
        if size < 8:
            return
        yield kind, start, start + size
        if kind in _PARENTS:
            yield from boxes(data, start + 8, start + size)
        start += size


def patched(data: bytes, after: bytes, offset: int, new: bytes, nth: int = 0) -> bytes:
    """Overwrite bytes at ``offset`` behind the name of a box."""
    at = -1
    for _ in range(nth + 1):
        at = data.index(after, at + 1)
    at += len(after) + offset
    return data[:at] + new + data[at + len(new) :]


def matrix(data: bytes, *numbers: int) -> bytes:
    """Give the pictures' track another matrix of nine numbers, in the file's fixed point."""
    at = data.index(struct.pack(">9i", *IDENTITY), data.index(b"tkhd"))
    return data[:at] + struct.pack(">9i", *numbers) + data[at + 36 :]


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def nested(depth: int, kind: bytes = b"moov") -> bytes:
    """Boxes within boxes."""
    head = [struct.pack(">I4s", 8 * (depth - i), kind) for i in range(depth)]
    return b"".join(head)


def flipped(data: bytes, seed: int, start: int, stop: int, bits: int = 8) -> bytes:
    """Flip some bits between two offsets, at places that the seed gives."""
    draw = np.random.default_rng(seed)
    out = np.frombuffer(data, np.uint8).copy()
    at = draw.integers(start, stop, bits)
    out[at] ^= (1 << draw.integers(0, 8, bits)).astype(np.uint8)
    return out.tobytes()


Outcome = Literal["read", "refused", "either"]


@dataclass(frozen=True)
class Case:
    """One input: its group and name, what makes it in a folder, and what must come of it.

    ``frames`` and ``size`` (width, height) are what a result must hold; 0 = not looked at.
    """

    group: str
    name: str
    make: Callable[[Path], Path]
    outcome: Outcome
    frames: int = 0
    size: tuple[int, int] = (0, 0)


@cache
def plain() -> bytes:
    """Return a sound MP4 with pictures and sound, its index before the data."""
    with TemporaryDirectory() as folder:
        made_clip = clip(Path(folder) / "a.mp4", sound=True, movflags="+faststart", options={"bf": "0"})
        return made_clip.read_bytes()


def holding(content: bytes, name: str = "clip.mp4") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def making(name: str = "clip.mp4", **how: Any) -> Callable[[Path], Path]:
    return lambda folder: clip(folder / name, **how)
