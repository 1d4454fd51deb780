"""A folder of results: written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from analyzer.data.analysis import Analysis
from analyzer.data.notes import Progress
from analyzer.errors import OutputError
from analyzer.outputs import analysis_json, exports, scale_files
from analyzer.outputs.annotated_video import frames
from analyzer.outputs.kinogram import drawing
from analyzer.outputs.report import page
from analyzer.outputs.tables import (
    columns_table,
    events_table,
    series_table,
    splits_table,
    steps_table,
    summary_table,
)
from analyzer.pose.files.pose_csv import write_pose

REPORT: Final = "report.html"
"""Name of the report."""


def claim(directory: Path, *, force: bool = False) -> None:
    """Refuse a folder that results cannot go into, before minutes are spent on making them.

    Raises
    ------
    OutputError
        The folder holds something already and ``force`` is false, or it cannot be written.
    """
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
    if not os.access(there, os.W_OK):
        raise OutputError(
            f"The results cannot be written to {directory}.",
            f"{there} cannot be written.",
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

    Without ``draw_overlay`` an annotated video of the same clip that is there already stays as it is.

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
    with _folder(directory, force) as work:
        stills = page.shown_frames(analysis)  # decoded beside all that follows
        tables = {
            "steps": steps_table,
            "summary": summary_table,
            "series": series_table,
            "events": events_table,
            "columns": columns_table,
        }
        if analysis.splits:
            tables["splits"] = splits_table
        if analysis.calibration.scaled and not analysis.camera.moving:
            size = analysis.pose.width, analysis.pose.height
            scale_files.write_calibration(analysis.calibration, *size, work / "calibration.toml")
        for name, table in tables.items():
            digits = "%.6f" if name == "events" else "%.7g"
            encoding = "utf-8-sig" if analysis.config.excel else "utf-8"
            table(analysis).to_csv(work / f"{name}.csv", index=False, float_format=digits, encoding=encoding)
        if not any(step.source == "edited" for step in analysis.steps):
            shutil.copy(work / "events.csv", work / "events_detected.csv")
        exports.write(analysis, work)
        write_pose(analysis.pose, work / "pose.csv")
        text = analysis_json.to_json(analysis_json.of(analysis))
        (work / analysis_json.FILE).write_text(text, encoding="utf-8")
        sheet = drawing.draw(analysis, work / "kinogram.png", stills)
        if analysis.config.overlay and draw_overlay:
            frames.write(analysis, work / "overlay.mp4", progress)
        page.build(analysis, work / REPORT, sheet, stills)
        if not _same_video(analysis, directory):
            (directory / "overlay.mp4").unlink(missing_ok=True)
    return directory / REPORT


def _same_video(analysis: Analysis, directory: Path) -> bool:
    """Tell whether an overlay already in ``directory`` shows this analysis's video."""
    old = analysis_json.video_of(directory)
    return bool(analysis.video and old and old.sha256 == analysis.video.sha256)


@contextmanager
def _folder(directory: Path, force: bool) -> Iterator[Path]:
    """Give a temporary folder whose files are moved to ``directory`` when all went well."""
    directory = directory.absolute()
    claim(directory, force=force)
    work = None
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
        work.chmod(0o755)
        yield work
        if directory.is_dir():
            if not os.access(directory, os.W_OK):
                raise PermissionError(13, "Permission denied", str(directory))
            for file in sorted(work.iterdir()):
                file.replace(directory / file.name)
        else:
            work.replace(directory)
    except OSError as error:
        raise OutputError(
            f"The results cannot be written to {directory}.",
            f"{error.strerror or error}.",
            "Check the permissions and the free space, or choose another folder.",
            settings=("directory",),
        ) from None
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)
