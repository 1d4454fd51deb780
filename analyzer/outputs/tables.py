"""The tables of a run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from analyzer import spreadsheet
from analyzer.body.skeleton import JOINTS
from analyzer.data.analysis import Analysis
from analyzer.data.steps import Step
from analyzer.errors import OutputError
from analyzer.outputs.data_dictionary import COLUMN_FIELDS, SUMMARY_COLUMNS, dictionary, step_metrics

EVENT_COLUMNS: Final = ("side", "touchdown_s", "toe_off_s")
"""Columns of events.csv."""


def steps_table(analysis: Analysis) -> pd.DataFrame:
    """Return one row a step: events, then every per-step metric and its standard error.

    Empty (NaN) where a number cannot be supported.
    """
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
        }
        for metric in step_metrics():
            value = found.get((metric.name, step.number))
            row[metric.column] = value.value if value else math.nan
            row[metric.sd_column] = value.sd if value else math.nan
        rows.append(row)
    return pd.DataFrame(rows, columns=list(_step_columns()))


def summary_table(analysis: Analysis) -> pd.DataFrame:
    """Return one row a metric: mean, scatter, error of the mean, left against right, reference."""
    return pd.DataFrame([asdict(row) for row in analysis.summaries], columns=list(SUMMARY_COLUMNS))


def series_table(analysis: Analysis) -> pd.DataFrame:
    """Return the time series: angles, centre of mass and joints, and the foot on the ground.

    Positions are empty when the clip has no scale: a nominal metre must not pass for a real one.
    ``stance_side`` is empty in flight.
    """
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
    return pd.DataFrame(columns)


def events_table(steps: Sequence[Step]) -> pd.DataFrame:
    """Return the events a coach may edit: side, touchdown, toe-off."""
    rows = [(s.side, s.touchdown_s, s.toe_off_s) for s in steps]
    return pd.DataFrame(rows, columns=list(EVENT_COLUMNS))


def splits_table(analysis: Analysis) -> pd.DataFrame:
    """Return when the centre of mass passed the places asked for."""
    rows = [(s.metres, s.time_s, s.sd_s) for s in analysis.splits]
    return pd.DataFrame(rows, columns=["metres", "time_s", "time_sd_s"])


def columns_table(analysis: Analysis) -> pd.DataFrame:
    """Return the data dictionary: every column of every file, with definition, unit, sign, evidence."""
    rows = dictionary(tuple(analysis.motion.angles), analysis.pose.names, tuple(SUMMARY_COLUMNS))
    return pd.DataFrame(rows, columns=list(COLUMN_FIELDS))


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
    try:
        safe(table).to_csv(path, index=False, float_format="%.7g")
    except OSError as error:
        raise OutputError(f"Cannot write {path}.", f"{error.strerror or error}.", "Check the path.") from None


def _step_columns() -> Iterator[str]:
    yield from ("step", "side", "touchdown_s", "touchdown_sd_s", "toe_off_s", "toe_off_sd_s", "event_source")
    for metric in step_metrics():
        yield metric.column
        yield metric.sd_column
