"""The t distribution is scipy's."""

from __future__ import annotations

import pytest
from scipy import stats

from analyzer.signals import student_t


@pytest.mark.parametrize("freedom", [1.0, 2.0, 2.5, 3.0, 11.0, 48.0, 400.0, 1000.0, 2000.0])
@pytest.mark.parametrize("value", [0.0, 0.7, 3.1, 20.0])
def test_both(value: float, freedom: float) -> None:
    assert student_t.sf(value, freedom) == pytest.approx(stats.t.sf(value, freedom), rel=1e-12)
    for share in (0.025, 0.6, 0.975, 0.9999):
        expected = stats.t.ppf(share, freedom)
        assert student_t.ppf(share, freedom) == pytest.approx(expected, rel=1e-12)
