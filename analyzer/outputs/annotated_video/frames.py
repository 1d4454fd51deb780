"""The annotated video: the clip again, slowed down, with what was measured drawn where it was measured.

Right is warm and left is cool. What covers the image is thin; words and numbers stand in a panel
below it. A small athlete is shown enlarged in a corner.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side
from analyzer.data.analysis import Analysis
from analyzer.data.notes import Progress
from analyzer.outputs.annotated_video.drawing import dot, line, paste, word
from analyzer.outputs.annotated_video.panel import Panel, contacts
from analyzer.outputs.colours import DARK, ON_VIDEO, RGB, WHITE
from analyzer.signals.geometry import mapped
from analyzer.video import reader, writer
from analyzer.video.frame import Image

PLAYBACK_FPS: Final = 30.0
"""Frames a second of the annotated video: a clip filmed faster than this plays slower than life, frame by
frame."""
SHORT_PX: Final = 720
"""The shorter side of the annotated image, at least, px: a small clip is enlarged, so that words can be
read."""
LONG_PX: Final = 1920
"""The longer side, at most, px: what phones and browsers play without effort."""
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


def slowdown(analysis: Analysis) -> float:
    """Return how many seconds of the annotated video show one second of the run."""
    fps = analysis.video.capture_fps if analysis.video is not None else PLAYBACK_FPS
    return max(1.0, fps / PLAYBACK_FPS)


def start_s(analysis: Analysis) -> float:
    """Return the time of the annotated video's first frame, seconds of the capture clock."""
    return float(analysis.pose.time[_span(analysis)[0]])


def write(analysis: Analysis, path: Path, progress: Progress | None = None) -> Path | None:
    """Write the annotated video as H.264.

    Its first frame is the first one in which the athlete is seen, less a quarter of a second; from
    there one second of the run lasts ``slowdown`` seconds.

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
    first, last = _span(analysis)
    scale = _scale(info.width, info.height)
    width, height = round(info.width * scale), round(info.height * scale)
    scene, panel = _Scene(analysis, scale), _panel(analysis, width)
    slow = slowdown(analysis)
    file_s = info.time * info.slow_motion
    stop_s = float(file_s[last]) if last < len(file_s) else None
    done = 0
    with writer.VideoWriter(
        Path(path), width, height + panel.height, min(PLAYBACK_FPS, info.capture_fps)
    ) as out:
        for frame in reader.frames(info.path, float(file_s[first]), stop_s):
            image = scene.draw(frame.image, frame.index, (width, height))
            below = panel.draw(float(info.time[frame.index]))
            out.write(np.vstack([image, below]), slow * float(info.time[frame.index] - info.time[first]))
            done += 1
            if progress:
                progress("overlay", done, last - first)
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
    scale = _scale(analysis.video.width, analysis.video.height)
    width, height = round(analysis.video.width * scale), round(analysis.video.height * scale)
    image = _Scene(analysis, scale).draw(image, index, (width, height))
    return np.vstack([image, _panel(analysis, width).draw(float(analysis.video.time[index]))])


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
    return scene.view(image, index, side) if np.isfinite(scene.box[index]).all() else None


def _span(analysis: Analysis) -> tuple[int, int]:
    """Return the frames worth showing, first and one past the last."""
    time = analysis.pose.time
    seen = np.flatnonzero(np.isfinite(analysis.motion.raw).any(axis=(1, 2)))
    if not len(seen):
        return 0, len(time)
    first = int(np.searchsorted(time, time[seen[0]] - EDGE_S))
    last = int(np.searchsorted(time, time[seen[-1]] + EDGE_S, side="right"))
    return first, last


def _panel(analysis: Analysis, width: int) -> Panel:
    first, last = _span(analysis)
    shown_s = float(analysis.pose.time[first]), float(analysis.pose.time[last - 1])
    return Panel(analysis, width, shown_s, slowdown(analysis))


def _scale(width: int, height: int) -> float:
    enlarged = max(1.0, SHORT_PX / min(width, height))
    return min(enlarged, LONG_PX / max(width, height))


class _Scene:
    """The filmed image with the body, the path of the centre of mass and the places of the feet."""

    def __init__(self, analysis: Analysis, scale: float) -> None:
        self.analysis, self.scale = analysis, scale
        motion, camera, calibration = analysis.motion, analysis.camera, analysis.calibration
        self.to_image = _inverse(calibration.homography)
        self.from_reference = _inverse(camera.to_reference)
        # Where standing feet slide, nothing that is drawn on the ground would stay in its place.
        slides = any(note.code == "ground_slides" for note in analysis.notes)
        self.held = np.isfinite(camera.sd_px) & (not slides)
        # The belt's motion is in the athlete's metres but not in the image's.
        self.belt = np.outer(calibration.treadmill_mps * motion.time, (1.0, 0.0))
        reference = mapped(self.to_image, motion.position - self.belt[:, None])
        self.joints = mapped(self.from_reference[:, None], reference)
        self.com = mapped(self.to_image, motion.com - self.belt)
        self.feet = np.array([step.foot for step in analysis.steps], dtype=float).reshape(-1, 2)
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
        method = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_CUBIC
        drawn = image.copy() if self.scale == 1 else cv2.resize(image, size, interpolation=method)
        drawn = np.ascontiguousarray(drawn, np.uint8)
        side_px = self.box[index, 2] * self.scale
        thick = float(np.clip(side_px / SIDE_PER_LINE, *LINE_PX)) if np.isfinite(side_px) else UNSEEN_LINE_PX
        self._ground(drawn, index, thick)
        self._trace(drawn, index, thick)
        self._body(drawn, self.joints[index] * self.scale, thick)
        if index in self.insets and np.isfinite(self.box[index]).all():
            left, side = self.insets[index]
            drawn[:side, left : left + side] = self.view(image, index, side)
            cv2.rectangle(drawn, (left, 0), (left + side - 1, side - 1), WHITE, 2)
        return drawn

    def view(self, image: Image, index: int, side: int) -> Image:
        """Return the crop around the athlete, ``side`` px wide and high, with the body drawn.

        Parameters
        ----------
        image : (h, w, 3) uint8
            The frame as filmed.
        index : int
            Its number in the clip.
        side : int
            Width and height of the result, px.
        """
        x, y, span = self.box[index]
        zoom = side / span
        move = np.array([[zoom, 0, side / 2 - zoom * x], [0, zoom, side / 2 - zoom * y]])
        shift = move + np.array([[0, 0, zoom / 2 - 0.5]] * 2)  # warpAffine counts from pixel centres
        view = np.asarray(
            cv2.warpAffine(image, shift, (side, side), flags=cv2.INTER_CUBIC, borderValue=DARK), np.uint8
        )
        self._body(view, self.joints[index] * zoom + move[:, 2], float(np.clip(side / SIDE_PER_LINE, 1.5, 5)))
        return view

    def _body(self, image: Image, xy: Array, thick: float) -> None:
        near = self.analysis.motion.near_side
        far: Side = "left" if near == "right" else "right"
        at = dict(zip(JOINTS, xy, strict=True))
        width = max(1, round(thick))

        def bone(a: Array, b: Array, colour: RGB) -> None:
            if np.isfinite(a).all() and np.isfinite(b).all():
                line(image, a, b, DARK, width + 2)
                line(image, a, b, colour, width)

        sides: tuple[Side, Side] = (far, near)
        for side in sides:
            for a, b in _LIMBS:
                bone(at[f"{side}_{a}"], at[f"{side}_{b}"], ON_VIDEO[side])
            if side == far:
                shoulders = (at["left_shoulder"] + at["right_shoulder"]) / 2
                bone(shoulders, (at["left_hip"] + at["right_hip"]) / 2, WHITE)
                bone(shoulders, (at["left_ear"] + at["right_ear"]) / 2, WHITE)
        for side in sides:
            for joint in ("shoulder", "elbow", "hip", "knee", "ankle"):
                p = at[f"{side}_{joint}"]
                if np.isfinite(p).all():
                    dot(image, p, 0.9 * thick, WHITE)
                    dot(image, p, 0.6 * thick, ON_VIDEO[side])

    def _trace(self, image: Image, index: int, thick: float) -> None:
        """Draw where the centre of mass has been lately, as the still ground saw it."""
        if not self.held[index]:
            return
        first = max(0, index - round(TRACE_S * self.fps))
        past = self.held[first : index + 1]
        path = mapped(self.from_reference[index], self.com[first : index + 1]) * self.scale
        path = path[past & np.isfinite(path).all(axis=1)]
        if len(path) > 1:
            points = np.round(path * 16).astype(np.int32).reshape(-1, 1, 2)
            width = max(1, round(0.6 * thick))
            cv2.polylines(image, [points], False, DARK, width + 2, cv2.LINE_AA, 4)
            cv2.polylines(image, [points], False, WHITE, width, cv2.LINE_AA, 4)
            if np.isfinite(self.com[index]).all():  # else the end of the path is not where it is now
                dot(image, path[-1], 1.6 * thick, DARK)
                dot(image, path[-1], 1.2 * thick, WHITE)

    def _ground(self, image: Image, index: int, thick: float) -> None:
        """Number the contacts on the ground, from touchdown on."""
        if not self.held[index]:
            return
        now = self.analysis.motion.time[index]
        size = round(float(np.clip(7 * thick, image.shape[1] / 48, 64)))
        to_frame = self.from_reference[index] @ self.to_image
        places = mapped(to_frame, self.feet - self.belt[index]) * self.scale
        begun = [start for start, _ in contacts(self.analysis.steps)]
        for step, place, start in zip(self.analysis.steps, places, begun, strict=True):
            if not (np.isfinite(place).all() and start <= now):
                continue
            x, y = place
            mark = np.array([[x, y + 2], [x - size / 4, y + size / 2], [x + size / 4, y + size / 2]])
            cv2.fillPoly(image, [np.round(mark * 16).astype(np.int32)], ON_VIDEO[step.side], cv2.LINE_AA, 4)
            paste(image, word(str(step.number), size, ON_VIDEO[step.side]), x, y + size / 2)

    def _corners(self) -> dict[int, tuple[int, int]]:
        """Return left edge and side of the enlarged view for each frame: an upper corner without the athlete.

        Empty for an athlete who is large anyway, or who leaves no corner free for most of the clip.
        """
        info = self.analysis.video
        assert info is not None
        seen = np.flatnonzero(np.isfinite(self.box).all(axis=1))
        if not len(seen) or float(np.median(self.box[seen, 2])) > SMALL * 1.5 * info.height:
            return {}
        side = round(INSET * min(info.width, info.height) * self.scale)
        side -= side % 2
        lefts = (0, round(info.width * self.scale) - side)
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


def _inverse(matrix: Array) -> Array:
    return np.asarray(np.linalg.inv(matrix), np.float64)


def _steady(box: Array) -> Array:
    """Return the crops with one side for all, so that the enlarged view does not breathe."""
    out = np.array(box)
    if np.isfinite(box[:, 2]).any():
        out[:, 2] = np.where(np.isfinite(box[:, 2]), np.nanpercentile(box[:, 2], 75), np.nan)
    return out
