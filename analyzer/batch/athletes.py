"""The table of settings, one row a clip: read, checked and matched before any work starts."""

from __future__ import annotations

import datetime
import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import ValidationError

from analyzer import spreadsheet
from analyzer.batch.clips import Clip
from analyzer.config import FILES, Config
from analyzer.errors import ConfigError

FILE: Final = ("file", "clip", "video", "filename", "file_name")
"""Names of the column that says which clip a row is about."""
NAMES: Final = {
    "height": "height_m",
    "leg_length": "leg_length_m",
    "fps": "capture_fps",
    "athlete_px": "athlete",
    "pass": "pass_number",
    "from": "start_s",
    "to": "stop_s",
    "splits": "splits_m",
    "treadmill": "treadmill_mps",
}
"""Settings by the names of ``analyze``'s options. The column ``athlete`` is a person's name, so the point on
the athlete is ``athlete_px``."""
NO_SETTINGS: Final = ("athlete", "athlete_name", "date", "session")
"""Columns that say who ran and when: carried into the tables as they are written, and into each report."""
_LENGTHS: Final = ("height_m", "leg_length_m")
"""Settings that ``Config`` reads as people write them: 1,80, 180 cm, 5'11."""
_FALSE: Final = {"no": "false", "yes": "true"}
_SHOWN: Final = 12
"""Problems told at once; a table with more is told in turns."""


@dataclass(frozen=True)
class Row:
    """One row: its line in the file, the clip it names, settings, all other columns."""

    number: int
    file: str
    settings: dict[str, Any]
    facts: dict[str, str]


@dataclass(frozen=True)
class Table:
    """All rows; ``remarks`` are things that are no errors but may not be meant."""

    path: Path
    rows: tuple[Row, ...]
    facts: tuple[str, ...]
    remarks: tuple[str, ...]


def read(path: Path) -> Table:
    """Read a table as spreadsheets save it.

    Raises
    ------
    ConfigError
        It cannot be read, has no column that names the clip, or rows that do not fit its head.
    """
    found = spreadsheet.read(path, refused=ConfigError)
    columns = [_column(name) for name in found.columns]
    problems = _head([name for name in columns if name])
    if problems:
        raise _wrong(path, problems)
    file = next(name for name in columns if name in FILE)
    known = {name: NAMES.get(name, name) for name in columns if _is_setting(name)}
    facts = tuple(name for name in columns if name and name != file and name not in known)
    rows = []
    for line in found.rows:
        row = dict(zip(map(_column, line.cells), line.cells.values(), strict=True))
        if not row[file]:
            problems.append(f"Line {line.line} names no file.")
        settings: dict[str, Any] = {}
        for name, setting in known.items():
            if row[name]:
                try:
                    settings[setting] = value(setting, row[name], path.parent)
                except ValueError:
                    problems.append(f"Line {line.line}, {name}: {row[name]!r} is not a number.")
        settings |= _who_and_when(row)
        rows.append(Row(line.line, row[file], settings, {name: row[name] for name in facts}))
    if problems:
        raise _wrong(path, problems)
    return Table(path, tuple(rows), facts, tuple(_remarks(facts)))


def _who_and_when(row: dict[str, str]) -> dict[str, Any]:
    """Return athlete, date and session as settings; a date that is none is only carried along."""
    texts = {"athlete_name": row.get("athlete", ""), "session": row.get("session", "")}
    settings: dict[str, Any] = {name: text[:80] for name, text in texts.items() if text}
    day = day_of(row.get("date", ""))
    return settings if day is None else settings | {"date": day.isoformat()}


def day_of(text: str) -> datetime.date | None:
    """Return the day that a cell names, in whichever form ``--date`` takes; None for any other text."""
    try:
        return Config(date=text or None).date
    except ValidationError:
        return None


def _column(cell: str) -> str:
    return re.sub(r"[\s\-]+", "_", cell.strip().casefold())


def _is_setting(name: str) -> bool:
    return name in NAMES or (name in Config.model_fields and name not in NO_SETTINGS)


def _head(columns: Sequence[str]) -> list[str]:
    if not set(columns) & set(FILE):
        return [f"It has no column 'file', but {', '.join(columns)}."]
    same = NAMES | dict.fromkeys(FILE, "file") | {"athlete": "the athlete's name"}
    meant = [same.get(name, name) for name in columns]
    doubled = sorted({name for name in meant if name and meant.count(name) > 1})
    return [f"It has two columns for {name}." for name in doubled]


def value(setting: str, text: str, folder: Path | None = None) -> Any:
    """Return a setting from text, as an option or a cell gives it: decimal commas are understood.

    Parameters
    ----------
    setting : str
        Field of ``Config``.
    text : str
    folder : Path, optional
        Where files named in a table lie, unless they lie where the program was started.

    Raises
    ------
    ValueError
        It is not a number where there should be one.
    """
    if setting in FILES:
        beside = (folder or Path()) / text
        return str(beside) if beside.is_file() else text
    form = Config.model_fields[setting].annotation
    kinds = {form, *get_args(form)}
    within = {get_origin(kind): kind for kind in kinds}
    if tuple in within:
        kind = get_args(within[tuple])[0]
        if kind is str:  # names of several words
            return tuple(part.strip() for part in re.split(r"[;|,]", text.casefold()) if part.strip())
        words = get_origin(kind) is Literal
        return tuple(re.split(r"[;|,\s]+", text.strip().casefold())) if words else _numbers(setting, text)
    if bool in kinds:
        return _FALSE.get(text.casefold(), text)
    if int in kinds:
        return int(text)
    return float(text.replace(",", ".")) if float in kinds and setting not in _LENGTHS else text.casefold()


def _numbers(setting: str, text: str) -> tuple[Any, ...]:
    # With blanks or semicolons between the numbers, a comma is inside one; without, it is between them.
    parts = re.split(r"[;|@\s]+" if re.search(r"[;|\s]", text.strip()) else r"[,@]", text.strip())
    last = parts.pop() if setting == "scale" else None  # may be a name: lane, 110mh-gap…
    numbers: tuple[Any, ...] = tuple(float(part.replace(",", ".")) for part in parts)
    return numbers if last is None else (*numbers, last.replace(",", "."))


def _remarks(facts: Iterable[str]) -> Iterable[str]:
    names = [name for name in (*NAMES, *Config.model_fields) if name not in NO_SETTINGS]
    for name in facts:
        close = difflib.get_close_matches(name, names, 1, 0.75)
        if close and name not in ("athlete", "date", "session"):
            yield f"The column {name!r} is no setting and is only carried along; was {close[0]!r} meant?"


def match(table: Table, clips: Sequence[Clip]) -> dict[str, Row]:
    """Return the row of each clip, by the clip's source.

    A cell names a clip by its file name, with as much of the path before it as makes it one alone; the
    ending may be left out.

    Raises
    ------
    ConfigError
        A row fits no clip or several, or a clip has two rows.
    """
    rows: dict[str, Row] = {}
    problems = []
    by_name: dict[str, list[Clip]] = {}
    for clip in clips:
        for last in {clip.parts[-1], Path(clip.parts[-1]).stem}:
            by_name.setdefault(_folded(last), []).append(clip)
    for row in table.rows:
        cell = tuple(part for part in row.file.replace("\\", "/").split("/") if part not in ("", "."))
        near = by_name.get(_folded(cell[-1]), []) if cell else []
        fits = _fits(cell, near)
        if len(fits) > 1:
            where = ", ".join(clip.source for clip in fits[:3])
            problems.append(f"Line {row.number}: {row.file} may be any of {where}; write more of its path.")
        elif not fits:
            if (table.path.parent / row.file).is_file() or Path(row.file).is_file():
                continue  # a table of the whole season, and a part of it to be done
            meant = _folded(cell[-1] if cell else row.file)
            told = len(problems) < _SHOWN  # what is not told is not searched for
            close = difflib.get_close_matches(meant, by_name, 1, 0.6) if told else []
            hint = f" Was {by_name[close[0]][0].name} meant?" if close else ""
            problems.append(f"Line {row.number}: {row.file} is none of the {len(clips)} clips.{hint}")
        elif fits[0].source in rows:
            first = rows[fits[0].source].number
            problems.append(f"Lines {first} and {row.number} are both for {fits[0].name}.")
        else:
            rows[fits[0].source] = row
    if problems:
        raise _wrong(table.path, problems)
    return rows


def _fits(cell: tuple[str, ...], near: Sequence[Clip]) -> list[Clip]:
    """Return the clips whose path ends in ``cell``: exactly if any does, else whatever the case."""

    def ends(clip: Clip, same: Any) -> bool:
        theirs = clip.parts[-len(cell) :]
        if len(theirs) < len(cell) or [same(p) for p in theirs[:-1]] != [same(p) for p in cell[:-1]]:
            return False
        return same(cell[-1]) in (same(theirs[-1]), same(Path(theirs[-1]).stem))

    exact = [clip for clip in near if ends(clip, _composed)]
    with_ending = [clip for clip in exact if _composed(clip.parts[-1]) == _composed(cell[-1])]
    return with_ending or exact or [clip for clip in near if ends(clip, _folded)]


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)  # some systems write ü as u and two dots


def _folded(text: str) -> str:
    return _composed(text).casefold()


def told(error: ConfigError, row: Row) -> list[str]:
    """Return what is wrong with the settings of a row, by line and column."""
    columns = {setting: name for name, setting in NAMES.items()}
    places = (f", {columns.get(name, name)}" if name else "" for name, _ in error.problems)
    return [f"Line {row.number}{p}: {text}" for p, (_, text) in zip(places, error.problems, strict=True)]


def _wrong(path: Path, problems: Sequence[str]) -> ConfigError:
    more = f" And {len(problems) - _SHOWN} more." if len(problems) > _SHOWN else ""
    return ConfigError(
        f"The table {path.name} cannot be used.",
        " ".join(problems[:_SHOWN]) + more,
        "Nothing was started; correct the table and give the same command again.",
    )


def wrong(table: Table, problems: Sequence[str]) -> ConfigError:
    """Return the error that tells what is wrong with some rows."""
    return _wrong(table.path, problems)
