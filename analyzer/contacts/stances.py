"""Where the feet stand, coarsely: one contact in each half turn of the stride, then the quiet frames in it.

Decides which contacts there are, which foot each is of, and the frames between which ``forefoot_fit`` and
``ankle_fit`` look. Everything is measured in step times, so slow motion and slow cameras look alike; how
quiet a foot must be at few frames a step is in ``RESTLESS``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array
from analyzer.body.skeleton import Side
from analyzer.contacts.filtered_paths import FOOT_CUTOFF, FootPath, hips
from analyzer.data.motion import Motion
from analyzer.joints import stride_phase
from analyzer.signals import filters

Frames = NDArray[np.intp]
"""Numbers of frames."""

EARLIEST: Final = -0.5
"""Phase of the stride, rad, from which a foot can be on the ground (0 is its foremost reach).

Together with ``LATEST`` it bounds where standing frames are looked for: narrower cuts contacts of unusual
runners, wider lets the swinging foot in. No measurement is on record.
"""
LATEST: Final = 3.4
"""Phase of the stride, rad, up to which a foot can be on the ground."""
CORE: Final = (0.75, 2.1)
"""Phases of the stride, rad, in which pace and slide of a foot are taken: the middle of stance."""
SURELY: Final = (1.1, 1.7)
"""Phases of the stride, rad, between which every runner's foot stands.

Contacts read by eye begin at 0 to 65 degrees (1.1 rad) and end at 100 (1.7 rad) to 195.
"""
LEAST_REACH: Final = 0.5
"""A half turn whose ankles come less far apart than this share of the usual has no contact.

Who waits in the blocks scissors little. No measurement is on record.
"""
LEAST_PACE: Final = 0.25
"""A half turn in which the body passes over the foot slower than this share of a fast one has no contact."""
FAST_QUANTILE: Final = 0.8
"""Which of all paces over the feet is taken for a fast one.

Nearly the fastest, so that one wild value does not rule out the others.
"""
FEET_SLIDE: Final = 0.2
"""Standing feet that move at this share of the pace slide with the image: ``ground_slides`` is noted.

Asked of the raw, coarse contacts, to choose between feet against the ground and feet against the body. Either
this or what the finished contacts slide, with its own bound (``metrics.gates.SLIDES``), withholds what needs
the ground.
"""
MOVES: Final = 0.3
"""A standing toe's landmark stays within this many leg lengths of where it is quietest."""
BLINK: Final = 0.15
"""Jumps of a landmark shorter than this share of a step are bridged."""
SLOW: Final = 0.35
"""A standing foot is slower than this fraction of the pace over it."""
LOW: Final = 0.16
"""A standing foot is lower than this many leg lengths over its low level."""
LOW_QUANTILE: Final = 0.3
"""Which of the heights in the core is a foot's low level: below the middle, as heel-off raises later ones."""
RESTLESS: Final = ((25.0, 1.0), (12.5, 1.6), (0.0, 2.2))
"""How restless a standing foot may be, by frames a step: (from so many frames a step on, at most).

Few frames a step blur a standing foot into a moving one. At 4.2 steps a second, 25 frames a step are 105 fps
and 12.5 are 53 fps: 30 fps has the last, loosest limit. Restlessness is 1 for a foot that moves at ``SLOW``
or lies at ``LOW``. By frames a step, not by frame rate, so that slow motion is found alike.
"""


class HalfStride(NamedTuple):
    """One half turn of the stride, in which one foot stands.

    half : number of the half turn; even ones are the left foot's
    seen : frames in which the foot can stand and was seen
    core : those in the middle of stance
    size : m, the leg's length there
    pace : m/s, how fast the body passes over the foot
    slide : m/s, how fast the standing foot moves, forward and up
    reach : leg lengths, how far the ankles come apart
    """

    side: Side
    half: int
    seen: Frames
    core: Frames
    size: float
    pace: float
    slide: tuple[float, float]
    reach: float


@dataclass(frozen=True)
class CoarseStance:
    """Frames in which a foot stands: ``start`` to ``stop`` (exclusive) around the quietest, ``middle``."""

    side: Side
    start: int
    middle: int
    stop: int


class CoarseContact(NamedTuple):
    """The frames of a contact and when it begins and ends between them, s; NaN where that was not seen."""

    stance: CoarseStance
    start_s: float
    stop_s: float


def half_strides(
    motion: Motion, feet: Mapping[Side, FootPath], turning: stride_phase.Cycle
) -> list[HalfStride]:
    """Find the ground contacts: one in each half turn of the stride, the feet in turn.

    Half turns without scissoring legs (somebody who waits in the blocks) or without travel have none.

    Parameters
    ----------
    motion : Motion
    feet : mapping of side to FootPath
    turning : stride_phase.Cycle
        The phase of the stride, followed through the clip.

    Returns
    -------
    list of HalfStride
        In order of time.
    """
    found: list[HalfStride] = []
    body = filters.derivative(motion.time, hips(motion, FOOT_CUTOFF / turning.step_s))[:, 0]
    known = turning.phase[np.isfinite(turning.phase)]
    if len(known) == 0:
        return found
    size = stride_phase.leg_length(motion.time, motion.raw_joint)
    gap = np.abs((motion.raw_joint("left_ankle") - motion.raw_joint("right_ankle"))[:, 0]) / size
    for half in range(int((known[0] - LATEST) // np.pi), int(known[-1] // np.pi) + 2):
        foot = feet["left" if half % 2 == 0 else "right"]
        velocity = filters.derivative(motion.time, foot.smooth_toe)
        turn = turning.phase - half * np.pi
        with np.errstate(invalid="ignore"):
            seen = np.isfinite(velocity[:, 0] + body + size) & (turn >= EARLIEST) & (turn <= LATEST)
            core = np.flatnonzero(seen & (turn >= CORE[0]) & (turn <= CORE[1]))
        if len(core) == 0:
            continue
        # The body against the standing foot: what the ground does in the image is in neither.
        pace = float(np.median(body[core] - velocity[core, 0]))
        slide = np.median(velocity[core], axis=0)
        reach = gap[seen & np.isfinite(gap)]
        found.append(
            HalfStride(
                foot.side,
                half,
                np.flatnonzero(seen),
                core,
                float(np.median(size[core])),
                pace,
                (float(slide[0]), float(slide[1])),
                float(reach.max()) if len(reach) else 0.0,
            )
        )
    if not found:
        return found
    widest = float(np.median([h.reach for h in found]))
    fastest = float(np.quantile([h.pace / h.size for h in found], FAST_QUANTILE))
    return [h for h in found if h.reach > LEAST_REACH * widest and h.pace / h.size > LEAST_PACE * fastest > 0]


def slides(found: Sequence[HalfStride]) -> bool:
    """Tell whether standing feet move over the ground: the camera's motion was not taken out."""
    return bool(found) and float(np.median([abs(h.slide[0]) / h.pace for h in found])) > FEET_SLIDE


def steadied(motion: Motion, foot: FootPath, half: HalfStride, step_s: float) -> FootPath:
    """Return the foot as seen by somebody for whom it stands still in this contact.

    Forward it moves as against hips that pass over it at their pace: however the image shakes, hips
    and foot shake together.

    Parameters
    ----------
    motion : Motion
    foot : FootPath
    half : HalfStride
        In which it stands.
    step_s : float
        Step time, s.

    Returns
    -------
    FootPath
    """
    since = motion.time - motion.time[half.core[len(half.core) // 2]]
    body = hips(motion, FOOT_CUTOFF / step_s)[:, 0]
    shift = np.column_stack([body - np.median(body[half.core]) - half.pace * since, half.slide[1] * since])
    smooth = foot.smooth_toe - shift
    speed = np.hypot(*filters.derivative(motion.time, smooth).T)
    return foot._replace(
        toe=foot.toe - shift,
        heel=foot.heel - shift,
        smooth_toe=smooth,
        smooth_heel=foot.smooth_heel - shift,
        speed=speed,
    )


def coarse_contact(
    foot: FootPath, half: HalfStride, time: Array, turning: stride_phase.Cycle
) -> CoarseContact:
    """Bound a contact: the frames around the quietest in which the foot is slow and low.

    Parameters
    ----------
    foot : FootPath
    half : HalfStride
        In which it stands.
    time : (n,) s
    turning : stride_phase.Cycle
        The phase of the stride, which tells where a foot surely stands.

    Returns
    -------
    CoarseContact
    """
    height = foot.smooth_toe[:, 1]
    low = (height - np.quantile(height[half.core], LOW_QUANTILE)) / (LOW * half.size)
    restless = np.hypot(foot.speed / (SLOW * half.pace), np.maximum(low, 0))
    frames = turning.step_s / float(np.median(np.diff(time)))
    limit = next(most for fewest, most in RESTLESS if frames >= fewest)
    middle = int(half.core[np.argmin(restless[half.core])])
    with np.errstate(invalid="ignore"):
        moved = np.hypot(*(foot.smooth_toe - foot.smooth_toe[middle]).T)
    quiet = half.seen[(restless[half.seen] < limit) & (moved[half.seen] < MOVES * half.size)]
    # A landmark that jumps for a moment does not end a contact.
    spells = np.split(quiet, np.flatnonzero(np.diff(quiet) > 1 + BLINK * frames) + 1)
    own = next((spell for spell in spells if middle in spell), np.array([middle]))
    start, stop = int(own[0]), int(own[-1])
    start_s = _crossing(time, restless, limit, start - 1, start)
    stop_s = _crossing(time, restless, limit, stop + 1, stop)
    # Jitter makes a standing foot seem to move and cuts its contact short; the stride knows better.
    known = np.isfinite(turning.phase)
    must = half.half * np.pi + np.array(SURELY)
    first, last = (float(t) for t in np.interp(must, turning.phase[known], time[known]))
    start, start_s = min(start, int(np.searchsorted(time, first))), min(start_s, first)
    stop, stop_s = max(stop, int(np.searchsorted(time, last, side="right")) - 1), max(stop_s, last)
    return CoarseContact(CoarseStance(foot.side, start, middle, stop + 1), start_s, stop_s)


def _crossing(time: Array, restless: Array, limit: float, outside: int, inside: int) -> float:
    """Return when the restlessness passes the limit between two neighbouring frames, s."""
    if not 0 <= outside < len(time) or not np.isfinite(restless[outside]):
        return float("nan")
    share = (restless[outside] - limit) / max(restless[outside] - restless[inside], 1e-9)
    return float(time[outside] + np.clip(share, 0, 1) * (time[inside] - time[outside]))
