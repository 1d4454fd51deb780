"""The modelled force beside a force made by hand, and beside the plates where they are here."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.metrics.two_mass import push
from validation import force, plates
from validation.measured import DATA

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the measured motion is not here")
TIME = np.arange(0, 1.0, 0.001)
MODEL = push(contact_s=0.2, flight_s=0.12, fall_mps=1.0, stop_s=0.03, gravity=9.81)
TOLD = {
    "two_mass_peak_force": (MODEL.peak[1], 0.2),
    "peak_vertical_force": (np.pi / 2 * 1.6, 0.1),
    "peak_force_time": (500 * MODEL.peak[0], 3.0),
    "early_push_share": (100 * MODEL.until(0.1) / MODEL.impulse, 5.0),
    "vertical_impulse": (0.32, 0.01),
    "early_force": (1.0, 0.2),
}


def found(cut_off_hz: float = np.inf) -> force.Fit:
    """Lay the model beside plates under which the model itself runs, with its neighbours."""
    true = sum(MODEL.force(TIME - start) for start in (0.08, 0.4, 0.72))
    if np.isfinite(cut_off_hz):
        true = plates.damped(true, cut_off_hz)
    return force.fit(force.Plates(TIME, true, cut_off_hz), (0.4, 0.6), 0.4, MODEL, TOLD)


def test_a_force_that_the_model_made_fits_and_a_half_sine_does_not() -> None:
    fit = found()
    assert fit.two_r2 == pytest.approx(1)
    assert fit.two_rmse == pytest.approx(0, abs=1e-9)
    assert fit.sine_r2 < 0.9
    for metric in set(TOLD) - {"peak_vertical_force"}:
        assert fit.errors[metric] == pytest.approx((0, TOLD[metric][1]), abs=1e-6)
    # Its peak is that of a sine with the same impulse.
    assert fit.errors["peak_vertical_force"][0] == pytest.approx(np.pi / 2 * 1.6 - MODEL.peak[1], abs=2e-3)


def test_what_a_filter_does_to_a_force_is_done_to_the_model() -> None:
    fit = found(plates.CUT_OFF_HZ)
    assert fit.two_r2 > 0.995  # the neighbours' ends reach in
    assert abs(fit.errors["two_mass_peak_force"][0]) < 0.01
    # Nothing is left of the first 20 ms.
    assert "early_force" not in fit.errors
    assert "early_force" in found(force.SPRINT_CUT_OFF_HZ).errors


def test_a_late_touchdown_costs_fit_and_early_impulse() -> None:
    true = force.Plates(TIME, MODEL.force(TIME - 0.4), np.inf)
    late = force.fit(true, (0.4, 0.6), 0.42, MODEL, TOLD)
    assert late.two_r2 < 0.95
    assert late.errors["early_push_share"][0] < -5


@needs_data
def test_the_weight_is_that_of_the_person_on_the_plates() -> None:
    for name in ("jog_full_body", "sprint_6_6mps"):
        under = force.truth(name)
        assert 2.3 < under.force.max() < 3.2


@needs_data
def test_the_model_on_a_jog_over_plates() -> None:
    seen = force.fits("jog_full_body", 120.0, 0)
    assert len(seen) == 5
    assert np.mean([f.two_r2 for f in seen]) > 0.85
    assert all(abs(f.errors["vertical_impulse"][0]) < 0.02 for f in seen)
