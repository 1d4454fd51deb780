"""RTMPose behind the same functions as BlazePose, with stand-ins for the library and for its network."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from places import SAMPLE

from analyzer.body.skeleton import BLAZEPOSE, COCO17, HALPE26
from analyzer.config import Config
from analyzer.errors import ModelError
from analyzer.pose import reading, track
from analyzer.pose.networks.rtmpose import Rtmpose
from analyzer.video import reader


class BrightestSpot:
    """Puts every point on the brightest pixel of what rtmlib's RTMPose looks at, upright and 3 : 4."""

    def __init__(self, source, model_input_size, backend):
        print("load", source)  # as the library does
        self.onnx_model, self.model_input_size = source, model_input_size
        self.points = 26

    def __call__(self, image, bboxes):
        (left, top, right, bottom) = bboxes[0]
        height = 1.25 * (bottom - top)
        x0 = round((left + right) / 2 - 0.375 * height)
        seen = image[:, x0 : x0 + round(0.75 * height)].sum(axis=2)
        y, x = np.unravel_index(seen.argmax(), seen.shape)
        return np.full((1, self.points, 2), (x + x0, y), float), np.full((1, self.points), 1.7)


@pytest.fixture
def library(monkeypatch):
    mode = {"pose": "address", "pose_input_size": (192, 256)}
    body = SimpleNamespace(MODE=dict.fromkeys(("lightweight", "balanced", "performance"), mode))
    monkeypatch.setitem(sys.modules, "rtmlib", SimpleNamespace(RTMPose=BrightestSpot, BodyWithFeet=body))


def spot(x, y):
    v, u = np.mgrid[:600, :800] + 0.5
    light = 10 + 240 * np.exp(-((u - x) ** 2 + (v - y) ** 2) / 30)
    return np.repeat(light[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("lean", [0.0, 25.0])
def test_points_come_back_into_the_frame(library, capsys, lean):
    xy, confidence, score = Rtmpose().look(spot(430, 260), np.array([400.0, 300.0, 300.0]), lean)
    seen = [BLAZEPOSE.index(name) for name in HALPE26 if name]
    np.testing.assert_allclose(xy[seen], np.tile([430.0, 260.0], (len(seen), 1)), atol=1.2)
    assert score == 1
    assert confidence.max() == 1
    assert np.isnan(np.delete(xy, seen, axis=0)).all()
    assert not np.delete(confidence, seen).any()
    assert capsys.readouterr().out == ""


def test_a_body_without_feet_lacks_them(library):
    net = Rtmpose()
    net._net.points = 17
    xy, _, _ = net.look(spot(400, 300), np.array([400.0, 300.0, 300.0]))
    known = {BLAZEPOSE[k] for k in np.flatnonzero(np.isfinite(xy[:, 0]))}
    assert known == set(COCO17)
    net._net.points = 21
    with pytest.raises(ModelError, match="21 points"):
        net.look(spot(400, 300), np.array([400.0, 300.0, 300.0]))


def test_without_the_library_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rtmlib", None)
    with pytest.raises(ModelError, match=r"sprint-analyzer\[rtmpose\]"):
        reading.networks(Path("unused.task"), Config(engine="rtmpose"))


def test_weights_that_cannot_be_fetched_are_told(library, monkeypatch):
    def offline(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(sys.modules["rtmlib"], "RTMPose", offline)
    with pytest.raises(ModelError, match="no route to host"):
        Rtmpose("fast")


@pytest.mark.model
def test_the_engine_reads_the_joints_of_the_athlete_that_was_found(library, monkeypatch):
    """Points all over the body, laid out as a standing one, so that the crop can follow."""
    heights = {"nose": -0.43, "shoulder": -0.28, "hip": 0.0, "knee": 0.24, "ankle": 0.49}

    def standing(self, image, bboxes):
        _, top, _, bottom = bboxes[0]
        stature = 1.25 * (bottom - top) / 1.38
        rows = [heights.get(name.split("_")[-1], 0.1) for name in HALPE26]
        points = np.array([[128.0, 128.0 + row * stature] for row in rows])
        return points[None], np.full((1, 26), 0.8)

    monkeypatch.setattr(BrightestSpot, "__call__", standing)
    info = reader.probe(SAMPLE)
    pose, _, _ = track.track(info, Config(engine="rtmpose", quality="fast", stop_s=0.5))[:3]
    assert pose.source == "rtmpose"
    seen = pose.box[:, 0] > 0  # the crop runs ahead of the picture's edge
    assert seen.sum() > 30
    assert np.isfinite(pose.joint("left_hip")[seen]).all()
    assert np.isnan(pose.joint("left_pinky")).all()


def stand_in_onnx(path: Path) -> Path:
    """Make a network of RTMPose's shape that puts all points on the lightest row and column."""
    onnx = pytest.importorskip("onnx")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT

    def constant(name, values):
        return helper.make_tensor(name, onnx.TensorProto.INT64, [len(values)], values)

    nodes, weights = [], []
    for name, axes, n in (("simcc_x", [1, 2], 192), ("simcc_y", [1, 3], 256)):
        weights += [
            constant(f"{name}_axes", axes),
            constant(f"{name}_column", [1, n, 1]),
            constant(f"{name}_twice", [1, n, 2]),
            constant(f"{name}_row", [1, 1, 2 * n]),
            constant(f"{name}_all", [1, 26, 2 * n]),
        ]
        nodes += [
            helper.make_node("ReduceMax", ["input", f"{name}_axes"], [f"{name}_a"], keepdims=0),
            helper.make_node("Reshape", [f"{name}_a", f"{name}_column"], [f"{name}_b"]),
            helper.make_node("Expand", [f"{name}_b", f"{name}_twice"], [f"{name}_c"]),
            helper.make_node("Reshape", [f"{name}_c", f"{name}_row"], [f"{name}_d"]),
            helper.make_node("Expand", [f"{name}_d", f"{name}_all"], [name]),
        ]
    graph = helper.make_graph(
        nodes,
        "stand-in",
        [helper.make_tensor_value_info("input", kind, [1, 3, 256, 192])],
        [
            helper.make_tensor_value_info(n, kind, [1, 26, size])
            for n, size in (("simcc_x", 384), ("simcc_y", 512))
        ],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize("lean", [0.0, -20.0])
def test_the_real_library_runs_a_network_of_that_shape(tmp_path, lean):
    pytest.importorskip("rtmlib")
    net = Rtmpose(weights=stand_in_onnx(tmp_path / "stand_in.onnx"))
    xy, _, score = net.look(spot(420, 270), np.array([400.0, 300.0, 300.0]), lean)
    np.testing.assert_allclose(xy[BLAZEPOSE.index("left_heel")], [420, 270], atol=1.5)
    assert score == 1
    assert len(net.sha256) == 64
