"""Single steps that break the row: off the steps around them by more than any runner changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, nan
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.data.notes import Note
from analyzer.data.results import Value

BREAKS: Final = "breaks_row"
"""Flag of a step that is given but has no part in the mean, nor in what is concluded from the steps."""
ROW_LOST_FLAG: Final = "no_row"
"""Flag of the steps of a clip in which too many break it: none is given."""
STANDS_OUT: Final = 0.10
"""Share of its neighbour by which a step must be above, or below, both of them.

The published courses of trained men from blocks (``references.toml``) leave the mean of two neighbours by at
most 4 %, and the two sides of a runner differ by a few.
"""
FAR_OFF: Final = 0.3
"""Share of what the steps around say by which one is off them whatever its neighbours are: no runner's is."""
SURE_SD: Final = 2.0
"""Standard errors of the difference that it must be clear of: else its error holds it."""
AROUND: Final = 3
"""Steps before and after that tell its course: a line of the middle one of their slopes, which one or two
wrong ones among them do not move."""
LEAST_AROUND: Final = 4
"""Of them so many must be given, and one on each side."""
FEWEST: Final = 5
"""Steps that make a row."""
ROW_LOST: Final = 0.2
"""Where a larger share of the steps breaks the row, none of the others is believed either."""
ROW_LOST_STEPS: Final = 4
"""But not for fewer than so many: one foot seen elsewhere makes a step long and the next one short."""


def breaks(number: Array, value: Array, sd: Array) -> Bools:
    """Tell which steps break the row.

    First those far off the steps around them, the furthest first: they have no part in what is said of the
    others. Then those beyond both of their neighbours. Where a high and a low one stand beside each other
    both do: nothing tells which of them is wrong. The first and the last are never told, since nothing shows
    how a course goes on. Where more than half would be beyond both neighbours, the sides differ, and none is.

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
    given = np.isfinite(value)
    if given.sum() < FEWEST:
        return out
    while True:
        use = given & ~out
        off = [_far_off(i, number, value, sd, use) for i in range(len(value))]
        worst = int(np.argmax(off))
        if not off[worst] > 1:
            break
        out[worst] = True
    inner = slice(1, -1)
    apart = np.diff(np.where(out, nan, value))
    bound = STANDS_OUT * np.minimum(np.abs(value[1:]), np.abs(value[:-1]))
    clear = np.abs(apart) > np.maximum(bound, SURE_SD * np.hypot(sd[1:], sd[:-1]))
    clear &= np.diff(number) == 1
    beyond = clear[1:] & clear[:-1] & (apart[1:] * apart[:-1] < 0)
    if 2 * beyond.sum() <= given[inner].sum():
        out[inner] |= beyond
    return out


def row_lost(value: Array, broken: Bools) -> bool:
    """Tell whether so many steps break the row that there is none.

    Those count that were told, which may be fewer than are wrong: two to four of the four steps of two feet
    that are seen elsewhere. Where every third foot is, two steps of three are wrong and are the course
    themselves, and hardly more than every third is told. With fewer than ``ROW_LOST_STEPS`` the others stand.
    """
    given = np.isfinite(value)
    count = int((broken & given).sum())
    return count >= ROW_LOST_STEPS and count > ROW_LOST * given.sum()


def _far_off(i: int, number: Array, value: Array, sd: Array, use: Bools) -> float:
    """Return how far a step is off the course of those around, in shares of what breaks the row by that."""
    away = number - number[i]
    around = use & (np.abs(away) <= AROUND) & (away != 0)
    x, y = away[around], value[around]
    if not use[i] or len(x) < LEAST_AROUND or not x.min() < 0 < x.max():
        return 0.0
    a, b = np.triu_indices(len(x), 1)
    slope = float(np.median((y[b] - y[a]) / (x[b] - x[a])))
    expected = float(np.median(y - slope * x))
    error = SURE_SD * float(np.hypot(sd[i], np.median(sd[around])))
    bound = max(FAR_OFF * abs(expected), error)
    return float(abs(value[i] - expected) / bound) if bound > 0 else 0.0


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
