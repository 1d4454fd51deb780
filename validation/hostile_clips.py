"""Video inputs that try to break, fool or misuse the reader: each with what must come of it."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

import numpy as np

from validation import hostile_bytes as made
from validation import hostile_doors
from validation.hostile_bytes import FRAMES, IDENTITY, Case, box, clip, holding, making, patched, plain

ONE: Final = 1 << 16
UNIT: Final = 1 << 30


def every() -> list[Case]:
    """Return the whole corpus."""
    return [
        *_cut(), *_damaged(), *_boxes(), *_turned(), *_edited(), *_clocks(), *_codecs(), *_sizes(), *_tags(),
        *_empty(),
        *hostile_doors.other_kinds(), *hostile_doors.names(), *hostile_doors.links(), *hostile_doors.lists(),
    ]  # fmt: skip


def _empty() -> Iterator[Case]:
    def filled(folder: Path, name: str, **how: Any) -> Path:
        os.truncate(clip(folder / name, **how), 50_000_000_000)
        return folder / name

    ways: dict[str, dict[str, Any]] = {
        "a.mp4": {},
        "a.mkv": {},
        "a.gif": {"codec": "gif", "pix_fmt": "rgb8", "tick": Fraction(1, 100), "stamps": range(0, 48, 4)},
    }
    for name, how in ways.items():
        yield Case("mostly empty", name, partial(filled, name=name, **how), "read")


def _cut() -> Iterator[Case]:
    data, seen = plain(), count()
    for kind, start, end in made.boxes(data):
        label = f"{next(seen):02d} {kind.decode('latin-1')}"
        yield Case("truncated", f"before {label}", holding(data[:start]), "refused")
        yield Case("truncated", f"inside {label}", holding(data[: (start + end) // 2]), "refused")
    yield Case("truncated", "last byte", holding(data[:-1]), "either")


def _damaged() -> Iterator[Case]:
    data = plain()
    media = data.index(b"mdat")
    for seed in range(30):
        yield Case("bits flipped", f"index {seed}", holding(made.flipped(data, seed, 0, media)), "either")
    for seed in range(10):
        yield Case(
            "bits flipped", f"data {seed}", holding(made.flipped(data, seed, media + 4, len(data))), "either"
        )


def _boxes() -> Iterator[Case]:
    data = plain()
    for kind in (b"moov", b"trak", b"mdia", b"stbl", b"stsd", b"stts", b"stsz", b"stco", b"mdat"):
        for size in (0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF):
            at = data.index(kind) - 4
            new = data[:at] + struct.pack(">I", size) + data[at + 4 :]
            yield Case("box sizes", f"{kind.decode()} {size:#x}", holding(new), "either")
    head = box(b"ftyp", b"isom\0\0\0\0isom")
    for depth in (100, 5000, 100_000):
        yield Case("boxes", f"{depth} deep", holding(head + made.nested(depth)), "refused")
        yield Case(
            "boxes",
            f"{depth} deep behind a clip",
            holding(data + made.nested(depth)),
            "read",
            FRAMES,
            (64, 48),
        )
    yield Case("boxes", "20,000 empty ones", holding(data + box(b"free") * 20_000), "read", FRAMES)
    yield Case("boxes", "name is not UTF-8", holding(data + box(b"\xa9\xff\xfe ", b"abc")), "read", FRAMES)
    yield Case("boxes", "title is not UTF-8", _title, "read", FRAMES)
    for claimed in (100_000, 1 << 28, 0xFFFFFFFF):
        new = patched(data, b"stsz", 4, struct.pack(">II", 1, claimed))
        yield Case("boxes", f"{claimed} frames claimed", holding(new), "refused")
    run = box(b"trun", struct.pack(">II", 0, 1 << 28))
    fragment = box(b"moof", box(b"traf", box(b"tfhd", struct.pack(">II", 0, 1)) + run))
    yield Case("boxes", "2^28 frames in a fragment", holding(data + fragment), "refused")
    yield Case("boxes", "media in another file", holding(_elsewhere()), "either")


def _title(folder: Path) -> Path:
    path = clip(folder / "a.mkv", tags={"title": "abcdefgh"})
    path.write_bytes(path.read_bytes().replace(b"abcdefgh", b"ab\xff\xfe\xc3(gh"))
    return path


def _elsewhere() -> bytes:
    """Return a clip whose data reference names another file."""
    data = plain()
    at = data.index(b"url ", data.index(b"dref")) + 4
    return data[:at] + b"\0\0\0\0" + data[at + 4 :]


def _turned() -> Iterator[Case]:
    data = plain()
    turns: dict[str, tuple[tuple[int, ...], tuple[int, int]]] = {
        "0": (IDENTITY, (64, 48)),
        "90": ((0, ONE, 0, -ONE, 0, 0, 48 * ONE, 0, UNIT), (48, 64)),
        "180": ((-ONE, 0, 0, 0, -ONE, 0, 0, 0, UNIT), (64, 48)),
        "270": ((0, -ONE, 0, ONE, 0, 0, 0, 0, UNIT), (48, 64)),
        "mirrored": ((-ONE, 0, 0, 0, ONE, 0, 0, 0, UNIT), (64, 48)),
        "upside down": ((ONE, 0, 0, 0, -ONE, 0, 0, 0, UNIT), (64, 48)),
        "mirrored and turned": ((0, ONE, 0, ONE, 0, 0, 0, 0, UNIT), (48, 64)),
        "7 degrees": ((65048, 7987, 0, -7987, 65048, 0, 0, 0, UNIT), (64, 48)),
        "sheared": ((ONE, ONE, 0, 0, ONE, 0, 0, 0, UNIT), (0, 0)),
        "all zero": ((0,) * 9, (64, 48)),
        "extreme": ((-(1 << 31),) * 9, (0, 0)),
        "a thousandth": ((65, 0, 0, 0, 65, 0, 0, 0, UNIT), (64, 48)),
    }
    for name, (numbers, size) in turns.items():
        yield Case("matrix", name, holding(made.matrix(data, *numbers)), "read", FRAMES, size)


def _edited() -> Iterator[Case]:
    data = plain()
    edits = {
        "an eighth of the speed": [(1 << 20, 0, 1 << 13)],
        "backwards": [(1 << 20, 0, -ONE & 0xFFFFFFFF)],
        "a still": [(1 << 10, 0, 0)],
        "a pause first": [(500, -1, ONE), (1 << 20, 0, ONE)],
        "nothing": [(0, 0, ONE)],
        "beyond the end": [(1000, 1 << 30, ONE)],
        "twice over": [(400, 0, ONE), (400, 0, ONE)],
        "a thousand": [(1, i, ONE) for i in range(1000)],
    }
    for name, entries in edits.items():
        table = b"".join(struct.pack(">IiI", a, b, rate) for a, b, rate in entries)
        content = struct.pack(">II", 0, len(entries)) + table
        yield Case("edit lists", name, holding(_with_edits(data, content)), "either")
    lie = struct.pack(">II", 0, 0xFFFFFFFF) + struct.pack(">IiI", 400, 0, ONE)
    yield Case("edit lists", "more claimed than there", holding(_with_edits(data, lie)), "either")


def _with_edits(data: bytes, content: bytes) -> bytes:
    """Return the clip with the first edit list replaced, its sizes and places put right."""
    found = {kind: (a, b) for kind, a, b in reversed(list(made.boxes(data)))}
    start, stop = found[b"elst"]
    new = box(b"elst", content)
    grown = len(new) - (stop - start)
    out = bytearray(data[:start] + new + data[stop:])
    for parent in (b"moov", b"trak", b"edts"):
        at = found[parent][0]
        struct.pack_into(">I", out, at, struct.unpack_from(">I", out, at)[0] + grown)
    for kind, at, _ in list(made.boxes(bytes(out))):
        if kind == b"stco":
            (n,) = struct.unpack_from(">I", out, at + 12)
            places = [p + grown for p in struct.unpack_from(f">{n}I", out, at + 16)]
            struct.pack_into(f">{n}I", out, at + 16, *places)
    return bytes(out)


def _clocks() -> Iterator[Case]:
    clip_of = partial(making, options={"bf": "0"})
    draw = np.random.default_rng(3)
    uneven = np.cumsum(draw.integers(1, 60, FRAMES))
    yield Case("clock", "uneven", clip_of(stamps=uneven), "read", FRAMES)
    yield Case("clock", "starts late", clip_of("a.mkv", stamps=90_000 + 20 * np.arange(12)), "read", FRAMES)
    yield Case("clock", "starts before zero", clip_of(stamps=20 * np.arange(12) - 100), "read")
    yield Case("clock", "half a second lost", clip_of(stamps=[0, 20, 40, 340, 360, 380]), "read", 6)
    yield Case("clock", "two frames", clip_of(stamps=[0, 20]), "read", 2)
    yield Case("clock", "one frame", clip_of(stamps=[0]), "refused")
    fast = Fraction(1, 90_000)
    yield Case("clock", "a tick apart", clip_of(stamps=range(12), tick=fast, rate=90_000), "refused")
    yield Case("clock", "10 s a frame", clip_of(stamps=6000 * np.arange(12)), "read", FRAMES)
    hours = [*range(0, 240, 20), 100 * 3600 * 600]
    yield Case("clock", "a gap of 100 hours", clip_of("a.mkv", stamps=hours), "refused")
    yield Case(
        "clock", "a gap of 20 minutes", clip_of("a.mkv", stamps=[*range(0, 240, 20), 720_000]), "refused"
    )
    yield Case("clock", "all at once", holding(patched(plain(), b"stts", 12, b"\0\0\0\0")), "either")
    for step in (0x7FFFFFFF, 0xFFFFFFFF):
        new = patched(plain(), b"stts", 12, struct.pack(">I", step))
        yield Case("clock", f"steps of {step:#x}", holding(new), "either")
    for scale in (0, 1, 0xFFFFFFFF):
        new = patched(plain(), b"mdhd", 12, struct.pack(">I", scale))
        yield Case("clock", f"{scale:#x} ticks a second", holding(new), "either")
    yield Case("clock", "20,001 frames", lambda d: made.repeated(d / "a.mkv", range(0, 80_004, 4)), "refused")


def _codecs() -> Iterator[Case]:
    size = (64, 48)
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "H.264 10 bit": ("a.mp4", {"pix_fmt": "yuv420p10le"}),
        "H.264 4:4:4": ("a.mp4", {"pix_fmt": "yuv444p"}),
        "H.264 interlaced": ("a.mp4", {"options": {"flags": "+ildct+ilme", "x264-params": "tff=1"}}),
        "H.264 with B-frames": ("a.mp4", {"options": {"bf": "3", "g": "12"}}),
        "HEVC": ("a.mp4", {"codec": "libx265", "options": {"x265-params": "log-level=none"}}),
        "HEVC 10 bit": (
            "a.mov",
            {"codec": "libx265", "pix_fmt": "yuv420p10le", "options": {"x265-params": "log-level=none"}},
        ),
        "ProRes with alpha": ("a.mov", {"codec": "prores_ks", "pix_fmt": "yuva444p10le"}),
        "QuickTime animation with alpha": ("a.mov", {"codec": "qtrle", "pix_fmt": "argb"}),
        "PNG with alpha": ("a.mov", {"codec": "png", "pix_fmt": "rgba"}),
        "grey FFV1": ("a.mkv", {"codec": "ffv1", "pix_fmt": "gray"}),
        "16-bit FFV1": ("a.mkv", {"codec": "ffv1", "pix_fmt": "rgb48le"}),
        "raw YUV": ("a.avi", {"codec": "rawvideo"}),
        "Motion JPEG": ("a.avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}),
        "MPEG-4": ("a.avi", {"codec": "mpeg4"}),
        "MPEG-2 in a transport stream": ("a.ts", {"codec": "mpeg2video"}),
        "MPEG-2 in a program stream": ("a.mpg", {"codec": "mpeg2video"}),
        "MPEG-2 interlaced": ("a.mxf", {"codec": "mpeg2video", "options": {"flags": "+ildct+ilme"}}),
        "VP8": ("a.webm", {"codec": "libvpx"}),
        "VP9 with alpha": ("a.webm", {"codec": "libvpx-vp9", "pix_fmt": "yuva420p"}),
        "WMV": ("a.wmv", {"codec": "wmv2"}),
        "Flash": ("a.flv", {"codec": "flv"}),
        "GIF": ("a.gif", {"codec": "gif", "pix_fmt": "rgb8"}),
        "two streams of pictures": ("a.mp4", {"pictures": 2}),
        "in fragments": ("a.mp4", {"movflags": "frag_keyframe+empty_moov"}),
    }
    for name, (file, how) in kinds.items():
        ticks: dict[str, Any] = {"tick": Fraction(1, 30), "stamps": range(FRAMES)}
        yield Case("codec", name, making(file, **(ticks | how)), "read", FRAMES, size)


def _sizes() -> Iterator[Case]:
    raw = {"codec": "ffv1", "stamps": [0, 20, 40], "pix_fmt": "yuv444p"}
    for size in ((1, 1), (2, 2), (8, 400), (400, 8), (3, 5), (4000, 16)):
        yield Case("size", f"{size[0]} x {size[1]}", making("a.mkv", size=size, **raw), "read", 3, size)
    jpeg = {"codec": "mjpeg", "pix_fmt": "yuvj420p", "stamps": [0, 20]}
    large = making("a.mkv", size=(7680, 4320), **jpeg)
    yield Case("size", "8K", large, "read", 2, (7680, 4320))
    for side in (9000, 65_000, 200_000, 0, -5):
        yield Case("size", f"{side} x {side} claimed", partial(_claimed, side=side), "refused")
    yield Case("size", "65,500 x 65,500 within", partial(_within, side=65_500), "refused")
    yield Case("size", "17000 x 8", making("a.mkv", size=(17_000, 8), **raw), "refused")
    for aspect in (Fraction(2000, 1), Fraction(1, 2000)):
        wide = making("a.mp4", aspect=aspect, size=(640, 480), stamps=[0, 20, 40])
        yield Case("size", f"pixels {aspect} wide", wide, "either")
    yield Case("size", "pixels 4/3 wide", making("a.mp4", aspect=Fraction(4, 3)), "read", FRAMES, (85, 48))


def _claimed(folder: Path, side: int) -> Path:
    path = clip(folder / "a.avi", codec="rawvideo", tick=Fraction(1, 30), stamps=range(3))
    data = patched(path.read_bytes(), b"strf", 8, struct.pack("<ii", side, side))
    path.write_bytes(data)
    return path


def _within(folder: Path, side: int) -> Path:
    """Every picture says of itself that it is huge; the container does not."""
    path = clip(folder / "a.avi", codec="mjpeg", pix_fmt="yuvj420p", tick=Fraction(1, 30), stamps=range(3))
    small, huge = b"\x08" + struct.pack(">HH", 48, 64), b"\x08" + struct.pack(">HH", side, side)
    path.write_bytes(path.read_bytes().replace(small, huge))
    return path


def _tags() -> Iterator[Case]:
    for tag in ("240", "2000", "0", "-5", "nan", "inf", "1e300", "1e-300", "fast", ""):
        how = making(tags={"com.android.capture.fps": tag})
        yield Case("capture tag", repr(tag), how, "read", FRAMES)
    for rate in (b"119.88", b"999999999", b"0", b"9" * 400):
        xml = b"\0\0\0\0<VideoFrame captureFps=" + b'"' + rate + b'p"/>'
        yield Case(
            "capture tag",
            f"Sony {rate[:9].decode()} of {len(rate)}",
            holding(plain() + box(b"meta", xml)),
            "read",
            FRAMES,
        )
