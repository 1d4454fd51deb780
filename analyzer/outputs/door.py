"""The door for a folder of results, which may come from a stranger: what is opened, and what it may hold.

Nothing outside the folder is read by way of a link in it, nothing is read that is no plain file or explodes,
and numbers that the stages behind it do not expect are refused here rather than found there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.analysis import OtherPass
from analyzer.data.capture import Calibration
from analyzer.data.limits import MOST_FPS, MOST_FRAMES, MOST_PIXELS, MOST_SECONDS
from analyzer.errors import ResultsError

if TYPE_CHECKING:
    from analyzer.outputs.analysis_json import Document
    from analyzer.outputs.frontal.document import Document as Across

MOST_BYTES: Final = 200_000_000
"""Of one file that is read; ``analysis.json`` of 20,000 frames with a moving camera has 60 MB."""
MOST_TEXT: Final = 10_000
"""Characters of one text, as a note or a name."""
MOST_ITEMS: Final = 50_000
"""Steps, values, notes and the like; a run of a minute has 250 steps of 100 values."""
LARGEST: Final = 1e12
"""Numbers beyond this are none that was measured."""
MOST_SD: Final = 10.0
"""Error of a scale, as a fraction, beyond which there is none."""
_PIXELS_M: Final = (1e-9, 1e6)
"""Length of a pixel, m, beyond which a mapping is none; far beyond what a picture can have."""
_AGAIN: Final = "Analyse the video again."
_LISTS: Final = (
    "steps", "values", "summaries", "splits", "gates", "stretches", "notes", "tracking_notes", "other_passes",
    "shoe_traces", "stances", "found", "score",
)  # fmt: skip
"""What a document holds many of."""
_REPORT: Final = re.compile(r"(\.\./)?(pass_\d+/)?report\.html")
"""Where another pass of the same clip has its report."""


def check_files(directory: Path, names: Iterable[str], most_bytes: float = MOST_BYTES) -> None:
    """Refuse a folder whose files are links that lead out of it, no plain files, or too large.

    Parameters
    ----------
    directory : Path
    names : names of the files that will be read
    most_bytes : float
        What one of them may have.

    Raises
    ------
    ResultsError
    """
    for name in names:
        path = directory / name
        try:
            if path.is_symlink() and not path.resolve().is_relative_to(directory.resolve()):
                raise ResultsError(
                    f"{name} in {directory} is a link that leads out of the folder.",
                    "Results from elsewhere are read from their own folder alone.",
                    "Put the file itself in its place, if you know it.",
                )
            if not path.exists():
                continue
            size = path.stat().st_size
        except (OSError, RuntimeError, ValueError) as error:  # a link to itself
            raise ResultsError(
                f"{name} in {directory} cannot be read.",
                f"{getattr(error, 'strerror', None) or error}.",
                "Give the folder that an analysis wrote.",
            ) from None
        if not path.is_file():
            raise ResultsError(
                f"{name} in {directory} is not a file.", "", "Give the folder that an analysis wrote."
            )
        if size > most_bytes:
            raise ResultsError(
                f"{name} in {directory} is too large.",
                f"It has {size / 1e6:,.0f} MB; up to {most_bytes / 1e6:.0f} can be read.",
                _AGAIN,
            )


def check_document(document: Document, name: str) -> None:
    """Refuse facts that no analysis has: clocks that do not rise, pictures without a size, endless lists.

    Parameters
    ----------
    document : Document
    name : str
        Of the file, for messages.

    Raises
    ------
    ResultsError
    """
    _refuse(_problems(document), name)


def check_clip(document: Across, name: str) -> None:
    """Refuse the same of results from the front or from behind, which hold less.

    Parameters
    ----------
    document : Document of ``outputs.frontal``
    name : str
        Of the file, for messages.

    Raises
    ------
    ResultsError
    """
    _refuse(_of_clip(document), name)


def _refuse(problems: Iterator[str], name: str) -> None:
    problem = next(problems, None)
    if problem is not None:
        raise ResultsError(f"{name} is damaged.", problem, _AGAIN)


def wrong_scale(found: Calibration) -> str | None:
    """Return what is wrong with a calibration that was read, if no analysis can have made it."""
    if found.homography.shape != (3, 3) or not _within(found.homography):
        return "homography is not 3 x 3 numbers."
    flat = abs(float(np.linalg.det(found.homography)))
    if not (flat > 0 and found.homography[2, 2] and _PIXELS_M[0] < found.metres_per_pixel < _PIXELS_M[1]):
        return "homography maps no picture to a lane."
    if not 0 <= found.relative_sd <= MOST_SD:
        return f"relative_sd is {found.relative_sd:g}."
    if not 0 <= found.stretch_sd <= MOST_SD:
        return f"stretch_sd is {found.stretch_sd:g}."
    if not 0 <= found.growth_sd <= MOST_SD or not np.isfinite(found.even_at_m):
        return f"growth_sd is {found.growth_sd:g} at {found.even_at_m:g} m."
    angles = (found.roll_deg, found.view_angle_deg)
    if not all(abs(angle) <= 90 for angle in angles) or not 0 <= found.view_angle_sd_deg <= 180:
        return f"It is turned by {angles[0]:g} and {angles[1]:g} ± {found.view_angle_sd_deg:g} degrees."
    return None


def links(others: Iterable[OtherPass]) -> tuple[OtherPass, ...]:
    """Return the other passes whose report is where theirs can be: a page must not lead anywhere else."""
    return tuple(other for other in others if _REPORT.fullmatch(other.report))


def _of_clip(document: Document | Across) -> Iterator[str]:
    """Yield what is wrong with what results of every view hold."""
    for field in _LISTS:
        if len(getattr(document, field, ())) > MOST_ITEMS:
            yield f"{field}: more than {MOST_ITEMS:,}."
    texts = [document.name, document.pose.source, *document.provenance.command]
    texts += [text for note in document.tracking_notes for text in (note.code, note.message, note.advice)]
    if any(len(text) > MOST_TEXT for text in texts):
        yield f"A text of it has more than {MOST_TEXT:,} characters."
    sizes = {"pose": document.pose} | ({"video": document.video} if document.video else {})
    for field, of in sizes.items():
        if not (of.width > 0 and of.height > 0 and of.width * of.height <= MOST_PIXELS):
            yield f"{field}: pictures of {of.width} x {of.height}."
    yield from _clock(document)
    camera = document.camera
    if camera is not None and (
        camera.sd_px.ndim != 1
        or camera.to_reference.shape != (len(camera.sd_px), 3, 3)
        or not _within(camera.to_reference)
    ):
        yield "camera: not a mapping for each frame."


def _problems(document: Document) -> Iterator[str]:
    yield from _of_clip(document)
    unscaled = wrong_scale(document.calibration)
    if unscaled:
        yield f"calibration: {unscaled}"
    for trace in document.shoe_traces:
        n = len(trace.time)
        shapes = (trace.time.shape, trace.displacement.shape, trace.score.shape, trace.standing.shape)
        if shapes != ((n,), (n, 2), (n,), (n,)) or not (_within(trace.time) and 0 < trace.grain < LARGEST):
            yield "shoe_traces: not a path."
    for step in (*document.steps, *document.detected):
        times = np.array([step.touchdown_s, step.toe_off_s, step.touchdown_sd_s, step.toe_off_sd_s])
        if np.isinf(times).any() or np.nanmax(np.abs(times), initial=0.0) > 2 * MOST_SECONDS:
            yield f"steps: step {step.number} at {step.touchdown_s:g} s."


def _clock(document: Document | Across) -> Iterator[str]:
    info = document.video
    if info is None:
        return
    if info.time.ndim != 1 or not 2 <= len(info.time) <= MOST_FRAMES:
        yield f"video: {info.time.size} frames."
    elif not (_within(info.time) and (np.diff(info.time) > 0).all() and info.time[-1] <= MOST_SECONDS):
        yield "video: its times do not rise within an hour."
    rates = (info.capture_fps, info.playback_fps)
    if not all(0 < rate <= MOST_FPS for rate in rates):
        yield f"video: {rates[0]:g} and {rates[1]:g} frames a second."
    if info.path.name in ("", "..") or "\0" in str(info.path):
        yield "video: it has no name."


def _within(values: Array) -> bool:
    """Tell whether all are numbers of a size that is measured."""
    return bool(np.isfinite(values).all() and np.abs(values).max(initial=0.0) < LARGEST)
