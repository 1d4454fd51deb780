"""The sheet of the Sprint Mechanics Assessment Score as a table: ``smas.csv``, and ``Analysis.smas()``."""

from __future__ import annotations

from math import isfinite, nan
from typing import TYPE_CHECKING

from analyzer.body.skeleton import SIDES, Side
from analyzer.data.analysis import Analysis
from analyzer.metrics import smas, wording
from analyzer.metrics.run import Run
from analyzer.outputs.frame_numbers import numbered
from analyzer.outputs.kinogram.moments import moments
from analyzer.outputs.smas_file import WORDS
from analyzer.outputs.tables import Columns

if TYPE_CHECKING:
    import pandas as pd


def columns(analysis: Analysis) -> Columns:
    """Return the columns of ``smas.csv``: one row an item and side."""
    rows = sheet(analysis)
    of = [row.limit.of if row.limit else None for row in rows]
    return {
        "item": [row.item.number for row in rows],
        "name": [row.item.name for row in rows],
        "phase": [row.item.phase.value for row in rows],
        "side": [row.side for row in rows],
        "proxy": [metric.label if metric else "" for metric in of],
        "value": [row.value for row in rows],
        "se": [row.se for row in rows],
        "threshold": [row.limit.threshold if row.limit else nan for row in rows],
        "unit": [metric.unit.suffix if metric else "" for metric in of],
        "frame": [numbered(analysis, row.time_s) for row in rows],
        "proposal": [row.proposal.value for row in rows],
        "reason": [reason(row, analysis.pose.fps) for row in rows],
        "answer": ["" if row.answer is None else WORDS[row.answer] for row in rows],
    }


def table(analysis: Analysis) -> pd.DataFrame:
    """Return ``smas.csv`` as a table."""
    import pandas as pd

    return pd.DataFrame(columns(analysis))


def sheet(analysis: Analysis) -> tuple[smas.Scored, ...]:
    """Return the sheet, each side at the moments of the step that the kinogram shows, or of its first."""
    run = Run.of(analysis)
    steps: dict[Side, int] = {}
    for row in moments(analysis):
        steps.setdefault(row[0].landing, row[0].step)
    for side in SIDES:
        seen = (s.number for s in run.steps if s.side == side and isfinite(smas.highest(run, s)))
        if side not in steps and (first := next(seen, None)) is not None:
            steps[side] = first
    return smas.sheet(analysis, steps)


def reason(row: smas.Scored, fps: float) -> str:
    """Return why an item is not to be seen, in words; empty where it is.

    Parameters
    ----------
    row : smas.Scored
    fps : float
        The camera's rate, frames a second.
    """
    if not row.why or row.why in smas.WHY or row.limit is None:
        return smas.WHY.get(row.why, "")
    label = row.limit.of.label
    return f"{label[0].lower()}{label[1:]}: {wording.reason({row.why}, row.limit.of, fps)}"
