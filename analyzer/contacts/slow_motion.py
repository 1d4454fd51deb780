"""Is this slow motion? The body's own clock: gravity and step rhythm against the clip's seconds.

A clip slowed ``k`` times shows steps ``k`` times longer and gravity ``k**2`` times weaker. Two
independent looks: how far the body falls and rises in a step of this length, which gravity and the
share of ground contact fix, and how often people step at this step length. Lengths are needed only in
leg lengths, so it works without a scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.config import Config
from analyzer.contacts import stances
from analyzer.contacts.first_touch import STARTS_LEAN
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.steps import Step, in_a_row

G: Final = 9.81
LEG_M: Final = 0.92
"""Standing leg length of an adult athlete: without a scale, lengths are in units of it."""
# Step frequency, Hz, by step length in leg lengths (jog 1.3 to top-speed sprint 2.2), and the scatter
# of the logarithm between people.
FREQUENCY_BY_STEP: Final = ((1.2, 1.5, 1.8, 2.2), (2.6, 3.1, 3.7, 4.5))
FREQUENCY_LOG_SD: Final = 0.13
# At a start people step fast however short the steps: they lean, and gain speed with every step.
UPRIGHT_DEG, LEAN_DEG = STARTS_LEAN
GAIN: Final = 0.06
FREQUENCY_STARTING: Final = 4.2
# Somebody who does not travel (a treadmill whose belt nobody told) may do anything from jog to sprint.
FREQUENCY_ANY: Final = 3.4
FREQUENCY_ANY_LOG_SD: Final = 0.22
UNCLEAR_LOG_SD: Final = 0.3
FALL_LOG_SD: Final = 0.08
"""How well the fall and rise of a model body fit people, in the logarithm of time."""
BEAT_OF_STRIDE: Final = 0.7
SLOW: Final = 1.45
"""Estimates below this are taken for real time."""


@dataclass(frozen=True)
class ClockEstimate:
    """How many times slower than life a clip plays: estimate and 95 % range, 1 = real time.

    ``fall`` and ``rhythm`` are the two looks it rests on; NaN = the clip does not support that look.
    """

    factor: float
    low: float
    high: float
    fall: float
    rhythm: float

    @property
    def is_slow(self) -> bool:
        """Tell whether the clip is slow motion beyond reasonable doubt."""
        return self.factor > SLOW and self.low > 1.2


UNKNOWN: Final = ClockEstimate(*[float("nan")] * 5)


def estimate(motion: Motion, steps: Sequence[Step]) -> ClockEstimate:
    """Estimate the slow-motion factor of a clip from physics.

    Parameters
    ----------
    motion : Motion
        On the clock under test.
    steps : sequence of Step

    Returns
    -------
    ClockEstimate
        NaN throughout when there are fewer than two contacts or no rhythm.
    """
    touchdown = np.array([s.touchdown_s for s in steps])
    toe_off = np.array([s.toe_off_s for s in steps])
    step_times = _step_times(steps)
    beat, clear = stances.rhythm(motion)
    if len(steps) < 2 or not (clear >= stances.CLEAR_RHYTHM or len(step_times)):
        return UNKNOWN
    usual = float(np.median(step_times)) if len(step_times) else beat
    # Contacts of both feet much closer together than the beat: it is the stride's, not the step's.
    is_step = clear >= stances.CLEAR_RHYTHM and not (len(step_times) > 1 and usual < BEAT_OF_STRIDE * beat)
    step_s = beat if is_step else usual
    contact = toe_off - touchdown
    duty = float(np.nanmedian(contact)) / step_s if np.isfinite(contact).any() else 0.55
    looks: list[tuple[float, float]] = []
    accelerates = _accelerates(motion, touchdown, toe_off, step_s)
    rhythm = _rhythm(motion, steps, step_s, accelerates)
    # A rhythm that the legs hardly follow may be another's, or a multiple of theirs.
    looks.append((rhythm[0], float(np.hypot(rhythm[1], UNCLEAR_LOG_SD * (1 - clear)))))
    fall = _fall(motion, (touchdown + toe_off) / 2, step_s, float(np.clip(duty, 0.3, 0.75)), accelerates)
    if np.isfinite(fall[0]):
        looks.append(fall)
    weight = np.array([1 / sd**2 for _, sd in looks])
    log = float(weight @ [value for value, _ in looks] / weight.sum())
    # Looks that disagree by more than their errors widen the range.
    chi = float(weight @ [(value - log) ** 2 for value, _ in looks]) / max(len(looks) - 1, 1)
    sd = float(np.sqrt(max(chi, 1.0) / weight.sum()))
    low, middle, high = np.exp([log - 1.96 * sd, log, log + 1.96 * sd])
    return ClockEstimate(
        float(middle), float(low), float(high), float(np.exp(fall[0])), float(np.exp(rhythm[0]))
    )


def check(motion: Motion, steps: Sequence[Step], config: Config, stated: bool = False) -> list[Note]:
    """Say when a clip is slow motion that nobody declared, or plays too fast to be true.

    With ``stated`` (the file or ``--capture-fps`` gives the capture rate) the clock is only held
    against physics. The note ``slow_motion`` is a limit: seconds, speeds and rates must not be given.
    """
    found = estimate(motion, steps)
    if not np.isfinite(found.factor):
        return []
    times = f"about {found.factor:.1f} times (between {found.low:.1f} and {found.high:.1f})"
    if stated or config.capture_fps is not None:
        if found.low > 1.3 or found.high < 1 / 1.3:
            pace = "slower" if found.factor > 1 else "faster"
            ratio = found.factor if found.factor > 1 else 1 / found.factor
            return [
                Note(
                    "warning",
                    "clock_doubtful",
                    f"With the stated capture rate the athlete is {ratio:.1f} times {pace} than people.",
                    "Check --capture-fps: it is the rate the camera filmed at, such as 120 or 240.",
                )
            ]
        return []
    if found.is_slow:
        low, high = (round(motion.fps * f) for f in (found.low, found.high))
        return [
            Note(
                "limit",
                "slow_motion",
                f"The clip plays in slow motion, {times} slower than life by step rhythm and gravity. "
                "Angles and ratios are given; seconds, speeds and rates are not.",
                f"Give the rate the camera filmed at with --capture-fps (here between {low} and {high}).",
            )
        ]
    if found.high < 0.7:
        return [
            Note(
                "warning",
                "fast_clock",
                f"The athlete moves {1 / found.factor:.1f} times faster than people do.",
                "The clip may be a time lapse or its frame rate may be wrong.",
            )
        ]
    return []


def _step_times(steps: Sequence[Step]) -> Array:
    """Return the times from one foot's touchdown to the other's, and the same from toe-offs."""
    found = []
    for a, b in in_a_row(steps):
        gaps = np.array([b.touchdown_s - a.touchdown_s, b.toe_off_s - a.toe_off_s])
        if np.isfinite(gaps).any():
            found.append(float(np.nanmean(gaps)))
    return np.array(found)


def _accelerates(motion: Motion, touchdown: Array, toe_off: Array, step_s: float) -> bool:
    """Tell whether the athlete starts: leans far forward, or leans and gains speed from step to step."""
    times = np.concatenate([touchdown, toe_off])
    times = times[np.isfinite(times)]
    if len(times) == 0:
        return False
    inside = (motion.time >= times.min()) & (motion.time <= times.max())
    trunk = motion.angles["trunk"][inside]
    lean = float(np.nanmedian(trunk)) if np.isfinite(trunk).any() else UPRIGHT_DEG
    if lean > LEAN_DEG or lean < UPRIGHT_DEG:
        return lean > LEAN_DEG
    speed = stances.running_speed(motion, step_s)[inside]
    time = motion.time[inside]
    seen = np.isfinite(speed)
    if seen.sum() < 4 or np.ptp(time[seen]) < 1.5 * step_s:
        return False
    gain, middle = np.polyfit(time[seen] - time[seen].mean(), speed[seen], 1)
    return bool(gain * step_s > GAIN * middle > 0)


def _rhythm(motion: Motion, steps: Sequence[Step], step_s: float, accelerates: bool) -> tuple[float, float]:
    """Return the logarithm of the factor, and its standard error, from the step frequency."""
    lengths = [
        (b.foot[0] - a.foot[0]) / motion.leg_length
        for a, b in in_a_row(steps)
        if np.isfinite(a.foot[0]) and np.isfinite(b.foot[0])
    ]
    length = float(np.median(lengths)) if lengths else 0.0
    if accelerates:
        expected, sd = FREQUENCY_STARTING, FREQUENCY_LOG_SD
    elif length > 0.8:
        expected, sd = float(np.interp(length, *FREQUENCY_BY_STEP)), FREQUENCY_LOG_SD
    else:
        expected, sd = FREQUENCY_ANY, FREQUENCY_ANY_LOG_SD
    return float(np.log(expected * step_s)), sd


def _fall(
    motion: Motion, middles: Array, step_s: float, duty: float, accelerates: bool
) -> tuple[float, float]:
    """Return the logarithm of the factor, and its standard error, from the body's fall and rise.

    A body carried by half-sine pushes of ``duty`` steps each, with its weight as their mean, moves up
    and down with an amplitude (first harmonic) of ``2 g cos(pi d) / (1 - 4 d^2) (T / 2 pi)^2``.
    """
    nothing = (float("nan"), float("nan"))
    seen = np.flatnonzero(np.isfinite(middles))
    if len(seen) < 3 or accelerates:
        return nothing  # a start raises the body besides
    found = stances.bounce(motion, middles)
    if not found.amplitude > max(2 * found.error, 0.004 * motion.leg_length) or found.at_middle > 0:
        return nothing  # not lowest in mid-stance, or lost in the noise: not the body's own bounce
    amplitude = found.amplitude * (LEG_M / motion.leg_length)
    error = found.error / found.amplitude
    d = duty if abs(duty - 0.5) > 1e-3 else 0.501
    bounce = 2 * G * np.cos(np.pi * d) / (1 - 4 * d**2) / (4 * np.pi**2)
    true_step_s = np.sqrt(amplitude / bounce)
    return float(np.log(step_s / true_step_s)), float(np.hypot(FALL_LOG_SD, 0.5 * error))
