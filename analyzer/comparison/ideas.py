"""What to look at beside a finding, and a coach's idea that may go with it: from ``ideas.toml``, with its
source.

An idea is marked as one wherever it is shown: it is no measurement, and no finding follows from it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple


class Idea(NamedTuple):
    """A cue or drill, and the work it was read in."""

    text: str
    source: str


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("analyzer.comparison").joinpath("ideas.toml").read_text("utf-8"))


def look(metric: str) -> str:
    """Return in a few words what to look at for a metric; empty where nothing is known to help."""
    return str(_table()["look"].get(metric, ""))


def idea(metric: str, way: Literal["more", "less", "any"]) -> Idea | None:
    """Return an idea for a metric that is larger ("more") or smaller than something; None without one.

    Parameters
    ----------
    metric : str
    way : str
        "any" where only a difference is known, such as one between the sides.
    """
    rows = _table()["idea"].get(metric, ())
    found = next((row for row in rows if row["when"] in (way, "any")), None)
    return Idea(found["text"], _table()["source"][found["source"]]["work"]) if found else None
