"""``pose.csv``, the joints as a coach can open them; ``read_pose`` reads other trackers' files as well."""

from __future__ import annotations

import csv
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from analyzer import spreadsheet
from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.data.capture import IN_SPACE, KINDS, PoseTrack
from analyzer.errors import OutputError, PoseFileError
from analyzer.pose.files import guard, markers, other_trackers

_BOX: Final = ("box_x_px", "box_y_px", "box_side_px")
"""Columns of the crop that was looked at."""
_FRAME: Final = ("frame_width_px", "frame_height_px")
"""Columns of the upright frame's size."""
_TRACKER: Final = "tracker"
"""Column of what marked the joints."""
OWN: Final = ("rtmpose", *(source for source, kind in KINDS.items() if kind == "network"))
"""Sources of the tracks that were made here: their legs have their names already."""
_MARGIN: Final = 1.35
"""Side of a crop that holds the whole body, head top and toes too, as a multiple of the joints' extent."""


def as_written(pose: PoseTrack) -> PoseTrack:
    """Return joints to the decimals of ``pose.csv``: what is made of them is what is made of the file."""
    return replace(
        pose,
        time=np.round(pose.time, 7),
        xy=np.round(pose.xy, 3),
        confidence=np.round(pose.confidence, 4),
        box=np.round(pose.box, 3),
    )


def write_pose(pose: PoseTrack, path: Path, encoding: str = "utf-8") -> Path:
    """Write ``pose.csv``: ``time_s``, then x, y and confidence of each joint, in upright frame pixels.

    The last columns hold the crop that was looked at, the frame's size and what marked the joints, so
    the file alone is enough to rebuild everything. Not seen is an empty cell.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    joints = np.concatenate([pose.xy, pose.confidence[..., None]], axis=2)
    source = spreadsheet.as_text(pose.source)
    form = ",".join(["%.3f,%.3f,%.4f"] * len(pose.names) + ["%.3f,%.3f,%.3f"])
    path = Path(path)
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, delete=False, newline="", encoding=encoding
        ) as file:
            rows = csv.writer(file)
            rows.writerow(columns(pose.names))
            for t, joint, box in zip(pose.time, joints, pose.box, strict=True):
                filled = (form % (*joint.ravel().tolist(), *box.tolist())).replace("nan", "").split(",")
                rows.writerow([f"{t:.7f}", *filled, pose.width, pose.height, source])
        os.chmod(file.name, 0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise OutputError(
            f"Cannot write {path}.",
            f"{error.strerror or error}.",
            "Choose another folder.",
            settings=("directory",),
        ) from None
    return path


def read_pose(path: Path, fps: float | None = None) -> PoseTrack:
    """Read the joints of one athlete from ``pose.csv`` or another tracker's file or folder.

    A file by another hand needs ``time_s`` and the x and y of some joints with BlazePose's names;
    joints it lacks are NaN, a missing confidence is 1 where there is a position, a missing crop is
    taken from the joints' extent, and a missing frame size from the furthest joint. A column ``tracker``
    that says ``markers`` makes them markers; without it they are where heel and toe keep their distance.
    For the other trackers see ``other_trackers``; those that count frames without a clock need ``fps``.

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
    table = spreadsheet.read(path, ("time_s",), refused=PoseFileError)
    shown = [name for name in BLAZEPOSE if {f"{name}_x_px", f"{name}_y_px"} <= {*table.columns}]
    if not shown:
        raise PoseFileError(
            f"{path.name} has no joint that is known here.",
            f"Its columns begin with {', '.join(table.columns[:4])}.",
            "Name them as in left_hip_x_px, left_hip_y_px, left_hip_confidence.",
        )
    n = len(table.rows)
    xy, confidence = np.full((n, len(BLAZEPOSE), 2), np.nan), np.zeros((n, len(BLAZEPOSE)))
    for name in shown:
        k = BLAZEPOSE.index(name)
        xy[:, k] = table.numbers(f"{name}_x_px", f"{name}_y_px")
        given = f"{name}_confidence" in table.columns
        confidence[:, k] = np.nan_to_num(table.numbers(f"{name}_confidence")[:, 0]) if given else 1.0
    box = table.numbers(*_BOX) if {*_BOX} <= {*table.columns} else None
    size = [_largest(table, column) for column in _FRAME]
    tracker = table.rows[0].cells.get(_TRACKER, "").strip()
    return assemble(
        path,
        table.numbers("time_s")[:, 0],
        xy,
        confidence,
        source=_source(tracker, {name: xy[:, BLAZEPOSE.index(name)] for name in shown}),
        box=box,
        size=(size[0], size[1]),
    )


def _source(tracker: str, joints: dict[str, Array]) -> str:
    """Return who marked the joints: whom the file names, or markers where heel and toe are on one shoe."""
    if tracker in (*OWN, *KINDS, *IN_SPACE):
        return tracker
    return "markers" if not tracker and markers.on_one_shoe(joints) else "pose.csv"


def _largest(table: spreadsheet.Table, column: str) -> int:
    """Return the largest number of a column; 0 without it."""
    found = table.numbers(column) if column in table.columns else np.zeros(0)
    return int(np.nanmax(found)) if np.isfinite(found).any() else 0


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
            f"{path.name} holds no position of any joint.", "Every cell is empty, or 0.", "Export it again."
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
    """Tell which joints (...) have a place: trackers write 0, 0 or -1, -1 for what they do not see."""
    nowhere = (xy[..., 0] == xy[..., 1]) & np.isin(xy[..., 0], (0.0, -1.0))
    return np.asarray(np.isfinite(xy).all(axis=-1) & ~nowhere)


def _extent(xy: Array) -> Array:
    """Return the (n, 3) square around the joints of each frame; NaN where there are none."""
    box = np.full((len(xy), 3), np.nan)
    seen = _seen(xy).any(axis=1)
    low, high = np.nanmin(xy[seen], axis=1), np.nanmax(xy[seen], axis=1)
    box[seen, :2] = (low + high) / 2
    # A runner's height changes with the legs: the clip's tallest moment sizes the crop, as in a video.
    box[seen, 2] = _MARGIN * float(np.percentile((high - low).max(axis=1), 95))
    return box


def columns(names: Sequence[str]) -> list[str]:
    """Return the columns of ``pose.csv`` for these joints, in order."""
    joints = [f"{name}{end}" for name in names for end in ("_x_px", "_y_px", "_confidence")]
    return ["time_s", *joints, *_BOX, *_FRAME, _TRACKER]
