"""What must hold for every metric, present and future."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analyzer.body.skeleton import JOINTS, other
from analyzer.comparison.repeatability import repeats
from analyzer.data.view import View
from analyzer.metrics import METRICS, Metric, gates, measure
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.standard_error import evaluate

EVERY = pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))
LENGTH = ("raw", "position", "com", "com_velocity", "noise_sd", "offset_sd", "leg_length")


def longer(run: Run, factor: float) -> Run:
    motion = replace(run.motion, **{name: getattr(run.motion, name) * factor for name in LENGTH})
    steps = tuple(replace(s, foot=(s.foot[0] * factor, s.foot[1] * factor)) for s in run.steps)
    return replace(run, motion=motion, steps=steps, gravity=run.gravity * factor)


def slower(run: Run, factor: float) -> Run:
    m = run.motion
    motion = replace(
        m,
        time=m.time * factor,
        rates={name: rate / factor for name, rate in m.rates.items()},
        com_velocity=m.com_velocity / factor,
    )
    steps = tuple(
        replace(
            s,
            touchdown_s=s.touchdown_s * factor,
            toe_off_s=s.toe_off_s * factor,
            touchdown_sd_s=s.touchdown_sd_s * factor,
            toe_off_sd_s=s.toe_off_sd_s * factor,
        )
        for s in run.steps
    )
    return replace(run, motion=motion, steps=steps, gravity=run.gravity / factor**2)


FROM_A_START = ("fitted_top_speed", "acceleration_time_constant", "starting_acceleration")
"""What only a run from a standstill supports."""
FLAT_PEAKS = (
    "peak_thigh_speed_timing", "push_swing_lag", "push_thigh_fastest", "swing_thigh_fastest", "arms_fastest",
    "fastest_apart",
)  # fmt: skip
"""What is read from peaks so flat that the way of reading them counts."""
FLIGHT = ("takeoff_velocity", "takeoff_angle", "flight_rise", "flight_fall")
MODELLED = ("two_mass_peak_force", "peak_force_time", "early_push_share", "early_force", "vertical_impulse")
"""What a model says whose own misfit was published, or whose assumption counts."""
OF_SIDES = ("contact_symmetry", "step_length_symmetry")
"""What single steps scatter about, which no perturbed copy shows."""
IN_SECONDS = ("early_force",)
"""What is told at a moment given in seconds, whatever the runner's own time."""


def started(run: Run) -> Run:
    """Return the run with the way of one from a standstill."""
    m = run.motion
    tau = m.time[-1] / 5
    shift = np.zeros((len(m.time), 2))
    shift[:, 0] = 6.0 * (m.time + tau * np.expm1(-m.time / tau)) - m.com[:, 0]
    every = shift[:, None]
    motion = replace(m, com=m.com + shift, position=m.position + every, raw=m.raw + every)
    return replace(run, motion=motion)


@pytest.fixture
def supporting(metric: Metric, uneven: Run, build: Callable[..., Run]) -> Run:
    """Return a run that supports the metric."""
    if metric.name == "fastest_apart":  # arms that are not as fast as the thighs at the same moment
        starts = tuple(step.touchdown_s for step in uneven.steps)
        contacts = tuple(step.toe_off_s - step.touchdown_s for step in uneven.steps)
        return build(touchdowns=starts, contacts=contacts, arm_lag_deg=110.0)
    return started(uneven) if metric.name in FROM_A_START else uneven


def swapped(name: str) -> str:
    if name.startswith("left_"):
        return "right_" + name[5:]
    return "left_" + name[6:] if name.startswith("right_") else name


def mirrored(run: Run) -> Run:
    m = run.motion
    order = [JOINTS.index(swapped(name)) for name in JOINTS]
    motion = replace(
        m,
        raw=m.raw[:, order],
        position=m.position[:, order],
        angles={swapped(name): angle for name, angle in m.angles.items()},
        rates={swapped(name): rate for name, rate in m.rates.items()},
        noise_sd=m.noise_sd[order],
        offset_sd=m.offset_sd[order],
        near_side=other(m.near_side),
    )
    return replace(run, motion=motion, steps=tuple(replace(s, side=other(s.side)) for s in run.steps))


def moved(run: Run, metres: float) -> Run:
    m = run.motion
    shift = np.array([metres, 0.0])
    motion = replace(m, raw=m.raw + shift, position=m.position + shift, com=m.com + shift)
    steps = tuple(replace(s, foot=(s.foot[0] + metres, s.foot[1])) for s in run.steps)
    return replace(run, motion=motion, steps=steps)


@EVERY
def test_is_fully_described(metric: Metric) -> None:
    assert metric.label[0].isupper()
    assert metric.definition.endswith((".", "noise"))
    assert metric.sign.endswith(".")
    assert metric.positive == ("always positive" in metric.sign.lower())
    assert metric.moment == "toe_off" or not metric.name.endswith("toe_off")
    assert metric.citations
    assert metric.min_fps > 0
    assert 0 < metric.max_sd < np.inf
    assert metric.column.endswith(metric.unit.suffix)
    assert metric.sd_column == metric.column.removesuffix(metric.unit.suffix) + f"sd_{metric.unit.suffix}"
    assert f"{metric.unit.suffix}_{metric.unit.suffix}" not in metric.column


@EVERY
def test_has_a_value_in_a_run_that_supports_it(metric: Metric, supporting: Run) -> None:
    assert np.isfinite(evaluate(metric, supporting)).any()


@EVERY
def test_what_a_fit_or_a_flat_peak_says_of_its_own_error_counts(metric: Metric, supporting: Run) -> None:
    own = (*FROM_A_START, *FLAT_PEAKS, *MODELLED, *OF_SIDES, *FLIGHT)
    assert (metric.own_sd is not None) == (metric.name in own)
    if metric.own_sd is not None:
        timed = tuple(replace(s, touchdown_sd_s=0.002, toe_off_sd_s=0.002) for s in supporting.steps)
        supporting = replace(supporting, steps=timed)
        values = [v for v in measure.measure(supporting, count=8).values if v.metric == metric.name]
        told = [v.sd for v in values if np.isfinite(v.value)]
        assert told
        # A peak that the landing does not reach stands where the model puts it, in every copy.
        # Feet that nothing displaces leave the scatter of the steps alone.
        equal = metric.name in ("peak_force_time", *OF_SIDES)
        more = np.greater_equal if equal else np.greater
        assert more(min(told), metric.own_sd(supporting))
        assert metric.own_sd(supporting) > 0
        # A fit errs anew in every clip.
        known = repeats(supporting, [metric.name], 8, systematic=metric.per_step)[metric.name]
        assert more(known.mean_se, metric.own_sd(supporting))


@EVERY
def test_scales_with_length(metric: Metric, supporting: Run) -> None:
    expected = evaluate(metric, supporting) * 2.0**metric.unit.length
    np.testing.assert_allclose(evaluate(metric, longer(supporting, 2)), expected, rtol=1e-7, atol=1e-9)


@EVERY
def test_scales_with_time(metric: Metric, supporting: Run) -> None:
    expected = evaluate(metric, supporting) * 2.0**metric.unit.time
    if metric.name in IN_SECONDS:
        assert not np.allclose(evaluate(metric, slower(supporting, 2)), expected, rtol=0.01, equal_nan=True)
        return
    np.testing.assert_allclose(evaluate(metric, slower(supporting, 2)), expected, rtol=1e-7, atol=1e-9)


@EVERY
def test_a_clip_slowed_by_an_unknown_factor_gives_only_what_that_leaves_alone(
    metric: Metric, supporting: Run
) -> None:
    slowed = replace(slower(supporting, 2), gravity=supporting.gravity, slow_motion=2.0)
    if gates.closed(metric, slowed) != "clock":
        assert metric.unit.time == 0
        np.testing.assert_allclose(evaluate(metric, slowed), evaluate(metric, supporting))


SIGNED = {"contact_symmetry": 0.0, "step_length_symmetry": 0.0, "step_time_ratio": 1.0}
"""Comparisons of left with right, and their value for equal sides: these turn over in a mirror."""


@EVERY
def test_a_mirror_swaps_the_sides_and_nothing_else(metric: Metric, supporting: Run) -> None:
    plain, glass = evaluate(metric, supporting), evaluate(metric, mirrored(supporting))
    if metric.name in SIGNED:
        if SIGNED[metric.name] == 1.0:
            np.testing.assert_allclose(glass, 1 / plain)
        else:
            np.testing.assert_allclose(glass, -plain)
        return
    np.testing.assert_allclose(glass, plain, rtol=1e-7, atol=1e-9)
    if metric.per_step and metric.side != "none":
        step, image = supporting.steps[2], mirrored(supporting).steps[2]
        assert metric.swing_side(image) == other(metric.swing_side(step))


@EVERY
def test_where_the_camera_stands_does_not_matter(metric: Metric, supporting: Run) -> None:
    np.testing.assert_allclose(
        evaluate(metric, moved(supporting, 7.5)), evaluate(metric, supporting), rtol=1e-6, atol=1e-7
    )


@EVERY
def test_a_camera_too_slow_gives_nothing_and_says_so(metric: Metric, uneven: Run) -> None:
    slow = slower(uneven, 240 / (0.9 * metric.min_fps))
    gate = gates.closed(metric, slow)
    assert gate == "fps"
    assert gates.closed(metric, slower(uneven, 240 / metric.min_fps)) != "fps"


def test_every_limit_is_told_once(uneven: Run) -> None:
    slow = slower(uneven, 240 / 20)
    found = measure.measure(slow)
    assert not np.isfinite([v.value for v in found.values]).any()
    assert not np.isfinite([v.sd for v in found.values]).any()
    assert all("fps" in v.flags for v in found.values)
    note = next(n for n in found.notes if n.code == "withheld_fps")
    assert note.metrics == tuple(METRICS)
    assert note.message.startswith(f"{note.short}: ")
    for metric in METRICS.values():
        assert metric.label[1:] in note.message
        assert metric.label[1:] not in note.short


def test_a_rate_that_is_not_known_is_not_called_too_slow(uneven: Run) -> None:
    clip = replace(slower(uneven, 240 / 20), slow_motion=2.0)
    found = measure.measure(clip)
    assert not any(n.code == "withheld_fps" for n in found.notes)
    note = next(n for n in found.notes if n.code == "withheld_clock")
    assert {m.name for m in METRICS.values() if m.min_fps > 40 / gates.FPS_SLACK} <= set(note.metrics)
    assert note.advice == "State the rate the camera filmed at."
    (known,) = (n for n in measure.measure(slower(uneven, 12)).notes if n.code == "withheld_fps")
    assert "(20 frames a second)" in known.message
    row = next(row for row in measure.measure(slower(uneven, 12)).summaries if row.metric == "contact_time")
    assert row.note == "Not given: needs 25 frames a second, here 20."


def test_of_two_reasons_the_one_that_holds_longest_is_named(uneven: Run) -> None:
    """A faster camera does not cure a view that is too oblique in every step."""
    aside = np.full_like(uneven.motion.time, 20.0)
    slow = slower(replace(uneven, motion=replace(uneven.motion, view_angle_deg=aside)), 240 / 30)
    aslant = {m.name for m in METRICS.values() if "on_axis" in m.needs}
    assert aslant
    for metric in METRICS.values():
        if metric.min_fps > 30 / gates.FPS_SLACK:
            assert gates.closed(metric, slow) == ("off_axis" if metric.name in aslant else "fps")
            assert gates.closed(metric, slower(uneven, 240 / 30)) == "fps"


def test_a_slow_camera_is_not_blamed_alone_for_an_oblique_view(uneven: Run) -> None:
    slow = slower(uneven, 240 / 20)
    aslant = replace(slow, motion=replace(slow.motion, view=View(38.0, 5.0)))
    note = next(n for n in measure.measure(aslant).notes if n.code == "withheld_fps")
    assert note.short == "The view is not from the side, and the camera is too slow (20 frames a second) for"
    assert note.advice.startswith("Film square from the side first")
    square = next(n for n in measure.measure(slow).notes if n.code == "withheld_fps")
    assert "view" not in square.short + square.advice


def test_on_a_belt_no_change_of_speed_is_given(uneven: Run) -> None:
    found = measure.measure(replace(uneven, belt=True))
    (note,) = (n for n in found.notes if n.code == "withheld_belt")
    assert set(note.metrics) == {
        "acceleration", "ratio_of_forces", "fitted_top_speed", "acceleration_time_constant",
        "starting_acceleration",
    }  # fmt: skip
    given = {row.metric for row in measure.measure(uneven).summaries if row.n}
    lost = given - {row.metric for row in found.summaries if row.n}
    assert {"acceleration", "ratio_of_forces"} <= lost <= set(note.metrics)
