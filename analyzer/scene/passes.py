"""The passes of a clip: where the athlete turns round, and where an editor changed the playing speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from analyzer.arrays import Array
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.data.notes import Note, listed
from analyzer.errors import ConfigError, NoAthleteError
from analyzer.joints import body_size
from analyzer.scene import loop, stretches
from analyzer.signals import filters

TRAVEL: Final = 1.0
"""Leg lengths; who gets less far in a whole clip runs on a treadmill, or not at all."""
_RUN: Final = 2.0
"""Leg lengths; a pass shorter than that, about a step, is somebody turning round."""
_FEWEST_SEEN: Final = 3
"""Frames that show the hips, below which nobody was followed."""
_TURN_HZ: Final = 1.0
"""Low-pass for the hips' path before turns are looked for: slower than any stride."""
_MOST_FRAMES: Final = 150_000
"""Frames of all passes that are looked into together: each takes half a millisecond for every frame of the
clip, so this is 80 s. A clip of 20,000 frames has seven, one of 2,700 fifty-five."""


@dataclass(frozen=True)
class Pass:
    """A stretch of the clip in which the athlete runs one way: frames ``start`` to ``stop``, exclusive.

    ``direction`` is 1 to the right in the image and -1 to the left; ``travel`` is in leg lengths. ``begins``
    tells what is before it: a turn or the clip's start, another playing speed, or a cut; ``slower`` are the
    frames, from and to, exclusive, in which the athlete walks or waits before it and after it.
    """

    start: int
    stop: int
    direction: Literal[1, -1]
    travel: float
    begins: Literal["turn", "edit", "cut"] = "turn"
    slower: tuple[tuple[int, int], ...] = ()

    @property
    def side(self) -> str:
        """Which way the athlete runs in the image."""
        return "right" if self.direction == 1 else "left"


@dataclass(frozen=True)
class ChosenPass:
    """The pass to analyse, chosen once and handed on.

    ``number`` counts the clip's runs from 1 in order of time; ``alone`` tells that the clip holds no other;
    ``notes`` say which passes there are and which are left out.
    """

    run: Pass
    number: int
    alone: bool
    notes: tuple[Note, ...] = field(default=(), repr=False, compare=False)


def passes(pose: PoseTrack, camera: CameraMotion) -> tuple[Pass, ...]:
    """Split the clip where the athlete turns round, longest stretch first.

    Direction is that of the hips over about half a second, in pixels of the reference frame. One pass of
    hardly any travel is returned for somebody who stays in place.

    Raises
    ------
    NoAthleteError
        If hips and legs were hardly ever seen.
    """
    xy = camera.apply(pose.xy)
    hip = pose.middle("hip", xy, one_will_do=True)[:, 0]
    leg = body_size.leg_length(pose, xy)
    seen = np.isfinite(hip)
    if seen.sum() < _FEWEST_SEEN or not np.isfinite(leg):
        raise NoAthleteError(
            "Nobody could be followed in this clip.",
            f"Hips and legs were seen in {int(seen.sum())} of {len(hip)} frames.",
            "Film from the side with the whole athlete in the picture.",
        )
    cuts = stretches.jumps(pose.time, hip, leg, camera_moves=camera.moving)
    found: list[Pass] = []
    for start, stop in pairwise([0, *cuts, len(hip)]):
        if int(seen[start:stop].sum()) >= _FEWEST_SEEN:
            found += _between_cuts(pose, camera, hip, (start, stop), leg)
    return tuple(sorted(found, key=lambda p: -p.travel))


def _between_cuts(
    pose: PoseTrack, camera: CameraMotion, hip: Array, part: tuple[int, int], leg: float
) -> list[Pass]:
    """Return the passes between two cuts: split where the athlete turns, or the playing speed changes."""
    offset, stop = part
    time, hip = pose.time[offset:stop], hip[offset:stop]
    seen = np.isfinite(hip)
    path = np.interp(time, time[seen], hip[seen])
    slow = filters.low_pass(time, path, _TURN_HZ)
    turns = [0, *_turns(slow, TRAVEL * leg), len(slow)]
    edits: set[int] = set()
    gone, size = slow, leg
    if camera.moving:
        gone, size = _gone(pose, camera, part)
    else:  # a pan that is not quite taken out is no edit
        edits = {edit for a, b in pairwise(turns) for edit in stretches.edits(time, path, a, b, leg)}
        edits |= {
            edit
            for edit in stretches.sudden(hip, leg)
            if all(abs(path[edit] - path[other]) > leg for other in (*edits, *turns[1:-1]))
        }
    found = []
    for start, end in pairwise(sorted({*turns, *edits})):
        there = np.flatnonzero(seen[start:end])
        come, leave = (start + int(there[0]), start + int(there[-1]) + 1) if len(there) else (start, end)
        first, last = stretches.run_in(time[come:leave], gone[come:leave], size)
        slower = [(come, come + first), (come + last, leave)]
        first = come + first - start if first else 0
        last = come + last - start if come + last < leave else end - start
        travel = float(slow[start + last - 1] - slow[start + first])
        begins: Literal["turn", "edit", "cut"] = (
            "edit" if start in edits else "cut" if start == 0 < offset else "turn"
        )
        found.append(
            Pass(
                offset + start + first,
                offset + start + last,
                1 if travel > 0 else -1,
                abs(travel) / leg,
                begins,
                tuple((offset + a, offset + b) for a, b in slower if b > a),
            )
        )
    return found


def _gone(pose: PoseTrack, camera: CameraMotion, part: tuple[int, int]) -> tuple[Array, float]:
    """Return the way over the ground under a camera that moves, and the leg length in its unit."""
    start, stop = part
    hip = pose.middle("hip", one_will_do=True)[start:stop]
    seen = np.flatnonzero(np.isfinite(hip).all(axis=1))
    frames = np.arange(len(hip))
    hip = np.column_stack([np.interp(frames, seen, hip[seen, i]) for i in range(2)])
    there = CameraMotion(camera.to_reference[start:stop], camera.sd_px[start:stop], moving=True)
    gone = stretches.way(hip, pose.box[start:stop], there)
    side = float(np.nanmedian(pose.box[start:stop, 2])) if np.isfinite(pose.box[start:stop, 2]).any() else 1.0
    leg = body_size.leg_length(pose, pose.xy)
    return filters.low_pass(pose.time[start:stop], gone, _TURN_HZ), leg / side


def runs(found: Sequence[Pass]) -> dict[int, Pass]:
    """Return the passes long enough to be runs of their own by number, in order of time from 1.

    A clip in which nobody gets far holds one all the same: the longest pass. ``found`` are all passes of the
    clip, the longest first.
    """
    long = [p for p in found if p.travel > _RUN] or [found[0]]
    return dict(enumerate(sorted(long, key=lambda p: p.start), start=1))


def wanted(
    pose: PoseTrack, camera: CameraMotion, config: Config, slow_motion: float = 1.0
) -> tuple[ChosenPass, ...]:
    """Return the passes that the settings ask for, the longest first, as many as can be looked into.

    Parameters
    ----------
    pose : PoseTrack
    camera : CameraMotion
    config : Config
        ``pass_number`` picks one pass; a stated ``direction`` those that way, where the athlete goes both
        ways.
    slow_motion : float
        How many times slower than life the file plays; passes and what is left out are named by its clock.

    Raises
    ------
    ConfigError
        If there is no pass of the number asked for.
    NoAthleteError
        If hips and legs were hardly ever seen.
    """
    every = passes(pose, camera)
    found = runs(every)
    again = loop.once_more(pose, {n: (run.start, run.stop) for n, run in found.items()})
    looped = [found.pop(number) for number in again]
    file_s = pose.time * slow_motion
    short = _looped(file_s, looped) + _too_short(file_s, every)

    def chosen_one(number: int) -> ChosenPass:
        told: tuple[Note, ...] = (_told(file_s, found, number),) if len(found) > 1 else ()
        told += _edited(file_s, found[number], every) if len(found) == 1 else ()
        told += _slower(file_s, found[number])
        return ChosenPass(found[number], number, len(found) == 1, (*told, *short))

    if config.pass_number is not None and config.pass_number not in found:
        raise ConfigError(
            f"There is no pass {config.pass_number} in this clip.",
            f"It shows {len(found)}: {_listed(file_s, found)}.",
            "Give one of these as the number of the pass, or leave it out.",
        )
    if config.pass_number is not None:
        return (chosen_one(config.pass_number),)
    that_way = [n for n, run in found.items() if run.side == config.direction]
    ordered = sorted(that_way or found, key=lambda n: -found[n].travel)
    most = max(1, _MOST_FRAMES // len(file_s))
    short += _too_many(ordered[most:])
    return tuple(chosen_one(n) for n in ordered[:most])


def chosen(pose: PoseTrack, camera: CameraMotion, config: Config, slow_motion: float = 1.0) -> ChosenPass:
    """Return the pass to analyse: the one asked for, or the longest.

    Parameters
    ----------
    pose : PoseTrack
    camera : CameraMotion
    config : Config
        ``pass_number`` and ``direction``, as for ``wanted``.
    slow_motion : float
        As for ``wanted``.

    Raises
    ------
    ConfigError
        If there is no pass of the number asked for.
    NoAthleteError
        If hips and legs were hardly ever seen.
    """
    return wanted(pose, camera, config, slow_motion)[0]


def _told(file_s: Array, found: Mapping[int, Pass], number: int) -> Note:
    """Say which runs a clip holds and which one is analysed."""
    which, each = _listed(file_s, found), list(found.values())
    if any(run.begins == "cut" for run in each[1:]):
        return Note(
            "warning",
            "several_runs",
            f"The clip goes from one run over to another ({which}): it is cut, or somebody dressed alike "
            f"follows. These numbers are of pass {number} alone.",
            "Each pass is a run of its own. If it is not of the same athlete, analyse that part for itself.",
        )
    if any(run.begins == "edit" for run in each[1:]):
        return Note(
            "warning",
            "speed_edited",
            f"The clip goes over from one playing speed to another, so it was cut there ({which}). These "
            f"numbers are of pass {number} alone, on its own clock.",
            "For a part that plays slowly give the number of its pass and the camera's frame rate. Better, "
            "use the original from the phone.",
        )
    return Note(
        "info",
        "several_passes",
        f"The athlete passes {len(found)} times in this clip ({which}). These numbers are of "
        f"pass {number} alone.",
        "Each pass is a run of its own; compare them to tell a difference between left and right from what "
        "the body hides.",
    )


def _span(file_s: Array, start: int, stop: int) -> str:
    """Return from when to when frames from ``start`` to before ``stop`` are shown, in words."""
    return f"{file_s[start]:.2f} to {file_s[stop - 1]:.2f} s"


def _edited(file_s: Array, run: Pass, every: Sequence[Pass]) -> tuple[Note, ...]:
    """Say that a part too short for a run plays at another speed, and where it is."""
    beside = [p for p in every if (p.stop == run.start and run.begins == "edit")]
    beside += [p for p in every if p.start == run.stop and p.begins == "edit"]
    if not beside:
        return ()
    told = listed([_span(file_s, p.start, p.stop) for p in beside])
    return (
        Note(
            "warning",
            "speed_edited",
            f"The clip plays faster or slower from {told}. That part is left out; these numbers are of "
            f"{_span(file_s, run.start, run.stop)}, on its own clock.",
            "If it plays slowly, give the camera's frame rate. Better, use the original from the phone.",
        ),
    )


def _slower(file_s: Array, run: Pass) -> tuple[Note, ...]:
    """Say which parts beside a run are left out because the athlete walks or waits there."""
    if not run.slower:
        return ()
    parts = " and ".join(f"from {_span(file_s, a, b)}" for a, b in run.slower)
    return (
        Note(
            "warning",
            "part_left_out",
            f"The run goes from {_span(file_s, run.start, run.stop)}. The athlete also "
            f"moves, much slower, {parts}; that is left out.",
            "To analyse that, give where it starts and stops, in seconds of the file.",
        ),
    )


def _looped(file_s: Array, left_out: Sequence[Pass]) -> tuple[Note, ...]:
    """Say which stretches are left out because they show an earlier one's pictures."""
    if not left_out:
        return ()
    told = listed([_span(file_s, run.start, run.stop) for run in left_out])
    return (
        Note(
            "warning",
            "looped",
            f"From {told} the clip shows the same pictures once more: one run, not several; left out.",
            "Use the clip as the camera recorded it, without the loop.",
        ),
    )


def _too_many(left_out: Sequence[int]) -> tuple[Note, ...]:
    """Say that there are more passes than are looked into."""
    if not left_out:
        return ()
    return (
        Note(
            "warning",
            "passes_left_out",
            f"This clip has more passes than can be looked into: the {len(left_out)} shortest are left out.",
            "Give the number of the pass, or where it starts and stops.",
        ),
    )


def _too_short(file_s: Array, found: Sequence[Pass]) -> tuple[Note, ...]:
    """Say which stretches are left out because the athlete turns round too soon."""
    short = [p for p in found[1:] if _RUN >= p.travel > TRAVEL]
    left_out = sorted(short, key=lambda p: p.start)
    if not left_out:
        return ()
    told = listed([f"to the {p.side} from {_span(file_s, p.start, p.stop)}" for p in left_out])
    return (
        Note(
            "info",
            "pass_too_short",
            f"The athlete also goes {told}. That is less than {_RUN:g} leg lengths, too short for a run of "
            "its own, and left out.",
            "Start the camera before the athlete comes into the picture.",
        ),
    )


def _listed(file_s: Array, found: Mapping[int, Pass]) -> str:
    """Name the passes with their ways and times."""
    return listed(
        [
            f"pass {number} to the {run.side}, {_span(file_s, run.start, run.stop)}"
            for number, run in found.items()
        ]
    )


def _turns(path: Array, size: float) -> list[int]:
    """Return where a path turns back by more than ``size``."""
    turns: list[int] = []
    heading, extreme = 0.0, 0
    for i, value in enumerate(path):
        if heading == 0:
            if abs(value - path[0]) > size:
                heading, extreme = np.sign(value - path[0]), i
        elif (value - path[extreme]) * heading > 0:
            extreme = i
        elif (path[extreme] - value) * heading > size:
            turns.append(extreme)
            heading, extreme = -heading, i
    return turns
