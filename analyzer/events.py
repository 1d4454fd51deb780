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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from analyzer import alike, ankles, landing, landmarks, legs, stances
from analyzer.ankles import AnkleFit
from analyzer.config import Config
from analyzer.contact import ContactFit, Event, Foot
from analyzer.data import Array, Motion, Note, Step, in_a_row
from analyzer.errors import ConfigError, NotRunningError, TooFewContactsError
from analyzer.settle import SHARED_SD, together, widened
from analyzer.skeleton import JOINTS, SIDES, Side

# Contact time in step times: 0.45 in a sprint, up to 0.75 in a slow jog, more than 1 in a walk.
WALKING: Final = 0.88
MAYBE_WALKING: Final = 0.76
TYPICAL_STEP_S: Final = 0.25
# The same of sprinters at top speed, 0.09 s of 0.21; what lies below the shorter was not seen whole.
TOP_SPEED: Final = 0.42
TOO_SHORT: Final = 0.32
# Error of an event that could not be fitted, against contacts read by eye.
COARSE_SD_FRAMES: Final = 0.8
COARSE_SD_STEPS: Final = 0.08
# Error of an event told by the stride alone, and how many contacts in a row may be so.
UNSEEN_SD_STEPS: Final = 0.12
MOST_UNSEEN: Final = 2
# Nearer to the track's ends than this, rad, an event that was not seen may lie outside.
EDGE: Final = 0.5
NAN: Final = float("nan")


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
    stands_on = landmarks.stands_on(JOINTS, motion.raw)
    if not any(np.isfinite(motion.raw_joint(f"{s}_{stands_on}")).any() for s in SIDES):
        raise TooFewContactsError(
            "Neither feet nor ankles are among the joints.",
            "Without them no ground contact can be seen.",
            "Use a body that has them, as BlazePose, Halpe-26, BODY-25 or COCO-17.",
        )
    by_ankle = stands_on == "ankle"
    turning = legs.cycle(motion.time, motion.raw_joint)
    step_time = turning.step_s if np.isfinite(turning.step_s) else TYPICAL_STEP_S
    speed = stances.running_speed(motion, step_time)
    feet = {side: stances.foot(motion, side, step_time) for side in SIDES}
    contacts = stances.contacts(motion, feet, turning) if turning.explained > legs.CLEAR else []
    if len(contacts) < 2:
        raise TooFewContactsError(
            f"Only {len(contacts)} ground contact{'s were' if len(contacts) != 1 else ' was'} found.",
            f"The athlete was followed for {np.isfinite(speed).sum() / motion.fps:.2f} s.",
            "Film at least three steps from the side, with the feet in the picture. If the file plays in "
            "slow motion, give the rate it was filmed at (--capture-fps).",
        )
    notes = [ankles.note()] if by_ankle else []
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
        _refuse_walking(feet, speed)
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
            touchdown = _or_coarse(landing.touchdown(fit), bounds.start_s, coarse_sd)
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
    _check(motion, steps, step_time)
    shared = ankles.SHARED_SD if by_ankle else SHARED_SD
    if motion.toe_is == "ball" and not by_ankle:
        shared = alike.SHARED_SD
        steps = list(alike.together(steps, feet, motion.time, step_time, motion.leg_length))
    return doubted(together(steps, step_time, shared), step_time), notes


def _between(steps: list[Step], halves: Sequence[int], turning: legs.Cycle, time: Array) -> list[Step]:
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
            step = Step(0, SIDES[half % 2], NAN, NAN, NAN, NAN, "threshold")
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


def doubted(steps: Sequence[Step], step_s: float) -> tuple[Step, ...]:
    """Widen the errors of contacts that are shorter than any runner's: part of them was missed.

    Which end was missed is not known, so each gets what the contact lacks of a sprinter's at top speed.
    """
    out = []
    for step in steps:
        share = (step.toe_off_s - step.touchdown_s) / step_s
        if share < TOO_SHORT:
            lacks = (TOP_SPEED - share) * step_s / np.sqrt(2)
            step = widened(step, (lacks, lacks))
        out.append(step)
    return tuple(out)


def in_sight(steps: Sequence[Step], motion: Motion) -> tuple[Step, ...]:
    """Leave out events before the foot was first seen or after it was last: nothing tells when they were.

    Those told by the stride alone are kept; they never were the foot's.
    """
    out = []
    part = landmarks.stands_on(JOINTS, motion.raw)
    for step in steps:
        seen = motion.time[np.isfinite(motion.raw_joint(f"{step.side}_{part}")).all(axis=1)]
        if len(seen) and step.source not in ("threshold", "edited"):
            if step.touchdown_s < seen[0]:
                step = replace(step, touchdown_s=NAN, touchdown_sd_s=NAN)
            if step.toe_off_s > seen[-1]:
                step = replace(step, toe_off_s=NAN, toe_off_sd_s=NAN)
        out.append(step)
    return tuple(out)


def _or_coarse(fitted: Event, coarse_s: float, sd_s: float) -> Event:
    """Return the fitted event, or where the coarse contact ends when too few frames were left to fit."""
    if np.isfinite(fitted.time_s) or not np.isfinite(coarse_s):
        return fitted
    return Event(coarse_s, sd_s, "threshold")


def from_table(
    rows: Iterable[Mapping[str, object]], motion: Motion, original: Sequence[Step] = ()
) -> tuple[Step, ...]:
    """Take the contacts from a table that a person may have edited (``events.csv``).

    Parameters
    ----------
    rows : iterable of mapping
        ``side`` ("left" or "right"), ``touchdown_s`` and ``toe_off_s``; an empty cell or NaN is an
        event outside the clip. Other columns are ignored.
    motion : Motion
    original : sequence of Step, optional
        The contacts as they were found: rows equal to one of them to the millisecond keep its
        standard errors and source. All others are "edited", with the error of somebody who picks
        the frame, a third of a frame interval.

    Returns
    -------
    tuple of Step
        In order of time, numbered from 1.

    Raises
    ------
    ConfigError
        With every row that cannot be used.
    """
    problems: list[str] = []
    contacts: list[tuple[Side, float, float]] = []
    for line, row in enumerate(rows, start=2):
        name = str(row.get("side", "")).strip().lower()
        side = next((s for s in SIDES if name in (s, s[0])), None)
        times = []
        for column in ("touchdown_s", "toe_off_s"):
            cell = row.get(column)
            text = "" if cell is None else str(cell).strip()
            try:
                times.append(float(text) if text else float("nan"))
            except ValueError:
                problems.append(f"line {line}: {column} is {text!r}, not a time in seconds")
                times.append(float("nan"))
        if side is None:
            problems.append(f"line {line}: side is {name!r}, allowed are 'left' and 'right'")
        elif not np.isfinite(times).any():
            problems.append(f"line {line}: neither touchdown_s nor toe_off_s is given")
        elif times[0] >= times[1]:
            problems.append(f"line {line}: toe_off_s {times[1]:g} is not after touchdown_s {times[0]:g}")
        elif any(np.isfinite(t) and not motion.time[0] <= t <= motion.time[-1] for t in times):
            span = f"{motion.time[0]:.3f} to {motion.time[-1]:.3f} s"
            problems.append(f"line {line}: the time lies outside the clip, {span}")
        else:
            if any(side == s and times[0] < off and on < times[1] for s, on, off in contacts):
                problems.append(f"line {line}: the {side} foot is on the ground already then")
            contacts.append((side, times[0], times[1]))
    if problems or len(contacts) < 2:
        raise ConfigError(
            "The table of events cannot be used.",
            "; ".join(problems) or f"It holds {len(contacts)} contacts; at least two are needed.",
            "Each row needs side, touchdown_s and toe_off_s, in seconds from the start of the clip.",
        )
    return tuple(
        _edited(number, contact, motion, original)
        for number, contact in enumerate(sorted(contacts, key=lambda c: np.nanmean(c[1:])), start=1)
    )


def _edited(
    number: int, contact: tuple[Side, float, float], motion: Motion, original: Sequence[Step]
) -> Step:
    side, touchdown, toe_off = contact
    for step in original:
        before = np.array([step.touchdown_s, step.toe_off_s])
        if step.side == side and np.allclose(before, contact[1:], rtol=0, atol=6e-4, equal_nan=True):
            return replace(step, number=number)
    known = [t for t in (touchdown, toe_off) if np.isfinite(t)]
    place = ankles.planted(motion, side)
    inside = (motion.time >= min(known) - 1 / motion.fps) & (motion.time <= max(known) + 1 / motion.fps)
    inside &= np.isfinite(place).all(axis=1)
    foot = np.median(place[inside], axis=0) if inside.any() else np.full(2, np.nan)
    sd = 1 / (3 * motion.fps)
    return Step(
        number,
        side,
        touchdown,
        sd if np.isfinite(touchdown) else float("nan"),
        toe_off,
        sd if np.isfinite(toe_off) else float("nan"),
        "edited",
        (float(foot[0]), float(foot[1])),
    )


def _refuse_walking(feet: dict[Side, Foot], speed: Array) -> None:
    """Raise for somebody who walks or stands; independent of the clock, so slow motion may run."""
    advice = "Choose a clip, or with --from and --to a part of it, in which the athlete runs."
    top = np.nanquantile(np.abs(speed), 0.9) if np.isfinite(speed).any() else np.nan
    if not np.isfinite(top):
        return
    with np.errstate(invalid="ignore"):
        moving = np.abs(speed) > 0.5 * top
    down = []
    for foot in feet.values():
        with np.errstate(invalid="ignore"):
            down.append((foot.speed < 0.5 * np.abs(speed)) & moving)
    both = float(np.mean((down[0] & down[1])[moving])) if moving.any() else 0.0
    either = float(np.mean((down[0] | down[1])[moving])) if moving.any() else 0.0
    if both > 0.12 and either > 0.85:
        raise NotRunningError(
            "The athlete seems to walk, not run.",
            f"Both feet are on the ground together in {both:.0%} of the time; a runner never has both down.",
            advice,
        )


def _check(motion: Motion, steps: Sequence[Step], step_time: float) -> None:
    """Hold the events against what running bodies can do."""
    advice = "Choose a clip, or with --from and --to a part of it, in which the athlete runs."
    flights = np.array([b.touchdown_s - a.toe_off_s for a, b in in_a_row(steps)])
    seen = flights[np.isfinite(flights)]
    if len(seen) >= 2 and np.median(seen) < -0.02 * step_time:
        raise NotRunningError(
            "The athlete seems to walk, not run.",
            f"A foot lands {-np.median(seen) * 1000:.0f} ms before the other one leaves the ground.",
            advice,
        )
    touchdown = np.array([s.touchdown_s for s in steps])
    toe_off = np.array([s.toe_off_s for s in steps])
    contact = (toe_off - touchdown)[np.isfinite(toe_off - touchdown)]
    if len(contact) >= 3:
        share = float(np.median(contact)) / step_time
        # Walkers vault over the leg they stand on, runners sink onto it.
        vaults = stances.bounce(motion, (touchdown + toe_off) / 2).at_middle > 0
        if share > WALKING or (share > MAYBE_WALKING and vaults):
            raise NotRunningError(
                "The athlete seems to walk, not run.",
                f"Each foot is on the ground for {share:.0%} of a step"
                + (", and the body is highest over it." if vaults else "."),
                advice,
            )
