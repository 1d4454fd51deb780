"""Touchdown and toe-off of every contact, with sub-frame time and a standard error: the stages in order.

Decides which stage times a contact. The rules themselves are elsewhere:

* which contacts there are and between which frames: ``stances``, coarsely, from the stride's phase;
* touchdown: ``first_touch`` (heel, edge or forefoot), with ``forefoot_fit`` for a forefoot's; toe-off:
  ``forefoot_fit``; both of a body without feet: ``ankle_fit``;
* which of the first feet only push off from rest, and so never land: ``pushed_off``;
* the contacts weighed together: ``same_foot`` (markers only), then ``regularity``;
* who does not run at all: ``activity``; which contact is too short: ``plausibility``.

Then ``shoe_refine`` makes the events surer by the images of the shoe. What a standard error is made of is
listed in ``event``.

No frame rate has a rule of its own: windows are so many step times long, and at least so many frames. The
touchdown rule is ``first_touch.touchdown`` at 30 fps, too. But there the frames decide: three lie in
``forefoot_fit.REACH``, too few for a forefoot's landing to be fitted, so that touchdown is told by the rule
for heel and edge alone (``first_touch.BRAKED``, ``SEARCHED_FRAMES``), and where that finds nothing by the
coarse contact, with the error ``COARSE_SD_FRAMES`` below. How restless a standing foot may be is in
``stances.RESTLESS``, what the shoe's images need in ``shoe_fit.WINDOW_FRAMES``.

Everything scales with speed and step time, so a clip in slow motion has the same events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, SIDES, Side
from analyzer.contacts import (
    activity,
    ankle_fit,
    first_touch,
    pushed_off,
    regularity,
    same_foot,
    stances,
)
from analyzer.contacts.ankle_fit import AnkleFit
from analyzer.contacts.event import Event
from analyzer.contacts.filtered_paths import FootPath, foot_path
from analyzer.contacts.forefoot_fit import ForefootFit
from analyzer.contacts.plausibility import doubted
from analyzer.contacts.stances import HalfStride
from analyzer.contacts.tempo import TYPICAL_STEP_S, running_speed
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.steps import Contacts, Step
from analyzer.errors import TooFewContactsError, ViewError
from analyzer.joints import body_size, stride_phase
from analyzer.signals.robust import mad

COARSE_SD_FRAMES: Final = 0.8
"""Error of an event that could not be fitted, frames; with ``COARSE_SD_STEPS``, against contacts read by eye.

Too small and such an event rules those that were fitted.
"""
COARSE_SD_STEPS: Final = 0.08
"""The part of it that no frame rate makes smaller, step times."""
UNSEEN_SD_STEPS: Final = 0.12
"""Error of an event told by the stride alone, step times, beside how the seen ones scatter."""
MOST_UNSEEN: Final = 2
"""How many contacts in a row may be so: longer gaps are the track's, and nobody was seen to run in them."""
FEWEST_SEEN: Final = 3
"""Whole contacts from which the stride tells the others."""
EDGE: Final = 0.5
"""Nearer to the track's ends than this, radians of the stride, an event that was not seen may lie outside."""


def detect(motion: Motion, *, accept: bool = False) -> Contacts:
    """Find every ground contact of a run.

    Parameters
    ----------
    motion : Motion
    accept : bool
        Whether to go on, with a note, where nobody seems to run.

    Returns
    -------
    Contacts
        In order of time. An event outside the clip is NaN; a contact that was not seen leaves its number out.

    Raises
    ------
    NotRunningError
        If somebody walks, exercises on the spot or does something else more likely than running.
    ViewError
        If the athlete is seen from the front or from behind.
    TooFewContactsError
        If fewer than two contacts are seen.
    """
    notes = view(motion, accept=accept)
    by_ankle = _stands_on_ankle(motion)
    turning = stride_phase.cycle(motion.time, motion.raw_joint)
    step_time = turning.step_s if np.isfinite(turning.step_s) else TYPICAL_STEP_S
    speed = running_speed(motion, step_time)
    feet = {side: foot_path(motion, side, step_time) for side in SIDES}
    halves = _half_strides(motion, feet, turning)
    if len(halves) < 2:
        activity.told(motion, turning, (), accept=accept)
        raise _too_few(len(halves), motion, speed)
    slides = stances.slides(halves)
    if by_ankle:
        notes.append(ankle_fit.no_feet_note())
    if slides:
        notes.append(_ground_slides())
    steps = []
    repeats = Counter(half.side for half in halves)
    for half in halves:
        foot = feet[half.side]
        if slides:
            foot = stances.steadied(motion, foot, half, step_time)
        coarse = stances.coarse_contact(foot, half, motion.time, turning)
        pace = half.pace if slides else speed[coarse.stance.middle]
        number = half.half - halves[0].half + 1
        if by_ankle:
            steps.append(_by_ankle(number, AnkleFit(motion, foot, coarse.stance, step_time)))
        else:
            fit = ForefootFit(motion, foot, coarse.stance, pace, step_time, repeats[half.side])
            steps.append(_by_foot(number, fit, coarse))
    steps = _with_unseen(steps, [half.half for half in halves], turning, motion.time)
    if not slides:  # where the camera's motion is not known, nothing tells a body that is slow
        steps = pushed_off.without_landing(steps, feet, motion, speed, step_time)
        steps = pushed_off.with_push(steps, feet, motion, speed, step_time)
    notes += activity.told(motion, turning, steps, accept=accept)
    if motion.toe_is == "ball" and not by_ankle:
        steps = list(same_foot.together(steps, feet, motion.time, step_time, motion.leg_length))
    # A push out of blocks is no contact of the run's rhythm.
    begun = sum(1 for _ in takewhile(pushed_off.pushes, steps))
    settled = regularity.together(steps[begun:], step_time, "ankle" if by_ankle else motion.toe_is)
    return Contacts(doubted([*steps[:begun], *settled], step_time), tuple(notes))


def view(motion: Motion, *, accept: bool) -> list[Note]:
    """Refuse a view in which steps lie along the line of sight; where it is accepted all the same, say so."""
    seen = motion.view
    if seen.shows_lane:
        return []
    what = f"The athlete is filmed from {seen.where} ({abs(seen.angle_deg):.0f}° from a view from the side)."
    why = (
        "What happens along the lane cannot be seen there: contacts, steps, speed, angles of trunk and legs."
    )
    fix = "Film from the side, square to the lane."
    if accept:
        return [Note("limit", "view", f"{what} {why} Nothing of that is to be trusted.", fix)]
    across = "What is seen there, analyze_any or analyze_frontal gives."
    raise ViewError(what, why, f"{fix} {across} Or insist.", settings=("accept",))


def _stands_on_ankle(motion: Motion) -> bool:
    """Tell whether the ankles alone tell the contacts: no foot was marked in the whole clip."""
    stands_on = body_size.stands_on(JOINTS, motion.raw)
    if not any(np.isfinite(motion.raw_joint(f"{s}_{stands_on}")).any() for s in SIDES):
        raise TooFewContactsError(
            "Neither feet nor ankles are among the joints.",
            "Without them no ground contact can be seen.",
            "Use a body that has them, as BlazePose, Halpe-26, BODY-25 or COCO-17.",
        )
    return stands_on == "ankle"


def _half_strides(
    motion: Motion, feet: Mapping[Side, FootPath], turning: stride_phase.Cycle
) -> list[HalfStride]:
    clear = turning.explained > stride_phase.CLEAR
    return stances.half_strides(motion, feet, turning) if clear else []


def _too_few(found: int, motion: Motion, speed: Array) -> TooFewContactsError:
    seen = motion.view
    if not seen.shows_lane:
        return TooFewContactsError(
            f"Filmed from {seen.where}, a clip shows too few contacts to be analysed as one from the side.",
            f"That was insisted on, and {found} {'was' if found == 1 else 'were'} found.",
            f"Do not insist: analyze then gives what is seen from {seen.where}. Film the rest from the side.",
            settings=("accept",),
        )
    return TooFewContactsError(
        f"Only {found} ground contact{'s were' if found != 1 else ' was'} found.",
        f"The athlete was followed for {np.isfinite(speed).sum() / motion.fps:.2f} s.",
        "Film at least three steps from the side, with the feet in the picture. If the file plays in "
        "slow motion, give the capture rate.",
    )


def _ground_slides() -> Note:
    return Note(
        "warning",
        "ground_slides",
        "The feet slide while they stand: the camera's motion could not be taken out whole. Contacts "
        "are found from the feet against the body; speeds and lengths over the ground are wrong.",
        "Film with a camera that stands still, or with fixed objects in the background.",
    )


def _by_ankle(number: int, fit: AnkleFit) -> Step:
    touchdown, toe_off = fit.touchdown(), fit.toe_off()
    return Step(
        number,
        fit.foot.side,
        touchdown.time_s,
        touchdown.sd_s,
        toe_off.time_s,
        toe_off.sd_s,
        "ankle",
        fit.place(),
    )


def _by_foot(number: int, fit: ForefootFit, coarse: stances.CoarseContact) -> Step:
    """Return the step as fitted, and where too few frames were left to fit as coarsely found."""
    sd = float(np.hypot(COARSE_SD_FRAMES / fit.motion.fps, COARSE_SD_STEPS * fit.step_time))
    touchdown = _or_coarse(first_touch.touchdown(fit), coarse.start_s, sd)
    toe_off = _or_coarse(fit.toe_off(), coarse.stop_s, sd)
    return Step(
        number,
        fit.foot.side,
        touchdown.time_s,
        touchdown.sd_s,
        toe_off.time_s,
        toe_off.sd_s,
        "fit" if {touchdown.source, toe_off.source} == {"fit"} else "threshold",
        fit.place(),
    )


def _or_coarse(fitted: Event, coarse_s: float, sd_s: float) -> Event:
    if np.isfinite(fitted.time_s) or not np.isfinite(coarse_s):
        return fitted
    return Event(coarse_s, sd_s, "threshold")


def _with_unseen(
    steps: list[Step], halves: Sequence[int], turning: stride_phase.Cycle, time: Array
) -> list[Step]:
    """Add events whose foot was not seen: the legs were, and the stride tells when it must have stood."""
    known = np.isfinite(turning.phase)
    phase = turning.phase[known]
    at = np.array([(s.touchdown_s, s.toe_off_s) for s in steps])
    turns = np.interp(at, time[known], phase) - np.pi * np.array(halves)[:, None]
    turns = np.where(np.isfinite(at), turns, np.nan)
    if np.isfinite(turns).all(axis=1).sum() < FEWEST_SEEN:
        return steps
    usual = np.nanmedian(turns, axis=0)
    sd = np.hypot(UNSEEN_SD_STEPS, mad(turns, axis=0) / np.pi) * turning.step_s
    there = dict(zip(halves, steps, strict=True))
    out: list[Step] = []
    for half in range(halves[0], halves[-1] + 1):
        step = there.get(half)
        if step is None:
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
