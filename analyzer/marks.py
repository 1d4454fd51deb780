"""Scale from outside the athlete: marks along the lane, and the calibration of an earlier clip."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from analyzer.data import Array, Calibration, Note
from analyzer.errors import ConfigError, OutputError

CLICK_SD_PX: Final = 1.5
"""How far off a point that somebody reads from a frame is."""
MARKS_MIN_SPAN_PX: Final = 20.0
CAMERA_HEIGHT_M: Final = 1.4
CAMERA_HEIGHT_SD: Final = 0.35
"""Phones are held or stand at about this height, with this relative scatter."""
ASIDE_M: Final = 0.10
"""Marks further below or above the athlete's ground in the picture than this lie in another lane."""
SAME_CAMERA_SD: Final = 0.005
"""What a camera that was not moved on purpose changes between two clips, as a fraction of a length."""


def read_marks(path: Path) -> Array:
    """Return (n, 3) x px, y px, m of a file of marks.

    Raises
    ------
    ConfigError
        If the file cannot be read or holds fewer than two places.
    """
    try:
        table = np.genfromtxt(path, delimiter=",", names=True, dtype=float, encoding="utf-8-sig")
        marks = np.column_stack([np.atleast_1d(table[c]) for c in ("x_px", "y_px", "metres")])
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise ConfigError(
            f"Cannot read the marks in {path}.",
            str(error),
            "Write a CSV file with the columns x_px, y_px, metres: one row a mark.",
        ) from None
    if len(marks) < 2 or not np.isfinite(marks).all() or np.ptp(marks[:, 2]) == 0:
        raise ConfigError(
            f"The marks in {path} cannot be used.",
            f"{len(marks)} rows were read; two or more marks at different places are needed.",
            "Give every mark its x_px, y_px and metres.",
        )
    return marks


def from_marks(
    path: Path, level: float, slope: float, direction: Literal[1, -1]
) -> tuple[Calibration, list[Note]]:
    """Fit X = (a u + b) / (c u + 1) along the line of the marks, exact for a line seen in perspective.

    Parameters
    ----------
    path : path of a CSV file with x_px, y_px, metres
    level, slope : float
        The athlete's ground in the picture: y = level + slope x, px.
    direction : 1 or -1
        Running direction in the picture.

    Returns
    -------
    Calibration, list of Note
        Marks that lie nearer to the camera, or further away, than the athlete runs are corrected for
        a camera at about 1.4 m, and the error is widened.
    """
    marks = read_marks(path)
    line_slope = float(np.polyfit(marks[:, 0], marks[:, 1], 1)[0]) if np.ptp(marks[:, 0]) > 0 else slope
    line_slope = line_slope if len(marks) > 2 else slope
    cos, sin = 1 / np.hypot(1, line_slope), line_slope / np.hypot(1, line_slope)
    u = marks[:, 0] * cos + marks[:, 1] * sin
    metres = marks[:, 2]
    order = np.argsort(u)
    if np.ptp(u) < MARKS_MIN_SPAN_PX or len(set(np.sign(np.diff(metres[order])))) != 1:
        raise ConfigError(
            f"The marks in {path} contradict each other.",
            "Along the lane their metres must only rise or only fall, over at least 20 px.",
            "Check the rows for exchanged numbers.",
        )
    lane: Literal[1, -1] = 1 if (metres[order][-1] > metres[order][0]) == (direction == 1) else -1
    metres = lane * metres
    middle = float(u.mean())
    s = u - middle
    if len(marks) == 2:
        a, b = np.polyfit(s, metres, 1)
        c = 0.0
    else:
        design = np.column_stack([s, np.ones_like(s), -s * metres])
        a, b, c = np.linalg.lstsq(design, metres, rcond=None)[0]
    fitted = (a * s + b) / (c * s + 1)
    spare = len(marks) - (2 if len(marks) == 2 else 3)
    rms = float(np.sqrt(np.sum((fitted - metres) ** 2) / spare)) if spare > 0 else CLICK_SD_PX * abs(a)
    relative_sd = float(np.hypot(0.004, 2**0.5 * max(rms, CLICK_SD_PX * abs(a)) / np.ptp(metres)))
    closer, notes = _depth(marks, level, slope, abs(a - b * c))
    relative_sd = float(np.hypot(relative_sd, CAMERA_HEIGHT_SD * closer))
    along = np.array([cos, sin, -middle])
    up = np.array([sin, -cos, level * cos])
    tilt = np.array([0.0, 0.0, 1.0]) + c * along
    local = abs(a - b * c)  # metres along the lane for each pixel at the middle of the marks
    homography = np.array([a * along + b * np.array([0, 0, 1.0]), local * up, tilt])
    homography[:2] *= 1 + closer
    roll = float(np.degrees(np.arctan(slope)))
    return Calibration(homography, direction, "marks", True, relative_sd, roll, lane=lane), notes


def _depth(marks: Array, level: float, slope: float, metres_per_px: float) -> tuple[float, list[Note]]:
    """Return how much nearer than the athlete the marks are, as a fraction of the distance.

    The ground rises in the picture with distance, to the horizon at the camera's own height.
    """
    below_px = float(np.mean(marks[:, 1] - (level + slope * marks[:, 0])))
    # The toe landmark, which the athlete's ground is made of, lies 2-3 cm above the ground.
    below_m = below_px * metres_per_px - 0.025
    if abs(below_m) < ASIDE_M:
        return 0.0, []
    closer = float(np.clip(below_m / CAMERA_HEIGHT_M, -0.3, 0.3))
    where = "nearer to the camera" if closer > 0 else "further from the camera"
    return closer, [
        Note(
            "warning",
            "marks_aside",
            f"The marks lie {where} than the athlete runs. Lengths were corrected by {closer:+.0%}, for a "
            "camera about 1.4 m above the ground, and are less sure.",
            "Use marks beside the athlete's own lane, at the height of the feet in the picture.",
        )
    ]


def write(calibration: Calibration, width: int, height: int, path: Path) -> None:
    """Write a calibration for later clips of the same, unmoved camera (``calibration`` in the settings).

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    rows = ",\n".join("  [" + ", ".join(repr(float(v)) for v in row) + "]" for row in calibration.homography)
    text = (
        "# From pixels to metres, for clips of the same camera from the same place.\n"
        f"width = {width}\nheight = {height}\n"
        f'method = "{calibration.method}"\n'
        f"direction = {calibration.direction}\nlane = {calibration.lane}\n"
        f"relative_sd = {calibration.relative_sd!r}\nroll_deg = {calibration.roll_deg!r}\n"
        f"homography = [\n{rows},\n]\n"
    )
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"Cannot write the calibration {path}.", str(error), "Choose another place."
        ) from None


def read(path: Path, width: int, height: int, direction: Literal[1, -1]) -> Calibration:
    """Read a calibration of an earlier clip for a clip of ``width`` x ``height`` pixels.

    Raises
    ------
    ConfigError
        If it cannot be read, or belongs to pictures of another size or shape.
    """
    try:
        table: dict[str, Any] = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        homography = np.array(table["homography"], dtype=float)
        size, facing = (int(table["width"]), int(table["height"])), int(table["direction"])
        method, sd, roll = str(table["method"]), float(table["relative_sd"]), float(table["roll_deg"])
        lane = int(table.get("lane", 1))
        if homography.shape != (3, 3) or not np.isfinite(homography).all() or {facing, lane} - {1, -1}:
            raise ValueError(
                "the homography is not three rows of three numbers, or direction or lane not 1 or -1"
            )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"Cannot read the calibration {path}.",
            f"{type(error).__name__}: {error}",
            "Give the calibration.toml of an earlier clip.",
        ) from None
    if size != (width, height):
        raise ConfigError(
            f"The calibration {path} does not fit this clip.",
            f"It is for pictures of {size[0]}x{size[1]} px, the clip has {width}x{height}.",
            "Use it for clips of the same camera with the same settings only.",
        )
    if facing != direction:
        homography[0] *= -1
        lane = -lane
    return Calibration(
        homography,
        direction,
        method,
        method != "nominal",
        float(np.hypot(sd, SAME_CAMERA_SD)),
        roll,
        lane=1 if lane == 1 else -1,
    )
