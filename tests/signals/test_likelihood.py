"""A grid weighed by likelihood: means and scatter by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.signals.likelihood import weighed


def test_a_normal_likelihood_gives_its_mean_and_scatter() -> None:
    grid = np.linspace(-10, 14, 2401)
    found = weighed(1000 - ((grid - 2) / 1.5) ** 2 / 2)  # a constant makes no difference, however large
    assert found.weight.sum() == pytest.approx(1)
    assert found.mean(grid) == pytest.approx(2)
    assert found.about(grid, 2.0) == pytest.approx(1.5, rel=1e-6)


def test_values_of_one_row_are_weighed_over_a_whole_grid() -> None:
    found = weighed(np.log(np.array([[1.0, 3.0], [2.0, 2.0]])))
    assert found.mean(np.array([[0.0], [1.0]])) == pytest.approx(0.5)
    assert found.mean(np.array([0.0, 1.0])) == pytest.approx(5 / 8)
