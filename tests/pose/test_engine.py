"""Crops and refinement against figures made by hand, the engine with a stand-in network."""

import numpy as np
import pytest

from analyzer.errors import ModelError
from analyzer.pose import engine
from analyzer.pose.engine import LandmarkNet, Network, crop, refined


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


def test_points_move_to_the_middle_of_the_heat():
    heat = np.full((64, 64, 4), -60.0, np.float32)
    heat[20, 30, 0] = heat[20, 31, 0] = 60
    heat[40, 10, 1] = -0.1  # nowhere hotter than a half
    heat[0, 0, 2] = 60
    heat[60, 60, 3] = 60  # out of this point's reach
    xy = np.array([[32, 21], [11, 41], [0.5, 0.2], [50, 50]]) / 64
    got = refined(xy, heat) * 64
    np.testing.assert_allclose(got, [[30.5, 20], [11, 41], [0, 0], [50, 50]], atol=1e-6)
    outside = np.array([[-0.01, 0.5], [1.2, 0.5], [0.5, 1.0], [0.5, -0.2]])
    np.testing.assert_array_equal(refined(outside, np.full((64, 64, 4), 9, np.float32)), outside)


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


def test_what_the_network_says_is_put_back_into_the_frame(monkeypatch):
    net = object.__new__(LandmarkNet)
    net._net = StandIn(0.9)
    image = np.full((300, 400, 3), 51, np.uint8)
    xy, confidence = net.detect(image, np.array([200.0, 150.0, 128.0]))
    np.testing.assert_allclose(xy, np.stack([136 + np.arange(33) / 2, 86 + np.arange(33)], axis=1))
    np.testing.assert_allclose(confidence, 0.5)
    np.testing.assert_allclose(net._net.seen, 0.2, rtol=1e-6)
    net._net = StandIn(0.4)
    assert net.detect(image, np.array([200.0, 150.0, 128.0])) is None


def test_a_network_that_cannot_be_read_is_an_error_for_users():
    for runtime in ("litert", "openvino"):
        with pytest.raises(ModelError):
            Network(b"\x1c\0\0\0TFL3nonsense", runtime)


def test_without_a_runtime_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install"):
        engine.installed()


@pytest.mark.model
def test_both_runtimes_say_the_same():
    from analyzer.pose import weights

    pytest.importorskip("ai_edge_litert")
    pytest.importorskip("openvino")
    model = weights.model_path()
    noise = np.random.default_rng(1).integers(0, 255, (256, 256, 3)).astype(np.uint8)
    looks = [LandmarkNet(model, name).look(noise, np.array([128.0, 128, 256])) for name in engine.RUNTIMES]
    np.testing.assert_allclose(looks[0][0], looks[1][0], atol=0.05)
    np.testing.assert_allclose(looks[0][1], looks[1][1], atol=2e-3)
