"""The acceleration fit on measured runs: a radar's and a laser's, which are not part of the project."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from places import SHARED
from scipy.optimize import curve_fit

from analyzer.arrays import Array
from analyzer.motion import acceleration

FOLDER = SHARED / "motion" / "speed_time"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the measured runs are not here")


def measured(name: str, column: str) -> tuple[Array, Array]:
    with (FOLDER / name).open(encoding="utf-8-sig") as file:
        rows = [(float(row["time"]), float(row[column])) for row in csv.DictReader(file)]
    time, velocity = np.array(rows).T
    return time, velocity


def gone(time: Array, velocity: Array) -> Array:
    """Return the distance of a run whose speed was measured."""
    return np.concatenate([[0.0], np.cumsum(np.diff(time) * (velocity[1:] + velocity[:-1]) / 2)])


def exponential(time: Array, top: float, tau: float, start: float) -> Array:
    return np.asarray(top * -np.expm1(-np.maximum(time - start, 0) / tau))


@pytest.mark.parametrize(
    ("name", "column", "guess"),
    [("jb-morin-data.csv", "velocity", (9, 1.2, 0.0)), ("laser-gun-data.csv", "raw_velocity", (8, 1.1, 0.9))],
)
def test_the_fit_to_distances_agrees_with_a_fit_to_the_measured_speeds(
    name: str, column: str, guess: tuple[float, float, float]
) -> None:
    """The usual analysis of a radar or laser fits its speeds; ours must find the same from places alone."""
    time, velocity = measured(name, column)
    (top, tau, start), _ = curve_fit(exponential, time, velocity, guess)
    every = max(1, round(0.01 / float(np.median(np.diff(time)))))  # a camera's rate, about 100 Hz
    found = acceleration.acceleration(time[::every], gone(time, velocity)[::every])
    fit = found.run
    assert fit is not None
    assert found.notes == ()
    assert fit.v_max == pytest.approx(top, rel=0.015)
    assert fit.tau_s == pytest.approx(tau, rel=0.05)
    assert fit.start_s == pytest.approx(start, abs=0.04)
    assert fit.rms_m < 0.06


def test_force_velocity_of_the_radar_run() -> None:
    """Of a 75 kg athlete 1.72 m tall: what the speeds alone give, without a model of the distance."""
    time, velocity = measured("jb-morin-data.csv", "velocity")
    fit = acceleration.acceleration(time, gone(time, velocity)).run
    assert fit is not None
    profile = acceleration.force_velocity(fit, 1.72, 75.0)
    (top, tau, _), _ = curve_fit(exponential, time, velocity, (9, 1.2, 0.0))
    # Without air the profile is the line from top / tau at rest to nothing at top speed.
    assert profile.f0 == pytest.approx(top / tau, rel=0.03)
    assert top < profile.v0 < 1.07 * top
    assert 0.4 < profile.rf_max < 0.55
    assert -0.09 < profile.drf < -0.05


@pytest.mark.parametrize(("first", "last", "lacks"), [(0.0, 2.0, "top speed"), (1.5, 4.9, "the start")])
def test_a_part_of_the_run_is_not_extrapolated(first: float, last: float, lacks: str) -> None:
    time, velocity = measured("jb-morin-data.csv", "velocity")
    part = (time >= first) & (time <= last)
    found = acceleration.acceleration(time[part], gone(time, velocity)[part])
    (note,) = found.notes
    assert found.run is None
    assert lacks in note.message
