"""How much a view shortens the lane, by the legs' reach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from views import seen_at

from analyzer.joints import foreshortening
from analyzer.joints.foreshortening import NETWORK_SHORT, OWN_SD


@pytest.mark.parametrize("degrees", [0.0, 20.0, -30.0, 45.0, -60.0])
def test_the_legs_tell_how_much_the_lane_is_shortened(degrees: float) -> None:
    pose = seen_at(degrees, fps=120)
    found = foreshortening.by_legs(pose, pose.xy)
    assert found.log == pytest.approx(-np.log(np.cos(np.radians(degrees))), abs=1.5 * OWN_SD)
    assert OWN_SD <= found.sd < 2 * OWN_SD


def test_neither_size_nor_mirror_changes_it() -> None:
    pose = seen_at(40.0)
    plain = foreshortening.by_legs(pose, pose.xy)
    assert foreshortening.by_legs(pose, pose.xy * [-0.01, 0.01]) == pytest.approx(plain)


def test_what_a_network_marks_too_short_is_added() -> None:
    pose = seen_at(40.0)
    plain, network = (foreshortening.by_legs(p, p.xy) for p in (pose, replace(pose, source="blazepose")))
    assert network.log - plain.log == pytest.approx(NETWORK_SHORT)


def test_legs_that_are_hardly_seen_say_nothing() -> None:
    pose = seen_at(40.0)
    few = np.where(np.arange(len(pose.time))[:, None, None] < 10, pose.xy, np.nan)
    assert foreshortening.by_legs(pose, few).sd == np.inf


def test_legs_that_do_not_move_and_joints_of_one_place_say_nothing() -> None:
    pose = seen_at(40.0)
    assert foreshortening.by_legs(pose, np.repeat(pose.xy[:1], len(pose.time), axis=0)).sd == np.inf
    met = np.array(pose.xy)
    met[10] = met[10, :1]  # all joints of one frame on one point
    plain, found = (foreshortening.by_legs(pose, xy) for xy in (pose.xy, met))
    assert found.log == pytest.approx(plain.log, abs=0.02)


def test_a_link_is_fitted_as_least_squares_fit_it() -> None:
    rng = np.random.default_rng(4)
    swing = 0.6 * np.sin(np.linspace(0, 20, 150))
    way = np.column_stack([0.1 + 0.7 * np.sin(swing), np.cos(swing)]) + rng.normal(0, 0.02, (150, 2))
    square = np.array([0.6, 1.0, 2.0, 9.0])
    found = foreshortening._misfit(way, square)
    for one, stretch in zip(found, square, strict=True):
        aside = 0.0
        for _ in range(foreshortening._ROUNDS + 1):
            along = way[:, 0] - aside
            length = np.sqrt(way[:, 1] ** 2 + stretch * along**2)
            sure = length / np.sqrt(way[:, 1] ** 2 + (stretch * along) ** 2)
            mean = np.average(length, weights=sure**2)
            columns = np.column_stack([sure, sure * stretch * along / length])
            aside += np.linalg.lstsq(columns, sure * length, rcond=None)[0][1]
            aside = float(np.clip(aside, -foreshortening._ASIDE, foreshortening._ASIDE))
        assert one == pytest.approx(sure**2 @ (length - mean) ** 2)
