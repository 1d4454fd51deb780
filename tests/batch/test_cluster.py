"""The same work on a real scheduler and worker processes of this machine, one killed in the middle."""

from __future__ import annotations

import csv
import os
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
from analyzer.batch.job import Outcome
from analyzer.batch.run import run
from analyzer.errors import ConfigError
from benchmarks.dask_here import machines

Client = pytest.importorskip("distributed").Client


SETTINGS = {
    "PYTHONPATH": os.pathsep.join([str(Path(batching.__file__).parent), *sys.path]),
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false",
}


@pytest.fixture
def cluster_of_two(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    with machines(tmp_path, SETTINGS) as here:
        yield here


def test_a_worker_killed_in_the_middle_loses_nothing(
    cluster_of_two: tuple[str, list[subprocess.Popen[str]]], tmp_path: Path
) -> None:
    where, workers = cluster_of_two
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


def test_a_result_lost_with_its_worker_is_waited_for(
    cluster_of_two: tuple[str, list[subprocess.Popen[str]]], tmp_path: Path
) -> None:
    where, _ = cluster_of_two
    for i in range(3):
        batching.clip(tmp_path / "clips" / f"{i}.mp4")
    batching.clip(tmp_path / "clips" / "long.mp4", "slow 5")
    out = tmp_path / "season"
    wanted = plan.make([str(tmp_path / "clips")], str(out))
    outcomes: list[Outcome] = []
    with Client(where, set_as_default=False) as looking:
        ids = looking.run(os.getpid)

        def done(outcome: Outcome) -> None:
            outcomes.append(outcome)
            if len(outcomes) > 1:
                return
            while len(list(out.glob("*/batch.json"))) < 3 or sum(map(len, looking.processing().values())) > 1:
                time.sleep(0.02)
            # All but the long one are done; what came of them lies with the worker that has nothing to do.
            (idle,) = (worker for worker, tasks in looking.processing().items() if not tasks)
            os.kill(ids[idle], signal.SIGKILL)
            while len(looking.processing()) > 1:
                time.sleep(0.02)

        cluster.each(wanted.jobs, batching.make, where, done)
    assert [(outcome.job.name, outcome.failure) for outcome in outcomes if outcome.failure] == []
    assert len(outcomes) == 4


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
    with (
        machines(tmp_path, SETTINGS, workers=0) as (where, _),
        pytest.raises(ConfigError, match="has no workers"),
    ):
        run(wanted, scheduler=where)
