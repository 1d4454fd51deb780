"""``smas.csv``: the sheet as it is written, a person's answers as they are kept, and what is refused."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer import load
from analyzer.data.analysis import Analysis
from analyzer.data.results import Answer
from analyzer.errors import ResultsError
from analyzer.metrics.smas import POINTS, Proposal
from analyzer.outputs import folder, smas_file
from analyzer.outputs.frame_numbers import numbered
from analyzer.outputs.report import smas as chapter


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.outputs.report.page.build", lambda _, path, *__: path.touch())
    monkeypatch.setattr("analyzer.outputs.kinogram.drawing.sheet", lambda *_: np.zeros((8, 8, 3), np.uint8))


def fill(path: Path, said: dict[tuple[str, str], str]) -> None:
    """Type answers into a sheet, by item and side."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["answer"] = said.get((row["item"], row["side"]), row["answer"])
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, rows[0])
        out.writeheader()
        out.writerows(rows)


def answers(path: Path) -> dict[tuple[int, str], bool]:
    return {(one.item, one.side): one.yes for one in smas_file.read(path)}


def test_one_row_an_item_and_side_with_its_frame(analysis: Analysis) -> None:
    table = analysis.smas()
    assert list(zip(table["item"], table["side"], strict=True)) == [
        (n, side) for n in range(1, POINTS + 1) for side in ("left", "right")
    ]
    assert set(table["proposal"]) <= {one.value for one in Proposal}
    seen = table["proposal"] != Proposal.UNSEEN.value
    assert seen.sum() == 18  # nine items of two sides
    assert table.loc[seen, ["value", "se", "threshold", "frame"]].notna().all(axis=None)
    assert (table.loc[~seen, "reason"] != "").all()
    assert (table["answer"] == "").all()
    touchdowns = {numbered(analysis, step.touchdown_s) for step in analysis.steps}
    assert set(table.loc[table["phase"] == "Touchdown", "frame"]) <= touchdowns


def test_answers_survive_a_rebuild_and_a_new_analysis(analysis: Analysis, out: Path) -> None:
    folder.save(analysis, out)
    sheet = out / "smas.csv"
    fill(sheet, {("3", "left"): "yes", ("12", "right"): "no"})
    said = {(3, "left"): True, (12, "right"): False}
    again = load(out)
    assert {(one.item, one.side): one.yes for one in again.answers} == said
    assert (again.smas().set_index(["item", "side"]).loc[[(3, "left")], "answer"] == "yes").all()
    again.save(out, force=True)  # as ``report`` does
    assert answers(sheet) == said
    folder.save(analysis, out, force=True)  # as ``analyze --force`` does, which knows of no answer
    assert answers(sheet) == said
    fill(sheet, {("3", "left"): ""})
    load(out).save(out, force=True)
    assert answers(sheet) == {(12, "right"): False}


def test_answers_to_another_run_stay_beside_its_sheet(analysis: Analysis, out: Path) -> None:
    for number, name in enumerate(("smas_earlier.csv", "smas_earlier_2.csv"), 1):
        folder.save(replace(analysis, name=f"run {number}"), out, force=True)
        assert answers(out / "smas.csv") == {}
        fill(out / "smas.csv", {(str(number), "left"): "yes"})
        folder.save(replace(analysis, name="another"), out, force=True)
        assert answers(out / name) == {(number, "left"): True}
    folder.save(analysis, out, force=True)
    assert not (out / "smas_earlier_3.csv").exists()  # a sheet without an answer is nobody's work


def test_an_unreadable_sheet_is_kept_by_a_new_analysis(analysis: Analysis, out: Path) -> None:
    folder.save(analysis, out)
    fill(out / "smas.csv", {("4", "left"): "perhaps"})
    typed = (out / "smas.csv").read_bytes()
    folder.save(analysis, out, force=True)
    assert (out / "smas_earlier.csv").read_bytes() == typed


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("4,left,perhaps", "Line 2 of smas.csv holds no answer. It says 'perhaps'."),
        ("1,left,yes\n13,left,no", "Line 3 of smas.csv names no item. It says '13'"),
        ("1.5,left,no", "Line 2 of smas.csv names no item."),
        (",left,no", "Line 2 of smas.csv names no item."),
        ("one,left,no", "Line 2 of smas.csv has no number in item."),
        ("1,both,no", "Line 2 of smas.csv names no side. It says 'both'"),
        ("1,left,no\n1,L,yes", "Line 3 of smas.csv answers item 1 of the left side a second time."),
        ("1,left", "Line 2 of smas.csv has 2 cells"),
    ],
)
def test_what_is_no_answer_is_named_with_its_line(tmp_path: Path, rows: str, told: str) -> None:
    path = tmp_path / "smas.csv"
    path.write_text(f"item,side,answer\n{rows}\n", encoding="utf-8")
    with pytest.raises(ResultsError) as error:
        smas_file.read(path)
    assert told in str(error.value)


def test_answers_are_read_as_people_and_spreadsheets_write_them(tmp_path: Path) -> None:
    path = tmp_path / "smas.csv"
    path.write_text("side;answer;item\nLeft;YES;1\nr;n;2\nright;;3\nleft;0;4,0\n", encoding="utf-8-sig")
    assert answers(path) == {(1, "left"): True, (2, "right"): False, (4, "left"): False}
    assert smas_file.read(tmp_path / "none.csv") == ()


def test_a_sum_is_told_of_a_whole_side_alone(analysis: Analysis) -> None:
    left = [Answer(n, "left", n in (1, 4, 9)) for n in range(1, POINTS + 1)]
    page = chapter.chapter(replace(analysis, answers=(*left, Answer(1, "right", True))))
    assert "Left 3 ± 1 of 12: average; right no score yet, 1 of its 12 features answered." in page
    page = chapter.chapter(replace(analysis, answers=tuple(left[:-1])))
    told = "Left no score yet, 11 of its 12 features answered; right no score yet, 0 of its 12 features"
    assert told in page
    assert "average" not in page
    assert "No score yet: a person has to answer the twelve features of a side." in chapter.chapter(analysis)
    assert "predicts no injury" in page


def test_where_the_score_is_not_made_for_a_run_one_sentence_says_why(analysis: Analysis) -> None:
    slow = replace(analysis, slow_motion=4.0, answers=(Answer(6, "left", True),))
    page = chapter.chapter(slow)
    assert page.count("Nothing is proposed:") == page.count("give the capture rate") == 1
    assert "proposed:" not in page.replace("Nothing is proposed:", "")
    assert "not proposed" not in page
    assert "<b>yes</b>" in page  # who insists, answers
    told = "No score, and nothing is proposed: the score is made for a sprint"
    assert told in chapter.chapter(replace(slow, answers=()))
    table = slow.smas()
    assert set(table["proposal"]) == {""}
    assert table["value"].isna().all()
    assert table["frame"].notna().all()
    assert table["reason"].str.contains("give the capture rate").all()
    assert (table["answer"] == "yes").sum() == 1


def test_a_number_that_lacks_is_named_with_its_own_reason(analysis: Analysis) -> None:
    """A foot said to land far ahead beside "needs a faster camera" had been read as a contradiction."""
    lacking = tuple(
        replace(row, n=0, mean=np.nan, se=np.nan, why="fps") if row.metric == "heel_gap" else row
        for row in analysis.score
    )
    table = replace(analysis, score=lacking).smas().set_index("item")
    rate = round(analysis.pose.fps)
    told = f"heel ahead of the centre of mass at touchdown: needs 100 frames a second, here {rate}"
    assert (table.loc[9, "reason"] == told).all()
    page = chapter.chapter(replace(analysis, score=lacking))
    assert f"Nothing is proposed: {told}." in page
    left = next(row.left_mean for row in analysis.summaries if row.metric == "touchdown_distance")
    assert f"touchdown distance {left:.2f} m" in page
