"""Video inputs that try to break, fool or misuse the reader: each with what must come of it."""

from __future__ import annotations

import os
import socket
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import cv2
import numpy as np

from validation import hostile_bytes as made
from validation.hostile_bytes import FRAMES, IDENTITY, box, clip, patched

Outcome = Literal["read", "refused", "either"]
ONE: Final = 1 << 16
UNIT: Final = 1 << 30


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


def every() -> list[Case]:
    """Return the whole corpus."""
    return [
        *_cut(), *_damaged(), *_boxes(), *_turned(), *_edited(), *_clocks(), *_codecs(), *_sizes(), *_tags(),
        *_other_kinds(), *_names(), *_links(), *_lists(),
    ]  # fmt: skip


def _bytes(content: bytes, name: str = "clip.mp4") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _clip(name: str = "clip.mp4", **how: Any) -> Callable[[Path], Path]:
    return lambda folder: clip(folder / name, **how)


def _cut() -> Iterator[Case]:
    data, seen = plain(), count()
    for kind, start, end in made.boxes(data):
        label = f"{next(seen):02d} {kind.decode('latin-1')}"
        yield Case("truncated", f"before {label}", _bytes(data[:start]), "refused")
        yield Case("truncated", f"inside {label}", _bytes(data[: (start + end) // 2]), "refused")
    yield Case("truncated", "last byte", _bytes(data[:-1]), "either")


def _damaged() -> Iterator[Case]:
    data = plain()
    media = data.index(b"mdat")
    for seed in range(30):
        yield Case("bits flipped", f"index {seed}", _bytes(made.flipped(data, seed, 0, media)), "either")
    for seed in range(10):
        yield Case(
            "bits flipped", f"data {seed}", _bytes(made.flipped(data, seed, media + 4, len(data))), "either"
        )


def _boxes() -> Iterator[Case]:
    data = plain()
    for kind in (b"moov", b"trak", b"mdia", b"stbl", b"stsd", b"stts", b"stsz", b"stco", b"mdat"):
        for size in (0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF):
            at = data.index(kind) - 4
            new = data[:at] + struct.pack(">I", size) + data[at + 4 :]
            yield Case("box sizes", f"{kind.decode()} {size:#x}", _bytes(new), "either")
    head = box(b"ftyp", b"isom\0\0\0\0isom")
    for depth in (100, 5000, 100_000):
        yield Case("boxes", f"{depth} deep", _bytes(head + made.nested(depth)), "refused")
        yield Case(
            "boxes",
            f"{depth} deep behind a clip",
            _bytes(data + made.nested(depth)),
            "read",
            FRAMES,
            (64, 48),
        )
    yield Case("boxes", "20,000 empty ones", _bytes(data + box(b"free") * 20_000), "read", FRAMES)
    yield Case("boxes", "name is not UTF-8", _bytes(data + box(b"\xa9\xff\xfe ", b"abc")), "read", FRAMES)
    yield Case("boxes", "title is not UTF-8", _title, "read", FRAMES)
    for claimed in (100_000, 1 << 28, 0xFFFFFFFF):
        new = patched(data, b"stsz", 4, struct.pack(">II", 1, claimed))
        yield Case("boxes", f"{claimed} frames claimed", _bytes(new), "refused")
    run = box(b"trun", struct.pack(">II", 0, 1 << 28))
    fragment = box(b"moof", box(b"traf", box(b"tfhd", struct.pack(">II", 0, 1)) + run))
    yield Case("boxes", "2^28 frames in a fragment", _bytes(data + fragment), "refused")
    yield Case("boxes", "media in another file", _bytes(_elsewhere()), "either")


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
        "all zero": ((0,) * 9, (0, 0)),
        "extreme": ((-(1 << 31),) * 9, (0, 0)),
        "a thousandth": ((65, 0, 0, 0, 65, 0, 0, 0, UNIT), (64, 48)),
    }
    for name, (numbers, size) in turns.items():
        yield Case("matrix", name, _bytes(made.matrix(data, *numbers)), "read", FRAMES, size)


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
        yield Case("edit lists", name, _bytes(_with_edits(data, content)), "either")
    lie = struct.pack(">II", 0, 0xFFFFFFFF) + struct.pack(">IiI", 400, 0, ONE)
    yield Case("edit lists", "more claimed than there", _bytes(_with_edits(data, lie)), "either")


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
    clip_of = partial(_clip, options={"bf": "0"})
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
    yield Case("clock", "all at once", _bytes(patched(plain(), b"stts", 12, b"\0\0\0\0")), "either")
    for step in (0x7FFFFFFF, 0xFFFFFFFF):
        new = patched(plain(), b"stts", 12, struct.pack(">I", step))
        yield Case("clock", f"steps of {step:#x}", _bytes(new), "either")
    for scale in (0, 1, 0xFFFFFFFF):
        new = patched(plain(), b"mdhd", 12, struct.pack(">I", scale))
        yield Case("clock", f"{scale:#x} ticks a second", _bytes(new), "either")
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
        yield Case("codec", name, _clip(file, **(ticks | how)), "read", FRAMES, size)


def _sizes() -> Iterator[Case]:
    raw = {"codec": "ffv1", "stamps": [0, 20, 40], "pix_fmt": "yuv444p"}
    for size in ((1, 1), (2, 2), (8, 400), (400, 8), (3, 5), (4000, 16)):
        yield Case("size", f"{size[0]} x {size[1]}", _clip("a.mkv", size=size, **raw), "read", 3, size)
    jpeg = {"codec": "mjpeg", "pix_fmt": "yuvj420p", "stamps": [0, 20]}
    large = _clip("a.mkv", size=(7680, 4320), **jpeg)
    yield Case("size", "8K", large, "read", 2, (7680, 4320))
    for side in (9000, 65_000, 200_000, 0, -5):
        yield Case("size", f"{side} x {side} claimed", partial(_claimed, side=side), "refused")
    yield Case("size", "65,500 x 65,500 within", partial(_within, side=65_500), "refused")
    yield Case("size", "17000 x 8", _clip("a.mkv", size=(17_000, 8), **raw), "refused")
    for aspect in (Fraction(2000, 1), Fraction(1, 2000)):
        wide = _clip("a.mp4", aspect=aspect, size=(640, 480), stamps=[0, 20, 40])
        yield Case("size", f"pixels {aspect} wide", wide, "either")
    yield Case("size", "pixels 4/3 wide", _clip("a.mp4", aspect=Fraction(4, 3)), "read", FRAMES)


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
        how = _clip(tags={"com.android.capture.fps": tag})
        yield Case("capture tag", repr(tag), how, "read", FRAMES)
    for rate in (b"119.88", b"999999999", b"0", b"9" * 400):
        xml = b"\0\0\0\0<VideoFrame captureFps=" + b'"' + rate + b'p"/>'
        yield Case(
            "capture tag",
            f"Sony {rate[:9].decode()} of {len(rate)}",
            _bytes(plain() + box(b"meta", xml)),
            "read",
            FRAMES,
        )


def _other_kinds() -> Iterator[Case]:
    draw = np.random.default_rng(5)
    contents = {
        "empty": b"",
        "one byte": b"\0",
        "text": b"only words\n" * 50,
        "random": draw.bytes(20_000),
        "zeros": bytes(100_000),
        "HTML": b"<!DOCTYPE html><title>x</title>" * 20,
        "PDF": b"%PDF-1.7\n" + b"x" * 500,
        "gzip": b"\x1f\x8b\x08" + draw.bytes(500),
        "SQLite": b"SQLite format 3\0" + bytes(500),
        "only a file type": box(b"ftyp", b"isom\0\0\0\0isom"),
    }
    for name, content in contents.items():
        yield Case("no video", name, _bytes(content), "refused")
    image = np.zeros((32, 32, 3), np.uint8)
    for suffix in (".png", ".jpg", ".bmp", ".tif"):
        data = cv2.imencode(suffix, image)[1].tobytes()
        yield Case("no video", f"picture {suffix}", _bytes(data, f"clip{suffix}"), "refused")
        yield Case("no video", f"picture {suffix} called .mp4", _bytes(data), "refused")
    yield Case("no video", "ZIP", _zip, "refused")
    yield Case("no video", "sound, AAC", lambda d: made.sound(d / "a.m4a", form="mp4"), "refused")
    yield Case("no video", "sound, WAV", lambda d: made.sound(d / "a.wav", "pcm_s16le"), "refused")
    yield Case(
        "no video", "sound, MP2 called .mp4", lambda d: made.sound(d / "a.mp4", "mp2", "mp2"), "refused"
    )
    yield Case("no video", "bare H.264", _clip("a.h264"), "refused")


def _zip(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "clip.mp4", "w") as archive:
        archive.writestr("clip.mp4", plain())
    return folder / "clip.mp4"


def _names() -> Iterator[Case]:
    names = (
        "two words.mp4", "ünïcödé.mp4", "跑步🏃.mp4", "line\nbreak.mp4", "-dash.mp4", ".hidden.mp4",
        "quote'\".mp4", "%03d.mp4", "%s%n.mp4", "$(id).mp4", "file:clip.mp4", "http:clip.mp4",
        "concat:a|b.mp4", "subfile,,start,0,end,9,,:a.mp4", "pipe:0", "clip", "clip.txt", "clip.m3u8",
        "a" * 240 + ".mp4", "clip.mp4.", " .mp4",
    )  # fmt: skip
    for name in names:
        yield Case("name", ascii(name)[:40], _bytes(plain(), name), "read", FRAMES, (64, 48))
    raw = os.fsdecode(b"clip\xff\xfe.mp4")
    yield Case("name", "not UTF-8", _bytes(plain(), raw), "refused")
    yield Case("name", "too long", lambda d: d / ("a" * 300 + ".mp4"), "refused")
    yield Case("name", "with a zero byte", lambda d: d / "a\0b.mp4", "refused")
    yield Case("name", "nothing there", lambda d: d / "missing.mp4", "refused")


def _links() -> Iterator[Case]:
    def link(folder: Path, target: str) -> Path:
        _bytes(plain(), "target.mp4")(folder)
        (folder / "clip.mp4").symlink_to(target)
        return folder / "clip.mp4"

    def pipe(folder: Path) -> Path:
        os.mkfifo(folder / "clip.mp4")
        return folder / "clip.mp4"

    def listening(folder: Path) -> Path:
        with socket.socket(socket.AF_UNIX) as door:
            here = os.open(folder, os.O_RDONLY)  # the whole path may be too long for a socket's name
            try:
                door.bind(f"/proc/self/fd/{here}/clip.mp4")
            finally:
                os.close(here)
        return folder / "clip.mp4"

    yield Case("link", "to a clip", partial(link, target="target.mp4"), "read", FRAMES)
    yield Case("link", "to nothing", partial(link, target="gone.mp4"), "refused")
    yield Case("link", "to itself", partial(link, target="clip.mp4"), "refused")
    yield Case("link", "to /dev/zero", partial(link, target="/dev/zero"), "refused")
    yield Case("link", "to a folder", partial(link, target="."), "refused")
    yield Case("link", "named pipe", pipe, "refused")
    yield Case("link", "socket", listening, "refused")
    yield Case("link", "folder", lambda d: d, "refused")


def _lists() -> Iterator[Case]:
    head = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n"
    texts = {
        "M3U8": head + "#EXTINF:9,\ntarget.mp4\n#EXT-X-ENDLIST\n",
        "M3U8 of a protocol": head + "#EXTINF:9,\nconcat:target.mp4|target.mp4\n#EXT-X-ENDLIST\n",
        "M3U8 of an address": head + "#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        "M3U8 with a key": head + '#EXT-X-KEY:METHOD=AES-128,URI="target.mp4"\n#EXTINF:9,\ntarget.mp4\n',
        "M3U8 of playlists": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\ntarget.mp4\n",
        "concat list": "file 'target.mp4'\nfile 'target.mp4'\n",
        "concat list with a head": "ffconcat version 1.0\nfile target.mp4\n",
        "concat list of an address": "ffconcat version 1.0\nfile http://127.0.0.1:9/a.mp4\n",
        "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "DASH": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period/></MPD>',
        "RealMedia pointer": "rtsp://127.0.0.1:9/clip.rm\n",
        "ASX": '<asx version="3.0"><entry><ref href="http://127.0.0.1:9/a"/></entry></asx>',
        "filter graph": "movie=target.mp4",
        "AviSynth": 'FFVideoSource("target.mp4")\n',
    }
    for name, text in texts.items():
        for suffix in (".mp4", {"M3U8": ".m3u8", "SDP": ".sdp"}.get(name.split()[0], ".ffconcat")):
            yield Case("list", f"{name}, {suffix}", partial(_beside, text=text, suffix=suffix), "refused")
    yield Case("list", "numbered pictures", _numbered, "refused")
    for address in ("http://127.0.0.1:9/a.mp4", "concat:target.mp4|target.mp4", "file:target.mp4", "fd:0"):
        yield Case("list", f"argument {address}", lambda _, a=address: Path(a), "refused")


def _beside(folder: Path, text: str, suffix: str) -> Path:
    _bytes(plain(), "target.mp4")(folder)
    (folder / f"clip{suffix}").write_text(text, encoding="utf-8")
    return folder / f"clip{suffix}"


def _numbered(folder: Path) -> Path:
    for i in range(3):
        cv2.imwrite(str(folder / f"{i:03d}.png"), np.zeros((32, 32, 3), np.uint8))
    return folder / "%03d.png"
