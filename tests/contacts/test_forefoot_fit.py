"""Landing and toe-off of a forefoot whose path is made by hand: it falls, stands and rises at known times."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from analyzer.contacts.event import Event
from analyzer.contacts.filtered_paths import FootPath
from analyzer.contacts.forefoot_fit import ForefootFit
from analyzer.contacts.stances import CoarseStance

LEG_M = 0.95
PACE_MPS = 8.0
STEP_S = 0.24
LANDS, LIFTS = 0.5003, 0.5717
"""When the toe comes to stand and when its landmark begins to rise, s: between the frames of any camera."""
SOLE_GIVES_M = 0.003
"""How much the sole of the shoe is pressed together between first touch and standing."""
FALLS_MPS = 2.4
RISES_MPS2 = 3.5 * PACE_MPS / STEP_S
RISEN_M = {"tip": 0.021, "ball": 0.044}
"""How far the landmark has risen when the tip of a sprinter's shoe leaves: as seen, and on force plates."""


def path(time: np.ndarray, slow: float = 1.0) -> np.ndarray:
    """Return the toe's path (n, 2) m, played ``slow`` times slower than life."""
    real = time / slow
    before, after = np.minimum(0, real - LANDS), np.maximum(0, real - LIFTS)
    forward = 3.0 + 3.2 * before - PACE_MPS / STEP_S * before**2 + 0.9 * 0.5 * RISES_MPS2 * after**2
    height = 0.03 - FALLS_MPS * before + 0.5 * RISES_MPS2 * after**2
    return np.column_stack([forward, height])


def fit(
    fps: float = 240.0,
    noise_m: float = 0.0,
    seed: int = 0,
    *,
    toe_is: str = "tip",
    slow: float = 1.0,
    begin_s: float = 0.3,
    end_s: float = 0.8,
    unseen: tuple[float, float] = (9.0, 9.0),
    outlier_m: float = 0.0,
) -> ForefootFit:
    """Return the fit of the contact as a camera sees it, its coarse frames half a frame or more off."""
    time = slow * np.arange(begin_s + 0.0011, end_s, 1 / fps)
    smooth = path(time, slow)
    raw = smooth + np.random.default_rng(seed).normal(0, noise_m, smooth.shape)
    raw[int(np.searchsorted(time, slow * LIFTS)) - 1, 1] += outlier_m
    raw[(time > slow * unseen[0]) & (time < slow * unseen[1])] = np.nan
    nothing = np.full_like(raw, np.nan)
    foot = FootPath("left", raw, nothing, smooth, nothing, np.zeros(len(time)), max(noise_m, 0.002), 0.0)
    start = int(np.searchsorted(time, slow * (LANDS - 0.004)))
    stop = max(int(np.searchsorted(time, slow * (LIFTS + 0.008))), start + 2)
    stance = CoarseStance("left", start, (start + stop) // 2, stop)
    motion = SimpleNamespace(time=time, fps=fps / slow, leg_length=LEG_M, toe_is=toe_is)
    return ForefootFit(motion, foot, stance, PACE_MPS / slow, slow * STEP_S)  # type: ignore[arg-type]


def touches() -> float:
    """Return when the shoe first touches, s: it falls on by what the sole gives."""
    return LANDS - SOLE_GIVES_M / FALLS_MPS


def leaves(toe_is: str = "tip") -> float:
    """Return when the shoe's tip leaves, s."""
    return LIFTS + np.sqrt(2 * RISEN_M[toe_is] / RISES_MPS2)


@pytest.mark.parametrize(("fps", "within"), [(240.0, 0.0015), (120.0, 0.002), (60.0, 0.003)])
def test_a_clean_contact_is_timed_between_the_frames(fps: float, within: float) -> None:
    clean = fit(fps)
    down, up = clean.forefoot_touch(), clean.toe_off()
    assert down.time_s == pytest.approx(touches(), abs=within)
    assert up.time_s == pytest.approx(leaves(), abs=within)
    assert (down.source, up.source) == ("fit", "fit")


def test_a_marker_over_the_ball_rises_further_before_the_tip_leaves() -> None:
    assert fit(toe_is="ball").toe_off().time_s == pytest.approx(leaves("ball"), abs=0.0015)
    assert leaves("ball") - leaves("tip") > 0.005


@pytest.mark.parametrize("event", ["forefoot_touch", "toe_off"])
@pytest.mark.parametrize("fps", [240.0, 120.0, 60.0])
def test_noise_moves_an_event_no_further_than_its_error_says(event: str, fps: float) -> None:
    true = touches() if event == "forefoot_touch" else leaves()
    found: list[Event] = [getattr(fit(fps, 0.008, seed), event)() for seed in range(20)]
    off = np.array([e.time_s for e in found]) - true
    sd = np.array([e.sd_s for e in found])
    assert np.mean(np.abs(off) < 2 * sd) >= 0.9
    assert sd.max() < 0.012
    quiet: Event = getattr(fit(fps, 0.002), event)()
    assert quiet.sd_s < sd.min()


def test_slow_motion_has_the_same_contact_stretched() -> None:
    life, stretched = fit(), fit(slow=6.0)
    for event in ("forefoot_touch", "toe_off"):
        a, b = getattr(life, event)(), getattr(stretched, event)()
        assert b.time_s / 6 == pytest.approx(a.time_s, abs=1e-6)
        assert b.sd_s / 6 == pytest.approx(a.sd_s, abs=1e-6)


def test_one_wild_frame_does_not_move_toe_off() -> None:
    assert fit(outlier_m=0.15).toe_off().time_s == pytest.approx(leaves(), abs=0.003)


def test_a_few_lost_frames_leave_a_contact_to_be_timed() -> None:
    # One frame lost at each event, at 240 fps.
    down = fit(unseen=(LANDS - 0.002, LANDS + 0.002)).forefoot_touch()
    up = fit(unseen=(LIFTS - 0.002, LIFTS + 0.002)).toe_off()
    assert down.time_s == pytest.approx(touches(), abs=0.003)
    assert up.time_s == pytest.approx(leaves(), abs=0.003)


def test_a_foot_that_is_lost_about_an_event_is_not_timed() -> None:
    assert np.isnan(fit(unseen=(LANDS - 0.05, LANDS + 0.05)).forefoot_touch().time_s)
    assert np.isnan(fit(unseen=(LIFTS - 0.05, LIFTS + 0.05)).toe_off().time_s)
    assert np.isnan(fit(unseen=(0.0, 9.0)).place()).all()


@pytest.mark.parametrize(("lost", "timed"), [(0, True), (1, True), (2, False)])
def test_fewer_than_four_frames_are_not_fitted(lost: int, timed: bool) -> None:
    """At 60 fps five frames lie about a landing; those after it are lost."""
    time = fit(60).time
    first = float(time[np.searchsorted(time, LANDS)])
    unseen = (first - 0.005, first + (lost - 0.5) / 60) if lost else (9.0, 9.0)
    assert np.isfinite(fit(60, unseen=unseen).forefoot_touch().time_s) == timed


def test_a_sprinter_s_three_frames_at_30_fps_are_left_to_the_other_rules() -> None:
    for begin in 0.3 + np.arange(8) / 8 / 30:
        coarse = fit(30, begin_s=begin)
        assert np.isnan([coarse.forefoot_touch().time_s, coarse.toe_off().time_s]).all()


def test_an_event_outside_the_clip_is_not_timed() -> None:
    assert np.isnan(fit(begin_s=LANDS).forefoot_touch().time_s)
    assert np.isnan(fit(end_s=LIFTS + 0.004).toe_off().time_s)


def test_the_foot_is_where_the_toe_stood() -> None:
    assert fit(120, 0.002).place() == pytest.approx((3.0, 0.03), abs=0.004)


def test_a_parabola_tells_height_speed_and_acceleration_with_their_errors() -> None:
    # In free fall: 0.15 m up, falling at 2 m/s.
    drawn = fit()
    at = float(drawn.time[40])
    since = drawn.time - at
    raw = np.column_stack([np.zeros_like(since), 0.15 - 2.0 * since - 0.5 * 9.81 * since**2])
    told = drawn.parabola(raw, at)
    assert told is not None
    assert told[0] == pytest.approx([0.15, -2.0, -9.81], abs=1e-6)
    noisy = [
        drawn.parabola(raw + np.random.default_rng(k).normal(0, 0.002, raw.shape), at) for k in range(60)
    ]
    scatter = np.std([n[0] for n in noisy if n is not None], axis=0)
    assert scatter == pytest.approx(told[1], rel=0.35)
