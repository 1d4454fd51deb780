"""The tables of a run."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analyzer import spreadsheet
from analyzer.body.skeleton import JOINTS
from analyzer.data.analysis import Analysis
from analyzer.data.steps import Step
from analyzer.errors import OutputError
from analyzer.outputs import pipes
from analyzer.outputs.data_dictionary import COLUMN_FIELDS, SUMMARY_COLUMNS, dictionary, step_metrics
from analyzer.outputs.frame_numbers import numbered

if TYPE_CHECKING:
    import pandas as pd  # else only where a table is asked for: its import takes a quarter of a second

Columns = dict[str, Sequence[Any]]
"""A table: its columns by name, all of one length."""
EVENT_COLUMNS: Final = ("side", "touchdown_s", "toe_off_s")
"""Columns of events.csv."""


def steps_table(analysis: Analysis) -> pd.DataFrame:
    """Return one row a step: events, then every per-step metric and its standard error.

    Empty (NaN) where a number cannot be supported.
    """
    return _frame(steps_columns(analysis))


def steps_columns(analysis: Analysis) -> Columns:
    """Return the columns of ``steps_table``."""
    rows = []
    found = {(v.metric, v.step): v for v in analysis.values}
    for step in analysis.steps:
        row: dict[str, Any] = {
            "step": step.number,
            "side": step.side,
            "touchdown_s": step.touchdown_s,
            "touchdown_sd_s": step.touchdown_sd_s,
            "toe_off_s": step.toe_off_s,
            "toe_off_sd_s": step.toe_off_sd_s,
            "event_source": step.source,
            "touchdown_frame": numbered(analysis, step.touchdown_s),
            "toe_off_frame": numbered(analysis, step.toe_off_s),
        }
        for metric in step_metrics():
            value = found.get((metric.name, step.number))
            row[metric.column] = value.value if value else math.nan
            row[metric.sd_column] = value.sd if value else math.nan
        rows.append(row)
    return _turned(rows, list(_step_columns()))


def summary_table(analysis: Analysis) -> pd.DataFrame:
    """Return one row a metric: mean, scatter, error of the mean, left against right, reference."""
    return _frame(summary_columns(analysis))


def summary_columns(analysis: Analysis) -> Columns:
    """Return the columns of ``summary_table``."""
    return _turned([asdict(row) for row in analysis.summaries], list(SUMMARY_COLUMNS))


def series_table(analysis: Analysis) -> pd.DataFrame:
    """Return the time series: angles, centre of mass and joints, and the foot on the ground.

    Positions are empty when the clip has no scale: a nominal metre must not pass for a real one.
    ``stance_side`` is empty in flight.
    """
    return _frame(series_columns(analysis))


def series_columns(analysis: Analysis) -> Columns:
    """Return the columns of ``series_table``."""
    motion = analysis.motion
    columns: dict[str, Any] = {"time_s": motion.time}
    columns |= {f"{name}_deg": angle for name, angle in motion.angles.items()}
    scale = 1.0 if analysis.calibration.scaled else math.nan
    for name, path in [("com", motion.com), *((joint, motion.joint(joint)) for joint in JOINTS)]:
        columns[f"{name}_x_m"] = path[:, 0] * scale
        columns[f"{name}_y_m"] = path[:, 1] * scale
    columns["speed_mps"] = analysis.speed.speed * scale
    columns["speed_sd_mps"] = analysis.speed.sd * scale
    stance = np.full(len(motion.time), "", dtype=object)
    for step in analysis.steps:
        stance[(motion.time >= step.touchdown_s) & (motion.time <= step.toe_off_s)] = step.side
    columns["stance_side"] = stance
    return columns


def events_table(steps: Sequence[Step]) -> pd.DataFrame:
    """Return the events a coach may edit: side, touchdown, toe-off."""
    return _frame(events_columns(steps))


def events_columns(steps: Sequence[Step]) -> Columns:
    """Return the columns of ``events_table``."""
    return {name: [getattr(step, name) for step in steps] for name in EVENT_COLUMNS}


def splits_table(analysis: Analysis) -> pd.DataFrame:
    """Return when the centre of mass passed the places asked for."""
    return _frame(splits_columns(analysis))


def splits_columns(analysis: Analysis) -> Columns:
    """Return the columns of ``splits_table``."""
    names = {"metres": "metres", "time_s": "time_s", "time_sd_s": "sd_s"}
    asked: Columns = {column: [getattr(s, name) for s in analysis.splits] for column, name in names.items()}
    if not analysis.gates:
        return asked
    of_gates = {
        "metres": "metres",
        "time_s": "video_s",
        "time_sd_s": "video_sd_s",
        "gate_time_s": "time_s",
        "gate_time_sd_s": "sd_s",
    }
    blank = [math.nan] * len(analysis.splits)
    return {
        column: [*asked.get(column, blank), *(getattr(gate, name) for gate in analysis.gates)]
        for column, name in of_gates.items()
    }


def stretches_columns(analysis: Analysis) -> Columns:
    """Return the mean speeds between timing gates, by the gates and by the video."""
    names = {
        "from_m": "from_m",
        "to_m": "to_m",
        "gate_speed_mps": "speed",
        "gate_speed_sd_mps": "speed_sd",
        "video_speed_mps": "video_speed",
        "video_speed_sd_mps": "video_speed_sd",
    }
    return {column: [getattr(s, name) for s in analysis.stretches] for column, name in names.items()}


def columns_table(analysis: Analysis) -> pd.DataFrame:
    """Return the data dictionary: every column of every file, with definition, unit, sign, evidence."""
    return _frame(dictionary_columns(analysis))


def dictionary_columns(analysis: Analysis) -> Columns:
    """Return the columns of ``columns_table``."""
    rows = dictionary(tuple(analysis.motion.angles), analysis.pose.names, tuple(SUMMARY_COLUMNS))
    return dict(zip(COLUMN_FIELDS, map(list, zip(*rows, strict=True)), strict=True))


def _turned(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> Columns:
    """Return rows as columns."""
    return {name: [row[name] for row in rows] for name in names}


def _frame(columns: Columns) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns)


def write_columns(columns: Columns, path: Path, decimals: str = "%.7g", encoding: str = "utf-8") -> None:
    """Write a table as CSV: what is not known is an empty cell, and no text is a formula."""
    told = [_cells(column, decimals) for column in columns.values()]
    with path.open("w", newline="", encoding=encoding) as file:
        rows = csv.writer(file, lineterminator=os.linesep)
        rows.writerow(map(spreadsheet.as_text, columns))
        rows.writerows(zip(*told, strict=True))


def _cells(column: Sequence[Any], decimals: str) -> list[Any]:
    if isinstance(column, np.ndarray) and column.dtype == np.float64:  # most of what there is
        return ["" if math.isnan(value) else decimals % value for value in column.tolist()]
    return [_cell(value, decimals) for value in column]


def _cell(value: Any, decimals: str) -> Any:
    if isinstance(value, float):
        return "" if math.isnan(value) else decimals % value
    return "" if value is None else spreadsheet.as_text(value)


def safe(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for formulas: see ``spreadsheet.as_text``."""
    return table.map(spreadsheet.as_text).rename(columns=spreadsheet.as_text)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    pipes.refuse(path)
    try:
        safe(table).to_csv(path, index=False, float_format="%.7g")
    except OSError as error:
        raise OutputError(f"Cannot write {path}.", f"{error.strerror or error}.", "Check the path.") from None


def _step_columns() -> Iterator[str]:
    yield from ("step", "side", "touchdown_s", "touchdown_sd_s", "toe_off_s", "toe_off_sd_s")
    yield from ("event_source", "touchdown_frame", "toe_off_frame")
    for metric in step_metrics():
        yield metric.column
        yield metric.sd_column
