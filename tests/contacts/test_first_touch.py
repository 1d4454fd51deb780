"""Landings on the heel and on the outer edge, on paths whose lowest points and speeds are made by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from analyzer.contacts import first_touch
from analyzer.contacts.event import Event
from analyzer.contacts.filtered_paths import FootPath
from analyzer.contacts.forefoot_fit import ForefootFit
from analyzer.contacts.stances import CoarseStance
from analyzer.contacts.tempo import SPRINT_STEP_S

LEG = 0.95
STANDS = 0.5
"""When the toe comes to stand, s."""
PACE_MPS = 6.0
GIVES = 0.006
"""How much further it sinks then, slowly, m: where it stands at last it would have been a little later."""


def falls(
    toe_falls_mps: float, heel_lowest_s: float, slow: float = 1.0, noise_m: float = 0.0, seed: int = 0
) -> ForefootFit:
    """Return the fit of a toe that falls evenly and then stands, and a heel that sinks and rises slowly."""
    real = np.arange(0.0, 1.0, 1 / 240)
    toe = 0.03 + np.clip(toe_falls_mps * (STANDS - real), 0, 0.12)
    toe -= np.clip(0.1 * (real - STANDS), 0, GIVES)
    heel = 0.05 + np.minimum(15 * (real - heel_lowest_s) ** 2, 0.2)
    rng = np.random.default_rng(seed)
    smooth = [np.column_stack([np.zeros_like(h), h]) for h in (toe, heel)]
    raw = [path + rng.normal(0, noise_m, path.shape) for path in smooth]
    time = slow * real
    start = int(np.searchsorted(real, STANDS))
    motion = SimpleNamespace(time=time, fps=240 / slow, leg_length=LEG, toe_is="ball")
    foot = FootPath("left", *raw, *smooth, np.zeros_like(time), max(noise_m, 0.002), 0.0)
    stance = CoarseStance("left", start, start + 20, start + 48)
    return ForefootFit(motion, foot, stance, 4.5 / slow, 0.32 * slow)  # type: ignore[arg-type]


@pytest.mark.parametrize("falls_mps", [1.4, 1.9])
def test_a_flat_foot_lands_on_its_edge_so_long_before_the_toe_would_stand(falls_mps: float) -> None:
    touch = first_touch.early_touch(falls(falls_mps, STANDS + 0.02))
    assert touch.time_s == pytest.approx(STANDS + GIVES / falls_mps - first_touch.EDGE_LEADS, abs=0.003)


def test_a_heel_that_was_lowest_before_has_landed_before() -> None:
    lowest = STANDS - 0.035
    touch = first_touch.early_touch(falls(2.0, lowest))
    assert touch.time_s == pytest.approx(lowest - first_touch.HEEL_LEADS, abs=0.004)
    assert touch.time_s < STANDS - first_touch.EDGE_LEADS - 0.01
    assert touch.toe_up > 0.05


def test_noise_does_not_decide_how_sharply_a_heel_turns() -> None:
    lowest = STANDS - 0.035
    off = []
    for seed in range(20):
        fit = falls(2.0, lowest, noise_m=0.008, seed=seed)
        touch = first_touch._heel_lands(fit, lowest + 0.005)
        off.append((touch.time_s + first_touch.HEEL_LEADS - lowest) / touch.sd_s)
        assert touch.sd_s < 0.007
    assert np.std(off) < 1.2


def test_over_many_steps_the_heel_is_believed_although_it_is_noisy() -> None:
    fit = falls(2.0, STANDS - 0.055, noise_m=0.008)
    heel = first_touch._heel_lands(fit, STANDS - 0.055).time_s
    once = first_touch.early_touch(fit).time_s
    fit.repeats = 20
    often = first_touch.early_touch(fit).time_s
    assert abs(often - heel) < 0.8 * abs(once - heel)


def test_noise_moves_a_landing_no_further_than_its_error_says() -> None:
    for noise in (0.003, 0.006):
        touch = first_touch.early_touch(falls(1.6, STANDS + 0.02, noise_m=noise))
        assert touch.time_s == pytest.approx(
            STANDS + GIVES / 1.6 - first_touch.EDGE_LEADS, abs=3 * touch.sd_s
        )
        assert touch.sd_s < 0.012


def test_slow_motion_has_the_same_landings_stretched() -> None:
    life, stretched = (first_touch.early_touch(falls(1.6, STANDS + 0.02, s)) for s in (1.0, 4.0))
    # Slow motion has no clock of its own: the step counts as one of a sprinter's.
    leads = first_touch.EDGE_LEADS * 0.32 / SPRINT_STEP_S
    assert life.time_s == pytest.approx(STANDS + GIVES / 1.6 - first_touch.EDGE_LEADS, abs=0.003)
    assert stretched.time_s / 4 == pytest.approx(STANDS + GIVES / 1.6 - leads, abs=0.004)


@pytest.mark.parametrize(("lean_deg", "lands_s"), [(5.0, 0.49), (40.0, 0.52), (np.nan, 0.49)])
def test_short_steps_are_landed_on_the_forefoot_in_a_start(
    lean_deg: float, lands_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = falls(1.6, STANDS)
    fit.motion.angles = {"trunk": np.full(240, lean_deg)}  # type: ignore[misc]
    fit.motion.at = lambda series, t: float(np.interp(t, fit.time, series))  # type: ignore[method-assign]
    monkeypatch.setattr(ForefootFit, "forefoot_touch", lambda self: Event(0.52, 0.003, "fit"))
    monkeypatch.setattr(first_touch, "early_touch", lambda fit: Event(0.49, 0.004, "fit", 0.0))
    assert fit.step_length < first_touch.LONG
    assert first_touch.touchdown(fit).time_s == pytest.approx(lands_s, abs=0.004)


def brakes(slow: float = 1.0, toe_seen_from_s: float = 0.0) -> ForefootFit:
    """Return the fit of a network's foot that brakes evenly from the running speed to standing."""
    real = np.arange(0.0, 1.0, 1 / 120)
    time = slow * real
    left = np.maximum(0, STANDS - real)
    x = -np.where(left < 0.1, left**2 / 0.2, left - 0.05) * PACE_MPS
    heel, toe = (np.column_stack([x + ahead, np.full_like(x, 0.05)]) for ahead in (0.0, 0.2))
    toe[real < toe_seen_from_s] = np.nan
    start = int(np.searchsorted(real, STANDS - 0.01))
    motion = SimpleNamespace(time=time, fps=120 / slow, leg_length=LEG, toe_is="tip")
    foot = FootPath("left", toe, heel, toe, heel, np.zeros_like(time), 0.005, 0.0)
    stance = CoarseStance("left", start, start + 8, start + 16)
    return ForefootFit(motion, foot, stance, PACE_MPS / slow, 0.3 * slow)  # type: ignore[arg-type]


@pytest.mark.parametrize("slow", [1.0, 6.0])
def test_a_network_s_foot_touches_while_it_still_moves_at_a_share_of_the_running_speed(slow: float) -> None:
    touch = first_touch.early_touch(brakes(slow))
    assert touch.time_s / slow == pytest.approx(STANDS - 0.1 * first_touch.BRAKED, abs=0.002)
    assert touch.sd_s / slow == pytest.approx(0.3 * first_touch.BRAKED_SD)


def test_a_heel_alone_tells_where_the_toe_is_beyond_the_picture() -> None:
    whole, cut = first_touch.early_touch(brakes()), first_touch.early_touch(brakes(toe_seen_from_s=STANDS))
    assert cut.time_s == pytest.approx(whole.time_s, abs=0.002)


def test_a_foot_that_was_not_seen_before_it_stood_tells_no_landing() -> None:
    fit = brakes(toe_seen_from_s=STANDS)
    fit.foot.smooth_heel[fit.time < STANDS] = np.nan
    assert np.isnan(first_touch.early_touch(fit).time_s)
