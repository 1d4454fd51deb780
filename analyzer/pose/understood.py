"""A clip that is not what its file says: it lies on its side, or shows every picture several times.

What the survey saw tells it, at no cost for all other clips. The survey is made again then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from analyzer.config import Config
from analyzer.data.capture import VideoInfo
from analyzer.data.notes import Note
from analyzer.pose.networks.blazepose import LandmarkNet
from analyzer.pose.people import athlete
from analyzer.pose.people.athlete import Sighting
from analyzer.pose.shots import Shot
from analyzer.video import repeats, stills
from analyzer.video.frame import Frame

LOOKS: Final = 8
"""Frames in which people who seem to lie are looked at again, each four ways round."""
FEWEST: Final = 3
"""Sightings from which the way round is told, at least."""
CLEARER: Final = 0.06
"""By how much surer, 0 to 1, the best way round must be than any other, on the mean of the looks.

Rendered runs of a body of 240 px, turned: 0.15 and more. Single looks are as sure of a wrong way.
"""
UPRIGHT_DEG: Final = 50.0
"""Lean of a trunk, deg, up to which somebody is the right way up: nobody leaves the blocks lower."""
_WAYS: Final = {1: "turned by 90° clockwise", 2: "upside down", 3: "turned by 90° counterclockwise"}


class Better(NamedTuple):
    """The clip as it is to be read, and what is said about it."""

    info: VideoInfo
    note: Note


def better(info: VideoInfo, shots: Sequence[Shot], net: LandmarkNet, config: Config) -> Better | None:
    """Return how a clip is to be read where that is not as its file says; else None."""
    if info.pictures is None and not info.is_vfr:
        longest = max(shots, key=lambda shot: shot.last - shot.first)
        clock = longest.survey.repeats.even_clock()
        if clock is not None:
            once = repeats.each_once(info, clock, longest.survey.frame_of(0), config.capture_fps)
            return Better(once, repeats.note(once))
    if not info.turned:
        quarters = _quarters(info, shots, net)
        if quarters:
            return Better(turned(info, quarters), _turned_note(quarters))
    return None


def turned(info: VideoInfo, quarters: int) -> VideoInfo:
    """Return a clip whose pictures are turned by ``quarters`` against the clock."""
    width, height = (info.height, info.width) if quarters % 2 else (info.width, info.height)
    return replace(info, width=width, height=height, turned=(info.turned + quarters) % 4)


def _quarters(info: VideoInfo, shots: Sequence[Shot], net: LandmarkNet) -> int:
    """Return by how many quarters against the clock the picture must be turned to be upright.

    People are looked at in squares turned all four ways: the network knows a body that it sees upright.
    """
    lying = [s for shot in shots for s in shot.survey.lying]
    upright = [s for shot in shots for person in shot.people() for s in person.sightings]
    if not lying or len(lying) + len(upright) < FEWEST:
        return 0
    both = sorted(lying + upright, key=lambda seen: seen.frame)
    some = [both[i] for i in np.unique(np.linspace(0, len(both) - 1, LOOKS).round().astype(int))]
    # Somebody in the blocks seems to lie, but not to hang: of many who stand a few tell only that.
    ways = [2] if len(upright) > len(lying) else [1, 2, 3]
    scores, frames = np.full((len(some), 4), np.nan), {}
    for frame in stills.each(info, [s.frame for s in some]):
        frames[frame.index] = frame
        for k, seen in enumerate(some):
            if seen.frame == frame.index:
                scores[k, [0, *ways]] = [_score(net, seen, frame, way) for way in (0, *ways)]
        total, left = np.nansum(scores, axis=0), sum(seen.frame > frame.index for seen in some)
        if (total[ways] + left < total[0]).all():  # nothing still to come makes another way the better one
            return 0
    for k, seen in enumerate(some):
        for way in {1, 2, 3}.difference(ways):
            if seen.frame in frames:
                scores[k, way] = _score(net, seen, frames[seen.frame], way)
    mean = scores[np.isfinite(scores).all(axis=1)].mean(axis=0) if frames else np.zeros(4)
    best = max(ways, key=lambda way: float(mean[way]))
    others = [way for way in range(4) if way != best and (way or upright)]
    no_worse = mean[best] >= mean[0]  # all that is asked where nobody stands in the picture as it is
    return best if no_worse and mean[best] >= CLEARER + mean[others].max() else 0


def _score(net: LandmarkNet, seen: Sighting, frame: Frame, way: int) -> float:
    """Return how well somebody is seen, 0 to 1, turned by ``way`` quarters against the clock."""
    lean = 90.0 * way if way < 3 else -90.0
    xy, visibility, score = net.look(frame, seen.box * (1, 1, 1.15), lean)
    off = (float(athlete.lean(xy[:33])) - lean + 180) % 360 - 180
    return float(score) * float(athlete.torso_confidence(visibility[:33])) if abs(off) < UPRIGHT_DEG else 0.0


def _turned_note(quarters: int) -> Note:
    return Note(
        "warning",
        "picture_turned",
        f"The picture is {_WAYS[quarters]}; it is analysed upright. Places in pixels are those of the "
        "upright picture.",
        "Turn it in the phone's gallery, or hold the phone as you want to see the picture.",
    )
