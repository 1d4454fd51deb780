"""What the page asks for: checked, and written into the files that the rest of the program reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analyzer.arrays import Array
from analyzer.body.skeleton import Side
from analyzer.data.capture import CameraMotion
from analyzer.data.results import Answer
from analyzer.errors import ConfigError
from analyzer.metrics.smas import POINTS
from analyzer.outputs import smas_file
from analyzer.outputs.folder import EVENTS
from analyzer.outputs.scale_files import MARK_COLUMNS, MARKS
from analyzer.outputs.tables import EVENT_COLUMNS, Columns, write_columns
from analyzer.signals.geometry import mapped

SETTINGS: Final = (
    "athlete_name", "date", "session", "height_m", "leg_length_m", "sex", "capture_fps", "athlete", "start_s",
    "stop_s", "treadmill_mps", "direction", "quality", "accept",
)  # fmt: skip
"""Settings that the page may give: none that names a file of this machine."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Contact(_Asked):
    """A contact as the page has it, s on the clock of the folder; None = outside the clip."""

    side: Side
    touchdown_s: float | None
    toe_off_s: float | None


class Point(_Asked):
    """A point that was clicked, px, and the frame in which: None where it is one of the reference frame."""

    x: float
    y: float
    frame: int | None = Field(None, ge=0)
    metres: float = 0.0


class Scale(_Asked):
    """What the metres come from: the body, two points ``metres`` apart, or marks with metres of their own."""

    kind: Literal["body", "points", "marks"]
    points: tuple[Point, ...] = Field((), max_length=100)
    metres: float | None = None


class Answered(_Asked):
    """What somebody says of an item of the S-MAS: whether its feature is there."""

    item: int = Field(ge=1, le=POINTS)
    side: Side
    yes: bool


class Wanted(_Asked):
    """What is asked for in one go.

    contacts : None = as they are
    answers : all of the sheet of the S-MAS; None = as they are
    scale : None = as it is
    settings : those of ``SETTINGS`` that are to be others; None puts one back
    overlay : whether the annotated video is drawn again
    """

    contacts: tuple[Contact, ...] | None = Field(None, max_length=1000)
    answers: tuple[Answered, ...] | None = Field(None, max_length=2 * POINTS)
    scale: Scale | None = None
    settings: dict[str, Any] = Field(default_factory=dict, max_length=len(SETTINGS))
    overlay: bool = False


def read(body: bytes) -> Wanted:
    """Return what a request asks for.

    Raises
    ------
    ConfigError
        It asks for something that there is not.
    """
    try:
        wanted = Wanted.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError("This cannot be asked for.", f"{where}: {first['msg']}.", "") from None
    named = [(answer.item, answer.side) for answer in wanted.answers or ()]
    twice = next((key for key in named if named.count(key) > 1), None)
    if twice is not None:
        raise ConfigError("This cannot be asked for.", f"answers: item {twice[0]}, {twice[1]}, twice.", "")
    strange = sorted(set(wanted.settings) - set(SETTINGS))
    if strange:
        raise ConfigError(
            "This cannot be set here.", f"{', '.join(strange)}.", "Use the command line for it."
        )
    return wanted


@contextmanager
def written(wanted: Wanted, directory: Path, camera: CameraMotion) -> Iterator[dict[str, Any]]:
    """Write contacts, marks and answers into a folder of results, and give the settings that go with them.

    What was there is put back when what is done with them fails.

    Parameters
    ----------
    wanted : Wanted
    directory : Path
    camera : CameraMotion
        By which a point of a frame becomes one of the reference frame.
    """
    before = {name: _content(directory / name) for name in (EVENTS, MARKS, smas_file.FILE)}
    settings = dict(wanted.settings)
    try:
        if wanted.contacts is not None:
            columns: Columns = {name: [getattr(c, name) for c in wanted.contacts] for name in EVENT_COLUMNS}
            _exchange(directory / EVENTS, lambda path: write_columns(columns, path, "%.6f"))
        write_answers(wanted, directory)
        if wanted.scale is not None:
            settings |= scale_settings(wanted.scale, directory, camera)
        yield settings
    except BaseException:
        _put_back(before, directory)
        raise


def _put_back(before: Mapping[str, bytes | None], directory: Path) -> None:
    """Make files what they were, on a full disk too: what is new gives its space, the old takes that."""
    for name in (name for name, content in before.items() if content is None):
        (directory / name).unlink(missing_ok=True)
    for name, content in before.items():
        path = directory / name
        if content is None or content == _content(path):
            continue
        try:
            _exchange(path, partial(_fill, content))
        except OSError:
            with suppress(OSError), path.open("r+b") as file:
                file.write(content)
                file.truncate()


def write_answers(wanted: Wanted, directory: Path) -> None:
    """Write what is answered of the S-MAS into its sheet, which a rebuild fills up."""
    if wanted.answers is not None:
        answers = (Answer(one.item, one.side, one.yes) for one in wanted.answers)
        columns: Columns = dict(smas_file.answers_columns(answers))
        if wanted.answers:
            _exchange(directory / smas_file.FILE, lambda path: write_columns(columns, path))
        else:
            (directory / smas_file.FILE).unlink(missing_ok=True)  # a table needs a row


def scale_settings(scale: Scale, directory: Path, camera: CameraMotion) -> dict[str, Any]:
    """Return the settings of a scale; marks are written into ``directory`` first.

    Raises
    ------
    ConfigError
        Two points are not two, or lack their metres.
    """
    settings: dict[str, Any] = {"scale": None, "marks": None, "calibration": None}
    if scale.kind == "body":
        return settings
    places = _placed(scale.points, camera)
    if scale.kind == "marks":
        x, y = ([f"{value:.2f}" for value in column] for column in places.T)
        columns: Columns = dict(
            zip(MARK_COLUMNS, (x, y, [f"{p.metres:g}" for p in scale.points]), strict=True)
        )
        _exchange(directory / MARKS, lambda path: write_columns(columns, path))
        return settings | {"marks": (directory / MARKS).absolute()}
    if len(scale.points) != 2 or not scale.metres:
        raise ConfigError(
            "The scale is not complete.",
            f"It has {len(scale.points)} points and {scale.metres or 'no'} metres.",
            "Click two points and give the metres between them.",
            settings=("scale",),
        )
    ends = [round(value, 2) for value in places.ravel().tolist()]
    return settings | {"scale": (*ends, scale.metres)}


def _placed(points: Sequence[Point], camera: CameraMotion) -> Array:
    """Return the (n, 2) px of points in the reference frame."""
    xy = np.array([(point.x, point.y) for point in points], dtype=float).reshape(-1, 2)
    for i, point in enumerate(points):
        if point.frame is not None and point.frame < len(camera.to_reference):
            xy[i] = mapped(camera.to_reference[point.frame], xy[i])
    return xy


def _exchange(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place, then put it there: whoever reads it, has the old or the new."""
    beside = path.with_name(f".{path.name}.part")
    try:
        write(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _fill(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
