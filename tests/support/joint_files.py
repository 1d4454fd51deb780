"""One track in every kind of joint file that is read, as its tracker would have written it."""

from __future__ import annotations

import csv
import io
import json
import pickle
from pathlib import Path

import h5py
import motion_capture
import numpy as np

from analyzer.body.skeleton import COCO17
from analyzer.data.capture import PoseTrack
from analyzer.pose.files.pose_csv import write_pose

PARTS = ("hip", "knee", "ankle", "heel", "foot_index", "shoulder")
NAMES = tuple(f"{side}_{part}" for part in PARTS for side in ("left", "right"))


def own(pose: PoseTrack, folder: Path) -> Path:
    return write_pose(pose, folder / "pose.csv")


def trc(pose: PoseTrack, folder: Path) -> Path:
    n = len(pose.time)
    lines = [
        "PathFileType\t4\t(X/Y/Z)\trun.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits",
        f"120\t120\t{n}\t{len(NAMES)}\tpx",
        "Frame#\tTime\t" + "\t\t\t".join(NAMES) + "\t\t\t",
        "",
    ]
    for i, t in enumerate(pose.time):
        places = [f"{x:.2f}\t{y:.2f}\t0" for x, y in (pose.joint(name)[i] for name in NAMES)]
        lines.append("\t".join([str(i + 1), f"{t:.5f}", *places]))
    path = folder / "run_px.trc"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def in_space(pose: PoseTrack) -> dict[str, np.ndarray]:
    return {name: np.insert(pose.joint(name) / 200 * [1, -1], 2, 0.1, axis=1) for name in NAMES}


def trc_in_space(pose: PoseTrack, folder: Path) -> Path:
    return motion_capture.trc(folder / "run.trc", pose.time, in_space(pose))


def c3d_file(pose: PoseTrack, folder: Path) -> Path:
    return motion_capture.write_c3d(folder / "run.c3d", in_space(pose))


def _coco(pose: PoseTrack, i: int) -> list[float]:
    return [round(float(v), 2) for name in COCO17 for v in (*pose.joint(name)[i], 0.9)]


def openpose(pose: PoseTrack, folder: Path) -> Path:
    out = folder / "openpose"
    out.mkdir()
    for i in range(len(pose.time)):
        people = [{"pose_keypoints_2d": _coco(pose, i)}]
        (out / f"run_{i:012d}_keypoints.json").write_text(json.dumps({"people": people}))
    return out


def alphapose(pose: PoseTrack, folder: Path) -> Path:
    rows = [{"image_id": f"{i}.jpg", "keypoints": _coco(pose, i)} for i in range(len(pose.time))]
    path = folder / "alphapose-results.json"
    path.write_text(json.dumps(rows))
    return path


def deeplabcut(pose: PoseTrack, folder: Path) -> Path:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["scorer", *["net"] * (3 * len(NAMES))])
    rows.writerow(["bodyparts", *[name for name in NAMES for _ in range(3)]])
    rows.writerow(["coords", *["x", "y", "likelihood"] * len(NAMES)])
    for i in range(len(pose.time)):
        places = (pose.joint(name)[i] for name in NAMES)
        rows.writerow([i, *[v for x, y in places for v in (f"{x:.2f}", f"{y:.2f}", "0.9")]])
    path = folder / "runDLC.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def sleap(pose: PoseTrack, folder: Path) -> Path:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["track", "frame_idx", *[f"{name}.{end}" for name in NAMES for end in ("x", "y", "score")]])
    for i in range(len(pose.time)):
        places = (pose.joint(name)[i] for name in NAMES)
        rows.writerow(["one", i, *[v for x, y in places for v in (f"{x:.2f}", f"{y:.2f}", "0.9")]])
    path = folder / "sleap.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def sleap_h5(pose: PoseTrack, folder: Path) -> Path:
    path = folder / "sleap.h5"
    with h5py.File(path, "w") as file:
        file["node_names"] = [name.encode() for name in NAMES]
        file["tracks"] = np.stack([pose.joint(name).T for name in NAMES], axis=1)[None]
    return path


def deeplabcut_h5(pose: PoseTrack, folder: Path) -> Path:
    path = folder / "runDLC.h5"
    numbers = np.concatenate([pose.joint(name) for name in NAMES], axis=1)
    table = np.zeros(len(numbers), [("index", "i8"), ("values_block_0", "f8", numbers.shape[1])])
    table["index"], table["values_block_0"] = np.arange(len(numbers)), numbers
    with h5py.File(path, "w") as file:
        group = file.create_group("df_with_missing")
        group.attrs["pandas_type"] = "frame_table"
        stored = group.create_dataset("table", data=table)
        kinds = [("net", name, coord) for name in NAMES for coord in "xy"]
        stored.attrs["values_block_0_kind"] = np.void(pickle.dumps(kinds, protocol=2))
    return path


CHILDS = ("SLEAP H5", "DeepLabCut H5", "C3D")
"""Kinds that a process of its own reads."""
KINDS = {
    "pose.csv": own,
    "TRC": trc,
    "TRC in space": trc_in_space,
    "C3D": c3d_file,
    "OpenPose": openpose,
    "AlphaPose": alphapose,
    "DeepLabCut": deeplabcut,
    "SLEAP": sleap,
    "SLEAP H5": sleap_h5,
    "DeepLabCut H5": deeplabcut_h5,
}
