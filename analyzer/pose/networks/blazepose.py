"""BlazePose's networks run directly: a frame and a box in, 33 landmarks out, no memory in between."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.pose.networks.crop import Cut, turned
from analyzer.pose.networks.heatmaps import located, sigmoid
from analyzer.pose.networks.pruning import without
from analyzer.pose.networks.runtime import Network
from analyzer.pose.networks.weights import LANDMARKS, network
from analyzer.video.frame import Frame, Image

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
_MASK: Final = (1, INPUT_PX, INPUT_PX, 1)
"""Shape of the person's mask, which the network also draws and nobody reads."""
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
        self._net = Network(without(network(model, LANDMARKS), _MASK), runtime)

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
