"""The stroboscopic picture: the athlete at full support of each step on the background without him."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.data.analysis import Analysis
from analyzer.data.capture import PoseTrack
from analyzer.outputs import faces
from analyzer.pose import cache
from analyzer.pose.networks.blazepose import SIDE_OF_STATURE
from analyzer.signals.geometry import mapped
from analyzer.video.frame import Frame, Image
from analyzer.video.kept_stills import EMPTY
from analyzer.video.stills import OnePass, nearest

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
STRIP_PX: Final = 16
"""Rows of which medians are taken at once: those of all frames fit into a processor's cache."""
SMOOTHED_PX: Final = 8
"""Room that smoothing the edge of a figure needs beside it, px."""
QUALITY: Final = 88
"""Of the JPEG."""

_CHAINS: Final = (
    ("shoulder", "elbow", "wrist", "index"),
    ("shoulder", "hip", "knee", "ankle", "foot_index"),
    ("ankle", "heel", "foot_index"),
)


class Strobe:
    """A picture in the making: its frames are decoded beside what the caller does meanwhile.

    Parameters
    ----------
    analysis : Analysis
    decoded : OnePass
        The pass in which the clip is decoded.
    """

    def __init__(self, analysis: Analysis, decoded: OnePass) -> None:
        self.analysis = analysis
        self._found: dict[int, Future[Image | None]] = {}
        self._place: cache.Taken | None = None
        self._kept: bytes | None = None
        info = analysis.video
        if info is None or not info.path.is_file():
            return
        self._shown = moments(analysis)
        apart = len(self._shown) > 1 and _gets_away(analysis, self._shown)
        canvas = _canvas(analysis, self._shown) if apart else None
        if canvas is None:
            return
        self._to_canvas, self._size = canvas
        self._behind = sorted({int(i) for i in np.linspace(self._shown[0], self._shown[-1], FRAMES).round()})
        self._hides = faces.of(analysis)
        self._heads = faces.athlete_heads(analysis) if self._hides is None else self._hides.own
        if self._hides is None:
            pose = analysis.pose
            facts = (self._shown, self._behind, self._size, pose.width, pose.height, pose.names)
            self._place = cache.taken("strobe", info, *facts, self._to_canvas, pose.xy, pose.box, self._heads)
            self._kept = (self._place.found() or {}).get(FILE)
        if self._kept is not None:
            return
        self._found = decoded.ask({*self._behind, *self._shown}, self._laid_out)

    def _laid_out(self, frame: Frame) -> Image:
        """Return a frame as it lies on the picture."""
        return _warped(frame.image, self._to_canvas[frame.index], self._size)

    def write(self, path: Path) -> Path | None:
        """Write the picture as JPEG.

        Returns
        -------
        Path
            None, and no file, where the background cannot be found: no clip, a camera that gives no hold or
            turns far, an athlete who stays in his place, fewer than two steps.

        Raises
        ------
        VideoError
            As for ``reader.shown``.
        """
        if self._kept is not None:
            path.write_bytes(self._kept)
            return path
        if not self._found:
            return None
        found, size = {index: self._found[index].result() for index in sorted(self._found)}, self._size
        pictures = {index: picture for index, picture in found.items() if picture is not None}
        to_canvas = {index: self._to_canvas[index] for index in pictures}
        seen = _reached(self.analysis, to_canvas, size)
        used = [index for index in self._behind if index in pictures]
        out = _median([pictures[i] for i in used], [seen[i] for i in used])
        wall = out.copy()
        hides, heads = self._hides, self._heads
        if hides is not None:
            faces.cover(out, hides.others(Frame(0, 0.0, wall)))
        for index in (i for i in self._shown if i in pictures):
            figure = pictures[index]
            body = _body(self.analysis.pose, index, to_canvas[index], heads[index, 0], size)
            body[seen[index] != 255] = 0
            place, share = _cut_out(figure, wall, body)
            if hides is not None:
                figure = figure.copy()
                faces.cover(figure, _moved(heads[index], to_canvas[index]))
            out[place] = (share * figure[place] + (1 - share) * out[place] + 0.5).astype(np.uint8)
        file = io.BytesIO()
        Picture.fromarray(out).save(file, "JPEG", quality=QUALITY)
        path.write_bytes(file.getvalue())
        if self._place is not None:
            self._place.keep({FILE: file.getvalue()})
        return path


def draw(analysis: Analysis, path: Path) -> Path | None:
    """Write the picture of a run as JPEG; see ``Strobe.write``."""
    with OnePass(analysis.video) as decoded:
        picture = Strobe(analysis, decoded)
    return picture.write(path)


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
    ends = [mapped(analysis.camera.as_filmed.to_reference[i], box[i, :2]) for i in (shown[0], shown[-1])]
    return bool(np.hypot(*(ends[1] - ends[0])) > AWAY * np.median(box[shown, 2]))


def _canvas(analysis: Analysis, shown: list[int]) -> tuple[Array, tuple[int, int]] | None:
    """Return the (n, 3, 3) maps from a frame's px to the picture's, and its size; None if too wide."""
    pose, to_reference = analysis.pose, analysis.camera.as_filmed.to_reference
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
    if np.array_equal(to_canvas, np.eye(3)) and image.shape[1::-1] == size:
        return image  # a camera that stands
    return np.asarray(cv2.warpPerspective(image, to_canvas, size, borderMode=beyond), np.uint8)


def _reached(analysis: Analysis, to_canvas: dict[int, Array], size: tuple[int, int]) -> dict[int, Image]:
    """Return where each frame reaches on the picture, 255 inside; one for all whose maps are the same."""
    full = np.full((analysis.pose.height, analysis.pose.width), 255, np.uint8)
    once: dict[bytes, Image] = {}
    found = {}
    for index, mapping in to_canvas.items():
        key = mapping.tobytes()
        if key not in once:
            once[key] = _warped(full, mapping, size, cv2.BORDER_CONSTANT)
        found[index] = once[key]
    return found


def _median(pictures: list[Image], seen: list[Image]) -> Image:
    """Return for each pixel the median of the pictures that show it, a strip of rows at a time."""
    out = np.empty_like(pictures[0])
    for top in range(0, len(out), STRIP_PX):
        rows = slice(top, top + STRIP_PX)
        there = np.array([mask[rows] == 255 for mask in seen])  # edges are mixed with what lies beyond
        levels = [picture[rows].copy() for picture in pictures]
        for level, shows in zip(levels, there, strict=True):
            if not shows.all():
                level[~shows] = 255  # none of what is there comes after it
        _sort(levels)
        count = there.sum(axis=0)
        middle = np.maximum(count - 1, 0) // 2
        for nth in range(middle.min(), middle.max() + 1):
            np.copyto(out[rows], levels[nth], where=(middle == nth)[..., None])
        out[rows][count == 0] = EMPTY
    return out


def _sort(levels: list[Image]) -> None:
    """Sort images pixel by pixel, in place: Batcher's network, as comparing whole images is what is fast."""
    n = len(levels)
    p = 1
    while p < n:
        k = p
        while k:
            for j in range(k % p, n - k, 2 * k):
                for i in range(j, min(j + k, n - k)):
                    if i // (2 * p) == (i + k) // (2 * p):
                        low = np.minimum(levels[i], levels[i + k])
                        np.maximum(levels[i], levels[i + k], out=levels[i + k])
                        levels[i] = low
            k //= 2
        p *= 2


def _cut_out(figure: Image, wall: Image, body: Image) -> tuple[tuple[slice, slice], Array]:
    """Return the rows and columns that hold a body, and its figure's share of each pixel there, (h, w, 1)."""
    thick = max(3, round(len(body) / 200)) | 1
    x, y, wide, high = cv2.boundingRect(body)
    room = thick + SMOOTHED_PX
    place = slice(max(0, y - room), y + high + room), slice(max(0, x - room), x + wide + room)
    apart = cv2.absdiff(figure[place], wall[place]).max(axis=2)
    cut = np.where(apart > DIFFERS, body[place], 0).astype(np.uint8)
    closed = cv2.morphologyEx(cut, cv2.MORPH_CLOSE, np.ones((thick, thick), np.uint8))
    return place, np.asarray(cv2.GaussianBlur(closed, (0, 0), 0.8)[..., None] / 255)


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
