"""The door for joints from a file: what a track must be for the stages behind it to work on it.

Finite times that rise, on a clock that a camera can have; places that a picture can hold; a body that has
a size.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE, SIDES
from analyzer.data.limits import MOST_FPS, MOST_FRAMES, MOST_PIXELS, MOST_SECONDS, written
from analyzer.errors import PoseFileError

FARTHEST_PX: Final = 50_000.0
"""From the picture's corner; a tracker's worst guess lies a picture or two outside, and 8K is 7,680 wide."""
LEAST_LEG_PX: Final = 8.0
"""Thigh and shank, in the frames that show them: half of what can be measured at all (60 px tall).

Joints in metres or as shares of the picture have legs of about one.
"""
LEAST_FPS: Final = 1.0
"""Frames a second, below which nothing is left of a step; a clock in milliseconds has a tenth."""
MOST_BYTES: Final = 200_000_000
"""Of one file; 20,000 frames of a whole body with hands and face take half of that as JSON."""
_EXPORT: Final = "Export the joints again, one row a frame."


def content(path: Path) -> bytes:
    """Return what a file holds, if it is one that can be read: see ``check_file``."""
    check_file(path)
    return path.read_bytes()


def check_file(path: Path) -> None:
    """Raise PoseFileError if it is no plain file or too large, FileNotFoundError if there is none."""
    size = path.stat().st_size
    if not path.is_file():
        raise PoseFileError(f"{path.name} is not a file.", "", "Give the path of one file of joints.")
    if size > MOST_BYTES:
        raise PoseFileError(
            f"{path.name} is too large.",
            f"It has {size / 1e6:,.0f} MB; up to {MOST_BYTES / 1e6:.0f} can be read.",
            "Give only the rows of the run.",
        )


def check_name(path: Path) -> None:
    """Raise PoseFileError if the name of a file cannot be written into results."""
    name = written(path.name)
    if name != path.name:
        raise PoseFileError(
            f"The name of {name} cannot be written.", "It holds bytes that are not text.", "Rename the file."
        )


def check_count(path: Path, frames: float) -> None:
    """Raise PoseFileError if a file holds, or numbers, more frames than can be analysed."""
    if not frames <= MOST_FRAMES:
        raise PoseFileError(
            f"{path.name} is too long: about {frames:,.0f} frames, counting those of its gaps.",
            f"Up to {MOST_FRAMES:,} can be analysed.",
            "Give only the rows of the run.",
        )


def check_clock(path: Path, time: Array) -> None:
    """Raise PoseFileError unless the times (n,) s rise, and by steps that a camera can take."""
    if len(time) < 2:
        raise PoseFileError(f"{path.name} holds no motion.", f"It has {len(time)} frame(s).", _EXPORT)
    falls = ~(time[1:] > time[:-1]) | ~np.isfinite(time[1:]) | ~np.isfinite(time[:-1])
    if falls.any():
        row = int(np.argmax(falls)) + 1
        raise PoseFileError(
            f"The times in {path.name} do not rise from row to row.",
            f"Frame {row + 1} is at {time[row]:g} s, after {time[row - 1]:g} s.",
            _EXPORT,
        )
    seconds = float(time[-1]) - float(time[0])
    if not seconds <= MOST_SECONDS:
        raise PoseFileError(
            f"{path.name} is too long: its times span {seconds:.4g} s.",
            f"Up to {MOST_SECONDS:g} s can be analysed.",
            "Give time_s in seconds, and only the rows of the run.",
        )
    fps = 1 / float(np.median(np.diff(time)))
    if not LEAST_FPS <= fps <= MOST_FPS:
        raise PoseFileError(
            f"The clock of {path.name} cannot be right: {fps:.4g} frames a second.",
            f"{LEAST_FPS:g} to {MOST_FPS:g} can be read; is it in milliseconds, or does it count frames?",
            "Give time_s in seconds, or the rate that the camera filmed at.",
            settings=("capture_fps",),
        )
    check_count(path, max(float(len(time)), seconds * fps))


def check_places(path: Path, xy: Array) -> None:
    """Raise PoseFileError if a joint of (n, 33, 2) px lies where no picture reaches; NaN = not seen."""
    far = np.isfinite(xy[..., 0]) & (np.abs(xy) > FARTHEST_PX).any(axis=-1)
    if far.any():
        frame, joint = np.argwhere(far)[0]
        raise PoseFileError(
            f"{BLAZEPOSE[joint]} of {path.name} lies outside any picture.",
            f"In frame {frame + 1} it is at {xy[frame, joint, 0]:.4g}, {xy[frame, joint, 1]:.4g} px; "
            f"up to {FARTHEST_PX:,.0f} can be used.",
            "Leave such cells empty, or export the joints again in pixels.",
        )


def check_body(path: Path, xy: Array, size: tuple[float, float]) -> None:
    """Raise PoseFileError unless joints (n, 33, 2) px make a body with a size, in a picture of a size.

    Parameters
    ----------
    path : Path
        For messages.
    xy : (n, 33, 2) px
        NaN in both where a joint was not seen.
    size : (width, height) px
    """
    if not (size[0] > 0 and size[1] > 0 and size[0] * size[1] <= MOST_PIXELS):
        raise PoseFileError(
            f"The picture of {path.name} cannot have the size that its joints tell.",
            f"It would be {size[0]:.6g} x {size[1]:.6g}; up to {MOST_PIXELS / 1e6:.0f} million pixels "
            "can be used.",
            "Give joints in pixels from the upper left corner, and empty cells for those far outside.",
        )
    legs = _legs(xy)
    if len(legs) and float(np.median(legs)) < LEAST_LEG_PX:
        raise PoseFileError(
            f"The body in {path.name} is too small to be measured.",
            f"Its thigh and shank are {float(np.median(legs)):.2g} px long together; {LEAST_LEG_PX:g} are "
            "needed.",
            "Give joints in pixels, not in metres or as shares of the picture.",
        )


def holds(box: Array | None) -> bool:
    """Tell whether crops (n, 3) px, centre and side, are such as lie about a picture; NaN = none."""
    if box is None or not np.isfinite(box).any():
        return False
    given = box[np.isfinite(box).any(axis=1)]
    return bool((np.abs(given) <= 2 * FARTHEST_PX).all() and (given[:, 2] > 0).all())


def _legs(xy: Array) -> Array:
    """Return the length of thigh and shank, px, of both sides in all frames that show a whole leg."""
    found = []
    for side in SIDES:
        hip, knee, ankle = (xy[:, BLAZEPOSE.index(f"{side}_{part}")] for part in ("hip", "knee", "ankle"))
        found.append(np.hypot(*(knee - hip).T) + np.hypot(*(ankle - knee).T))
    both: Array = np.concatenate(found)
    return np.asarray(both[np.isfinite(both)])
