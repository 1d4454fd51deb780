from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from analyzer.config import Config
from analyzer.errors import ConfigError


@pytest.mark.parametrize(
    "typed",
    ["2026-01-03", "20260103", " 3.1.2026 ", "03.01.2026", "2026-01-03 00:00:00", "2026-01-03T14:05:00Z"],
)
def test_a_day_as_people_and_programs_write_it(typed: str) -> None:
    assert Config.build(date=typed).date == datetime.date(2026, 1, 3)


@pytest.mark.parametrize("written", ["2026-01-03", "20260103", "'3.1.2026'", "2026-01-03T14:05:00"])
def test_a_day_in_a_configuration(tmp_path: Path, written: str) -> None:
    (tmp_path / "settings.toml").write_text(f"date = {written}\n")
    assert Config.build(tmp_path / "settings.toml").date == datetime.date(2026, 1, 3)


def test_what_is_wrong_is_told_once() -> None:
    with pytest.raises(ConfigError) as error:
        Config.build(athlete=(float("nan"), float("nan")))
    assert error.value.problems == (("athlete", "Input should be a finite number, but got nan."),)


@pytest.mark.parametrize("typed", ["3/1/2026", "31.02.2026", "20261301", "86400", "0", "", "June", "2026"])
def test_what_is_no_day_is_refused_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(ConfigError) as error:
        Config.build(date=typed)
    ((name, told),) = error.value.problems
    assert (name, told) == ("date", f"{typed!r} is no day: write it as 2026-11-29 or 29.11.2026.")
