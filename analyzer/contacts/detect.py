"""Touchdown and toe-off with sub-frame time and an honest standard error.

First coarsely: the foot is down where it is slow and low; left and right must alternate in the run's
rhythm. Then each contact is fitted on raw landmarks, because every filter smears the moment of
contact: before touchdown the landing point of the foot (heel or toe, whichever comes first) moves,
after it stands; before toe-off the toe stands, after it the toe rises with constant acceleration.
The posterior over the event's time, with priors from running speed and rhythm, gives the estimate
and its error.

Everything scales with speed and step time, so a clip in slow motion has the same events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, SIDES
from analyzer.config import Config
from analyzer.contacts import ankle_fit, first_touch, same_foot, stances
from analyzer.contacts.ankle_fit import AnkleFit
from analyzer.contacts.forefoot_fit import ContactFit, Event
from analyzer.contacts.plausibility import TYPICAL_STEP_S, check, doubted, refuse_walking
from analyzer.contacts.regularity import SHARED_SD, together
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.steps import Step
from analyzer.errors import TooFewContactsError
from analyzer.joints import body_size, stride_phase

# Error of an event that could not be fitted, against contacts read by eye.
COARSE_SD_FRAMES: Final = 0.8
COARSE_SD_STEPS: Final = 0.08
# Error of an event told by the stride alone, and how many contacts in a row may be so.
UNSEEN_SD_STEPS: Final = 0.12
MOST_UNSEEN: Final = 2
# Nearer to the track's ends than this, rad, an event that was not seen may lie outside.
EDGE: Final = 0.5


def detect(motion: Motion, config: Config) -> tuple[tuple[Step, ...], list[Note]]:
    """Find every ground contact of a run.

    Parameters
    ----------
    motion : Motion
    config : Config

    Returns
    -------
    tuple of Step, list of Note
        In order of time. An event outside the clip is NaN; a contact that was not seen leaves its number out.

    Raises
    ------
    NotRunningError
        If both feet are on the ground together, as in walking, or the athlete stands.
    TooFewContactsError
        If fewer than two contacts are seen.
    """
    stands_on = body_size.stands_on(JOINTS, motion.raw)
    if not any(np.isfinite(motion.raw_joint(f"{s}_{stands_on}")).any() for s in SIDES):
        raise TooFewContactsError(
            "Neither feet nor ankles are among the joints.",
            "Without them no ground contact can be seen.",
            "Use a body that has them, as BlazePose, Halpe-26, BODY-25 or COCO-17.",
        )
    by_ankle = stands_on == "ankle"
    turning = stride_phase.cycle(motion.time, motion.raw_joint)
    step_time = turning.step_s if np.isfinite(turning.step_s) else TYPICAL_STEP_S
    speed = stances.running_speed(motion, step_time)
    feet = {side: stances.foot(motion, side, step_time) for side in SIDES}
    contacts = stances.contacts(motion, feet, turning) if turning.explained > stride_phase.CLEAR else []
    if len(contacts) < 2:
        raise TooFewContactsError(
            f"Only {len(contacts)} ground contact{'s were' if len(contacts) != 1 else ' was'} found.",
            f"The athlete was followed for {np.isfinite(speed).sum() / motion.fps:.2f} s.",
            "Film at least three steps from the side, with the feet in the picture. If the file plays in "
            "slow motion, give the rate it was filmed at (--capture-fps).",
        )
    notes = [ankle_fit.note()] if by_ankle else []
    slides = stances.slides(contacts)
    if slides:
        notes.append(
            Note(
                "warning",
                "ground_slides",
                "The feet slide while they stand: the camera's motion could not be taken out whole. Contacts "
                "are found from the feet against the body; speeds and lengths over the ground are wrong.",
                "Film with a camera that stands still, or with fixed objects in the background.",
            )
        )
    else:
        refuse_walking(feet, speed)
    steps = []
    repeats = Counter(contact.side for contact in contacts)
    for contact in contacts:
        foot = feet[contact.side]
        if slides:
            foot = stances.steady(motion, foot, contact, step_time)
        bounds = stances.stance(foot, contact, motion.time, turning)
        stance = bounds.stance
        pace = contact.pace if slides else speed[stance.middle]
        fit: ContactFit | AnkleFit
        if by_ankle:
            fit = AnkleFit(motion, foot, stance, step_time)
            touchdown, toe_off, source = fit.touchdown(), fit.toe_off(), "ankle"
        else:
            fit = ContactFit(motion, foot, stance, pace, step_time, repeats[contact.side])
            coarse_sd = float(np.hypot(COARSE_SD_FRAMES / motion.fps, COARSE_SD_STEPS * step_time))
            touchdown = _or_coarse(first_touch.touchdown(fit), bounds.start_s, coarse_sd)
            toe_off = _or_coarse(fit.toe_off(), bounds.stop_s, coarse_sd)
            source = "fit" if {touchdown.source, toe_off.source} == {"fit"} else "threshold"
        steps.append(
            Step(
                contact.half - contacts[0].half + 1,
                stance.side,
                touchdown.time_s,
                touchdown.sd_s,
                toe_off.time_s,
                toe_off.sd_s,
                source,
                fit.place(),
            )
        )
    steps = _between(steps, [contact.half for contact in contacts], turning, motion.time)
    check(motion, steps, step_time)
    shared = ankle_fit.SHARED_SD if by_ankle else SHARED_SD
    if motion.toe_is == "ball" and not by_ankle:
        shared = same_foot.SHARED_SD
        steps = list(same_foot.together(steps, feet, motion.time, step_time, motion.leg_length))
    return doubted(together(steps, step_time, shared), step_time), notes


def _between(
    steps: list[Step], halves: Sequence[int], turning: stride_phase.Cycle, time: Array
) -> list[Step]:
    """Add events whose foot was not seen: the legs were, and the stride tells when it must have stood."""
    known = np.isfinite(turning.phase)
    phase = turning.phase[known]
    at = np.array([(s.touchdown_s, s.toe_off_s) for s in steps])
    turns = np.interp(at, time[known], phase) - np.pi * np.array(halves)[:, None]
    turns = np.where(np.isfinite(at), turns, np.nan)
    if np.isfinite(turns).all(axis=1).sum() < 3:
        return steps
    usual = np.nanmedian(turns, axis=0)
    spread = 1.4826 * np.nanmedian(np.abs(turns - usual), axis=0) / np.pi
    sd = np.hypot(UNSEEN_SD_STEPS, spread) * turning.step_s
    there = dict(zip(halves, steps, strict=True))
    out: list[Step] = []
    for half in range(halves[0], halves[-1] + 1):
        step = there.get(half)
        if step is None:
            # Longer gaps are the track's, and nobody was seen to run in them.
            before, after = max(h for h in halves if h < half), min(h for h in halves if h > half)
            if after - before > MOST_UNSEEN + 1:
                continue
            step = Step(0, SIDES[half % 2], nan, nan, nan, nan, "threshold")
        must = half * np.pi + usual
        times = np.interp(must, phase, time[known])
        times = np.where((must > phase[0] + EDGE) & (must < phase[-1] - EDGE), times, np.nan)
        if not np.isfinite(step.touchdown_s) and np.isfinite(times[0]):
            first, error = float(times[0]), float(sd[0])
            step = replace(step, touchdown_s=first, touchdown_sd_s=error, source="threshold")
        if not np.isfinite(step.toe_off_s) and np.isfinite(times[1]):
            last, error = float(times[1]), float(sd[1])
            step = replace(step, toe_off_s=last, toe_off_sd_s=error, source="threshold")
        out.append(replace(step, number=half - halves[0] + 1))
    return out


def _or_coarse(fitted: Event, coarse_s: float, sd_s: float) -> Event:
    """Return the fitted event, or where the coarse contact ends when too few frames were left to fit."""
    if np.isfinite(fitted.time_s) or not np.isfinite(coarse_s):
        return fitted
    return Event(coarse_s, sd_s, "threshold")
