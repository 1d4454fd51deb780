"""Contacts from a table that a person may have edited (``events.csv``): what is taken over, what refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from analyzer.body.skeleton import SIDES, Side
from analyzer.contacts import ankle_fit
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.steps import Contacts, EditCounts, Step
from analyzer.errors import ConfigError

PICKED_SD_FRAMES: Final = 1 / 3
"""Error of somebody who picks the frame of an event, frames: about that of a rounded one, 1 / sqrt(12)."""
SAME_S: Final = 6e-4
"""Times that differ by no more than this, s, are the same, and their contact was not edited.

``events.csv`` has six decimals, but a spreadsheet may save the millisecond that it shows. Nobody can pick an
event this finely: at 240 frames a second the error of one who tries is 1.4 ms.
"""
LEAST_APART_S: Final = 0.02
"""Time between the touchdowns, or the toe-offs, of two contacts below which they are none of a run, s: the
quickest feet take five times that."""
MOST: Final = 1000
"""Contacts of one run: four minutes of them."""
MOVED_S: Final = 0.1
"""A contact and a row of the same foot no further apart than this, s, are one that was moved: a foot is off
the ground for longer."""
Row = tuple[Side, float, float]
"""Side, touchdown and toe-off, s; NaN = outside the clip."""


def from_table(
    rows: Iterable[Mapping[str, object]],
    motion: Motion,
    original: Sequence[Step] = (),
    *,
    within_s: float = SAME_S,
) -> Contacts:
    """Take the contacts from a table that a person may have edited (``events.csv``).

    Parameters
    ----------
    rows : iterable of mapping
        ``side`` ("left" or "right"), ``touchdown_s`` and ``toe_off_s``; an empty cell or NaN is an
        event outside the clip. ``line``, where it is there, is the row's line in its file, for
        messages. Other columns are ignored.
    motion : Motion
        On whose clock the times are; they must lie inside it.
    original : sequence of Step, optional
        The contacts as they were detected: rows that are the ``same`` as one of them keep its standard
        errors and source. All others are "edited", with the error of somebody who picks the frame, a
        third of a frame interval.
    within_s : float
        Times that differ by no more are the same, s.

    Returns
    -------
    Contacts
        In order of time, numbered from 1, with a note of how many were added, removed and moved; without
        one where they are those detected.

    Raises
    ------
    ConfigError
        With every row that cannot be used.
    """
    rows = list(rows)
    if len(rows) > MOST:
        raise ConfigError(
            "The table of events cannot be used.",
            f"It holds {len(rows):,} contacts; up to {MOST:,} can be read.",
            "Give the contacts of one run.",
        )
    problems: list[str] = []
    contacts: list[Row] = []
    for number, row in enumerate(rows, start=2):
        line = row.get("line", number)
        name = str(row.get("side", "")).strip()
        side = side_of(name)
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
    in_order = sorted(contacts, key=lambda c: np.nanmean(c[1:]))
    if not problems:
        problems += _together(in_order)
    if problems or len(contacts) < 2:
        raise ConfigError(
            "The table of events cannot be used.",
            "; ".join(problems) or f"It holds {len(contacts)} contacts; at least two are needed.",
            "Each row needs side, touchdown_s and toe_off_s, in seconds from the start of the clip.",
        )
    steps = [_edited(number, row, motion, original, within_s) for number, row in enumerate(in_order, start=1)]
    return Contacts(tuple(steps), _told(edits(in_order, original, within_s)))


def _together(in_order: Sequence[Row]) -> list[str]:
    """Say which contacts, in order of time, begin or end together: steps between them would take no time."""
    found = []
    for (side, *times), (other, *later) in pairwise(in_order):
        for name, first, second in zip(("touchdown_s", "toe_off_s"), times, later, strict=True):
            if second - first < LEAST_APART_S:
                found.append(
                    f"{name} of the {other} foot, {second:g}, is not after that of the {side}, {first:g}, by "
                    f"{LEAST_APART_S:g} s"
                )
    return found


def edits(contacts: Sequence[Row], detected: Sequence[Step], within_s: float = SAME_S) -> EditCounts:
    """Count what somebody changed: rows that are no detected contact, and detected ones without a row.

    Of those, a row and a contact of one foot that overlap, or are nearer than ``MOVED_S``, are one that was
    moved; so are the two feet's of the same times, whose side was changed.
    """
    left = list(detected)
    new = []
    for contact in contacts:
        found = next((step for step in left if same(step, *contact, within_s=within_s)), None)
        if found is None:
            new.append(contact)
        else:
            left.remove(found)
    moved = 0
    for contact in tuple(new):
        near = [(_apart(step, contact, within_s), i) for i, step in enumerate(left)]
        best = min(near, default=(np.inf, 0))
        if best[0] <= MOVED_S:
            moved += 1
            new.remove(contact)
            del left[best[1]]
    return EditCounts(len(new), len(left), moved)


def _apart(step: Step, contact: Row, within_s: float) -> float:
    """Return how far apart two contacts are, s: 0 where they overlap, infinite for those of other feet."""
    side, touchdown, toe_off = contact
    if side != step.side:
        return 0.0 if same(replace(step, side=side), *contact, within_s=within_s) else np.inf
    here, there = [t for t in (touchdown, toe_off) if np.isfinite(t)], _known(step)
    if not here or not there:
        return np.inf
    return max(0.0, min(there) - max(here), min(here) - max(there))


def _known(step: Step) -> list[float]:
    return [t for t in (step.touchdown_s, step.toe_off_s) if np.isfinite(t)]


def _told(found: EditCounts) -> tuple[Note, ...]:
    counts = {"added": found.added, "removed": found.removed, "moved": found.moved}
    if not any(counts.values()):
        return ()
    words = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
    return (
        Note(
            "info",
            "events_edited",
            f"The contacts were edited by hand: {words}.",
            "The detected ones are in events_detected.csv; copied over events.csv they are back. The "
            "annotated video shows the edited ones once it is drawn again.",
            counts=counts,
        ),
    )


def same(step: Step, side: str, touchdown_s: float, toe_off_s: float, *, within_s: float = SAME_S) -> bool:
    """Tell whether a row of ``events.csv`` says what a contact says: side, and times to ``within_s``."""
    times = [step.touchdown_s, step.toe_off_s], [touchdown_s, toe_off_s]
    return step.side == side and np.allclose(*times, rtol=0, atol=within_s, equal_nan=True)


def side_of(cell: object) -> Side | None:
    """Return the side that a cell names, in full or by its first letter; None where it names none."""
    name = str(cell).strip().lower()
    return next((side for side in SIDES if name in (side, side[0])), None)


def _edited(number: int, contact: Row, motion: Motion, original: Sequence[Step], within_s: float) -> Step:
    side, touchdown, toe_off = contact
    for step in original:
        if same(step, *contact, within_s=within_s):
            return replace(step, number=number)
    known = [t for t in (touchdown, toe_off) if np.isfinite(t)]
    place = ankle_fit.planted(motion, side)
    inside = (motion.time >= min(known) - 1 / motion.fps) & (motion.time <= max(known) + 1 / motion.fps)
    inside &= np.isfinite(place).all(axis=1)
    foot = np.median(place[inside], axis=0) if inside.any() else np.full(2, np.nan)
    sd = PICKED_SD_FRAMES / motion.fps
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
