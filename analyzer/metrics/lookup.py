"""Reading a series at single moments, and not working out twice what several metrics ask of a step.

A run is measured some fifty times for its standard errors, a hundred metrics each: what is asked of it once a
metric and step is asked 200,000 times of a clip of ten seconds. numpy takes ten times longer than needed to
interpolate at one moment, so that this, and nothing else, is written out; the numbers are numpy's to the last
bit.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import wraps
from math import isnan
from typing import Any, Concatenate, Protocol, TypeVar

from analyzer.arrays import Array
from analyzer.data.steps import Step

Known = dict[tuple[Any, ...], tuple[Step | None, Any]]
"""What was worked out, by function and arguments, with the step that it was worked out for."""


class _Remembers(Protocol):
    @property
    def known(self) -> Known: ...


R = TypeVar("R", bound=_Remembers)
T = TypeVar("T")


class Clock:
    """The moments of a run's frames, for looking up single ones.

    Parameters
    ----------
    time : (n,) s, rising
    """

    __slots__ = ("times",)

    def __init__(self, time: Array) -> None:
        self.times: list[float] = time.tolist()

    def spans(self, start_s: float, stop_s: float) -> bool:
        """Tell whether a window lies inside the clip and has a length."""
        return bool(self.times[0] <= start_s < stop_s <= self.times[-1])

    def first_at(self, t: float) -> int:
        """Return the first frame at ``t`` or later; the number of frames where none is, or ``t`` is NaN."""
        return len(self.times) if isnan(t) else bisect_left(self.times, t)

    def first_after(self, t: float) -> int:
        """Return the first frame later than ``t``."""
        return bisect_right(self.times, t)

    def value(self, series: Array, t: float) -> float:
        """Interpolate a (n,) series at ``t`` seconds, inside the clip, as ``np.interp`` does."""
        times, t = self.times, float(t)
        i = bisect_right(times, t) - 1
        start, low = times[i], float(series[i])
        if start == t or i + 1 == len(times):
            return low
        stop, high = times[i + 1], float(series[i + 1])
        slope = (high - low) / (stop - start)
        found = slope * (t - start) + low
        if not isnan(found):
            return found
        found = slope * (t - stop) + high
        return low if isnan(found) and low == high else found


def once_a_step(
    function: Callable[Concatenate[R, Step, ...], T],
) -> Callable[Concatenate[R, Step, ...], T]:
    """Let a function of a run, a step and plain numbers or words remember what it returned.

    What it returns must not be changed by those who get it.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def looked_up(run: R, step: Step, *more: Any) -> T:
        key = (name, step.number, *more)
        found = run.known.get(key)
        if found is not None and found[0] is step:
            return found[1]  # type: ignore[no-any-return]
        made = function(run, step, *more)
        run.known[key] = (step, made)
        return made

    return looked_up


def once_a_run(function: Callable[Concatenate[R, ...], T]) -> Callable[Concatenate[R, ...], T]:
    """Let a function of a run and numbers, words or functions remember what it returned, as once a step."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def looked_up(run: R, *more: Any) -> T:
        key = (name, None, *more)
        found = run.known.get(key)
        if found is None:
            found = run.known[key] = (None, function(run, *more))
        return found[1]

    return looked_up
