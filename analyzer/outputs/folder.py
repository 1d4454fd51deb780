"""A folder of results: written whole or not at all."""

from __future__ import annotations

import errno
import itertools
import math
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image as Picturing

from analyzer.data.analysis import Analysis, Dated
from analyzer.data.capture import VideoInfo
from analyzer.data.notes import Progress
from analyzer.data.results import Answer
from analyzer.errors import OutputError, ResultsError
from analyzer.outputs import (
    analysis_json,
    door,
    exports,
    gates_file,
    pictures_file,
    scale_files,
    smas_file,
    smas_sheet,
    strobe,
    swap,
    whereabouts,
)
from analyzer.outputs.analysis_json import Document
from analyzer.outputs.annotated_video import frames, pace
from analyzer.outputs.frontal import document as frontal_document
from analyzer.outputs.kinogram import drawing
from analyzer.outputs.report import page
from analyzer.outputs.tables import (
    dictionary_columns,
    events_columns,
    series_columns,
    splits_columns,
    steps_columns,
    stretches_columns,
    summary_columns,
    write_columns,
)
from analyzer.pose.files.pose_csv import write_pose
from analyzer.video.frame import Image
from analyzer.video.kept_stills import KeptStills
from analyzer.video.stills import OnePass

REPORT: Final = "report.html"
"""Name of the report."""
KINOGRAM: Final = "kinogram.png"
"""Name of the kinogram."""
SMALL: Final = "kinogram_small.jpg"
"""Name of the small kinogram that a batch makes for its page; results that are made again have none."""
OVERLAY: Final = "overlay.mp4"
"""Name of the annotated video."""
EVENTS: Final = "events.csv"
"""Name of the table of contacts that a coach may edit."""
DETECTED: Final = "events_detected.csv"
"""Name of the table of contacts as they were detected."""
EARLIER: Final = "events_earlier{}.csv"
"""Name of a coach's table of contacts that a new analysis took the place of; it stays for good."""
SMAS_EARLIER: Final = "smas_earlier{}.csv"
"""Name of a person's sheet of the S-MAS that is of another run, or cannot be read; it stays for good."""
EXCHANGES: Final = 9
"""Times that a folder is read again because another process put new results in its place meanwhile."""
OURS: Final = frozenset(
    {REPORT, KINOGRAM, SMALL, OVERLAY, strobe.FILE, EVENTS, DETECTED, analysis_json.FILE, pictures_file.FILE}
    | {scale_files.MARKS, scale_files.GIVEN, gates_file.FILE, smas_file.FILE, "calibration.toml"}
    | exports.FILES
    | {f"{table}.csv" for table in ("steps", "summary", "series", "columns", "splits", "stretches", "pose")}
    | {frontal_document.FILE, "frontal.csv", "stances.csv", "stances.jpg"}
)
"""Files that new results replace, or take away where they have none of the kind."""
PASS: Final = re.compile(r"pass_\d+")
"""Names of the folders of further runs inside the first one's."""


def refuse_ours(path: Path) -> None:
    """Refuse to have a table or ranges written over a file of a run's results.

    Raises
    ------
    OutputError
        The file's folder holds results, and they have one of its name.
    """
    named = {analysis_json.FILE, frontal_document.FILE}
    if path.name.casefold() in OURS and any((path.parent / name).exists() for name in named):
        raise OutputError(
            f"Cannot write {path}.",
            f"{path.parent.resolve().name} holds results of a run, and {path.name} is one of their files.",
            "Give another name or folder.",
            settings=("directory",),
        )


def claim(directory: Path, *, force: bool = False) -> None:
    """Refuse a folder that results cannot go into, before minutes are spent on making them.

    Raises
    ------
    OutputError
        The folder holds something already and ``force`` is false, or it cannot be written.
    """
    try:
        directory.resolve()
        directory.exists()
    except FileNotFoundError:  # the folder that somebody stands in has gone
        raise
    except (OSError, RuntimeError, ValueError) as error:  # of a link to itself, the second before Python 3.13
        if isinstance(error, ValueError) or (isinstance(error, OSError) and error.errno != errno.ELOOP):
            raise OutputError(
                f"The results cannot be written to {directory}.",
                f"{getattr(error, 'strerror', None) or error}.",
                "Choose another folder.",
                settings=("directory",),
            ) from None
        raise OutputError(
            f"{directory} is a link that leads nowhere.",
            "",
            "Choose another folder.",
            settings=("directory",),
        ) from None
    if directory.exists() and not directory.is_dir():
        raise OutputError(
            f"{directory} is a file, not a folder.", "", "Choose another folder.", settings=("directory",)
        )
    if directory.is_dir() and not force and any(directory.iterdir()):
        raise OutputError(
            f"{directory} is not empty.",
            "It may hold earlier results, possibly with a coach's corrections.",
            "Choose another folder, or allow to replace what is there.",
            settings=("directory", "force"),
        )
    there = next(folder for folder in (directory, *directory.absolute().parents) if folder.exists())
    if not (there.is_dir() and os.access(there, os.W_OK)):
        raise OutputError(
            f"The results cannot be written to {directory}.",
            f"{there} cannot be written." if there.is_dir() else f"{there} is a file, not a folder.",
            "Check the permissions, or choose another folder.",
            settings=("directory",),
        )


def save(
    analysis: Analysis,
    directory: Path,
    *,
    force: bool = False,
    draw_overlay: bool = True,
    progress: Progress | None = None,
) -> Path:
    """Write every result of a run and return the report's path.

    Without ``draw_overlay`` an annotated video of the same clip that is there already stays as it is, unless
    it is to show other values or to play at another pace.

    Parameters
    ----------
    analysis : Analysis
    directory : Path
    force : bool
        Whether what is there may be replaced.
    draw_overlay : bool
        Whether the annotated video is drawn.
    progress : callable, optional
        Called with stage, frames done, frames in all.

    Raises
    ------
    OutputError
        The folder holds something already and ``force`` is false, or it cannot be written; then
        nothing in it has changed.
    """
    with prepared(directory, force=force, passes=False) as work:
        write(analysis, work, Path(directory), draw_overlay=draw_overlay, progress=progress)
    return directory / REPORT


@contextmanager
def prepared(directory: Path, *, force: bool = False, passes: bool = True) -> Iterator[Path]:
    """Give an empty folder whose results take the place of those in ``directory`` when all went well.

    Parameters
    ----------
    directory : Path
    force : bool
        Whether what is there may be replaced.
    passes : bool
        Whether those of the clip's further passes are replaced, too; else they stay as they are.

    Raises
    ------
    OutputError
        As for ``save``.
    """
    claim(directory, force=force)
    try:
        with swap.prepared(directory, ours if passes else _of_one_run) as work:
            try:
                yield work
            except OutputError as error:  # told of the place that they would have had
                what, why = (text.replace(str(work), str(directory)) for text in (error.what, error.why))
                raise OutputError(what, why, error.fix, settings=error.settings) from None
    except OSError as error:
        # Without a file it is a library's (Parquet), in words of its own instead of the system's.
        why = error.strerror or str(error)
        if error.errno is not None and error.filename is None:
            why = os.strerror(error.errno)
        raise OutputError(
            f"The results cannot be written to {directory}.",
            f"{why}.",
            "Check the permissions and the free space, or choose another folder.",
            settings=("directory",),
        ) from None


def ours(place: Path) -> bool:
    """Tell whether what lies at a place inside a clip's folder is a result of one of its passes."""
    inner = len(place.parts) == 2 and PASS.fullmatch(place.parts[0]) is not None
    return _of_one_run(Path(place.name) if inner else place)


def _of_one_run(place: Path) -> bool:
    """Tell whether what lies at a place inside a run's folder is a result of this run alone."""
    return len(place.parts) == 1 and place.name in OURS


def write(
    analysis: Analysis,
    work: Path,
    old: Path,
    *,
    draw_overlay: bool = True,
    progress: Progress | None = None,
) -> None:
    """Write every result of a run into an empty folder, which takes the place of ``old``.

    Of ``old`` stays: what a coach wrote into ``events.csv`` and ``smas.csv``, the contacts as they were first
    detected, and what cannot be made again.

    Raises
    ------
    OSError, AnalyzerError
        Something cannot be written.
    """
    with OnePass(analysis.video) as decoded:  # beside all that follows
        stills = page.shown_frames(analysis, decoded)
        strobed = strobe.Strobe(analysis, decoded)
    before, corrections = said(old)
    analysis = _answered(analysis, work, old, before)
    stays = may_stay(analysis, old, before)
    with ThreadPoolExecutor(2, "pictures") as beside:  # drawn while tables and page are written
        kinogram = beside.submit(_kinogram, analysis, work, old if stays else None, stills, beside)
        stroboscopic = beside.submit(strobed.write, work / strobe.FILE)
        _write_tables(analysis, work, old, corrections)
        as_it_was = stays and before is not None and shows_the_same(analysis, before)
        annotated(
            lambda place: frames.write(analysis, place, progress),
            work,
            old,
            wanted=analysis.config.overlay,
            drawn=draw_overlay,
            as_it_was=as_it_was,
        )
        gone = analysis.video is not None and not analysis.video.path.is_file()
        if stroboscopic.result() is None and gone and stays and (old / strobe.FILE).is_file():
            swap.same_file(old / strobe.FILE, work / strobe.FILE)
        sheet, saved = kinogram.result()
        page.build(analysis, work / REPORT, sheet, stills)
        saved.result()
    carried(stills, analysis.video, work)


def carried(stills: KeptStills, video: VideoInfo | None, work: Path) -> None:
    """Have a folder carry the pictures that its pages show, and note where the video lies."""
    pictures = stills.pictures()
    if pictures:
        pictures_file.write(pictures, work / pictures_file.FILE)
    if video is not None and video.path.is_file():
        whereabouts.remember(video)


def _write_tables(analysis: Analysis, work: Path, old: Path, corrections: bytes | None) -> None:
    """Write what is no picture, and what was given; see ``write``."""
    tables = {
        "steps": steps_columns,
        "summary": summary_columns,
        "series": series_columns,
        "columns": dictionary_columns,
        "smas": smas_sheet.columns,
    }
    if analysis.splits or analysis.gates:
        tables["splits"] = splits_columns
    if analysis.stretches:
        tables["stretches"] = stretches_columns
    if analysis.calibration.scaled and not (analysis.camera.moving or analysis.camera.bend):
        size = analysis.pose.width, analysis.pose.height
        scale_files.write_calibration(analysis.calibration, *size, work / "calibration.toml")
    encoding = "utf-8-sig" if analysis.config.excel else "utf-8"
    for name, table in tables.items():
        write_columns(table(analysis), work / f"{name}.csv", encoding=encoding)
    _write_events(analysis, work, old, corrections)
    exports.write(analysis, work)
    write_pose(analysis.pose, work / "pose.csv", encoding)
    text = analysis_json.to_json(analysis_json.of(analysis))
    (work / analysis_json.FILE).write_text(text, encoding="utf-8")
    for name, content in analysis.given.items():
        (work / name).write_bytes(content)


def said(old: Path) -> tuple[Document | None, bytes | None]:
    """Return what results say of themselves, and the contacts as a coach corrected them, if so.

    Both of the same results, also where another process exchanges the folder meanwhile.
    """
    for _ in range(EXCHANGES):
        there = _stamp(old)
        before = analysis_json.document_of(old)
        corrections = None
        with suppress(FileNotFoundError):
            if analysis_json.corrected(old, before):
                corrections = (old / EVENTS).read_bytes()
        if _stamp(old) == there:
            break
    return before, corrections


def _stamp(directory: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        found = (directory / analysis_json.FILE).stat()
        return found.st_ino, found.st_mtime_ns
    return None


def _write_events(analysis: Analysis, work: Path, old: Path, corrections: bytes | None) -> None:
    """Write the contacts, and those that were detected; whoever typed a table finds it as it was typed."""
    written = {EVENTS: analysis.steps, DETECTED: analysis.detected or analysis.steps}
    for name, steps in written.items():
        encoding = "utf-8-sig" if analysis.config.excel else "utf-8"
        write_columns(events_columns(steps), work / name, "%.6f", encoding)
        if analysis_json.says(old / name, steps):
            shutil.copyfile(old / name, work / name)
    if not any(step.source == "edited" for step in analysis.steps):
        keep_corrections(corrections, work, old)


def keep_corrections(corrections: bytes | None, work: Path, old: Path, name: str = EARLIER) -> None:
    """Keep a coach's table that new results take the place of, beside those kept before."""
    if corrections is not None:
        free = next(one for one in numbered(name) if not (old / one).exists())
        (work / free).write_bytes(corrections)


def numbered(name: str) -> Iterator[str]:
    """Yield the names that tables which stay for good have, one after another."""
    return (name.format(f"_{number}" if number > 1 else "") for number in itertools.count(1))


def keep_sheet(work: Path, old: Path) -> None:
    """Keep a person's sheet of the S-MAS that new results are not of, or that cannot be read."""
    if _sheet(old) != ():
        keep_corrections((old / smas_file.FILE).read_bytes(), work, old, SMAS_EARLIER)


def _sheet(old: Path) -> tuple[Answer, ...] | None:
    """Return the answers in a folder's sheet of the S-MAS; None where it cannot be read."""
    try:
        door.check_files(old, (smas_file.FILE,))
    except ResultsError:  # it lies elsewhere
        return ()
    try:
        return smas_file.read(old / smas_file.FILE)
    except ResultsError:
        return None


def _answered(analysis: Analysis, work: Path, old: Path, before: Document | None) -> Analysis:
    """Return a run with the answers of a person that lie in the folder; what is of another run is kept."""
    if not (old / smas_file.FILE).is_file():
        return analysis
    answers = _sheet(old)
    if answers is not None and _of_the_same(analysis, before):
        return replace(analysis, answers=answers)
    keep_sheet(work, old)
    return analysis


def _of_the_same(analysis: Analysis, before: Document | None) -> bool:
    """Tell whether earlier results are of the same run of the same clip."""
    if before is None or before.name != analysis.name:
        return False
    then, now = before.video, analysis.video
    return then is None if now is None else then is not None and then.sha256 == now.sha256


def _kinogram(
    analysis: Analysis, work: Path, old: Path | None, stills: KeptStills, beside: Executor
) -> tuple[Image, Future[None]]:
    """Draw the kinogram, and have it written ``beside`` what follows.

    Without the clip and pictures of its moments the one in ``old``, if any, stays.
    """
    place = work / KINOGRAM
    gone = analysis.video is not None and not analysis.video.path.is_file()
    lacks = gone and set(stills.missing()) & {index for index, _ in drawing.parts(analysis)}
    if lacks and old is not None and (old / KINOGRAM).is_file():
        swap.same_file(old / KINOGRAM, place)
        broken = (OSError, ValueError, SyntaxError, Picturing.DecompressionBombError)
        with suppress(*broken), Picturing.open(place, formats=("PNG",)) as kept:
            return np.asarray(kept.convert("RGB"), np.uint8), beside.submit(lambda: None)
        place.unlink()
    sheet = drawing.sheet(analysis, stills)
    return sheet, beside.submit(drawing.save, sheet, place)


def annotated(
    draw: Callable[[Path], object], work: Path, old: Path, *, wanted: bool, drawn: bool, as_it_was: bool
) -> None:
    """Put the annotated video into ``work``: drawn, or the one in ``old`` where that may stay.

    Parameters
    ----------
    draw : callable
        Draws it into a file.
    work, old : Path
        The new folder, and that whose place it takes.
    wanted : bool
        Whether the settings ask for one.
    drawn : bool
        Whether it is drawn in any case; else only where the one that is there shows something else.
    as_it_was : bool
        Whether the one that is there shows what is wanted.
    """
    there = (old / OVERLAY).is_file()
    if wanted and (drawn or (there and not as_it_was)):
        draw(work / OVERLAY)
    if not (work / OVERLAY).exists() and there and as_it_was:
        swap.same_file(old / OVERLAY, work / OVERLAY)


def shows_the_same(run: Dated, before: Dated) -> bool:
    """Tell whether an earlier annotated video shows the values that are wanted, at the pace wanted."""
    now, then = run.config, before.config
    if run.video is None or before.video is None:
        return (now.live, now.slow) == (then.live, then.slow)
    paces = pace.clip_fps(run.video, now), pace.clip_fps(before.video, then)
    return now.live == then.live and math.isclose(*paces)


def may_stay(run: Dated, directory: Path, before: Dated | None) -> bool:
    """Tell whether pictures already in ``directory`` show this video, and no face that is to be hidden."""
    if before is None or before.video is None or run.video is None:
        return False
    try:
        door.check_files(directory, (KINOGRAM, OVERLAY, strobe.FILE), math.inf)  # they are linked, not read
    except ResultsError:
        return False
    hidden = before.config.blur_faces or not run.config.blur_faces
    return hidden and before.video.sha256 == run.video.sha256
