"""Frames by number: always exactly the one asked for, whichever way somebody goes through the clip."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from analyzer.review import pictures as module
from analyzer.review.pictures import Pictures
from analyzer.video import writer

COUNT = 90


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each frame tells its number: eight squares, black or white."""
    path = tmp_path_factory.mktemp("numbered") / "numbered.mp4"
    with writer.VideoWriter(path, 256, 64, 60) as out:
        for number in range(COUNT):
            bits = [(number >> k) & 1 for k in range(8)]
            row = np.repeat(np.array(bits, np.uint8) * 255, 32)
            out.write(np.broadcast_to(row[None, :, None], (64, 256, 3)).copy())
    return path


def number(jpeg: bytes | None) -> int:
    assert jpeg is not None
    grey = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    return sum(int(grey[32, 32 * k + 16] > 127) << k for k in range(8))


@pytest.mark.parametrize(
    "order",
    [range(COUNT), range(COUNT - 1, -1, -1), range(0, COUNT, 10), [80, 3, 79, 80, 2, 1, 0, 89, 45, 44, 46]],
    ids=["on", "back", "in tens", "to and fro"],
)
def test_a_frame_is_the_one_that_was_asked_for(clip: Path, order: list[int]) -> None:
    shown = Pictures(clip, COUNT)
    assert [number(shown.jpeg(index)) for index in order] == list(order)


def test_where_little_is_kept_frames_are_decoded_again(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD_BYTES", 3000)
    shown = Pictures(clip, COUNT)
    order = [*range(30), *range(29, -1, -1)]
    assert [number(shown.jpeg(index)) for index in order] == order


def test_stepping_on_does_not_seek(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    real = module.reader.frames
    monkeypatch.setattr(module.reader, "frames", lambda *a, **k: begun.append(a) or real(*a, **k))
    shown = Pictures(clip, COUNT)
    for index in range(60):
        shown.jpeg(index)
    assert len(begun) == 1
    for index in range(59, 30, -1):  # kept
        shown.jpeg(index)
    assert len(begun) == 1


def test_there_are_no_frames_beyond_the_clip(clip: Path) -> None:
    shown = Pictures(clip, COUNT)
    assert shown.jpeg(-1) is None
    assert shown.jpeg(COUNT) is None
