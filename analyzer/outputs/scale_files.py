"""Scale in files: marks that a person wrote down, and the calibration of an earlier clip."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analyzer import spreadsheet, toml_file
from analyzer.arrays import Array
from analyzer.config import Config
from analyzer.data.capture import Calibration
from analyzer.errors import ConfigError, OutputError
from analyzer.outputs import door, gates_file
from analyzer.scene.marks import Earlier

MARKS: Final = "marks.csv"
"""Name that a table of marks has in a folder of results."""
GIVEN: Final = "calibration_given.toml"
"""Name that an earlier clip's calibration has in it; ``calibration.toml`` is the one of the run itself."""
MARK_COLUMNS: Final = ("x_px", "y_px", "metres")
"""Columns of a table of marks; others are ignored."""
_Row = Annotated[tuple[float, ...], Field(min_length=3, max_length=3)]
"""A row of a homography."""


class _File(BaseModel):
    """What ``calibration.toml`` holds; an older file may lack what has a default."""

    model_config = ConfigDict(allow_inf_nan=False)

    width: int
    height: int
    method: str
    direction: Literal[1, -1]
    relative_sd: float
    roll_deg: float
    homography: Annotated[tuple[_Row, ...], Field(min_length=3, max_length=3)]
    lane: Literal[1, -1] = 1
    off_square_deg: float = 0.0
    off_square_sd_deg: float = 0.0
    stretch_sd: float = 0.0
    growth_sd: float = 0.0
    even_at_m: float = 0.0


def known(config: Config) -> Array | Earlier | None:
    """Read what the settings name: an earlier calibration goes before marks; None without either.

    Raises
    ------
    ConfigError
        A file cannot be read.
    """
    if config.calibration is not None:
        return read_calibration(config.calibration)
    return None if config.marks is None else read_marks(config.marks)


def given(config: Config) -> dict[str, bytes]:
    """Return what stands in the file that gives the scale, under the name that it has in a folder of results.

    Raises
    ------
    ConfigError
        It cannot be read.
    """
    path = config.calibration or config.marks
    if path is None:
        return {}
    return {GIVEN if config.calibration else MARKS: spreadsheet.file_content(path, ConfigError)}


def kept(config: Config, directory: Path) -> Config:
    """Return settings whose files of marks, calibration and gates are those that a folder of results carries.

    A file that is named in full and is there goes before it: somebody has just said so.
    """
    found = config
    for setting, name in (("marks", MARKS), ("calibration", GIVEN), ("gates", gates_file.FILE)):
        path: Path | None = getattr(config, setting)
        if path is not None and not (path.is_absolute() and path.is_file()):
            found = found.model_copy(update={setting: directory / name})
    return found


def read_marks(path: Path) -> Array:
    """Return (n, 3) x px, y px, m of a table of marks.

    Raises
    ------
    ConfigError
        It cannot be read.
    """
    return spreadsheet.read(path, MARK_COLUMNS, refused=ConfigError).numbers(*MARK_COLUMNS)


def write_calibration(calibration: Calibration, width: int, height: int, path: Path) -> None:
    """Write a calibration for later clips of the same, unmoved camera.

    Parameters
    ----------
    calibration : Calibration
    width, height : int
        Size of the frames that it is for, px.
    path : Path

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    rows = ",\n".join("  [" + ", ".join(repr(float(v)) for v in row) + "]" for row in calibration.homography)
    text = (
        "# From pixels to metres, for clips of the same camera from the same place.\n"
        f"width = {width}\nheight = {height}\n"
        f'method = "{calibration.method}"\n'
        f"direction = {calibration.direction}\nlane = {calibration.lane}\n"
        f"relative_sd = {calibration.relative_sd!r}\nroll_deg = {calibration.roll_deg!r}\n"
        f"off_square_deg = {calibration.view_angle_deg!r}\n"
        f"off_square_sd_deg = {calibration.view_angle_sd_deg!r}\nstretch_sd = {calibration.stretch_sd!r}\n"
        f"growth_sd = {calibration.growth_sd!r}\neven_at_m = {calibration.even_at_m!r}\n"
        f"homography = [\n{rows},\n]\n"
    )
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"Cannot write the calibration {path}.", f"{error.strerror or error}.", "Choose another place."
        ) from None


def read_calibration(path: Path) -> Earlier:
    """Read the calibration of an earlier clip.

    Raises
    ------
    ConfigError
        It cannot be read.
    """
    try:
        found = _File(**toml_file.read(path))
    except OSError as error:
        why = f"{error.strerror or error}."
    except ValidationError as error:
        first = error.errors()[0]
        why = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}."
    except ValueError as error:
        why = str(error)
    else:
        calibration = Calibration(
            homography=np.array(found.homography),
            direction=found.direction,
            method=found.method,
            scaled=found.method != "nominal",
            relative_sd=found.relative_sd,
            roll_deg=found.roll_deg,
            lane=found.lane,
            view_angle_deg=found.off_square_deg,
            view_angle_sd_deg=found.off_square_sd_deg,
            stretch_sd=found.stretch_sd,
            growth_sd=found.growth_sd,
            even_at_m=found.even_at_m,
        )
        wrong = door.wrong_scale(calibration)
        if wrong is None:
            return Earlier(calibration, found.width, found.height)
        why = wrong
    raise ConfigError(
        f"Cannot read the calibration {path}.",
        why,
        "Give the calibration.toml of an earlier clip.",
        settings=("calibration",),
    )
