"""Where the feet stand, coarsely: step rhythm from the legs' scissoring, quiet spells of each foot.

Everything is measured in step times, so slow motion and slow cameras look alike. The rhythm comes
from how far the legs are apart, which does not care which leg is called left: it survives a tracker
that mixes them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side
from analyzer.contacts.forefoot_fit import Foot, Stance
from analyzer.data.motion import Motion
from analyzer.joints import body_size, stride_phase
from analyzer.signals import filters, noise

Frames = NDArray[np.intp]

CLEAR_RHYTHM: Final = 0.25
"""Share of the legs' scissoring that one frequency must explain to be the rhythm."""
FOOT_CUTOFF: Final = 3.6
"""Low-pass of the foot, in step frequencies (15 Hz at 4.2 steps a second)."""
BODY_CUTOFF: Final = 0.36
"""Low-pass of the running speed, in step frequencies."""
# The stride's phase, rad, within which a foot can be on the ground (0 is its foremost reach), and the part
# of it in which it surely is.
EARLIEST: Final = -0.5
LATEST: Final = 3.4
CORE: Final = (0.75, 2.1)
SURELY: Final = (1.1, 1.7)
"""The phases between which every runner's foot stands: contacts read by eye begin at 0 to 65 degrees and
end at 100 to 195."""
SLIDES: Final = 0.2
"""Standing feet that move at this share of the running speed slide with the picture."""
MOVES: Final = 0.3
"""A standing toe's landmark stays within this many leg lengths."""
BLINK: Final = 0.15
"""Jumps of a landmark shorter than this share of a step are bridged."""
SLOW: Final = 0.35
"""A standing foot is slower than this fraction of the running speed."""
LOW: Final = 0.16
"""A standing foot is lower than this many leg lengths."""


def rhythm(motion: Motion) -> tuple[float, float]:
    """Return the step time, s, and the share of the legs' scissoring that this rhythm explains.

    See ``legs.rhythm``.
    """
    gaps = [
        (motion.raw_joint(f"left_{part}") - motion.raw_joint(f"right_{part}"))[:, 0]
        for part in ("knee", "ankle")
    ]
    return stride_phase.rhythm(motion.time, np.stack(gaps, axis=1) / motion.leg_length)


class Bounce(NamedTuple):
    """The body's rise and fall with the steps, m: first harmonic, and how much of it is noise.

    ``at_middle`` is how much higher than on average the body is in mid-stance: negative in running,
    positive in walking.
    """

    at_middle: float
    amplitude: float
    error: float


def bounce(motion: Motion, middles: Array) -> Bounce:
    """Fit the body's height with a wave of one period from mid-stance to mid-stance, and a parabola.

    Parameters
    ----------
    motion : Motion
    middles : (k,) s
        Times of mid-stance, one for each step; NaN = unknown.

    Returns
    -------
    Bounce
        NaN when fewer than three times are known or the body was hardly seen.
    """
    nothing = Bounce(*[float("nan")] * 3)
    known = np.flatnonzero(np.isfinite(middles))
    if len(known) < 3:
        return nothing
    height = motion.com[:, 1]
    if not np.isfinite(height).any():
        height = (motion.joint("left_hip") + motion.joint("right_hip"))[:, 1] / 2
    inside = (motion.time >= middles[known[0]]) & (motion.time <= middles[known[-1]]) & np.isfinite(height)
    if inside.sum() < 8:
        return nothing
    phase = 2 * np.pi * np.interp(motion.time[inside], middles[known], known.astype(float))
    drift = np.linspace(-1, 1, int(inside.sum()))
    design = np.column_stack([np.cos(phase), np.sin(phase), np.vander(drift, 3)])
    fit, *_ = np.linalg.lstsq(design, height[inside], rcond=None)
    rest = height[inside] - design @ fit
    return Bounce(
        float(fit[0]), float(np.hypot(fit[0], fit[1])), float(np.std(rest) * np.sqrt(2 / len(known)))
    )


def running_speed(motion: Motion, step_s: float) -> Array:
    """Return the (n,) forward speed of the hips over about a step, m/s; NaN where unseen."""
    return filters.derivative(motion.time, hips(motion, BODY_CUTOFF / step_s)[:, 0])


def hips(motion: Motion, cutoff_hz: float) -> Array:
    """Return the low-passed (n, 2) path of the middle of the hips, or of the one that was seen, m."""
    left, right = motion.joint("left_hip"), motion.joint("right_hip")
    both = (left + right) / 2
    path = np.where(np.isfinite(both), both, np.where(np.isfinite(left), left, right))
    return filters.low_pass(motion.time, path, cutoff_hz)


def foot(motion: Motion, side: Side, step_s: float) -> Foot:
    """Return one foot's paths, filtered in proportion to the step time, and its noise.

    Where no foot was marked the toe's path is the ankle's.
    """
    part = body_size.stands_on(JOINTS, motion.raw)
    toe, heel = motion.raw_joint(f"{side}_{part}"), motion.raw_joint(f"{side}_heel")
    both = np.column_stack([toe, heel])
    cut = FOOT_CUTOFF / step_s
    smooth = filters.low_pass(motion.time, filters.bridge(motion.time, both, 0.16 * step_s), cut)
    speed = np.hypot(*filters.derivative(motion.time, smooth[:, :2]).T)
    sd, memory = noise.noise(motion.time, both, cut)
    seen = np.isfinite(sd)
    size = float(np.sqrt(np.mean(sd[seen] ** 2))) if seen.any() else float("nan")
    return Foot(
        side,
        toe,
        heel,
        smooth[:, :2],
        smooth[:, 2:],
        speed,
        max(size, 0.002 * motion.leg_length),
        float(np.mean(memory[seen])) if seen.any() else 0.0,
    )


class Contact(NamedTuple):
    """One half turn of the stride in which a foot stands.

    ``half`` is the number of the half turn, ``seen`` the frames in which the foot was seen, ``core``
    those in which it surely stands. ``size`` is the leg's length there, m; ``pace`` how fast the body
    passes over the foot and ``slide`` how fast the standing foot moves (x, y), m/s; ``reach`` how far
    the ankles come apart, leg lengths.
    """

    side: Side
    half: int
    seen: Frames
    core: Frames
    size: float
    pace: float
    slide: tuple[float, float]
    reach: float


def contacts(motion: Motion, feet: dict[Side, Foot], turning: stride_phase.Cycle) -> list[Contact]:
    """Find the ground contacts: one in each half turn of the stride, alternating.

    Half turns without scissoring legs (somebody who waits in the blocks) or without travel have none.
    """
    found: list[Contact] = []
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
        # How fast the body passes over the standing foot, whatever the ground does in the picture.
        pace = float(np.median(body[core] - velocity[core, 0]))
        slide = np.median(velocity[core], axis=0)
        reach = gap[seen & np.isfinite(gap)]
        found.append(
            Contact(
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
    widest = float(np.median([c.reach for c in found]))
    fastest = float(np.quantile([c.pace / c.size for c in found], 0.8))
    return [c for c in found if c.reach > 0.5 * widest and c.pace / c.size > 0.25 * fastest > 0]


def slides(found: Sequence[Contact]) -> bool:
    """Tell whether standing feet move over the ground: the camera's motion was not taken out."""
    return bool(found) and float(np.median([abs(c.slide[0]) / c.pace for c in found])) > SLIDES


def steady(motion: Motion, foot: Foot, contact: Contact, step_s: float) -> Foot:
    """Return the foot as seen by somebody for whom it stands still in this contact.

    Forward it moves as against hips that pass over it at their pace: however the picture shakes, hips
    and foot shake together.
    """
    since = motion.time - motion.time[contact.core[len(contact.core) // 2]]
    body = hips(motion, FOOT_CUTOFF / step_s)[:, 0]
    gone = np.column_stack(
        [body - np.median(body[contact.core]) - contact.pace * since, contact.slide[1] * since]
    )
    smooth = foot.smooth_toe - gone
    speed = np.hypot(*filters.derivative(motion.time, smooth).T)
    return foot._replace(
        toe=foot.toe - gone,
        heel=foot.heel - gone,
        smooth_toe=smooth,
        smooth_heel=foot.smooth_heel - gone,
        speed=speed,
    )


class Bounds(NamedTuple):
    """A coarse contact and when it begins and ends, s; NaN where that was not seen."""

    stance: Stance
    start_s: float
    stop_s: float


def stance(foot: Foot, contact: Contact, time: Array, turning: stride_phase.Cycle) -> Bounds:
    """Bound a contact: the frames around the quietest in which the foot is slow and low."""
    height = foot.smooth_toe[:, 1]
    low = (height - np.quantile(height[contact.core], 0.3)) / (LOW * contact.size)
    rest = np.hypot(foot.speed / (SLOW * contact.pace), np.maximum(low, 0))
    # Few frames a step blur a standing foot into a moving one.
    frames = turning.step_s / float(np.median(np.diff(time)))
    limit = 1.0 if frames >= 25 else 1.6 if frames >= 12.5 else 2.2
    middle = int(contact.core[np.argmin(rest[contact.core])])
    with np.errstate(invalid="ignore"):
        moved = np.hypot(*(foot.smooth_toe - foot.smooth_toe[middle]).T)
    quiet = contact.seen[(rest[contact.seen] < limit) & (moved[contact.seen] < MOVES * contact.size)]
    # A landmark that jumps for a moment does not end a contact.
    together = np.split(quiet, np.flatnonzero(np.diff(quiet) > 1 + BLINK * frames) + 1)
    own = next((part for part in together if middle in part), np.array([middle]))
    start, stop = int(own[0]), int(own[-1])
    start_s = _crossing(time, rest, limit, start - 1, start)
    stop_s = _crossing(time, rest, limit, stop + 1, stop)
    # A jittering foot seems to stand too shortly; the stride knows when it must.
    known = np.isfinite(turning.phase)
    must = contact.half * np.pi + np.array(SURELY)
    first, last = (float(t) for t in np.interp(must, turning.phase[known], time[known]))
    start, start_s = min(start, int(np.searchsorted(time, first))), min(start_s, first)
    stop, stop_s = max(stop, int(np.searchsorted(time, last, side="right")) - 1), max(stop_s, last)
    return Bounds(Stance(foot.side, start, middle, stop + 1, float(rest[middle])), start_s, stop_s)


def _crossing(time: Array, rest: Array, limit: float, outside: int, inside: int) -> float:
    """Return when the restlessness passes the limit between two neighbouring frames, s."""
    if not 0 <= outside < len(time) or not np.isfinite(rest[outside]):
        return float("nan")
    share = (rest[outside] - limit) / max(rest[outside] - rest[inside], 1e-9)
    return float(time[outside] + np.clip(share, 0, 1) * (time[inside] - time[outside]))
