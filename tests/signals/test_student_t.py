"""The t distribution is scipy's."""

from __future__ import annotations

from math import atan, inf, isnan, nan, pi

import pytest
from scipy import stats

from analyzer.signals import student_t


@pytest.mark.parametrize("freedom", [0.4, 1.0, 2.5, 11.0, 47.0, 99.0, 101.0, 400.0, inf])
@pytest.mark.parametrize("value", [-2.0, 0.0, 0.7, 3.1, 20.0, 1e9])
def test_the_share_above(value: float, freedom: float) -> None:
    assert student_t.sf(value, freedom) == pytest.approx(stats.t.sf(value, freedom), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("freedom", [0.4, 1.0, 2.5, 3.0, 11.0, 47.0, 99.0, 101.0, 400.0, inf])
@pytest.mark.parametrize("share", [0.001, 0.3, 0.5, 0.84, 0.95, 0.975])
def test_the_value(share: float, freedom: float) -> None:
    assert student_t.ppf(share, freedom) == pytest.approx(stats.t.ppf(share, freedom), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("freedom", [1e5, 3e7])
def test_many_more_than_any_run_has(freedom: float) -> None:
    assert student_t.sf(3.1, freedom) == pytest.approx(stats.t.sf(3.1, freedom), rel=1e-9)
    assert student_t.ppf(0.975, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-9)


def test_a_value_near_the_middle() -> None:
    """There scipy's own is off by 3e-11; of one degree of freedom the share is known."""
    assert student_t.sf(1e-7, 1) == pytest.approx(0.5 - atan(1e-7) / pi, rel=1e-15)


def test_what_is_none() -> None:
    assert isnan(student_t.sf(nan, 3))
    assert isnan(student_t.sf(1, 0))
    assert isnan(student_t.ppf(0.975, nan))
    assert student_t.sf(inf, 3) == 0
