"""Two real clips, cut from the sample, through real processes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from places import SAMPLE

from analyzer.batch import plan
from analyzer.batch.run import run
from analyzer.video import reader, writer

pytestmark = pytest.mark.model


def test_two_clips_two_processes(tmp_path: Path) -> None:
    info = reader.probe(SAMPLE)
    for name, first in (("first", 0), ("second", 80)):
        path = tmp_path / "clips" / f"{name}.mp4"
        path.parent.mkdir(exist_ok=True)
        with writer.VideoWriter(path, info.width, info.height, info.capture_fps) as out:
            for frame in reader.frames(SAMPLE, float(info.time[first]), float(info.time[first + 75])):
                out.write(frame.image)
    result = run(
        plan.make([str(tmp_path / "clips")], str(tmp_path / "out"), height_m=1.8, overlay=False), n=2
    )
    assert [outcome.failure for outcome in result.outcomes] == [None, None]
    with (tmp_path / "out" / "runs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["run"] for row in rows] == ["first", "second"]
    for row in rows:
        assert int(row["steps"]) >= 2
        assert float(row["step_frequency_hz"]) == pytest.approx(4.6, abs=0.3)  # the sample's truth: 4.62
        assert (tmp_path / "out" / row["folder"] / "kinogram_small.jpg").is_file()
        assert (tmp_path / "out" / row["report"]).is_file()
    assert (tmp_path / "out" / "index.html").read_text(encoding="utf-8").count("data:image/jpeg") == 2
