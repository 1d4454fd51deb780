"""The annotated video of a run from the front or from behind: the clip again, slowed down, the body drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import Side
from analyzer.data.notes import Progress
from analyzer.frontal.results import Frontal
from analyzer.outputs import faces
from analyzer.outputs.annotated_video import frames, pace
from analyzer.outputs.annotated_video.drawing import length, say
from analyzer.outputs.annotated_video.frames import LINE_PX, SIDE_PER_LINE
from analyzer.outputs.colours import WHITE
from analyzer.outputs.frontal.drawing import draw
from analyzer.video import reader, writer

WORDS: Final = 0.03
"""Height of the words that say how slowed it plays, a share of the image's shorter side."""
HELD_S: Final = 0.03
"""How long before and after the middle of a stance its foot is drawn large, s of the clip's clock."""


def write(run: Frontal, path: Path, progress: Progress | None = None) -> Path | None:
    """Write the annotated video as H.264, without sound; None where there is no clip to draw on.

    Raises
    ------
    OutputError
        The file cannot be written.
    VideoError
        The clip can no longer be decoded.
    """
    info = run.video
    if info is None or not info.path.is_file() or not len(run.pose.time):
        return None
    first, last = frames.span(run.pose.time, run.pose.xy)
    scale, size = frames.size(info)
    per_clip, every = pace.clip_fps(info, run.config), pace.every(info, run.config)
    slow, words = pace.slowdown(run), pace.words(run)
    to_image = np.diag([scale, scale, 1.0])
    with writer.VideoWriter(path, *size, per_clip / every) as out:
        # Heads are followed through every frame, also through those that are not shown.
        clip = faces.along(run, reader.shown(info, first, last))
        for done, (frame, heads) in enumerate(clip):
            if progress:
                progress("overlay", done + 1, last - first)
            if done % every:
                continue
            now = float(info.time[frame.index])
            hidden = faces.covered(frame, heads)
            image = np.asarray(cv2.resize(hidden.image, size, interpolation=cv2.INTER_AREA), np.uint8)
            thick = _thick(float(run.pose.box[frame.index, 2]) * scale)
            draw(image, run.pose, frame.index, to_image, thick, _down(run, now))
            if words:
                letters = round(WORDS * min(size))
                wide = length(words, letters)
                say(image, words, letters, WHITE, (0.5 * wide + letters, letters / 2))
            out.write(image, time_s=slow * (now - float(info.time[first])))
    return path


def _thick(side_px: float) -> float:
    return float(np.clip(side_px / SIDE_PER_LINE, *LINE_PX)) if np.isfinite(side_px) else LINE_PX[0]


def _down(run: Frontal, now: float) -> Side | None:
    """Return the foot that stands at a time, as far as the middles of the stances tell it."""
    times: Array = np.array([stance.time_s for stance in run.stances])
    if not len(times):
        return None
    nearest = int(np.argmin(np.abs(times - now)))
    return run.stances[nearest].side if abs(times[nearest] - now) <= HELD_S * run.slow_motion else None
