"""Is this slow motion? The body's own clock: gravity and step rhythm against the clip's seconds.

Decides how many times slower than life a clip plays, from the finished contacts, and what is said of it.
A clip slowed ``k`` times shows steps ``k`` times longer and gravity ``k**2`` times weaker. Two
independent looks: how far the body falls and rises in a step of this length, which gravity and the
share of ground contact fix, and how often people step at this step length. Lengths are needed only in
leg lengths, so it works without a scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.config import Config
from analyzer.contacts import tempo
from analyzer.contacts.bounce import bounce
from analyzer.contacts.first_touch import STARTS_LEAN
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.steps import Step, in_a_row
from analyzer.motion.flight import GRAVITY

LEG_M: Final = 0.92
"""Standing leg length of an adult athlete, m: without a scale, lengths are in units of it.

A leg of 0.7 m, a child's, makes the clip seem faster by the root of 0.92 / 0.7, 1.15 times, by the body's
fall.
"""
FREQUENCY_BY_STEP: Final = ((1.2, 1.5, 1.8, 2.2), (2.6, 3.1, 3.7, 4.5))
"""Step length, leg lengths, and how many steps a second people take then, Hz: jog to top-speed sprint.

The bound of a plausible step frequency. A clip is slow motion where its steps are too slow for their length.
"""
FREQUENCY_LOG_SD: Final = 0.13
"""Scatter of the logarithm of that frequency between people."""
LEAST_STEP: Final = 0.8
"""Shorter steps than this, leg lengths, are of somebody who does not travel, and tell no frequency."""
UPRIGHT_DEG, LEAN_DEG = STARTS_LEAN
"""Trunk lean, degrees, up to which nobody starts, and from which everybody does; between, speed tells."""
GAIN: Final = 0.06
"""Share of the speed gained with every step, above which somebody who leans starts."""
GAIN_STEPS: Final = 1.5
"""Steps in view that tell a gain of speed."""
GAIN_FRAMES: Final = 4
"""And frames."""
FREQUENCY_STARTING: Final = 4.2
"""Steps a second at a start, Hz: fast however short the steps."""
FREQUENCY_ANY: Final = 3.4
"""Steps a second of somebody who does not travel, Hz: on a treadmill of unknown speed, jog to sprint."""
FREQUENCY_ANY_LOG_SD: Final = 0.22
"""Scatter of the logarithm of that."""
UNCLEAR_LOG_SD: Final = 0.3
"""What is added to the scatter for a rhythm that explains nothing of the legs' movement.

Such a rhythm may be another's, or a multiple of theirs: no false alarm on a badly followed race.
"""
FALL_LOG_SD: Final = 0.08
"""How well the fall and rise of a model body fit people, in the logarithm of time."""
FEWEST_FALLS: Final = 3
"""Contacts that tell a fall and rise."""
CLEAR_FALL: Final = (2.0, 0.004)
"""A fall and rise is told from so many times its noise on, and from so many leg lengths."""
DUTY: Final = 0.55
"""Contact time, step times, where none was seen whole."""
DUTIES: Final = (0.3, 0.75)
"""Bounds of contact time, step times: of a sprint and of a slow jog, a little widened."""
BEAT_OF_STRIDE: Final = 0.7
"""Contacts of both feet closer together than this share of the legs' beat: the beat is the stride's."""
SLOW: Final = 1.45
"""Estimates below this are taken for real time: the two looks err by a tenth and more."""
SURELY_SLOW: Final = 1.2
"""And the range must lie above this."""
FAST: Final = 0.7
"""A range below this is a clip that plays too fast..."""
QUICKEST_HZ: Final = 5.6
"""...as is one with more steps a second than anybody takes who travels (as ``metrics.beyond_people``)."""
CLOCK_OFF: Final = 1.3
"""With a stated capture rate the range must lie beyond this factor, slower or faster, to be doubted."""
RANGE_SD: Final = 1.96
"""Standard errors of a 95 % range."""


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
        return self.factor > SLOW and self.low > SURELY_SLOW


UNKNOWN: Final = ClockEstimate(*[float("nan")] * 5)
"""Of a clip that shows neither contacts nor a rhythm."""


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
    beat, clear = tempo.rhythm(motion)
    if len(steps) < 2 or not (clear >= tempo.CLEAR_RHYTHM or len(step_times)):
        return UNKNOWN
    usual = float(np.median(step_times)) if len(step_times) else beat
    # Contacts of both feet much closer together than the beat: it is the stride's, not the step's.
    is_step = clear >= tempo.CLEAR_RHYTHM and not (len(step_times) > 1 and usual < BEAT_OF_STRIDE * beat)
    step_s = beat if is_step else usual
    contact = toe_off - touchdown
    duty = float(np.nanmedian(contact)) / step_s if np.isfinite(contact).any() else DUTY
    said: list[tuple[float, float]] = []
    accelerates = _accelerates(motion, touchdown, toe_off, step_s)
    rhythm = _rhythm(motion, steps, step_s, accelerates)
    said.append((rhythm[0], float(np.hypot(rhythm[1], UNCLEAR_LOG_SD * (1 - clear)))))
    fall = _fall(motion, (touchdown + toe_off) / 2, step_s, float(np.clip(duty, *DUTIES)), accelerates)
    if np.isfinite(fall[0]):
        said.append(fall)
    weight = np.array([1 / sd**2 for _, sd in said])
    log = float(weight @ [value for value, _ in said] / weight.sum())
    # Looks that disagree by more than their errors widen the range.
    chi = float(weight @ [(value - log) ** 2 for value, _ in said]) / max(len(said) - 1, 1)
    sd = float(np.sqrt(max(chi, 1.0) / weight.sum()))
    low, middle, high = np.exp([log - RANGE_SD * sd, log, log + RANGE_SD * sd])
    return ClockEstimate(
        float(middle), float(low), float(high), float(np.exp(fall[0])), float(np.exp(rhythm[0]))
    )


def check(motion: Motion, steps: Sequence[Step], config: Config, stated: bool = False) -> list[Note]:
    """Say when a clip is slow motion that nobody declared, or plays too fast to be true.

    Parameters
    ----------
    motion : Motion
    steps : sequence of Step
    config : Config
        Whether it gives the capture rate.
    stated : bool
        Whether the file does. A clock with a capture rate is only held against physics.

    Returns
    -------
    list of Note
        None or one. ``slow_motion`` and ``fast_clock`` are limits: seconds, speeds and rates must not be
        given.
    """
    found = estimate(motion, steps)
    if not np.isfinite(found.factor):
        return []
    rate = _least_rate(motion, steps)
    quickest = rate > QUICKEST_HZ
    times = f"about {found.factor:.1f} times (between {found.low:.1f} and {found.high:.1f})"
    if stated or config.capture_fps is not None:
        if found.low > CLOCK_OFF or found.high < 1 / CLOCK_OFF or quickest:
            pace = "slower" if found.factor > 1 else "faster"
            ratio = found.factor if found.factor > 1 else 1 / found.factor
            return [
                Note(
                    "warning",
                    "clock_doubtful",
                    f"With the stated capture rate the athlete is {ratio:.1f} times {pace} than people.",
                    "Check the capture rate: it is the rate the camera filmed at, such as 120 or 240.",
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
                f"Give the capture rate, the one the camera filmed at (here between {low} and {high}).",
            )
        ]
    if found.high < FAST or quickest:
        return [
            Note(
                "limit",
                "fast_clock",
                (
                    f"The athlete takes more than {rate:.1f} steps a second, which nobody does who runs"
                    if quickest
                    else f"The athlete moves about {1 / found.factor:.1f} times faster than people do"
                )
                + ": the clip is sped up, or pictures are missing from it. Angles and ratios are given; "
                "seconds, speeds and rates are not.",
                "Use the clip as the camera recorded it, not a time lapse or a copy that dropped pictures.",
            )
        ]
    return []


def bound(motion: Motion, steps: Sequence[Step], notes: Sequence[Note]) -> float:
    """Return how many times slower than life a clip plays at least, or, below 1, at most; 1 for real time.

    Parameters
    ----------
    motion : Motion
    steps : sequence of Step
    notes : what ``check`` said of them
    """
    codes = {note.code for note in notes}
    if "slow_motion" in codes:
        return max(estimate(motion, steps).low, 1.01)
    return min(estimate(motion, steps).high, 0.99) if "fast_clock" in codes else 1.0


class Looks(NamedTuple):
    """Logarithms of how many times slower than life steps and fall are; NaN = not told."""

    rhythm: float
    fall: float
    fall_sd: float


def looks(motion: Motion, steps: Sequence[Step], step_s: float, share: float) -> Looks:
    """Hold the steps' rhythm and the body's fall against people's, each for itself.

    Parameters
    ----------
    motion : Motion
    steps : sequence of Step
    step_s : float
        Step time, s.
    share : float
        Contact time, step times; NaN = no contact was seen whole.
    """
    touchdown = np.array([s.touchdown_s for s in steps])
    toe_off = np.array([s.toe_off_s for s in steps])
    starts = _accelerates(motion, touchdown, toe_off, step_s)
    duty = float(np.clip(share, *DUTIES)) if np.isfinite(share) else DUTY
    fall, fall_sd = _fall(motion, (touchdown + toe_off) / 2, step_s, duty, starts)
    return Looks(_rhythm(motion, steps, step_s, starts)[0], fall, fall_sd)


def _least_rate(motion: Motion, steps: Sequence[Step]) -> float:
    """Return how many steps a second are taken at least, two standard errors down; NaN where none travels."""
    times = _step_times(steps)
    length = _step_length(motion, steps)
    if len(times) < FEWEST_FALLS or not length > LEAST_STEP:
        return float("nan")
    return float(1 / (np.mean(times) + 2 * np.std(times, ddof=1) / np.sqrt(len(times))))


def _step_length(motion: Motion, steps: Sequence[Step]) -> float:
    """Return the usual length of a step, leg lengths; 0 where none is seen."""
    lengths = [
        (b.foot[0] - a.foot[0]) / motion.leg_length
        for a, b in in_a_row(steps)
        if np.isfinite(a.foot[0]) and np.isfinite(b.foot[0])
    ]
    return float(np.median(lengths)) if lengths else 0.0


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
    speed = tempo.running_speed(motion, step_s)[inside]
    time = motion.time[inside]
    seen = np.isfinite(speed)
    if seen.sum() < GAIN_FRAMES or np.ptp(time[seen]) < GAIN_STEPS * step_s:
        return False
    gain, middle = np.polyfit(time[seen] - time[seen].mean(), speed[seen], 1)
    return bool(gain * step_s > GAIN * middle > 0)


def _rhythm(motion: Motion, steps: Sequence[Step], step_s: float, accelerates: bool) -> tuple[float, float]:
    """Return the logarithm of the factor, and its standard error, from the step frequency."""
    length = _step_length(motion, steps)
    if accelerates:
        expected, sd = FREQUENCY_STARTING, FREQUENCY_LOG_SD
    elif length > LEAST_STEP:
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
    if len(seen) < FEWEST_FALLS or accelerates:
        return nothing  # a start raises the body besides
    found = bounce(motion, middles)
    errors, legs = CLEAR_FALL
    if not found.amplitude > max(errors * found.error, legs * motion.leg_length) or found.at_middle > 0:
        return nothing  # not lowest in mid-stance, or lost in the noise: not the body's own bounce
    amplitude = found.amplitude * (LEG_M / motion.leg_length)
    error = found.error / found.amplitude
    # At half a step the formula is 0 / 0; its limit lies beside.
    d = duty if abs(duty - 0.5) > 1e-3 else 0.501
    per_square_second = 2 * GRAVITY * np.cos(np.pi * d) / (1 - 4 * d**2) / (4 * np.pi**2)
    true_step_s = np.sqrt(amplitude / per_square_second)
    return float(np.log(step_s / true_step_s)), float(np.hypot(FALL_LOG_SD, 0.5 * error))
