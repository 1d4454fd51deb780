"""The table of settings: what spreadsheets save is read, what is wrong is told with its row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import batching
import pytest

from analyzer.batch import athletes, plan
from analyzer.batch.plan import Plan
from analyzer.config import Config
from analyzer.errors import ConfigError


@pytest.fixture
def planned(tmp_path: Path):
    for name in ("anna 1.mp4", "ben.mov", "sub/ben.mov", "sub/Çelik.mp4", "Case.mp4", "case.mp4"):
        batching.clip(tmp_path / "clips" / name)

    def make(text: str, encoding: str = "utf-8", **common: Any) -> Plan:
        path = tmp_path / "clips" / "athletes.csv"
        path.write_bytes(text.encode(encoding))
        common |= {"table": path, "height_m": 1.75}
        return plan.make([str(tmp_path / "clips")], str(tmp_path / "out"), **common)

    return make


def settings(planned: Plan, name: str) -> dict[str, object]:
    return next(job.settings for job in planned.jobs if job.name == name)


READ = [
    ("file,height,sex,capture fps\nanna 1.mp4,1.68,female,240\n", "utf-8"),
    ("file;height;sex;capture fps\nanna 1.mp4;1,68;female;240,0\n", "utf-8-sig"),
    ("File\tHeight_m\tSEX\tcapture-fps\nanna 1\t1.68\tFemale\t240\t\t\n\t\t\t\n", "utf-8"),
    ('video,height,sex,capture_fps,,\n"./anna 1.mp4","1,68",female,240,,\n,,,,,\n', "cp1252"),
]


@pytest.mark.parametrize(("text", "encoding"), READ)
def test_as_spreadsheets_save_it(planned, text: str, encoding: str) -> None:
    found = planned(text, encoding)
    assert settings(found, "anna 1.mp4") == {"height_m": 1.68, "sex": "female", "capture_fps": 240.0}
    assert settings(found, "ben.mov") == {"height_m": 1.75}


def test_names_in_any_letters_and_columns_beyond(planned) -> None:
    found = planned(
        "file;athlete;Wind m/s\nC\u0327elik.mp4;Çelik, Ümit;-0,4\ncase.mp4;x;\nCase.mp4;y;\n", "utf-8"
    )
    facts = {job.name: job.facts for job in found.jobs}
    assert facts["sub/Çelik.mp4"] == {"athlete": "Çelik, Ümit", "wind_m/s": "-0,4"}
    assert (facts["case.mp4"]["athlete"], facts["Case.mp4"]["athlete"]) == ("x", "y")
    assert facts["ben.mov"] == {}


def test_cells_of_numbers_and_files(planned, tmp_path: Path) -> None:
    (tmp_path / "clips" / "lane.csv").write_text("x_px,y_px,metres\n")
    found = planned(
        "file;athlete_px;scale;splits;marks;pass;from;overlay\n"
        "anna 1.mp4;640,300@1.5;10 20 30 40 lane;0 10 20,5;lane.csv;2;1,5;no\n"
    )
    assert settings(found, "anna 1.mp4") == {
        "height_m": 1.75, "athlete": [640.0, 300.0, 1.5], "scale": [10.0, 20.0, 30.0, 40.0, 1.22],
        "splits_m": [0.0, 10.0, 20.5], "marks": str(tmp_path / "clips" / "lane.csv"), "pass_number": 2,
        "start_s": 1.5, "overlay": False,
    }  # fmt: skip


def test_any_setting_may_be_a_column(planned) -> None:
    found = planned(
        "file;export;excel;accept;blur_faces;engine;treadmill\n"
        "anna 1.mp4;TRC, xlsx;yes;yes;no;rtmpose;9,5\nCase.mp4;c3d;no;0;;;\n"
    )
    assert settings(found, "anna 1.mp4") == {
        "height_m": 1.75, "export": ["trc", "xlsx"], "excel": True, "accept": True, "engine": "rtmpose",
        "treadmill_mps": 9.5,
    }  # fmt: skip
    assert settings(found, "Case.mp4") == {"height_m": 1.75, "export": ["c3d"]}


def test_times_of_gates_are_of_one_clip(planned, tmp_path: Path) -> None:
    cells = tmp_path / "cells.csv"
    cells.write_text("m,s\n0,1\n10,2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="of one run, and are given for several clips"):
        planned("file\nanna 1.mp4\n", gates=cells)
    found = planned(f"file,gates\nanna 1.mp4,{cells}\nCase.mp4,{cells}\n")  # two cameras may film one run
    assert settings(found, "anna 1.mp4")["gates"] == settings(found, "Case.mp4")["gates"] == str(cells)


@pytest.mark.parametrize("name", sorted(set(Config.model_fields) - set(athletes.NO_SETTINGS)))
def test_a_cell_is_read_by_what_its_setting_holds(name: str) -> None:
    cells = {
        "sex": "Female",
        "athlete": "640,300",
        "direction": "Left",
        "scale": "1 2 3 4 lane",
        "engine": "Direct",
        "quality": "Best",
        "export": "mot|c3d",
        "splits_m": "0;10,5",
        "marks": "a.csv",
        "model": "m.task",
        "calibration": "c.toml",
        "height_m": "5'11",
        "leg_length_m": "95 cm",
        "accept": "No",
        "excel": "yes",
        "overlay": "no",
        "blur_faces": "YES",
        "capture_fps": "240,0",
    }
    config = Config.build(**{name: athletes.value(name, cells.get(name, "2"))})
    assert getattr(config, name) is not None


WRONG = [
    ("file,height\nann 1.mp4,1.68\n", ["Line 2: ann 1.mp4 is none of the 6 clips", "Was anna 1.mp4 meant?"]),
    ("file,height\nanna 1.mp4,1.68\n\nanna 1.mp4,1.70\n", ["Lines 2 and 4 are both for anna 1.mp4"]),
    (
        "file,height\nanna 1.mp4,168\nCase.mp4,tall\n",
        ["Line 2, height: ", "is 1.68 meant", "Line 3, height: 'tall' is no length"],
    ),
    ("file,height\nanna 1.mp4,168\nCase.mp4,0.5\n", ["Line 2, height: ", "Line 3, height: "]),
    ("file,height\nanna 1.mp4,1,68\n", ["Line 2 of athletes.csv has 3 cells instead of 2"]),
    ("file,sex\nanna 1.mp4,f\n", ["Line 2, sex: "]),
    ("file\nben.mov\n", ["Line 2: ben.mov may be any of"]),
    ("file,height\n,1.7\n", ["Line 2 names no file"]),
    ("name,height\nanna 1.mp4,1.7\n", ["no column 'file'"]),
    ("file,height,height_m\nanna 1.mp4,1.7,1.7\n", ["two columns"]),
    ("file,scale\nanna 1.mp4,1 2 3\n", ["Line 2, scale: "]),
    ("file,export,to\nanna 1.mp4,opensim,soon\n", ["Line 2, to: 'soon' is not a number"]),
    ("file,export\nanna 1.mp4,opensim\n", ["Line 2, export: ", "'opensim'"]),
    ("", ["holds no rows"]),
    ("PK\x03\x04\0\0", ["Save the table as CSV"]),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_wrong_is_told_with_its_row(planned, text: str, told: list[str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        planned(text)
    for part in told:
        assert part in str(error.value)
    assert not (tmp_path / "out").exists()


def test_many_rows_of_other_clips_are_told_in_one_line_and_not_all_guessed_at(
    planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    guesses = []
    close = athletes.difflib.get_close_matches
    monkeypatch.setattr(athletes.difflib, "get_close_matches", lambda *a: guesses.append(a) or close(*a))
    with pytest.raises(ConfigError) as error:
        planned("file\n" + "".join(f"other {i}.mp4\n" for i in range(50)))
    assert "And 38 more." in error.value.why
    assert "\n" not in error.value.why
    assert len(guesses) == 12


def test_a_path_tells_clips_of_one_name_apart(planned) -> None:
    found = planned("file,height\nsub/ben.mov,1.9\n")
    assert (settings(found, "ben.mov"), settings(found, "sub/ben.mov")) == (
        {"height_m": 1.75},
        {"height_m": 1.9},
    )


def test_a_misspelt_setting_is_remarked(planned) -> None:
    found = planned("file,heigth,coach\nanna 1.mp4,1.9,Ben\n")
    assert [remark for remark in found.remarks if "'heigth'" in remark and "'height'" in remark]
    assert len(found.remarks) == 1


def test_a_table_of_the_season_serves_a_part_of_it(tmp_path: Path) -> None:
    for name in ("monday/a.mp4", "tuesday/b.mp4"):
        batching.clip(tmp_path / name)
    table = tmp_path / "all.csv"
    table.write_text("file,height\nmonday/a.mp4,1.7\ntuesday/b.mp4,1.8\n")
    found = plan.make([str(tmp_path / "tuesday")], str(tmp_path / "out"), table=table)
    assert [(job.name, job.settings["height_m"]) for job in found.jobs] == [("b.mp4", 1.8)]


@pytest.mark.parametrize(("text", "numbers"), [
    ("1,2,3,4,5.5", (1, 2, 3, 4, "5.5")), ("1.5 2 3 4 lane", (1.5, 2, 3, 4, "lane")),
    ("1,5;2;3;4;5,5", (1.5, 2, 3, 4, "5.5")),
])  # fmt: skip
def test_two_points_and_a_distance(text: str, numbers: tuple[object, ...]) -> None:
    assert athletes.value("scale", text) == numbers
