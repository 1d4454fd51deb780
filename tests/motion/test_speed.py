from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import Runner, found, moving
from scipy.signal import lfilter

from analyzer.data.capture import Calibration
from analyzer.motion import acceleration, speed


def dash(v_max: float, tau: float, start: float, stop: float) -> tuple[np.ndarray, np.ndarray]:
    time = np.arange(0, stop, 1 / 60)
    since = np.maximum(time - start, 0)
    return time, 2.0 + v_max * (since - tau * (1 - np.exp(-since / tau)))


@settings(max_examples=15)
@given(v_max=st.floats(6, 12), tau=st.floats(0.9, 1.6), start=st.floats(0.1, 0.8))
def test_fit_finds_speed_time_constant_and_start(v_max: float, tau: float, start: float) -> None:
    time, path = dash(v_max, tau, start, start + 4 * tau)
    sway = 0.02 * np.sin(2 * np.pi * 4.2 * time) * (time > start)
    found = acceleration.acceleration(time, path + sway)
    fit = found.run
    assert found.notes == ()
    assert fit is not None
    assert fit.v_max == pytest.approx(v_max, rel=0.02)
    assert fit.tau_s == pytest.approx(tau, rel=0.06)
    assert fit.start_s == pytest.approx(start, abs=0.05)
    assert abs(fit.v_max - v_max) < 4 * fit.v_max_sd
    assert np.abs(fit.distance(time) - path).max() < 0.05
    assert fit.speed(np.array([start - 1, start + 50])) == pytest.approx([0, fit.v_max], abs=0.01)


def test_what_errs_together_for_long_makes_the_fit_less_sure() -> None:
    rng = np.random.default_rng(5)
    kept, off = np.exp(-1 / 60 / 0.25), []
    for _ in range(24):
        time, path = dash(9.0, 1.1, 0.3, 3.8)
        fresh = lfilter([np.sqrt(1 - kept**2)], [1, -kept], rng.standard_normal(len(time)))
        fit = acceleration.acceleration(time, path + 0.03 * fresh).run
        assert fit is not None
        truth = (9.0, 1.1, 9.0 / 1.1)
        values = (fit.v_max, fit.tau_s, fit.v_max / fit.tau_s)
        sd = (fit.v_max_sd, fit.tau_sd_s, fit.push_sd)
        off.append((np.array(values) - truth) / sd)
    assert (np.sqrt(np.mean(np.square(off), axis=0)) < 1.35).all()
    assert (np.sqrt(np.mean(np.square(off), axis=0)) > 0.6).all()


def test_a_path_that_may_be_bent_makes_the_fit_as_unsure_as_it_bends_it() -> None:
    time, path = dash(9.0, 1.1, 0.3, 4.2)
    bend = 0.002 * (path - path[0]) ** 2
    plain = acceleration.acceleration(time, path).run
    bent = acceleration.acceleration(time, path + bend).run
    unsure = acceleration.acceleration(time, path, bends=[bend]).run
    assert plain is not None
    assert bent is not None
    assert unsure is not None
    assert unsure.v_max == plain.v_max
    for name, sd in (("v_max", "v_max_sd"), ("tau_s", "tau_sd_s")):
        added = np.sqrt(getattr(unsure, sd) ** 2 - getattr(plain, sd) ** 2)
        assert added == pytest.approx(abs(getattr(bent, name) - getattr(plain, name)), rel=0.35)
    assert unsure.push_sd > plain.push_sd


def test_a_wrong_angle_of_view_bends_the_path_by_what_is_said() -> None:
    motion = moving(Runner(speed=9.0, steps=8).pose(60))
    path = motion.com[:, 0]
    aside, wrong = (path - np.nanmedian(path) + 1.5) / 10, np.radians(3.0)
    motion = replace(motion, view_angle_deg=np.degrees(np.arctan(aside)), view_angle_sd_deg=3.0)
    turned = 10 * np.tan(np.arctan(aside) + wrong)
    # The body's size gives the scale in the middle of the run.
    middle = np.arctan(np.nanmean(aside))
    turned *= np.cos(middle + wrong) / np.cos(middle)
    off = turned - path
    bend = acceleration._view_bend(motion, path)
    assert np.ptp(np.nan_to_num(off - bend, nan=float(np.nanmean(off - bend)))) < 0.15 * np.nanmax(abs(bend))
    assert acceleration._view_bend(replace(motion, view_angle_deg=0 * path), path) == pytest.approx(0)


def test_a_moving_camera_is_least_sure_far_from_where_it_is_surest() -> None:
    motion = moving(Runner(speed=9.0, steps=8).pose(60))
    assert acceleration._camera_bends(motion) == []
    away = np.abs(motion.time - motion.time.mean())
    after, before = acceleration._camera_bends(replace(motion, ground_sd=0.01 * away))
    assert after + before == pytest.approx(0.01 * away)
    assert not (after * before).any()


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [(0.0, 1.6, "top speed"), (2.5, 6.0, "the start"), (0.0, 0.5, "less than 5 m")],
)
def test_what_the_clip_lacks_is_said(first: float, last: float, says: str) -> None:
    time, path = dash(10, 1.2, 0.0, 6.0)
    part = (time >= first) & (time <= last)
    found = acceleration.acceleration(time[part], path[part])
    (note,) = found.notes
    assert found.run is None
    assert says in note.message
    assert note.level == "limit"


def test_force_velocity_profile_of_a_known_run() -> None:
    fit = acceleration.acceleration(*dash(9.0, 1.25, 0.3, 5.5)).run
    assert fit is not None
    profile = acceleration.force_velocity(fit, 1.80, 75.0)
    # Without air: F0 = vmax / tau, V0 = vmax; air adds about 0.3 N/kg at 9 m/s.
    assert profile.f0 == pytest.approx(9.0 / 1.25, rel=0.03)
    assert 9.0 < profile.v0 < 9.6
    assert profile.p_max == pytest.approx(profile.f0 * profile.v0 / 4)
    assert 0.3 < profile.rf_max < 0.6
    assert profile.drf < 0
    headwind = acceleration.force_velocity(fit, 1.80, 75.0, wind_mps=-2.0)
    assert headwind.v0 > profile.v0


def test_speed_curve_is_level_within_a_step_and_its_error_covers() -> None:
    runner = Runner(speed=8.5)
    pose = runner.pose(120, noise_m=0.01)
    curve = speed.curve(moving(pose), found(pose), relative_sd=0.01)
    inner = np.isfinite(curve.speed)
    assert inner.mean() > 0.8
    assert np.abs(curve.speed[inner] - 8.5).max() < 0.25
    assert np.mean(np.abs(curve.speed[inner] - 8.5) < 2 * curve.sd[inner]) > 0.9


SCALE = Calibration(homography=np.eye(3), direction=1, method="marks", scaled=True, relative_sd=0.005)


def test_splits_lie_between_frames() -> None:
    runner = Runner(speed=9.0, steps=8)
    motion = moving(runner.pose(60))
    first = motion.com[0, 0]
    got = speed.splits(motion, SCALE, [first + 3.0, first + 12.0, first + 200.0], found(runner.pose(60)))
    assert got[1].time_s - got[0].time_s == pytest.approx(1.0, abs=0.01)
    assert 0 < got[0].sd_s < 0.01
    assert np.isnan(got[2].time_s)


def test_splits_of_somebody_who_runs_against_the_marks() -> None:
    """The marks' metres fall on the way: the athlete passes the larger one first."""
    runner = Runner(speed=9.0, steps=8)
    motion = moving(runner.pose(60))
    first = -motion.com[0, 0]
    against = replace(SCALE, lane=-1)
    near, far = speed.splits(motion, against, [first - 3.0, first - 12.0], found(runner.pose(60)))
    assert (near.metres, far.metres) == (first - 3.0, first - 12.0)
    assert far.time_s - near.time_s == pytest.approx(1.0, abs=0.01)


def test_a_split_is_less_sure_far_from_the_middle_of_the_marks() -> None:
    runner = Runner(speed=9.0, steps=8)
    motion = moving(runner.pose(60))
    low, high = np.nanmin(motion.com[:, 0]), np.nanmax(motion.com[:, 0])
    edge, middle = speed.splits(motion, SCALE, [low + 0.5, (low + high) / 2], found(runner.pose(60)))
    off_m = (high - low) / 2 - 0.5
    assert np.sqrt(edge.sd_s**2 - middle.sd_s**2) == pytest.approx(0.005 * off_m / 9.0, rel=0.1)


def test_what_grows_along_the_lane_makes_the_ends_of_a_run_less_sure() -> None:
    pose = Runner(speed=9.0, steps=8).pose(60)
    motion = moving(pose)
    low, high = np.nanmin(motion.com[:, 0]), np.nanmax(motion.com[:, 0])
    middle, growth_sd = (low + high) / 2, 0.004
    steps = found(pose)
    even, growing = (
        speed.curve(replace(motion, growth_sd=sd, even_at_m=middle), steps) for sd in (0.0, growth_sd)
    )
    more = np.sqrt(growing.sd**2 - even.sd**2)
    inner = np.isfinite(more)
    assert more[inner] == pytest.approx(
        growth_sd * np.abs(motion.com[inner, 0] - middle) * even.speed[inner], rel=0.01, abs=1e-6
    )
    scale = replace(SCALE, growth_sd=growth_sd, even_at_m=middle)
    plain, wide = (speed.splits(motion, of, [low + 0.5], steps)[0] for of in (SCALE, scale))
    off_m = (high - low) / 2 - 0.5
    assert np.sqrt(wide.sd_s**2 - plain.sd_s**2) == pytest.approx(growth_sd / 2 * off_m**2 / 9.0, rel=0.1)


def test_nothing_seen_gives_nothing() -> None:
    pose = Runner().pose(60)
    curve = speed.curve(moving(pose), [])
    assert np.isnan(curve.speed).all()
    fit = acceleration.of_run(moving(pose))
    assert fit.run is None
    assert fit.notes[0].code == "no_acceleration_fit"


def test_a_run_that_never_is_slow_is_not_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    time = np.arange(0, 3, 1 / 60)
    sway = 0.02 * np.sin(2 * np.pi * 4 * time)
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)  # to import it is an error
    steady = acceleration.acceleration(time, 8.0 * time + 0.2 * time**2 + sway)
    assert steady.run is None
    assert "does not show the start" in steady.notes[0].message
    with pytest.raises(ImportError):
        acceleration.acceleration(time, 5.0 * time + 0.8 * time**2 + sway)
