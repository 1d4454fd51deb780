"""The first touch of a contact: on the heel, the outer edge of the foot or the forefoot alone.

A forefoot that lands comes to a sudden stop (``contact``); a heel or an edge brakes smoothly, and no kink
marks the touch. How far from its touch a foot seems depends on who marks it. Markers on the shoe know its
height to millimetres: the heel's lowest place and the toe's fall tell (``_on_shoe``). A network draws the
heel down late and the toe anywhere within centimetres, but how fast the foot still moves forward it tells
well (``_braked``).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.contacts.forefoot_fit import NOTHING, SLOWEST_STEP_S, ContactFit, Event
from analyzer.signals import filters

USUAL_STEP_S: Final = 0.23
# A landing on the heel is felt so much earlier, s, than the heel's marker is at its lowest: the sole gives.
HEEL_LEADS: Final = 0.014
# A landing on the outer edge of the foot is felt so much earlier, s, than the toe's marker would stand if it
# came down as fast as then. Four runners and a jogger on force plates: 25 to 28 ms on filtered paths whatever
# their speed, 29 on raw ones.
EDGE_LEADS: Final = 0.029
# Higher than this, leg lengths, such a toe surely still falls.
CLEARLY_UP: Final = 0.02
# What each of both rules misses, step times.
HEEL_SD: Final = 0.010
# A heel that is no higher than this over its lowest, leg lengths, when the edge would land has landed before:
# so much earlier, s, with this spread, step times. It is the runner's way to strike: 3 to 25 ms in six feet.
HEEL_DOWN: Final = 0.005
HEEL_DOWN_SPREAD: Final = 0.0015
EDGE_AFTER: Final = 0.016
EDGE_AFTER_SD: Final = 0.022
# How sharply the heel turns there, in speed per step time, and how that differs: four feet at 4 and 5 m/s.
HEEL_TURNS: Final = 1.9
HEEL_TURNS_SD: Final = 0.35
# A network's heel and toe, filtered, still move forward at this share of the running speed when the foot
# touches, and how far that misses, step times. At touchdowns read by eye on three filmed runners 0.4 to 0.5,
# on a measured jogger, rendered, 0.3.
BRAKED: Final = 0.45
BRAKED_SD: Final = 0.05
# How much higher than the heel the toe is, both over where they stand: tells it from landing on the
# forefoot, leg lengths.
TOE_UP: Final = 0.012
TOE_UP_SPREAD: Final = 0.008
# How much later than those rules say a foot touches that lands on its forefoot, and the spread, step times.
# Markers: 0.08 in the 6.6 m/s sprint, four contacts of one man, within 0.01. A network on drawn sprinters
# 0.07, on filmed starts 0.05.
FOREFOOT_LATER: Final = {"ball": (0.08, 0.03), "tip": (0.06, 0.05)}
# Long steps are landed on the forefoot: prior odds by step length in leg lengths.
LONG: Final = 1.72
LONG_SPREAD: Final = 0.03
# So are all steps of a start: prior odds. Steady runners lean up to the first of these, deg, by what is
# published; who leans more than the second gains speed.
STARTS_LEAN: Final = (15.0, 22.0)
STARTS_ODDS: Final = 3.0


def touchdown(fit: ContactFit) -> Event:
    """Time the first touch of the heel, the whole foot or the forefoot alone."""
    toe, heel = fit.forefoot_touch(), early_touch(fit)
    if not np.isfinite(heel.time_s):
        return toe
    # A foot that does not land on its forefoot comes with the toe up; both are clear cases mostly.
    odds = (heel.toe_up / fit.motion.leg_length - TOE_UP) / TOE_UP_SPREAD
    lean = fit.motion.at(fit.motion.angles["trunk"], heel.time_s)
    starts = float(np.interp(lean, STARTS_LEAN, (0.0, 1.0))) if np.isfinite(lean) else 0.0
    odds -= (1 - starts) * (fit.stretch - LONG) / LONG_SPREAD + starts * STARTS_ODDS
    share = 1 / (1 + np.exp(-odds))
    # Over a forefoot that lands the heel sinks as well, and tells a little.
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
    return Event(float(time), float(np.sqrt(variance)), "fit")


def early_touch(fit: ContactFit) -> Event:
    """Time a landing on the heel or the outer edge of the foot, by the rule for who marked it."""
    start = fit.time[fit.stance.start]
    first = int(np.searchsorted(fit.time, start - 0.35 * fit.step_time))
    last = max(int(np.searchsorted(fit.time, start + 0.25 * fit.step_time)), fit.stance.start + 3)
    return (_braked if fit.motion.toe_is == "tip" else _on_shoe)(fit, first, last)


def _braked(fit: ContactFit, first: int, last: int) -> Event:
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
        return NOTHING
    at, sd = float(np.mean(times)), float(np.hypot(BRAKED_SD * fit.step_time, np.std(times)))
    heel, toe = fit.foot.smooth_heel[first:last, 1], fit.foot.smooth_toe[first:last, 1]
    up = _toe_up(fit, at, fit.time[first:last], heel, toe)
    return Event(at, sd, "fit", up if np.isfinite(up) else 0.0)


def _toe_up(fit: ContactFit, at: float, time: Array, heel: Array, toe: Array) -> float:
    """Return how much higher than the heel the toe is at a time, both over where they stand, m."""
    return float(np.interp(at, time, toe - heel)) - (fit.place()[1] - float(np.fmin.reduce(heel)))


def _on_shoe(fit: ContactFit, first: int, last: int) -> Event:
    """Time a landing on the heel or the outer edge of the foot: whichever comes first.

    It brakes smoothly, and no kink marks the touch. A heel lands a little before it is at its
    lowest. A foot that comes down flatter lands on its outer edge, which a view from the side does not
    show: heel and toe still sink then by a few centimetres, as the foot rolls inward.
    """
    heel, toe = fit.foot.smooth_heel[first:last, 1], fit.foot.smooth_toe[first:last, 1]
    if last - first < 5 or not np.isfinite(heel + toe).all():
        return NOTHING
    time = fit.time[first:last]
    lowest = int(np.argmin(heel))
    on_heel, on_edge = _heel_lands(fit, float(time[lowest])), _edge_lands(fit, time, toe)
    at, sd = on_heel.time_s, on_heel.sd_s
    if np.isfinite(on_edge.time_s):
        # The edge tells when the heel landed before it, a little; a heel still high did not.
        errors = np.array([on_heel.sd_s, EDGE_AFTER_SD * fit.step_time])
        times = np.array([on_heel.time_s, on_edge.time_s - EDGE_AFTER * _tempo(fit)])
        # Noise fades over the steps of a foot (``alike``), what a rule misses of this foot does not.
        lasting = np.array([HEEL_SD * fit.step_time, errors[1]])
        weights = 1 / (lasting**2 + (errors**2 - lasting**2) / fit.repeats)
        if not np.isfinite(on_heel.time_s):
            errors, weights, times = errors[1:], weights[1:], times[1:]
        weights /= weights.sum()
        at, sd = float(weights @ times), float(np.hypot.reduce(weights * errors))
        before = heel[time < on_edge.time_s]
        high = (before.min(initial=np.inf) - heel[lowest]) / fit.motion.leg_length
        landed = 1 / (1 + np.exp((high - HEEL_DOWN) / HEEL_DOWN_SPREAD))
        apart = landed * (1 - landed) * (at - on_edge.time_s) ** 2
        at = landed * at + (1 - landed) * on_edge.time_s
        sd = float(np.sqrt(landed * sd**2 + (1 - landed) * on_edge.sd_s**2 + apart))
    if not np.isfinite(at):
        return NOTHING
    return Event(at, sd, "fit", _toe_up(fit, at, time, heel, toe))


def _heel_lands(fit: ContactFit, rough: float) -> Event:
    """Time a landing on the heel, from when its raw path is lowest near a rough time."""
    found = fit.parabola(fit.foot.heel, rough)
    if found is None:
        return NOTHING
    (_, slope, bend), sd = found
    # Noise bends the path as it likes; heels turn alike.
    usual, spread = (part * fit.speed / fit.step_time for part in (HEEL_TURNS, HEEL_TURNS_SD))
    bend = max(usual + (bend - usual) / (1 + (sd[2] / spread) ** 2), 0.5 * usual)
    shift = float(np.clip(-slope / bend, -fit.near(), fit.near()))
    error = float(np.hypot(sd[1] / bend, HEEL_SD * fit.step_time))
    return Event(rough + shift - HEEL_LEADS * _tempo(fit), error, "fit")


def _edge_lands(fit: ContactFit, time: Array, toe: Array) -> Event:
    """Time a landing on the outer edge, from how high the toe is for the speed it comes down with."""
    ahead = EDGE_LEADS * _tempo(fit)
    level = fit.place()[1]
    height = toe + ahead * np.gradient(toe, time) - level
    # From where it clearly still falls: a standing toe's height hovers about zero.
    above = np.flatnonzero(height[: int(np.argmin(height))] > CLEARLY_UP * fit.motion.leg_length)
    if len(above) == 0:
        return NOTHING
    k = int(above[-1])
    frames = min(height[k] / (height[k] - height[k + 1]), 3.0)
    rough = float(time[k] + (time[k + 1] - time[k]) * frames)
    found = fit.parabola(fit.foot.toe, rough)
    if found is None:
        return NOTHING
    (at, slope, bend), sd = found
    change = float(np.clip(slope + ahead * bend, -0.6 * fit.speed, -0.2 * fit.speed))
    shift = float(np.clip(-(at - level + ahead * slope) / change, -fit.near(), fit.near()))
    error = float(np.hypot(np.hypot(sd[0], ahead * sd[1]) / change, HEEL_SD * fit.step_time))
    return Event(rough + shift, error, "fit")


def _tempo(fit: ContactFit) -> float:
    """Return how much slower than life the clip is, as far as it matters."""
    return 1.0 if fit.step_time < SLOWEST_STEP_S else fit.step_time / USUAL_STEP_S
