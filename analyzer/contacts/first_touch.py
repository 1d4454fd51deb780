"""The first touch of a contact: on the heel, the outer edge of the foot or the forefoot alone.

Decides when a foot that was fitted lands, at every frame rate; change the touchdown rule here. A forefoot
that lands comes to a sudden stop, which ``forefoot_fit`` times; a heel or an edge brakes smoothly, and no
kink marks the touch. How far from its touch a foot seems depends on who marks it:

* markers on the shoe know its height to millimetres: the heel's lowest place and the toe's fall tell
  (``_on_shoe``);
* a network draws the heel down late and the toe anywhere within centimetres, but how fast the foot still
  moves forward it tells well (``_braked``, in use for every clip whose joints were read from its frames).

Which of heel, edge and forefoot it was is never decided: ``touchdown`` weighs both times by the odds.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import Final, Literal

import numpy as np

from analyzer.arrays import Array
from analyzer.contacts.event import NOT_TIMED, Event
from analyzer.contacts.forefoot_fit import ForefootFit
from analyzer.contacts.tempo import slowness
from analyzer.signals import filters

HEEL_LEADS: Final = 0.014
"""Time from a landing on the heel, as a force plate feels it, to the heel marker's lowest place, s.

The sole gives way first.

Of the foot model that was tuned on four treadmill runs on force plates (docs/accuracy.md). Larger makes
touchdown earlier by as much.
"""
EDGE_LEADS: Final = 0.029
"""Time from a landing on the outer edge to when the toe's marker would be down, s.

Down is the height at which it stands; until then it is taken to fall on as fast as at the landing.

Four runners and a jogger on force plates: 25 to 28 ms on filtered paths whatever their speed, 29 on raw ones.
"""
CLEARLY_UP: Final = 0.02
"""Higher than this over where it stands, leg lengths, such a toe surely still falls."""
EDGE_AHEAD_FRAMES: Final = 3.0
"""How many frames beyond the last clear fall the toe's path is followed at most."""
EDGE_FALLS: Final = (-0.6, -0.2)
"""Bounds of how fast a toe falls that lands on the edge, running speeds; noise may tell anything."""
HEEL_SD: Final = 0.010
"""What each of both rules misses, step times."""
HEEL_DOWN: Final = 0.005
"""A heel no higher than this over its lowest when the edge would land has landed before, leg lengths."""
HEEL_DOWN_SPREAD: Final = 0.0015
"""How gradually that changes, leg lengths."""
EDGE_AFTER: Final = 0.016
"""How much earlier than the edge such a heel landed, s.

It is the runner's way to strike: 3 to 25 ms in six feet.
"""
EDGE_AFTER_SD: Final = 0.022
"""The spread of that, step times."""
HEEL_TURNS: Final = 1.9
"""How sharply a heel's path turns at its lowest, running speeds a step time; four feet at 4 and 5 m/s."""
HEEL_TURNS_SD: Final = 0.35
"""How that differs between those feet: noise bends a path as it likes, heels turn alike."""
FLATTEST_TURN: Final = 0.5
"""Least bend that is believed, in ``HEEL_TURNS``: keeps the time of the lowest point finite."""
BRAKED: Final = 0.45
"""Share of the running speed at which a network's heel and toe, filtered, still move when the foot touches.

At touchdowns read by eye on three filmed runners 0.4 to 0.5, on a measured jogger, rendered, 0.3. Larger
makes touchdown earlier.
"""
BRAKED_SD: Final = 0.05
"""How far that misses, step times."""
TOE_UP_EVEN: Final = 0.012
"""How much higher than the heel the toe is, both over where they stand, at even odds, leg lengths.

Above it the foot lands on the heel, below on the forefoot. In differences from standing, so not to be
confused with ``shoe_refine.HEEL_LANDING``, which compares the landmarks as they are.
"""
TOE_UP_SPREAD: Final = 0.008
"""How gradually the odds change, leg lengths."""
FOREFOOT_LATER: Final[Mapping[Literal["ball", "tip"], tuple[float, float]]] = {
    "ball": (0.08, 0.03),
    "tip": (0.06, 0.05),
}
"""How much later than those rules say a foot touches that lands on its forefoot, and the spread, step times.

Markers: 0.08 in the 6.6 m/s sprint, four contacts of one man, within 0.01. A network on drawn sprinters 0.07,
on filmed starts 0.05.
"""
LONG: Final = 1.72
"""Step length at even odds, leg lengths: longer steps are landed on the forefoot."""
LONG_SPREAD: Final = 0.03
"""How gradually the odds change with step length, leg lengths."""
STARTS_LEAN: Final = (15.0, 22.0)
"""Trunk lean, degrees, up to which steady runners lean, by what is published, and from which one starts.

All steps of a start are landed on the forefoot, however short: touchdowns there were 30 ms early without.
"""
STARTS_ODDS: Final = 3.0
"""Odds for the forefoot in a start, as their logarithm."""
SEARCHED: Final = (-0.35, 0.25)
"""Where a landing is looked for about the coarse start of a contact, step times."""
SEARCHED_FRAMES: Final = 3
"""But up to so many frames after it at least; what rules at 30 fps."""
FEWEST_FRAMES: Final = 5
"""Fewer frames in that window are not looked at."""


def _logistic(odds: float) -> float:
    """Return the share that the logarithm of odds means."""
    small = exp(-abs(odds))
    return (1.0 if odds >= 0 else small) / (1 + small)


def touchdown(fit: ForefootFit) -> Event:
    """Time the first touch of the heel, the whole foot or the forefoot alone."""
    toe, heel = fit.forefoot_touch(), early_touch(fit)
    if not np.isfinite(heel.time_s):
        return toe
    # A foot that lands on heel or edge comes with the toe up. Most contacts are clearly one or the other.
    odds = (heel.toe_up / fit.motion.leg_length - TOE_UP_EVEN) / TOE_UP_SPREAD
    lean = fit.motion.at(fit.motion.angles["trunk"], heel.time_s)
    starts = float(np.interp(lean, STARTS_LEAN, (0.0, 1.0))) if np.isfinite(lean) else 0.0
    odds -= (1 - starts) * (fit.step_length - LONG) / LONG_SPREAD + starts * STARTS_ODDS
    share = _logistic(odds)
    # The heel sinks over a forefoot that lands, too, and its later rule tells a little.
    later, later_sd = FOREFOOT_LATER[fit.motion.toe_is]
    time = heel.time_s + later * fit.step_time
    weight = 1 / (heel.sd_s**2 + (later_sd * fit.step_time) ** 2)
    if np.isfinite(toe.time_s):
        total = weight + toe.sd_s**-2
        time = (weight * time + toe.sd_s**-2 * toe.time_s) / total
        weight = total
    apart = share * (1 - share) * (heel.time_s - time) ** 2
    variance = share * heel.sd_s**2 + (1 - share) / weight + apart
    time = share * heel.time_s + (1 - share) * time
    return Event(float(time), float(np.sqrt(variance)))


def early_touch(fit: ForefootFit) -> Event:
    """Time a landing on the heel or the outer edge of the foot, by the rule for who marked it."""
    start = fit.time[fit.stance.start]
    first = int(np.searchsorted(fit.time, start + SEARCHED[0] * fit.step_time))
    last = max(
        int(np.searchsorted(fit.time, start + SEARCHED[1] * fit.step_time)),
        fit.stance.start + SEARCHED_FRAMES,
    )
    return (_braked if fit.motion.toe_is == "tip" else _on_shoe)(fit, first, last)


def _braked(fit: ForefootFit, first: int, last: int) -> Event:
    """Time a landing by when heel and toe have slowed down, or whichever of them was seen."""
    times: list[float] = []
    for path in (fit.foot.smooth_heel, fit.foot.smooth_toe):
        forward = filters.derivative(fit.time, path)[first : fit.stance.middle + 1, 0] / fit.speed - BRAKED
        # Landmarks that jump slow down more than once, and any of these may be the landing.
        for k in np.flatnonzero((forward[:-1] > 0) & (forward[1:] <= 0)):
            share = forward[k] / (forward[k] - forward[k + 1])
            before, after = fit.time[first + k : first + k + 2]
            times.append(float(before + share * (after - before)))
    if not times:
        return NOT_TIMED
    at, sd = float(np.mean(times)), float(np.hypot(BRAKED_SD * fit.step_time, np.std(times)))
    heel, toe = fit.foot.smooth_heel[first:last, 1], fit.foot.smooth_toe[first:last, 1]
    up = _toe_up(fit, at, fit.time[first:last], heel, toe)
    return Event(at, sd, "fit", up if np.isfinite(up) else 0.0)


def _toe_up(fit: ForefootFit, at: float, time: Array, heel: Array, toe: Array) -> float:
    """Return how much higher than the heel the toe is at a time, both over where they stand, m."""
    return float(np.interp(at, time, toe - heel)) - (fit.place()[1] - float(np.fmin.reduce(heel)))


def _on_shoe(fit: ForefootFit, first: int, last: int) -> Event:
    """Time a landing on the heel or the outer edge of the foot: whichever comes first.

    A heel lands a little before it is at its lowest. A foot that comes down flatter lands on its outer
    edge, which a view from the side does not show: heel and toe still sink then by a few centimetres, as
    the foot rolls inward.
    """
    heel, toe = fit.foot.smooth_heel[first:last, 1], fit.foot.smooth_toe[first:last, 1]
    if last - first < FEWEST_FRAMES or not np.isfinite(heel + toe).all():
        return NOT_TIMED
    time = fit.time[first:last]
    lowest = int(np.argmin(heel))
    on_heel, on_edge = _heel_lands(fit, float(time[lowest])), _edge_lands(fit, time, toe)
    at, sd = on_heel.time_s, on_heel.sd_s
    if np.isfinite(on_edge.time_s):
        # If the heel landed first, the edge followed soon after and so tells the heel's time as well.
        errors = np.array([on_heel.sd_s, EDGE_AFTER_SD * fit.step_time])
        times = np.array([on_heel.time_s, on_edge.time_s - EDGE_AFTER * slowness(fit.step_time)])
        # Noise fades over the steps of a foot (``same_foot``), what a rule misses of this foot does not.
        lasting = np.array([HEEL_SD * fit.step_time, errors[1]])
        weights = 1 / (lasting**2 + (errors**2 - lasting**2) / fit.repeats)
        if not np.isfinite(on_heel.time_s):
            errors, weights, times = errors[1:], weights[1:], times[1:]
        weights /= weights.sum()
        at, sd = float(weights @ times), float(np.hypot.reduce(weights * errors))
        # A heel that is still high when the edge lands did not land first.
        before = heel[time < on_edge.time_s]
        high = (before.min(initial=np.inf) - heel[lowest]) / fit.motion.leg_length
        landed = _logistic((HEEL_DOWN - high) / HEEL_DOWN_SPREAD)
        apart = landed * (1 - landed) * (at - on_edge.time_s) ** 2
        at = landed * at + (1 - landed) * on_edge.time_s
        sd = float(np.sqrt(landed * sd**2 + (1 - landed) * on_edge.sd_s**2 + apart))
    if not np.isfinite(at):
        return NOT_TIMED
    return Event(at, sd, "fit", _toe_up(fit, at, time, heel, toe))


def _heel_lands(fit: ForefootFit, rough: float) -> Event:
    """Time a landing on the heel, from when its raw path is lowest near a rough time."""
    found = fit.parabola(fit.foot.heel, rough)
    if found is None:
        return NOT_TIMED
    (_, slope, bend), sd = found
    usual, spread = (part * fit.speed / fit.step_time for part in (HEEL_TURNS, HEEL_TURNS_SD))
    bend = max(usual + (bend - usual) / (1 + (sd[2] / spread) ** 2), FLATTEST_TURN * usual)
    shift = float(np.clip(-slope / bend, -fit.near(), fit.near()))
    error = float(np.hypot(sd[1] / bend, HEEL_SD * fit.step_time))
    return Event(rough + shift - HEEL_LEADS * slowness(fit.step_time), error)


def _edge_lands(fit: ForefootFit, time: Array, toe: Array) -> Event:
    """Time a landing on the outer edge, from how high the toe is for the speed it comes down with."""
    ahead = EDGE_LEADS * slowness(fit.step_time)
    level = fit.place()[1]
    height = toe + ahead * np.gradient(toe, time) - level
    # From where it clearly still falls: a standing toe's height hovers about zero.
    above = np.flatnonzero(height[: int(np.argmin(height))] > CLEARLY_UP * fit.motion.leg_length)
    if len(above) == 0:
        return NOT_TIMED
    k = int(above[-1])
    frames = min(height[k] / (height[k] - height[k + 1]), EDGE_AHEAD_FRAMES)
    rough = float(time[k] + (time[k + 1] - time[k]) * frames)
    found = fit.parabola(fit.foot.toe, rough)
    if found is None:
        return NOT_TIMED
    (at, slope, bend), sd = found
    fastest, slowest = EDGE_FALLS
    change = float(np.clip(slope + ahead * bend, fastest * fit.speed, slowest * fit.speed))
    shift = float(np.clip(-(at - level + ahead * slope) / change, -fit.near(), fit.near()))
    error = float(np.hypot(np.hypot(sd[0], ahead * sd[1]) / change, HEEL_SD * fit.step_time))
    return Event(rough + shift, error)
