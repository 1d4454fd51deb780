"""One self-contained HTML page from an analysis."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.comparison import speed_trends
from analyzer.comparison.baseline import GROUP
from analyzer.comparison.findings import Finding, beyond_unchecked, compared, findings
from analyzer.comparison.ideas import Idea, idea, look
from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.metrics import METRICS
from analyzer.metrics.breaking import in_row
from analyzer.metrics.registry import Relationship
from analyzer.metrics.wording import NOTHING, shown
from analyzer.outputs import faces, pages, strobe, svg
from analyzer.outputs.annotated_video import frames, pace
from analyzer.outputs.curves import clock_known
from analyzer.outputs.frame_numbers import numbered
from analyzer.outputs.kinogram import drawing
from analyzer.outputs.report import (
    chapters,
    facts,
    force,
    head,
    rising,
    sections,
    smas,
    sources,
    step_charts,
    system_map,
    times,
)
from analyzer.outputs.report.images import (
    athlete_at,
    film_strip,
    kinogram_jpeg,
    kinogram_strip,
    poster,
    push_pictures,
    strobe_jpeg,
    wanted,
)
from analyzer.outputs.report.pushing import NAMES, pushes
from analyzer.outputs.report.rising_words import rising as rising_words
from analyzer.outputs.report.sections import SECTIONS
from analyzer.outputs.report.withheld import by_reason, missing
from analyzer.outputs.who import HEADS_HIDDEN, who
from analyzer.video.frame import Image
from analyzer.video.kept_stills import KeptStills
from analyzer.video.stills import OnePass, Stills

FEW: Final = 0.25
"""Share of all numbers below which chapters that have none of them are named in one line."""
SPREAD: Final = 3.0
"""Speeds of the steps must span this many standard errors before anything is set against them."""
_ORDER: Final = {"limit": 0, "warning": 1, "info": 2}
"""Order of the notes, the worst first."""
_STEP_TABLE: Final = (
    "contact_time", "flight_time", "step_time", "step_frequency", "step_length", "step_speed",
)  # fmt: skip
"""Columns of the table step by step, as far as the clip gives them."""


@dataclass(frozen=True)
class Told:
    """A finding, ready to print."""

    finding: Finding
    look: str
    idea: Idea | None
    still: str
    chart: str


def build(analysis: Analysis, path: Path, sheet: Image | None = None, stills: Stills | None = None) -> Path:
    """Write the report as one HTML file that asks for nothing else, and return its path.

    The annotated video and the stroboscopic picture are looked for beside it as ``overlay.mp4`` and
    ``strobe.jpg``; the page works without.

    Parameters
    ----------
    analysis : Analysis
    path : path
    sheet : (h, w, 3) uint8, optional
        The kinogram as ``kinogram.drawing.sheet`` draws it; otherwise it is drawn here.
    stills : Stills, optional
        The frames of the clip that the page and the kinogram show; otherwise they are decoded here.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    stills = stills or shown_frames(analysis)
    if sheet is None:
        sheet = drawing.sheet(analysis, stills)
    html = pages.filled(
        "outputs.report",
        sheet=svg.css(),
        js=files("analyzer.outputs.report").joinpath("player.js").read_text("utf-8"),
        unit_of=lambda metric: shown(metric)[1],
        strobe=strobe_jpeg(path.with_name(strobe.FILE)),
        **_context(analysis, sheet, stills),
    )
    return pages.write(html, path)


def shown_frames(analysis: Analysis, decoded: OnePass | None = None) -> KeptStills:
    """Return the frames of the clip that the page and the kinogram show; ``decoded`` as of ``KeptStills``."""
    return faces.stills(analysis, [*drawing.parts(analysis), *wanted(analysis)], decoded)


def _context(analysis: Analysis, sheet: Image, stills: Stills) -> dict[str, Any]:
    notes = sorted(_unique(analysis.notes), key=lambda note: _ORDER[note.level])
    lacking = missing(analysis, notes)
    cautions = [note for note in notes if note.level != "info" and not note.metrics]
    push = chapters.account(analysis)
    parts = [chapters.part(analysis, section, push) for section in SECTIONS]
    given = sum(math.isfinite(row.mean) for row in analysis.summaries)
    few = given < FEW * len(analysis.summaries)
    shown_parts = [part for part in parts if part.given or not few]
    faster_words, faster = _faster(analysis)
    found = [_told(analysis, f, stills) for f in findings(analysis)]
    measured = {v.metric for v in analysis.values if v.step is not None and math.isfinite(v.value)}
    columns = [name for name in _STEP_TABLE if name in measured]
    return {
        "who": who(analysis),
        "title": head.title(analysis),
        "what": head.what(analysis),
        "analysis": analysis,
        "heads_hidden": HEADS_HIDDEN,
        "cards": head.cards(analysis),
        "limit": head.limit(analysis, cautions, lacking),
        "strip": (strip := kinogram_strip(analysis, sheet)),
        "strip_shared": drawing.shared(analysis, [moment for moment, _ in strip]),
        "kinogram_words": drawing.DEFINITIONS,
        "findings": found,
        "untrusted": "" if (view := analysis.motion.view).shows_lane else view.where,
        "compared": compared(analysis),
        "beyond_unchecked": beyond_unchecked(analysis),
        "of_note": [] if found else head.of_note(analysis),
        "map": system_map.system_map(analysis),
        "facts": facts.facts(analysis),
        "notes": cautions,
        # What rising speed does has a chapter of its own.
        "infos": [
            n
            for n in notes
            if n.level == "info"
            and n.code not in facts.LEFT_OUT
            and not (n.code == "continuity" and faster_words)
        ],
        "missing": lacking,
        "total": len(METRICS),
        "given": given,
        "ranged": any(row.reference_source for row in analysis.summaries),
        "group": _group(analysis),
        "followed": film_strip(analysis, stills),
        "parts": shown_parts,
        "folded": [part for part in parts if few and not part.given],
        "belt": analysis.calibration.treadmill_mps > 0,
        "start": times.started(analysis),
        "times": times.passed(analysis),
        "smas": smas.chapter(analysis),
        "untold": chapters.untold(shown_parts),
        "push": [row for row in push if row.value != NOTHING],
        "push_withheld": by_reason(analysis, [row.metric.name for row in push if row.value == NOTHING]),
        "account": force.account(analysis),
        "force": force.force(analysis),
        "pushes": [
            (p, zip(push_pictures(analysis, p.times, stills), NAMES, strict=True)) for p in pushes(analysis)
        ],
        "sides": step_charts.sides(analysis),
        "faster": faster,
        "faster_words": faster_words,
        "speeds": (speed := analysis.summary("step_speed")) is not None and speed.n > 1,
        "kinogram": kinogram_jpeg(sheet),
        "table_metrics": [METRICS[name] for name in columns],
        "table": _table(analysis, columns),
        "dictionary": [
            (relationship.value, [m for m in METRICS.values() if m.relationship is relationship])
            for relationship in Relationship
        ],
        "words": sections,
        "short": sources.short,
        "sources": sources.works(told_idea.source for f in found if (told_idea := f.idea)),
        "relationships": Relationship,
        "player": _player(analysis, stills),
        "clock_known": clock_known(analysis),
        "provenance": facts.provenance(analysis),
    }


def _told(analysis: Analysis, finding: Finding, stills: Stills) -> Told:
    metric = METRICS[finding.metric]
    return Told(
        finding,
        look(finding.metric),
        idea(finding.metric, finding.way),
        athlete_at(analysis, finding.time_s, stills),
        step_charts.per_step(analysis, finding.metric) if metric.per_step else "",
    )


def _faster(analysis: Analysis) -> tuple[str, str]:
    """What rising speed does: in words, and each relationship against speed on one chart.

    Nothing where no course can be told and the steps' speeds hardly differ beyond their own error.
    """
    speeds = in_row(analysis.values, "step_speed")
    found = speed_trends.courses([analysis.values])
    words = rising_words(found, speed_trends.pooled_scatter([analysis.values]), speeds)
    if not words and (
        len(speeds) < 2 or np.ptp([v.value for v in speeds]) < SPREAD * np.median([v.sd for v in speeds])
    ):
        return "", ""
    return words, rising.chart(analysis, found)


def _unique(notes: Sequence[Note]) -> list[Note]:
    """Say nothing twice, and leave out a remark where the same thing is a caution or a limit."""
    worst: dict[str, int] = {}
    for note in notes:
        worst[note.code] = min(_ORDER[note.level], worst.get(note.code, _ORDER["info"]))
    kept = (note for note in notes if _ORDER[note.level] == worst[note.code])
    return list({(note.code, note.message): note for note in kept}.values())


def _group(analysis: Analysis) -> str:
    """Return the published group that most of the ranges come from, said once for all of them."""
    groups = Counter(row.reference_source for row in analysis.summaries if row.reference_group != GROUP)
    del groups[""]
    return groups.most_common(1)[0][0] if groups else ""


def _table(analysis: Analysis, columns: Sequence[str]) -> list[dict[str, Any]]:
    found = {(v.metric, v.step): v for v in analysis.values}
    rows = []
    for step in analysis.steps:
        cells = [times.cell(found.get((name, step.number)), unit=False) for name in columns]
        if math.isfinite(step.touchdown_s) or any(cell != NOTHING for cell in cells):
            rows.append({"step": step, "frame": numbered(analysis, step.touchdown_s), "cells": cells})
    return rows


def _player(analysis: Analysis, stills: Stills) -> dict[str, Any] | None:
    """What turns the video's time into the clip's: start on the capture clock and slowdown."""
    if analysis.video is None or not analysis.config.overlay:
        return None
    return {
        "start": frames.start_s(analysis),
        "slow": pace.slowdown(analysis),
        "frame": pace.every(analysis.video, analysis.config) / pace.clip_fps(analysis.video, analysis.config),
        "every": pace.every(analysis.video, analysis.config),
        "times": " ".join(f"{t:.6f}" for t in frames.shown_s(analysis)),
        "first": numbered(analysis, frames.start_s(analysis)),
        "poster": poster(analysis, stills),
    }
