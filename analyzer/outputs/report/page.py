"""One self-contained HTML page from an analysis."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
from jinja2 import Environment, StrictUndefined

from analyzer.body.skeleton import other
from analyzer.comparison import speed_trends
from analyzer.comparison.findings import Finding, compared, findings
from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.data.results import Summary
from analyzer.errors import OutputError
from analyzer.metrics import HEADLINE, METRICS
from analyzer.metrics.measure import ONLY_MEAN
from analyzer.metrics.registry import Metric, Relationship
from analyzer.metrics.wording import NOTHING, interval, number, shown, written
from analyzer.outputs import analysis_json, colours
from analyzer.outputs.annotated_video import frames
from analyzer.outputs.kinogram import drawing
from analyzer.outputs.pages import with_policy
from analyzer.outputs.plots import values as value_charts
from analyzer.outputs.plots.canvas import clock_known
from analyzer.outputs.report.images import Drawn, athlete_at, chart, film_strip, kinogram_jpeg, poster, wanted
from analyzer.outputs.report.sections import (
    FASTER,
    FASTER_CLAIM,
    FASTER_TEXT,
    PUSH,
    PUSH_CHARTS,
    PUSH_PARTS,
    PUSH_TEXT,
    SECTIONS,
    STEPS,
    Chart,
    Section,
)
from analyzer.outputs.report.sentences import PUSH_SENTENCES, SENTENCES, course, reading, rising
from analyzer.outputs.report.withheld import by_reason, missing, reason
from analyzer.video.frame import Image
from analyzer.video.kept_stills import KeptStills, together
from analyzer.video.stills import Stills

SPREAD: Final = 3.0
"""Speeds of the steps must span this many standard errors before anything is set against them."""
_OBVIOUS: Final = re.compile(
    r"(?i), always positive(?=\.)|^always positive[;.] ?(also )?|^positive in the running direction\.$"
)
"""What of a metric's sign goes without saying."""
LARGER_ERROR: Final = "its error is larger than the number"
"""Said in place of a headline that its error hides."""
SLOWER: Final = 1.2
"""Times slower than life from which on a file is called slow motion: beside it, clocks are merely inexact."""
_ORDER: Final = {"limit": 0, "warning": 1, "info": 2}
"""Order of the notes, the worst first."""
_STEP_TABLE: Final = (
    "contact_time", "flight_time", "step_time", "step_frequency", "step_length", "step_speed",
)  # fmt: skip
"""Columns of the table step by step, as far as the clip gives them."""


@dataclass(frozen=True)
class Row:
    """A metric in a section's table, ready to print; ``reads`` is how its size or sign is read."""

    metric: Metric
    reads: str
    value: str
    left: str
    right: str
    reference: str
    source: str
    note: str
    apart: str
    differ: bool


@dataclass(frozen=True)
class Part:
    """A section, ready to print."""

    section: Section
    title: str
    seen: str
    lead: list[Row]
    rest: list[Row]
    withheld: list[tuple[str, list[str]]]
    charts: list[Drawn]


def build(analysis: Analysis, path: Path, sheet: Image | None = None, stills: Stills | None = None) -> Path:
    """Write the report as one HTML file that asks for nothing else, and return its path.

    The annotated video is looked for beside it as ``overlay.mp4``; the page works without.

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
    path = Path(path)
    here = files("analyzer.outputs.report")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(here.joinpath("page.html.j2").read_text("utf-8"))
    stills = stills or shown_frames(analysis)
    if sheet is None:
        sheet = drawing.sheet(analysis, stills)
    page = with_policy(
        template.render(
            **_context(analysis, sheet, stills),
            unit_of=lambda metric: shown(metric)[1],
            css=here.joinpath("page.css").read_text("utf-8"),
            js=here.joinpath("player.js").read_text("utf-8"),
        )
    )
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"Cannot write {path}.", f"{error.strerror}.", "Choose another folder.") from None
    return path


def shown_frames(analysis: Analysis) -> KeptStills:
    """Return the frames of the clip that the page and the kinogram show, decoded from now on."""
    parts = together([*drawing.parts(analysis), *wanted(analysis)])
    return KeptStills(analysis.video, parts, analysis.pictures)


def _context(analysis: Analysis, sheet: Image, stills: Stills) -> dict[str, Any]:
    parts = [_part(analysis, section) for section in SECTIONS]
    push = [_row(row) for name in (*PUSH, *PUSH_PARTS) if (row := analysis.summary(name)) is not None]
    notes = sorted(_unique(analysis.notes), key=lambda note: _ORDER[note.level])
    lacking = missing(notes)
    measured = {v.metric for v in analysis.values if v.step is not None and math.isfinite(v.value)}
    columns = [name for name in _STEP_TABLE if name in measured]
    faster_seen, faster = _faster(analysis)
    return {
        "name": analysis.name,
        "analysis": analysis,
        "facts": _facts(analysis),
        "headline": [_head(analysis, name) for name in HEADLINE],
        "notes": [note for note in notes if note.level != "info" and not note.metrics],
        # What rising speed does has a part of its own.
        "infos": [n for n in notes if n.level == "info" and not (n.code == "continuity" and faster_seen)],
        "missing": lacking,
        "total": len(METRICS),
        "given": sum(math.isfinite(row.mean) for row in analysis.summaries),
        "group": group.reference_source if (group := _group(analysis)) else "",
        "group_verified": group is None or group.reference_verified,
        "text": colours.TEXT,
        "text_at_night": colours.TEXT_AT_NIGHT,
        "strip": film_strip(analysis, stills),
        "findings": [
            (f, _evidence(analysis, f, i), athlete_at(analysis, f.time_s, stills))
            for i, f in enumerate(findings(analysis), start=1)
        ],
        "compared": compared(analysis),
        "steps": _part(analysis, STEPS),
        "parts": parts,
        "push": [row for row in push if row.value != NOTHING],
        "push_withheld": by_reason(analysis, [row.metric.name for row in push if row.value == NOTHING]),
        "push_seen": reading(analysis, PUSH_SENTENCES),
        "push_text": PUSH_TEXT,
        "push_chart": next((c for p in PUSH_CHARTS if (c := chart(analysis, p, "push")) is not None), None),
        "faster": faster,
        "faster_seen": faster_seen,
        "speeds": (speed := analysis.summary("step_speed")) is not None and speed.n > 1,
        "faster_claim": FASTER_CLAIM,
        "faster_text": FASTER_TEXT,
        "kinogram": kinogram_jpeg(sheet),
        "table_metrics": [METRICS[name] for name in columns],
        "table": _table(analysis, columns),
        "dictionary": [
            (relationship.value, [m for m in METRICS.values() if m.relationship is relationship])
            for relationship in Relationship
        ],
        "system": Relationship.SYSTEM,
        "player": _player(analysis, stills),
        "clock_known": clock_known(analysis),
        "provenance": _provenance(analysis),
    }


def _part(analysis: Analysis, section: Section) -> Part:
    rows = {r.metric: _row(r) for r in analysis.summaries if _belongs(r, section)}
    # A metric may be shown first in the section of another relationship: contact with the push leg.
    lead = [_row(row) for name in section.lead if (row := analysis.summary(name)) is not None]
    rest = [row for name, row in rows.items() if name not in section.lead]
    drawn = [chart(analysis, what, f"{section.anchor}-{i}") for i, what in enumerate(section.charts, start=1)]
    return Part(
        section,
        section.relationship.value,
        reading(analysis, SENTENCES[section.relationship]),
        [row for row in lead if row.value != NOTHING],
        [row for row in rest if row.value != NOTHING],
        by_reason(analysis, [row.metric.name for row in (*lead, *rest) if row.value == NOTHING]),
        [c for c in drawn if c is not None],
    )


def _evidence(analysis: Analysis, finding: Finding, number: int) -> Drawn | None:
    """Return the chart that shows a finding: its metric step by step beside the published range."""
    metric = METRICS[finding.metric]
    if not metric.per_step:
        return None
    drawn = Chart(
        lambda a, ax: value_charts.per_step(a, finding.metric, ax), f"{metric.label}, step by step."
    )
    return chart(analysis, drawn, f"finding-{number}")


def _faster(analysis: Analysis) -> tuple[str, list[Drawn]]:
    """What rising speed does: in words, and each relationship against speed with its own verdict.

    Nothing where no course can be told and the steps' speeds hardly differ beyond their own error.
    """
    speeds = [v for v in analysis.values if v.metric == "step_speed" and math.isfinite(v.value)]
    found = speed_trends.courses([analysis.values])
    words = rising(found, speed_trends.pooled_scatter([analysis.values]), speeds)
    if not words and (
        len(speeds) < 2 or np.ptp([v.value for v in speeds]) < SPREAD * np.median([v.sd for v in speeds])
    ):
        return "", []
    drawn = []
    for one in found:
        what = FASTER[one.metric]
        told = replace(what, caption=f"{what.caption} {course(one)}")
        drawn.append(chart(analysis, told, f"faster-{one.metric}"))
    return words, [c for c in drawn if c is not None]


def _belongs(row: Summary, section: Section) -> bool:
    return row.relationship == section.relationship.value and row.metric not in (*PUSH, *PUSH_PARTS)


def _row(row: Summary) -> Row:
    metric = METRICS[row.metric]
    low, high = row.difference_ci_low, row.difference_ci_high
    resolved = interval(metric, low, high)
    return Row(
        metric,
        _OBVIOUS.sub("", metric.sign),
        number(metric, row.mean, row.mean_se),
        number(metric, row.left_mean, unit=False),
        number(metric, row.right_mean, unit=False),
        interval(metric, row.reference_low, row.reference_high),
        row.reference_source,
        ONLY_MEAN if row.only_mean else "",
        f"Left minus right, 95 %: {resolved}" if resolved else "Too few steps to compare left and right",
        low > 0 or high < 0,
    )


def _head(analysis: Analysis, name: str) -> dict[str, str]:
    metric, row = METRICS[name], analysis.summary(name)
    if row is None or not math.isfinite(row.mean):
        more = reason(analysis, name)
        return {"label": metric.label, "value": NOTHING, "error": "", "unit": "", "more": more}
    if row.mean_se >= abs(row.mean):
        return {"label": metric.label, "value": NOTHING, "error": "", "unit": "", "more": LARGER_ERROR}
    value, error, unit = written(metric, row.mean, row.mean_se)
    more = f"mean of {row.n}"
    if name == "step_speed":
        values = [v for v in analysis.values if v.metric == name and math.isfinite(v.value)]
        best = max(values, key=lambda v: v.value, default=None)
        if best is not None and len(values) > 1:
            more += f"; fastest {number(metric, best.value, best.sd, unit=False)}"
    return {"label": metric.label, "value": value, "error": error, "unit": unit, "more": more}


def _facts(analysis: Analysis) -> list[tuple[str, str]]:
    """What was filmed and how it was read, in a few words each."""
    info, pose, calibration = analysis.video, analysis.pose, analysis.calibration
    facts = []
    if info is not None:
        slow = f", {info.slow_motion:.3g} times slower in the file" if info.slow_motion > SLOWER else ""
        if not clock_known(analysis):
            slow = ", slow motion by an unknown factor: times are those of the file"
        facts.append(("Filmed", f"{info.width} × {info.height}, {info.capture_fps:.4g} frames/s{slow}"))
    else:
        facts.append(("Joints from a file", f"{pose.source}, {pose.fps:.4g} frames/s"))
    facts.append(("Camera", "moved, followed by the background" if analysis.camera.moving else "still"))
    near = analysis.motion.near_side
    facts.append(
        ("Side towards the camera", f"{near}; the {other(near)} is hidden more often, and less sure")
    )
    if calibration.scaled:
        facts.append(
            ("Scale", f"{calibration.method}, ± {100 * calibration.relative_sd:.1f} % of any length")
        )
    else:
        facts.append(("Scale", "none: no metres and no speeds; times, angles and ratios hold"))
    if calibration.scaled and calibration.treadmill_mps:
        facts.append(("Treadmill", f"belt at {calibration.treadmill_mps:.2f} m/s"))
    sides = [sum(s.side == side for s in analysis.steps) for side in ("left", "right")]
    facts.append(("Ground contacts", f"{len(analysis.steps)} ({sides[0]} left, {sides[1]} right)"))
    errors = [s.touchdown_sd_s for s in analysis.steps if math.isfinite(s.touchdown_sd_s)]
    if errors:
        of = "" if clock_known(analysis) else " of the file"
        facts.append(("Touchdowns timed to", f"± {1000 * float(np.median(errors)):.0f} ms{of}"))
    edited = sum(s.source == "edited" for s in analysis.steps)
    if edited:
        facts.append(("Corrected by hand", f"events.csv, {edited} of {len(analysis.steps)} contacts"))
    return facts


def _unique(notes: Sequence[Note]) -> list[Note]:
    """Say nothing twice, and leave out a remark where the same thing is a caution or a limit."""
    worst: dict[str, int] = {}
    for note in notes:
        worst[note.code] = min(_ORDER[note.level], worst.get(note.code, _ORDER["info"]))
    kept = (note for note in notes if _ORDER[note.level] == worst[note.code])
    return list({(note.code, note.message): note for note in kept}.values())


def _group(analysis: Analysis) -> Summary | None:
    """Return a row of the published group that most of the ranges come from, said once for all of them."""
    rows = {row.reference_source: row for row in reversed(analysis.summaries) if row.reference_source}
    sources = Counter(row.reference_source for row in analysis.summaries if row.reference_source)
    return rows[sources.most_common(1)[0][0]] if sources else None


def _table(analysis: Analysis, columns: Sequence[str]) -> list[dict[str, Any]]:
    found = {(v.metric, v.step): v for v in analysis.values}
    rows = []
    for step in analysis.steps:
        cells = []
        for name in columns:
            value = found.get((name, step.number))
            cells.append(number(METRICS[name], value.value, value.sd, unit=False) if value else NOTHING)
        if math.isfinite(step.touchdown_s) or any(cell != NOTHING for cell in cells):
            rows.append({"step": step, "cells": cells})
    return rows


def _player(analysis: Analysis, stills: Stills) -> dict[str, Any] | None:
    """What turns the video's time into the clip's: start on the capture clock and slowdown."""
    if analysis.video is None or not analysis.config.overlay:
        return None
    return {
        "start": frames.start_s(analysis),
        "slow": frames.slowdown(analysis),
        "frame": 1 / min(frames.PLAYBACK_FPS, analysis.video.capture_fps),
        "poster": poster(analysis, stills),
    }


def _provenance(analysis: Analysis) -> list[tuple[str, str]]:
    made = analysis.provenance
    rows = [
        ("Analysed", made.created),
        ("Versions", ", ".join(f"{name} {version}" for name, version in made.versions.items())),
        ("Command", " ".join(made.command)),
    ]
    if analysis.video is not None:
        rows.append(("Video", f"{analysis.video.path.name}, SHA-256 {analysis.video.sha256}"))
    rows.append(("Joints", f"{analysis.pose.source}, model SHA-256 {analysis.pose.model_sha256 or 'none'}"))
    given = analysis_json.told(analysis.config).model_dump(mode="json", exclude_defaults=True)
    rows.append(("Settings", ", ".join(f"{k} = {v}" for k, v in given.items()) or "defaults"))
    return [(k, v) for k, v in rows if v]
