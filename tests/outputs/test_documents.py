"""What both documents of a run are read back by: what is damaged, or of another version, is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

import analyzer
from analyzer.errors import ResultsError
from analyzer.outputs import documents

FORM: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


@pytest.mark.parametrize(
    ("text", "why", "fix"),
    [
        ('{"schema": 2, "name": "\\ud800"}', "half of a sign", "Do it again."),
        ("{", "It is not JSON", "Do it again."),
        ("[" * 100_000, "It is not JSON", "Do it again."),
        ('{"schema": 1}', "Its schema is 1, this version reads 2 and 3.", "Do it again."),
        (
            '{"schema": 4}',
            "Its schema is 4, this version reads 2 and 3.",
            "Install the version that wrote it",
        ),
        ("[]", "Its schema is None", "Do it again."),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text: str, why: str, fix: str) -> None:
    with pytest.raises(ResultsError) as told:
        documents.parsed(text, FORM, (2, 3), "run.json", "Do it again.")
    assert told.value.what.startswith("run.json ")
    assert why in told.value.why
    assert told.value.fix.startswith(fix)


def test_a_sign_of_two_halves_is_text() -> None:
    found = documents.parsed('{"schema": 2, "name": "\\ud83c\\udfc3"}', FORM, (2,), "run.json", "")
    assert found["name"] == "\N{RUNNER}"


def test_a_zero_byte_is_in_the_name_of_no_folder() -> None:
    with pytest.raises(ResultsError, match="No folder is called"):
        documents.recover(Path("a\0b"))


@pytest.mark.parametrize("letters", [300, 5000])
def test_a_name_that_no_folder_can_have_is_not_told_of_as_broken_off(letters: int) -> None:
    with pytest.raises(ResultsError, match=r"cannot be read\..*File name too long"):
        analyzer.load("x" * letters)


def test_a_folder_that_one_stands_in_and_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(ResultsError, match=r"The results in \. cannot be read"):
        documents.recover(Path())
