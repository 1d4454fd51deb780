"""Crops against figures made by hand, the engine with a stand-in network."""

import numpy as np
import pytest

from analyzer.body import skeleton
from analyzer.errors import ModelError
from analyzer.pose.networks import blazepose
from analyzer.pose.networks.blazepose import LandmarkNet
from analyzer.pose.networks.crop import crop
from analyzer.pose.networks.runtime import RUNTIMES, Network, installed


def ramp(height=60, width=80):
    y, x = np.mgrid[:height, :width]
    return np.stack([x, y, 0 * x], axis=2).astype(np.uint8)


def test_a_crop_shows_what_is_there_and_says_where_it_is():
    picture, left, top, scale = crop(ramp(), np.array([40.0, 30.0, 20.0]), 40)
    assert (left, top, scale) == (30, 20, 0.5)
    # the centre of picture pixel (20, 10) is at frame (30 + 20.5 / 2, 20 + 10.5 / 2): value 39.75
    assert picture[10, 20, 0] == pytest.approx(39.75, abs=0.6)
    assert picture[10, 20, 1] == pytest.approx(24.75, abs=0.6)


def test_a_crop_is_black_outside_the_frame():
    image = np.full((60, 80, 3), 200, np.uint8)
    picture, left, top, scale = crop(image, np.array([0.0, 60.0, 40.0]), 40)
    assert (left, top, scale) == (-20, 40, 1)
    assert (picture[:20, 20:] == 200).all()
    assert (picture[20:] == 0).all()
    assert (picture[:, :20] == 0).all()
    assert not crop(image, np.array([500.0, 500.0, 40.0]), 40)[0].any()


class StandIn:
    """Says that point k is at input pixel (k, 2 k) with visibility 0.5, and how sure it is."""

    def __init__(self, sure):
        self.sure = sure

    def __call__(self, picture):
        self.seen = picture
        marks = np.zeros((39, 5), np.float32)
        marks[:, 0], marks[:, 1] = np.arange(39), 2 * np.arange(39)
        return {
            "Identity": marks.reshape(1, 195),
            "Identity_1": np.array([[self.sure]], np.float32),
            "Identity_2": np.zeros((1, 256, 256, 1), np.float32),
            "Identity_3": np.full((1, 64, 64, 39), -9, np.float32),
            "Identity_4": np.zeros((1, 117), np.float32),
        }


def stand_in(sure, views=1):
    net = object.__new__(LandmarkNet)
    net._net, net.views = StandIn(sure), views
    return net


def test_what_the_network_says_is_put_back_into_the_frame():
    net = stand_in(0.9)
    image = np.full((300, 400, 3), 51, np.uint8)
    xy, confidence = net.detect(image, np.array([200.0, 150.0, 128.0]))
    np.testing.assert_allclose(xy, np.stack([136 + np.arange(33) / 2, 86 + np.arange(33)], axis=1))
    np.testing.assert_allclose(confidence, 0.5)
    np.testing.assert_allclose(net._net.seen, 0.2, rtol=1e-6)
    net = stand_in(0.4)
    assert net.detect(image, np.array([200.0, 150.0, 128.0])) is None


def spot(x, y):
    """A grey picture with one bright blurred spot at a point (pixel edges count from 0)."""
    v, u = np.mgrid[:600, :800] + 0.5
    light = 60 + 190 * np.exp(-((u - x) ** 2 + (v - y) ** 2) / 60)
    return np.repeat(light[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("side", [150.0, 400.0, 1100.0])
@pytest.mark.parametrize("lean", [0.0, 30.0, -75.0])
def test_a_turned_square_knows_where_its_points_are_in_the_frame(side, lean):
    box = np.array([400.0, 300.0, side])
    up = 0.25 * side * np.array([np.sin(np.radians(lean)), -np.cos(np.radians(lean))])
    x, y = box[:2] + up
    picture, to_frame = blazepose.turned(spot(x, y), box, lean, 256)
    light = picture[..., 0].astype(float) - 60
    light[light < 40] = 0
    v, u = np.mgrid[:256, :256] + 0.5
    found = np.array([(light * u).sum(), (light * v).sum()]) / light.sum()
    np.testing.assert_allclose(found, [128, 64], atol=0.7)  # above the middle: the body stands upright
    np.testing.assert_allclose(to_frame[:, :2] @ found + to_frame[:, 2], [x, y], atol=0.004 * side)


def test_a_mirrored_look_has_its_sides_turned_back():
    net = stand_in(0.9, views=2)
    box = np.array([200.0, 150.0, 256.0])
    image = np.zeros((300, 400, 3), np.uint8)
    plain = net._view(image, box, 0.0)[0]
    mirrored = net._view(image, box, 0.0, mirrored=True)[0]
    left, right = (skeleton.BLAZEPOSE.index(f"{s}_knee") for s in ("left", "right"))
    # the stand-in says input pixel (k, 2 k) whatever it sees
    np.testing.assert_allclose(plain[left] - box[:2] + 128, [left, 2 * left])
    np.testing.assert_allclose(mirrored[left] - box[:2] + 128, [256 - right, 2 * right])
    _, sure, score = net.look(image, box)
    assert score == pytest.approx(0.9)
    assert (sure[:33] < 0.5).all()  # the looks differ, so all are less sure than the network says


def test_looks_are_fused_and_one_with_crossed_legs_is_turned_back():
    rng = np.random.default_rng(3)
    body = rng.uniform(0, 200, (39, 2))
    crossed = body + 1.0
    legs = blazepose._PAIRS[0]
    crossed[legs] = crossed[blazepose._OTHER[legs]]
    xy, sure = blazepose.fused([body, crossed], [np.full(39, 0.8)] * 2, 400.0)
    np.testing.assert_allclose(xy, body + 0.5)
    np.testing.assert_allclose(sure, 0.8 / (1 + (2**0.5 / 10) ** 2))
    far = body.copy()
    far[5] += 40
    xy, sure = blazepose.fused([body, far, body, body], [np.full(39, 0.8)] * 4, 400.0)
    np.testing.assert_allclose(xy, body)
    assert sure[5] < 0.3 < sure[6]


def test_a_network_that_cannot_be_read_is_an_error_for_users():
    for runtime in ("litert", "openvino"):
        with pytest.raises(ModelError):
            Network(b"\x1c\0\0\0TFL3nonsense", runtime)


def test_without_a_runtime_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install"):
        installed()


@pytest.mark.model
def test_both_runtimes_say_the_same():
    from analyzer.pose.networks import weights

    pytest.importorskip("ai_edge_litert")
    pytest.importorskip("openvino")
    model = weights.model_path()
    noise = np.random.default_rng(1).integers(0, 255, (256, 256, 3)).astype(np.uint8)
    looks = [LandmarkNet(model, name).look(noise, np.array([128.0, 128, 256])) for name in RUNTIMES]
    np.testing.assert_allclose(looks[0][0], looks[1][0], atol=0.05)
    np.testing.assert_allclose(looks[0][1], looks[1][1], atol=2e-3)
