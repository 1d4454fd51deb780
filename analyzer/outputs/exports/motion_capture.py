"""Joints and angles for motion-capture programs: TRC, MOT and C3D.

Axes of TRC in metres: x forward, in the running direction, y up from the ground, z 0. C3D, in millimetres: x
forward, y 0, z up, as laboratories have it. Joints that were not seen are empty, or invalid in C3D.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.analysis import Analysis
from analyzer.data.capture import PoseTrack
from analyzer.signals.geometry import midpoint

_SHORT: Final = {"left": "L", "right": "R"}
_PARTS: Final = {
    "hip": "Hip",
    "knee": "Knee",
    "ankle": "Ankle",
    "foot_index": "BigToe",
    "heel": "Heel",
    "shoulder": "Shoulder",
    "elbow": "Elbow",
    "wrist": "Wrist",
}
HALPE: Final = {f"{s}{name}": f"{side}_{part}" for side, s in _SHORT.items() for part, name in _PARTS.items()}
"""Joints by the names that Sports2D and Pose2Sim give the body with feet (Halpe's)."""
_MIDDLES: Final = {"Hip": "hip", "Neck": "shoulder"}
"""Points that those programs make of both sides."""

_OPENSIM_JOINTS: Final = {
    "hip_flexion": "hip",
    "knee_angle": "knee",
    "ankle_angle": "ankle",
    "arm_flex": "shoulder",
    "elbow_flex": "elbow",
}
OPENSIM: Final = {"pelvis_tilt": (-1, "trunk")} | {
    f"{name}_{side[0]}": (1, f"{side}_{part}")
    for side in ("right", "left")
    for name, part in _OPENSIM_JOINTS.items()
}
"""Coordinates of OpenSim's full-body model (Rajagopal 2016), degrees: flexion and dorsiflexion positive, the
pelvis's tilt positive to the back. Pelvis and trunk are one segment here, so its tilt is the trunk's lean."""
DIGITS_M: Final = 6
"""Digits after the point of a metre: a micrometre, far below any error."""
MM: Final = 1000.0


def write_trc(analysis: Analysis, folder: Path) -> None:
    """Write ``joints_px.trc`` as tracked, and ``joints_m.trc`` where the clip has a scale."""
    write_pixels(analysis.pose, folder)
    motion = analysis.motion
    if analysis.calibration.scaled:
        _trc(folder / "joints_m.trc", motion.time, motion.fps, _metres(analysis), "m")


def write_pixels(track: PoseTrack, folder: Path) -> None:
    """Write ``joints_px.trc``: joints in the plane of the picture, as tracked."""
    known = {name: joint for name, joint in HALPE.items() if joint in track.names}
    pixels = _with_middles({name: track.joint(joint) for name, joint in known.items()}, track.joint)
    _trc(folder / "joints_px.trc", track.time, track.fps, pixels, "px")


def write_mot(analysis: Analysis, folder: Path) -> None:
    """Write ``angles.mot``: angles in degrees, the pelvis's place in metres where the clip has a scale."""
    motion = analysis.motion
    columns = {"time": motion.time} | {
        name: sign * motion.angles[angle] for name, (sign, angle) in OPENSIM.items()
    }
    if analysis.calibration.scaled:
        columns |= dict(zip(("pelvis_tx", "pelvis_ty"), motion.middle("hip").T, strict=True))
    table = np.stack(list(columns.values()), axis=1)
    head = [
        "Coordinates",
        "version=1",
        f"nRows={len(table)}",
        f"nColumns={len(columns)}",
        "inDegrees=yes",
        "",
        f"{analysis.name}: a side view, so what is out of its plane is left out.",
        "endheader",
        "\t".join(columns),
    ]
    rows = ("\t".join(_number(value, "nan") for value in row) for row in table)
    (folder / "angles.mot").write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")


def write_c3d(analysis: Analysis, folder: Path) -> None:
    """Write ``joints.c3d``: joints in millimetres, contacts as events; nothing without a scale."""
    if not analysis.calibration.scaled:
        return
    import c3d

    motion = analysis.motion
    points = _metres(analysis)
    writer = c3d.Writer(point_rate=motion.fps)
    writer.set_point_labels(list(points))
    writer.set_screen_axis("+X", "+Z")
    for frame in np.stack(list(points.values()), axis=1):
        rows = np.zeros((len(frame), 5), np.float32)
        rows[:, 0], rows[:, 2] = MM * np.nan_to_num(frame).T
        rows[:, 3] = np.where(np.isfinite(frame).all(axis=1), 0, -1)
        writer.add_frames([(rows, np.zeros((0, 0)))])
    _events(writer, analysis)
    with warnings.catch_warnings(), (folder / "joints.c3d").open("wb") as file:
        warnings.simplefilter("ignore")  # it says that there are no forces
        writer.write(file)


def _metres(analysis: Analysis) -> dict[str, Array]:
    motion = analysis.motion
    return _with_middles({name: motion.joint(joint) for name, joint in HALPE.items()}, motion.joint)


def _with_middles(points: dict[str, Array], joint: Callable[[str], Array]) -> dict[str, Array]:
    """Return (n, 2) points by name with the nose and the middles of hips and shoulders."""
    for name, part in _MIDDLES.items():
        both = [f"{short}{_PARTS[part]}" for short in _SHORT.values()]
        if all(one in points for one in both):
            points[name] = midpoint(*(points[one] for one in both))
    return points | {"Nose": joint("nose")}


def _trc(path: Path, time: Array, rate: float, points: dict[str, Array], unit: str) -> None:
    """Write a TRC as Sports2D lays it out, places (n, 2) in ``unit``."""
    n, k = len(time), len(points)
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate:.6g}\t{rate:.6g}\t{n}\t{k}\t{unit}\t{rate:.6g}\t1\t{n}",
        "Frame#\tTime\t" + "".join(f"{name}\t\t\t" for name in points),
        "\t\t" + "".join(f"X{i}\tY{i}\tZ{i}\t" for i in range(1, k + 1)),
        "",
    ]
    places = np.stack(list(points.values()), axis=1)
    rows = (
        f"{i}\t{t:.9f}\t"
        + "".join(f"{_number(x)}\t{_number(y)}\t{'' if np.isnan(x) else '0'}\t" for x, y in frame)
        for i, (t, frame) in enumerate(zip(time, places, strict=True), 1)
    )
    path.write_text("\n".join([*head, *(row.rstrip("\t") for row in rows)]) + "\n", encoding="utf-8")


def _number(value: float, missing: str = "") -> str:
    return f"{value:.{DIGITS_M}f}" if np.isfinite(value) else missing


def _events(writer: Any, analysis: Analysis) -> None:
    """Add touchdowns and toe-offs as the events that programs for gait show."""
    found = [
        (step.side.capitalize(), label, t)
        for step in analysis.steps
        for label, t in (("Foot Strike", step.touchdown_s), ("Foot Off", step.toe_off_s))
        if np.isfinite(t)
    ]
    if not found:
        return
    group = writer.add_group(10, "EVENT", "touchdowns and toe-offs")
    group.add("USED", "", 2, "<h", len(found))
    for name, words in (
        ("CONTEXTS", [side for side, _, _ in found]),
        ("LABELS", [label for _, label, _ in found]),
    ):
        wide = max(map(len, words))
        group.add_str(name, "", "".join(word.ljust(wide) for word in words), wide, len(words))
    # Minutes, always 0 in files of others, and seconds.
    times = np.array([(0.0, t) for _, _, t in found], np.float32)
    group.add("TIMES", "", 4, "", times.tobytes(), 2, len(found))
