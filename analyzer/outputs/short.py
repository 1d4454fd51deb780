"""A run in three lines, and as a notebook shows it: its numbers and the kinogram."""

from __future__ import annotations

from html import escape

import cv2
import numpy as np

from analyzer.comparison.from_to import ends, words
from analyzer.data import names
from analyzer.data.analysis import Analysis, day_of
from analyzer.data.results import Summary
from analyzer.metrics import HEADLINE, METRICS
from analyzer.metrics.wording import number
from analyzer.outputs import pages
from analyzer.outputs.kinogram import drawing

WIDTH_PX = 1200
"""Width of the kinogram in a notebook, px: that of a wide screen's column."""
JPEG_QUALITY = 85
"""Of the kinogram in a notebook, 0 to 100: no edge is seen to blur, at a sixth of the PNG's size."""


def text(analysis: Analysis) -> str:
    """Return three lines: who ran how many steps, the main numbers, what the clip does not give."""
    numbers = "; ".join(f"{label.lower()} {value}" for label, value in _numbers(analysis))
    return "\n".join([_title(analysis), numbers or "no number could be given", _left_out(analysis)])


def html(analysis: Analysis) -> str:
    """Return the main numbers and the kinogram as HTML that needs nothing beside it."""
    cells = "".join(
        f"<td style='padding:0 1.5em 0 0;text-align:left'>{escape(label)}<br><b>{escape(value)}</b></td>"
        for label, value in _numbers(analysis)
    )
    sheet = drawing.sheet(analysis)
    scale = min(1.0, WIDTH_PX / sheet.shape[1])
    size = (round(sheet.shape[1] * scale), round(sheet.shape[0] * scale))
    small = cv2.resize(sheet, size, interpolation=cv2.INTER_AREA)
    image = pages.jpeg(np.asarray(small, np.uint8), JPEG_QUALITY)
    return (
        f"<p><b>{escape(_title(analysis))}</b></p><table><tr>{cells}</tr></table>"
        f"<img alt='Kinogram' style='max-width:100%' src='{image}'>"
        f"<p>{escape(_left_out(analysis))}</p>"
    )


def _title(analysis: Analysis) -> str:
    """Return who ran, when, and how many steps were seen."""
    config = analysis.config
    day = day_of(analysis)
    who = ", ".join(str(part) for part in (config.athlete_name, day, config.session) if part)
    left = sum(step.side == "left" for step in analysis.steps)
    steps = f"{len(analysis.steps)} steps ({left} left, {len(analysis.steps) - left} right)"
    return names.visible(f"{analysis.name}{f' ({who})' if who else ''}: {steps}")


def _numbers(analysis: Analysis) -> list[tuple[str, str]]:
    rows = [analysis.summary(name) for name in HEADLINE]
    return [(r.label, _said(analysis, r)) for r in rows if r is not None and r.n]


def _said(analysis: Analysis, row: Summary) -> str:
    """Return the mean of a steady run, the first and the last step of another."""
    course = ends(analysis, row.metric)
    return words(row.metric, course) if course else number(METRICS[row.metric], row.mean, row.mean_se)


def _left_out(analysis: Analysis) -> str:
    given = sum(row.n > 0 for row in analysis.summaries)
    notes = sum(note.level != "info" for note in analysis.notes)
    return f"{given} of {len(analysis.summaries)} metrics given; {notes} notes limit them (see .notes)"
