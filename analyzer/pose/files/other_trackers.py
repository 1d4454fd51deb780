"""Other trackers' files, by their documented layouts: joints by name or by number, one athlete out.

Read are TRC in pixels (Sports2D, Pose2Sim), JSON of OpenPose (a folder of one file a frame) and of
AlphaPose, CSV and H5 of DeepLabCut and SLEAP.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE, COCO17, HALPE26
from analyzer.errors import PoseFileError
from analyzer.pose.files import guard, hdf5

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

_PARTS: Final = {
    "nose": "nose", "eye": "eye", "ear": "ear", "shoulder": "shoulder", "elbow": "elbow",
    "wrist": "wrist", "pinky": "pinky", "index": "index", "thumb": "thumb", "hip": "hip", "knee": "knee",
    "ankle": "ankle", "heel": "heel", "calc": "heel", "bigtoe": "foot_index", "toe": "foot_index",
    "footindex": "foot_index", "foottip": "foot_index",
}  # fmt: skip

_LAST_FRAME: Final = 1e12
"""Beyond any number of a frame: what counts further is damaged."""
_RATE: Final = "Give the rate that the camera filmed at, frames a second."


@dataclass(frozen=True)
class Joints:
    """What was read: ``time`` (n,) s, ``xy`` (n, 33, 2) px y down, ``confidence`` (n, 33), kind of file."""

    time: Array
    xy: Array
    confidence: Array
    source: str


def joint(name: str) -> str | None:
    """Return BlazePose's name of a joint as another tracker spells it; None if there is none.

    ``LBigToe``, ``left_big_toe``, ``Left Toe`` and ``toe.L`` are all ``left_foot_index``.
    """
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    words = re.sub(r"^([LR])(?=[A-Z][a-z])", r"\1 ", words)
    tokens = re.split(r"[^A-Za-z]+", words.lower())
    sides = {"l": "left", "left": "left", "r": "right", "right": "right"}
    side = next((sides[t] for t in tokens if t in sides), None)
    part = _PARTS.get("".join(t for t in tokens if t not in sides))
    if part is None or (side is None) != (part == "nose"):
        return None
    found = part if side is None else f"{side}_{part}"
    return found if found in BLAZEPOSE else None


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
    if suffix in (".h5", ".hdf5"):
        return _h5(path, fps)
    head = guard.content(path)[:4096].decode("utf-8-sig", errors="replace")
    if suffix == ".trc" or head.startswith("PathFileType"):
        return _trc(path)
    if head.startswith("scorer"):
        return _deeplabcut(path, fps)
    if {"track", "frame_idx"} <= set(head.splitlines()[0].split(",") if head else ()):
        return _sleap_csv(path, fps)
    return None


def _trc(path: Path) -> Joints:
    rows = [line.rstrip("\r\n").split("\t") for line in _lines(path)]
    try:
        facts = dict(zip((c.strip() for c in rows[1]), (c.strip() for c in rows[2]), strict=False))
        rate, units = float(facts["DataRate"]), facts.get("Units", "")
        header = rows[3]
    except (IndexError, KeyError, ValueError):
        raise PoseFileError(
            f"{path.name} is not a TRC file.", "Its header is not complete.", "Export it again."
        ) from None
    if units.lower() != "px":
        raise PoseFileError(
            f"{path.name} is not in pixels.",
            f"Its unit is {units or 'not given'}.",
            "Give the file in pixels (Sports2D writes one with _px_ in its name).",
        )
    names = {i: header[i] for i in range(2, len(header)) if header[i].strip()}
    data = [r for r in rows[4:] if r and re.fullmatch(r"\s*\d+\s*", r[0])]
    time = np.array([_float(r[1]) if len(r) > 1 else math.nan for r in data])
    if len(time) and not np.isfinite(time).all():
        time = np.arange(len(data)) / rate
    points = {
        name: np.array([[_float(r[k]) if k < len(r) else math.nan for k in (i, i + 1)] for r in data])
        for i, name in names.items()
    }
    return _from_names(path, time, points, {}, "TRC")


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
    numbers = np.array([[_float(cell) for cell in row[1:]] for row in data])
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
    return _from_names(path, _times(path, frames, fps), points, sure, source)


def _sleap_csv(path: Path, fps: float | None) -> Joints:
    header, *cells = [row for row in _rows(path) if row]
    rows = [dict(zip(header, row, strict=False)) for row in cells]
    tracks = [row.get("track", "") for row in rows]
    chosen = max(sorted(set(tracks)), key=tracks.count, default="")
    numbered = [(_float(row.get("frame_idx", "")), row) for row in rows if row.get("track", "") == chosen]
    mine = {int(frame): row for frame, row in numbered if 0 <= frame < _LAST_FRAME}
    if not mine:
        raise PoseFileError(f"{path.name} holds no instance.", "", "Export it again.")
    guard.check_count(path, max(mine) - min(mine))
    frames = range(min(mine), max(mine) + 1)
    parts = [name[:-2] for name in header if name.endswith(".x")]

    def column(name: str) -> Array:
        return np.array([_float(mine[f].get(name) or "") if f in mine else math.nan for f in frames])

    points = {p: np.stack([column(f"{p}.x"), column(f"{p}.y")], axis=1) for p in parts}
    sure = {p: column(f"{p}.score") for p in parts if f"{p}.score" in header}
    return _from_names(path, _times(path, np.array(frames, dtype=float), fps), points, sure, "SLEAP")


def _h5(path: Path, fps: float | None) -> Joints:
    found = hdf5.read(path)
    return _from_columns(path, found.frames, found.names, found.numbers, found.source, fps)


def _openpose(folder: Path, fps: float | None) -> Joints:
    files = sorted(folder.glob("*_keypoints.json")) or sorted(folder.glob("*.json"))
    if not files:
        raise PoseFileError(
            f"{folder.name} holds no joint files.", "No *_keypoints.json is in it.", "Give OpenPose's folder."
        )
    guard.check_count(folder, len(files))
    frames, people = [], []
    for i, file in enumerate(files):
        found = _json(file)
        if (
            not isinstance(found, dict)
            or not isinstance(found.get("people"), list)
            or not all(isinstance(person, dict) for person in found["people"])
        ):
            raise PoseFileError(f"{file.name} is not a file of OpenPose.", "It has no people.", "Remove it.")
        number = re.search(r"(\d+)_keypoints$", file.stem)
        frames.append(min(float(number[1]), _LAST_FRAME) if number else float(i))
        people.append([_triples(p.get("pose_keypoints_2d", []), file) for p in found["people"]])
    return _from_numbers(folder, frames, people, _OPENPOSE, "OpenPose", fps)


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
        number = re.findall(r"\d+", Path(str(row.get("image_id", ""))).stem)
        if not number:
            raise PoseFileError(f"{path.name} does not number its frames.", "image_id has no number.", fix)
        by_frame.setdefault(min(float(number[-1]), _LAST_FRAME), []).append(_triples(row["keypoints"], path))
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
    size = next((len(p) for p in path_of if p is not None), 0)
    if size not in skeletons:
        raise PoseFileError(
            f"{path.name} holds a body that is not known here.",
            f"It has {size} points; known are {', '.join(str(n) for n in sorted(skeletons))}.",
            "Use one of those body models.",
        )
    empty = np.full((size, 3), np.nan)
    marks = np.array([empty if p is None or len(p) != size else p for p in path_of])
    marks[marks[..., 2] <= 0] = np.nan
    names = {k: name for k, name in enumerate(skeletons[size]) if name}
    points = {name: marks[:, k, :2] for k, name in names.items()}
    sure = {name: marks[:, k, 2] for k, name in names.items()}
    return _from_names(path, _times(path, np.array(frames), fps), points, sure, source)


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


def _from_names(
    path: Path, time: Array, points: dict[str, Array], sure: dict[str, Array], source: str
) -> Joints:
    """Put named joints into BlazePose's order, and upright: y down, the head above the feet."""
    n = len(time)
    xy, confidence = np.full((n, len(BLAZEPOSE), 2), np.nan), np.zeros((n, len(BLAZEPOSE)))
    for name, path_of in points.items():
        known = joint(name)
        if known is None:
            continue
        k = BLAZEPOSE.index(known)
        whole = np.isfinite(path_of[:, 0]) & np.isfinite(path_of[:, 1])
        xy[:, k] = np.where(whole[:, None], path_of, np.nan)
        confidence[:, k] = np.nan_to_num(sure[name], nan=0.0) if name in sure else 1.0
    seen = np.isfinite(xy[..., 1])
    if not seen.any():
        raise PoseFileError(
            f"{path.name} has no joint that is known here.",
            f"Its joints begin with {', '.join(list(points)[:4])}.",
            "Name them as left_hip, LHip or Left Hip.",
        )
    guard.check_places(path, xy)
    low = [k for k, name in enumerate(BLAZEPOSE) if name.endswith(("ankle", "heel", "foot_index", "knee"))]
    high = [k for k, name in enumerate(BLAZEPOSE) if name.endswith(("shoulder", "ear", "nose", "hip"))]
    if seen[:, low].any() and seen[:, high].any():
        upside_down = np.nanmedian(xy[:, low, 1]) < np.nanmedian(xy[:, high, 1])
        if upside_down:
            xy[..., 1] = np.nanmax(xy[..., 1]) + np.nanmin(xy[..., 1]) - xy[..., 1]
    return Joints(time, xy, np.clip(confidence, 0, 1), source)


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
    return marks.reshape(-1, 3)


def _lines(path: Path) -> list[str]:
    return guard.content(path).decode("utf-8-sig", errors="replace").splitlines()


def _rows(path: Path) -> list[list[str]]:
    """Return the rows of a CSV."""
    try:
        return list(csv.reader(_lines(path)))
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


def _float(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan
