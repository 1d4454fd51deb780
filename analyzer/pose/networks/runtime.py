"""What runs a network: OpenVINO where it is installed, LiteRT otherwise.

LiteRT is the interpreter that MediaPipe itself carries, so both give the same numbers; OpenVINO reads the
same files faster, to the same joints (docs/decisions/0015).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final

import cv2
import numpy as np

from analyzer import cores
from analyzer.errors import ModelError
from analyzer.pose import kept_files
from analyzer.pose.networks.heatmaps import Tensor
from analyzer.pose.networks.weights import cache_dir

RUNTIMES: Final = {"openvino": "openvino", "litert": "ai_edge_litert"}
"""The module of each runtime, the fastest first."""
_FOLDER: Final = "networks"
"""Of the cache, where networks are kept as OpenVINO made them ready: a fifth of the time to read back."""
_MOST: Final = 8
"""Kept networks; one takes 7 MB, and is another for another number of threads."""
_CHECK_BYTES: Final = 32
"""Before a kept network: the SHA-256 of it."""
_CONVERTER: Final = "openvino.tools.ovc"
"""What turns other frameworks' networks into OpenVINO's, and reports home."""


class Network:
    """One ``.tflite`` network, ready to run on one thread.

    Parameters
    ----------
    data : bytes
        The network, see ``weights.network``.
    runtime : str, optional
        "litert" or "openvino"; the first one installed if left out.

    Raises
    ------
    ModelError
        No runtime is installed, or it cannot run this network.
    """

    def __init__(self, data: bytes, runtime: str | None = None) -> None:
        self.runtime = runtime or installed()
        try:
            with quiet():
                self._run: Any = {"litert": _LiteRT, "openvino": _OpenVINO}[self.runtime](data)
        except (ImportError, RuntimeError, ValueError, KeyError) as error:
            raise ModelError(
                f"The pose network cannot be run by {self.runtime}.",
                str(error).splitlines()[0] if str(error) else type(error).__name__,
                "Leave the model out to use the default.",
                settings=("model",),
            ) from None

    def __call__(self, picture: Tensor) -> dict[str, Tensor]:
        """Run the network on a (h, w, 3) or (1, h, w, 3) picture; outputs by their names in the file."""
        outputs: dict[str, Tensor] = self._run(picture.reshape(1, *picture.shape[-3:]))
        return outputs


def installed() -> str:
    """Return the fastest runtime that is installed: OpenVINO comes with the extra ``fast``.

    One look of the full network takes 9.7 ms of one core with it and 13.2 ms with LiteRT, the detector 6.2
    and 7.8 ms; joints agree to 0.001 px. Its 16-bit floats take 6.6 ms where the processor has instructions
    for them, but move joints by 0.2 px (median), which is a fifth of their random error: not used.

    Raises
    ------
    ModelError
        None is.
    """
    from importlib.util import find_spec

    for name, module in RUNTIMES.items():
        if find_spec(module) is not None:
            return name
    raise ModelError(
        "Nothing is installed that can run the pose network.",
        "Neither ai-edge-litert nor openvino is there.",
        "Install one: pip install ai-edge-litert.",
    )


_ONE_AT_A_TIME: Final = threading.Lock()
"""Held while a network looks for the first time: that is one thread's alone."""


class _LiteRT:
    def __init__(self, data: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter  # type: ignore[import-untyped,import-not-found,unused-ignore]

        self._net = Interpreter(model_content=data, num_threads=1)
        self._net.allocate_tensors()
        self._input = self._net.get_input_details()[0]["index"]
        self._outputs = {o["name"]: o["index"] for o in self._net.get_output_details()}

    def __call__(self, picture: Tensor) -> dict[str, Tensor]:
        self._net.set_tensor(self._input, picture)
        self._net.invoke()
        return {name: self._net.get_tensor(index) for name, index in self._outputs.items()}


class _OpenVINO:
    def __init__(self, data: bytes) -> None:
        self._net = _compiled(data).create_infer_request()
        self._names = [output.any_name for output in self._net.model_outputs]

    def __call__(self, picture: Tensor) -> dict[str, Tensor]:
        self._net.infer({0: picture})
        return {name: self._net.get_output_tensor(i).data.copy() for i, name in enumerate(self._names)}


@lru_cache(maxsize=4)
def _compiled(data: bytes) -> Any:
    """Return a network ready for as many threads as this process has cores, each with one of its own."""
    with _without_converter():
        import openvino

    threads = cores.usable()
    # Without the precision hint it rounds to 16 bits on processors that can.
    options = {
        "NUM_STREAMS": threads,
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "f32",
    }
    core = openvino.Core()
    place = _place(data, openvino.get_version(), cv2.getCPUFeaturesLine(), sorted(options.items()))
    network = _as_it_was(core, place, options)
    if network is None:
        with _as_file(data) as path:
            network = core.compile_model(core.read_model(path), "CPU", options)
        _keep(network, place)
    with _ONE_AT_A_TIME:
        _look_once(network)
    return network


def kept() -> list[Path]:
    """Return the networks that are kept as they were made ready, the one used last first."""
    return kept_files.of_kind(_FOLDER, "bin")


def _place(data: bytes, *facts: object) -> Path:
    """Return where a network is kept that was made ready by this OpenVINO for this processor and threads."""
    key = hashlib.sha256(data)
    key.update(repr(facts).encode())
    return cache_dir() / _FOLDER / f"{key.hexdigest()[:24]}.bin"


def _as_it_was(core: Any, place: Path, options: dict[str, Any]) -> Any:
    """Return a network that was kept; None where there is none, or it is damaged."""
    try:
        saved = place.read_bytes()
        check, network = saved[:_CHECK_BYTES], saved[_CHECK_BYTES:]
        if hashlib.sha256(network).digest() != check:
            return None
        with contextlib.suppress(OSError):  # cleared meanwhile, or not ours to write
            os.utime(place)
        return core.import_model(network, "CPU", options)
    except (OSError, RuntimeError, TypeError):  # the last of a version that takes it otherwise
        return None


def _keep(network: Any, place: Path) -> None:
    """Keep a network, after a sum that tells whether it is whole."""
    made = network.export_model()
    content = made if isinstance(made, bytes) else made.getvalue()
    kept_files.put(place, lambda file: file.write(hashlib.sha256(content).digest() + content))
    kept_files.clear_out(kept()[_MOST:])


def _look_once(network: Any) -> None:
    """Have a network look at nothing, before several threads look at once.

    At the first look OpenVINO's binding waits for Python's lock while it holds one of its own, and another
    thread that looks for the first time, too, waits for that one with Python's: neither ever ends.
    """
    request = network.create_infer_request()
    request.infer({0: np.zeros(request.get_input_tensor(0).shape, np.float32)})
    for output in request.output_tensors:
        output.data.copy()


@contextlib.contextmanager
def _without_converter() -> Iterator[None]:
    """Have OpenVINO imported without what converts networks, and goes on without it where it is not there.

    It takes twice as long to import as all the rest, and tells Google Analytics of every import, unasked,
    under a number that it puts into the user's home.
    """
    modules: dict[str, Any] = sys.modules
    if _CONVERTER in modules:  # somebody's who uses OpenVINO himself, or another thread is here
        yield
        return
    modules[_CONVERTER] = None
    try:
        yield
    finally:
        modules.pop(_CONVERTER, None)


@contextlib.contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """Lend the network as a file: OpenVINO reads TFLite from a path only."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.tflite"
        path.write_bytes(data)
        yield str(path)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what native code prints to the error stream off the user's terminal.

    Threads may do so at once: the stream comes back when the last of them is done.
    """
    with _Silence.lock:
        if _Silence.threads == 0:
            sys.stderr.flush()
            _Silence.stream = os.dup(2)
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), 2)
        _Silence.threads += 1
    try:
        yield
    finally:
        with _Silence.lock:
            _Silence.threads -= 1
            if _Silence.threads == 0:
                os.dup2(_Silence.stream, 2)
                os.close(_Silence.stream)


class _Silence:
    """How many threads keep the error stream silent, and where it went before."""

    lock: ClassVar = threading.Lock()
    threads: ClassVar = 0
    stream: ClassVar = -1
