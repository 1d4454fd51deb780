"""Whoever the coach points at: looked for around the point, at every size, where nobody was found."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.data.capture import VideoInfo
from analyzer.pose.networks.blazepose import MIN_SCORE, SIDE_OF_STATURE, LandmarkNet, wider
from analyzer.pose.people import athlete
from analyzer.pose.people.athlete import Person, Sighting
from analyzer.pose.people.clothing import colour
from analyzer.video.frame import Frame
from analyzer.video.reader import shown

_SHARES: Final = (1.5, 1.1, 0.8, 0.55, 0.38, 0.26, 0.18)
"""Sides of the squares looked at, of the shorter side of the picture."""
_SMALLEST_PX: Final = 70
_ON: Final = 0.35  # statures from the point to the hips or the shoulders, for it to be on the body
_EVERY_S: Final = 0.05
_BEHIND_S: Final = 1.0  # how far back somebody is followed, at most: those pictures are kept meanwhile
_LOST: Final = 4  # looks in a row that find nobody end the path


def seek(
    info: VideoInfo, net: LandmarkNet, point: tuple[float, float], frame: int, shot: tuple[int, int]
) -> Person | None:
    """Look for somebody at a point and follow him from there, forwards and backwards.

    Parameters
    ----------
    info : VideoInfo
    net : LandmarkNet
    point : (x, y) px
    frame : int
        Where the point was given.
    shot : (first, one past the last) frame

    Returns
    -------
    Person, or None if nobody is there
    """
    step = max(1, round(_EVERY_S * info.capture_fps))
    start = max(shot[0], frame - round(_BEHIND_S * info.capture_fps))
    before: list[Frame] = []
    ahead: list[Frame] = []

    def after() -> Iterable[Frame]:
        for f in shown(info, start, shot[1]):
            if f.index < frame and (frame - f.index) % step == 0:
                before.append(f)
            elif f.index == frame:
                ahead.append(f)
            elif f.index > frame and (f.index - frame) % step == 0:
                yield f

    coming = iter(after())
    following = next(coming, None)
    first = _at(net, ahead[0], point) if ahead else None
    if first is None:
        return None
    later = _follow(net, first, [] if following is None else chain([following], coming))
    earlier = _follow(net, first, before[::-1])
    path = (*earlier[::-1], first, *later)
    return Person(path) if len(path) > 2 else None


def _at(net: LandmarkNet, frame: Frame, point: tuple[float, float]) -> Sighting | None:
    """Return the surest person on whose trunk or legs the point lies."""
    best: tuple[float, Sighting] | None = None
    for share in _SHARES:
        side = share * min(frame.shape)
        if side < _SMALLEST_PX:
            break
        found = _look(net, frame, np.array([*point, side]), 0.0)
        again = found and _look(net, frame, found[1].box, found[1].lean_deg)
        if not again:
            continue
        off = np.hypot(again[1].x - point[0], again[1].y - point[1]) / again[1].stature
        if off < _ON and (best is None or again[0] > best[0]):
            best = again
    return None if best is None else best[1]


def _follow(net: LandmarkNet, first: Sighting, coming: Iterable[Frame]) -> list[Sighting]:
    """Follow somebody from frame to frame, each time where he was going over the picture."""
    out: list[Sighting] = [first]
    missed = 0
    for frame in coming:
        last = out[-1]
        place = np.array([last.x, last.y])
        if len(out) > 1:
            gone = place - (out[-2].x, out[-2].y)
            place = place + gone * (frame.index - last.frame) / (last.frame - out[-2].frame)
        stature, lean_deg = athlete.usual_view(out)
        found = _look(net, frame, np.array([*place, SIDE_OF_STATURE * stature]), lean_deg)
        near = found and np.hypot(*(place - (found[1].x, found[1].y))) < 0.4 * stature
        if found and near and abs(np.log(found[1].stature / stature)) < 0.4:
            out.append(found[1])
            missed = 0
        else:
            missed += 1
            if missed == _LOST:
                break
    return out[1:]


def _look(net: LandmarkNet, frame: Frame, box: Array, lean_deg: float) -> tuple[float, Sighting] | None:
    """Return how sure the network is of a person in a square, and who is there."""
    lean_deg = float(np.clip(lean_deg, -100, 100))
    xy, visibility, score = net.look(frame, box, lean_deg)
    if score < MIN_SCORE:
        xy, visibility, score = wider(net, frame, box, lean_deg)
    if score < MIN_SCORE:
        return None
    xy = xy[: len(BLAZEPOSE)]
    return score, athlete.sighting(frame.index, xy, visibility[: len(BLAZEPOSE)], colour(frame, xy))
