from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from analyzer.comparison.baseline import GROUP
from analyzer.data.analysis import Analysis
from analyzer.data.results import Summary, Value
from analyzer.metrics import METRICS
from analyzer.outputs import colours, plots
from analyzer.outputs.plots import canvas, movement
from analyzer.outputs.plots import values as value_charts

CHARTS: dict[str, Callable[[Analysis, Axes | None], Axes]] = {
    "step_speed": value_charts.step_speed,
    "contact_and_flight": value_charts.contact_and_flight,
    "knee": lambda a, ax: movement.joint_angle(a, "knee", ax),
    "trunk_lean": movement.trunk_lean,
    "thigh_angles": movement.thigh_angles,
    "arm_angles": movement.arm_angles,
    "centre_of_mass": movement.centre_of_mass,
    "arm_leg": movement.arm_leg,
    "rhythm": movement.rhythm,
    "against_speed": lambda a, ax: value_charts.against_speed(a, "contact_time", ax),
    "shares": lambda a, ax: value_charts.shares(a, ("contact_time", "flight_time"), ax),
    "differences": lambda a, ax: value_charts.differences(a, ("contact_time", "step_time"), ax),
}


@pytest.fixture
def ax() -> Axes:
    return Figure().subplots()


def _row(metric: str, **facts: float) -> Summary:
    numbers = dict.fromkeys(
        ("mean", "sd", "mean_se", "left_mean", "right_mean", "difference", "difference_ci_low",
         "difference_ci_high", "reference_low", "reference_high"), float("nan"),
    )  # fmt: skip
    m = METRICS[metric]
    return Summary(
        metric=metric, label=m.label, relationship=m.relationship.value, unit=m.unit.symbol, n=4,
        evidence="measured", reference_source="", note="", **(numbers | facts),
    )  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_draws_on_the_axes_it_is_given(name: str, analysis: Analysis, ax: Axes) -> None:
    assert CHARTS[name](analysis, ax) is ax
    assert ax.has_data()
    assert not any("cannot show" in text.get_text() for text in ax.texts)
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_survives_a_clip_without_steps(name: str, bare: Analysis, ax: Axes) -> None:
    empty = replace(bare, steps=())
    CHARTS[name](empty, ax)
    ax.figure.draw_without_rendering()


def test_a_chart_makes_its_own_figure() -> None:
    import matplotlib.pyplot as plt

    with mpl.rc_context({"backend": "Agg"}):
        made = plots.canvas.axes(None)
        assert made.figure.get_figwidth() == pytest.approx(canvas.SIZE_IN[0])
        plt.close("all")


def test_every_chart_of_a_notebook_is_shown(analysis: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook's backend makes pyplot interactive at its first figure, and shows only while it is."""
    import matplotlib.pyplot as plt

    plain = plt.figure

    def first(*args: Any, **facts: Any) -> Figure:
        mpl.rcParams["interactive"] = True
        return plain(*args, **facts)

    monkeypatch.setattr(plt, "figure", first)
    with mpl.rc_context({"interactive": False}):
        movement.rhythm(analysis)
        assert mpl.is_interactive()
    plt.close("all")


def test_labels_come_from_the_registry(analysis: Analysis, ax: Axes) -> None:
    value_charts.against_speed(analysis, "contact_time", ax)
    assert ax.get_xlabel() == f"{METRICS['step_speed'].label} (m/s)"
    assert ax.get_ylabel() == f"{METRICS['contact_time'].label} (ms)"


def test_bars_have_the_height_error_and_colour_of_their_value(bare: Analysis, ax: Axes) -> None:
    values = (Value("contact_time", 1, "left", 0.105, 0.004), Value("contact_time", 2, "right", 0.110, 0.004))
    value_charts.contact_and_flight(replace(bare, values=values), ax)
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([105, 110])
    assert [to_hex(bar.get_facecolor()) for bar in ax.patches] == [
        colours.COLOUR["left"],
        colours.COLOUR["right"],
    ]
    line = ax.containers[0].get_children()[0] if ax.containers else None
    assert line is not None
    segment = ax.collections[0].get_segments()[0]
    assert (segment[1, 1] - segment[0, 1]) / 2 == pytest.approx(4)


def test_speed_falls_back_to_frequency_without_a_scale(bare: Analysis, ax: Axes) -> None:
    values = (Value("step_speed", 1, "left", np.nan, np.nan), Value("step_frequency", 1, "left", 4.2, 0.1))
    value_charts.step_speed(replace(bare, values=values), ax)
    assert ax.get_ylabel().startswith(METRICS["step_frequency"].label)


def test_seconds_of_an_unknown_slow_motion_are_not_called_seconds(analysis: Analysis, ax: Axes) -> None:
    slow = replace(analysis, slow_motion=10.0)
    movement.rhythm(slow, ax)
    assert ax.get_xlabel().startswith("Time of the file")
    assert [text.get_text() for text in ax.texts] == []


def test_strides_run_between_touchdowns_of_the_same_foot(analysis: Analysis, ax: Axes) -> None:
    movement.joint_angle(analysis, "thigh", ax)
    mean = next(line for line in ax.lines if line.get_label() == "left")
    first = analysis.steps[0]
    angle = analysis.motion.at(analysis.motion.angles["left_thigh"], first.touchdown_s)
    assert float(np.asarray(mean.get_ydata())[0]) == pytest.approx(angle, abs=2)
    assert sum(line.get_linewidth() < 1 for line in ax.lines) == 5


def test_a_published_range_is_shaded(bare: Analysis, ax: Axes) -> None:
    row = _row("contact_time", mean=0.1, reference_low=0.085, reference_high=0.110)
    value_charts.per_step(replace(bare, summaries=(row,)), "contact_time", ax)
    band = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert (band.y0, band.y1) == pytest.approx((85, 110))
    assert ax.patches[0].get_label() == "published range"


def test_a_range_of_own_runs_is_not_called_published(bare: Analysis, ax: Axes) -> None:
    row = _row("contact_time", mean=0.1, reference_low=0.085, reference_high=0.110)
    row = replace(row, reference_group=GROUP)
    value_charts.per_step(replace(bare, summaries=(row,)), "contact_time", ax)
    assert ax.patches[0].get_label() == "range of own runs"


def test_a_range_that_nobody_read_is_called_unverified(bare: Analysis, ax: Axes) -> None:
    row = _row("contact_time", mean=0.1, reference_low=0.085, reference_high=0.110)
    row = replace(row, reference_verified=False)
    value_charts.per_step(replace(bare, summaries=(row,)), "contact_time", ax)
    assert ax.patches[0].get_label() == "unverified range"


def test_only_a_clear_difference_is_coloured(bare: Analysis, ax: Axes) -> None:
    rows = (
        _row("contact_time", mean=0.1, difference=0.01, difference_ci_low=0.005, difference_ci_high=0.015),
        _row("step_time", mean=0.2, difference=0.01, difference_ci_low=-0.01, difference_ci_high=0.03),
    )
    value_charts.differences(replace(bare, summaries=rows), ("contact_time", "step_time"), ax)
    drawn = [line.get_color() for line in ax.lines if line.get_marker() == "o"]
    assert drawn == [colours.COLOUR["left"], colours.FAINT]


def test_where_the_picture_cuts_the_body_nothing_is_drawn(analysis: Analysis, ax: Axes) -> None:
    pose = analysis.pose
    xy = pose.xy.copy()
    late = pose.time > pose.time[-1] / 2
    xy[late, pose.names.index("left_hip"), 0] = 0.999 * pose.width
    movement.trunk_lean(replace(analysis, pose=replace(pose, xy=xy)), ax)
    drawn, angle = (np.asarray(x, dtype=float) for x in ax.lines[0].get_data())
    assert np.isnan(angle[drawn > pose.time[-1] / 2]).all()
    assert np.isfinite(angle[drawn < pose.time[-1] / 2]).any()


def test_a_long_run_keeps_its_rhythm_readable(analysis: Analysis, ax: Axes) -> None:
    movement.rhythm(analysis, ax)
    assert len(ax.texts) == len(analysis.steps) - 1
    many = tuple(replace(s, number=i, touchdown_s=0.2 * i, toe_off_s=0.2 * i + 0.1)
                 for i in range(1, 41) for s in analysis.steps[:1])  # fmt: skip
    figure = Figure()
    assert not movement.rhythm(replace(analysis, steps=many), figure.subplots()).texts


def test_two_points_are_no_course_against_speed(bare: Analysis, ax: Axes) -> None:
    values = tuple(
        Value(name, i, "left", 1.0 * i, 0.1) for name in ("step_speed", "push_angle") for i in (1, 2, 3)
    )
    value_charts.against_speed(replace(bare, values=values), "push_angle", ax)
    assert "cannot show it" in ax.texts[-1].get_text()


@pytest.mark.parametrize("name", ["knee", "thigh_angles", "arm_angles", "arm_leg"])
def test_the_sides_curves_differ_without_colours(name: str, analysis: Analysis, ax: Axes) -> None:
    CHARTS[name](analysis, ax)
    drawn = {
        side: {line.get_linestyle() for line in ax.lines if line.get_label().startswith(side)}
        for side in ("left", "right")
    }
    assert drawn == {"left": {"-"}, "right": {"--"}}


def test_the_sides_dots_differ_without_colours(bare: Analysis, ax: Axes) -> None:
    values = tuple(Value("contact_time", s.number, s.side, 0.11, 0.01) for s in bare.steps)
    value_charts.per_step(replace(bare, values=values), "contact_time", ax)
    dots = {line.get_marker() for line in ax.lines} & {"o", "s"}
    assert dots == {"o", "s"}


def test_one_moment_far_outside_does_not_flatten_a_curve(analysis: Analysis, ax: Axes) -> None:
    """A trunk that was read upside down for a few frames: the others could not be seen."""
    trunk = analysis.motion.angles["trunk"].copy()
    middle = len(trunk) // 2
    trunk[middle : middle + 2] = -150.0
    angles = {**analysis.motion.angles, "trunk": trunk}
    run = replace(analysis, motion=replace(analysis.motion, angles=angles))
    movement.trunk_lean(run, ax)
    low, high = ax.get_ylim()
    assert high - low < 100
    assert any("−150" in text.get_text() for text in ax.texts)
    plain = movement.trunk_lean(analysis, Figure().subplots())
    assert not any("cut" in text.get_text() for text in plain.texts)


def test_sides_differ_for_colour_blind_people() -> None:
    """Luminance and blue-yellow differ: red-green confusion leaves both."""
    right, left = (np.array(mpl.colors.to_rgb(colours.COLOUR[side])) for side in ("right", "left"))
    assert right[0] > right[2]
    assert left[2] > left[0]
    assert abs((right - left)[2]) > 0.4
