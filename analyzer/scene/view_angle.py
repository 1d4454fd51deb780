"""The view angle: how far a camera looks from square to the lane, and the image made square.

Inverse depth is linear in the image of a plane: seen at an angle, an upright body grows evenly along the
lane, lengths along the lane change with the square of it, and the ground rises towards the far end. One
figure says all that: ``turn``, the growth of the body for each pixel, as a share of its size in the image's
middle. Measured on rendered clips in ADR 0010 (``docs/decisions``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.joints import body_size
from analyzer.signals import filters
from analyzer.signals.geometry import mapped

FIELD_OF_VIEW: Final = 0.85
"""Focal length of a phone's main camera in image widths (about 60 degrees)."""
FAR_AWAY_PX: Final = 1e9
"""Focal length of the camera that sees places in space from the side: everything is square to it."""
SET_UP_DEG: Final = 5.0
"""View angle, deg, of a camera that was set up by eye to be square to the lane (1 SD; assumed)."""
MOST_TURNED: Final = 1.0
"""Tangent of the view angle beyond which nothing is believed: 45 degrees."""
SIZE_DEG: Final = 0.5
"""What a body's size tells wrongly about the view angle, deg, apart from its scatter.

On 16 rendered clips of two bodies the angle came out to 0.3 degrees (root mean square), on the report set to
0.4 (ADR 0010).
"""
SIZE_LEFT: Final = 0.3
"""Share of its size in the image's middle that a body must keep at either end of the run."""
_FAR: Final = 0.1
"""Share of the image's width by which a camera has to turn to show its focal length..."""
_ZOOM: Final = 4.0
"""...and by how much that can differ from the usual one."""
_MEMORY_S: Final = 0.12
"""Time, s, for which landmarks that err in one frame go on erring the same way."""
_ROUNDS: Final = 10
"""Rounds of reweighting; the turn has settled by then."""
_ODD: Final = 2.2
"""Median sizes of the residual, beyond which a frame counts less: 1.5 standard deviations."""
_JUMP: Final = 0.05
"""Leg lengths: a smaller deviation of a joint from its neighbours' curve is no outlier."""
_SHORTEST_PX: Final = 1.0
"""Pixels of the run along the lane, below which it shows no growth."""
_PARTS: Final = ("shoulder", "hip", "knee", "ankle")
"""Ends of trunk, thighs and shanks, whose lengths together are the body's size."""
_FEWEST: Final = 24
"""Frames from which the posture's part in the size can be told from the view's."""


@dataclass(frozen=True)
class ViewAngle:
    """How the camera looks at the lane, and what turns the reference image square to it.

    homography : (3, 3)
        Maps pixels of the reference frame to those of a square view, as large in the image's middle.
    turn, turn_sd : float
        Growth of an upright body for each pixel to the right, as a share of its size in the middle, and its
        standard error.
    focal : float
        Focal length, px.
    """

    homography: Array
    turn: float
    turn_sd: float
    focal: float

    @property
    def angle_deg(self) -> float:
        """Angle between the view in the image's middle and square, deg, signed like a view to the right."""
        return -float(np.degrees(np.arctan(self.turn * self.focal)))

    @property
    def angle_sd_deg(self) -> float:
        """Standard error of ``angle_deg``, deg."""
        return float(np.degrees(self.turn_sd * self.focal))


def find(
    pose: PoseTrack,
    camera: CameraMotion,
    xy: Array,
    inside: Bools,
    horizon_px: float,
    told: tuple[float, float] = (0.0, np.inf),
) -> ViewAngle:
    """Weigh what the body's size, the marks and the habit of setting cameras up square say, by their errors.

    Parameters
    ----------
    pose, camera : PoseTrack, CameraMotion
    xy : (n, k, 2) px
        Joints in pixels of the reference frame.
    inside : (n,) bool
        The frames of the run.
    horizon_px : float
        Height in the image of what is as high as the camera, px, y down.
    told : (turn, standard error)
        What three or more marks say; an infinite error says nothing.
    """
    focal, centre = focal_px(pose, camera), pose.width / 2
    if pose.in_space:
        return ViewAngle(np.eye(3), 0.0, 0.0, focal)
    # The reference frame of a camera that follows the athlete may be any of its turn.
    swept = mapped(camera.to_reference, np.array([centre, pose.height / 2]))[:, 0] - centre
    prior = np.hypot(np.tan(np.radians(SET_UP_DEG)), np.sqrt(np.nanmean(swept**2)) / focal) / focal

    def view(turn: float) -> Array:
        wide = float(np.hypot(1.0, turn * focal))
        to_middle = np.array([[1.0, 0.0, -centre], [0.0, 1.0, -horizon_px], [0.0, 0.0, 1.0]])
        return np.asarray(np.array([[wide, 0.0, 0.0], [0.0, 1.0, 0.0], [turn, 0.0, 1.0]]) @ to_middle)

    body = _from_size(pose, xy, inside, view, focal)
    said = np.array([(0.0, prior), body, told])
    weight = said[:, 1] ** -2.0
    turn = float(weight @ said[:, 0] / weight.sum())
    return ViewAngle(view(turn), turn, float(weight.sum() ** -0.5), focal)


def focal_px(pose: PoseTrack, camera: CameraMotion) -> float:
    """Return the focal length, px: a camera that turns far enough shows it; else it is a phone's usual one.

    Turned by an angle a, an image moves by f tan(a), and one side of it grows by tan(a) / f a pixel.
    """
    if pose.in_space:
        return FAR_AWAY_PX
    usual = FIELD_OF_VIEW * max(pose.width, pose.height)
    middle_px = np.array([[1.0, 0.0, pose.width / 2], [0.0, 1.0, pose.height / 2], [0.0, 0.0, 1.0]])
    turns = np.linalg.inv(middle_px) @ camera.to_reference @ middle_px
    with np.errstate(invalid="ignore", divide="ignore"):
        shown = np.sqrt(-turns[:, 0, 2] / turns[:, 2, 0])
        far = np.abs(turns[:, 0, 2] / turns[:, 2, 2]) > _FAR * pose.width
    shown = shown[far & (shown > usual / _ZOOM) & (shown < usual * _ZOOM)]
    return float(np.median(shown)) if far.sum() > 0 and len(shown) > far.sum() / 2 else usual


def _from_size(
    pose: PoseTrack, xy: Array, inside: Bools, view: Callable[[float], Array], focal: float
) -> tuple[float, float]:
    """Return the turn at which the body keeps its size over the run, and its standard error.

    Parameters
    ----------
    pose : PoseTrack
    xy : (n, k, 2) px
        Joints in pixels of the reference frame.
    inside : (n,) bool
        The frames of the run.
    view : callable
        Gives the homography (3, 3) that makes the image square, for a turn.
    focal : float
        Focal length, px.
    """
    names = [f"{side}_{part}" for side in SIDES for part in _PARTS]
    if not set(names) <= set(pose.names):
        return 0.0, np.inf
    along = pose.middle("hip", xy, one_will_do=True)[:, 0] - pose.width / 2
    floor = _JUMP * body_size.leg_length(pose, xy[inside])
    jumps = filters.outliers(xy.reshape(len(xy), -1), floor=floor)
    odd = jumps.reshape(len(xy), -1, 2)[:, [pose.names.index(name) for name in names]].any(axis=(1, 2))
    seen = inside & ~odd & np.isfinite(along) & np.isfinite(body_size.size(pose, xy))
    if seen.sum() < _FEWEST or np.ptp(along[seen]) < _SHORTEST_PX:
        return 0.0, np.inf
    x, xy = along[seen], xy[seen]
    least = max(-MOST_TURNED / focal, -(1 - SIZE_LEFT) / max(float(x.max()), 1.0))
    most = min(MOST_TURNED / focal, (1 - SIZE_LEFT) / max(-float(x.min()), 1.0))
    turn, sure = 0.0, np.ones(len(x))
    for _ in range(_ROUNDS):
        flat = mapped(view(turn), xy)
        size = np.log(body_size.size(pose, flat))
        aside = x - np.average(x, weights=sure)
        rate = float((sure * aside) @ size / (sure * aside @ aside))
        turn = float(np.clip(turn + rate, least, most))
        # The posture makes the size scatter with the stride; that is no reason to doubt a frame. A change
        # that is even along the run is not taken out with it: a body that straightens looks hardly longer.
        known = np.column_stack([np.ones(len(x)), x, _posture(pose, flat)])
        residual = _residual(size, known, sure)
        usual = max(float(np.median(np.abs(residual))), 1e-9)
        sure = 1 / np.maximum(1.0, np.abs(residual) / (_ODD * usual))
    lags = round(_MEMORY_S / float(np.median(np.diff(pose.time[seen]))))
    spare = len(x) / (len(x) - known.shape[1])
    error = np.sqrt(spare * _sum_of_products(sure * aside * residual, lags)) / float(sure * aside @ aside)
    return turn, float(np.hypot(error, np.tan(np.radians(SIZE_DEG)) / focal))


def _residual(series: Array, others: Array, weight: Array) -> Array:
    """Return the residual (n,) of a series (n,) after weighted least squares on ``others`` (n, k)."""
    root = np.sqrt(weight)
    return np.asarray(series - others @ np.linalg.lstsq(others * root[:, None], series * root, rcond=None)[0])


def _posture(pose: PoseTrack, xy: Array) -> Array:
    """Return (n, 9) angles that the marked size goes with: of the legs, with their squares, and the trunk."""
    legs = []
    for side in SIDES:
        chain = [pose.joint(f"{side}_{part}", xy) for part in ("hip", "knee", "ankle")]
        legs += [_hanging(*chain[:2]), _hanging(*chain[1:])]
    trunk = _hanging(*(pose.middle(part, xy, one_will_do=True) for part in ("shoulder", "hip")))
    return np.column_stack([*legs, *(angle**2 for angle in legs), trunk])


def _hanging(upper: Array, lower: Array) -> Array:
    """Return (n,) angles of a segment from hanging down, radians."""
    way = lower - upper
    return np.asarray(np.arctan2(way[:, 0], way[:, 1]))


def _sum_of_products(series: Array, lags: int) -> float:
    """Return the variance of a sum whose terms are correlated over ``lags`` places (Newey & West 1987)."""
    total = float(series @ series)
    for lag in range(1, min(lags, len(series) - 1) + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(series[lag:] @ series[:-lag])
    return max(total, 0.0)
