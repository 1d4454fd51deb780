"""Values of choice in the annotated video: their names, the numbers of the frame, where they stand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from analyzer.batch import athletes
from analyzer.body.skeleton import JOINTS
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.results import Value
from analyzer.data.view import View
from analyzer.errors import ConfigError
from analyzer.metrics import METRICS
from analyzer.outputs.annotated_video import frames, live
from analyzer.outputs.annotated_video.panel import Panel
from analyzer.outputs.colours import DARK, ON_VIDEO
from analyzer.video.planes import Code

EIGHT = ("trunk lean", "knee", "thigh", "speed", "com_y", "push_angle")


def choosing(run: Analysis, *names: str, **settings: Any) -> Analysis:
    return replace(run, config=run.config.model_copy(update={"live": names, **settings}))


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("trunk lean", ("trunk",)),
        ("Lean", ("trunk",)),
        ("trunk_deg", ("trunk",)),
        ("knee", ("left_knee", "right_knee")),
        ("Knee angles", ("left_knee", "right_knee")),
        ("feet", ("left_foot", "right_foot")),
        ("left-knee", ("left_knee",)),
        ("right upper arm angle", ("right_upper_arm",)),
        ("velocity", ("speed",)),
        ("com_y_m", ("com_y",)),
        ("knee lift", ("peak_thigh_flexion",)),
        ("gct", ("contact_time",)),
        ("Touchdown distance", ("touchdown_distance",)),
        ("step_speed", ("step_speed",)),
    ],
)
def test_a_value_is_named_as_its_column_as_a_metric_or_as_people_call_it(
    word: str, names: tuple[str, ...]
) -> None:
    assert live.named(word) == names


def test_every_series_but_the_joints_can_be_chosen_by_its_column(analysis: Analysis) -> None:
    columns = set(analysis.series_table().columns) - {"time_s", "stance_side", "speed_sd_mps", "com_x_m"}
    columns -= {f"{joint}_{axis}_m" for joint in JOINTS for axis in "xy"}
    units = ("_deg", "_mps", "_m")
    for column in columns:
        name = next(column.removesuffix(unit) for unit in units if column.endswith(unit))
        assert live.named(column) == live.named(name) == (name,)
    assert {name for column in columns for name in live.named(column)} == set(live.SIGNALS)


def test_a_metric_of_each_step_can_be_chosen_by_its_column_without_the_unit() -> None:
    for metric in METRICS.values():
        if metric.per_step and metric.name not in live.SIGNALS:
            assert live.named(metric.name) == (metric.name,)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["kne"], "neither a signal nor a metric 'kne'. Close to it: knee"),
        (["contact_tme"], "Close to it: contact_time"),
        (["xyzzy"], "Signals: trunk, thigh"),
        (["trunk", "step_length_symmetry"], "step_length_symmetry is one number for the whole run"),
        (["thigh", "shank", "foot", "knee", "trunk"], "9 values do not fit"),
    ],
)
def test_a_name_that_means_nothing_is_refused_with_its_neighbours(words: list[str], told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        live.check(words)
    assert told in f"{refused.value.why} {refused.value.fix}"
    assert refused.value.problems[0][0] == "live"


def test_the_cell_of_a_batchs_table_names_several() -> None:
    assert athletes.value("live", "Trunk lean, knee;speed") == ("trunk lean", "knee", "speed")
    row = athletes.Row(4, "a.mp4", {}, {})
    with pytest.raises(ConfigError) as refused:
        live.check(["kne"])
    assert athletes.told(refused.value, row)[0].startswith("Line 4, live: there is neither")


def test_the_value_is_that_of_the_frame_in_the_series(analysis: Analysis) -> None:
    table = analysis.series_table()
    columns = {"trunk": "trunk_deg", "left_knee": "left_knee_deg", "right_knee": "right_knee_deg"}
    columns |= {"speed": "speed_mps", "com_y": "com_y_m"}
    found = live.readings(choosing(analysis, "trunk", "knee", "speed", "com"))
    assert [reading.name for reading in found] == list(columns)
    for reading in found:
        for index in (60, 100, 101, 140):
            said = reading.said(index)
            half = 0.5 * 10.0**-reading.decimals
            number = float(said.removesuffix(reading.symbol).replace("−", "-"))
            assert number == pytest.approx(table[columns[reading.name]][index], abs=half + 1e-9)
            assert said.endswith(reading.symbol)


def test_what_the_clip_cannot_show_is_withheld_with_the_reason(analysis: Analysis) -> None:
    no_scale = replace(analysis, calibration=replace(analysis.calibration, scaled=False))
    angle, speed = live.readings(choosing(no_scale, "trunk", "speed"))
    assert (angle.why, speed.why, speed.said(100)) == ("", "needs a known length", "–")
    front = replace(analysis, motion=replace(analysis.motion, view=View(85.0, 5.0)))
    angle, speed = live.readings(choosing(front, "trunk", "speed"))
    assert (angle.why, angle.said(100), speed.why) == ("seen too obliquely", "–", "")
    noisy = Value("push_angle", 1, "left", np.nan, np.nan, flags=("noise",))
    (metric,) = live.readings(choosing(replace(analysis, values=(noisy,)), "push_angle"))
    assert metric.why == "its error is too large for it to say anything"


def test_names_of_another_version_are_left_out(analysis: Analysis) -> None:
    assert [r.name for r in live.readings(choosing(analysis, "no_such", "trunk", "lean"))] == ["trunk"]


def page(run: Analysis, width: int = 1280) -> Panel:
    return Panel(run, width, (0.0, float(run.motion.time[-1])))


def test_the_panel_has_a_row_more_and_is_else_as_it_was(analysis: Analysis) -> None:
    bare, told = page(analysis), page(choosing(analysis, "trunk", "left knee"))
    t = float(analysis.motion.time[100])
    before, after = bare.draw(t), told.draw(t)
    more = told.height - bare.height
    assert 2 * bare.unit < more < 2.5 * bare.unit
    above = bare.height - bare.unit  # where the rhythm begins
    assert (after[:above] == before[:above]).all()
    assert (after[-(bare.unit // 2) :] == before[-(bare.unit // 2) :]).all()
    row = after[above : above + more]
    assert (np.abs(row.astype(int) - ON_VIDEO["left"]) < 30).all(axis=2).any()
    assert not (np.abs(row.astype(int) - ON_VIDEO["right"]) < 30).all(axis=2).any()


def test_a_value_changes_from_frame_to_frame_of_one_contact(analysis: Analysis) -> None:
    step = analysis.steps[2]
    times = step.touchdown_s + 0.01, step.toe_off_s - 0.01
    pages = [page(choosing(analysis, *names)) for names in (("left_knee",), ("contact_time", "push_angle"))]
    for one, changes in zip(pages, (True, False), strict=True):
        rows = slice(round(1.7 * one.unit), one.height - one.unit)  # without the clock and the rhythm
        first, last = (one.draw(t)[rows] for t in times)
        assert (first != last).any() == changes


def test_a_metric_that_the_panel_shows_anyway_stands_there_once(analysis: Analysis) -> None:
    values = (Value("contact_time", 1, "left", 0.11, 0.003),)
    run = replace(analysis, values=values)
    assert page(choosing(run, "contact_time")).height == page(run).height
    assert page(choosing(run, "contact_time", "trunk")).height > page(run).height


@pytest.mark.parametrize("width", [400, 720, 1920])
def test_eight_values_stay_inside_the_panel(analysis: Analysis, width: int) -> None:
    values = (Value("push_angle", s.number, s.side, 44.44, 1.23) for s in analysis.steps)
    run = choosing(replace(analysis, values=tuple(values)), *EIGHT, slow=8.0)
    one = page(run, width)
    assert len(one.cells) == 8
    drawn = one.draw(float(run.motion.time[100]))
    assert (drawn[: one.height - one.unit, -2:] == DARK).all()
    lefts = sorted({cell.x for _, cell in one.cells})
    for left, right in pairwise(lefts):  # a dark gap between neighbours
        top = round(min(cell.y for _, cell in one.cells) - 1.4 * one.unit)
        gap = drawn[top : one.height - one.unit, round(right) - max(2, one.unit // 8) : round(right) - 1]
        assert right > left
        assert (gap == DARK).all()


def test_in_a_portrait_video_they_stand_above_the_image(analysis: Analysis, filmed: Analysis) -> None:
    info = replace(filmed.video, width=720, height=1280)
    run = choosing(replace(analysis, video=info), *EIGHT[:3])
    one = frames._panel(run, 720)
    image = frames.still(run, np.full((1280, 720, 3), 90, np.uint8), 100)
    assert image.shape[0] == 1280 + one.height
    assert (image[: one.height] == one.draw(float(info.time[100]))).all()


def test_in_planes_they_are_what_they_are_in_rgb(analysis: Analysis) -> None:
    one, code, t = page(choosing(analysis, "trunk", "knee")), Code(), float(analysis.motion.time[100])
    paper = code.split(np.zeros((one.height, 1280, 3), np.uint8))
    one.fill(paper, t)
    want = code.split(one.draw(t))
    assert np.abs(paper.luma.astype(int) - want.luma).mean() < 0.05
    assert np.abs(paper.chroma.astype(int) - want.chroma).mean() < 0.1


def test_the_settings_take_them_from_keywords() -> None:
    assert Config.build(live=["trunk", "knee"], slow=8).live == ("trunk", "knee")
