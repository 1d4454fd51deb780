"""``baseline.toml``: what is written is read back, and what is no baseline is refused in words."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

import pytest

from analyzer.comparison.baseline import OneRun, make
from analyzer.errors import ConfigError
from analyzer.outputs import baseline_file

NAME = 'Ada "the\u202e fox" \\ [[range]]\n'


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    speeds = [9.0, 9.1, 9.2, 9.3, float("nan")]
    runs = [
        OneRun(NAME, None, speed, False, {"contact_time": (0.1 + 0.001 * i, 0.001), "step_time": (1.0, 0.1)})
        for i, speed in enumerate(speeds)
    ]
    made = make(runs)
    path = tmp_path / "a" / baseline_file.FILE
    baseline_file.write(made, path)
    assert 'unit = "s"' in path.read_text("utf-8")
    back = baseline_file.read(path)
    assert len(back.ranges) == len(made.ranges) == 4
    for one, other in zip(back.ranges, made.ranges, strict=True):
        for name, value in asdict(other).items():
            same = pytest.approx(value, rel=1e-6, nan_ok=True) if isinstance(value, float) else value
            assert getattr(one, name) == same


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = [", "not valid TOML"),
        ("x = " + "[\n" * 100_000, "nested without end"),
        ("x = " + "9" * 5000, "a line of more than 4,000 characters"),
        (".".join("a" * 50_000) + " = 1", "a line of more than 4,000 characters"),
        ("a = 1", "no baseline|not a baseline"),
        ("version = 1\nrange = [1]", "damaged"),
        ("version = 1\n[[range]]\nmetric = 'contact_time'", "damaged"),
    ],
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "b.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=told):
        baseline_file.read(path)
    with pytest.raises(ConfigError, match="Cannot read"):
        baseline_file.read(tmp_path / "none.toml")
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(ConfigError, match="not a file"):
        baseline_file.read(tmp_path / "pipe.toml")
