"""The images of the page, ready to stand inside it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image as Picturing

from analyzer.arrays import Array
from analyzer.comparison.findings import findings
from analyzer.data.analysis import Analysis
from analyzer.data.capture import VideoInfo
from analyzer.outputs import pages
from analyzer.outputs.annotated_video import frames
from analyzer.outputs.colours import FRAME
from analyzer.outputs.kinogram import drawing as kinogram_drawing
from analyzer.outputs.kinogram.moments import Moment
from analyzer.outputs.report import sticks
from analyzer.outputs.report.pushing import pushes
from analyzer.video.frame import Frame, Image
from analyzer.video.kept_stills import Part, inside
from analyzer.video.stills import Stills, near_keys, nearest

STRIP: Final = 6
"""Images in the film strip that shows who was followed."""
STRIP_SPAN: Final = (0.08, 0.92)
"""Where in the followed frames the first and the last of them lie: at the very ends the athlete is half
out."""
STRIP_REACH: Final = 0.4
"""How far such an image may be from its place to be a frame that is decoded without others, in distances
between two of them."""
STRIP_PX: Final = 320
"""Width of such an image, px."""
AROUND: Final = (3.2, 2.0)
"""Width and height of such an image in crops around the athlete: enough to see who else is there."""
TALL: Final = 1.2
"""Height of such an image in its width, at most: that of a portrait clip would fill a page."""
SHEET_DPI: Final = 130
"""Pixels of the kinogram on the page for an inch of the printed sheet."""
STROBE_PX: Final = 1100
"""Longer side of the stroboscopic picture on the page, px."""
POSTER_PX: Final = 720
"""Width of the image that stands for the video until it is played, px."""
ROOM: Final = 1.5
"""Side of what is kept around the athlete in crops, at least: a close-up's crop is steadier than they are."""
TILE_PX: Final = 280
"""Width of a tile of the kinogram's strip, px: sharp where five share a wide page."""
PUSH_PX: Final = 300
"""Side of a picture of a contact before what is not body is cut away, px."""
BODY_ROOM: Final = 0.05
"""Room around the outermost joint in such a picture, shares of its side."""
CLOSE_PX: Final = 300
"""Side of the image of the athlete beside a finding, px."""
EDGE: Final = 0.01
"""Share of the image's width at its sides in which a joint counts as cut off."""


def kinogram_jpeg(sheet: Image) -> str:
    """Return the kinogram, drawn for print, as a data URI of a size for the screen."""
    share = SHEET_DPI / kinogram_drawing.DPI
    size = round(sheet.shape[1] * share), round(sheet.shape[0] * share)
    return pages.jpeg(cv2.resize(sheet, size, interpolation=cv2.INTER_AREA), 84)


def strobe_jpeg(path: Path) -> str:
    """Return the stroboscopic picture in a size for the screen, as a data URI; empty where there is none."""
    with (
        suppress(OSError, ValueError, SyntaxError, Picturing.DecompressionBombError),
        Picturing.open(path, formats=("JPEG",)) as picture,
    ):
        picture.thumbnail((STROBE_PX, STROBE_PX))
        return pages.jpeg(picture.convert("RGB"), 78)
    return ""


def kinogram_strip(analysis: Analysis, sheet: Image) -> list[tuple[Moment, str]]:
    """Return the first row of the kinogram without its words: moment and image (data URI) of each tile."""
    rows = kinogram_drawing.tiles(analysis, sheet)
    found = []
    for moment, tile in rows[0] if rows else []:
        size = TILE_PX, round(TILE_PX * tile.shape[0] / tile.shape[1])
        found.append((moment, pages.jpeg(cv2.resize(tile, size, interpolation=cv2.INTER_AREA), 80)))
    return found


def push_pictures(analysis: Analysis, times: Sequence[float], stills: Stills) -> list[str]:
    """Return the athlete at each of some times as data URIs, or as SVG figures where there is no picture."""
    shown = [_at(analysis, stills, t) for t in times]
    wide, high = _reach(analysis, [frame.index for frame in shown if frame is not None])
    found = []
    for t, frame in zip(times, shown, strict=True):
        view = None
        if frame is not None and _inside(analysis, frame.index):
            view = frames.close_up(analysis, frame.image, frame.index, PUSH_PX)
        if view is None:
            found.append(sticks.figure(analysis, t))
            continue
        x, y = (round(PUSH_PX * (0.5 - share)) for share in (wide, high))
        found.append(f'<img src="{pages.jpeg(view[y : PUSH_PX - y, x : PUSH_PX - x], 76)}" alt="">')
    return found


def _reach(analysis: Analysis, indices: Sequence[int]) -> tuple[float, float]:
    """Return how far a body reaches across and up from the middle of its crop, at most half, shares of it."""
    box, xy = analysis.pose.box[list(indices)], analysis.pose.xy[list(indices)]
    away = np.abs(xy - box[:, None, :2]) / box[:, None, 2:]
    if not np.isfinite(away).any():
        return 0.5, 0.5
    wide, high = np.nanmax(away, axis=(0, 1)) + BODY_ROOM
    return float(min(wide, 0.5)), float(min(high, 0.5))


def wanted(analysis: Analysis) -> list[tuple[int, Part]]:
    """Return the frames of the clip that the page shows, the kinogram's left out, and what part of each."""
    info = analysis.video
    if info is None:
        return []
    times = [finding.time_s for finding in findings(analysis) if np.isfinite(finding.time_s)]
    times += [t for push in pushes(analysis) for t in push.times]
    near = [*_strip_frames(analysis), *(nearest(info, t) for t in times)]
    whole = [nearest(info, t) for t in _mid_run(analysis)] if analysis.config.overlay else []
    return [
        *((index, inside(_around(analysis.pose.box, index, info), info)) for index in near),
        *((index, (0, 0, info.width, info.height)) for index in whole),
    ]


def _around(box: Array, index: int, info: VideoInfo) -> tuple[float, float, float, float]:
    """Return a window around the athlete that holds what a thumbnail or a close-up shows of a frame, px."""
    seen = box[np.isfinite(box).all(axis=1)]
    side = float(np.median(seen[:, 2])) if len(seen) else np.nan
    corner = []
    for k, middle, most in zip(AROUND, box[index, :2], (info.width, info.height), strict=True):
        reach = min(max(k * side, ROOM * box[index, 2]), most)
        low = float(np.clip(middle - reach / 2, 0, most - reach))
        corner.append((low - 1, low + reach + 1))
    (x0, x1), (y0, y1) = corner
    return x0, y0, x1, y1


def film_strip(analysis: Analysis, stills: Stills) -> list[tuple[float, str]]:
    """Return time and image (data URI) of moments across the run, the athlete framed.

    Empty without the video file.
    """
    box = analysis.pose.box
    side = float(np.median(box[np.isfinite(box).all(axis=1), 2])) if len(box) else 0.0
    strip = []
    for pick in _strip_frames(analysis):
        found = stills.at(pick)
        if found is not None:
            strip.append((float(analysis.pose.time[pick]), _thumbnail(found, box[pick], side)))
    return strip


def _strip_frames(analysis: Analysis) -> list[int]:
    """Return frames spread evenly over those in which the athlete was followed, key frames where near."""
    info = analysis.video
    followed = np.flatnonzero(np.isfinite(analysis.pose.box).all(axis=1))
    if info is None or not len(followed):
        return []
    shares = np.linspace(*STRIP_SPAN, min(STRIP, len(followed)))
    picks = followed[(shares * (len(followed) - 1)).round().astype(int)]
    reach = int(STRIP_REACH * len(followed) / len(picks))
    keys = near_keys(info, picks, reach)
    seen = set(followed.tolist())
    return [key if key in seen else int(pick) for key, pick in zip(keys, picks, strict=True)]


def poster(analysis: Analysis, stills: Stills) -> str:
    """Return what the annotated video shows at a touchdown in the middle of the run, as a data URI.

    Empty without the video file.
    """
    times = _mid_run(analysis)
    found = _at(analysis, stills, times[0]) if times else None
    if found is None:
        return ""
    image = frames.still(analysis, found.image, found.index)
    width = min(POSTER_PX, image.shape[1])
    height = round(image.shape[0] * width / image.shape[1])
    return pages.jpeg(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), 70)


def athlete_at(analysis: Analysis, t: float, stills: Stills) -> str:
    """Return the athlete at ``t`` with the body drawn, as a data URI.

    Empty without the video file, and where the image's edge cuts the athlete.
    """
    found = _at(analysis, stills, t)
    if found is None or not _inside(analysis, found.index):
        return ""
    view = frames.close_up(analysis, found.image, found.index, CLOSE_PX)
    return "" if view is None else pages.jpeg(view, 78)


def _mid_run(analysis: Analysis) -> list[float]:
    """Return the time of a touchdown in the middle of the run; empty without one."""
    times = [s.touchdown_s for s in analysis.steps if np.isfinite(s.touchdown_s)]
    return times[len(times) // 2 :][:1]


def _at(analysis: Analysis, stills: Stills, t: float) -> Frame | None:
    """Return the frame nearest to ``t``; None where there is none."""
    info = analysis.video
    return stills.at(nearest(info, t)) if info is not None and np.isfinite(t) else None


def _inside(analysis: Analysis, index: int) -> bool:
    """Tell whether no side of the image cuts the athlete: every joint that is seen lies well inside it."""
    x = analysis.pose.xy[index, :, 0]
    x = x[np.isfinite(x)]
    room = EDGE * analysis.pose.width
    return bool(len(x) and x.min() > room and x.max() < analysis.pose.width - room)


def _thumbnail(image: Frame, box: Array, side: float) -> str:
    """Cut a window around the athlete that stays inside the image where it can, and frame the crop."""
    wide, high = (min(round(k * side), n) for k, n in zip(AROUND, image.shape[::-1], strict=True))
    high = min(high, round(TALL * wide))  # a portrait clip would make the strip a page of its own
    left = round(float(np.clip(box[0] - wide / 2, 0, image.shape[1] - wide)))
    top = round(float(np.clip(box[1] - high / 2, 0, image.shape[0] - high)))
    scale = STRIP_PX / wide
    size = (STRIP_PX, round(high * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(image.part(left, top, left + wide, top + high), size, interpolation=method)
    x, y, half = (box[0] - left) * scale, (box[1] - top) * scale, box[2] * scale / 2
    corners = (round(x - half), round(y - half)), (round(x + half), round(y + half))
    return pages.jpeg(cv2.rectangle(np.ascontiguousarray(small), *corners, FRAME, 2, cv2.LINE_AA), 72)
