"""The view angle: how far a camera looks from square to the lane, and the image made square.

Inverse depth is linear in the image of a plane: seen at an angle, an upright body grows evenly along the
lane, lengths along the lane change with the square of it, and the ground rises towards the far end. One
figure says all that: ``turn``, the growth of the body for each pixel, as a share of its size in the image's
middle. Measured on rendered clips in ADR 0010 (``docs/decisions``).

The angle is the turn's times the focal length, which a still camera does not show: a zoomed one sees less
growth. What the legs' reach is shortened by and the shoulders' width tell the angle without it (ADR 0028).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.joints import body_size, body_view, foreshortening
from analyzer.signals import filters
from analyzer.signals.geometry import mapped
from analyzer.signals.likelihood import weighed

FIELD_OF_VIEW: Final = 0.85
"""Focal length of a phone's main camera in image widths (about 60 degrees)."""
FIELD_OF_VIEW_SD: Final = 0.5
"""Scatter of its logarithm between cameras: a phone's wide lens is half as long, its zooms two to five times
as long; assumed."""
SHOWN_SD: Final = 0.03
"""The same of a focal length that a camera shows by turning: 1 % in two clips (ADR 0010)."""
FAR_AWAY_PX: Final = 1e9
"""Focal length of the camera that sees places in space from the side: everything is square to it."""
SET_UP_DEG: Final = 5.0
"""View angle, deg, of a camera that was set up by eye to be square to the lane (1 SD; assumed)."""
MOST_DEG: Final = 75.0
"""View angle beyond which nothing is believed, deg."""
MOST_TURNED: Final = 3.0
"""Tangent of the view angle beyond which no growth is believed, by the usual focal length."""
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
_TAILS: Final = 2.0
"""Degrees of freedom of the habit of setting cameras up square: who films obliquely does it on purpose."""
_GRID: Final = (1501, 61)
"""Angles, and focal lengths, that are held against what was seen."""
_ROUNDS: Final = 10
"""Rounds of reweighting; the turn has settled by then."""
ODD: Final = 2.2
"""Median sizes of the residual, beyond which a frame counts less: 1.5 standard deviations."""
_JUMP: Final = 0.05
"""Leg lengths: a smaller deviation of a joint from its neighbours' curve is no outlier."""
_SHORTEST_PX: Final = 1.0
"""Pixels of the run along the lane, below which it shows no growth."""
_PARTS: Final = ("shoulder", "hip", "knee", "ankle")
"""Ends of trunk, thighs and shanks, whose lengths together are the body's size."""
FEWEST: Final = 24
"""Frames from which the posture's part in the size can be told from the view's."""


@dataclass(frozen=True)
class ViewAngle:
    """How the camera looks at the lane, and what turns the reference image square to it.

    homography : (3, 3)
        Maps pixels of the reference frame to those of a square view, as large in the image's middle.
    turn_sd : float
        Standard error of the growth of an upright body for each pixel, as a share of its size in the middle.
    angle_deg, angle_sd_deg : deg
        Angle between the view in the image's middle and square, signed like a view to the right, and its
        standard error.
    stretch_sd : float
        What that makes of lengths along the lane against upright ones, as a fraction.
    """

    homography: Array
    turn_sd: float = 0.0
    angle_deg: float = 0.0
    angle_sd_deg: float = 0.0
    stretch_sd: float = 0.0


class _Told(NamedTuple):
    """The angle and the turn, with their standard errors, and that of the logarithm of the stretch."""

    angle: float
    angle_sd: float
    turn: float
    turn_sd: float
    stretch_sd: float


def find(
    pose: PoseTrack,
    camera: CameraMotion,
    xy: Array,
    inside: Bools,
    horizon_px: float,
    direction: Literal[1, -1],
    told: tuple[float, float] = (0.0, np.inf),
) -> ViewAngle:
    """Weigh what the body's size and shape, the marks and the habit of setting cameras up square say.

    Parameters
    ----------
    pose, camera : PoseTrack, CameraMotion
    xy : (n, k, 2) px
        Joints in pixels of the reference frame.
    inside : (n,) bool
        The frames of the run.
    horizon_px : float
        Height in the image of what is as high as the camera, px, y down.
    direction : 1 or -1
        Running direction in the image.
    told : (turn, standard error)
        What three or more marks say; an infinite error says nothing.
    """
    if pose.in_space:
        return ViewAngle(np.eye(3))
    focal, unsure = focal_length(pose, camera)
    centre = pose.width / 2
    # The reference frame of a camera that follows the athlete may be any of its turn.
    swept = mapped(camera.to_reference, np.array([centre, pose.height / 2]))[:, 0] - centre
    usual = float(np.hypot(np.tan(np.radians(SET_UP_DEG)), np.sqrt(np.nanmean(swept**2)) / focal) / focal)

    def view(turn: float, wide: float | None = None) -> Array:
        wide = float(np.hypot(1.0, turn * focal)) if wide is None else wide
        to_middle = np.array([[1.0, 0.0, -centre], [0.0, 1.0, -horizon_px], [0.0, 0.0, 1.0]])
        return np.asarray(np.array([[wide, 0.0, 0.0], [0.0, 1.0, 0.0], [turn, 0.0, 1.0]]) @ to_middle)

    steady = without_jumps(pose, xy, inside)
    turns = np.array([(0.0, usual), _from_size(pose, steady, inside, view, focal), told])
    weight = turns[:, 1] ** -2.0
    roughly = float(weight @ turns[:, 0] / weight.sum())
    legs = foreshortening.by_legs(pose, mapped(view(roughly, 1.0), steady[inside]))
    found = _weighed(turns[1:], legs, body_view.chest(pose, inside), -direction, focal, unsure, usual)
    return ViewAngle(
        homography=view(found.turn, float(1 / np.cos(found.angle))),
        turn_sd=found.turn_sd,
        angle_deg=float(np.degrees(found.angle)),
        angle_sd_deg=float(np.degrees(found.angle_sd)),
        stretch_sd=found.stretch_sd,
    )


def _weighed(
    turns: Array,
    legs: foreshortening.Shortened,
    chest: body_view.Chest,
    front: int,
    focal: float,
    unsure: float,
    usual: float,
) -> _Told:
    """Hold view angles and focal lengths against all that was seen.

    Parameters
    ----------
    turns : (m, 2)
        Turns with their standard errors.
    legs, chest : Shortened, Chest
        What shape the body has in the image.
    front : 1 or -1
        Sign of the angle at which the athlete is seen from the front.
    focal, unsure : float
        The usual focal length, px, and the error of its logarithm.
    usual : float
        Turn of a camera that was set up by eye to be square.
    """
    angle = np.radians(np.linspace(-MOST_DEG, MOST_DEG, _GRID[0]))[:, None]
    zoom = unsure * np.linspace(-3, 3, _GRID[1])
    turn = -np.tan(angle) / (focal * np.exp(zoom))
    stretch = -np.log(np.cos(angle))
    log = -(((zoom / unsure) ** 2) / 2)
    log = log - (_TAILS + 1) / 2 * np.log1p((turn / usual) ** 2 / _TAILS)
    for value, sd in turns[np.isfinite(turns[:, 1])]:
        log = log - ((turn - value) / sd) ** 2 / 2
    log = log - legs.worse(stretch) - chest.worse(front * np.sin(angle))
    likely = weighed(log)
    found, turned = likely.mean(angle), likely.mean(turn)
    stretched = likely.about(stretch, -float(np.log(np.cos(found))))
    return _Told(found, likely.about(angle, found), turned, likely.about(turn, turned), stretched)


def focal_px(pose: PoseTrack, camera: CameraMotion) -> float:
    """Return the focal length, px: as a camera shows it that turns far enough, else a phone's usual one."""
    return focal_length(pose, camera)[0]


def focal_length(pose: PoseTrack, camera: CameraMotion) -> tuple[float, float]:
    """Return the focal length, px, and the standard error of its logarithm.

    Turned by an angle a, an image moves by f tan(a), and one side of it grows by tan(a) / f a pixel.
    """
    if pose.in_space:
        return FAR_AWAY_PX, 0.0
    usual = FIELD_OF_VIEW * max(pose.width, pose.height)
    camera = camera.as_filmed
    middle_px = np.array([[1.0, 0.0, pose.width / 2], [0.0, 1.0, pose.height / 2], [0.0, 0.0, 1.0]])
    turns = np.linalg.inv(middle_px) @ camera.to_reference @ middle_px
    with np.errstate(invalid="ignore", divide="ignore"):
        shown = np.sqrt(-turns[:, 0, 2] / turns[:, 2, 0])
        far = np.abs(turns[:, 0, 2] / turns[:, 2, 2]) > _FAR * pose.width
    shown = shown[far & (shown > usual / _ZOOM) & (shown < usual * _ZOOM)]
    if far.sum() > 0 and len(shown) > far.sum() / 2:
        return float(np.median(shown)), SHOWN_SD
    return usual, FIELD_OF_VIEW_SD


def without_jumps(pose: PoseTrack, xy: Array, inside: Bools) -> Array:
    """Return joints (n, k, 2) without those that deviate from their neighbours' curve."""
    floor = _JUMP * body_size.leg_length(pose, xy[inside])
    odd = np.any(filters.outliers(xy.reshape(len(xy), -1), floor=floor).reshape(xy.shape), axis=2)
    return np.asarray(np.where(odd[..., None], np.nan, xy))


def _from_size(
    pose: PoseTrack, xy: Array, inside: Bools, view: Callable[[float], Array], focal: float
) -> tuple[float, float]:
    """Return the turn at which the body keeps its size over the run, and its standard error.

    Parameters
    ----------
    pose : PoseTrack
    xy : (n, k, 2) px
        Joints in pixels of the reference frame, without those that jump.
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
    seen = inside & np.isfinite(along) & np.isfinite(body_size.size(pose, xy))
    if seen.sum() < FEWEST or np.ptp(along[seen]) < _SHORTEST_PX:
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
        known = np.column_stack([np.ones(len(x)), x, posture(pose, flat)])
        left = residual(size, known, sure)
        usual = max(float(np.median(np.abs(left))), 1e-9)
        sure = 1 / np.maximum(1.0, np.abs(left) / (ODD * usual))
    error = of_slope(aside, left, sure, pose.time[seen], known.shape[1])
    return turn, float(np.hypot(error, np.tan(np.radians(SIZE_DEG)) / focal))


def of_slope(aside: Array, left: Array, weight: Array, time: Array, fitted: int) -> float:
    """Return the standard error of a slope over ``aside`` (n,), by residuals that err alike for some time.

    Parameters
    ----------
    aside, left, weight : (n,)
        The regressor without what the others explain of it, the residuals, and the weights of the frames.
    time : (n,) s
    fitted : int
        How many coefficients were fitted.
    """
    lags = round(_MEMORY_S / float(np.median(np.diff(time))))
    spare = len(aside) / (len(aside) - fitted)
    summed = _sum_of_products(weight * aside * left, lags)
    return float(np.sqrt(spare * summed)) / float(weight * aside @ aside)


def residual(series: Array, others: Array, weight: Array) -> Array:
    """Return the residual (n,) of a series (n,) after weighted least squares on ``others`` (n, k)."""
    root = np.sqrt(weight)
    return np.asarray(series - others @ np.linalg.lstsq(others * root[:, None], series * root, rcond=None)[0])


def posture(pose: PoseTrack, xy: Array) -> Array:
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
