"""Ctrl-C, a request to end and a closed pipe: nothing half-written stays, and no traceback is shown."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import Runner

from analyzer import cli
from analyzer.batch import workers
from analyzer.pose.files.pose_csv import write_pose
from analyzer.pose.networks import weights

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of another kind")


def _heeding() -> None:
    """Undo what a shell did that started the tests in the background: children ignore what it ignores."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


def start(folder: Path, *arguments: str, **how: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "analyzer", *arguments],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heeding,
        **how,  # type: ignore[call-overload]
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_who_is_stopped_leaves_nothing(tmp_path: Path, number: int) -> None:
    write_pose(Runner(steps=6).pose(60, noise_m=0.004), tmp_path / "run.csv")
    process = start(tmp_path, "analyze", "--pose", "run.csv", "--height", "1.8", stdout=subprocess.DEVNULL)
    until = time.monotonic() + 100
    while not list(tmp_path.glob(".sprint-*/*")):  # results are being written
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert "Traceback" not in told
    assert "Stopped" in told
    assert os.listdir(tmp_path) == ["run.csv"]


def test_a_closed_terminal_ends_nothing_that_was_started_to_outlive_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caught: dict[int, object] = {}
    monkeypatch.setattr(signal, "signal", caught.__setitem__)
    monkeypatch.setattr(
        signal, "getsignal", lambda number: signal.SIG_IGN if number == signal.SIGHUP else signal.SIG_DFL
    )
    cli._catch()
    assert signal.SIGHUP not in caught
    assert signal.SIGTERM in caught


def test_a_worker_that_is_being_started_gets_no_interrupt() -> None:
    with workers._no_interrupt():
        child = subprocess.run(
            [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGINT); print('on')"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert (child.stdout, child.stderr) == ("on\n", "")
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_closed_pipe_is_no_fault(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    process = start(tmp_path, "metrics", stdout=theirs)
    os.close(theirs)
    _, told = process.communicate(timeout=60)
    assert told == ""


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPRINT_ANALYZER_CACHE", raising=False)
    monkeypatch.setattr(weights, "user_cache_path", lambda *_, **__: Path("~/.cache/sprint-analyzer"))
    assert weights.cache_dir().is_absolute()
