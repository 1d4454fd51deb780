"""The chapters of times: a start, and when places and timing gates were passed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.data.analysis import Analysis
from analyzer.data.results import Value
from analyzer.data.steps import Step
from analyzer.metrics import METRICS
from analyzer.metrics.breaking import BREAKS
from analyzer.metrics.start import Start, start
from analyzer.metrics.wording import NOTHING, number, rounded
from analyzer.outputs import pages
from analyzer.outputs.report.withheld import sentence
from analyzer.outputs.svg import Drawing, Scale, axes, roomy

OUT_OF_ROW: Final = "(out of row)"
"""Stands behind a step's number that has no part in the mean."""
EXIT: Final = "Last foot off (block exit)"
"""Whether there are blocks is not seen."""
WIDE, TALL = 380.0, 150.0
"""Size of the start's chart, units."""
COLUMNS: Final = (
    "contact_time", "flight_time", "step_length", "step_speed", "trunk_lean_touchdown",
)  # fmt: skip
"""What is told of each step of a start, as far as the clip gives it."""


@dataclass(frozen=True)
class Line:
    """A time or place in words; ``time_s`` is when to look, NaN for no moment of the clip."""

    name: str
    value: str
    time_s: float = math.nan


@dataclass(frozen=True)
class Chapter:
    """A start, ready to print: one line in short, what is known, step by step, a chart."""

    words: str
    lines: list[Line]
    columns: list[str]
    rows: list[tuple[Step, list[str]]]
    chart: str
    hint: str


def started(analysis: Analysis) -> str:
    """Return the chapter of a start as markup; empty for a run that is none."""
    found = start(analysis)
    return pages.part("outputs.report", "start.html.j2", start=_chapter(analysis, found)) if found else ""


def passed(analysis: Analysis) -> str:
    """Return the chapter of places and timing gates as markup; empty where there are none."""
    if not (analysis.splits or analysis.gates):
        return ""
    return pages.part(
        "outputs.report",
        "times.html.j2",
        words=_passing_words(analysis),
        rows=_passings(analysis),
        gates=bool(analysis.gates),
        stretches=[
            (
                f"{s.from_m:g} to {s.to_m:g} m",
                _told(s.speed, s.speed_sd, 2, ""),
                _told(s.video_speed, s.video_speed_sd, 2, ""),
            )
            for s in analysis.stretches
        ],
        notes=[note for note in analysis.notes if note.code.startswith("gates")],
    )


def lines(analysis: Analysis) -> list[str]:
    """Return what a terminal shows of a start, of places and of timing gates."""
    told = []
    found = start(analysis)
    if found is not None and (words := _summary(found)):
        told.append(f"Start: {words}")
    told += [
        f"{split.metres:g} m: {seconds(split.time_s, split.sd_s)}"
        for split in analysis.splits
        if math.isfinite(split.time_s)
    ]
    told += [
        f"Gates {s.from_m:g} to {s.to_m:g} m: {mps(s.speed, s.speed_sd)}"
        + (f"; by the video {mps(s.video_speed, s.video_speed_sd)}" if math.isfinite(s.video_speed) else "")
        for s in analysis.stretches
    ]
    return told


def seconds(value: float, sd: float) -> str:
    """Return ``1.22 ± 0.03 s``, with as many digits as the error deserves; a dash for NaN.

    A time whose error is not known stands alone.
    """
    return _told(value, sd, 3, "s")


def mps(value: float, sd: float) -> str:
    """Return ``9.5 ± 0.2 m/s``; a dash for NaN."""
    return _told(value, sd, 2, "m/s")


def _told(value: float, sd: float, decimals: int, unit: str) -> str:
    if not math.isfinite(value):
        return NOTHING
    # An error of zero is told as one of the last digit, too.
    text = " ± ".join(filter(None, rounded(value, sd or 10.0**-decimals, decimals, fewest=1)))
    return f"{text} {unit}" if unit else text


def _bare(seconds: float, sd: float) -> str:
    """Return ``1.22 ± 0.03``, for a column that names seconds."""
    return _told(seconds, sd, 3, "")


def _summary(found: Start) -> str:
    """Return a start in one line: last foot off, first foot down, 5 and 10 m after the first movement."""
    if not math.isfinite(found.movement_s):
        return ""
    told = []
    if found.exit is not None:
        told.append(f"last foot off {seconds(*found.since(found.exit.toe_off_s, found.exit.toe_off_sd_s))}")
    first = found.steps[0]
    name = "first foot down" if found.first_seen else "the first foot that was timed"
    told.append(f"{name} {seconds(*found.since(first.touchdown_s, first.touchdown_sd_s))}")
    told += [f"{split.metres:g} m {seconds(split.time_s, split.sd_s)}" for split in found.splits]
    return ", ".join(told) + " after the first movement."


def _chapter(analysis: Analysis, found: Start) -> Chapter:
    given = {v.metric for v in analysis.values if v.step is not None and math.isfinite(v.value)}
    columns = [name for name in COLUMNS if name in given]
    words = _summary(found)
    return Chapter(
        words=sentence(words) or "The first movement is not in the clip.",
        lines=_lines(found),
        columns=[METRICS[name].label for name in columns],
        rows=[(step, _cells(analysis, found, step, columns)) for step in found.steps],
        chart=_chart(analysis, found),
        hint=_hint(found),
    )


def _lines(found: Start) -> list[Line]:
    known = math.isfinite(found.movement_s)
    if not known:
        return [
            Line("First movement", "not seen: the clip does not show the body at rest before it moves"),
            Line(EXIT, "not to be seen without it"),
        ]
    out = found.exit
    told = [
        Line(
            "First movement",
            seconds(found.movement_s, found.movement_sd_s) + " of the clip",
            found.movement_s,
        )
    ]
    if out is None:
        told.append(Line(EXIT, "not seen: no foot was seen leaving the ground before the first one lands"))
    else:
        exit_s = seconds(*found.since(out.toe_off_s, out.toe_off_sd_s))
        told.append(Line(EXIT, f"{exit_s}, {out.side} foot", out.toe_off_s))
    for name, step in zip(("First", "Second", "Third"), found.first_steps, strict=False):
        if math.isfinite(step.touchdown_s):
            when = seconds(*found.since(step.touchdown_s, step.touchdown_sd_s))
            told.append(Line(f"{name} foot down", f"{when}, {step.side}", step.touchdown_s))
    told += [
        Line(f"{split.metres:g} m", seconds(split.time_s, split.sd_s), found.movement_s + split.time_s)
        for split in found.splits
    ]
    return told


def _cells(analysis: Analysis, found: Start, step: Step, columns: Sequence[str]) -> list[str]:
    when = seconds(*found.since(step.touchdown_s, step.touchdown_sd_s))
    if not math.isfinite(found.movement_s):
        when = seconds(step.touchdown_s, step.touchdown_sd_s)
    return [when, *(cell(analysis.value(name, step.number)) for name in columns)]


def cell(value: Value | None, *, unit: bool = True) -> str:
    """Return a number of one step in words, and whether it has no part in the mean; a dash for none."""
    if value is None:
        return NOTHING
    text = number(METRICS[value.metric], value.value, value.sd, unit=unit)
    return f"{text} {OUT_OF_ROW}" if BREAKS in value.flags else text


def _hint(found: Start) -> str:
    if not math.isfinite(found.movement_s):
        return "Times are those of the clip; filmed from the set position on, they count from there."
    text = (
        "Times count from the first forward movement of the centre of mass, later than the gun by the "
        "reaction; metres from where it rested then, behind the line."
    )
    if not found.first_seen:
        text += " The first foot that was timed stands too far ahead for the first step, or is the wrong one."
    return text


def _chart(analysis: Analysis, found: Start) -> str:
    """Return the speed of each step over time, with its error; empty for fewer than two."""
    begin = found.movement_s if math.isfinite(found.movement_s) else 0.0
    points = []
    for step in found.steps:
        value = analysis.value("step_speed", step.number)
        if value is not None and math.isfinite(value.value) and math.isfinite(step.touchdown_s):
            points.append((step, step.touchdown_s - begin, value))
    if len(points) < 2:
        return ""
    d = Drawing(WIDE, TALL, "Speed of each step of the start over time")
    tops = [v.value + k * v.sd for _, _, v in points for k in (-1, 1)]
    times = [t for _, t, _ in points]
    x = Scale(0.0 if found.movement_s == begin else roomy(times)[0], roomy(times)[1], 34, WIDE - 6)
    y = Scale(*roomy([*tops, *([0.0] if found.movement_s == begin else [])]), TALL - 32, 22)
    after = "s after the first movement" if found.movement_s == begin else "s of the clip"
    axes(d, x, y, after, "m/s, mean of each step")
    for step, t, value in points:
        d.line(x(t), y(value.value - value.sd), x(t), y(value.value + value.sd), step.side)
        d.circle(x(t), y(value.value), 3, step.side)
        d.text(x(t), y(value.value + value.sd) - 4, str(step.number), "small mid soft")
    return d.svg()


def _passings(analysis: Analysis) -> list[tuple[str, str, str, float]]:
    """Return each place: where, when by the video, when by its gate, and the moment of the clip.

    Places asked for stand before gates: where no marks join them, each count from a line of their own.
    """
    rows = [(f"{s.metres:g} m", s.time_s, s.sd_s, "") for s in analysis.splits]
    for gate in analysis.gates:
        rows.append(
            (f"{gate.metres:g} m, gate", gate.video_s, gate.video_sd_s, _bare(gate.time_s, gate.sd_s))
        )
    return [(name, _bare(time, sd), gate, time) for name, time, sd, gate in rows]


def _passing_words(analysis: Analysis) -> str:
    if analysis.stretches:
        whole = analysis.stretches[-1]
        words = f"By the gates {mps(whole.speed, whole.speed_sd)} from {whole.from_m:g} to {whole.to_m:g} m"
        seen = math.isfinite(whole.video_speed)
        return f"{words}{f', by the video {mps(whole.video_speed, whole.video_speed_sd)}' if seen else ''}."
    times = [s for s in analysis.splits if math.isfinite(s.time_s)]
    if len(times) < 2:
        return ""
    first, last = times[0], times[-1]
    lasts = seconds(abs(last.time_s - first.time_s), math.hypot(first.sd_s, last.sd_s))
    return f"{first.metres:g} to {last.metres:g} m in {lasts}."
