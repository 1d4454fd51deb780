"""The tables of a run seen from the front or from behind: a row a number, and a row a stance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from analyzer.body.skeleton import other
from analyzer.frontal.measures import MEASURES, Measure
from analyzer.frontal.results import Found, Frontal
from analyzer.outputs.data_dictionary import COLUMN_FIELDS, frontal_dictionary
from analyzer.outputs.tables import Columns

if TYPE_CHECKING:
    import pandas as pd

MEASURES_FILE: Final = "frontal.csv"
"""Name of the table of numbers."""
STANCES_FILE: Final = "stances.csv"
"""Name of the table of stances."""
CM: Final = 100.0
"""In a metre."""
_SURE_DIGITS: Final = 3
"""Digits of an error that are written; its number has as many decimals."""
_PLAIN_DIGITS: Final = 6
"""Digits of a number that has no error of its own."""


def measures_table(run: Frontal) -> pd.DataFrame:
    """Return one row for each measure and side."""
    import pandas as pd

    return pd.DataFrame(measures_columns(run))


def measures_columns(run: Frontal) -> Columns:
    """Return the columns of ``frontal.csv``: sides in the order both, left, right."""
    rows = [(MEASURES[f.metric], f) for f in ordered(run)]
    centimetres = [tuple(CM * value for value in run.in_metres(f)) for _, f in rows]
    return {
        "metric": [m.name for m, _ in rows],
        "label": [m.label for m, _ in rows],
        "side": [f.side for _, f in rows],
        "unit": [m.unit.symbol for m, _ in rows],
        "mean": [deserved(f.mean, f.se) for _, f in rows],
        "se": [deserved(f.se, f.se) for _, f in rows],
        "se_within": [deserved(f.se_within, f.se_within) for _, f in rows],
        "mean_cm": [deserved(cm, se) for cm, se in centimetres],
        "se_cm": [deserved(se, se) for _, se in centimetres],
        "scatter": [deserved(f.scatter, f.se) for _, f in rows],
        "n": [f.n for _, f in rows],
        "note": [f.note for _, f in rows],
    }


def ordered(run: Frontal) -> list[Found]:
    """Return what was found in the order of the measures: both, then left and right where there are."""
    return [run.get(measure.name, side) for measure in MEASURES.values() for side in measure.sides]


def stances_table(run: Frontal) -> pd.DataFrame:
    """Return one row for each stance."""
    import pandas as pd

    return pd.DataFrame(stances_columns(run))


def stances_columns(run: Frontal) -> Columns:
    """Return the columns of ``stances.csv``."""
    columns: Columns = {
        "number": [s.number for s in run.stances],
        "side": [s.side for s in run.stances],
        "swing_side": [other(s.side) for s in run.stances],
        "time_s": [round(s.time_s, 4) for s in run.stances],
        "time_sd_s": [deserved(s.time_sd_s, s.time_sd_s) for s in run.stances],
        "frame": [s.frame + 1 for s in run.stances],
    }
    within = {m.name: _single_error(run, m) for m in of_stances(run)}
    columns |= {
        column(m): [deserved(s.values.get(m.name, math.nan), within[m.name]) for s in run.stances]
        for m in of_stances(run)
    }
    return columns


def dictionary_columns(run: Frontal) -> Columns:
    """Return the columns of ``columns.csv``: what every column of every file means."""
    rows = frontal_dictionary([(column(m), m) for m in of_stances(run)], run.pose.names)
    return dict(zip(COLUMN_FIELDS, map(list, zip(*rows, strict=True)), strict=True))


def columns_table(run: Frontal) -> pd.DataFrame:
    """Return one row for each column of every file: what it means."""
    import pandas as pd

    return pd.DataFrame(dictionary_columns(run))


def of_stances(run: Frontal) -> list[Measure]:
    """Return the measures that any stance has a number of."""
    return [m for m in MEASURES.values() if any(m.name in s.values for s in run.stances)]


def column(measure: Measure) -> str:
    """Return the name of a measure's column: with its unit."""
    return f"{measure.name}_{measure.unit.suffix}"


def deserved(value: float, error: float) -> float:
    """Return a number with as many decimals as its error has in three digits; NaN stays."""
    if not math.isfinite(value):
        return math.nan
    if not (math.isfinite(error) and error > 0):
        return float(f"{value:.{_PLAIN_DIGITS}g}")
    return round(value, _SURE_DIGITS - 1 - math.floor(math.log10(error)))


def _single_error(run: Frontal, measure: Measure) -> float:
    """Return about how unsure a single stance's number is: as its scatter, which holds its error."""
    found = run.get(measure.name)
    return found.scatter if math.isfinite(found.scatter) else found.se
