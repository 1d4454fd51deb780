"""The t distribution is scipy's."""

from __future__ import annotations

import pytest
from scipy import stats

from analyzer.signals import student_t


@pytest.mark.parametrize("freedom", [1.0, 2.5, 11.0, 400.0])
@pytest.mark.parametrize("value", [0.0, 0.7, 3.1, 20.0])
def test_both(value: float, freedom: float) -> None:
    assert student_t.sf(value, freedom) == pytest.approx(stats.t.sf(value, freedom), rel=1e-12)
    assert student_t.ppf(0.975, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-12)
