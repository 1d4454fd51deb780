"""BlazePose's networks run directly: a picture in, numbers out, no graph and no memory in between.

LiteRT is the interpreter that MediaPipe itself carries, so both give the same numbers; OpenVINO
reads the same files and is used where LiteRT is not installed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.data import Array
from analyzer.errors import ModelError
from analyzer.video import Image

Tensor = NDArray[np.float32]

RUNTIMES: Final = ("litert", "openvino")


def crop(image: Image, box: Array, size: int) -> tuple[Image, float, float, float]:
    """Cut the square ``box`` (centre x, centre y, side in px) out of a frame and scale it.

    Returns
    -------
    picture : (size, size, 3) uint8
        Black where the box reaches out of the frame.
    left, top : float
        Frame pixel of the picture's upper left corner.
    scale : float
        Frame pixels in one pixel of the picture.
    """
    side = max(8, round(float(box[2])))
    left, top = round(float(box[0]) - side / 2), round(float(box[1]) - side / 2)
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    if x0 >= x1 or y0 >= y1:
        return np.zeros((size, size, 3), np.uint8), left, top, side / size
    cut: Image = image[y0:y1, x0:x1]
    if cut.shape[:2] != (side, side):
        cut = np.pad(cut, ((y0 - top, top + side - y1), (x0 - left, left + side - x1), (0, 0)))
    method = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cut, (size, size), interpolation=method), np.uint8), left, top, side / size


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
                "Leave --model out to use the default.",
            ) from None

    def __call__(self, picture: Tensor) -> dict[str, Tensor]:
        """Run the network on a (h, w, 3) or (1, h, w, 3) picture; outputs by their names in the file."""
        outputs: dict[str, Tensor] = self._run(picture.reshape(1, *picture.shape[-3:]))
        return outputs


def installed() -> str:
    """Return the first runtime that is installed.

    Raises
    ------
    ModelError
        None is.
    """
    from importlib.util import find_spec

    for name, module in (("litert", "ai_edge_litert"), ("openvino", "openvino")):
        if find_spec(module) is not None:
            return name
    raise ModelError(
        "Nothing is installed that can run the pose network.",
        "Neither ai-edge-litert nor openvino is there.",
        "Install one: pip install ai-edge-litert.",
    )


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
        import openvino

        # Without the precision hint it rounds to 16 bits on processors that can.
        options = {
            "INFERENCE_NUM_THREADS": 1,
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
        }
        core = openvino.Core()
        with _as_file(data) as path:
            self._net = core.compile_model(core.read_model(path), "CPU", options).create_infer_request()
        self._names = [output.any_name for output in self._net.model_outputs]

    def __call__(self, picture: Tensor) -> dict[str, Tensor]:
        self._net.infer({0: picture})
        return {name: self._net.get_output_tensor(i).data.copy() for i, name in enumerate(self._names)}


@contextlib.contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """Lend the network as a file: OpenVINO reads TFLite from a path only."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.tflite"
        path.write_bytes(data)
        yield str(path)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what native code prints to the error stream off the user's terminal."""
    sys.stderr.flush()
    keep = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(keep, 2)
            os.close(keep)
