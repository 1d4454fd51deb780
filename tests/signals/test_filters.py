from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.signals import crossings, filters, noise

TIME = np.arange(0, 2, 1 / 240)


def test_a_straight_line_passes_every_filter() -> None:
    line = np.column_stack([3 * TIME - 1, -0.5 * TIME])
    assert np.allclose(filters.low_pass(TIME, line, 6), line, atol=1e-4)
    assert np.allclose(filters.derivative(TIME, line), [3, -0.5])


@pytest.mark.parametrize("hz", [5.0, 10.0, 15.0])
def test_low_pass_is_3_db_down_at_its_cut_off_without_lag(hz: float) -> None:
    wave = np.sin(2 * np.pi * hz * TIME)
    out = filters.low_pass(TIME, wave, hz)
    inner = slice(120, -120)
    gain = out[inner] @ wave[inner] / (wave[inner] @ wave[inner])
    assert gain == pytest.approx(2**-0.5, abs=0.01)
    quarter = np.cos(2 * np.pi * hz * TIME)
    assert abs(out[inner] @ quarter[inner]) / (wave[inner] @ wave[inner]) < 0.01


def test_an_uneven_clock_is_filtered_like_an_even_one() -> None:
    rng = np.random.default_rng(3)
    uneven = TIME + rng.uniform(-0.3, 0.3, len(TIME)) / 240
    out = filters.low_pass(uneven, np.sin(2 * np.pi * 3 * uneven), 12)
    assert np.abs(out - np.sin(2 * np.pi * 3 * uneven))[30:-30].max() < 0.02


@given(st.lists(st.integers(0, 99), max_size=30))
@settings(max_examples=30)
def test_nan_stays_exactly_where_it_was(gaps: list[int]) -> None:
    time = np.arange(100) / 100
    x = np.sin(7 * time)
    x[gaps] = np.nan
    assert np.array_equal(np.isnan(filters.low_pass(time, x, 10)), np.isnan(x))
    assert (np.isnan(filters.derivative(time, x)) >= np.isnan(x)).all()


def test_nothing_rings_across_a_gap() -> None:
    x = np.zeros(len(TIME))
    x[200:220] = np.nan
    x[220:] = 100
    out = filters.low_pass(TIME, x, 10)
    assert np.abs(out[:200]).max() < 1e-9
    assert np.abs(out[220:] - 100).max() < 1e-9


def test_cut_off_never_exceeds_a_quarter_of_the_frame_rate() -> None:
    assert filters.cutoff(15, 30) == 7.5
    assert filters.cutoff(15, 240) == 15


def test_single_jumps_are_found_and_a_fast_foot_is_not() -> None:
    time = np.arange(0, 1, 1 / 60)
    foot = 1.5 * np.sin(2 * np.pi * 2 * time)  # 19 m/s at its fastest
    assert not filters.outliers(foot, floor=0.05).any()
    jumped = foot.copy()
    jumped[[20, 41]] += [0.6, -0.5]
    assert np.flatnonzero(filters.outliers(jumped, floor=0.05)).tolist() == [20, 41]


def test_short_gaps_are_bridged_and_long_ones_left() -> None:
    x = np.sin(5 * TIME)
    holed = x.copy()
    holed[50:58] = np.nan  # 33 ms
    holed[100:130] = np.nan  # 125 ms
    holed[:3] = np.nan
    out = filters.bridge(TIME, holed)
    assert np.abs(out[50:58] - x[50:58]).max() < 2e-3
    assert np.isnan(out[100:130]).all()
    assert np.isnan(out[:3]).all()


def test_crossings_are_interpolated() -> None:
    time = np.arange(0, 1, 1 / 60)
    assert crossings.crossings(time, np.cos(2 * np.pi * time)) == pytest.approx([0.25, 0.75], abs=1e-3)
    assert crossings.crossings(time, time, level=0.5071) == pytest.approx([0.5071])


@pytest.mark.parametrize(("sd", "phi"), [(0.005, 0.0), (0.02, 0.0), (0.01, 0.6)])
def test_noise_is_told_in_size_and_memory(sd: float, phi: float) -> None:
    rng = np.random.default_rng(5)
    shake = rng.standard_normal((len(TIME), 8))
    for k in range(1, len(shake)):
        shake[k] = phi * shake[k - 1] + (1 - phi**2) ** 0.5 * shake[k]
    move = np.sin(2 * np.pi * 2 * TIME)[:, None]
    size, memory = noise.noise(TIME, move + sd * shake)
    assert np.mean(size) == pytest.approx(sd, rel=0.15)
    assert np.mean(memory) == pytest.approx(phi, abs=0.12)


def test_noise_of_too_few_samples_is_unknown() -> None:
    x = np.full(len(TIME), np.nan)
    x[:5] = 1.0
    assert np.isnan(noise.noise(TIME, x)).all()


def test_runs() -> None:
    assert list(filters.runs(np.array([True, True, False, True]))) == [(0, 2), (3, 4)]
    assert list(filters.runs(np.zeros(3, bool))) == []


def test_a_memory_that_is_known_is_not_mistaken() -> None:
    rng = np.random.default_rng(5)
    time = np.arange(4000) / 240
    shaken = np.zeros(len(time))
    kept = np.exp(-1 / (240 * 0.06))
    for i, white in enumerate(rng.standard_normal(len(time))):
        shaken[i] = kept * shaken[i - 1] + np.sqrt(1 - kept**2) * white
    known = np.array([0.06])
    unknown, _ = noise.noise(time, shaken[:, None], 24.0)
    size, memory = noise.noise(time, shaken[:, None], 24.0, (known, known))
    assert size[0] == pytest.approx(shaken.std(), rel=0.1)
    assert memory[0] == pytest.approx(kept, abs=0.01)
    assert unknown[0] < 0.8 * size[0]  # most of a slow error hides below
    # White noise on its own is not given a memory by a bound from above.
    white, none = noise.noise(time, rng.standard_normal((len(time), 1)), 24.0, (0 * known, known))
    assert white[0] == pytest.approx(1.0, rel=0.05)
    assert none[0] < 0.1


def test_a_gap_of_minutes_in_the_clock_costs_nothing_and_ends_a_run() -> None:
    draw = np.random.default_rng(3)
    part = np.arange(200) / 1000.0
    time = np.concatenate([part, part + 1e7])
    x = draw.normal(0, 1, 400)
    found = filters.low_pass(time, x, 20.0)
    alone = [filters.low_pass(part, half, 20.0) for half in (x[:200], x[200:])]
    np.testing.assert_allclose(found, np.concatenate(alone), atol=1e-6)


def test_a_frame_that_was_dropped_does_not_end_a_run() -> None:
    time = np.delete(np.arange(200) / 120.0, slice(90, 100))
    x = np.sin(2 * np.pi * time)
    assert np.abs(filters.low_pass(time, x, 12.0) - x).max() < 0.02
