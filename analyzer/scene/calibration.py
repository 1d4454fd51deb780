"""From pixels to metres: running direction, scale, ground line and roll, and how sure each is.

Best scale first: the calibration of an earlier clip, marks along the lane, two points, measured leg
length, standing height. Without any of them the athlete's legs are taken to be 0.92 m long and metres
are not to be reported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from analyzer.arrays import Array
from analyzer.body.anthropometry import by_sex
from analyzer.config import Config
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack
from analyzer.data.notes import Note
from analyzer.errors import ConfigError
from analyzer.joints import body_size
from analyzer.scene import marks, view_angle
from analyzer.scene.ground import NOMINAL_LEG_M, belt_speed, ground_line, horizon_height
from analyzer.scene.passes import (
    TRAVEL,
    Pass,
    chosen,
    leg_pixels,
    middle,
    reference_xy,
    runs,
    told,
    too_short,
)
from analyzer.signals.geometry import mapped

_ROLL_PRIOR = np.tan(np.radians(1.5))  # tripods and tracks are levelled by eye
_ALONG_DEG = 20.0  # off the running line, from which two points are no length along it


def calibrate(
    pose: PoseTrack,
    camera: CameraMotion,
    config: Config,
    known: Array | marks.Earlier | None = None,
) -> tuple[Calibration, list[Note]]:
    """Find the running direction, the scale and the ground of a clip.

    Parameters
    ----------
    pose : PoseTrack
    camera : CameraMotion
    config : Config
        ``direction``, ``scale``, ``leg_length_m``, ``height_m``, ``sex``, ``treadmill_mps``.
    known : (n, 3) x px, y px, m, or Earlier, optional
        Marks along the lane, or the calibration of an earlier clip, as read from the files that ``config``
        names.

    Returns
    -------
    Calibration, list of Note

    Raises
    ------
    NoAthleteError
        If hips and legs were hardly ever seen.
    ConfigError
        If the marks or the two points cannot be used.
    """
    notes: list[Note] = []
    xy = reference_xy(pose, camera)
    number, run = chosen(pose, camera, config)
    every = runs(pose, camera)
    if len(every) > 1:
        notes.append(told(pose, every, number))
    notes += too_short(pose, camera)
    direction = _direction(pose, xy, run, config, alone=len(every) == 1)
    inside = np.zeros(len(xy), dtype=bool)
    inside[run.start : run.stop] = True
    stays = run.travel < TRAVEL
    roll_prior = 0.0 if stays else _ROLL_PRIOR
    if isinstance(known, marks.Earlier):
        return marks.adopted(known, pose.width, pose.height, direction), notes
    rows = known
    if rows is not None:
        marks.check(rows)
    by_marks = (0.0, np.inf) if rows is None else marks.turn(rows, pose.width / 2)
    flat = view_angle.find(pose, camera, xy, inside, horizon_height(pose, xy[inside], roll_prior), by_marks)
    seen = xy[inside]
    xy = mapped(flat.homography, xy)
    level, slope = ground_line(pose, xy[inside], roll_prior)
    if rows is not None:
        found_scale, found_notes = marks.from_marks(rows, flat.homography, level, slope, direction)
        notes += found_notes
    else:
        metres_per_px, scale_sd, method = _scale(pose, xy[inside], config, flat.homography)
        hips = np.nanmedian(middle(pose, xy[inside], "hip"), axis=0)
        homography = _similarity(metres_per_px, level, slope, direction, float(hips[0])) @ flat.homography
        roll = float(np.degrees(np.arctan(slope)))
        found_scale = Calibration(homography, direction, method, method != "nominal", scale_sd, roll)
    if found_scale.method == "points" and config.scale is not None:
        notes += _across(config.scale, slope)
    if not found_scale.scaled:
        notes.append(
            Note(
                "limit",
                "no_scale",
                "No length is known in this clip, so metres and speeds are not given.",
                "State the athlete's height (--height), or two points a known distance apart (--scale).",
            )
        )
    elif found_scale.method == "height" and found_scale.relative_sd >= body_size.LEG_SD:
        notes.append(
            Note(
                "info",
                "scale_legs",
                "The head is not in the picture, so metres were taken from the legs alone"
                + (
                    ", with the proportions of women and men averaged."
                    if config.sex == "unspecified"
                    else "."
                ),
                "Film the whole athlete, or give two points a known distance apart (--scale).",
            )
        )
    belt = config.treadmill_mps or (belt_speed(pose, found_scale.apply(seen), inside) if stays else 0.0)
    if belt and config.treadmill_mps is None:
        notes.append(
            Note(
                "info",
                "treadmill",
                "The athlete stays in place while the feet move back under the body, as on a treadmill: "
                + (f"the belt's speed, {belt:.2f} m/s, " if found_scale.scaled else "the belt's speed ")
                + "was taken from the standing foot.",
                "Give the belt's speed with --treadmill if you know it.",
            )
        )
    # Lengths change along the lane with twice what the body's size does.
    unsure = 2 * flat.turn_sd * float(np.nanstd(middle(pose, seen, "hip")[:, 0]))
    return replace(
        found_scale,
        relative_sd=float(np.hypot(found_scale.relative_sd, unsure)),
        treadmill_mps=belt,
        off_square_deg=flat.off_deg,
        off_square_sd_deg=flat.off_sd_deg,
    ), notes


def _direction(pose: PoseTrack, xy: Array, run: Pass, config: Config, *, alone: bool) -> Literal[1, -1]:
    if config.direction != "auto" and alone:
        return 1 if config.direction == "right" else -1
    if run.travel >= TRAVEL:
        return run.direction
    # In place, as on a treadmill: the feet point the way the athlete runs, whenever they are low.
    if not body_size.points(pose, xy):
        return 1 if np.median(body_size.facing(pose, xy)) > 0 else -1
    reach = middle(pose, xy, "foot_index") - middle(pose, xy, "heel")
    return 1 if np.nanmedian(reach[:, 0]) > 0 else -1


def _scale(pose: PoseTrack, xy: Array, config: Config, squared: Array) -> tuple[float, float, str]:
    """Return metres per pixel of the squared picture, its relative standard error and the method's name."""
    if config.scale is not None:
        *ends, metres = config.scale
        (x1, y1), (x2, y2) = mapped(squared, np.array(ends).reshape(2, 2))
        pixels = float(np.hypot(x2 - x1, y2 - y1))
        if pixels < marks.MARKS_MIN_SPAN_PX:
            raise ConfigError(
                "The two points of the scale are too close together.",
                f"They are {pixels:.0f} px apart; at least {marks.MARKS_MIN_SPAN_PX:.0f} px are needed.",
                "Choose two points as far apart as possible, in the lane the athlete runs in.",
            )
        return metres / pixels, float(np.hypot(0.01, 2**0.5 * marks.CLICK_SD_PX / pixels)), "points"
    if config.leg_length_m is not None:
        return config.leg_length_m / leg_pixels(pose, xy), 0.03, "leg length"
    if config.height_m is not None:
        body = body_size.spans(pose, xy)
        if np.isfinite(body.chain):
            share = body_size.EAR_TO_ANKLE
            return config.height_m * share / body.chain, body_size.EAR_TO_ANKLE_SD, "height"
        share = by_sex(body_size.LEGS_OF_STATURE, config.sex)
        unsure = 0.02 if config.sex == "unspecified" else 0.0
        return config.height_m * share / body.leg, float(np.hypot(body_size.LEG_SD, unsure)), "height"
    return NOMINAL_LEG_M / leg_pixels(pose, xy), 0.10, "nominal"


def _across(scale: tuple[float, float, float, float, float], slope: float) -> list[Note]:
    """Doubt two points that lie in depth, as the lines of a lane do in a side view."""
    x1, y1, x2, y2, _ = scale
    off = abs(np.degrees(np.arctan2(y2 - y1, x2 - x1) - np.arctan(slope)))
    if min(off, 180 - off) < _ALONG_DEG:
        return []
    return [
        Note(
            "warning",
            "points_across",
            f"The two points lie {min(off, 180 - off):.0f}° off the running line. A length that "
            "goes away from the camera looks shorter than it is, and every metre here is then too long.",
            "Take two points along the lane: hurdle marks, or the ends of a tape beside the athlete's feet.",
        )
    ]


def _similarity(metres_per_px: float, level: float, slope: float, direction: int, origin_px: float) -> Array:
    """Homography of a camera square to the lane: turn the ground level, put it at 0, scale."""
    cos, sin = 1 / np.hypot(1, slope), slope / np.hypot(1, slope)
    along = np.array([cos, sin, 0.0])
    up = np.array([sin, -cos, level * cos])
    along[2] = -(along[0] * origin_px + along[1] * (level + slope * origin_px))
    return np.array([direction * metres_per_px * along, metres_per_px * up, [0.0, 0.0, 1.0]])
