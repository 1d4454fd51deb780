"""The panel beside the annotated video: the contact of the moment, the numbers of its step, the rhythm."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw

from analyzer.data.analysis import Analysis
from analyzer.data.steps import Step
from analyzer.metrics import METRICS
from analyzer.metrics.wording import NOTHING, number
from analyzer.outputs.annotated_video import live, pace
from analyzer.outputs.annotated_video.drawing import (
    Surface,
    fitted,
    font,
    kind,
    lay,
    length,
    like,
    lines,
    say,
)
from analyzer.outputs.annotated_video.live import Reading
from analyzer.outputs.colours import DARK, DIM, ON_VIDEO, RGB, WHITE
from analyzer.video.frame import Image
from analyzer.video.planes import Code

OF_STEP: Final = ("contact_time", "flight_time", "step_length", "step_speed")
"""Metrics of the step of the moment that stand in the panel, as far as the clip gives them of any step."""
IN_ROW: Final = 4
"""Columns of the values of choice."""
_TOP, _ROW, _RHYTHM = 1.7, 2.2, 0.8
"""Heights of the first line, of a row of values and of the rhythm, in the panel's unit."""
_CLOCK: Final = 3.6
"""Width kept for the clock, in the panel's unit."""


class Cell(NamedTuple):
    """Where a value of choice stands: left edge and middle, room to the right, height of its letters, px."""

    x: float
    y: float
    room: float
    size: int


class Panel:
    """The panel of one run; ``shown_s`` is the first and last moment of the video on the capture clock."""

    def __init__(self, analysis: Analysis, width: int, shown_s: tuple[float, float]) -> None:
        self.analysis, self.width = analysis, width
        self.unit = max(16, round(width / 30))
        self.numbers = _given(analysis)
        self.live = [r for r in live.readings(analysis) if r.name not in self.numbers]
        rows = bool(self.numbers) + math.ceil(len(self.live) / IN_ROW)
        self.height = 2 * round((_TOP + rows * _ROW + _RHYTHM) * self.unit / 2)
        self.slowed = pace.words(analysis)
        self.cells = self._cells()
        self.spans = contacts(analysis.steps)
        self._drawn: dict[tuple[int | None, bool, Code | None], Surface] = {}
        self.begin, self.end = shown_s

    def draw(self, time_s: float) -> Image:
        """Return the (height, width, 3) panel at ``time_s`` of the capture clock."""
        panel = np.empty((self.height, self.width, 3), np.uint8)
        self.fill(panel, time_s)
        return panel

    def fill(self, surface: Surface, time_s: float) -> None:
        """Fill a surface of the panel's size with the panel at ``time_s`` of the capture clock."""
        step, on_ground = _moment(self.analysis.steps, time_s, self.spans)
        key = step.number if step else None, on_ground, kind(surface)
        if key not in self._drawn:
            self._drawn[key] = like(surface, self._words(step, on_ground))
        lay(surface, self._drawn[key])
        u = self.unit
        size = round(0.75 * u)
        clock = f"{time_s - self.begin:.2f} s"
        _spell(surface, clock, size, DIM, self.width - 0.4 * u - _reach(clock, size), 0.5 * u)
        index = self._index(time_s)
        for reading, cell in self.cells:
            if reading.values is not None and not reading.why:
                y = cell.y - 0.5 * cell.size
                _spell(surface, reading.said(index), cell.size, reading.colour, cell.x, y)
        x = self._x(time_s)
        cursor = np.array([[x, self.height - 0.75 * u], [x, self.height + u]])
        lines(surface, cursor[None], WHITE, max(2, u // 12))

    def _cells(self) -> list[tuple[Reading, Cell]]:
        """Return the values of choice with their places; all letters are of one size."""
        u = self.unit
        wide = (self.width - 0.4 * u) / IN_ROW
        said = [text for reading in self.live for text in self._longest(reading)]
        size = int(min((fitted(text, 1.05 * u, wide - 0.5 * u).size for text in said), default=u))
        found = []
        for i, reading in enumerate(self.live):
            row, column = divmod(i, IN_ROW)
            y = (_TOP + (bool(self.numbers) + row) * _ROW + 1.4) * u
            found.append((reading, Cell(0.4 * u + column * wide, y, wide - 0.5 * u, size)))
        return found

    def _of_metric(self, reading: Reading, step: Step | None) -> str:
        """Return the words of a metric; nothing of a signal, whose value changes with the frame."""
        return of_step(self.analysis, reading.name, step) if reading.values is None else ""

    def _longest(self, reading: Reading) -> list[str]:
        if reading.why:
            return []
        if reading.values is None:
            return [self._of_metric(reading, step) for step in self.analysis.steps]
        return [reading.said(int(find(reading.values))) for find in (np.nanargmin, np.nanargmax)]

    def _index(self, time_s: float) -> int:
        """Return the frame at a moment."""
        return int(np.argmin(np.abs(self.analysis.motion.time - time_s)))

    def _x(self, time_s: float) -> int:
        share = (time_s - self.begin) / max(self.end - self.begin, 1e-9)
        return round(float(np.clip(share, 0, 1)) * (self.width - 1))

    def _words(self, step: Step | None, on_ground: bool) -> Image:
        u = self.unit
        page = Picture.new("RGB", (self.width, self.height), DARK)
        draw = ImageDraw.Draw(page)
        room = self.width - 0.8 * u - _CLOCK * u  # the clock stands at the right
        taken = 0.4 * u
        if step is not None:
            chip, words = self._status(step, on_ground)
            colour = ON_VIDEO[step.side] if on_ground else DIM
            bold = font(u)
            wide = bold.getlength(chip) + 0.8 * u
            draw.rounded_rectangle((0.4 * u, 0.2 * u, 0.4 * u + wide, 1.55 * u), 0.3 * u, fill=colour)
            draw.text((0.8 * u, 0.87 * u), chip, font=bold, fill=DARK, anchor="lm")
            smaller = fitted(words, u, room - wide - 0.5 * u)
            draw.text((wide + 0.9 * u, 0.87 * u), words, font=smaller, fill=WHITE, anchor="lm")
            taken = wide + 0.9 * u + smaller.getlength(words) + 0.6 * u
        left = self.width - 0.4 * u - _CLOCK * u
        slowed = fitted(self.slowed, 0.65 * u, left - taken)
        draw.text((left, 0.87 * u), self.slowed, font=slowed, fill=DIM, anchor="rm")
        share = (self.width - 0.4 * u) / max(len(self.numbers), 1) - 0.5 * u
        told = [(METRICS[name].label, of_step(self.analysis, name, step)) for name in self.numbers]
        size = min((fitted(said, 1.05 * u, share).size for _, said in told), default=u)
        for i, (label, said) in enumerate(told):
            x = 0.4 * u + i * (self.width - 0.4 * u) / len(self.numbers)
            draw.text((x, 2.1 * u), label, font=fitted(label, 0.65 * u, share), fill=DIM, anchor="lm")
            draw.text((x, 3.1 * u), said, font=font(size), fill=WHITE, anchor="lm")
        for reading, cell in self.cells:
            small = fitted(reading.label, 0.65 * u, cell.room)
            draw.text((cell.x, cell.y - u), reading.label, font=small, fill=DIM, anchor="lm")
            words = reading.why or self._of_metric(reading, step)
            letters = fitted(words, 0.65 * u if reading.why else cell.size, cell.room)
            draw.text((cell.x, cell.y), words, font=letters, fill=WHITE, anchor="lm")
        for each, (start, stop) in zip(self.analysis.steps, self.spans, strict=True):
            if start == np.inf:
                continue
            y = self.height - (0.65 if each.side == "right" else 0.35) * u
            draw.rectangle((self._x(start), y, self._x(stop), y + 0.25 * u), fill=ON_VIDEO[each.side])
        return np.array(page, np.uint8)

    def _status(self, step: Step, on_ground: bool) -> tuple[str, str]:
        return step.side.upper() if on_ground else "FLIGHT", f"step {step.number}"


def _reach(text: str, size: int) -> float:
    return sum(length(sign, size) for sign in text)


def _spell(surface: Surface, text: str, size: int, colour: RGB, x: float, y: float) -> None:
    """Write words from ``x`` on sign by sign: they change all the time, and few signs are prepared once."""
    for sign in text:
        wide = length(sign, size)
        say(surface, sign, size, colour, (x + wide / 2, y))
        x += wide


def of_step(analysis: Analysis, name: str, step: Step | None) -> str:
    """Return a number of one step in words, a dash where there is none; nothing before the first step."""
    if step is None:
        return ""
    value = analysis.value(name, step.number)
    return NOTHING if value is None else number(METRICS[name], value.value, value.sd)


def _given(analysis: Analysis) -> list[str]:
    """Return the metrics that the panel shows: those of which some step has a number."""
    known = {v.metric for v in analysis.values if v.step is not None and np.isfinite(v.value)}
    return [name for name in OF_STEP if name in known]


def _moment(
    steps: tuple[Step, ...], time_s: float, spans: list[tuple[float, float]] | None = None
) -> tuple[Step | None, bool]:
    """Return the step that ``time_s`` belongs to and whether its foot is on the ground."""
    spans = contacts(steps) if spans is None else spans
    for i, (step, (start, stop)) in enumerate(zip(steps, spans, strict=True)):
        if start <= time_s < stop:
            return step, True
        after = min((begin for begin, _ in spans[i + 1 :]), default=np.inf)
        after = after if np.isfinite(after) else stop + (stop - start)
        if stop <= time_s < after:
            return step, False
    return None, False


def contacts(steps: tuple[Step, ...]) -> list[tuple[float, float]]:
    """Return when each contact begins and ends.

    An event the clip does not show lies beyond its end; one that could not be timed is drawn at the
    neighbour's event. A step without any event is at infinity.
    """
    spans = []
    for i, step in enumerate(steps):
        start, stop = step.touchdown_s, step.toe_off_s
        if np.isnan(start) and np.isnan(stop):
            spans.append((np.inf, np.inf))
            continue
        before = [t for s in steps[:i] for t in (s.touchdown_s, s.toe_off_s) if t < stop]
        after = [t for s in steps[i + 1 :] for t in (s.touchdown_s, s.toe_off_s) if t > start]
        if np.isnan(start):
            start = max(before, default=-np.inf)
        if np.isnan(stop):
            stop = min(after, default=np.inf)
        spans.append((float(start), float(stop)))
    return spans
