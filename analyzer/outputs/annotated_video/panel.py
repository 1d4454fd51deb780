"""The panel beside the annotated video: the contact of the moment, the numbers of its step, the rhythm."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw

from analyzer.data.analysis import Analysis
from analyzer.data.steps import Step
from analyzer.metrics import METRICS
from analyzer.metrics.wording import number
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
from analyzer.outputs.colours import DARK, DIM, ON_VIDEO, WHITE
from analyzer.video.frame import Image
from analyzer.video.planes import Code

OF_STEP: Final = ("contact_time", "flight_time", "step_length", "step_speed")
"""Metrics of the step of the moment that stand in the panel, as far as the clip gives them of any step."""
SLOW: Final = 1.05
"""Slower than life by more than this factor, the panel says so."""


class Panel:
    """The panel of one run; ``shown_s`` is the first and last moment of the video on the capture clock."""

    def __init__(self, analysis: Analysis, width: int, shown_s: tuple[float, float], slow: float) -> None:
        self.analysis, self.width = analysis, width
        self.unit = max(16, round(width / 30))
        self.numbers = _given(analysis)
        rows = 1.7 + (2.2 if self.numbers else 0.0) + 0.8
        self.height = 2 * round(rows * self.unit / 2)
        self.slow = slow
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
        x = self.width - 0.4 * u
        size = round(0.75 * u)
        for sign in reversed(f"{time_s - self.begin:.2f} s"):  # few signs, each prepared once
            wide = length(sign, size)
            say(surface, sign, size, DIM, (x - wide / 2, 0.5 * u))
            x -= wide
        x = self._x(time_s)
        cursor = np.array([[x, self.height - 0.75 * u], [x, self.height + u]])
        lines(surface, cursor[None], WHITE, max(2, u // 12))

    def _x(self, time_s: float) -> int:
        share = (time_s - self.begin) / max(self.end - self.begin, 1e-9)
        return round(float(np.clip(share, 0, 1)) * (self.width - 1))

    def _words(self, step: Step | None, on_ground: bool) -> Image:
        u = self.unit
        page = Picture.new("RGB", (self.width, self.height), DARK)
        draw = ImageDraw.Draw(page)
        room = self.width - 0.8 * u - 3.6 * u  # the clock stands at the right
        if step is not None:
            chip, words = self._status(step, on_ground)
            colour = ON_VIDEO[step.side] if on_ground else DIM
            bold = font(u)
            wide = bold.getlength(chip) + 0.8 * u
            draw.rounded_rectangle((0.4 * u, 0.2 * u, 0.4 * u + wide, 1.55 * u), 0.3 * u, fill=colour)
            draw.text((0.8 * u, 0.87 * u), chip, font=bold, fill=DARK, anchor="lm")
            smaller = fitted(words, u, room - wide - 0.5 * u)
            draw.text((wide + 0.9 * u, 0.87 * u), words, font=smaller, fill=WHITE, anchor="lm")
        elif self.slow > SLOW:
            draw.text(
                (0.4 * u, 0.87 * u), f"{self.slow:.3g} times slower than life", DIM, font(0.8 * u), "lm"
            )
        share = (self.width - 0.4 * u) / max(len(self.numbers), 1) - 0.5 * u
        told = [(METRICS[name].label, of_step(self.analysis, name, step)) for name in self.numbers]
        size = min((fitted(said, 1.05 * u, share).size for _, said in told), default=u)
        for i, (label, said) in enumerate(told):
            x = 0.4 * u + i * (self.width - 0.4 * u) / len(self.numbers)
            draw.text((x, 2.1 * u), label, font=fitted(label, 0.65 * u, share), fill=DIM, anchor="lm")
            draw.text((x, 3.1 * u), said, font=font(size), fill=WHITE, anchor="lm")
        for each, (start, stop) in zip(self.analysis.steps, self.spans, strict=True):
            if start == np.inf:
                continue
            y = self.height - (0.65 if each.side == "right" else 0.35) * u
            draw.rectangle((self._x(start), y, self._x(stop), y + 0.25 * u), fill=ON_VIDEO[each.side])
        return np.array(page, np.uint8)

    def _status(self, step: Step, on_ground: bool) -> tuple[str, str]:
        return step.side.upper() if on_ground else "FLIGHT", f"step {step.number}"


def of_step(analysis: Analysis, name: str, step: Step | None) -> str:
    """Return a number of one step in words, a dash where there is none; nothing before the first step."""
    if step is None:
        return ""
    value = analysis.value(name, step.number)
    if value is None or not np.isfinite(value.value):
        return "–"
    return number(METRICS[name], value.value, value.sd)


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
