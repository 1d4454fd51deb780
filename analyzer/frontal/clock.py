"""Whether the clip's seconds are real ones, by the rhythm of the steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.config import Config
from analyzer.data.capture import PoseTrack, VideoInfo
from analyzer.data.notes import Note
from analyzer.frontal.alternation import Middle, Rhythm
from analyzer.joints.stride_phase import CLEAR

PEOPLE_HZ: Final = (2.3, 5.5)
"""Steps a second of people who run, Hz: slow jogs take 2.3 and more, sprinters reach 5."""
USUAL_HZ: Final = 3.4
"""Steps a second in the middle of what is filmed, from a jog to a sprint (``contacts.slow_motion``)."""
STATED: Final = 1.1
"""Factor of slow motion from which a file's own statement of its capture rate counts as one."""
UNKNOWN: Final = "The clip's clock is not known: give its capture rate."
"""Why a rate is not given."""


@dataclass(frozen=True)
class Clock:
    """What is known of a clip's clock.

    slow_motion : at least so many times slower than life; 1 = real time as far as is known
    unknown : whether times of the clip are no real ones
    """

    slow_motion: float
    unknown: bool
    notes: tuple[Note, ...]


def rates(fps: float, steps_hz: float) -> tuple[int, int]:
    """Return between which capture rates people take steps, where at ``fps`` they take ``steps_hz``."""
    low, high = (round(fps * hz / steps_hz) for hz in PEOPLE_HZ)
    return low, high


def doubt(fps: float, found: Rhythm) -> str:
    """Return what a rhythm says of the rate that was stated; nothing where that may be right."""
    low, high = PEOPLE_HZ
    steps_hz = 2 * found.stride_hz
    if not found.explained > CLEAR or low <= steps_hz <= high:
        return ""
    first, last = rates(fps, steps_hz)
    return (
        f"At the stated rate the legs take {steps_hz:.1f} steps a second, and people who run take {low:g} to "
        f"{high:g}: if it is a run, it was filmed at a rate between {first} and {last}."
    )


def check(info: VideoInfo | None, track: PoseTrack, config: Config, middles: Sequence[Middle]) -> Clock:
    """Hold the rhythm of the steps against people's.

    Parameters
    ----------
    info : VideoInfo or None
    track : PoseTrack
    config : Config
        Whether it gives the capture rate.
    middles : sequence of Middle
        In order of time.
    """
    rate = 1 / float(np.median(np.diff([m.time_s for m in middles])))
    low, high = PEOPLE_HZ
    first, last = rates(track.fps, rate)
    if low <= rate <= high:
        return Clock(1.0, False, ())
    stated = config.capture_fps is not None or (info is not None and info.slow_motion > STATED)
    if stated:
        return Clock(
            1.0,
            False,
            (
                Note(
                    "warning",
                    "clock_doubtful",
                    f"With the stated capture rate the athlete takes {rate:.1f} steps a second; people "
                    f"who run take {low:g} to {high:g}.",
                    "Check the capture rate: it is the rate the camera filmed at (here between "
                    f"{first} and {last}).",
                ),
            ),
        )
    if rate > high:
        return Clock(
            1.0,
            True,
            (
                Note(
                    "warning",
                    "fast_clock",
                    f"The athlete takes {rate:.1f} steps a second, more than people do: rates are not given.",
                    "The clip may be a time lapse or its frame rate may be wrong.",
                ),
            ),
        )
    return Clock(
        max(low / rate, 1.01),
        True,
        (
            Note(
                "limit",
                "slow_motion",
                f"The clip plays in slow motion, between {low / rate:.1f} and {high / rate:.1f} times slower "
                "than life by the rhythm of the steps. Angles and shares are given; rates are not.",
                f"Give the capture rate, the one the camera filmed at (here between {first} and {last}).",
            ),
        ),
    )
