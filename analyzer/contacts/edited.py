"""Contacts from a table that a person may have edited (``events.csv``): what is taken over, what refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from analyzer.body.skeleton import SIDES, Side
from analyzer.contacts import ankle_fit
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.steps import Contacts, Step
from analyzer.errors import ConfigError

PICKED_SD_FRAMES: Final = 1 / 3
"""Error of somebody who picks the frame of an event, frames: about that of a rounded one, 1 / sqrt(12)."""
SAME_S: Final = 6e-4
"""Times that differ by no more than this, s, are the same, and their contact was not edited.

``events.csv`` has six decimals, but a spreadsheet may save the millisecond that it shows. Nobody can pick an
event this finely: at 240 frames a second the error of one who tries is 1.4 ms.
"""


def from_table(
    rows: Iterable[Mapping[str, object]], motion: Motion, original: Sequence[Step] = ()
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
        The contacts as they were found: rows that are the ``same`` as one of them keep its standard
        errors and source. All others are "edited", with the error of somebody who picks the frame, a
        third of a frame interval.

    Returns
    -------
    Contacts
        In order of time, numbered from 1, with a note of how many rows were edited.

    Raises
    ------
    ConfigError
        With every row that cannot be used.
    """
    problems: list[str] = []
    contacts: list[tuple[Side, float, float]] = []
    for number, row in enumerate(rows, start=2):
        line = row.get("line", number)
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
    in_order = sorted(contacts, key=lambda c: np.nanmean(c[1:]))
    return Contacts(
        tuple(_edited(number, contact, motion, original) for number, contact in enumerate(in_order, start=1)),
        (_edited_note(contacts, original),),
    )


def _edited_note(contacts: Sequence[tuple[Side, float, float]], original: Sequence[Step]) -> Note:
    """Say how many rows are not as they were detected."""
    detected = [step for step in original if step.source != "edited"]
    changed = sum(not any(same(step, *contact) for step in detected) for contact in contacts)
    return Note(
        "info",
        "events_edited",
        f"The contacts were edited by hand: {changed} of {len(contacts)} rows are not as they were detected.",
        "The detected ones are in events_detected.csv. The annotated video shows the edited ones once "
        "it is drawn again.",
    )


def same(step: Step, side: str, touchdown_s: float, toe_off_s: float) -> bool:
    """Tell whether a row of ``events.csv`` says what a contact says: side, and times to ``SAME_S``."""
    times = [step.touchdown_s, step.toe_off_s], [touchdown_s, toe_off_s]
    return step.side == side and np.allclose(*times, rtol=0, atol=SAME_S, equal_nan=True)


def _edited(
    number: int, contact: tuple[Side, float, float], motion: Motion, original: Sequence[Step]
) -> Step:
    side, touchdown, toe_off = contact
    for step in original:
        if same(step, *contact):
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
