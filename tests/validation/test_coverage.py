"""Runs that are lent the errors of a clip: what they are judged by must be those errors and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analyzer.body.skeleton import JOINTS as CANONICAL
from analyzer.outputs.scale_files import read_marks
from analyzer.scene.marks import CLICK_SD_PX
from validation import compare, coverage, habit, lent_errors, recipes
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
    lent_errors.keep(recipe, error, rows)
    return recipe


def test_a_clip_lends_to_runs_of_its_own_rate_and_slower(lender: Recipe) -> None:
    assert lent_errors.sources("report", 240) == lent_errors.sources("report", 60) == [lender]
    assert lent_errors.sources("tuning", 60) == []
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
    # A drawn body's joints are where its marks say, and a drawn lane is as long as it says.
    share = (rows["shown_sd"] / rows["sd"]).groupby(rows["metric"]).median()
    assert share["trunk_lean_mean"] < 0.8
    assert share["thigh_angle_touchdown"] < 0.8
    assert share["step_length"] < 0.99
    assert share["contact_time"] == pytest.approx(1, abs=1e-6)
    # Its force is the model's own.
    assert share["two_mass_peak_force"] < 0.8
    assert share["peak_vertical_force"] == pytest.approx(1, abs=1e-6)
    # Two marks on the lane give the scale, so a body marked too high is not a larger one.
    assert mean["step_length"] == pytest.approx(0.0, abs=0.02)
    track = lent_errors.track(recipe, Truth(recipe), source=lender)
    assert track is not None
    off = track.xy - Truth(recipe).track().xy
    assert np.nanmedian(off, axis=(0, 1)) == pytest.approx([0.0, -HIGH * recipe.height_px])


def test_every_run_is_somebody_else_s_before_another_camera() -> None:
    plain = [recipes.steady("report", 0, 70 + i, fps=240) for i in range(40)]
    varied = [coverage.another(recipe) for recipe in plain]
    assert varied[0] == coverage.another(plain[0])
    # Longer legs of the body that is drawn do not come on top.
    legs = [recipe.build.leg for recipe in varied]
    assert np.mean(legs) == pytest.approx(1.0, abs=0.01)
    assert plain[0].build.leg > 1.01
    assert np.std(legs) == pytest.approx(coverage.LEG_SD, rel=0.3)
    square = [recipe.camera.view_angle_deg for recipe in varied]
    assert np.std(square) == pytest.approx(coverage.SQUARE_SD_DEG, rel=0.3)
    # The athlete stays as large in the picture, wherever the camera stands.
    assert np.ptp([recipe.camera.distance_m for recipe in varied]) > 3
    assert {recipe.height_px for recipe in varied} == {300}


def test_marks_are_clicked_as_far_off_as_somebody_clicks(tmp_path: Path) -> None:
    recipe = recipes.steady("report", 0, 70, fps=240)
    exact = compare.marks_file(recipe, tmp_path)
    assert exact is not None
    there = read_marks(exact)
    off = []
    for seed in range(40):
        by_hand = compare.marks_file(recipe, tmp_path, np.random.default_rng(seed))
        assert by_hand is not None
        off.append(read_marks(by_hand)[:, :2] - there[:, :2])
    assert np.std(off) == pytest.approx(CLICK_SD_PX, rel=0.15)
    assert np.mean(off) == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("to_left", [False, True])
def test_a_habit_is_told_from_the_errors_of_a_clip(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, to_left: bool
) -> None:
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path))
    recipe = recipes.steady("tuning", 0, 71, fps=120, to_left=to_left)
    truth = Truth(recipe)
    near = "left" if to_left else "right"
    down = [c.touchdown_s for c in truth.contacts if c.side == near]
    error = np.zeros((len(recipe.times), len(JOINTS), 2))
    # Errors are kept as of somebody who runs to the right, in statures, y down: the near hip's.
    hip = JOINTS.index("right_hip")
    error[:, hip, 0] = 0.01 * np.cos(2 * np.pi * np.interp(recipe.times, down, np.arange(len(down))))
    error[:, hip, 1] = -0.004
    events = pd.DataFrame(
        {"step": range(4), "near": ["far", "near"] * 2, "truth": 0.0, "value": 0.0, "sd": 0.001}
    )
    lent_errors.keep(recipe, error, pd.concat([events.assign(metric=m) for m in ("touchdown", "toe_off")]))
    found = habit.of_clip(recipe).terms * truth.recipe.build.leg_length / truth.recipe.build.height_m
    place = CANONICAL.index("right_hip")
    assert found[1, place, 0] == pytest.approx(0.01, rel=0.1)
    assert found[0, place, 1] == pytest.approx(0.004, rel=0.2)
    assert np.abs(np.delete(found[1:, place, 0], 0)).max() < 0.002
    assert np.abs(found[:, CANONICAL.index("left_hip")]).max() < 0.001
