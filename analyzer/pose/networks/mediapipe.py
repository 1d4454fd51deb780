"""BlazePose through MediaPipe's own graph: a frame and a box in, 33 landmarks out.

The only file that imports mediapipe.
"""

from __future__ import annotations

import contextlib
import weakref
from pathlib import Path
from typing import Final

import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

from analyzer.arrays import Array
from analyzer.errors import ModelError
from analyzer.pose.networks.crop import Cut, crop
from analyzer.pose.networks.runtime import quiet
from analyzer.video.frame import Frame, Image

CROP_PX: Final = 512
"""Side of the picture handed to the graph, which cuts its own 256-px input out of it."""

_MARKS: Final = 33
_WIDER: Final = 1.3

# The graph low-passes landmarks by their time stamps; a thousand seconds between frames leaves the
# newest frame all the weight. The argument is in whole milliseconds.
_STEP_MS: Final = 1_000_000


class Landmarker:
    """The 33 landmarks of the person in a crop.

    The graph remembers where the person was inside the crop and starts its search there, so hand it
    the frames of one athlete in order; at the start of a clip or chunk, and after a loss, it searches
    the whole crop.

    Parameters
    ----------
    model : Path
        A ``.task`` bundle, see ``weights.model_path``.

    Raises
    ------
    ModelError
        MediaPipe cannot run the bundle.
    """

    def __init__(self, model: Path) -> None:
        self.model = model
        self._start()

    def _start(self) -> None:
        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=Path(self.model).read_bytes()),
            running_mode=vision.RunningMode.VIDEO,
        )
        self._clock, self._talks = 0, True
        try:
            with quiet():
                self._graph = vision.PoseLandmarker.create_from_options(options)
                self._close = weakref.finalize(self, _close, self._graph)
                self._detect(np.zeros((CROP_PX, CROP_PX, 3), np.uint8))  # starts its threads, with their talk
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"MediaPipe cannot run the pose model {Path(self.model).name}.",
                str(error).splitlines()[0] if str(error) else type(error).__name__,
                "Leave the model out to use the default.",
                settings=("model",),
            ) from None

    def detect(self, image: Image | Frame, box: Array) -> tuple[Array, Array] | None:
        """Find the landmarks of the person in ``box``.

        Parameters
        ----------
        image : Frame, or (h, w, 3) uint8 RGB
        box : (3,) px
            Centre x, centre y and side of a square around the athlete, 1.25 to 2 body heights.

        Returns
        -------
        xy : (33, 2) px of the frame, y down
        confidence : (33,) in 0..1
            Visibility; MediaPipe returns a running mean of it over frames.
        None if nobody is found.
        """
        picture, left, top, scale = crop(image, box, CROP_PX)
        with quiet() if self._talks else contextlib.nullcontext():
            found = self._detect(picture)
            if found is None:  # a stale region; now that it is dropped, the detector searches the crop
                found = self._detect(picture)
        if found is None:
            return None
        self._talks = False  # the last of its warnings comes with the first person found
        xy, confidence = found
        return xy * (scale * CROP_PX) + (left, top), confidence

    def look(
        self,
        image: Image | Frame | Cut,
        box: Array,
        lean_deg: float = 0.0,  # noqa: ARG002  (it finds the lean)
    ) -> tuple[Array, Array, float]:
        """Find the landmarks as ``blazepose.LandmarkNet.look`` does; the score is 1 or 0.

        The box is widened to what the graph's own detector needs; the graph finds the lean by itself.
        """
        assert not isinstance(image, Cut), "its memory goes from frame to frame, so nothing is read twice"
        found = self.detect(image, np.asarray(box) * (1.0, 1.0, _WIDER))
        if found is None:
            return np.full((_MARKS, 2), np.nan), np.zeros(_MARKS), 0.0
        return *found, 1.0

    def _detect(self, picture: Image) -> tuple[Array, Array] | None:
        self._clock += _STEP_MS
        result = self._graph.detect_for_video(
            mp.Image(image_format=mp.ImageFormat.SRGB, data=picture), self._clock
        )
        if not result.pose_landmarks:
            return None
        marks = result.pose_landmarks[0]
        return (
            np.array([(m.x, m.y) for m in marks], dtype=np.float64),
            np.array([m.visibility for m in marks], dtype=np.float64),
        )


def _close(graph: vision.PoseLandmarker) -> None:
    try:
        graph.close()
    except RuntimeError:  # the interpreter is going down and MediaPipe's thread is gone already
        vars(graph)["close"] = lambda: None
