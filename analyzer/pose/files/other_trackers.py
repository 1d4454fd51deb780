"""Other trackers' files, by their documented layouts: joints by name or by number, one athlete out.

Read are TRC (``trc``), C3D (``c3d_file``), JSON of OpenPose (a folder of one file a frame) and of AlphaPose,
CSV and H5 of DeepLabCut and SLEAP.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import COCO17, HALPE26
from analyzer.errors import PoseFileError
from analyzer.pose.files import c3d_file, guard, hdf5, trc
from analyzer.pose.files.joints import Joints, from_names, lines, number

_COCO18: Final = (
    "nose", "", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow",
    "left_wrist", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear",
)  # fmt: skip
_BODY25: Final = (
    *_COCO18[:8], "", *_COCO18[8:], "left_foot_index", "", "left_heel", "right_foot_index", "", "right_heel",
)  # fmt: skip

_OPENPOSE: Final = {25: _BODY25, 18: _COCO18, 26: HALPE26, 17: COCO17}
_ALPHAPOSE: Final = {17: COCO17, 26: HALPE26, 136: HALPE26, 133: (*COCO17, "left_foot_index", "",
    "left_heel", "right_foot_index", "", "right_heel")}  # fmt: skip

_LAST_FRAME: Final = 1e12
"""Beyond any number of a frame: what counts further is damaged."""
_RATE: Final = "Give the rate that the camera filmed at, frames a second."


def read(path: Path, fps: float | None) -> Joints | None:
    """Read a file or folder of another tracker; None if it is none of those known here.

    Raises
    ------
    PoseFileError
        It is one of them but lacks what is needed, such as the frame rate.
    """
    if path.is_dir():
        return _openpose(path, fps)
    suffix = path.suffix.lower()
    if suffix == ".json":
        return _alphapose(path, fps)
    if suffix == ".c3d":
        return c3d_file.read(path)
    if suffix in (".h5", ".hdf5"):
        return _h5(path, fps)
    head = guard.content(path)[:4096].decode("utf-8-sig", errors="replace")
    if suffix == ".trc" or head.startswith("PathFileType"):
        return trc.read(path)
    if head.startswith("scorer"):
        return _deeplabcut(path, fps)
    if {"track", "frame_idx"} <= set(head.splitlines()[0].split(",") if head else ()):
        return _sleap_csv(path, fps)
    return None


def _deeplabcut(path: Path, fps: float | None) -> Joints:
    rows = _rows(path)
    labels = {row[0]: row[1:] for row in rows[:4] if row}
    data = [row for row in rows if row and re.fullmatch(r"\d+(\.0)?", row[0])]
    if not {"bodyparts", "coords"} <= set(labels) or not data:
        raise PoseFileError(
            f"{path.name} is not a table of DeepLabCut.", "Its header is not complete.", "Export it again."
        )
    width = len(labels["bodyparts"])
    if any(len(row) != width + 1 for row in data) or any(len(row) != width for row in labels.values()):
        raise PoseFileError(f"The rows of {path.name} are not equally long.", "", "Export it again.")
    numbers = np.array([[number(cell) for cell in row[1:]] for row in data])
    who = labels.get("individuals", [""] * width)
    columns = list(zip(who, labels["bodyparts"], labels["coords"], strict=True))
    frames = np.array([float(row[0]) for row in data])
    return _from_columns(path, frames, columns, numbers, "DeepLabCut", fps)


def _from_columns(
    path: Path,
    frames: Array,
    columns: Sequence[tuple[str, str, str]],
    numbers: Array,
    source: str,
    fps: float | None,
) -> Joints:
    """Take the person seen most out of columns (n, c), each a (person, joint, coordinate)."""
    count = dict.fromkeys((who for who, _, _ in columns), 0)
    for k, (who, _, coord) in enumerate(columns):
        if coord == "x":
            count[who] += int(np.isfinite(numbers[:, k]).sum())
    chosen = max(count, key=lambda who: count[who])
    points: dict[str, Array] = {}
    sure: dict[str, Array] = {}
    for k, (who, part, coord) in enumerate(columns):
        if who != chosen:
            continue
        if coord == "likelihood":
            sure[part] = numbers[:, k]
        elif coord in ("x", "y"):
            points.setdefault(part, np.full((len(frames), 2), np.nan))[:, "xy".index(coord)] = numbers[:, k]
    return from_names(path, _times(path, frames, fps), points, sure, source)


def _sleap_csv(path: Path, fps: float | None) -> Joints:
    header, *cells = [row for row in _rows(path) if row]
    rows = [dict(zip(header, row, strict=False)) for row in cells]
    tracks = [row.get("track", "") for row in rows]
    chosen = max(sorted(set(tracks)), key=tracks.count, default="")
    numbered = [(number(row.get("frame_idx", "")), row) for row in rows if row.get("track", "") == chosen]
    mine = {int(frame): row for frame, row in numbered if 0 <= frame < _LAST_FRAME}
    if not mine:
        raise PoseFileError(f"{path.name} holds no instance.", "", "Export it again.")
    guard.check_count(path, max(mine) - min(mine))
    frames = range(min(mine), max(mine) + 1)
    parts = [name[:-2] for name in header if name.endswith(".x")]

    def column(name: str) -> Array:
        return np.array([number(mine[f].get(name) or "") if f in mine else math.nan for f in frames])

    points = {p: np.stack([column(f"{p}.x"), column(f"{p}.y")], axis=1) for p in parts}
    sure = {p: column(f"{p}.score") for p in parts if f"{p}.score" in header}
    return from_names(path, _times(path, np.array(frames, dtype=float), fps), points, sure, "SLEAP")


def _h5(path: Path, fps: float | None) -> Joints:
    found = hdf5.read(path)
    return _from_columns(path, found.frames, found.names, found.numbers, found.source, fps)


def _openpose(folder: Path, fps: float | None) -> Joints:
    files = list(folder.glob("*_keypoints.json")) or list(folder.glob("*.json"))
    if not files:
        raise PoseFileError(
            f"{folder.name} holds no joint files.", "No *_keypoints.json is in it.", "Give OpenPose's folder."
        )
    guard.check_count(folder, len(files))
    numbers, people = _numbers(files), []
    files.sort(key=lambda file: (numbers.get(file, 0.0), file.name))
    for file in files:
        found = _json(file)
        if (
            not isinstance(found, dict)
            or not isinstance(found.get("people"), list)
            or not all(isinstance(person, dict) for person in found["people"])
        ):
            raise PoseFileError(f"{file.name} is not a file of OpenPose.", "It has no people.", "Remove it.")
        people.append([_triples(p.get("pose_keypoints_2d", []), file) for p in found["people"]])
    frames = [numbers.get(file, float(i)) for i, file in enumerate(files)]
    return _from_numbers(folder, frames, people, _OPENPOSE, "OpenPose", fps)


def _numbers(files: Sequence[Path]) -> dict[Path, float]:
    """Return the frame of each file by the number that ends its name, which may lack zeros before it.

    Empty where the names do not number the files: then they follow each other by name.
    """
    ends = [re.search(r"(\d+)(_keypoints)?$", file.stem) for file in files]
    found = {
        file: min(float(end[1]), _LAST_FRAME)
        for file, end in zip(files, ends, strict=True)
        if end is not None
    }
    return found if len(set(found.values())) == len(files) else {}


def _alphapose(path: Path, fps: float | None) -> Joints:
    rows = _json(path)
    fix = "Give AlphaPose's list of results, or OpenPose's whole folder."
    if (
        not isinstance(rows, list)
        or not rows
        or not all(isinstance(r, dict) and "keypoints" in r for r in rows)
    ):
        raise PoseFileError(f"{path.name} is not a file of AlphaPose.", "It is not a list of people.", fix)
    by_frame: dict[float, list[Array]] = {}
    for row in rows:
        digits = re.findall(r"\d+", Path(str(row.get("image_id", ""))).stem)
        if not digits:
            raise PoseFileError(f"{path.name} does not number its frames.", "image_id has no number.", fix)
        by_frame.setdefault(min(float(digits[-1]), _LAST_FRAME), []).append(_triples(row["keypoints"], path))
    guard.check_count(path, max(by_frame) - min(by_frame))
    frames = [float(f) for f in range(int(min(by_frame)), int(max(by_frame)) + 1)]
    return _from_numbers(path, frames, [by_frame.get(f, []) for f in frames], _ALPHAPOSE, "AlphaPose", fps)


def _from_numbers(
    path: Path,
    frames: Sequence[float],
    people: Sequence[Sequence[Array]],
    skeletons: dict[int, tuple[str, ...]],
    source: str,
    fps: float | None,
) -> Joints:
    """Follow the biggest person from frame to frame and give the numbered joints their names."""
    path_of = _follow(people)
    anybody = (p for group in (path_of, *people) for p in group if p is not None)
    size = next((len(p) for p in anybody if len(p)), 0)
    if size and size not in skeletons:
        raise PoseFileError(
            f"{path.name} holds a body that is not known here.",
            f"It has {size} points; known are {', '.join(str(n) for n in sorted(skeletons))}.",
            "Use one of those body models.",
        )
    if all(p is None for p in path_of):
        raise PoseFileError(
            f"Nobody is in {path.name}.",
            f"No frame of {len(path_of)} shows four joints of a body.",
            "Look whether the tracker found the athlete, and export it again.",
        )
    empty = np.full((size, 3), np.nan)
    marks = np.array([empty if p is None or len(p) != size else p for p in path_of])
    marks[marks[..., 2] <= 0] = np.nan
    names = {k: name for k, name in enumerate(skeletons[size]) if name}
    points = {name: marks[:, k, :2] for k, name in names.items()}
    sure = {name: marks[:, k, 2] for k, name in names.items()}
    return from_names(path, _times(path, np.array(frames), fps), points, sure, source)


def _follow(people: Sequence[Sequence[Array]]) -> list[Array | None]:
    """Return one person a frame: the biggest of the clip, and whoever is nearest to where he was."""

    def place(p: Array) -> Array:
        return np.asarray(np.nanmedian(np.where(p[:, 2:] > 0, p[:, :2], np.nan), axis=0))

    def extent(p: Array) -> float:
        seen = p[p[:, 2] > 0]
        return float(np.ptp(seen[:, 1])) if len(seen) > 3 else 0.0

    biggest = max(((extent(p), i, j) for i, f in enumerate(people) for j, p in enumerate(f)), default=None)
    out: list[Array | None] = [None] * len(people)
    if biggest is None or biggest[0] == 0:
        return out
    size, start, which = biggest
    out[start] = people[start][which]

    def walk(order: Iterable[int]) -> None:
        at, missed = place(people[start][which]), 0
        for i in order:
            seen = [p for p in people[i] if extent(p) > 0]
            missed += 1
            if not seen:
                continue
            gaps = [float(np.hypot(*(place(p) - at))) for p in seen]
            if min(gaps) < 0.25 * size * missed:
                out[i] = seen[int(np.argmin(gaps))]
                at, missed = place(seen[int(np.argmin(gaps))]), 0

    walk(range(start + 1, len(people)))
    walk(range(start - 1, -1, -1))
    return out


def _times(path: Path, frames: Array, fps: float | None) -> Array:
    if fps is None:
        raise PoseFileError(
            f"{path.name} does not say how fast it was filmed.",
            "It counts frames only.",
            _RATE,
            settings=("capture_fps",),
        )
    return np.asarray((frames - frames[0]) / fps)


def _triples(numbers: Any, path: Path) -> Array:
    try:
        marks = np.array(numbers, dtype=np.float64)
    except (TypeError, ValueError):
        marks = np.zeros(1)
    if marks.ndim != 1 or len(marks) % 3:
        raise PoseFileError(
            f"A person in {path.name} is not a list of x, y, confidence.", "", "Export it again."
        )
    marks = marks.reshape(-1, 3)
    marks[~np.isfinite(marks).all(axis=1)] = 0.0  # not seen, as these trackers write it
    return marks


def _rows(path: Path) -> list[list[str]]:
    """Return the rows of a CSV."""
    try:
        return list(csv.reader(lines(path)))
    except csv.Error as error:
        raise PoseFileError(f"{path.name} is not a table.", f"{error}.", "Export it again.") from None


def _json(path: Path) -> Any:
    try:
        return json.loads(guard.content(path).decode("utf-8-sig"))
    except RecursionError:
        raise PoseFileError(
            f"{path.name} is not a file of joints.", "It is nested without end.", "Export it again."
        ) from None
    except ValueError as error:  # no JSON, no text, or a number of thousands of digits
        raise PoseFileError(f"{path.name} is not JSON.", str(error), "Export it again.") from None
