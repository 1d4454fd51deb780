"""The annotated video: the clip again, slowed down, with what was measured drawn where it was measured.

Right is warm and left is cool. What covers the image is thin; words and numbers stand in a panel
above it, clear of a player's controls. A small athlete is shown enlarged in a corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side
from analyzer.data.analysis import Analysis
from analyzer.data.capture import VideoInfo
from analyzer.data.notes import Progress
from analyzer.data.steps import Step
from analyzer.metrics import METRICS
from analyzer.metrics.wording import written
from analyzer.outputs import faces
from analyzer.outputs.annotated_video import pace
from analyzer.outputs.annotated_video.drawing import (
    Surface,
    area,
    border,
    cut,
    dots,
    finely,
    lines,
    part,
    resized,
    say,
    width_of,
)
from analyzer.outputs.annotated_video.panel import Panel, contacts
from analyzer.outputs.colours import DARK, ON_VIDEO, RGB, WHITE
from analyzer.signals.geometry import mapped
from analyzer.video import planes, reader, writer
from analyzer.video.frame import Image

SHORT_PX: Final = 720
"""The shorter side of the annotated image, at least, px: a small clip is enlarged, so that words can be
read."""
LONG_PX: Final = 1920
"""The longer side, at most, px: what phones and browsers play without effort."""
BESIDE: Final = ("step_length", "contact_time")
"""Metrics of the latest step that stand on the ground beside it."""
TRACE_S: Final = 0.6
"""Seconds for which the path of the centre of mass stays in the image: somewhat more than a stride."""
EDGE_S: Final = 0.25
"""Seconds shown before the athlete is first seen and after the last time."""
SMALL: Final = 0.45
"""Share of the image's height: an athlete whose crop is lower for most of the clip is shown enlarged."""
INSET: Final = 0.42
"""Side of that enlarged view as a share of the image's shorter side."""
SIDE_PER_LINE: Final = 130.0
"""Side of the crop around the athlete in widths of a line of the drawn body."""
LINE_PX: Final = (1.5, 9.0)
"""Thinnest and thickest such line, px."""
UNSEEN_LINE_PX: Final = 2.0
"""Width of such a line where the athlete's size is not known, px."""

_LIMBS: Final = (
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("heel", "foot_index"),
    ("ankle", "foot_index"),
)
"""Joints that a line is drawn between, on each side."""


def _places(side: Side, names: Sequence[str]) -> list[int]:
    return [JOINTS.index(f"{side}_{name}") for name in names]


_SIDES: Final[tuple[Side, Side]] = ("left", "right")
_BONES: Final = {side: np.array([_places(side, ends) for ends in _LIMBS]) for side in _SIDES}
_DOTS: Final = {side: _places(side, ("shoulder", "elbow", "hip", "knee", "ankle")) for side in _SIDES}
_SHOULDERS, _HIPS, _EARS = (
    [_places(side, [name])[0] for side in _SIDES] for name in ("shoulder", "hip", "ear")
)
_TRUNK: Final = np.array([[_SHOULDERS, _HIPS], [_SHOULDERS, _EARS]])
"""Two lines, each between the middles of two joints."""


def start_s(analysis: Analysis) -> float:
    """Return the time of the annotated video's first frame, seconds of the capture clock."""
    return float(analysis.pose.time[span(analysis.pose.time, analysis.motion.raw)[0]])


def shown_s(analysis: Analysis) -> Array:
    """Return the time of each frame of the annotated video, seconds of the capture clock."""
    first, last = span(analysis.pose.time, analysis.motion.raw)
    step = 1 if analysis.video is None else pace.every(analysis.video, analysis.config)
    return np.asarray(analysis.pose.time[first:last:step])


def write(analysis: Analysis, path: Path, progress: Progress | None = None) -> Path | None:
    """Write the annotated video as H.264.

    Its first frame is the first one in which the athlete is seen, less a quarter of a second; from
    there one second of the run lasts ``pace.slowdown`` seconds. It has no sound.

    Parameters
    ----------
    analysis : Analysis
    path : Path
        Of the video to write.
    progress : callable, optional
        Called with stage, frames done, frames in all.

    Returns
    -------
    Path
        None when there is no video to draw on: the joints came from a file, or the clip has moved.

    Raises
    ------
    OutputError
        The file cannot be written.
    VideoError
        The clip can no longer be decoded.
    """
    info = analysis.video
    if info is None or not info.path.is_file() or not len(analysis.pose.time):
        return None
    first, last = span(analysis.pose.time, analysis.motion.raw)
    scale, (width, height) = size(info)
    scene, panel = _Scene(analysis, scale), _panel(analysis, width)
    image_row, panel_row = panel.height, 0
    slow, every = pace.slowdown(analysis), pace.every(info, analysis.config)
    fps, code = pace.clip_fps(info, analysis.config) / every, None
    with writer.VideoWriter(Path(path), width, height + panel.height, fps) as out:
        # Heads are followed through every frame, also through those that are not shown.
        clip = faces.along(analysis, reader.shown(info, first, last))
        for done, (frame, heads) in enumerate(clip):
            if progress:
                progress("overlay", done + 1, last - first)
            if done % every:
                continue
            code = code or planes.code_of(frame)
            page, now = out.page(code), float(info.time[frame.index])
            image = planes.planes_of(frame, code)
            if heads is not None:
                # The decoder makes later frames of its own planes.
                image = planes.Planes(image.luma.copy(), image.chroma.copy(), code)
                faces.cover(image, heads)
            scene.fill(page.rows(image_row, image_row + height), image, frame.index)
            panel.fill(page.rows(panel_row, panel_row + panel.height), now)
            out.write(time_s=slow * (now - float(info.time[first])))
    return Path(path)


def still(analysis: Analysis, image: Image, index: int) -> Image:
    """Return frame ``index`` of the clip, ``image``, as the annotated video shows it.

    Parameters
    ----------
    analysis : Analysis
    image : (h, w, 3) uint8
        The frame as filmed.
    index : int
        Its number in the clip.
    """
    assert analysis.video is not None
    scale, (width, height) = size(analysis.video)
    image = _Scene(analysis, scale).draw(image, index, (width, height))
    words = _panel(analysis, width).draw(float(analysis.video.time[index]))
    return np.vstack([words, image])


def close_up(analysis: Analysis, image: Image, index: int, side: int) -> Image | None:
    """Return the athlete in frame ``index``, ``image``, with the body drawn; None where not followed.

    Parameters
    ----------
    analysis : Analysis
    image : (h, w, 3) uint8
        The frame as filmed.
    index : int
        Its number in the clip.
    side : int
        Width and height of the result, px.
    """
    scene = _Scene(analysis, 1.0)
    if not np.isfinite(scene.box[index]).all():
        return None
    view = np.empty((side, side, 3), np.uint8)
    scene.view(view, image, index)
    return view


def span(time: Array, joints: Array) -> tuple[int, int]:
    """Return the frames worth showing, first and one past the last, by where any joints (n, k, 2) are."""
    seen = np.flatnonzero(np.isfinite(joints).any(axis=(1, 2)))
    if not len(seen):
        return 0, len(time)
    first = int(np.searchsorted(time, time[seen[0]] - EDGE_S))
    last = int(np.searchsorted(time, time[seen[-1]] + EDGE_S, side="right"))
    return first, last


def _panel(analysis: Analysis, width: int) -> Panel:
    first, last = span(analysis.pose.time, analysis.motion.raw)
    shown_s = float(analysis.pose.time[first]), float(analysis.pose.time[last - 1])
    return Panel(analysis, width, shown_s)


def size(info: VideoInfo) -> tuple[float, tuple[int, int]]:
    """Return how many times larger the annotated image is, and its width and height, even, px."""
    enlarged = max(1.0, SHORT_PX / min(info.width, info.height))
    scale = min(enlarged, LONG_PX / max(info.width, info.height))
    return scale, (_even(info.width * scale), _even(info.height * scale))


def _even(px: float) -> int:
    return round(px) & ~1


class _Scene:
    """The filmed image with the body, the path of the centre of mass and the places of the feet."""

    def __init__(self, analysis: Analysis, scale: float) -> None:
        self.analysis, self.scale = analysis, scale
        motion, camera, calibration = analysis.motion, analysis.camera, analysis.calibration
        self.to_image = _inverse(calibration.homography)
        self.from_reference = _inverse(camera.to_reference)
        # Where standing feet slide, nothing that is drawn on the ground would stay in its place.
        self.held = np.isfinite(camera.sd_px) & (not analysis.ground_slides)
        # The belt's motion is in the athlete's metres but not in the image's.
        self.belt = np.outer(calibration.treadmill_mps * motion.time, (1.0, 0.0))
        reference = mapped(self.to_image, motion.position - self.belt[:, None])
        self.joints = mapped(self.from_reference[:, None], reference)
        self.com = mapped(self.to_image, motion.com - self.belt)
        self.feet = np.array([step.foot for step in analysis.steps], dtype=float).reshape(-1, 2)
        self.begun = [start for start, _ in contacts(analysis.steps)]
        self.fps = motion.fps
        self.box = _steady(analysis.pose.box)
        self.insets = self._corners()

    def draw(self, image: Image, index: int, size: tuple[int, int]) -> Image:
        """Return the annotated image of frame ``index`` at ``size`` (width, height).

        Parameters
        ----------
        image : (h, w, 3) uint8
            The frame as filmed.
        index : int
            Its number in the clip.
        size : (int, int)
            Width and height of the result, px.
        """
        drawn = np.empty((*size[::-1], 3), np.uint8)
        self.fill(drawn, image, index)
        return drawn

    def fill(self, surface: Surface, image: Surface, index: int) -> None:
        """Fill a surface with the annotated image of frame ``index``.

        Parameters
        ----------
        surface, image : Surface
            What is drawn on, changed in place, and the frame as filmed, of the same kind.
        index : int
            Its number in the clip.
        """
        resized(image, surface)
        side_px = self.box[index, 2] * self.scale
        thick = float(np.clip(side_px / SIDE_PER_LINE, *LINE_PX)) if np.isfinite(side_px) else UNSEEN_LINE_PX
        self._ground(surface, index, thick)
        self._trace(surface, index, thick)
        self._body(surface, self.joints[index] * self.scale, thick)
        if index in self.insets and np.isfinite(self.box[index]).all():
            inset = part(surface, *self.insets[index])
            self.view(inset, image, index)
            border(inset, WHITE)

    def view(self, surface: Surface, image: Surface, index: int) -> None:
        """Fill a square surface with the crop around the athlete, the body drawn.

        Parameters
        ----------
        surface, image : Surface
            What is drawn on, changed in place, and the frame as filmed, of the same kind.
        index : int
            Its number in the clip.
        """
        x, y, span = self.box[index]
        side = width_of(surface)
        zoom = side / span
        corner = side / 2 - zoom * np.array([x, y])
        cut(image, surface, zoom, corner)
        thick = float(np.clip(side / SIDE_PER_LINE, 1.5, 5))
        self._body(surface, self.joints[index] * zoom + corner, thick)

    def _body(self, surface: Surface, xy: Array, thick: float) -> None:
        near = self.analysis.motion.near_side
        far: Side = "left" if near == "right" else "right"
        width = max(1, round(thick))
        with finely(surface, xy, thick + 4) as (fine, corner):
            at = xy - corner
            _bones(fine, at[_BONES[far]], ON_VIDEO[far], width)
            _bones(fine, at[_TRUNK].mean(axis=2), WHITE, width)
            _bones(fine, at[_BONES[near]], ON_VIDEO[near], width)
            for side in (far, near):
                places = at[_DOTS[side]]
                places = places[np.isfinite(places).all(axis=1)]
                dots(fine, places, 0.9 * thick, WHITE)
                dots(fine, places, 0.6 * thick, ON_VIDEO[side])

    def _trace(self, surface: Surface, index: int, thick: float) -> None:
        """Draw where the centre of mass has been lately, as the still ground saw it."""
        if not self.held[index]:
            return
        first = max(0, index - round(TRACE_S * self.fps))
        past = self.held[first : index + 1]
        path = mapped(self.from_reference[index], self.com[first : index + 1]) * self.scale
        path = path[past & np.isfinite(path).all(axis=1)]
        if len(path) > 1:
            width = max(1, round(0.6 * thick))
            with finely(surface, path, 2 * thick + 4) as (fine, corner):
                path = path - corner
                lines(fine, path[None], DARK, width + 2)
                lines(fine, path[None], WHITE, width)
                if np.isfinite(self.com[index]).all():  # else the end of the path is not where it is now
                    dots(fine, path[-1:], 1.6 * thick, DARK)
                    dots(fine, path[-1:], 1.2 * thick, WHITE)

    def _ground(self, surface: Surface, index: int, thick: float) -> None:
        """Number the contacts on the ground, from touchdown on."""
        if not self.held[index]:
            return
        now = self.analysis.motion.time[index]
        size = round(float(np.clip(7 * thick, width_of(surface) / 48, 64)))
        to_frame = self.from_reference[index] @ self.to_image
        places = mapped(to_frame, self.feet - self.belt[index]) * self.scale
        begun = [s for s, start in zip(self.analysis.steps, self.begun, strict=True) if start <= now]
        latest = begun[-1].number if begun else None
        for step, place, start in zip(self.analysis.steps, places, self.begun, strict=True):
            if not (np.isfinite(place).all() and start <= now):
                continue
            x, y = place
            mark = np.array([[x, y + 2], [x - size / 4, y + size / 2], [x + size / 4, y + size / 2]])
            area(surface, mark, ON_VIDEO[step.side])
            say(surface, str(step.number), size, ON_VIDEO[step.side], (x, y + size / 2))
            if step.number == latest:
                self._beside(surface, step, (x, y + 1.7 * size), round(0.7 * size))

    def _beside(self, surface: Surface, step: Step, place: tuple[float, float], size: int) -> None:
        """Write the step's own length and contact below its number, where they were measured."""
        x, y = place
        for name in BESIDE:
            value = self.analysis.value(name, step.number)
            if value is not None and np.isfinite(value.value):
                said, _, symbol = written(METRICS[name], value.value, value.sd)
                say(surface, f"{said} {symbol}", size, ON_VIDEO[step.side], (x, y))
                y += 1.25 * size

    def _corners(self) -> dict[int, tuple[int, int]]:
        """Return left edge and side of the enlarged view for each frame: an upper corner without the athlete.

        Empty for an athlete who is large anyway, or who leaves no corner free for most of the clip.
        """
        info = self.analysis.video
        assert info is not None
        seen = np.flatnonzero(np.isfinite(self.box).all(axis=1))
        if not len(seen) or float(np.median(self.box[seen, 2])) > SMALL * 1.5 * info.height:
            return {}
        side = _even(INSET * min(info.width, info.height) * self.scale)
        lefts = (0, _even(info.width * self.scale) - side)
        x, y, half = (self.box[seen] * (1, 1, 0.35) * self.scale).T
        hidden = [(x + half > left) & (x - half < left + side) & (y - half < side) for left in lefts]
        corner = int(hidden[0].mean() > hidden[1].mean())
        found = {}
        for i, index in enumerate(seen):
            if hidden[corner][i] and not hidden[1 - corner][i]:
                corner = 1 - corner  # and there it stays until it is in the way again
            if not hidden[corner][i]:
                found[int(index)] = (lefts[corner], side)
        return found if len(found) > len(seen) / 2 else {}


def _bones(surface: Surface, ends: Array, colour: RGB, width: int) -> None:
    """Draw lines, (n, 2, 2), the rim of all below the colour of any."""
    ends = ends[np.isfinite(ends).all(axis=(1, 2))]
    if len(ends):
        lines(surface, ends, DARK, width + 2)
        lines(surface, ends, colour, width)


def _inverse(matrix: Array) -> Array:
    return np.asarray(np.linalg.inv(matrix), np.float64)


def _steady(box: Array) -> Array:
    """Return the crops with one side for all, so that the enlarged view does not breathe."""
    out = np.array(box)
    if np.isfinite(box[:, 2]).any():
        out[:, 2] = np.where(np.isfinite(box[:, 2]), np.nanpercentile(box[:, 2], 75), np.nan)
    return out
