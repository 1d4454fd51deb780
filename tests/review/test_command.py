"""The command: says the address, answers it, ends with Ctrl-C; what it lacks is said in words."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyzer.cli import app
from analyzer.errors import AnalyzerError, OutputError


def test_it_says_the_address_answers_it_and_ends_with_ctrl_c(folder: Path) -> None:
    command = [sys.executable, "-m", "analyzer", "review", str(folder), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        url = running.stdout.readline().partition("Review: ")[2].strip()
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(url, timeout=30) as answer:
            assert b"<title>Review</title>" in answer.read()
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(url.partition("?")[0], timeout=30)
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0
        assert running.stderr.read() == ""


def test_another_start_has_another_token(folder: Path) -> None:
    server = pytest.importorskip("analyzer.review.server")
    desk = pytest.importorskip("analyzer.review.desk").Desk(folder)
    assert len({server.Server(desk, 1).token for _ in range(3)}) == 3


def test_a_taken_port_is_named(folder: Path) -> None:
    server = pytest.importorskip("analyzer.review.server")
    desk = pytest.importorskip("analyzer.review.desk").Desk(folder)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OutputError, match=f"Port {taken.getsockname()[1]}"):
            server.serve(desk, taken.getsockname()[1], lambda _: None, lambda: None)


def test_without_the_extra_it_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "analyzer.review.server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    found = CliRunner().invoke(app, ["review", str(folder)]).exception
    assert isinstance(found, AnalyzerError)
    assert "uvicorn" in found.what
    assert "[review]" in found.fix


@pytest.mark.parametrize("given", ["nowhere", "empty", "text.mp4"])
def test_what_is_neither_a_clip_nor_results_is_refused(given: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.mp4").write_text("no video")
    found = CliRunner().invoke(app, ["review", str(tmp_path / given)]).exception
    assert isinstance(found, AnalyzerError)
