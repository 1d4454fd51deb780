"""The tables of a comparison of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

import pandas as pd

from analyzer.comparison.results import Change, Comparison, SideSplit, Trend


def changes(found: Comparison) -> pd.DataFrame:
    """Return one row a look and later run."""
    return _table(found.changes, Change)


def trends(found: Comparison) -> pd.DataFrame:
    """Return one row a metric: its change with step speed over all runs."""
    return _table(found.trends, Trend)


def sides(found: Comparison) -> pd.DataFrame:
    """Return one row a metric: left minus right parted from near minus far; empty for one direction."""
    return _table(found.sides, SideSplit)


def _table(
    rows: Sequence[Change | Trend | SideSplit], kind: type[Change | Trend | SideSplit]
) -> pd.DataFrame:
    """Return rows as a table that has its columns even when it has no row."""
    return pd.DataFrame([asdict(row) for row in rows], columns=[field.name for field in fields(kind)])
