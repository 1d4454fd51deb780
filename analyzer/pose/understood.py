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
from analyzer.pose.networks.blazepose import MIN_SCORE, LandmarkNet
from analyzer.pose.people import athlete
from analyzer.pose.people.athlete import Sighting
from analyzer.pose.shots import Shot
from analyzer.video import repeats, stills

LOOKS: Final = 6
"""Frames in which people who seem to lie are looked at again, each four ways round."""
FEWEST: Final = 3
"""People who seem to lie, at least, for the picture to be suspected, and votes for another way round."""
MOST_OF: Final = 0.7
"""Share of the looks that must agree on the way round."""
SURE: Final = 0.5
"""Confidence, 0 to 1, in shoulders and hips for a look to count."""
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
    upright = sum(len(person.sightings) for shot in shots for person in shot.people())
    if len(lying) < FEWEST or upright > len(lying):
        return 0
    some = [lying[i] for i in np.unique(np.linspace(0, len(lying) - 1, LOOKS).round().astype(int))]
    images = stills.Stills(info, [s.frame for s in some])
    votes = [_way(net, s, images) for s in some]
    known = [vote for vote in votes if vote is not None]
    if len(known) < FEWEST:
        return 0
    counts = np.bincount(known, minlength=4)
    way = int(np.argmax(counts))
    return way if counts[way] >= MOST_OF * len(known) else 0


def _way(net: LandmarkNet, lying: Sighting, images: stills.Stills) -> int | None:
    """Return how many quarters against the clock make somebody stand; None where nobody is seen well."""
    frame = images.at(lying.frame)
    best: tuple[float, int] | None = None
    for way in range(4) if frame is not None else ():
        lean = 90.0 * way if way < 3 else -90.0
        assert frame is not None
        xy, visibility, score = net.look(frame, lying.box * (1, 1, 1.15), lean)
        sure = float(athlete.torso_confidence(visibility[:33]))
        off = (float(athlete.lean(xy[:33])) - lean + 180) % 360 - 180
        if score >= MIN_SCORE and sure > SURE and abs(off) < UPRIGHT_DEG:
            best = max(best or (0.0, 0), (score * sure, way))
    return None if best is None else best[1]


def _turned_note(quarters: int) -> Note:
    return Note(
        "warning",
        "picture_turned",
        f"The picture is {_WAYS[quarters]}; it is analysed upright. Places in pixels are those of the "
        "upright picture.",
        "Turn it in the phone's gallery, or hold the phone as you want to see the picture.",
    )
