"""The day on which a clip was recorded: read once, from the container, and kept with the clip."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from analyzer.data.analysis import Analysis
from analyzer.outputs import analysis_json
from analyzer.outputs.who import who
from analyzer.video import reader, recorded

DAY = datetime.date(2026, 3, 7)


@pytest.mark.parametrize(
    ("tags", "day"),
    [
        ({"creation_time": "2026-03-07T09:12:44.000000Z"}, DAY),
        (
            {
                "creation_time": "2026-03-06T23:30:00Z",
                "com.apple.quicktime.creationdate": "2026-03-07T00:30:00+0100",
            },
            DAY,
        ),
        ({"creation_time": "1970-01-01T00:00:00.000000Z"}, None),
        ({"creation_time": "yesterday"}, None),
        ({}, None),
    ],
)
def test_the_day_is_the_one_of_the_place(tags: dict[str, str], day: datetime.date | None) -> None:
    assert recorded.day(tags) == day


def test_a_clip_is_probed_with_its_day(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as out:
        out.metadata["creation_time"] = "2026-03-07T09:12:44.000000Z"
        stream = out.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(4):
            out.mux(stream.encode(VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8))))
        out.mux(stream.encode())
    assert reader.probe(path).recorded == DAY


def test_results_know_it_without_the_clip(filmed: Analysis) -> None:
    assert filmed.video is not None
    gone = replace(filmed.video, recorded=DAY, path=Path("gone.mp4"))
    run = replace(filmed, video=gone, config=filmed.config.model_copy(update={"date": None}))
    assert "7 March 2026" in who(run).more
    back = analysis_json.from_json(analysis_json.to_json(analysis_json.of(run)))
    assert back.video is not None
    assert back.video.recorded == DAY
