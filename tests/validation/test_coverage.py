"""Runs that are lent the errors of a clip: what they are judged by must be those errors and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from validation import borrowed, coverage, recipes
from validation.scene import Recipe
from validation.truth import JOINTS, Truth

HIGH = 0.01
"""Athlete heights by which every joint of the lending clip is marked too high."""


@pytest.fixture
def lender(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Recipe:
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path))
    recipe = next(r for r in recipes.matrix("report") if r.fps == 240 and r.height_px == 300)
    error = np.zeros((len(recipe.times), len(JOINTS), 2))
    error[..., 1] = -HIGH
    rows = pd.DataFrame({"step": range(4), "near": ["far", "near"] * 2})
    rows = rows.assign(metric="touchdown", truth=0.0, value=0.002, sd=0.003)
    rows = pd.concat([rows, rows.assign(metric="toe_off", value=-0.001)], ignore_index=True)
    borrowed.keep(recipe, error, rows)
    return recipe


def test_a_clip_lends_to_runs_of_its_own_rate_and_slower(lender: Recipe) -> None:
    assert borrowed.sources("report", 240) == borrowed.sources("report", 60) == [lender]
    assert borrowed.sources("tuning", 60) == []
    assert coverage.rows("tuning").empty


def test_a_run_is_judged_by_the_errors_it_was_lent(lender: Recipe) -> None:
    recipe = replace(recipes.steady("report", 0, 70, fps=240), duration_s=0.7)
    rows = coverage.seen(recipe, lender, lender)
    rows["error"] = rows["value"] - rows["truth"]
    mean = rows.groupby("metric")["error"].mean()
    assert mean["touchdown"] == pytest.approx(0.002, abs=1e-6)
    assert mean["toe_off"] == pytest.approx(-0.001, abs=1e-6)
    assert mean["contact_time"] == pytest.approx(-0.003, abs=1e-6)
    assert set(rows.loc[rows["metric"] == "touchdown", "sd"]) == {0.003}
    # Two marks on the lane give the scale, so a body marked too high is not a larger one.
    assert mean["step_length"] == pytest.approx(0.0, abs=0.02)
    track = borrowed.track(recipe, Truth(recipe), source=lender)
    assert track is not None
    off = track.xy - Truth(recipe).track().xy
    assert np.nanmedian(off, axis=(0, 1)) == pytest.approx([0.0, -HIGH * recipe.height_px])
