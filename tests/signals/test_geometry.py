"""Plane geometry and robust scatter, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.signals.geometry import distance, mapped, midpoint, midpoint_or_seen, unit
from analyzer.signals.robust import mad

A = np.array([[0.0, 0.0], [np.nan, np.nan], [2.0, 2.0]])
B = np.array([[3.0, 4.0], [1.0, 1.0], [np.nan, np.nan]])


def test_a_homography_maps_points_and_stacks_of_points() -> None:
    one = np.array([[2.0, 0, 1], [0, 3, -1], [0, 0.5, 1]])
    assert mapped(one, np.array([1.0, 2.0])) == pytest.approx([1.5, 2.5])
    both = mapped(np.stack([one, np.eye(3)])[:, None], np.array([[[1.0, 2.0]], [[1.0, 2.0]]]))
    assert both[:, 0] == pytest.approx(np.array([[1.5, 2.5], [1.0, 2.0]]))


def test_midpoints_of_what_was_seen() -> None:
    assert midpoint(A, B)[0] == pytest.approx([1.5, 2.0])
    assert np.isnan(midpoint(A, B)[1:]).all()
    assert midpoint_or_seen(A, B) == pytest.approx(np.array([[1.5, 2.0], [1.0, 1.0], [2.0, 2.0]]))


def test_distance_and_direction() -> None:
    assert distance(A, B)[0] == pytest.approx(5.0)
    assert unit(B - A)[0] == pytest.approx([0.6, 0.8])
    assert np.isnan(unit(np.zeros((1, 2)))).all()


def test_a_robust_scatter_is_that_of_the_many() -> None:
    x = np.random.default_rng(0).normal(5.0, 2.0, (4000, 2)) * [1.0, 10.0]
    x[:200] = 1e6
    assert mad(x[:, 0]) == pytest.approx(2.0, rel=0.12)
    assert mad(x, axis=0) == pytest.approx(np.array([2.0, 20.0]), rel=0.12)
    assert mad(np.array([1.0, 2.0, 4.0])) == pytest.approx(1.4826)
