"""``baseline.toml``: an athlete's or a squad's own ranges, for people and for report and compare to read."""

from __future__ import annotations

from dataclasses import fields
from math import isfinite
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from analyzer import toml_file
from analyzer.comparison.baseline import Baseline, Range, of_view
from analyzer.comparison.repeatability import FEWEST_RUNS
from analyzer.errors import ConfigError, OutputError
from analyzer.outputs import pipes

FILE: Final = "baseline.toml"
"""Name of the file."""
VERSION: Final = 1
"""Of its form."""
_HEAD: Final = f"""\
# Ranges of earlier runs, by speed: made by `sprint-analyzer baseline`, used by `report` and `compare` where
# they are given this file. Units are SI units, as in summary.csv.
#
# median   of the runs' means
# view     from where the runs are filmed: "side", "front" or "rear"
# scatter  standard deviation from run to run, on `freedom` degrees of freedom
# between  what of it is beyond the clips' own errors (a random effect), with {FEWEST_RUNS} runs or more
# low, high  where 95 of 100 further runs lie, with {FEWEST_RUNS} runs or more
#
# A random effect is not estimated, and no range given, where there are fewer than {FEWEST_RUNS} runs.
"""
_FORM: Final = TypeAdapter(Range)


def write(baseline: Baseline, path: Path) -> None:
    """Write a baseline.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    parts = [_HEAD, f"version = {VERSION}\n"]
    for row in baseline.ranges:
        lines = ["[[range]]"]
        for field in fields(row):
            value = getattr(row, field.name)
            if not isinstance(value, float) or isfinite(value):
                lines.append(f"{field.name} = {_toml(value)}")
        lines.insert(2, f"unit = {_toml(of_view(row.view)[row.metric].unit.symbol)}")
        parts.append("\n".join(lines) + "\n")
    pipes.refuse(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(parts), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"Cannot write {path}.", f"{error.strerror}.", "Choose another folder.") from None


def read(path: Path) -> Baseline:
    """Read a baseline back.

    Raises
    ------
    ConfigError
        It cannot be read, or is no baseline.
    """
    fix = "Give a file that sprint-analyzer baseline wrote."
    try:
        table = toml_file.read(path)
    except OSError as error:
        raise ConfigError(
            f"Cannot read the baseline {path}.", f"{error.strerror}.", "Check the path."
        ) from None
    except ValueError as error:
        raise ConfigError(f"{path.name} is not valid TOML.", str(error), fix) from None
    rows = table.get("range")
    if table.get("version") != VERSION or not isinstance(rows, list):
        raise ConfigError(f"{path.name} is not a baseline of this version.", "", fix)
    try:
        return Baseline(tuple(_range(row) for row in rows))
    except (ValidationError, AttributeError) as error:
        why = (
            f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}."
            if isinstance(error, ValidationError)
            else ""
        )
        raise ConfigError(f"The baseline {path.name} is damaged.", why, fix) from None


def _range(row: dict[str, Any]) -> Range:
    given = {name: value for name, value in row.items() if name != "unit"}
    missing = {"speed_low": float("nan"), "speed_high": float("nan")}
    return _FORM.validate_python(missing | given)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.7g}" if "." in f"{value:.7g}" or "e" in f"{value:.7g}" else f"{value:.7g}.0"
    if isinstance(value, int):
        return str(value)
    quoted = "".join(
        f"\\{sign}" if sign in '"\\' else sign if sign.isprintable() else f"\\u{ord(sign):04X}"
        for sign in str(value)
    )
    return f'"{quoted}"'
