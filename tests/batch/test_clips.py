"""Which clips folders, patterns and files mean."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import batching
import pytest

from analyzer.batch import clips
from analyzer.errors import ConfigError


@pytest.fixture
def there(tmp_path: Path) -> Path:
    for name in ("a.mp4", "b.MOV", "sub/c.avi", "run [1].mp4", ".hidden/d.mp4", "._e.mp4"):
        batching.clip(tmp_path / name)
    (tmp_path / "athletes.csv").write_text("file\n")
    return tmp_path


def names(*wanted: Path | str) -> list[str]:
    return [clip.name for clip in clips.find([str(one) for one in wanted], "/nowhere")]


def test_folders_patterns_and_files(there: Path) -> None:
    assert names(there) == ["a.mp4", "b.MOV", "run [1].mp4", "sub/c.avi"]
    assert names(there / "*") == ["a.mp4", "b.MOV", "c.avi", "run [1].mp4"]
    assert names(there / "**" / "*.avi") == ["c.avi"]
    assert names(there / "run [1].mp4") == ["run [1].mp4"]
    assert names(f"file://{there}/a.mp4") == ["a.mp4"]
    assert names(there, there / "a.mp4", there / "sub") == names(there)


@pytest.mark.parametrize("kept", ["batch.json", "analysis.json", "frontal.json"])
def test_results_beside_their_clips_are_no_clips(there: Path, kept: str) -> None:
    batching.clip(there / "a_sprint" / "overlay.mp4")
    (there / "a_sprint" / kept).write_text("{}")
    clips_there = ["a.mp4", "b.MOV", "run [1].mp4", "sub/c.avi"]
    assert names(there) == clips_there
    assert [clip.name for clip in clips.find([str(there)], str(there))] == clips_there
    assert names(there / "**" / "*.mp4") == ["a.mp4", "run [1].mp4"]
    assert names(there / "a_sprint" / "overlay.mp4") == ["overlay.mp4"]  # named itself


@pytest.mark.parametrize("wanted", ["none.mp4", "*.none", "none/"])
def test_what_leads_nowhere_is_told(there: Path, wanted: str) -> None:
    with pytest.raises(ConfigError, match="leads to no clip"):
        names(there, there / wanted)
    with pytest.raises(ConfigError, match="no clip in what was given"):
        names(there / "athletes*")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_no_table_can_hold_is_told(there: Path) -> None:
    (there / "sub" / os.fsdecode(b"run\xff.mp4")).write_bytes(b"clip")
    with pytest.raises(ConfigError, match=r"run\\udcff\.mp4 cannot be used as a name\..*Rename"):
        names(there)
