"""The tables of a run from the front: a row a number, as many digits as its error deserves."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
from frontal_runs import NUMBERS, made

from analyzer.frontal.measures import MEASURES
from analyzer.outputs.frontal import tables


def test_every_measure_has_a_row_for_both_and_for_each_side_it_has() -> None:
    table = made().table()
    assert list(table.columns) == [
        "metric", "label", "side", "unit", "mean", "se", "se_within", "mean_cm", "se_cm",
        "scatter", "n", "note",
    ]  # fmt: skip
    wanted = [(m.name, side) for m in MEASURES.values() for side in ("both", "left", "right")]
    wanted = [(name, side) for name, side in wanted if side == "both" or MEASURES[name].sided]
    assert list(zip(table.metric, table.side, strict=True)) == wanted
    both = table[table.side == "both"].set_index("metric")
    for name, (mean, se, _) in NUMBERS.items():
        assert both.loc[name, "mean"] == pytest.approx(mean, abs=se / 100)
        assert both.loc[name, "se"] == pytest.approx(se, rel=0.01)


def test_what_is_not_given_is_empty_and_says_why() -> None:
    table = made(without=("hand_across",)).table().set_index(["metric", "side"])
    for side in ("both", "left", "right"):
        row = table.loc["hand_across", side]
        assert math.isnan(row["mean"])
        assert math.isnan(row["se"])
        assert row["note"].startswith("Shoulder and hand")


def test_a_measure_that_was_never_found_has_its_rows_all_the_same() -> None:
    run = made()
    table = made(found=run.found[:1]).table()
    assert len(table) == len(run.table())


@pytest.mark.parametrize(
    ("value", "error", "written"),
    [
        (12.3456789, 1.6, 12.35),
        (12.3456789, 0.016, 12.3457),
        (12.3456789, 16.0, 12.3),
        (1234.567, 160.0, 1235.0),
        (12.3456789, math.nan, 12.3457),
        (12.3456789, 0.0, 12.3457),
    ],
)
def test_numbers_have_the_digits_of_their_errors(value: float, error: float, written: float) -> None:
    assert tables.deserved(value, error) == written


def test_stances_have_time_frame_and_the_numbers_of_their_own() -> None:
    run = made()
    table = run.stances_table()
    assert list(table.columns[:6]) == ["number", "side", "swing_side", "time_s", "time_sd_s", "frame"]
    assert set(table.columns[6:]) == {"knee_inward_deg", "step_width_pct"}
    assert list(table.number) == [s.number for s in run.stances]
    for frame, stance in zip(table.frame, run.stances, strict=True):
        assert abs(run.pose.time[frame - 1] - stance.time_s) <= 0.5 / run.pose.fps + 1e-9


def test_every_column_of_every_file_is_in_the_dictionary(tmp_path: Path) -> None:
    made().save(tmp_path / "out")
    told = pd.read_csv(tmp_path / "out" / "columns.csv")
    assert told.definition.notna().all()
    for file in ("frontal.csv", "stances.csv", "pose.csv", "columns.csv"):
        columns = set(pd.read_csv(tmp_path / "out" / file, nrows=1).columns)
        assert columns <= set(told[told.file == file].column), file
