"""Nothing leaves the machine and no folder of it stands in any result: tables, pages, JSON, pictures."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from places import ROOT
from runner import pose_track

from analyzer import cli
from analyzer.data.analysis import Analysis
from analyzer.pose.files.pose_csv import write_pose

FOLDER = "Ann Example private"
"""A folder with the name of a person."""


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket of the internet can be made in this process."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"the network was asked for: {args}")

    class Local(socket.socket):
        """A socket between processes of this machine."""

        def __init__(self, family: int = -1, *args: Any, **kwargs: Any) -> None:
            if family != socket.AF_UNIX and kwargs.get("fileno") is None and len(args) < 3:
                refuse(family)
            super().__init__(family, *args, **kwargs)

    monkeypatch.setattr(socket, "socket", Local)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["sprint-analyzer", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file by its name, those inside of archives too."""
    found = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        found[str(path)] = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found |= {f"{path}:{name}": archive.read(name) for name in archive.namelist()}
    return found


def test_no_file_of_any_command_names_a_folder_or_calls_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: None, capsys: pytest.CaptureFixture[str]
) -> None:
    private, out = tmp_path / FOLDER, tmp_path / "out"
    private.mkdir()
    joints = write_pose(pose_track(), private / "run.csv")
    (private / "settings.toml").write_text("height_m = 1.8\n")
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        words = ["analyze", "--pose", str(joints), f"--config={private / 'settings.toml'}", "--out"]
        assert run([*words, str(out / f"{name}_sprint")], monkeypatch) == 0
    assert run(["report", str(out / "a_sprint")], monkeypatch) == 0
    both = [str(out / f"{name}_sprint") for name in ("a", "b")]
    assert run(["compare", *both, "--out", str(out / "change.csv")], monkeypatch) == 0
    assert run(["metrics"], monkeypatch) == 0
    assert run(["cache", "info"], monkeypatch) == 0
    (private / "clip.mp4").write_bytes(b"no video")
    (private / "marks.csv").write_text("x_px,y_px,metres\n1,2,0\n9,2,1\n")
    words = ["batch", str(private), "--out", str(out / "season"), "--marks", str(private / "marks.csv")]
    assert run([*words, "--workers", "1"], monkeypatch) == 1
    capsys.readouterr()
    found = contents(out)
    assert {Path(name).name for name in found} >= {
        "analysis.json",
        "report.html",
        "change.csv",
        "index.html",
        "runs.csv",
    }
    # A short name stands in any long file by chance.
    names = [name for name in (getpass.getuser(), socket.gethostname()) if len(name) > 4]
    words_in = [str(tmp_path), FOLDER, str(Path.home()) + "/", *names]
    for name, data in found.items():
        assert [word for word in words_in if word.encode() in data] == [], name


def test_no_path_of_a_filmed_run_is_in_its_results(filmed: Analysis, tmp_path: Path) -> None:
    assert filmed.video is not None
    filmed.save(tmp_path / "run_sprint", draw_overlay=False)
    for name, data in contents(tmp_path / "run_sprint").items():
        assert str(filmed.video.path.parent).encode() not in data, name


CALLS = re.compile(r"\b(?:connect|sendto|bind)\([^\n]*sa_family=AF_INET6?\b[^\n]*")


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_the_system_calls_of_a_run_reach_no_network(tmp_path: Path) -> None:
    joints = write_pose(pose_track(), tmp_path / "run.csv")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    log = tmp_path / "calls"
    commands = (
        ["analyze", "--pose", str(joints), "--out", str(tmp_path / "o_sprint")],
        ["report", str(tmp_path / "o_sprint")],
    )
    for words in commands:
        traced = [
            "strace",
            "-f",
            "-e",
            "trace=network",
            "-o",
            str(log),
            sys.executable,
            "-m",
            "analyzer",
            *words,
        ]
        done = subprocess.run(
            traced, capture_output=True, text=True, env=environment, check=False, timeout=300
        )
        if "ptrace" in done.stderr.lower():
            pytest.skip("tracing is not allowed here")
        assert done.returncode == 0, done.stderr
        assert CALLS.findall(log.read_text(errors="replace")) == []
