"""Statistics that a few wild values cannot spoil."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.signals.robust import huber_fits, huber_loss, huber_weights, mad, median


def test_mad_of_normal_errors_is_their_standard_deviation() -> None:
    errors = np.random.default_rng(1).normal(3.0, 2.0, 100_000)
    assert mad(errors) == pytest.approx(2.0, rel=0.01)


def test_mad_by_hand_with_a_wild_value_and_one_that_is_not_known() -> None:
    # Median 3, deviations 2, 1, 0, 1 and 97.
    assert mad(np.array([1.0, 2.0, 3.0, 4.0, 100.0, np.nan])) == pytest.approx(1.4826)
    columns = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, np.nan], [100.0, 900.0]])
    np.testing.assert_allclose(mad(columns, axis=0), [1.4826, 14.826])
    np.testing.assert_allclose(mad(columns.T, axis=1), [1.4826, 14.826])


def test_huber_by_hand() -> None:
    size = np.array([0.0, 1.0, 2.0, 4.0])
    np.testing.assert_allclose(huber_weights(size, 2.0), [1, 1, 1, 0.5])
    np.testing.assert_allclose(huber_loss(size, 2.0), [0, 1, 4, 12])


def test_each_place_of_a_grid_is_fitted_and_an_outlier_bends_none() -> None:
    x = np.linspace(-1, 1, 21)
    kinks = np.array([-0.5, 0.0, 0.5])
    basis = np.stack([np.ones((3, 21)), np.minimum(0, x - kinks[:, None])], axis=2)
    y = 2.0 - 3.0 * np.minimum(0, x) + np.random.default_rng(0).normal(0, 0.01, 21)
    y[3] += 5.0
    fits = huber_fits(basis, y, 0.01, np.zeros(2), np.full(2, 1e3), 8)
    assert np.argmin(fits.loss) == 1
    assert fits.coefficients[1] == pytest.approx([2.0, -3.0], abs=0.05)
    # The same observations given once for each place are the same fit.
    each = huber_fits(basis, np.tile(y, (3, 1)), np.full(21, 0.01), np.zeros(2), np.full(2, 1e3), 8)
    np.testing.assert_allclose(each.loss, fits.loss)


def test_a_prior_holds_what_the_observations_do_not_tell() -> None:
    basis = np.stack([np.ones((1, 5)), np.zeros((1, 5))], axis=2)
    fits = huber_fits(basis, np.full(5, 7.0), 0.1, np.array([0.0, 4.0]), np.array([1e3, 0.5]), 3)
    assert fits.coefficients[0] == pytest.approx([7.0, 4.0])


@pytest.mark.parametrize("count", [1, 2, 5, 12, 301])
def test_the_median_is_numpys_to_the_bit(count: int) -> None:
    values = np.random.default_rng(count).normal(0, 1e3, (count, 3))
    np.testing.assert_array_equal(median(values), np.median(values, axis=0))
    assert float(median(values[:, 0])) == np.median(values[:, 0])
