"""The figures must be what they are called, and a document must not lose what was not measured again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from validation import goals, numbers, pictures, pose_models, report, tables, without_feet


def rows_of(error: list[float], sd: float = 1.0, **other: object) -> pd.DataFrame:
    n = len(error)
    facts = {
        "clip": "report_c0_120fps_300px", "route": "video", "fps": 120.0, "height_px": 300.0, "tag": "steady",
        "to_left": False, "metric": "contact_time", "step": range(n), "side": (["left", "right"] * n)[:n],
        "near": "near",
    }  # fmt: skip
    sds = {"sd": np.full(n, sd), "shown_sd": np.full(n, sd)}
    return pd.DataFrame({**facts, "truth": 0.1, "value": 0.1 + np.array(error), **sds, **other})


def counts_of(**other: object) -> pd.DataFrame:
    one = {
        "clip": "report_c0_120fps_300px", "route": "video", "tag": "steady", "fps": 120.0, "height_px": 300.0,
        "contacts": 4, "missed": 0, "invented": 0, "wrong_side": 0, "failure": "",
    }  # fmt: skip
    return pd.DataFrame([one | other])


def test_numbers_are_what_they_are_called() -> None:
    found = numbers.numbers(rows_of([1.0, 2.0, 3.0]))
    assert (found.n, found.bias, found.sd, found.median) == (3, pytest.approx(2), pytest.approx(1), 2.0)
    assert found.coverage == pytest.approx(200 / 3)
    assert found.high - found.low == pytest.approx(2 * 1.96)


def test_one_wild_step_moves_the_sd_but_not_the_robust_one_and_is_counted() -> None:
    rng = np.random.default_rng(1)
    calm = list(rng.normal(0, 1, 40))
    clean, wild = numbers.numbers(rows_of(calm)), numbers.numbers(rows_of([*calm, 60.0]))
    assert wild.sd > 5 * clean.sd
    assert wild.robust_sd == pytest.approx(clean.robust_sd, rel=0.15)
    assert (clean.gross, wild.gross) == (0, 1)


def test_a_coverage_is_called_wrong_only_where_chance_cannot_make_it() -> None:
    inside = [0.5] * 22
    found = numbers.coverages(rows_of(inside)).iloc[0]
    assert (found["place"], found["proved"]) == ("above", "")
    found = numbers.coverages(rows_of([0.5] * 400)).iloc[0]
    assert (found["place"], found["proved"]) == ("above", "above")
    found = numbers.coverages(rows_of([0.5] * 12 + [5.0] * 10)).iloc[0]
    assert (found["place"], found["proved"]) == ("below", "below")
    assert numbers.coverages(rows_of([0.5] * 5)).empty


def test_few_values_are_compatible_with_what_many_are_not() -> None:
    assert numbers.compatible(20, 20)
    assert numbers.compatible(17, 20)
    assert not numbers.compatible(16, 20)
    assert numbers.compatible(74, 74)
    assert not numbers.compatible(76, 76)
    likely = [bool(numbers.coverages(rows_of(z)).iloc[0]["likely"]) for z in ([0.5] * 30, [0.5] * 90)]
    assert likely == [True, False]


def test_a_goal_can_be_met_and_missed() -> None:
    by_label = {goal.label: goal for goal in goals.GOALS}
    bias = by_label["Contact time, each step: bias"]
    met = goals.goals(rows_of([0.003] * 6), pd.DataFrame())
    assert "(≤ 4 ✓)" in met
    assert goals.met(met) == "3 of 3 figures reach their goal."
    value, _ = goals.reached(rows_of([0.005] * 6), bias, 120.0)
    assert value == pytest.approx(5)
    assert "5.0 (≤ 4)" in goals.goals(rows_of([0.005] * 6), pd.DataFrame())


def test_two_passes_of_one_body_are_averaged_and_a_lone_one_is_not() -> None:
    goal = next(g for g in goals.GOALS if g.kind == "worst_two")
    there = rows_of([0.008] * 4)
    back = rows_of([-0.002] * 4, clip="report_c1_120fps_300px")
    assert goals.reached(pd.concat([there, back], ignore_index=True), goal, 120.0)[0] == pytest.approx(3)
    assert np.isnan(goals.reached(there, goal, 120.0)[0])


def test_limits_double_at_150_px_and_lengths_are_wider_when_the_camera_moves() -> None:
    plain, small, pan = (tables.limits(name, 120.0) for name in ("plain", "150px", "pan"))
    assert None not in (plain, small, pan)
    assert small.contact == (8.0, 12.0)
    assert pan.contact == plain.contact
    assert (plain.length_bias_pct, pan.length_bias_pct, pan.length_sd) == (1.0, 3.0, None)
    assert tables.limits("plain", 30.0) is None


def test_a_condition_says_what_is_beyond_its_goals() -> None:
    rows = rows_of([0.009] * 6, height_px=150.0)
    text = tables.conditions(rows, counts_of(height_px=150.0, missed=1))
    line = next(x for x in text.splitlines() if "150 px" in x)
    assert "3 of 4" in line
    assert "contacts" in line
    assert "contact bias > 8" in line


def measured(rows: pd.DataFrame) -> report.Parts:
    """Return a run that gave these numbers of rendered clips and nothing else."""
    return report.Parts(
        rows=rows, counts=counts_of(), tracking=pd.DataFrame(), changes=pd.DataFrame(),
        splits=pd.DataFrame(), coverage=pd.DataFrame(), factors="",
        measured="", force="", captured="", real="", footless="", clips=1, matrix=2,
    )  # fmt: skip


def test_what_was_not_measured_stays_as_it_was() -> None:
    parts = replace(measured(rows_of([0.001] * 6)), real="| new |")
    before = "# Accuracy\n\n## Measured runners against force plates\n\nold figures\n\n### more\n\nof them\n"
    text, kept = report.document(parts, before, [])
    said = report.split(text)
    assert said["Measured runners against force plates"] == (
        f"{report.EARLIER}\n\nold figures\n\n### more\n\nof them"
    )
    assert said["One thing changed"] == report.NOT_MEASURED
    assert said["Filmed clips against readings by eye"].endswith("| new |")
    assert kept == [
        "The athlete's track",
        "Passing times",
        "Slow motion",
        "One thing changed",
        "Measured runners against force plates",
        "The push against force plates",
        "A measured runner, rendered",
        "Bodies without feet",
        "Contacts by the ankles alone",
        "Every standard error",
    ]
    again, _ = report.document(parts, text, [])
    assert again == text
    again, _ = report.document(replace(parts, measured="| figures |"), text, [])
    told = report.split(again)["Measured runners against force plates"]
    assert told.endswith("| figures |")
    assert report.EARLIER not in told
    with_more = pose_models.put(text, "a table")
    again, _ = report.document(parts, with_more, [])
    assert again == with_more
    assert pose_models.put(again, "other figures").replace("other figures", "a table") == again


def test_of_bodies_without_feet_what_was_not_measured_stays_beside_what_was() -> None:
    without = pd.concat([rows_of([0.001] * 6), rows_of([0.001] * 6, route=without_feet.ROUTE)])
    parts = replace(measured(without), footless="| by plates |")
    text, kept = report.document(parts, "", [])
    assert not {"Bodies without feet", "Contacts by the ankles alone"} & set(kept)
    again, _ = report.document(replace(parts, footless=""), text, [])
    assert "| by plates |" in again


SANE = [
    rows_of([0.001] * 4), rows_of([0.001] * 4, metric="step_time"),
    rows_of([0.001] * 4, metric="step_length"), rows_of([1.0] * 4, metric="trunk_lean_mean"),
]  # fmt: skip


def test_the_quick_verdict_passes_and_fails() -> None:
    sane = pd.concat(SANE, ignore_index=True)
    assert report.verdict(sane, counts_of(), []) == 0
    assert report.verdict(sane, counts_of(), ["video x"]) == 1
    assert report.verdict(sane, counts_of(wrong_side=1), []) == 1
    assert report.verdict(sane, counts_of(failure="nobody"), []) == 1
    late = pd.concat([*SANE, rows_of([0.09] * 4)], ignore_index=True)
    assert report.verdict(late, counts_of(), []) == 1
    assert report.verdict(pd.concat(SANE[1:]), counts_of(), []) == 1


def test_a_picture_has_a_panel_a_rate_and_marks_what_is_beyond_its_scale(tmp_path: Path) -> None:
    error = [0.001, -0.001, 0.002, -0.002, 0.0005] * 3
    wild = pd.concat([rows_of(error), rows_of([*error, 0.4], fps=60.0)], ignore_index=True)
    path = tmp_path / "contact.svg"
    assert pictures.bland_altman(wild, "contact_time", path)
    text = path.read_text(encoding="utf-8")
    assert "<!-- 120 fps -->" in text
    assert "<!-- 60 fps -->" in text
    assert "<!-- 400 -->" in text
    assert not pictures.bland_altman(wild, "step_length", tmp_path / "none.svg")


def test_values_that_err_alike_prove_less() -> None:
    # Twenty clips of twenty values: two clips hold none of theirs, the others all.
    clips = np.repeat(np.arange(20), 20)
    rows = rows_of([0.5] * 400).assign(source=clips)
    rows.loc[rows["source"] < 5, "value"] += 5.0
    alone, shared = (numbers.coverages(rows, column).iloc[0] for column in ("", "source"))
    assert alone["coverage"] == shared["coverage"] == 75
    assert (alone["proved"], shared["proved"]) == ("below", "")
    assert shared["low"] < 55
    assert shared["high"] > 90
    assert shared["size"] == pytest.approx(np.sqrt(0.75 * 0.25 + 0.25 * 5.5**2))


def test_the_runs_with_lent_errors_have_a_row_and_a_section_of_their_own() -> None:
    lent = rows_of([0.5] * 57 + [5.0] * 3).assign(source=np.repeat(["a", "b", "c"], 20))
    table = goals.goals(rows_of([0.5] * 25), lent)
    first, likely, second, all_likely = table.splitlines()[-4:]
    # All of 25 may be 95 % of all; so may 57 of 60.
    assert likely.endswith("(binomial test) | – | 1 of 1 | – |")
    assert all_likely == likely
    assert first.endswith("plain clips | – | 0 of 1 | – |")
    assert second.endswith("such clips | – | 1 of 1 ✓ | – |")
    said = report._coverage(lent)
    assert "120 fps: 1 runs with the landmark errors of 3 clips." in said
    assert "| Contact time | – | 95 (" in said
    assert report._coverage(pd.DataFrame()) == ""
