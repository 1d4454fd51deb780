"""BlazePose's networks run directly: a frame and a box in, 33 landmarks out, no memory in between.

LiteRT is the interpreter that MediaPipe itself carries, so both give the same numbers; OpenVINO reads the
same files faster, to the same joints, and is preferred where it is installed (docs/decisions/0015).
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np

from analyzer import cores
from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.errors import ModelError
from analyzer.pose.networks.heatmaps import Tensor, located, sigmoid
from analyzer.pose.networks.weights import LANDMARKS, network
from analyzer.video.frame import Frame, Image, part

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

REACH: Final = 1.5
"""Sides of a square that are cut out around it: it may be turned, and other looks are up to 1.25 as wide."""

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

RUNTIMES: Final = ("openvino", "litert")


def crop(image: Image | Frame, box: Array, size: int) -> tuple[Image, float, float, float]:
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
    cut = part(image, x0, y0, x1, y1)
    if cut.shape[:2] != (side, side):
        cut = np.pad(cut, ((y0 - top, top + side - y1), (x0 - left, left + side - x1), (0, 0)))
    method = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cut, (size, size), interpolation=method), np.uint8), left, top, side / size


@dataclass(frozen=True)
class Cut:
    """A square of a frame, kept to be looked at again when the frame itself is gone.

    ``left`` and ``top`` are the frame's px at its corner, ``step`` the frame's px in one of its own.
    """

    image: Image
    left: float
    top: float
    step: float


def around(image: Image | Frame, box: Array, size: int) -> Cut:
    """Cut out what a network of ``size`` px needs to look at a square in any turn, and a little more.

    Of a square more than twice as large as the network's input pixels are averaged first, so many that the
    input is one to two times coarser than what is cut out: one in many would miss thin limbs.
    """
    shrink = max(1, int(box[2] / size))
    grid = 2 * shrink
    height, width = (side // grid * grid if shrink > 1 else side for side in image.shape[:2])
    half = REACH * box[2] / 2 + 2
    x0, y0 = (max(0, int(v - half)) // grid * grid for v in box[:2])
    x1, y1 = (
        min(most, -int(-(v + half) // grid) * grid) for v, most in zip(box[:2], (width, height), strict=True)
    )
    if x0 >= x1 or y0 >= y1:
        return Cut(np.zeros((1, 1, 3), np.uint8), box[0] - 1e6, box[1] - 1e6, 1.0)
    return Cut(np.ascontiguousarray(part(image, x0, y0, x1, y1, shrink)), x0, y0, float(shrink))


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

    def detect(
        self, image: Image | Frame | Cut, box: Array, lean_deg: float = 0.0
    ) -> tuple[Array, Array] | None:
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

    def look(
        self, image: Image | Frame | Cut, box: Array, lean_deg: float = 0.0
    ) -> tuple[Array, Array, float]:
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
        self, image: Image | Frame | Cut, box: Array, lean_deg: float, *, mirrored: bool = False
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

    def look(
        self, image: Image | Frame | Cut, box: Array, lean_deg: float = 0.0
    ) -> tuple[Array, Array, float]:
        """Return (k, 2) px, (k,) confidence and how sure it is of a person; the first 33 count."""
        ...


def wider(net: Looks, image: Image | Frame | Cut, box: Array, lean_deg: float) -> tuple[Array, Array, float]:
    """Look as ``LandmarkNet.look`` in a wider square, and if nobody is seen in an upright one."""
    found = net.look(image, box * (1, 1, WIDER), lean_deg)
    return found if found[2] >= MIN_SCORE else net.look(image, box * (1, 1, WIDER), 0.0)


def turned(image: Image | Frame | Cut, box: Array, lean_deg: float, size: int) -> tuple[Image, Array]:
    """Cut the square ``box`` out of a frame, turned so that a body leaning by ``lean_deg`` is upright.

    Returns
    -------
    picture : (size, size, 3) uint8
    to_frame : (2, 3)
        From points of the picture to the frame's; a point at (0, 0) is the first pixel's corner.
    """
    box = np.asarray(box, np.float64)
    cut = image if isinstance(image, Cut) else around(image, box, size)
    scale = box[2] / size / cut.step
    c, s = scale * np.cos(np.radians(lean_deg)), scale * np.sin(np.radians(lean_deg))
    turn = np.array([[c, -s, 0.0], [s, c, 0.0]])
    middle = (box[:2] - (cut.left, cut.top)) / cut.step
    turn[:, 2] = middle - turn[:, :2] @ (size / 2, size / 2)
    shifted = turn.copy()  # OpenCV counts from the middle of the first pixel
    shifted[:, 2] += turn[:, :2] @ (0.5, 0.5) - 0.5
    picture = cv2.warpAffine(cut.image, shifted, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    back = cut.step * turn
    back[:, 2] += (cut.left, cut.top)
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

    for name, module in (("openvino", "openvino"), ("litert", "ai_edge_litert")):
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
        self._net = _compiled(data).create_infer_request()
        self._names = [output.any_name for output in self._net.model_outputs]

    def __call__(self, picture: Tensor) -> dict[str, Tensor]:
        self._net.infer({0: picture})
        return {name: self._net.get_output_tensor(i).data.copy() for i, name in enumerate(self._names)}


@lru_cache(maxsize=4)
def _compiled(data: bytes) -> Any:
    """Return a network ready for as many threads as this process has cores, each with one of its own."""
    import openvino

    threads = cores.usable()
    # Without the precision hint it rounds to 16 bits on processors that can.
    options = {
        "NUM_STREAMS": threads,
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "f32",
    }
    core = openvino.Core()
    with _as_file(data) as path:
        return core.compile_model(core.read_model(path), "CPU", options)


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
