"""Anchors and decoding against figures made by hand; the true network is marked."""

import numpy as np
import pytest

from analyzer.pose.networks import detector
from analyzer.pose.networks.detector import Detector, Person, people


def silent():
    return np.zeros((2254, 12), np.float32), np.full(2254, -100, np.float32)


def test_the_anchors_are_the_centres_of_the_three_grids():
    at = detector._ANCHORS
    assert at.shape == (2254, 2)
    np.testing.assert_allclose(at[0], [4, 4])
    np.testing.assert_allclose(at[1], [4, 4])  # two to a cell
    np.testing.assert_allclose(at[2], [12, 4])  # x runs fastest
    np.testing.assert_allclose(at[2 * 28], [4, 12])
    np.testing.assert_allclose(at[1568], [8, 8])
    np.testing.assert_allclose(at[1568 + 392 + 5], [16, 16])  # six to a cell
    np.testing.assert_allclose(at[-1], [208, 208])


def test_an_anchor_becomes_a_person_in_the_picture():
    raw, logit = silent()
    k = 2 * (3 * 28 + 10)  # the cell in column 10, row 3: centre (84, 28)
    raw[k, 4:6] = 6, 12  # hips at (90, 40)
    raw[k, 6:8] = 36, -28  # rim at (120, 0): up and to the right
    logit[k] = np.log(3)
    (found,) = people(raw, logit, (100.0, -20.0, 2.0), 0.5)
    assert (found.x, found.y) == (280, 60)
    assert found.size == pytest.approx(2 * 2 * 50)
    assert found.score == pytest.approx(0.75)
    assert found.lean_deg == pytest.approx(np.degrees(np.arctan2(30, 40)))
    assert people(raw, logit, (100.0, -20.0, 2.0), 0.8) == []


def test_anchors_that_mean_the_same_person_are_one_and_others_are_kept():
    raw, logit = silent()
    for k, lift, score in ((0, 0, 2.0), (2, 0, 1.0), (2 * 28 - 1, 0, 1.5)):
        raw[k, 6:8] = 0, -30 + lift
        logit[k] = score
    found = people(raw, logit, (0.0, 0.0, 1.0), 0.5)
    assert len(found) == 2
    assert found[0].score > found[1].score
    assert 4 < found[0].x < 8  # between the two, nearer to the surer one
    assert found[1].x == 220


@pytest.mark.parametrize(("length", "side"), [(1920, 300.0), (100, 300.0), (301, 300.0)])
def test_tiles_cover_the_picture(length, side):
    at = detector._centres(length, side)
    if length > side:
        assert at[0] == side / 2
        assert at[-1] == length - side / 2
        assert np.diff(at).max() <= side / 2 + 1e-9
    else:
        assert list(at) == [length / 2]


def test_a_sweep_leaves_out_giants_dwarfs_the_lying_and_the_absent(monkeypatch):
    seen = [
        Person(50, 50, 100, 0.9),
        Person(55, 52, 110, 0.6),
        Person(50, 50, 300, 0.99),
        Person(50, 50, 30, 0.99),
        Person(90, 90, 100, 0.99, lean_deg=120),
        Person(-5, 50, 100, 0.99),
    ]
    finder = object.__new__(Detector)
    monkeypatch.setattr(Detector, "find", lambda self, image, region, min_score: seen)
    (found,) = finder.sweep(np.zeros((100, 200, 3), np.uint8), 100)
    assert 50 < found.x < 55
    assert found.score == 0.9


@pytest.mark.model
@pytest.mark.parametrize("runtime", ["litert", "openvino"])
def test_nobody_is_found_in_a_grey_picture(runtime):
    from analyzer.pose.networks import weights

    pytest.importorskip("ai_edge_litert" if runtime == "litert" else "openvino")
    finder = Detector(weights.model_path(), runtime)
    assert finder.find(np.full((300, 400, 3), 128, np.uint8)) == []


@pytest.mark.model
def test_regions_looked_at_at_once_show_what_each_shows_alone():
    from analyzer.pose.networks import weights

    image = np.random.default_rng(0).integers(0, 255, (600, 800, 3), np.uint8)
    regions = [None, (200.0, 200.0, 300.0), (500.0, 300.0, 400.0), (300.0, 300.0, 600.0)]
    finder = Detector(weights.model_path())
    alone = [finder.find(image, region, 0.0) for region in regions]
    finder.find = lambda image, region: Detector.find(finder, image, region, 0.0)
    together = finder.find_each(image, regions)
    assert all(alone)
    assert together == alone
