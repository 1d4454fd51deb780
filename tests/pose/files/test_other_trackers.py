"""Other trackers' files, made by hand by their documented layouts."""

import csv
import json
import pickle
import sys
from math import nan

import h5py
import numpy as np
import pytest

from analyzer.body.skeleton import BLAZEPOSE
from analyzer.errors import PoseFileError
from analyzer.pose.files.joints import joint
from analyzer.pose.files.pose_csv import read_pose

N = 5
KNEE = np.stack([100 + 10.0 * np.arange(N), np.full(N, 300.0)], axis=1)
HIP = KNEE - (5, 120)
TOE = KNEE - (-30, -130)


@pytest.mark.parametrize(
    ("name", "is_called"),
    [
        ("LBigToe", "left_foot_index"),
        ("right_big_toe", "right_foot_index"),
        ("Left Ankle", "left_ankle"),
        ("toe.L", "left_foot_index"),
        ("RHeel", "right_heel"),
        ("Nose", "nose"),
        ("RSmallToe", None),
        ("Hip", None),
        ("Neck", None),
        ("lever", None),
        ("left_nose", None),
    ],
)
def test_joints_go_by_many_names(name, is_called):
    assert joint(name) == is_called


def trc(units="px", upside_down=False, time=True):
    lines = [
        "PathFileType\t4\t(X/Y/Z)\trun_px_person00.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"50\t50\t{N}\t3\t{units}\t50\t1\t{N}",
        "Frame#\tTime\tRHip\t\t\tRKnee\t\t\tRBigToe\t\t\t",
        "\t\tX1\tY1\tZ1\tX2\tY2\tZ2\tX3\tY3\tZ3",
        "",
    ]
    for i in range(N):
        cells = [str(i + 1), f"{i / 50:.3f}" if time else ""]
        for x, y in (HIP[i], KNEE[i], TOE[i]):
            cells += [str(x), str(600 - y if upside_down else y), "0"]
        if i == 2:
            cells[5:8] = ["", "", ""]
        lines.append("\t".join(cells))
    return "\n".join(lines)


@pytest.mark.parametrize("upside_down", [False, True])
def test_trc_in_pixels(tmp_path, upside_down):
    path = tmp_path / "run.trc"
    path.write_text(trc(upside_down=upside_down))
    pose = read_pose(path)
    np.testing.assert_allclose(pose.time, np.arange(N) / 50)
    assert np.isnan(pose.joint("right_knee")[2]).all()
    np.testing.assert_allclose(pose.joint("right_hip")[:, 0], HIP[:, 0])
    up = pose.joint("right_foot_index")[0, 1] - pose.joint("right_hip")[0, 1]
    assert up == pytest.approx(250)
    assert np.isnan(pose.joint("left_knee")).all()
    assert pose.source == "TRC"


def test_trc_without_times_goes_by_its_rate(tmp_path):
    path = tmp_path / "run.trc"
    path.write_text(trc(time=False))
    np.testing.assert_allclose(read_pose(path).time, np.arange(N) / 50)
    path.write_text("PathFileType\t4\n")
    with pytest.raises(PoseFileError, match="not a TRC"):
        read_pose(path)


def body(size, hip, knee, scale=1.0, shift=0.0):
    """An OpenPose body of 25 points: nose, right hip (9), right knee (10), right big toe (22), neck (1)."""
    marks = np.zeros((size, 3))
    for k, (x, y) in {9: hip, 10: knee, 22: knee - (-30, -130), 1: hip - (0, 200), 0: hip - (0, 240)}.items():
        marks[k] = x * scale + shift, y * scale, 0.9
    return [float(v) for v in marks.ravel()]


def test_a_folder_of_openpose_follows_the_biggest_person(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    for i in range(N):
        runner, other = body(25, HIP[i], KNEE[i]), body(25, HIP[0], KNEE[0], scale=0.4, shift=100)
        people = [{"pose_keypoints_2d": p} for p in ((runner, other) if i % 2 else (other, runner))]
        if i == 3:
            people = []
        (folder / f"clip_{i:012d}_keypoints.json").write_text(json.dumps({"version": 1.3, "people": people}))
    pose = read_pose(folder, fps=50)
    np.testing.assert_allclose(pose.time, np.arange(N) / 50)
    seen = [0, 1, 2, 4]
    np.testing.assert_allclose(pose.joint("right_knee")[seen], KNEE[seen])
    np.testing.assert_allclose(pose.joint("right_foot_index")[seen], TOE[seen])
    assert np.isnan(pose.joint("right_knee")[3]).all()
    assert np.isnan(pose.joint("left_knee")).all()
    assert pose.confidence[0, BLAZEPOSE.index("right_knee")] == pytest.approx(0.9)
    with pytest.raises(PoseFileError, match="rate that the camera filmed at"):
        read_pose(folder)


@pytest.mark.parametrize("name", ["{}.json", "clip_{}_keypoints.json", "run2_{}.json"])
def test_openpose_s_files_follow_each_other_by_number_with_or_without_zeros(tmp_path, name):
    for i in range(8, 8 + N):
        people = [{"pose_keypoints_2d": body(25, HIP[i - 8], KNEE[i - 8])}]
        (tmp_path / name.format(i)).write_text(json.dumps({"people": people}))
    pose = read_pose(tmp_path, fps=50)
    np.testing.assert_allclose(pose.time, np.arange(N) / 50)
    np.testing.assert_allclose(pose.joint("right_knee"), KNEE)


def test_alphapose_leaves_frames_without_anybody_empty(tmp_path):
    rows = []
    for i in (0, 1, 2, 4):
        marks = np.zeros((26, 3))
        for k, (x, y) in {12: HIP[i], 14: KNEE[i], 21: TOE[i], 0: HIP[i] - (0, 200)}.items():
            marks[k] = x, y, 2.0  # AlphaPose's confidence may exceed one
        rows.append(
            {"image_id": f"{i}.jpg", "category_id": 1, "keypoints": marks.ravel().tolist(), "score": 3}
        )
    path = tmp_path / "alphapose-results.json"
    path.write_text(json.dumps(rows))
    pose = read_pose(path, fps=100)
    np.testing.assert_allclose(pose.time, np.arange(N) / 100)
    np.testing.assert_allclose(pose.joint("right_foot_index")[4], TOE[4])
    assert np.isnan(pose.joint("right_knee")[3]).all()
    assert pose.confidence.max() == 1


def write_rows(path, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


def test_deeplabcut_takes_the_individual_seen_most(tmp_path):
    path = tmp_path / "runDLC_resnet50.csv"
    who = ["other", "runner"]
    parts = ["right_hip", "right_knee"]
    columns = [(w, p, c) for w in who for p in parts for c in ("x", "y", "likelihood")]
    rows = [["scorer"] + ["net"] * len(columns)]
    rows += [
        [head, *(c[k] for c in columns)] for k, head in enumerate(("individuals", "bodyparts", "coords"))
    ]
    for i in range(N):
        values = []
        for w, p, c in columns:
            x, y = (HIP if p == "right_hip" else KNEE)[i]
            values.append({"x": x, "y": y, "likelihood": 0.8}[c] if w == "runner" or i == 0 else "")
        rows.append([i, *values])
    write_rows(path, rows)
    pose = read_pose(path, fps=240)
    np.testing.assert_allclose(pose.joint("right_knee"), KNEE)
    np.testing.assert_allclose(pose.confidence[:, BLAZEPOSE.index("right_hip")], 0.8)
    assert pose.source == "DeepLabCut"
    rows[5] = rows[5][:-2]
    write_rows(path, rows)
    with pytest.raises(PoseFileError, match="equally long"):
        read_pose(path, fps=240)


def test_sleap_csv_has_rows_only_where_somebody_is(tmp_path):
    path = tmp_path / "labels.csv"
    rows = [["track", "frame_idx", "instance.score", "RKnee.x", "RKnee.y", "RKnee.score", "RHip.x", "RHip.y"]]
    rows += [["runner", i, 0.9, *KNEE[i], 0.7, *HIP[i]] for i in (0, 1, 3, 4)] + [
        ["dog", 0, 0.9, 1, 2, 0.5, 3, 4]
    ]
    write_rows(path, rows)
    pose = read_pose(path, fps=100)
    assert len(pose.time) == N
    np.testing.assert_allclose(pose.joint("right_knee")[3], KNEE[3])
    assert np.isnan(pose.joint("right_knee")[2]).all()
    assert pose.confidence[0, BLAZEPOSE.index("right_hip")] == 1


def sleap_h5(path):
    with h5py.File(path, "w") as file:
        file["node_names"] = [b"RHip", b"RKnee"]
        tracks = np.full((2, 2, 2, N), np.nan)
        tracks[1, :, 0], tracks[1, :, 1] = HIP.T, KNEE.T
        file["tracks"] = tracks
        file["point_scores"] = np.full((2, 2, N), 0.6)


def deeplabcut_h5(path, *, several=False, columns=None):
    """Write what ``DataFrame.to_hdf(key="df_with_missing", format="table")`` writes, as far as it is read."""
    people = ("other", "runner") if several else ("",)
    names = [
        ("net", *([who] if who else []), part, coord)
        for who in people
        for part in ("RHip", "RKnee")
        for coord in ("x", "y", "likelihood")
    ]
    runner = np.column_stack([HIP, np.full(N, 0.8), KNEE, np.full(N, 0.8)])
    numbers = np.column_stack([np.full((N, 6), np.nan), runner]) if several else runner
    rows = np.zeros(N, [("index", "<i8"), ("values_block_0", "<f8", (len(names),))])
    rows["index"], rows["values_block_0"] = np.arange(N), numbers
    with h5py.File(path, "w") as file:
        group = file.create_group("df_with_missing")
        group.attrs["pandas_type"] = np.bytes_(b"frame_table")
        group["table"] = rows
        kind = pickle.dumps(names, 0) if columns is None else columns
        group["table"].attrs["values_block_0_kind"] = np.bytes_(kind)


@pytest.mark.parametrize("several", [False, True])
def test_deeplabcut_h5(tmp_path, several):
    deeplabcut_h5(tmp_path / "runDLC.h5", several=several)
    pose = read_pose(tmp_path / "runDLC.h5", fps=240)
    np.testing.assert_allclose(pose.time, np.arange(N) / 240)
    np.testing.assert_allclose(pose.joint("right_hip"), HIP)
    np.testing.assert_allclose(pose.joint("right_knee"), KNEE)
    np.testing.assert_allclose(pose.confidence[:, BLAZEPOSE.index("right_knee")], 0.8)
    assert pose.source == "DeepLabCut"


def test_an_h5_file_cannot_run_anything(tmp_path):
    deeplabcut_h5(tmp_path / "bad.h5", columns=b"cos\ngetcwd\n(tR.")
    with pytest.raises(PoseFileError, match="not an H5 file of DeepLabCut or SLEAP"):
        read_pose(tmp_path / "bad.h5", fps=240)


def test_sleap_h5(tmp_path):
    path = tmp_path / "labels.analysis.h5"
    sleap_h5(path)
    pose = read_pose(path, fps=100)
    np.testing.assert_allclose(pose.joint("right_knee"), KNEE)
    np.testing.assert_allclose(pose.confidence[:, BLAZEPOSE.index("right_hip")], 0.6)
    assert pose.source == "SLEAP"


def test_h5_without_its_reader_says_what_to_do(tmp_path, monkeypatch):
    sleap_h5(tmp_path / "a.h5")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(PoseFileError, match=r"sprint-analyzer\[h5\].*CSV"):
        read_pose(tmp_path / "a.h5", fps=100)


@pytest.mark.parametrize("content", ["neither", "text"])
def test_h5_of_another_kind(tmp_path, content):
    path = tmp_path / "a.h5"
    if content == "text":
        path.write_text("tracks")
    else:
        with h5py.File(path, "w") as file:
            file["tracks"] = np.zeros(3)
    with pytest.raises(PoseFileError, match="not an H5 file of DeepLabCut or SLEAP"):
        read_pose(path, fps=100)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", "{", "not JSON"),
        ("a.json", "{}", "not a file of AlphaPose"),
        ("a.json", '[{"image_id": "a.jpg", "keypoints": [1, 2, 1]}]', "does not number"),
        ("a.json", '[{"image_id": "1.jpg", "keypoints": [1, 2]}]', "x, y, confidence"),
        ("a.json", json.dumps([{"image_id": "1.jpg", "keypoints": [1, 2, 1] * 4}]), "not known here"),
        ("b.json", json.dumps([{"image_id": "1.jpg", "keypoints": [1, 2, 1] * 17}]), "^Nobody is in b.json"),
        ("c.json", json.dumps([{"image_id": "1.jpg", "keypoints": [nan, nan, 1] * 17}]), "^Nobody is in c"),
        ("d.json", json.dumps([{"image_id": "1.jpg", "keypoints": []}]), "^Nobody is in d.json"),
        ("a.csv", "scorer,net\nbodyparts,nose\n", "header is not complete"),
    ],
)
def test_files_that_are_not_what_they_seem(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(PoseFileError, match=says):
        read_pose(path, fps=100)


def test_a_joint_without_a_number_is_not_seen_and_does_not_lose_the_athlete(tmp_path):
    bodies = [[n for k in range(17) for n in (100.0 + 3 * k + i, 40.0 + 20 * k, 0.9)] for i in range(4)]
    rows = [{"image_id": f"{i}.jpg", "keypoints": body} for i, body in enumerate(bodies)]
    rows[1]["keypoints"][33:36] = [nan, nan, 0.9]  # the left hip
    rows[2]["keypoints"] = [nan, nan, 0.9] * 17
    path = tmp_path / "alphapose.json"
    path.write_text(json.dumps(rows))
    hip = read_pose(path, fps=100).joint("left_hip")
    np.testing.assert_array_equal(np.isfinite(hip[:, 0]), [True, False, False, True])


def test_an_empty_folder(tmp_path):
    with pytest.raises(PoseFileError, match="no joint files"):
        read_pose(tmp_path, fps=100)
