"""The system map as one picture: the pushing leg, six relationships around it, and the links between them."""

from __future__ import annotations

import textwrap
from math import isfinite
from typing import Final

from analyzer.comparison.baseline import GROUP
from analyzer.comparison.standing import Link, Standing, links, standings
from analyzer.data.analysis import Analysis
from analyzer.metrics import METRICS
from analyzer.metrics.wording import CLEAR, interval, number, written
from analyzer.outputs.svg import Drawing

WIDE, TALL = 396.0, 400.0
"""Size of the picture, units: a phone shows it one to one."""
BOX: Final = (124.0, 86.0)
"""Width and height of a relationship's box."""
LEFTS: Final = (2.0, 136.0, 270.0)
"""Where the boxes of a row begin."""
TOP, PUSH_AT, BOTTOM = 34.0, 166.0, 276.0
"""Where the three rows begin: relationships, the pushing leg, relationships."""
PUSH_HIGH: Final = 84.0
"""Height of the pushing leg's box."""
LETTERS: Final = 20
"""Letters of small print in a box's width."""
TIGHT: Final = (0.6, 0.8, 0.9)
"""Tightness from which on a link is drawn a class wider. Chosen for the eye, not measured."""
BAR: Final = (206.0, 178.0)
"""Left end and width of the account's bar in the pushing leg's box."""
PATTERNS: Final = (
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><line class="stripe" x1="0" y1="0" x2="0" y2="5"/></pattern>'
    '<pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<circle cx="1.5" cy="1.5" r="1"/></pattern></defs>'
)
"""How arms and swing leg are filled in every drawing of the page, so that they are told apart in black and
white."""
_SIGNS: Final = {"inside": "●", "above": "▲", "below": "▼", "edge": "◐", "no range": "○", "unseen": "–"}
"""What stands before where a number stands."""


def system_map(analysis: Analysis) -> str:
    """Return the map as SVG; words for those who cannot see it are in its label."""
    push, around = standings(analysis)
    tied = {link.name: link for link in links(analysis)}
    d = Drawing(WIDE, TALL, _in_words(push, around, tuple(tied.values())))
    d.raw(PATTERNS)
    below = TOP + BOX[1]
    for x in LEFTS:
        middle = x + BOX[0] / 2
        d.line(middle, PUSH_AT + PUSH_HIGH, middle, BOTTOM, "plain")
    _arc(d, tied["arm–leg"])
    for name, x in (("leg–leg", 16.0), ("push–swing", 86.0), ("trunk–push", 286.0)):
        link = tied[name]
        d.line(x, below, x, PUSH_AT, _width(link))
        d.text(x + 8, below + 20, name, "small soft")
        d.text(x + 8, below + 33, _number(link), "small bold")
    for i, one in enumerate(around):
        _box(d, one, LEFTS[i % 3], TOP if i < 3 else BOTTOM, BOX)
    _push(d, analysis, push)
    d.text(
        WIDE / 2,
        TALL - 18,
        "wide line: kept close together · dotted: not to be seen in this clip",
        "small soft mid",
    )
    own = any(row.reference_group == GROUP for row in analysis.summaries)
    kind = "the range of own runs, else a published one" if own else "a published range"
    d.text(WIDE / 2, TALL - 5, f"● in {kind} ▲▼ outside it ○ none verified", "small soft mid")
    return d.svg().replace('class="g"', 'class="g map"', 1)


def _box(
    d: Drawing,
    one: Standing,
    x: float,
    y: float,
    size: tuple[float, float],
    frame: str = "",
) -> None:
    border = {"inside": "in", "edge": "in", "above": "out", "below": "out", "unseen": "unseen"}.get(
        one.place, ""
    )
    d.raw(f'<a href="#{one.part.section}">')
    d.rect(x, y, *size, f"frame {border} {frame}".strip(), 7)
    if border == "out":
        d.rect(x + 4, y + 4, size[0] - 8, size[1] - 8, "frame inner", 4)
    d.text(x + 9, y + 17, one.part.name, "bold")
    if one.place == "unseen":
        d.text(x + 9, y + 38, "not to be seen", "small soft")
        d.text(x + 9, y + 51, "in this clip", "small soft")
    else:
        value, error, unit = written(METRICS[one.metric], one.mean, one.se)
        told = f"{value} ± {error}" if error else value
        told, unit = (f"{told}°", "") if unit == "°" else (told, f" {unit}")
        small = f'<tspan class="small">{unit}</tspan>'
        d.raw(f'<text x="{x + 9:.1f}" y="{y + 36:.1f}" class="big">{told}{small}</text>')
        for i, line in enumerate(textwrap.wrap(one.words, LETTERS)[:2]):
            d.text(x + 9, y + 50 + 11.5 * i, line, "small")
        d.text(x + 9, y + size[1] - 9, f"{_SIGNS[one.place]} {_where(one)}", "small soft")
    d.raw("</a>")


def _push(d: Drawing, analysis: Analysis, push: Standing) -> None:
    _box(d, push, LEFTS[0], PUSH_AT, (WIDE - 4, PUSH_HIGH), "centre")
    alone, support = (analysis.summary(name) for name in ("single_leg_push", "whole_body_support"))
    left, width = BAR
    d.text(left, PUSH_AT + 17, "What made the push upward", "small bold")
    shown = analysis.motion.view.shows_lane and alone is not None and isfinite(alone.mean)
    if not shown or alone is None or support is None:
        d.text(left, PUSH_AT + 34, "leg alone or whole body:", "small soft")
        d.text(left, PUSH_AT + 47, "not to be seen in this clip", "small soft")
        return
    # What twice the error leaves open belongs to neither.
    sure, most = (
        min(max((alone.mean + sign * CLEAR * alone.mean_se) / 100, 0.0), 1.0) * width for sign in (-1, 1)
    )
    d.rect(left, PUSH_AT + 24, width, 16, "frame", 2)
    d.rect(left, PUSH_AT + 24, sure, 16, "solid", 2)
    d.rect(left + most, PUSH_AT + 24, width - most, 16, "support", 2)
    d.text(left, PUSH_AT + 53, "■ leg alone", "small")
    d.text(
        left + width, PUSH_AT + 53, number(METRICS[alone.metric], alone.mean, alone.mean_se), "small bold end"
    )
    d.text(left, PUSH_AT + 65, "▨ rest of the body", "small")
    d.text(left, PUSH_AT + 77, "□ left open by the error", "small")
    d.text(
        left + width,
        PUSH_AT + 65,
        number(METRICS[support.metric], support.mean, support.mean_se),
        "small bold end",
    )


def _arc(d: Drawing, link: Link) -> None:
    """Draw the link of two neighbours over their boxes, its words beside it."""
    a, b = LEFTS[0] + BOX[0] / 2, LEFTS[1] + BOX[0] / 2
    d.raw(
        f'<path class="link {_width(link)}" d="M{a:.0f},{TOP:.0f} C{a:.0f},8 {b:.0f},8 {b:.0f},{TOP:.0f}"/>'
    )
    d.text(b + 12, 15, link.name, "small soft")
    d.text(b + 12, 28, _number(link), "small bold")


def _width(link: Link) -> str:
    """Return the class of a link's line: 0 unseen, 1 loose or unknown, 4 as one."""
    if not link.seen:
        return "w0"
    return f"w{1 + sum(link.tight >= bound for bound in TIGHT)}" if isfinite(link.tight) else "w1"


def _number(link: Link) -> str:
    if link.still:
        return "no turn seen"
    if not link.seen:
        return "not seen"
    told = number(METRICS[link.metric], link.mean, link.se)
    return f"{told}, {link.way}" if link.way else told


def _where(one: Standing) -> str:
    if one.place == "no range":
        return "range unverified" if one.unread else "no range"
    metric = METRICS[one.metric]
    if one.place in ("above", "below"):
        return f"{one.place} {number(metric, one.high if one.place == 'above' else one.low)}"
    told = interval(metric, one.low, one.high)
    return f"in {told}" if one.place == "inside" else f"edge of {told}"


def _in_words(push: Standing, around: tuple[Standing, ...], tied: tuple[Link, ...]) -> str:
    parts = [
        f"{one.part.name}: "
        + (f"{number(METRICS[one.metric], one.mean, one.se)} {one.words}" if one.metric else "not to be seen")
        for one in (push, *around)
    ]
    return "System map. " + "; ".join([*parts, *(f"{link.name}: {_number(link)}" for link in tied)])
