from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest
from places import ROOT

from analyzer.pose.networks import runtime, weights
from analyzer.pose.networks.runtime import quiet


def where(descriptor: int) -> tuple[int, int]:
    about = os.fstat(descriptor)
    return about.st_dev, about.st_ino


def test_the_error_stream_comes_back_when_threads_silence_it_at_once() -> None:
    before, nowhere = where(2), (os.stat(os.devnull).st_dev, os.stat(os.devnull).st_ino)
    first_in, second_in, first_out = (threading.Event() for _ in range(3))
    during: list[tuple[int, int]] = []

    def first() -> None:
        with quiet():
            first_in.set()
            second_in.wait(5)
        first_out.set()

    def second() -> None:
        first_in.wait(5)
        with quiet():
            second_in.set()
            first_out.wait(5)
            during.append(where(2))

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert during == [nowhere]
    assert where(2) == before


def test_openvino_reports_to_nobody(tmp_path: Path) -> None:
    pytest.importorskip("openvino")
    script = (
        "import sys\n"
        "from analyzer.pose.networks import runtime\n"
        "with runtime._without_converter():\n"
        "    import openvino\n"
        "assert 'openvino_telemetry' not in sys.modules\n"
        "openvino.Core()\n"
    )
    home = os.environ | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=home, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []  # where it had kept the number that it reported under


def test_who_uses_openvino_himself_keeps_what_he_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = ModuleType(runtime._CONVERTER)
    monkeypatch.setitem(sys.modules, runtime._CONVERTER, theirs)
    with runtime._without_converter():
        assert sys.modules[runtime._CONVERTER] is theirs
    assert sys.modules[runtime._CONVERTER] is theirs


def test_a_network_has_looked_before_threads_look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads whose first looks come at once can wait for each other for good."""
    openvino = pytest.importorskip("openvino")
    looks: list[str] = []
    whole = openvino.InferRequest.infer

    def infer(self: object, *given: object, **more: object) -> object:
        looks.append(threading.current_thread().name)
        return whole(self, *given, **more)

    monkeypatch.setattr(openvino.InferRequest, "infer", infer)
    runtime._compiled.cache_clear()
    data = weights.network(weights.model_path(), weights.DETECTOR)
    for name in ("first", "second"):
        maker = threading.Thread(target=runtime.Network, args=(data, "openvino"), name=name)
        maker.start()
        maker.join()
    assert looks == ["first"]
