"""Joints in files: ``pose.csv``, the hand-over a coach can open, and other trackers' formats."""

from __future__ import annotations

import csv
import math
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.data.capture import PoseTrack
from analyzer.errors import OutputError, PoseFileError
from analyzer.pose.files import guard, other_trackers

_BOX: Final = ("box_x_px", "box_y_px", "box_side_px")
_FRAME: Final = ("frame_width_px", "frame_height_px")
_TRACKER: Final = "tracker"
OWN: Final = ("blazepose", "rtmpose")
"""Sources of the tracks that were made here: their legs have their names already."""
_MARGIN: Final = 1.35  # of the joints' extent: a crop that holds the whole body, head top and toes too


def write_pose(pose: PoseTrack, path: Path) -> Path:
    """Write ``pose.csv``: ``time_s``, then x, y and confidence of each joint, in upright frame pixels.

    The last columns hold the crop that was looked at, the frame's size and what marked the joints, so
    the file alone is enough to rebuild everything. Not seen is an empty cell.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    joints = np.concatenate([pose.xy, pose.confidence[..., None]], axis=2)
    decimals = [3, 3, 4] * len(pose.names) + [3, 3, 3]
    path = Path(path)
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, delete=False, newline="", encoding="utf-8"
        ) as file:
            rows = csv.writer(file)
            rows.writerow(columns(pose.names))
            for t, joint, box in zip(pose.time, joints, pose.box, strict=True):
                numbers = [*joint.ravel(), *box]
                filled = [
                    "" if math.isnan(v) else f"{v:.{d}f}" for v, d in zip(numbers, decimals, strict=True)
                ]
                rows.writerow([f"{t:.7f}", *filled, pose.width, pose.height, pose.source])
        os.chmod(file.name, 0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise OutputError(
            f"Cannot write {path}.", error.strerror or str(error), "Choose another --out folder."
        ) from None
    return path


def read_pose(path: Path, fps: float | None = None) -> PoseTrack:
    """Read the joints of one athlete from ``pose.csv`` or another tracker's file or folder.

    A file by another hand needs ``time_s`` and the x and y of some joints with BlazePose's names;
    joints it lacks are NaN, a missing confidence is 1 where there is a position, a missing crop is
    taken from the joints' extent, and a missing frame size from the furthest joint. For the other
    trackers see ``formats``; those that count frames without a clock need ``fps``.

    Raises
    ------
    PoseFileError
        The file cannot be read or lacks what is needed.
    """
    path = Path(path)
    guard.check_name(path)
    try:
        other = other_trackers.read(path, fps)
    except (OSError, ValueError) as error:  # a name with a zero byte is no OSError
        raise PoseFileError(
            f"Cannot read {path}.",
            getattr(error, "strerror", None) or str(error),
            "Check the path and the spelling.",
        ) from None
    if other is not None:
        return assemble(path, other.time, other.xy, other.confidence, source=other.source)
    table, tracker = _table(path)
    if "time_s" not in table:
        raise PoseFileError(
            f"{path.name} has no column time_s.",
            f"Its columns begin with {', '.join(list(table)[:4])}.",
            "Add a column time_s with the time of each frame in seconds.",
        )
    shown = [name for name in BLAZEPOSE if f"{name}_x_px" in table and f"{name}_y_px" in table]
    if not shown:
        raise PoseFileError(
            f"{path.name} has no joint that is known here.",
            f"Its columns begin with {', '.join(list(table)[:4])}.",
            "Name them as in left_hip_x_px, left_hip_y_px, left_hip_confidence.",
        )
    n = len(table["time_s"])
    xy, confidence = np.full((n, len(BLAZEPOSE), 2), np.nan), np.zeros((n, len(BLAZEPOSE)))
    for name in shown:
        k = BLAZEPOSE.index(name)
        xy[:, k] = np.stack([table[f"{name}_x_px"], table[f"{name}_y_px"]], axis=1)
        given = table.get(f"{name}_confidence")
        confidence[:, k] = 1.0 if given is None else np.nan_to_num(given, nan=0.0)
    box = np.stack([table[c] for c in _BOX], axis=1) if all(c in table for c in _BOX) else None
    size = [int(np.nanmax(table[c])) if c in table and np.isfinite(table[c]).any() else 0 for c in _FRAME]
    source = tracker if tracker in OWN else "pose.csv"
    return assemble(path, table["time_s"], xy, confidence, source=source, box=box, size=(size[0], size[1]))


def assemble(
    path: Path,
    time: Array,
    xy: Array,
    confidence: Array,
    *,
    source: str,
    box: Array | None = None,
    size: tuple[int, int] = (0, 0),
) -> PoseTrack:
    """Check what was read and fill in what a file may leave out: box and frame size.

    Parameters
    ----------
    path : Path
        For messages.
    time : (n,) s
    xy : (n, 33, 2) px, NaN = not seen
    confidence : (n, 33)
    source : str
        Kind of file.
    box : (n, 3) px, optional
    size : (width, height) px
        0 = not known.

    Raises
    ------
    PoseFileError
        No position at all, or not what a track must be: see ``guard``.
    """
    guard.check_clock(path, time)
    seen = _seen(xy)
    if not seen.any():
        raise PoseFileError(
            f"{path.name} holds no position of any joint.", "Every cell is empty.", "Export it again."
        )
    xy = np.where(seen[..., None], xy, np.nan)
    guard.check_places(path, xy)
    confidence = np.where(seen, np.clip(confidence, 0, 1), 0.0)
    width = size[0] or float(np.nanmax(xy[..., 0])) + 1
    height = size[1] or float(np.nanmax(xy[..., 1])) + 1
    guard.check_body(path, xy, (width, height))
    return PoseTrack(
        time=time,
        xy=xy,
        confidence=confidence,
        names=BLAZEPOSE,
        box=box if box is not None and guard.holds(box) else _extent(xy),
        width=math.ceil(width),
        height=math.ceil(height),
        source=source,
    )


def _seen(xy: Array) -> Bools:
    return np.isfinite(xy[..., 0]) & np.isfinite(xy[..., 1])


def _extent(xy: Array) -> Array:
    """Return the (n, 3) square around the joints of each frame; NaN where there are none."""
    box = np.full((len(xy), 3), np.nan)
    seen = _seen(xy).any(axis=1)
    low, high = np.nanmin(xy[seen], axis=1), np.nanmax(xy[seen], axis=1)
    box[seen, :2] = (low + high) / 2
    # A runner's height changes with the legs: the clip's tallest moment sizes the crop, as in a video.
    box[seen, 2] = _MARGIN * float(np.percentile((high - low).max(axis=1), 95))
    return box


def _table(path: Path) -> tuple[dict[str, Array], str]:
    """Read a CSV of numbers, also as a spreadsheet in Europe saves it (``;`` and decimal comma).

    Beside the numbers it returns what the column ``tracker`` says in its first row, "" without one.
    """
    lines = _text(path).splitlines()
    header = next((line for line in lines if line.strip()), "")
    mark = max(",;\t", key=header.count)
    try:
        rows = [row for row in csv.reader(lines, delimiter=mark) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise PoseFileError(f"{path.name} is not a table.", f"{error}.", "Export it again.") from None
    guard.check_count(path, len(rows) - 1)
    if len(rows) < 2:
        raise PoseFileError(f"{path.name} holds no rows.", "", "Give a table of joints, one row a frame.")
    names = [name.strip() for name in rows[0]]
    cells: dict[str, list[float]] = {name: [] for name in names}
    if len(cells) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise PoseFileError(f"{path.name} has two columns {twice!r}.", "", "Keep one of them.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(names):
            raise PoseFileError(
                f"Row {number} of {path.name} has {len(row)} cells instead of {len(names)}.",
                "",
                "Correct that row.",
            )
        for name, cell in zip(names, row, strict=True):
            if _wanted(name):
                cells[name].append(_number(cell, mark, path, number, name))
    tracker = rows[1][names.index(_TRACKER)].strip() if _TRACKER in names else ""
    return {name: np.array(values) for name, values in cells.items() if values}, tracker


def _wanted(name: str) -> bool:
    """Tell whether a column of ``pose.csv`` holds numbers; others (remarks, say) are left alone."""
    return name == "time_s" or name.endswith(("_px", "_confidence"))


def _number(cell: str, mark: str, path: Path, row: int, column: str) -> float:
    """Read one cell; empty is NaN."""
    cell = cell.strip()
    if mark != ",":
        cell = cell.replace(",", ".")
    if not cell:
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        raise PoseFileError(
            f"Row {row} of {path.name} is not a number in {column}.",
            f"It says {cell!r}.",
            "Correct that cell.",
        ) from None
    return value if math.isfinite(value) else math.nan


def _text(path: Path) -> str:
    """Return a text file's content, whatever mark a spreadsheet put in front of it."""
    try:
        return guard.content(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PoseFileError(
            f"{path.name} is not a text file.", "It holds other bytes.", "Give pose.csv."
        ) from None


def columns(names: Sequence[str]) -> list[str]:
    """Return the columns of ``pose.csv`` for these joints, in order."""
    joints = [f"{name}{end}" for name in names for end in ("_x_px", "_y_px", "_confidence")]
    return ["time_s", *joints, *_BOX, *_FRAME, _TRACKER]
