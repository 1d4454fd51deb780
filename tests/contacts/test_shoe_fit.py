"""Touchdown and toe-off from the path of a patch that was made with known ones."""

from dataclasses import replace

import numpy as np
import pytest
from runner import STEP_S
from shoe_traces import trace

from analyzer.contacts.shoe_fit import ShoeFit
from analyzer.data.steps import Step

PACE = 8.0


def contact(step: Step) -> ShoeFit:
    return ShoeFit(step, STEP_S, PACE)


@pytest.fixture
def step(analysis) -> Step:
    return analysis.steps[2]


@pytest.mark.parametrize(("fps", "within"), [(240, 0.002), (120, 0.003), (60, 0.005)])
def test_a_patch_that_stops_and_starts_tells_both_events(step: Step, fps: float, within: float) -> None:
    errors = []
    for seed in range(6):
        rough = replace(step, touchdown_s=step.touchdown_s + 0.007, toe_off_s=step.toe_off_s - 0.006)
        late = seed / 6 / fps
        down = contact(rough).touchdown(trace(step, "forefoot", fps=fps, seed=seed, late=late))
        up = contact(rough).toe_off(trace(step, "toe", fps=fps, seed=seed, late=late))
        errors.append((down.time_s - step.touchdown_s, up.time_s - step.toe_off_s))
        assert abs(errors[-1][0]) < 2.5 * down.sd_s
        assert abs(errors[-1][1]) < 2.5 * up.sd_s
    np.testing.assert_allclose(np.median(errors, axis=0), 0, atol=within)


def test_the_shoe_may_give_after_landing(step: Step) -> None:
    soft = trace(step, "forefoot")
    since = np.maximum(0, soft.time - step.touchdown_s)
    give = 0.008 * np.exp(-since / 0.008)
    path = soft.displacement + np.column_stack([np.zeros_like(give), give])
    event = contact(step).touchdown(replace(soft, displacement=path))
    assert abs(event.time_s - step.touchdown_s) < 0.003


@pytest.mark.parametrize("rolled", [0.0, 0.01, 0.02, 0.03])
def test_a_shoe_may_roll_over_a_sharp_or_a_round_tip(step: Step, rolled: float) -> None:
    event = contact(step).toe_off(trace(step, "toe", rolled=rolled))
    assert abs(event.time_s - step.toe_off_s) < min(0.004, 1.5 * event.sd_s)


def test_a_rolling_toe_has_not_left(step: Step) -> None:
    rolling = trace(step, "toe")
    creep = np.column_stack([0.3 * np.clip(rolling.time - step.toe_off_s + 0.03, 0, None), 0 * rolling.time])
    event = contact(step).toe_off(replace(rolling, displacement=rolling.displacement + creep))
    assert abs(event.time_s - step.toe_off_s) < 0.006


def test_a_patch_that_wanders_in_two_standing_frames_still_tells(step: Step) -> None:
    """At 60 fps two frames do not say how unsteady a patch is; the fit must not hold it for lost."""
    for seed in range(6):
        shaky = trace(step, "toe", fps=60, seed=seed, late=seed / 360)
        assert shaky.standing.sum() <= 3
        path = shaky.displacement + np.random.default_rng(seed).normal(0, 0.007, shaky.displacement.shape)
        event = contact(step).toe_off(replace(shaky, displacement=path))
        assert abs(event.time_s - step.toe_off_s) < 2.5 * event.sd_s < 0.025


def test_an_outlier_does_not_move_the_event(step: Step) -> None:
    clean = trace(step, "forefoot")
    path = clean.displacement.copy()
    path[int(np.argmin(np.abs(clean.time - step.touchdown_s))) + 3] += 0.05
    event = contact(step).touchdown(replace(clean, displacement=path))
    assert abs(event.time_s - step.touchdown_s) < 0.003


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: replace(t, score=np.full(len(t.time), 0.3)),
        lambda t: replace(t, standing=np.zeros(len(t.time))),
        lambda t: replace(t, displacement=np.full_like(t.displacement, np.nan)),
        lambda t: replace(t, score=np.where(t.time < t.time[t.standing > 0][0], 0.0, t.score)),
    ],
    ids=["unlike", "never standing", "not found", "only the standing part"],
)
def test_a_poor_trace_tells_nothing(step: Step, spoil) -> None:
    event = contact(step).touchdown(spoil(trace(step, "forefoot")))
    assert np.isnan(event.time_s)
    assert np.isnan(contact(step).touchdown(None).time_s)


def test_a_path_that_fits_well_is_surer(step: Step) -> None:
    draw = np.random.default_rng(3)
    sds = []
    for scatter in (0.0, 0.004, 0.012):  # of a patch that is taken for good to 0.0025 m
        clean = trace(step, "forefoot")
        away = np.where(clean.standing[:, None] > 0, 0.0, scatter)
        path = clean.displacement + away * draw.standard_normal(clean.displacement.shape)
        sds.append(contact(step).touchdown(replace(clean, displacement=path)).sd_s)
    assert sds[0] < 0.9 * sds[1]
    assert sds[1] < 0.9 * sds[2] or np.isnan(sds[2])
