"""How one picture maps onto another: corners found again, and the simplest motion they agree on.

A camera on a tripod or in a hand turns and zooms; with the focal length known that leaves four numbers
where a homography has eight, which is what keeps long chains of pictures straight. The focal length
follows from how the picture is stretched towards its edges as the camera turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array, Bools
from analyzer.signals.robust import median

Grey = NDArray[np.uint8]

WORK_PX: Final = 640
"""Longer side of the pictures that are registered."""
STILL_PX: Final = 0.35
"""A background that never moves by more, in registered pixels, is taken to be exactly still."""
MIN_POINTS: Final = 12
"""Corners that must agree on one motion, at least."""
MIN_SHARE: Final = 0.35
"""Share of the corners followed that must agree on one motion."""
SHARP: Final = (0.003, 5, 17)
"""Corners at least so strong against the best, so far apart, and the window they are sought with, px."""
FAINT: Final = (0.0005, 8, 31)
"""For blurred and bare ground, where only much together gives hold."""

_TOLERANCE_PX = 1.5
_DRAWN_PX = 0.4  # corners that move less, where the background moves thrice as far, are of a logo or a border
_FLOOR_PX = 0.03  # what a corner's place is uncertain by at best
_RETURN_PX = 0.5  # a faint corner must come back to where it started when followed backwards
_FOCALS = 0.5 * 1.12 ** np.arange(30)  # of the longer side: from a wide angle to a long lens
_FOCAL_LINKS = 60  # the links that turn most tell the focal length
_TURNED: Final = 1e-6
"""A smaller step, rad, changes nothing: 0.001 registered px."""
_LK: Final[dict[str, Any]] = {
    "maxLevel": 4,
    "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.02),
    "flags": cv2.OPTFLOW_USE_INITIAL_FLOW,
}


@dataclass(frozen=True)
class Lens:
    """The picture's middle and the focal length, registered px; None if that is not known."""

    x: float
    y: float
    focal: float | None = None

    def ray(self, points: Array, focal: float) -> Array:
        """Return (m, 2) directions of (m, 2) px."""
        return np.asarray((points - (self.x, self.y)) / focal)


@dataclass(frozen=True)
class Fit:
    """A motion of the picture: its matrix, how well known, and which corners follow it."""

    matrix: Array
    freedom: int
    sd: float
    points: Array
    inliers: Bools
    lens: Lens | None = None

    def variance(self, at: Array) -> float:
        """Return the mean variance of where this maps points to, px squared."""
        if self.freedom == 0:
            return 0.0
        jacobian = _jacobian(self.points, self.freedom, self.lens)
        try:
            covariance = np.linalg.inv(jacobian.T @ jacobian) * self.sd**2
        except np.linalg.LinAlgError:
            return float("inf")
        there = _jacobian(at, self.freedom, self.lens)
        return float(np.einsum("ij,jk,ik->i", there, covariance, there).mean())


def found(
    older: Grey, grey: Grey, corners: Array, start: NDArray[np.float32], faint: bool = False
) -> tuple[Array, Array]:
    """Find corners of an older picture in this one, from where they may be; (m, 2) there and here."""
    window = (FAINT if faint else SHARP)[2]
    there = corners.astype(np.float32)
    options: dict[str, Any] = {**_LK, "winSize": (window, window)}
    here, status, error = cv2.calcOpticalFlowPyrLK(older, grey, there, start.copy(), **options)
    good = (status.ravel() == 1) & (error.ravel() < 25)
    good &= np.all((here > 1) & (here < np.array(grey.shape[::-1]) - 2), axis=1)
    if faint:
        back, status, _ = cv2.calcOpticalFlowPyrLK(grey, older, here, there.copy(), **options)
        good &= (status.ravel() == 1) & (np.abs(back - there).max(axis=1) < _RETURN_PX)
    return corners[good], np.asarray(here[good], dtype=np.float64)


def fit(here: Array, there: Array, lens: Lens | None = None) -> Fit | None:
    """Fit the background's motion, which maps ``here`` to ``there``, (m, 2) px; None without agreement.

    Corners that stay where they are while many others agree to move are a logo or a border drawn
    over the picture, and are left out.
    """
    everything = _agree(here, there, lens)
    goes = np.hypot(*(here - there).T) > _DRAWN_PX
    if everything is None or 0.25 * len(here) < goes.sum() < 0.95 * len(here):
        moving = _agree(here[goes], there[goes], lens)
        if moving is not None and moving.inliers.sum() > 0.2 * len(here):
            spread = np.ptp(moving.points, axis=0)
            steps = np.hypot(*(map_points(moving.matrix, moving.points) - moving.points).T)
            if np.median(steps) > 3 * _DRAWN_PX and spread.max() > 0.4 * WORK_PX:
                inliers = np.zeros(len(here), dtype=bool)
                inliers[np.flatnonzero(goes)[moving.inliers]] = True
                return replace(moving, inliers=inliers)
    return everything


def still(here: Array, there: Array) -> Fit | None:
    """Return no motion if half of all corners stay where they are."""
    stays = np.hypot(*(here - there).T) < STILL_PX
    if stays.sum() < max(MIN_POINTS, 0.5 * len(here)):
        return None
    return Fit(np.eye(3), 0, STILL_PX, here[stays], stays)


def focal_length(links: Sequence[tuple[Array, Array]], lens: Lens) -> float | None:
    """Find the focal length with which turns and zooms explain the links between pictures best.

    Parameters
    ----------
    links : sequence of ((m, 2), (m, 2)) px
        The same corners in two pictures.
    lens : Lens
        Its middle is used.

    Returns
    -------
    float, registered px
        None if the camera turns too little to tell, or does more than turn and zoom.
    """
    turns = []
    for here, there in links:
        agreed = fit(here, there)
        if agreed is not None:
            a, b = here[agreed.inliers], there[agreed.inliers]
            turns.append((float(np.median(np.hypot(*(a - b).T))), a, b, agreed.sd))
    turns = sorted(turns, key=lambda t: -t[0])[:_FOCAL_LINKS]
    if not turns or turns[0][0] < 0.05 * WORK_PX:
        return None
    cost: dict[int, float] = {}
    for step in (4, 2, 1):  # coarsely first, and then beside the best
        best = min(cost, key=lambda i: cost[i]) if cost else 0
        near = range(max(best - step, 0), best + step + 1, step) if cost else range(0, len(_FOCALS), step)
        for i in near:
            if i not in cost and i < len(_FOCALS):
                cost[i] = sum(_misfit(a, b, lens, _FOCALS[i] * WORK_PX) for _, a, b, _ in turns)
    best = min(cost, key=lambda i: cost[i])
    if not 0 < best < len(_FOCALS) - 1:
        return None
    left, middle, right = (cost[i] for i in (best - 1, best, best + 1))
    shift = 0.5 * (left - right) / (left - 2 * middle + right)
    return float(WORK_PX * _FOCALS[best] * 1.12**shift)


def _misfit(here: Array, there: Array, lens: Lens, focal: float) -> float:
    matrix = _turn(here, there, lens, focal, zooms=True)
    off = np.hypot(*(map_points(matrix, here) - there).T)
    return float(np.minimum(off, _TOLERANCE_PX).mean())


def _turn(here: Array, there: Array, lens: Lens, focal: float, *, zooms: bool) -> Array:
    """Fit a turn of the camera, and a zoom, by Gauss-Newton; return the (3, 3) map in px."""
    camera = np.array([[focal, 0, lens.x], [0, focal, lens.y], [0, 0, 1.0]])
    inverse = np.linalg.inv(camera)
    matrix = np.eye(3)
    target = lens.ray(there, focal)
    for _ in range(6):
        now = lens.ray(map_points(matrix, here), focal)
        off = target - now
        size = np.hypot(*off.T)
        scale = max(1.4826 * float(median(size)), _FLOOR_PX / focal)
        weight = np.repeat(1.0 / np.maximum(1.0, size / (1.5 * scale)), 2)
        jacobian = _turning(now, zooms)
        weighted = (jacobian * weight[:, None] ** 2).T
        step, *_ = np.linalg.lstsq(weighted @ jacobian, weighted @ off.ravel(), rcond=None)
        turn = cv2.Rodrigues(np.asarray(step[:3], dtype=np.float64))[0]
        grow = np.diag([np.exp(step[3]), np.exp(step[3]), 1.0]) if zooms else np.eye(3)
        matrix = camera @ grow @ turn @ inverse @ matrix
        matrix /= matrix[2, 2]
        if np.abs(step).max() < _TURNED:
            break
    return matrix


def _turning(ray: Array, zooms: bool) -> Array:
    """Return how (m, 2) directions (x, y, x, y, …) move with a small turn, and a zoom: (2 m, 3 or 4)."""
    x, y = ray.T
    out = np.empty((len(ray), 2, 3 + zooms))
    out[:, 0, 0], out[:, 0, 1], out[:, 0, 2] = -x * y, 1 + x * x, -y
    out[:, 1, 0], out[:, 1, 1], out[:, 1, 2] = -(1 + y * y), x * y, x
    if zooms:
        out[:, :, 3] = ray
    return out.reshape(2 * len(ray), -1)


def _agree(here: Array, there: Array, lens: Lens | None) -> Fit | None:
    """Fit the simplest motion that enough corners agree on."""
    if len(here) < MIN_POINTS:
        return None
    _, mask = cv2.findHomography(here, there, cv2.USAC_MAGSAC, _TOLERANCE_PX, maxIters=1000, confidence=0.999)
    if mask is None:
        return None
    inliers = mask.ravel().astype(bool)
    if inliers.sum() < max(MIN_POINTS, MIN_SHARE * len(here)):
        return None
    a, b = here[inliers], there[inliers]
    candidates: list[tuple[int, Array, Lens | None]] = [(0, np.eye(3), None)]
    if lens is not None and lens.focal is not None:
        candidates += [(3 + z, _turn(a, b, lens, lens.focal, zooms=bool(z)), lens) for z in (0, 1)]
    else:
        similarity, _ = cv2.estimateAffinePartial2D(a, b, method=cv2.LMEDS)
        if similarity is not None:
            candidates.append((4, np.vstack([similarity, (0, 0, 1)]), None))
    homography, _ = cv2.findHomography(a, b, 0)
    if homography is not None:
        candidates.append((8, homography / homography[2, 2], None))
    best: tuple[float, Fit] | None = None
    for freedom, matrix, how in candidates:
        off = map_points(matrix, a) - b
        # A trimmed mean: a few corners on leaves or shadows must not buy a more flexible motion.
        squared = np.sort((off**2).sum(axis=1))[: max(MIN_POINTS, int(0.9 * len(a)))]
        noise = squared.mean() / 2 + _FLOOR_PX**2
        cost = 2 * len(a) * np.log(noise) + freedom * np.log(2 * len(a))
        if best is None or cost < best[0]:
            best = float(cost), Fit(matrix, freedom, float(np.sqrt(noise)), a, inliers, how)
    return best[1] if best else None


def _jacobian(points: Array, freedom: int, lens: Lens | None) -> Array:
    """Return how mapped points (x, y, x, y, …) move, px, with the parameters of a small motion."""
    if lens is not None and lens.focal is not None:
        return lens.focal * _turning(lens.ray(points, lens.focal), freedom == 4)
    scale = 1.0 / WORK_PX  # parameters of like size keep the inverse well conditioned
    x, y = (points * scale).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    across: tuple[Array, ...]
    down: tuple[Array, ...]
    if freedom == 4:
        across, down = (x, -y, one, zero), (y, x, zero, one)
    else:
        across = (x, y, one, zero, zero, zero, x * x, x * y)
        down = (zero, zero, zero, x, y, one, x * y, y * y)
    out = np.empty((2 * len(points), freedom))
    out[0::2], out[1::2] = np.column_stack(across), np.column_stack(down)
    return out


def map_points(matrix: Array, points: Array) -> Array:
    """Map (m, 2) points by a (3, 3) matrix."""
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def overlap_of(matrix: Array, shape: tuple[int, ...]) -> float:
    """Return the share of a picture that lies inside another after mapping."""
    rows, columns = shape[:2]
    u, v = np.meshgrid(np.linspace(0, columns, 9), np.linspace(0, rows, 6))
    at = map_points(matrix, np.column_stack([u.ravel(), v.ravel()]))
    return float(np.mean((at >= 0).all(axis=1) & (at[:, 0] <= columns) & (at[:, 1] <= rows)))
