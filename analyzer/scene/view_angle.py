"""How far a camera is off square to the lane, from the athlete's own size, and the picture made square.

Inverse depth is linear in the picture of a plane: seen at an angle, an upright body grows evenly along the
lane, lengths along the lane change with the square of it, and the ground rises towards the far end. One
figure says all that: ``turn``, the growth of the body for each pixel, as a share of its size in the middle.
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
from analyzer.scene.passes import joint, leg_pixels, middle
from analyzer.signals import filters
from analyzer.signals.geometry import mapped

FIELD_OF_VIEW: Final = 0.85
"""Focal length of a phone's main camera in picture widths (about 60 degrees)."""
SET_UP_DEG: Final = 5.0
"""How far off square a camera stands that was set up by eye to be square."""
MOST_TURNED: Final = 1.0
"""Tangent of the angle off square beyond which nothing is believed."""
SIZE_DEG: Final = 0.5
"""What a body's size tells wrongly about the angle, apart from its scatter."""
_FAR = 0.1
"""Share of the picture's width by which a camera has to turn to show its focal length..."""
_ZOOM = 4.0
"""...and by how much that can differ from the usual one."""
_ALIKE_S = 0.12
"""Landmarks that err in one frame err alike for about so long."""
_TRIALS = 10
_ODD = 2.2
"""Usual sizes of what is left, beyond which a frame counts less."""
_PARTS = ("shoulder", "hip", "knee", "ankle")
_FEWEST = 24
"""Frames from which the posture's part in the size can be told from the view's."""


@dataclass(frozen=True)
class Square:
    """What turns the reference picture square to the lane.

    ``homography`` (3, 3) maps reference pixels to those of a square view, as large in the picture's middle;
    ``turn`` and ``turn_sd`` are a share for each pixel; ``focal`` is in pixels.
    """

    homography: Array
    turn: float
    turn_sd: float
    focal: float

    @property
    def off_deg(self) -> float:
        """Angle from square of the view in the picture's middle, signed like a view into the right half."""
        return -float(np.degrees(np.arctan(self.turn * self.focal)))

    @property
    def off_sd_deg(self) -> float:
        """Standard error of ``off_deg``."""
        return float(np.degrees(self.turn_sd * self.focal))


def find(
    pose: PoseTrack,
    camera: CameraMotion,
    xy: Array,
    inside: Bools,
    horizon_px: float,
    told: tuple[float, float] = (0.0, np.inf),
) -> Square:
    """Weigh what the body's size, the marks and the habit of setting cameras up square say, by their errors.

    Parameters
    ----------
    pose, camera : PoseTrack, CameraMotion
    xy : (n, k, 2) px
        Joints in the pixels of the reference picture.
    inside : (n,)
        The frames of the run.
    horizon_px : float
        Height in the picture of what is as high as the camera.
    told : (turn, standard error)
        What three or more marks say.
    """
    focal, centre = focal_px(pose, camera), pose.width / 2
    # A camera that follows the athlete stands anywhere within its own turn, when the reference is taken.
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
    return Square(view(turn), turn, float(weight.sum() ** -0.5), focal)


def focal_px(pose: PoseTrack, camera: CameraMotion) -> float:
    """Return the focal length: a camera that turns far enough shows it; of another it is a phone's usual one.

    Turned by an angle a, a picture moves by f tan(a), and one side of it grows by tan(a) / f a pixel.
    """
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
    """Return the turn at which the body keeps its size over the run, and its standard error."""
    names = [f"{side}_{part}" for side in SIDES for part in _PARTS]
    if not set(names) <= set(pose.names):
        return 0.0, np.inf
    along = middle(pose, xy, "hip")[:, 0] - pose.width / 2
    jumps = filters.outliers(xy.reshape(len(xy), -1), floor=0.05 * leg_pixels(pose, xy[inside]))
    odd = jumps.reshape(len(xy), -1, 2)[:, [pose.names.index(name) for name in names]].any(axis=(1, 2))
    seen = inside & ~odd & np.isfinite(along) & np.isfinite(body_size.size(pose, xy))
    if seen.sum() < _FEWEST or np.ptp(along[seen]) < 1.0:
        return 0.0, np.inf
    x, xy = along[seen], xy[seen]
    # The size may not vanish within the run.
    least = max(-MOST_TURNED / focal, -0.7 / max(float(x.max()), 1.0))
    most = min(MOST_TURNED / focal, 0.7 / max(-float(x.min()), 1.0))
    turn, sure = 0.0, np.ones(len(x))
    for _ in range(_TRIALS):
        flat = mapped(view(turn), xy)
        size = np.log(body_size.size(pose, flat))
        aside = x - np.average(x, weights=sure)
        rate = float((sure * aside) @ size / (sure * aside @ aside))
        turn = float(np.clip(turn + rate, least, most))
        # What the posture explains scatters with the stride, and is no reason to doubt a frame. What changes
        # evenly along the run is left to the view: a body that straightens looks hardly longer.
        known = np.column_stack([np.ones(len(x)), x, _posture(pose, flat)])
        left = _rest(size, known, sure)
        usual = max(float(np.median(np.abs(left))), 1e-9)
        sure = 1 / np.maximum(1.0, np.abs(left) / (_ODD * usual))
    lags = round(_ALIKE_S / float(np.median(np.diff(pose.time[seen]))))
    spare = len(x) / (len(x) - known.shape[1])
    error = np.sqrt(spare * _sum_of_products(sure * aside * left, lags)) / float(sure * aside @ aside)
    return turn, float(np.hypot(error, np.tan(np.radians(SIZE_DEG)) / focal))


def _rest(series: Array, others: Array, weight: Array) -> Array:
    """Return what weighted least squares on ``others`` (n, k) leaves of a series (n,)."""
    root = np.sqrt(weight)
    return np.asarray(series - others @ np.linalg.lstsq(others * root[:, None], series * root, rcond=None)[0])


def _posture(pose: PoseTrack, xy: Array) -> Array:
    """Return (n, 9) angles that the marked size goes with: of the legs, with their squares, and the trunk."""
    legs = []
    for side in SIDES:
        chain = [joint(pose, xy, f"{side}_{part}") for part in ("hip", "knee", "ankle")]
        legs += [_hanging(*chain[:2]), _hanging(*chain[1:])]
    trunk = _hanging(middle(pose, xy, "shoulder"), middle(pose, xy, "hip"))
    return np.column_stack([*legs, *(angle**2 for angle in legs), trunk])


def _hanging(upper: Array, lower: Array) -> Array:
    """Return (n,) angles of a segment from hanging down, radians."""
    way = lower - upper
    return np.asarray(np.arctan2(way[:, 0], way[:, 1]))


def _sum_of_products(series: Array, lags: int) -> float:
    """Return the variance of a sum whose terms go together over up to ``lags`` places (Newey & West 1987)."""
    total = float(series @ series)
    for lag in range(1, min(lags, len(series) - 1) + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(series[lag:] @ series[:-lag])
    return max(total, 0.0)
