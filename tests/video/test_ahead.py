"""Frames are ready before they are asked for, and nothing else changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from analyzer.video.ahead import AHEAD, ahead
from analyzer.video.frame import Frame

IMAGE = np.zeros((4, 4, 3), np.uint8)


def test_frames_come_in_order_and_prepared_in_another_thread() -> None:
    prepared: list[int] = []
    threads: set[int] = set()

    def prepare(frame: Frame) -> None:
        prepared.append(frame.index)
        threads.add(threading.get_ident())

    seen = []
    for frame in ahead((Frame(i, i / 25, IMAGE) for i in range(20)), prepare):
        assert frame.index in prepared
        assert max(prepared) <= frame.index + AHEAD  # only so many pictures in memory
        seen.append(frame.index)
    assert seen == list(range(20))
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_what_goes_wrong_on_the_way_is_told() -> None:
    def broken() -> Iterator[Frame]:
        yield Frame(0, 0.0, IMAGE)
        raise ValueError("damaged")

    frames = ahead(broken(), lambda frame: None)
    assert next(frames).index == 0
    with pytest.raises(ValueError, match="damaged"):
        next(frames)


def test_who_stops_early_leaves_no_thread_behind() -> None:
    frames = ahead((Frame(i, i / 25, IMAGE) for i in range(1000)), lambda frame: None)
    before = threading.active_count()
    next(frames)
    frames.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
