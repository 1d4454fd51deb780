"""Scale from outside the athlete: marks along the lane, and the calibration of an earlier clip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from analyzer.arrays import Array
from analyzer.data.capture import Calibration
from analyzer.data.notes import Note
from analyzer.errors import ConfigError
from analyzer.scene.ground import CAMERA_HEIGHT_M, CAMERA_HEIGHT_SD
from analyzer.signals.geometry import mapped

CLICK_SD_PX: Final = 1.5
"""Standard error, px, of a point that somebody reads from a frame."""
MARKS_MIN_SPAN_PX: Final = 20.0
"""Pixels between the outermost marks, or two points, below which reading them says little about a length: the
error of the scale would be a tenth."""
FARTHEST_PX: Final = 50_000.0
"""From the picture's corner: nothing further away was clicked, panned pictures included."""
LEAST_M_PER_PX: Final = 1e-5
"""Length of a pixel, m, below which a picture would show no more than a hand."""
MOST_M_PER_PX: Final = 0.2
"""Length of a pixel, m, from which a leg has fewer than five of them, and nobody's steps can be seen."""
TAPE_SD: Final = 0.004
"""Error of a scale by marks beside reading and fit, as a fraction: how they were laid out along the lane."""
ASIDE_M: Final = 0.10
"""Marks further below or above the athlete's ground in the image than this lie in another lane."""
TOE_HIGH_M: Final = 0.025
"""Height of the toe landmark, of which the athlete's ground is made, over the ground of the marks: 2 to 3
cm."""
MOST_CLOSER: Final = 0.3
"""Share of the camera's distance by which marks can lie nearer or further than the athlete: beyond, the
assumed height of the camera would be what is wrong."""
SAME_CAMERA_SD: Final = 0.005
"""What a camera that was not moved on purpose changes between two clips, as a fraction of a length."""


@dataclass(frozen=True)
class Earlier:
    """The calibration of an earlier clip of the same camera, for images of ``width`` x ``height`` px."""

    calibration: Calibration
    width: int
    height: int


def check(marks: Array) -> None:
    """Refuse marks, (n, 3) x px, y px, m, that no scale can be made of.

    Raises
    ------
    ConfigError
        There are fewer than two places, or they are in no order along the lane.
    """
    if len(marks) < 2 or not np.isfinite(marks).all() or np.ptp(marks[:, 2]) == 0:
        raise ConfigError(
            "The marks cannot be used.",
            f"{len(marks)} rows were read; two or more marks at different places are needed.",
            "Give every mark its x_px, y_px and metres.",
            settings=("marks",),
        )
    along = marks[np.argsort(marks[:, 0])]
    if np.ptp(marks[:, 0]) < MARKS_MIN_SPAN_PX or len(set(np.sign(np.diff(along[:, 2])))) != 1:
        raise ConfigError(
            "The marks contradict each other.",
            f"Along the lane their metres must only rise or fall, over at least {MARKS_MIN_SPAN_PX:g} px.",
            "Check the rows for exchanged numbers.",
            settings=("marks",),
        )
    check_places(marks[:, :2], "marks")
    check_scale(float(np.ptp(marks[:, 2]) / np.ptp(marks[:, 0])), "marks")


def check_scale(metres_per_px: float, setting: str) -> None:
    """Refuse a scale, m a pixel, by which nobody could be seen to run; ``setting`` is what gave it.

    Raises
    ------
    ConfigError
        It is one.
    """
    if not LEAST_M_PER_PX <= metres_per_px <= MOST_M_PER_PX:
        raise ConfigError(
            f"The metres of the {setting} cannot be right.",
            f"A pixel would be {metres_per_px:.3g} m long; from {LEAST_M_PER_PX:g} to {MOST_M_PER_PX:g} m "
            "is how runners are filmed.",
            "Give places in pixels, and lengths in metres.",
            settings=(setting,),
        )


def check_places(places: Array, setting: str) -> None:
    """Refuse places, px, that are in no picture; ``setting`` is what gave them.

    Raises
    ------
    ConfigError
        There is one.
    """
    farthest = float(np.abs(places).max())
    if farthest > FARTHEST_PX:
        raise ConfigError(
            f"The {setting} cannot be in a picture.",
            f"One lies {farthest:.4g} px from the corner; up to {FARTHEST_PX:,.0f} can be.",
            "Give places in pixels of the picture.",
            settings=(setting,),
        )


def turn(marks: Array, centre_px: float) -> tuple[float, float]:
    """Return by what share lengths at right angles to the lane grow a pixel at ``centre_px``, and its error.

    Three marks or more show it: X = (a u + b) / (c u + 1) is exact for a line seen in perspective. Two say
    nothing about it (an infinite error).

    Parameters
    ----------
    marks : (n, 3) x px, y px, m
    centre_px : float
        Horizontal place in the image.
    """
    if len(marks) < 3:
        return 0.0, np.inf
    middle = float(marks[:, 0].mean())
    u, metres = marks[:, 0] - middle, marks[:, 2]
    design = np.column_stack([u, np.ones_like(u), -u * metres])
    a, b, c = np.linalg.lstsq(design, metres, rcond=None)[0]
    spare = len(marks) - 3
    error = design @ [a, b, c] - metres
    click = max(float(np.sqrt(error @ error / spare)) if spare else 0.0, CLICK_SD_PX * abs(a - b * c))
    sd = click * float(np.sqrt(np.linalg.inv(design.T @ design)[2, 2]))
    at_centre = 1 + c * (centre_px - middle)
    return float(c / at_centre), sd / at_centre**2


def from_marks(
    marks: Array, squared: Array, level: float, slope: float, direction: Literal[1, -1]
) -> Calibration:
    """Fit the metres of marks to their places in an image that was made square to the lane.

    Parameters
    ----------
    marks : (n, 3) x px, y px, m
    squared : (3, 3)
        From pixels of the reference frame to those of the square view.
    level, slope : float
        The athlete's ground in the square view: y = level + slope x, px.
    direction : 1 or -1
        Running direction in the image.

    Returns
    -------
    Calibration
        Marks that lie nearer to the camera, or further away, than the athlete runs are corrected for
        a camera at about 1.4 m, the error is widened, and a note says so.
    """
    metres = marks[:, 2]
    x, y = mapped(squared, marks[:, :2]).T
    placed = np.column_stack([x, y])
    line_slope = float(np.polyfit(x, y, 1)[0]) if len(marks) > 2 else slope
    cos, sin = 1 / np.hypot(1, line_slope), line_slope / np.hypot(1, line_slope)
    u = x * cos + y * sin
    lane: Literal[1, -1] = 1 if (metres[u.argmax()] > metres[u.argmin()]) == (direction == 1) else -1
    metres = lane * metres
    per_px, at_zero = np.polyfit(u - u.mean(), metres, 1)
    at_zero -= per_px * u.mean()
    # The perspective was fitted before: to these marks, where there are three.
    spare = len(marks) - min(len(marks), 3)
    residual = per_px * u + at_zero - metres
    rms = float(np.sqrt(residual @ residual / spare)) if spare else 0.0
    relative_sd = float(np.hypot(TAPE_SD, 2**0.5 * max(rms, CLICK_SD_PX * abs(per_px)) / np.ptp(metres)))
    closer = _closer(placed, level, slope, abs(per_px))
    relative_sd = float(np.hypot(relative_sd, CAMERA_HEIGHT_SD * closer))
    # The ground's height is the athlete's, the way it rises that of the marks.
    ground = level + (slope - line_slope) * float(x.mean())
    along = per_px * np.array([cos, sin, 0.0]) + [0.0, 0.0, at_zero]
    up = abs(per_px) * np.array([sin, -cos, ground * cos])
    homography = np.array([(1 + closer) * along, (1 + closer) * up, [0.0, 0.0, 1.0]]) @ squared
    roll = float(np.degrees(np.arctan(slope)))
    return Calibration(
        homography=homography,
        direction=direction,
        method="marks",
        scaled=True,
        relative_sd=relative_sd,
        roll_deg=roll,
        lane=lane,
        notes=(_aside(closer),) if closer else (),
    )


def _closer(placed: Array, level: float, slope: float, metres_per_px: float) -> float:
    """Return how much nearer than the athlete the marks are, as a fraction of the distance; 0 = beside him.

    The ground rises in the image with distance, to the horizon at the camera's own height.
    """
    below_px = float(np.mean(placed[:, 1] - (level + slope * placed[:, 0])))
    below_m = below_px * metres_per_px - TOE_HIGH_M
    if abs(below_m) < ASIDE_M:
        return 0.0
    return float(np.clip(below_m / CAMERA_HEIGHT_M, -MOST_CLOSER, MOST_CLOSER))


def _aside(closer: float) -> Note:
    """Say that marks lie in another lane, and what was made of it."""
    where = "nearer to the camera" if closer > 0 else "further from the camera"
    return Note(
        "warning",
        "marks_aside",
        f"The marks lie {where} than the athlete runs. Lengths were corrected by {closer:+.0%}, for a "
        f"camera about {CAMERA_HEIGHT_M:g} m above the ground, and are less sure.",
        "Use marks beside the athlete's own lane, at the height of the feet in the picture.",
    )


def adopted(earlier: Earlier, width: int, height: int, direction: Literal[1, -1]) -> Calibration:
    """Return the calibration of an earlier clip for a clip of ``width`` x ``height`` px run in ``direction``.

    Raises
    ------
    ConfigError
        It belongs to images of another size or shape.
    """
    if (earlier.width, earlier.height) != (width, height):
        raise ConfigError(
            "The calibration does not fit this clip.",
            f"It is for images of {earlier.width}x{earlier.height} px, the clip has {width}x{height}.",
            "Use it for clips of the same camera with the same settings only.",
            settings=("calibration",),
        )
    found = earlier.calibration
    turned = found.direction != direction
    homography = np.array(found.homography)
    if turned:
        homography[0] *= -1
    even_at_m = -found.even_at_m if turned else found.even_at_m
    lane: Literal[1, -1] = 1 if (found.lane == 1) != turned else -1
    return replace(
        found,
        homography=homography,
        direction=direction,
        relative_sd=float(np.hypot(found.relative_sd, SAME_CAMERA_SD)),
        even_at_m=even_at_m,
        lane=lane,
    )
