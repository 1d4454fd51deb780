"""Points and heat maps made by hand: where the joints are, and on which leg."""

import numpy as np
import pytest

from analyzer.body.skeleton import BLAZEPOSE
from analyzer.pose.networks.heatmaps import located

LEG = ("hip", "knee", "ankle", "heel", "foot_index")
BENT = np.array([[0.50, 0.50], [0.52, 0.68], [0.34, 0.70], [0.30, 0.68], [0.29, 0.76]])
STRAIGHT = np.array([[0.48, 0.50], [0.52, 0.69], [0.50, 0.88], [0.47, 0.90], [0.57, 0.92]])


def at(side, joint):
    return BLAZEPOSE.index(f"{side}_{joint}")


def glow(heat, k, place, most=4.0):
    """Heat a map around a place with logit ``most`` there, as wide as the network's."""
    row, column = np.mgrid[:64, :64]
    off = np.hypot(column - 64 * place[0], row - 64 * place[1])
    heat[:, :, k] = np.maximum(heat[:, :, k], most - 1.5 * off)


def test_the_trunk_and_the_head_move_to_the_middle_of_the_heat():
    heat = np.full((64, 64, 4), -60.0, np.float32)
    heat[20, 30, 0] = heat[20, 31, 0] = 60
    heat[40, 10, 1] = -0.1  # nowhere hotter than a half
    heat[0, 0, 2] = 60
    heat[60, 60, 3] = 60  # out of this point's reach
    xy = np.array([[32, 21], [11, 41], [0.5, 0.2], [50, 50]]) / 64
    got = located(xy, heat) * 64
    np.testing.assert_allclose(got, [[30.5, 20], [11, 41], [0, 0], [50, 50]], atol=1e-6)
    outside = np.array([[-0.01, 0.5], [1.2, 0.5], [0.5, 1.0], [0.5, -0.2]])
    np.testing.assert_array_equal(located(outside, np.full((64, 64, 4), 9, np.float32)), outside)


def test_a_leg_is_where_its_map_is_hottest():
    heat = np.full((64, 64, 39), -9.0, np.float32)
    points = np.full((39, 2), 0.5)
    for side, leg in (("left", BENT), ("right", STRAIGHT)):
        for joint, place in zip(LEG, leg, strict=True):
            glow(heat, at(side, joint), place)
            points[at(side, joint)] = place + 0.03
    got = located(points, heat)
    for side, leg in (("left", BENT), ("right", STRAIGHT)):
        for joint, place in zip(LEG[1:], leg[1:], strict=True):
            assert got[at(side, joint)] == pytest.approx(place, abs=0.004)


@pytest.mark.parametrize("mixed_up", [(), ("ankle",), ("knee", "heel"), ("foot_index",)])
def test_legs_read_half_way_between_both_are_put_on_the_legs(mixed_up):
    heat = np.full((64, 64, 39), -9.0, np.float32)
    points = np.full((39, 2), 0.5)
    for joint, one, other in zip(LEG, BENT, STRAIGHT, strict=True):
        for side, mine, others in (("left", one, other), ("right", other, one)):
            k = at(side, joint)
            points[k] = mine if joint in ("hip", "knee") else (mine + others) / 2
            if joint in mixed_up:  # the map is a little hotter on the other leg
                mine, others = others, mine
            glow(heat, k, mine, 1.2)
            glow(heat, k, others, 0.8)
    got = located(points, heat)
    for side, leg in (("left", BENT), ("right", STRAIGHT)):
        for joint, place in zip(LEG[2:], leg[2:], strict=True):
            assert got[at(side, joint)] == pytest.approx(place, abs=0.006)


def test_legs_whose_maps_are_cold_stay_where_they_are():
    points = np.full((39, 2), 0.5)
    points[at("left", "ankle")] = 0.3, 0.7
    np.testing.assert_array_equal(located(points, np.full((64, 64, 39), -4, np.float32)), points)


def test_of_two_legs_in_one_place_both_are_there():
    heat = np.full((64, 64, 39), -9.0, np.float32)
    points = np.full((39, 2), 0.5)
    for joint, place in zip(LEG, STRAIGHT, strict=True):
        for side in ("left", "right"):
            glow(heat, at(side, joint), place)
            points[at(side, joint)] = place
    points[at("left", "ankle")] = 0.3, 0.8  # nothing is there
    got = located(points, heat)
    for side in ("left", "right"):
        assert got[at(side, "ankle")] == pytest.approx(STRAIGHT[2], abs=0.004)
