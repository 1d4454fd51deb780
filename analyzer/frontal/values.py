"""The numbers of every stance, in the units of ``measures``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side, other
from analyzer.frontal import beside
from analyzer.frontal.alternation import OWN_WINDOW, Middle, local, waves
from analyzer.frontal.body import Body
from analyzer.signals import filters
from analyzer.signals.geometry import distance

CUTOFF: Final = 8.0
"""Low-pass for what is read at an instant, in strides' frequencies: 18 Hz in a sprint."""
MIDDLE: Final = 0.05
"""Strides to either side of a stance's middle over which it is read: about half of a sprinter's contact."""
SWAY_WINDOW: Final = 1.5
"""Strides around a stance over which a sway is fitted."""
WHOLE: Final = 0.6
"""Share of a window that must have been seen."""
_FINE: Final = 41
"""Instants of a window that are looked at."""

Values = list[dict[str, float]]


def of_stances(body: Body, middles: Sequence[Middle], stride_hz: float, off: float) -> Values:
    """Return the numbers of each stance, those that it shows; ``off`` is the sine of ``beside``, 0 = none."""
    stride_s = 1 / stride_hz
    out: Values = [{} for _ in middles]

    def smooth(series: Array) -> Array:
        return filters.low_pass(body.time, filters.bridge(body.time, series), CUTOFF * stride_hz)

    foot = {side: smooth(_sign(side) * body.foot(side)[:, 0]) for side in SIDES}
    knee = {side: smooth(_inward(body, side)) for side in SIDES}
    lift = {side: smooth(_lift(body, side)) for side in SIDES}
    hand = {side: smooth(_across(body, side)) for side in SIDES}
    tilt, lean = smooth(body.tilt()), body.rolled()
    before: Middle | None = None
    for found, middle in zip(out, middles, strict=True):
        side, swings, now = middle.side, other(middle.side), middle.time_s

        def around(
            name: str,
            series: Array,
            first: float,
            last: float,
            what: Callable[[Array], float],
            now: float = now,
            side: Side = side,
            found: dict[str, float] = found,
        ) -> None:
            value = _window(body.time, series, now + first * stride_s, now + last * stride_s, what)
            if np.isfinite(value):
                found[name] = value - beside.added(name, side, off)

        around("foot_from_midline", 100 * foot[side], -MIDDLE, MIDDLE, _mean)
        around("knee_inward", knee[side], -MIDDLE, MIDDLE, _mean)
        around("knee_lift", 100 * lift[swings], -0.25, 0.35, _most)
        around("hand_across", 100 * hand[side], -0.25, 0.40, _most)
        around("trunk_side_lean", lean, -0.5, 0.5, _mean)
        sway = _range(body.time, lean, now, stride_hz)
        if np.isfinite(sway):
            found["trunk_sway"] = sway
        lag = _lag(body, side, now, stride_hz)
        if np.isfinite(lag):
            found["arm_leg_lag"] = lag
        dropped = _sign(side) * (tilt - _level(body.time, tilt, now, stride_s))
        around("pelvis_drop", dropped, -MIDDLE, MIDDLE, _mean)
        if before is not None and before.side != side and "foot_from_midline" in found:
            other_foot = _window(
                body.time,
                100 * foot[before.side],
                before.time_s - MIDDLE * stride_s,
                before.time_s + MIDDLE * stride_s,
                _mean,
            ) - beside.added("foot_from_midline", before.side, off)
            aside = _swayed(body, before.time_s, now, stride_hz)
            width = found["foot_from_midline"] + other_foot + 100 * _sign(side) * aside
            if np.isfinite(width):
                found["step_width"] = width
        before = middle
    return out


def _sign(side: Side) -> float:
    return 1.0 if side == "left" else -1.0


def _inward(body: Body, side: Side) -> Array:
    """Return (n,) the angle in the image between thigh and shank, the knee inside positive, deg."""
    hip, knee, ankle = (body.joint(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
    thigh, shank = hip - knee, knee - ankle
    turn = np.degrees(np.arctan2(thigh[:, 0], thigh[:, 1]) - np.arctan2(shank[:, 0], shank[:, 1]))
    return np.asarray(_sign(side) * turn)


def _lift(body: Body, side: Side) -> Array:
    """Return (n,) the height of a knee over the hip of its side, thigh lengths."""
    hip, knee = body.joint(f"{side}_hip"), body.joint(f"{side}_knee")
    return np.asarray((knee - hip)[:, 1] / _thigh(body))


def _thigh(body: Body) -> float:
    """Return the thigh's length, leg lengths: as it is seen while it hangs."""
    lengths = np.concatenate([distance(body.joint(f"{s}_hip"), body.joint(f"{s}_knee")) for s in SIDES])
    lengths = lengths[np.isfinite(lengths)]
    return float(np.quantile(lengths, 0.9)) if len(lengths) else float("nan")


def _across(body: Body, side: Side) -> Array:
    """Return (n,) how far a hand is past the middle of the shoulders, shoulder widths."""
    aside = (body.hand(side) - body.middle("shoulder"))[:, 0]
    return np.asarray(-_sign(side) * aside / shoulder_width(body))


def shoulder_width(body: Body) -> float:
    """Return the width of the shoulders in the picture while they are square, leg lengths."""
    shoulders = (body.joint("left_shoulder") - body.joint("right_shoulder"))[:, 0]
    known = shoulders[np.isfinite(shoulders)]
    return float(np.quantile(known, 0.75)) if len(known) else float("nan")


def _window(time: Array, y: Array, first: float, last: float, what: Callable[[Array], float]) -> float:
    """Return something of a stretch of a series; NaN where too little of it was seen."""
    if first < time[0] or last > time[-1]:
        return float("nan")
    inside = (time >= first) & (time <= last)
    known = np.isfinite(y)
    if known.sum() < 2 or (inside.any() and known[inside].mean() < WHOLE):
        return float("nan")
    return what(np.interp(np.linspace(first, last, _FINE), time[known], y[known]))


def _mean(values: Array) -> float:
    return float(values.mean())


def _most(values: Array) -> float:
    return float(values.max())


def _level(time: Array, y: Array, now: float, stride_s: float) -> float:
    """Return the mean over a stride around an instant, moved inwards at the clip's ends."""
    start = min(max(now - stride_s / 2, float(time[0])), float(time[-1]) - stride_s)
    return _window(time, y, max(start, float(time[0])), start + stride_s, _mean)


def _range(time: Array, y: Array, now: float, stride_hz: float) -> float:
    """Return the range of what repeats with the stride around an instant."""
    found = local(time, y, now, stride_hz, SWAY_WINDOW)
    if found is None or not time[0] <= now - 0.5 / stride_hz <= now + 0.5 / stride_hz <= time[-1]:
        return float("nan")
    terms = found[0]
    angle = np.linspace(0, 2 * np.pi, 73)
    curve = sum(terms[2 * k - 1] * np.cos(k * angle) + terms[2 * k] * np.sin(k * angle) for k in (1, 2))
    return float(np.ptp(curve))


def _swayed(body: Body, before: float, now: float, stride_hz: float) -> float:
    """Return how far to the athlete's left the hips sway from one stance to the next, leg lengths."""
    found = local(body.time, body.hips[:, 0], (before + now) / 2, stride_hz, SWAY_WINDOW, (1,), drifts=True)
    if found is None:
        return 0.0
    ends = waves(np.array([-1.0, 1.0]) * (now - before) / 2, stride_hz, (1,)) @ found[0][:3]
    return float(ends[1] - ends[0])


def _lag(body: Body, stands: Side, now: float, stride_hz: float) -> float:
    """Return how much of a stride, %, the hand over a standing leg is highest after the other leg's knee."""
    swings = other(stands)
    knee = _highest(body.time, body.joint(f"{swings}_knee")[:, 1], now, stride_hz)
    hand = _highest(body.time, (body.hand(stands) - body.middle("shoulder"))[:, 1], now, stride_hz)
    lag = (hand - knee) * stride_hz
    return 100 * float(lag - np.round(lag)) if np.isfinite(lag) else float("nan")


def _highest(time: Array, y: Array, now: float, stride_hz: float) -> float:
    """Return when a series is highest in the stride around an instant, s."""
    found = local(time, y, now, stride_hz, OWN_WINDOW)
    if found is None:
        return float("nan")
    apart = np.linspace(-0.5, 0.5, 721) / stride_hz
    return now + float(apart[int(np.argmax(waves(apart, stride_hz, (1, 2, 3)) @ found[0]))])
