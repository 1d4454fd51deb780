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

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from analyzer import signals
from analyzer.config import Config
from analyzer.contact import ContactFit, Foot, Stance
from analyzer.data import Array, Motion, Note, Step
from analyzer.errors import ConfigError, NotRunningError, TooFewContactsError
from analyzer.skeleton import SIDES, Side

TYPICAL_STEP_S: Final = 0.25
SLOW: Final = 0.35
"""A standing foot is slower than this fraction of the running speed."""
LOW: Final = 0.16
"""A standing foot is lower than this many leg lengths."""


def detect(motion: Motion, config: Config) -> tuple[tuple[Step, ...], list[Note]]:
    """Find every ground contact of a run.

    Parameters
    ----------
    motion : Motion
    config : Config

    Returns
    -------
    tuple of Step, list of Note
        In order of time. An event outside the clip is NaN.

    Raises
    ------
    NotRunningError
        If both feet are on the ground together, as in walking, or the athlete stands.
    TooFewContactsError
        If fewer than two contacts are seen.
    """
    speed = running_speed(motion)
    feet = {side: _foot(motion, side) for side in SIDES}
    ground = _ground(feet)
    candidates: list[Stance] = []
    step_time = TYPICAL_STEP_S
    for _ in range(2):
        frames = step_time * motion.fps
        candidates = [s for foot in feet.values() for s in _stances(motion, foot, speed, ground, frames)]
        step_time = _step_time(motion, candidates)
    _refuse_walking(motion, feet, speed, ground, candidates)
    chosen = _alternate(motion, candidates, step_time)
    if len(chosen) < 2:
        raise TooFewContactsError(
            f"Only {len(chosen)} ground contact{'s were' if len(chosen) != 1 else ' was'} found.",
            f"The athlete was followed for {np.isfinite(speed).sum() / motion.fps:.2f} s.",
            "Film at least three steps from the side, with the feet in the picture.",
        )
    steps = []
    for number, stance in enumerate(chosen):
        fit = ContactFit(motion, feet[stance.side], stance, speed[stance.middle], step_time)
        touchdown, toe_off = fit.touchdown(), fit.toe_off()
        source = "fit" if {touchdown.source, toe_off.source} == {"fit"} else "threshold"
        steps.append(
            Step(
                number + 1,
                stance.side,
                touchdown.time_s,
                touchdown.sd_s,
                toe_off.time_s,
                toe_off.sd_s,
                source,
                fit.place(),
            )
        )
    return _check(motion, tuple(steps), step_time)


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
    place = motion.raw_joint(f"{side}_foot_index")
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


def running_speed(motion: Motion) -> Array:
    """Return the (n,) forward speed of the hips over about a step, m/s; NaN where unseen."""
    hips = (motion.joint("left_hip") + motion.joint("right_hip"))[:, 0] / 2
    if not np.isfinite(hips).any():
        hips = np.where(
            np.isfinite(motion.joint("left_hip")[:, 0]),
            motion.joint("left_hip")[:, 0],
            motion.joint("right_hip")[:, 0],
        )
    return signals.derivative(motion.time, signals.low_pass(motion.time, hips, 1.5))


def _foot(motion: Motion, side: Side) -> Foot:
    toe, heel = motion.raw_joint(f"{side}_foot_index"), motion.raw_joint(f"{side}_heel")
    smooth_toe, smooth_heel = motion.joint(f"{side}_foot_index"), motion.joint(f"{side}_heel")
    velocity = signals.derivative(motion.time, smooth_toe)
    sd, memory = signals.noise(motion.time, np.column_stack([toe, heel]), 15.0)
    seen = np.isfinite(sd)
    if not seen.any():
        return Foot(side, toe, heel, smooth_toe, smooth_heel, np.hypot(*velocity.T), np.nan, 0.0)
    size = float(np.sqrt(np.mean(sd[seen] ** 2)))
    return Foot(
        side,
        toe,
        heel,
        smooth_toe,
        smooth_heel,
        np.hypot(*velocity.T),
        max(size, 0.002 * motion.leg_length),
        float(np.mean(memory[seen])),
    )


def _ground(feet: dict[Side, Foot]) -> float:
    """Height of the standing toe: the tenth percentile of both feet."""
    heights = np.concatenate([foot.smooth_toe[:, 1] for foot in feet.values()])
    return float(np.nanquantile(heights, 0.1)) if np.isfinite(heights).any() else 0.0


def _restlessness(motion: Motion, foot: Foot, speed: Array, ground: float) -> Array:
    """How unlike standing the foot is in each frame: below 1 it is both slow and low."""
    top = np.nanmax(speed) if np.isfinite(speed).any() else np.nan
    pace = np.maximum(speed, 0.25 * top)
    low = (foot.smooth_toe[:, 1] - ground) / (LOW * motion.leg_length)
    return np.asarray(np.hypot(foot.speed / (SLOW * pace), np.maximum(low, 0)))


def _stances(motion: Motion, foot: Foot, speed: Array, ground: float, frames: float) -> list[Stance]:
    """Find the dips of a foot's restlessness: one for each contact.

    ``frames`` is how many the camera takes in a step: few blur a standing foot into a moving one.
    """
    rest = _restlessness(motion, foot, speed, ground)
    found: list[Stance] = []
    limit = 1.0 if frames >= 25 else 1.6 if frames >= 12.5 else 2.2
    with np.errstate(invalid="ignore"):
        down = rest < limit
    for start, stop in signals.runs(down):
        middle = start + int(np.argmin(rest[start:stop]))
        found.append(Stance(foot.side, start, middle, stop, float(rest[middle])))
    merged: list[Stance] = []
    for stance in found:
        last = merged[-1] if merged else None
        gap = slice(last.stop, stance.start) if last else slice(0, 0)
        if last and np.nanmax(rest[gap], initial=0.0) < 2 * limit and _still(foot, motion, last, stance):
            best = min(last, stance, key=lambda s: s.depth)
            merged[-1] = Stance(foot.side, last.start, best.middle, stance.stop, best.depth)
        else:
            merged.append(stance)
    return merged


def _still(foot: Foot, motion: Motion, first: Stance, second: Stance) -> bool:
    """Tell whether a foot is in the same place in two coarse stances: one contact seen as two."""
    moved = foot.smooth_toe[second.middle] - foot.smooth_toe[first.middle]
    return bool(np.hypot(*moved) < 0.15 * motion.leg_length)


def _step_time(motion: Motion, candidates: Sequence[Stance]) -> float:
    """Typical time from one contact to the next, from the same foot's contacts where there are any."""
    strides, steps = [], []
    for side in SIDES:
        middles = sorted(motion.time[s.middle] for s in candidates if s.side == side)
        strides += list(np.diff(middles))
    ordered = sorted(candidates, key=lambda s: s.middle)
    steps = [motion.time[b.middle] - motion.time[a.middle] for a, b in pairwise(ordered) if a.side != b.side]
    if strides:
        # A missed contact doubles an interval, so the lower middle of them.
        return float(np.quantile(strides, 0.4)) / 2
    return float(np.median(steps)) if steps else 0.25


def _alternate(motion: Motion, candidates: Sequence[Stance], step_time: float) -> list[Stance]:
    """Choose the chain of contacts that best alternates in rhythm, by dynamic programming."""
    ordered = sorted(candidates, key=lambda s: s.middle)
    if not ordered:
        return []
    times = motion.time[[s.middle for s in ordered]]
    best = np.array([1.2 - min(s.depth, 1.0) for s in ordered])
    worth = best.copy()
    previous = np.full(len(ordered), -1)
    for j in range(len(ordered)):
        for i in range(j):
            beats = (times[j] - times[i]) / step_time
            parity = 1 if ordered[i].side != ordered[j].side else 0
            nearest = max(1 if parity else 2, 2 * round((beats - parity) / 2) + parity)
            misfit = abs(beats - nearest)
            if beats < 0.45 or (misfit > 0.6 and nearest > 1):
                continue
            score = best[i] + worth[j] - 0.8 * misfit**2 - 0.4 * (nearest - 1)
            if score > best[j]:
                best[j], previous[j] = score, i
    chain = []
    j = int(np.argmax(best))
    while j >= 0:
        chain.append(ordered[j])
        j = int(previous[j])
    return chain[::-1]


def _refuse_walking(
    motion: Motion,
    feet: dict[Side, Foot],
    speed: Array,
    ground: float,
    candidates: Sequence[Stance],
) -> None:
    """Raise for somebody who walks or stands; independent of the clock, so slow motion may run."""
    advice = "Choose a clip, or with --from and --to a part of it, in which the athlete runs."
    top = np.nanquantile(np.abs(speed), 0.9) if np.isfinite(speed).any() else np.nan
    if not candidates or not np.isfinite(top):
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


def _check(motion: Motion, steps: tuple[Step, ...], step_time: float) -> tuple[tuple[Step, ...], list[Note]]:
    """Hold the events against what running bodies can do."""
    notes: list[Note] = []
    flights = np.array([b.touchdown_s - a.toe_off_s for a, b in pairwise(steps) if a.side != b.side])
    seen = flights[np.isfinite(flights)]
    if len(seen) >= 2 and np.median(seen) < -0.02 * step_time:
        raise NotRunningError(
            "The athlete seems to walk, not run.",
            f"A foot lands {-np.median(seen) * 1000:.0f} ms before the other one leaves the ground.",
            "Choose a clip, or with --from and --to a part of it, in which the athlete runs.",
        )
    return steps, notes
