from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.config import Config
from analyzer.data.results import Gate
from analyzer.errors import ConfigError
from analyzer.outputs import gates_file


def read(folder: Path, text: str) -> tuple[Gate, ...]:
    path = folder / "cells.csv"
    path.write_bytes(text.encode("utf-8"))
    return gates_file.read(path)


@pytest.mark.parametrize(
    "text",
    [
        "position,time\n0,1.50\n10,2.60\n",
        "time (s);position (m)\n1,50;0\n2,60;10\n",
        "Gate\tDistance [m]\tTotal time\n1\t0\t0:01.50\n2\t10\t0:02.60\n",
        "\ufeffTime_ms,Metres\n2600,10\n1500,0\n",
        "m,s\n0,1.5\n\n10,2.6\n",
        "distance,lap time,elapsed (s)\n0,,1.5\n10,1.1,2.6\n",
        "place (cm),seconds\n0,1.5\n500,\n1000,2.6\n",
        "x (m),t (s)\n0,1.5\n10,2.6\n",
        "t_ms,x_cm\n1500,0\n2600,1000\n",
    ],
)
def test_places_and_times_are_read_however_they_are_called(tmp_path: Path, text: str) -> None:
    first, last = read(tmp_path, text)
    assert (first.metres, last.metres) == (0.0, 10.0)
    assert (first.time_s, last.time_s) == pytest.approx((1.5, 2.6))
    assert first.sd_s == last.sd_s == gates_file.SD_S


def test_an_error_that_is_stated_is_that_of_the_time(tmp_path: Path) -> None:
    text = "position (m),time (s),time error (ms)\n0,1.5,20\n10,2.6,\n20,3.6,0\n"
    assert [gate.sd_s for gate in read(tmp_path, text)] == pytest.approx(
        [0.02, gates_file.SD_S, gates_file.LEAST_SD_S]
    )


def test_somebody_who_runs_against_the_metres_is_read_too(tmp_path: Path) -> None:
    assert [gate.metres for gate in read(tmp_path, "m,s\n20,1\n10,2.1\n0,3.2\n")] == [20, 10, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("metres,split time (s)\n0,0\n10,1.1\n", "lacks a column for the time.*count on"),
        ("speed,time\n0,0\n10,1.1\n", "lacks a column for the position"),
        ("time,time (s),m\n0,0,1\n1,1,2\n", "2 columns that may be the time"),
        ("m,s\n0,1.5\n10,\n", "holds 1 gate with a time"),
        ("m,s\n0,1\n10,2\n5,3\n", "contradict each other"),
        ("m,s\n0,1\n0,2\n", "contradict each other"),
        ("m,s\n0,1.5\n10,1.6\n", "Nobody runs as cells.csv says.*100.0 m/s"),
        ("m,s\n0,0\n30,3.6\n60,2.9\n", "contradict|Nobody"),
        ("m,s\n0,0\n10,soon\n", "Line 3 of cells.csv has no number in s"),
        ("m,s\n,0\n10,1\n", "Line 2 of cells.csv has a time and no position"),
        ("m,s\n0,0\n10,nan\n", "Line 3 of cells.csv has no time. It says 'nan'"),
        ("m,s\n0,0\n10,1:\n", "Line 3 of cells.csv has no time"),
        ("m,s,error\n0,1,-0.5\n10,2.2,\n", "Line 2 of cells.csv has an error below 0"),
        ("m,s\n0,0\n1e-320,1e-320\n", "stand at the same place, 0 m"),
        ("m,s\n0,0\n5,5e-324\n", "from 0 to 5 m in 0.00 s. That is no time at all"),
        ("m,s\n0,0\n1e308,1e308\n", "has the position 1e\\+308 m"),
        ("m,s\n0,1e15\n5,1e16\n", "has the time 1e\\+15 s"),
        ("m,s\n" + "".join(f"{i},{i}\n" for i in range(1001)), "holds 1,001 gates"),
        ("m,s,error\n0,0,1e300\n5,0.7,0.01\n", "has the error 1e\\+300 s"),
    ],
)
def test_what_is_no_run_past_gates_is_refused_with_its_reason(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_told_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Cannot read"):
        gates_file.given(Config(gates=tmp_path / "none.csv"))


def test_the_folder_stands_in_for_a_file_that_is_gone_and_the_results_for_both(tmp_path: Path) -> None:
    config = Config(gates=Path("cells.csv"))
    was = (Gate(0, 1, 0.01, 0.5, 0.01), Gate(10, 2, 0.01))
    assert gates_file.kept(config, tmp_path, was) == ((Gate(0, 1, 0.01), Gate(10, 2, 0.01)), {})
    (tmp_path / gates_file.FILE).write_text("m,s\n0,1\n10,2.2\n")
    gates, content = gates_file.kept(config, tmp_path, was)
    assert gates[1].time_s == 2.2
    assert content == {gates_file.FILE: b"m,s\n0,1\n10,2.2\n"}
    assert gates_file.kept(Config(), tmp_path, was) == ((), {})


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (Gate(0, 1, 0.01), Gate(0, 1, 0.01)),
        (Gate(10, 2, 0.01), Gate(0, 2, 0.01)),
        (Gate(0, 1, 0.0), Gate(10, 2, 1e300)),
        (Gate(0, 1, 0.01), Gate(float("nan"), 2, 0.01)),
    ],
)
def test_gates_that_a_stranger_wrote_into_the_results_are_checked_as_well(
    tmp_path: Path, first: Gate, last: Gate
) -> None:
    with pytest.raises(ConfigError, match=r"gates\.csv"):
        gates_file.kept(Config(gates=Path("gone.csv")), tmp_path, (first, last))
