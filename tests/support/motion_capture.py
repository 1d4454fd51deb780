"""The hand-made runner as a laboratory records him: markers in space, in files written here."""

from __future__ import annotations

import warnings
from pathlib import Path

import c3d
import numpy as np
import runner

from analyzer.arrays import Array

FPS = 250.0
WIDTH_M = {
    "hip": 0.09,
    "shoulder": 0.18,
    "elbow": 0.25,
    "wrist": 0.2,
    "ear": 0.07,
    "pinky": 0.2,
    "index": 0.2,
}
"""From the middle of the body to a joint, m; 0.08 for the legs."""
SHORT = {
    "hip": "HJC", "knee": "KNE", "ankle": "ANK", "heel": "HEE", "foot_index": "TOE", "shoulder": "SJC",
    "elbow": "ELB", "wrist": "WRA",
}  # fmt: skip
"""Names of a usual marker set, behind L or R."""
AXES = {
    "y up": np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]),
    "z up, runs along x": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "z up, runs against y": np.array([[0.0, -1, 0], [0, 0, 1], [-1, 0, 0]]),
    "z up, runs askew": np.array([[0.8, 0.6, 0], [0, 0, 1], [0.6, -0.8, 0]]),
}
"""Where forward, up and the athlete's right point in the room."""


def markers(
    axes: str = "y up", *, belt: bool = False, duration_s: float = 1.75
) -> tuple[Array, dict[str, Array]]:
    """Return times (n,) s and the marker set of the runner, name -> (n, 3) m; on a belt he stays in place."""
    time = np.arange(round(duration_s * FPS)) / FPS
    found = {}
    for name, path in runner.joints(time).items():
        side, _, part = name.partition("_")
        if part not in SHORT:
            continue
        across = WIDTH_M.get(part, 0.08) * (1 if side == "right" else -1)
        ahead = path[:, 0] - (runner.SPEED * time if belt else 0)
        found[side[0].upper() + SHORT[part]] = (
            np.column_stack([ahead, path[:, 1], np.full(len(time), across)]) @ AXES[axes]
        )
    return time, found


def trc(
    path: Path, time: Array, points: dict[str, Array], unit: str = "mm", *, long_clock: float = 1.0
) -> Path:
    """Write a TRC; a marker that is not seen is three empty cells."""
    factor = {"mm": 1000.0, "m": 1.0}.get(unit, 1.0)
    rate, n = round(1 / float(np.median(np.diff(time))), 3), len(time)
    rows = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{n}\t{len(points)}\t{unit}\t{rate}\t0\t{n}",
        "Frame#\tTime\t" + "".join(f"{name}\t\t\t" for name in points),
        "\t\t" + "\t".join(f"{axis}{k + 1}" for k in range(len(points)) for axis in "XYZ"),
    ]
    for i, t in enumerate(time):
        cells = [
            "" if np.isnan(value) else f"{value * factor:.4f}"
            for place in points.values()
            for value in place[i]
        ]
        rows.append("\t".join([str(i), f"{t * long_clock:.8f}", *cells]))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def write_c3d(path: Path, points: dict[str, Array]) -> Path:
    """Write a C3D in millimetres; a marker that is not seen has a residual of -1."""
    writer = c3d.Writer(point_rate=FPS)
    writer.set_point_labels(list(points))
    places = np.stack(list(points.values()), axis=1)
    for frame in places:
        rows = np.zeros((len(frame), 5), np.float32)
        rows[:, :3] = 1000 * np.nan_to_num(frame)
        rows[:, 3] = np.where(np.isfinite(frame).all(axis=1), 0, -1)
        writer.add_frames([(rows, np.zeros((0, 0)))])
    with warnings.catch_warnings(), path.open("wb") as file:
        warnings.simplefilter("ignore")  # it says that there are no forces
        writer.write(file)
    return path
