"""Joints written and read back, and files by other hands."""

import numpy as np
import pytest

from analyzer.body.skeleton import BLAZEPOSE
from analyzer.data.capture import PoseTrack
from analyzer.errors import OutputError, PoseFileError
from analyzer.pose.files.pose_csv import columns, read_pose, write_pose


def track(n=6):
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 900, (n, 33, 2))
    confidence = rng.uniform(0, 1, (n, 33))
    xy[2], confidence[2] = np.nan, 0
    xy[3, 7], confidence[3, 7] = np.nan, 0
    box = rng.uniform(100, 300, (n, 3))
    box[2] = np.nan
    time = np.cumsum(rng.uniform(0.003, 0.005, n))
    return PoseTrack(time, xy, confidence, BLAZEPOSE, box, 1920, 1080, "blazepose")


def test_what_is_written_is_read_back(tmp_path):
    pose = track()
    back = read_pose(write_pose(pose, tmp_path / "pose.csv"))
    np.testing.assert_allclose(back.time, pose.time, atol=1e-7)
    np.testing.assert_allclose(back.xy, pose.xy, atol=6e-4)
    np.testing.assert_allclose(back.confidence, pose.confidence, atol=6e-5)
    np.testing.assert_allclose(back.box, pose.box, atol=6e-4)
    assert (back.width, back.height, back.names) == (1920, 1080, BLAZEPOSE)
    assert back.source == pose.source


def test_the_columns_are_the_contract(tmp_path):
    path = write_pose(track(), tmp_path / "pose.csv")
    header = path.read_text().splitlines()[0].split(",")
    assert header[:4] == ["time_s", "nose_x_px", "nose_y_px", "nose_confidence"]
    assert header[1 + 3 * 32 : 4 + 3 * 32] == [
        "right_foot_index_x_px",
        "right_foot_index_y_px",
        "right_foot_index_confidence",
    ]
    assert header == columns(BLAZEPOSE)
    assert path.stat().st_mode & 0o044  # others may read it, unlike a temporary file


def test_a_bare_table_by_another_hand_is_enough(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "remark,left_knee_y_px,left_knee_x_px,time_s,left_hip_x_px,left_hip_y_px\n"
        "go,210,100,0.00,101,150\n"
        ",212,110,0.01,,\n"
        ",214,120,0.02,121,150\n"
    )
    pose = read_pose(path)
    np.testing.assert_allclose(pose.time, [0, 0.01, 0.02])
    np.testing.assert_allclose(pose.joint("left_knee"), [[100, 210], [110, 212], [120, 214]])
    assert np.isnan(pose.joint("left_hip")[1]).all()
    assert np.isnan(pose.joint("right_hip")).all()
    hip = BLAZEPOSE.index("left_hip")
    np.testing.assert_array_equal(pose.confidence[:, hip], [1, 0, 1])
    np.testing.assert_allclose(pose.box[0, :2], [100.5, 180])
    assert pose.box[0, 2] > 60
    assert pose.width >= 122
    assert pose.height >= 215


@pytest.mark.parametrize("nowhere", ["0", "0.0", "-1"])
def test_what_a_tracker_writes_for_unseen_is_no_place(tmp_path, nowhere):
    rows = [f"0.0{i},{300 + i},{150 + i},{310 + i},{210 + i},{320 + i},{290 + i}" for i in range(4)]
    rows[2] = "0.02" + f",{nowhere}" * 6
    path = tmp_path / "mine.csv"
    header = [f"left_{part}_{axis}_px" for part in ("hip", "knee", "ankle") for axis in "xy"]
    path.write_text("\n".join([",".join(["time_s", *header]), *rows]) + "\n")
    pose = read_pose(path)
    np.testing.assert_array_equal(np.isfinite(pose.joint("left_hip")[:, 0]), [True, True, False, True])
    assert np.isnan(pose.box[2]).all()
    assert pose.confidence[2].max() == 0


def test_a_european_spreadsheet_is_understood(tmp_path):
    path = tmp_path / "pose.csv"
    path.write_bytes("\ufefftime_s;nose_x_px;nose_y_px\r\n0,00;1,5;2\r\n0,04;3,5;4\r\n".encode())
    np.testing.assert_allclose(read_pose(path).joint("nose"), [[1.5, 2], [3.5, 4]])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no rows"),
        (b"time_s,nose_x_px,nose_y_px\n", "no rows"),
        (b"nose_x_px,nose_y_px\n1,2\n3,4\n", "time_s"),
        (b"time_s,thumb_x_px,thumb_y_px\n0,1,2\n1,3,4\n", "no joint"),
        (b"time_s,nose_x_px,nose_y_px\n0,1,2\n", "1 frame"),
        (b"time_s,nose_x_px,nose_y_px\n0,1,2\n0,3,4\n", "do not rise"),
        (b"time_s,nose_x_px,nose_y_px\n0,1,2\n,3,4\n", "do not rise"),
        (b"time_s,nose_x_px,nose_y_px\n0,1,2\n1,here,4\n", "'here'"),
        (b"time_s,nose_x_px,nose_y_px\n0,1,2\n1,3\n", "Line 3"),
        (b"time_s,nose_x_px,nose_y_px\n0,,\n1,,\n", "no position"),
        (b"time_s,nose_x_px,nose_x_px\n0,1,2\n1,2,3\n", "two columns"),
        (b"\xff\xfe\x00\x81", "not a text"),
        (None, "Cannot read"),
    ],
)
def test_a_file_that_lacks_what_is_needed_is_refused(tmp_path, content, says):
    path = tmp_path / "pose.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PoseFileError, match=says):
        read_pose(path)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(OutputError, match="Cannot write"):
        write_pose(track(), tmp_path / "nowhere" / "pose.csv")
