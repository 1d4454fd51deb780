"""What the page shows of runs from the front or from behind: a stride, the stances, and curves over a stride.

A stride goes from the middle of a stance to that of the same foot's next. All pictures have the athlete at
one size, the hips at one height.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side, other
from analyzer.data.capture import PoseTrack
from analyzer.frontal.results import Frontal, Stance
from analyzer.outputs import faces, pages
from analyzer.outputs.annotated_video.drawing import cut
from analyzer.outputs.colours import DARK
from analyzer.outputs.frontal import page as frontal_page
from analyzer.outputs.frontal import pictures
from analyzer.outputs.frontal.drawing import draw
from analyzer.outputs.frontal.wording import given
from analyzer.outputs.side_by_side.curves import SHARE, Chart, Curve, over_stride, together
from analyzer.outputs.side_by_side.film import AROUND_S, MOST, QUALITY, SIDE_PX, Film, Shot
from analyzer.signals.geometry import distance
from analyzer.video import reader
from analyzer.video.frame import Frame, Image
from analyzer.video.stills import nearest

TRUNKS: Final = 4.6
"""Lengths of the trunk that a picture holds across and up: the whole body with some room."""
HIPS: Final = 0.52
"""How far below the upper edge the hips are, shares of the height: legs need as much room as all above."""
PER_LINE: Final = 170.0
"""Height of a picture in widths of a line of the drawn body."""
MOST_OFF: Final = 0.25
"""How much longer or shorter than the median a stride may last, as a share: else a stance was not seen."""
CURVES: Final = (
    ("trunk_lean", "Trunk, lean to the left positive", "", "trunk_side_lean", 1.0),
    ("pelvis_tilt", "Pelvis, left hip higher positive", "", "pelvis_drop", 1.0),
    ("foot", "Foot from the midline, to the athlete’s left positive", "foot", "foot_from_midline", 100.0),
    ("hand", "Hand from the midline, to the athlete’s left positive", "hand", "hand_across", 100.0),
)
"""Curve, its title, the part of which each side has one, the measure that must be given, the factor on it."""


def films(runs: Sequence[Frontal]) -> list[Film] | None:
    """Return a stride of each run, all from a stance of the same side; None where there is none."""
    for side in SIDES:
        found = [stride for run in runs if (stride := _stride(run, side)) is not None]
        if len(found) == len(runs):
            return [_film(run, stride) for run, stride in zip(runs, found, strict=True)]
    return None


def strides(run: Frontal, side: Side) -> list[tuple[Stance, Stance, Stance]]:
    """Return every stride of a foot: its stance, the other's, and its next."""
    found = [
        (a, b, c)
        for (a, b), (_, c) in pairwise(pairwise(run.stances))
        if (a.side, b.side, c.side) == (side, other(side), side)
    ]
    if not found:
        return []
    usual = float(np.median([c.time_s - a.time_s for a, _, c in found]))
    return [one for one in found if abs(one[2].time_s - one[0].time_s - usual) <= MOST_OFF * usual]


def _stride(run: Frontal, side: Side) -> tuple[Stance, Stance, Stance] | None:
    """Return the stride in which the athlete is largest, among those seen whole."""
    shown = {stance.number for stance in pictures.shown(run)}
    return max(
        strides(run, side),
        key=lambda stride: (sum(s.number in shown for s in stride), stride[1].number),
        default=None,
    )


def _film(run: Frontal, stride: tuple[Stance, Stance, Stance]) -> Film:
    first, middle, last = stride
    zero, clock = first.time_s, run.pose.time
    around = AROUND_S * run.slow_motion
    frames = np.flatnonzero((clock >= zero - around) & (clock <= last.time_s + around)).tolist()
    frames = frames[:: max(1, -(-len(frames) // MOST))]
    windows = _windows(run.pose, frames)
    filmed = _frames(run, frames)
    shots = [
        Shot(
            float(clock[i] - zero),
            pages.jpeg(_picture(run, i, filmed.get(i), window), QUALITY),
            "",
            filmed=i in filmed,
        )
        for i, window in zip(frames, windows, strict=True)
    ]
    moments = (
        (f"{first.side} stance", first.time_s),
        (f"{middle.side} stance", middle.time_s),
        (f"{first.side} stance again", last.time_s),
    )
    step = float(np.median(np.diff(clock[frames]))) if len(frames) > 1 else 1 / run.pose.fps
    return Film(tuple(shots), tuple((name, t - zero) for name, t in moments), step, 1)


def _windows(pose: PoseTrack, frames: Sequence[int]) -> Array:
    """Return (n, 3) px: middle across, hips' height and side of what is shown of each frame.

    Straight lines over the stride: the body's rise and sway stay visible.
    """
    hips, neck = (pose.middle(part, one_will_do=True)[frames] for part in ("hip", "shoulder"))
    wanted = np.column_stack([hips, TRUNKS * distance(hips, neck)])
    time = np.linspace(-1, 1, len(frames))
    out = np.empty_like(wanted)
    for k, values in enumerate(wanted.T):
        known = np.isfinite(values)
        degree = 1 if known.sum() > 1 else 0
        out[:, k] = np.polyval(np.polyfit(time[known], values[known], degree), time) if known.any() else 0.0
    out[:, 2] = np.maximum(out[:, 2], 1.0)
    return out


def _frames(run: Frontal, frames: Sequence[int]) -> dict[int, Frame]:
    """Return the frames of the clip, heads hidden where that is asked for; none without it."""
    info = run.video
    if info is None or not info.path.is_file() or not len(frames):
        return {}
    at = {nearest(info, float(run.pose.time[i])): i for i in frames}
    clip = reader.shown(info, min(at), max(at) + 1, only=set(at))
    shown = (one for one in clip if one.index in at)
    return {at[frame.index]: faces.covered(frame, heads) for frame, heads in faces.along(run, shown)}


def _picture(run: Frontal, index: int, frame: Frame | None, window: Array) -> Image:
    x, hips, side = window
    image = np.full((SIDE_PX, SIDE_PX, 3), DARK, np.uint8)
    zoom = SIDE_PX / side
    corner = np.array([SIDE_PX / 2 - zoom * x, HIPS * SIDE_PX - zoom * hips])
    if frame is not None:
        cut(frame.image, image, zoom, corner)
    to_image = np.array([[zoom, 0, corner[0]], [0, zoom, corner[1]], [0, 0, 1.0]])
    draw(image, run.pose, index, to_image, SIDE_PX / PER_LINE, None)
    return image


def strip(run: Frontal) -> str:
    """Return the stances of a run as a picture; empty where none can be shown."""
    tiles = pictures.tiles(run, frontal_page.shown_frames(run))
    return pages.jpeg(pictures.row(tiles), pictures.QUALITY) if tiles else ""


def charts(runs: Sequence[Frontal]) -> list[Chart]:
    """Return the charts of what at least two runs show."""
    found = []
    for name, title, part, needs, factor in CURVES:
        if not all(any(given(f) for f in run.found if f.metric == needs) for run in runs):
            continue
        unit = "°" if factor == 1 else "% of leg length"
        for side in SIDES if part else SIDES[:1]:
            curve = f"{side}_{part}" if part else name
            curves = [_curve(run, curve, side, factor) for run in runs]
            where = f"stride (%), from the middle of a {side} stance"
            found.append(together(curves, title, side if part else "", where, unit))
    return [chart for chart in found if chart is not None]


def _curve(run: Frontal, name: str, side: Side, factor: float) -> Curve | None:
    values = run.curves.get(name)
    if values is None:
        return None
    known = np.isfinite(values)
    rows = []
    for first, _, last in strides(run, side):
        inside = (run.time >= first.time_s) & (run.time <= last.time_s)
        if inside.sum() > 2 and known[inside].all():
            wanted = first.time_s + SHARE * (last.time_s - first.time_s)
            rows.append(factor * np.interp(wanted, run.time[known], values[known]))
    return over_stride(rows)
