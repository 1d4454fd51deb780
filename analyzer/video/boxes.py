"""The boxes of ISO base media files (MP4, MOV): what FFmpeg does not tell of them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

_MOST: Final = 10_000
"""Boxes looked at; a recording has a few hundred, in fragments a few thousand."""
_INSIDE: Final = (b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl", b"moof", b"traf")
_FRAGMENT: Final = 1_000_000
"""Samples in one part of a recording in fragments, of sound or pictures, that are taken for meant."""
_META: Final = 1_000_000
"""Bytes of a ``meta`` box or an edit list that are looked at; a camera's have a few thousand."""
_READ: Final = 10_000_000
"""Bytes of all of them together."""


class Box(NamedTuple):
    """Its name of four bytes, and where its content starts and ends, bytes from the file's start."""

    kind: bytes
    start: int
    end: int


@dataclass(frozen=True)
class Facts:
    """``stretched``: an edit list changes the speed; ``capture_fps`` by Sony; ``frames`` that are claimed."""

    stretched: bool = False
    capture_fps: float | None = None
    frames: int = 0


def boxes(file: BinaryIO, start: int, stop: int) -> Iterator[Box]:
    """Yield the boxes between two offsets, as far as they are sound."""
    for _ in range(_MOST):
        if start + 8 > stop:
            return
        file.seek(start)
        head = file.read(8)
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head)
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))[0], 16
        end = stop if size == 0 else start + size
        if end < start + header or not re.fullmatch(rb"[\x20-\x7e\xa9]{4}", kind):
            return
        yield Box(kind, start + header, end)
        start = end


def is_cut(path: Path) -> bool:
    """Tell whether a box runs past the end of the file; true for other formats, which cannot tell.

    An AVI can: its index counts pictures that are empty, too, as where others were put between for the clock.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if head[:4] == b"RIFF":
            long = int.from_bytes(head[4:], "little")
            return long == 0 or long + len(head) > size  # 0 where nobody came to write it
        ends = [box.end for box in boxes(file, 0, size)]
    return not ends or ends[-1] > size


def facts(path: Path) -> Facts:
    """Read the edit lists, Sony's ``captureFps`` and how many frames the longest track claims to have.

    The decoder makes room for as many frames as a table claims, which may be far more than it holds.
    """
    stretched, capture_fps = False, None
    samples: dict[int, int] = {}
    pictures: set[int] = set()
    size = path.stat().st_size
    with path.open("rb") as file:
        waiting, looked_at, left = [(0, size, 0)], 0, _READ
        while waiting and looked_at < _MOST:
            start, stop, track = waiting.pop()
            for kind, begin, end in boxes(file, start, min(stop, size)):
                looked_at += 1
                file.seek(begin)
                if kind in _INSIDE:
                    waiting.append((begin, end, begin if kind == b"trak" else track))
                elif kind == b"elst":
                    edits = file.read(min(end - begin, _META, left))
                    stretched, left = stretched or _stretches(edits), left - len(edits)
                elif kind == b"hdlr" and file.read(12)[8:] == b"vide":
                    pictures.add(track)
                elif kind in (b"stsz", b"stz2"):
                    samples[track] = int.from_bytes(file.read(12)[8:], "big")
                elif kind == b"trun" and (claimed := int.from_bytes(file.read(8)[4:], "big")) > _FRAGMENT:
                    samples[begin] = claimed
                    pictures.add(begin)
                elif kind == b"meta" and end - begin < min(_META, left):
                    found = re.search(rb'captureFps="(\d{1,9}(?:\.\d{1,9})?)', file.read(end - begin))
                    left -= end - begin
                    capture_fps = float(found[1]) if found else capture_fps
    return Facts(stretched, capture_fps, max((samples.get(track, 0) for track in pictures), default=0))


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
