"""Frames by number: always exactly the one asked for, whichever way somebody goes through the clip."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from analyzer.review import pictures as module
from analyzer.review.pictures import Pictures
from analyzer.video import reader, writer

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
    shown = Pictures(reader.probe(clip))
    assert [number(shown.jpeg(index)) for index in order] == list(order)


def test_where_little_is_kept_frames_are_decoded_again(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD_BYTES", 3000)
    shown = Pictures(reader.probe(clip))
    order = [*range(30), *range(29, -1, -1)]
    assert [number(shown.jpeg(index)) for index in order] == order


def test_stepping_on_does_not_seek(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Pictures(reader.probe(clip))
    begun = []
    real = module.reader.shown
    monkeypatch.setattr(module.reader, "shown", lambda *a, **k: begun.append(a) or real(*a, **k))
    for index in range(60):
        shown.jpeg(index)
    assert len(begun) == 1
    for index in range(59, 30, -1):  # kept
        shown.jpeg(index)
    assert len(begun) == 1


def test_there_are_no_frames_beyond_the_clip(clip: Path) -> None:
    shown = Pictures(reader.probe(clip))
    assert shown.jpeg(-1) is None
    assert shown.jpeg(COUNT) is None


def test_a_clip_that_shows_each_picture_several_times_is_counted_in_pictures(clip: Path) -> None:
    info = reader.probe(clip)
    numbers = np.arange(1, COUNT, 3)
    seen = Pictures(replace(info, time=info.time[numbers], pictures=numbers))
    order = [*range(30), 4, 29, 28, 0]
    assert [number(seen.jpeg(index)) for index in order] == [3 * index + 1 for index in order]
    assert seen.jpeg(30) is None


def test_a_clip_on_its_side_is_shown_upright(clip: Path) -> None:
    info = reader.probe(clip)
    jpeg = Pictures(replace(info, turned=1)).jpeg(77)
    assert jpeg is not None
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape[:2] == (256, 64)
    _, lying = cv2.imencode(".jpg", np.rot90(image, -1), (cv2.IMWRITE_JPEG_QUALITY, 100))
    assert number(lying.tobytes()) == 77


def test_pictures_stay_those_of_a_clip_until_it_is_understood_otherwise(clip: Path) -> None:
    info = reader.probe(clip)
    seen = Pictures(info)
    assert seen.are_of(replace(info, capture_fps=120.0, time=info.time / 2))
    assert not seen.are_of(replace(info, turned=2))
    assert not seen.are_of(replace(info, time=info.time[1:], pictures=np.arange(1, COUNT)))
    assert not seen.are_of(replace(info, path=clip.with_name("other.mp4")))
