"""BlazePose's networks run directly: a frame and a box in, 33 landmarks out, no memory in between.

LiteRT is the interpreter that MediaPipe itself carries, so both give the same numbers; OpenVINO
reads the same files and is used where LiteRT is not installed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.errors import ModelError
from analyzer.pose.networks.heatmaps import Tensor, located, sigmoid
from analyzer.pose.networks.weights import LANDMARKS, network
from analyzer.video.reader import Image

INPUT_PX: Final = 256
MIN_SCORE: Final = 0.5
"""Below this the network has not seen a person; MediaPipe's own threshold."""

SIDE_OF_STATURE: Final = 1.2
"""Best side of the square in standing heights. On three rendered runners (two bodies, 300 px) the
median joint error was 1.05-1.35, 1.08-1.29, 1.16-1.37 and 1.20-1.51 % of the height at 1.1, 1.2, 1.3
and 1.4 heights, the square centred on the hips and turned with the trunk; not turned, up to 0.13 more."""

WIDER: Final = 1.2
"""Whoever is not seen in the square that fits may be in one wider by this, or not turned: of a body without a
head that the picture's edge cuts off the network was sure in 3 frames of 10 in the first, in 9 of 10 then."""

_MARKS: Final = 39
_SIDES: Final = (11 / 12, 13 / 12)
_DOUBT: Final = 0.025  # of the square's side: views this far apart halve the confidence
_OTHER: Final = np.array(
    [
        BLAZEPOSE.index(name.replace("left", "?").replace("right", "left").replace("?", "right"))
        for name in BLAZEPOSE
    ]
    + list(range(33, _MARKS))
)
_PAIRS: Final = tuple(
    np.array([BLAZEPOSE.index(f"{side}_{joint}") for side in ("left", "right") for joint in joints])
    for joints in (
        ("hip", "knee", "ankle", "heel", "foot_index"),
        ("shoulder", "elbow", "wrist", "pinky", "index", "thumb"),
    )
)

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


class LandmarkNet:
    """The 33 landmarks of the person in a square, each frame for itself.

    The landmark network sees the square scaled to 256 px and gives 39 points of 5 numbers (x, y, z,
    visibility, presence) and a heat map for each; the points are refined from the maps, see ``heat``.
    Nothing is remembered from one frame to the next, so frames may come in any order.

    Parameters
    ----------
    model : Path
        A ``.task`` bundle, see ``weights.model_path``.
    runtime : str, optional
        See ``Network``.
    views : int
        How often each frame is looked at: 1; 2, also mirrored; 4, also in a square a twelfth smaller
        and larger. Where views differ the confidence falls.
    """

    def __init__(self, model: Path, runtime: str | None = None, views: int = 1) -> None:
        self.model, self.views = model, views
        self._net = Network(network(model, LANDMARKS), runtime)

    def reset(self) -> None:
        """Do nothing: there is nothing to forget (``blazepose.Landmarker`` has something)."""

    def detect(self, image: Image, box: Array, lean_deg: float = 0.0) -> tuple[Array, Array] | None:
        """Find the landmarks of the person in ``box``.

        Parameters
        ----------
        image : (h, w, 3) uint8 RGB
        box : (3,) px
            Centre x, centre y and side of a square around the athlete, best centred on the hips and
            ``SIDE_OF_STATURE`` standing heights wide.
        lean_deg : float
            How far the body leans from upright, positive to the right; the square is turned with it.

        Returns
        -------
        xy : (33, 2) px of the frame, y down
        confidence : (33,) in 0..1
            Visibility in this frame.
        None if nobody is found.
        """
        xy, visibility, score = self.look(image, box, lean_deg)
        return (xy[:33], visibility[:33]) if score >= MIN_SCORE else None

    def look(self, image: Image, box: Array, lean_deg: float = 0.0) -> tuple[Array, Array, float]:
        """Look at the person in ``box`` without judging whether there is one; as ``detect``.

        Returns
        -------
        xy : (39, 2) px of the frame
            The last six help to place the next box: 33 is the middle of the hips, 34 a point on the
            circle around the whole body.
        visibility : (39,) in 0..1
        score : float
            How sure the network is of a person, 0..1.
        """
        first = self._view(image, box, lean_deg)
        if self.views < 2:
            return first
        looks = [first, self._view(image, box, lean_deg, mirrored=True)]
        if self.views > 2:
            looks += [self._view(image, box * (1, 1, k), lean_deg) for k in _SIDES]
        xy, sure = fused([xy for xy, _, _ in looks], [v for _, v, _ in looks], float(box[2]))
        return xy, sure, first[2]

    def _view(
        self, image: Image, box: Array, lean_deg: float, *, mirrored: bool = False
    ) -> tuple[Array, Array, float]:
        picture, to_frame = turned(image, box, lean_deg, INPUT_PX)
        if mirrored:
            picture = picture[:, ::-1]
        output = self._net(picture.astype(np.float32) / np.float32(255))
        by_size = {value.size: value for value in output.values()}
        marks = by_size[_MARKS * 5].reshape(_MARKS, 5).astype(np.float64)
        heat = by_size[_MARKS * 64 * 64].reshape(64, 64, _MARKS)
        xy = located(marks[:, :2] / INPUT_PX, heat) * INPUT_PX
        visibility = sigmoid(marks[:, 3])
        if mirrored:
            xy, visibility = xy[_OTHER] * (-1, 1) + (INPUT_PX, 0), visibility[_OTHER]
        return xy @ to_frame[:, :2].T + to_frame[:, 2], visibility, float(by_size[1].ravel()[0])


class Looks(Protocol):
    """What reads joints from a square of a frame, see ``LandmarkNet.look``."""

    def look(self, image: Image, box: Array, lean_deg: float = 0.0) -> tuple[Array, Array, float]:
        """Return (k, 2) px, (k,) confidence and how sure it is of a person; the first 33 count."""
        ...


def wider(net: Looks, image: Image, box: Array, lean_deg: float) -> tuple[Array, Array, float]:
    """Look as ``LandmarkNet.look`` in a wider square, and if nobody is seen in an upright one."""
    found = net.look(image, box * (1, 1, WIDER), lean_deg)
    return found if found[2] >= MIN_SCORE else net.look(image, box * (1, 1, WIDER), 0.0)


def turned(image: Image, box: Array, lean_deg: float, size: int) -> tuple[Image, Array]:
    """Cut the square ``box`` out of a frame, turned so that a body leaning by ``lean_deg`` is upright.

    Returns
    -------
    picture : (size, size, 3) uint8
    to_frame : (2, 3)
        From points of the picture to the frame's; a point at (0, 0) is the first pixel's corner.
    """
    box = np.asarray(box, np.float64)
    before = np.eye(3)[:2]
    scale = box[2] / size
    if scale > 2.0:  # averaged first: one pixel in many would miss thin limbs
        reach = round(1.5 * size)
        image, left, top, step = crop(image, box * (1, 1, 1.5), reach)
        before = np.array([[step, 0, left], [0, step, top]])
        box = np.array([(box[0] - left) / step, (box[1] - top) / step, box[2] / step])
        scale = box[2] / size
    c, s = scale * np.cos(np.radians(lean_deg)), scale * np.sin(np.radians(lean_deg))
    turn = np.array([[c, -s, 0.0], [s, c, 0.0]])
    turn[:, 2] = box[:2] - turn[:, :2] @ (size / 2, size / 2)
    shifted = turn.copy()  # OpenCV counts from the middle of the first pixel
    shifted[:, 2] += turn[:, :2] @ (0.5, 0.5) - 0.5
    picture = cv2.warpAffine(image, shifted, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    back = before[:, :2] @ turn
    back[:, 2] += before[:, 2]
    return np.asarray(picture, np.uint8), back


def fused(looks: list[Array], visibility: list[Array], side: float) -> tuple[Array, Array]:
    """Make one of several looks at the same body.

    A look that has the legs or the arms the other way round than the first is turned back first.

    Parameters
    ----------
    looks : list of (39, 2) px
    visibility : list of (39,) in 0..1
    side : float
        Of the square, px.

    Returns
    -------
    xy : (39, 2) px
        Their median; of two, the mean.
    confidence : (39,) in 0..1
        Mean visibility, less where the looks differ: on rendered runners with exact truth, joints
        within 1 % of the standing height of each other were 0.8 % off (median), beyond 4 % 6.7 %.
    """
    aligned = [looks[0]]
    for xy in looks[1:]:
        xy = xy.copy()
        for pair in _PAIRS:
            straight = np.hypot(*(xy[pair] - looks[0][pair]).T).sum()
            crossed = np.hypot(*(xy[_OTHER[pair]] - looks[0][pair]).T).sum()
            if crossed < straight:
                xy[pair] = xy[_OTHER[pair]]
        aligned.append(xy)
    all_of = np.array(aligned)
    middle: Array = np.median(all_of, axis=0)
    spread = 2 * np.hypot(*np.moveaxis(all_of - middle, -1, 0)).mean(axis=0) / (_DOUBT * side)
    sure: Array = np.mean(visibility, axis=0) / (1 + spread**2)
    return middle, sure


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
