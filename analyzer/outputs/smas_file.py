"""``smas.csv`` read back: the answers that a person types into the sheet of the S-MAS."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from analyzer import spreadsheet
from analyzer.body.skeleton import Side
from analyzer.contacts.from_table import side_of
from analyzer.data.results import Answer
from analyzer.errors import ResultsError
from analyzer.metrics.smas import POINTS

FILE: Final = "smas.csv"
"""Name of the table."""
NEEDED: Final = ("item", "side", "answer")
"""Columns that answers are read from; in any order, and others may be there."""
WORDS: Final = {True: "yes", False: "no"}
"""How an answer is written."""
_READ: Final = {"yes": True, "y": True, "1": True, "no": False, "n": False, "0": False}
"""How people write one."""
_FIX: Final = "Write yes where the feature is there and no where it is not, or leave the cell empty."


def read(path: Path) -> tuple[Answer, ...]:
    """Return the answers in a table; none where there is no file.

    Raises
    ------
    ResultsError
        The table cannot be read, or a line of it says something that is no answer to an item.
    """
    if not path.is_file():
        return ()
    sheet = spreadsheet.read(path, NEEDED, refused=ResultsError)
    found: dict[tuple[int, Side], Answer] = {}
    for row in sheet.rows:
        line = f"Line {row.line} of {sheet.name}"
        said = row.cells["answer"].lower()
        number, side = sheet.number(row, "item"), side_of(row.cells["side"])
        if number not in range(1, POINTS + 1):
            raise ResultsError(
                f"{line} names no item.",
                f"It says {row.cells['item']!r}; there are {POINTS}, from 1 on.",
                "Correct that line.",
            )
        if side is None:
            raise ResultsError(
                f"{line} names no side.",
                f"It says {row.cells['side']!r}; allowed are 'left' and 'right'.",
                "Correct that line.",
            )
        if not said:
            continue
        if said not in _READ:
            raise ResultsError(f"{line} holds no answer.", f"It says {row.cells['answer']!r}.", _FIX)
        key = int(number), side
        if key in found:
            raise ResultsError(f"{line} answers item {key[0]} of the {side} side a second time.", "", _FIX)
        found[key] = Answer(*key, _READ[said])
    return tuple(found.values())


def told(path: Path) -> list[dict[str, str]]:
    """Return the rows of a sheet as they stand in it, by column; none where there is none to be read."""
    if not path.is_file():
        return []
    try:
        return [row.cells for row in spreadsheet.read(path, NEEDED, refused=ResultsError).rows]
    except ResultsError:
        return []


def answers_columns(answers: Iterable[Answer]) -> dict[str, list[int | str]]:
    """Return the columns of a sheet that holds answers alone."""
    rows = list(answers)
    return {
        "item": [row.item for row in rows],
        "side": [row.side for row in rows],
        "answer": [WORDS[row.yes] for row in rows],
    }
