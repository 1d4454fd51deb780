"""Small charts drawn by hand as SVG: crisp at every size, made in no time, and without a style attribute.

Colours and strokes are classes of the page's style sheet, so that a chart follows the page into the night and
onto paper. Lengths are in the drawing's own units, x to the right and y down, about pixels of a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from itertools import pairwise

import numpy as np

from analyzer.arrays import Array


@dataclass
class Drawing:
    """An SVG in the making; every method adds to it and returns nothing.

    width, height : units; the page scales them to its own width
    label : what a reader who cannot see it is told
    """

    width: float
    height: float
    label: str
    _parts: list[str] = field(default_factory=list)

    def raw(self, markup: str) -> None:
        """Add markup of one's own."""
        self._parts.append(markup)

    def text(self, x: float, y: float, words: str, kind: str = "") -> None:
        """Write words that begin at ``x`` (kind "mid": are centred there, "end": end there) on line ``y``."""
        self.raw(f'<text x="{x:.1f}" y="{y:.1f}"{_class(kind)}>{escape(words)}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str = "") -> None:
        """Draw a straight line."""
        at = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        self.raw(f"<line {at}{_class(kind)}/>")

    def rect(
        self, x: float, y: float, width: float, height: float, kind: str = "", radius: float = 0
    ) -> None:
        """Draw a rectangle from its upper left corner."""
        round_ = f' rx="{radius:g}"' if radius else ""
        at = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
        self.raw(f"<rect {at}{round_}{_class(kind)}/>")

    def circle(self, x: float, y: float, radius: float, kind: str = "") -> None:
        """Draw a disc; of the right side a square, as large: told apart without colours, too."""
        if "right" in kind.split():
            side = 1.77 * radius
            self.rect(x - side / 2, y - side / 2, side, side, f"{kind} dot")
            return
        self.raw(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"{_class(kind)}/>')

    def curve(self, x: Array, y: Array, kind: str = "") -> None:
        """Draw a line through points, broken where one of them is NaN."""
        seen = np.isfinite(x) & np.isfinite(y)
        for run in np.split(np.arange(len(x)), np.flatnonzero(np.diff(seen.astype(int))) + 1):
            if len(run) > 1 and seen[run[0]]:
                self.raw(f'<polyline points="{_points(x[run], y[run])}"{_class(kind)}/>')

    def area(self, x: Array, low: Array, high: Array, kind: str) -> None:
        """Fill what lies between two curves."""
        corners = _points(np.append(x, x[::-1]), np.append(low, high[::-1]))
        self.raw(f'<polygon points="{corners}"{_class(kind)}/>')

    def svg(self) -> str:
        """Return the drawing, ready to stand in a page."""
        return (
            f'<svg class="g" viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-label="{escape(self.label, quote=True)}">{"".join(self._parts)}</svg>'
        )


@dataclass(frozen=True)
class Scale:
    """From a value to a place: straight from ``low`` at ``start`` to ``high`` at ``stop``."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)

    def of(self, values: Array) -> Array:
        """Return the places of many values, (n,)."""
        return np.asarray(
            self.start + (values - self.low) / (self.high - self.low) * (self.stop - self.start)
        )

    def down_to(self, start: float) -> Scale:
        """Return the same scale from another place on."""
        low = self.low + (start - self.start) / (self.stop - self.start) * (self.high - self.low)
        return Scale(low, self.high, start, self.stop)

    def ticks(self, most: int = 5) -> list[float]:
        """Return round values inside, at most about so many."""
        span = abs(self.high - self.low)
        raw = span / max(most, 1)
        size = 10 ** np.floor(np.log10(raw))
        step = float(next(k * size for k in (1, 2, 2.5, 5, 10) if k * size >= raw * (1 - 1e-9)))
        low, high = sorted((self.low, self.high))
        first = int(np.ceil(low / step - 1e-9))
        return [round(k * step, 10) for k in range(first, int(np.floor(high / step + 1e-9)) + 1)]


def css() -> str:
    """Return what the classes of the drawings look like; a page has it once."""
    return files("analyzer.outputs").joinpath("svg.css").read_text("utf-8")


def roomy(values: Sequence[float] | Array, share: float = 0.08) -> tuple[float, float]:
    """Return the ends of an axis that leaves some room around values; never equal ones."""
    seen = np.asarray(values, dtype=float)
    seen = seen[np.isfinite(seen)]
    if not len(seen):
        return 0.0, 1.0
    low, high = float(seen.min()), float(seen.max())
    room = share * (high - low) or max(abs(high), 1.0) * share
    return low - room, high + room


def axes(
    d: Drawing,
    x: Scale,
    y: Scale,
    x_name: str,
    y_name: str,
    *,
    whole: bool = False,
    most: tuple[int, int] = (5, 4),
) -> None:
    """Draw both axes with ticks, at most about so many: x below, y at the left with its name above it."""
    _ticks(d, x, y.start, whole, most[0])
    for value in y.ticks(most[1]):
        d.line(x.start - 3, y(value), x.start, y(value), "axis")
        d.text(x.start - 5, y(value) + 3.5, f"{value:g}".replace("-", "−"), "small end soft")
    _below(d, x, y.start, x_name)
    d.text(0, y.stop - 8, y_name, "small soft")


def along(d: Drawing, x: Scale, at: float, name: str, most: int = 5) -> None:
    """Draw the axis below a chart alone, with its ticks, at height ``at``."""
    _ticks(d, x, at, False, most)
    _below(d, x, at, name)


def _ticks(d: Drawing, x: Scale, at: float, whole: bool, most: int) -> None:
    d.line(x.start, at, x.stop, at, "axis")
    for value in x.ticks(most):
        if not whole or float(value).is_integer():
            d.line(x(value), at, x(value), at + 3, "axis")
            d.text(x(value), at + 14, f"{value:g}".replace("-", "−"), "small mid soft")


def _below(d: Drawing, x: Scale, at: float, name: str) -> None:
    d.text((x.start + x.stop) / 2, at + 27, name, "small mid soft")


def spread(places: Sequence[float], apart: float) -> list[float]:
    """Move places on a line as little as their order allows until neighbours are ``apart``."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = [places[i] for i in order]
    for _ in range(len(moved) * 4):
        for i, (a, b) in enumerate(pairwise(list(moved))):
            short = apart - (b - a)
            if short > 1e-6:
                moved[i], moved[i + 1] = moved[i] - short / 2, moved[i + 1] + short / 2
    found = [0.0] * len(places)
    for place, i in zip(moved, order, strict=True):
        found[i] = place
    return found


def _points(x: Array, y: Array) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
