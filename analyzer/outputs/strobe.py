"""The stroboscopic picture: the athlete at full support of each step on the background without him."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.data.analysis import Analysis
from analyzer.data.capture import PoseTrack, VideoInfo
from analyzer.outputs import faces
from analyzer.pose.networks.blazepose import SIDE_OF_STATURE
from analyzer.signals.geometry import mapped
from analyzer.video import reader
from analyzer.video.frame import Frame, Image
from analyzer.video.kept_stills import EMPTY
from analyzer.video.stills import nearest

FILE: Final = "strobe.jpg"
"""Name of the picture in a folder of results."""
FRAMES: Final = 15
"""Frames that the background is the median of: the athlete stands before no part of it in half of them."""
MOST: Final = 16
"""Figures in the picture, at most."""
LONG_PX: Final = 1920
"""The longer side of the picture, at most, px."""
WIDEST: Final = 5.0
"""Width of the picture in that of a frame beyond which the camera turned too far for one plane."""
LONGEST_S: Final = 20.0
"""A run that lasts longer is not one that a picture can show; it would also take long to decode."""
HELD_PX: Final = 3.0
"""Standard error of a frame's place on the background beyond which figures would stand beside their place."""
AWAY: Final = 1.2
"""How far the athlete must get in widths of his crop: on a belt there is no background to be seen."""
DIFFERS: Final = 22
"""Grey levels by which a pixel of the athlete differs from the background in some colour."""
LIMB: Final = 0.13
"""Width of a limb with clothes, standing heights, twice: joints are not in its middle."""
STRIP_PX: Final = 64
"""Rows of which medians are taken at once."""
QUALITY: Final = 88
"""Of the JPEG."""

_CHAINS: Final = (
    ("shoulder", "elbow", "wrist", "index"),
    ("shoulder", "hip", "knee", "ankle", "foot_index"),
    ("ankle", "heel", "foot_index"),
)


def draw(analysis: Analysis, path: Path) -> Path | None:
    """Write the picture as JPEG.

    Parameters
    ----------
    analysis : Analysis
    path : Path

    Returns
    -------
    Path
        None, and no file, where the background cannot be found: no clip, a camera that gives no hold or turns
        far, an athlete who stays in his place, fewer than two steps.
    """
    info = analysis.video
    if info is None or not info.path.is_file():
        return None
    shown = moments(analysis)
    place = _canvas(analysis, shown) if len(shown) > 1 and _gets_away(analysis, shown) else None
    if place is None:
        return None
    to_canvas, size = place
    behind = sorted({int(i) for i in np.linspace(shown[0], shown[-1], FRAMES).round()})
    pictures = {f.index: _warped(f.image, to_canvas[f.index], size) for f in _frames(info, {*behind, *shown})}
    full = np.full((info.height, info.width), 255, np.uint8)
    seen = {index: _warped(full, to_canvas[index], size, cv2.BORDER_CONSTANT) for index in pictures}
    used = [index for index in behind if index in pictures]
    wall = _median([pictures[i] for i in used], [seen[i] for i in used])
    out = wall.copy()
    hides = faces.of(analysis)
    heads = faces.athlete_heads(analysis) if hides is None else hides.own
    if hides is not None:
        faces.cover(out, hides.others(Frame(0, 0.0, wall)))
    for index in (i for i in shown if i in pictures):
        body = _body(analysis.pose, index, to_canvas[index], heads[index, 0], size)
        apart = np.abs(pictures[index].astype(np.int16) - wall).max(axis=2)
        cut = np.where((apart > DIFFERS) & (seen[index] == 255), body, 0).astype(np.uint8)
        thick = max(3, round(size[1] / 200)) | 1
        closed = cv2.morphologyEx(cut, cv2.MORPH_CLOSE, np.ones((thick, thick), np.uint8))
        share = cv2.GaussianBlur(closed, (0, 0), 0.8)[..., None] / 255
        figure = pictures[index]
        if hides is not None:
            figure = figure.copy()
            faces.cover(figure, _moved(heads[index], to_canvas[index]))
        out = (share * figure + (1 - share) * out + 0.5).astype(np.uint8)
    Picture.fromarray(out).save(path, "JPEG", quality=QUALITY)
    return path


def moments(analysis: Analysis) -> list[int]:
    """Return the frames in the middle of each contact in which the athlete and the ground are known."""
    info = analysis.video
    if info is None:
        return []
    times = [(s.touchdown_s + s.toe_off_s) / 2 for s in analysis.steps]
    found = [nearest(info, t) for t in times if np.isfinite(t)]
    held = np.nan_to_num(analysis.camera.sd_px, nan=np.inf) <= HELD_PX
    good = [i for i in found if held[i] and np.isfinite(analysis.pose.box[i]).all()]
    if not good or info.time[good[-1]] - info.time[good[0]] > LONGEST_S:
        return []
    picks = np.linspace(0, len(good) - 1, min(MOST, len(good))).round().astype(int)
    return [good[i] for i in picks]


def _gets_away(analysis: Analysis, shown: list[int]) -> bool:
    """Tell whether the athlete leaves his place on the background."""
    box = analysis.pose.box
    ends = [mapped(analysis.camera.to_reference[i], box[i, :2]) for i in (shown[0], shown[-1])]
    return bool(np.hypot(*(ends[1] - ends[0])) > AWAY * np.median(box[shown, 2]))


def _frames(info: VideoInfo, wanted: set[int]) -> Iterator[Frame]:
    """Yield the frames wanted, one after the other: no two are held at once as they were filmed."""
    for frame in reader.shown(info, min(wanted), max(wanted) + 1, only=wanted):
        if frame.index in wanted:
            yield frame


def _canvas(analysis: Analysis, shown: list[int]) -> tuple[Array, tuple[int, int]] | None:
    """Return the (n, 3, 3) maps from a frame's px to the picture's, and its size; None if too wide."""
    pose, to_reference = analysis.pose, analysis.camera.to_reference
    edges = np.array([[0, 0], [pose.width, 0], [0, pose.height], [pose.width, pose.height]], dtype=float)
    corners = mapped(to_reference[shown][:, None], edges[None])
    if not np.isfinite(corners).all():
        return None
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    wide, high_px = high - low
    if wide > WIDEST * pose.width or high_px > 2 * pose.height:
        return None
    scale = min(1.0, LONG_PX / max(wide, high_px))
    move = np.array([[scale, 0, -scale * low[0]], [0, scale, -scale * low[1]], [0, 0, 1.0]])
    return np.asarray(move @ to_reference, np.float64), (round(scale * wide), round(scale * high_px))


def _warped(
    image: Image, to_canvas: Array, size: tuple[int, int], beyond: int = cv2.BORDER_REPLICATE
) -> Image:
    return np.asarray(cv2.warpPerspective(image, to_canvas, size, borderMode=beyond), np.uint8)


def _median(pictures: list[Image], seen: list[Image]) -> Image:
    """Return for each pixel the median of the pictures that show it, a strip of rows at a time."""
    out = np.empty_like(pictures[0])
    for top in range(0, len(out), STRIP_PX):
        rows = slice(top, top + STRIP_PX)
        there = np.array([mask[rows] == 255 for mask in seen])  # edges are mixed with what lies beyond
        levels = np.array([picture[rows] for picture in pictures], np.int16)
        levels[~there] = 256  # after all that is there
        levels.sort(axis=0)
        count = there.sum(axis=0)
        middle = np.maximum(count - 1, 0) // 2
        found = np.take_along_axis(levels, np.repeat(middle[None, ..., None], 3, axis=3), axis=0)[0]
        out[rows] = np.where(count[..., None] > 0, found, EMPTY)
    return out


def _body(pose: PoseTrack, index: int, to_canvas: Array, head: Array, size: tuple[int, int]) -> Image:
    """Return where the athlete may be in the picture: thick limbs, trunk and head, 255 inside."""
    body = np.zeros(size[::-1], np.uint8)
    tall = _moved(pose.box[index][None], to_canvas)[0, 2] / SIDE_OF_STATURE
    wide = max(2, round(LIMB * float(tall)))

    def places(names: Sequence[str]) -> NDArray[np.int32]:
        xy = np.array([pose.joint(name)[index] for name in names])
        xy = mapped(to_canvas, xy[np.isfinite(xy).all(axis=1)])
        return np.asarray(np.clip(xy.round(), -9999, 9999), np.int32)

    for side in SIDES:
        for chain in _CHAINS:
            cv2.polylines(body, [places([f"{side}_{name}" for name in chain])], False, 255, wide)
    trunk = places([f"{side}_{part}" for part in ("shoulder", "hip") for side in SIDES])
    if len(trunk) > 2:
        hull = cv2.convexHull(trunk)
        cv2.fillConvexPoly(body, hull, 255)
        cv2.polylines(body, [hull], True, 255, round(1.3 * wide))
    for x, y, radius in _moved(head[None], to_canvas):
        if np.isfinite([x, y, radius]).all():
            cv2.circle(body, (round(x), round(y)), round(radius), 255, -1)
    return body


def _moved(circles: Array, to_canvas: Array) -> Array:
    """Return (k, 3) centres and radii in the picture's px."""
    beside = mapped(to_canvas, circles[:, :2] + np.column_stack([circles[:, 2], 0 * circles[:, 2]]))
    middle = mapped(to_canvas, circles[:, :2])
    return np.column_stack([middle, np.hypot(*(beside - middle).T)])
