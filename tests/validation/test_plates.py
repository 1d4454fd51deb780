"""A filter that is undone must give back the contact that went in."""

from __future__ import annotations

import numpy as np
import pytest

from validation import plates

TIME = np.arange(0, 0.6, 0.001)


def force(start_s: float, stop_s: float, impact_n: float) -> np.ndarray:
    """Return a landing with an impact, a half wave of 1600 N and nothing before and after, (n,) N."""
    share = (TIME - start_s) / (stop_s - start_s)
    inside = (share > 0) & (share < 1)
    wave = 1600 * np.sin(np.pi * np.clip(share, 0, 1))
    blow = impact_n * np.exp(-0.5 * ((TIME - start_s - 0.02) / 0.007) ** 2)
    return np.where(inside, wave + blow, 0.0)


@pytest.mark.parametrize("impact_n", [0.0, 700.0])
@pytest.mark.parametrize("contact_s", [0.18, 0.24])
def test_the_filter_moves_a_contact_and_undoing_it_moves_it_back(impact_n: float, contact_s: float) -> None:
    whole = force(0.2, 0.2 + contact_s, impact_n)
    above = TIME[whole > plates.THRESHOLD_N]
    filtered = plates.damped(whole)
    filtered[filtered < 10] = 0
    spread = TIME[filtered > plates.THRESHOLD_N]
    assert above[0] - spread[0] > 0.004
    assert spread[-1] - above[-1] > 0.002
    found = plates.crossings(plates.unfiltered(TIME, filtered, float(spread[0]), float(spread[-1])))
    assert found == pytest.approx((above[0], above[-1]), abs=0.002)


def test_a_steady_force_passes_the_filter_and_half_the_power_of_its_cut_off() -> None:
    time = np.arange(0, 2, 0.001)
    kept = plates.damped(np.full(len(time), 700.0))[500:1500]
    assert kept == pytest.approx(700, abs=1)
    wave = plates.damped(np.sin(2 * np.pi * plates.CUT_OFF_HZ * time))[500:1500]
    assert np.max(wave) == pytest.approx(2**-0.5, abs=0.01)
