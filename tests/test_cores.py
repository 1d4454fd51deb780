"""Cores are dealt out, and what a process was given is kept to."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from analyzer import cores


@pytest.mark.parametrize(("n", "sizes"), [(1, [8]), (3, [2, 3, 3]), (8, [1] * 8), (10, [1] * 10)])
def test_every_process_has_a_share(n: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "available", lambda: list(range(8)))
    shares = cores.shares(n)
    assert [len(share) for share in shares] == sizes
    if n <= 8:
        assert sorted(core for share in shares for core in share) == list(range(8))


def test_fewer_than_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "available", lambda: list(range(8)))
    monkeypatch.setattr(cores, "_share", None)
    assert cores.usable() == 8
    cores.keep_to(3)
    assert cores.usable() == 3


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system does not know it")
def test_the_libraries_see_the_share_only() -> None:
    code = (
        "from analyzer import cores; cores.keep_to(cores.available()[:1])\n"
        "import cv2; print(cores.usable(), cv2.getNumberOfCPUs())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1"]
