"""The one reader of every table that a person can edit: ``events.csv``, marks, joints.

A spreadsheet saves the same table in many ways: commas, semicolons or tabs between the cells, points or
commas in the numbers, a mark in front of the text, blank lines, another encoding. All of them are read, and
what cannot be read is named with its line.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.arrays import Array
from analyzer.errors import InputError

_SEPARATORS = ",;\t"
"""What a spreadsheet puts between cells; the one that the first line has most of is it."""
MOST_BYTES: Final = 50_000_000
"""Of one table, and looked at before any of it is read; joints of 20,000 frames take 12."""
_MOST_COLUMNS: Final = 1000
"""Of one table; joints of a whole body with hands and face have 400."""
_MOST_ROWS: Final = 100_000
"""Of one table, five times the frames of the longest clip: each takes half a kilobyte beside its cells."""
_MOST_CELLS: Final = 5_000_000
"""Of one table, twice those of the longest clip's joints: each takes a hundred bytes."""
_MARK = "'"
"""In front of a text that begins like a formula, as people type it themselves."""
_FORMULA = re.compile(r"[\s']*[=+\-@\t\r＝＋－＠]")
"""What begins so, a spreadsheet may carry out; with marks in front already, one more keeps them."""
_NUMBER = re.compile(r"[+-]?\d[\d.,]*([eE][+-]?\d+)?")
"""A number, as one begins with a sign."""
_SIGNS = str.maketrans(
    {",": ".", "٫": ".", "−": "-", "\N{LEFT-TO-RIGHT MARK}": "", "\N{RIGHT-TO-LEFT MARK}": ""}
)
"""Decimal signs and minus as other languages write them; digits of every script Python reads itself."""
_FIX = "Correct that line; a spreadsheet must save the table as CSV."
"""What to do about a line that cannot be read."""


@dataclass(frozen=True)
class Row:
    """One line of a table: its number in the file, from 1, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table as it was read; ``refused`` is the error that a cell raises which is no number."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    refused: type[InputError]

    def number(self, row: Row, column: str) -> float:
        """Return the number in a cell; NaN for an empty one.

        Raises
        ------
        InputError
            The cell holds something else; it is of the kind given to ``read``.
        """
        cell = row.cells[column]
        if not cell:
            return math.nan
        try:
            value = float(_plain(cell))
        except ValueError:
            raise self.refused(
                f"Line {row.line} of {self.name} has no number in {column}.", f"It says {cell!r}.", _FIX
            ) from None
        return value if math.isfinite(value) else math.nan

    def numbers(self, *columns: str) -> Array:
        """Return the (rows, columns) numbers of some columns."""
        try:
            found = [[float(row.cells[column] or "nan") for column in columns] for row in self.rows]
        except ValueError:  # written in another way, or no number
            found = [[self.number(row, column) for column in columns] for row in self.rows]
        table = np.array(found, dtype=float).reshape(len(self.rows), len(columns))
        return np.where(np.isfinite(table), table, np.nan)


def decimals(cell: str) -> int:
    """Return how many decimals the number in a cell has; the most there can be where it has an exponent."""
    plain = _plain(cell)
    return 17 if "e" in plain.lower() else len(plain.partition(".")[2])


def _plain(cell: str) -> str:
    """Return a number as Python writes it: a point, a hyphen for minus, no spaces between digits."""
    return "".join(cell.translate(_SIGNS).split())


def read(path: Path, needed: Collection[str] = (), *, refused: type[InputError] = InputError) -> Table:
    """Read a table: a line of column names, then one line a row.

    Parameters
    ----------
    path : Path
    needed : names
        Columns without which the table is of no use; others may be there, in any order.
    refused : type of InputError
        What is raised.

    Raises
    ------
    InputError
        The file cannot be read, is not text, lacks a column or has one twice, or a line has too few or too
        many cells; it is of the kind that ``refused`` names.
    """
    path = Path(path)
    content = file_content(path, refused)
    rows = _rows(path.name, _text(path.name, content, refused), refused)
    if len(rows) < 2:
        raise refused(
            f"{path.name} holds no rows.", "", "It needs a line of column names, and below it one line a row."
        )
    columns = tuple(_told(name).lower() for name in rows[0][1])
    missing = [name for name in needed if name not in columns]
    if missing:
        raise refused(
            f"{path.name} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
            f"Its columns begin with {', '.join(columns[:4])}.",
            f"Line {rows[0][0]} must name the columns.",
        )
    for name in columns:
        if name and columns.count(name) > 1:
            raise refused(f"{path.name} has two columns {name!r}.", "", "Keep one of them.")
    return Table(
        path.name,
        columns,
        tuple(_row(path.name, columns, line, cells, refused) for line, cells in rows[1:]),
        refused,
    )


def file_content(path: Path, refused: type[InputError] = InputError) -> bytes:
    """Return what stands in a file that somebody named.

    Raises
    ------
    InputError
        It cannot be read, is no plain file (a pipe would be waited for), or too large; of the kind that
        ``refused`` names.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise refused(
                f"{path.name} is too large to be a table.",
                f"It has {size / 1e6:,.0f} MB; up to {MOST_BYTES / 1e6:.0f} can be read.",
                "Give only the rows that are needed.",
            )
        if not path.is_file():
            raise refused(f"{path} is not a file.", "", "Give the path of one table.")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # a name with a zero byte is no OSError
        why = getattr(error, "strerror", None) or str(error)
        raise refused(f"Cannot read {path}.", f"{why}.", "Check the path and the spelling.") from None


def as_text(value: Any) -> Any:
    """Return what goes into a cell: text that a spreadsheet would take for a formula gets a mark in front.

    Names and notes come from strangers, and ``=HYPERLINK(...)`` would be carried out by whoever opens the
    table. ``read`` takes the mark off again. Numbers, and text that is one, stay as they are.
    """
    if not isinstance(value, str) or not _FORMULA.match(value) or _NUMBER.fullmatch(value):
        return value
    return _MARK + value


def _told(cell: str) -> str:
    """Return the text that ``as_text`` was given."""
    cell = cell.strip()
    return cell[1:].strip() if cell.startswith(_MARK) and _FORMULA.match(cell[1:]) else cell


def _text(name: str, content: bytes, refused: type[InputError]) -> str:
    """Return the text of a file, in UTF-8 or as Windows in western Europe writes it."""
    if b"\0" in content:
        raise refused(
            f"{name} is not a text file.",
            "It holds bytes that no text has.",
            "Save the table as CSV (UTF-8), not as a workbook.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows(name: str, text: str, refused: type[InputError]) -> list[tuple[int, list[str]]]:
    """Return the lines that hold anything, with their numbers."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=header.count))
    found: list[tuple[int, list[str]]] = []
    held = 0
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            held += len(cells)
            if len(found) > _MOST_ROWS or len(cells) > _MOST_COLUMNS or held > _MOST_CELLS:
                raise refused(
                    f"{name} is too large to be a table.",
                    f"Up to {_MOST_ROWS:,} lines of up to {_MOST_COLUMNS:,} cells can be read, "
                    f"{_MOST_CELLS:,} cells in all; line {reader.line_num} goes beyond that.",
                    "Give only the rows and columns that are needed.",
                )
            found.append((reader.line_num, cells))
        return found
    except csv.Error as error:
        raise refused(f"Line {reader.line_num} of {name} cannot be read.", f"{error}.", _FIX) from None


def _row(name: str, columns: tuple[str, ...], line: int, cells: list[str], refused: type[InputError]) -> Row:
    told = [cell.strip() for cell in cells]
    told = [_told(cell) if cell.startswith(_MARK) else cell for cell in told]
    while len(told) > len(columns) and not told[-1]:
        told.pop()
    if len(told) != len(columns):
        raise refused(f"Line {line} of {name} has {len(told)} cells instead of {len(columns)}.", "", _FIX)
    return Row(line, dict(zip(columns, told, strict=True)))
