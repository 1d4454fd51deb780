"""One table, saved in every way a spreadsheet saves it, read by all three of its readers."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer import spreadsheet
from analyzer.data.analysis import Analysis
from analyzer.data.steps import Step
from analyzer.errors import InputError
from analyzer.outputs import analysis_json, tables
from analyzer.outputs.scale_files import read_marks
from analyzer.pose.files.pose_csv import read_pose


def marks(path: Path) -> Any:
    return read_marks(path)


def joints(path: Path) -> Any:
    pose = read_pose(path)
    return np.column_stack([pose.time, pose.joint("left_hip")])


def contacts(path: Path) -> Any:
    rows, _ = analysis_json._contacts(path)
    return np.array([[row["touchdown_s"], row["toe_off_s"]] for row in rows])


Reader = Callable[[Path], Any]
TABLES: dict[str, tuple[Reader, str, list[list[float]]]] = {
    "marks.csv": (
        marks,
        "x_px,y_px,metres,remark\n100.5,500,0,start\n900.5,501,10.25,end\n",
        [[100.5, 500, 0], [900.5, 501, 10.25]],
    ),
    "pose.csv": (
        joints,
        "time_s,left_hip_x_px,left_hip_y_px,remark\n0.25,10.5,20,start\n0.5,11.5,,end\n",
        [[0.25, 10.5, 20], [0.5, np.nan, np.nan]],
    ),
    "events.csv": (
        contacts,
        "side,touchdown_s,toe_off_s,remark\nleft,0.25,0.36,start\nright,0.5,,end\n",
        [[0.25, 0.36], [0.5, np.nan]],
    ),
}
"""Reader, table and numbers of each file that a person can edit."""
SAVED: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "by Excel": lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
    "in Europe": lambda text: text.replace(",", ";").replace(".", ",").encode("utf-8-sig"),
    "with tabs": lambda text: text.replace(",", "\t").encode(),
    "with blank lines": lambda text: ("\n" + text.replace("\n", "\n\n,,,\n")).encode(),
    "by old Windows": lambda text: text.replace("start", "Läufer").encode("cp1252"),
    "in quotes": lambda text: re.sub(
        r"[^,\n]+", lambda cell: f'"{cell[0].replace(".", ",")}"', text
    ).encode(),
    "with an empty column": lambda text: text.replace("\n", ",\n").encode(),
    "with capitals": lambda text: text.replace("_px", "_PX").replace("side", "Side").encode(),
}
REFUSED: dict[str, tuple[Callable[[str], bytes], str]] = {
    "no number": (lambda text: text.replace("0.25", "here").encode(), r"Line [23] of .* has no number"),
    "a cell short": (
        lambda text: text.replace(",start", "").encode(),
        "Line 2 of .* has 3 cells instead of 4",
    ),
    "after a blank line": (
        lambda text: ("\n" + text.replace(",end", "")).encode(),
        "Line 4 of .* has 3 cells instead of 4",
    ),
    "a column twice": (lambda text: text.replace("remark", text.partition(",")[0]).encode(), "two columns"),
    "a column renamed": (lambda text: text.replace("_", "-").encode(), "lacks the column"),
    "a workbook": (lambda text: b"PK\x03\x04\0\0" + text.encode(), "is not a text file"),
    "UTF-16": (lambda text: text.encode("utf-16"), "is not a text file"),
    "an open quote": (
        lambda text: text.replace("start", '"' + 200_000 * "x").encode(),
        "Line 2 of .* cannot",
    ),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("how", SAVED)
def test_a_table_is_read_however_it_was_saved(name: str, how: str, tmp_path: Path) -> None:
    read, text, numbers = TABLES[name]
    (tmp_path / name).write_bytes(SAVED[how](text))
    np.testing.assert_allclose(read(tmp_path / name), numbers)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_named_with_its_line(name: str, what: str, tmp_path: Path) -> None:
    read, text, _ = TABLES[name]
    spoil, says = REFUSED[what]
    (tmp_path / name).write_bytes(spoil(text))
    with pytest.raises(InputError, match=says) as refused:
        read(tmp_path / name)
    assert name in refused.value.what
    assert refused.value.fix


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Cannot read"):
        TABLES[name][0](tmp_path / name)


def test_numbers_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a;b\n\u22121,5; \ninf;nan\n", encoding="utf-8")
    np.testing.assert_equal(
        spreadsheet.read(tmp_path / "t.csv").numbers("a", "b"), [[-1.5, np.nan], [np.nan, np.nan]]
    )


FORMS: dict[str, Callable[[Step], str]] = {
    "as it is": lambda s: f"{s.side},{s.touchdown_s:.6f},{s.toe_off_s:.6f}",
    "as Excel shows it": lambda s: f"{s.side};{s.touchdown_s:.3f};{s.toe_off_s:.3f}".replace(".", ","),
    "two decimals": lambda s: f"{s.side},{s.touchdown_s:.2f},{s.toe_off_s:.2f}",
    "more decimals": lambda s: f"{s.side},{s.touchdown_s:.12f},{s.toe_off_s:.12f}",
    "no zeros behind": lambda s: f"{s.side},{s.touchdown_s:.6g},{s.toe_off_s:.6g}",
    "with an exponent": lambda s: f"{s.side};{s.touchdown_s:.5E};{s.toe_off_s:.5E}".replace(".", ","),
    "in quotes, in capitals": lambda s: f'"{s.side.upper()}","{s.touchdown_s:.6f}","{s.toe_off_s:.6f}"',
    "sides by a letter": lambda s: f"{s.side[0]}\t{s.touchdown_s:.6f}\t{s.toe_off_s:.6f}",
    "Arabic digits": lambda s: f"{s.side};{s.touchdown_s:.6f};{s.toe_off_s:.6f}".translate(ARABIC),
    "full width": lambda s: f"{s.side};{s.touchdown_s:.4f};{s.toe_off_s:.4f}".translate(WIDE),
}
"""How spreadsheets save the same contacts."""
ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
WIDE = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_contacts_that_a_spreadsheet_saved_are_not_edited(
    analysis: Analysis, tmp_path: Path, form: str, backwards: bool
) -> None:
    rows = [FORMS[form](step) for step in analysis.steps]
    separator = next(sign for sign in ";\t," if sign in rows[0])
    lines = [separator.join(("side", "touchdown_s", "toe_off_s")), *(rows[::-1] if backwards else rows)]
    (tmp_path / "events.csv").write_text("\r\n".join(lines), encoding="utf-8-sig")
    assert analysis_json.says(tmp_path / "events.csv", analysis.steps)
    later = replace(analysis.steps[2], toe_off_s=analysis.steps[2].toe_off_s + 0.011)
    moved = (*analysis.steps[:2], later, *analysis.steps[3:])
    assert not analysis_json.says(tmp_path / "events.csv", moved)
    assert not analysis_json.says(tmp_path / "events.csv", analysis.steps[1:])
    other = replace(analysis.steps[2], side="right" if analysis.steps[2].side == "left" else "left")
    assert not analysis_json.says(tmp_path / "events.csv", (*analysis.steps[:2], other, *analysis.steps[3:]))


FORMULAS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "＝1+1",
    "'=1",
    "''@a",
    " =1",
    "-",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_is_a_formula_is_marked_and_read_back_as_it_was(text: str, tmp_path: Path) -> None:
    written = spreadsheet.as_text(text)
    assert written == "'" + text
    path = tmp_path / "table.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["name", written], ["a", written]])
    table = spreadsheet.read(path)
    assert table.rows[0].cells == {"name": "a", text.strip().lower(): text.strip()}


def test_a_run_writes_no_formula_into_a_table(tmp_path: Path) -> None:
    path = tmp_path / "columns.csv"
    tables.write_columns(
        {"=1+1": ["=HYPERLINK(0)", "-0.5", "left", None], "n": [1, 2.5, -1e-9, np.nan]}, path
    )
    assert path.read_text() == "'=1+1,n\n'=HYPERLINK(0),1\n-0.5,2.5\nleft,-1e-09\n,\n"
    found = spreadsheet.read(path, ("=1+1",))
    assert found.rows[0].cells["=1+1"] == "=HYPERLINK(0)"


@pytest.mark.parametrize(
    "value", ["Ann", "-1.5", "+2", "-3,5", "-1e-5", "a=b", "'quoted'", "", 5, -2.5, None]
)
def test_numbers_and_other_texts_stay(value: object) -> None:
    assert spreadsheet.as_text(value) == value


@given(st.text(alphabet="'=+-@ab1 .", max_size=6))
@example("' '=")
def test_marks_are_taken_off_as_they_were_put_on(text: str) -> None:
    assert spreadsheet._told(spreadsheet.as_text(text.strip())) == text.strip()


def test_a_table_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    with path.open("wb") as file:
        file.truncate(60_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(InputError, match="60 MB; up to 50"):
        spreadsheet.read(path)


@pytest.mark.parametrize(
    "text", ["a\n" + "1\n" * 100_001, ",".join(map(str, range(1001))) + "\n1\n", ("1," * 999 + "1\n") * 5001]
)
def test_a_table_of_more_cells_than_one_can_have_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(
        InputError, match=r"too large to be a table\. Up to 100,000 lines of up to 1,000 cells"
    ):
        spreadsheet.read(tmp_path / "a.csv")
