"""What ``compare`` says, on runs whose metrics are known: only what it adds to ``repeatability``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from runner import analyse, pose_track

from analyzer.comparison import runs as comparison_runs
from analyzer.comparison.baseline import Baseline, Range, run_facts
from analyzer.comparison.description import describe
from analyzer.comparison.hypotheses import KEY
from analyzer.comparison.repeatability import Repeat, of_analysis
from analyzer.comparison.runs import compare
from analyzer.comparison.side_or_view import between_directions, split_sides
from analyzer.data.analysis import Analysis
from analyzer.errors import ConfigError
from analyzer.metrics import METRICS

KNOWN: dict[tuple[int, bool], dict[str, Repeat]] = {}


@pytest.fixture(scope="module")
def runs() -> list[Analysis]:
    """The same run filmed three times, each with its own noise."""
    tracks = [pose_track(noise_px=1.0, seed=seed) for seed in (1, 2, 3)]
    return [replace(analyse(track), name=f"run {i}") for i, track in enumerate(tracks)]


@pytest.fixture(autouse=True)
def _measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run is measured again within its errors once for all tests."""
    monkeypatch.setattr(comparison_runs, "of_analysis", _known)


def _known(run: Analysis, *, systematic: bool) -> dict[str, Repeat]:
    key = (id(run.motion), systematic)
    if key not in KNOWN:
        KNOWN[key] = of_analysis(run, systematic=systematic)
    return KNOWN[key]


def test_the_same_run_filmed_again_has_hardly_changed(runs: list[Analysis]) -> None:
    found = compare(runs[0], runs[1])
    table = found.table()
    assert len(table) > 60
    assert (table["verdict"] != "not established").mean() < 0.05
    assert not (table["verdict"] == "changed").any()
    assert set(table["basis"]) == {"clip error"}
    assert {note.code for note in found.notes} >= {"not_repeated", "no_random_effect"}
    assert table["ci_low"].lt(table["difference"]).all()
    assert set(table.loc[table["key"], "metric"]) <= {look.metric for look in KEY}


def test_what_no_report_gives_is_not_compared(runs: list[Analysis]) -> None:
    """Both runs have numbers no larger than noise, which is known: they need one that is larger."""
    given = {row.metric for run in runs[:2] for row in run.summaries if np.isfinite(row.mean)}
    small = {v.metric for v in runs[0].values if "floor" in v.flags} - given
    assert small & set(_known(runs[0], systematic=False)) & set(_known(runs[1], systematic=False))
    assert {change.metric for change in compare(*runs[:2]).changes} <= given


def test_gates_of_each_run_are_wrong_by_themselves(runs: list[Analysis]) -> None:
    """A scale that a height gives is wrong alike in two runs; one that gates give is not."""
    by_gates = [replace(r, calibration=replace(r.calibration, method="height and gates")) for r in runs[:2]]
    alike, own = (
        next(c for c in compare(*some).changes if (c.metric, c.of) == ("step_length", "mean"))
        for some in (runs[:2], by_gates)
    )
    assert own.ci_high - own.ci_low > 1.3 * (alike.ci_high - alike.ci_low)


def test_two_runs_against_one_are_one_group(runs: list[Analysis]) -> None:
    found = compare(*runs, before=2)
    assert found.names == ("run 0 + run 1", "run 2")
    assert {c.run for c in found.changes} == {"run 2"}
    alone = compare(runs[0], runs[2])
    width = {c.label: c.ci_high - c.ci_low for c in found.changes}
    narrower = [width[c.label] < c.ci_high - c.ci_low for c in alone.changes if c.label in width]
    assert np.mean(narrower) > 0.6


def test_changed_is_said_only_where_runs_were_repeated(runs: list[Analysis], monkeypatch: Any) -> None:
    """Contact 20 ms longer: with one run a side that is beyond the clip's error, and no more is known."""
    made = [0.100, 0.102, 0.120, 0.122]
    four = [replace(run, name=f"{i}") for i, run in enumerate((*runs, runs[0]))]

    def known(run: Analysis, *, systematic: bool) -> dict[str, Repeat]:
        del systematic
        return {"contact_time": Repeat("contact_time", made[int(run.name)], 0.001)}

    monkeypatch.setattr(comparison_runs, "of_analysis", known)
    (alone,) = compare(four[0], four[2]).changes
    assert (alone.verdict, alone.basis) == ("beyond this clip's error", "clip error")
    (one_more,) = compare(*four[:3], before=2).changes
    assert (one_more.verdict, one_more.basis) == ("beyond this clip's error", "clip error")
    repeated = compare(*four, before=2)
    (change,) = repeated.changes
    assert (change.verdict, change.basis) == ("changed", "runs")
    assert change.smallest_change > 1.5 * alone.smallest_change
    assert not {"not_repeated", "no_random_effect"} & {note.code for note in repeated.notes}


def test_a_baseline_stands_for_repeated_runs(runs: list[Analysis], monkeypatch: Any) -> None:
    def known(run: Analysis, *, systematic: bool) -> dict[str, Repeat]:
        del systematic
        mean = 0.100 if run.name == "run 0" else 0.110
        return {name: Repeat(name, mean, 0.001) for name in ("contact_time", "flight_time")}

    monkeypatch.setattr(comparison_runs, "of_analysis", known)
    speed = run_facts(runs[0]).speed
    steady = Range("contact_time", "", False, speed, speed, 6, 1, 0.1, scatter=0.002, freedom=5)
    loose = replace(steady, metric="flight_time", scatter=0.02)
    found = compare(runs[0], runs[1], baseline=Baseline((steady, loose)))
    told = {c.metric: (c.verdict, c.basis) for c in found.changes}
    assert told == {
        "contact_time": ("changed", "baseline"),
        "flight_time": ("not established", "baseline"),
    }
    slower = replace(steady, speed_low=speed - 3, speed_high=speed - 2)
    other = compare(runs[0], runs[1], baseline=Baseline((slower,)))
    assert {c.basis for c in other.changes} == {"clip error"}
    assert any("baseline holds no two runs" in note.message for note in other.notes)


def test_a_key_look_is_told_even_when_nothing_is_established(runs: list[Analysis]) -> None:
    lines = describe(compare(runs[0], runs[1]))
    told = [line for line in lines if "Contact time, left minus right" in line]
    assert len(told) == 1
    assert "told from" in told[0]
    assert sum("no run was repeated" in line for line in lines) == 1
    assert "ms" in told[0]


def named(run: Analysis, name: str | None) -> Analysis:
    return replace(run, config=run.config.model_copy(update={"athlete_name": name}))


@pytest.mark.parametrize(
    ("names", "code", "whose"),
    [
        (("Ada", "Carl"), "different_athletes", "each of them differs"),
        (("Ada", None), "athlete_not_named", "an athlete differs"),
        (("Ada", "ada"), None, "Ada differs"),
        ((None, None), None, "an athlete differs"),
    ],
)
def test_whose_runs_they_are_is_said(
    runs: list[Analysis],
    names: tuple[str | None, str | None],
    code: str | None,
    whose: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trend = comparison_runs.Trend("step_time", "Step time", "", "s", False, 2, 9, 1, 0.5, 2, "rises")
    monkeypatch.setattr(comparison_runs, "trends", lambda runs: [trend])
    found = compare(*(named(run, name) for run, name in zip(runs[:2], names, strict=True)))
    codes = {note.code for note in found.notes} & {"different_athletes", "athlete_not_named"}
    assert codes == ({code} if code else set())
    text = "\n".join(describe(found))
    assert f"how much {whose} from run to run" in text
    assert "this athlete" not in text
    # A course with speed over runs of two people is nobody's.
    assert bool(found.trends) == (code != "different_athletes")


def test_growth_of_scatter_is_silent_with_fewer_runs_than_tell_it(
    runs: list[Analysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = comparison_runs.Slope(-0.15, -0.27, -0.02, 0.01)
    monkeypatch.setattr(comparison_runs.speed_trends, "pooled_scatter", lambda values: grown)
    assert "scatter of all relationships" not in "\n".join(describe(compare(*runs[:2])))
    four = [*runs, replace(runs[0], name="run 3")]
    assert compare(*four).growth == grown
    assert not np.isfinite(compare(named(four[0], "Ada"), *(named(r, "Carl") for r in four[1:])).growth.value)


def test_why_an_error_is_not_that_of_the_report_is_said(runs: list[Analysis]) -> None:
    alike = compare(*runs[:2])
    assert alike.alike
    assert any("smaller than in each run's own report" in line for line in describe(alike))
    panned = replace(runs[1], camera=replace(runs[1].camera, moving=not runs[1].camera.moving))
    other = compare(runs[0], panned)
    assert not other.alike
    assert any("not filmed in the same way" in line for line in describe(other))


def test_runs_from_the_same_side_cannot_be_parted(runs: list[Analysis]) -> None:
    assert compare(*runs).sides == ()
    with pytest.raises(ConfigError, match="same side"):
        split_sides(runs, [])


def test_tables_without_a_row_have_their_columns(runs: list[Analysis]) -> None:
    empty = replace(compare(runs[0], runs[1]), changes=(), trends=(), sides=())
    assert "verdict" in empty.table()
    assert "slope" in empty.trends_table()
    assert "side_verdict" in empty.sides_table()


def test_one_run_is_nothing_to_compare(runs: list[Analysis]) -> None:
    with pytest.raises(ConfigError, match="Nothing to compare"):
        compare(runs[0])
    with pytest.raises(ConfigError, match="leave none after"):
        compare(runs[0], runs[1], before=2)


def test_runs_filmed_differently_keep_their_whole_errors(runs: list[Analysis]) -> None:
    other = replace(runs[1], config=runs[1].config.model_copy(update={"sex": "female"}))
    alike = {c.label: c.first_se for c in compare(runs[0], runs[1]).changes}
    whole = {c.label: c.first_se for c in compare(runs[0], other).changes}
    assert whole["Mean trunk lean"] > 1.5 * alike["Mean trunk lean"]


def side(value: float, se: float = 0.002) -> Repeat:
    return Repeat("contact_time", 0.1, 0.001, value, se)


def test_both_directions_part_the_athlete_from_the_view() -> None:
    """Left 8 ms longer by itself; whatever is far reads 5 ms longer."""
    found = between_directions([side(0.003), side(0.013)], [True, False])
    assert found is not None
    own, view = found
    assert own.value == pytest.approx(0.008)
    assert view.value == pytest.approx(-0.005)
    assert own.high - own.value == pytest.approx(1.96 * 0.002 / 2**0.5, rel=1e-3)
    assert own.p < 0.05


def test_directions_that_are_run_several_times_disagree_openly() -> None:
    apart = between_directions([side(0.0), side(0.02), side(0.0), side(0.02)], [True, True, False, False])
    together = between_directions([side(0.01)] * 4, [True, True, False, False])
    assert apart is not None
    assert together is not None
    assert apart[0].value == pytest.approx(together[0].value)
    assert apart[0].high - apart[0].low > 3 * (together[0].high - together[0].low)
    assert between_directions([side(0.0), side(0.01)], [True, True]) is None


def test_opposite_runs_say_so_in_words_and_table(
    runs: list[Analysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The far leg reads longer in both: nothing of the athlete's own."""
    back = replace(runs[1], motion=replace(runs[1].motion, near_side="left"))
    assert runs[0].motion.near_side == "right"
    made = {"right": {"contact_time": side(0.010)}, "left": {"contact_time": side(-0.010)}}
    monkeypatch.setattr(comparison_runs, "of_analysis", lambda run, *, systematic: made[run.motion.near_side])
    found = compare(runs[0], back)
    (row,) = found.sides
    assert row.label == METRICS["contact_time"].label
    assert row.side_verdict == "not established"
    assert row.view_verdict == "far more"
    assert row.view == pytest.approx(-0.010)
    text = "\n".join(describe(found))
    assert "Contact time: 0 ms" in text
    assert "near minus far" in text
    assert list(found.sides_table()["view"]) == [row.view]
    assert not any(c.of == "left minus right" for c in found.changes)


def test_one_run_of_a_clip_given_twice_is_told(filmed: Analysis) -> None:
    again = replace(filmed, name="again")
    found = compare(filmed, again)
    (said,) = (note.message for note in found.notes if note.code == "same_run_twice")
    assert said.startswith(f"{filmed.name} and again are one run of a clip")
    assert filmed.video is not None
    other = replace(again, video=replace(filmed.video, sha256="of another"))
    assert "same_run_twice" not in {note.code for note in compare(filmed, other).notes}


@pytest.mark.parametrize("other", [None, "folder", 3, []])
def test_what_is_no_run_is_not_left_out_without_a_word(runs: list[Analysis], other: Any) -> None:
    with pytest.raises(ConfigError, match="is none") as caught:
        compare(*runs[:2], other)
    assert "load" in caught.value.fix
