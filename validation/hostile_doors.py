"""Inputs that are no clip, or lie oddly: other kinds of files, names, links, lists of other files."""

from __future__ import annotations

import os
import socket
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from validation import hostile_bytes as made
from validation.hostile_bytes import FRAMES, Case, box, holding, making, plain


def other_kinds() -> Iterator[Case]:
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
        yield Case("no video", name, holding(content), "refused")
    image = np.zeros((32, 32, 3), np.uint8)
    for suffix in (".png", ".jpg", ".bmp", ".tif"):
        data = cv2.imencode(suffix, image)[1].tobytes()
        yield Case("no video", f"picture {suffix}", holding(data, f"clip{suffix}"), "refused")
        yield Case("no video", f"picture {suffix} called .mp4", holding(data), "refused")
    yield Case("no video", "ZIP", _zip, "refused")
    yield Case("no video", "sound, AAC", lambda d: made.sound(d / "a.m4a", form="mp4"), "refused")
    yield Case("no video", "sound, WAV", lambda d: made.sound(d / "a.wav", "pcm_s16le"), "refused")
    yield Case(
        "no video", "sound, MP2 called .mp4", lambda d: made.sound(d / "a.mp4", "mp2", "mp2"), "refused"
    )
    yield Case("no video", "bare H.264", making("a.h264"), "refused")


def _zip(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "clip.mp4", "w") as archive:
        archive.writestr("clip.mp4", plain())
    return folder / "clip.mp4"


def names() -> Iterator[Case]:
    names = (
        "two words.mp4", "ünïcödé.mp4", "跑步🏃.mp4", "line\nbreak.mp4", "-dash.mp4", ".hidden.mp4",
        "quote'\".mp4", "%03d.mp4", "%s%n.mp4", "$(id).mp4", "file:clip.mp4", "http:clip.mp4",
        "concat:a|b.mp4", "subfile,,start,0,end,9,,:a.mp4", "pipe:0", "clip", "clip.txt", "clip.m3u8",
        "a" * 240 + ".mp4", "clip.mp4.", " .mp4",
    )  # fmt: skip
    for name in names:
        yield Case("name", ascii(name)[:40], holding(plain(), name), "read", FRAMES, (64, 48))
    raw = os.fsdecode(b"clip\xff\xfe.mp4")
    yield Case("name", "not UTF-8", holding(plain(), raw), "refused")
    yield Case("name", "too long", lambda d: d / ("a" * 300 + ".mp4"), "refused")
    yield Case("name", "with a zero byte", lambda d: d / "a\0b.mp4", "refused")
    yield Case("name", "nothing there", lambda d: d / "missing.mp4", "refused")


def links() -> Iterator[Case]:
    def link(folder: Path, target: str) -> Path:
        holding(plain(), "target.mp4")(folder)
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


def lists() -> Iterator[Case]:
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
    holding(plain(), "target.mp4")(folder)
    (folder / f"clip{suffix}").write_text(text, encoding="utf-8")
    return folder / f"clip{suffix}"


def _numbered(folder: Path) -> Path:
    for i in range(3):
        cv2.imwrite(str(folder / f"{i:03d}.png"), np.zeros((32, 32, 3), np.uint8))
    return folder / "%03d.png"
