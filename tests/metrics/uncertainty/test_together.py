"""All copies measured at once give what each gives by itself."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from analyzer.metrics import METRICS, Metric
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.replicates import in_batches, perturbed_copies
from analyzer.metrics.uncertainty.standard_error import evaluate
from analyzer.metrics.uncertainty.together import Together, evaluate_all, together


def _torn(run: Run) -> Run:
    """A run with a gap in its joints, a contact that was missed and one without its toe-off."""
    motion = run.motion
    hole = slice(len(motion.time) // 3, len(motion.time) // 3 + 9)
    position, raw = motion.position.copy(), motion.raw.copy()
    position[hole, 3:], raw[hole, 3:] = np.nan, np.nan
    steps = list(run.steps)
    steps[2] = replace(steps[2], toe_off_s=float("nan"))
    steps[-2] = replace(steps[-2], touchdown_s=float("nan"))
    del steps[4]
    return replace(run, motion=replace(motion, position=position, raw=raw), steps=tuple(steps))


@pytest.fixture(scope="module", params=["whole", "torn"])
def copies(seen: Run, request: pytest.FixtureRequest) -> Together:
    return together(perturbed_copies(seen if request.param == "whole" else _torn(seen), 4))


@pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))
def test_each_copy_gets_its_own_numbers(metric: Metric, copies: Together) -> None:
    alone = [evaluate(metric, replace(copy)) for copy in copies.copies]
    np.testing.assert_allclose(evaluate_all(metric, copies), alone, rtol=1e-8, atol=1e-10)


def test_the_torn_run_still_shows_most(seen: Run) -> None:
    copies = together(perturbed_copies(_torn(seen), 2))
    shown = [np.isfinite(evaluate_all(metric, copies)).any() for metric in METRICS.values()]
    assert np.mean(shown) > 0.6


def test_copies_are_let_go_as_soon_as_nobody_holds_them(seen: Run) -> None:
    made = together(perturbed_copies(seen, 2))
    copy = weakref.ref(made.copies[0])
    gc.disable()
    try:
        del made
        assert copy() is None
    finally:
        gc.enable()


def test_a_long_clip_is_copied_a_few_at_a_time(seen: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = len(seen.motion.time)
    monkeypatch.setattr("analyzer.metrics.uncertainty.replicates.TOGETHER_FRAMES", 48 * frames)
    assert [len(batch.copies) for batch in in_batches(seen, 48)] == [48]
    monkeypatch.setattr("analyzer.metrics.uncertainty.replicates.TOGETHER_FRAMES", 24 * frames)
    assert [len(batch.copies) for batch in in_batches(seen, 48)] == [24, 24]
    monkeypatch.setattr("analyzer.metrics.uncertainty.replicates.TOGETHER_FRAMES", 5 * frames)
    assert [len(batch.copies) for batch in in_batches(seen, 24)] == [5, 5, 2, 5, 5, 2]
    monkeypatch.setattr("analyzer.metrics.uncertainty.replicates.BATCH_FRAMES", 3 * frames + 1)
    assert [len(batch.copies) for batch in in_batches(seen, 8)] == [3, 3, 2]
    monkeypatch.setattr("analyzer.metrics.uncertainty.replicates.BATCH_FRAMES", 1)
    assert [len(batch.copies) for batch in in_batches(seen, 2)] == [1, 1]


def test_how_many_copies_are_held_at_once_changes_none(seen: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = perturbed_copies(seen, 4)
    monkeypatch.setattr("analyzer.metrics.uncertainty.replicates.TOGETHER_FRAMES", len(seen.motion.time))
    for one, other in zip(perturbed_copies(seen, 4), expected, strict=True):
        np.testing.assert_allclose(one.motion.position, other.motion.position, rtol=0, atol=1e-13)
        np.testing.assert_allclose(one.motion.com_velocity, other.motion.com_velocity, rtol=0, atol=1e-10)
        assert one.steps == other.steps


def test_copies_hold_no_number_of_their_own(copies: Together) -> None:
    for copy in copies.copies:
        assert np.shares_memory(copy.motion.position, copies.motion.position)
        assert np.shares_memory(copy.motion.rates["trunk"], copies.motion.rates["trunk"])
