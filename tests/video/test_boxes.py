"""Boxes of an MP4: what is read of them is bounded, however many there are and however large."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from analyzer.video import boxes


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


@pytest.mark.parametrize("kind", [b"elst", b"meta"])
def test_of_many_large_boxes_little_is_read(
    kind: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxes, "_READ", 250_000)
    read: list[int] = []
    edits = boxes._stretches
    monkeypatch.setattr(boxes, "_stretches", lambda part: bool(read.append(len(part))) or edits(part))
    path = tmp_path / "many.mp4"
    path.write_bytes(box(b"moov", b"".join(box(kind, bytes(99_000)) for _ in range(50))))
    assert boxes.facts(path) == boxes.Facts()
    assert sum(read) <= 250_000
    assert len(read) == (50 if kind == b"elst" else 0)


def test_an_edit_list_and_a_note_are_read(tmp_path: Path) -> None:
    half = struct.pack(">IIIiI", 0, 1, 1000, 0, 1 << 15)
    note = b'x captureFps="240.0" x'
    path = tmp_path / "sony.mp4"
    path.write_bytes(box(b"moov", box(b"trak", box(b"edts", box(b"elst", half)))) + box(b"meta", note))
    assert boxes.facts(path) == boxes.Facts(stretched=True, capture_fps=240.0)


@pytest.mark.parametrize(("says", "cut"), [(100, False), (92, False), (101, True), (0, True)])
def test_an_avi_is_cut_where_it_ends_before_its_own_length(says: int, cut: bool, tmp_path: Path) -> None:
    (tmp_path / "clip.avi").write_bytes(b"RIFF" + struct.pack("<I", says) + b"AVI " + bytes(96))
    assert boxes.is_cut(tmp_path / "clip.avi") == cut
