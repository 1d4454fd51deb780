"""Perturbed copies of a run measured at once: a run whose every number is one for each copy.

A series (n,) is (n, c) here, and a contact all contacts of one side: its times are (s, c). A metric of a step
is then asked once a side instead of once a step and copy, which is what makes 48 copies affordable. How a
series is read is ``metrics.run``'s, to the last digits.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from math import nan
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from analyzer.arrays import Array, Bools, Indices
from analyzer.body.skeleton import SIDES, Side
from analyzer.data.steps import Step
from analyzer.metrics.lookup import once_a_run, once_a_step
from analyzer.metrics.momentum import Momenta
from analyzer.metrics.registry import Metric
from analyzer.metrics.run import AMONG, FEWEST_SAMPLES, MISSED, REACH, Run
from analyzer.metrics.uncertainty.standard_error import evaluate
from analyzer.motion import flight
from analyzer.motion.flight import Flight

_LATER = 10
"""The number of a side's contacts so many steps on is theirs plus that many times this."""


class _Window(NamedTuple):
    """The frames of a window for each contact and copy: (w, s, c), ``inside`` where one is as long."""

    values: Array
    inside: Bools
    at: Indices


class Together(Run):
    """Copies of one run as one run. Made by ``together``."""

    copies: tuple[Run, ...]

    @cached_property
    def _copy(self) -> Indices:
        return np.arange(len(self.copies))

    @cached_property
    def members(self) -> dict[Side, list[int]]:
        """Which contacts are of a side."""
        return {side: [i for i, step in enumerate(self.steps) if step.side == side] for side in SIDES}

    @cached_property
    def by_side(self) -> dict[Side, Step]:
        """The contacts of a side as one: times and places (s, c), numbered 1 and 2."""
        sides = enumerate(SIDES, start=1)
        return {side: self._group(k, side, self.members[side]) for k, side in sides if self.members[side]}

    def _group(self, number: int, side: Side, members: Sequence[int]) -> Step:
        def of(what: str) -> Any:
            return np.array([[getattr(run.steps[i], what) for run in self.copies] for i in members])

        foot = of("foot")
        return replace(
            self.steps[members[0]], number=number, side=side, touchdown_s=of("touchdown_s"),
            touchdown_sd_s=of("touchdown_sd_s"), toe_off_s=of("toe_off_s"), toe_off_sd_s=of("toe_off_sd_s"),
            foot=(foot[..., 0], foot[..., 1]),
        )  # fmt: skip

    @once_a_run
    def each_step(self, function: Callable[[Run, Step], float]) -> Array:
        """Return what a function of a run and a step gives for every copy and contact, (c, s)."""
        found = np.full((len(self.copies), len(self.steps)), nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            for side, group in self.by_side.items():
                members = self.members[side]
                shape = len(members), len(self.copies)
                found[:, members] = np.broadcast_to(function(self, group), shape).T
        return found

    @once_a_step
    def after(self, step: Step, count: int = 1) -> Step | None:
        """Return the contacts ``count`` later, NaN where there is none."""
        base = {s.number: i for i, s in enumerate(self.steps)}
        own = [i for i, s in enumerate(self.steps) if s.side == step.side]
        found = [base.get(self.steps[i].number + count, -1) for i in own]
        right = [(self.steps[i].side == step.side) == (count % 2 == 0) for i in found]
        there = np.array([i >= 0 and fits for i, fits in zip(found, right, strict=True)])
        if not there.any():
            return None
        side = self.steps[found[int(np.argmax(there))]].side
        group: Any = self._group(step.number + _LATER * count, side, found)
        here: Any = step
        by_touchdown = np.abs(group.touchdown_s - here.touchdown_s)
        apart = np.where(np.isfinite(by_touchdown), by_touchdown, np.abs(group.toe_off_s - here.toe_off_s))
        near = ~(apart > (abs(count) + MISSED) * self.rhythm) & there[:, None]
        later: Step = replace(
            group,
            touchdown_s=np.where(near, group.touchdown_s, nan),
            toe_off_s=np.where(near, group.toe_off_s, nan),
            foot=(np.where(near, group.foot[0], nan), np.where(near, group.foot[1], nan)),
        )
        return later

    @cached_property
    def rhythm(self) -> Any:
        """Usual time between neighbouring contacts, s, (c,)."""
        return np.array([run.rhythm for run in self.copies])

    @cached_property
    def step_time(self) -> Any:
        """Typical time from one touchdown to the next, s, (c,)."""
        return np.array([run.step_time for run in self.copies])

    @cached_property
    def swing_rates(self) -> dict[str, Array]:
        """Angular velocity of thighs and upper arms without what is faster than a swing, (n, c) deg/s."""
        found = [run.swing_rates for run in self.copies]
        return {name: np.stack([rates[name] for rates in found], axis=1) for name in found[0]}

    @cached_property
    def momenta(self) -> Momenta:
        """Momenta of the parts of the body relative to where they hang, (n, 2, c)."""
        found = [run.momenta for run in self.copies]

        def stacked(of: Callable[[Momenta], Array]) -> Array:
            return np.stack([of(one) for one in found], axis=-1)

        leg, arm = (
            {side: stacked(lambda one, w=what, s=side: getattr(one, w)[s]) for side in SIDES}  # type: ignore[misc]
            for what in ("leg", "arm")
        )
        trunk, hips, total = (stacked(attrgetter(what)) for what in ("trunk", "hips", "total"))
        return Momenta(leg, arm, trunk, hips, total, found[0].whole)

    @cached_property
    def flights(self) -> dict[int, Flight]:
        """The flights after the contacts of each side, (s, c), by the group's number."""
        com = np.stack([flight.unfiltered(run.motion) for run in self.copies], axis=-1)
        times = np.array([[(s.touchdown_s, s.toe_off_s) for s in run.steps] for run in self.copies]).T
        found = flight.every(self.motion, com, self.steps, times[0], times[1], self.gravity)
        return {group.number: found.some(self.members[side]) for side, group in self.by_side.items()}

    def _first_at(self, t: Any) -> Any:
        return np.searchsorted(self.motion.time, t, "left")

    def _first_after(self, t: Any) -> Any:
        return np.searchsorted(self.motion.time, t, "right")

    def _spans(self, start_s: Any, stop_s: Any) -> Any:
        time = self.motion.time
        return (time[0] <= start_s) & (start_s < stop_s) & (stop_s <= time[-1])

    def _window(self, series: Array, first: Indices, last: Indices) -> _Window:
        """Return the frames from ``first`` to before ``last``, (s, c) both."""
        longest = max(int((last - first).max(initial=0)), 1)
        at = first + np.arange(longest)[:, None, None]
        inside = at < last
        at = np.minimum(at, len(series) - 1)
        return _Window(self._read(series, at), inside, at)

    def _read(self, series: Array, at: Indices) -> Array:
        """Return a series (n, c), or (n,) for all copies, at frames (..., c)."""
        return np.asarray(series[at, self._copy] if series.ndim == 2 else series[at])

    def at(self, series: Array, t: Any) -> Any:
        """Interpolate a series at times (..., c) s; NaN outside the clip and where unseen."""
        time, n = self.motion.time, len(self.motion.time)
        inside = (time[0] <= np.asarray(t)) & (np.asarray(t) <= time[-1])
        i = np.clip(self._first_after(t) - 1, 0, n - 1)
        j = np.minimum(i + 1, n - 1)
        low, high = self._read(series, i), self._read(series, j)
        start, stop = time[i], time[j]
        slope = (high - low) / np.where(j > i, stop - start, 1.0)
        found = slope * (t - start) + low
        found = np.where(np.isnan(found), slope * (t - stop) + high, found)
        found = np.where((start == t) | (i == j) | (np.isnan(found) & (low == high)), low, found)
        return np.where(inside, found, nan)

    def between(self, series: Array, start_s: Any, stop_s: Any) -> Array:
        """Return a series between times (s, c) with both ends, (m, s, c); NaN beyond the shorter ones."""
        fits = self._spans(start_s, stop_s)
        first = np.where(fits, self._first_after(start_s), 0)
        last = np.where(fits, self._first_after(stop_s), 0)
        frames = self._window(series, first, last)
        ends = self.at(series, start_s), self.at(series, stop_s)
        whole = np.isfinite(np.where(frames.inside, frames.values, 0.0)).all(axis=0)
        whole &= fits & np.isfinite(ends[0]) & np.isfinite(ends[1])
        inner = np.where(frames.inside & whole, frames.values, nan)
        begin, end = (np.where(whole, value, nan)[None] for value in ends)
        return np.concatenate([begin, inner, end])

    def sampled(self, series: Array, start_s: Any, stop_s: Any, count: int) -> Array:
        """Return a series at so many even times from one to another, (count, s, c)."""
        fits = self._spans(start_s, stop_s)
        start, stop = (np.where(fits, t, self.motion.time[0]) for t in (start_s, stop_s))
        found: Array = np.where(fits, self.at(series, np.linspace(start, stop, count)), nan)
        return found

    def mean(self, series: Array, start_s: Any, stop_s: Any) -> Any:
        """Return the mean over time of a series between times (s, c); NaN if it is not seen throughout."""
        fits = self._spans(start_s, stop_s)
        start, stop = (np.where(fits, t, self.motion.time[0]) for t in (start_s, stop_s))
        count = np.maximum(FEWEST_SAMPLES, np.round(2 * (stop - start) * self.fps).astype(int))
        k = np.arange(int(count.max(initial=FEWEST_SAMPLES)))[:, None, None]
        step = (stop - start) / (count - 1)
        grid = np.where(k < count - 1, start + k * step, stop)
        values = self.at(series, grid)
        area = np.sum(np.diff(grid, axis=0) * (values[1:] + values[:-1]) / 2, axis=0)
        return np.where(fits, area / np.where(fits, stop - start, 1.0), nan)

    def spread(self, series: Array, start_s: Any, stop_s: Any) -> Any:
        """Return the highest minus the lowest value of a series between times (s, c)."""
        found = self.between(series, start_s, stop_s)
        return np.fmax.reduce(found, axis=0) - np.fmin.reduce(found, axis=0)

    def slope(self, series: Array, start_s: Any, stop_s: Any, fewest: int) -> Any:
        """Return a fitted line's slope over the frames between times (s, c) that show the series."""
        frames = self._window(series, self._first_at(start_s), self._first_after(stop_s))
        near = frames.inside & np.isfinite(frames.values)
        count = near.sum(axis=0)
        t = np.where(near, self.motion.time[frames.at], 0.0)
        t = np.where(near, t - t.sum(axis=0) / np.maximum(count, 1), 0.0)
        y = np.where(near, frames.values, 0.0)
        return np.where(count >= fewest, (t * y).sum(axis=0) / (t * t).sum(axis=0), nan)

    def crossing(self, series: Array, start_s: Any, stop_s: Any, near_s: Any) -> Any:
        """Return the times (s, c) at which a series rises through 0, those nearest to ``near_s``."""
        found, rises = self._rising(series, self._first_at(start_s), self._first_at(stop_s))
        away = np.where(rises, np.abs(found - near_s), np.inf)
        nearest = np.take_along_axis(found, away.argmin(axis=0)[None], axis=0)[0]
        return np.where(rises.any(axis=0), nearest, nan)

    def _rising(self, series: Array, first: Indices, last: Indices) -> tuple[Array, Bools]:
        """Return where between frames a series would pass 0, (w, s, c) s, and where it rises through it."""
        gap, inside, at = self._window(series, first, last)
        if len(gap) < 2:
            return np.full(gap.shape, nan), np.zeros(gap.shape, dtype=bool)
        t = self.motion.time[at]
        rises = (gap[:-1] <= 0) & (gap[1:] > 0) & inside[1:]
        rise = np.where(rises, gap[1:] - gap[:-1], 1.0)
        return t[:-1] - (t[1:] - t[:-1]) * gap[:-1] / rise, rises

    def peak(
        self, series: Array, start_s: Any, stop_s: Any, *, inner: bool = False, reach: float = REACH
    ) -> tuple[Any, Any]:
        """Return times and values (s, c) of the highest points of a series between times (s, c)."""
        time, n = self.motion.time, len(self.motion.time)
        fits = self._spans(start_s, stop_s) & (self.step_time > 0)
        first = np.where(fits, self._first_at(start_s), 0)
        last = np.where(fits, self._first_at(stop_s), 0)
        values, inside, _ = self._window(series, first, last)
        whole = np.isfinite(np.where(inside, values, 0.0)).all(axis=0) & (last > first)
        top = first + np.where(inside & whole, values, -np.inf).argmax(axis=0)
        height = self._read(series, top)
        ends = (top == first) | (top == last - 1)
        half = np.maximum(1, np.round(reach * np.nan_to_num(self.step_time) * self.fps).astype(int))
        low, high = np.maximum(top - half, first), np.minimum(top + half + 1, last)
        at = low + np.arange(2 * int(half.max()) + 1)[:, None, None]
        near = (at < high) & whole
        at = np.minimum(at, n - 1)
        x = np.where(near, (time[at] - time[top]) / self.step_time, 0.0)
        y = np.where(near, self._read(series, at) - height, 0.0)
        shift, gain = _vertex(x, y, near)
        flat = ends | ~np.isfinite(shift)
        when = time[top] + np.where(flat, 0.0, shift) * self.step_time
        value = height + np.where(flat, 0.0, gain)
        there = whole & ~ends if inner else whole
        return np.where(there, when, nan), np.where(there, value, nan)

    @once_a_step
    def mid_stance(self, step: Step) -> Any:
        """Return the times (s, c) at which the centre of mass passes over the planted foot, s."""
        first, last = self._first_at(step.touchdown_s), self._first_at(step.toe_off_s)
        first, last = np.maximum(first - 1, 0), np.minimum(last + 1, len(self.motion.time))
        behind, inside, at = self._window(self.motion.com[:, 0], first, last)
        behind = behind - self.foot_x(step)
        t = self.motion.time[at]
        if len(t) < 2:
            return np.full(first.shape, nan)
        ahead = (behind[:-1] <= 0) & (behind[1:] > 0) & inside[1:]
        i = ahead.argmax(axis=0)[None]
        low, high = (np.take_along_axis(behind, i + k, axis=0)[0] for k in (0, 1))
        start, stop = (np.take_along_axis(t, i + k, axis=0)[0] for k in (0, 1))
        found = start + (stop - start) * -low / np.where(high > low, high - low, 1.0)
        return np.where(ahead.any(axis=0), found, nan)


def _vertex(x: Array, y: Array, near: Bools) -> tuple[Array, Array]:
    """Return where a parabola through points about a highest sample is highest, and by how much it is higher.

    As in ``Run.peak``. NaN where it does not open downwards.

    Parameters
    ----------
    x, y : (w, s, c)
        From the highest sample; 0 where not ``near``.
    near : (w, s, c) of bool

    Returns
    -------
    shift, gain : (s, c)
    """
    square = x * x
    n = np.maximum(near.sum(axis=0), 1)
    s1, s2, s3, s4 = (part.sum(axis=0) for part in (x, square, square * x, square * square))
    t0, t1, t2 = (part.sum(axis=0) for part in (y, x * y, square * y))
    a11, a12, a22 = s2 - s1 * s1 / n, s3 - s1 * s2 / n, s4 - s2 * s2 / n
    b1, b2 = t1 - s1 * t0 / n, t2 - s2 * t0 / n
    determinant = a11 * a22 - a12 * a12
    usable = determinant > 0
    c2 = np.where(usable, (a11 * b2 - a12 * b1) / np.where(usable, determinant, 1.0), 0.0)
    down = c2 < 0
    c1 = (a22 * b1 - a12 * b2) / np.where(usable, determinant, 1.0)
    c0 = (t0 - c1 * s1 - c2 * s2) / n
    shift = np.clip(-c1 / (2 * np.where(down, c2, -1.0)), x.min(axis=0), x.max(axis=0))
    return np.where(down, shift, nan), np.where(down, c0 + c1 * shift + c2 * shift**2, nan)


def together(copies: Sequence[Run]) -> Together:
    """Return copies of one run, which have its contacts and its clock, as one run.

    Its own ``copies`` look at its arrays, so that no number is held twice once the others are let go.
    """
    base = copies[0]
    held: dict[str, Any] = {what: _held([getattr(run.motion, what) for run in copies]) for what in _OWN}
    widths: Any = tuple(np.array([run.widths for run in copies]).T)
    facts = {name: getattr(base, name) for name in Run.__dataclass_fields__}
    made = Together(**facts | {"motion": replace(base.motion, **_seen(held, ...)), "widths": widths})
    own = []
    for place, run in enumerate(copies):
        own.append(replace(run, motion=replace(run.motion, **_seen(held, place))))
        own[-1].known[AMONG] = (None, (weakref.ref(made), place))
    object.__setattr__(made, "copies", tuple(own))
    return made


_OWN = ("raw", "position", "angles", "rates", "com", "com_velocity", "leg_length", "view_angle_deg")
"""What of its motion every copy has for itself."""


def _held(parts: Sequence[Any]) -> Any:
    """Return arrays (n, ...) of the copies, or those by name, as one (c, ..., n): time lies together."""
    if isinstance(parts[0], dict):
        return {name: _held([part[name] for part in parts]) for name in parts[0]}
    return np.stack([np.transpose(part) for part in parts])


def _seen(held: Any, which: Any) -> Any:
    """Return what ``_held`` holds of one copy, (n, ...), or of all, (n, ..., c)."""
    if isinstance(held, dict):
        return {name: _seen(part, which) for name, part in held.items()}
    return held[which].T


def evaluate_all(metric: Metric, run: Together) -> Array:
    """Return ``evaluate`` of a metric on every copy, (c, s)."""
    if not metric.per_step:
        return np.array([evaluate(metric, copy) for copy in run.copies])
    function: Any = metric.function
    return run.each_step(function)
