"""The landmarks' events joined with those of the shoe's images, each weighed with its error.

Decides which events the images time, what becomes of an image that contradicts its landmarks, and how the
events that no image shows are moved and widened. ``shoe_tracking`` follows the shoe, ``shoe_fit`` times it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from analyzer.contacts.event import NOT_TIMED, Event, widened
from analyzer.contacts.shoe_fit import ShoeFit
from analyzer.contacts.tempo import pace_of, step_time_of
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.steps import Contacts, Part, Step, Trace

HEEL_LANDING: Final = 0.01
"""A landing with the toe so much higher than the heel, leg lengths, is one on the heel.

The landmarks as they are, filtered; what they differ by from standing, on raw ones, has its own bound
(``first_touch.TOE_UP_EVEN``). Then the forefoot comes later, and its image does not time the touchdown.
"""
HEEL_SINKS: Final = 0.006
"""The heel comes down by less than this after the forefoot has landed, leg lengths: it was down already.

In sprinters it comes down by 0.013 to 0.03; joggers' feet land on the heel.
"""
SEEN_AFTER: Final = 2
"""So many frames must show the foot after toe-off, for the landmarks to have timed it."""
COMMON_SD: Final = 0.04
"""The landmarks' common error in a clip: its usual size, step times.

Larger and fewer images move all events, smaller and they are moved less.
"""
APART: Final = 4.0
"""How far image and landmarks may be apart, in their errors: beyond it the image is left out."""
UNCONFIRMED_SD: Final = (0.02, 0.03)
"""What a network's touchdowns and toe-offs miss that nothing but its toe tells, step times.

Set on filmed runners, they come 0.02 early and 0.03 to 0.04 late on drawn ones, whose toe lies nearer to the
tip.
"""


def refine(steps: Sequence[Step], traces: Sequence[Trace], motion: Motion) -> Contacts:
    """Join the landmarks' events with those of the images of the shoe.

    Parameters
    ----------
    steps : sequence of Step
        As ``detect.detect`` found them. Edited ones are left alone.
    traces : sequence of Trace
        From ``shoe_tracking.trace``; none = no image of a shoe.
    motion : Motion

    Returns
    -------
    Contacts
        An event that an image confirms has source "flow" and a smaller error. The others are moved
        by what the landmarks are late or early in the confirmed ones, so that left and right, near
        and far are measured alike; without any of those they stay as they were, less sure where a
        network's toe is all that tells.
    """
    if not traces:
        return Contacts(_unconfirmed(steps, motion))
    by_step = {(trace.step, trace.part): trace for trace in traces}
    step_time = step_time_of(steps)
    free = [s.source != "edited" and bool(np.isfinite([s.touchdown_s, s.toe_off_s]).any()) for s in steps]
    on_heel = [lands_on_heel(s, motion) for s in steps]
    fits = [
        ShoeFit(s, step_time, pace_of(motion, s)) if is_free else None
        for s, is_free in zip(steps, free, strict=True)
    ]
    touchdowns = _joined(
        [Event(s.touchdown_s, s.touchdown_sd_s) for s in steps],
        _landings(steps, fits, on_heel, by_step, motion),
        [is_free and not heel for is_free, heel in zip(free, on_heel, strict=True)],
        step_time,
    )
    toe_offs = _joined(
        [Event(s.toe_off_s, s.toe_off_sd_s) for s in steps],
        [
            fit.toe_off(by_step.get((s.number, "toe"))) if fit else NOT_TIMED
            for s, fit in zip(steps, fits, strict=True)
        ],
        [is_free and _ends_in_time(s, motion) for is_free, s in zip(free, steps, strict=True)],
        step_time,
    )
    return Contacts(
        tuple(
            replace(
                step,
                touchdown_s=down.event.time_s,
                touchdown_sd_s=down.event.sd_s,
                toe_off_s=up.event.time_s,
                toe_off_sd_s=up.event.sd_s,
                source="flow" if down.seen or up.seen else step.source,
            )
            for step, down, up in zip(steps, touchdowns, toe_offs, strict=True)
        ),
        (_how_many(steps, [*touchdowns, *toe_offs]),),
    )


def lands_on_heel(step: Step, motion: Motion) -> bool:
    """Tell whether the toe is higher than the heel at touchdown: then the forefoot comes later."""
    if not np.isfinite(step.touchdown_s):
        return False
    toe, heel = (
        motion.at(motion.joint(f"{step.side}_{j}"), step.touchdown_s) for j in ("foot_index", "heel")
    )
    return bool(toe[1] - heel[1] > HEEL_LANDING * motion.leg_length)


class _Joined(NamedTuple):
    """An event, and whether an image confirms it."""

    event: Event
    seen: bool


def _unconfirmed(steps: Sequence[Step], motion: Motion) -> tuple[Step, ...]:
    """Add to a network's events what no image has confirmed: how its toe sits in this shoe."""
    if motion.toe_is == "ball":
        return tuple(steps)
    shoe = np.array(UNCONFIRMED_SD) * step_time_of(steps)
    return tuple(widened(step, shoe) if step.source == "fit" else step for step in steps)


def _landings(
    steps: Sequence[Step],
    fits: Sequence[ShoeFit | None],
    on_heel: Sequence[bool],
    traces: Mapping[tuple[int, Part], Trace],
    motion: Motion,
) -> list[Event]:
    """Time the landings of the forefeet, where the forefoot lands first."""
    out = [
        fit.touchdown(traces.get((step.number, "forefoot"))) if fit and not heel else NOT_TIMED
        for step, fit, heel in zip(steps, fits, on_heel, strict=True)
    ]
    return [NOT_TIMED] * len(steps) if _heel_first(steps, out, motion) else out


def _heel_first(steps: Sequence[Step], landings: Sequence[Event], motion: Motion) -> bool:
    """Tell whether the heels are down already when the forefeet land, over all steps: joggers' feet."""
    sinks = []
    for step, landing in zip(steps, landings, strict=True):
        heel = motion.joint(f"{step.side}_heel")[:, 1]
        down = (motion.time >= landing.time_s) & (motion.time <= step.toe_off_s) & np.isfinite(heel)
        if down.any():
            sinks.append((motion.at(heel, landing.time_s) - heel[down].min()) / motion.leg_length)
    known = [sink for sink in sinks if np.isfinite(sink)]
    return bool(known) and bool(np.median(known) < HEEL_SINKS)


def _ends_in_time(step: Step, motion: Motion) -> bool:
    """Tell whether frames after toe-off show the foot: if not, its time is a guess, not a late landmark."""
    toe = motion.joint(f"{step.side}_foot_index")[:, 0]
    return bool((np.isfinite(toe) & (motion.time > step.toe_off_s)).sum() >= SEEN_AFTER)


def _joined(
    landmarks: Sequence[Event], images: Sequence[Event], movable: Sequence[bool], step_time: float
) -> list[_Joined]:
    """Weigh two estimates of every event with their errors, the landmarks' common error taken out.

    An image that contradicts its landmarks is left out.
    """
    agreeing = [(mark, image) for mark, image in zip(landmarks, images, strict=True) if _agree(mark, image)]
    shift = 0.0
    if agreeing:
        variance = float(np.median([mark.sd_s**2 + image.sd_s**2 for mark, image in agreeing]))
        apart = float(np.median([mark.time_s - image.time_s for mark, image in agreeing]))
        trust = variance / (COMMON_SD * step_time) ** 2
        shift = apart * len(agreeing) / (len(agreeing) + trust)
    out = []
    for mark, image, moves in zip(landmarks, images, movable, strict=True):
        moved = Event(mark.time_s - shift, mark.sd_s) if moves else mark
        if _agree(moved, image):
            a, b = moved.sd_s**-2, image.sd_s**-2
            mean = (a * moved.time_s + b * image.time_s) / (a + b)
            out.append(_Joined(Event(mean, float((a + b) ** -0.5), "flow"), True))
        else:
            out.append(_Joined(moved, False))
    return out


def _agree(landmark: Event, image: Event) -> bool:
    """Tell whether both are known and no further apart than their errors allow."""
    gap = abs(landmark.time_s - image.time_s)
    return bool(gap <= APART * np.hypot(landmark.sd_s, image.sd_s))


def _how_many(steps: Sequence[Step], events: Sequence[_Joined]) -> Note:
    known = sum(int(np.isfinite(t)) for s in steps for t in (s.touchdown_s, s.toe_off_s))
    used = sum(joined.seen for joined in events)
    return Note(
        "info",
        "events_from_picture",
        f"{used} of {known} touchdowns and toe-offs were timed with the picture of the shoe"
        + ("." if used == known else "; the others from the landmarks alone."),
    )
