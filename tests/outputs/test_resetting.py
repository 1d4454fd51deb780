"""Other settings for a folder of results: what is kept in metres and seconds goes over to them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.steps import Trace
from analyzer.errors import ConfigError
from analyzer.outputs import analysis_json, resetting
from analyzer.outputs.analysis_json import Saved


@pytest.fixture(scope="module")
def saved(filmed: Analysis) -> Saved:
    n = 20
    path = np.column_stack([np.linspace(0, 0.3, n), np.linspace(0, 0.1, n)])
    trace = Trace(1, "toe", np.linspace(0.1, 0.3, n), path, np.ones(n), np.ones(n), 0.01)
    document = replace(analysis_json.of(filmed), shoe_traces=(trace,))
    rows = [{"line": 2, "side": "left", "touchdown_s": 0.12, "toe_off_s": float("nan")}]
    return Saved(document, filmed.pose, filmed.camera, rows)


def feet(saved: Saved) -> np.ndarray:
    return np.array([step.foot for step in saved.document.steps])


@pytest.mark.parametrize(
    "settings", [{"height_m": 1.335}, {"scale": (60, 150, 380, 150, 7.5)}, {"direction": "left"}]
)
def test_feet_that_were_kept_are_where_the_new_scale_has_them(saved: Saved, settings: dict[str, Any]) -> None:
    again = resetting.changed(saved, Path("."), settings)
    # The toes of the track say where the feet stand on the new scale, independently of what was kept.
    fresh = analysis_json.of(_analysed(saved, settings))
    np.testing.assert_allclose(feet(again), [step.foot for step in fresh.steps], atol=0.01)


def _analysed(saved: Saved, settings: dict[str, Any]) -> Analysis:
    from analyzer import pipeline

    config = saved.document.config.changed(settings)
    rows = [
        {"side": s.side, "touchdown_s": s.touchdown_s + 1e-3, "toe_off_s": s.toe_off_s + 1e-3}
        for s in saved.document.steps
    ]
    clip = pipeline.Clip("runner", None, saved.pose, saved.camera, ())
    return pipeline.interpret(clip, config, pipeline.Edits(rows, ()))


def test_the_paths_of_shoes_are_as_long_as_the_scale_makes_them(saved: Saved) -> None:
    height = saved.document.config.height_m
    assert height is not None
    before, again = (
        saved.document.shoe_traces[0],
        resetting.changed(saved, Path("."), {"height_m": 1.2 * height}),
    )
    after = again.document.shoe_traces[0]
    np.testing.assert_allclose(after.displacement, 1.2 * before.displacement, rtol=1e-6)
    assert after.grain == pytest.approx(1.2 * before.grain)
    turned = resetting.changed(saved, Path("."), {"direction": "left"}).document.shoe_traces[0]
    np.testing.assert_allclose(turned.displacement, before.displacement * [-1, 1], rtol=0.02)


def test_names_move_nothing(saved: Saved) -> None:
    again = resetting.changed(saved, Path("."), {"athlete_name": "Ana", "date": "3.5.2026"})
    np.testing.assert_array_equal(feet(again), feet(saved))
    assert str(again.document.config.date) == "2026-05-03"
    assert again.pose is saved.pose


def test_another_rate_is_another_clock_for_all_that_has_one(saved: Saved) -> None:
    again = resetting.changed(saved, Path("."), {"capture_fps": 240})
    assert saved.edited is not None
    assert again.edited is not None
    assert again.document.video is not None
    assert again.document.video.capture_fps == 240
    for after, before in (
        (again.pose.time, saved.pose.time),
        (again.document.video.time, saved.pose.time),
        (again.document.shoe_traces[0].time, saved.document.shoe_traces[0].time),
        ([s.touchdown_s for s in again.document.steps], [s.touchdown_s for s in saved.document.steps]),
        ([s.toe_off_sd_s for s in again.document.steps], [s.toe_off_sd_s for s in saved.document.steps]),
        ([again.edited[0]["touchdown_s"]], [saved.edited[0]["touchdown_s"]]),
    ):
        np.testing.assert_allclose(after, np.array(before) / 2, rtol=1e-5)
    assert np.isnan(again.edited[0]["toe_off_s"])
    same = resetting.changed(again, Path("."), {"capture_fps": 240})
    np.testing.assert_array_equal(same.pose.time, again.pose.time)


def test_how_far_rounded_times_may_be_off_goes_over_too(saved: Saved) -> None:
    again = resetting.changed(replace(saved, within_s=0.005), Path("."), {"capture_fps": 240})
    assert again.within_s == pytest.approx(0.005 * saved.pose.fps / 240)
    assert resetting.changed(replace(saved, within_s=0.005), Path("."), {"session": "x"}).within_s == 0.005


def test_a_setting_goes_back_to_what_it_is_by_itself() -> None:
    config = Config(height_m=1.8, sex="male", athlete_name="Ana")
    assert config.changed({"height_m": None, "sex": None}) == Config(athlete_name="Ana")
    with pytest.raises(ConfigError, match="settings cannot be used"):
        config.changed({"height_m": 3})
