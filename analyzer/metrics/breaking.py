"""Single steps that break the row: beyond both of their neighbours by more than any runner changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.notes import Note
from analyzer.data.results import Value

BREAKS: Final = "breaks_row"
"""Flag of a step that is given but has no part in the mean, nor in what is concluded from the steps."""
STANDS_OUT: Final = 0.10
"""Share of its neighbour by which a step must be above, or below, both of them.

The published courses of trained men from blocks (``references.toml``) leave the mean of two neighbours by at
most 4 %, and the two sides of a runner differ by a few.
"""
SURE_SD: Final = 2.0
"""Standard errors of the difference from each neighbour that it must be clear of: else its error holds it."""
FEWEST: Final = 5
"""Steps that make a row."""


def breaks(number: Array, value: Array, sd: Array) -> Bools:
    """Tell which steps break the row.

    Where a high and a low one stand beside each other both do: nothing tells which of them is wrong. Where
    more than half of the steps would, the sides differ, and none does.

    Parameters
    ----------
    number : (s,)
        Numbers of the steps.
    value, sd : (s,)
        Their numbers and standard errors, NaN = not given.

    Returns
    -------
    (s,) of bool
    """
    out = np.zeros(len(value), dtype=bool)
    inner = slice(1, -1)
    if np.isfinite(value).sum() < FEWEST:
        return out
    apart = np.diff(value)
    bound = STANDS_OUT * np.minimum(np.abs(value[1:]), np.abs(value[:-1]))
    clear = np.abs(apart) > np.maximum(bound, SURE_SD * np.hypot(sd[1:], sd[:-1]))
    clear &= np.diff(number) == 1
    out[inner] = clear[1:] & clear[:-1] & (apart[1:] * apart[:-1] < 0)
    return out if 2 * out[inner].sum() <= np.isfinite(value[inner]).sum() else np.zeros_like(out)


def in_row(values: Iterable[Value], metric: str) -> list[Value]:
    """Return a metric's numbers step by step, as far as they are given and do not break the row."""
    return [
        v
        for v in values
        if v.metric == metric and v.step is not None and isfinite(v.value) and BREAKS not in v.flags
    ]


def note(steps: Mapping[str, Sequence[int]]) -> list[Note]:
    """Return what is said of the steps that break a row; nothing where none does.

    Parameters
    ----------
    steps : metrics' labels and the numbers of their steps that do
    """
    labels: dict[tuple[int, ...], list[str]] = {}
    for label, which in steps.items():
        if which:
            labels.setdefault(tuple(which), []).append(label[0].lower() + label[1:])
    told = [
        f"{', '.join(names)} of step{'s' * (len(which) > 1)} {' and '.join(str(n) for n in which)}"
        for which, names in labels.items()
    ]
    if not told:
        return []
    return [
        Note(
            "warning",
            "breaks_row",
            f"Out of row with the steps before and after, so left out of the mean: {'; '.join(told)}.",
            "Look at these contacts in the video; a foot set down elsewhere than it was seen makes this.",
            counts={"steps": len({n for which in labels for n in which})},
        )
    ]
