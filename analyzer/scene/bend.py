"""A run on a bend: how the way curves, and the camera whose reference picture shows it straight.

Seen against a straight lane, inverse depth is linear in the image: a body grows evenly along it
(``view_angle``). On a bend it does not, by as much as the arc leaves its chord: what is left of the growth
tells the curvature. Each frame is then laid onto the reference picture as if the body stood at the same
place of the way, on the straight line that touches the bend in the image's middle. Behind that everything
is as on a straight lane, but the angle at which a step is seen (ADR 0031, ``docs/decisions``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.capture import Bent, CameraMotion, PoseTrack, Straightened
from analyzer.joints import body_size, body_view
from analyzer.scene import ground, view_angle
from analyzer.scene.ground import NOMINAL_LEG_M, horizon_height
from analyzer.scene.passes import TRAVEL, ChosenPass
from analyzer.signals import filters
from analyzer.signals.geometry import mapped

SIZE_SD: Final = 0.012
"""What a network's size of a body tells wrongly between the middle and the ends of a straight run, as a
share: 0.002 to 0.009 on five rendered clips and the sample, 0.03 in a small film at 30 frames a second."""
CURVE_SD: Final = 0.02
"""Least error of a curvature, in distances of the camera: lenses bend straight lines, too; assumed."""
SURE: Final = 4.0
"""Errors from which a run is one on a bend: most are straight."""
APART: Final = 2.0
"""Errors by which what size and ground tell may differ."""
STANDING: Final = 0.8
"""Quantile of the lowest points' height in the image at which the fit of the ground begins."""
FOOT_SD: Final = 0.015
"""What a standing foot's mark is wrong by in height from one stand to the next, leg lengths; assumed."""
NARROWEST_M: Final = 12.0
"""Radius of a bend, m, below which nobody runs round it: 15 to 19 m indoors, 30 to 45 m outdoors."""
LEAST_SEEN: Final = 0.2
"""Tangent of the angle over which a run has to be seen, to show whether it bends: 11 degrees."""
LEVEL: Final = np.tan(np.radians(1.5))
"""Expected slope of the ground in the image, as for a scale."""
POSTURES: Final = 9
"""Angles of posture that are fitted beside the growth (``view_angle.posture``)."""
ROUNDS: Final = 10
"""Rounds of reweighting, as for the view angle."""
MOST: Final = 0.3
"""Largest step of a round, in radians and camera distances."""
STEP: Final = 1e-3
FLAT: Final = 1e-9
"""Step of the slopes, and determinant of theirs below which growth tells nothing."""


@dataclass(frozen=True)
class Bend:
    """A way through a point at distance 1 before the camera; x to the right, z away.

    angle : rad, of the way at that point, positive where it leads away to the right
    curvature, curvature_sd : 1 / distance of the camera; positive where the ends are farther than the middle
    """

    angle: float
    curvature: float
    curvature_sd: float = 0.0

    def at(self, u: Array) -> tuple[Array, Array, Array]:
        """Return depth, length of the way from the middle, and its angle, rad, where a ray meets it.

        Parameters
        ----------
        u : (...)
            Tangent of the ray's angle from the image's middle; all come out NaN where it passes by the bend.
        """
        cos, sin, k = np.cos(self.angle), np.sin(self.angle), self.curvature
        a, b, c = k / 2 * (1 + u**2), k + cos - u * sin, k / 2 + cos
        with np.errstate(invalid="ignore", divide="ignore"):
            depth = 2 * c / (b + np.sqrt(b**2 - 4 * a * c))
        depth = np.where((depth > 0) & np.isfinite(depth), depth, np.nan)
        x, z = u * depth, depth - 1
        along, aside = x * cos + z * sin, z * cos - x * sin
        turned = np.arctan2(k * along, 1 - k * aside)
        way = turned / k if abs(k) > 1e-9 else along
        return depth, way, self.angle + turned

    def onto_way(self, u: Array, focal: float) -> Array:
        """Return (n, 3, 3) what lays the image, px from its middle, onto the upright plane along the way.

        Exact where the ray ``u`` (n,) of a frame meets the way; as large as the image is in its middle.
        """
        depth, way, heading = self.at(u)
        cos, sin = np.cos(heading), np.sin(heading)
        flat = depth * (cos - u * sin)
        on = way - depth * (u * cos + sin)
        zero = np.zeros_like(u)
        rows = (
            (flat * cos - on * sin, zero, focal * (on * cos + flat * sin)),
            (zero, flat, zero),
            (-sin / focal, zero, cos),
        )
        return np.stack([np.stack(row, axis=-1) for row in rows], axis=1)

    def straight(self, u: Array, focal: float) -> Array:
        """Return (n, 3, 3) what lays the image, px from its middle, onto that of a straight way."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        back = np.array([[cos, 0, 0], [0, 1, 0], [sin / focal, 0, 1]])
        return np.asarray(back @ self.onto_way(u, focal))


def straightened(pose: PoseTrack, camera: CameraMotion, chosen: ChosenPass) -> CameraMotion:
    """Return the camera as it is, or, of a run on a bend, the one that shows it straight.

    Parameters
    ----------
    pose, camera : PoseTrack, CameraMotion
    chosen : ChosenPass
        The pass to analyse.
    """
    run = chosen.run
    if pose.in_space or run.travel < TRAVEL:
        return camera
    if not body_view.seen_from(pose, slice(run.start, run.stop)).shows_lane:
        return camera
    xy = camera.apply(pose.xy)
    inside = np.zeros(len(xy), dtype=bool)
    inside[run.start : run.stop] = True
    middle = np.array([pose.width / 2, horizon_height(pose, xy[inside], LEVEL)])
    xy = view_angle.without_jumps(pose, xy, inside) - middle
    focal = view_angle.focal_px(pose, camera)
    u = pose.middle("hip", xy, one_will_do=True)[:, 0] / focal
    found = _find(pose, xy, u, inside, focal)
    if found is None:
        return camera
    known = np.flatnonzero(np.isfinite(u) & inside)
    u = np.interp(np.arange(len(u)), known, u[known])
    to_middle = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1.0]])
    _, way, heading = found.at(u)
    shown = way * np.cos(found.angle) / (1 + way * np.sin(found.angle))
    return Straightened(
        to_reference=np.linalg.inv(to_middle) @ found.straight(u, focal) @ to_middle @ camera.to_reference,
        sd_px=camera.sd_px,
        moving=camera.moving,
        bent=Bent(
            filmed=camera,
            turned_deg=np.degrees(heading + np.arctan(u) - found.angle - np.arctan(shown)),
            turned_sd_deg=float(np.degrees(np.nanstd(way[known]) * found.curvature_sd)),
            lengths_sd=_lengths_sd(found, u[known]),
            radius_px=focal / abs(found.curvature),
            radius_sd=found.curvature_sd / abs(found.curvature),
        ),
    )


def _find(pose: PoseTrack, xy: Array, u: Array, inside: Bools, focal: float) -> Bend | None:
    """Return the bend that the body's size and the standing feet agree on; None where it may well be none.

    Either alone has seen bends on straight lanes: a body's size changes out of the blocks and where a network
    lags behind it, and the ground is not level everywhere.
    """
    size = _by_size(pose, xy, u, inside, focal)
    if size is None or abs(size.curvature) < APART * size.curvature_sd:
        return None
    level, level_sd = _by_ground(pose, xy, inside, focal, size.angle)
    apart = abs(level - size.curvature) / np.hypot(level_sd, size.curvature_sd)
    if level * size.curvature < 0 or apart > APART:
        return None
    weight = np.array([size.curvature_sd, level_sd]) ** -2.0
    curvature = float(weight @ (size.curvature, level) / weight.sum())
    error = float(weight.sum() ** -0.5)
    distance_m = focal * NOMINAL_LEG_M / body_size.leg_length(pose, xy[inside])
    if abs(curvature) < SURE * error or abs(curvature) * NARROWEST_M > distance_m:
        return None
    return Bend(size.angle, curvature, error)


def _by_size(pose: PoseTrack, xy: Array, u: Array, inside: Bools, focal: float) -> Bend | None:
    """Return the bend at which a body keeps its size over the run; None where that tells nothing.

    Parameters
    ----------
    pose : PoseTrack
    xy : (n, k, 2) px
        Joints from the image's middle, as high as the camera.
    u : (n,)
        Where the body is: tangent of the angle from the image's middle.
    inside : (n,) bool
        The frames of the run.
    focal : float, px
    """
    seen = inside & np.isfinite(u) & np.isfinite(body_size.size(pose, xy))
    if seen.sum() < view_angle.FEWEST or np.ptp(u[seen]) < LEAST_SEEN:
        return None
    u, xy, time = u[seen], xy[seen], pose.time[seen]
    by = np.column_stack([np.ones(len(u)), u, u**2])
    sure = np.ones(len(u))

    def grown(angle: float, curvature: float) -> Array:
        """Return what of the growth of the body's size goes with the place, and with its square."""
        flat = mapped(Bend(angle, curvature).onto_way(u, focal)[:, None], xy)
        size = np.log(body_size.size(pose, flat))
        if not np.isfinite(size).all():
            return np.full(2, np.nan)
        root = np.sqrt(sure)
        return np.asarray(np.linalg.lstsq(by * root[:, None], size * root, rcond=None)[0][1:])

    way = np.zeros(2)
    for _ in range(ROUNDS):
        now = grown(*way)
        slope = np.column_stack([(grown(*(way + step)) - now) / STEP for step in STEP * np.eye(2)])
        if not np.isfinite(slope).all() or abs(np.linalg.det(slope)) < FLAT:
            return None
        way = way - np.clip(np.linalg.solve(slope, now), -MOST, MOST)
        flat = mapped(Bend(*way).onto_way(u, focal)[:, None], xy)
        size = np.log(body_size.size(pose, flat))
        if not np.isfinite(size).all():
            return None
        residual = view_angle.residual(size, np.column_stack([by, view_angle.posture(pose, flat)]), sure)
        usual = max(float(np.median(np.abs(residual))), 1e-9)
        sure = 1 / np.maximum(1.0, np.abs(residual) / (view_angle.ODD * usual))
    square = view_angle.residual(u**2, by[:, :2], sure)
    error = view_angle.of_slope(square, residual, sure, time, by.shape[1] + POSTURES)
    error = float(np.hypot(error, SIZE_SD / np.ptp(square))) * abs(float(np.linalg.inv(slope)[1, 1]))
    return Bend(float(way[0]), float(way[1]), float(np.hypot(error, CURVE_SD)))


def _by_ground(pose: PoseTrack, xy: Array, inside: Bools, focal: float, angle: float) -> tuple[float, float]:
    """Return the curvature at which standing feet lie on level ground, and its standard error.

    The lower in the image a foot stands, the nearer it is. Feet above the others are in the air and count
    little, as for the ground line.
    """
    low = body_size.soles(pose, xy[inside])
    leg = body_size.leg_length(pose, xy[inside])
    u, down = low[:, 0] / focal, low[:, 1]
    by = np.column_stack([np.ones(len(u)), u, u**2])
    fit = np.array([np.quantile(down, STANDING), 0.0, 0.0])
    for _ in range(ground.ROUNDS):
        sure = ground.standing(down - by @ fit, ground.TOLERANCE * leg)
        root = np.sqrt(sure)
        fit = np.linalg.lstsq(by * root[:, None], down * root, rcond=None)[0]
    left = down - by @ fit
    stands = max(1, sum(1 for _ in filters.runs(sure > 0.5)))
    scatter = float(np.hypot(np.sqrt(sure @ left**2 / sure.sum()), FOOT_SD * leg))
    spread = float(np.linalg.inv((by * sure[:, None]).T @ by)[2, 2]) * sure.sum() / stands
    to_curve = 2 * np.cos(angle) ** 3 / fit[0]
    return float(-fit[2] * to_curve), float(abs(to_curve) * scatter * np.sqrt(spread))


def _lengths_sd(found: Bend, u: Array) -> float:
    """Return what the error of the curvature makes of lengths along the way, as a share, over the run."""
    rates = [
        np.log(np.gradient(replace(found, curvature=found.curvature + by).at(u)[1], u))
        for by in (-found.curvature_sd / 2, found.curvature_sd / 2)
    ]
    return float(np.nanstd(rates[1] - rates[0]))
