"""Timing gates in a file: the place of each on the lane and when it was passed, as people write them down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from analyzer import spreadsheet
from analyzer.config import Config
from analyzer.data.results import Gate
from analyzer.errors import ConfigError
from analyzer.metrics.beyond_people import FASTEST_MPS

FILE: Final = "gates.csv"
"""Name that a table of gates has in a folder of results."""
SD_S: Final = 0.015
"""Error of one time, s, where the file states none: over 10 m single and double light beams differ by 12 to
42 ms from run to run, which is 6 to 21 ms a gate (Earp & Newton 2012, J Strength Cond Res 26:1245; its
summary was read)."""
LEAST_SD_S: Final = 0.001
"""Error below which none is believed, s: the body is no edge."""
MOST_SD_S: Final = 1.0
"""Error beyond which a time says nothing of a run, s."""
MOST: Final = 1000
"""Gates of one run: each stretch between two is looked for in the video."""
LEAST_WAY_M: Final = 0.1
"""Way between two gates below which no speed is told, m: a body is wider."""
FARTHEST_M: Final = 100_000.0
"""Place of a gate, m, beyond which it is none."""
LATEST_S: Final = 1e10
"""Time beyond which a clock does not tell thousandths, s: that of computers has counted 2e9 since 1970."""
PLACES: Final = (
    "position",
    "place",
    "distance",
    "dist",
    "metres",
    "meters",
    "metre",
    "meter",
    "gate",
    "m",
    "x",
)
"""What the column of places may be called, the surest name first; a unit may stand behind it."""
TIMES: Final = ("time", "times", "elapsed", "total", "cumulative", "seconds", "second", "sec", "s", "t")
"""The same for the column of times."""
ERRORS: Final = ("error", "sd", "se", "accuracy", "uncertainty")
"""The same for the column of their errors, which may be missing."""
_ANEW: Final = ("split", "lap", "interval")
"""Times that begin anew at each gate are called so, and are not taken."""
_UNITS: Final = {
    "ms": 0.001,
    "yd": 0.9144,
    "yards": 0.9144,
    "ft": 0.3048,
    "feet": 0.3048,
    "cm": 0.01,
    "km": 1000.0,
}
"""Units other than metres and seconds, in those."""
_FIX: Final = "Give one row a gate: its position in metres along the lane and its time in seconds."


def known(config: Config) -> tuple[Gate, ...]:
    """Read the gates that the settings name; none where they name none.

    Raises
    ------
    ConfigError
        The file cannot be read, or holds no run past gates.
    """
    return () if config.gates is None else read(config.gates)


def given(config: Config) -> dict[str, bytes]:
    """Return what stands in the file of the gates, under the name that it has in a folder of results.

    Raises
    ------
    ConfigError
        It cannot be read.
    """
    if config.gates is None:
        return {}
    return {FILE: spreadsheet.file_content(config.gates, ConfigError)}


def kept(config: Config, directory: Path, was: Sequence[Gate]) -> tuple[tuple[Gate, ...], dict[str, bytes]]:
    """Return the gates of a folder of results, and the content of their file.

    A file that is named in full and is there goes before the folder's; where neither is, they are as they
    were read then.

    Raises
    ------
    ConfigError
        The file cannot be read.
    """
    path = config.gates
    if path is None:
        return (), {}
    if not (path.is_absolute() and path.is_file()):
        path = directory / FILE
    if not path.is_file():
        gates = tuple(Gate(gate.metres, gate.time_s, gate.sd_s) for gate in was)
        if gates:
            _check(FILE, gates)
        return gates, {}
    return read(path), {FILE: path.read_bytes()}


def read(path: Path) -> tuple[Gate, ...]:
    """Return the gates of a table in order of time.

    Raises
    ------
    ConfigError
        It cannot be read, or holds no run past gates.
    """
    table = spreadsheet.read(path, refused=ConfigError)
    place, time = _column(table, PLACES, "position"), _column(table, TIMES, "time")
    error = _column(table, ERRORS, "")
    gates = []
    for row in table.rows:
        values = [_seconds(table, row, column) if column else np.nan for column in (place, time, error)]
        metres, seconds = values[0] * _unit(place), values[1] * _unit(time)
        if not row.cells[time]:
            continue  # a gate that did not fire
        if not np.isfinite(seconds):
            raise _refused(f"Line {row.line} of {table.name} has no time.", f"It says '{row.cells[time]}'.")
        if not np.isfinite(metres):
            raise _refused(f"Line {row.line} of {table.name} has a time and no position.", "")
        if values[2] < 0:
            raise _refused(
                f"Line {row.line} of {table.name} has an error below 0.",
                f"It says '{row.cells[error]}'.",
                "An error is by how much the time may be off, either way.",
            )
        sd = values[2] * _unit(error) if error and np.isfinite(values[2]) else SD_S
        gates.append(Gate(float(metres), float(seconds), float(max(sd, LEAST_SD_S))))
    gates.sort(key=lambda gate: gate.time_s)
    _check(table.name, gates)
    return tuple(gates)


def _check(name: str, gates: Sequence[Gate]) -> None:
    """Refuse rows that are no run past gates."""
    if len(gates) > MOST:
        raise _refused(f"{name} holds {len(gates):,} gates.", f"Up to {MOST:,} can be used.")
    for gate in gates:
        _check_gate(name, gate)
    if len(gates) < 2:
        raise _refused(
            f"{name} holds {len(gates)} gate{'' if len(gates) == 1 else 's'} with a time.",
            "A speed needs two or more.",
        )
    ways = {np.sign(b.metres - a.metres) for a, b in pairwise(gates)}
    if len(ways) != 1 or 0 in ways:
        raise _refused(
            f"The gates of {name} contradict each other.",
            "In the order of their times the positions must only rise, or only fall.",
        )
    for a, b in pairwise(gates):
        lasts, way = b.time_s - a.time_s, abs(b.metres - a.metres)
        if way < LEAST_WAY_M:
            raise _refused(
                f"Two gates of {name} stand at the same place, {a.metres:g} m.",
                f"They are {way:.2g} m apart; from {LEAST_WAY_M:g} m on there is a speed between them.",
            )
        if lasts <= 0 or way / lasts > FASTEST_MPS:
            speed = f"{way / lasts:.1f} m/s" if lasts > LEAST_SD_S else "no time at all"
            raise _refused(
                f"Nobody runs as {name} says: from {a.metres:g} to {b.metres:g} m in {lasts:.2f} s.",
                f"That is {speed}.",
                "Times must count on from gate to gate, not begin anew at each; positions are metres.",
            )


def _check_gate(name: str, gate: Gate) -> None:
    """Refuse a place, a time or an error that no gate has."""
    for said, value, least, most, unit in (
        ("position", gate.metres, -FARTHEST_M, FARTHEST_M, "m"),
        ("time", gate.time_s, -LATEST_S, LATEST_S, "s"),
        ("error", gate.sd_s, LEAST_SD_S, MOST_SD_S, "s"),
    ):
        if not least <= value <= most:
            raise _refused(
                f"A gate of {name} has the {said} {value:g} {unit}.",
                f"From {least:g} to {most:g} {unit} can be used.",
            )


def _refused(what: str, why: str, fix: str = _FIX) -> ConfigError:
    return ConfigError(what, why, fix, settings=("gates",))


def _words(column: str) -> list[str]:
    return re.findall(r"[a-z]+", column)


def _is(letter: str, said: Sequence[str]) -> bool:
    """Tell whether a column is called by one letter, with nothing but a unit behind it."""
    return said[:1] == [letter] and (len(said) == 1 or (len(said) == 2 and said[1] in ("m", "s", *_UNITS)))


def _column(table: spreadsheet.Table, names: Sequence[str], needed: str) -> str:
    """Return the column that is called so, by the surest name that there is; empty where none is needed.

    Raises
    ------
    ConfigError
        There is none and one is ``needed``, or there are several of one name.
    """
    others = () if names is ERRORS else (*ERRORS, *_ANEW)
    words = {c: _words(c) for c in table.columns}
    words = {c: said for c, said in words.items() if not set(said) & set(others)}
    for name in names:
        found = [c for c, said in words.items() if (name in said if len(name) > 1 else _is(name, said))]
        if len(found) > 1:
            raise _refused(
                f"{table.name} has {len(found)} columns that may be the {needed or 'error'}.",
                f"They are {', '.join(found)}.",
                f"Call the one that is meant {needed or 'error'}.",
            )
        if found:
            return found[0]
    if not needed:
        return ""
    unit = "m" if needed == "position" else "s"
    anew = " Times that count on from the first gate are needed, not split times." if unit == "s" else ""
    raise _refused(
        f"{table.name} lacks a column for the {needed} of the gates.",
        f"Its columns begin with {', '.join(table.columns[:4])}.",
        f"Call it {needed} ({unit}), in its first line.{anew}",
    )


def _unit(column: str) -> float:
    """Return the unit that a column's name ends with, in metres or seconds."""
    return next((_UNITS[word] for word in _words(column)[1:] if word in _UNITS), 1.0)


def _seconds(table: spreadsheet.Table, row: spreadsheet.Row, column: str) -> float:
    """Return the number in a cell; of ``1:02.35`` in seconds."""
    *before, last = row.cells[column].split(":")
    total = 0.0
    for part in [*before, last]:
        only = spreadsheet.Row(row.line, row.cells | {column: part.strip()})
        total = 60 * total + table.number(only, column)
    return total
