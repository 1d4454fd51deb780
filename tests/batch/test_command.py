"""The command: exit codes, messages, nothing in a pipe but what was asked for."""

from __future__ import annotations

import csv
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import batching
import pytest

from analyzer.outputs.who import HEADS_HIDDEN


def batch(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "analyzer", "batch", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_clips_that_are_none_are_exit_code_1_and_stop_nothing(tmp_path: Path) -> None:
    batching.clip(tmp_path / "clips" / "notes.mp4")
    (tmp_path / "clips" / "empty.mov").write_bytes(b"")
    done = batch("clips", "--out", "out", "--workers", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert "2 clips: 0 analysed, 2 failed." in done.stdout
    assert "notes.mp4: " in done.stderr
    assert "empty.mov: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert len(done.stderr.splitlines()) == 2
    with (tmp_path / "out" / "runs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["status"] for row in rows] == ["failed", "failed"]
    assert all(row["what"] and row["fix"] for row in rows)
    again = batch("clips", "--out", "out", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (1, done.stdout)


@pytest.mark.parametrize("where", ["option", "settings", "table"])
def test_that_heads_are_hidden_is_told_wherever_it_was_asked_for(where: str, tmp_path: Path) -> None:
    batching.clip(tmp_path / "clips" / "notes.mp4")
    (tmp_path / "clips" / "settings.toml").write_text("blur_faces = true\n")
    (tmp_path / "clips" / "table.csv").write_text("file,blur_faces\nnotes.mp4,yes\n")
    asked = {
        "option": ["--blur-faces"],
        "settings": ["--config", "clips/settings.toml"],
        "table": ["--table", "clips/table.csv"],
    }
    done = batch("clips", "--out", "out", "--workers", "1", *asked[where], cwd=tmp_path)
    assert HEADS_HIDDEN in done.stdout
    plain = batch("clips", "--out", "plain", "--workers", "1", cwd=tmp_path)
    assert HEADS_HIDDEN not in plain.stdout


WRONG = [
    ([], "Missing"),
    (["clips"], "--out"),
    (["none", "--out", "out"], "none leads to no clip"),
    (["clips", "--out", "out", "--height", "180"], "is 1.80 meant"),
    (["clips", "--out", "out", "--workers", "0"], "workers"),
    (["clips", "--out", "out", "--scale", "a,b"], "--scale"),
    (["clips", "--out", "out", "--live", "kne"], "Close to it: knee"),
    (["clips", "--out", "out", "--table", "none.csv"], "none.csv"),
    (["clips", "--out", "out", "--table", "clips/wrong.csv"], "Line 2: b.mp4 is none of the 1 clips"),
    (["clips", "--out", "nosuchkind://bucket/out"], "nosuchkind://bucket/out"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_wrong_usage_is_exit_code_2(arguments: list[str], message: str, tmp_path: Path) -> None:
    batching.clip(tmp_path / "clips" / "a.mp4")
    (tmp_path / "clips" / "wrong.csv").write_text("file\nb.mp4\n")
    done = batch(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "a_sprint").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    batching.clip(tmp_path / "clips" / "a.mp4")
    (tmp_path / "out").write_text("a file")
    done = batch("clips", "--out", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


TERMINAL = """
import sys, batching
from analyzer.batch import work, workers
from analyzer import cli
each = workers.each
workers.each = lambda jobs, make, n, done: each(jobs, batching.make, n, done)
sys.argv = ["sprint-analyzer", "batch", *sys.argv[1:]]
if __name__ == "__main__":
    cli.main()
"""


def on_a_terminal(tmp_path: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], int]:
    script = tmp_path / "terminal.py"
    script.write_text(TERMINAL)
    here, there = pty.openpty()
    path = os.pathsep.join([str(Path(batching.__file__).parent), *sys.path])
    process = subprocess.Popen(
        [sys.executable, str(script), *arguments],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=there,
        env=os.environ | {"PYTHONPATH": path, "COLUMNS": "100", "TERM": "xterm"},
        start_new_session=True,
        # A shell that starts the tests in the background has them ignore Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(there)
    return process, here


def read(terminal: int) -> str:
    shown = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(terminal)
    return shown.decode()


def test_a_terminal_shows_how_many_are_done_and_the_time_left(tmp_path: Path) -> None:
    for i in range(4):
        batching.clip(tmp_path / "clips" / f"{i}.mp4", "slow 0.3")
    process, terminal = on_a_terminal(tmp_path, "clips", "--out", "out", "--workers", "1")
    shown = read(terminal)
    assert process.wait(60) == 0
    assert "2 of 4 clips" in shown
    assert "ETA" in shown


def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    batching.clip(tmp_path / "clips" / "a.mp4")
    batching.clip(tmp_path / "clips" / "b.mp4", "slow 60")
    process, terminal = on_a_terminal(tmp_path, "clips", "--out", "out", "--workers", "2")
    end = time.monotonic() + 60
    while not (tmp_path / "out" / "a_sprint").exists() or not batching.begun(tmp_path / "clips" / "b.mp4"):
        assert time.monotonic() < end
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    shown = read(terminal)
    assert process.wait(60) == 130
    assert "Stopped; 1 of 2 clips are done" in shown
    assert "Traceback" not in shown
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "a_sprint", "index.html", "runs.csv", "steps.csv"
    ]  # fmt: skip
