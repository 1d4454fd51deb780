"""The strip of the page: the athlete in the middle of some stances, the body drawn, all at one size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from PIL import Image as Picturing

from analyzer.arrays import Array
from analyzer.data.capture import PoseTrack, VideoInfo
from analyzer.frontal.results import Frontal, Stance
from analyzer.outputs import pages
from analyzer.outputs.annotated_video.drawing import cut
from analyzer.outputs.colours import DARK, WHITE
from analyzer.outputs.frontal.drawing import draw
from analyzer.video.frame import Image
from analyzer.video.kept_stills import Part, inside
from analyzer.video.stills import Stills

FILE: Final = "stances.jpg"
"""Name of the strip as a picture of its own."""
TILES: Final = 6
"""Stances in a row that the strip shows: three of each leg."""
TALL_PX: Final = 520
"""Height of a tile, px: sharp where six share a wide page."""
SLIM: Final = (0.5, 0.9)
"""Width of a tile over its height, at least and at most; wide enough for the arms."""
HEAD: Final = 0.13
"""Room above the ears for the rest of the head, shares of the body's height in the picture."""
NECK: Final = 0.3
"""The same above the shoulders, where a tracker gives no head."""
BELOW: Final = 0.06
"""Room below the feet, likewise."""
BESIDE: Final = 0.05
"""Room beside the outermost joint, likewise."""
PER_LINE: Final = 150.0
"""Height of a tile in widths of a line of the drawn body."""
QUALITY: Final = 80
"""Of the JPEGs, 0 to 100."""
GAP_PX: Final = 6
"""Between the tiles of the strip as a picture, px."""


class Tile(NamedTuple):
    """A stance and its picture, (h, w, 3) RGB; the drawn body alone where it is not ``filmed``."""

    stance: Stance
    image: Image
    filmed: bool

    @property
    def uri(self) -> str:
        """The picture as a data URI."""
        return pages.jpeg(self.image, QUALITY)


def shown(run: Frontal) -> list[Stance]:
    """Return some stances in a row: those in which the whole body is seen, and largest."""
    best: tuple[float, list[Stance]] = (-1.0, [])
    for first in range(max(1, len(run.stances) - TILES + 1)):
        some = list(run.stances[first : first + TILES])
        heights = [_height(run, stance) for stance in some]
        worth = float(np.sum(np.isfinite(heights))) * 1e6 + float(np.nansum(heights))
        if some and worth > best[0]:
            best = worth, some
    return [stance for stance in best[1] if np.isfinite(_height(run, stance))]


def wanted(run: Frontal) -> list[tuple[int, Part]]:
    """Return the frames of the clip that the strip shows, and what of them it looks at."""
    if run.video is None:
        return []
    found = shown(run)
    slim = _slim([_window(run.pose, stance.frame) for stance in found])
    return [(stance.frame, _part(_window(run.pose, stance.frame), slim, run.video)) for stance in found]


def _slim(windows: Sequence[_Window]) -> float:
    """Return the width of a tile over its height: as the widest body asks for."""
    return float(np.clip(max((w.width / w.height for w in windows), default=0), *SLIM))


def _part(window: _Window, slim: float, info: VideoInfo) -> Part:
    half = slim * window.height / 2
    return inside((window.x - half, window.top, window.x + half, window.top + window.height), info)


def tiles(run: Frontal, stills: Stills) -> list[Tile]:
    """Return the pictures of the strip.

    Parameters
    ----------
    run : Frontal
    stills : Stills
        The frames of ``wanted``, heads hidden where that is asked for.
    """
    found = shown(run)
    windows = [_window(run.pose, stance.frame) for stance in found]
    slim = _slim(windows)
    made = []
    for stance, window in zip(found, windows, strict=True):
        index = stance.frame
        tile = np.full((TALL_PX, round(TALL_PX * slim), 3), DARK, np.uint8)
        zoom = TALL_PX / window.height
        corner = np.array([tile.shape[1] / 2 - zoom * window.x, -zoom * window.top])
        frame = stills.at(index)
        if frame is not None:
            cut(frame.image, tile, zoom, corner)
        to_tile = np.array([[zoom, 0, corner[0]], [0, zoom, corner[1]], [0, 0, 1.0]])
        draw(tile, run.pose, index, to_tile, TALL_PX / PER_LINE, stance.side)
        made.append(Tile(stance, tile, frame is not None))
    return made


def write(made: Sequence[Tile], path: Path) -> Path | None:
    """Write the strip as one picture; None where there is no stance to show."""
    if not made:
        return None
    Picturing.fromarray(row(made)).save(path, "JPEG", quality=QUALITY)
    return path


def row(made: Sequence[Tile]) -> Image:
    """Return tiles as one picture."""
    gap = np.full((TALL_PX, GAP_PX, 3), WHITE, np.uint8)
    return np.hstack([part for tile in made for part in (tile.image, gap)][:-1])


class _Window(NamedTuple):
    """What a tile shows of a frame, px: its middle across, its upper edge, its size."""

    x: float
    top: float
    width: float
    height: float


def _window(pose: PoseTrack, index: int) -> _Window:
    """Return what holds a body with some room, the middle of the hips in its middle."""
    xy = pose.xy[index]
    xy = xy[np.isfinite(xy).all(axis=1)]
    hips = pose.middle("hip", one_will_do=True)[index]
    top, bottom = float(xy[:, 1].min()), float(xy[:, 1].max())
    high = bottom - top
    x = float(hips[0]) if np.isfinite(hips[0]) else float(xy[:, 0].mean())
    wide = 2 * float(np.abs(xy[:, 0] - x).max()) + 2 * BESIDE * high
    head = HEAD if np.isfinite(pose.middle("ear", one_will_do=True)[index]).all() else NECK
    return _Window(x, top - head * high, wide, (1 + head + BELOW) * high)


def _height(run: Frontal, stance: Stance) -> float:
    """Return how tall the body is in a stance's picture, px; NaN where an edge cuts it or a leg is unseen."""
    pose, index = run.pose, stance.frame
    needed = [pose.joint(f"{side}_{part}")[index] for side in ("left", "right") for part in ("hip", "ankle")]
    xy = pose.xy[index]
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not np.isfinite(needed).all() or not _inside(xy, pose):
        return float("nan")
    return float(np.ptp(xy[:, 1]))


def _inside(xy: Array, pose: PoseTrack) -> bool:
    return bool(xy.min() >= 0 and xy[:, 0].max() <= pose.width - 1 and xy[:, 1].max() <= pose.height - 1)
