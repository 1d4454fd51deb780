"""Every hostile clip of the corpus ends in a right result, or in three lines that help; quickly."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from places import ROOT

from analyzer import cli, preview
from analyzer.data import limits
from analyzer.errors import VideoError
from analyzer.pose.networks.detector import Detector, Person
from analyzer.video import container, reader
from validation import hostile_bytes, hostile_clips
from validation.hostile_bytes import Case

CASES = {f"{case.group}, {case.name}": case for case in hostile_clips.every()}
LONGEST_S = 20.0
"""For one input: a hundred times what the slowest takes, so that only work without a bound fails."""


def test_the_corpus_is_large_and_names_each_input_once() -> None:
    assert len(CASES) == len(hostile_clips.every()) > 350
    assert {case.outcome for case in CASES.values()} == {"read", "refused", "either"}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_clip_is_read_rightly_or_refused_with_what_to_do(case: Case, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    before = sorted(tmp_path.iterdir())
    start = time.monotonic()
    info, shown, problem = read(path)
    assert time.monotonic() - start < LONGEST_S
    assert sorted(tmp_path.iterdir()) == before
    if problem is not None:
        assert case.outcome != "read", str(problem)
        assert problem.what
        assert problem.fix
        assert "\n" not in f"{problem.why}{problem.fix}"
        return
    assert case.outcome != "refused"
    assert case.frames in (0, len(info.time))
    assert case.size in ((0, 0), (info.width, info.height))
    assert 1 <= info.width * info.height <= limits.MOST_PIXELS
    assert 2 <= len(info.time) <= limits.MOST_FRAMES
    assert all(b > a for a, b in pairwise(info.time))
    assert shown
    assert all(b > a for a, b in pairwise(shown))


def read(path: Path) -> tuple[Any, list[tuple[int, float]], VideoError | None]:
    try:
        info = reader.probe(path)
        return info, [(frame.index, frame.time_s) for frame in reader.frames(path)], None
    except VideoError as error:
        return None, [], error


@pytest.mark.parametrize("kind", ["hls", "concat"])
def test_a_format_that_opens_others_gets_nothing_even_if_it_were_allowed(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "FORMATS", f"{container.FORMATS},{kind}")
    name = {"hls": "list, M3U8, .m3u8", "concat": "list, concat list with a head, .ffconcat"}[kind]
    with pytest.raises(VideoError, match="not a video"):
        reader.probe(CASES[name].make(tmp_path))


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")
def test_only_the_file_given_is_opened(tmp_path: Path) -> None:
    """Native code opens files past Python, so the system calls are traced."""
    cases = [case for case in CASES.values() if case.group in ("list", "name", "link")]
    paths = []
    for i, case in enumerate(cases):
        (tmp_path / f"{i}").mkdir()
        paths.append(case.make(tmp_path / f"{i}"))
    program = """
import os, sys
from pathlib import Path
from analyzer.errors import AnalyzerError
from analyzer.video import reader
for name in sys.stdin.buffer.read().split(b"\\0\\0"):
    try:
        reader.probe(Path(os.fsdecode(name)))
    except AnalyzerError:
        pass
"""
    trace = tmp_path / "trace"
    calls = "trace=open,openat,openat2,socket,connect,execve"
    ran = subprocess.run(
        ["strace", "-f", "-s", "400", "-o", str(trace), "-e", calls, sys.executable, "-c", program],
        input=b"\0\0".join(str(p).encode(errors="surrogateescape") for p in paths if "\0" not in str(p)),
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    lines = trace.read_text(errors="replace").splitlines()
    opened = [line for line in lines if f'"{tmp_path}/' in line]
    given = [line for line in opened if "target.mp4" not in line]
    assert len(given) > len(cases) / 2  # the clips and lists themselves
    assert not [line for line in opened if "target.mp4" in line]
    assert not [line for line in lines if "socket(AF_INET" in line or "connect(" in line]
    assert sum("execve(" in line for line in lines) == 1


def test_a_clip_of_the_most_frames_is_read(tmp_path: Path) -> None:
    path = hostile_bytes.repeated(tmp_path / "a.mkv", range(0, 4 * limits.MOST_FRAMES, 4))
    assert len(reader.probe(path).time) == limits.MOST_FRAMES


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("size, 9000 x 9000 claimed", "9000 x 9000 pixels; 40 million pixels can be read, and 16,384"),
        ("clock, a gap of 100 hours", "100 hours"),
        ("clock, 20,001 frames", "20,000 frames"),
        ("boxes, 268435456 frames claimed", "268,435,456 frames"),
        ("list, concat list, .mp4", "a list of other files"),
        ("name, not UTF-8", "Rename the file"),
    ],
)
def test_a_refusal_names_the_value_the_bound_and_the_way_out(name: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=says):
        reader.probe(CASES[name].make(tmp_path))


@pytest.mark.parametrize(
    "name",
    [
        "boxes, 100000 deep",
        "list, concat list, .mp4",
        "name, not UTF-8",
        "no video, sound, AAC",
        "size, 200000 x 200000 claimed",
        "clock, a gap of 100 hours",
        "link, named pipe",
    ],
)
@pytest.mark.parametrize("command", ["check", "analyze"])
def test_the_command_line_says_three_lines_at_most_and_leaves_nothing(
    name: str,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clip = CASES[name].make(tmp_path)
    before = sorted(tmp_path.iterdir())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["sprint-analyzer", command, str(clip)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code in (1, 2)
    said = capsys.readouterr().err.rstrip().splitlines()
    assert said[0].startswith("Error: ")
    assert 2 <= len(said) <= 3
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.model
@pytest.mark.parametrize(
    "name",
    ["size, 1 x 1", "size, 8 x 400", "codec, ProRes with alpha", "codec, H.264 10 bit", "matrix, extreme"],
)
@pytest.mark.parametrize("command", ["check", "analyze"])
def test_a_clip_of_nobody_says_so_whatever_its_kind(
    name: str,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clip = CASES[name].make(tmp_path)
    before = sorted(tmp_path.iterdir())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["sprint-analyzer", command, str(clip)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("Error: Nobody was found")
    assert sorted(tmp_path.iterdir()) == before


def test_what_a_terminal_obeys_does_not_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a\x1b[2Jb\nc.mp4"
    path.write_bytes(b"")
    monkeypatch.setattr(sys, "argv", ["sprint-analyzer", "check", str(path)])
    with pytest.raises(SystemExit):
        cli.main()
    said = capsys.readouterr().err
    assert "a?[2Jb?c.mp4 is empty" in said
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize("words", [["check", "a\udcff.mp4"], ["analyze", "a.mp4", "--out", "b\udcff"]])
def test_a_name_that_is_not_text_is_refused_at_the_door(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["sprint-analyzer", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "Rename the file or folder" in capsys.readouterr().err


def test_a_long_and_low_picture_is_not_looked_at_without_end() -> None:
    class Counts(Detector):
        """A detector that sees nobody and counts its looks."""

        def __init__(self) -> None:
            self.looks = 0

        def find(self, *_: object) -> list[Person]:
            self.looks += 1
            return []

    detector = Counts()
    assert not list(preview._people(detector, np.zeros((16, 4000, 3), np.uint8)))
    assert 2 <= detector.looks < 250
