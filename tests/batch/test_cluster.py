"""The same work on a real scheduler and worker processes of this machine, one killed in the middle."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import batching
import pytest

from analyzer.batch import cluster, plan
from analyzer.batch.run import run
from analyzer.errors import ConfigError

Client = pytest.importorskip("distributed").Client


def start(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(Path(batching.__file__).parent), *sys.path])
    settings = {"PYTHONPATH": path, "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false"}
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | settings,
        text=True,
    )


def address(scheduler: subprocess.Popen[str]) -> str:
    assert scheduler.stderr is not None
    for line in scheduler.stderr:
        found = re.search(r"Scheduler at:\s+(tcp://\S+)", line)
        if found:
            threading.Thread(target=scheduler.stderr.read, daemon=True).start()  # else its pipe fills
            return found[1]
    raise AssertionError("the scheduler did not start")


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", folder=tmp_path)
    processes = [scheduler]
    try:
        where = address(scheduler)
        options = (
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--local-directory",
            str(tmp_path / "dask"),
        )
        workers = [start("worker", where, *options, folder=tmp_path) for _ in range(2)]
        for worker in workers:
            assert worker.stderr is not None
            threading.Thread(target=worker.stderr.read, daemon=True).start()
        processes += workers
        with Client(where, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield where, workers
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()
            if process.stderr is not None:
                process.stderr.close()


def test_a_worker_killed_in_the_middle_loses_nothing(
    machines: tuple[str, list[subprocess.Popen[str]]], tmp_path: Path
) -> None:
    where, workers = machines
    clips = [batching.clip(tmp_path / "clips" / f"{i}.mp4", "slow 0.4") for i in range(8)]
    clips += [batching.clip(tmp_path / "clips" / "bad.mp4", "nobody")]
    out = tmp_path / "season"
    wanted = plan.make([f"file://{tmp_path / 'clips'}"], f"file://{out}")
    both = threading.Event()

    def kill() -> None:
        # Both are there, and this one is at work.
        while sum(map(batching.begun, clips)) < 4:
            time.sleep(0.02)
        workers[0].send_signal(signal.SIGKILL)
        both.set()

    threading.Thread(target=kill, daemon=True).start()
    result = run(wanted, make=batching.make, scheduler=where)
    assert both.is_set()
    assert workers[0].wait(10) == -signal.SIGKILL
    assert [outcome.job.name for outcome in result.failures] == ["bad.mp4"]
    assert len(result.outcomes) == 9
    with (out / "runs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["status"] for row in rows) == ["failed"] + ["ok"] * 8
    folders = sorted(path.name for path in out.iterdir() if path.is_dir())
    assert folders == [f"{i}_sprint" for i in range(8)] + ["bad_sprint"]
    # Only what the killed worker had in hand was begun again; nothing that was finished.
    assert sum(map(batching.begun, clips)) <= len(clips) + 1
    again = run(plan.make([str(tmp_path / "clips")], str(out)), make=batching.make, scheduler=where)
    assert {outcome.status for outcome in again.outcomes} == {"unchanged"}


def test_no_scheduler_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE_S", 0.5)
    batching.clip(tmp_path / "clips" / "a.mp4")
    wanted = plan.make([str(tmp_path / "clips")], str(tmp_path / "out"))
    with pytest.raises(ConfigError, match=r"No scheduler answers at tcp://127\.0\.0\.1:1"):
        run(wanted, scheduler="tcp://127.0.0.1:1")


def test_a_scheduler_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE_S", 1.0)
    batching.clip(tmp_path / "clips" / "a.mp4")
    wanted = plan.make([str(tmp_path / "clips")], str(tmp_path / "out"))
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", folder=tmp_path)
    try:
        with pytest.raises(ConfigError, match="has no workers"):
            run(wanted, scheduler=address(scheduler))
    finally:
        scheduler.kill()
        scheduler.wait()
        assert scheduler.stderr is not None
        scheduler.stderr.close()
