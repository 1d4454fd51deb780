"""Finding people in a picture with BlazePose's own detector, on any part of it and at any size.

The detector is a single-shot network on 224 px (Bazarevsky et al. 2020, arXiv:2006.10204): each of
its 2254 anchors says how sure it is of a person and where the hips and the circle around the whole
body are, as the Vitruvian man. A person found is at least about a fifth of the region looked at, so
small athletes need the picture cut into overlapping tiles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Final

import numpy as np

from analyzer import cores
from analyzer.arrays import Array
from analyzer.pose.networks.crop import around, turned
from analyzer.pose.networks.heatmaps import Tensor
from analyzer.pose.networks.runtime import Network
from analyzer.pose.networks.weights import DETECTOR, network
from analyzer.video.frame import Frame, Image

INPUT_PX: Final = 224
_GRIDS: Final = (
    (28, 2),
    (14, 2),
    (7, 6),
)  # cells a side, anchors a cell: strides of 8, 16 and three of 32 px
_SAME: Final = 0.35  # of the smaller circle's diameter: nearer hips are the same person


_UPRIGHT_DEG: Final = 70.0  # a sprinter leaves the blocks at about 45 degrees


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody found: a circle around the whole body, in px of the picture given.

    ``x``, ``y`` is the middle of the hips, ``size`` the diameter of the circle around them that holds
    head and feet, ``lean_deg`` the body's axis against upright (positive to the right), ``score`` 0..1.
    """

    x: float
    y: float
    size: float
    score: float
    lean_deg: float = 0.0


class Detector:
    """BlazePose's person detector.

    Parameters
    ----------
    model : Path
        A ``.task`` bundle, see ``weights.model_path``.
    runtime : str, optional
        See ``runtime.Network``.
    same : float
        Nearer hips are the same person, shares of the smaller circle's diameter.
    """

    _same: float = _SAME

    def __init__(self, model: Path, runtime: str | None = None, *, same: float = _SAME) -> None:
        self._same = same
        data = network(model, DETECTOR)
        threads = cores.usable()
        self._pool = ThreadPoolExecutor(threads)
        self._idle: SimpleQueue[Network] = SimpleQueue()
        for _ in range(threads):
            self._idle.put(Network(data, runtime))

    def find(
        self, image: Image | Frame, region: tuple[float, float, float] | None = None, min_score: float = 0.4
    ) -> list[Person]:
        """Find people in a square region of a picture, the surest first.

        Parameters
        ----------
        image : (h, w, 3) uint8 RGB
        region : (centre x, centre y, side) px, optional
            The square looked at, which may reach out of the picture; the whole picture if left out.
        min_score : float
            Whom to leave out.
        """
        height, width = image.shape[:2]
        x, y, side = region if region is not None else (width / 2, height / 2, max(width, height))
        box = np.array([x, y, side])
        picture, to_frame = turned(around(image, box, INPUT_PX, reach=1.0), box, 0.0, INPUT_PX)
        net = self._idle.get()
        try:
            output = net(picture.astype(np.float32) / np.float32(127.5) - np.float32(1))
        finally:
            self._idle.put(net)
        raw = next(v for v in output.values() if v.shape[-1] == 12)[0]
        logit = next(v for v in output.values() if v.shape[-1] == 1)[0, :, 0]
        left, top, scale = (float(to_frame[at]) for at in ((0, 2), (1, 2), (0, 0)))
        return people(raw, logit, (left, top, scale), min_score, self._same)

    def find_each(
        self, image: Image | Frame, regions: Sequence[tuple[float, float, float] | None]
    ) -> list[list[Person]]:
        """Find people in several regions of a picture at once, a list for each; as ``find``."""
        return list(self._pool.map(lambda region: self.find(image, region), regions))

    def sweep(self, image: Image | Frame, size: float, min_score: float = 0.4) -> list[Person]:
        """Find upright people of about ``size`` px (half to twice of it) anywhere in a picture.

        The picture is covered with tiles of three times that size which overlap by a half. In tiles
        without anybody the detector fancies giants and people lying down: they are left out.
        """
        height, width = image.shape[:2]
        side = min(3.0 * size, float(max(width, height)))
        found: list[Person] = []
        for y in _centres(height, side):
            for x in _centres(width, side):
                found += self.find(image, (float(x), float(y), side), min_score)
        return _merged(
            [
                p
                for p in found
                if size / 2 <= p.size <= size * 2
                and abs(p.lean_deg) <= _UPRIGHT_DEG
                and 0 <= p.x < width
                and 0 <= p.y < height
            ],
            self._same,
        )


def people(
    raw: Tensor,
    logit: Tensor,
    place: tuple[float, float, float],
    min_score: float,
    same: float = _SAME,
) -> list[Person]:
    """Turn the detector's numbers into people.

    Parameters
    ----------
    raw : (2254, 12)
        For each anchor a box and four points, in input px from the anchor: hips' middle, a point on
        the circle around the body (above the head when upright), and the same for the upper body.
    logit : (2254,)
    place : (left, top, scale)
        Where the input's corner is in the picture, and picture px in one input px.
    min_score : float
    same : float
        As of ``Detector``.
    """
    score = 1 / (1 + np.exp(-np.clip(logit.astype(np.float64), -100, 100)))
    chosen = np.flatnonzero(score >= min_score)
    hips = raw[chosen, 4:6] + _ANCHORS[chosen]
    rim = raw[chosen, 6:8] + _ANCHORS[chosen]
    left, top, scale = place
    found = []
    for k, hip, up in zip(chosen, hips, rim - hips, strict=True):
        lean = math.degrees(math.atan2(up[0], -up[1]))
        found.append(
            Person(
                left + scale * float(hip[0]),
                top + scale * float(hip[1]),
                2 * scale * float(np.hypot(*up)),
                float(score[k]),
                lean,
            )
        )
    return _merged(found, same)


def _merged(found: list[Person], near: float = _SAME) -> list[Person]:
    """Make one of those that mean the same person: their mean, weighted by score."""
    left = sorted(found, key=lambda p: -p.score)
    out = []
    while left:
        best = left[0]
        same = [
            p
            for p in left
            if math.hypot(p.x - best.x, p.y - best.y) < near * min(p.size, best.size)
            and p.size < 1.7 * best.size
            and best.size < 1.7 * p.size
        ]
        left = [p for p in left if p not in same]
        weight = np.array([p.score for p in same])
        mean = np.average([(p.x, p.y, p.size, p.lean_deg) for p in same], axis=0, weights=weight)
        out.append(Person(mean[0], mean[1], mean[2], best.score, mean[3]))
    return out


def _anchors() -> Array:
    """Return the (2254, 2) centres of the anchors in input px, in the network's order."""
    points = []
    for cells, times in _GRIDS:
        at = (np.arange(cells) + 0.5) * (INPUT_PX / cells)
        grid = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)  # x fastest
        points.append(np.repeat(grid, times, axis=0))
    return np.concatenate(points)


_ANCHORS: Final = _anchors()


def _centres(length: int, side: float) -> Array:
    """Return where tiles of ``side`` that overlap by a half are centred to cover ``length`` px."""
    if length <= side:
        return np.array([length / 2])
    n = math.ceil((length - side) / (side / 2)) + 1
    return np.linspace(side / 2, length - side / 2, n)
