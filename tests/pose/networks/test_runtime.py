from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from places import ROOT

from analyzer import cores
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


@pytest.fixture
def detector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[bytes]:
    """The detector, with an empty cache in which nothing is ready."""
    pytest.importorskip("openvino")
    data = weights.network(weights.model_path(), weights.DETECTOR)
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path))
    runtime._compiled.cache_clear()
    yield data
    runtime._compiled.cache_clear()


def seen(data: bytes) -> dict[str, bytes]:
    picture = np.random.default_rng(5).random((224, 224, 3), np.float32)
    runtime._compiled.cache_clear()
    found = runtime.Network(data, "openvino")(picture)
    return {name: output.tobytes() for name, output in found.items()}


def test_a_network_kept_ready_sees_the_same(detector: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    import openvino

    first = seen(detector)
    assert len(runtime.kept()) == 1
    monkeypatch.setattr(openvino.Core, "compile_model", None)  # nothing is compiled again
    assert seen(detector) == first


@pytest.mark.parametrize("left", [0, 20, 5_000_000])
def test_a_damaged_network_is_made_anew(detector: bytes, left: int) -> None:
    first = seen(detector)
    place = runtime.kept()[0]
    whole = place.read_bytes()
    place.write_bytes(whole[:left] + whole[left + 1 :] if left > 1000 else whole[:left])
    assert seen(detector) == first
    assert hashlib.sha256(place.read_bytes()[32:]).digest() == place.read_bytes()[:32]


def test_few_networks_are_kept_and_a_cache_that_cannot_be_written_stops_nothing(
    detector: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(runtime, "_MOST", 1)
    first = seen(detector)
    monkeypatch.setattr(cores, "usable", lambda: 3)  # another number of threads
    seen(detector)
    assert len(runtime.kept()) == 1
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path / "file"))
    assert seen(detector) == first
