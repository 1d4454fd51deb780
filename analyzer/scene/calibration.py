"""From pixels to metres: running direction, scale, ground line and roll, and how sure each is.

Best scale first: the calibration of an earlier clip, marks along the lane, two points, a file in metres,
measured leg length, standing height. Without any of them the athlete's legs are taken to be 0.92 m long and
metres are not to be reported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.body.anthropometry import by_sex
from analyzer.config import Config
from analyzer.data.capture import SPACE_PX_M, Calibration, CameraMotion, PoseTrack
from analyzer.data.notes import Note
from analyzer.errors import ConfigError
from analyzer.joints import body_size
from analyzer.scene import marks, view_angle
from analyzer.scene.ground import BELT_SD, NOMINAL_LEG_M, belt_speed, ground_line, horizon_height
from analyzer.scene.passes import TRAVEL, ChosenPass
from analyzer.signals.geometry import mapped

ROLL_PRIOR: Final = np.tan(np.radians(1.5))
"""Expected slope of the ground in the image: tripods and tracks are levelled by eye, to 1.5 degrees. Assumed;
on a treadmill, where all steps land in one place, the ground is taken to be level."""
POINTS_SD: Final = 0.01
"""Error of a length between two points beside reading them, as a fraction: how it was measured, and how far
from the athlete's own line it lies (lane lines, start and hurdle marks give 0.5 to 2 %)."""
SPACE_SD: Final = 0.002
"""Error of lengths that a file gives in metres, as a fraction: how well a laboratory's room is calibrated."""
LEG_LENGTH_SD: Final = 0.03
"""Error of a scale by the measured leg length, as a fraction: a measured thigh and shank give 2 to 3 %, the
joints' places in the image included."""
UNKNOWN_SEX_SD: Final = 0.02
"""What the proportions of women and men averaged add to a scale by the legs, as a fraction: the two differ by
2 % (``body_size.LEGS_OF_STATURE``)."""
NOMINAL_SD: Final = 0.10
"""Error of a scale of which nothing is known, as a fraction: of the athlete's leg length. No metres are given
then."""
ALONG_DEG: Final = 20.0
"""Angle from the running line beyond which two points give no length along it: they lie in depth, as the
lines of a lane do in a side view."""


class Scale(NamedTuple):
    """Metres per pixel of the square view, its standard error as a fraction, and the name of the method."""

    metres_per_px: float
    relative_sd: float
    method: str


def calibrate(
    pose: PoseTrack,
    camera: CameraMotion,
    chosen: ChosenPass,
    config: Config,
    known: Array | marks.Earlier | None = None,
) -> Calibration:
    """Find the running direction, the scale and the ground of a clip.

    Parameters
    ----------
    pose : PoseTrack
    camera : CameraMotion
    chosen : ChosenPass
        The pass to analyse, of ``passes.chosen``.
    config : Config
        ``direction``, ``scale``, ``leg_length_m``, ``height_m``, ``sex``, ``treadmill_mps``.
    known : (n, 3) x px, y px, m, or Earlier, optional
        Marks along the lane, or the calibration of an earlier clip, as read from the files that ``config``
        names.

    Returns
    -------
    Calibration
        With notes that say what the scale lacks.

    Raises
    ------
    ConfigError
        If the marks or the two points cannot be used.
    """
    run = chosen.run
    xy = camera.apply(pose.xy)
    direction = _direction(pose, xy, chosen, config)
    inside = np.zeros(len(xy), dtype=bool)
    inside[run.start : run.stop] = True
    stays = run.travel < TRAVEL
    roll_prior = 0.0 if stays else ROLL_PRIOR
    if known is None and (config.marks or config.calibration):
        raise TypeError("the settings name a file with the scale, and what it holds was not handed over")
    if isinstance(known, marks.Earlier):
        return marks.adopted(known, pose.width, pose.height, direction)
    rows = known
    if rows is not None:
        marks.check(rows)
    by_marks = (0.0, np.inf) if rows is None else marks.turn(rows, pose.width / 2)
    horizon_px = horizon_height(pose, xy[inside], roll_prior)
    view = view_angle.find(pose, camera, xy, inside, horizon_px, direction, by_marks)
    seen = xy[inside]
    square = mapped(view.homography, seen)
    level, slope = ground_line(pose, square, roll_prior)
    if rows is not None:
        found = marks.from_marks(rows, view.homography, level, slope, direction)
    else:
        scale = _scale(pose, square, config, view.homography)
        hips = np.nanmedian(pose.middle("hip", square, one_will_do=True), axis=0)
        similarity = _similarity(scale.metres_per_px, level, slope, direction, float(hips[0]))
        found = Calibration(
            homography=similarity @ view.homography,
            direction=direction,
            method=scale.method,
            scaled=scale.method != "nominal",
            relative_sd=scale.relative_sd,
            roll_deg=float(np.degrees(np.arctan(slope))),
        )
    notes = [*found.notes, *_lacks(found, config, slope)]
    belt = config.treadmill_mps or (belt_speed(pose, found.apply(seen), inside) if stays else 0.0)
    if belt and config.treadmill_mps is None:
        notes.append(_belt_note(belt, found))
    stretched = 0.0 if found.along_lane else view.stretch_sd
    turned_sd, bent_sd = (camera.bend.turned_sd_deg, camera.bend.lengths_sd) if camera.bend else (0.0, 0.0)
    growth_sd, even_at_m = _growth(pose, seen, found, view.turn_sd, rows, config)
    return replace(
        found,
        relative_sd=float(np.linalg.norm([found.relative_sd, stretched, bent_sd])),
        growth_sd=growth_sd,
        even_at_m=even_at_m,
        treadmill_mps=belt,
        treadmill_sd_mps=0.0 if config.treadmill_mps else BELT_SD * belt,
        view_angle_deg=view.angle_deg,
        view_angle_sd_deg=float(np.hypot(view.angle_sd_deg, turned_sd)),
        stretch_sd=view.stretch_sd,
        notes=tuple(notes),
    )


def _growth(
    pose: PoseTrack, seen: Array, found: Calibration, turn_sd: float, rows: Array | None, config: Config
) -> tuple[float, float]:
    """Return the error of how lengths grow along the lane, 1/m, and where they have none of it, m.

    Lengths along the lane grow with twice what a body's size does. The scale holds in the middle of what gave
    it: of the marks, of the two points, else of the way on which the body was measured.

    Parameters
    ----------
    pose : PoseTrack
    seen : (m, k, 2) px
        Joints in pixels of the reference frame, in the frames of the pass.
    found : Calibration
    turn_sd : float
        As of ``ViewAngle``.
    rows : (n, 3), optional
        Marks along the lane.
    config : Config
    """
    hips = pose.middle("hip", seen, one_will_do=True)
    measured = hips[np.isfinite(hips).all(axis=1)]
    if rows is not None:
        measured = rows[:, :2]
    elif config.scale is not None:
        measured = np.array(config.scale[:4]).reshape(2, 2)
    if not len(measured):
        return 0.0, 0.0
    middle = found.apply(measured)[:, 0]
    return 2 * turn_sd / found.metres_per_pixel, float(middle.min() + middle.max()) / 2


def _direction(pose: PoseTrack, xy: Array, chosen: ChosenPass, config: Config) -> Literal[1, -1]:
    """Return the running direction in the image: stated, or told by the way gone, or by the feet."""
    if config.direction != "auto" and chosen.alone:
        return 1 if config.direction == "right" else -1
    if chosen.run.travel >= TRAVEL:
        return chosen.run.direction
    # In place, as on a treadmill: the feet point the way the athlete runs, whenever they are low.
    if not body_size.shows_way_of_feet(pose, xy):
        return 1 if np.median(body_size.facing(pose, xy)) > 0 else -1
    toe, heel = (pose.middle(part, xy, one_will_do=True) for part in ("foot_index", "heel"))
    return 1 if np.nanmedian((toe - heel)[:, 0]) > 0 else -1


def _scale(pose: PoseTrack, square: Array, config: Config, to_square: Array) -> Scale:
    """Return the scale of the square view, by the best that the settings give.

    Parameters
    ----------
    pose : PoseTrack
    square : (m, k, 2) px
        Its joints in the square view, in the frames of the pass.
    config : Config
    to_square : (3, 3)
        From pixels of the reference frame to those of the square view.

    Raises
    ------
    ConfigError
        If the two points lie on one another, or so that nobody could be seen to run.
    """
    if config.scale is not None:
        *ends, metres = config.scale
        marks.check_places(np.array(ends), "scale")
        (x1, y1), (x2, y2) = mapped(to_square, np.array(ends).reshape(2, 2))
        pixels = float(np.hypot(x2 - x1, y2 - y1))
        if pixels < marks.MARKS_MIN_SPAN_PX:
            raise ConfigError(
                "The two points of the scale are too close together.",
                f"They are {pixels:.0f} px apart; at least {marks.MARKS_MIN_SPAN_PX:.0f} px are needed.",
                "Choose two points as far apart as possible, in the lane the athlete runs in.",
            )
        marks.check_scale(metres / pixels, "scale")
        clicked = 2**0.5 * marks.CLICK_SD_PX / pixels
        return Scale(metres / pixels, float(np.hypot(POINTS_SD, clicked)), "points")
    if pose.in_space:
        return Scale(SPACE_PX_M, SPACE_SD, "file")
    if config.leg_length_m is not None:
        return Scale(config.leg_length_m / body_size.leg_length(pose, square), LEG_LENGTH_SD, "leg length")
    if config.height_m is not None:
        body = body_size.spans(pose, square)
        if np.isfinite(body.chain):
            share = body_size.EAR_TO_ANKLE
            return Scale(config.height_m * share / body.chain, body_size.EAR_TO_ANKLE_SD, "height")
        share = by_sex(body_size.LEGS_OF_STATURE, config.sex)
        unsure = UNKNOWN_SEX_SD if config.sex == "unspecified" else 0.0
        sd = float(np.hypot(body_size.LEG_SD, unsure))
        return Scale(config.height_m * share / body.leg, sd, "height")
    return Scale(NOMINAL_LEG_M / body_size.leg_length(pose, square), NOMINAL_SD, "nominal")


def _lacks(found: Calibration, config: Config, slope: float) -> list[Note]:
    """Say what a scale lacks: a known length, a head, points along the lane."""
    notes = []
    if found.method == "points" and config.scale is not None:
        notes += _across(config.scale, slope)
    if not found.scaled:
        notes.append(
            Note(
                "limit",
                "no_scale",
                "No length is known in this clip, so metres and speeds are not given.",
                "State the athlete's height, or two points a known distance apart.",
            )
        )
    elif found.method == "height" and found.relative_sd >= body_size.LEG_SD:
        averaged = ", with the proportions of women and men averaged" if config.sex == "unspecified" else ""
        notes.append(
            Note(
                "info",
                "scale_legs",
                f"The head is not in the picture, so metres were taken from the legs alone{averaged}.",
                "Film the whole athlete, or give two points a known distance apart.",
            )
        )
    return notes


def _across(scale: tuple[float, float, float, float, float], slope: float) -> list[Note]:
    """Doubt two points that lie in depth, as the lines of a lane do in a side view."""
    x1, y1, x2, y2, _ = scale
    off = abs(np.degrees(np.arctan2(y2 - y1, x2 - x1) - np.arctan(slope)))
    if min(off, 180 - off) < ALONG_DEG:
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


def _belt_note(belt: float, found: Calibration) -> Note:
    """Say that the ground moves, and how fast."""
    speed = f"the belt's speed, {belt:.2f} m/s, " if found.scaled else "the belt's speed "
    return Note(
        "info",
        "treadmill",
        "The athlete stays in place while the feet move back under the body, as on a treadmill: "
        f"{speed}was taken from the standing foot.",
        "Give the belt's speed if you know it.",
    )


def _similarity(metres_per_px: float, level: float, slope: float, direction: int, origin_px: float) -> Array:
    """Return the homography (3, 3) of a square view: turn the ground level, put it at 0, scale.

    Parameters
    ----------
    metres_per_px : float
    level, slope : float
        The ground in the square view: y = level + slope x, px.
    direction : 1 or -1
        Running direction in the image.
    origin_px : float
        Where in the image, along the ground, metres are 0.
    """
    cos, sin = 1 / np.hypot(1, slope), slope / np.hypot(1, slope)
    along = np.array([cos, sin, 0.0])
    up = np.array([sin, -cos, level * cos])
    along[2] = -(along[0] * origin_px + along[1] * (level + slope * origin_px))
    return np.array([direction * metres_per_px * along, metres_per_px * up, [0.0, 0.0, 1.0]])
