"""A stride of each run as small pictures of one scale on one ground line, stepped through together.

Pictures, not the clip: they stand still to the frame in every browser, go with the page, and show the athlete
alone. Without the clip the body is drawn as a stick figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Final

import cv2
import numpy as np

from analyzer.arrays import Array
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import SIDES, Side
from analyzer.data.analysis import Analysis
from analyzer.data.steps import Step, in_a_row
from analyzer.outputs import faces, pages
from analyzer.outputs.kinogram import drawing
from analyzer.outputs.kinogram.moments import centre, off_middle
from analyzer.outputs.report import sticks
from analyzer.video import reader
from analyzer.video.frame import Frame, Image
from analyzer.video.kept_stills import EMPTY
from analyzer.video.stills import nearest

SIDE_PX: Final = 320
"""Width and height of a picture, px: sharp on half a wide screen, and about 10 kB."""
QUALITY: Final = 72
"""Of the JPEGs."""
MOST: Final = 72
"""Pictures of a stride, at most: a sprinter's stride of 0.45 s filmed at 120 fps is then whole."""
AROUND_S: Final = 0.05
"""Shown before the stride begins and after it ends, s."""
TALL: Final = 1.3
"""Statures that a picture holds across and up: that of the stick figures."""
GROUND: Final = 0.06
"""How far above the lower edge the ground lies, shares of the height: as for the stick figures."""


@dataclass(frozen=True)
class Shot:
    """One picture: when, s from the moment that begins the stride; its image as data URI, or SVG.

    ``filmed`` is whether it is of the clip, not drawn from the joints.
    """

    time_s: float
    image: str
    svg: str
    filmed: bool


@dataclass(frozen=True)
class Film:
    """A stride of a run; ``events`` are its moments in order, name and s from the first.

    step_s : from picture to picture; forward : 1 where the run goes to the right, -1 to the left
    """

    shots: tuple[Shot, ...]
    events: tuple[tuple[str, float], ...]
    step_s: float
    forward: int

    @property
    def pictured(self) -> bool:
        """Whether it is of pictures, not of stick figures."""
        return any(shot.filmed for shot in self.shots)


def films(runs: Sequence[Analysis]) -> list[Film] | None:
    """Return a stride of each run, all from a touchdown of the same side; None where there is none."""
    for side in sorted(SIDES, key=lambda side: side != runs[0].motion.near_side):
        strides = [_stride(run, side) for run in runs]
        found = [stride for stride in strides if stride is not None]
        if len(found) == len(runs):
            return [_film(run, stride, side) for run, stride in zip(runs, found, strict=True)]
    return None


def strides(analysis: Analysis, side: Side) -> list[tuple[Step, Step, Step]]:
    """Return every stride of a foot: its contact, the other's, and its next; all touchdowns are known."""
    found = []
    for (this, between), (same, following) in pairwise(in_a_row(analysis.steps)):
        whole = isfinite(this.touchdown_s + between.touchdown_s + following.touchdown_s)
        if this.side == side and between is same and whole:
            found.append((this, between, following))
    return found


def _stride(analysis: Analysis, side: Side) -> tuple[Step, Step, Step] | None:
    """Return the stride in whose middle the athlete is nearest to the middle of the picture."""
    return min(
        strides(analysis, side),
        key=lambda stride: off_middle(analysis, stride[1].touchdown_s),
        default=None,
    )


def _film(analysis: Analysis, stride: tuple[Step, Step, Step], side: Side) -> Film:
    this, between, following = stride
    zero = this.touchdown_s
    first, last = zero - AROUND_S, following.touchdown_s + AROUND_S
    clock = analysis.motion.time
    frames = clock[(clock >= first) & (clock <= last)]
    times = frames[:: max(1, -(-len(frames) // MOST))]
    images = _images(analysis, times)
    shots = [
        Shot(
            float(t - zero),
            images.get(i, ""),
            "" if i in images else sticks.figure(analysis, float(t)),
            filmed=i in images,
        )
        for i, t in enumerate(times)
    ]
    moments = (
        (f"{side} touchdown", this.touchdown_s),
        (f"{side} toe-off", this.toe_off_s),
        (f"{between.side} touchdown", between.touchdown_s),
        (f"{between.side} toe-off", between.toe_off_s),
        (f"{side} touchdown again", following.touchdown_s),
    )
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1 / analysis.motion.fps
    events = tuple((name, float(t - zero)) for name, t in moments if isfinite(t))
    return Film(tuple(shots), events, step, analysis.calibration.direction)


def _images(analysis: Analysis, times: Array) -> dict[int, str]:
    """Return the pictures at some times, by their number in ``times``; none without the clip."""
    info = analysis.video
    if info is None or not len(times) or not info.path.is_file():
        return {}
    indices = [nearest(info, float(t)) for t in times]
    found: dict[int, str] = {}
    clip = reader.shown(info, min(indices), max(indices) + 1, only=set(indices))
    for frame, heads in faces.along(analysis, (one for one in clip if one.index in indices)):
        image = faces.covered(frame, heads)
        for i in (i for i, index in enumerate(indices) if index == frame.index):
            found[i] = pages.jpeg(_cut(analysis, image, float(info.time[frame.index])), QUALITY)
    return found


def _cut(analysis: Analysis, frame: Frame, t: float) -> Image:
    """Cut the athlete out of a frame: upright, of one scale, the ground where it always is."""
    size = TALL * analysis.motion.leg_length / LEG_OF_STATURE
    middle, half = centre(analysis.motion, t), analysis.calibration.direction * size / 2
    if not isfinite(middle):
        return np.full((SIDE_PX, SIDE_PX, 3), EMPTY, np.uint8)
    extent = (middle - half, middle + half, -GROUND * size, (1 - GROUND) * size)
    return drawing.cut(frame, analysis, *drawing.in_frame(analysis, t, extent), SIDE_PX, cv2.INTER_LINEAR)
