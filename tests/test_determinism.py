"""The same clip, settings and machine: the same files, byte for byte, with one worker and with several."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import Runner

from analyzer.pose.files.pose_csv import write_pose

TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
ANALYSE = """
import sys
from analyzer import cores, pipeline
from analyzer.pose import cache
workers, folder, joints = int(sys.argv[1]), sys.argv[2], sys.argv[3] or None
sys.argv = ["analyze"]
cores.keep_to(workers)
cache._read = lambda *_: None
cache.Taken.found = lambda _: None
how = {"height_m": 1.8, "overlay": False}
if joints is None:
    clip, how = pipeline.sample(), how | {"quality": "fast", "start_s": 0.1, "stop_s": 1.0}
else:
    clip = None
pipeline.save_passes(pipeline.analyze_passes(clip, pose=joints, **how), folder)
"""


def results(workers: int, folder: Path, joints: Path | str = "") -> dict[str, bytes]:
    command = [sys.executable, "-c", ANALYSE, str(workers), str(folder), str(joints)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return {path.name: TIME.sub(b"", path.read_bytes()) for path in folder.iterdir()}


def test_joints_give_the_same_files(tmp_path: Path) -> None:
    joints = write_pose(Runner(steps=6).pose(120, noise_m=0.004), tmp_path / "run.csv")
    one, two = results(1, tmp_path / "one", joints), results(2, tmp_path / "two", joints)
    assert {"report.html", "kinogram.png", "analysis.json", "steps.csv"} <= set(one)
    assert [name for name in one if one[name] != two.get(name)] == []


@pytest.mark.model
def test_a_clip_gives_the_same_files(tmp_path: Path) -> None:
    one, two = results(1, tmp_path / "one"), results(2, tmp_path / "two")
    assert {"report.html", "kinogram.png", "pictures.zip", "analysis.json", "pose.csv"} <= set(one)
    assert [name for name in one if one[name] != two.get(name)] == []
