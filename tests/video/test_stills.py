from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from analyzer.data.capture import VideoInfo
from analyzer.video import reader, stills
from analyzer.video.stills import OnePass, Stills, near_keys, nearest

FRAMES = 60
KEYS = 20
"""Distance between two key frames."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> VideoInfo:
    """A clip of noise that moves, with frames that no other rests on between those that some do."""
    path = tmp_path_factory.mktemp("stills") / "clip.mp4"
    noise = np.random.default_rng(3).integers(0, 255, (96, 128 + FRAMES, 3), dtype=np.uint8)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=60)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        stream.options = {"g": str(KEYS), "bf": "2", "sc_threshold": "0", "b-adapt": "0"}
        for i in range(FRAMES):
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(noise[:, i : i + 128]), format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, 60)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return reader.probe(path)


def test_a_still_is_the_frame_of_the_clip(clip: VideoInfo) -> None:
    whole = {frame.index: frame.image for frame in reader.frames(clip.path)}
    wanted = [57, 0, 3, 4, 21, 38, 41, 57]
    found_in = Stills(clip, wanted)
    for index in wanted:
        found = found_in.at(index)
        assert found is not None
        assert found.index == index
        np.testing.assert_array_equal(found.image, whole[index])
    assert found_in.at(5) is None


def test_frames_that_no_other_rests_on_are_left_out(clip: VideoInfo) -> None:
    start, stop = float(clip.time[3]), float(clip.time[50])
    seen = [frame.index for frame in reader.frames(clip.path, start, stop, only=[3, 44])]
    assert {3, 44} <= set(seen)
    assert len(seen) < 0.75 * (50 - 3)  # of three frames one is such


def test_a_clip_that_is_gone_has_no_stills(clip: VideoInfo, tmp_path: Path) -> None:
    assert Stills(None, [1]).at(1) is None
    assert Stills(replace(clip, path=tmp_path / "gone.mp4"), [1]).at(1) is None


def test_all_who_ask_share_one_pass(clip: VideoInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[list[int]] = []

    def each(info: VideoInfo, wanted: Iterable[int]) -> Iterator[reader.Frame]:
        passes.append(sorted(wanted))
        return whole(info, wanted)

    whole = stills.each
    monkeypatch.setattr(stills, "each", each)
    with OnePass(clip) as decoded:
        numbers = decoded.ask([3, 41], lambda frame: frame.index)
        sizes = decoded.ask({41, 50}, lambda frame: frame.shape)
    assert {i: one.result() for i, one in numbers.items()} == {3: 3, 41: 41}
    assert {i: one.result() for i, one in sizes.items()} == {41: (96, 128), 50: (96, 128)}
    assert passes == [[3, 41, 50]]


def test_whoever_waits_is_told_what_went_wrong(clip: VideoInfo) -> None:
    def refuse(frame: reader.Frame) -> None:
        raise ValueError(frame.index)

    with OnePass(clip) as decoded:
        first, second = decoded.ask([7], refuse), decoded.ask([8], lambda frame: frame)
    with pytest.raises(ValueError, match="7"):
        first[7].result()
    with pytest.raises(ValueError, match="7"):
        second[8].result()


def test_a_key_frame_stands_for_its_neighbours(clip: VideoInfo) -> None:
    assert near_keys(clip, [0, 18, 25, 31], 6) == [0, 20, 20, 31]


def test_the_nearest_frame(clip: VideoInfo) -> None:
    assert nearest(clip, 0.26 / 60) == 0
    assert nearest(clip, 7.6 / 60) == 8
