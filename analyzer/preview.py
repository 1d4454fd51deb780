"""A quick look at a clip: what it can and cannot support, without the full analysis."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from analyzer import quality
from analyzer.arrays import Array
from analyzer.config import Config
from analyzer.data.capture import VideoInfo
from analyzer.data.notes import Note, Progress
from analyzer.errors import NoAthleteError
from analyzer.metrics import FROM_BEHIND, METRICS, gates
from analyzer.metrics.registry import Relationship
from analyzer.pose.networks import weights
from analyzer.pose.networks.detector import Detector
from analyzer.video import reader
from analyzer.video.frame import Image

LOOKED_AT: Final = 12
"""Frames looked at, spread evenly over the clip: some show the athlete, if in view for a quarter of it."""
NAMED: Final = 2
"""Metrics named of those that a relationship goes without: a line of a terminal holds no more."""
STATURE_OF_CIRCLE: Final = 0.9
"""Standing height as a share of the detector's circle, which holds head and feet with a little room. A quick
look only: the analysis measures the body."""
REGIONS: Final = (0.5, 0.2)
"""Sides of the squares that are searched for people, as shares of the image's height, the larger first."""
SURE: Final = 0.5
"""Score of the detector, 0 to 1, from which on somebody counts: as MediaPipe's own graph has it."""
LEAST_PX: Final = 30.0
"""Size of people looked for, at least; those of half of it are found, too, and need not be. An image that is
4,000 wide and 16 high would take thousands of looks otherwise."""


def look(path: Path, config: Config, progress: Progress | None = None) -> list[str]:
    """Return lines for a terminal: the file, the athlete's size, what is supported and what is not.

    Parameters
    ----------
    path : Path
        A video file.
    config : Config
        ``capture_fps`` is all that is used.
    progress : callable, optional
        Called with stage, frames done, frames in all.

    Raises
    ------
    VideoError
        The file cannot be decoded.
    NoAthleteError
        Nobody was found in any of the frames looked at.
    """
    info = reader.probe(path, config)
    sizes = _sizes(info, progress)
    if len(sizes) == 0:
        raise NoAthleteError(
            f"Nobody was found in {path.name}.",
            f"{LOOKED_AT} frames spread over the clip were searched.",
            "Film from the side with the whole athlete in the picture, and not smaller than 60 px.",
        )
    stature = float(np.median(sizes)) * STATURE_OF_CIRCLE
    notes = [*quality.frame_rate(info.capture_fps, info.is_vfr), *quality.size(stature)]
    return [
        _answer(notes),
        *_file(info),
        f"Athlete: about {stature:.0f} px tall",
        *_notes(notes),
        *_supported(info.capture_fps),
    ]


def _answer(notes: Iterable[Note]) -> str:
    """Say in a line whether the clip is worth analysing."""
    levels = {note.level for note in notes}
    if "limit" in levels:
        return "Only in part: what it shows can be analysed, but see the limits below."
    if "warning" in levels:
        return "Yes, with larger errors: see the warnings below."
    return "Yes: frame rate and size suffice for everything that a side view shows."


def _sizes(info: VideoInfo, progress: Progress | None) -> Array:
    """Return the size of the largest person in each of the frames looked at, px."""
    detector = Detector(weights.model_path())
    wanted = set(np.linspace(0, len(info.time) - 1, LOOKED_AT + 2).round().astype(int)[1:-1].tolist())
    sizes = []
    for frame in reader.shown(info):
        if progress is not None:
            progress("looking", frame.index + 1, len(info.time))
        if frame.index in wanted:
            sizes += sorted(_people(detector, frame.image))[-1:]
    return np.array(sizes)


def _people(detector: Detector, image: Image) -> list[float]:
    for share in REGIONS:
        found = [p.size for p in detector.sweep(image, max(share * image.shape[0], LEAST_PX), SURE)]
        if found:
            return found
    return []


def _file(info: VideoInfo) -> list[str]:
    seconds = float(info.time[-1]) if len(info.time) else 0.0
    rate = f"{info.capture_fps:.4g} frames/s"
    if info.slow_motion > reader.REAL_TIME:
        rate += f", played at {info.playback_fps:.4g} ({info.slow_motion:.3g} times slower than life)"
    return [f"{info.path.name}: {info.width}x{info.height}, {len(info.time)} frames, {seconds:.2f} s, {rate}"]


def _notes(notes: Iterable[Note]) -> list[str]:
    return [f"{note.level}: {note.message} {note.advice}".rstrip() for note in notes]


def _supported(fps: float) -> list[str]:
    """Say for each relationship how many metrics this frame rate allows, and what the others need."""
    fast = [m for m in METRICS.values() if m.min_fps * gates.FPS_SLACK <= fps]
    lines = ["", f"At this frame rate {len(fast)} of {len(METRICS)} metrics can be given:"]
    width = max(len(relationship.value) for relationship in Relationship)
    for relationship in Relationship:
        metrics = [m for m in METRICS.values() if m.relationship is relationship]
        slow = [m for m in metrics if m not in fast]
        line = f"  {relationship.value:<{width}}  {len(metrics) - len(slow):2} of {len(metrics):2}"
        if slow:
            names = "; ".join(m.label for m in slow[:NAMED])
            more = f" and {len(slow) - NAMED} more" if len(slow) > NAMED else ""
            line += f"  not: {names}{more}"
        lines.append(line)
    needed = sorted({m.min_fps for m in METRICS.values() if m not in fast})
    lines += [
        f"  At {rate:.0f} frames/s: {sum(m.min_fps <= rate for m in METRICS.values())}." for rate in needed
    ]
    scaled = sum("scale" in m.needs for m in fast)
    lines += [
        "",
        f"{scaled} of these are in metres: state the athlete's height or a known distance.",
        f"A side view cannot show {', '.join(FROM_BEHIND)}: film from behind.",
        "What steps, view and noise allow, only the whole analysis can tell.",
    ]
    return lines
