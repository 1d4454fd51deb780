"""The passes of a clip: where the athlete turns round, and where an editor changed the playing speed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.data.notes import Note
from analyzer.errors import ConfigError, NoAthleteError
from analyzer.joints import body_size
from analyzer.signals import filters
from analyzer.signals.geometry import mapped

_EDIT = 1.8  # times slower or faster from one moment to the next: an editor's doing
_EDIT_HZ = 4.0  # at 30 fps; keeps a step's sway, whatever the clock
_STEADY = 4  # half leg lengths, about a step, over which the speed before and after is steady...
_STEADY_WITHIN = 1.35  # ...to this ratio
_RUN = 2.0  # leg lengths; a pass shorter than that is somebody turning round
TRAVEL = 1.0  # leg lengths; less than that in a whole clip is a treadmill, or nobody running


@dataclass(frozen=True)
class Pass:
    """A stretch of the clip in which the athlete runs one way: frames ``start`` to ``stop``, exclusive."""

    start: int
    stop: int
    direction: Literal[1, -1]
    travel: float

    @property
    def side(self) -> str:
        """Which way the athlete runs in the picture."""
        return "right" if self.direction == 1 else "left"


def reference_xy(pose: PoseTrack, camera: CameraMotion) -> Array:
    """Return the joints (n, k, 2) in the pixels of the reference frame."""
    return mapped(camera.to_reference[:, None], pose.xy)


def passes(pose: PoseTrack, camera: CameraMotion) -> tuple[Pass, ...]:
    """Split the clip where the athlete turns round, longest stretch first.

    Direction is that of the hips over about half a second, in camera-steady pixels. One pass of zero
    travel is returned for somebody who stays in place.
    """
    xy = reference_xy(pose, camera)
    hip = middle(pose, xy, "hip")[:, 0]
    leg = leg_pixels(pose, xy)
    seen = np.isfinite(hip)
    if seen.sum() < 3 or not np.isfinite(leg):
        raise NoAthleteError(
            "Nobody could be followed in this clip.",
            f"Hips and legs were seen in {int(seen.sum())} of {len(hip)} frames.",
            "Film from the side with the whole athlete in the picture.",
        )
    path = np.interp(pose.time, pose.time[seen], hip[seen])
    slow = filters.low_pass(pose.time, path, 1.0)
    turns = [0, *_turns(slow, TRAVEL * leg), len(slow)]
    if not camera.moving:  # a pan that is not quite taken out is no cut
        turns = sorted(
            {*turns, *(edit for a, b in pairwise(turns) for edit in _edits(pose.time, path, a, b, leg))}
        )
    found = []
    for start, stop in pairwise(turns):
        travel = float(slow[stop - 1] - slow[start])
        found.append(Pass(start, stop, 1 if travel > 0 else -1, abs(travel) / leg))
    return tuple(sorted(found, key=lambda p: -p.travel))


def runs(pose: PoseTrack, camera: CameraMotion) -> dict[int, Pass]:
    """Return the passes long enough to be runs of their own by number, in order of time from 1.

    A clip in which nobody gets far holds one all the same: the longest pass.
    """
    found = passes(pose, camera)
    long = [p for p in found if p.travel > _RUN] or [found[0]]
    return dict(enumerate(sorted(long, key=lambda p: p.start), start=1))


def wanted(pose: PoseTrack, camera: CameraMotion, config: Config) -> tuple[int, ...]:
    """Return the numbers of the passes that the settings ask for, the longest first.

    A stated ``direction`` picks the passes that way, where the athlete goes both ways.

    Raises
    ------
    ConfigError
        If there is no pass of the number asked for.
    """
    found = runs(pose, camera)
    if config.pass_number is not None and config.pass_number not in found:
        raise ConfigError(
            f"There is no pass {config.pass_number} in this clip.",
            f"It shows {len(found)}: {_listed(pose, found)}.",
            "Give one of these numbers with --pass, or leave it out.",
        )
    if config.pass_number is not None:
        return (config.pass_number,)
    that_way = [n for n, run in found.items() if run.side == config.direction]
    return tuple(sorted(that_way or found, key=lambda n: -found[n].travel))


def chosen(pose: PoseTrack, camera: CameraMotion, config: Config) -> tuple[int, Pass]:
    """Return the pass to analyse and its number: the one asked for, or the longest.

    Raises
    ------
    ConfigError
        If there is no pass of that number.
    """
    number = wanted(pose, camera, config)[0]
    return number, runs(pose, camera)[number]


def told(pose: PoseTrack, found: dict[int, Pass], number: int) -> Note:
    """Say which runs a clip holds and which one is analysed."""
    listed, each = _listed(pose, found), list(found.values())
    if any(a.direction == b.direction for a, b in pairwise(each)):
        return Note(
            "warning",
            "speed_edited",
            f"The clip goes over from one playing speed to another, so it was cut there ({listed}). These "
            f"numbers are of pass {number} alone, on its own clock.",
            "For a part that plays slowly give the camera's rate as well: --pass N --capture-fps RATE. "
            "Better, use the original from the phone.",
        )
    return Note(
        "info",
        "several_passes",
        f"The athlete passes {len(found)} times in this clip ({listed}). These numbers are of "
        f"pass {number} alone.",
        "Each pass is a run of its own; compare them to tell a difference between left and right from what "
        "the body hides.",
    )


def too_short(pose: PoseTrack, camera: CameraMotion) -> list[Note]:
    """Say which stretches are left out because the athlete turns round too soon."""
    short = [p for p in passes(pose, camera)[1:] if _RUN >= p.travel > TRAVEL]
    left_out = sorted(short, key=lambda p: p.start)
    if not left_out:
        return []
    listed = ", ".join(
        f"to the {p.side} from {pose.time[p.start]:.2f} to {pose.time[p.stop - 1]:.2f} s" for p in left_out
    )
    return [
        Note(
            "info",
            "pass_too_short",
            f"The athlete also goes {listed}. That is less than {_RUN:g} leg lengths, too short for a run of "
            "its own, and left out.",
            "Start the camera before the athlete comes into the picture.",
        )
    ]


def _listed(pose: PoseTrack, found: dict[int, Pass]) -> str:
    return ", ".join(
        f"pass {number} to the {run.side}, {pose.time[run.start]:.2f} to {pose.time[run.stop - 1]:.2f} s"
        for number, run in found.items()
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


def _edits(time: Array, path: Array, start: int, stop: int, leg: float) -> list[int]:
    """Return the frames at which a clip goes over to another clock: normal, slow, normal.

    Nobody doubles a steady speed within two steps. Speeds are looked at along the way, by how long
    each half leg length takes, so that no clock is needed to tell that the clock changes.
    """
    calm = filters.low_pass(
        time[start:stop], path[start:stop], _EDIT_HZ / float(np.median(np.diff(time))) / 30
    )
    gone = np.abs(calm - calm[0])
    if stop - start < 8 or gone[-1] < 2 * (_STEADY + 1) * leg / 2:
        return []
    places = np.arange(0, gone[-1], leg / 2)
    pace = np.diff(np.interp(places, np.maximum.accumulate(gone), time[start:stop]))
    change = np.zeros(len(pace))
    for i in range(_STEADY, len(pace) - _STEADY):
        before, after = pace[i - _STEADY : i], pace[i + 1 : i + 1 + _STEADY]
        if max(np.ptp(np.log(before)), np.ptp(np.log(after))) < np.log(_STEADY_WITHIN):
            change[i] = abs(float(np.log(np.median(after) / np.median(before))))
    found = []
    while change.max(initial=0.0) > np.log(_EDIT):
        best = int(np.argmax(change))
        found.append(start + int(np.searchsorted(gone, places[best] + leg / 4)))
        change[max(best - _STEADY, 0) : best + _STEADY + 1] = 0.0
    return sorted(found)


def middle(pose: PoseTrack, xy: Array, part: str) -> Array:
    """Return the (n, 2) midpoint of a left and right joint, or the one of them that was seen."""
    left, right = (joint(pose, xy, f"{side}_{part}") for side in SIDES)
    both = (left + right) / 2
    return np.where(np.isfinite(both), both, np.where(np.isfinite(left), left, right))


def leg_pixels(pose: PoseTrack, xy: Array) -> float:
    """Return the athlete's hip-to-ground length in pixels, from thigh and shank; NaN if unseen."""
    return body_size.spans(pose, xy).leg * body_size.LEG_OF_THIGH_AND_SHANK


def joint(pose: PoseTrack, xy: Array, name: str) -> Array:
    """Return the (n, 2) path of one joint in the pixels of ``xy``."""
    return np.asarray(xy[:, pose.names.index(name)])
