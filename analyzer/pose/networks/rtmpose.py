"""RTMPose through rtmlib, where it is installed: a frame and a box in, a Halpe or COCO body out.

The only file that imports rtmlib, which fetches the weights to the user's machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE, COCO17, HALPE26
from analyzer.errors import ModelError
from analyzer.pose.networks.crop import Cut, turned
from analyzer.video.frame import Frame, Image

MODES: Final = {"fast": "lightweight", "balanced": "balanced", "best": "performance"}
"""rtmlib's names for small, middle and large weights."""

_SKELETONS: Final = {len(names): names for names in (COCO17, HALPE26)}
_PADDING: Final = 1.25  # how much wider than the box it is given rtmlib looks
_WIDER: Final = 1.15  # what it sees is a quarter narrower than high
_PERSON: Final = 0.3  # usual score of the body's points, from which somebody is there


class Rtmpose:
    """The joints of the person in a square, each frame for itself; as ``blazepose.LandmarkNet``.

    Parameters
    ----------
    quality : str
        Which weights, see ``MODES``.
    weights : Path, optional
        An ONNX file of RTMPose to use instead of those that rtmlib fetches.

    Raises
    ------
    ModelError
        rtmlib is not installed, or has no weights that can be run.
    """

    def __init__(
        self, quality: Literal["fast", "balanced", "best"] = "balanced", weights: Path | None = None
    ) -> None:
        try:
            import rtmlib
        except ImportError:
            raise ModelError(
                "RTMPose is not installed.",
                "The engine rtmpose needs the package rtmlib.",
                'Install it (pip install "sprint-analyzer[rtmpose]"), or choose another engine.',
                settings=("engine",),
            ) from None
        facts = rtmlib.BodyWithFeet.MODE[MODES[quality]]
        source = facts["pose"] if weights is None else str(weights)
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # it talks
                self._net: Any = rtmlib.RTMPose(source, facts["pose_input_size"], backend="onnxruntime")
        except Exception as error:  # noqa: BLE001  (of the network, the archive, onnxruntime: all its own kinds)
            raise ModelError(
                "The weights of RTMPose cannot be used.",
                str(error).splitlines()[0] if str(error) else type(error).__name__,
                "It fetches them once: check the connection, or choose another engine.",
                settings=("engine",),
            ) from None

    @property
    def sha256(self) -> str:
        """Hash of the weights; empty where rtmlib does not keep them in a file."""
        path = Path(str(getattr(self._net, "onnx_model", "")))
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""

    def look(
        self, image: Image | Frame | Cut, box: Array, lean_deg: float = 0.0
    ) -> tuple[Array, Array, float]:
        """Look at the person in ``box``, px, as ``blazepose.LandmarkNet.look``.

        Returns
        -------
        xy : (33, 2) px of the frame
            In BlazePose's order; NaN for joints that the skeleton lacks.
        confidence : (33,) in 0..1
        score : float
            1 where somebody is seen, else 0.
        """
        size = int(self._net.model_input_size[1])
        picture, to_frame = turned(image, np.asarray(box) * (1, 1, _WIDER), lean_deg, size)
        low, high = size * (0.5 - 0.5 / _PADDING), size * (0.5 + 0.5 / _PADDING)
        # The networks were trained on RGB, which is what frames are here; rtmlib does not change it.
        points, scores = self._net(picture, [[low, low, high, high]])
        marks, sure = np.asarray(points[0], np.float64), np.clip(np.asarray(scores[0], np.float64), 0, 1)
        names = _SKELETONS.get(len(marks))
        if names is None:
            raise ModelError(
                "These weights of RTMPose find a body that is not known here.",
                f"It has {len(marks)} points; known are {', '.join(str(n) for n in sorted(_SKELETONS))}.",
                "Use weights for Halpe-26 or COCO-17.",
            )
        xy, confidence = np.full((len(BLAZEPOSE), 2), np.nan), np.zeros(len(BLAZEPOSE))
        for k, name in enumerate(names):
            if name:
                xy[BLAZEPOSE.index(name)] = to_frame[:, :2] @ (marks[k] + 0.5) + to_frame[:, 2]
                confidence[BLAZEPOSE.index(name)] = sure[k]
        return xy, confidence, float(np.median(sure[: len(COCO17)]) >= _PERSON)
